"""What is declared of the months that records cover: `coverage.csv` and the option `--covers`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.column_sql import FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import BLANKS
from nhsind.errors import Problem, UsageError, nearest
from nhsind.periods import Period, parse_period
from nhsind.sources.arrow_tables import brief
from nhsind.sources.coverage import Declared, Span

COVERAGE_COLUMNS = ("family", "table", "from", "to")
# May be there: whether the table holds all of England.
NATIONAL = "national"


def parse_covers(text: str) -> Span:
    """The months of `2017-04..2018-03`, both included. Raises UsageError for another text."""
    first, separator, last = text.partition("..")
    start, end = parse_period(first), parse_period(last if separator else first)
    if end < start:
        raise UsageError(f'"{text}" covers nothing: write the earlier month first')
    return start.split_months()[0], end.split_months()[-1]


def read_coverage(path: Path, family: Family) -> tuple[Declared, list[Problem]]:
    """What a `coverage.csv` declares of a family's tables, or every problem in it."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        return Declared(), [Problem(str(path), f"is not a readable CSV file ({brief(error)})")]
    return check_coverage(frame, family, str(path))


def check_coverage(
    frame: pd.DataFrame, family: Family, place: str
) -> tuple[Declared, list[Problem]]:
    """What a table declares of a family's tables: family, table, from, to (months), [national]."""
    rows = frame.rename(columns=lambda name: str(name).strip(BLANKS).lower())
    missing = [name for name in COVERAGE_COLUMNS if name not in rows]
    if missing:
        allowed = ", ".join((*COVERAGE_COLUMNS, NATIONAL))
        return Declared(), [
            Problem(place, "the column is missing", 1, name, allowed=allowed) for name in missing
        ]
    if NATIONAL not in rows:
        rows = rows.assign(**{NATIONAL: ""})
    problems: list[Problem] = []
    spans: dict[str, tuple[Span, ...]] = {}
    national: list[str] = []
    texts = rows[[*COVERAGE_COLUMNS, NATIONAL]].astype("string").fillna("")
    for line, row in enumerate(texts.itertuples(index=False), start=2):
        cells = [str(cell).strip(BLANKS).lower() for cell in row]
        if not any(cells):
            continue
        found, wrong = _row(cells, place, line)
        problems += wrong
        if found and cells[0] == family.code:
            spans[cells[1]] = (*spans.get(cells[1], ()), found)
            national.append(cells[4])
    return Declared(spans=spans, national=_all_of(national), place=Path(place).name), problems


def _all_of(words: list[str]) -> bool | None:
    """Whether the tables are said to be national: all of them, not (one is enough), or unsaid."""
    if any(word in FALSE_WORDS for word in words):
        return False
    return True if words and all(word in TRUE_WORDS for word in words) else None


def _row(cells: list[str], place: str, line: int) -> tuple[Span | None, list[Problem]]:
    """The months of one row, and what is wrong with it."""
    code, table, *ends, national = cells
    problems = []
    codes = family_codes()
    if code not in codes:
        text, allowed = "is not a known family", ", ".join(codes)
        problems.append(Problem(place, text, line, "family", code, allowed, nearest(code, codes)))
    else:
        tables = list(load_family(code).tables)
        if table not in tables:
            text, near = f"is not a table of {code}", nearest(table, tables)
            allowed = ", ".join(tables)
            problems.append(Problem(place, text, line, "table", table, allowed, near))
    months = [_month(end) for end in ends]
    problems += [
        Problem(place, "is not a month", line, name, text, "a month as 2017-06")
        for name, text, month in zip(("from", "to"), ends, months, strict=True)
        if month is None
    ]
    if national not in ("", *TRUE_WORDS, *FALSE_WORDS):
        allowed = "true, false, yes, no, 1 or 0"
        problems.append(Problem(place, "is not yes or no", line, NATIONAL, national, allowed))
    first, last = months
    if first and last and last < first:
        problems.append(Problem(place, f"is before {first}", line, "to", ends[1]))
    return ((first, last) if first and last and not problems else None), problems


def _month(text: str) -> Period | None:
    try:
        period = parse_period(text)
    except UsageError:
        return None
    return period if period.kind == "month" else None


def with_option(declared: Declared, covers: Span | None) -> Declared:
    """The same, with the months of the option, which wins."""
    return replace(declared, everywhere=covers) if covers else declared
