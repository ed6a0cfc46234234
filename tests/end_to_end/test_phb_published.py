"""Patients registered with practices as the population of personal health budgets."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from published_copies import Change, Rows, Spoil, csv_rows, refusal, spoilt_csv

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError
from nhsind.families.phb.published import read_list_size

QUARTER = "2020-21-Q4"
DAY, KIND, COMMISSIONER, CODE, SEX, AGE, PATIENTS = 1, 2, 3, 5, 7, 8, 9


@pytest.fixture(scope="module")
def lists(published: Path) -> Path:
    return published / "reference" / "gp-reg-pat-prac-all_2021.csv"


@pytest.fixture(scope="module")
def printed(lists: Path) -> Counter[str]:
    """Patients by commissioner, another way."""
    found: Counter[str] = Counter()
    with lists.open(newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["CCG_CODE"]] += int(row["NUMBER_OF_PATIENTS"])
    return found


@pytest.fixture
def budgets(tmp_path: Path) -> Path:
    path = tmp_path / "budgets.csv"
    path.write_text(
        "phb_id,ccg_code,start_date,end_date\n"
        "1,00L,2020-12-31,\n2,00L,2021-01-01,\n3,00L,2021-04-01,\n4,00N,2020-05-01,2020-12-31\n"
    )
    return path


def derived(line: str, *data: Path, period: str = QUARTER) -> pd.DataFrame:
    return ind.derive(line, list(data), period=period, notes=Notes()).set_index("org_code")


def refused(path: Path) -> str:
    return refusal("E.N.1_4", path, QUARTER)


class TestListSize:
    def test_a_commissioner_has_the_sum_of_its_practices(
        self, lists: Path, printed: Counter[str]
    ) -> None:
        table = derived("E.N.1_4", lists)
        assert table["numerator"].to_dict() == printed
        assert len(table) == 135 and set(table["status"]) == {"ok"}

    def test_england_is_the_whole_file(self, lists: Path, printed: Counter[str]) -> None:
        (row,) = ind.derive(
            "E.N.1_4", lists, period=QUARTER, level="england", notes=Notes()
        ).to_dict("records")
        assert row["numerator"] == sum(printed.values()) == 60_606_345

    def test_regions_through_the_reference_file(self, lists: Path, published: Path) -> None:
        reference = published / "reference" / "CCG_STP_RefFile_Apr20.xlsx"
        files = [lists, reference]
        table = ind.derive("E.N.1_4", files, period=QUARTER, level="region", notes=Notes())
        assert len(table) == 7 and table["numerator"].sum() == 60_606_345

    def test_it_is_the_denominator_of_the_rate(
        self, lists: Path, budgets: Path, printed: Counter[str]
    ) -> None:
        """In place in the quarter: one that began before it, one that began on its first day."""
        table = derived("E.N.1", lists, budgets)
        assert table.loc["00L", ["numerator", "denominator"]].tolist() == [2, printed["00L"]]
        assert table.loc["00L", "value"] == pytest.approx(2 / printed["00L"] * 100_000)
        assert table.loc["00N", ["numerator", "denominator"]].tolist() == [0, printed["00N"]]

    def test_another_quarter_has_no_rate(self, lists: Path, budgets: Path) -> None:
        table = derived("E.N.1", lists, budgets, period="2020-21-Q3")
        assert table.loc["00L", "status"] == "no_denominator"

    def test_it_prints_no_answers(self, lists: Path) -> None:
        with pytest.raises(InputError, match="prints no answers to compare with"):
            ind.reconcile("phb", lists)


@pytest.fixture
def spoil(lists: Path, tmp_path: Path) -> Spoil:
    """The first practices, with one fault."""

    def spoilt(change: Change = lambda rows: None, name: str = "list.csv") -> Path:
        return spoilt_csv(tmp_path / name, csv_rows(lists)[:21], change)

    return spoilt


def total(path: Path) -> int:
    return sum(read_list_size(path).tables["population"]["gp_registered_population"].to_pylist())


class TestSpoiltListSize:
    @pytest.mark.parametrize(
        ("text", "quarter"),
        [
            ("01JAN2021", "2020-21-Q4"),
            ("31-Mar-21", "2020-21-Q4"),
            ("2021-04-01", "2021-22-Q1"),
            ("01-Dec-20", "2020-21-Q3"),
        ],
    )
    def test_the_quarter_that_the_day_lies_in(self, spoil: Spoil, text: str, quarter: str) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[DAY] = text

        table = read_list_size(spoil(change)).tables["population"]
        assert set(table["period"].to_pylist()) == {quarter}

    def test_two_lists_of_a_quarter_are_two_populations(self, spoil: Spoil, budgets: Path) -> None:
        """They are not added up; as they disagree there is no rate."""

        def change(rows: Rows) -> None:
            for row in [list(row) for row in rows[1:]]:
                row[DAY], row[PATIENTS] = "01FEB2021", str(int(row[PATIENTS]) + 1)
                rows.append(row)

        path = spoil(change)
        assert derived("E.N.1", path, budgets).loc["00L", "status"] == "no_denominator"

    def test_parts_are_not_counted_beside_their_whole(self, spoil: Spoil) -> None:
        whole = total(spoil())

        def change(rows: Rows) -> None:
            rows.append([*rows[1][:SEX], "FEMALE", "ALL", "100"])
            rows.append([*rows[1][:SEX], "ALL", "40", "5"])
            rows.append([*rows[1][:KIND], "CCG", "00L", "", "00L", "", "ALL", "ALL", "330135"])

        assert total(spoil(change)) == whole

    def test_separators_encodings_and_blanks(self, spoil: Spoil, tmp_path: Path) -> None:
        whole = total(spoil())

        def change(rows: Rows) -> None:
            rows[1][PATIENTS] = f"{int(rows[1][PATIENTS]):,}"
            rows[1][6] = "\xc9"
            for row in rows[1:]:
                row[COMMISSIONER] = "\xa05e1 "

        text = spoil(change).read_text("utf-8")
        for encoding in ("utf-8-sig", "cp1252"):
            path = tmp_path / f"{encoding}.csv"
            path.write_bytes(text.encode(encoding))
            assert total(path) == whole
            assert derived("E.N.1_4", path).index.tolist() == ["5E1"]

    @pytest.mark.parametrize("at", [DAY, KIND, COMMISSIONER, CODE, SEX, AGE, PATIENTS])
    def test_a_renamed_column_is_named(self, spoil: Spoil, lists: Path, at: int) -> None:
        name = csv_rows(lists)[0][at]
        said = refused(spoil(lambda rows: rows[0].__setitem__(at, "renamed")))
        assert f'column "{name}"' in said or "no layout known" in said

    @pytest.mark.parametrize(
        ("at", "value", "message"),
        [
            (PATIENTS, "many", "is not a number"),
            (PATIENTS, "12.5", "is not a number"),
            (PATIENTS, "", "is not a number"),
            (DAY, "soon", "is not a day"),
            (DAY, "", "is not a day"),
        ],
    )
    def test_what_cannot_be_read_is_refused(
        self, spoil: Spoil, at: int, value: str, message: str
    ) -> None:
        said = refused(spoil(lambda rows: rows[1].__setitem__(at, value)))
        assert message in said and "list.csv line 2" in said

    def test_a_practice_given_twice_is_refused(self, spoil: Spoil) -> None:
        said = refused(spoil(lambda rows: rows.append(rows[1])))
        assert "stands in an earlier row too: 2021-01-01 A84002" in said

    def test_no_rows_of_practices_is_refused(self, spoil: Spoil) -> None:
        def change(rows: Rows) -> None:
            for row in rows[1:]:
                row[KIND] = "PCT"

        assert "has no rows of practices" in refused(spoil(change))

    def test_a_practice_without_its_commissioner_is_found(self, spoil: Spoil) -> None:
        notes = Notes()
        path = spoil(lambda rows: rows[1].__setitem__(COMMISSIONER, ""))
        table = ind.derive("E.N.1_4", path, period=QUARTER, notes=notes)
        assert table["numerator"].sum() < total(path)
        assert "ccg_code is missing" in "\n".join(notes.lines())
