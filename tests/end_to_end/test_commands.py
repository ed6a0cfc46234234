"""The commands as a scheduled job sees them: exit status, what goes where, the bytes.

Most run in this process, on streams as a job has them: `test_a_process_says_the_same` shows that
a process of their own ends and prints alike.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nhsind
from nhsind.cli import main

COLUMNS = (
    "family indicator org_level org_code org_name period kind numerator denominator value "
    "ci_lower ci_upper unit standard comparator meets_standard plan meets_plan status note"
).split()
TRACE_COLUMNS = (
    "indicator record_id org_code period in_denominator in_numerator excluded_because "
    "quantity count"
).split()
DONE, USAGE, INPUT, INTERRUPTED = 0, 2, 65, 130
HEADER = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type\n"
SMALL = ("--ccgs", "4", "--months", "3", "--scale", "0.1")
Ended = subprocess.CompletedProcess[bytes]
Printed = Callable[[str], Ended]
DERIVE = ("derive", "rtt", "--period", "2018-03", "--data")


def run(*arguments: str | Path) -> Ended:
    """A command in this process, on streams that are no terminals and speak another encoding."""
    out, told = (io.TextIOWrapper(io.BytesIO(), "cp1252", newline="") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(told), pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    for stream in (out, told):
        stream.flush()
    code = end.value.code
    printed, said = (stream.buffer.getvalue() for stream in (out, told))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(arguments, int(code or 0), printed, said)


def run_process(*arguments: str | Path, **environment: str) -> Ended:
    """A command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "nhsind", *map(str, arguments)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | environment,
        timeout=60,
    )


def rows(output: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output.decode("utf-8"))))


def records(at: Path, *lines: str, header: str = HEADER, geography: str | None = None) -> Path:
    (at / "rtt").mkdir(parents=True)
    (at / "rtt" / "pathways.csv").write_text(header + "".join(f"{line}\n" for line in lines))
    if geography is not None:
        (at / "geography.csv").write_text(geography, encoding="utf-8")
    return at


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "sample"
    made = run("sample", folder, *SMALL)
    assert made.returncode == DONE, made.stderr.decode()
    return folder


@pytest.fixture(scope="module")
def printed(sample: Path) -> Printed:
    """`derive` of the sample in a format; `csv` is left to be the default. Each is run once."""

    @cache
    def derived(form: str) -> Ended:
        return run(*DERIVE, sample, *([] if form == "csv" else ["--format", form]))

    return derived


@pytest.mark.parametrize(
    ("words", "ended"),
    [
        ("derive rtt --period 2018-03 --data DIR", DONE),
        ("derive E.B.33 --data DIR --period 2018-03", USAGE),
        ("check --data DIR --strict", INPUT),
    ],
)
def test_a_process_says_the_same(tmp_path: Path, words: str, ended: int) -> None:
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,", "P1,00A,2018-03-02,,")
    arguments = [str(data) if word == "DIR" else word for word in words.split()]
    here, there = run(*arguments), run_process(*arguments)
    assert (here.returncode, there.returncode) == (ended, ended)
    assert (here.stdout, here.stderr) == (there.stdout, there.stderr)
    assert (here.stdout != b"") == (ended == DONE) and here.stderr != b""


# What goes right ---------------------------------------------------------------------------------


def test_derive_prints_csv_when_piped(printed: Printed) -> None:
    piped = printed("csv")
    assert piped.returncode == DONE
    assert piped.stdout.startswith(",".join(COLUMNS).encode() + b"\n")
    assert b"\r" not in piped.stdout
    keys = [(row["indicator"], row["org_code"], row["period"]) for row in rows(piped.stdout)]
    assert len(keys) == 4 * 4
    assert keys == sorted(keys)


def test_every_format_says_the_same(printed: Printed) -> None:
    table = rows(printed("csv").stdout)
    as_json = json.loads(printed("json").stdout)
    frame = pq.read_table(pa.BufferReader(printed("parquet").stdout)).to_pandas()
    people = printed("table").stdout.decode()
    assert list(frame.columns) == COLUMNS
    assert frame["org_code"].tolist() == [row["org_code"] for row in table]
    for row, item in zip(table, as_json, strict=True):
        assert list(item) == COLUMNS
        assert row["org_name"] in people
        for name, value in item.items():
            if isinstance(value, bool):
                assert row[name] == str(value).lower()
            elif value is None:
                assert row[name] == ""
            else:
                assert type(value)(row[name]) == value


def test_figures_are_exact_and_counts_are_integers(printed: Printed) -> None:
    for row in rows(printed("csv").stdout):
        assert row["numerator"].isdigit()
        if row["kind"] == "count":
            assert row["denominator"] == ""
            assert float(row["value"]) == int(row["numerator"])
        else:
            expected = int(row["numerator"]) / int(row["denominator"])
            assert float(row["value"]) == pytest.approx(expected, rel=1e-12)
            assert float(row["ci_lower"]) < expected < float(row["ci_upper"])
            met = 100 * int(row["numerator"]) >= 92 * int(row["denominator"])
            assert (row["standard"], row["comparator"]) == ("0.92", ">=")
            assert row["meets_standard"] == str(met).lower()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_out_writes_what_would_be_printed_and_prints_nothing(
    sample: Path, printed: Printed, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"figures.{ending}"
    written = run(*DERIVE, sample, "--out", target)
    assert (written.returncode, written.stdout) == (DONE, b"")
    assert target.read_bytes() == printed(ending).stdout
    assert list(tmp_path.iterdir()) == [target]


def test_trace_adds_up_to_derive(sample: Path, printed: Printed) -> None:
    traced = run("trace", "E.B.3", "--period", "2018-03", "--org", "zx001", "--data", sample)
    assert traced.returncode == DONE
    assert traced.stdout.startswith(",".join(TRACE_COLUMNS).encode() + b",")
    units = rows(traced.stdout)
    figure = rows(printed("csv").stdout)[0]
    assert (figure["indicator"], figure["org_code"]) == ("E.B.3", "ZX001")
    for flag, column in (("in_numerator", "numerator"), ("in_denominator", "denominator")):
        counted = sum(int(unit["quantity"]) for unit in units if unit[flag] == "true")
        assert counted == int(figure[column])


def test_findings_go_to_stderr_and_check_lists_them(sample: Path, printed: Printed) -> None:
    told, checked = (
        printed("csv").stderr.decode(),
        run("check", "--data", sample, "--family", "rtt"),
    )
    assert checked.returncode == DONE
    found = rows(checked.stdout)
    faults = {row["fault"] for row in found}
    assert {"repeated", "identifier_disagrees", "stop_before_start"} <= faults
    assert len(told.splitlines()) == len(found)
    assert all(row["about"] in told for row in found)
    assert "\r" not in told, "a progress bar without a terminal"


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("schema", "RTT"), ("define", "e.b.3")],
    ids=" ".join,
)
def test_what_needs_no_data_prints_it_and_nothing_else(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert done.stdout


def test_define_prints_json() -> None:
    assert json.loads(run("define", "E.B.3", "--format", "json").stdout)["code"] == "E.B.3"


@pytest.mark.parametrize(
    "command", ["", "list", "define", "schema", "sample", "check", "derive", "trace", "reconcile"]
)
def test_help(command: str) -> None:
    helped = run(*command.split(), "--help")
    assert (helped.returncode, helped.stderr) == (DONE, b"")
    assert helped.stdout.startswith(f"Usage: nhsind {command}".strip().encode())


# What goes wrong ---------------------------------------------------------------------------------


def assert_refused(done: Ended, status: int, says: str = "") -> None:
    message = done.stderr.decode()
    assert "Traceback" not in message, message[-400:]
    assert done.returncode == status, message
    assert done.stdout == b""
    assert message.strip()
    assert says in message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("derive E.B.3 --data DIR", "--period"),
        ("derive E.B.33 --data DIR --period 2018-03", 'Did you mean "E.B.3"?'),
        ("derive E.B.3 --data DIR --period 2018-3", "2017-18-Q1"),
        ("derive E.B.3 --data DIR --period 0000-01", ""),
        ("derive E.B.3 --data DIR --period 2018-03 --level county", "england"),
        ("derive E.B.3 --data DIR --period 2018-03 --org ZX999", "ZX001"),
        ("derive E.B.3 --data DIR --period 2018-03 --source nonsense", "nonsense"),
        ("derive E.B.3 --data DIR --period 2018-03 --geography soon", "2019-04"),
        ("trace E.B.3 --data DIR --period 2018-03 --level county", "england"),
        ("trace E.B.3 --data DIR --period 2018-03 --org ZX999", "ZX001"),
        ("derivee", "derivee"),
    ],
)
def test_bad_usage_is_2(sample: Path, options: str, says: str) -> None:
    words = [str(sample) if word == "DIR" else word for word in options.split()]
    assert_refused(run(*words), USAGE, says)


@pytest.mark.parametrize("name", ["figures.xlsx", "a_folder"])
def test_an_out_that_cannot_be_is_bad_usage(sample: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "a_folder").mkdir()
    assert_refused(run(*DERIVE, sample, "--out", tmp_path / name), USAGE, name)
    assert list(tmp_path.rglob("*")) == [tmp_path / "a_folder"]


def test_wrong_input_is_65_names_everything_and_writes_nothing(tmp_path: Path) -> None:
    data = records(
        tmp_path / "data",
        "P1,00A,2017-02-30,,",
        "P2,00A,2017-06-01,2017-06-02,sideways",
        geography="ccg_code,valid_from\n00A,never\n",
    )
    new, old = tmp_path / "new.csv", tmp_path / "old.csv"
    old.write_text("last good figures")
    for command in ([*DERIVE, data, "--out", new], ["check", "--data", data, "--out", old]):
        done = run(*command)
        assert_refused(done, INPUT, "3 problems")
        told = done.stderr.decode()
        for place in (
            'pathways.csv line 2 column "clock_start_date": "2017-02-30"',
            'pathways.csv line 3 column "stop_type": "sideways"',
            'geography.csv line 2 column "valid_from": "never"',
            "admitted, non_admitted",
        ):
            assert place in told
    assert not new.exists()
    assert old.read_text() == "last good figures"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "old.csv"}


@pytest.mark.parametrize("command", ["derive", "check"])
def test_strict_is_65(sample: Path, command: str) -> None:
    arguments = DERIVE if command == "derive" else ("check", "--family", "rtt", "--data")
    assert_refused(run(*arguments, sample, "--strict"), INPUT, "disagree")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--data nowhere", "nowhere"),
        ("--data DIR --level stp", "geography.csv"),
        ("--data DIR --level provider", "provider_code"),
    ],
)
def test_other_wrong_input_is_65(tmp_path: Path, options: str, says: str) -> None:
    data = records(tmp_path / "data", "P1,00B,2018-03-01,,")
    words = [str(data) if word == "DIR" else word for word in options.split()]
    assert_refused(run("derive", "E.B.3", "--period", "2018-03", *words), INPUT, says)


# The sample --------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    sample: Path, tmp_path: Path
) -> None:
    again = run_process("sample", tmp_path / "again", *SMALL, PYTHONHASHSEED="7", TZ="Asia/Tokyo")
    assert (again.returncode, again.stdout) == (DONE, b"")
    first = files_of(sample)
    assert {"rtt/pathways.csv", "geography.csv", "plans.csv"} <= set(first)
    assert files_of(tmp_path / "again") == first
    run("sample", tmp_path / "other", *SMALL, "--seed", "5")
    other = files_of(tmp_path / "other")
    assert set(other) == set(first)
    assert other["rtt/pathways.csv"] != first["rtt/pathways.csv"]


def test_sample_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    assert_refused(run("sample", tmp_path, *SMALL), USAGE, "not empty")
    assert files_of(tmp_path) == {"mine.txt": b"kept"}


def test_sample_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    assert_refused(run("sample", tmp_path / "mine.txt", *SMALL), USAGE, "mine.txt")


@pytest.mark.parametrize("numbers", ["--ccgs 0", "--months 99999", "--scale nan", "--seed -1"])
def test_sample_refuses_numbers_that_make_no_data_set(tmp_path: Path, numbers: str) -> None:
    rest = ["--ccgs", "1", "--months", "1"]
    assert_refused(run("sample", tmp_path / "new", *rest, *numbers.split()), USAGE)
    assert not (tmp_path / "new").exists()


# Surroundings ------------------------------------------------------------------------------------


def test_figures_do_not_depend_on_clock_or_hash_seed(sample: Path, tmp_path: Path) -> None:
    """Also where dates come as moments with a zone, as some warehouses export them."""
    data = tmp_path / "zoned"
    (data / "rtt").mkdir(parents=True)
    table = pd.read_csv(sample / "rtt" / "pathways.csv", dtype=str)
    for name in ("clock_start_date", "clock_stop_date"):
        table[name] = pd.to_datetime(table[name]).dt.tz_localize("UTC")
    table.to_parquet(data / "rtt" / "pathways.parquet", index=False)
    shutil.copy(sample / "geography.csv", data)
    here = run_process(*DERIVE, data, TZ="UTC", PYTHONHASHSEED="1")
    there = run_process(*DERIVE, data, TZ="America/New_York", PYTHONHASHSEED="2")
    assert (here.returncode, there.returncode) == (DONE, DONE)
    assert here.stdout == there.stdout


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_are_printed_in_utf_8_whatever_the_console_speaks(
    tmp_path: Path, encoding: str
) -> None:
    geography = 'ccg_code,ccg_name\n00A,"Łódź ☃ ""Quay"", Ynys Môn"\n'
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,", geography=geography)
    done = run_process(*DERIVE, data, PYTHONIOENCODING=encoding)
    assert done.returncode == DONE, done.stderr.decode(errors="replace")[-300:]
    assert rows(done.stdout)[0]["org_name"] == 'Łódź ☃ "Quay", Ynys Môn'


def test_a_reader_that_stops_early_is_no_failure(sample: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "nhsind", "trace", "E.B.3", "--period", "2018-03", "--data", sample],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_an_interrupt_gives_its_status_wherever_it_comes(tmp_path: Path) -> None:
    """Also while a class is being made by `exec`, after which Python would end by the signal."""
    (tmp_path / "interrupted.py").write_text(
        "from nhsind import cli\n"
        "cli.cli.main = lambda **_: exec('raise KeyboardInterrupt')\n"
        "cli.main([])\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (INTERRUPTED, b"interrupted\n")


def test_check_finds_the_families_that_the_data_are_of(tmp_path: Path, sample: Path) -> None:
    """A folder's are told by its sub-folders, a table's by its name, others by their header."""
    data = records(tmp_path / "data", "P1,ZX001,2018-03-01,,", "P1,ZX001,2018-03-02,,")
    shutil.copytree(sample / "phb", tmp_path / "more" / "phb")
    alone = shutil.copy(data / "rtt" / "pathways.csv", tmp_path / "pathways.csv")
    for given, families in (
        ([data], {"rtt"}),
        ([data, tmp_path / "more", sample / "geography.csv"], {"rtt", "phb"}),
    ):
        done = run("check", *(word for path in given for word in ("--data", path)))
        assert done.returncode == DONE, done.stderr
        assert {row["family"] for row in rows(done.stdout)} == families
    # Two families have a table of this name, and these are no cancer pathways.
    assert_refused(run("check", "--data", alone), INPUT, "the columns of cancer/pathways")
    (tmp_path / "strange.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    for name, says in (
        ("strange.csv", "no layout known here; it begins with a,b. Allowed: "),
        ("empty", "holds tables of no family. Allowed: folders ae, ambulance"),
        ("absent", "there is no such file or folder"),
    ):
        done = run("check", "--data", tmp_path / name)
        assert_refused(done, INPUT, says)
        assert b"has 1 problem;" in done.stderr
    assert_refused(run("check", "--data", alone, "--source", "mars"), USAGE, "mar")


def test_a_family_without_figures_changes_nothing_in_the_others(sample: Path) -> None:
    """IAPT is quarterly: asked for a month it is left out, also where only one of it is wanted."""
    words = ("--period", "2018-03", "--data", sample)
    both, alone = run("derive", "iapt", "rtt", *words), run("derive", "rtt", *words)
    assert (both.returncode, both.stdout) == (DONE, alone.stdout)
    assert {row["meets_standard"] for row in rows(both.stdout)} == {"true", "false", ""}
    none = run("derive", "iapt", *words, "--org", "ZX001")
    assert (none.returncode, rows(none.stdout)) == (DONE, [])
    assert b"E.A.3 is quarterly and has no figure for 2018-03" in none.stderr
    typed = derived_types("rtt", sample)
    assert derived_types("iapt", sample) == derived_types(["iapt", "rtt"], sample) == typed


def derived_types(families: str | list[str], sample: Path) -> list[str]:
    table = nhsind.derive(families, data=sample, period="2018-03", notes=nhsind.Notes())
    return [str(dtype) for dtype in table[["value", "meets_standard", "plan", "status"]].dtypes]


def test_whole_numbers_are_written_as_such(sample: Path) -> None:
    done = run("derive", "E.M.18", "--period", "2018-03", "--data", sample)
    assert all(row["value"] == row["numerator"] for row in rows(done.stdout))
    done = run("derive", "E.M.18", "--period", "2018-03", "--data", sample, "--format", "json")
    assert all(type(row["value"]) is int for row in json.loads(done.stdout))


def test_what_is_due_is_told_in_json_too() -> None:
    done = run("due", "rtt", "--as-of", "2018-04-10", "--format", "json")
    assert done.returncode == DONE, done.stderr
    assert "2018-03-31" in json.loads(done.stdout)[0].values()


def test_the_problems_of_all_families_are_named_together(tmp_path: Path, sample: Path) -> None:
    data = records(tmp_path / "data", "P1,ZX001,bad,,")
    (data / "eip").mkdir()
    header = (sample / "eip" / "referrals.csv").read_text().split("\n")[0]
    (data / "eip" / "referrals.csv").write_text(f"{header}\n" + "," * header.count(",") + "x\n")
    (data / "plans.csv").write_text("indicator,org_code,period,plan\nE.B.3,ZX001,2018-03,many\n")
    for verb in (["check"], ["derive", "rtt", "eip", "--period", "2018-03"]):
        done = run(*verb, "--data", data)
        assert_refused(done, INPUT, "pathways.csv line 2")
        assert b"referrals.csv line 2" in done.stderr
        assert done.stderr.count(b'"many"') == 1


def test_a_family_that_the_data_do_not_hold_is_left_out_with_a_note(tmp_path: Path) -> None:
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,")
    done = run("derive", "cart", "rtt", "--period", "2018-03", "--data", data)
    assert done.returncode == DONE
    assert b"the data hold nothing of cart: left out" in done.stderr
    assert {row["family"] for row in rows(done.stdout)} == {"rtt"}
    by_code = run("derive", "E.B.4", "rtt", "--period", "2018-03", "--data", data)
    assert_refused(by_code, INPUT, "holds nothing of this family")


def test_a_level_that_the_geography_does_not_place_is_refused(tmp_path: Path) -> None:
    geography = "ccg_code,stp_code\n00A,E54\n"
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,", geography=geography)
    done = run(*DERIVE, data, "--level", "tcp")
    assert_refused(done, INPUT, 'column "tcp_code": places nothing at level tcp')
    assert run(*DERIVE, data, "--level", "stp").returncode == DONE


def test_lines_are_told_right_after_commas_without_values(tmp_path: Path) -> None:
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,,", "P2,00A,bad,,", "P3,00A,,,zzz")
    refused = run("check", "--data", data)
    assert_refused(refused, INPUT, 'pathways.csv line 3 column "clock_start_date": "bad"')
    assert b'line 4 column "stop_type": "zzz"' in refused.stderr


def test_a_byte_0_is_damage(tmp_path: Path) -> None:
    data = records(tmp_path / "data", "P1,00A,2018-03-01,,", "P2,00\0A,2018-03-01,,")
    assert_refused(run("check", "--data", data), INPUT, "line 3: holds a byte 0")
