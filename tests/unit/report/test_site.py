"""What the pages around the reports are made of: figures at a glance, small trends, the index."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from markupsafe import escape
from released_figures import EXACT, HIDES, HOSTILE, MARCH, NEW, ROUNDS, WITHIN, figures

from nhsind.charts import chart
from nhsind.charts.first_read import in_short
from nhsind.charts.sparkline import sparkline
from nhsind.definitions.statuses import PARTLY_MEANS
from nhsind.narrative.interpretation import interpret
from nhsind.narrative.standing import Standing
from nhsind.release.confidential import Released
from nhsind.report import index
from nhsind.report.figure_pages import figure_pages
from nhsind.report.glance import (
    Glance,
    GlanceFigure,
    GlanceLine,
    NamedOrganisation,
    glance_of,
    read_glance,
)
from nhsind.report.index import index_page
from nhsind.report.manifest import Entry, Manifest
from nhsind.report.organisation_pages import organisation_pages
from nhsind.sources.findings import GAP, UNUSUAL
from nhsind.tables.records import quality_table

FEBRUARY = "2018-02"


def at_a_glance(*rows: Any, policy: Any = EXACT, code: str = WITHIN) -> GlanceFigure:
    found = glance_of(figures(*rows, policy=policy), "r")
    line = next(line for line in found.lines if line.code == code)
    return line.figures["A"]


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ((900, 1000), (960, 1000), "up 6.0 percentage points from 90.0%, an improvement"),
        ((960, 1000), (900, 1000), "down 6.0 percentage points from 96.0%, a deterioration"),
        ((93, 100), (94, 100), "no clear change from 93.0%"),
        ((940, 1000), (940, 1000), "no clear change from 94.0%"),
    ],
)
def test_a_change_is_named_only_beyond_chance(
    before: tuple[int, int], now: tuple[int, int], says: str
) -> None:
    rows = [(WITHIN, "A", FEBRUARY, *before), (WITHIN, "A", MARCH, *now)]
    assert at_a_glance(*rows).change == says


def test_without_a_figure_before_there_is_no_change() -> None:
    found = at_a_glance((WITHIN, "A", MARCH, 9, 10))
    assert found.change == "no figure for February 2018"
    assert found.trend == (90.0,) and found.trend_words == ""


def test_a_suppressed_figure_has_no_value_verdict_change_or_place_in_the_trend() -> None:
    rows = [(WITHIN, "A", FEBRUARY, 900, 1000), (WITHIN, "A", MARCH, 2, 30)]
    found = at_a_glance(*rows, policy=HIDES)
    assert (found.value, found.interval, found.verdict, found.change) == ("[c]",) * 4
    assert found.trend == (90.0, None)
    later = at_a_glance(
        (WITHIN, "A", FEBRUARY, 2, 30), (WITHIN, "A", MARCH, 900, 1000), policy=HIDES
    )
    assert later.change == "[c]" and later.value == "90.0%"


def test_a_figure_that_looks_as_if_it_met_the_standard_does_not() -> None:
    """91.96% is shown as 92.0%."""
    found = at_a_glance((WITHIN, "A", MARCH, 9196, 10000))
    assert (found.value, found.standard, found.verdict) == ("92.0%", "at least 92%", "not met")


def test_a_line_without_standard_says_so() -> None:
    found = at_a_glance((NEW, "A", MARCH, 12, None), code=NEW)
    assert (found.value, found.standard, found.verdict) == ("12", "none", "no standard")


def test_a_count_that_is_rounded_says_so_wherever_it_stands() -> None:
    found = at_a_glance((NEW, "A", MARCH, 12, None), code=NEW, policy=ROUNDS)
    assert found.value == "roughly 10"


def test_a_glance_is_read_as_it_was_written() -> None:
    rows = [(WITHIN, code, month, 9, 10) for code in "AB" for month in (FEBRUARY, MARCH)]
    found = glance_of(figures(*rows, (NEW, "A", MARCH, 3, None)), "r")
    assert read_glance(found.text) == found and read_glance(found.text).text == found.text


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"lines": [], "organisations": {}}', "1"])
def test_what_is_no_glance_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_glance(text)


# Small trends -------------------------------------------------------------------------------------


def path_of(svg: str) -> str:
    return re.findall(r'<path d="([^"]+)" fill="none"', svg)[0]


def test_a_small_trend_is_a_line_that_ends_in_a_dot() -> None:
    svg = sparkline([1.0, 3.0, 2.0], None, "Words <&>")
    assert re.findall(r"[ML]", path_of(svg)) == ["M", "L", "L"]
    heights = [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path_of(svg))]
    assert heights[0] > heights[2] > heights[1]
    assert svg.count('fill="#12436D"') == 1 and 'aria-label="Words &lt;&amp;&gt;"' in svg
    assert "dasharray" not in svg and "dasharray" in sparkline([1.0, 3.0], 2.0, "")


def test_a_missing_value_is_a_gap_and_one_alone_a_dot() -> None:
    svg = sparkline([1.0, None, 2.0, None, 3.0, 4.0], None, "")
    assert re.findall(r"[ML]", path_of(svg)) == ["M", "M", "M", "L"]
    assert svg.count('fill="#12436D"') == 3


@pytest.mark.parametrize("values", [[], [1.0], [None, 1.0, None], [None, None]])
def test_one_value_makes_no_trend(values: list[float | None]) -> None:
    assert sparkline(values, 1.0, "") == ""


def test_values_that_are_all_the_same_lie_in_the_middle() -> None:
    assert {
        y for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path_of(sparkline([5.0, 5.0], 5.0, "")))
    } == {"17"}


# The spread ---------------------------------------------------------------------------------------


def test_the_spread_tells_ends_middle_and_how_many_meet_the_standard() -> None:
    rows = [
        (WITHIN, code, MARCH, value, 1000)
        for code, value in zip("ABCD", (950, 800, 930, 920), strict=True)
    ]
    drawn = chart("spread", figures(*rows, (WITHIN, "E", MARCH, 0, 0)), WITHIN)
    assert "4 organisations in order of value, highest first" in drawn.alt
    assert "from 95.0% (CCG A) to 80.0% (CCG B)" in drawn.alt
    assert "half of them lie at or above 92.5%" in drawn.alt
    assert "met by 3 and not met by 1" in drawn.alt
    assert "1 without a value: no cases" in drawn.alt
    assert [row[0] for row in drawn.table.rows] == ["CCG A", "CCG C", "CCG D", "CCG B", "CCG E"]
    met, missed = (
        re.search(rf'class="{name}".*?href="([^"]+)"', drawn.svg, re.DOTALL)
        for name in ("met", "not-met")
    )
    assert met and missed and met[1] != missed[1]


def line_page_of(found: Any, tmp_path: Any) -> str:
    table = Entry("rtt/2018-03/rtt-2018-03.csv", "rtt", MARCH, "", "", "", "0" * 64, kind="table")
    pages = figure_pages(
        found, table, manifest=Manifest({table.path: table}), linked=set(), out=tmp_path
    )
    page = next(page for entry, page in pages if entry.path.endswith(".html"))
    return " ".join(re.sub(r"<[^>]*>", " ", page.decode("utf-8")).split())


def test_a_page_says_order_and_marks_only_where_there_are_some(tmp_path: Any) -> None:
    """Ranges of rounded counts have no order, and no squares and circles are drawn of them."""
    counts = zip("ABCD", (475, 420, 465, 460), strict=True)
    rows = [(WITHIN, code, MARCH, value, 500) for code, value in counts]
    exact = line_page_of(figures(*rows), tmp_path)
    assert "All organisations in order of value" in exact and "highest value first" in exact
    assert "Filled squares: standard not met." in exact and "Circles: standard met." in exact
    assert "too coarse to tell" not in exact and "3 of the 4 with a verdict" in exact
    everyone_meets = line_page_of(figures(*rows[2:3]), tmp_path)
    assert "Circles" in everyone_meets and "Filled squares" not in everyone_meets
    few = [(WITHIN, code, MARCH, value, 40) for code, value in zip("AB", (38, 20), strict=True)]
    rounded = line_page_of(figures(*few, policy=ROUNDS), tmp_path)
    assert "in order of value" not in rounded and "value first" not in rounded
    assert "Filled squares" not in rounded and "Circles" not in rounded
    assert "1 has none, since the published counts are too coarse to tell" in rounded


def test_the_page_of_a_line_names_whose_numbers_are_unusual(tmp_path: Any) -> None:
    rows = [(WITHIN, code, MARCH, 9, 10) for code in "ABCDE"]
    found = figures(*rows)
    about = [f"{code} has far less in 2018-03 than is usual, by clock_start_date" for code in "BA"]
    quality = pd.DataFrame({"fault": UNUSUAL, "about": about, "lines": f"{NEW} {WITHIN}"})
    quality["rows"] = 899
    told = replace(found, quality=Released(quality, found.quality.policy))
    page = line_page_of(told, tmp_path / "told")
    assert "CCG B and CCG A have far less in March 2018 than is usual: data may be missing" in page
    assert "usual" not in line_page_of(found, tmp_path / "usual")
    # Their rows are counted as they are: none is left out.
    assert {row[1:] for row in quality_table(told).rows} == {(f"{NEW}, {WITHIN}", "[z]")}


def test_the_highest_value_is_of_those_that_have_one() -> None:
    counts = {"A": (40_000, 50_000), "B": (39_000, 50_000), "C": (38, 40)}
    rows = [(WITHIN, code, MARCH, *count) for code, count in counts.items()]
    drawn = chart("spread", figures(*rows, policy=ROUNDS), WITHIN)
    assert "Those with one value range from" in drawn.alt and "The values range" not in drawn.alt


@pytest.mark.parametrize("known", [1, 3])
def test_a_trend_says_of_how_many_periods_only_a_range_is_known(known: int) -> None:
    months = ["2017-11", "2017-12", "2018-01"][:known]
    rows = [(WITHIN, "A", month, 45_000 + 100 * at, 50_000) for at, month in enumerate(months)]
    assert "a range is known" not in chart("trend", figures(*rows, policy=ROUNDS), WITHIN).alt
    rows += [(WITHIN, "A", month, 38, 40) for month in (FEBRUARY, MARCH)]
    told = chart("trend", figures(*rows, policy=ROUNDS), WITHIN).alt
    assert "Of 2 others a range is known." in told


def test_the_trend_of_a_page_ends_where_its_words_do() -> None:
    months = [f"2017-{month:02d}" for month in range(4, 13)] + ["2018-01", FEBRUARY]
    rows = [
        (WITHIN, "A", month, 45_000 + 100 * place, 50_000) for place, month in enumerate(months)
    ]
    found = figures(*rows, (WITHIN, "A", MARCH, 38, 40), policy=ROUNDS)
    figure = glance_of(found, "").lines[0].figures["A"]
    assert figure.trend[-1] is None
    assert figure.trend_words.startswith("April 2017 to February 2018:")
    assert figure.trend_words.endswith("; 1 of 12 periods have no number to draw")


# Pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_on_every_page(name: str, tmp_path: Any) -> None:
    rows = [(WITHIN, code, month, 9, 10) for code in "AB" for month in (FEBRUARY, MARCH)]
    found = figures(*rows, names={"A": name})
    table = Entry("rtt/2018-03/rtt-2018-03.csv", "rtt", MARCH, "", "", "", "0" * 64, kind="table")
    report = Entry("rtt/2018-03/A.html", "rtt", MARCH, "A", name, "", "0" * 64)
    manifest = Manifest({table.path: table, report.path: report})
    made = figure_pages(found, table, manifest=manifest, linked={"A"}, out=tmp_path)
    known = {"rtt/2018-03": read_glance(made[0][1].decode("utf-8"))}
    made += organisation_pages(manifest, known, tmp_path)
    pages = [(entry, page) for entry, page in made if entry.path.endswith(".html")]
    assert len(pages) == 2
    shown = [content.decode("utf-8") for _, content in pages]
    for page in [*shown, index_page(manifest, known, name)]:
        # That nothing in it is active was checked when it was made.
        assert str(escape(name)) in page and ("<" not in name or name not in page)


def test_what_needs_attention_of_a_figure() -> None:
    def of(verdict: str, standing: Standing, **more: Any) -> GlanceFigure:
        value = ("82%", "", "at least 80%", verdict, "", "", "", (), "", None)
        return GlanceFigure(*value, standing=standing, **more)

    below = of("not met", Standing("common_cause", "", "fail"), worse="clearly worse than before")
    assert below.concerns == (
        "standard of at least 80% not met",
        "by its limits it consistently misses it",
        "clearly worse than before",
    )
    # It has risen past limits below the standard: those are no news of it now.
    assert of("met", Standing("improvement", "high", "fail")).concerns == ()
    (only,) = of("met", Standing("concern", "low", "pass")).concerns
    assert only == "standard of at least 80% met, but a special cause of concern"
    assert of("", Standing("concern", "low", "fail")).concerns[0] == "a special cause of concern"
    (planned,) = of("no standard", Standing("common_cause", "", "fail")).concerns
    assert planned.endswith("misses its plan of ")
    assert (below.urgency, of("met", Standing()).urgency) == (0, 2)
    places = ((True, -0.3), (False, -0.1))
    by_chance, beyond = (of("not met", Standing(), missed_by=each) for each in places)
    assert sorted([by_chance, beyond], key=lambda each: each.gravity) == [beyond, by_chance]


def small_glance(period: str, verdicts: str = "mn") -> Glance:
    words = {"m": "met", "n": "not met", "c": "[c]", "-": "no standard"}
    lines = tuple(
        GlanceLine(
            f"L{place}",
            f"Line {place}",
            period,
            "1%",
            {
                "00A": GlanceFigure(
                    *(
                        "1%",
                        "",
                        "at least 2%",
                        words[each],
                        "",
                        "",
                        "",
                        (),
                        "",
                        None,
                        Standing(why_none="x"),
                    )
                )
            },
        )
        for place, each in enumerate(verdicts)
    )
    return Glance(
        "rtt", "Waits", period, "", {}, {"00A": NamedOrganisation("CCG", "Area", "North")}, lines
    )


@pytest.mark.parametrize(
    ("verdicts", "says", "missed"),
    [
        ("mn", "1 of 2", "1 of 2 organisations miss it"),
        ("mnnc", "1 of 3; 1 has no verdict", "2 of 3 organisations miss it; 1 has no verdict"),
        ("mcc-", "1 of 1; 2 have no verdict", "0 of 1 organisations miss it; 2 have no verdict"),
        ("c", "none has a verdict", ""),
        ("--", "no standard", ""),
    ],
)
def test_the_index_counts_those_without_a_verdict_apart(
    verdicts: str, says: str, missed: str
) -> None:
    """Three that met of three judged are not all, where others have a standard and no verdict."""
    words = {"m": "met", "n": "not met", "c": "[c]", "-": "no standard"}
    alike = small_glance(MARCH, "m").lines[0]
    figures = {
        f"{place}": replace(alike.figures["00A"], verdict=words[each])
        for place, each in enumerate(verdicts)
    }
    line = replace(alike, figures=figures)
    met, judged = line.count("met"), line.count("met") + line.count("not met")
    assert index._met_words(met, judged - met, line.without_verdict) == says
    assert index._missed_words(judged - met, judged, line.without_verdict) == missed


@pytest.mark.parametrize(
    ("verdicts", "says"),
    [
        ("mnn-", "standard not met (2 of 3 lines)"),
        ("mnnc", "standard not met (2 of 3 lines; 1 without a verdict)"),
        ("mm-", "all standards met (2 lines)"),
        ("mmcc", "no standard known to be missed (2 lines met, 2 without a verdict)"),
        ("c-", "no verdict (1 line)"),
        ("-", "without a standard"),
    ],
)
def test_the_index_tells_a_report_s_verdict(verdicts: str, says: str) -> None:
    entry = Entry("rtt/2018-03/00A.html", "rtt", MARCH, "00A", "CCG", "", "0" * 64)
    shown = index_page(
        Manifest({entry.path: entry}), {entry.folder: small_glance(MARCH, verdicts)}, None
    )
    assert (
        f"</a>: {says}</li>" in shown and "</a> 00A, <span>Area</span>, <span>North</span>" in shown
    )
    assert re.search(r"<optgroup label=\"Regions\">\s*<option>North</option>", shown)
    assert f"<option>{says.split(' (')[0]}</option>" in shown


def test_an_index_of_too_many_reports_lists_the_latest_period(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    months = ["2018-01", FEBRUARY, MARCH]
    entries = [
        Entry(f"rtt/{month}/00A.html", "rtt", month, "00A", "CCG", "", "0" * 64) for month in months
    ]
    manifest = Manifest({entry.path: entry for entry in entries})
    known = {entry.folder: small_glance(entry.period) for entry in entries}
    assert all(f'href="{entry.path}"' in index_page(manifest, known, None) for entry in entries)
    monkeypatch.setattr(index, "MOST_LISTED", 2)
    shown = index_page(manifest, known, None)
    assert re.findall(r'href="(rtt[^"]+html)"', shown) == ["rtt/2018-03/00A.html"]
    assert "latest period of each family" in shown and "3 reports" in shown
    page = organisation_pages(manifest, known, Path("/nowhere"))[0][1].decode("utf-8")
    assert all(f'href="../{entry.path}"' in page for entry in entries)


def test_unusual_numbers_stand_on_the_index_and_on_the_page_of_the_organisation() -> None:
    entry = Entry("rtt/2018-03/00A.html", "rtt", MARCH, "00A", "CCG", "", "0" * 64)
    manifest = Manifest({entry.path: entry})
    told = "00A has far less in 2018-03 than is usual."
    glance = replace(small_glance(MARCH), unusual={"00A": told})
    known = {entry.folder: read_glance(glance.text)}
    page = organisation_pages(manifest, known, Path("/nowhere"))[0][1].decode("utf-8")
    line = f'<li>Unusual numbers, <a href="../{entry.path}">Waits, March 2018</a>: {told}</li>'
    shown = index_page(manifest, known, None)
    assert line in page and "standard not met (1 of 2 lines); unusual numbers</li>" in shown
    assert f'<li>Unusual numbers, <a href="{entry.path}">Waits, March 2018</a>: {told}' in shown
    many = replace(glance, unusual={"00A": told} | {f"0{place}": "Far more." for place in range(4)})
    shown = index_page(manifest, {entry.folder: many}, None)
    assert "<li>Unusual numbers, Waits, March 2018: Far more.</li>" in shown, "it has no report"
    assert "2 more organisations have far less or far more than is usual" in shown
    usual = {entry.folder: small_glance(MARCH)}
    page = organisation_pages(manifest, usual, Path("/nowhere"))[0][1].decode("utf-8")
    assert "nusual" not in page and "nusual" not in index_page(manifest, usual, None)


@pytest.mark.parametrize(
    ("codes", "heading"),
    [
        (("A", "B", "ENGLAND"), "All organisations in the data"),
        (("A", "B"), ""),  # a plan with `england: false`
        (("A", "ENGLAND"), ""),  # itself
    ],
)
def test_a_column_of_the_total_is_named_for_what_it_is_or_is_not_there(
    codes: tuple[str, ...], heading: str
) -> None:
    found = figures(*((WITHIN, code, MARCH, 9, 10) for code in codes))
    glance = replace(glance_of(found, "0" * 64), everyone="all organisations in the data")
    report = Entry("rtt/2018-03/A.html", "rtt", MARCH, "A", "A", "", "0" * 64)
    manifest = Manifest({report.path: report})
    page = organisation_pages(manifest, {"rtt/2018-03": glance}, Path("/no"))[0][1].decode()
    assert (">All organisations in the data</th>" in page) is bool(heading)
    assert ">England</th>" not in page and "[x]" not in page


def test_a_total_of_a_part_says_so_wherever_it_stands() -> None:
    note = "of 1 of 2 organisations, without B: no denominator"
    found = figures((WITHIN, "A", MARCH, 9, 10), (WITHIN, "ENGLAND", MARCH, 9, 10))
    table = Entry("rtt/2018-03/rtt-2018-03.csv", "rtt", MARCH, "", "", "", "0" * 64, kind="table")
    frame = found.figures.frame
    frame.loc[frame["org_code"] == "ENGLAND", ["status", "note"]] = ["partial", note]
    made = figure_pages(found, table, manifest=Manifest({}), linked={"A"}, out=Path("/nowhere"))
    glance = read_glance(made[0][1].decode("utf-8"))
    assert [glance.lines[0].england, glance.lines[0].figures["A"].value] == [
        "90.0% (partial)",
        "90.0%",
    ]
    assert any(note.encode() in page for entry, page in made if entry.path.endswith(".html"))
    report = Entry("rtt/2018-03/A.html", "rtt", MARCH, "A", "A", "", "0" * 64)
    known = {"rtt/2018-03": glance}
    manifest = Manifest({report.path: report, table.path: table})
    pages = [page.decode("utf-8") for _, page in organisation_pages(manifest, known, Path("/no"))]
    assert len(pages) == 2
    assert all(PARTLY_MEANS in page for page in [*pages, index_page(manifest, known, None)])


def test_what_a_snapshot_lacks_stands_on_every_page_of_it() -> None:
    told = "rtt/pathways does not cover 2018-02 by clock_start_date: those are missing from E.B.3"
    found = figures((WITHIN, "A", MARCH, 9, 10), (NEW, "A", MARCH, 9, None))
    gap = pd.DataFrame({"fault": [GAP], "about": [told], "lines": [WITHIN], "rows": [pd.NA]})
    found = replace(found, quality=Released(gap, found.quality.policy))
    assert in_short(found).points[-1] == ("Records missing", f"{told}.")
    assert interpret(found).paragraphs[-1] == f"{told}."
    assert quality_table(found).rows == ((told, WITHIN, "[z]"),)
    table = Entry("rtt/2018-03/rtt-2018-03.csv", "rtt", MARCH, "", "", "", "0" * 64, kind="table")
    made = figure_pages(found, table, manifest=Manifest({}), linked={"A"}, out=Path("/no"))
    lines = {entry.path: page.decode() for entry, page in made if entry.path.endswith("html")}
    assert [told in page for page in lines.values()] == [True, False]
    report = Entry("rtt/2018-03/A.html", "rtt", MARCH, "A", "A", "", "0" * 64)
    manifest = Manifest({report.path: report, table.path: table})
    known = {"rtt/2018-03": read_glance(made[0][1].decode("utf-8"))}
    ((_, page),) = organisation_pages(manifest, known, Path("/no"))
    for shown in (page.decode("utf-8"), index_page(manifest, known, None)):
        assert f"</a>: {told}.</li>" in shown and "Records missing" in shown
