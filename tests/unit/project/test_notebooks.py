"""The notebooks are thin, and their headings make an outline that can be walked."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import nbformat
import pytest

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.report.sections import FOLDED
from tests.conftest import REPOSITORY

RESULTS = ("result", "activity")
MOST_CODE_CELLS = 12
FAMILIES = family_codes()


def cells(family: str, kind: str) -> list[Any]:
    """The cells of a family's notebook of one kind, code or markdown, in order."""
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{family}.ipynb", 4)
    return [cell for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_notebook_has_at_most_twelve_code_cells(family: str) -> None:
    assert len(cells(family, "code")) <= MOST_CODE_CELLS


@pytest.mark.parametrize("family", FAMILIES)
def test_the_first_code_cell_has_the_parameters(family: str) -> None:
    tags = [cell.metadata.get("tags", []) for cell in cells(family, "code")]
    assert tags[0] == ["parameters"]
    assert all(each in ([], [FOLDED]) for each in tags[1:])


@pytest.mark.parametrize("family", FAMILIES)
def test_what_teaches_is_folded_on_the_page_and_results_are_not(family: str) -> None:
    for cell in cells(family, "code"):
        shows = re.findall(r"ind\.(\w+)\((?:\"(\w+)\")?", cell.source)
        results = {"in_short", "interpret", "chart"} & {verb for verb, _ in shows}
        results |= {kind for verb, kind in shows if verb == "table" and kind in RESULTS}
        teaches = {"define", "fate_table"} & {verb for verb, _ in shows}
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
