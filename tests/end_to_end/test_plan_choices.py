"""What a plan may leave out: organisations outside an STP or region, lines, England."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from report_world import DONE, USAGE, World, files_of, status

PLAN = """
family: {family}
periods: {period}
data: {data}
mode: explore
{more}
"""


@pytest.fixture
def geography(world: World) -> pd.DataFrame:
    return pd.read_csv(world.sample / "geography.csv", dtype=str)


def run(world: World, folder: Path, more: str, family: str = "rtt", period: str = "2018-03") -> int:
    plan = folder / "plan.yaml"
    text = PLAN.format(family=family, period=period, data=world.sample, more=more)
    plan.write_text(text, "utf-8")
    return status("run", plan, "--jobs 2 --out", folder / "out")


def reports(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "out" / "rtt" / "2018-03").glob("*.html")}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("level", ["stp", "region"])
def test_the_organisations_of_one_above_have_reports(
    world: World, geography: pd.DataFrame, tmp_path: Path, level: str
) -> None:
    code = geography[f"{level}_code"].dropna().iloc[0]
    own = set(geography.loc[geography[f"{level}_code"] == code, "ccg_code"].dropna())
    assert run(world, tmp_path, f"organisations: {{{level}: {code.lower()}}}") == DONE
    found = reports(tmp_path)
    assert found and found <= own
    everyone = pd.read_csv(next((tmp_path / "out").rglob("*rtt-2018-03.csv")))
    assert found == own & set(everyone["org_code"]) < set(everyone["org_code"])


@pytest.mark.usefixtures("home")
def test_an_stp_of_nobody_is_told(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(world, tmp_path, "organisations: {stp: NOBODY}") == USAGE
    assert "no organisation of these data is in the STP NOBODY" in capsys.readouterr().err
    assert not (tmp_path / "out" / "index.html").exists()


@pytest.mark.usefixtures("home")
def test_a_trust_in_a_plan_of_commissioners_is_told_how_to_ask_for_it(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(world, tmp_path, "organisations: [ZP001]", family="ae") == USAGE
    words = '"ZP001" is not a known organisation of these data at level ccg (`level` asks for'
    assert words in capsys.readouterr().err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("family", "line"), [("rtt", "E.B.3"), ("ae", "E.B.5")])
def test_only_the_lines_named_and_nothing_of_england(
    world: World, tmp_path: Path, family: str, line: str
) -> None:
    """A family of which no line is named is published whole."""
    more = f"lines: [{line.lower()}]\nengland: false\norganisations: [ZX001]"
    assert run(world, tmp_path, more, family="[rtt, ae]") == DONE
    for path in (tmp_path / "out").rglob("*2018-03.csv"):
        table = pd.read_csv(path)
        assert "ENGLAND" not in set(table["org_code"])
        named = set(table["indicator"]) == {line}
        assert named if path.parts[-3] == family else len(set(table["indicator"])) > 1
    pages = {name: text for name, text in files_of(tmp_path / "out").items() if "ZX001" in name}
    assert len(pages) == 3
    assert all(b"ENGLAND" not in text for text in pages.values())
