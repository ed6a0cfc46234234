"""What rows that a reader left out mean: figures are not known, and their totals partial."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.errors import UsageError
from nhsind.periods import Period, parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.published import LeftOut


def codes_left_out(
    source: Input, indicator: Indicator, level: str, period: str | None = None
) -> set[str]:
    """The organisations of a level of which rows (of a period) were left out of a line."""
    return {
        item.organisation
        for item in source.left_out
        if item.organisation and item.level == level and _is_of_line(item, indicator)
        if period is None or _is_of(item, indicator, period)
    }


def rows_left_out_of(source: Input, indicator: Indicator, period: str) -> list[LeftOut]:
    """The rows that were left out of a line's figures of a period, of whatever organisation."""
    return [
        item
        for item in source.left_out
        if _is_of_line(item, indicator) and _is_of(item, indicator, period)
    ]


def mark_left_out(
    source: Input,
    indicator: Indicator,
    *,
    figures: pd.DataFrame,
    level: str,
    is_total: bool = False,
) -> None:
    """Mark the figures of organisations of `level` that lack a row that was left out.

    They have no number: `not_available`. A total lacks rows of nobody in particular too, and is
    `partial`, which its number tells.
    """
    items = [item for item in source.left_out if _is_of_line(item, indicator)]
    for item in items:
        touched = {text for text in figures["period"].unique() if _is_of(item, indicator, text)}
        rows = figures["period"].isin(touched)
        named = rows & (figures["org_code"] == item.organisation) & (item.level == level)
        figures.loc[named, [*_counts(figures)]] = pd.NA
        figures.loc[named, "mark"] = Status.NOT_AVAILABLE
        figures.loc[named, "note"] = _words(item)
        if is_total and not item.organisation:
            whole = rows & (figures["mark"] == "")
            figures.loc[whole, "mark"] = Status.PARTIAL
            figures.loc[whole, "note"] = _words(item)


def _counts(figures: pd.DataFrame) -> Iterable[str]:
    return (name for name in ("numerator", "denominator", "squares") if name in figures)


def _words(item: LeftOut) -> str:
    noun = "a row was" if item.rows == 1 else f"{item.rows:,} rows were"
    return f"{noun} left out ({item.place}: {item.why})"


def _is_of_line(item: LeftOut, indicator: Indicator) -> bool:
    return not item.lines or indicator.code in item.lines or indicator.counted_as in item.lines


def _is_of(item: LeftOut, indicator: Indicator, period: str) -> bool:
    """Whether the row would have told of a month that the period's figure is made of."""
    if not item.periods:
        return True
    wanted = set(indicator.months_of(parse_period(period)))
    return any(wanted & set(_months(text)) for text in item.periods)


def _months(text: str) -> list[Period]:
    try:
        return parse_period(text).split_months()
    except UsageError:
        return []
