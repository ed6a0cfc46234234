"""Funnels of organisations that cannot be compared: one for each peer group of the geography."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from released_figures import MARCH, WITHIN, figures

import nhsind as ind
from nhsind.charts import chart, make_national_layers
from nhsind.narrative.interpretation import interpret
from nhsind.periods import parse_period
from nhsind.release.keeping import load, save
from nhsind.release.results import Results
from nhsind.sources.geography_files import geography_from_frame


def departments() -> Results:
    """Twelve large departments near 80%, twelve walk-in centres near 99%, one that is neither."""
    rows = [(WITHIN, f"M{n:02d}", MARCH, 8000 + 150 * (n % 5 - 2), 10_000) for n in range(12)] + [
        (WITHIN, f"W{n:02d}", MARCH, 1980 + n % 5, 2000) for n in range(12)
    ]
    rows.append((WITHIN, "X00", MARCH, 900, 1000))
    found = figures(*rows, organisation="M00")
    peers = {row[1]: "Major" if row[1][0] == "M" else "Walk-in" for row in rows[:-1]}
    return replace(found, peers=peers)


def test_sentences_compare_within_the_group() -> None:
    found = departments()
    walk_in = str(interpret(found, "W00"))
    assert "peer group Walk-in (99." in walk_in and "England" not in walk_in
    # All are alike, so that none has a place that tells anything.
    assert "place among 12 organisations of its peer group Walk-in that can be told" in walk_in
    # One that is in no group has its place among all.
    assert "of 25 organisations (" in str(interpret(found, "X00"))


def test_each_group_has_an_average_and_limits_of_its_own() -> None:
    found = departments()
    major = chart("funnel", found, WITHIN)
    walk_in = chart("funnel", found, WITHIN, org="W00")
    assert "12 organisations" in major.alt and "12 organisations" in walk_in.alt
    assert "Their average is 79." in major.alt and "Their average is 99." in walk_in.alt
    assert "the organisations of its peer group, Major, by size" in major.caption
    assert "The organisations are those of its peer group, Walk-in." in walk_in.table.notes
    # Together walk-in centres would lie far above the limits of all.
    alone = chart("funnel", replace(found, peers={}), WITHIN)
    assert "25 organisations" in alone.alt and "all organisations by size" in alone.caption
    other = chart("funnel", found, WITHIN, org="X00")
    assert "1 organisation " in other.alt and "without a peer group" in other.caption


def test_a_stored_layer_of_a_group_is_that_of_a_new_one(tmp_path: Path) -> None:
    found = departments()
    make_national_layers(found)
    save(found, tmp_path, check=False)
    again = load(tmp_path)
    assert again.peers == found.peers
    assert {f"funnel of Major {WITHIN} {MARCH}", f"funnel {WITHIN} {MARCH}"} <= set(again.layers)
    assert chart("funnel", again, WITHIN, org="W03") == chart(
        "funnel", departments(), WITHIN, org="W03"
    )


@pytest.mark.parametrize(("period", "group"), [("2018-03", "Old"), ("2018-04", "New")])
def test_the_geography_names_the_group_of_a_period(period: str, group: str) -> None:
    rows = [
        ("00A", "Old", "", "2018-03-31"),
        ("00A", " New ", "2018-04-01", ""),
        ("00B", "", "", ""),
    ]
    frame = pd.DataFrame(rows, columns=["ccg_code", "peer_group", "valid_from", "valid_to"])
    geography = geography_from_frame(frame)
    assert geography.peer_group("ccg", "00A", parse_period(period)) == group
    assert geography.peer_group("ccg", "00B", parse_period(period)) is None


def test_results_have_the_groups_of_their_geography(tmp_path: Path) -> None:
    (tmp_path / "rtt").mkdir()
    (tmp_path / "geography.csv").write_text("ccg_code,peer_group\n00A,Coastal\n00B,\n", "utf-8")
    (tmp_path / "rtt" / "pathways.csv").write_text(
        "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type\n"
        "a,00A,2018-03-01,,\nb,00B,2018-03-01,,\n",
        "utf-8",
    )
    assert ind.results("rtt", "00A", period=MARCH, data=tmp_path).peers == {"00A": "Coastal"}
