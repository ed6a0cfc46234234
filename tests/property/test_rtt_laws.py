"""Laws that the referral to treatment figures obey for any set of pathways.

The sets are small and full of trouble: missing fields, repeated and disagreeing identifiers, stops
before starts, dates on every boundary. NHSIND_EXAMPLES=500 tries more of them, at random.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from common_laws import Codes, Family, Tables, common_laws, figures_of, lawful, table_of
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind import Notes
from nhsind.definitions.catalogue import load_family
from nhsind.derivation.organisation_sums import sums
from nhsind.periods import Period, parse_period
from nhsind.sources.inputs import open_input

RTT = load_family("rtt")
LINES = ("E.B.3", "E.M.18", "E.M.19", "E.M.20")
YEAR = parse_period("2017-18")
MONTHS = YEAR.split_months()
QUARTERS = [month.quarter for month in MONTHS[::3]]
ALL = [*MONTHS, *QUARTERS, YEAR]
FEW = [parse_period(text) for text in ("2017-06", "2017-18-Q1", "2017-18")]

DAY = timedelta(days=1)
WITHIN = timedelta(days=126)
ENDS = [month.end for month in MONTHS]
BOUNDARIES = sorted(
    {end + step for end in ENDS for step in (0 * DAY, DAY, -WITHIN, -WITHIN - DAY, -WITHIN + DAY)}
)
DATES = st.one_of(st.sampled_from(BOUNDARIES), st.dates(date(2016, 9, 1), date(2018, 6, 30)))
WAITS = st.sampled_from([-40, -1, 0, 1, 7, 8, 125, 126, 127, 128, 364, 365, 500])
CCGS = ("A", "A", "B", "B", "NONC", "X24", None)
KINDS = ("admitted", "non_admitted", "admitted", "non_admitted", "non_admitted", None)


class Pathway(NamedTuple):
    pathway_id: str | None
    ccg_code: str | None
    clock_start_date: date | None
    clock_stop_date: date | None
    stop_type: str | None
    count: int | None = None


@st.composite
def pathway(draw: st.DrawFn, ccgs: Codes) -> Pathway:
    start = None if draw(st.integers(0, 9)) == 9 else draw(DATES)
    match draw(st.sampled_from(["runs", "stops", "waits", "waits"])):
        case "waits" if start:
            stop = start + timedelta(days=draw(WAITS))
        case "runs":
            stop = None
        case _:
            stop = draw(DATES)
    return Pathway(
        pathway_id=draw(st.sampled_from(["", "", "", "", "", None])),
        ccg_code=draw(st.sampled_from(ccgs)),
        clock_start_date=start,
        clock_stop_date=stop,
        stop_type=draw(st.sampled_from(KINDS)) if stop else None,
        count=draw(st.sampled_from([None, 0, 1, 2, 30])),
    )


@st.composite
def pathways(draw: st.DrawFn, ccgs: Codes = CCGS, name: str = "p") -> list[Pathway]:
    """Some pathways; a few identifiers are missing, or stand on several rows."""
    rows = draw(st.lists(pathway(ccgs), min_size=10, max_size=30))
    rows = [
        row if row.pathway_id is None else row._replace(pathway_id=f"{name}{number}")
        for number, row in enumerate(rows)
    ]
    for row in draw(st.lists(st.sampled_from(rows), max_size=4)):
        rows.append(row)
        changes = [
            row,
            row._replace(stop_type="admitted"),
            row._replace(ccg_code=ccgs[-2 % len(ccgs)]),
        ]
        rows.append(draw(st.sampled_from([*changes, row._replace(clock_stop_date=None)])))
    return rows


def frame(rows: Sequence[Pathway], with_count: bool = False) -> pd.DataFrame:
    """The pathways as a pandas frame of dates and text."""
    table = table_of(Pathway, rows)
    return table if with_count else table.drop(columns="count")


HARDLY_THERE = "rtt/pathways is said to cover .* and has hardly a row of it by clock_start_date"
# What the pathways may lie in: both forms cover it, however few or many rows they have.
COVERED = "2015-01..2019-12"


def derived(data: object, periods: Sequence[Period] = FEW) -> pd.DataFrame:
    return ind.derive("rtt", data, period=periods, covers=COVERED, notes=Notes())


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return pathways(codes, name).map(lambda rows: {"pathways": frame(rows)})


def tables_with_count(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return pathways(codes, name).map(lambda rows: {"pathways": frame(rows, with_count=True)})


RECORDS = Family(
    "rtt",
    tables,
    [str(period) for period in FEW],
    examples=6,
    made_of={
        str(YEAR): [str(quarter) for quarter in QUARTERS],
        **{str(q): [str(month) for month in q.split_months()] for q in QUARTERS},
    },
    counted={"pathways": "pathway_id"},
)
TestCommonLaws = common_laws(RECORDS)
TestCommonLawsOfCounts = common_laws(replace(RECORDS, tables=tables_with_count, examples=3))


@lawful(8)
@given(pathways())
def test_records_and_their_weekly_bands_agree(rows: list[Pathway]) -> None:
    given_codes = {row.ccg_code for row in rows if row.ccg_code}
    records, bands = frame(rows), weekly_bands(sound(rows), given_codes)
    by_records, by_bands = derived(records, ALL), derived(bands, ALL)
    for each in (by_records, by_bands):
        # Which months have hardly a row each form tells by rows of its own.
        each["note"] = each["note"].str.replace(f": {HARDLY_THERE}$", "", regex=True)
    assert_frame_equal(by_records, by_bands)
    for line in RTT.supporting.values():
        by_hand = sums(open_input(RTT, records, covers=COVERED), line, periods=MONTHS, level="ccg")
        assert_frame_equal(
            by_hand, sums(open_input(RTT, bands, covers=COVERED), line, periods=MONTHS, level="ccg")
        )


@lawful(5)
@given(pathways(), st.booleans())
def test_every_kind_of_frame_gives_the_same(rows: list[Pathway], with_count: bool) -> None:
    table = frame(rows, with_count)
    dates, text = ["clock_start_date", "clock_stop_date"], ["pathway_id", "ccg_code", "stop_type"]
    types = dict.fromkeys(dates, pl.Date) | dict.fromkeys(text, pl.String)
    polars = pl.DataFrame(
        table.to_dict("list"), schema={c: types.get(c, pl.Int64) for c in table}, strict=True
    )
    arrow: pa.Table = polars.to_arrow()
    stamps = table.astype(dict.fromkeys(dates, "datetime64[ns]"))
    expected = derived(table)
    for data in (polars, polars.lazy(), arrow, duckdb.connect().from_arrow(arrow), stamps):
        assert_frame_equal(expected, derived(data))


@lawful(8)
@given(pathways(), st.booleans())
def test_a_percentage_lies_between_0_and_1_with_its_interval(
    rows: list[Pathway], with_count: bool
) -> None:
    table = derived(frame(rows, with_count), ALL)
    waiting = table[table["indicator"] == "E.B.3"]
    assert (waiting["numerator"] <= waiting["denominator"]).all()
    assert ((waiting["status"] == "no_cases") == (waiting["denominator"] == 0)).all()
    assert (waiting["value"].isna() == (waiting["denominator"] == 0)).all()
    some = table[table["status"] == "ok"]
    assert (some["ci_lower"] <= some["value"]).all() and (some["value"] <= some["ci_upper"]).all()
    assert (waiting["ci_upper"].dropna() <= 1).all() and (some["ci_lower"] >= 0).all()


@lawful(15)
@given(pathways(), st.booleans())
def test_a_plain_loop_over_dates_gives_the_same_figures(
    rows: list[Pathway], with_count: bool
) -> None:
    data = frame(rows, with_count)
    table = derived(data, ALL)
    found = figures_of(table)
    opened = open_input(RTT, data)
    for line in RTT.supporting.values():
        for row in sums(opened, line, periods=ALL, level="ccg").itertuples():
            found[line.code, row.org_code, row.period] = (row.numerator, row.denominator)
    expected = looped(rows, with_count)
    assert set(found) == set(expected)
    for key, (numerator, denominator) in expected.items():
        assert found[key][0] == numerator, key
        if key[0] in ("E.B.3", *RTT.supporting):
            assert found[key][1] == denominator, key


def test_the_random_pathways_hold_every_trouble() -> None:
    """The laws would prove little if the sets were tame."""
    seen: Counter[str] = Counter()

    @lawful(40)
    @given(pathways())
    def look(rows: list[Pathway]) -> None:
        for row in sound(rows):
            start, stop = row.clock_start_date, row.clock_stop_date
            seen["backwards"] += negative(row)
            seen["one day"] += stop == start is not None
            seen["no start"] += start is None
            seen["no kind"] += stop is not None and row.stop_type is None
            for days in (WITHIN, WITHIN + DAY):
                if start is not None:
                    seen[f"waiting {days}"] += stop is None and start + days in ENDS
                    seen[f"stopped after {days}"] += stop == start + days
        identifiers = [row.pathway_id for row in rows]
        seen["no identifier"] += None in identifiers
        seen["repeated"] += len(set(rows)) < len(rows)
        seen["disagreeing"] += len({row.pathway_id for row in set(rows)}) < len(set(rows))
        seen["nowhere"] += any(row.ccg_code is None for row in rows)

    look()
    assert all(seen.values()), seen


# The same definitions written once more, without a data frame. --------------------------------


def sound(rows: Sequence[Pathway], with_count: bool = False) -> list[Pathway]:
    """Each identified pathway of a known commissioner once; none whose rows disagree."""
    if not with_count:
        rows = [row._replace(count=1) for row in rows if row.pathway_id is not None]
    by_identifier: dict[object, list[Pathway]] = defaultdict(list)
    for number, row in enumerate(rows):
        by_identifier[row.pathway_id or number].append(
            row._replace(count=1 if row.count is None else row.count)
        )
    return [
        same[0]
        for same in by_identifier.values()
        if len(set(same)) == 1 and same[0].ccg_code is not None
    ]


def negative(row: Pathway) -> bool:
    start, stop = row.clock_start_date, row.clock_stop_date
    return start is not None and stop is not None and stop < start


def belongs(line: str, row: Pathway, period: Period) -> tuple[bool, bool]:
    """Whether a sound pathway is in a line's numerator, and in its denominator."""
    start, stop = row.clock_start_date, row.clock_stop_date
    if negative(row):
        return False, False
    if line == "E.B.3":
        if start is None or start > period.end or (stop is not None and stop <= period.end):
            return False, False
        return (period.end - start).days <= 126, True
    if line == "E.M.20":
        return start is not None and period.contains(start), False
    kind = "admitted" if line in ("E.M.18", "RTT_ADMITTED") else "non_admitted"
    stopped = stop is not None and period.contains(stop) and row.stop_type == kind
    if line in LINES:
        return stopped, False
    known = stopped and start is not None
    return known and (stop - start).days <= 126, known  # type: ignore[operator]


def looped(rows: Sequence[Pathway], with_count: bool) -> dict[tuple[str, str, str], list[int]]:
    """Numerator and denominator by line, commissioner and period."""
    codes = {row.ccg_code for row in rows if row.ccg_code is not None}
    found = {
        (line, code, str(period)): [0, 0]
        for line in (*LINES, *RTT.supporting)
        for code in codes
        for period in ALL
    }
    for row in sound(rows, with_count):
        for line in (*LINES, *RTT.supporting):
            for period in ALL:
                inside = belongs(line, row, period)
                for place in (0, 1):
                    found[line, row.ccg_code, str(period)][place] += inside[place] * row.count
    return found


def weekly_bands(rows: Sequence[Pathway], ccgs: set[str]) -> pa.Table:
    """The pathways as a publisher prints them: how many waited how many weeks, month by month.

    A band stands for its longest whole-day wait, the open one (52 weeks and more) for 365 days.
    """
    counted: Counter[tuple[object, ...]] = Counter()
    for month in MONTHS:
        end = month.end
        for code in sorted(ccgs):  # a commissioner without pathways is printed too
            counted[code, end, None, None, "E.M.20", end] += 0
        for row in rows:
            start, stop, kind = row.clock_start_date, row.clock_stop_date, row.stop_type
            if belongs("E.B.3", row, month)[1]:
                counted[row.ccg_code, end - band(end - start), None, None, "E.B.3", end] += 1
            if belongs("E.M.20", row, month)[0]:
                counted[row.ccg_code, end, None, None, "E.M.20", end] += 1
            for line in ("E.M.18", "E.M.19"):
                if belongs(line, row, month)[0]:
                    begun = end - band(stop - start) if start else None
                    counted[row.ccg_code, begun, end, kind, line, end] += 1
    names = ["ccg_code", "clock_start_date", "clock_stop_date", "stop_type"]
    names += ["counts_for", "counts_in"]
    types = [pa.string(), pa.date32(), pa.date32(), pa.string(), pa.string(), pa.date32()]
    columns = list(zip(*counted, strict=True)) or [()] * len(names)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    return pa.table([*arrays, pa.array(counted.values(), pa.int64())], names=[*names, "count"])


def band(wait: timedelta) -> timedelta:
    weeks = max(1, ceil(wait.days / 7))
    return timedelta(days=weeks * 7 if weeks <= 52 else 52 * 7 + 1)


@pytest.mark.parametrize(
    ("days", "longest"), [(0, 7), (7, 7), (8, 14), (126, 126), (127, 133), (364, 364), (365, 365)]
)
def test_bands_of_whole_weeks(days: int, longest: int) -> None:
    assert band(timedelta(days=days)).days == longest
