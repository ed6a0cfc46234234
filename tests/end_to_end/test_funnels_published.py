"""Overdispersion of real figures as FunnelPlotR's method `CQC` has it.

A&E attendances of March 2018 within four hours, by provider: NHS England's monthly figures, as the
R package NHSRdatasets holds them (`ae_attendances`). What FunnelPlotR makes of them was worked out
apart: 218 of 237 outside the 99.8% limits of chance, a dispersion of 777, and 76 outside its own
limits, whose sine turns back beyond 100%.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nhsind.statistics.funnels import funnel
from nhsind.statistics.overdispersion import CQC, dispersion

ATTENDANCES = Path("ae") / "ae_attendances_2016-04_2018-03.csv"


def test_ae_departments_of_march_2018(published: Path) -> None:
    table = pd.read_csv(published / ATTENDANCES)
    march = table[(table["period"] == "2018-03-01") & (table["attendances"] > 0)]
    sums = march.groupby("org_code")[["attendances", "breaches"]].sum()
    within, came = sums["attendances"] - sums["breaches"], sums["attendances"]
    found = dispersion(within, came, method=CQC)
    assert (found.counted, round(found.phi)) == (237, 777)
    shares = (within / came).to_numpy()
    lower, upper = found.limits(came, 0.998, folded=True)
    assert ((shares < lower) | (shares > upper)).sum() == 76
    # Ended at 100%, as charts have it, the limits hold all of them.
    lower, upper = found.limits(came, 0.998)
    assert not ((shares < lower) | (shares > upper)).any()
    by_chance = funnel(within, came, limits="normal").table
    outside = (shares < by_chance["lower_998"]) | (shares > by_chance["upper_998"])
    assert outside.sum() == 218
