"""What is said beside figures whose small counts are hidden does not tell how many records are."""

from __future__ import annotations

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.derivation.values import NO_CASES
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.policies import STRICTEST
from nhsind.release.results import Results
from nhsind.sources.inputs import open_input

MONTHS = pd.period_range("2016-04", "2018-03", freq="M")


def treated(last: int) -> pd.DataFrame:
    """Thirty people a month, and so many in the last, of one commissioner."""
    rows = [
        (f"{month}-{n}", "00A", "fep", f"{month}-01", f"{month}-{n % 28 + 1:02}")
        for month in MONTHS
        for n in range(last if month == MONTHS[-1] else 30)
    ]
    columns = "referral_id ccg_code pathway referral_received_date treatment_start_date".split()
    return pd.DataFrame(rows, columns=columns)


def attendances(last: int) -> pd.DataFrame:
    """So many at a department that is not busy enough."""
    columns = (
        "attendance_id ccg_code provider_code department_id department_type attendance_category "
        "arrival_datetime departure_datetime"
    ).split()
    rows = [
        (f"{month}-{n}", "00A", "RX1", "D", "1", "1", f"{month}-{n % 28 + 1:02}T10:00:00", None)
        for month in MONTHS
        for n in range(last if month == MONTHS[-1] else 30)
    ]
    return pd.DataFrame(rows, columns=columns)


def released(
    family: str, table: pd.DataFrame, period: str, signed: Disclosure | None = None
) -> Results:
    name = next(iter(load_family(family).tables))
    covers = "2016-04..2018-03"
    opened = open_input(load_family(family), {name: table}, covers=covers)
    return compute(opened, parse_period(period), level="ccg", signed=signed)


def said(found: Results) -> str:
    """What is told in words of the records: why rows have no cases, and findings."""
    notes = found.figures.frame["note"]
    return "\n".join([*notes[notes.str.startswith(NO_CASES)], *found.quality.frame["about"]])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_hidden_month_that_is_hardly_there_is_said_of_nothing(number: int) -> None:
    hidden = released("eip", treated(number), "2018-03")
    others = released("eip", treated(4), "2018-03")
    assert said(hidden) == said(others) and "hardly a row" not in said(hidden)


def test_the_first_day_of_somebody_s_record_is_on_no_page() -> None:
    """Of budgets that begin with 2016-05-17: by their month a reader sees that some are lacking."""
    days = pd.date_range("2016-05-17", "2018-03-31", freq="6D").strftime("%Y-%m-%d")
    budgets = pd.DataFrame({"phb_id": days, "ccg_code": "00A", "start_date": days, "end_date": ""})
    opened = open_input(load_family("phb"), {"budgets": budgets})
    found = compute(opened, parse_period("2017-18-Q4"), level="ccg").figures.frame
    notes = "; ".join(found["note"].unique())
    assert "begins with 2016-05: who waited before is not in it" in notes
    assert "2016-05-17" not in notes


def test_what_a_rule_leaves_out_is_not_told_where_counts_are_hidden() -> None:
    open_to_all = released("ae", attendances(3), "2018-03")
    assert "A&E attendances, all left out by" in said(open_to_all)
    assert "63 of 63 A&E attendances" in said(open_to_all)
    signed = released("ae", attendances(3), "2018-03", STRICTEST)
    assert "A&E attendances" not in said(signed) and "hardly a row" not in said(signed)
    assert said(signed) == said(released("ae", attendances(4), "2018-03", STRICTEST))


def test_how_many_rows_are_counted_and_who_has_one_of_them_is_on_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Codes within Excel's signs number the rows of the whole table; codes seen once have one."""
    monkeypatch.setattr("nhsind.sources.slips.USUALLY_SEEN", 10)
    codes = [f"0{number}A" for number in range(7) for _ in range(10)]
    codes += [f"ZZ{number}" for number in range(6)]
    dates = ["referral_received_date", "treatment_start_date"]
    table = pd.DataFrame({"ccg_code": [f'="{code}"' for code in codes], "pathway": "fep"})
    table = table.assign(count=1, **dict.fromkeys(dates, "2018-02-01"))
    opened = open_input(load_family("eip"), {"referrals": table}, covers="2016-04..2018-03")
    assert {each.fault for each in opened.findings} >= {"unwrapped", "code_seen_once"}
    quality = compute(opened, parse_period("2017-18-Q4"), level="ccg").quality.frame
    assert not quality["about"].str.contains("seen once|protected as in a spreadsheet").any()
