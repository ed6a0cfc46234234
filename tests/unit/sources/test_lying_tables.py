"""Tables that lie elsewhere are checked there, and what comes back is little.

DuckDB stands in for the elsewhere here; `make test-engines` has real ones.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from nhsind.definitions.catalogue import find, load_family
from nhsind.derivation.sums import count_units
from nhsind.engines.place import Elsewhere, Frame
from nhsind.errors import InputError
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import open_input
from nhsind.sources.lying_tables import lying, typed_where_it_lies
from nhsind.sources.record_checks import check_tables
from nhsind.sources.stored import columns_given

RTT = load_family("rtt")
PERIODS = [parse_period("2018-03"), parse_period("2018-02")]


class Stand(Elsewhere):
    """Somebody's database, by DuckDB."""

    engine = "duckdb"

    def __init__(self) -> None:
        super().__init__("somewhere")
        self.con = duckdb.connect()

    def query(self, name: str, sql: str) -> None:
        self.put(name, nw.from_native(self.con.query(sql)).lazy())

    def beside(self, table: pa.Table) -> Frame:
        name = f"small_{len(self.frames)}"
        self.con.register(name, table)
        frame: Frame = nw.from_native(self.con.table(name)).lazy()
        return frame


def opened(place: Stand, geography: Geography | None = None) -> Input:
    raws = {"pathways": lying(place, "pathways_raw", "somewhere.pathways")}
    findings = check_tables(
        RTT,
        place,
        typed_where_it_lies(place),
        raws=raws,
        geography=geography,
        problems=[],
        level=None,
    )
    given = columns_given(raws)
    return Input(RTT, place, ["pathways"], geography, findings, "somewhere", given=given)


@pytest.fixture(scope="module")
def pathways(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Waits of two commissioners, with everything wrong that is left out or counted once."""
    rows = [f"p{at},00{'AB'[at % 2]},2017-{1 + at % 12:02d}-01,," for at in range(240)]
    rows += ["p1,00B,2017-02-01,,", "p2,00A,2017-05-09,,", ",00A,2018-01-01,,"]
    rows += ["p300,,2018-01-01,,", "p301,00A,,,", "p302,00A,2018-02-02,2018-02-01,admitted"]
    folder = tmp_path_factory.mktemp("records")
    (folder / "rtt").mkdir()
    header = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type"
    (folder / "rtt" / "pathways.csv").write_text("\n".join([header, *rows, ""]), "utf-8")
    return folder


def test_figures_and_findings_are_those_of_the_file(pathways: Path) -> None:
    mine = open_input(RTT, pathways)
    place = Stand()
    path = pathways / "rtt" / "pathways.csv"
    kinds = "{'clock_start_date': 'DATE', 'clock_stop_date': 'DATE'}"
    place.query("pathways_raw", f"FROM read_csv('{path}', types = {kinds}, nullstr = '')")
    theirs = opened(place)

    def told(source: Input) -> list[tuple[str, int, bool]]:
        return sorted((each.fault, each.rows, each.left_out) for each in source.findings)

    assert told(theirs) == told(mine)
    assert {fault for fault, *_ in told(mine)} >= {
        "repeated",
        "identifier_disagrees",
        "identifier_missing",
        "organisation_missing",
    }
    assert theirs.coverages() == mine.coverages()
    for code in ("E.B.3", "E.B.3_1"):
        if code not in RTT.indicators:
            continue
        line = find(code)
        assert_frame_equal(
            count_units(mine, line, periods=PERIODS, level="ccg"),
            count_units(theirs, line, periods=PERIODS, level="ccg"),
        )
    assert place.fetched.most < 50 and place.fetched.rows < 246


def test_what_cannot_be_read_is_told_by_its_values(pathways: Path) -> None:
    place = Stand()
    place.query(
        "pathways_raw",
        """FROM (VALUES ('a', '=“00A”', '2018-02-30', NULL, 'admited'),
           ('b', '00A', '2018-02-28', 1, 'admitted'))
           t("Pathway_ID ", ccg_code, clock_start_date, clock_stop_date, stop_type)""",
    )
    with pytest.raises(InputError) as raised:
        opened(place)
    told = {(each.column, each.value, each.rows) for each in raised.value.problems}
    assert told == {
        ("ccg_code", "=“00A”", 1),
        ("clock_start_date", "2018-02-30", 1),
        ("clock_stop_date", "1", 1),
        ("stop_type", "admited", 1),
    }


def test_a_missing_column_is_named_with_what_may_stand_for_it() -> None:
    place = Stand()
    place.query("pathways_raw", "SELECT 'a' AS pathway_id, '00A' AS ccg, 'x' AS clock_stop_date")
    with pytest.raises(InputError, match=r'ccg_code.*Did you mean "ccg"'):
        opened(place)


def test_times_keep_their_elapsed_time() -> None:
    """A night in which clocks go forward: 00:30 to 04:15 in London are 2 hours and 45 minutes."""
    family, place = load_family("ae"), Stand()
    place.con.execute("SET timezone = 'Europe/London'")
    place.query(
        "attendances_raw",
        """SELECT 'a' AS attendance_id, 'RAA' AS provider_code, '1' AS department_id,
           '1' AS department_type, TIMESTAMPTZ '2018-03-25 00:30:00+00' AS arrival_datetime,
           TIMESTAMPTZ '2018-03-25 03:15:00+00' AS departure_datetime""",
    )
    raws = {"attendances": lying(place, "attendances_raw", "attendances")}
    typing = typed_where_it_lies(place)
    check_tables(family, place, typing, raws=raws, geography=None, problems=[], level=None)
    (row,) = place.rows(place.frame("attendances")).to_pylist()
    assert str(row["arrival_datetime"]) == "2018-03-25 00:30:00"
    assert str(row["departure_datetime"]) == "2018-03-25 03:15:00"
