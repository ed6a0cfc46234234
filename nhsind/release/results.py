"""A family's released figures for one organisation and period, beside its comparators.

`compute` derives everything a report of any organisation needs, once, and releases it; `save` and
`load` keep it in a folder. A notebook does not know whether its results were computed from data
(exploring) or loaded from what a run released (publishing).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import ANSWERS, Indicator
from nhsind.derivation.fates import attrition
from nhsind.derivation.figures import whole_if_all_are
from nhsind.derivation.flags import why
from nhsind.derivation.questions import not_covered
from nhsind.derivation.values import measure
from nhsind.errors import DisclosureError, InputError, UsageError, unknown
from nhsind.geography import ENGLAND
from nhsind.output import storable
from nhsind.periods import Period, parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release, release_counts, release_steps
from nhsind.release.policies import policy_for
from nhsind.sources.checked_input import NOT_ENGLAND, Input
from nhsind.version import __version__

# In a folder of released figures: `Results.layers`.
LAYERS = "layers.json"
# Periods shown before the report's own, where the data reach back: two years of months, more than
# the 15 points that a control chart needs.
DEFAULT_HISTORY = 23

# What views of the same figures share, worked out or stored.
SHARED = ("names", "layers", "_cells", "_rows_of", "_places", "_members")

# One row of the output table: a cell by the name of its column.
Row = dict[str, Any]


def lacks(row: Row, column: str) -> bool:
    """Whether a cell of the row is empty."""
    return bool(pd.isna(row[column]))


@dataclass(frozen=True, repr=False)
class Results:
    """Released figures of one family: for an organisation and period, and what surrounds them.

    `figures`: the output table with marks, for all organisations, England, and the periods
    before. `steps`: units by organisation, period, line and the rule that left them out.
    `quality`: records left out of all organisations together, by fault. `groups`: code and name of
    what each organisation is compared within; `regions`: the name of its region. `kept_in`: the
    folder that a run keeps them in, where its reports also share what they work out.
    """

    family: Family
    organisation: str
    period: Period
    level: str
    figures: Released
    steps: Released
    quality: Released
    groups: dict[str, tuple[str, str]]
    source: str
    publication: dict[str, str]
    regions: dict[str, str] = field(default_factory=dict)
    kept_in: Path | None = None

    def __repr__(self) -> str:
        number = len(self._members[None])
        return (
            f"{self.name} ({self.organisation}), {self.period.words}, with {number:,} "
            f"organisations to compare. {self.source}."
        )

    @property
    def name(self) -> str:
        """The organisation's name, else its code."""
        return self.names.get(self.organisation) or self.organisation

    @property
    def everyone(self) -> str:
        """What the total of all organisations is called: England only where it is that."""
        return NOT_ENGLAND if self.names.get(ENGLAND) == NOT_ENGLAND else "England"

    @cached_property
    def names(self) -> dict[str, str]:
        """Names by code, of every organisation and England."""
        table = self.figures.frame[["org_code", "org_name"]].drop_duplicates()
        return dict(zip(table["org_code"], table["org_name"], strict=True))

    @cached_property
    def _rows_of(self) -> dict[str, list[int]]:
        """The rows of each organisation."""
        rows: dict[str, list[int]] = {}
        for place, code in enumerate(self._cells["org_code"]):
            rows.setdefault(code, []).append(place)
        return rows

    @cached_property
    def _cells(self) -> dict[str, Any]:
        """The columns of the output table as arrays, of which a row is taken in no time."""
        frame = self.figures.frame
        return {name: frame[name].to_numpy(object) for name in frame.columns}

    @cached_property
    def _places(self) -> dict[str, dict[tuple[str, str], int]]:
        """By organisation, as each is asked for: the row of a line and period."""
        return {}

    def _place(self, code: str, organisation: str, period: str) -> int | None:
        if organisation not in self._places:
            rows = self._rows_of.get(organisation, [])
            lines, periods = self._cells["indicator"], self._cells["period"]
            self._places[organisation] = {(lines[row], periods[row]): row for row in rows}
        return self._places[organisation].get((code, period))

    @cached_property
    def _members(self) -> dict[tuple[str, str] | None, list[str]]:
        """The organisations of each group, in order; of no group: all."""
        everyone = sorted(set(self.names) - {ENGLAND})
        members: dict[tuple[str, str] | None, list[str]] = {None: everyone}
        for code in everyone:
            group = self.groups.get(code)
            if group is not None:
                members.setdefault(group, []).append(code)
        return members

    @cached_property
    def layers(self) -> dict[str, Any]:
        """What the charts of all organisations share, by name, as it is made or was stored."""
        return {}

    def line(self, code: str) -> Indicator:
        """A line of the family by its code; UsageError if it is another's."""
        if code not in self.family.indicators:
            raise unknown(f"line of {self.family.code}", code, list(self.family.indicators))
        return self.family.indicators[code]

    def figure(
        self, code: str, organisation: str | None = None, period: Period | None = None
    ) -> Row | None:
        """One row of the output table, or None where there is none; `period` None: the report's,
        or the year that ends with it for a line of years."""
        wanted = period or self.period_of(code)
        place = self._place(code, organisation or self.organisation, str(wanted))
        return None if place is None else {name: of[place] for name, of in self._cells.items()}

    def period_of(self, code: str) -> Period:
        """The period that the report shows of a line."""
        return own_period(self.line(code), self.period)

    def periods(self, code: str | None = None) -> list[Period]:
        """The periods of the report's kind (or of a line's) with figures, in order."""
        kind = (self.period_of(code) if code else self.period).kind
        table = self.figures.frame
        held = table["period"] if code is None else table.loc[table["indicator"] == code, "period"]
        periods = {parse_period(text) for text in held.unique()}
        return sorted(period for period in periods if period.kind == kind)

    def neighbours(self) -> tuple[str, list[str]]:
        """The group that the organisation is compared within, and its members.

        The organisations of its STP (or of the grouping that a published file prints); without
        one, all organisations.
        """
        group = self.groups.get(self.organisation)
        name = "all organisations" if group is None else group[1] or group[0]
        return name, self._members[group]

    def for_organisation(self, organisation: str, period: Period | None = None) -> Results:
        """The same figures, looked at for another organisation or period."""
        known = self._members[None]
        wanted = organisation.strip().upper()
        if wanted not in known:
            raise unknown("organisation of these results", wanted, known)
        view = replace(self, organisation=wanted, period=period or self.period)
        # What is worked out from the same figures is not worked out again.
        view.__dict__.update({name: getattr(self, name) for name in SHARED})
        return view


def own_period(line: Indicator, period: Period) -> Period:
    """`period`, or the financial year that ends with it for a line that answers only years."""
    year = period.financial_year
    if not line.answers(period) and line.answers(year) and year.end == period.end:
        return year
    return period


def own_kind(family: Family, month: Period) -> Period:
    """The month, or the quarter or year around it, that the family's first line is of."""
    first = next(iter(family.indicators.values()))
    kinds = {"month": month, "quarter": month.quarter, "year": month.financial_year}
    return kinds[ANSWERS[first.frequency][0]]


def reaches(opened: Input, period: Period) -> bool:
    """Whether the input covers a report's period for any line: else there is nothing to report."""
    return any(
        line.answers(shown) and opened.holds(line) and opened.covers(line, shown)
        for line in opened.family.indicators.values()
        for shown in [own_period(line, period)]
    )


def compute(
    opened: Input,
    period: Period,
    level: str,
    engine: str = "duckdb",
    history: int = DEFAULT_HISTORY,
    explore: bool = False,
    publication: dict[str, str] | None = None,
    codes: Sequence[str] | None = None,
    described_as: str | None = None,
) -> Results:
    """Derive and release everything that reports of `period` at `level` show.

    One pass for all organisations. `codes`: only these lines. `described_as`: what pages say of
    the data; None: their kind and the names of the files. Raises DisclosureError where release
    refuses.
    """
    family = opened.family
    shown = {line.code: own_period(line, period) for line in family.indicators.values()}
    lines = [
        line
        for line in family.indicators.values()
        if line.answers(shown[line.code])
        and (codes is None or line.code in codes)
        and opened.holds(line)
    ]
    if not lines:
        raise UsageError(f"{opened.description} has no figure of {family.code} for {period}")
    covered = [line for line in lines if opened.covers(line, shown[line.code])]
    if not covered:
        raise InputError(not_covered(opened, lines, sorted(set(shown.values()))))
    policy = policy_for(family, opened.is_published, explore)
    periods = [
        each
        for kind in dict.fromkeys(shown[line.code] for line in lines)
        for each in _history(opened, lines, kind, history)
    ]
    lines_shown = [
        (line, [p for p in periods if p.kind == shown[line.code].kind]) for line in lines
    ]
    own = _measured(opened, lines_shown, level, engine)
    national = _measured(opened, lines_shown, "england", engine)
    if own.empty:
        raise UsageError(f"{opened.description} holds no organisation at level {level}")
    figures = release(Raw(pd.concat([own, national], ignore_index=True)), family, policy)
    left_out = []
    for line in covered:
        if opened.tables:
            part = attrition(opened, line, [shown[line.code]], level, engine)
            left_out.append(part.assign(indicator=line.code))
    columns = "indicator org_code period part excluded_because in_denominator units".split()
    counted = pd.concat(left_out) if left_out else pd.DataFrame(columns=columns)
    months = {month for line in lines for month in shown[line.code].split_months()}
    findings = opened.findings + opened.unusual([line.code for line in lines], months)
    found = pd.DataFrame(
        [(item.fault, item.about, " ".join(item.lines), item.rows) for item in findings],
        columns=["fault", "about", "lines", "rows"],
    )
    return Results(
        family=family,
        organisation=str(own["org_code"].iloc[0]),
        period=period,
        level=level,
        figures=figures,
        steps=release_steps(Raw(counted[columns]), policy),
        quality=release_counts(Raw(found), ["rows"], policy),
        groups=_groups(opened, level, period),
        source=described_as or _source_words(opened),
        publication=publication or {},
        regions=_regions(opened, level, period),
    )


def _history(opened: Input, lines: list[Indicator], last: Period, steps: int) -> list[Period]:
    """The periods up to `last`, from the first that the input covers for one of the lines."""
    periods = [last.shift(-step) for step in range(steps, 0, -1)]
    answering = [line for line in lines if line.answers(last)]
    covered = [each for each in periods if any(opened.covers(line, each) for line in answering)]
    return [*(each for each in periods if covered and each >= covered[0]), last]


def _measured(
    opened: Input, lines: list[tuple[Indicator, list[Period]]], level: str, engine: str
) -> pd.DataFrame:
    """The output table of lines that have periods of their own kinds."""
    tables = []
    for kind in dict.fromkeys(periods[0].kind for _, periods in lines):
        alike = [(line, periods) for line, periods in lines if periods[0].kind == kind]
        tables.append(measure(opened, [line for line, _ in alike], alike[0][1], level, engine))
    return pd.concat(tables, ignore_index=True)


def save(found: Results, folder: Path, check: bool = True) -> None:
    """Write released figures to a folder, for the notebooks of a run to read.

    `check`: refuse figures that may not be published.
    """
    if check and not found.figures.publishable:
        raise DisclosureError(
            "these figures are exploratory or have no disclosure policy with a source, and "
            "cannot be published"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("figures", "steps", "quality"):
        table: Released = getattr(found, name)
        storable(table.frame).to_parquet(folder / f"{name}.parquet", index=False)
    context = {
        "family": found.family.code,
        "organisation": found.organisation,
        "period": str(found.period),
        "level": found.level,
        "policy": found.figures.policy.__dict__,
        "groups": {code: list(group) for code, group in found.groups.items()},
        "source": found.source,
        "publication": found.publication,
        "regions": found.regions,
    }
    (folder / "context.json").write_text(json.dumps(context, indent=1), "utf-8")
    (folder / LAYERS).write_text(json.dumps(found.layers), "utf-8")


def load(folder: Path) -> Results:
    """Open the released figures in a folder."""
    context = json.loads((folder / "context.json").read_text("utf-8"))
    policy = Disclosure(**context["policy"])
    tables = {
        name: Released(
            pd.read_parquet(folder / f"{name}.parquet", dtype_backend="numpy_nullable"), policy
        )
        for name in ("figures", "steps", "quality")
    }
    figures = tables["figures"].frame
    for name in ("numerator", "denominator"):
        figures[name] = whole_if_all_are(figures[name])
    for name in ("value", "ci_lower", "ci_upper", "standard", "plan"):
        figures[name] = figures[name].to_numpy(dtype=float, na_value=np.nan)
    found = Results(
        family=load_family(context["family"]),
        organisation=context["organisation"],
        period=parse_period(context["period"]),
        level=context["level"],
        groups={code: (group[0], group[1]) for code, group in context["groups"].items()},
        source=context["source"],
        publication=context["publication"],
        regions=context["regions"],
        kept_in=folder,
        **tables,
    )
    found.layers.update(json.loads((folder / LAYERS).read_text("utf-8")))
    return found


def provenance(found: Results) -> dict[str, str]:
    """Where the figures come from and under which policy, without paths, clocks or hashes."""
    policy = found.figures.policy
    return {
        "Derived by": f"nhsind {__version__}",
        "Definitions": found.family.document,
        "Data": found.source,
        "Disclosure policy": f"{policy.rule}: {' '.join(policy.reason.split())}",
        "Policy source": policy.source or "none",
    }


def reason_words(found: Results, line: Indicator, reason: str) -> str:
    """Why a unit was left out, in words."""
    return why(found.family, line, reason)


def _groups(opened: Input, level: str, period: Period) -> dict[str, tuple[str, str]]:
    """The STP of each organisation, or the group that a published file prints."""
    if opened.geography is None or level not in ("ccg", "provider"):
        return opened.groups
    return _parents(opened, level, period, "stp")


def _regions(opened: Input, level: str, period: Period) -> dict[str, str]:
    parents = _parents(opened, level, period, "region")
    return {code: name for code, (_, name) in parents.items()}


def _parents(opened: Input, level: str, period: Period, above: str) -> dict[str, tuple[str, str]]:
    """Code and name of what each organisation belongs to on a level above its own."""
    geography = opened.geography
    if geography is None or level not in ("ccg", "provider"):
        return {}
    names = geography.names(above)
    parents = {
        code: geography.parent(level, code, above, period) for code in geography.known(level)
    }
    return {code: (parent, names.get(parent, parent)) for code, parent in parents.items() if parent}


def _source_words(opened: Input) -> str:
    kind = "Published files" if opened.is_published else "Records"
    return f"{kind}: {opened.description}"
