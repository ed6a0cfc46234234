"""Lines that the data hold nothing of, or that have no figure of such a period: said, and alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from released_figures import MARCH, NEW, WITHIN, figures

import nhsind as ind
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.examples import examples_of
from nhsind.definitions.variants import placing_clauses
from nhsind.errors import NotHeldError
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.keeping import load, save
from nhsind.release.results import Results
from nhsind.report.sections import said_once
from nhsind.sources.inputs import open_input

SCORES = "column first_phq9, last_phq9, first_anxiety, last_anxiety in referrals"
# By family: an example that lacks something, a line that needs it, and what that is.
LACKING = {
    "sus": ("visits", "E.M.10", "spells"),
    "cyp": ("eating_disorders", "E.H.9_1A", "people and no contacts"),
    "phb": ("the_quarter", "E.N.1", "population"),
    "ld_inpatients": ("the_census", "E.K.1a_rate", "population"),
    "iapt": ("waits", "E.A.S.2", SCORES),
}


@cache
def of_example(family: str, name: str, period: str = "") -> Results:
    """Results of one period from the records of an example of the family's definition."""
    definition = load_family(family)
    example = examples_of(definition)[name]
    records = dict(example.records)
    return of_records(family, records, period or str(example.period))


def of_records(family: str, records: Mapping[str, pd.DataFrame], period: str) -> Results:
    """Results of one period, without those before."""
    opened = open_input(load_family(family), records)
    shown = parse_period(period)
    found = compute(opened, shown, level=opened.own_level, history=0, explore=True)
    return dataclasses.replace(found, data=records)


def said(shown: object) -> tuple[str, str]:
    """What is shown, as text and as HTML."""
    return repr(shown), shown._repr_html_()  # type: ignore[attr-defined]


@pytest.mark.parametrize("family", LACKING)
def test_of_a_line_that_the_data_hold_nothing_of_this_is_said_and_nothing_else(family: str) -> None:
    name, code, what = LACKING[family]
    found = of_example(family, name)
    alone = f"The data hold no {what}, so {code} cannot be told."
    shown = (alone, f"<p class='no-figures'>{alone}</p>")
    for kind in ("trend", "spc", "ranked", "attrition"):
        assert said(ind.chart(kind, found, code)) == shown
    for kind in ("result", "attrition", "activity"):
        assert said(ind.table(kind, found, code)) == shown
    assert said(ind.interpret(found, lines=[code])) == shown
    line = found.line(code)
    placing = placing_clauses(line, found.family)
    clause = next(each for each in line.numerator.clauses if each not in placing)
    compared = ind.what_if(found, code, without=clause)
    assert said(compared) == shown
    assert (compared.sentences, compared.charts) == ([alone], [])
    assert said(compared.table) == shown
    # What is read first, and what is said of the whole family, name all lines that lack it.
    start = alone.partition(" so ")[0]
    for whole in (ind.in_short(found), ind.interpret(found)):
        assert repr(whole).count(start) == 1 and whole._repr_html_().count(start) == 1


def test_beside_lines_that_have_figures_it_is_said_of_the_others() -> None:
    found = of_example("sus", "visits")
    alone = "The data hold no ae attendances, so E.M.12 cannot be told."
    drawn = ind.chart("trend", found, "E.M.8", "E.M.12")
    assert drawn.caption.endswith(alone)
    table = ind.table("activity", found, "E.M.8", "E.M.12")
    assert len(table.rows) == 1 and repr(table).endswith(alone)
    told = ind.interpret(found, lines=["E.M.8", "E.M.12"])
    assert len(told.paragraphs) == 1 and told.without == (alone,)


def test_a_year_has_no_figure_of_a_quarter() -> None:
    found = of_example("phb", "the_quarter", "2017-18-Q3")
    assert "E.N.1_annual" in found.lacking
    found = dataclasses.replace(found, lacking={})
    alone = "Each figure of E.N.1_annual is of a year: there is none for Q3 of 2017/18."
    assert repr(ind.chart("trend", found, "E.N.1_annual")) == alone
    assert repr(ind.what_if(found, "E.N.1_annual", limits={"standard": "50"})) == alone
    assert alone not in repr(ind.in_short(found))  # no part of what is to be read first


def test_what_if_of_a_period_that_is_not_covered_says_so() -> None:
    found = of_example("sus", "visits")
    months = pd.DataFrame(
        [("sus", "outpatients", "2018-03", "2018-03")], columns=["family", "table", "from", "to"]
    )
    records = {**found.data, "coverage": months}  # type: ignore[dict-item]
    early = ind.what_if(found, "E.M.8", data=records, period="2018-02", without="attended")
    assert "outpatients covers 2018-03" in early._repr_html_()
    assert repr(early).startswith("There is nothing to compare: ")


def test_data_that_hold_no_line_of_a_family_are_refused_with_the_reason() -> None:
    records = examples_of(load_family("iapt"))["waits"].records
    with pytest.raises(NotHeldError, match=r"no table appointments, which E\.H\.1_A1, "):
        of_records("iapt", {"referrals": records["referrals"]}, "2017-18-Q4")


def test_printed_figures_lack_the_line_itself() -> None:
    found = dataclasses.replace(figures((WITHIN, "A", MARCH, 9, 10)), lacking={NEW: ""})
    assert repr(ind.table("result", found, NEW)) == f"The data hold no figures of {NEW}."


def test_what_a_run_keeps_knows_it_too(tmp_path: Path) -> None:
    found = of_example("sus", "visits")
    save(found, tmp_path, check=False)
    assert load(tmp_path).lacking == found.lacking != {}


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("not_covered", "The data do not cover March 2018."),
        (
            "not_available",
            "The publisher printed counts: what each rule left out of them is not known.",
        ),
    ],
)
def test_why_the_steps_of_a_line_are_not_known(status: str, note: str) -> None:
    found = figures((WITHIN, "A", MARCH, None, None))
    found.figures.frame["status"] = status
    assert ind.table("attrition", found, WITHIN).notes[0] == note


ONE, BOTH = (
    f"<p class='no-figures'>The data hold no spells, so {lines} cannot be told.</p>"
    for lines in ("E.M.10", "E.M.10 and E.M.11")
)
OTHER = "<p class='no-figures'>The data hold no referrals, so E.M.10 cannot be told.</p>"


@pytest.mark.parametrize(
    ("held", "kept"),
    [
        ([ONE, ONE + ONE], ["".join([ONE]), ""]),
        ([ONE, f"<p>A</p>{BOTH}"], ["", f"<p>A</p>{BOTH}"]),
        ([BOTH, ONE], [BOTH, ""]),
        ([ONE, OTHER], [ONE, OTHER]),
        (["<h3>A</h3>", ONE, "<h3>B</h3>", ONE], ["<h3>A</h3>", ONE, "<h3>B</h3>", ONE]),
        (
            [f"<figcaption>A {ONE[22:-4]}</figcaption>", ONE],
            [f"<figcaption>A {ONE[22:-4]}</figcaption>", ""],
        ),
    ],
)
def test_a_part_of_a_page_says_it_once(held: list[str], kept: list[str]) -> None:
    assert said_once(held) == kept
