"""A line by the values of columns of its records: a row per group of each organisation.

The groups add up to the figure of the whole: a unit whose value is missing is in a group of its
own, an organisation that the whole is without is in no group either. What cannot be split (a
population that has no such column, an organisation's plan) is not there; a standard is of shares
only, for a count of a part says nothing of the whole's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.output_columns import OUTPUT_COLUMNS
from nhsind.definitions.record_tables import BILLIONTHS, Column
from nhsind.definitions.statuses import Status, first_of
from nhsind.derivation.columns import columns_described, columns_of, columns_there
from nhsind.derivation.organisation_sums import fill_with_nothing, sums
from nhsind.derivation.sums import count_units
from nhsind.derivation.totals import moved, raised
from nhsind.derivation.units import placed, units_of
from nhsind.errors import UsageError, unknown
from nhsind.periods import Period, month_of, parse_period
from nhsind.sources.checked_input import Input

# The group of units whose value is missing. A value that reads so itself is shown in quotation
# marks.
MISSING = "(missing)"
_LIKE_MISSING = re.compile(rf'"*{re.escape(MISSING)}"*')
WHOLE = ["org_code", "period"]


@dataclass(frozen=True)
class Breakdown:
    """The columns that figures are broken down by, as the user names them, in their order."""

    columns: tuple[str, ...]

    def split(self, source: Input, line: Indicator) -> Indicator | None:
        """The line as far as it can be split: whole, without its denominator, or not at all."""
        if not source.tables or not self._can_split(source, line, line.numerator):
            return None
        without_own = replace(line, standard_from={})
        # A figure of another table (a population) is the whole organisation's.
        if line.denominator is None or line.denominator.units == line.numerator.units:
            return without_own
        return replace(without_own, denominator=None)

    def _can_split(self, source: Input, line: Indicator, measure: Measure) -> bool:
        return set(self.keys) <= set(columns_of(source, line, measure))

    def held(self, source: Input, line: Indicator) -> tuple[str, ...]:
        """The names under which the line's units have the columns."""
        known = columns_of(source, line, line.numerator)
        found = tuple(known[name] for name in self.keys)
        if len(set(found)) < len(found):
            raise UsageError(f"{' and '.join(self.columns)} are one column: give it once")
        return found

    @property
    def keys(self) -> tuple[str, ...]:
        """The same in lower case, as columns are looked for."""
        return tuple(name.lower() for name in self.columns)


def breakdown_by(columns: Sequence[str]) -> Breakdown:
    """The breakdown by some columns; UsageError for one twice or one of the output's own names."""
    names = [name.strip() for name in columns]
    keys = [name.lower() for name in names]
    for name, key in zip(names, keys, strict=True):
        if keys.count(key) > 1:
            raise UsageError(f'"{name}" is given twice')
        if key in {*OUTPUT_COLUMNS, "squares", "mark"}:
            raise UsageError(f'every row of the output has its "{name}": nothing to break down by')
    return Breakdown(tuple(names))


def split_lines(
    source: Input,
    lines: Sequence[Indicator],
    by: Breakdown,
    by_code: Collection[str],
) -> tuple[list[Indicator], list[str]]:
    """The lines that can be broken down, and for each other one a note.

    Raises UsageError for a line of `by_code` that cannot be, or where none can.
    """
    can, notes = [], []
    for line in lines:
        if by.split(source, line) is not None:
            can.append(line)
            continue
        error = _refusal(source, line, by)
        if line.code in by_code:
            raise error
        notes.append(f"{error}: left out")
    if lines and not can:
        raise _refusal(source, lines[0], by)
    return can, notes


def _refusal(source: Input, line: Indicator, by: Breakdown) -> UsageError:
    if not source.tables:
        return UsageError(
            f"{source.description} prints totals of {line.code}, which nothing can be broken "
            "down by"
        )
    known = columns_of(source, line, line.numerator)
    strange = next(name for name in by.keys if name not in known)
    what = f"column of {_table(source, line.numerator)}, which {line.code} counts"
    return unknown(what, strange, columns_there(source, [line.numerator], but=strange))


def sums_by(
    source: Input,
    line: Indicator,
    *,
    by: Breakdown,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
) -> pd.DataFrame:
    """Numerator and denominator by organisation of `level`, period and group.

    Columns as of `sums`, with those of the breakdown. An organisation has a row for each group that
    its units have in the family's tables, counted or not.
    """
    split = by.split(source, line)
    assert split is not None  # asked by split_lines
    columns = list(by.columns)
    base = source.base_level(level)
    counted = count_units(
        source,
        split,
        periods=periods,
        level=level,
        engine=engine,
        also_by=by.held(source, line),
    )
    counted = _named(counted, source, line, by)
    grid = _grid(source, line, by=by, split=split, periods=periods, level=level, engine=engine)
    counted = grid.merge(counted, on=[*WHOLE, *columns], how="left")
    fill_with_nothing(source, split, counted, is_whole_grid=True)
    own = sums(source, line, periods=periods, level=base, engine=engine)
    _mark_as_the_whole(counted, own, line)
    if level != base or restate is not None:
        counted = raised(
            source,
            split,
            counted=counted,
            base=base,
            level=level,
            restate=restate,
            keys=[*WHOLE, *columns],
        )
        whole = sums(source, line, periods=periods, level=level, engine=engine, restate=restate)
        _mark_totals(counted, whole)
    if split.denominator is None and line.denominator is not None:
        tables = _table(source, line.denominator)
        lacks = f"the denominator is of {tables} and is not split by {' and '.join(columns)}"
        also = counted["numerator"].notna() & (counted["note"] != "")
        counted["note"] = counted["note"].where(counted["note"] != "", lacks)
        counted.loc[also, "note"] += f"; {lacks}"
    for name in line.standard_from:  # of the whole organisation
        counted[f"standard_{name}"] = pd.NA
    return counted


def not_covered_by(
    source: Input,
    line: Indicator,
    *,
    by: Breakdown,
    rows: pd.DataFrame,
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
) -> pd.DataFrame:
    """The rows of periods that are not covered, once for each group of their organisation."""
    split = by.split(source, line)
    assert split is not None
    periods = [parse_period(text) for text in rows["period"].unique()]
    groups = _grid(source, line, by=by, split=split, periods=periods, level=level, engine=engine)
    base = source.base_level(level)
    if level != base or restate is not None:
        groups = moved(source, groups, base=base, level=level, restate=restate)
    groups = groups[[*WHOLE, *by.columns]].drop_duplicates()
    return groups.merge(rows, on=WHOLE, how="inner")


def _grid(
    source: Input,
    line: Indicator,
    *,
    by: Breakdown,
    split: Indicator,
    periods: list[Period],
    level: str,
    engine: str,
) -> pd.DataFrame:
    """Every organisation's groups, in every period."""
    units = units_of(source, split, periods, engine)
    found = []
    for measure in split.measures.values():
        frame, org = placed(source, split, measure=measure, units=units, level=level)
        # The organisation's own column can be one of them.
        frame = frame.select(nw.col(org).alias("org_code"), *by.held(source, line)).unique()
        found.append(source.place.rows(frame).to_pandas())
    rows = pd.concat(found)
    rows = _named(rows[rows["org_code"].notna()], source, line, by).drop_duplicates()
    names = pd.DataFrame({"period": [str(period) for period in periods]})
    # Of one type, whatever the engine.
    return rows.astype({"org_code": "str"}).merge(names, how="cross")


def _named(rows: pd.DataFrame, source: Input, line: Indicator, by: Breakdown) -> pd.DataFrame:
    """The rows with the groups' names, in columns of the user's names."""
    named = rows.rename(columns=dict(zip(by.held(source, line), by.columns, strict=True)))
    described = columns_described(source, line.numerator)
    for name in by.columns:
        column = described.get(name.lower())
        named[name] = pd.Series(
            [group_name(value, column) for value in named[name]], index=named.index, dtype=object
        )
    return named


def group_name(value: Any, column: Column | None = None) -> str:
    """How the group of a value is named; a missing value has a name that no value has."""
    if value is None or pd.isna(value):
        return MISSING
    kind = column.kind if column else ""
    if kind == "decimal":
        return f"{(Decimal(int(value)) / BILLIONTHS).normalize():f}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return _day_name(value, kind)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    return f'"{text}"' if _LIKE_MISSING.fullmatch(text) else text


def _day_name(day: date, kind: str) -> str:
    if isinstance(day, datetime):
        return day.isoformat() if kind == "timestamp" else _day_name(day.date(), kind)
    if kind == "month":
        return str(month_of(day))
    return str(month_of(day).financial_year) if kind == "financial_year" else day.isoformat()


def _mark_as_the_whole(counted: pd.DataFrame, own: pd.DataFrame, line: Indicator) -> None:
    """Groups of a figure that is not known, or has no denominator, are not known either."""
    marks = own["mark"].where(own["mark"] != "", None)
    if line.denominator is not None:
        marks = marks.where(marks.notna() | own["denominator"].notna(), Status.NO_DENOMINATOR)
    told = _of_the_whole(counted, own.assign(mark=marks.fillna("")))
    is_lacking = told["mark"] != ""
    is_unknown = is_lacking & (told["mark"] != Status.NO_DENOMINATOR)
    for name in ("numerator", "denominator", "squares"):
        if name in counted:
            counted[name] = counted[name].where(~is_unknown, pd.NA)
    for name in ("mark", "note"):
        counted[name] = counted[name].where(~is_lacking, told[name])


def _mark_totals(counted: pd.DataFrame, whole: pd.DataFrame) -> None:
    """What stands behind a total stands behind each of its groups, unless more does."""
    told = _of_the_whole(counted, whole)
    pairs = zip(counted["mark"].astype(str), told["mark"].astype(str), strict=True)
    is_more = np.array(
        [bool(above) and first_of((mark, above)) != mark for mark, above in pairs], dtype=bool
    )
    for name in ("mark", "note"):
        counted[name] = told[name].where(is_more, counted[name])


def _of_the_whole(counted: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """What stands behind the figure that each group is a part of: `mark` and `note`."""
    told = counted[WHOLE].merge(whole[[*WHOLE, "mark", "note"]], on=WHOLE, how="left")
    return told[["mark", "note"]].fillna("").set_index(counted.index)


def _table(source: Input, measure: Measure) -> str:
    needs = source.family.units[measure.units].needs
    held: Iterable[str] = (name for choice in needs for name in choice if name in source.tables)
    return " and ".join(f"{source.family.code}/{name}" for name in held)
