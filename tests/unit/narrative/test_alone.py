"""One organisation alone is compared with nobody: the total of all organisations is itself."""

from __future__ import annotations

import pandas as pd
import pytest

import nhsind
from nhsind.narrative.counted import tell_quality
from nhsind.release.results import Results

TOTAL = "all organisations in the data"


def results(*codes: str) -> Results:
    days = ["2018-03-01", "2018-02-01", "2017-06-01"] * 10
    table = pd.concat(
        pd.DataFrame({"ccg_code": code, "clock_start_date": days, "count": 1}) for code in codes
    ).assign(clock_stop_date=None, stop_type=None)
    return nhsind.results("rtt", codes[0], period="2018-03", data=table)


@pytest.mark.parametrize(("codes", "is_compared"), [(("00A",), False), (("00A", "00B"), True)])
def test_an_organisation_alone_is_not_set_beside_itself(
    codes: tuple[str, ...], is_compared: bool
) -> None:
    found = results(*codes)
    assert (TOTAL in str(nhsind.interpret(found, lines="E.B.3"))) is is_compared
    assert (TOTAL in repr(nhsind.in_short(found)).lower()) is is_compared
    drawn = nhsind.chart("ranked", found, "E.B.3")
    assert bool(drawn.svg) is is_compared
    assert ("no other organisation" in drawn.caption) is not is_compared


def test_signs_that_are_read_past_are_no_reason_for_leaving_records_out() -> None:
    table = pd.DataFrame(
        {
            "ccg_code": ['="00A"', "00A"],
            "clock_start_date": ["2018-03-01", None],
            "clock_stop_date": None,
            "stop_type": None,
            "count": 1,
        }
    )
    found = nhsind.results("rtt", "00A", period="2018-03", data=table).quality
    assert {"unwrapped", "clock_start_missing"} <= set(found.frame["fault"])
    assert "for 1 reason:" in tell_quality(found)[0] or "for one reason" in tell_quality(found)[0]
