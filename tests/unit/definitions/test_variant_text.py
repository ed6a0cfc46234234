"""A variant as one text, and notebooks' results with one in the place of its line."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import nhsind as ind
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.examples import examples_of
from nhsind.definitions.variant_text import read_variant
from nhsind.errors import UsageError
from nhsind.release.results import Results

PATHWAYS = pd.DataFrame(
    [
        ("a", "00A", "2017-12-01", None, None),
        ("b", "00A", "2018-03-01", None, None),
        ("c", "00A", "2017-10-01", "2018-03-31", "admitted"),
    ],
    columns=["pathway_id", "ccg_code", "clock_start_date", "clock_stop_date", "stop_type"],
)


def test_a_text_is_the_variant_that_the_options_would_be() -> None:
    text = "e.b.3 --set longest_wait_within=16w --set=standard=90% --without stop_before_start"
    wanted = {"longest_wait_within": "16w", "standard": "90%"}
    assert read_variant(text) == ind.variant("E.B.3", limits=wanted, without=["stop_before_start"])
    by_reading = read_variant("E.H.9_2A --reading A34=document")
    assert by_reading == ind.variant("E.H.9_2A", readings={"A34": "document"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no variant"),
        ("E.B.3 --sett a=b", 'Did you mean "--set"'),
        ("E.B.3 --set", "without a value"),
        ("E.B.3 --set standard", "--set takes LIMIT=VALUE"),
        ('E.B.3 --set "a', "is no variant"),
    ],
)
def test_another_text_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_variant(text)


def test_results_with_a_variant_show_it_in_the_place_of_its_line() -> None:
    text = "E.B.3 --set longest_wait_within=16w"
    rtt = ind.results("rtt", "00A", period="2018-03", data=PATHWAYS, variant=text)
    line = rtt.line("E.B.3")
    assert line.code == "E.B.3*" and "E.B.3" not in rtt.family.indicators
    assert [each.code for each in rtt.lines("E.M.18", "E.B.3")] == ["E.M.18", "E.B.3*"]
    shown = (rtt, ind.table("result", rtt, "E.B.3"), ind.interpret(rtt), ind.define(line))
    shown = (*shown, ind.chart("ranked", rtt, "E.B.3"), ind.examples(rtt, "the_snapshot"))
    assert all("112 days (16 weeks)" in str(each) for each in shown)
    assert ind.table("result", rtt, "E.B.3").rows[0][1] == "1"
    with pytest.raises(UsageError, match="no variant is published"):
        ind.results("rtt", released="anywhere", variant=text)
    with pytest.raises(UsageError, match="a line of rtt, not of eip"):
        ind.results("eip", data=PATHWAYS, variant=text)


@pytest.fixture(scope="module")
def rtt() -> Results:
    return ind.results("rtt", "00A", period="2018-03", data=PATHWAYS)


def test_examples_are_shown_and_say_what_was_expected_otherwise(
    rtt: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ind.examples(rtt, "the_snapshot")
    assert shown.rows[0][:2] == ("started 126 days before", "Counted: within 18 weeks")
    assert not any("Expected" in row[1] for row in shown.rows)
    (own,) = examples_of(load_family("rtt")).values()
    other = replace(own, fates={"E.B.3": {"started 127 days before": "left out"}})
    monkeypatch.setattr("nhsind.tables.records.examples_of", lambda _: {"other": other})
    assert ind.examples(rtt, "other").rows[1][1].endswith("Expected: left out.")


def test_what_if_tells_and_draws_who_changes(rtt: Results) -> None:
    found = ind.what_if(rtt, "E.B.3", data=PATHWAYS, limits={"longest_wait_within": "16w"})
    assert found.table.rows[0][1:3] == ("100.0%", "50.0%")
    assert found.table.rows[0][4] == "no longer met"
    (drawn,) = found.charts
    assert drawn.table.rows == (("numerator to denominator alone", "1"),)
    assert "1 from numerator to denominator alone" in drawn.alt and "<path" in drawn.svg
    assert found.sentences[0].startswith("E.B.3* is a variant of E.B.3")
    assert all(text in found._repr_html_() for text in ("E.B.3*", "<svg", "<table"))
    same = ind.what_if(rtt, "E.B.3", data=PATHWAYS, limits={"standard": "90%"})
    assert same.charts[0].svg == "" and "No unit changes" in same.charts[0].caption
