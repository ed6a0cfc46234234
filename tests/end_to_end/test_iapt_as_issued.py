"""IAPT data in NHS Digital's own headings: annual with a column a figure, monthly by measure."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from published_copies import (
    Change,
    Rows,
    Spoil,
    csv_rows,
    refusal,
    replacing,
    spoilt_csv,
    write_csv,
)

import nhsind as ind
from nhsind import Notes
from nhsind.families.iapt.annual import read_annual, read_annual_as_issued
from nhsind.families.iapt.monthly_csv import read_monthly_csv

KINDS = ["OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB"]
COUNTS = {
    "referrals_received": "CountReferralsReceived",
    "first_treatment": "CountFirstTreatment",
    "finished_course_treatment": "CountFinishedCourseTreatment",
    "at_caseness": "CountAtCaseness",
    "not_at_caseness": "CountNotAtCaseness",
    "recovery": "CountRecovery",
}
FINISHED = KINDS.index("VariableB") + 1 + [*COUNTS].index("finished_course_treatment")


def header_in(rows: Rows) -> None:
    """Later years write the columns with a low line."""
    rows[0] = [name.replace("Count", "Count_") for name in rows[0]]


@pytest.fixture(scope="module")
def tidied(published: Path) -> Path:
    (path,) = (published / "iapt").glob("iapt_annual_*.csv.gz")
    return path


@pytest.fixture(scope="module")
def wide(tidied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """England, its regions and ten commissioners of the real year in the layout as issued."""
    plain = tmp_path_factory.mktemp("iapt") / "tidied.csv"
    plain.write_bytes(gzip.decompress(tidied.read_bytes()))
    found: dict[tuple[str, ...], dict[str, str]] = {}
    ccgs: dict[str, None] = {}
    for row in csv_rows(plain)[1:]:
        kind, measure, statistic, value = row[3], row[9], row[10], row[11]
        if kind == "CCG":
            ccgs[row[4]] = None
        if kind in ("STP", "Provider") or (kind == "CCG" and row[4] not in [*ccgs][:10]):
            continue
        key = tuple(text.replace("NULL", "") for text in row[3:9])
        heading = COUNTS.get(measure) if statistic == "count" else None
        if (measure, statistic) == ("recovery", "percentage"):
            heading = "PercentageRecovery"
        if heading:
            found.setdefault(key, {})[heading] = value
    headings = [*KINDS, *COUNTS.values(), "PercentageRecovery"]
    rows = [headings]
    for key, held in found.items():
        rows.append([*key, *(held.get(name, "NULL") for name in headings[6:])])
    return write_csv(plain.with_name("iapt-annual-2017-18-main.csv"), rows)


class TestAnnual:
    def test_it_gives_what_the_tidied_copy_gives(self, wide: Path, tidied: Path) -> None:
        keys = ["indicator", "org_level", "org_code", "period"]
        figures = ["numerator", "denominator", "mark", "numerator_slack", "denominator_slack"]
        own = read_annual_as_issued(wide).counts
        assert own is not None
        own = own[own["indicator"] != "E.A.3"].set_index(keys)[figures]
        copied = read_annual(tidied).counts
        assert copied is not None
        copied = copied.set_index(keys)[figures].loc[own.index]
        assert len(own) > 3 * 12 and own.astype(str).equals(copied.astype(str))

    def test_it_reconciles_and_england_recovers_as_printed(self, wide: Path) -> None:
        result = ind.reconcile("iapt", wide)
        shares = result.cells[result.cells["figure"] == "value"]
        assert shares["equal"].all() and shares["printed"].to_list() == [0.508]
        # Ten commissioners are not England: only its own bands can be compared.
        different = result.differences
        assert set(different["org_code"]) <= {"ENGLAND"} and set(different["figure"]) <= {
            "numerator",
            "denominator",
        }

    @pytest.mark.parametrize(
        ("name", "said"),
        [("main.csv", "tells no year"), ("iapt-2017-18-and-2018-19.csv", "tells no year")],
    )
    def test_the_year_stands_in_the_name_alone(
        self, wide: Path, tmp_path: Path, name: str, said: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(wide.read_bytes())
        assert said in refusal("iapt", path, "2017-18")

    @pytest.mark.parametrize(
        "name", ["psych-ther-ann-rep-csv-2017-18-main2.csv", "iapt_201718.csv"]
    )
    def test_names_of_the_publisher(self, wide: Path, tmp_path: Path, name: str) -> None:
        path = write_csv(tmp_path / name, csv_rows(wide))
        counts = read_annual_as_issued(path).counts
        assert counts is not None and set(counts["period"]) == {"2017-18"}

    def test_headings_of_later_years(self, wide: Path, tmp_path: Path) -> None:
        rows = csv_rows(wide)
        header_in(rows)
        path = write_csv(tmp_path / "main-2022-23.csv", rows)
        table = ind.derive("E.H.1_A1", path, period="2022-23", level="region", notes=Notes())
        assert (table["status"] == "ok").sum() == 5

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda rows: rows.append(list(rows[1])), "stands in an earlier row too"),
            (replacing(1, 0, "Trust"), "is no level known here"),
            (replacing(1, FINISHED, "some"), "is not a number"),
            (replacing(0, FINISHED, "CountOther"), "known here"),
            (replacing(1, 1, ""), ""),
        ],
    )
    def test_a_fault_is_named(self, wide: Path, tmp_path: Path, change: Change, said: str) -> None:
        path = spoilt_csv(tmp_path / "main-2017-18.csv", csv_rows(wide), change)
        if said:
            assert said in refusal("iapt", path, "2017-18")
        else:  # England needs no code
            assert read_annual_as_issued(path).names["england"]

    def test_a_file_of_breakdowns_alone_is_refused(self, published: Path) -> None:
        """The publisher's headings with invented rows of problems and complaints."""
        path = published / "as_issued/iapt/raw-annual-2017-18-header-fixture.csv"
        assert "has no rows of totals" in refusal("iapt", path, "2017-18")


MONTHLY = (
    "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,ORG_CODE2,"
    "ORG_NAME2,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE_SUPPRESSED"
).split(",")
MEASURES = {
    "Count_ReferralsReceived": (400, 100, 90),
    "Count_FirstTreatment": (300, 75, 70),
    "Count_FinishedCourseTreatment": (200, 50, 45),
    "Count_FirstTreatment6WeeksFinishedCourseTreatment": (180, 45, 40),
    "Count_FirstTreatment18WeeksFinishedCourseTreatment": (198, 50, 45),
    "Count_NotAtCaseness": (20, 5, 5),
    "Count_Recovery": (90, 20, 20),
    "Percentage_Recovery": (50.0, 44, 50),
    "Percentage_FirstTreatment6WeeksFinishedCourseTreatment": (90.0, 90, 89),
}
GROUPS = [
    ["England", "all", "all SubICBs", "all", "all Providers"],
    ["SubICB", "00L", "NHS ONE ICB - 00L", "all", "all Providers"],
    ["Provider", "all", "all SubICBs", "RX4", "A TRUST"],
    ["SubICB-Provider", "00L", "NHS ONE ICB - 00L", "RX4", "A TRUST"],
]


def month() -> Rows:
    """May 2023 of England, one commissioner and one provider, as the publisher lays it out."""
    rows = [MONTHLY]
    for place, group in enumerate(GROUPS):
        for number, (name, values) in enumerate(MEASURES.items()):
            value = str(values[min(place, 2)]) if place < 3 else "*"
            rows.append(["01/05/2023", "31/05/2023", *group, f"M{number:03d}", name, value])
    return rows


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    return lambda change: spoilt_csv(tmp_path / "month.csv", month(), change)


class TestMonthly:
    def test_lines_have_numerators_and_denominators(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: None)
        counts = read_monthly_csv(path).counts
        assert counts is not None
        found = counts.set_index(["indicator", "org_level"])[["numerator", "denominator"]]
        assert found.loc[("E.A.S.2", "ccg")].to_list() == [20, 45]
        assert found.loc[("E.H.1_A1", "provider")].to_list() == [40, 45]
        assert found.loc[("E.H.2_A2", "england")].to_list() == [198, 200]
        assert found.loc[("E.A.3", "england"), "numerator"] == 300
        assert set(counts["period"]) == {"2023-05"}

    def test_printed_percentages_agree_within_their_rounding(self, spoil: Spoil) -> None:
        (shares, _) = read_monthly_csv(spoil(lambda rows: None)).answers
        assert len(shares.cells) == 3 * 2
        assert shares.cells["rounding"].to_list() == [0.0005, 0.0005, *[0.005] * 4]

    @pytest.mark.parametrize(
        ("first", "last", "period"),
        [
            ("01/02/2024", "29/02/2024", "2024-02"),
            ("01/04/2023", "30/06/2023", "2023-24-Q1"),
            ("2017-04-01", "2018-03-31", "2017-18"),
        ],
    )
    def test_periods(self, spoil: Spoil, first: str, last: str, period: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[:2] = [first, last]

        counts = read_monthly_csv(spoil(change)).counts
        assert counts is not None and set(counts["period"]) == {period}

    @pytest.mark.parametrize("name", ["ICB", "STP", "Commissioning Region", "CCG"])
    def test_levels_over_the_years(self, spoil: Spoil, name: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[2] = row[2].replace("SubICB", name)

        counts = read_monthly_csv(spoil(change)).counts
        assert counts is not None and len(set(counts["org_level"])) == 3

    def test_entering_treatment_has_had_two_names(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                if row[8] == "Count_FirstTreatment":
                    row[8] = "Count_AccessingServices"

        counts = read_monthly_csv(spoil(change)).counts
        assert counts is not None and "E.A.3" in set(counts["indicator"])

    def test_a_hidden_count_is_suppressed_and_one_above_its_whole_is_left_out(
        self, spoil: Spoil
    ) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                if row[2] == "SubICB" and row[8] == "Count_Recovery":
                    row[9] = "*"
                if row[2] == "Provider" and row[8] == "Count_Recovery":
                    row[9] = "60"

        found = read_monthly_csv(spoil(change))
        assert found.counts is not None
        marks = found.counts.set_index(["indicator", "org_level"])["mark"]
        assert marks[("E.A.S.2", "ccg")] == "suppressed"
        (row,) = found.left_out
        assert (row.organisation, row.lines) == ("RX4", ("E.A.S.2",))
        assert row.why == "E.A.S.2 counts 60 of 40"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda rows: rows.append(list(rows[2])), "stands in an earlier row too"),
            (replacing(1, 2, "Trust"), "is no level known here"),
            (replacing(2, 9, "some"), "is not a number"),
            (replacing(2, 1, "30/05/2023"), "ends no month"),
            (replacing(2, 0, "May"), "is not a day"),
            (replacing(0, 3, "ORG"), "ORG_CODE1"),
        ],
    )
    def test_a_fault_is_named(self, spoil: Spoil, change: Change, said: str) -> None:
        assert said in refusal("iapt", spoil(change), "2023-05")

    def test_an_excerpt_without_the_lines_measures_is_refused(self, published: Path) -> None:
        path = published / "as_issued/iapt/raw-monthly-2023-05-excerpt.csv"
        assert "holds no measures of a line: Count_Recovery" in refusal("iapt", path, "2023-05")
