"""The notebooks are thin, and their headings make an outline that can be walked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import nbformat
import pytest
from papermill.translators import PythonTranslator

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.report.sections import EXPLORE, FOLDED, for_report
from tests.conftest import REPOSITORY

RESULTS = ("result", "activity")
MOST_CODE_CELLS = 12
FAMILIES = family_codes()


def cells(family: str, kind: str) -> list[Any]:
    """The cells of a family's notebook of one kind, code or markdown, in order."""
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{family}.ipynb", 4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_report_runs_at_most_twelve_code_cells_and_there_is_one_to_explore(family: str) -> None:
    explored = [EXPLORE in cell.metadata.get("tags", []) for cell in cells(family, "code")]
    assert explored.count(False) <= MOST_CODE_CELLS and explored.count(True) >= 1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_report_derives_nothing_beside_what_was_released(family: str) -> None:
    run = [cell for cell in cells(family, "code") if EXPLORE not in cell.metadata.get("tags", [])]
    assert not [cell.source for cell in run if re.search(r"ind\.(derive|trace)\(", cell.source)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_line_has_a_card(family: str) -> None:
    text = "\n".join(cell.source for cell in cells(family, "code"))
    lines = list(load_family(family).indicators)
    assert ".lines()))" in text or all(f'.line("{code}"))' in text for code in lines)


@pytest.mark.parametrize("family", FAMILIES)
def test_papermill_shows_each_parameter_with_its_type_and_what_it_is(family: str) -> None:
    shown = PythonTranslator().inspect(cells(family, "code")[0])
    names = ["organisation", "period", "data", "released", "variant"]
    assert [each.name for each in shown] == names
    assert {(each.inferred_type_name, each.default) for each in shown} == {("str", "None")}
    assert all(each.help for each in shown)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_for_exploring_is_not_run_for_a_report(family: str) -> None:
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{family}.ipynb", 4)
    assert "ind.what_if(" in str(notebook.cells)
    kept = for_report(notebook).cells
    assert "what_if" not in str(kept) and "## What if" not in str(kept)
    assert "## Data quality" in str(kept)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_first_code_cell_has_the_parameters(family: str) -> None:
    tags = [cell.metadata.get("tags", []) for cell in cells(family, "code")]
    assert tags[0] == ["parameters"]
    assert all(each in ([], [FOLDED], [EXPLORE]) for each in tags[1:])


@pytest.mark.parametrize("family", FAMILIES)
def test_what_teaches_is_folded_on_the_page_and_results_are_not(family: str) -> None:
    for cell in cells(family, "code"):
        shows = re.findall(r"ind\.(\w+)\((?:\"(\w+)\")?", cell.source)
        results = {"in_short", "interpret", "chart"} & {verb for verb, _ in shows}
        results |= {kind for verb, kind in shows if verb == "table" and kind in RESULTS}
        teaches = {"define", "examples"} & set(re.findall(r"ind\.(\w+)", cell.source))
        is_folded = FOLDED in cell.metadata.get("tags", [])
        assert not (is_folded and results), cell.source
        assert is_folded or results or not teaches, cell.source


@pytest.mark.parametrize("family", FAMILIES)
def test_headings_step_down_one_level_at_a_time(family: str) -> None:
    text = "\n".join(cell.source for cell in cells(family, "markdown"))
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    steps = pairwise(levels)
    assert all(below - above <= 1 for above, below in steps)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_line_is_told_in_a_part_of_its_own(family: str) -> None:
    source = "\n".join(cell.source for cell in cells(family, "code"))
    assert source.count("ind.in_short(") == 1
    told = ""
    names = dict(re.findall(r"^(\w+) = (\([^)]*\))$", source, re.MULTILINE))
    for given in re.findall(r"ind\.interpret\(\w+, lines=(\w+|\[[^\]]*\])\)", source):
        told += names.get(given, given)
    codes = re.findall(r'"([^"]+)"', told)
    assert sorted(codes) == sorted(load_family(family).indicators)
