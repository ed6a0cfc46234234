"""Reading `geography.csv`, or a frame like it: organisations and parents between two dates."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.definitions.record_tables import BLANKS
from nhsind.engines.connections import connected
from nhsind.errors import InputError, Problem
from nhsind.geography import LEVELS, Geography, GeographyRow
from nhsind.sources.stored import Stored
from nhsind.sources.tabular import store_file, store_frame

COLUMNS = (
    "ccg_code ccg_name tcp_code tcp_name stp_code stp_name region_code region_name "
    "provider_code provider_name successor_ccg_code valid_from valid_to peer_group"
).split()

CODE = re.compile(r"[A-Z0-9]{2,12}")


def read_geography(path: Path) -> Geography:
    """Read a `geography.csv`.

    Raises InputError with every problem: a file that is no table, no organisation column, a date
    that is not YYYY-MM-DD, a row without an organisation, a row that ends before it starts, two
    rows of one CCG that hold on the same day.
    """
    with connected() as con:
        return _geography(con, store_file(con, "geography", path))


def geography_from_frame(frame: Any, place: str = "geography") -> Geography:
    """The geography in a data frame with the columns of a `geography.csv`; errors as there."""
    with connected() as con:
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
    places: list[GeographyRow] = []
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


def _place(row: dict[str, str]) -> tuple[GeographyRow | None, list[tuple[str, str, str, str]]]:
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
    if successor and not CODE.fullmatch(successor):
        allowed = "the code of one commissioner; a commissioner that was divided has none"
        wrong.append(("is not one code", "successor_ccg_code", successor, allowed))
    peers = " ".join(row.get("peer_group", "").split()) or None
    return GeographyRow(codes, names, successor, first, last, peers), wrong


def _date(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
