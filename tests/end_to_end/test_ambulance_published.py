"""Ambulance Systems Indicators: an excerpt reconciles, and spoilt copies are caught.

The official file has some 170 columns; where it matters, a copy here has all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from published_copies import (
    Reconcile,
    Rows,
    Spoil,
    csv_rows,
    refusal,
    replacing,
    spoilt_csv,
    write_csv,
)
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError
from nhsind.families.ambulance.published import read_ambsys

REGION, CODE, NAME, A7, A17, A53, A54, A55, A56 = 2, 3, 4, *range(7, 13)


@pytest.fixture(scope="module")
def excerpt(published: Path) -> Path:
    (path,) = (published / "ambulance").glob("AmbSYS_excerpt*.csv")
    return path


def derived(data: Any, line: str, period: str, level: str | None = None) -> dict[str, Any]:
    """Numerator and denominator by organisation, or the status of one that has none."""
    table = ind.derive(line, data, period=period, level=level, notes=Notes())
    return {
        row["org_code"]: (row["numerator"], row["denominator"])
        if row["status"] == "ok"
        else row["status"]
        for row in table.to_dict("records")
    }


def refused(path: Path | list[Path]) -> str:
    return refusal("ambulance", path, "2017-09")


class TestExcerpt:
    def test_the_sums_of_trusts_are_what_is_printed(
        self, excerpt: Path, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("ambulance", [excerpt])
        assert result.agrees
        cells = result.cells.set_index(["indicator", "period", "breakdown", "figure"])["derived"]
        assert cells.to_dict() == {
            ("E.B.17", "2017-09", "Y60", "numerator"): 8_424,
            ("E.B.17", "2017-09", "Y60", "denominator"): 124_303,
            ("E.B.18", "2017-08", "", "numerator"): 6_359 + 32_972,
            ("E.B.18", "2017-08", "", "denominator"): 123_260,
            ("E.B.18", "2017-09", "Y60", "numerator"): 3_169 + 38_338,
            ("E.B.18", "2017-09", "Y60", "denominator"): 115_879,
        }

    def test_what_is_not_compared_is_said(self, excerpt: Path) -> None:
        """England's A7 is that of the trusts that report it, though A56 is of all.

        The Isle of Wight reports nothing, so no sum of trusts is England's of September.
        """
        notes = ind.reconcile("ambulance", excerpt).notes
        assert len(notes) == 3
        assert "line 2, ENGLAND 2017-08: A17 and A56 add up to 129,343 and A7 says" in notes[0]
        assert "line 5, ENGLAND 2017-09: A17 and A56 add up to 274,817 and A7 says" in notes[1]
        assert notes[2].startswith("6 printed figures are not compared")

    @pytest.mark.parametrize("month", ["8", "9"])
    def test_what_trusts_report_adds_up_to_england(self, excerpt: Path, month: str) -> None:
        """By another way: where a trust prints a number it is in England's."""
        rows = [row for row in csv_rows(excerpt)[1:] if row[1] == month]
        (england,) = [row for row in rows if row[CODE] == "Eng"]
        trusts = [row for row in rows if row[CODE][0] == "R"]
        for item in (A7, A17, A53, A54, A55, A56):
            reported = [int(row[item]) for row in trusts if row[item] != "."]
            assert sum(reported) == int(england[item])

    def test_trusts_as_printed(self, excerpt: Path) -> None:
        assert derived(excerpt, "E.B.17", "2017-09") == {
            "R1F": "not_available",
            "RX7": "not_available",
            "RX8": (4_281, 63_236),
            "RX9": (6_149, 58_641),
            "RYA": (2_275, 65_662),
        }
        assert derived(excerpt, "E.B.18", "2017-09") == {
            "R1F": "not_available",
            "RX7": (6_720 + 21_544, 87_278),
            "RX8": (6_097 + 14_063, 58_955),
            "RX9": (736 + 15_169, 52_492),
            "RYA": (2_433 + 23_169, 63_387),
        }
        table = ind.derive("E.B.18", excerpt, period="2017-09", notes=Notes()).set_index("org_code")
        assert table.loc["RX8", "value"] == pytest.approx(20_160 / 58_955, abs=1e-15)
        assert table.loc["RX8", "org_name"] == "YORKSHIRE AMBULANCE SERVICE NHS TRUST"
        assert table.loc["R1F", ["numerator", "denominator", "value"]].isna().all()

    def test_england_and_its_regions_as_printed(self, excerpt: Path) -> None:
        assert derived(excerpt, "E.B.18", "2017-08", "england") == {"ENGLAND": (39_331, 123_260)}
        assert derived(excerpt, "E.B.18", "2017-09", "england") == {"ENGLAND": (89_931, 262_112)}
        assert derived(excerpt, "E.B.17", "2017-09", "region") == {"Y60": (8_424, 124_303)}
        found = ind.derive("E.B.17", excerpt, period="2017-09", level="region", notes=Notes())
        assert found["org_name"].tolist() == ["Midlands"]

    def test_englands_closed_calls_are_as_printed_with_a_note_of_whose_they_are(
        self, excerpt: Path
    ) -> None:
        """A17 and A7 of England are both of the trusts that report them; not all do."""
        assert derived(excerpt, "E.B.17", "2017-08", "england") == {"ENGLAND": (6_083, 58_813)}
        assert derived(excerpt, "E.B.17", "2017-09", "england") == {"ENGLAND": (12_705, 187_539)}
        notes = Notes()
        ind.derive("E.B.17", excerpt, period="2017-08", level="england", notes=notes)
        assert any("E.B.17 is of the trusts that report it" in line for line in notes.lines())

    def test_a_trust_that_prints_no_month_has_no_figure(self, excerpt: Path) -> None:
        assert derived(excerpt, "E.B.18", "2017-08")["RYA"] == "not_available"

    def test_two_months_are_no_quarter(self, excerpt: Path) -> None:
        with pytest.raises(InputError, match="2017-18-Q2"):
            ind.derive("E.B.18", excerpt, period="2017-18-Q2", notes=Notes())

    def test_a_trust_is_compared_within_its_region(self, excerpt: Path) -> None:
        found = ind.results("ambulance", None, period="2017-09", data=excerpt)
        name, members = found.for_organisation("RYA").neighbours()
        assert name == "Midlands" and set(members) == {"RX9", "RYA"}

    def test_the_official_header_is_read(
        self, published: Path, excerpt: Path, tmp_path: Path
    ) -> None:
        """All 171 columns, in their order; those that are not used hold what they like."""
        text = (published / "ambulance" / "ambsys_full_header.txt").read_text()
        header = [name.strip() for name in text.strip().split(",")]
        rows = csv_rows(excerpt)
        full = [header]
        for row in rows[1:]:
            held = dict(zip(rows[0], row, strict=True))
            full.append([held.get(name, "-1.5") for name in header])
        path = write_csv(tmp_path / "full.csv", full)
        assert len(header) > 150
        for line in ("E.B.17", "E.B.18"):
            assert derived(path, line, "2017-09") == derived(excerpt, line, "2017-09")


class TestAsIssued:
    """All 171 columns, August 2017 to January 2021."""

    @pytest.fixture
    def path(self, published: Path) -> Path:
        return published / "as_issued/ambulance/AmbSYS_2017-08_2021-01.csv"

    def test_the_sums_of_trusts_are_what_is_printed(
        self, path: Path, reconciled_once: Reconcile
    ) -> None:
        result = reconciled_once("ambulance", [path])
        assert result.agrees and len(result.cells) == 1_224
        assert result.cells["period"].nunique() == 42
        # In the first months not every trust reports every item.
        assert any(note.startswith("64 printed figures are not") for note in result.notes)
        assert read_ambsys(path).left_out == []

    def test_a_year_of_england_is_the_sum_of_its_rows(self, path: Path) -> None:
        rows = csv_rows(path)
        at = {name: place for place, name in enumerate(rows[0])}
        months = {("2018", str(month)) for month in range(4, 13)}
        months |= {("2019", str(month)) for month in range(1, 4)}
        england = [row for row in rows if row[CODE] == "Eng" and (row[0], row[1]) in months]
        sums = {item: sum(int(row[at[item]]) for row in england) for item in ("A54", "A55", "A56")}
        assert len(england) == 12
        assert derived(path, "E.B.18", "2018-19", "england") == {
            "ENGLAND": (sums["A54"] + sums["A55"], sums["A56"])
        }

    def test_a_workbook_of_the_same_columns_is_read(self, path: Path, tmp_path: Path) -> None:
        rows = csv_rows(path)
        few: list[list[Any]] = [rows[0], *(row for row in rows if row[:2] == ["2019", "5"])]
        typed = [[float(cell) if cell.isdigit() else cell for cell in row] for row in few]
        sheets = {"Contents": [["AmbSYS"]], "AmbSYS": [["Ambulance Systems"], [], *typed]}
        book = write_xlsx(tmp_path / "ambsys.xlsx", sheets)
        for line in ("E.B.17", "E.B.18"):
            assert derived(book, line, "2019-05") == derived(path, line, "2019-05")
        assert ind.reconcile("ambulance", book).agrees


# A quarter made by hand, and one fault at a time -----------------------------------------------


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Three months of two trusts of one region, with the region and England."""
    rows = ["Year,Month,Region,Org Code,Org Name,A0,A1,A7,A17,A53,A54,A55,A56".split(",")]
    for month in range(7, 10):
        trusts = [("RX9", 1_000 + month, 100), ("RYA", 2_000, 300 + month)]
        items = [
            [total, closed, total - closed - 150, 50, 100, total - closed]
            for _, total, closed in trusts
        ]
        sums = [sum(pair) for pair in zip(*items, strict=True)]
        names = [("Eng", "Eng", "England"), ("Midlands", "Y60", "Midlands")]
        names += [("Y60", code, f"TRUST {code}") for code, _, _ in trusts]
        for identity, numbers in zip(names, [sums, sums, *items], strict=True):
            texts = [str(number) for number in numbers]
            rows.append(["2017", str(month), *identity, "0", "0", *texts])

    return lambda change: spoilt_csv(tmp_path / "spoilt.csv", rows, change)


class TestOneFault:
    def test_without_a_fault_everything_agrees(self, spoil: Spoil) -> None:
        result = ind.reconcile("ambulance", spoil(lambda rows: None))
        # England and a region, two lines, two figures, three months.
        assert result.agrees and len(result.cells) == 2 * 2 * 2 * 3 and result.notes == []

    def test_a_quarter_is_the_sum_of_its_months(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: None)
        closed, calls = 3 * 100 + 924, 3_000 + 24 + 6_000
        assert derived(path, "E.B.17", "2017-18-Q2", "england") == {"ENGLAND": (closed, calls)}
        assert derived(path, "E.B.17", "2017-18-Q2")["RX9"] == (300, 3_024)

    @pytest.mark.parametrize("mark", [".", "-", ""])
    def test_a_month_without_a_number_leaves_the_quarter_without_one(
        self, spoil: Spoil, mark: str
    ) -> None:
        path = spoil(replacing(3, A7, mark))
        assert derived(path, "E.B.17", "2017-18-Q2")["RX9"] == "not_available"
        assert derived(path, "E.B.17", "2017-18-Q2")["RYA"] == (924, 6_000)
        assert derived(path, "E.B.17", "2017-08")["RX9"] == (100, 1_008)

    @pytest.mark.parametrize(
        ("item", "lines"), [(A17, ["E.B.17"]), (A7, ["E.B.17"]), (A53, ["E.B.18"])]
    )
    def test_a_contradicting_row_is_left_out_of_its_line_and_said(
        self, spoil: Spoil, item: int, lines: list[str]
    ) -> None:
        def change(rows: Rows) -> None:
            rows[4][item] = str(int(rows[4][item]) + 1)

        path = spoil(change)
        table = ind.derive("ambulance", path, period="2017-07", notes=Notes())
        lacking = table[(table["org_code"] == "RYA") & (table["status"] == "not_available")]
        assert lacking["indicator"].tolist() == lines
        (row,) = read_ambsys(path).left_out
        assert "add up to" in row.why and row.place == "spoilt.csv line 5"
        assert (row.organisation, row.periods, row.lines) == ("RYA", ("2017-07",), tuple(lines))

    def test_more_closed_calls_than_calls_are_left_out_and_said(self, spoil: Spoil) -> None:
        """Where a missing item leaves nothing to add up."""

        def change(rows: Rows) -> None:
            rows[4][A56], rows[4][A17] = ".", "2001"

        path = spoil(change)
        table = ind.derive("E.B.17", path, period="2017-07", notes=Notes()).set_index("org_code")
        assert table.loc["RYA", "status"] == "not_available"
        (row,) = read_ambsys(path).left_out
        assert "A17 is 2,001, more than A7, 2,000" in row.why

    def test_a_trust_too_few_is_a_difference(self, spoil: Spoil) -> None:
        result = ind.reconcile("ambulance", spoil(lambda rows: rows.pop(4)))
        assert len(result.differences) == 8 and set(result.differences["period"]) == {"2017-07"}

    @pytest.mark.parametrize("column", [0, 1, REGION, CODE, A7, A17, A53, A56])
    def test_a_renamed_column_is_refused_and_named(self, spoil: Spoil, column: int) -> None:
        names: list[str] = []

        def change(rows: Rows) -> None:
            names.append(rows[0][column])
            rows[0][column] = "Another"

        text = refused(spoil(change))
        assert names[0] in text

    def test_all_missing_columns_are_named(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            rows[0][A17], rows[0][A54] = "A170", "B54"

        text = refused(spoil(change))
        assert 'column "A54"' in text

    def test_columns_are_found_by_heading(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows:
                row.reverse()
            rows.insert(0, ["Ambulance Systems Indicators"])

        assert ind.reconcile("ambulance", spoil(change)).agrees

    def test_a_row_given_twice_is_refused(self, spoil: Spoil) -> None:
        assert "stands in an earlier row too" in refused(spoil(lambda rows: rows.append(rows[3])))

    def test_a_file_given_twice_is_refused(self, spoil: Spoil, tmp_path: Path) -> None:
        path = spoil(lambda rows: None)
        copy = tmp_path / "copy.csv"
        copy.write_bytes(path.read_bytes())
        assert "E.B.17 2017-07 at level england" in refused([path, copy])

    @pytest.mark.parametrize("text", ["n/a", "*", "-1", "1.5", "12,34"])
    def test_what_is_not_a_count_is_refused_and_named(self, spoil: Spoil, text: str) -> None:
        found = refused(spoil(replacing(3, A7, text)))
        assert f'line 4 column "A7": "{text}" is not a number' in found

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            (0, "17", "is not a year"),
            (0, "x", "is not a number"),
            (1, "13", "is not a month"),
            (1, "July", "is not a number"),
            (CODE, " ", "is missing"),
        ],
    )
    def test_what_places_a_row_is_refused_where_it_is_wrong(
        self, spoil: Spoil, column: int, text: str, said: str
    ) -> None:
        assert said in refused(spoil(replacing(3, column, text)))

    def test_a_file_without_rows_is_refused(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.__delitem__(slice(1, None)))
        assert "line 1: has nothing below the headings" in refused(path)

    def test_a_footer_is_no_organisation(self, spoil: Spoil) -> None:
        path = spoil(lambda rows: rows.append(["Source: NHS England"]))
        assert ind.reconcile("ambulance", path).agrees

    def test_codes_blanks_separators_and_encodings(self, spoil: Spoil, tmp_path: Path) -> None:
        def change(rows: Rows) -> None:
            rows[4][CODE], rows[4][NAME] = "\u00a05e1 ", "ISLE \u2013 WIGHT"
            rows[4][A7] = "2,000"

        text = spoil(change).read_text("utf-8")
        for encoding in ("utf-8-sig", "cp1252"):
            path = tmp_path / "encoded.csv"
            path.write_bytes(text.encode(encoding))
            table = ind.derive("E.B.17", path, period="2017-07", notes=Notes()).set_index(
                "org_code"
            )
            assert table.loc["5E1", "denominator"] == 2_000
            assert table.loc["5E1", "org_name"] == "ISLE \u2013 WIGHT"

    def test_another_file_is_refused_with_the_layout_named(self, published: Path) -> None:
        text = refused(published / "ae" / "System-Mapping.csv")
        assert "is of no layout known here" in text and "ambsys" in text
