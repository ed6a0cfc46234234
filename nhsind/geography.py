"""Organisations: names, parents (TCP, STP, region, England), validity dates and successors.

All of it comes from the input's `geography.csv`; nhsind knows no organisation by itself, but for
three codes that published files use: NONC (commissioned outside England, in no total), X24 (NHS
England) and UNKNOWN (both in England's total).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from nhsind.periods import Period

Level = Literal["ccg", "provider", "tcp", "stp", "region", "england"]
LEVELS: tuple[str, ...] = get_args(Level)
ENGLAND = "ENGLAND"
OUTSIDE_ENGLAND = frozenset({"NONC"})
ALWAYS_KNOWN = frozenset({"NONC", "X24", "UNKNOWN"})
SPECIAL_NAMES = {
    "NONC": "Commissioned outside England",
    "X24": "NHS England",
    "UNKNOWN": "Commissioner not known",
    ENGLAND: "England",
}


@dataclass(frozen=True)
class GeographyRow:
    """One row of `geography.csv`: an organisation and its parents between two dates."""

    codes: dict[str, str]
    names: dict[str, str]
    successor: str | None
    valid_from: date | None
    valid_to: date | None
    peer_group: str | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`, first and last day included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def _of_period(rows: list[GeographyRow], period: Period) -> GeographyRow | None:
    """The row that holds on a period's last day, else the nearest earlier one, else the first."""
    holding = [row for row in rows if row.valid_on(period.end)]
    earlier = [row for row in rows if (row.valid_from or date.min) <= period.end]
    return next(iter(holding or earlier[-1:] or rows), None)


@dataclass(frozen=True)
class Geography:
    """The rows of a `geography.csv`, asked by code and period; `place` names the file."""

    places: tuple[GeographyRow, ...] = ()
    place: str = "geography.csv"

    def known(self, level: str) -> set[str]:
        """Every code of a level, at whatever date."""
        return {place.codes[level] for place in self.places if level in place.codes}

    def names(self, level: str) -> dict[str, str]:
        """Code to name at a level; the latest row's name where it changed."""
        return self._names[level]

    def parent(self, base: str, code: str, level: str, period: Period) -> str | None:
        """The `level` organisation of a CCG or provider at the period's end, or None.

        Where no row holds on that day the organisation's nearest earlier row is used, else its
        first: records keep the commissioner they were given after it has closed.
        """
        if level == "england":
            return None if code in OUTSIDE_ENGLAND else ENGLAND
        rows = [row for row in self._rows.get((base, code), []) if level in row.codes]
        row = _of_period(rows, period)
        return None if row is None else row.codes[level]

    def peer_group(self, base: str, code: str, period: Period) -> str | None:
        """The group of organisations like this one, by the row that `parent` would take."""
        rows = [row for row in self._rows.get((base, code), []) if row.peer_group]
        row = _of_period(rows, period)
        return None if row is None else row.peer_group

    def is_closed(self, base: str, code: str, period: Period) -> bool:
        """Whether an organisation is known, but on no day of the period."""
        rows = self._rows.get((base, code), [])
        return bool(rows) and not any(
            (row.valid_from or date.min) <= period.end
            and (row.valid_to or date.max) >= period.start
            for row in rows
        )

    def open_on(self, level: str, day: date) -> set[str]:
        """The organisations of a level that are valid on a day."""
        return {row.codes[level] for row in self.places if level in row.codes and row.valid_on(day)}

    def successor(self, code: str, on: date) -> str:
        """The CCG that `code` has become by `on`: itself, or the last of its successors."""
        return [code, *self.successors(code, on)][-1]

    def successors(self, code: str, on: date) -> list[str]:
        """The CCGs that `code` has become by `on`, one after the other.

        A row that names a successor and no last day has given way to it, unless the successor
        begins after `on`.
        """
        found = [code]
        while True:
            rows = self._rows.get(("ccg", found[-1]), [])
            given_way = [row for row in rows if self._has_given_way(row, on)]
            if any(row.valid_on(on) for row in rows if row not in given_way) or not given_way:
                return found[1:]
            latest = max(given_way, key=lambda row: row.valid_to or date.max)
            found.append(latest.successor or found[-1])
            if found[-1] in found[:-1]:
                return found[1:]

    def _has_given_way(self, row: GeographyRow, on: date) -> bool:
        if row.successor is None:
            return False
        if row.valid_to is not None:
            return row.valid_to < on
        begins = [each.valid_from for each in self._rows.get(("ccg", row.successor), [])]
        return not begins or any(day is None or day <= on for day in begins)

    @cached_property
    def _rows(self) -> dict[tuple[str, str], list[GeographyRow]]:
        """The rows of each level and code, in order of their first day."""
        found: dict[tuple[str, str], list[GeographyRow]] = {}
        for row in sorted(self.places, key=lambda place: place.valid_from or date.min):
            for key in row.codes.items():
                found.setdefault(key, []).append(row)
        return found

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        found = {level: dict(SPECIAL_NAMES) for level in LEVELS}
        for row in sorted(self.places, key=lambda place: place.valid_from or date.min):
            for level, name in row.names.items():
                found[level][row.codes[level]] = name
        return found
