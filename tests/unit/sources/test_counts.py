"""Printed counts: exact sums, and marks that keep their meaning on the way to a page."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.derivation.values import measure
from nhsind.errors import InputError
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.results import Results
from nhsind.sources.checked_input import Input
from nhsind.sources.editions import latest, parts, refuse_repeated
from nhsind.sources.published import COUNT_COLUMNS, Answers, PublishedFile, printed_cells
from nhsind.tables.kinds import table

LINE = "E.B.12"


def row(code: str, period: str, numerator: Any, denominator: Any, mark: str = "") -> dict[str, Any]:
    return {
        "indicator": LINE,
        "org_level": "provider",
        "org_code": code,
        "period": period,
        "numerator": numerator,
        "denominator": denominator,
        "mark": mark,
        "place": f"file row {code} {period}",
    }


def file_of(*rows: dict[str, Any], place: str = "file") -> PublishedFile:
    return PublishedFile(place, counts=pd.DataFrame(rows))


def opened(*rows: dict[str, Any]) -> Input:
    item = file_of(*rows)
    return Input(
        load_family("cancer"),
        duckdb.connect(),
        [],
        None,
        [],
        "file",
        counts=item.counts,
        contents=[item],
        is_published=True,
    )


def figures(source: Input, period: str, level: str = "provider") -> pd.DataFrame:
    line = source.family.indicators[LINE]
    return measure(source, [line], periods=[parse_period(period)], level=level).set_index(
        "org_code"
    )


def test_every_column_is_there_with_no_mark_and_no_rounding() -> None:
    counts = file_of({**row("RAA", "2015-04", 1, 2), "cancer": "all"}).counts
    assert counts is not None and list(counts) == [*COUNT_COLUMNS, "cancer"]
    assert counts["numerator_slack"].tolist() == counts["denominator_slack"].tolist() == [0.0]


def test_halves_stay_halves() -> None:
    source = opened(
        row("RAA", "2015-04", Decimal("0.5"), Decimal("1.5")),
        row("RAA", "2015-05", Decimal("0.5"), 1),
        row("RAA", "2015-06", 2, Decimal("3.5")),
    )
    quarter = figures(source, "2015-16-Q1").loc["RAA"]
    assert (quarter["numerator"], quarter["denominator"]) == (3, 6)
    april = figures(source, "2015-04").loc["RAA"]
    assert (april["numerator"], april["denominator"]) == (Decimal("0.5"), Decimal("1.5"))


def test_an_exact_standard_of_halves_is_met() -> None:
    """85% of 10 is 8.5."""
    table = figures(opened(row("RAA", "2015-04", Decimal("8.5"), 10)), "2015-04")
    assert table.loc["RAA", "meets_standard"]
    table = figures(opened(row("RAA", "2015-04", 8, 10)), "2015-04")
    assert not table.loc["RAA", "meets_standard"]


@pytest.mark.parametrize("mark", ["suppressed", "not_available"])
def test_a_sum_that_lacks_a_part_is_partial_and_says_whom_it_lacks(mark: str) -> None:
    source = opened(row("RAA", "2015-04", None, 20, mark), row("RAB", "2015-04", 8, 10))
    own = figures(source, "2015-04")
    assert own["status"].to_dict() == {"RAA": mark, "RAB": "ok"}
    england = figures(source, "2015-04", "england").loc["ENGLAND"]
    assert (england["status"], england["numerator"], england["denominator"]) == ("partial", 8, 10)
    assert "RAA" in england["note"] and pd.isna(england["meets_standard"])


def test_what_is_hidden_outweighs_what_is_missing() -> None:
    source = opened(
        row("RAA", "2015-04", None, None, "not_available"),
        row("RAB", "2015-04", None, 10, "suppressed"),
    )
    assert figures(source, "2015-04", "england")["status"].tolist() == ["suppressed"]


def test_an_organisation_that_is_not_printed_has_no_figure_and_not_0() -> None:
    source = opened(
        row("RAA", "2015-04", 8, 10), row("RAB", "2015-05", 8, 10), row("RAA", "2015-05", 8, 10)
    )
    april = figures(source, "2015-04")
    assert april["status"].to_dict() == {"RAA": "ok", "RAB": "not_available"}
    assert pd.isna(april.loc["RAB", "numerator"])
    assert figures(source, "2015-04", "england")["denominator"].tolist() == [10]


def test_months_that_are_not_all_there_make_no_quarter() -> None:
    source = opened(row("RAA", "2015-04", 8, 10), row("RAA", "2015-05", 8, 10))
    line = source.family.indicators[LINE]
    assert not source.covers(line, parse_period("2015-16-Q1"))
    assert source.covers(line, parse_period("2015-05"))


def test_quarters_make_a_year() -> None:
    source = opened(*(row("RAA", f"2015-16-Q{q}", 8, 10) for q in (1, 2, 3, 4)))
    assert figures(source, "2015-16")["denominator"].tolist() == [40]


def test_a_level_that_is_not_printed_is_named() -> None:
    with pytest.raises(InputError, match=r"no figures of E\.B\.12 at level ccg"):
        figures(opened(row("RAA", "2015-04", 8, 10)), "2015-04", "ccg")


def results(*rows: dict[str, Any]) -> Results:
    return compute(opened(*rows), parse_period("2015-04"), level="provider", history=0)


def test_a_page_shows_whose_mark_it_is() -> None:
    found = results(
        row("RAA", "2015-04", None, 20, "suppressed"),
        row("RAB", "2015-04", None, None, "not_available"),
        row("RAC", "2015-04", 8, 10),
    )
    shown = {code: found.figure(LINE, code) for code in ("RAA", "RAB", "RAC", "ENGLAND")}
    marks = {
        code: (each["numerator_mark"], each["denominator_mark"], each["value_mark"])
        for code, each in shown.items()
        if each is not None
    }
    england = shown["ENGLAND"]
    assert england is not None and england["status"] == "partial"
    assert marks == {
        "RAA": ("[c]", "", "[c]"),
        "RAB": ("[x]", "[x]", "[x]"),
        "RAC": ("", "", ""),
        "ENGLAND": ("", "", ""),
    }


def test_counts_have_no_steps() -> None:
    """0 records walked through the rules would be a false statement."""
    found = results(row("RAC", "2015-04", 8, 10))
    steps = table("attrition", found, LINE)
    assert "The publisher printed counts" in steps.notes[0]
    remaining = [cells[2] for cells in steps.rows]
    assert set(remaining) == {"[x]", "10", "8"}
    assert steps.rows[-1][2] == "8"


# Editions ------------------------------------------------------------------------------------


def test_the_same_part_twice_is_refused_with_the_way_out() -> None:
    both = [
        file_of(row("RAA", "2015-04", 8, 10), place="first"),
        file_of(row("RAA", "2015-04", 9, 10), row("RAA", "2015-05", 9, 10), place="second"),
    ]
    with pytest.raises(InputError, match=r"second: holds E\.B\.12 2015-04.*first.*--revisions"):
        refuse_repeated(both)


def test_a_row_printed_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"file row RAA 2015-04: stands twice"):
        refuse_repeated([file_of(row("RAA", "2015-04", 8, 10), row("RAA", "2015-04", 8, 10))])


def test_the_later_edition_counts_and_the_difference_is_told() -> None:
    answers = pd.DataFrame([row("RAA", "2015-04", 8, 10), row("RAA", "2015-05", 5, 10)])
    first = file_of(
        row("RAA", "2015-04", 8, 10),
        row("RAB", "2015-04", 1, 1),
        row("RAA", "2015-05", 5, 10),
        place="first",
    )
    first = replace(first, answers=[Answers(printed_cells(answers, "numerator", [8, 5]))])
    second = file_of(row("RAA", "2015-04", 9, 10), row("RAB", "2015-04", 1, 1), place="second")
    kept = latest([first, second])
    refuse_repeated(kept)
    assert [parts(item) for item in kept] == [
        [(LINE, "provider", "2015-05")],
        [(LINE, "provider", "2015-04")],
    ]
    (note,) = kept[1].notes
    assert "second replaces first" in note and "1 of 4 counts differ (RAA numerator +1)" in note
    # What the first printed of the replaced month is no answer any more.
    assert kept[0].answers[0].cells["period"].tolist() == ["2015-05"]


def test_editions_that_agree_say_so() -> None:
    files = [file_of(row("RAA", "2015-04", 8, 10), place=name) for name in ("first", "second")]
    assert "their counts agree" in latest(files)[1].notes[0]


# Files that are no readable table --------------------------------------------------------------


def test_a_formula_without_its_value_is_refused(published: Path, tmp_path: Path) -> None:
    import zipfile

    from nhsind.sources.cells import UNCALCULATED
    from nhsind.sources.printed import below
    from nhsind.sources.workbooks import open_workbook, sheet

    (source,) = (published / "rtt").glob("RTT-Overview*.xlsx")
    spoilt = tmp_path / "spoilt.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(spoilt, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                value = b'<c r="F104" s="27"><v>2706862</v></c>'
                assert value in data
                data = data.replace(value, b'<c r="F104" s="27"><f>SUM(F103)</f></c>')
            new.writestr(item, data)
    open_workbook(source)
    rows = sheet(open_workbook(spoilt), "Full Time Series", "spoilt.xlsx")
    places = [(i, j) for i, row in enumerate(rows) for j, c in enumerate(row) if c == UNCALCULATED]
    assert places == [(103, 5)]
    table = below(rows, 9, place="spoilt.xlsx")
    assert len(table.texts("Median wait (weeks)", 0)), "a formula elsewhere condemns no column"
    with pytest.raises(InputError, match=r"row 104 .*is a formula without a value"):
        table.numbers(("No. within 18 weeks", 0), marks={"": "nothing", "-": "nothing"})
