"""A database of one's own: what comes back from it, what it is asked, and what when it fails."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from servers import Postgres

import nhsind as ind
from nhsind.cli import main
from nhsind.definitions.catalogue import find, load_family
from nhsind.derivation.sums import count_units
from nhsind.errors import EXIT_INPUT, InputError
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input
from nhsind.sources.unusual_findings import unusual_findings

MAPPING = """
[rtt.pathways]
files = "warehouse.waiting"
columns = { pathway_id = "id", ccg_code = "commissioner", clock_start_date = "started", \
clock_stop_date = "stopped", stop_type = "how" }
codes = { stop_type = { "IP" = "admitted", "OP" = "non_admitted" } }
"""
WAITING = """
CREATE SCHEMA warehouse;
CREATE TABLE warehouse.waiting (id, commissioner, started, stopped, how) AS VALUES
  (gen_random_uuid(), ' 00a', DATE '2017-12-01', NULL::DATE, NULL),
  (gen_random_uuid(), '00A', DATE '2017-06-01', DATE '2018-03-31', 'IP'),
  (gen_random_uuid(), '00A', DATE '2017-06-01', NULL, NULL)
"""
# A language in which a capital stands behind the small letter; and a type with names of its own.
ENGLISH = "CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
CALLS = """
CREATE SCHEMA ambulance;
CREATE TYPE urgencies AS ENUM ('urgent', 'emergency');
CREATE TABLE ambulance.calls (call_id, incident_id, ccg_code, call_datetime, call_source, urgency,
  exclusion_reason, face_to_face, resolved_by_telephone, stop_code, outcome, destination_type)
AS SELECT id, 'i', commissioner, TIMESTAMP '2018-02-01 10:00:00', '999', 'emergency'::urgencies,
  NULL, true, NULL::BOOLEAN, NULL, 'conveyed', 'other'
FROM (VALUES ('a', 'A'), ('B', 'B')) AS calls (id, commissioner)
"""


def test_only_sums_and_findings_come_back(warehouse: str, sample: Path, parquet: Path) -> None:
    """Fewer rows in all than one in twenty of the records, and no answer with more than 1,000."""
    opened = open_input(load_family("rtt"), [warehouse, parquet])
    period = parse_period("2018-03")
    counted = count_units(opened, find("E.B.3"), periods=[period], level="ccg", engine="ibis")
    unusual_findings(opened)
    records = len((sample / "rtt" / "pathways.csv").read_text("utf-8").splitlines())
    assert counted["denominator"].sum() > 1_000
    assert 20 * opened.place.fetched.rows < records
    assert opened.place.fetched.most < 1_000


def test_trace_compare_and_breakdown(warehouse: str, sample: Path, parquet: Path) -> None:
    """The rows that are asked for come back, and are those of the files."""
    data = [warehouse, parquet]
    org = ind.derive("E.B.3", sample, period="2018-03")["org_code"].iloc[0]
    expected = ind.trace("E.B.3", sample, period="2018-03", org=org)
    assert_frame_equal(expected, ind.trace("E.B.3", data, period="2018-03", org=org))
    # What a line waited for in minutes is worked out there too.
    asked = {"period": "2018-03", "org": org}
    assert_frame_equal(ind.trace("E.B.5", sample, **asked), ind.trace("E.B.5", data, **asked))
    by = {"period": "2018-03", "by": "treatment_function_code"}
    assert_frame_equal(ind.derive("E.B.3", sample, **by), ind.derive("E.B.3", data, **by))
    sooner = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    mine = ind.compare("E.B.3", sooner, data=sample, period="2018-03")
    theirs = ind.compare("E.B.3", sooner, data=data, period="2018-03")
    assert_frame_equal(mine.figures, theirs.figures)
    assert_frame_equal(mine.units, theirs.units)


def test_tables_that_are_called_otherwise(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`mapping.toml` names the table, its columns and its codes; Ibis tables say the same.

    Identifiers of the database's own type are the text they print as.
    """
    import ibis
    import psycopg

    with psycopg.connect(server.address(), autocommit=True) as owner:
        owner.execute("DROP SCHEMA IF EXISTS warehouse CASCADE")
        owner.execute(WAITING)
    (tmp_path / "mapping.toml").write_text(MAPPING, "utf-8")
    found = ind.derive("E.B.3", [server.address(), tmp_path], period="2018-03")
    assert found[["org_code", "numerator", "denominator"]].to_numpy().tolist() == [["00A", 1, 2]]
    traced = ind.trace("E.B.3", [server.address(), tmp_path], period="2018-03")
    assert traced["record_id"].str.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").all()
    table = ibis.connect(server.address()).table("waiting", database="warehouse")
    names = "pathway_id ccg_code clock_start_date clock_stop_date stop_type".split()
    renamed = table.rename(dict(zip(names, table.columns, strict=True))).drop("stop_type")
    renamed = renamed.mutate(stop_type=ibis.null("string"))
    again = ind.derive("E.B.3", renamed, period="2018-03", engine="ibis")
    assert_frame_equal(found, again)


def test_texts_have_one_order(server: Postgres) -> None:
    """That of their bytes, so that which call of an incident stands first is no matter of language.

    And a type of the database's own is the text of its names.
    """
    import psycopg

    with psycopg.connect(server.address(), autocommit=True) as owner:
        owner.execute(ENGLISH)
    address = server.address("english")
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(CALLS)
        there = owner.execute("SELECT call_id FROM ambulance.calls ORDER BY call_id").fetchall()
        found = owner.execute("SELECT * FROM ambulance.calls")
        calls = pd.DataFrame(found.fetchall(), columns=[each.name for each in found.description])
    assert there == [("a",), ("B",)]
    asked = {"period": "2018-02", "covers": "2018-02"}
    mine = ind.derive("E.B.18", calls, **asked)
    assert dict(zip(mine["org_code"], mine["denominator"], strict=True)) == {"A": 0, "B": 1}
    assert_frame_equal(mine, ind.derive("E.B.18", address, **asked))


def test_what_cannot_be_read_is_named_by_its_values(server: Postgres, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(server.address(), autocommit=True) as owner:
        owner.execute("DROP SCHEMA IF EXISTS rtt CASCADE; CREATE SCHEMA rtt")
        owner.execute(
            "CREATE TABLE rtt.pathways (pathway_id, ccg_code, clock_start_date, clock_stop_date, "
            "stop_type) AS VALUES ('a', '00A', '2018-02-30', NULL, 'admited'), "
            "('b', '00A', '2018-02-28', NULL, 'admitted')"
        )
    with pytest.raises(InputError) as raised:
        ind.check(server.address(), "rtt")
    told = {(each.column, each.value, each.rows) for each in raised.value.problems}
    assert told == {("clock_start_date", "2018-02-30", 1), ("stop_type", "admited", 1)}


PLAN = """
family: rtt
periods: [2018-03]
organisations: [ZX001]
mode: publish
charts: []
publication:
  title: Waiting times
  contact: nobody
  methodology: as defined
  revisions: none
  next_release: none
  release_datetime: "2018-05-10 09:30"
"""


def test_a_run_derives_there_and_tells_no_password(
    warehouse: str, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published, kept and logged is that of the files, and has no password in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "plan.yaml").write_text(PLAN, "utf-8")
    secret = warehouse.replace("reader@", "reader:hunter2@")
    for out, data in (("there", [secret, parquet]), ("here", [parquet])):
        given = [part for each in data for part in ("--data", str(each))]
        with pytest.raises(SystemExit) as end:
            main(["run", str(tmp_path / "plan.yaml"), *given, "--out", str(tmp_path / out)])
        assert not end.value.code
    held = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "log.jsonl" for path in held)
    assert [path for path in held if b"hunter2" in path.read_bytes()] == []
    tables = [tmp_path / out / "rtt" / "2018-03" / "rtt-2018-03.csv" for out in ("there", "here")]
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_a_database_that_goes_away(
    server: Postgres,
    warehouse: str,
    parquet: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One clear error, status 65, nothing written, and no password in it."""
    opened = open_input(load_family("rtt"), [warehouse, parquet])
    period = [parse_period("2018-03")]
    server.stop()
    try:
        with pytest.raises(InputError, match="does not answer"):
            count_units(opened, find("E.B.3"), periods=period, level="ccg", engine="ibis")
        secret = warehouse.replace("reader@", "reader:hunter2@")
        out = tmp_path / "figures.csv"
        command = ["derive", "rtt", "--data", secret, "--period", "2018-03", "--out", str(out)]
        with pytest.raises(SystemExit) as end:
            main(command)
        said = capsys.readouterr().err
        assert end.value.code == EXIT_INPUT
        assert "does not answer" in said and "***" in said
        assert "hunter2" not in said and not out.exists()
    finally:
        server.start()
