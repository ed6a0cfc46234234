"""NHS Digital's monthly IAPT time series: England, commissioners and providers, month by month.

It counts referrals entering treatment (the numerator of E.A.3, whose prevalence is not in it) and
finished courses (the denominator of E.H.1_A1 and E.H.2_A2). Waits and recovery are printed as
percentages only: no numerator is made of them, they are answers to compare with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.families.iapt.common import count_slack, england_in_all, share_rounding
from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, read_sheet
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.totals import refuse_totals

SHEET = "Table 1"
FIRST, FINISHED = "First Treatment", "Finished a Course of Treatment"
WITHIN_6 = "First Treatment within 6 weeks Finished a Course of Treatment"
WITHIN_18 = "First Treatment within 18 weeks Finished a Course of Treatment"
SHARES = {"E.H.1_A1": WITHIN_6, "E.H.2_A2": WITHIN_18, "E.A.S.2": "Recovery rate"}
HEADINGS = ("CCG Code", "CCG Name", "Provider Code", "Provider Name", "Group Type", "Month / Year")
MARKS = {"*": SUPPRESSED, "-": NOT_AVAILABLE}
LEVELS = {"ENGLAND": "england", "CCG": "ccg", "PROVIDER": "provider"}
# The referrals of one commissioner with one provider, of which most are hidden.
PAIR = "CCG/PROVIDER"
NOT_KNOWN = "UNKNOWN"
NOTE = (
    "prints waits and recovery as percentages, without what they are made of: E.H.1_A1 and "
    "E.H.2_A2 have denominators only, E.A.S.2 has nothing"
)


def read_monthly(path: Path) -> PublishedFile:
    """Read the monthly time series; rows of a commissioner with a provider check its totals."""
    table = read_sheet(path, SHEET, "Group Type")
    table.require(*HEADINGS, FIRST, FINISHED, *SHARES.values())
    table = table.without_remarks()
    groups = table.codes("Group Type")
    allowed = ", ".join([*LEVELS, PAIR])
    table.refuse(~groups.isin([*LEVELS, PAIR]), "Group Type", "is not known here", allowed)
    for level in ("CCG", "Provider"):
        # Beside a level's own organisations the other's columns say that it is of all of them.
        others = ~groups.isin([level.upper(), PAIR])
        refuse_totals(table, f"{level} Code", f"{level} Name", known=others)
    months = table.months("Month / Year")
    table.refuse_repeated("Group Type", "CCG Code", "Provider Code", months)
    is_pair = groups == PAIR
    totals = table.where(~is_pair & _has_figures(table))
    organisations = _organisations(totals)
    counts = _counts(totals, organisations)
    answers = [*_shares(totals, organisations), england_in_all(counts)]
    answers += [_added_up(table.where(is_pair), level) for level in ("ccg", "provider")]
    return PublishedFile(
        place=str(path),
        counts=counts,
        names={
            str(level): dict(zip(rows["org_code"], rows["name"], strict=True))
            for level, rows in organisations.groupby("org_level")
        },
        answers=answers,
        notes=[f"{path.name} {NOTE}", *_of_nobody(path, totals)],
    )


def _has_figures(table: Printed) -> Any:
    """Whether anything is printed of a month; an organisation that has closed has `-` throughout.

    It is no gap in the figures of those above it.
    """
    lacking = [table.texts(name) == "-" for name in (FIRST, FINISHED, *SHARES.values())]
    return ~pd.concat(lacking, axis="columns").all(axis="columns")


def _organisations(table: Printed) -> pd.DataFrame:
    """Level, code, name, month and place of each row that is no pair."""
    levels = table.codes("Group Type").map(LEVELS)
    codes = _codes(table, "CCG Code").where(levels == "ccg", _codes(table, "Provider Code"))
    names = table.texts("CCG Name").where(levels == "ccg", table.texts("Provider Name"))
    return pd.DataFrame(
        {
            "org_level": levels,
            "org_code": codes.where(levels != "england", ENGLAND),
            "name": names,
            "period": table.months("Month / Year"),
            "place": table.places(),
        }
    )


def _codes(table: Printed, heading: str) -> pd.Series[Any]:
    """Codes; a blank one is of a commissioner that is not valid."""
    return table.codes(heading).replace("", NOT_KNOWN)


def _of_nobody(path: Path, table: Printed) -> list[str]:
    """A note on rows of commissioners that are not named."""
    groups = table.codes("Group Type").to_numpy()
    nameless = (groups == "CCG") & (table.codes("CCG Code") == "").to_numpy()
    number = int(nameless.sum())
    text = f"rows of commissioners have no code: theirs is {NOT_KNOWN}"
    return [f"{path.name}: {number:,} {text}"] if number else []


def _counts(table: Printed, organisations: pd.DataFrame) -> pd.DataFrame:
    first, finished = table.numbers(FIRST, FINISHED, marks=MARKS)
    base = organisations.drop(columns="name")
    slack = count_slack(base["org_level"])
    entering = base.assign(
        indicator="E.A.3", numerator=first.values, mark=first.marks, numerator_slack=slack
    )
    # The numerators are not printed; where the denominator is hidden that is the reason.
    marks = finished.marks.replace("", NOT_AVAILABLE)
    courses = [
        base.assign(
            indicator=line,
            numerator=None,
            denominator=finished.values,
            mark=marks,
            denominator_slack=slack,
        )
        for line in ("E.H.1_A1", "E.H.2_A2")
    ]
    slacks = {"numerator_slack": 0.0, "denominator_slack": 0.0}
    return pd.concat([entering, *courses], ignore_index=True).fillna(slacks)


def _shares(table: Printed, organisations: pd.DataFrame) -> list[Answers]:
    """The printed percentages."""
    base = organisations.drop(columns="name")
    answers = []
    for line, heading in SHARES.items():
        (column,) = table.numbers(heading, marks=MARKS, parts="decimal")
        known = (column.marks == "").to_numpy()
        rows = base[known].assign(indicator=line)
        around = share_rounding(rows["org_level"])
        cells = printed_cells(rows, "value", column.floats[known] / 100, around)
        answers.append(Answers(cells, complete=False))
    return answers


def _added_up(pairs: Printed, level: str) -> Answers:
    """Referrals entering treatment once more, added up where no pair of them is hidden."""
    (first,) = pairs.numbers(FIRST, marks=MARKS)
    rows = pd.DataFrame(
        {
            "org_code": _codes(pairs, f"{level} code"),
            "period": pairs.months("Month / Year"),
            "printed": first.floats,
            "is_hidden": first.marks == SUPPRESSED,
            "place": pairs.places(),
        }
    )
    # A commissioner and a provider without referrals have `-`.
    added = rows.groupby(["org_code", "period"], as_index=False).agg(
        printed=("printed", "sum"),
        parts=("printed", "count"),
        is_hidden=("is_hidden", "any"),
        place=("place", "first"),
    )
    added = added[~added["is_hidden"] & (added["parts"] > 0)]
    base = added[["org_code", "period", "place"]].assign(indicator="E.A.3", org_level=level)
    around = count_slack(base["org_level"], added["parts"].to_numpy())
    return Answers(printed_cells(base, "numerator", added["printed"], around), complete=False)
