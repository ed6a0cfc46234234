"""The keys of a run plan: what each may hold, what it is for, an example.

Read from here by the plan's reader, by docs/plan-files.md and by the JSON Schema for editors. The
reader gives every scalar as text; an editor may take a number for one, so both are allowed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from nhsind.geography import Level

Text = Annotated[str, Meta(min_length=1)]
# A code becomes a file's name.
CODE_PATTERN = "^[A-Za-z0-9]{2,12}$"
Code = Annotated[str, Meta(pattern=CODE_PATTERN, description="letters and digits")]
Many = Text | tuple[Text, ...]
History = (
    Annotated[int, Meta(ge=0, le=999)]
    | Annotated[str, Meta(pattern=r"^[0-9]{1,3}$", description="0 to 999")]
)
Moment = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
        description="a day, or a day and a time, such as 2018-05-10 09:30",
    ),
]
# The first is meant where a plan says nothing.
Mode = Literal["publish", "explore"]
MODES: tuple[str, ...] = get_args(Mode)
Rule = Literal["none", "mhsds", "hes", "strictest"]
# The files that charts can be taken away as; an SVG is drawn already.
SVG, PNG = "svg", "png"
ChartFiles = Literal["svg", "png", "none"]
Share = Annotated[float, Meta(gt=0, le=1)] | Text


def _about(words: str, *examples: Any) -> Meta:
    return Meta(examples=list(examples), extra_json_schema={"description": words})


class Publication(msgspec.Struct, forbid_unknown_fields=True):
    """What a published page must say of itself (Code of Practice for Statistics)."""

    title: Annotated[
        Text | None, _about("The title of the publication.", "Waiting times, Anytown CCG")
    ] = None
    contact: Annotated[
        Text | None, _about("Whom readers may ask.", "Statistics team, statistics@example.org")
    ] = None
    methodology: Annotated[
        Text | None, _about("How the figures are made, or where that stands.", "As defined")
    ] = None
    revisions: Annotated[
        Text | None, _about("When and how figures are revised.", "Twice a year")
    ] = None
    next_release: Annotated[Text | None, _about("When the next figures come.", "14 June 2018")] = (
        None
    )
    release_datetime: Annotated[
        Moment | None,
        _about(
            "When these figures were or will be released, in the United Kingdom's time where no "
            "zone is given, a day alone at 9:30; nothing is published before.",
            "2018-05-10 09:30",
        ),
    ] = None
    correction: Annotated[
        Text | None,
        _about(
            "What was wrong in an earlier edition, where, and that it is put right; it stands at "
            "the head of every page.",
            "E.B.3 of 00A was too high by 40 pathways; we are sorry",
        ),
    ] = None


class SignedPolicy(msgspec.Struct, forbid_unknown_fields=True):
    """A disclosure policy in place of a family's own, which a named owner answers for."""

    family: Annotated[Text, _about("The family whose figures it is for.", "cart")]
    rule: Annotated[
        Rule,
        _about(
            "`none`: counts as they are; `mhsds`: 0 to 4 hidden, others to the nearest 5, England "
            "exact; `hes`: 1 to 7 hidden, others to the nearest 5; `strictest`: 0 to 7 hidden, "
            "others to the nearest 5.",
            "mhsds",
        ),
    ]
    owner: Annotated[Text, _about("Who answers for it; named on every page.", "Head of Analysis")]
    reason: Annotated[
        Text, _about("Why it is enough.", "The centres have agreed to be named with their counts")
    ]


Line = Annotated[Text, _about("The line's code.", "E.B.3")]
Reason = Annotated[Text, _about("Why; it stands under every chart.", "A second ward opened")]


class Recalculation(msgspec.Struct, forbid_unknown_fields=True):
    """A period from which the limits of a line's control charts are made anew."""

    line: Line
    period: Annotated[Text, _about("The first period of the new limits.", "2017-10")]
    reason: Reason


class FixedBaseline(msgspec.Struct, forbid_unknown_fields=True):
    """First points at whose limits a line's control charts are held."""

    line: Line
    first_points: Annotated[
        Annotated[int, Meta(ge=2, le=999)]
        | Annotated[str, Meta(pattern=r"^[0-9]{1,3}$", description="a number from 2 to 999")],
        _about("How many points of a chart, from its first; 12 or more last.", 12),
    ]
    reason: Reason


class Ghost(msgspec.Struct, forbid_unknown_fields=True):
    """Periods that a line's control charts show and leave out of everything else."""

    line: Line
    period: Annotated[Text, _about("A period or a range A..B.", "2017-12", "2017-12..2018-01")]
    reason: Reason


class ChartKind(msgspec.Struct, forbid_unknown_fields=True):
    """The kind of a line's control charts, in place of the one that suits."""

    line: Line
    kind: Annotated[Text, _about("XmR, p, p', u or u'.", "p'")]
    reason: Reason


class Within(msgspec.Struct, forbid_unknown_fields=True):
    """All organisations of one STP or region, as the geography of the data has them."""

    stp: Annotated[Code | None, _about("The code of an STP.", "E54000007")] = None
    region: Annotated[Code | None, _about("The code of a region.", "Y56")] = None


class PlanFile(msgspec.Struct, forbid_unknown_fields=True):
    """A run plan, a YAML file of at most 64 KiB."""

    family: Annotated[
        Many,
        _about(
            "The families to publish, one or several, or all of them.", "rtt", ["ae", "rtt"], "all"
        ),
    ]
    periods: Annotated[
        Many | None,
        _about(
            "Months, quarters, financial years, or ranges A..B of one kind. Of several that end on "
            "the same day each family takes the one that it is published for. Left out only in a "
            "plan for `nhsind run --due`, which finds them itself.",
            "2018-03",
            ["2018-03", "2017-18-Q4", "2017-18"],
            "2017-04..2018-03",
        ),
    ] = None
    level: Annotated[
        Level | None,
        _about(
            "The level whose organisations have reports; without it the family's own: "
            "commissioners, or providers where the data know only these.",
            "stp",
        ),
    ] = None
    organisations: Annotated[
        Code | tuple[Code, ...] | Within | None,
        _about(
            "Codes of the organisations that get a report, or all, or those of one STP or region "
            "of the data's geography.csv.",
            ["00A", "00B"],
            "all",
            {"stp": "E54000007"},
        ),
    ] = None
    lines: Annotated[
        Many | None,
        _about(
            "The lines to publish; the others of their families are left out. A family of which no "
            "line is named is published whole.",
            ["E.B.3", "E.M.18"],
        ),
    ] = None
    england: Annotated[
        bool | Annotated[Literal["true", "false"], Meta(description="true or false")] | None,
        _about("`false`: nothing is shown of England. Without it: true.", "false"),
    ] = None
    charts: Annotated[
        ChartFiles | tuple[ChartFiles, ...] | None,
        _about(
            "The kinds of files that the charts of published reports can be taken away as: `svg`, "
            "`png` (which needs nhsind[png], and about 60 ms of a processor a chart), or `none`. "
            "Without it: svg.",
            "none",
            ["svg", "png"],
        ),
    ] = None
    word: Annotated[
        bool | Annotated[Literal["true", "false"], Meta(description="true or false")] | None,
        _about(
            "`true`: each organisation's page is also a Word file, which needs nhsind[word]. "
            "Without it: false.",
            "true",
        ),
    ] = None
    data: Annotated[
        Many | None,
        _about(
            "What is read: `sample`, a folder of records, published files, or the address of a "
            "database; paths are relative to the plan's folder and may hold `*`. `--data` on the "
            "command line wins.",
            "sample",
            "../records",
            ["../published/Incomplete-*.xls"],
        ),
    ] = None
    mode: Annotated[
        Mode | None,
        _about(
            "`publish` releases figures under the disclosure policies; `explore` shows them as "
            "they are, on pages that say they are not for publication. Without it: publish.",
            "explore",
        ),
    ] = None
    history: Annotated[
        History | None,
        _about("How many earlier periods charts and changes look back on.", 23),
    ] = None
    tolerance: Annotated[
        Share | None,
        _about(
            "An organisation's month under this share of its usual number, or over its inverse, is "
            "named on stderr and in the report.",
            0.5,
        ),
    ] = None
    recalculate: Annotated[
        Recalculation | tuple[Recalculation, ...] | None,
        _about(
            "Where limits of control charts are made anew: `line`, `period`, `reason`; one or "
            "several."
        ),
    ] = None
    baseline: Annotated[
        FixedBaseline | tuple[FixedBaseline, ...] | None,
        _about(
            "First points whose limits control charts are held at: `line`, `first_points`, "
            "`reason`; one for a line."
        ),
    ] = None
    ghost: Annotated[
        Ghost | tuple[Ghost, ...] | None,
        _about(
            "Periods that control charts show hollow and leave out of limits and signals: `line`, "
            "`period` (or a range), `reason`; one or several."
        ),
    ] = None
    control_chart: Annotated[
        ChartKind | tuple[ChartKind, ...] | None,
        _about(
            "The kind of control chart in place of the one that suits a line: `line`, `kind`, "
            "`reason`; one for a line."
        ),
    ] = None
    policy: Annotated[
        SignedPolicy | tuple[SignedPolicy, ...] | None,
        _about(
            "Disclosure policies in place of families' own: `family`, `rule`, `owner`, `reason`."
        ),
    ] = None
    ledger: Annotated[
        Text | None,
        _about(
            "The private file that keeps all that was released, so that no later release tells "
            "what an earlier one hid; relative to the plan's folder. Without it: the file that "
            "NHSIND_LEDGER names, else ledger.jsonl in the user's state folder. Plans of the same "
            "data share one; plans of different data have their own.",
            "../private/ledger.jsonl",
        ),
    ] = None
    publication: Annotated[
        Publication | None,
        _about(
            "What every page says of the publication. All keys but `correction` are needed to "
            "publish."
        ),
    ] = None


KEYS = PlanFile.__struct_fields__
PUBLICATION = Publication.__struct_fields__
# What a publication may say besides.
OPTIONAL = ("correction",)
NEEDED = tuple(key for key in PUBLICATION if key not in OPTIONAL)
