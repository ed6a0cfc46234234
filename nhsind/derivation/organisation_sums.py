"""Numerators and denominators by organisation and period, from records or from printed counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Status
from nhsind.derivation.figures import whole_if_all_are
from nhsind.derivation.judged_on_part import note_what_is_lost
from nhsind.derivation.left_out import codes_left_out, mark_left_out
from nhsind.derivation.members import named
from nhsind.derivation.sums import count_units, counted_once
from nhsind.derivation.totals import added_up, lacks_part_of, moved, raised
from nhsind.derivation.units import organisations
from nhsind.errors import InputError, Problem
from nhsind.periods import Period
from nhsind.sources.checked_input import Input
from nhsind.sources.counts import Placing, printed_counts


def sums(
    source: Input,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    engine: str = "duckdb",
    restate: date | None = None,
    also_by: tuple[str, ...] = (),
    adds_up: bool | str = False,
) -> pd.DataFrame:
    """Numerator and denominator by organisation of `level` and period, from either door.

    Columns: org_code, period, those of `also_by`, numerator, denominator, what else the line
    needs summed, `mark` (the status of a figure that is not whole, else empty) and `note` (why).
    Every organisation of the input and period has a row (with `also_by`, only combinations that
    have units). Printed counts also have their rounding, and with `adds_up` are added up from
    below where that can be.
    """
    keys = ["org_code", "period", *also_by]
    if not source.tables:
        return _printed_sums(
            source,
            indicator,
            periods=periods,
            level=level,
            restate=restate,
            also_by=also_by,
            adds_up=adds_up,
        )
    base = source.base_level(level)
    if also_by:
        counted = count_units(
            source, indicator, periods=periods, level=level, engine=engine, also_by=also_by
        )
    else:
        counted = counted_once(source, indicator, periods=periods, level=level, engine=engine)
        present = sorted({*organisations(source, base), *codes_left_out(source, indicator, base)})
        grid = pd.MultiIndex.from_product(
            [present, [str(period) for period in periods]], names=["org_code", "period"]
        )
        counted = counted.set_index(keys).reindex(grid).reset_index()
    fill_with_nothing(source, indicator, counted, is_whole_grid=not also_by)
    if not also_by:  # which of the combinations lacks a row, its codes do not tell
        mark_left_out(source, indicator, figures=counted, level=base)
        note_what_is_lost(source, indicator, counted, periods=periods, level=level, engine=engine)
    if level == base and restate is None:
        return counted
    if also_by:  # combinations without units have no row that could be lacking
        return added_up(source, counted, base=base, level=level, restate=restate, keys=keys)
    totals = raised(
        source, indicator, counted=counted, base=base, level=level, restate=restate, keys=keys
    )
    mark_left_out(source, indicator, figures=totals, level=level, is_total=True)
    return totals


def not_covered_sums(
    source: Input, indicator: Indicator, *, periods: list[Period], level: str, restate: date | None
) -> pd.DataFrame:
    """A row without numbers for every organisation and period: the input does not cover it."""
    base = source.base_level(level)
    if source.tables:
        present = organisations(source, base)
    else:
        held = source.counts["org_level"] if source.counts is not None else pd.Series(dtype=str)
        base = level if level in set(held) else base
        present = sorted(source.counts.loc[held == base, "org_code"].unique())  # type: ignore[union-attr]
    because = {str(each): source.not_covered_because(indicator, each) for each in periods}
    grid = pd.MultiIndex.from_product([present, list(because)], names=["org_code", "period"])
    rows = grid.to_frame(index=False)
    if level != base or restate is not None:
        rows = moved(source, rows, base=base, level=level, restate=restate)[
            ["org_code", "period"]
        ].drop_duplicates()
    numbers = pd.Series([pd.NA] * len(rows), index=rows.index, dtype="Int64")
    return rows.assign(
        **dict.fromkeys(["denominator", *indicator.measures], numbers),
        mark=Status.NOT_COVERED,
        note=rows["period"].map(because),
    )


def fill_with_nothing(
    source: Input, indicator: Indicator, counted: pd.DataFrame, is_whole_grid: bool
) -> None:
    """No units of a table of events are 0; of a table of figures or returns they are not known."""
    counted["mark"], counted["note"] = "", ""
    if is_whole_grid and source.family.is_return(indicator.numerator):
        lacks = counted["numerator"].isna()
        counted.loc[lacks, "mark"] = Status.NOT_AVAILABLE
        counted.loc[lacks, "note"] = lacks_part_of(source, indicator.numerator)
    else:
        counted["numerator"] = counted["numerator"].fillna(0)
    denominator = indicator.denominator
    if denominator is None:
        return
    # Where both are counted in the same units no unit is a denominator of 0; elsewhere the
    # denominator is another table's figure, and its absence is no number.
    if indicator.numerator.units == denominator.units:
        counted["denominator"] = counted["denominator"].fillna(0)
    elif is_whole_grid:
        lacks = counted["denominator"].isna() & (counted["mark"] == "")
        counted.loc[lacks, "note"] = lacks_part_of(source, denominator)


def _printed_sums(
    source: Input,
    indicator: Indicator,
    *,
    periods: list[Period],
    level: str,
    restate: date | None,
    also_by: tuple[str, ...],
    adds_up: bool | str,
) -> pd.DataFrame:
    """The same from printed counts; an organisation that is not printed has no figure, not 0."""
    printed = source.counts
    if printed is None:
        raise InputError(Problem(source.description, f"holds nothing for {indicator.code}"))
    own = source.family.indicators.get(indicator.own_code)
    if indicator.differs and own and not indicator.counts_as(own):
        text = f"holds figures that are counted already: {indicator.code} needs records"
        raise InputError(Problem(source.description, text))

    def placed(rows: pd.DataFrame, base: str) -> pd.DataFrame:
        stays = level == base and restate is None
        return rows if stays else moved(source, rows, base=base, level=level, restate=restate)

    def counts(placing: Placing) -> tuple[pd.DataFrame, list[str], str]:
        return printed_counts(
            printed,
            indicator,
            periods=periods,
            level=level,
            place=source.description,
            placed=placing,
            also_by=also_by,
            adds_up=adds_up,
        )

    counted, present, base = counts(placed)
    counted["note"] = ""
    keys = ["org_code", "period", *also_by]
    is_total = level != base or restate is not None
    if is_total:
        present = sorted(counted["org_code"].unique())
        if not also_by and not adds_up and not _is_whole(source, indicator, printed, base):
            counted = _with_partial_totals(
                source, indicator, totals=counted, counts=counts, placed=placed
            )
    else:
        present = sorted({*present, *codes_left_out(source, indicator, level)})
    if not also_by:
        grid = pd.MultiIndex.from_product(
            [present, [str(period) for period in periods]], names=["org_code", "period"]
        )
        counted = counted.set_index(keys).reindex(grid).reset_index()
        not_printed = counted["mark"].isna()
        # Of many files their names would be told beside each figure.
        who = source.files_that("does", "do")
        counted.loc[not_printed, "note"] = f"{who} not print all of it"
        counted["mark"] = counted["mark"].fillna(Status.NOT_AVAILABLE)
        by_publisher = (counted["mark"] != "") & (counted["note"] == "")
        counted.loc[by_publisher, "note"] = "the publisher printed no number"
        mark_left_out(source, indicator, figures=counted, level=level, is_total=is_total)
    for name in ("numerator", "denominator"):
        counted[name] = whole_if_all_are(counted[name])
    return counted


def _lack(rows: pd.DataFrame, indicator: Indicator) -> pd.Series[bool]:
    """Which printed rows have no figure."""
    lack = (rows["mark"] != "") | rows["numerator"].isna()
    return lack if indicator.is_count else lack | rows["denominator"].isna()


def _is_whole(source: Input, indicator: Indicator, printed: pd.DataFrame, base: str) -> bool:
    """Whether every organisation of a line has its figures, so that no total can be partial."""
    mine = printed[(printed["org_level"] == base) & (printed["indicator"] == indicator.own_code)]
    return not _lack(mine, indicator).any() and not codes_left_out(source, indicator, base)


def _with_partial_totals(
    source: Input,
    indicator: Indicator,
    *,
    totals: pd.DataFrame,
    counts: Callable[[Placing], tuple[pd.DataFrame, list[str], str]],
    placed: Placing,
) -> pd.DataFrame:
    """Totals of printed counts: where a part is not printed, of the organisations that have all."""
    without: dict[tuple[str, str], set[str]] = {}

    def placed_whole(rows: pd.DataFrame, base: str) -> pd.DataFrame:
        lack = rows.loc[_lack(rows, indicator), ["org_code", "period"]]
        # Of an organisation that is left out there may be no row at all.
        left_out = [
            (code, period)
            for period in rows["period"].unique()
            for code in codes_left_out(source, indicator, base, period)
        ]
        lacking = {*lack.itertuples(index=False, name=None), *left_out}
        named_rows = pd.DataFrame(sorted(lacking), columns=["org_code", "period"])
        for above, period, own in placed(named_rows, base).itertuples(index=False):
            without.setdefault((str(above), str(period)), set()).add(str(own))
        pairs = zip(rows["org_code"], rows["period"], strict=True)
        is_whole = np.array([pair not in lacking for pair in pairs], dtype=bool)
        return placed(rows[is_whole], base)

    whole = counts(placed_whole)[0].set_index(["org_code", "period"])
    result = totals.set_index(["org_code", "period"])
    for key, codes in without.items():
        if key in whole.index and key in result.index:
            result.loc[[key], list(whole.columns)] = whole.loc[[key]]
            result.loc[[key], "mark"] = Status.PARTIAL
            noun = "organisation" if len(codes) == 1 else "organisations"
            result.loc[[key], "note"] = f"without {len(codes):,} {noun}: {named(sorted(codes))}"
    return result.reset_index()
