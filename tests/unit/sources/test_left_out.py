"""Rows that a reader left out and numbers that a publisher hid are findings, no whole figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.derivation.questions import refuse_if_strict
from nhsind.derivation.values import measure
from nhsind.errors import InputError
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.not_used import not_used
from nhsind.sources.published import LeftOut, PublishedFile

LINE = "E.B.12"
ROW = LeftOut("file row 7", "more within than there are", "RAB", "provider", (LINE,), ("2015-04",))


def opened(*left_out: LeftOut, mark: str = "") -> Input:
    rows = [("RAA", 8, 10, ""), ("RAB", None if mark else 9, 10, mark), ("RAC", 7, 10, "")]
    counts = pd.DataFrame(rows, columns=["org_code", "numerator", "denominator", "mark"])
    counts = counts.assign(indicator=LINE, org_level="provider", period="2015-04", place="file")
    item = PublishedFile("file", counts=counts, left_out=list(left_out))
    family = load_family("cancer")
    findings = not_used(family, [item])
    made = Input(family, duckdb.connect(), [], None, findings, "file", counts=item.counts)
    return replace(made, contents=[item], is_published=True)


def figures(source: Input, level: str) -> pd.DataFrame:
    line = source.family.indicators[LINE]
    return measure(source, [line], periods=[parse_period("2015-04")], level=level).set_index(
        "org_code"
    )


def test_the_organisation_has_no_figure_and_the_total_is_of_the_others() -> None:
    source = opened(ROW)
    own = figures(source, "provider")
    assert own["status"].to_dict() == {"RAA": "ok", "RAB": "not_available", "RAC": "ok"}
    assert "file row 7" in own.loc["RAB", "note"] and pd.isna(own.loc["RAB", "numerator"])
    total = figures(source, "england").loc["ENGLAND"]
    assert (total["numerator"], total["denominator"], total["status"]) == (15, 20, "partial")
    assert "RAB" in total["note"] and pd.isna(total["meets_standard"])


def test_an_organisation_with_no_other_row_is_there_too() -> None:
    own = figures(opened(replace(ROW, organisation="RAX")), "provider")
    assert own.loc["RAX", "status"] == "not_available"


@pytest.mark.parametrize(
    "other", [{"lines": ("E.B.6",)}, {"periods": ("2015-05",)}, {"level": "ccg"}]
)
def test_other_figures_are_whole(other: dict[str, Any]) -> None:
    source = opened(replace(ROW, **other))
    assert set(figures(source, "provider")["status"]) == {"ok"}
    assert figures(source, "england").loc["ENGLAND", "status"] == "ok"


def test_a_row_of_nobody_in_particular_makes_totals_partial() -> None:
    source = opened(replace(ROW, organisation="", level="", lines=(), periods=()))
    assert set(figures(source, "provider")["status"]) == {"ok"}
    total = figures(source, "england").loc["ENGLAND"]
    assert (total["numerator"], total["status"]) == (24, "partial")


def test_it_is_a_finding_that_strict_refuses() -> None:
    source = opened(ROW, replace(ROW, place="file row 9"))
    (found,) = source.findings
    assert (found.rows, found.lines, found.places) == (2, (LINE,), ("file row 7", "file row 9"))
    with pytest.raises(InputError):
        refuse_if_strict(source.findings, [LINE])
    refuse_if_strict(source.findings, ["E.B.6"])


def test_what_a_publisher_hides_is_a_finding() -> None:
    source = opened(mark="suppressed")
    (found,) = source.findings
    assert (found.fault, found.rows, found.is_refused) == ("suppressed_by_publisher", 1, True)
    assert figures(source, "provider").loc["RAB", "status"] == "suppressed"
    assert figures(source, "england").loc["ENGLAND", "status"] == "partial"
    assert not opened().findings
