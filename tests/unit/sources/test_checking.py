"""Bad and odd input: refused whole with every problem named, or accepted and read right.

The table is rtt's `pathways`; E.M.20 counts the pathways that start in a period, so its value in
June 2017 is the number of good rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nhsind
from nhsind import Notes
from nhsind.errors import InputError, Problem, UsageError

HEADER = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type"
GOOD = "P0,00A,2017-06-01,,"
JUNE = dt.date(2017, 6, 1)


def folder(
    at: Path, *lines: str, header: str = HEADER, raw: bytes | None = None, **beside: str | bytes
) -> Path:
    """A data folder with `rtt/pathways.csv`; `beside` are files next to `rtt`, by their stem."""
    (at / "rtt").mkdir(parents=True)
    content = "".join(f"{line}\n" for line in (header, *lines)).encode()
    (at / "rtt" / "pathways.csv").write_bytes(content if raw is None else raw)
    for name, text in beside.items():
        (at / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return at


def starts(data: Any, period: str = "2017-06", **options: Any) -> dict[str, int]:
    """E.M.20 by organisation, those without a start left out."""
    table = nhsind.derive("E.M.20", data=data, period=period, notes=Notes(), **options)
    return {row.org_code: int(row.value) for row in table.itertuples() if row.value}


def refused(data: Any) -> list[Problem]:
    """The problems for which both verbs refuse the data."""
    with pytest.raises(InputError) as by_derive:
        nhsind.derive("rtt", data=data, period="2017-06", notes=Notes())
    with pytest.raises(InputError) as by_check:
        nhsind.check(data, family="rtt")
    assert by_derive.value.problems == by_check.value.problems
    assert by_derive.value.exit_status == 65
    return by_check.value.problems


def where(problems: list[Problem]) -> list[tuple[int | None, str | None, str | None]]:
    return [(item.line, item.column, item.value) for item in problems]


# Columns and values ------------------------------------------------------------------------------


def test_a_good_file_counts(tmp_path: Path) -> None:
    assert starts(folder(tmp_path, GOOD, "P1,00B,2017-06-30,2017-07-01,admitted")) == {
        "00A": 1,
        "00B": 1,
    }


def test_missing_columns_are_named_with_the_nearest_that_is_there(tmp_path: Path) -> None:
    header = "pathway,ccg_code,clock_start,clock_stop_date,kind"
    problems = refused(folder(tmp_path, GOOD, header=header))
    assert [(item.column, item.nearest) for item in problems] == [
        ("pathway_id", "pathway"),
        ("clock_start_date", "clock_start"),
        ("stop_type", None),
    ]
    assert all(item.line == 1 for item in problems)
    assert "Did you mean" in str(problems[0])
    assert "stop_type" in str(problems[0].allowed)


BAD_DATES = [
    *("hello", "2017-02-30", "2017-13-01", "2017-00-10", "2017-06-31", "2017-02-29", "1900-02-29"),
    *("01/06/2017", "2017-6-1", "20170601", "2017-06-01T00:00:00", "17-06-01", "12017-06-01"),
    *("-017-06-01", "infinity", "today", "42887", "null", "2017-06-01 x", "２０１７-06-01"),
]


@pytest.mark.parametrize("column", ["clock_start_date", "clock_stop_date"])
def test_what_is_no_date_is_refused(tmp_path: Path, column: str) -> None:
    before = "" if column == "clock_start_date" else "2017-06-01,"
    after = ",," if column == "clock_start_date" else ",admitted"
    lines = [f"P{place},00A,{before}{text}{after}" for place, text in enumerate(BAD_DATES, 1)]
    problems = refused(folder(tmp_path, GOOD, *lines, GOOD.replace("P0", "P99")))
    assert where(problems) == [(line, column, text) for line, text in enumerate(BAD_DATES, 3)]
    for problem in problems:
        assert problem.rows == 1
        assert "YYYY-MM-DD" in str(problem.allowed)
        assert str(problem).startswith(str(tmp_path / "rtt" / "pathways.csv"))


@pytest.mark.parametrize("day", ["2016-02-29", "2000-02-29", "1996-02-29"])
def test_29_february_is_a_day_of_leap_years(tmp_path: Path, day: str) -> None:
    assert starts(folder(tmp_path, f"P1,00A,{day},,"), period=day[:7]) == {"00A": 1}


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31", "1752-09-10", "9999-12-31"])
def test_far_days_are_days(tmp_path: Path, day: str) -> None:
    assert starts(folder(tmp_path, GOOD, f"P1,00A,{day},,")) == {"00A": 1}


@pytest.mark.parametrize(
    ("value", "nearest"), [("admited", "admitted"), ("non-admitted", "non_admitted"), ("7", None)]
)
def test_a_code_outside_the_closed_list_is_refused(
    tmp_path: Path, value: str, nearest: str | None
) -> None:
    (problem,) = refused(folder(tmp_path, f"P1,00A,2017-06-01,2017-06-05,{value}"))
    assert (problem.line, problem.column, problem.value) == (2, "stop_type", value)
    assert problem.allowed == "admitted, non_admitted"
    assert problem.nearest == nearest


def test_what_is_no_count_is_refused(tmp_path: Path) -> None:
    texts = ["-1", "1.5", "1.0", "1e3", "1,5", "x", "+2", "٣", "9" * 20]
    lines = [f'P{place},00A,2017-06-01,,,"{text}"' for place, text in enumerate(texts)]
    problems = refused(folder(tmp_path, *lines, header=f"{HEADER},count"))
    assert where(problems) == [(line, "count", text) for line, text in enumerate(texts, 2)]


def test_counts_are_added_and_an_empty_one_is_1(tmp_path: Path) -> None:
    lines = [f"P{place},00A,2017-06-01,,,{text}" for place, text in enumerate(["", "0", "007"])]
    assert starts(folder(tmp_path, *lines, header=f"{HEADER},count")) == {"00A": 8}


def test_counts_whose_sum_no_number_can_hold_are_refused(tmp_path: Path) -> None:
    lines = [f"P{place},00A,2017-06-01,,,{2**63 - 1}" for place in (1, 2)]
    data = folder(tmp_path, *lines, header=f"{HEADER},count")
    with pytest.raises(InputError):
        starts(data)


@pytest.mark.parametrize(
    "line",
    [
        " P1 , 00a ,2017-06-01 , , ",
        "P1,\u00a000a\u00a0,\u00a02017-06-01,\u00a0,\u00a0",
        "\u200bP1,00A\u200b,2017-06-01,,\t",
        '"P1","00A","2017-06-01","",""',
    ],
    ids=["blanks and lower case", "non-breaking", "zero width", "quoted"],
)
def test_blanks_case_and_quotes_do_not_matter(tmp_path: Path, line: str) -> None:
    data = folder(tmp_path, line, line.replace("P1", "P2"))
    assert starts(data) == {"00A": 2}
    assert nhsind.check(data).empty


def test_case_and_blanks_of_lists_and_headings_do_not_matter(tmp_path: Path) -> None:
    header = "\u00a0PATHWAY_ID , Ccg_Code,CLOCK_START_DATE,clock_stop_date,Stop_Type "
    data = folder(tmp_path, "P1,00A,2017-05-01,2017-06-05, Non_ADMITTED\u00a0", header=header)
    table = nhsind.derive("E.M.19", data=data, period="2017-06")
    assert table["value"].tolist() == [1]


def test_identifiers_and_codes_are_only_text(tmp_path: Path) -> None:
    code = "X'); DROP TABLE PATHWAYS;--"
    lines = [f'"=1+1 ""☃""","{code}",2017-06-01,,', f'"P\n1","{code}",2017-06-01,,']
    assert starts(folder(tmp_path, *lines)) == {code: 2}


# Files -------------------------------------------------------------------------------------------

BODY = f"{HEADER}\n{GOOD}\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + BODY.encode(),
        BODY.replace("\n", "\r\n").encode(),
        BODY.rstrip().encode(),
        BODY.replace("pathway_id", '"pathway_id"').encode(),
        b"\xef\xbb\xbf" + BODY.replace("pathway_id", '"pathway_id"').encode(),
        BODY.replace("\n", "\n\n").encode(),
    ],
    ids=["mark", "crlf", "no last line end", "quoted heading", "mark and quote", "blank lines"],
)
def test_usual_forms_of_csv_are_read(tmp_path: Path, raw: bytes) -> None:
    assert starts(folder(tmp_path, raw=raw)) == {"00A": 1}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b",,,,\n1,2,3,4,5\n",
        BODY.encode("utf-16"),
        BODY.replace(",", ";").encode(),
        f"{BODY}P1,00\xe9,2017-06-01,,\n".encode("cp1252"),
        f"{BODY}P1,00A,2017-06-01\n".encode(),
        f"{BODY}P1,00A,2017-06-01,,,x\n".encode(),
        f'{BODY}"P1,00A,2017-06-01,,\nP2,00A,2017-06-01,,\n'.encode(),
        f"{HEADER},CCG_code\nP1,00A,2017-06-01,,,00B\n".encode(),
    ],
    ids=[
        *("empty", "blank", "no names", "utf-16", "semicolons", "cp1252", "too few", "too many"),
        *("open quote", "repeated column"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, raw: bytes) -> None:
    problems = refused(folder(tmp_path, raw=raw))
    assert problems
    assert all(item.place == str(tmp_path / "rtt" / "pathways.csv") for item in problems)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("P1,00\xe9,2017-06-01,,", "ccg_code"),
        ("P1,00A,2017-06-01", None),
        ("P1,00A,2017-06-01,,,x", None),
    ],
    ids=["cp1252", "too few", "too many"],
)
def test_damaged_lines_are_numbered(tmp_path: Path, line: str, column: str | None) -> None:
    raw = f"{BODY}{line}\n{GOOD.replace('P0', 'P2')}\n".encode("cp1252")
    (problem,) = refused(folder(tmp_path, raw=raw))
    assert problem.line == 3
    assert column is None or problem.column == column


def test_a_repeated_column_is_named(tmp_path: Path) -> None:
    (problem,) = refused(folder(tmp_path, "P1,00A,2017-06-01,,,00B", header=f"{HEADER}, CCG_code"))
    assert (problem.line, problem.column) == (1, "ccg_code")


def test_a_file_of_headings_only_has_no_rows_and_no_problems(tmp_path: Path) -> None:
    data = folder(tmp_path)
    assert nhsind.check(data).empty
    assert starts(data) == {}


@pytest.mark.parametrize("missing", ["no such folder", "empty folder"])
def test_a_path_that_holds_nothing_is_refused(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "nowhere" if missing == "no such folder" else tmp_path
    (problem,) = refused(path)
    assert problem.place == str(path)


@pytest.mark.parametrize("name", ["data[1]", "a*b", 'it\'s "x"', "données ☃", "a b"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    """A name that is also a pattern must not read a neighbour that the pattern matches."""
    folder(tmp_path / "data1", "P1,00Z,2017-06-01,,")
    folder(tmp_path / "aXb", "P1,00Z,2017-06-01,,")
    assert starts(folder(tmp_path / name, GOOD)) == {"00A": 1}


def test_parquet_wins_over_csv(tmp_path: Path) -> None:
    data = folder(tmp_path, raw=b"junk")
    pq.write_table(pathways(), data / "rtt" / "pathways.parquet")
    assert starts(data) == {"00A": 2}


def test_no_folder_of_several_is_ignored(tmp_path: Path) -> None:
    """Two folders with the same table are added up, or refused; neither is dropped unsaid."""
    data = [folder(tmp_path / "a", GOOD), folder(tmp_path / "b", "P9,00B,2017-06-01,,")]
    with suppress(InputError, UsageError):
        assert starts(data) == {"00A": 1, "00B": 1}


EXTRA = [
    *("colour", "place", "period", "record_fault", "count(*)", "source_row"),
    *("occurrence", "versions", 'a "quoted" name', "select", "stop_before_start"),
]


@pytest.mark.parametrize("name", EXTRA)
def test_extra_columns_are_ignored_whatever_their_name(tmp_path: Path, name: str) -> None:
    header = HEADER + ',"' + name.replace('"', '""') + '"'
    lines = [f"{GOOD},blue", f"{GOOD},red", "P1,00A,2017-06-01,,,blue"]
    data = folder(tmp_path / "good", *lines, header=header)
    assert starts(data) == {"00A": 2}
    assert nhsind.check(data)["fault"].tolist() == ["repeated"]
    problems = refused(folder(tmp_path / "bad", *lines, "P3,00A,junk,,,blue", header=header))
    assert where(problems) == [(5, "clock_start_date", "junk")]


# All at once -------------------------------------------------------------------------------------


def test_every_problem_of_every_column_and_file_is_named_at_once(tmp_path: Path) -> None:
    data = folder(
        tmp_path,
        GOOD,
        "P1,00A,junk,2017-02-30,sideways",
        "P2,00A,2017-06-01,,",
        "P3,00A,junk,,",
        "P4,00A,rubbish,2017-06-31,admitted",
        geography="ccg_code,valid_from\n00A,\n00B,never\n",
        plans="indicator,org_code,period,plan\nE.B.3,00A,2017-06,much\n",
    )
    problems = refused(data)
    found = {(Path(item.place).name, item.line, item.column, item.value) for item in problems}
    assert found == {
        ("pathways.csv", 3, "clock_start_date", "junk"),
        ("pathways.csv", 6, "clock_start_date", "rubbish"),
        ("pathways.csv", 3, "clock_stop_date", "2017-02-30"),
        ("pathways.csv", 6, "clock_stop_date", "2017-06-31"),
        ("pathways.csv", 3, "stop_type", "sideways"),
        ("geography.csv", 3, "valid_from", "never"),
        ("plans.csv", 2, "plan", "much"),
    }
    assert len(problems) == 7
    assert next(item.rows for item in problems if item.value == "junk") == 2


def test_missing_columns_do_not_hide_bad_values(tmp_path: Path) -> None:
    problems = refused(folder(tmp_path, "00A,junk,,", header=HEADER.removeprefix("pathway_id,")))
    assert {item.column for item in problems} == {"pathway_id", "clock_start_date"}


def test_bad_values_do_not_hide_unknown_commissioners(tmp_path: Path) -> None:
    data = folder(tmp_path, GOOD, "P1,00Z,junk,,", geography="ccg_code\n00A\n")
    assert {item.column for item in refused(data)} == {"ccg_code", "clock_start_date"}


def test_damaged_lines_do_not_hide_bad_values(tmp_path: Path) -> None:
    problems = refused(folder(tmp_path, "P1,00A", "P2,00A,junk,,"))
    assert {item.line for item in problems} == {2, 3}


@pytest.mark.parametrize(
    "before", ['"P\n9",00A,2017-06-01,,', "", "P9,00A,2017-06-01,,\n"], ids=["quoted", "1", "2"]
)
def test_lines_are_counted_as_an_editor_shows_them(tmp_path: Path, before: str) -> None:
    """Also after a line end between quotes, and after blank lines."""
    data = folder(tmp_path, before, "P2,00A,junk,,", GOOD, GOOD)
    lines = (data / "rtt" / "pathways.csv").read_text("utf-8").split("\n")
    (problem,) = refused(data)
    assert problem.line == lines.index("P2,00A,junk,,") + 1


def test_findings_are_placed_by_line_too(tmp_path: Path) -> None:
    found = nhsind.check(folder(tmp_path, '"P\n9",00A,2017-06-01,,', GOOD, GOOD))
    assert found["places"].tolist() == ["line 5 (pathway_id P0)"]


def test_every_distinct_value_is_a_problem_with_its_first_line(tmp_path: Path) -> None:
    lines = [f"P{place},00A,bad{place % 25:02d},," for place in range(50)]
    problems = refused(folder(tmp_path, *lines))
    assert where(problems) == [(at + 2, "clock_start_date", f"bad{at:02d}") for at in range(25)]
    assert [item.rows for item in problems] == [2] * 25


def test_places_are_right_in_long_files(tmp_path: Path) -> None:
    lines = [f"P{place},00A,2017-06-01,," for place in range(200_000)]
    lines[150_000] = "P150000,00A,junk,,"
    lines[199_999] = "P199999,00A,junk,,"
    (problem,) = refused(folder(tmp_path, *lines))
    assert (problem.line, problem.rows) == (150_002, 2)


# Identifiers -------------------------------------------------------------------------------------


@pytest.fixture
def muddled(tmp_path: Path) -> Path:
    return folder(
        tmp_path,
        "P1,00A,2017-06-01,,",
        "P1,00a ,2017-06-01,, ",
        "P2,00A,2017-06-02,,",
        "P2,00B,2017-06-02,,",
        ",00A,2017-06-03,,",
        "  ,00A,2017-06-03,,",
        "P3,00A,2017-06-04,,",
    )


def test_agreeing_rows_count_once_and_disagreeing_and_nameless_rows_not(muddled: Path) -> None:
    assert starts(muddled) == {"00A": 2}
    found = nhsind.check(muddled).set_index("fault")
    assert found["rows"].to_dict() == {
        "repeated": 1,
        "identifier_disagrees": 2,
        "identifier_missing": 2,
    }
    assert found.loc["repeated", "places"] == "line 3 (pathway_id P1)"
    assert "line 4" in found.loc["identifier_disagrees", "places"]
    assert found.loc["identifier_missing", "places"] == "line 6; line 7"


def test_trace_shows_what_became_of_every_row(muddled: Path) -> None:
    traced = nhsind.trace("E.M.20", data=muddled, period="2017-06")
    fates = traced["excluded_because"].fillna("counted").value_counts().to_dict()
    assert fates == {"counted": 2, "identifier_disagrees": 2, "identifier_missing": 2}


def test_an_organisation_whose_records_are_all_out_still_has_a_row(muddled: Path) -> None:
    table = nhsind.derive("rtt", data=muddled, period="2017-06", notes=Notes())
    out = table[table["org_code"] == "00B"].set_index("indicator")
    assert out.loc["E.M.20", "value"] == 0
    assert out.loc["E.B.3", "status"] == "no_cases"
    assert pd.isna(out.loc["E.B.3", "value"])


def test_rows_disagree_by_any_column_the_family_reads_and_by_no_other(tmp_path: Path) -> None:
    header = f"{HEADER},provider_code,colour"
    lines = ["P1,00A,2017-06-01,,,RXA,red", "P1,00A,2017-06-01,,,RXA,blue"]
    assert starts(folder(tmp_path / "same", *lines, header=header)) == {"00A": 1}
    lines[1] = "P1,00A,2017-06-01,,,,red"
    assert starts(folder(tmp_path / "other", *lines, header=header)) == {}


def test_strict_refuses_what_would_be_left_out(muddled: Path) -> None:
    with pytest.raises(InputError, match="disagree"):
        starts(muddled, strict=True)
    with pytest.raises(InputError, match="without an identifier"):
        nhsind.check(muddled, strict=True)


def test_strict_does_not_refuse_rows_that_agree(tmp_path: Path) -> None:
    """They count once and are reported; nothing of them is left out (contract, section 2)."""
    assert starts(folder(tmp_path, GOOD, GOOD), strict=True) == {"00A": 1}


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        (["P1,00A,2017-06-01,,,2", "P1,00A,2017-06-01,,,2"], 2),
        (["P1,00A,2017-06-01,,,1", "P1,00A,2017-06-01,,,"], 1),
        (["P1,00A,2017-06-01,,,2", "P1,00A,2017-06-01,,,3"], 0),
        ([",00A,2017-06-01,,,5", ",00A,2017-06-01,,,5"], 10),
        ([",00A,2017-06-01,,,5", "P1,00A,2017-06-01,,,1"], 6),
    ],
    ids=["agree", "agree with the default", "disagree", "nameless", "some nameless"],
)
def test_identifiers_beside_counts(tmp_path: Path, lines: list[str], counted: int) -> None:
    data = folder(tmp_path, *lines, header=f"{HEADER},count")
    assert starts(data).get("00A", 0) == counted


def test_counts_without_identifiers_are_not_compared(tmp_path: Path) -> None:
    header = HEADER.removeprefix("pathway_id,") + ",count"
    data = folder(tmp_path, "00A,2017-06-01,,,2", "00A,2017-06-01,,,2", header=header)
    assert starts(data) == {"00A": 4}
    assert nhsind.check(data).empty


def test_records_that_cannot_be_true_are_left_out_and_listed(tmp_path: Path) -> None:
    data = folder(
        tmp_path,
        "P1,00A,2017-06-05,2017-06-04,admitted",
        "P2,00A,2017-06-05,2017-06-05,admitted",
        "P3,00A,,,",
        "P4,00A,2017-06-05,2017-06-06,",
        "P5,,2017-06-05,,",
    )
    found = nhsind.check(data).set_index("fault")
    assert found["rows"].to_dict() == {
        "stop_before_start": 1,
        "clock_start_missing": 1,
        "stop_type_missing": 1,
        "organisation_missing": 1,
    }
    assert found.loc["stop_type_missing", "left_out_of"] == "E.M.18 E.M.19"
    assert found.loc["organisation_missing", "places"] == "line 6 (pathway_id P5)"
    assert starts(data) == {"00A": 2}


# Geography and plans beside the records ----------------------------------------------------------


def test_unknown_commissioners_are_refused_with_the_nearest(tmp_path: Path) -> None:
    data = folder(
        tmp_path,
        GOOD,
        "P1,00B,2017-06-01,,",
        "P2,00b,2017-06-01,,",
        "P3,99Z,2017-06-01,,",
        geography="ccg_code\n00A\n00C\n07X\n",
    )
    problems = refused(data)
    assert where(problems) == [(3, "ccg_code", "00B"), (5, "ccg_code", "99Z")]
    assert problems[0].nearest in ("00A", "00C")
    assert problems[0].rows == 2
    assert problems[1].nearest is None


def test_special_commissioners_are_always_known(tmp_path: Path) -> None:
    lines = [f"P{code},{code.lower()},2017-06-01,," for code in ("NONC", "X24", "UNKNOWN")]
    data = folder(tmp_path, GOOD, *lines, geography="ccg_code,stp_code\n00A,S1\n")
    assert starts(data) == {"00A": 1, "NONC": 1, "X24": 1, "UNKNOWN": 1}
    assert starts(data, level="england") == {"ENGLAND": 3}
    assert starts(data, level="stp") == {"S1": 1}


PLAN_HEADER = "indicator,org_code,period,plan\n"


@pytest.mark.parametrize(
    "plans",
    [
        PLAN_HEADER + "E.B.3,00A,2017-06,much\n",
        PLAN_HEADER + "E.B.3,00A,2017-06,93%\n",
        PLAN_HEADER + "E.B.3,00A,2017-06,inf\n",
        PLAN_HEADER + "E.B.3,00A,June17,0.9\n",
        PLAN_HEADER + "E.B.3,00A,2017-06,0.9,7,8\n",
        PLAN_HEADER + "E.B.3,00A,2017-06,0.9\nE.B.3,00A,Jun 2017,0.1\n",
        "indicator,org,period,plan\nE.B.3,00A,2017-06,0.9\n",
        "",
        (PLAN_HEADER + "E.B.3,00\xe9,2017-06,0.9\n").encode("cp1252"),
    ],
    ids=["text", "percent", "infinite", "period", "too many", "twice", "column", "empty", "cp1252"],
)
def test_bad_plans_are_refused(tmp_path: Path, plans: str | bytes) -> None:
    problems = refused(folder(tmp_path, GOOD, plans=plans))
    assert {Path(item.place).name for item in problems} == {"plans.csv"}


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("E.B.33,00A,2017-06,0.9", "indicator", "is not a known indicator"),
        ("E.B.3,00Z,2017-06,0.9", "org_code", "is no organisation of the data or the geography"),
        ("E.A.3,00A,2017-06,0.9", "period", "is no period of E.A.3, which is quarterly"),
        ("E.B.3,00A,2017-06,-0.1", "plan", "is below 0"),
        ("E.B.3,00A,2017-06,1.01", "plan", "is more than all, as the line is a share"),
        ("E.A.3,00A,2017-18-Q1,-1", "plan", "is below 0"),
    ],
)
def test_plans_that_cannot_be_are_refused(tmp_path: Path, row: str, column: str, says: str) -> None:
    fine = "E.B.3,00A,2017-05,1\nE.B.3,ENGLAND,2017-06,0\nE.A.S.1,00Z,2017-06,1.5\n"
    (problem,) = refused(folder(tmp_path, GOOD, plans=PLAN_HEADER + fine + row))
    assert (problem.line, problem.column, problem.message) == (5, column, says)


def test_plans_may_be_for_whom_the_geography_or_another_family_has(tmp_path: Path) -> None:
    data = folder(tmp_path, GOOD, plans=PLAN_HEADER + "E.B.3,00Z,2017-06,1\nE.B.3,S1,2017-06,1\n")
    assert {item.value for item in refused(data)} == {"00Z", "S1"}
    (data / "geography.csv").write_text("ccg_code,stp_code\n00A,S1\n", "utf-8")
    (problem,) = refused(data)
    assert problem.value == "00Z"
    (data / "eip").mkdir()
    (data / "eip" / "referrals.csv").write_text("referral_id,ccg_code\nr,00Z\n", "utf-8")
    assert starts(data) == {"00A": 1}


def test_good_plans_are_compared_in_any_spelling(tmp_path: Path) -> None:
    data = folder(tmp_path, GOOD, plans=PLAN_HEADER + "e.b.3, 00a ,Jun 2017,0.93\n")
    table = nhsind.derive("E.B.3", data=data, period="2017-06")
    assert table["plan"].tolist() == [0.93]
    assert table["meets_plan"].tolist() == [True]


# Parquet -----------------------------------------------------------------------------------------


def pathways(**columns: Any) -> pa.Table:
    """Two good pathways with native types, some columns replaced."""
    days = [JUNE, dt.date(2017, 6, 2)]
    native: dict[str, Any] = {
        "pathway_id": ["P1", "P2"],
        "ccg_code": ["00A", "00a "],
        "clock_start_date": pa.array(days),
        "clock_stop_date": pa.array([None, days[1]]),
        "stop_type": [None, "admitted"],
    }
    return pa.table(native | columns)


def parquet(at: Path, table: pa.Table) -> Path:
    (at / "rtt").mkdir(parents=True)
    pq.write_table(table, at / "rtt" / "pathways.parquet")
    return at


def _stamps(hour: int, unit: str = "us", zone: str | None = None) -> pa.Array:
    stamps = [dt.datetime(2017, 6, 1, hour), None]
    return pa.array(stamps, type=pa.timestamp(unit, tz=zone))


MIDNIGHT_1_JUNE_IN_LONDON = pa.array(
    [dt.datetime(2017, 5, 31, 23, tzinfo=dt.UTC), None],
    type=pa.timestamp("us", tz="Europe/London"),
)


@pytest.mark.parametrize(
    ("columns", "counted"),
    [
        ({}, 2),
        ({"clock_start_date": ["2017-06-01", " 2017-06-02 "], "clock_stop_date": ["", None]}, 2),
        ({"clock_start_date": _stamps(0)}, 1),
        ({"clock_start_date": _stamps(0, "ns")}, 1),
        ({"clock_start_date": _stamps(0, "s")}, 1),
        ({"clock_start_date": MIDNIGHT_1_JUNE_IN_LONDON}, 1),
        ({"clock_start_date": pa.array([JUNE, None], type=pa.date64())}, 1),
        ({"clock_stop_date": pa.nulls(2), "stop_type": pa.nulls(2)}, 2),
        ({"pathway_id": [1, 2]}, 2),
        ({"ccg_code": pa.array(["00A", "00a"]).dictionary_encode()}, 2),
        ({"count": [3, None]}, 4),
        ({"count": [3.0, 4.0]}, 7),
        ({"count": [Decimal("3.0"), Decimal("4.0")]}, 7),
        ({"count": ["3", " 4"]}, 7),
        ({"count": pa.array([3, 4], type=pa.uint8())}, 7),
    ],
    ids=[
        *("native", "text", "timestamp", "ns", "s", "London", "date64", "null type", "integer id"),
        *("dictionary", "count", "float count", "decimal count", "text count", "byte count"),
    ],
)
def test_parquet_types_that_hold_what_they_should(
    tmp_path: Path, columns: dict[str, Any], counted: int
) -> None:
    assert starts(parquet(tmp_path, pathways(**columns))) == {"00A": counted}


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        ({"clock_start_date": _stamps(12)}, (1, "clock_start_date")),
        ({"clock_start_date": [JUNE.isoformat(), "2017-02-30"]}, (2, "clock_start_date")),
        ({"clock_start_date": pa.array([None, 20170601])}, (2, "clock_start_date")),
        ({"clock_stop_date": pa.array([None, True])}, (2, "clock_stop_date")),
        ({"stop_type": ["x", None]}, (1, "stop_type")),
        ({"count": [1.0, 1.5]}, (2, "count")),
        ({"count": [1, -1]}, (2, "count")),
        ({"count": [1.0, float("nan")]}, (2, "count")),
        ({"count": [1.0, float("inf")]}, (2, "count")),
        ({"count": [1.0, 1e30]}, (2, "count")),
        ({"count": pa.array([1, 2**64 - 1], type=pa.uint64())}, (2, "count")),
        ({"count": [True, None]}, (1, "count")),
        ({"ccg_code": [None, 1.5]}, (2, "ccg_code")),
    ],
    ids=[
        *("noon", "impossible day", "number as day", "boolean as day", "list", "half", "negative"),
        *("nan", "infinite", "huge float", "huge integer", "boolean", "number as code"),
    ],
)
def test_parquet_values_that_cannot_be_read_are_placed_by_row(
    tmp_path: Path, columns: dict[str, Any], place: tuple[int, str]
) -> None:
    (problem,) = refused(parquet(tmp_path, pathways(**columns)))
    assert (problem.line, problem.column) == place
    assert problem.unit == "row"


def test_parquet_damage_and_missing_and_repeated_columns_are_refused(tmp_path: Path) -> None:
    (problem,) = refused(parquet(tmp_path / "short", pathways().drop_columns(["ccg_code"])))
    assert (problem.column, problem.line) == ("ccg_code", None)
    twice = pathways().append_column("CCG_CODE", pa.array(["00B", "00B"]))
    (problem,) = refused(parquet(tmp_path / "twice", twice))
    assert problem.column == "ccg_code"
    broken = parquet(tmp_path / "broken", pathways())
    (broken / "rtt" / "pathways.parquet").write_bytes(b"PAR1 junk")
    (problem,) = refused(broken)
    assert "Parquet" in problem.message


def test_parquet_rows_are_numbered_right_in_long_files(tmp_path: Path) -> None:
    days = ["2017-06-01"] * 200_000
    days[150_000] = "junk"
    table = pa.table(
        {
            "pathway_id": [str(place) for place in range(len(days))],
            "ccg_code": ["00A"] * len(days),
            "clock_start_date": days,
            "clock_stop_date": pa.nulls(len(days), pa.string()),
            "stop_type": pa.nulls(len(days), pa.string()),
        }
    )
    (problem,) = refused(parquet(tmp_path, table))
    assert problem.line == 150_001


# Data frames -------------------------------------------------------------------------------------


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pathway_id": ["P1", "P2"],
            "ccg_code": ["00A", "00a "],
            "clock_start_date": [JUNE, dt.date(2017, 6, 2)],
            "clock_stop_date": [None, dt.date(2017, 6, 3)],
            "stop_type": [None, "admitted"],
        }
        | columns
    )


TWO_DAYS = pd.to_datetime(["2017-06-01", "2017-06-02"])


@pytest.mark.parametrize(
    ("columns", "counted"),
    [
        ({}, 2),
        ({"clock_start_date": TWO_DAYS}, 2),
        ({"clock_start_date": pd.to_datetime(["2017-06-01", None])}, 1),
        ({"clock_start_date": TWO_DAYS.tz_localize("Europe/London")}, 2),
        ({"clock_start_date": ["2017-06-01", "2017-06-02"]}, 2),
        ({"clock_start_date": [JUNE, "2017-06-02"]}, 2),
        ({"clock_start_date": ["2017-06-01", None]}, 1),
        ({"clock_start_date": [pd.Timestamp(JUNE), "2017-06-02"]}, 2),
        ({"pathway_id": ["P1", 2]}, 2),
        ({"ccg_code": pd.Categorical(["00A", "00a "])}, 2),
        ({"ccg_code": pd.array(["00A", pd.NA], dtype="string")}, 1),
        ({"ccg_code": ["00A", float("nan")]}, 1),
        ({"count": [2.0, float("nan")]}, 3),
        ({"count": pd.array([2, None], dtype="Int64")}, 3),
        ({"extra": [object(), {"a": [1]}]}, 2),
    ],
    ids=[
        *("dates", "datetime64", "NaT", "London", "text", "dates and text", "text and None"),
        *("stamps and text", "mixed ids", "categories", "NA", "nan", "nan count", "Int64", "odd"),
    ],
)
def test_frames_of_many_types(columns: dict[str, Any], counted: int) -> None:
    assert starts(frame(**columns)) == {"00A": counted}


@pytest.mark.parametrize(
    ("columns", "place"),
    [
        ({"clock_start_date": TWO_DAYS + pd.Timedelta(hours=10)}, (1, "clock_start_date")),
        ({"clock_start_date": [JUNE, "2017-02-30"]}, (2, "clock_start_date")),
        ({"clock_start_date": [JUNE, 42]}, (2, "clock_start_date")),
        (
            {"clock_start_date": pd.Series([JUNE, dt.datetime(2017, 6, 1, 10)], dtype=object)},
            (2, "clock_start_date"),
        ),
        ({"clock_start_date": [42886, 42887]}, (1, "clock_start_date")),
        ({"stop_type": [None, "sideways"]}, (2, "stop_type")),
        ({"count": [1, -1]}, (2, "count")),
        ({"count": [1, 0.5]}, (2, "count")),
        ({"count": [1, float("inf")]}, (2, "count")),
        ({"count": pd.Series([1, 2**70], dtype=object)}, (2, "count")),
        ({"ccg_code": [["00A"], ["00B"]]}, (1, "ccg_code")),
    ],
    ids=[
        *("ten o'clock", "impossible day", "date and number", "date and stamp", "numbers", "list"),
        *("negative", "half", "infinite", "huge", "lists"),
    ],
)
def test_frame_values_that_cannot_be_read_are_placed_by_row(
    columns: dict[str, Any], place: tuple[int, str]
) -> None:
    problem = refused(frame(**columns))[0]
    assert (problem.line, problem.column, problem.unit) == (*place, "row")
    assert problem.place == "pathways"


def _twice(name: str) -> pd.DataFrame:
    return pd.concat([frame(), pd.DataFrame({name: ["00B", "00B"]})], axis=1)


@pytest.mark.parametrize("name", ["ccg_code", "CCG_CODE"])
def test_a_column_twice_in_a_frame_is_refused(name: str) -> None:
    assert [item.column for item in refused(_twice(name))] == ["ccg_code"]


def test_missing_columns_of_a_frame_are_named() -> None:
    (problem,) = refused(frame().rename(columns={"stop_type": "stop_typ"}))
    assert (problem.column, problem.nearest, problem.line) == ("stop_type", "stop_typ", None)
    assert refused(pd.DataFrame())


@pytest.mark.parametrize(
    "form",
    [
        lambda table: {"pathways": table},
        lambda table: table.set_index(pd.Index([7, 7])),
        lambda table: table.assign(**{"5": 1}).rename(columns={"5": 5}),
        pl.from_pandas,
        lambda table: pl.from_pandas(table).lazy(),
        pa.Table.from_pandas,
    ],
    ids=["dict", "index", "number as name", "polars", "lazy polars", "arrow"],
)
def test_frames_of_many_kinds(form: Callable[[pd.DataFrame], Any]) -> None:
    assert starts(form(frame())) == {"00A": 2}


def test_a_given_frame_is_not_changed() -> None:
    given = frame().set_index(pd.Index([7, 8]))
    before = given.copy(deep=True)
    starts(given)
    pd.testing.assert_frame_equal(given, before)


def test_a_frame_without_rows_has_none() -> None:
    assert starts(frame().head(0)) == {}


def test_an_unknown_table_is_bad_usage_naming_the_nearest() -> None:
    with pytest.raises(UsageError, match='Did you mean "pathways"'):
        starts({"pathway": frame()})


NO_RECORDS: list[Any] = [{}, {"geography": pd.DataFrame({"ccg_code": ["00A"]})}, []]


@pytest.mark.parametrize("data", NO_RECORDS, ids=["nothing", "geography", "no paths"])
def test_no_records_at_all_are_refused(data: Any) -> None:
    """A line whose table is missing is wrong input when asked for by code."""
    with pytest.raises(InputError):
        starts(data)


@pytest.mark.parametrize(
    "plans",
    [
        {"x": [1]},
        {"indicator": ["E.B.3"], "org_code": ["00A"], "period": ["2017-06"], "plan": [""]},
    ],
    ids=["columns", "text"],
)
def test_bad_plans_in_a_frame_are_refused(plans: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        nhsind.derive(
            "E.B.3", data={"pathways": frame(), "plans": pd.DataFrame(plans)}, period="2017-06"
        )


@pytest.mark.parametrize("kind", [str, Path])
def test_side_tables_of_a_dict_may_be_files(tmp_path: Path, kind: type) -> None:
    (tmp_path / "plans.csv").write_text("indicator,org_code,period,plan\nE.B.3,00A,2017-06,0.5\n")
    (tmp_path / "coverage.csv").write_text("family,table,from,to\nrtt,pathways,2017-06,2017-06\n")
    side = {name: kind(tmp_path / f"{name}.csv") for name in ("plans", "coverage")}
    got = nhsind.derive("E.B.3", data={"pathways": frame(), **side}, period="2017-06..2017-07")
    assert got["plan"].iloc[0] == 0.5
    assert list(got["status"]) == ["ok", "not_covered"]
    for name in side:
        with pytest.raises(InputError, match=r"nowhere\.csv: there is no such file"):
            missing = {**side, name: kind(tmp_path / "nowhere.csv")}
            nhsind.derive("E.B.3", data={"pathways": frame(), **missing}, period="2017-06")


def test_only_what_is_left_out_names_the_lines_that_it_is_out_of() -> None:
    """Rows counted once and codes kept are out of no line; a fault of no line is none."""
    spell = {"spell_id": "a", "ccg_code": "00A", "admission_date": "2018-03-01"}
    spell |= {"discharge_date": "2018-03-02", "admission_method": None, "intended_management": "1"}
    spell |= {"patient_classification": "1", "discharge_treatment_function_code": "ZZZ"}
    found = nhsind.check({"spells": pd.DataFrame([spell, spell])}, "sus")
    assert found.set_index("fault")["left_out_of"].to_dict() == {
        "repeated": "",
        "management_type_unknown": "E.J.3 E.M.10 E.M.11",
        "code_not_listed": "",
    }


@pytest.mark.parametrize("most", [2, 1])
def test_a_code_outside_an_open_list_is_found_beside_those_in_it(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the different codes are few enough to be looked at one by one, or are not."""
    monkeypatch.setattr("nhsind.sources.stored.MOST_DISTINCT_VALUES", most)
    spell = {"ccg_code": "00A", "admission_date": "2018-03-01", "discharge_date": "2018-03-02"}
    spell |= {"admission_method": "11", "intended_management": "1", "patient_classification": "1"}
    codes = {"a": "100", "b": "ZZZ", "c": "100"}
    rows = [
        spell | {"spell_id": name, "discharge_treatment_function_code": code}
        for name, code in codes.items()
    ]
    found = nhsind.check({"spells": pd.DataFrame(rows)}, "sus").set_index("fault")
    assert found.at["code_not_listed", "rows"] == 1
