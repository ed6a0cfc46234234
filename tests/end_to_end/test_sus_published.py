"""HES as published: national activity as a check of scale, and artificial records as a trial.

The artificial records' columns were drawn one by one: nothing in them need agree, so they try
whether reading, checks and rules hold. What they give is found again by plain loops here.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from published_copies import (
    Change,
    Reconcile,
    Rows,
    Spoil,
    csv_rows,
    refusal,
    spoilt_csv,
    write_csv,
)

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError
from nhsind.reference.treatment_functions import SPECIFIC_ACUTE

SPELLS, OUTPATIENTS, ATTENDANCES = "2001/02", "2003/04", "2007/08"


def values(data: Any, period: str, level: str = "england") -> dict[str, Any]:
    table = ind.derive("sus", data, period=period, level=level, notes=Notes())
    return dict(zip(table["indicator"], table["value"], strict=True))


# National activity -----------------------------------------------------------------------------

ACUTE = "Specific acute specialties: "


@pytest.fixture(scope="module")
def national(published: Path) -> Path:
    (path,) = (published / "activity").glob("HES_MAR*.csv")
    return path


class TestNational:
    def test_every_cell_is_equal(self, national: Path, reconciled_once: Reconcile) -> None:
        """Elective and first attendances are compared with the sums of their printed parts."""
        result = reconciled_once("sus", [national])
        assert result.agrees and len(result.cells) == 4 * 12
        assert set(result.cells["org_level"]) == {"england"}
        (note,) = result.notes
        assert "check the scale of E.M.8, E.M.9, E.M.10, E.M.11 and are not those lines" in note

    def test_the_figures_are_those_of_the_columns(self, national: Path) -> None:
        assert values(national, "2020-04") == {
            "E.M.8": 780_979,
            "E.M.9": 2_051_348,
            "E.M.10": 189_867,
            "E.M.11": 368_761,
        }
        rows = csv_rows(national)
        columns = {
            "E.M.8": "First attendances seen total",
            "E.M.9": "Subsequent attendances seen",
            "E.M.10": "Elective total",
            "E.M.11": "Non-Elective",
        }
        for line, name in columns.items():
            at = rows[0].index(ACUTE + name)
            year = values(national, "2020-21")[line]
            assert year == sum(int(row[at]) for row in rows[1:])

    def test_lines_that_it_does_not_hold(self, national: Path) -> None:
        for line in ("E.M.12", "E.J.3"):
            with pytest.raises(InputError, match=line):
                ind.derive(line, national, period="2020-04", notes=Notes())

    def test_below_england_counts_are_rounded_and_some_hidden(
        self, national: Path, tmp_path: Path
    ) -> None:
        """Rows made by hand: parts rounded to 5 need not add up to a total rounded to 5."""
        rows = csv_rows(national)
        at = {name.removeprefix(ACUTE): place for place, name in enumerate(rows[0])}

        def row(kind: str, code: str, **counts: str) -> list[str]:
            made = [*rows[1][:3], kind, code, f"NAME {code}", "-", "-", *["0"] * 20]
            for name, count in counts.items():
                made[at[name.replace("_", " ")]] = count
            return made

        parts = {"Ordinary Elective": "15", "Daycase Elective": "25"}
        made = [
            row("CCG", "5e1", **parts, **{"Elective total": "45", "Non-Elective": "*"}),
            row("CCG", "00C", **parts, **{"Elective total": "60"}),
            row("Provider", "RF4", **{"Non-Elective": "10"}),
            row("Region of CCG", "Y54"),
        ]
        path = write_csv(tmp_path / "hes.csv", [rows[0], *made])
        notes = Notes()
        table = ind.derive("sus", path, period="2020-04", notes=notes).set_index(
            ["indicator", "org_code"]
        )
        assert table.loc[("E.M.10", "5E1"), "value"] == 45
        assert table.loc[("E.M.11", "5E1"), "status"] == "suppressed"
        assert set(table["org_level"]) == {"ccg"}
        region = ind.derive("E.M.10", path, period="2020-04", level="region", notes=Notes())
        assert region["org_code"].to_list() == ["Y54"]
        differences = ind.reconcile("sus", path).differences
        assert differences["org_code"].tolist() == ["00C"]

    @pytest.mark.parametrize(
        "name", ["Activity Month", "Org Code", ACUTE + "Elective total", ACUTE + "Non-Elective"]
    )
    def test_a_renamed_column_is_refused_and_named(
        self, national: Path, tmp_path: Path, name: str
    ) -> None:
        rows = csv_rows(national)
        rows[0][rows[0].index(name)] = "Another"
        path = write_csv(tmp_path / "spoilt.csv", rows)
        assert name.lower() in refusal("sus", path, "2020-04").lower()

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            (2, "Total", "is not a month"),
            (3, "Sub-ICB", "is not a known level"),
            (4, "-", "is missing"),
            (10, "some", "is not a number"),
            (10, "", "is not a number"),
        ],
    )
    def test_one_wrong_cell(
        self, national: Path, tmp_path: Path, column: int, text: str, said: str
    ) -> None:
        rows = csv_rows(national)
        rows[3][column] = text
        found = refusal("sus", write_csv(tmp_path / "spoilt.csv", rows), "2020-04")
        assert "line 4" in found and said in found

    def test_a_month_given_twice_and_a_part_that_does_not_fit(
        self, national: Path, tmp_path: Path
    ) -> None:
        rows = csv_rows(national)
        twice = write_csv(tmp_path / "twice.csv", [*rows, rows[1]])
        assert "stands in an earlier row too" in refusal("sus", twice, "2020-04")
        rows[1][8] = "31,953"
        result = ind.reconcile("sus", write_csv(tmp_path / "part.csv", rows))
        (difference,) = result.differences.to_dict("records")
        assert (difference["indicator"], difference["difference"]) == ("E.M.10", -1)


class TestBelowEngland:
    """Two months of regions, CCGs and providers as issued: rounded, and under 5 hidden."""

    @pytest.fixture
    def path(self, published: Path) -> Path:
        return published / "as_issued/activity/HES_MAR_2020-04_2020-05_below_england.csv"

    def test_every_figure_is_equal_within_its_rounding(self, path: Path) -> None:
        result = ind.reconcile("sus", path)
        assert result.agrees and len(result.cells) == 9_478
        # Eight regions of CCGs and seven of providers, four lines, two months, less what is hidden.
        of_regions = result.cells[result.cells["org_level"] == "england"]
        assert 60 < len(of_regions) <= (8 + 7) * 4 * 2
        assert any("98 totals beside a hidden part" in note for note in result.notes)

    def test_regions_are_those_of_the_rows(self, path: Path) -> None:
        rows = csv_rows(path)
        printed = {
            row[6] if row[6] != "-" else "UNKNOWN": int(row[10])
            for row in rows[1:]
            if row[2:4] == ["Apr 2020", "Region of CCG"]
        }
        table = ind.derive("E.M.10", path, period="2020-04", level="region", notes=Notes())
        assert dict(zip(table["org_code"], table["value"], strict=True)) == printed
        assert len(printed) == 8 and "SOUTH EAST COMMISSIONING REGION" in set(table["org_name"])

    def test_a_region_that_is_not_the_sum_is_a_difference(self, path: Path, tmp_path: Path) -> None:
        rows = csv_rows(path)
        row = next(row for row in rows if row[3] == "Region of CCG" and row[6] == "Y58")
        row[10] = str(int(row[10]) + 5_000)
        spoilt = write_csv(tmp_path / "region.csv", rows)
        differences = ind.reconcile("sus", spoilt).differences
        assert set(differences["indicator"]) == {"E.M.10"}
        # It is neither the sum of its own two parts nor that of its commissioners.
        found = zip(differences["org_code"], differences["breakdown"], strict=True)
        assert sorted(found) == [("ENGLAND", "Y58"), ("Y58", "")]


# Artificial records ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(published: Path) -> list[Path]:
    found = sorted((published / "sus_like").glob("artificial_hes_*.csv"))
    assert [path.name[15:17] for path in found] == ["ae", "ap", "op"]
    return found


def records_of(path: Path) -> list[dict[str, str]]:
    rows = csv_rows(path)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(scope="module")
def spells(files: list[Path]) -> list[dict[str, str]]:
    """The last episodes that have ended, with the kind of spell by hand-written rules."""
    found = []
    for record in records_of(files[1]):
        ended = record["DISDATE"] not in ("", "1801-01-01")
        if record["SPELEND"] == "Y" and ended and record["ADMIDATE"] != "1801-01-01":
            found.append(record | {"kind": kind_of(record)})
    return found


def days(record: dict[str, str]) -> int:
    return (date.fromisoformat(record["DISDATE"]) - date.fromisoformat(record["ADMIDATE"])).days


def kind_of(record: dict[str, str]) -> str:
    """The management type where nobody says what was intended."""
    method, group = record["ADMIMETH"], record["CLASSPAT"]
    if method[0] in "2":
        return "EM"
    if method[0] in "38":
        return "NE"
    if method[0] != "1":
        return "UNK"
    same_day = days(record) == 0
    if group == "3":
        return "RDA" if same_day else "EL"
    if group == "4":
        return "RDA" if same_day else "RNA" if days(record) == 1 else "EL"
    if group == "2":
        return "DC" if same_day else "UNK"
    return "EL" if group == "1" else "UNK"


class TestArtificial:
    def test_spells_are_those_found_by_hand(
        self, files: list[Path], spells: list[dict[str, str]]
    ) -> None:
        acute = [record for record in spells if record["TRETSPEF"] in SPECIFIC_ACUTE]
        kinds = Counter(record["kind"] for record in acute)
        assert all(days(record) >= 0 for record in spells)
        found = values(files, SPELLS)
        assert found["E.M.10"] == kinds["DC"] + kinds["EL"] == 565
        assert found["E.M.11"] == kinds["EM"] + kinds["NE"] == 827
        counted = [record for record in acute if record["kind"] in ("DC", "EL", "EM", "NE")]
        assert found["E.J.3"] == sum(days(record) for record in counted) == 163_514

    def test_attendances_are_those_found_by_hand(self, files: list[Path]) -> None:
        seen = Counter(
            record["FIRSTATT"]
            for record in records_of(files[2])
            if record["ATTENDED"] in ("5", "6")
            and record["TRETSPEF"] in SPECIFIC_ACUTE
            and record["MAINSPEF"] not in ("560", "950", "960")
        )
        found = values(files, OUTPATIENTS)
        assert found["E.M.8"] == seen["1"] + seen["3"] == 193
        assert found["E.M.9"] == seen["2"] + seen["4"] == 486
        planned = sum(record["AEATTENDCAT"] == "2" for record in records_of(files[0]))
        assert values(files, ATTENDANCES)["E.M.12"] == 1_000 - planned == 957

    def test_months_add_up_to_the_year(self, files: list[Path]) -> None:
        months = ind.derive(
            "E.M.10", files, period="2001-04..2002-03", level="england", notes=Notes()
        )
        assert len(months) == 12 and months["value"].sum() == 565

    @pytest.mark.parametrize("engine", ["pandas", "polars"])
    def test_every_engine_gives_the_same(self, files: list[Path], engine: str) -> None:
        periods = [SPELLS, OUTPATIENTS, ATTENDANCES]
        tables = [
            ind.derive("sus", files, period=periods, level="england", engine=name, notes=Notes())
            for name in ("duckdb", engine)
        ]
        pd.testing.assert_frame_equal(*tables)

    def test_without_a_commissioner_it_is_unknown_and_counts_in_england(
        self, files: list[Path]
    ) -> None:
        table = ind.derive("E.M.11", files, period=SPELLS, notes=Notes())
        assert table[["org_code", "org_name", "value"]].values.tolist() == [
            ["UNKNOWN", "Commissioner not known", 827]
        ]

    def test_providers_are_those_of_the_records(
        self, files: list[Path], spells: list[dict[str, str]]
    ) -> None:
        table = ind.derive("E.M.11", files, period=SPELLS, level="provider", notes=Notes())
        expected = Counter(
            record["PROCODE3"]
            for record in spells
            if record["TRETSPEF"] in SPECIFIC_ACUTE and record["kind"] in ("EM", "NE")
        )
        found = dict(zip(table["org_code"], table["value"], strict=True))
        assert {code: count for code, count in found.items() if count} == expected
        assert {"5A1", "5C2"} <= set(found)  # codes, and no numbers

    def test_a_commissioner_that_is_given_is_kept(self, files: list[Path], tmp_path: Path) -> None:
        rows = csv_rows(files[0])
        for row, code in zip(rows[1:], ("5e1", "00C "), strict=False):
            row[rows[0].index("CCG_RESPONSIBILITY")] = code
        path = write_csv(tmp_path / "ae.csv", rows)
        table = ind.derive("E.M.12", path, period=ATTENDANCES, notes=Notes())
        assert set(table["org_code"]) == {"5E1", "00C", "UNKNOWN"}

    def test_what_is_left_out_is_counted_and_said(self, files: list[Path]) -> None:
        notes = Notes()
        ind.derive("sus", files, period=SPELLS, level="england", notes=notes)
        records = records_of(files[1])
        last = [record for record in records if record["SPELEND"] == "Y"]
        undated = [record for record in last if record["DISDATE"] in ("", "1801-01-01")]
        said = "\n".join(notes.lines())
        assert f": {len(records) - len(last)} episodes are not the last of a spell" in said
        assert f": {len(undated)} spells have no known day of discharge" in said
        assert ": 1 records have 1801-01-01 as ADMIDATE: a day not known" in said
        assert ": 1,893 records name no CCG: their commissioner is UNKNOWN" in said
        assert said.count("records name no CCG") == 3

    def test_the_checks_count_what_the_lines_leave_out(self, files: list[Path]) -> None:
        checked = ind.check(files, "sus")
        found = checked.set_index("fault")["rows"]
        last = [record for record in records_of(files[1]) if record["SPELEND"] == "Y"]
        ended = [record for record in last if record["DISDATE"] not in ("", "1801-01-01")]
        none = sum(record["TRETSPEF"] == "&" for record in ended)
        assert found["discharge_function_missing"] == none
        assert found["admission_date_missing"] == 1
        assert found["treatment_function_missing"] == sum(
            record["TRETSPEF"] == "&" for record in records_of(files[2])
        )
        unlisted = sum(record["FIRSTATT"] == "9" for record in records_of(files[2]))
        assert found["code_not_listed"] == unlisted == 29

    def test_the_trace_adds_up(self, files: list[Path]) -> None:
        trace = ind.trace("E.M.10", files, period=SPELLS, level="england")
        assert len(trace) == 1_893 and trace["in_numerator"].sum() == 565
        assert set(trace["excluded_because"].dropna()) == {
            "admission_date_missing",
            "discharge_function_missing",
            "discharged_in_the_period",
            "elective",
            "management_type_unknown",
            "specific_acute",
        }

    def test_one_file_is_enough_for_its_lines(self, files: list[Path]) -> None:
        assert values(files[:1], ATTENDANCES) == {"E.M.12": 957}
        with pytest.raises(InputError, match=r"E\.M\.8 needs"):
            ind.derive("E.M.8", files[:1], period=ATTENDANCES, notes=Notes())

    def test_it_prints_no_answers_and_does_not_mix_with_counts(
        self, files: list[Path], national: Path
    ) -> None:
        with pytest.raises(InputError, match="prints no answers"):
            ind.reconcile("sus", files)
        assert "cannot be mixed" in refusal("sus", [*files, national], "2020-04")

    def test_the_national_figures_check_the_scale_of_records(
        self, files: list[Path], national: Path
    ) -> None:
        """None of these records is of 2020: what they do not cover is not compared with 0."""
        with pytest.raises(InputError, match="shares no line, level and period"):
            ind.reconcile("sus", files, published=national)


# One fault at a time ---------------------------------------------------------------------------


@pytest.fixture
def spoil(files: list[Path], tmp_path: Path) -> Spoil:
    """The first hundred episodes, changed."""

    def spoilt(change: Change, name: str = "spoilt.csv") -> Path:
        return spoilt_csv(tmp_path / name, csv_rows(files[1])[:101], change)

    return spoilt


def setting(column: str, text: str, place: int = 1) -> Change:
    def change(rows: Rows) -> None:
        rows[place][rows[0].index(column)] = text

    return change


class TestSpoiltRecords:
    @pytest.mark.parametrize(
        "column", ["EPIKEY", "ADMIDATE", "DISDATE", "TRETSPEF", "SPELEND", "CCG_RESPONSIBILITY"]
    )
    def test_a_renamed_column_is_refused_and_named(self, spoil: Spoil, column: str) -> None:
        def change(rows: Rows) -> None:
            rows[0][rows[0].index(column)] = "OTHER"

        assert f'column "{column}": the column is missing' in refusal("sus", spoil(change), SPELLS)

    def test_all_missing_columns_are_named(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for column in ("ADMIMETH", "CLASSPAT"):
                rows[0][rows[0].index(column)] = "OTHER"

        text = refusal("sus", spoil(change), SPELLS)
        assert "ADMIMETH" in text and "CLASSPAT" in text

    @pytest.mark.parametrize("text", ["31/12/2001", "2001-02-30", "20010430", "soon"])
    def test_a_day_that_cannot_be_read_is_refused(self, spoil: Spoil, text: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:3]:
                row[rows[0].index("DISDATE")] = text
                row[rows[0].index("SPELEND")] = "Y"

        found = refusal("sus", spoil(change), SPELLS)
        assert f'"{text}" is not a date' in found and 'column "discharge_date"' in found

    @pytest.mark.parametrize(
        "day", ["1582-10-15", "1600-01-01", "1800-01-01", "1801-01-01", "1900-01-01"]
    )
    def test_days_that_stand_for_none_are_empty_and_said(self, spoil: Spoil, day: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[rows[0].index("SPELEND")] = "Y"
            setting("ADMIDATE", day)(rows)

        path, notes = spoil(change), Notes()
        ind.derive("sus", path, period=SPELLS, notes=notes)
        said = "\n".join(notes.lines())
        assert f"1 records have {day} as ADMIDATE: a day not known" in said
        assert "1 row: The day of admission is missing" in said

    def test_rows_that_share_a_key(self, spoil: Spoil) -> None:
        """Equal ones count once, others not at all; both are said."""

        def change(rows: Rows) -> None:
            at = rows[0].index("SPELEND")
            for row in rows[1:]:
                row[at] = "Y"
            rows.append(list(rows[5]))
            setting("EPIKEY", rows[9][rows[0].index("EPIKEY")], 8)(rows)

        notes = Notes()
        ind.derive("sus", spoil(change), period=SPELLS, notes=notes)
        said = "\n".join(notes.lines())
        assert "repeat an identifier and agree" in said
        assert "share an identifier and disagree" in said

    def test_the_same_file_twice_counts_once(self, spoil: Spoil) -> None:
        paths = [spoil(lambda rows: None, name) for name in ("one.csv", "two.csv")]
        once, twice = values(paths[:1], SPELLS), values(paths, SPELLS)
        assert once == twice and once["E.M.10"] > 0

    def test_files_with_and_without_what_was_intended_go_together(self, spoil: Spoil) -> None:
        """An intended night makes an elective spell of a day ordinary; it counts all the same."""

        def change(rows: Rows) -> None:
            rows[0].append("INTMANIG")
            for row in rows[1:]:
                row.append("1")
                row[rows[0].index("EPIKEY")] += "9"

        plain, more = spoil(lambda rows: None, "one.csv"), spoil(change, "two.csv")
        both = values([plain, more], SPELLS)
        assert both["E.M.11"] == 2 * values([plain], SPELLS)["E.M.11"]
        assert both["E.M.10"] >= 2 * values([plain], SPELLS)["E.M.10"]

    def test_columns_are_found_by_heading_whatever_their_case(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][:] = [f" {name.lower()}" for name in rows[0]]
            for row in rows:
                row.reverse()

        plain = values([spoil(lambda rows: None, "plain.csv")], SPELLS)
        assert values([spoil(change)], SPELLS) == plain

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_encodings(self, spoil: Spoil, tmp_path: Path, encoding: str) -> None:
        plain = spoil(setting("PROCODE3", "\u00a05e1 "), "plain.csv")
        path = tmp_path / "encoded.csv"
        path.write_bytes(plain.read_text("utf-8").encode(encoding))
        table = ind.derive("E.M.11", path, period=SPELLS, level="provider", notes=Notes())
        assert "5E1" in set(table["org_code"])

    def test_a_line_that_lacks_values_is_refused_without_showing_it(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[4] = rows[4][:50]

        text = refusal("sus", spoil(change), SPELLS)
        assert "line 5" in text and "has 50 of the" in text
        assert "TEST" not in text  # the pseudonym of a patient

    def test_a_column_given_twice_is_refused(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][rows[0].index("ELECDATE")] = "ADMIDATE"

        assert "ADMIDATE" in refusal("sus", spoil(change), SPELLS)

    def test_a_file_cut_within_a_line(self, files: list[Path], tmp_path: Path) -> None:
        path = tmp_path / "cut.csv"
        path.write_bytes(files[1].read_bytes()[:100_000])
        assert "is the file cut off?" in refusal("sus", path, SPELLS)

    def test_another_file_is_refused_with_the_layouts_named(self, published: Path) -> None:
        text = refusal("sus", published / "ae" / "System-Mapping.csv", SPELLS)
        assert "is of no layout known here" in text
        assert "hes-mar" in text
