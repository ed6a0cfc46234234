"""Tables: accessible, escaped, and saying what the released figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from released_figures import (
    ADMITTED,
    EXACT,
    HIDES,
    HIDES_ZEROS,
    HOSTILE,
    MARCH,
    NEW,
    NON_ADMITTED,
    RECORDS,
    ROUNDS,
    SMALL,
    WITHIN,
    cells,
    derived,
    page_of_charts,
    parsed,
    three_months,
    words,
)

import nhsind
from nhsind.charts import chart
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.examples import examples_of
from nhsind.definitions.statuses import WITHHELD, Mark
from nhsind.errors import InputError, UsageError
from nhsind.periods import parse_period
from nhsind.release.results import Results
from nhsind.tables.cells import lacks_its_own, standard_words
from nhsind.tables.figures import comparison_table, trend_table
from nhsind.tables.kinds import table
from nhsind.tables.records import fate_table
from nhsind.tables.small_table import Table


def all_tables(found: Results) -> list[Table]:
    return [
        table("result", found, WITHIN),
        table("attrition", found, WITHIN),
        table("attrition", found, ADMITTED),
        table("activity", found, ADMITTED, NON_ADMITTED, NEW),
        table("quality", found),
        table("provenance", found),
        comparison_table(found, WITHIN, ["00A", "00B", "ENGLAND"]),
        trend_table(found, [WITHIN], beside_england=True),
        trend_table(found, [ADMITTED, NEW], beside_england=False),
    ]


@pytest.mark.parametrize("place", range(9))
def test_every_table_has_a_caption_and_headings_with_scope(place: int) -> None:
    found = all_tables(derived())[place]
    page = parsed(found._repr_html_())
    (region,) = page.findall("div")
    assert region.get("tabindex") == "0" and region.get("role") == "region"
    assert region.get("aria-label") == found.caption == words(region.find("table/caption"))
    columns = region.findall("table/thead/tr/th")
    assert [words(cell) for cell in columns] == list(found.headings)
    assert {cell.get("scope") for cell in columns} == {"col"}
    rows = region.findall("table/tbody/tr")
    assert [tuple(words(cell) for cell in row) for row in rows] == list(found.rows)
    for row in rows:
        assert [cell.tag for cell in row] == ["th"] + ["td"] * (len(columns) - 1)
        assert row[0].get("scope") == "row"
    assert [words(note) for note in page.findall("p")] == list(found.notes)


@pytest.mark.parametrize("place", range(9))
def test_the_text_form_of_a_table_says_the_same(place: int) -> None:
    found = all_tables(derived())[place]
    text = repr(found)
    assert text.startswith(found.caption)
    for cell in {cell for row in (found.headings, *found.rows) for cell in row}:
        assert cell in text
    assert all(note in text for note in found.notes)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_table_stays_text(text: str) -> None:
    html = Table(text, (text, "n"), ((text, text),), (text,))._repr_html_()
    page = parsed(html)
    assert {element.tag for element in page.iter()} == set(
        "page div table caption thead tbody tr th td p".split()
    )
    assert words(page.find("div/table/tbody/tr/th")) == words(page.find("p")) == text


@pytest.mark.parametrize("policy", [EXACT, HIDES, ROUNDS], ids=["exact", "hides", "rounds"])
def test_a_table_explains_the_marks_in_it_and_no_other(policy: Disclosure) -> None:
    tables = all_tables(derived(policy, SMALL))
    tables += [
        drawn.table for drawn in page_of_charts(replace(three_months(policy), organisation="D"))
    ]
    for found in tables:
        marks = [*map(str, Mark), WITHHELD]
        held = [mark for mark in marks if any(mark in row for row in found.rows)]
        explained = [note.split(" means ")[0] for note in found.notes if " means " in note]
        assert explained == held
    assert policy == EXACT or any(found.notes for found in tables)


def test_the_result_beside_england() -> None:
    found = table("result", derived(), WITHIN)
    assert found.rows == (
        (
            "A & Sons <b>CCG</b>",
            "1,840",
            "2,000",
            "92.0%",
            "90.7% to 93.1%",
            "at least 92%",
            "met",
        ),
        ("England", "2,553", "2,796", "91.3%", "90.2% to 92.3%", "at least 92%", "not met"),
    )


def test_the_attrition_adds_up_to_the_result() -> None:
    found = cells(table("attrition", derived(), WITHIN))
    assert found["All pathways of the records"] == ("", "2,055")
    assert found["Denominator: incomplete pathways"] == ("", "2,000")
    assert found["Numerator: within 18 weeks"] == ("", "1,840")
    left = sum(int(out.replace(",", "")) for out, _ in found.values() if out)
    assert left == 2_055 - 1_840
    before_start = next(row for name, row in found.items() if "before it starts" in name)
    assert before_start == ("3", "2,052")


def test_a_count_has_steps_and_no_denominator() -> None:
    found = cells(table("attrition", derived(), ADMITTED))
    assert found["Numerator: completed by admission"] == ("", "20")
    assert not [name for name in found if name.startswith("Denominator")]


def test_activity_beside_the_month_before() -> None:
    found = table("activity", derived(), ADMITTED, NON_ADMITTED, NEW)
    assert found.headings[1:] == ("March 2018", "95% interval, March 2018", "February 2018")
    assert cells(found)["Completed admitted RTT pathways"] == ("20", "12 to 31", "0")
    assert cells(found)["New RTT pathways (clock starts)"][::2] == ("80", "20")


def test_quality_lists_each_fault_of_all_organisations() -> None:
    found = cells(table("quality", derived()))
    assert sorted(row[1] for row in found.values()) == ["1", "1"]
    assert {row[0] for row in found.values()} == {
        "E.B.3, E.M.18, E.M.19, E.M.20",
        "E.B.3, E.M.20",
    }
    sound = table("quality", derived(EXACT, tuple(RECORDS[:1])))
    assert sound.rows == (("None: every record could be used", "", "0"),)


def test_provenance_names_data_and_policy() -> None:
    found = cells(table("provenance", derived(HIDES, SMALL)))
    assert found["Data"] == ("Records: pathways",)
    assert found["Disclosure policy"] == ("suppress: a test",)
    assert found["Policy source"] == ("a test",)


@pytest.mark.parametrize("ask", [table, chart])
def test_an_unknown_kind_line_or_organisation_is_refused(ask: Any) -> None:
    kind = "result" if ask is table else "trend"
    for arguments in (("resultt", WITHIN), (kind, "E.B.33"), (kind,)):
        with pytest.raises(UsageError):
            ask(arguments[0], derived(), *arguments[1:])
    with pytest.raises(UsageError, match="00B"):
        derived().for_organisation("00X")


def test_results_from_python_are_the_same_without_a_policy() -> None:
    columns = ["ccg_code", "clock_start_date", "clock_stop_date", "stop_type", "count"]
    data = {"pathways": pd.DataFrame(RECORDS, columns=columns)}
    found = nhsind.results("rtt", "00a", period=MARCH, data=data)
    assert (
        table("result", found, WITHIN).rows[0][1:]
        == (table("result", derived(), WITHIN).rows[0][1:])
    )
    assert not found.figures.publishable


SUPPRESSING = pytest.mark.parametrize(
    "policy", [HIDES, ROUNDS, HIDES_ZEROS], ids=["hides", "rounds", "hides zeros"]
)
CODES = ["00A", "00B", "00C", "X24", "UNKNOWN"]


def is_hidden(found: Results) -> bool:
    row = found.figure(WITHIN)
    assert row is not None
    return bool(pd.isna(row["numerator"]))


def test_a_suppressed_row_says_so_in_every_cell() -> None:
    found = table("result", derived(HIDES, SMALL), WITHIN)
    assert found.rows[0][1:] == ("[c]", "100", "[c]", "[c]", "at least 92%", "[c]")


@SUPPRESSING
def test_the_steps_do_not_tell_a_suppressed_numerator(policy: Disclosure) -> None:
    for code in CODES:
        found = derived(policy, SMALL).for_organisation(code)
        last = table("attrition", found, WITHIN).rows[-1]
        assert not is_hidden(found) or last[-1] == "[c]", code


@pytest.mark.parametrize("policy", [HIDES, replace(HIDES, hide_zeros=True)], ids=["", "zeros"])
def test_released_steps_do_not_tell_a_suppressed_numerator(policy: Disclosure) -> None:
    """The steps are in the store that a notebook gets: figure and steps are added up there."""
    found = derived(policy, SMALL)
    for code in CODES:
        own = found.for_organisation(code)
        steps = own.steps.frame
        mine = steps[(steps["org_code"] == code) & (steps["indicator"] == WITHIN)]
        if is_hidden(own):
            inside = mine[mine["in_denominator"].fillna(False).astype(bool)]
            assert inside["units"].isna().all(), code


@SUPPRESSING
def test_the_steps_end_in_the_counts_of_the_result(policy: Disclosure) -> None:
    rows = (
        ("00A", "2018-01-10", None, None, 27),
        ("00A", "2017-06-01", None, None, 27),
    )
    found = derived(policy, rows)
    steps, result = cells(table("attrition", found, WITHIN)), table("result", found, WITHIN)
    assert steps["Numerator: within 18 weeks"][1] == result.rows[0][1]
    assert steps["Denominator: incomplete pathways"][1] == result.rows[0][2]


def test_the_results_of_several_lines_stand_in_one_table_a_row_for_each() -> None:
    found = three_months()
    shown = table("result", found, WITHIN, ADMITTED)
    assert shown.headings[:4] == ("Line", "Organisation", "Numerator", "Denominator")
    lines = [row[0].split()[0] for row in shown.rows]
    assert lines == sorted(lines) and set(lines) == {WITHIN, ADMITTED}
    single = table("result", found, WITHIN)
    assert [row[1:6] for row in shown.rows if row[0].startswith(WITHIN)] == [
        row[:5] for row in single.rows
    ]


def test_a_walk_through_the_rules_is_of_one_line() -> None:
    with pytest.raises(UsageError, match="one line, not 2"):
        table("attrition", three_months(), WITHIN, ADMITTED)


@pytest.mark.parametrize(
    ("columns", "text", "style"),
    [
        (5, "x" * 41, "; min-width: 14rem"),
        (5, "x" * 40, ""),
        (4, "x" * 41, ""),
        (2, "2018-03-01", "; white-space: nowrap"),
        (2, "2018-03-01T10:00:00", "; white-space: nowrap"),
        (2, "2018-03", ""),
        (2, "until 2018-03-01", ""),
    ],
)
def test_days_stay_on_their_line_and_sentences_off_thin_columns(
    columns: int, text: str, style: str
) -> None:
    filled = Table("T", tuple("abcde"[:columns]), ((text, text, *"12345"[: columns - 2]),))
    html = filled._repr_html_()
    assert f"<th scope='row' style='text-align: left{style}'>{text}</th>" in html
    assert f"<td class='number' style='text-align: right{style}'>{text}</td>" in html


def test_a_unit_that_nothing_identifies_is_told_by_its_organisation():
    records = examples_of(load_family("dementia"))["registers"].records
    found = fate_table("E.A.S.1", records, period="2018-03")
    told = {row[0]: row[1].partition(" ")[0] for row in found.rows}
    assert found.headings[:2] == ("Organisation", "Fate")
    assert told == {
        "AGED 65": "Counted:",
        "AGED 64": "Left",
        "GROUP 65+": "Counted:",
        "GROUP 0-64": "Left",
        "THE MONTH BEFORE": "Left",
    }


@pytest.mark.parametrize(
    ("columns", "said"),
    [(["month", "age"], '"ccg_code": the column is missing'), ([], "no columns")],
)
def test_records_without_their_organisation_are_refused_in_words(columns: list[str], said: str):
    register = pd.DataFrame({name: ["2018-03"] for name in columns})
    with pytest.raises(InputError, match=said):
        fate_table("E.A.S.1", register, period="2018-03")


def test_a_standard_of_its_own_that_is_hidden_is_not_called_none() -> None:
    line = load_family("cyp").indicators["E.H.9_2A"]
    standard = line.standard(parse_period("2017-18"), "ccg")
    assert standard is not None and standard.is_own
    row = {"indicator": "E.H.9_2A", "period": "2017-18", "org_level": "ccg", "status": "ok"}
    row |= {"standard": float("nan")}
    assert standard_words(standard, row) == "its own, which is not shown"
    assert lacks_its_own(standard, row) and not lacks_its_own(None, row)
    assert standard_words(standard, row | {"status": "not_covered"}) == "none"
    assert standard_words(None, row) == "none"
    assert not lacks_its_own(standard, row | {"standard": 107.0})
