"""A mapping of someone's own files: proposed, checked, read in place of tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from small_workbooks import write_xlsx

import nhsind as ind
from nhsind.cli import main
from nhsind.errors import InputError
from nhsind.sources.mapping_file import checked_mapping
from nhsind.sources.proposing import proposed_mapping

RTT = """Pathway ID,Commissioner Code,Provider Code,Treatment Function,RTT Start,RTT Stop,\
Stop Type,Team
P1,00A,RAA,100,25/03/2018,,,North
P2,00a,RAA,110,01/06/2017,,,South
P3,00A,RAA,110,43160,,,North
P4,00A ,RAB,,13/02/2018,20/03/2018,Admitted,
P5,00B,RAB,130,02/01/2018,21/03/2018,Non-Admitted,
P6,00B,RAB,130,NULL,,,
"""
SPELLS = """Spell ID,CCG,Responsible Purchaser,Admission Date,Discharge Date,Admission Method,\
Patient Classification,Intended Management,Discharge TFC
S1,00A,CCG,43150,43160,11,1,1,100
S2,00A,CCG,43160.5,43161,12,2,2,110
S3,00B,CCG,43161,,21,1,8,300
"""
ATTENDANCES = (
    "Attendance Number,Commissioner Code,Provider Code,Site,Dept Type,Arrival Date Time,\
Departure Date Time,Attendance Category\n"
    + "".join(
        f"A{number},00A,RAA,Main,Type 1,{number % 28 + 1:02d}/03/2018 10:00,"
        f"{number % 28 + 1:02d}/03/2018 {14 if number % 4 else 15}:00,1\n"
        for number in range(400)
    )
)

BOTH = ["dd/mm/yyyy", "mm/dd/yyyy"]


def folder_of(where: Path, **files: str) -> Path:
    for name, content in files.items():
        (where / f"{name}.csv").write_text(content)
    return where


def mapped(folder: Path, answers: dict[str, str] | None = None) -> str:
    text, _ = proposed_mapping(folder)
    for question, answer in (answers or {}).items():
        assert question in text
        line = next(each for each in text.splitlines() if question in each)
        text = text.replace(line, answer)
    (folder / "mapping.toml").write_text(text)
    return text


def test_a_waiting_list_goes_from_file_to_figures_without_an_edit(tmp_path: Path) -> None:
    text = mapped(folder_of(tmp_path, rtt_extract=RTT))
    assert "\n#?" not in text and 'clock_start_date = ["dd/mm/yyyy", "excel"]' in text
    table = ind.derive("E.B.3", tmp_path, period="2018-03", by="team")
    assert table[["org_code", "team", "numerator", "denominator"]].to_numpy().tolist() == [
        ["00A", "(missing)", 0, 0],
        ["00A", "North", 2, 2],
        ["00A", "South", 0, 1],
        ["00B", "(missing)", 0, 0],
    ]
    stopped = ind.derive(["E.M.18", "E.M.19"], tmp_path, period="2018-03", level="england")
    assert stopped["numerator"].tolist() == [1, 1]
    assert ind.check(tmp_path, "rtt")["fault"].tolist() == ["clock_start_missing"]


def test_an_emergency_department_needs_one_answer(tmp_path: Path) -> None:
    text, asked = proposed_mapping(folder_of(tmp_path, ed_attendances=ATTENDANCES))
    assert asked == 1 and '"Type 1" = "1"' in text
    mapped(tmp_path, {"department_id = ?": 'department_id = "Site"'})
    (row,) = ind.derive("E.B.5", tmp_path, period="2018-03").to_dict("records")
    assert (row["numerator"], row["denominator"]) == (300, 400)


SPLIT = "Attendance Number,CCG,Provider Code,Department ID,Dept Type,Arrival Date,Arrival Time,"
SPLIT += "Departure Date,Departure Time\n" + "".join(
    f"A{number},00A,RAA,Main,1,25/03/2018,22:00,26/03/2018,0{number % 4}:{number % 2:02d}\n"
    for number in range(400)
)


def test_a_time_in_two_columns_is_put_together(tmp_path: Path) -> None:
    text = mapped(folder_of(tmp_path, ed_attendances=SPLIT + "B,00A,RAA,Main,1,25/03/2018,,,\n"))
    assert "\n#?" not in text
    assert 'arrival_datetime = ["Arrival Date", "Arrival Time"]' in text
    assert 'arrival_datetime = "dd/mm/yyyy hh:mm"' in text
    (row,) = ind.derive("E.B.5", tmp_path, period="2018-03").to_dict("records")
    assert (row["numerator"], row["denominator"]) == (300, 400)  # to 01:01 and 02:00, not 03:01
    faults = {"arrival_missing", "departure_missing", "attendance_category_missing"}
    assert set(ind.check(tmp_path, "ae")["fault"]) == faults
    traced = ind.trace("E.B.5", tmp_path, period="2018-03", columns=["arrival time"])
    assert set(traced["arrival time"].dropna()) == {"22:00"}
    (tmp_path / "mapping.toml").write_text(text.replace('"Arrival Time"', '"Arrival Hour"'))
    with pytest.raises(InputError, match='column "Arrival Hour": has no such column'):
        ind.derive("E.B.5", tmp_path, period="2018-03")


def test_days_are_not_taken_for_times(tmp_path: Path) -> None:
    days = SPLIT.replace("Arrival Time", "Mode").replace("22:00", "walked")
    text, _ = proposed_mapping(folder_of(tmp_path, ed_attendances=days))
    assert '#? arrival_datetime = ["Arrival Date", ?]  (these are days; which has the time' in text
    ae = {"attendances": {"files": "a", "formats": {"arrival_datetime": "dd/mm/yyyy"}}}
    with pytest.raises(InputError, match=r"no time of day.*Allowed: dd/mm/yyyy hh:mm"):
        checked_mapping({"ae": ae}, "mapping.toml")


def test_a_time_that_is_told_is_not_named_among_what_is_left(tmp_path: Path) -> None:
    """A heading that a question offers is one that nothing is made of."""
    text, asked = proposed_mapping(
        folder_of(tmp_path, ed_attendances=SPLIT.replace("Department ID", "Site"))
    )
    assert asked == 1 and "#? department_id = ?" in text and 'not used so far: "Site")' in text
    once, _ = proposed_mapping(
        folder_of(tmp_path, ed_attendances=SPLIT.replace("Arrival Time", "Mode"))
    )
    assert once.count("#? arrival_datetime") == 1


def test_words_where_codes_of_a_national_list_belong_are_asked_about(tmp_path: Path) -> None:
    """Kept as they are they would count as no planned follow-ups."""
    rows = SPLIT.replace("Arrival Date,", "Attendance Category,Arrival Date,")
    words = rows.replace(",Main,1,", ",Main,1,Planned follow-up,")
    text, asked = proposed_mapping(folder_of(tmp_path, ed_attendances=words))
    assert asked == 1
    assert '#? "Planned follow-up" = ?  (one of 1, 2, 3, 9)' in text
    mixed = words.replace("A7,00A,RAA,Main,1,Planned follow-up", "A7,00A,RAA,Main,1,2")
    text, asked = proposed_mapping(folder_of(tmp_path, ed_attendances=mixed))
    assert asked == 1 and '#? "Planned follow-up" = ?' in text  # beside a code as well
    strange = words.replace("Planned follow-up", "7").replace(
        "A7,00A,RAA,Main,1,7", "A7,00A,RAA,Main,1,2"
    )
    assert (
        proposed_mapping(folder_of(tmp_path, ed_attendances=strange))[1] == 0
    )  # `check` counts it


def test_titles_above_a_csv_files_headings_are_passed_over(tmp_path: Path) -> None:
    above = "Trust PTL,,,,,,,\nrun on,26/03/2018,,,,,,\n\n"
    mapped(folder_of(tmp_path, rtt_extract=above + RTT))
    table = ind.derive("E.B.3", tmp_path, period="2018-03", level="england")
    assert table["denominator"].tolist() == [3]
    wrong = RTT.replace("25/03/2018", "31/02/2018").replace("13/02/2018,", "13/02/2018,,,,,x")
    folder_of(tmp_path, rtt_extract=above + wrong)
    with pytest.raises(InputError) as refused:
        ind.derive("E.B.3", tmp_path, period="2018-03")
    assert sorted(each.line or 0 for each in refused.value.problems) == [5, 8]


def test_a_column_is_told_by_values_of_a_closed_list(tmp_path: Path) -> None:
    renamed = RTT.replace("Stop Type", "How it ended").replace("Non-Admitted", "Not admitted")
    for spelling in ("Non Admitted", "NONADMITTED"):
        text, asked = proposed_mapping(
            folder_of(tmp_path, rtt=renamed.replace("Not admitted", spelling))
        )
        assert asked == 0 and 'stop_type = "How it ended"' in text
        assert f'"{spelling}" = "non_admitted"' in text
    text, asked = proposed_mapping(folder_of(tmp_path, rtt=renamed.replace(",Admitted", ",Ward")))
    assert asked == 1 and "#? stop_type = ?" in text


def test_what_is_missing_points_to_a_mapping(tmp_path: Path) -> None:
    advice = f"nhsind map {tmp_path} proposes a mapping.toml"
    extract = folder_of(tmp_path, extract=RTT) / "extract.csv"
    (tmp_path / "rtt").mkdir()
    for given in (extract, tmp_path):  # of no layout; holds nothing of this family
        with pytest.raises(InputError, match=advice):
            ind.derive("E.B.3", given, period="2018-03")
    with pytest.raises(InputError, match=advice):  # holds tables of no family
        ind.check(tmp_path)
    folder_of(tmp_path / "rtt", pathways=RTT)
    with pytest.raises(InputError, match="the column is missing") as refused:
        ind.derive("E.B.3", tmp_path, period="2018-03")
    assert str(refused.value).count(advice) == 1
    text = mapped(folder_of(tmp_path, extract=RTT))
    assert text.count("extract.csv") == 1
    (tmp_path / "mapping.toml").write_text(text.replace("stop_type =", "# stop_type ="))
    with pytest.raises(InputError, match=r"mapping.toml, below \[rtt.pathways.columns\]"):
        ind.derive("E.B.3", tmp_path, period="2018-03")


def test_hospital_spells_with_days_as_excel_numbers_them(tmp_path: Path) -> None:
    assert "\n#?" not in mapped(folder_of(tmp_path, spells=SPELLS))
    days = ind.derive("E.J.3", tmp_path, period="2018-03", level="england")
    assert days["numerator"].tolist() == [11]


def test_the_hospital_records_of_the_docs_give_the_figures_told_there(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/own-data.md").read_text("utf-8")
    told = page[page.index("## A&E and hospital records") : page.index("## What is asked")]
    blocks = [block.split("\n", 1)[1] for block in told.split("```")[1::2]]
    names = ("AE extract", "SUS spells", "SUS outpatients")
    folder_of(tmp_path, **dict(zip(names, blocks, strict=False)))
    answers = dict(reversed(line.split("# was: #? ")) for line in blocks[3].splitlines())
    text = mapped(tmp_path, answers)
    assert "\n#?" not in text
    assert ind.check(tmp_path, "sus").empty
    figures = ind.derive("sus", tmp_path, period="2018-03", level="england")
    found = dict(zip(figures["indicator"], figures["numerator"], strict=True))
    assert found == {"E.J.3": 9, "E.M.10": 2, "E.M.11": 2, "E.M.8": 3, "E.M.9": 1}
    every = ind.variant("E.B.5", readings={"busy_enough": "every_department"})
    (row,) = ind.derive(every, tmp_path, period="2018-03", level="england").to_dict("records")
    assert (row["numerator"], row["denominator"]) == (3, 5)
    for figure in ("E.J.3: 9", "E.M.10: 2", "E.M.11: 2", "E.M.8: 3", "E.M.9: 1", "3 of 5"):
        assert figure in told


def test_what_files_do_not_decide_is_asked(tmp_path: Path) -> None:
    days = RTT.replace("25/03/2018", "05/03/2018").replace("13/02/2018", "03/02/2018")
    answers = days.replace("Stop Type", "Admitted").replace(",Admitted,\n", ",Y,\n")
    answers = answers.replace("Non-Admitted", "N").replace("Commissioner Code", "Area")
    text, _ = proposed_mapping(folder_of(tmp_path, rtt=answers))
    assert "#? clock_start_date = " in text and " or mm/dd/yyyy" in text
    assert '#? stop_type = "Admitted"' in text and '#? "Y" = "admitted"' in text
    assert '#? "N" = "non_admitted"' in text
    assert "#? ccg_code = ?" in text and '#? ccg_code = "..."' in text
    (tmp_path / "mapping.toml").write_text(text)
    with pytest.raises(InputError) as refused:  # nothing was guessed
        ind.derive("E.B.3", tmp_path, period="2018-03")
    assert {"ccg_code", "stop_type"} <= {each.column for each in refused.value.problems}


def test_files_of_equal_headings_are_one_table(tmp_path: Path) -> None:
    header = RTT.splitlines()[0]
    more = f"{header}\nP7,00A,RAA,100,2018-03-05,,,North\n"
    text = mapped(folder_of(tmp_path, rtt_1=RTT, rtt_2=more))
    assert 'files = ["rtt_1.csv", "rtt_2.csv"]' in text
    # The second file's dates are written otherwise: they are named, and not guessed.
    with pytest.raises(InputError, match="2018-03-05"):
        ind.derive("E.B.3", tmp_path, period="2018-03")
    formats = '["dd/mm/yyyy", "excel"]'
    (tmp_path / "mapping.toml").write_text(text.replace(formats, formats[:-1] + ', "yyyy-mm-dd"]'))
    total = ind.derive("E.B.3", tmp_path, period="2018-03", level="england")
    assert total["denominator"].tolist() == [4]


def test_a_date_that_is_not_written_so_is_named_in_the_files_own_words(tmp_path: Path) -> None:
    mapped(folder_of(tmp_path, rtt=RTT))
    folder_of(tmp_path, rtt=RTT.replace("25/03/2018", "31/02/2018"))
    with pytest.raises(InputError) as refused:
        ind.derive("E.B.3", tmp_path, period="2018-03")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.value) == (2, "RTT Start", "31/02/2018")
    assert problem.allowed == "dd/mm/yyyy or excel"


def test_constants_and_headings_that_are_missing(tmp_path: Path) -> None:
    folder_of(tmp_path, list="id,start,stop,how\na,2018-03-01,,\n")
    (tmp_path / "mapping.toml").write_text(
        """[rtt.pathways]
files = "list.csv"
columns = { pathway_id = "id", clock_start_date = "start", clock_stop_date = "stopp" }
constants = { ccg_code = "00A", stop_type = "admitted" }
"""
    )
    with pytest.raises(InputError) as refused:
        ind.derive("E.B.3", tmp_path, period="2018-03")
    (problem,) = refused.value.problems
    assert (problem.column, problem.nearest) == ("stopp", "stop")
    text = (tmp_path / "mapping.toml").read_text().replace("stopp", "stop")
    (tmp_path / "mapping.toml").write_text(text)
    assert ind.derive("E.B.3", tmp_path, period="2018-03")["org_code"].tolist() == ["00A"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"rt": {"pathways": {"files": "a"}}}, 'Did you mean "rtt"'),
        ({"rtt": {"pathway": {"files": "a"}}}, 'Did you mean "pathways"'),
        ({"rtt": {"pathways": {"file": "a"}}}, 'Did you mean "files"'),
        ({"rtt": {"pathways": {"files": "a", "columns": {"stop_typ": "x"}}}}, '"stop_type"'),
        ({"rtt": {"pathways": {"files": "a", "formats": {"stop_type": "excel"}}}}, "no dates"),
        (
            {"rtt": {"pathways": {"files": "a", "formats": {"clock_stop_date": "dd/mm/yyy"}}}},
            'Did you mean "dd/mm/yyyy"',
        ),
        (
            {
                "rtt": {
                    "pathways": {
                        "files": "a",
                        "formats": {"clock_stop_date": ["dd/mm/yyyy", "mm/dd/yyyy"]},
                    }
                }
            },
            "give one",
        ),
        (
            {
                "rtt": {
                    "pathways": {
                        "files": "a",
                        "columns": {"ccg_code": "x"},
                        "constants": {"ccg_code": "00A"},
                    }
                }
            },
            "give one",
        ),
    ],
)
def test_every_slip_of_a_mapping_is_named(content: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        checked_mapping(content, "mapping.toml")


def test_the_command_writes_once_and_a_mapping_can_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "mine.toml"
    data.mkdir()
    folder_of(data, rtt=RTT)
    for arguments in (["map", str(data), "--out", str(elsewhere)], ["map", str(data)]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    assert (data / "mapping.toml").read_text() == elsewhere.read_text()
    (data / "mapping.toml").unlink()
    asked = ["derive", "E.B.3", "--data", str(data), "--period", "2018-03", "--level", "england"]
    for arguments, status in ((asked, 65), ([*asked, "--mapping", str(elsewhere)], 0)):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == status
    assert "proportion,2,3," in capsys.readouterr().out


@pytest.mark.parametrize("files", [{}, {"notes": "a,b\n1,2\n"}])
def test_a_folder_with_nothing_to_map_is_said(tmp_path: Path, files: dict[str, str]) -> None:
    folder_of(tmp_path, **files)
    if files:
        text, asked = proposed_mapping(tmp_path)
        assert asked == 1 and "#? notes.csv is like no table of nhsind" in text
    else:
        with pytest.raises(InputError, match="holds no file to map"):
            proposed_mapping(tmp_path)


def test_parquet_with_real_dates_needs_no_formats(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Pathway ID": ["a"],
            "Commissioner": ["00A"],
            "Clock Start": pd.to_datetime(["2018-03-01"]),
            "Clock Stop": pd.to_datetime([None]),
            "Stop Type": [None],
        }
    )
    frame.astype({"Stop Type": "str"}).to_parquet(tmp_path / "rtt.parquet")
    mapped(tmp_path)
    assert ind.derive("E.B.3", tmp_path, period="2018-03")["denominator"].tolist() == [1]


def test_a_sheet_of_a_workbook_is_mapped_and_read(tmp_path: Path) -> None:
    rows = [line.split(",") for line in RTT.splitlines()]
    serials = {"25/03/2018": 43184, "01/06/2017": 42887, "43160": 43160, "13/02/2018": 43144}
    serials |= {"02/01/2018": 43102, "20/03/2018": 43179, "21/03/2018": 43180}
    cells = [[serials.get(cell, cell) for cell in row] for row in rows]
    notes = [["Extract of the PTL"], ["run on", "26/03/2018"], []]
    book = write_xlsx(
        tmp_path / "RTT extract.xlsx", {"Notes": [["a note"]], "Data": [*notes, *cells]}
    )
    text, _ = proposed_mapping(tmp_path)
    assert 'files = ["RTT extract.xlsx"]' in text and 'clock_start_date = "excel"' in text
    (tmp_path / "mapping.toml").write_text(text, "utf-8")
    found = ind.derive("E.B.3", tmp_path, period="2018-03").set_index("org_code")
    assert found.loc["00A", ["numerator", "denominator"]].tolist() == [2, 3]
    written = text.replace('"RTT extract.xlsx"', '"RTT extract.xlsx::Data"')
    (tmp_path / "mapping.toml").write_text(written, "utf-8")
    again = ind.derive("E.B.3", tmp_path, period="2018-03").set_index("org_code")
    assert again.loc["00A", "numerator"] == 2
    for name, told in (("Dataa", 'no table in a sheet "Dataa"'), ("Notes", "Allowed: Data")):
        other = text.replace('"RTT extract.xlsx"', f'"RTT extract.xlsx::{name}"')
        (tmp_path / "mapping.toml").write_text(other, "utf-8")
        with pytest.raises(InputError, match=told):
            ind.derive("E.B.3", tmp_path, period="2018-03")
    cells[2][4] = "soon"
    write_xlsx(book, {"Data": [*notes, *cells], "More": cells})
    (tmp_path / "mapping.toml").write_text(written, "utf-8")
    with pytest.raises(InputError, match=r'row 6 column "RTT Start": "soon" is not a date'):
        ind.derive("E.B.3", tmp_path, period="2018-03")
    (tmp_path / "mapping.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match="has several: name one"):
        ind.derive("E.B.3", tmp_path, period="2018-03")
    asked, _ = proposed_mapping(tmp_path)
    assert "RTT extract.xlsx::Data" in asked and "RTT extract.xlsx::More" in asked
