"""A line beside its variant: figures, verdicts, and the units that change their fate."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

import nhsind as ind
from nhsind.cli import cli
from nhsind.errors import UsageError

LAST = pd.Timestamp("2018-03-31")


def pathways(**days_waited: list[int]) -> pd.DataFrame:
    """Pathways by commissioner, each with the days that it has waited on 31 March 2018."""
    rows = [
        (f"{code}{number}", code, str((LAST - pd.Timedelta(days=days)).date()), None, None)
        for code, waits in days_waited.items()
        for number, days in enumerate(waits)
    ]
    columns = "pathway_id ccg_code clock_start_date clock_stop_date stop_type".split()
    return pd.DataFrame(rows, columns=columns)


RECORDS = pathways(A=[10, 111, 112, 113, 126, 127], B=[1, 2, 3, 4])
LINE = ind.variant("E.B.3")
SOONER = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})


def test_figures_stand_side_by_side() -> None:
    found = ind.compare("E.B.3", SOONER, data=RECORDS, period="2018-03")
    columns = ["org_code", "numerator", "numerator_then", "denominator", "denominator_then"]
    assert found.figures[columns].to_numpy().tolist() == [
        ["A", 5, 3, 6, 6],
        ["B", 4, 4, 4, 4],
        ["ENGLAND", 9, 7, 10, 10],
    ]
    assert found.figures["verdict"].tolist() == ["missed in both", "met in both", "missed in both"]
    assert found.figures["difference"].round(9).tolist() == [round(-2 / 6, 9), 0, -0.2]


def test_units_that_change_are_named_with_their_dates() -> None:
    found = ind.compare("E.B.3", SOONER, data=RECORDS, period="2018-03")
    assert found.units["record_id"].tolist() == ["A3", "A4"]
    assert set(found.units["was"]) == {"numerator"} and set(found.units["becomes"]) == {
        "denominator"
    }
    assert found.units["clock_start_date"].astype(str).tolist() == ["2017-12-08", "2017-11-25"]
    flows = found.flows[["org_level", "org_code", "units", "becomes_because"]]
    assert flows.to_numpy().tolist() == [
        ["ccg", "A", 2, "within_18_weeks"],
        ["england", "ENGLAND", 2, "within_18_weeks"],
    ]


def test_who_is_judged_by_one_of_the_two_alone_is_told() -> None:
    judged = ind.variant("E.B.3", readings={"verdict_of_a_quarter": "every_period"})
    asked = {"data": RECORDS, "period": "2017-18-Q4", "covers": "2018-01..2018-03"}
    found = ind.compare("E.B.3", judged, **asked)
    said = "2 organisations have a verdict by E.B.3* alone: 1 meets the standard."
    assert said in found.sentences
    narrow = ind.compare("E.B.3", judged, **asked, org="A")
    assert "1 organisation has a verdict by E.B.3* alone: 0 meet the standard." in narrow.sentences


def test_a_verdict_that_turns() -> None:
    lower = ind.variant("E.B.3", limits={"standard": "80%"})
    found = ind.compare("E.B.3", lower, data=RECORDS, period="2018-03", org="A")
    assert found.figures["verdict"].tolist() == ["met then"]
    assert found.units.empty
    back = ind.compare(lower, LINE, data=RECORDS, period="2018-03", org="A")
    assert back.figures["verdict"].tolist() == ["no longer met"]


def test_sentences_say_what_differs_and_who_changes() -> None:
    found = ind.compare("E.B.3", SOONER, data=RECORDS, period="2018-03")
    text = " ".join(found.sentences)
    assert "112 days (16 weeks) instead of 126 days (18 weeks)" in text
    assert "90.0% by E.B.3, 70.0% by E.B.3* (20.0 percentage points lower)" in text
    assert "2 units change their fate" in text
    same = ind.compare("E.B.3", LINE, data=RECORDS, period="2018-03")
    assert "nothing differs" in same.sentences[0]
    assert "No unit changes its fate" in same.sentences[-1]


def test_units_made_in_another_way_are_told_by_their_identifier() -> None:
    line = ind.variant("E.H.9_1A", limits={"longest_gap": "28d"})
    people = pd.DataFrame(
        [("p", "2005-01-01", "A"), ("q", "2005-01-01", "A")],
        columns=["person_id", "date_of_birth", "ccg_code"],
    )
    days = [("p", "2017-05-01"), ("p", "2017-05-29"), ("q", "2017-05-01"), ("q", "2017-05-30")]
    contacts = pd.DataFrame(
        [(who, f"r{who}", f"{who}{day}", day, "direct", "01", "yes") for who, day in days],
        columns=[
            *("person_id", "referral_id", "contact_id", "contact_date"),
            *("contact_type", "medium", "attended"),
        ],
    )
    tables = {"people": people, "contacts": contacts}
    found = ind.compare("E.H.9_1A", line, data=tables, period="2017-18", covers="2016-04..2019-03")
    assert found.units[["record_id", "was", "becomes"]].to_numpy().tolist() == [
        ["q", "numerator", "left out"]
    ]
    assert found.figures["numerator"].tolist() == [2, 2]
    assert found.figures["numerator_then"].tolist() == [1, 1]


def test_a_variant_of_another_line_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no variant of E\.B\.4"):
        ind.compare("E.B.4", SOONER, data=RECORDS, period="2018-03")


def test_the_command_asks_what_differs() -> None:
    found = CliRunner().invoke(cli, ["compare", "E.B.3", "--period", "2018-03"])
    assert isinstance(found.exception, UsageError) and "--set" in str(found.exception)
