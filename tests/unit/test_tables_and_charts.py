"""Tables, charts and sentences: accessible, escaped, and saying what the released figures say."""

from __future__ import annotations

import re
import warnings
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.charts import chart
from nhsind.definitions.definition import Disclosure, Standard, load_family
from nhsind.definitions.statuses import Mark
from nhsind.errors import UsageError
from nhsind.narrative.telling import interpret
from nhsind.periods import parse_period
from nhsind.release.gate import Raw, Released, release
from nhsind.release.results import Results, compute
from nhsind.sources.inputs import open_input
from nhsind.tables.tables import Table, comparison_table, table, trend_table

RTT = load_family("rtt")
EXACT = Disclosure("none", "a test", "a test", "2026-11-22")
HIDES = replace(EXACT, rule="suppress", threshold=5)
ROUNDS = replace(EXACT, rule="suppress", threshold=7, base=5)
HIDES_ZEROS = replace(ROUNDS, hide_zeros=True)
MARCH = "2018-03"
WITHIN, ADMITTED, NON_ADMITTED, NEW = RTT.indicators
HOSTILE = [
    "<script>alert(1)</script>",
    "\"Quoted\" & 'quoted'",
    "=1+1",
    "<img src=x onerror=alert(1)>",
    "--> ]]> &amp; </table>",
    'Trust id="a" href="#b" url(#c)',
]
Figure = tuple[str, str, str, int, int | None]


def figures(
    *rows: Figure,
    policy: Disclosure = EXACT,
    names: dict[str, str] | None = None,
    standard: Standard | None = None,
    organisation: str = "A",
) -> Results:
    """Results from (line, organisation, period, numerator, denominator), released."""
    family = RTT
    if standard is not None:
        line = replace(RTT.indicators[WITHIN], standards=(standard,))
        family = replace(RTT, indicators=RTT.indicators | {WITHIN: line})
    frame = pd.DataFrame(
        rows, columns=["indicator", "org_code", "period", "numerator", "denominator"]
    ).assign(family="rtt", plan=float("nan"), comparator=None)
    frame["kind"] = frame["indicator"].map({code: RTT.indicators[code].kind for code in RTT_LINES})
    frame["org_level"] = ["england" if code == "ENGLAND" else "ccg" for code in frame["org_code"]]
    frame["org_name"] = [(names or {}).get(code, f"CCG {code}") for code in frame["org_code"]]
    for name in ("numerator", "denominator"):
        frame[name] = frame[name].astype("Int64")
    nothing = Released(
        pd.DataFrame(columns=["indicator", "org_code", "period", "units", "fault", "about"]), policy
    )
    return Results(
        family=family,
        organisation=organisation,
        period=parse_period(MARCH),
        level="ccg",
        figures=release(Raw(frame), family, policy),
        steps=nothing,
        quality=nothing,
        groups={},
        source="Records: a test",
        publication={},
    )


RTT_LINES = list(RTT.indicators)


def waiting(**counts: tuple[int, int]) -> Results:
    """E.B.3 of March 2018 by organisation."""
    return figures(*[(WITHIN, code, MARCH, *pair) for code, pair in counts.items()])


# Records: (commissioner, start, stop, how, how many). 126 days before 31 March is 25 November.
RECORDS: list[tuple[Any, ...]] = [
    *[("00A", "2018-01-10", None, None, 1790), ("00A", "2017-10-10", None, None, 160)],
    *[("00A", "2018-03-05", None, None, 50), ("00A", "2018-02-01", "2018-03-09", "admitted", 20)],
    *[("00A", "2018-03-02", "2018-03-09", "non_admitted", 30)],
    *[("00A", "2018-03-09", "2018-03-02", "admitted", 3), ("00A", None, None, None, 2)],
    *[("00B", "2018-01-10", None, None, 13), ("00B", "2017-06-01", None, None, 3)],
    *[("00B", "2017-12-20", "2018-01-05", "admitted", 4), ("00C", "2018-03-01", None, None, 700)],
    ("00C", "2017-06-01", None, None, 80),
]
PLACES = [
    ("00A", "A & Sons <b>CCG</b>", "S1", "The STP"),
    ("00B", "CCG Bee", "S1", "The STP"),
    ("00C", "CCG Cee", "S2", "Another STP"),
]


@cache
def derived(policy: Disclosure = EXACT, records: tuple[Any, ...] = tuple(RECORDS)) -> Results:
    """Results of records, under a policy, as a run derives them; with a month before if exact."""
    columns = ["ccg_code", "clock_start_date", "clock_stop_date", "stop_type", "count"]
    places = pd.DataFrame(PLACES, columns=["ccg_code", "ccg_name", "stp_code", "stp_name"])
    data = {"pathways": pd.DataFrame(list(records), columns=columns), "geography": places}
    opened = open_input(replace(RTT, disclosure=policy), data)
    found = compute(opened, parse_period(MARCH), "ccg", history=int(policy == EXACT))
    return found.for_organisation("00A")


def parsed(html: str) -> ET.Element:
    """HTML of ours, which is also XML: it parses only if every text is escaped."""
    return ET.fromstring(f"<page>{html}</page>")


def words(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


def cells(found: Table) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in found.rows}


# Tables ------------------------------------------------------------------------------------------


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
        held = {mark for mark in Mark if any(mark in row for row in found.rows)}
        explained = [note[:3] for note in found.notes if " means " in note]
        assert explained == [mark for mark in Mark if mark in held]
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
    assert found["Data"] == ("Records: data frames",)
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
    found = nhsind.results("rtt", "00a", MARCH, data=data)
    assert (
        table("result", found, WITHIN).rows[0][1:]
        == (table("result", derived(), WITHIN).rows[0][1:])
    )
    assert not found.figures.publishable


# Tables of suppressed figures --------------------------------------------------------------------

# 00A: 3 of 100 within; 00B: 97 of 100; 00C: none of 50; the others leave the totals room.
SMALL = tuple(
    (code, start, None, None, count)
    for code, within, beyond in [
        ("00A", 3, 97),
        ("00B", 97, 3),
        ("00C", 0, 50),
        ("X24", 4, 60),
        ("UNKNOWN", 61, 5),
    ]
    for start, count in (("2018-01-10", within), ("2017-06-01", beyond))
    if count
)
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


# Charts ------------------------------------------------------------------------------------------

NAMES = {"A": "Own CCG", "B": "CCG Bee", "C": "CCG Cee", "D": "CCG Dee", "ENGLAND": "England"}
MONTHS = ["2018-01", "2018-02", MARCH]


def three_months(policy: Disclosure = EXACT, names: dict[str, str] | None = None) -> Results:
    rows: list[Figure] = []
    for step, month in enumerate(MONTHS):
        # 13/16 is 81.25%, which is shown half up as 81.3%.
        pairs = {"A": (13, 16), "B": (300 + step, 320), "C": (250, 300 + step), "D": (4, 60 + step)}
        pairs["E"] = (3, 50)
        total = (sum(n for n, _ in pairs.values()), sum(d for _, d in pairs.values()))
        for code, pair in (pairs | {"ENGLAND": total}).items():
            rows.append((WITHIN, code, month, *pair))
            rows += [
                (line, code, month, (900 + 37 * step * place) * (1, 5)[code == "ENGLAND"], None)
                for place, line in enumerate((ADMITTED, NON_ADMITTED, NEW))
            ]
    return figures(*rows, policy=policy, names=names or NAMES)


def page_of_charts(found: Results) -> list[Any]:
    return [
        chart("ranked", found, WITHIN),
        chart("trend", found, WITHIN),
        chart("trend", found, ADMITTED, NON_ADMITTED, NEW),
    ]


@cache
def exact_charts() -> list[Any]:
    return page_of_charts(three_months())


def texts(svg: str) -> list[str]:
    return [words(item).strip() for item in ET.fromstring(svg).iter() if item.tag.endswith("}text")]


def test_charts_are_described_images_with_the_same_figures_as_a_table() -> None:
    for drawn in exact_charts():
        svg = ET.fromstring(drawn.svg)
        assert svg.get("role") == "img" and svg.get("aria-label") == drawn.alt
        assert "March 2018" in drawn.alt and len(drawn.alt) > 60
        html = parsed(drawn._repr_html_())
        assert words(html.find("figure/figcaption")) == drawn.caption
        assert html.find("details/div/table/caption") is not None
        assert drawn.alt in repr(drawn) and drawn.table.caption in repr(drawn)


def test_the_description_holds_the_numbers_of_the_table() -> None:
    for drawn in exact_charts():
        told = re.sub(r"18 weeks|\d{4}|Standard \d+%|: \d organisations", "", drawn.alt)
        numbers = set(re.findall(r"\d[\d,.]*\d%?|\d", told))
        shown = {cell for row in drawn.table.rows for cell in row[1:]}
        assert numbers and numbers <= shown, numbers - shown


def test_percentages_in_a_description_are_rounded_half_up() -> None:
    drawn = exact_charts()[1]
    assert "Own CCG: from 81.3% in January 2018 to 81.3% in March 2018" in drawn.alt


def test_charts_on_one_page_cannot_take_each_others_parts() -> None:
    seen: set[str] = set()
    others = page_of_charts(replace(three_months(), organisation="B"))
    for svg in {drawn.svg for drawn in (*exact_charts(), *others)}:
        items = list(ET.fromstring(svg).iter())
        own = [name for item in items if (name := item.get("id"))]
        assert own and len(set(own)) == len(own) and not seen & set(own)
        seen |= set(own)
        used = {item.get("href") for item in items} - {None}
        assert used <= {f"#{name}" for name in own}
        for item in items:
            assert item.tag.split("}")[1] != "style" and "style" not in item.attrib
            assert not [value for value in item.attrib.values() if "url(" in value]


def test_charts_hold_no_date_no_creator_and_are_the_same_twice() -> None:
    first, again = exact_charts(), page_of_charts(three_months())
    assert first == again
    for drawn in first:
        assert not re.search(r"<metadata|dc:|Matplotlib|<\?xml|<!|20(?!1[78])\d\d-", drawn.svg)


@pytest.mark.parametrize("name", [*HOSTILE, "$5 off $", "$\\frac$", "100% \\LaTeX_{x}^2"])
def test_a_hostile_name_is_drawn_as_it_stands(name: str) -> None:
    found = three_months(names=NAMES | {"A": name})
    for drawn in page_of_charts(found):
        svg = ET.fromstring(drawn.svg)
        assert svg.get("aria-label") == drawn.alt
        for item in svg.iter():
            assert item.tag.split("}")[1] not in ("script", "a", "image", "foreignObject")
            assert not [key for key in item.attrib if key.lower().startswith("on")]
        parsed(drawn._repr_html_())
    assert name in chart("ranked", found, WITHIN).alt
    label = next(text for text in texts(chart("ranked", found, WITHIN).svg) if text[:4] == name[:4])
    assert name.startswith(label.rstrip("…"))


@pytest.mark.parametrize("name", ["Ymddiriedolaeth Ŵ ŷ", "信託", "CCG 😀"])
def test_a_name_in_any_script_is_drawn_without_a_warning(name: str) -> None:
    """A warning goes to stderr, and a report that writes there fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = page_of_charts(three_months(names=NAMES | {"A": name}))
    assert name in texts(drawn[0].svg)


@pytest.mark.parametrize("character", ["\x0b", "\x00", "\x1b", "\ufffe"])
def test_a_name_with_a_character_that_no_drawing_may_hold_is_drawn(character: str) -> None:
    drawn = chart("ranked", three_months(names=NAMES | {"A": f"Own{character}CCG"}), WITHIN)
    assert any(text.startswith("Own") for text in texts(drawn.svg))


def test_a_ranked_chart_of_many_shows_those_around_the_organisation() -> None:
    many = {f"Z{number:02d}": (500 + 10 * number, 1000) for number in range(40)}
    drawn = chart("ranked", waiting(A=(655, 1000), **many), WITHIN)
    named = [text for text in texts(drawn.svg) if text.startswith("CCG ")]
    assert "CCG A" in named and len(named) == 16
    assert any(row[0] == "CCG A (this report)" for row in drawn.table.rows)


def test_one_period_is_no_trend() -> None:
    drawn = chart("trend", waiting(A=(90, 100)), WITHIN)
    assert drawn.svg == "" and "no trend" in drawn.caption
    assert parsed(drawn._repr_html_()).find("p") is not None


@pytest.mark.parametrize("organisation", ["D", "E"])
def test_a_suppressed_organisation_never_appears_with_a_number(organisation: str) -> None:
    found = replace(three_months(HIDES), organisation=organisation)
    name = found.name
    ranked, trend, _ = page_of_charts(found)
    assert all(name not in text for text in texts(ranked.svg))
    assert f"{name} is at" not in ranked.alt and f"{name}: from" not in trend.alt
    for drawn in (ranked, trend):
        rows = [row for row in drawn.table.rows if row[0].startswith(name)]
        assert not [cell for row in rows for cell in row[1:] if re.search(r"\d", cell)]
    place = trend.table.headings.index(name)
    assert {row[place] for row in trend.table.rows} == {"[c]"}
    beside = chart("ranked", three_months(HIDES), WITHIN)
    assert name not in beside.alt and all(name not in text for text in texts(beside.svg))


CONFIDENTIAL = Raw(pd.DataFrame({"value": [73_519]}))


@pytest.mark.parametrize(
    "given",
    [
        CONFIDENTIAL,
        pd.DataFrame({"value": [73_519]}),
        replace(waiting(A=(90, 100)), figures=CONFIDENTIAL),
        replace(waiting(A=(90, 100)), figures=pd.DataFrame({"value": [73_519]})),
    ],
    ids=["raw", "frame", "results of raw", "results of a frame"],
)
@pytest.mark.parametrize(
    "show",
    [
        lambda given: chart("ranked", given, WITHIN),
        lambda given: chart("trend", given, WITHIN),
        lambda given: table("result", given, WITHIN),
        lambda given: table("activity", given, ADMITTED),
        interpret,
    ],
)
def test_only_released_figures_are_shown(given: Any, show: Any) -> None:
    with pytest.raises((TypeError, AttributeError, UsageError)) as refused:
        show(given)
    assert "73" not in str(refused.value)


# Sentences ---------------------------------------------------------------------------------------


def said(found: Results) -> str:
    return interpret(found).paragraphs[0]


def test_met() -> None:
    text = said(waiting(A=(950, 1000)))
    assert text.startswith(
        "On 31 March 2018, 95.0% of CCG A’s 1,000 incomplete pathways were within 18 weeks "
        "(95% interval 93.5% to 96.2%)."
    )
    assert "above the standard of 92% by 3.0 percentage points: the standard was met." in text
    assert "would have met" not in text


def test_not_met_says_how_many_more() -> None:
    text = said(waiting(A=(400, 500)))
    assert "below the standard of 92% by 12.0 percentage points: the standard was not met." in text
    assert "60 more pathways within 18 weeks would have met it." in text


def test_one_more_is_one_pathway() -> None:
    assert "1 more pathway within 18 weeks would have met it." in said(waiting(A=(459, 500)))


def test_exactly_at_the_standard_is_met() -> None:
    assert "exactly at the standard of 92%: the standard was met." in said(waiting(A=(92, 100)))


def test_exactly_at_a_standard_of_more_than_is_not_met() -> None:
    found = figures((WITHIN, "A", MARCH, 92, 100), standard=Standard(">", "0.92", "month"))
    assert "exactly at the standard of 92%: the standard was not met. 1 more" in said(found)


def test_lower_is_better_counts_how_many_fewer() -> None:
    found = figures((WITHIN, "A", MARCH, 10, 100), standard=Standard("<=", "0.04", "month"))
    assert "above the standard of 4% by 6.0 percentage points: the standard was not" in said(found)
    assert "6 fewer pathways within 18 weeks would have met it." in said(found)


def test_a_value_shown_at_the_standard_can_still_miss_it() -> None:
    found = figures((WITHIN, "A", MARCH, 2374, 2500), standard=Standard(">=", "0.95", "month"))
    text = said(found)
    assert "95.0% of CCG A’s 2,500" in text and "the standard was not met" in text
    assert "below the standard of 95% by less than 0.1 percentage points" in text
    assert "1 more pathway within" in text
    row = table("result", found, WITHIN).rows[0]
    assert (row[3], row[-1]) == ("95.0%", "not met")


def test_shown_percentages_are_rounded_half_up() -> None:
    # 1/16 is 6.25%, 13/16 is 81.25%: both go up.
    for numerator, expected in ((1, "6.3%"), (13, "81.3%"), (15, "93.8%")):
        assert f" {expected} of CCG A’s 16 " in said(waiting(A=(numerator, 16)))


def test_no_cases() -> None:
    text = said(waiting(A=(0, 0), B=(5, 9)))
    assert "CCG A had no incomplete pathways in March 2018, so there is no percentage." in text
    assert "standard" not in text


@pytest.mark.parametrize("pair", [(3, 100), (97, 100), (2, 4)])
def test_a_suppressed_figure_has_no_sentence_with_a_number(pair: tuple[int, int]) -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, *pair), (ADMITTED, "A", MARCH, 2, None)]
    rows += [(WITHIN, "A", "2018-02", 80, 100), (WITHIN, "B", MARCH, 80, 100)]
    told = " ".join(interpret(figures(*rows, policy=HIDES)).paragraphs)
    assert "suppressed" in told
    assert not re.search(r"\d", told.replace("within 18 weeks", ""))
    assert not re.search(r"\b(met|above|below|ranked|higher|lower)\b", told, re.IGNORECASE)


def test_no_change_is_told_from_a_suppressed_month() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 80, 100), (WITHIN, "A", "2018-02", 3, 100)]
    assert "period before" not in said(figures(*rows, policy=HIDES))


@pytest.mark.parametrize(("denominator", "is_small"), [(1, True), (49, True), (50, False)])
def test_a_small_denominator_is_a_caution(denominator: int, is_small: bool) -> None:
    text = said(waiting(A=(denominator, denominator)))
    assert ("the figure moves by" in text) == is_small
    if denominator == 49:
        assert "With 49 incomplete pathways the figure moves by 2.0 percentage points" in text


def test_one_is_singular() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 1, 1), (ADMITTED, "A", MARCH, 1, None)]
    rows.append((NEW, "A", MARCH, 1, None))
    text = " ".join(interpret(figures(*rows)).paragraphs)
    assert not re.search(r"\b1 (more |\w+ |completed |admitted |new )*pathways", text), text


def test_ranks_and_ties() -> None:
    one = said(waiting(A=(90, 100), B=(95, 100), C=(80, 100)))
    assert "it is number 2 of 3 organisations, highest first." in one
    tied = said(waiting(A=(90, 100), B=(45, 50), C=(80, 100)))
    assert "it is number 1 of 3 organisations, highest first, level with one other." in tied
    level = said(waiting(A=(90, 100), B=(45, 50), C=(9, 10), D=(1, 1)))
    assert "it is number 2 of 4 organisations, highest first, level with 2 others." in level


def test_england_is_no_rival() -> None:
    text = said(waiting(A=(90, 100), B=(95, 100), C=(80, 100), ENGLAND=(265, 300)))
    assert "of 3 organisations" in text
    assert "England stood at 88.3%, within the interval: similar." in text


@pytest.mark.parametrize(("numerator", "place"), [(950, "above"), (700, "below")])
def test_an_interval_beside_england(numerator: int, place: str) -> None:
    text = said(waiting(A=(numerator, 1000), ENGLAND=(8600, 10000)))
    assert f"England stood at 86.0%; the whole interval lies {place} it." in text


def test_a_single_organisation_without_a_past() -> None:
    text = said(waiting(A=(90, 100)))
    assert not re.search(r"Ranked|before|England|different", text)


def test_change_beyond_and_within_chance() -> None:
    rows: list[Figure] = [(WITHIN, "A", MARCH, 900, 1000), (WITHIN, "A", "2018-02", 895, 1000)]
    rows.append((WITHIN, "A", "2017-03", 800, 1000))
    text = said(figures(*rows))
    assert "points: not clearly different from the period before (89.5% in February 2018)." in text
    assert "points: 10.0 percentage points higher than a year before (80.0% in March 2017)" in text
    assert re.search(r"95% interval of the change is \+6\.\d to \+13\.\d percentage points", text)


def test_counts_and_their_change_in_a_year() -> None:
    rows: list[Figure] = [
        (ADMITTED, "A", MARCH, 1500, None),
        (NON_ADMITTED, "A", MARCH, 1000, None),
        (NEW, "A", MARCH, 0, None),
        (ADMITTED, "A", "2017-03", 1000, None),
        (NON_ADMITTED, "A", "2017-03", 1001, None),
        (NEW, "A", "2017-03", 40, None),
    ]
    text = said(figures(*rows))
    assert text.startswith(
        "In March 2018 there were 1,500 completed admitted pathways, 1,000 completed non-admitted "
        "pathways and 0 new pathways."
    )
    assert "50.0% more completed admitted pathways than a year before (1,000)." in text
    assert "100.0% fewer new pathways than a year before (40)." in text
    alike = "not clearly different from a year before: completed non-admitted pathways (1,001)."
    assert alike in text


def test_sentences_are_escaped_and_one_paragraph_each() -> None:
    names = {"A": HOSTILE[0]}
    found = interpret(figures((WITHIN, "A", MARCH, 90, 100), names=names))
    page = parsed(found._repr_html_())
    assert [element.tag for element in page] == ["p"] and HOSTILE[0] in words(page)
    assert repr(found) == "\n\n".join(found.paragraphs)


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


def test_without_a_code_a_chart_is_of_the_first_judged_line() -> None:
    found = three_months()
    assert nhsind.chart("trend", found, org="A") == nhsind.chart("trend", found, WITHIN, org="A")


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
