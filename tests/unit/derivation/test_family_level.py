"""A family above the commissioners: its level, whom a commissioner stands for, what is judged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import nhsind as ind
from nhsind.errors import UsageError
from nhsind.narrative import comparisons

PERIOD = "2018-19-Q4"
CODES = ("00J", "00K", "00L", "00M")
STAYS = "person_id,origin_ccg_code,bed_commissioner,admission_date,discharge_date\n"
PLANS = f"indicator,org_code,period,plan\nE.K.1a_rate,00J,{PERIOD},9\nE.K.1a_rate,00K,{PERIOD},10\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four commissioners in three TCPs: 10 inpatients and a million people each."""
    own = tmp_path / "ld_inpatients"
    own.mkdir()
    places = {"00J": "T1", "00K": "T1", "00L": "T2", "00M": "T3"}
    (tmp_path / "geography.csv").write_text(
        "ccg_code,tcp_code,tcp_name\n"
        + "".join(f"{ccg},{tcp},Partnership {tcp[1]}\n" for ccg, tcp in places.items())
    )
    stays = [f"p{number}{code},{code},ccg,2018-05-01,\n" for code in CODES for number in range(10)]
    (own / "inpatients.csv").write_text(STAYS + "".join(stays))
    (own / "population.csv").write_text(
        "ccg_code,period,population\n" + "".join(f"{code},{PERIOD},1000000\n" for code in CODES)
    )
    (tmp_path / "plans.csv").write_text(PLANS)
    return tmp_path


def rates(folder: Path, level: str | None = None) -> pd.DataFrame:
    table = ind.derive("E.K.1a_rate", folder, period=PERIOD, level=level)
    return table.set_index("org_code")


def test_a_geography_that_places_tcps_decides_the_level(folder: Path) -> None:
    table = rates(folder)
    assert set(table["org_level"]) == {"tcp"} and list(table.index) == ["T1", "T2", "T3"]
    assert table.loc["T1", ["numerator", "denominator"]].tolist() == [20, 2_000_000]
    (folder / "geography.csv").write_text("ccg_code,stp_code\n00J,S\n00K,S\n00L,S\n00M,S\n")
    assert set(rates(folder)["org_level"]) == {"ccg"}
    (folder / "geography.csv").unlink()
    assert set(rates(folder)["org_level"]) == {"ccg"}


def test_a_commissioner_has_no_verdict_and_its_own_plan_is_compared(folder: Path) -> None:
    own, above = rates(folder, "ccg"), rates(folder)
    assert own["meets_standard"].isna().all() and above["meets_standard"].eq(True).all()
    assert own.loc["00J", "meets_plan"] == False  # noqa: E712
    assert own.loc["00K", "meets_plan"] == True  # noqa: E712


def test_only_the_family_s_level_is_ranked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "FEWEST_RANKED", 2)

    def said(level: str | None, organisation: str) -> str:
        found = ind.results("ld_inpatients", organisation, period=PERIOD, data=folder, level=level)
        return str(ind.interpret(found))

    assert " organisations that can be told (" in said(None, "T2")
    assert " organisations " not in said("ccg", "00L")


def test_a_commissioner_stands_for_what_contains_it(folder: Path) -> None:
    found = ind.results("ld_inpatients", "00k", period=PERIOD, data=folder)
    assert (found.organisation, found.name) == ("T1", "Partnership 1")
    with pytest.raises(UsageError, match="99Z"):
        found.for_organisation("99Z")
    # Asked for at their own level, commissioners are themselves.
    own = ind.results("ld_inpatients", "00k", period=PERIOD, data=folder, level="ccg")
    assert own.organisation == "00K" and own.contained == {}
