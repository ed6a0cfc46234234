"""Lists of practices of the Organisation Data Service: open general practices, faults caught."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from published_copies import Rows, csv_rows, write_csv

import nhsind as ind
from nhsind import Notes
from nhsind.errors import InputError
from nhsind.families.gp_access.published import read_practices
from nhsind.sources.reference_files import ODS_COLUMNS, is_reference_file

LINE, MONTH = "E.D.14", "2018-03"
DAYS = "mon tue wed thu fri"
# Columns of the copy with a header.
CODE, STATUS, COMMISSIONER, SETTING = 0, 8, 10, 11


@pytest.fixture(scope="module")
def practices(published: Path) -> Path:
    return published / "reference" / "epraccur_2018-04_paladium.csv"


@pytest.fixture(scope="module")
def rows(practices: Path) -> Rows:
    return csv_rows(practices)


@pytest.fixture
def survey(tmp_path: Path) -> Callable[..., Path]:
    """Answers of practices that offer everything themselves."""

    def written(*codes: str, day: str = f"{MONTH}-15") -> Path:
        names = "q1 q2 q3 q4 q6 q7 q8 q9 q3a q4a q8a q9a".split()
        yes = {"q1": "yes", "q2": "yes", "q3": "yes", "q3a": DAYS}
        answers = [[code, day, *(yes.get(name, "") for name in names)] for code in codes]
        path = tmp_path / "survey.csv"
        return write_csv(path, [["practice_code", "survey_date", *names], *answers])

    return written


Survey = Callable[..., Path]


def derived(*data: Path, period: str = MONTH) -> pd.DataFrame:
    return ind.derive(LINE, list(data), period=period, notes=Notes()).set_index("org_code")


def table_of(path: Path) -> pd.DataFrame:
    return read_practices(path).tables["practices"].to_pandas().set_index("practice_code")


def said_of(path: Path) -> str:
    with pytest.raises(InputError) as error:
        ind.derive(LINE, path, period=MONTH, notes=Notes())
    return "\n".join(str(problem) for problem in error.value.problems)


class TestShortCopy:
    def test_open_general_practices_by_commissioner(self, practices: Path) -> None:
        """Active, prescribing setting 4; 3 of them have a commissioner that is no CCG."""
        with practices.open(newline="") as lines:
            printed = Counter(
                row["Provider"]
                for row in csv.DictReader(lines)
                if row["StatusCode"] == "A" and row["PrescribingSetting"] == "4"
            )
        for code in ("112", "NMS", "Q78"):
            assert printed.pop(code) == 1
        table = table_of(practices)
        assert table["ccg_code"].value_counts().to_dict() == printed
        assert len(table) == 7_357 and len(printed) == 207
        assert table[["open_date", "close_date"]].isna().all(axis=None)

    def test_what_is_left_out_is_said(self, practices: Path) -> None:
        left_out, days = read_practices(practices).notes
        assert left_out.endswith(
            "general practices left out: 542 closed, 283 dormant, 3 whose commissioner is no CCG "
            "(112, NMS, Q78)"
        )
        assert days.endswith("gives no days: its active practices count as open at any date")

    def test_the_denominator_is_every_open_practice(
        self, practices: Path, rows: Rows, survey: Survey
    ) -> None:
        of_00k = [
            row[CODE]
            for row in rows
            if (row[STATUS], row[COMMISSIONER], row[SETTING]) == ("A", "00K", "4")
        ]
        table = derived(practices, survey(*of_00k[:5]))
        assert table.loc["00K", "denominator"] == len(of_00k) > 30
        assert table.loc["00K", "numerator"] == 5
        assert table["denominator"].sum() == 7_357
        assert set(table["status"].drop("00K")) == {"not_available"}
        (england,) = ind.derive(
            LINE, [practices, survey(*of_00k[:5])], period=MONTH, level="england", notes=Notes()
        ).to_dict("records")
        # Of the only commissioner whose practices answered.
        assert (england["numerator"], england["denominator"]) == (5, len(of_00k))
        assert england["status"] == "partial"

    def test_other_prescribers_are_no_practices(self, practices: Path, rows: Rows) -> None:
        others = {row[CODE] for row in rows[1:] if row[SETTING] != "4"}
        assert len(others) == 13_538 - 8_185
        assert not others & set(table_of(practices).index)


@pytest.fixture
def short(rows: Rows, tmp_path: Path) -> Callable[[Callable[[Rows], None]], Path]:
    def spoilt(change: Callable[[Rows], None] = lambda rows: None) -> Path:
        copy = [list(row) for row in rows[:12]]
        change(copy)
        return write_csv(tmp_path / "epraccur.csv", copy)

    return spoilt


Short = Callable[..., Path]


class TestSpoiltShortCopy:
    def test_without_a_fault_the_copy_gives_the_same(self, short: Short, practices: Path) -> None:
        table = table_of(short())
        assert len(table) > 5
        pd.testing.assert_frame_equal(table, table_of(practices).loc[table.index])

    @pytest.mark.parametrize("at", [CODE, STATUS, COMMISSIONER, SETTING])
    def test_a_renamed_column_is_named(self, short: Short, rows: Rows, at: int) -> None:
        path = short(lambda copy: copy[0].__setitem__(at, "renamed"))
        said = said_of(path)
        assert rows[0][at].lower() in said.lower()

    def test_a_practice_given_twice_is_refused(self, short: Short) -> None:
        path = short(lambda copy: copy.append(copy[1]))
        assert "stands in an earlier row too: A81001" in said_of(path)

    def test_an_unknown_status_is_refused(self, short: Short) -> None:
        path = short(lambda copy: copy[1].__setitem__(STATUS, "X"))
        assert '"X" is no status' in said_of(path)

    def test_a_code_that_a_spreadsheet_spoilt_is_left_out_and_said(self, short: Short) -> None:
        """As in the file itself: 5E1 became 5.00E+01."""
        path = short(lambda copy: copy[1].__setitem__(COMMISSIONER, "5.00E+01"))
        read = read_practices(path)
        assert "A81001" not in read.tables["practices"]["practice_code"].to_pylist()
        assert read.notes[0].endswith("1 whose commissioner is no CCG (5.00E+01)")

    def test_encodings_and_blanks(self, short: Short, tmp_path: Path) -> None:
        def change(copy: Rows) -> None:
            copy[1][COMMISSIONER], copy[1][1] = "\xa000k ", "Caf\xe9 Surgery"

        text = short(change).read_text("utf-8")
        for encoding in ("utf-8-sig", "cp1252"):
            path = tmp_path / f"{encoding}.csv"
            path.write_bytes(text.encode(encoding))
            assert table_of(path).loc["A81001", "ccg_code"] == "00K"

    def test_a_practice_without_its_commissioner_is_found(
        self, short: Short, survey: Survey
    ) -> None:
        path = short(lambda copy: copy[1].__setitem__(COMMISSIONER, ""))
        notes = Notes()
        ind.derive(LINE, [path, survey("A81001")], period=MONTH, notes=notes)
        assert "ccg_code is missing" in "\n".join(notes.lines())


def official(code: str, status: str, opened: str, closed: str = "", **values: str) -> list[str]:
    given = {
        "Organisation Code": code,
        "Name": f"SURGERY {code}",
        "Status Code": status,
        "Open Date": opened,
        "Close Date": closed,
        "Commissioner": "00A",
        "Prescribing Setting": "4",
    } | values
    return [given.get(column, "") for column in ODS_COLUMNS]


OFFICIAL = [
    official("A00001", "A", "19740401"),
    official("A00002", "C", "19740401", "20180331"),
    official("A00003", "C", "19740401", "20180330"),
    official("A00004", "A", "20180331"),
    official("A00005", "A", "20180401"),
    official("A00006", "D", "19740401"),
    official("A00007", "P", "20190401"),
    official("A00008", "C", "19740401"),
    official("A00009", "A", "19740401", **{"Prescribing Setting": "9"}),
    official("A00010", "A", "19740401", Commissioner="5E1"),
    official("A00011", "A", "20130401", Commissioner="A3A8R"),
]


@pytest.fixture
def epraccur(tmp_path: Path) -> Callable[[Rows], Path]:
    def written(rows: Rows) -> Path:
        path = tmp_path / "epraccur.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
        return path

    return written


Official = Callable[[Rows], Path]


class TestOfficialLayout:
    def test_practices_and_days(self, epraccur: Official) -> None:
        table = table_of(epraccur(OFFICIAL))
        assert list(table.index) == [f"A{n:05}" for n in (1, 2, 3, 4, 5, 11)]
        assert str(table.loc["A00002", "close_date"]) == "2018-03-31"
        assert str(table.loc["A00004", "open_date"]) == "2018-03-31"
        assert pd.isna(table.loc["A00001", "close_date"])
        assert table.loc["A00011", "ccg_code"] == "A3A8R"

    def test_what_is_left_out_is_said(self, epraccur: Official) -> None:
        assert read_practices(epraccur(OFFICIAL)).notes == [
            "epraccur.csv: general practices left out: 1 closed, 1 dormant, 1 proposed, "
            "1 whose commissioner is no CCG (5E1)"
        ]

    def test_open_on_the_last_day_of_the_surveys_month(
        self, epraccur: Official, survey: Survey
    ) -> None:
        """Open on 31 March: 1, 2 (that closes on it) and 4 (that opens on it); not 3 nor 5."""
        table = derived(epraccur(OFFICIAL), survey("A00001", "A00003"))
        assert table.loc["00A", ["numerator", "denominator"]].tolist() == [1, 3]
        unanswered = table.loc["A3A8R"]
        assert (unanswered["denominator"], unanswered["status"]) == (1, "not_available")

    def test_it_is_no_geography(self, epraccur: Official) -> None:
        assert not is_reference_file(epraccur(OFFICIAL))

    def test_a_line_of_another_length_is_refused(self, epraccur: Official) -> None:
        """Such a line at the top: no layout known here; further below the line is named."""
        assert "no layout known" in said_of(epraccur([OFFICIAL[0][:-1], *OFFICIAL[1:]]))
        said = said_of(epraccur([*OFFICIAL, OFFICIAL[0][:-1]]))
        assert "epraccur.csv line 12: has 26 values, not 27" in said

    def test_a_day_that_is_none_is_refused(self, epraccur: Official) -> None:
        said = said_of(epraccur([*OFFICIAL, official("A00012", "A", "19741301")]))
        assert 'line 12 column "Open Date": "19741301" is not a day' in said

    def test_a_practice_that_closed_before_it_opened_is_found(
        self, epraccur: Official, survey: Survey
    ) -> None:
        path = epraccur([*OFFICIAL, official("A00012", "C", "20100401", "20090401")])
        notes = Notes()
        ind.derive(LINE, [path, survey("A00001")], period=MONTH, notes=notes)
        assert "closed before it opened" in "\n".join(notes.lines())

    def test_commissioners_are_no_practices(self, published: Path) -> None:
        said = said_of(published / "reference" / "eccg_2026_jhau.csv")
        assert "holds nothing of this family" in said
