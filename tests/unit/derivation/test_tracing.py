"""What a trace shows beside a fate, and the units behind a figure."""

from __future__ import annotations

import dataclasses
import io
import pickle
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind.definitions.catalogue import all_indicators, load_family
from nhsind.definitions.clauses import waits_of
from nhsind.derivation.shown_columns import FIXED

COLUMNS = "pathway_id ccg_code clock_start_date clock_stop_date stop_type Team".split()
PATHWAYS = pd.DataFrame(
    [
        ("a", "00A", "2018-03-01", None, None, "North"),
        ("b", "00A", "2017-06-01", None, None, "North"),
        ("c", "00A", None, "2018-03-09", "admitted", None),
        ("d", "00B", "2018-03-01", None, None, None),
    ],
    columns=COLUMNS,
)
OF = {"period": "2018-03", "covers": "2018-03"}


def test_what_decides_is_shown_after_the_fixed_columns() -> None:
    table = ind.trace("E.B.3", PATHWAYS, **OF)
    assert list(table.columns) == [*FIXED, "clock_start_date", "clock_stop_date", "days_waited"]
    assert table.set_index("record_id")["days_waited"].to_dict() == {
        "a": 30,
        "b": 303,
        "c": None,
        "d": 30,
    }


def test_codes_that_a_clause_reads_are_shown() -> None:
    table = ind.trace("E.M.18", PATHWAYS, **OF)
    assert list(table.columns[len(FIXED) :]) == ["clock_start_date", "clock_stop_date", "stop_type"]


def test_columns_of_ones_own_are_shown_and_others_are_named() -> None:
    table = ind.trace("E.B.3", PATHWAYS, columns=["Team", "days_waited"], **OF)
    assert list(table.columns) == [*FIXED, "Team", "days_waited"]
    assert table["Team"].tolist() == ["North", "North", None, None]
    assert list(ind.trace("E.B.3", PATHWAYS, columns=[], **OF).columns) == list(FIXED)
    with pytest.raises(ind.UsageError, match=r'"teem" is not .* Did you mean "team"'):
        ind.trace("E.B.3", PATHWAYS, columns="teem", **OF)


@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_every_engine_shows_the_same(engine: str) -> None:
    shown = ind.trace("E.B.3", PATHWAYS, **OF)
    pd.testing.assert_frame_equal(shown, ind.trace("E.B.3", PATHWAYS, engine=engine, **OF))


def test_a_wait_in_a_department_is_in_minutes() -> None:
    attendances = pd.DataFrame(
        [("a", "RAA", "D", "1", "2018-03-24T22:30:00", "2018-03-25T02:31:59")],
        columns="attendance_id provider_code department_id department_type arrival_datetime "
        "departure_datetime".split(),
    )
    for engine in ("duckdb", "pandas", "polars"):
        table = ind.trace("E.B.5", attendances, engine=engine, **OF)
        assert table["minutes_waited"].tolist() == [241]


def test_every_limit_of_a_wait_has_its_length() -> None:
    lacking = {
        f"{line.code}: {name}"
        for line in all_indicators().values()
        for measure in line.measures.values()
        for name in measure.clauses
        for limit in load_family(line.family).clauses[name].limits
        if line.limits[limit].unit in ("day", "hour", "minute")
        and name not in waits_of(load_family(line.family).rules)
    }
    # Minutes that the unit itself recorded, and the day up to which a patient is known: no waits.
    assert lacking == {
        "CARTLeu01: within_60_minutes",
        "CARTLeu02: alive_at_28_days",
        "CARTLeu02: known_at_28_days",
    }


def derived(**options: Any) -> pd.DataFrame:
    return ind.derive("E.B.3", PATHWAYS, **OF, **options)


def test_the_units_behind_a_row_add_up_to_it() -> None:
    table = derived(by="team", level="england")
    for at, row in table.iterrows():
        units = ind.units_of(table.loc[at])
        assert set(units["team"].fillna("(missing)")) == {row["team"]}
        assert units.loc[units["in_numerator"], "quantity"].sum() == row["numerator"]
        assert units.loc[units["in_denominator"], "quantity"].sum() == row["denominator"]


def test_a_row_finds_its_data_through_filters_and_can_be_given_them() -> None:
    table = derived()
    row = table[table["org_code"] == "00B"].iloc[0]
    assert ind.units_of(row)["record_id"].tolist() == ["d"]
    assert ind.units_of(table[table["org_code"] == "00B"])["record_id"].tolist() == ["d"]
    forgetful = dict(row)
    with pytest.raises(ind.UsageError, match="does not remember its data"):
        ind.units_of(forgetful)
    assert ind.units_of(forgetful, PATHWAYS)["record_id"].tolist() == ["d"]


def test_of_a_variant_the_units_are_its_own() -> None:
    variant = ind.variant("E.B.3", limits={"longest_wait_within": "-10d"})
    table = ind.derive(variant, PATHWAYS, **OF)
    assert not ind.units_of(table.loc[0])["in_numerator"].any()


@pytest.mark.parametrize("row", [None, 3, "E.B.3", {"indicator": "E.B.3"}, pd.DataFrame()])
def test_what_is_no_row_of_figures_is_refused(row: object) -> None:
    with pytest.raises(ind.UsageError, match="takes a row"):
        ind.units_of(row)


def test_a_table_that_remembers_is_stored_like_any_other() -> None:
    stored = io.BytesIO()
    derived().to_parquet(stored)
    assert len(pd.read_parquet(stored)) == 2


def test_a_pickled_table_forgets_its_data_and_not_what_was_asked() -> None:
    """Its records may be many, nobody's else, or a session that cannot be stored."""

    class Session:
        def __reduce__(self) -> str:
            raise RuntimeError("a live session is never pickled")

    variant = ind.variant("E.B.3", limits={"longest_wait_within": "-10d"})
    table = ind.derive(variant, PATHWAYS, **OF)
    kept = table.attrs["asked"]
    kept.question = dataclasses.replace(kept.question, data=Session())
    again = pickle.loads(pickle.dumps(table))
    assert_frame_equal(again, table)
    with pytest.raises(ind.UsageError, match="does not remember its data"):
        ind.units_of(again.loc[0])
    assert not ind.units_of(again.loc[0], PATHWAYS)["in_numerator"].any()


@pytest.mark.parametrize(
    ("stop", "days"),
    [("2017-12-04", 5), ("2018-03-30", 121), ("2018-03-31", 122), ("2018-04-01", 122), (None, 122)],
)
def test_nobody_waits_on_after_the_stop(stop: str | None, days: int) -> None:
    pathway = {"pathway_id": ["a"], "ccg_code": "00A", "clock_start_date": "2017-11-29"}
    table = pd.DataFrame({**pathway, "clock_stop_date": stop, "stop_type": stop and "admitted"})
    traced = ind.trace("E.B.3", data=table, period="2018-03")
    assert traced["days_waited"].tolist() == [days]


def test_what_if_is_of_the_data_that_the_results_are_of() -> None:
    pathway = {"pathway_id": ["a", "b"], "ccg_code": "00A", "clock_start_date": "2017-12-01"}
    table = pd.DataFrame({**pathway, "clock_stop_date": None, "stop_type": None})
    found = ind.results("rtt", "00A", period="2018-03", data=table)
    said = ind.what_if(found, "E.B.3", limits={"longest_wait_within": "16w"}).figures
    assert said.loc[0, ["numerator", "numerator_then"]].tolist() == [2, 0]
    with pytest.raises(ind.UsageError, match="give what_if its data"):
        ind.what_if(dataclasses.replace(found, data=None), "E.B.3", limits={"standard": "90%"})
