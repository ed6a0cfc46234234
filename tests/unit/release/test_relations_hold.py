"""What release holds to add up does, of the exact figures of each family that hides counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nhsind.api.sampling import sample
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import relations_of
from nhsind.derivation.values import measure
from nhsind.periods import parse_periods
from nhsind.release.shown_cells import cells_of
from nhsind.release.unknowns import Unknowns
from nhsind.sources.inputs import open_input

EXACT = Disclosure("suppress", "a test", "a test", "2026-11-29", threshold=0)


def hides(code: str) -> bool:
    policy = load_family(code).disclosure
    return policy is not None and policy.rule == "suppress"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("records")
    sample(folder, ccgs=6, months=26, scale=0.2)
    yield folder


@pytest.mark.parametrize("code", [code for code in family_codes() if hides(code)])
def test_relations_hold_of_exact_figures(code: str, records: Path) -> None:
    """Months, quarters, years and windows; organisations and England; lines among themselves."""
    family = load_family(code)
    opened = open_input(family, records)
    periods = parse_periods(["2017-04..2018-03", "2016-17-Q4..2017-18-Q4", "2017-18"])
    lines = list(family.indicators.values())
    levels = [
        measure(opened, lines, periods=periods, level=level)
        for level in (opened.own_level, "england")
    ]
    table = pd.concat(levels, ignore_index=True)
    marked = table.assign(numerator_mark="", denominator_mark="")
    is_whole = table["numerator"].notna() & (table["mark"] == "")
    is_whole &= (table["kind"] == "count") | table["denominator"].notna()
    relations = relations_of(family)
    cells = cells_of(marked, is_whole.to_numpy(), EXACT, relations).assign(edition=0)
    system = Unknowns(cells, relations, {}).system(np.zeros(len(cells), dtype=bool))
    weights = system.rows.weights
    known = system.low == system.high
    tried = abs(weights) @ (~known).astype(float) == 0
    sums = weights @ np.where(known, system.low, 0.0)
    assert (sums[tried & system.rows.is_equal] == 0).all()
    assert (sums[tried] <= 0).all()
    assert tried.mean() > 0.5 and (tried & system.rows.is_equal).sum() > 10
