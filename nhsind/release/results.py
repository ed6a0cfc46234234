"""A family's released figures for one organisation and period, beside its comparators.

A notebook does not know whether its results were computed from data (exploring) or loaded from
what a run released (publishing).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import ANSWERS, STAR, Indicator
from nhsind.derivation.flags import why
from nhsind.errors import unknown
from nhsind.geography import ENGLAND
from nhsind.periods import Period, parse_period
from nhsind.release.confidential import Released
from nhsind.sources.checked_input import NOT_ENGLAND
from nhsind.sources.inputs import Data
from nhsind.statistics.adjustments import Adjustments
from nhsind.version import __version__

# What views of the same figures share, worked out or stored.
SHARED = ("names", "layers", "evidence", "_columns", "_rows_of", "_figures_of", "_members")

NO_ROWS = np.array([], dtype=np.intp)

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
    what each organisation is compared within; `regions`: the name of its region,
    `region_codes`: its code.
    `contained`: by the code of a commissioner below the level, the organisation that contains it.
    `peers`: the group of organisations like it, where the geography names one.
    `lacking`: by the code of a line that the data hold nothing of: what they lack for it.
    `adjustments`: what a plan asks of the control charts of a line.
    `data`: what they were derived from, where that was the user's own.
    `kept_in`: the folder that a run keeps them in, where its reports also share what they work out.
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
    region_codes: dict[str, str] = field(default_factory=dict)
    contained: dict[str, str] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    lacking: dict[str, str] = field(default_factory=dict)
    adjustments: dict[str, Adjustments] = field(default_factory=dict)
    kept_in: Path | None = None
    data: Data | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        number = len(self._members[None])
        differing = [
            f" {line.code} is {line.variant_words}." for line in self.lines() if line.differs
        ]
        return (
            f"{self.name} ({self.organisation}), {self.period.words}, with {number:,} "
            f"organisations to compare. {self.source}.{''.join(differing)}"
        )

    @property
    def name(self) -> str:
        """The organisation's name, else its code."""
        return self.names.get(self.organisation) or self.organisation

    def is_total(self, code: str) -> bool:
        """Whether the total of a line is of the one organisation alone that there is."""
        own, total = self.figure(code), self.figure(code, ENGLAND)
        if len(self._members[None]) > 1 or own is None or total is None:
            return False
        shown = ("numerator", "denominator", "value", "status")
        return all(own[name] == total[name] or lacks(own, name) for name in shown)

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
    def _rows_of(self) -> dict[str, Any]:
        """The rows of each organisation."""
        found = self.figures.frame.groupby("org_code").indices
        return {str(code): rows for code, rows in found.items()}

    @cached_property
    def _columns(self) -> dict[str, Any]:
        """The columns of the output table, without its index."""
        return {str(name): column.array for name, column in self.figures.frame.items()}

    @cached_property
    def _figures_of(self) -> dict[str, dict[tuple[str, str], Row]]:
        """By organisation, as each is asked for: the row of a line and period."""
        return {}

    def rows(self, organisation: str) -> dict[tuple[str, str], Row]:
        """All of an organisation's rows of the output table, by line and period."""
        if organisation not in self._figures_of:
            self.look_ahead([organisation])
        return self._figures_of[organisation]

    def look_ahead(self, organisations: Collection[str]) -> None:
        """Take the figures of several organisations at once, which all views then have."""
        rows_of = [self._rows_of.get(each, NO_ROWS) for each in organisations]
        rows = np.concatenate([NO_ROWS, *rows_of])
        cells = [of.take(rows).astype(object) for of in self._columns.values()]
        taken = (dict(zip(self._columns, row, strict=True)) for row in zip(*cells, strict=True))
        for organisation, own in zip(organisations, rows_of, strict=True):
            found = islice(taken, len(own))
            self._figures_of[organisation] = {
                (row["indicator"], row["period"]): row for row in found
            }

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

    @cached_property
    def evidence(self) -> dict[tuple[str, str], Any]:
        """What sentences are made of, by organisation and period, as it is gathered."""
        return {}

    def members(self, group: tuple[str, str]) -> list[str]:
        """The organisations of a group, in order."""
        return self._members.get(group, [])

    def line(self, code: str) -> Indicator:
        """A line of the family by its code; UsageError if it is another's.

        Where a variant stands in the place of a line, it is what the line's code names.
        """
        held = self.family.indicators
        found = held.get(code) or held.get(code + STAR)
        if found is None:
            raise unknown(f"line of {self.family.code}", code, list(held))
        return found

    def lines(self, *codes: str) -> list[Indicator]:
        """Lines of the family by their codes; without codes all of them."""
        return [self.line(code) for code in codes or self.family.indicators]

    def figure(
        self, code: str, organisation: str | None = None, period: Period | None = None
    ) -> Row | None:
        """One row of the output table, or None where there is none; `period` None: the report's,
        or the year that ends with it for a line of years."""
        wanted = period or self.period_of(code)
        row = self.rows(organisation or self.organisation).get((self.line(code).code, str(wanted)))
        return None if row is None else dict(row)

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

    def standing_for(self, organisation: str) -> str:
        """The code of an organisation of the level: itself, or the one that contains it."""
        code = organisation.strip().upper()
        return code if code in self._members[None] else self.contained.get(code, code)

    def for_organisation(self, organisation: str, period: Period | None = None) -> Results:
        """The same figures, looked at for another organisation or period.

        One below the level stands for the one that contains it.
        """
        known = self._members[None]
        wanted = self.standing_for(organisation)
        if wanted not in known:
            raise unknown("organisation of these results", wanted, known)
        return self._looking_at(wanted, period or self.period)

    def for_england(self) -> Results:
        """The same figures, looked at for the total of all, which is compared with nobody."""
        if ENGLAND not in self.names:
            raise unknown("organisation of these results", ENGLAND, self._members[None])
        return self._looking_at(ENGLAND, self.period)

    def for_nobody(self) -> Results:
        """The same figures, of which none is a page's own."""
        return self._looking_at("", self.period)

    def _looking_at(self, organisation: str, period: Period) -> Results:
        view = replace(self, organisation=organisation, period=period)
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
