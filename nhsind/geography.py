"""Organisations: names, parents (TCP, STP, region, England), validity dates and successors.

All of it comes from the input's `geography.csv`; nhsind knows no organisation by itself, but for
three codes that published files use: NONC (commissioned outside England, in no total), X24 (NHS
England) and UNKNOWN (both in England's total).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from nhsind.definitions.record_tables import BLANKS, quote
from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.sources.tabular import Stored, store_file, store_frame

LEVELS = ("ccg", "provider", "tcp", "stp", "region", "england")
ENGLAND = "ENGLAND"
OUTSIDE_ENGLAND = frozenset({"NONC"})
ALWAYS_KNOWN = frozenset({"NONC", "X24", "UNKNOWN"})
SPECIAL_NAMES = {
    "NONC": "Commissioned outside England",
    "X24": "NHS England",
    "UNKNOWN": "Commissioner not known",
    ENGLAND: "England",
}
COLUMNS = (
    "ccg_code ccg_name tcp_code tcp_name stp_code stp_name region_code region_name "
    "provider_code provider_name successor_ccg_code valid_from valid_to"
).split()


@dataclass(frozen=True)
class Place:
    """One row of `geography.csv`: an organisation and its parents between two dates."""

    codes: dict[str, str]
    names: dict[str, str]
    successor: str | None
    valid_from: date | None
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        """Whether the row holds on `day`, first and last day included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Geography:
    """The rows of a `geography.csv`, asked by code and period; `place` names the file."""

    places: tuple[Place, ...] = ()
    place: str = "geography.csv"

    def known(self, level: str) -> set[str]:
        """Every code of a level, at whatever date."""
        return {place.codes[level] for place in self.places if level in place.codes}

    def names(self, level: str) -> dict[str, str]:
        """Code to name at a level; the latest row's name where it changed."""
        rows = sorted(self.places, key=lambda place: place.valid_from or date.min)
        named = {row.codes[level]: row.names[level] for row in rows if level in row.names}
        return SPECIAL_NAMES | named

    def parent(self, base: str, code: str, level: str, period: Period) -> str | None:
        """The `level` organisation of a CCG or provider at the period's end, or None.

        Where no row holds on that day the organisation's nearest earlier row is used, else its
        first: records keep the commissioner they were given after it has closed.
        """
        if level == "england":
            return None if code in OUTSIDE_ENGLAND else ENGLAND
        rows = [row for row in self.places if row.codes.get(base) == code and level in row.codes]
        if not rows:
            return None
        rows.sort(key=lambda row: row.valid_from or date.min)
        holding = [row for row in rows if row.valid_on(period.end)]
        earlier = [row for row in rows if (row.valid_from or date.min) <= period.end]
        return (holding or earlier[-1:] or rows)[0].codes[level]

    def successor(self, code: str, on: date) -> str:
        """The CCG that `code` has become by `on`: itself, or the last of its successors."""
        seen = {code}
        while True:
            rows = [row for row in self.places if row.codes.get("ccg") == code]
            if any(row.valid_on(on) for row in rows):
                return code
            closed = [row for row in rows if row.successor and row.valid_to and row.valid_to < on]
            if not closed:
                return code
            latest = max(closed, key=lambda row: row.valid_to or date.min)
            code = latest.successor or code
            if code in seen:
                return code
            seen.add(code)


def read_geography(path: Path) -> Geography:
    """Read a `geography.csv`.

    Raises InputError with every problem: a file that is no table, no organisation column, a date
    that is not YYYY-MM-DD, a row without an organisation, a row that ends before it starts, two
    rows of one CCG that hold on the same day.
    """
    with duckdb.connect() as con:
        return _geography(con, store_file(con, "geography", path))


def geography_from_frame(frame: Any, place: str = "geography") -> Geography:
    """The geography in a data frame with the columns of a `geography.csv`; errors as there."""
    with duckdb.connect() as con:
        found = _geography(con, store_frame(con, "geography", frame, place))
    return replace(found, place=place)


def _geography(con: duckdb.DuckDBPyConnection, table: Stored) -> Geography:
    problems = list(table.problems)
    if not {"ccg_code", "provider_code"} & set(table.columns):
        problems.append(
            Problem(
                table.place,
                "the column is missing",
                1 if table.path else None,
                "ccg_code",
                allowed=", ".join(COLUMNS),
            )
        )
        raise InputError(problems)
    names = [name for name in COLUMNS if name in table.columns]
    chosen = ", ".join(f"{quote(table.header[name])}::VARCHAR" for name in names)
    rows = con.execute(f"SELECT {chosen} FROM geography").fetchall()
    cells = [
        {name: (cell or "").strip(BLANKS) for name, cell in zip(names, row, strict=True)}
        for row in rows
    ]
    wrong: list[tuple[int, str, str, str, str]] = []
    places: list[Place] = []
    spans: dict[str, list[tuple[date, date, int]]] = {}
    for number, row in enumerate(cells, start=1):
        if not any(row.values()):
            continue
        place, found = _place(row)
        wrong += [(number, *problem) for problem in found]
        if place is None:
            continue
        places.append(place)
        code = place.codes.get("ccg")
        if code is not None and "provider" not in place.codes:
            span = (place.valid_from or date.min, place.valid_to or date.max)
            for first, last, other in spans.setdefault(code, []):
                if span[0] <= last and first <= span[1]:
                    line = table.lines([other])[other]
                    message = f"holds on the same days as {table.unit} {line}"
                    wrong.append((number, message, "ccg_code", code, ""))
            spans[code].append((*span, number))
    lines = table.lines(number for number, *_ in wrong)
    problems += [
        Problem(
            table.place,
            message,
            lines[number],
            column,
            value or None,
            allowed or None,
            unit=table.unit,
        )
        for number, message, column, value, allowed in wrong
    ]
    if problems:
        raise InputError(problems)
    return Geography(tuple(places))


def _place(row: dict[str, str]) -> tuple[Place | None, list[tuple[str, str, str, str]]]:
    """One row as a place, and what is wrong with it: message, column, value, allowed."""
    wrong = []
    dates: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to"):
        text = row.get(name, "")
        dates[name] = _date(text)
        if text and dates[name] is None:
            wrong.append(("is not a date", name, text, "YYYY-MM-DD"))
    first, last = dates["valid_from"], dates["valid_to"]
    if first and last and last < first:
        wrong.append((f"is before valid_from {first}", "valid_to", str(last), "a later day"))
    codes = {level: row[f"{level}_code"].upper() for level in LEVELS if row.get(f"{level}_code")}
    if not {"ccg", "provider"} & set(codes):
        wrong.append(("the row names no organisation", "ccg_code", "", ""))
        return None, wrong
    names = {level: row.get(f"{level}_name") or code for level, code in codes.items()}
    successor = row.get("successor_ccg_code", "").upper() or None
    return Place(codes, names, successor, first, last), wrong


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
