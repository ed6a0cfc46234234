"""Organisations: names, parents (TCP, STP, region, England), validity dates and successors.

All of it comes from the input's `geography.csv`; nhsind knows no organisation by itself, but for
three codes that published files use: NONC (commissioned outside England, in no total), X24 (NHS
England) and UNKNOWN (both in England's total).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.schema import BLANKS

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
    """The rows of a `geography.csv`, asked by code and period."""

    places: tuple[Place, ...] = ()

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
            closed = [
                row
                for row in self.places
                if row.codes.get("ccg") == code
                and row.successor
                and row.valid_to is not None
                and row.valid_to < on
            ]
            if not closed:
                return code
            code = closed[-1].successor or code
            if code in seen:
                return code
            seen.add(code)


def read_geography(path: Path) -> Geography:
    """Read a `geography.csv`.

    Raises InputError with every unreadable row: a missing `ccg_code` column, a date that is not
    YYYY-MM-DD, a row without an organisation, two rows of one CCG that hold on the same day.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return geography_from_rows(list(csv.reader(lines)), str(path))


def geography_from_rows(rows: list[list[str]], place: str) -> Geography:
    """The geography in a header row and the rows below it."""
    if not rows:
        raise InputError(Problem(place, "the file is empty", allowed=", ".join(COLUMNS)))
    header = [name.strip(BLANKS).lower() for name in rows[0]]
    if "ccg_code" not in header and "provider_code" not in header:
        raise InputError(
            Problem(
                place,
                "the column is missing",
                line=1,
                column="ccg_code",
                allowed=", ".join(COLUMNS),
            )
        )
    problems: list[Problem] = []
    places: list[Place] = []
    spans: dict[str, list[tuple[date, date, int]]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip(BLANKS) for cell in row):
            continue
        cells = {name: cell.strip(BLANKS) for name, cell in zip(header, row, strict=False)}
        dates: dict[str, date | None] = {}
        for name in ("valid_from", "valid_to"):
            try:
                dates[name] = date.fromisoformat(cells[name]) if cells.get(name) else None
            except ValueError:
                problems.append(
                    Problem(place, "is not a date", line, name, cells[name], "YYYY-MM-DD")
                )
                dates[name] = None
        codes = {
            level: cells[f"{level}_code"].upper() for level in LEVELS if cells.get(f"{level}_code")
        }
        if not {"ccg", "provider"} & set(codes):
            problems.append(Problem(place, "the row names no organisation", line, "ccg_code"))
            continue
        names = {level: cells.get(f"{level}_name") or code for level, code in codes.items()}
        places.append(
            Place(
                codes,
                names,
                (cells.get("successor_ccg_code") or "").upper() or None,
                dates["valid_from"],
                dates["valid_to"],
            )
        )
        if "ccg" in codes and "provider" not in codes:
            span = (dates["valid_from"] or date.min, dates["valid_to"] or date.max, line)
            for other in spans.setdefault(codes["ccg"], []):
                if span[0] <= other[1] and other[0] <= span[1]:
                    problems.append(
                        Problem(
                            place,
                            f"holds on the same days as line {other[2]}",
                            line,
                            "ccg_code",
                            codes["ccg"],
                        )
                    )
            spans[codes["ccg"]].append(span)
    if problems:
        raise InputError(problems)
    return Geography(tuple(places))
