"""Laws that the figures of every family obey, written once.

A family's file describes its random records to `common_laws`, which makes the class of tests:
`TestCommonLaws = common_laws(EIP)`. What only one family obeys stands in its own file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pandas as pd
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind import Notes
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.output_columns import output_columns
from nhsind.derivation.breakdown import breakdown_by, split_lines
from nhsind.derivation.fates import trace_units
from nhsind.derivation.questions import held_lines
from nhsind.derivation.values import measure
from nhsind.engines.embedded import INSTALLED
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input

EXAMPLES = os.environ.get("NHSIND_EXAMPLES")
HERE = ("A", "B", None)
ABROAD = "NONC"
EVERYWHERE = ("A", "B", "X24", "UNKNOWN", ABROAD, None)
STRANGER = "OTHER"
QUARTERS = [f"2017-18-Q{number}" for number in (1, 2, 3, 4)]
# Months that hold all periods of the laws, said to be covered.
EVER = "2000-01..2029-12"
# Names that the package uses itself are a user's to use too.
OTHER_COLUMNS = (
    "period period_start period_end longest_wait_within record_fault excluded_because place "
    "numerator second_contact"
).split()

# Small tables are derived soonest here; that every engine gives the same is a law of its own.
SOONEST = "polars"

Codes = Sequence[str | None]
Tables = Mapping[str, pd.DataFrame]
Figures = dict[tuple[str, str, str], tuple[Any, Any]]


def lawful(examples: int) -> settings:
    """A few examples, the same every time; NHSIND_EXAMPLES=500 tries more of them, at random."""
    return settings(
        max_examples=int(EXAMPLES or examples),
        deadline=None,
        derandomize=EXAMPLES is None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@dataclass(frozen=True)
class Family:
    """What the common laws must know of a family to try it.

    `tables(codes, name)`: a strategy of its tables, whose records are of the organisations `codes`
    and whose identifiers, where records of several organisations could share one, hold `name`.
    `periods`: those that the figures are derived for. `made_of`: longer periods with the shorter
    ones that make them up. `of_a_stock`: lines whose denominator is a number of people, which no
    quarters add up to. `counted`: the tables in which a row may stand for several equal records,
    with the identifier that it then lacks (None: it never has one).
    """

    code: str
    tables: Callable[[Codes, str], st.SearchStrategy[Tables]]
    periods: Sequence[str]
    examples: int = 3
    made_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    of_a_stock: Collection[str] = ()
    counted: Mapping[str, str | None] = field(default_factory=dict)


def common_laws(family: Family) -> type:
    """The tests of the laws that a family shares with the others."""
    here = family.tables(HERE, "r")

    class CommonLaws:
        @lawful(family.examples)
        @given(here, st.randoms(use_true_random=False))
        def test_order_and_other_columns_change_nothing(
            self, tables: Tables, random: Random
        ) -> None:
            order_and_other_columns_change_nothing(family, tables, random)

        @lawful(family.examples)
        @given(family.tables(EVERYWHERE, "r"))
        def test_england_is_the_sum_of_its_commissioners(self, tables: Tables) -> None:
            england_is_the_sum(family, tables)

        @lawful(family.examples)
        @given(here, family.tables((STRANGER,), "s"))
        def test_unrelated_organisations_change_nothing(self, mine: Tables, others: Tables) -> None:
            strangers_change_nothing(family, mine, others)

        @lawful(max(2, family.examples // 2))
        @given(here)
        def test_every_engine_gives_the_same(self, tables: Tables) -> None:
            every_engine_gives_the_same(family, tables)

        @lawful(family.examples)
        @given(here)
        def test_the_trace_adds_up_to_the_figures(self, tables: Tables) -> None:
            the_trace_adds_up(family, tables)

        @lawful(max(2, family.examples // 2))
        @given(here, st.randoms(use_true_random=False))
        def test_groups_add_up_to_the_whole(self, tables: Tables, random: Random) -> None:
            groups_add_up(family, tables, random)

        if family.made_of:

            @lawful(family.examples)
            @given(here)
            def test_periods_add_up_to_the_longer_one(self, tables: Tables) -> None:
                periods_add_up(family, tables)

        if family.counted:

            @lawful(family.examples)
            @given(here)
            def test_records_and_their_counts_agree(self, tables: Tables) -> None:
                records_and_their_counts_agree(family, tables)

    return CommonLaws


# The laws -----------------------------------------------------------------------------------------


def order_and_other_columns_change_nothing(family: Family, tables: Tables, random: Random) -> None:
    """Rows and columns in any order, and columns with names that the package uses itself.

    The figures come in the order of their keys, and the caller's tables stay as they were.
    """
    before = {name: table.copy(deep=True) for name, table in tables.items()}
    expected = derive(family.code, tables, family.periods, engine="duckdb")
    for name, table in tables.items():
        assert_frame_equal(before[name], table)
    keys = list(expected[["indicator", "org_code", "period"]].itertuples(index=False, name=None))
    assert keys == sorted(keys)
    others = {name: shuffled(table, random) for name, table in tables.items()}
    assert_frame_equal(expected, derive(family.code, others, family.periods, engine="duckdb"))


def england_is_the_sum(family: Family, tables: Tables) -> None:
    """Numerators and denominators of the organisations in England that have both add up."""
    figures, keys = ["numerator", "denominator"], ["indicator", "period"]
    checked = Checked(family, tables)
    table = checked.figures()
    inside = table[table["org_code"] != ABROAD]
    assume(len(inside))  # else there is no England
    england = checked.figures(level="england")
    assert set(england["org_code"]) == {"ENGLAND"}
    whole = inside[inside["status"].isin(["ok", "no_cases"])]
    added = whole.groupby(keys)[figures].agg(lambda part: part.dropna().sum()).sort_index()
    added = added.reindex(inside.groupby(keys).size().sort_index().index, fill_value=0)
    found = england.set_index(keys)[figures].sort_index()
    assert list(found.index) == list(added.index)
    for key in found.index:
        for figure in figures:
            mine = found.loc[key, figure]
            assert (0 if pd.isna(mine) else mine) == added.loc[key, figure], (key, figure)


def strangers_change_nothing(family: Family, mine: Tables, others: Tables) -> None:
    """Records of another organisation, under identifiers of their own, leave the figures alone.

    It may tell what months the tables cover, so this is said beside them, as in every law.
    """
    alone = derive(family.code, mine, family.periods)
    both = {name: pd.concat([mine[name], others[name]], ignore_index=True) for name in mine}
    together = derive(family.code, both, family.periods)
    assert STRANGER in set(together["org_code"])
    mine_then = together[together["org_code"] != STRANGER]
    # That a declared month has hardly a row, which a note says, others' rows may contradict.
    assert cells(alone.drop(columns="note")) == cells(mine_then.drop(columns="note"))


def groups_add_up(family: Family, tables: Tables, random: Random) -> None:
    """By a column of the user's own, with blanks, and in every engine: the groups are the whole.

    A line whose denominator cannot be split keeps its numerator's groups.
    """
    for name, table in tables.items():
        wards = [random.choice(("a", "(missing)", " b ", None)) for _ in range(len(table))]
        tables = {**tables, name: table.assign(ward=wards)}
    level, engine = random.choice((None, "england")), random.choice(("duckdb", "pandas"))
    checked = Checked(family, tables, also=("ward",))
    whole = checked.figures(level=level)
    groups = checked.figures(level=level, by="ward")
    assert set(groups["ward"]) <= {"a", '"(missing)"', "b", "(missing)"}
    keys = ["indicator", "org_code", "period"]
    for key, rows in groups.groupby(keys):
        (above,) = whole[(whole[keys] == list(key)).all(axis=1)].to_dict("records")
        for name in ("numerator", "denominator"):
            split = rows[name].dropna()
            if split.empty and name == "denominator":
                cannot = rows["note"].str.contains("is not split by").any()
                assert cannot or pd.isna(above[name]), key
            else:
                assert split.sum() == (0 if pd.isna(above[name]) else above[name]), key
    assert_frame_equal(groups, checked.figures(level=level, by="ward", engine=engine))


def every_engine_gives_the_same(family: Family, tables: Tables) -> None:
    """DuckDB, pandas and Polars derive the same figures and tell the same fates of units.

    What is found wrong is the same whether a table is looked at in memory or by queries.
    """
    checked = Checked(family, tables)
    with patch("nhsind.engines.embedded.FEW", -1):
        assert Checked(family, tables).input.findings == checked.input.findings
    expected = checked.figures(engine="duckdb")
    asked = {line: answered_by(line, expected) for line in sorted(set(expected["indicator"]))[:3]}
    traced = {line: in_order(checked.fates(line, asked[line], "duckdb")) for line in asked}
    for engine in [engine for engine in INSTALLED if engine != "duckdb"]:
        assert_frame_equal(expected, checked.figures(engine=engine))
        for line, fates in traced.items():
            theirs = checked.fates(line, asked[line], engine)
            assert fates == in_order(theirs), (engine, line)


def the_trace_adds_up(family: Family, tables: Tables) -> None:
    """The fates of the units, added up, are the figures of every line and period."""
    checked = Checked(family, tables)
    table = checked.figures()
    for code, figures in table.groupby("indicator"):
        line = load_family(family.code).indicators[code]
        fates = checked.fates(code, answered_by(code, table))
        inside = fates["in_numerator"]
        if line.denominator and line.denominator.units != line.numerator.units:
            inside = inside | fates["in_denominator"]
        assert fates["excluded_because"].isna().tolist() == inside.tolist(), code
        assert fates["in_denominator"].isna().all() or not line.is_count
        above = added_up(fates, "in_numerator", "quantity")
        below = added_up(fates, "in_denominator", "count" if line.kind == "mean" else "quantity")
        for (_, org, period), (numerator, denominator) in figures_of(figures).items():
            # A return that is missing has no numerator, and no unit either.
            assert numerator in (None, above.get((org, period), 0)), (code, org, period)
            assert numerator is not None or not above.get((org, period)), (code, org, period)
            assert denominator in (None, below.get((org, period), 0)), (code, org, period)


def periods_add_up(family: Family, tables: Tables) -> None:
    """A flow's parts add up to the longer period; a snapshot's longer period is its last part."""
    lines = load_family(family.code).indicators
    periods = dict.fromkeys(
        [*family.made_of, *(p for parts in family.made_of.values() for p in parts)]
    )
    found = figures_of(derive(family.code, tables, list(periods)))
    for (line, org, period), whole in found.items():
        parts = [found.get((line, org, part)) for part in family.made_of.get(period, ())]
        if not parts or None in parts:
            continue  # a part itself, or a line that does not answer both
        figures = (0,) if line in family.of_a_stock else (0, 1)
        for place in figures:
            expected = [part[place] for part in parts if part is not None]
            if lines[line].period_rule == "snapshot":
                assert whole[place] == expected[-1], (line, org, period)
            else:
                total = None if None in expected else sum(expected)
                assert whole[place] == total, (line, org, period)


def records_and_their_counts_agree(family: Family, tables: Tables) -> None:
    """Equal records are as good as one row without an identifier and with their `count`."""
    singly, together = dict(tables), dict(tables)
    for name, identifier in family.counted.items():
        sound = without_contradictions(tables[name], identifier)
        singly[name] = with_equals(sound, identifier)
        together[name] = counted_together(singly[name], identifier)
    expected = derive(family.code, singly, family.periods)
    assert_frame_equal(expected, derive(family.code, together, family.periods))


# Help for them, and for the families' own laws ----------------------------------------------------


def derive(
    family: str,
    tables: Tables,
    periods: Sequence[str],
    level: str | None = None,
    engine: str = SOONEST,
    by: str | None = None,
) -> pd.DataFrame:
    """The figures of a family that records can give, without notes on standard error."""
    return ind.derive(
        family,
        dict(tables),
        period=list(periods),
        level=level,
        engine=engine,
        by=by or (),
        notes=Notes(),
        covers=EVER,
    )


class Checked:
    """A family's tables, checked once for several questions, as checks are what takes longest.

    The doors that users come by, `derive` and `trace`, have tests of their own.
    """

    def __init__(self, family: Family, tables: Tables, also: Sequence[str] = ()) -> None:
        self.periods = [parse_period(text) for text in family.periods]
        self.family = load_family(family.code)
        self.input = open_input(self.family, dict(tables), covers=EVER, also=also)
        self.lines = held_lines(self.input, list(self.family.indicators.values()), set(), Notes())

    def figures(
        self, level: str | None = None, engine: str = SOONEST, by: str | None = None
    ) -> pd.DataFrame:
        """The figures of all lines that the tables can answer."""
        groups, lines = None, self.lines
        if by:
            groups = breakdown_by([by])
            lines, _ = split_lines(self.input, lines, groups, set())
        level = level or self.input.own_level
        figures = measure(
            self.input, lines, periods=self.periods, level=level, engine=engine, by=groups
        )
        return figures[output_columns((by,) if by else ())]

    def fates(self, line: str, periods: Sequence[str], engine: str = SOONEST) -> pd.DataFrame:
        """What becomes of every unit of a line."""
        return trace_units(
            self.input,
            self.family.indicators[line],
            periods=[parse_period(text) for text in periods],
            level=self.input.own_level,
            engine=engine,
        )


def figures_of(table: pd.DataFrame) -> Figures:
    """Numerator and denominator by line, organisation and period; missing as None."""
    return {
        (row.indicator, row.org_code, row.period): (
            None if pd.isna(row.numerator) else row.numerator,
            None if pd.isna(row.denominator) else row.denominator,
        )
        for row in table.itertuples()
    }


def table_of(kind: type, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Records of a NamedTuple as a table of Python's own values."""
    return pd.DataFrame(list(rows), columns=kind._fields, dtype=object)  # type: ignore[attr-defined]


def edges(periods: Sequence[str], steps: Sequence[int] = (-1, 0, 1)) -> list[date]:
    """Days at which figures change: beside the first and the last day of each period."""
    days = [day for text in periods for day in (parse_period(text).start, parse_period(text).end)]
    return [day + timedelta(days=step) for day in days for step in steps]


def shuffled(table: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The rows and columns in another order, between columns that have nothing to say."""
    columns, rows = list(table), list(range(len(table)))
    random.shuffle(columns)
    random.shuffle(rows)
    other = table.iloc[rows][columns].reset_index(drop=True)
    for extra in OTHER_COLUMNS:
        if extra not in columns:
            other.insert(0, extra, range(len(other)))
    return other


def answered_by(line: str, table: pd.DataFrame) -> list[str]:
    """The periods that derived figures hold for a line."""
    return list(table.loc[table["indicator"] == line, "period"].unique())


def in_order(fates: pd.DataFrame) -> list[tuple[object, ...]]:
    """The trace's rows, missing as None, whichever of those without an identifier came first."""
    return sorted(cells(fates), key=str)


def cells(table: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows of a table, whatever the types of its columns; missing as None."""
    values = table.astype(object).where(table.notna(), None)
    return list(values.itertuples(index=False, name=None))


def added_up(fates: pd.DataFrame, flag: str, quantity: str) -> dict[tuple[str, str], Any]:
    """The quantity of a trace's flagged units by organisation and period."""
    inside = fates[fates[flag].fillna(False).astype(bool)]
    added: dict[tuple[str, str], Any] = {}
    for row in inside.to_dict("records"):
        key = (row["org_code"], row["period"])
        added[key] = added.get(key, 0) + (0 if pd.isna(row[quantity]) else row[quantity])
    return added


def without_contradictions(table: pd.DataFrame, identifier: str | None) -> pd.DataFrame:
    """The records that have an identifier of their own; one may be repeated, word for word."""
    if identifier is None:
        return table
    versions = table.drop_duplicates()[identifier]
    doubtful = set(versions[versions.duplicated()])
    return table[~table[identifier].isin(doubtful) & table[identifier].notna()]


def with_equals(table: pd.DataFrame, identifier: str | None) -> pd.DataFrame:
    """Every second record once more under another identifier, as chance rarely makes two equal."""
    again = table.drop_duplicates().iloc[::2]
    if identifier is not None:
        again = again.assign(**{identifier: again[identifier] + " again"})
    return pd.concat([table, again], ignore_index=True)


def counted_together(table: pd.DataFrame, identifier: str | None) -> pd.DataFrame:
    """One row for equal records, without identifiers and with their count."""
    once = table if identifier is None else table.drop_duplicates().drop(columns=identifier)
    kinds = [column for column in once if column != "count"]
    counts = once["count"] if "count" in once else pd.Series(1, index=once.index)
    rows = once[kinds].assign(count=counts.fillna(1).astype(int))
    together = (
        rows.groupby(kinds, dropna=False, as_index=False, sort=False)["count"].sum().astype(object)
    )
    return together.where(together.notna(), None)
