"""Whatever a function or a command is given: a result, or an error of nhsind's own."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nhsind as ind
from nhsind import NhsindError
from nhsind.cli import main
from nhsind.errors import UsageError

GOOD = pd.DataFrame(
    [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
)
SOONER = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
ROW = {"indicator": "E.B.3", "org_level": "ccg", "org_code": "00A", "period": "2018-03"}
CLOSED = io.StringIO("closed")
CLOSED.close()
HOSTILE: list[Any] = [
    *(None, 5, -1, 1.5, float("nan"), float("inf"), True, 10**30, 1 + 2j, b"abc", object()),
    *("", "x", "\0", "x" * 5000, "00A", "2018-13", "2018-03..2017-01", "rtt", "E.B.3"),
    *([], [1], [None], {}, {"a": 1}, (), set(), pd.NaT, pd.NA, lambda: 1),
    *(pd.DataFrame(), pd.DataFrame([[1, 2]], columns=["a", "a"]), GOOD, pd.Series([1.0, np.nan])),
    *(np.array([]), np.array([1, 2]), io.StringIO("a"), CLOSED),
]


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that hold nothing: random bytes, half a workbook, none."""
    folder = tmp_path_factory.mktemp("unreadable")
    (folder / "random.csv").write_bytes(bytes(range(256)) * 8)
    (folder / "random.xlsx").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    (folder / "empty.csv").write_bytes(b"")
    return folder


def calls(found: Any, folder: Path) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Each public function with good arguments, of which one at a time is replaced."""
    options = {"source": None, "covers": None, "tolerance": None}
    asked = {"period": "2018-03", "level": None, "org": None, "engine": "duckdb", **options}
    return {
        "list": (ind.list, {"family": "rtt"}),
        "define": (ind.define, {"code": "E.B.3"}),
        "choices": (ind.choices, {"code": "E.B.3"}),
        "schema": (ind.schema, {"family": "rtt"}),
        "check": (ind.check, {"family": "rtt", **options}),
        "derive": (ind.derive, {"selectors": "E.B.3", "geography": None, "by": (), **asked}),
        "trace": (ind.trace, {"code": "E.B.3", "columns": None, **asked}),
        "sql": (ind.sql, {"code": "E.B.3", "period": None}),
        "units_of": (ind.units_of, {"row": ROW}),
        "reconcile": (ind.reconcile, {"family": "rtt", "published": None, **options}),
        "results": (
            ind.results,
            {"family": "rtt", "organisation": None, "period": "2018-03", "released": None},
        ),
        "interpret": (ind.interpret, {"found": found, "org": None}),
        "fate_table": (ind.fate_table, {"code": "E.B.3", "period": "2018-03"}),
        "variant": (ind.variant, {"code": "E.B.3", "limits": None, "readings": {}, "without": []}),
        "compare": (
            ind.compare,
            {"line": "E.B.3", "variant": SOONER, "period": "2018-03", "level": None, "org": None},
        ),
        "compare_readings": (
            ind.compare_readings,
            {"family": "rtt", "period": "2018-03", "level": None, "engine": "duckdb"},
        ),
        "what_if": (
            ind.what_if,
            {
                "found": found,
                "code": "E.B.3",
                "period": "2018-03",
                "limits": {"longest_wait_within": "-112d"},
                "readings": None,
                "without": (),
            },
        ),
        "examples": (ind.examples, {"found": found, "name": "waits", "code": ""}),
        "in_short": (ind.in_short, {"found": found, "org": None}),
        "check_definitions": (ind.check_definitions, {"own": False}),
        "due": (ind.due, {"as_of": "2018-05-01", "family": "rtt"}),
        "run": (ind.run, {"parameters": folder / "random.csv", "as_of": None, "jobs": 1}),
        "spc": (ind.spc, {"values": [1.0] * 20, "polarity": "higher", "rules": "mdc-sql-2.5"}),
        "wilson": (ind.wilson, {"x": 1, "n": 2, "level": 0.95}),
        "byar": (ind.byar, {"x": 1, "level": 0.95}),
        "grid": (ind.grid, {"found": found, "code": None, "org": None}),
        "funnel": (
            ind.funnel,
            {"numerators": [1, 2], "denominators": [3, 4], "kind": "proportion", "limits": "auto"},
        ),
        "slope_index": (
            ind.slope_index,
            {"values": [1, 2], "population": [3, 4], "lower": [0, 1], "upper": [2, 3]},
        ),
        "direct_rate": (
            ind.direct_rate,
            {"events": [9, 9], "population": [99, 99], "standard_population": [1, 1]},
        ),
        **{
            name: (
                getattr(ind, name),
                {
                    "events": [9, 9],
                    "population": [99, 99],
                    "reference_events": [9, 9],
                    "reference_population": [99, 99],
                },
            )
            for name in ("indirect_ratio", "indirect_rate")
        },
        "exact_poisson": (ind.exact_poisson, {"x": 1, "level": 0.95}),
        "audit": (ind.audit, {"folder": folder, "geography": folder}),
    }


DATA = {
    "check": {"data": GOOD},
    "compare": {"data": GOOD},
    "compare_readings": {"data": GOOD},
    "derive": {"data": GOOD},
    "trace": {"data": GOOD},
    "units_of": {"data": GOOD},
    "reconcile": {"data": "nowhere.csv"},
    "results": {"data": GOOD},
    "fate_table": {"records": GOOD},
    "what_if": {"data": GOOD},
}
NAMES = list(calls(None, Path()))


@pytest.fixture(scope="module")
def found() -> Any:
    return ind.results("rtt", period="2018-03", data=GOOD)


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_every_function(name: str, found: Any, unreadable: Path) -> None:
    function, good = calls(found, unreadable)[name]
    refused = 0
    for argument in good:
        for value in [*HOSTILE, unreadable, unreadable / "random.xlsx", unreadable / "none"]:
            if argument == "own" and value is True:
                continue  # no wrong value; the examples of nhsind are tried elsewhere
            try:
                function(**{**DATA.get(name, {}), **good, argument: value})
            except NhsindError as error:
                assert str(error)
                refused += 1
    assert refused


@pytest.mark.parametrize("function", [ind.table, ind.chart])
def test_tables_and_charts(function: Callable[..., Any], found: Any) -> None:
    for value in [value for value in HOSTILE if not isinstance(value, str) or value != "E.B.3"]:
        for given in ((value, found, "E.B.3"), ("result", value, "E.B.3"), ("spc", found, value)):
            with pytest.raises(NhsindError):
                function(*given)


def test_all_public_functions_are_tried() -> None:
    public = {name for name in ind.__all__ if not name.startswith("_") and name[0].islower()}
    assert public - {*NAMES, "table", "chart"} == {"sample", "p_chart"}


def test_what_is_of_no_kind_is_named_with_what_is_taken() -> None:
    with pytest.raises(UsageError) as refused:
        ind.derive(5, GOOD, period=None, level=["ccg"])  # type: ignore[arg-type]
    text = str(refused.value)
    assert (
        "derive: selectors is a text or an Indicator or a list of a text or an Indicator, not int"
        in text
    )
    assert "period is a text or a Period or" in text and "level is a text or None, not list" in text


COMMANDS = [
    "list x",
    "define x",
    "schema x",
    "check --data {file}",
    "check --data {folder}",
    "check --data {file} --family x",
    "check --tolerance x",
    "check --covers x",
    "derive x --period 2018-03",
    "derive rtt --period x",
    "derive rtt --period 2018-03 --data {file}",
    "derive rtt --period 2018-03 --data {folder}/none",
    "derive rtt --period 2018-03 --level x",
    "derive rtt --period 2018-03 --engine x",
    "derive rtt --period 2018-03 --geography x",
    "derive E.B.3 --period 2018-03 --source x --data {file}",
    "trace x --period 2018-03",
    "trace E.B.3 --period 2018-03 --data {file}",
    "reconcile x --data {file}",
    "reconcile ae --data {file}",
    "reconcile ae --data {folder}",
    "run {file}",
    "run {folder}/none",
    "run {folder}",
    "chart x E.B.3 --period 2018-03 --org 00A --out {folder}/x.svg",
    "chart spc E.B.3 --data {file} --period 2018-03 --org 00A --out {folder}/x.svg",
    "verify {folder}",
    "verify {file}",
    "due --as-of x",
    "sample {file}",
    "new-family x {file}",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["random.csv", "random.xlsx", "empty.csv"])
def test_commands(
    command: str, name: str, unreadable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name != "random.csv" and "{file}" not in command:
        return
    words = command.format(folder=unreadable, file=unreadable / name).split()
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code in (1, 2, 65), command
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "May.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(NhsindError):
        ind.check(path)
