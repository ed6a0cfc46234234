"""Folders of publishers' files, files of no known layout, and answers that share no figure."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from published_copies import Run, csv_rows, write_csv

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import InputError
from nhsind.sources.files import ENCRYPTED, OLE
from nhsind.sources.nearest_layouts import nearest_layouts
from nhsind.sources.published import readers

HEADER = (
    "Period,Org Code,Parent Org,Org name,A&E attendances Type 1,A&E attendances Type 2,"
    "A&E attendances Other A&E Department,Attendances over 4hrs Type 1,"
    "Attendances over 4hrs Type 2,Attendances over 4hrs Other Department"
).split(",")
EIP = (
    "Date,Provider_Org_code,Provider_name,Org_Code,CCG_Name,Description,"
    + ",".join(f"Gt_{week}_{week + 1}_Weeks" for week in range(12))
    + ",Gt_12_Plus_Weeks,Total_Pathways"
).split(",")


def month(folder: Path, name: str, period: str, attended: int = 100) -> Path:
    rows = [
        [f"MSitAE-{period}", code, "LONDON", code, str(attended), "0", "0", "25", "0", "0"]
        for code in ("RX1", "RX2")
    ]
    return write_csv(folder / name, [HEADER, *rows])


def unreadable(folder: Path) -> None:
    """Files of kinds that are not read, and one that is damaged."""
    members = {
        "sheet.ods": ("mimetype", "content.xml"),
        "sheet.xlsb": ("xl/workbook.bin",),
        "two.zip": ("1.csv", "2.csv"),
    }
    for name, names in members.items():
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member in names:
                archive.writestr(member, "a,b\n1,2\n")
    (folder / "closed.xlsx").write_bytes(OLE + bytes(600) + ENCRYPTED)
    (folder / "cut.xlsx").write_bytes((folder / "sheet.ods").read_bytes()[:60])
    (folder / "readme.txt").write_text("words")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two months of A&E, a month of EIP, a list of no layout, and what a spreadsheet leaves."""
    home = tmp_path / "downloads"
    (home / "more").mkdir(parents=True)
    month(home, "May.csv", "MAY-2018")
    month(home / "more", "June.csv", "JUNE-2018")
    counts = ["10", *["0"] * 12, "10"]
    treated = "EIP pathways completed this month"
    write_csv(home / "eip.csv", [EIP, ["01/05/2018", "RX1", "A", "00A", "B", treated, *counts]])
    (home / "list.csv").write_text("what,where\n1,2\n")
    (home / "~$May.csv").write_text("locked")
    (home / ".hidden.csv").write_text("hidden")
    return home


class TestFolder:
    def test_its_files_are_read_and_what_is_left_is_said(self, folder: Path, nhsind: Run) -> None:
        done = nhsind("derive", "E.B.5", "--data", folder, "--period", "2018-06")
        assert done.status == 0 and done.out.count("2018-06,proportion,75,100") == 2
        assert f"{folder}: 2 files are read: 2018-05, 2018-06, by provider" in done.err
        assert "left, of no layout known here: list.csv\n" in done.err
        assert "1 file of other families" in done.err
        assert "hidden" not in done.err and "~$" not in done.err

    def test_a_month_that_none_holds_names_what_is_held(self, folder: Path, nhsind: Run) -> None:
        done = nhsind("derive", "E.B.5", "--data", folder, "--period", "2018-07")
        assert (done.status, done.out) == (65, "")
        assert (
            "does not cover 2018-07 for E.B.5: the published files hold 2018-05, 2018-06"
            in done.err
        )

    def test_check_finds_every_family(self, folder: Path, nhsind: Run) -> None:
        done = nhsind("check", "--data", folder)
        assert done.status == 0
        assert "2 files are read" in done.err and "1 file is read: 2018-05, by ccg" in done.err

    def test_one_layout_alone_is_asked_for(self, folder: Path, nhsind: Run) -> None:
        done = nhsind("check", "--source", "ae-provider", "--data", folder)
        assert done.status == 0
        assert "2 files are read: 2018-05, 2018-06, by provider (ae-provider)" in done.err
        assert "1 file of other layouts" in done.err
        for command in (("check",), ("derive", "ae", "--period", "2018-05")):
            done = nhsind(*command, "--source", "ae-workbook", "--data", folder)
            assert done.status == 65 and "holds no file of the layout ae-workbook\n" in done.err

    def test_check_of_one_file_says_what_it_gives(self, folder: Path, nhsind: Run) -> None:
        """And not that its few rows cover whatever is asked."""
        done = nhsind("check", "--data", folder / "eip.csv")
        told = "eip.csv: 1 file is read: 2018-05, by ccg, provider (eip-series)\n"
        assert done.err.startswith(told) and "covers" not in done.err

    def test_nothing_known_is_refused(self, tmp_path: Path, nhsind: Run) -> None:
        (tmp_path / "a.csv").write_text("what,where\n1,2\n")
        for command in (("check",), ("derive", "ae", "--period", "2018-05")):
            done = nhsind(*command, "--data", tmp_path)
            assert (done.status, done.out) == (65, "")

    def test_what_cannot_be_opened_has_the_advice_that_it_has_alone(self, folder: Path) -> None:
        (folder / "list.csv").unlink()
        advice = {
            "sheet.ods": "OpenDocument",
            "sheet.xlsb": "binary workbook",
            "closed.xlsx": "protected by a password",
            "two.zip": r"of 2 tables \(1.csv, 2.csv\)",
            "cut.xlsx": "cannot be read as a workbook",
            "readme.txt": "plain text",
        }
        unreadable(folder)
        told = "\n".join(ind.derive("E.B.5", folder, period="2018-06").attrs["notes"])
        for name, words in advice.items():
            with pytest.raises(InputError, match=words) as alone:
                ind.check(folder / name)
            (problem,) = alone.value.problems
            assert f"left: {name}: {problem.message}" in told
        assert "of no layout known here" not in told

    @pytest.mark.parametrize("family", [None, "ae"])
    def test_where_nothing_else_is_there_it_is_said_too(
        self, tmp_path: Path, family: str | None
    ) -> None:
        unreadable(tmp_path)
        with pytest.raises(InputError, match="protected by a password") as refused:
            ind.check(tmp_path, family=family)
        assert len(refused.value.problems) == 7

    def test_a_copy_counts_once_and_another_edition_is_refused(self, folder: Path) -> None:
        month(folder, "May again.csv", "MAY-2018")
        table = ind.derive("E.B.5_1", folder, period="2018-05", level="england")
        assert table["value"].tolist() == [200]
        assert any("as May again.csv does: counted once" in note for note in table.attrs["notes"])
        month(folder, "May again.csv", "MAY-2018", attended=101)
        with pytest.raises(InputError, match="holds too; give one"):
            ind.derive("E.B.5_1", folder, period="2018-05")

    def test_record_tables_are_no_publishers_files(self, folder: Path) -> None:
        (folder / "rtt").mkdir()
        (folder / "rtt" / "pathways.csv").write_text("pathway_id\n")
        with pytest.raises(InputError, match="holds nothing of this family"):
            ind.derive("E.B.5", folder, period="2018-05")

    def test_a_damaged_file_of_a_known_layout_is_named(self, folder: Path) -> None:
        rows = csv_rows(folder / "May.csv")
        rows[1][4] = "many"
        write_csv(folder / "May.csv", rows)
        with pytest.raises(InputError, match="is not a number"):
            ind.derive("E.B.5", folder, period="2018-06")


class TestUnknownLayout:
    def test_every_layout_says_what_tells_it(self) -> None:
        for code in family_codes():
            for reader in readers(load_family(code)).values():
                assert reader.headings and all(reader.headings), reader.name

    @pytest.mark.parametrize("family", [None, "ae"])
    def test_the_nearest_is_named_with_the_headings_that_differ(
        self, tmp_path: Path, family: str | None
    ) -> None:
        path = month(tmp_path, "May.csv", "MAY-2018")
        rows = csv_rows(path)
        rows[0][1] = "Organisation Code"
        write_csv(path, rows)
        with pytest.raises(InputError) as refused:
            ind.check(path, family=family)
        text = str(refused.value)
        has = '(without "Org Code" (the file has "Organisation Code"))'
        assert f"nearest of the known layouts: ae-provider {has}; " in text
        assert text.count("(without") == 3

    def test_what_is_like_nothing_has_no_nearest(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("what,where\n1,2\n")
        assert nearest_layouts(path, {"x": [["Org Code", "Total"]]}) == []
        with pytest.raises(InputError, match="none; those known are ae-provider"):
            ind.check(path)

    def test_a_heading_is_no_other_spelling_of_its_neighbour(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("Org name,Total\n1,2\n")
        (told,) = nearest_layouts(path, {"x": [["Org Code", "Org name", "Total"]]})
        assert told == 'x (without "Org Code")'


class TestAnswersApart:
    """Printed figures that share no period, level or breakdown with the data are counted."""

    def test_a_series_and_providers_either_way(self, published: Path) -> None:
        series = published / "ae" / "Monthly-AE-Time-Series-March-2025.xls"
        workbook = published / "ae" / "march_2025_ae_raw.xls"
        table = published / "ae" / "Monthly-AE-March-2025.csv"
        systems = "840 printed figures are not compared: the data do not have their system_code"
        done = ind.reconcile("ae", table, published=workbook)
        assert done.agrees and done.notes == [systems] and len(done.cells) == 3_992
        done = ind.reconcile("ae", series, published=workbook)
        assert done.agrees and set(done.cells["org_level"]) == {"england"}
        assert systems in done.notes
        assert any("have no figures at their level" in note for note in done.notes)
        done = ind.reconcile("ae", workbook, published=series)
        assert done.agrees and any("line and period" in note for note in done.notes)

    def test_nothing_shared_is_refused_with_the_reasons(self, published: Path) -> None:
        early = published / "ae" / "ae_attendances_2016-04_2018-03.csv"
        workbook = published / "ae" / "march_2025_ae_raw.xls"
        with pytest.raises(InputError) as refused:
            ind.reconcile("ae", early, published=workbook)
        text = str(refused.value)
        assert "shares no line, level and period" in text
        assert "4,820 printed figures are not compared" in text

    def test_a_folder_has_its_answers_beside_it(self, published: Path, tmp_path: Path) -> None:
        for name in ("Monthly-AE-March-2025.csv", "Monthly-AE-Time-Series-March-2025.xls"):
            (tmp_path / name).write_bytes((published / "ae" / name).read_bytes())
        done = ind.reconcile("ae", tmp_path)
        assert done.agrees and set(done.cells["period"]) == {"2025-03"}
        assert isinstance(done.differences, pd.DataFrame)
