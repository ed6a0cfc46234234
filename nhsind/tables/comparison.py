"""A line and a variant of it side by side, as a table to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.comparing import Comparison, exact_value
from nhsind.geography import ENGLAND
from nhsind.narrative import wording
from nhsind.periods import parse_period
from nhsind.tables.small_table import Table

# More organisations than these are read in the figures themselves.
MOST_ROWS = 12


def comparison_table(found: Comparison) -> Table:
    """Each figure by the line and by the variant, the difference, and what becomes of the verdict.

    Of more than a dozen organisations the first are shown, and the total of all.
    """
    line, variant = found.line, found.variant
    figures = found.figures
    several = figures["period"].nunique() > 1
    is_total = figures["org_code"] == ENGLAND
    others = figures[~is_total]
    kept = others.head(MOST_ROWS - 1) if len(others) > MOST_ROWS else others
    rows = [*kept.to_dict("records"), *figures[is_total].to_dict("records")]
    columns: dict[str, list[str]] = {"Organisation": [_name(row) for row in rows]}
    if several:
        columns["Period"] = [parse_period(str(row["period"])).words for row in rows]
    columns[line.code] = [_value(row, line) for row in rows]
    columns[variant.code] = [_value(row, variant, "_then") for row in rows]
    columns["Difference"] = [_difference(row, found) for row in rows]
    if (figures["verdict"] != "").any():
        columns["Standard"] = [str(row["verdict"]) for row in rows]
    left = len(others) - len(kept)
    notes = (
        *((f"And {left:,} more organisations, in the comparison's figures.",) if left else ()),
        f"{variant.code} is {variant.variant_words}." if variant.differs else "",
    )
    when = "" if several or not rows else f", {parse_period(str(rows[0]['period'])).words}"
    words = frozenset(place for place, name in enumerate(columns) if name in ("Period", "Standard"))
    return Table(
        f"{line.code} and {variant.code}{when}",
        tuple(columns),
        tuple(zip(*columns.values(), strict=True)),
        tuple(filter(None, notes)),
        words,
    )


def _name(row: Mapping[Any, Any]) -> str:
    return str(row["org_name"] or row["org_code"])


def _value(row: Mapping[Any, Any], line: Indicator, suffix: str = "") -> str:
    exact = exact_value(row, line, suffix)
    return "no value" if exact is None else wording.value_words(line, exact)


def _difference(row: Mapping[Any, Any], found: Comparison) -> str:
    now, then = exact_value(row, found.line), exact_value(row, found.variant, "_then")
    if now is None or then is None:
        return ""
    gap = then - now
    sign = "+" if gap > 0 else "−" if gap else ""
    is_count = found.line.kind == "count"
    words = wording.number_words(abs(gap)) if is_count else wording.size_words(found.line, gap)
    return f"{sign}{words}"
