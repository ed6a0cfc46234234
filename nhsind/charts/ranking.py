"""Organisations in order of value, and what they are held against: for charts and tables alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from nhsind.charts.base import (
    bare,
    drawn_range,
    drawn_value,
    everyone,
    factor,
    missing_words,
    standard_of,
)
from nhsind.charts.national import Layer, figures_of, layer
from nhsind.definitions.indicators import Indicator
from nhsind.geography import ENGLAND
from nhsind.release.results import Results
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.cells import is_rounded, value_words
from nhsind.tables.figures import comparison_table


@dataclass(frozen=True)
class Ranked:
    """An organisation in order of value: value and interval as they are drawn, and in words.

    `span`: where there is no value, the range that rounded counts allow for it. `status`: where
    there is no value, why.
    """

    org: str
    value: float | None
    span: list[float] | None
    interval: list[float] | None
    value_words: str
    interval_words: str
    verdict: str
    status: str

    @property
    def at(self) -> float:
        """Where a value is drawn that is there."""
        assert self.value is not None
        return self.value

    @property
    def ends(self) -> list[float]:
        """All that is drawn of it."""
        value = [] if self.value is None else [self.value]
        return [*value, *(self.span or []), *(self.interval or [])]

    @property
    def cells(self) -> tuple[str, str, str]:
        """What a table says of it."""
        return self.value_words, self.interval_words, self.verdict


def ranking(results: Results, code: str) -> tuple[list[Ranked], list[list[str]]]:
    """All organisations, highest first, and the row of a table that England has."""
    found = layer(results, "ranked", code, ranked_layer)
    return [Ranked(**each) for each in found["entries"]], found["england"]


def ranked_layer(results: Results, code: str) -> Layer:
    """All organisations in order of value, each with what a table says of it."""
    line = results.line(code)
    rows = [row for row in figures_of(results, code) if row["org_code"] != ENGLAND]
    codes = [str(row["org_code"]) for row in rows]
    table = comparison_table(results.for_nobody(), code, [*codes, ENGLAND])
    entries = [
        Ranked(
            organisation,
            drawn_value(row, line),
            drawn_range(row, line),
            _interval(row, line),
            cells[1],
            cells[2],
            cells[3],
            missing_words(row),
        )
        for organisation, row, cells in zip(codes, rows, table.rows, strict=False)
    ]
    # One without a value stands after the others, without any last; equals in order of code.
    entries.sort(key=lambda each: (not each.ends, each.value is None, -(each.value or 0), each.org))
    england = [list(row) for row in table.rows[len(codes) :]]
    return {"entries": [asdict(each) for each in entries], "england": england}


def reference_lines(
    results: Results, line: Indicator, own: Any
) -> list[tuple[float, str, tuple[float, ...]]]:
    """England's value and the standard, in order: where, in which words, with which dash."""
    found: list[tuple[float, str, tuple[float, ...]]] = []
    england = results.figure(line.code, ENGLAND)
    value = drawn_value(england, line)
    if england is not None and value is not None and line.kind != "count":
        found.append((value, f"{everyone(results)} {bare(value_words(england), line)}", (7, 3)))
    standard = standard_of(results, line, own)
    if standard:
        found.append((*standard, (2, 2)))
    return sorted(found)


def spans_words(spanned: Sequence[Ranked]) -> str:
    """What bars without a dot are."""
    has = "1 has" if len(spanned) == 1 else f"{len(spanned):,} have"
    return (
        f"{has} a bar and no dot: the value lies somewhere in it, and {TOO_COARSE} where. "
        "Bars are in no order."
    )


def _interval(row: Any, line: Indicator) -> list[float] | None:
    if (pd.isna(row["value"]) and not is_rounded(row)) or pd.isna(row["ci_upper"]):
        return None
    # Byar's lower limit is missing where it would be negative.
    lower = 0.0 if pd.isna(row["ci_lower"]) else float(row["ci_lower"])
    return [factor(line) * lower, factor(line) * float(row["ci_upper"])]
