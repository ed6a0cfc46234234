"""A line and a variant of it, side by side: figures, verdicts, and units that change fate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.figures import as_exact
from nhsind.derivation.flows import changed_units, flows
from nhsind.derivation.standards import value_of
from nhsind.derivation.totals import moved
from nhsind.derivation.values import measure
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

KEYS = ["org_level", "org_code", "org_name", "period"]
FIGURES = ["numerator", "denominator", "value", "standard", "meets_standard", "status"]
VERDICTS = {
    (True, True): "met in both",
    (False, False): "missed in both",
    (True, False): "no longer met",
    (False, True): "met then",
}


@dataclass(frozen=True)
class Comparison:
    """A line beside its variant.

    `figures`: a row per organisation and period, the total of all among them; each figure of the
    line, and with `_then` of the variant; `difference` of the values and `verdict` in words.
    `flows`: how many units go from which fate to which, by organisation. `units`: those units.
    """

    line: Indicator
    variant: Indicator
    figures: pd.DataFrame
    flows: pd.DataFrame
    units: pd.DataFrame

    def of(self, organisations: Collection[str]) -> Comparison:
        """What of it is of some organisations (and, of the units, of those in their records)."""
        parts = {
            name: table[table["org_code"].isin(list(organisations))].reset_index(drop=True)
            for name in ("figures", "flows", "units")
            for table in [getattr(self, name)]
        }
        return replace(self, **parts)


def compare(
    source: Input,
    line: Indicator,
    variant: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    columns: Sequence[str] = (),
) -> Comparison:
    """The line and the variant in the periods that the input covers for both.

    `columns`: those of the records that the units which change are shown with. Raises UsageError
    for one that they do not have, and InputError where the input cannot give either.
    """
    levels = dict.fromkeys([level, "england"])
    figures = pd.concat(
        [
            _side_by_side(source, line, variant, periods=periods, level=each, engine=engine)
            for each in levels
        ],
        ignore_index=True,
    )
    units = changed_units(
        source, line, variant, periods=periods, level=level, engine=engine, columns=columns
    )
    counted = flows(units)
    base = source.base_level(level)
    placed = [_raised(source, counted, base=base, level=each) for each in levels]
    moving = pd.concat(placed, ignore_index=True)
    moving = moving[["org_level", *moving.columns.drop("org_level")]]
    return Comparison(line, variant, figures, moving, units)


def exact_value(row: Mapping[Any, Any], line: Indicator, suffix: str = "") -> Fraction | None:
    """The exact value of a figure of the line (or `_then` of the variant); None without one."""
    if pd.isna(row[f"value{suffix}"]):
        return None
    denominator = None if line.is_count else as_exact(row[f"denominator{suffix}"])
    return value_of(as_exact(row[f"numerator{suffix}"]), denominator, line.per)


def _raised(source: Input, counted: pd.DataFrame, *, base: str, level: str) -> pd.DataFrame:
    """The flows of the organisations of `base` added up to those of a level."""
    if level == base:
        return counted.assign(org_level=level)
    placed = moved(source, counted, base=base, level=level, restate=None)
    keys = [name for name in counted.columns if name != "units"]
    added: pd.DataFrame = placed.groupby(keys, dropna=False)["units"].sum().reset_index()
    return added.assign(org_level=level)


def _side_by_side(
    source: Input,
    line: Indicator,
    variant: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str,
) -> pd.DataFrame:
    own, other = (
        measure(source, [each], periods=periods, level=level, engine=engine)
        for each in (line, variant)
    )
    keys = [*KEYS, "unit"]
    both = own[["indicator", *keys, *FIGURES]].merge(
        other[["indicator", *keys, *FIGURES]], on=keys, how="outer", suffixes=("", "_then")
    )
    rows = both.to_dict("records")
    pairs = [(exact_value(row, line), exact_value(row, variant, "_then")) for row in rows]
    both["difference"] = [
        float("nan") if now is None or then is None else float(then - now) for now, then in pairs
    ]
    verdicts = zip(both["meets_standard"], both["meets_standard_then"], strict=True)
    both["verdict"] = [
        "" if pd.isna(now) or pd.isna(then) else VERDICTS[bool(now), bool(then)]
        for now, then in verdicts
    ]
    paired = [column for name in FIGURES for column in (name, f"{name}_then")]
    columns = ["indicator", "indicator_then", *KEYS, *paired[:6], "difference", "unit"]
    return both[[*columns, *paired[6:10], "verdict", *paired[10:]]]
