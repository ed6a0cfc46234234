"""Reads the mental health dashboard of NHS England: rates of organisations, quarter by quarter.

One file tells of several families: a category of rows is an indicator, and a column a quarter (or,
in its other kind, a year). Each family names the words by which it knows its lines' categories. It
prints rates and not the counts that they are made of, so it serves to compare with: no line is
derived from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.headings import plain
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile, Reader, printed_cells
from nhsind.sources.recognising import csv_has, first_rows
from nhsind.sources.totals import refuse_totals

CODE, NAME, KIND, CATEGORY = "Org code", "Org name", "Org Type", "category"
HEADINGS = (CODE, NAME, KIND, CATEGORY)
LEVELS = {"NATIONAL": "england", "REGION": "region", "STP": "stp", "ICB": "stp", "CCG": "ccg"}
MARKS = {"*": SUPPRESSED, **dict.fromkeys(("", "-", "NULL", "N/A"), NOT_AVAILABLE)}
# Q1 2014/15, or a year; anything more (2017/18 planned) is no period's figure.
QUARTER = re.compile(r"(Q[1-4]) (\d{4})[/-](\d{2})", re.IGNORECASE)
YEAR = re.compile(r"\d{4}[/-]\d{2}")
# Rates are printed as fractions: with more, the category counts people.
LARGEST_RATE = 1.0
MOST_NAMED, MOST_SHOWN = 8, 600

# By line: a pattern of each word that its category must have, and of those that it must not.
Lines = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


def dashboard_reader(lines: Lines) -> Reader:
    """The reader of a family whose lines have categories of these words."""
    return Reader(
        "mental-health-dashboard",
        "mental health dashboard (.csv): rates by Org code, Org Type and category, a column a "
        "quarter (Q1 2016/17) or year; to compare with",
        partial(_is_dashboard, lines),
        partial(read_dashboard, lines),
        totals_only=True,
        headings=((*HEADINGS, "Q1 2016/17"),),
    )


def _is_dashboard(lines: Lines, path: Path) -> bool:
    """Whether a file has the dashboard's headings, and a category of one of the lines."""
    cells = [cell for row in first_rows(path) for cell in row]
    if not csv_has(path, *HEADINGS) or not any(map(_period, cells)):
        return False
    try:
        categories = read_csv(path, KIND, CATEGORY).texts(CATEGORY).unique()
    except InputError:  # who reads it says what is wrong
        return True
    return any(line_of(text, lines) for text in categories)


def read_dashboard(lines: Lines, path: Path) -> PublishedFile:
    """The rates of the categories that are a family's lines, as answers.

    Raises InputError for levels that are not known, rows that stand twice, and cells that are no
    numbers.
    """
    table = read_csv(path, KIND, CATEGORY).without_remarks()
    table.require(*HEADINGS)
    categories = table.texts(CATEGORY)
    of_line = {text: line_of(text, lines) for text in categories.unique()}
    found = _published(path, table.where(categories.map(of_line).notna()), of_line)
    others = [text for text, line in of_line.items() if line is None]
    if others:
        text = f"{len(others):,} categories are of no line of this family: {'; '.join(others)}"
        found.notes.append(f"{path.name}: {text[:MOST_SHOWN]}")
    return found


def line_of(category: str, lines: Lines) -> str | None:
    """The line that a category's words tell; None where they tell none, or several."""
    words = " ".join(re.split(r"[^a-z0-9%<>=]+", category.lower()))
    found = [
        line
        for line, (wanted, unwanted) in lines.items()
        if all(re.search(word, words) for word in wanted)
        and not any(re.search(word, words) for word in unwanted)
    ]
    return found[0] if len(found) == 1 else None


def _published(path: Path, table: Printed, of_line: Mapping[str, str | None]) -> PublishedFile:
    kinds = table.codes(KIND)
    table.refuse(~kinds.isin(LEVELS), KIND, "is no level known here", ", ".join(LEVELS))
    levels = kinds.map(LEVELS)
    codes = table.codes(CODE).where(levels != "england", ENGLAND)
    table.refuse(codes == "", CODE, "is missing", "an organisation's code")
    refuse_totals(table, CODE, NAME, known=(levels == "england").to_numpy())
    table.refuse_repeated(kinds, codes, CATEGORY)
    periods = {name: _period(name) for name in table.headings}
    columns = [name for name, period in periods.items() if period]
    numbers = table.numbers(*columns, marks=MARKS, parts="decimal")
    base = pd.DataFrame(
        {
            "org_level": levels,
            "org_code": codes,
            "name": table.texts(NAME),
            "category": table.texts(CATEGORY),
            "indicator": table.texts(CATEGORY).map(dict(of_line)),
            "place": table.places(),
        }
    )
    rows = pd.concat(
        [
            base.assign(
                period=periods[name], printed=column.floats, mark=column.marks, heading=plain(name)
            )
            for name, column in zip(columns, numbers, strict=True)
        ],
        ignore_index=True,
    )
    largest = rows.groupby("category")["printed"].max()
    counting = list(largest[largest > LARGEST_RATE].index)
    rates = rows[~rows["category"].isin(counting)]
    known = rates[rates["mark"] == ""]
    keys = ["indicator", "org_level", "org_code", "period"]
    again = known[known.duplicated(keys)]
    if len(again):
        first = again.iloc[0]
        text = f"{first['indicator']} is printed in another category too: {first['category']}"
        raise InputError(Problem(first["place"], text))
    cells = known.drop(columns=["name", "category", "printed", "mark", "heading"])
    # Nothing to derive from is printed: that a line and period are there is all that is counted.
    counts = rates[[*keys, "place"]].assign(
        numerator=None, denominator=None, mark=rates["mark"].replace("", NOT_AVAILABLE)
    )
    names = {
        str(level): dict(zip(part["org_code"], part["name"], strict=True))
        for level, part in base.groupby("org_level")
    }
    return PublishedFile(
        place=str(path),
        counts=counts.drop_duplicates(keys),
        names=names,
        answers=[Answers(printed_cells(cells, "value", known["printed"]), complete=False)],
        notes=_notes(path, table, periods, counting),
    )


def _notes(
    path: Path, table: Printed, periods: Mapping[str, str | None], counting: list[str]
) -> list[str]:
    """What of the file is not compared: other columns, and categories that count people."""
    told = [f"{path.name} prints rates, not what they are made of: it serves to compare with"]
    beside = [name for name, period in periods.items() if not period and re.search(r"\d{4}", name)]
    if beside:
        told.append(f"{path.name}: columns left out: {', '.join(beside[:MOST_NAMED])}")
    if counting:
        text = "counts and not rates, left out"
        told.append(f"{path.name}: {text}: {'; '.join(counting[:MOST_NAMED])}")
    return told


def _period(heading: Any) -> str | None:
    """The quarter or year that a column is of; None where it is of none."""
    text = plain(str(heading))
    quarter = QUARTER.fullmatch(text)
    if quarter:
        text = f"{quarter[2]}/{quarter[3]} {quarter[1]}"
    elif not YEAR.fullmatch(text):
        return None
    try:
        return str(parse_period(text))
    except UsageError:
        return None
