"""docs/reconciliation.md is what the published files give, and every difference has its reason."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from published_copies import Reconcile
from report_world import REPOSITORY

from nhsind.derivation.reconciliation import CELL_COLUMNS, Reconciliation


@pytest.fixture(scope="module")
def reconcile() -> ModuleType:
    """docs/reconcile.py as a module."""
    spec = importlib.util.spec_from_file_location("reconcile", REPOSITORY / "docs/reconcile.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reconcile"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(
    published: Path,
    reconcile: ModuleType,
    reconciled_once: Reconcile,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = reconcile.main([str(published), "--check"], reconciled_once)
    assert ended == 0, capsys.readouterr().out


def run_of(reconcile: ModuleType, explained: list[dict[str, object]]) -> object:
    rows = [
        [
            "E.B.5",
            "england",
            "ENGLAND",
            "2017-07",
            "",
            "numerator",
            10.0,
            9.0,
            -1.0,
            False,
            "row 3",
        ],
        ["E.B.5", "england", "ENGLAND", "2017-08", "", "numerator", 10.0, 10.0, 0.0, True, "row 4"],
    ]
    result = Reconciliation(pd.DataFrame(rows, columns=CELL_COLUMNS), ["/a/folder/file row 9"])
    return reconcile.Run("A file", "ae", ["file"], result, explained)


def test_a_difference_without_a_reason_is_a_problem(reconcile: ModuleType) -> None:
    run = run_of(reconcile, [])
    (problem,) = run.problems  # type: ignore[attr-defined]
    assert "2017-07" in problem and "printed 10.0, derived 9.0 (row 3)" in problem
    assert "Not explained" in reconcile.page([run])


def test_a_reason_stands_for_so_many_cells_and_no_other(reconcile: ModuleType) -> None:
    known = {"periods": ["2017-07"], "cells": 1, "reason": "Revised."}
    assert run_of(reconcile, [known]).problems == []  # type: ignore[attr-defined]
    page = reconcile.page([run_of(reconcile, [known])])
    assert "| E.B.5 | 2017-07 | 1 | 1 | Revised. |" in page and "Not explained" not in page
    assert "* file row 9" in page
    more = run_of(reconcile, [known | {"cells": 2}])
    assert more.problems == ["A file: Revised. 1, not 2"]  # type: ignore[attr-defined]
    other = run_of(reconcile, [known | {"periods": ["2017-08"]}])
    assert len(other.problems) == 2  # type: ignore[attr-defined]
