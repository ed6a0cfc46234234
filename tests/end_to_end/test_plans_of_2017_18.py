"""The plans for 2017-18 in parameters/ find their real files and derive what they will publish."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_world import REPOSITORY

import nhsind as ind
from nhsind import Notes
from nhsind.report.plan_reading import read_plan

# By plan: its line, and England's numerator in the files' own row of it.
PLANS = {
    "referrals-2017-18-q1": ("E.M.7a", 961_015 + 1_120_164 + 1_146_159),
    "ambulance-2018-03": ("E.B.18", None),
    "eip-2017-18-q4": ("E.H.4", None),
    "iapt-2017-18": ("E.H.1_A1", None),
    "ae-2018-03": ("E.B.5_1", None),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_of_real_files_has_figures(published: Path, name: str) -> None:
    plan = read_plan(REPOSITORY / "parameters" / f"{name}.yaml")
    line, numerator = PLANS[name]
    (period,) = plan.periods
    assert period.financial_year.words == "2017/18"
    own = ind.derive(line, plan.data, period=str(period), level=plan.level, notes=Notes())
    assert (own["status"] == "ok").sum() > len(own) / 2
    if numerator is not None:
        england = ind.derive(line, plan.data, period=str(period), level="england", notes=Notes())
        assert england["numerator"].to_list() == [numerator]
