"""Organisations: names, parents by date, successors, totals, and what a bad file says."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest

from nhsind.errors import InputError
from nhsind.geography import ENGLAND, Geography
from nhsind.periods import parse_period
from nhsind.sources.geography_files import read_geography

HEADER = "ccg_code,ccg_name,stp_code,stp_name,region_code,valid_from,valid_to,successor_ccg_code"
MERGERS = """
00A,Ambleside,S1,North,R1,2013-04-01,2016-06-30,
00A,Ambleside and Lakes,S2,South,R1,2016-07-01,2018-03-31,00M
00B,Barrow,S2,South,R1,2013-04-01,2018-03-31,00M
00M,Merged,S2,South,R1,2018-04-01,2020-03-31,00N
00N,Newest,S3,East,R2,2020-04-01,,
00O,Open,S1,North,R1,,,
"""


def rows(body: str, header: str = HEADER) -> Geography:
    lines = [header, *body.strip().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "geography.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return read_geography(path)


def problems(body: str, header: str = HEADER) -> list[tuple[int | None, str | None, str | None]]:
    """Line, column and value of each problem."""
    with pytest.raises(InputError) as refusal:
        rows(body, header)
    return [(item.line, item.column, item.value) for item in refusal.value.problems]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "geography.csv"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def geography() -> Geography:
    return rows(MERGERS)


def test_a_name_is_the_latest_rows_else_the_code(geography: Geography) -> None:
    names = geography.names("ccg")
    assert names["00A"] == "Ambleside and Lakes"
    assert geography.names("stp")["S1"] == "North"
    assert geography.names("region")["R1"] == "R1"
    assert names["NONC"] == "Commissioned outside England"
    assert names["X24"] == "NHS England"
    assert names["UNKNOWN"]
    assert geography.names("england")[ENGLAND] == "England"


def test_known_codes_are_those_of_every_date(geography: Geography) -> None:
    assert geography.known("ccg") == {"00A", "00B", "00M", "00N", "00O"}
    assert geography.known("stp") == {"S1", "S2", "S3"}
    assert geography.known("provider") == set()


@pytest.mark.parametrize(
    ("code", "period", "stp"),
    [
        ("00A", "2016-06", "S1"),
        ("00A", "2016-07", "S2"),
        ("00A", "2016-17-Q1", "S1"),
        ("00A", "2016-17-Q2", "S2"),
        ("00A", "2016-17", "S2"),
        ("00A", "2010-01", "S1"),
        ("00A", "2019-01", "S2"),
        ("00N", "2019-01", "S3"),
        ("00O", "1990-01", "S1"),
        ("00O", "2040-01", "S1"),
        ("00Z", "2017-06", None),
    ],
)
def test_the_parent_is_that_of_the_periods_last_day(
    geography: Geography, code: str, period: str, stp: str | None
) -> None:
    assert geography.parent("ccg", code, "stp", parse_period(period)) == stp


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "day", "holds"),
    [
        ("2013-04-01", "2018-03-31", date(2013, 3, 31), False),
        ("2013-04-01", "2018-03-31", date(2013, 4, 1), True),
        ("2013-04-01", "2018-03-31", date(2018, 3, 31), True),
        ("2013-04-01", "2018-03-31", date(2018, 4, 1), False),
        ("", "2018-03-31", date(1900, 1, 1), True),
        ("2013-04-01", "", date(2999, 1, 1), True),
        ("2016-02-29", "2016-02-29", date(2016, 2, 29), True),
    ],
)
def test_first_and_last_day_are_valid(
    valid_from: str, valid_to: str, day: date, holds: bool
) -> None:
    (place,) = rows(f"00A,,,,,{valid_from},{valid_to},").places
    assert place.valid_on(day) is holds


@pytest.mark.parametrize(
    ("code", "day", "successor"),
    [
        ("00A", date(2018, 3, 31), "00A"),
        ("00A", date(2018, 4, 1), "00M"),
        ("00B", date(2020, 3, 31), "00M"),
        ("00B", date(2020, 4, 1), "00N"),
        ("00M", date(2020, 4, 1), "00N"),
        ("00N", date(2099, 1, 1), "00N"),
        ("00O", date(2099, 1, 1), "00O"),
        ("NONC", date(2099, 1, 1), "NONC"),
    ],
)
def test_successors_are_followed_once_closed_before_the_date(
    geography: Geography, code: str, day: date, successor: str
) -> None:
    assert geography.successor(code, day) == successor


def test_an_organisation_that_still_has_a_valid_row_is_not_merged_yet() -> None:
    """A file may repeat the successor on every row of an organisation that moved STP before."""
    moved_first = rows(
        """
        00A,,S1,,,2013-04-01,2016-03-31,00M
        00A,,S2,,,2016-04-01,2018-03-31,00M
        """.replace(" ", "")
    )
    assert moved_first.successor("00A", date(2017, 4, 1)) == "00A"
    assert moved_first.successor("00A", date(2018, 4, 1)) == "00M"


def test_a_successor_without_a_last_day_has_taken_over_once_it_has_begun() -> None:
    plain = rows("00W,,,,,,,14L\n01M,,,,,,,14L\n14L,,,,,,,")
    assert plain.successor("00W", date(2019, 4, 1)) == "14L"
    dated = rows("00W,,,,,,,14L\n14L,,,,,2019-04-01,,")
    assert dated.successor("00W", date(2019, 3, 31)) == "00W"
    assert dated.successor("00W", date(2019, 4, 1)) == "14L"
    moved = rows("00W,,,,,,2018-03-31,14L\n00W,,,,,2018-04-01,,\n14L,,,,,,,")
    assert moved.successor("00W", date(2019, 4, 1)) == "00W"


@pytest.mark.parametrize("text", ['"14L, 01M"', "14L and 01M", "14L/01M", "?"])
def test_two_successors_are_no_one_code(text: str) -> None:
    assert [(line, column) for line, column, _ in problems(f"00W,,,,,,2018-03-31,{text}")] == [
        (2, "successor_ccg_code")
    ]


def test_organisations_that_succeed_each_other_in_a_ring_do_not_hang() -> None:
    ring = rows("00A,,,,,,2015-03-31,00B\n00B,,,,,,2016-03-31,00A")
    assert ring.successor("00A", date(2017, 1, 1)) in ("00A", "00B")
    assert rows("00A,,,,,,2015-03-31,00A").successor("00A", date(2017, 1, 1)) == "00A"


@pytest.mark.parametrize(
    ("code", "england", "stp"),
    [
        ("NONC", None, None),
        ("X24", ENGLAND, None),
        ("UNKNOWN", ENGLAND, None),
        ("00O", ENGLAND, "S1"),
    ],
)
def test_which_totals_the_special_codes_are_in(
    geography: Geography, code: str, england: str | None, stp: str | None
) -> None:
    june = parse_period("2017-06")
    assert geography.parent("ccg", code, "england", june) == england
    assert geography.parent("ccg", code, "stp", june) == stp
    assert geography.parent("ccg", code, "region", june) == (stp and "R1")


def test_codes_are_trimmed_and_in_capitals_and_headings_in_any_case() -> None:
    place = rows(" 00a\u00a0, Amble , s1,,,,, 00m ", HEADER.upper()).places[0]
    assert place.codes == {"ccg": "00A", "stp": "S1"}
    assert place.names == {"ccg": "Amble", "stp": "S1"}
    assert place.successor == "00M"


def test_columns_may_come_in_any_order_or_be_absent_or_unknown() -> None:
    geography = rows("x,S1,00A", "colour,stp_code,ccg_code")
    assert geography.parent("ccg", "00A", "stp", parse_period("2017-06")) == "S1"
    assert geography.parent("ccg", "00A", "region", parse_period("2017-06")) is None


def test_providers_have_parents_too() -> None:
    geography = rows("RXA,Trust,S1", "provider_code,provider_name,stp_code")
    assert geography.names("provider")["RXA"] == "Trust"
    assert geography.parent("provider", "RXA", "stp", parse_period("2017-06")) == "S1"
    assert geography.parent("provider", "RXA", "england", parse_period("2017-06")) == ENGLAND


def test_bad_dates_are_listed_together() -> None:
    body = "00A,,,,,2017-02-30,31/03/2018,\n00B,,,,,2016-02-29,,\n00C,,,,,x,2015-02-29,"
    assert problems(body) == [
        (2, "valid_from", "2017-02-30"),
        (2, "valid_to", "31/03/2018"),
        (4, "valid_from", "x"),
        (4, "valid_to", "2015-02-29"),
    ]


@pytest.mark.parametrize("text", ["20170401", "2017-W14-1", "2017-4-1", "2017-04-01T00:00:00"])
def test_dates_in_another_form_than_the_contracts_are_refused(text: str) -> None:
    assert problems(f"00A,,,,,{text},,") == [(2, "valid_from", text)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((",", "2018-03-31"), ("2018-03-31", "")),
        (("2013-04-01", ""), ("2018-04-01", "")),
        (("", ""), ("2018-04-01", "2018-04-01")),
        (("2013-04-01", "2018-03-31"), ("2013-04-01", "2018-03-31")),
        (("2018-01-01", "2018-12-31"), ("2017-01-01", "2018-01-01")),
    ],
    ids=["one day", "open ends", "a day inside", "identical rows", "second comes first"],
)
def test_rows_of_one_commissioner_that_share_a_day_are_refused(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    body = "\n".join(f"00A,,,,,{start.strip(',')},{end}," for start, end in (first, second))
    assert problems(body) == [(3, "ccg_code", "00A")]


def test_rows_that_adjoin_are_not_refused() -> None:
    assert len(rows("00A,,,,,,2018-03-31,\n00A,,,,,2018-04-01,,").places) == 2


def test_one_commissioner_may_stand_beside_each_of_its_providers() -> None:
    header = "ccg_code,provider_code"
    assert len(rows("00A,RXA\n00A,RXB", header).places) == 2


def test_a_row_that_ends_before_it_starts_is_refused() -> None:
    assert [line for line, _, _ in problems("00A,,,,,2018-04-01,2018-03-31,")] == [2]


def test_a_row_without_an_organisation_is_refused_and_a_blank_line_is_not() -> None:
    assert problems("00A,,,,,,,\n,,,,,,,\n \n,Nameless,S1,,,,,") == [(5, "ccg_code", None)]


def test_a_file_without_its_column_is_refused() -> None:
    assert problems("00A", "code") == [(1, "ccg_code", None)]


def test_a_repeated_column_is_refused() -> None:
    assert [column for _, column, _ in problems("00A,00B", "ccg_code,CCG_code")] == ["ccg_code"]


def test_a_byte_order_mark_is_no_part_of_the_heading(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfccg_code,ccg_name\r\n00A,Caf\xc3\xa9\r\n")
    assert read_geography(path).names("ccg")["00A"] == "Café"


def test_a_line_is_counted_as_an_editor_shows_it(tmp_path: Path) -> None:
    path = written(tmp_path, b'ccg_code,ccg_name,valid_from\n00A,"two\nlines",\n00B,,bad\n')
    with pytest.raises(InputError) as refusal:
        read_geography(path)
    assert [item.line for item in refusal.value.problems] == [4]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        "ccg_code,ccg_name\n00A,Café\n".encode("cp1252"),
        "ccg_code\n00A\n".encode("utf-16"),
        b'ccg_code,ccg_name\n00A,"never closed\n00B,\n',
        b"ccg_code,ccg_name\n00A,Amble,S1\n",
    ],
    ids=["empty", "cp1252", "utf-16", "unclosed quote", "too many cells"],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match=r"geography\.csv"):
        read_geography(written(tmp_path, content))
