"""Recorded dementia as issued: England and its areas month by month, CCGs, and practices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import Change, Rows, Spoil, refusal, replacing, spoilt_csv, write_csv

import nhsind as ind
from nhsind import Notes
from nhsind.families.dementia.practices import read_practices
from nhsind.families.dementia.recorded import read_recorded

REGISTER, ESTIMATE = "DEMENTIA_REGISTER_65_PLUS", "DEMENTIA_ESTIMATE_65_PLUS"


def derived(path: Any, period: str, level: str | None = None) -> Any:
    table = ind.derive("E.A.S.1", path, period=period, level=level, notes=Notes())
    return table.set_index("org_code")


class TestAsIssued:
    """May 2016 to July 2018."""

    @pytest.fixture
    def path(self, published: Path) -> Path:
        (path,) = (published / "as_issued/dementia").glob("*.csv")
        return path

    def test_every_way_to_divide_england_adds_up_but_one(self, path: Path) -> None:
        """The deciles of deprivation of June and July 2017 do not, as in the file of 2017."""
        result = ind.reconcile("dementia", path)
        assert len(result.cells) == 7 * 27 and set(result.cells["figure"]) == {"numerator"}
        different = result.differences
        assert sorted(different["period"]) == ["2017-06", "2017-07"]
        assert different["place"].str.startswith("sum of deciles of deprivation").all()
        assert any("registers and no estimates" in note for note in result.notes)

    def test_england_has_a_numerator_and_no_rate(self, path: Path) -> None:
        row = derived(path, "2017-12", "england").loc["ENGLAND"]
        assert row["numerator"] == 441_750 and row["status"] == "no_denominator"
        assert pd.isna(row["value"])


LONG = ["INDICATOR", "ORG_TYPE", "ORG_CODE", "NAME", "ACH_DATE", "MEASURE", "VALUE"]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """A month of two CCGs, their STP and England, with estimates."""
    rows: Rows = [LONG]
    for kind, code, register, estimate in (
        ("COUNTRY_GEOGRAPHICAL", "E92000001", 300, 450.5),
        ("STP", "QE1", 300, 450.5),
        ("CCG", "00C", 100, 150.3),
        ("CCG", "00D", 200, 300.2),
    ):
        for measure, value in ((REGISTER, register), (ESTIMATE, estimate)):
            rows.append(["DEMENTIA", kind, code, f"NAME {code}", "2017-12-31", measure, str(value)])
    return lambda change: spoilt_csv(tmp_path / "recorded.csv", rows, change)


class TestLevels:
    def test_commissioners_have_rates_and_add_up_to_england(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: None)
        result = ind.reconcile("dementia", path)
        assert result.agrees and len(result.cells) == 2
        row = derived(path, "2017-12").loc["00D"]
        assert (row["numerator"], float(row["denominator"])) == (200, 300.2)
        assert row["org_level"] == "ccg" and row["org_name"] == "NAME 00D"
        assert derived(path, "2017-12", "stp").index.to_list() == ["QE1"]

    def test_a_commissioner_that_changes_is_a_difference(self, spoil: Spoil) -> None:
        result = ind.reconcile("dementia", spoil(replacing(5, 6, "101")))
        assert len(result.differences) == 1 and result.differences["difference"].iloc[0] == 1

    def test_a_hidden_register_is_suppressed(self, spoil: Spoil) -> None:
        path = spoil(replacing(5, 6, "*"))
        assert derived(path, "2017-12").loc["00C", "status"] == "suppressed"

    def test_rows_of_other_kinds_are_left_out_and_said(self, spoil: Spoil) -> None:
        """Local offices and the like, which other years print; the others are read."""
        path = spoil(replacing(5, 1, "SUB_REGION"))
        told = ind.derive("dementia", path, period="2017-12").attrs["notes"]
        assert "recorded.csv: rows left out, no level of nhsind: 1 of SUB_REGION" in told

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda rows: rows.append(list(rows[5])), "stands in an earlier row too"),
            (replacing(5, 4, "Decembre"), "is not a month"),
            (replacing(5, 6, "100.5"), "is no whole number of people"),
            (replacing(5, 6, "some"), "is not a number"),
            (replacing(0, 2, "OTHER"), "ORG_CODE"),
        ],
    )
    def test_a_fault_is_named(self, spoil: Spoil, change: Change, said: str) -> None:
        assert said in refusal("dementia", spoil(change), "2017-12")

    def test_estimates_alone_are_no_register(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[1:] = [row for row in rows[1:] if row[5] == ESTIMATE]
            rows[0][0] = REGISTER

        assert f"holds no {REGISTER}" in refusal("dementia", spoil(change), "2017-12")


BY_PRACTICE = (
    "ACH_DATE,PRACTICE_CODE,NAME,COMMISSIONER_ORGANISATION_CODE,GEOGRAPHY_CODE,Measure,Value"
).split(",")


@pytest.fixture
def practices(tmp_path: Path) -> Spoil:
    """Three practices of two CCGs at the end of August 2018."""
    rows: Rows = [BY_PRACTICE]
    for practice, ccg, young, old in (
        ("A81001", "00K", 2, 30),
        ("A81002", "00K", 1, 40),
        ("A83001", "00C", 0, 25),
    ):
        base = ["31AUG2018", practice, f"PRACTICE {practice}", ccg, "E38000001"]
        rows += [
            [*base, "DEMENTIA_REGISTER_0_64", str(young)],
            [*base, REGISTER, str(old)],
            [*base, "PAT_LIST_65_PLUS", "900"],
        ]
    return lambda change: spoilt_csv(tmp_path / "rec-dem-diag-Aug-2018.csv", rows, change)


class TestPractices:
    def test_registers_add_up_by_commissioner(self, practices: Spoil) -> None:
        register = read_practices(practices(lambda rows: None)).tables["register"].to_pylist()
        found = {(row["ccg_code"], row["age_band"]): row["count"] for row in register}
        assert found == {
            ("00C", "0-64"): 0,
            ("00C", "65+"): 25,
            ("00K", "0-64"): 3,
            ("00K", "65+"): 70,
        }
        assert {row["month"] for row in register} == {"2018-08"}

    def test_with_estimates_it_gives_the_rate(self, practices: Spoil, tmp_path: Path) -> None:
        estimates = [["ccg_code", "month", "estimated_prevalence"]]
        estimates += [["00K", "2018-08", "100"], ["00C", "2018-08", "50"]]
        (tmp_path / "dementia").mkdir()
        write_csv(tmp_path / "dementia/estimates.csv", estimates)
        data = [practices(lambda rows: None), tmp_path / "dementia/estimates.csv"]
        assert derived(data, "2018-08")["value"].to_dict() == {"00C": 0.5, "00K": 0.7}

    def test_a_hidden_practice_leaves_its_commissioner_out(self, practices: Spoil) -> None:
        found = read_practices(practices(replacing(2, 6, "*")))
        kept = {(row["ccg_code"], row["age_band"]) for row in found.tables["register"].to_pylist()}
        assert ("00K", "65+") not in kept and ("00C", "65+") in kept
        (row,) = found.left_out
        assert (row.organisation, row.lines, row.periods) == ("00K", ("E.A.S.1",), ("2018-08",))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda rows: rows.append(list(rows[2])), "stands in an earlier row too"),
            (replacing(2, 3, ""), "is missing"),
            (replacing(2, 6, "x"), "is not a number"),
            (replacing(2, 0, "31AGU2018"), "is not a day"),
            (replacing(0, 3, "CCG"), "COMMISSIONER_ORGANISATION_CODE"),
        ],
    )
    def test_a_fault_is_named(self, practices: Spoil, change: Change, said: str) -> None:
        assert said in refusal("dementia", practices(change), "2018-08")


def test_layouts_are_told_apart(spoil: Spoil, practices: Spoil) -> None:
    assert read_recorded(spoil(lambda rows: None)).counts is not None
    assert read_practices(practices(lambda rows: None)).counts is None
