"""What the reports of a run work out once: rows of figures, and the fates of examples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from released_figures import MARCH, NEW, WITHIN, figures

from nhsind.output import without_formulas
from nhsind.release.results import Results
from nhsind.tables import records
from nhsind.tables.records import example_table

ROWS = [
    (WITHIN, "A", MARCH, 90, 100),
    (WITHIN, "B", MARCH, 80, 90),
    (NEW, "A", MARCH, 7, None),
    (WITHIN, "A", "2018-02", 89, 100),
    (WITHIN, "ENGLAND", MARCH, 170, 190),
]
VARIANT = "E.B.3 --set longest_wait_within=16w"


def rows_of(found: Results) -> list[Any]:
    return [
        {name: str(cell) for name, cell in row.items()}
        for line, organisation, _, _, _ in ROWS
        if (row := found.figure(line, organisation)) is not None
    ]


def test_figures_taken_together_are_those_taken_alone() -> None:
    alone, together = figures(*ROWS), figures(*ROWS)
    together.look_ahead(["B", "ENGLAND", "of no figures", "A"])
    assert rows_of(together) == rows_of(alone)
    assert together.figure(WITHIN, "of no figures") is None
    assert [row["numerator"] for row in rows_of(together)] == ["90", "80", "7", "90", "170"]


def test_a_view_has_what_another_took(monkeypatch: pytest.MonkeyPatch) -> None:
    found = figures(*ROWS)
    found.look_ahead(["A", "B", "ENGLAND"])
    monkeypatch.setattr(Results, "look_ahead", lambda *given: pytest.fail("taken again"))
    for view in (found.for_nobody(), found.for_organisation("B"), found.for_england()):
        assert rows_of(view) == rows_of(found)


def test_fates_of_an_example_are_worked_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = replace(figures(*ROWS), kept_in=tmp_path)
    first, varied = (example_table(found, "the_snapshot", code) for code in ("", VARIANT))
    assert first.rows[1][1].startswith("In the denominator only")
    assert first.rows[2][1].startswith("Counted") and not varied.rows[3][1].startswith("Counted")
    monkeypatch.setattr(records, "trace_line", lambda *given, **more: pytest.fail("traced again"))
    assert example_table(found, "the_snapshot") == first
    assert example_table(found, "the_snapshot", VARIANT) == varied


@pytest.mark.parametrize("dtype", [object, "string"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(dtype: Any) -> None:
    texts = ["=1+1", "a", None, "+x", "=1+1", "a-b", "@y", "-2"]
    table = pd.DataFrame({"text": pd.Series(texts, dtype=dtype), "number": range(len(texts))})
    found = without_formulas(table)
    assert found["text"].fillna("").tolist() == [
        "'=1+1", "a", "", "'+x", "'=1+1", "a-b", "'@y", "'-2",
    ]  # fmt: skip
    assert found["number"].tolist() == list(range(len(texts)))
    assert table["text"][0] == "=1+1"
