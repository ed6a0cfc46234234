"""What a file alone can answer is derived; what it cannot is said with what it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_layouts import LAYOUTS, artificial_hes, written

import nhsind as ind
from nhsind.errors import InputError, UsageError


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Path]:
    """The small file of each layout, by its name."""
    paths = {}
    for name, make in LAYOUTS.items():
        (tmp_path / name).mkdir()
        layout = make()
        paths[name] = written(layout, layout.rows, tmp_path / name)
    return paths


@pytest.mark.parametrize(
    ("layout", "family", "period", "words"),
    [
        (
            "dementia_practices",
            "dementia",
            "2018-08",
            "population, which E.A.S.1 needs; it gives register",
        ),
        (
            "practice_list",
            "dementia",
            "2017-09",
            "register, which E.A.S.1 needs; it gives population",
        ),
        ("practices", "gp_access", "2018-03", "survey, which E.D.14 needs; it gives practices"),
        (
            "cancer_series",
            "cancer",
            "2021-04",
            "prints no figures of E.B.6, .*; it prints CWT_31_DAYS, CWT_62_DAYS, for `reconcile`",
        ),
    ],
)
def test_a_file_that_no_line_comes_from_is_refused_with_what_it_gives(
    small: dict[str, Path], layout: str, family: str, period: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        ind.derive(family, small[layout], period=period)


def test_beside_another_family_it_is_left_out_with_a_note(small: dict[str, Path]) -> None:
    data = [small["iapt_annual"], small["practices"]]
    table = ind.derive(["iapt", "gp_access"], data, period="2017-18")
    assert {*table["family"]} == {"iapt"}
    notes = "\n".join(table.attrs["notes"])
    assert "holds no table survey, which E.D.14 needs: left out" in notes
    assert "prints no figures of E.H.1_B1, E.H.2_B2, E.H.3_C1" in notes


def test_an_empty_table_says_that_it_is(small: dict[str, Path]) -> None:
    table = ind.derive("phb", small["list_size"], period="2020-10")
    assert table.empty
    assert table.attrs["notes"][-1] == (
        "no line of phb has a figure for 2020-10: the table is empty"
    )


@pytest.mark.parametrize("period", ["2031-05", "2003-03"])
def test_too_few_records_to_tell_cover_the_years_that_their_file_names(
    tmp_path: Path, period: str
) -> None:
    layout = artificial_hes()
    path = written(layout, layout.rows, tmp_path)
    assert ind.derive("E.M.8", path, period="2003-06")["value"].tolist() == [1, 1]
    with pytest.raises(InputError, match="sus/outpatients covers 2003-04 to 2004-03"):
        ind.derive("E.M.8", path, period=period)


@pytest.mark.parametrize(("year", "first"), [("9798", "1997-04"), ("9900", "1999-04")])
def test_a_year_of_the_last_century(tmp_path: Path, year: str, first: str) -> None:
    layout = artificial_hes()
    for row in layout.rows[1:]:
        row[0] = year
        row[4] = f"{first}-05"
    path = written(layout, layout.rows, tmp_path)
    assert ind.derive("E.M.8", path, period=first)["value"].tolist() == [1, 1]


def test_an_organisation_of_another_level_is_told_how_levels_are_asked_for(
    small: dict[str, Path],
) -> None:
    path, month = small["rtt_extract"], "2018-04"
    variant = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    asks: list[Callable[[], Any]] = [
        lambda: ind.derive("E.B.3", path, period=month, org="RX1"),
        lambda: ind.trace("E.B.3", path, period=month, org="RX1"),
        lambda: ind.compare("E.B.3", variant, data=path, period=month, org="RX1"),
    ]
    words = r'"RX1" is not a known organisation of these data at level ccg \(`level` asks for '
    for ask in asks:
        with pytest.raises(UsageError, match=words + "another: provider, tcp, stp, region"):
            ask()
    table = ind.derive("E.B.3", path, period=month, org="RX1", level="provider")
    assert table["org_code"].tolist() == ["RX1"]
