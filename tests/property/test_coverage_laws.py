"""Taking rows away: what a figure loses was counted in it, or the loss is said."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nhsind
from nhsind.definitions.statuses import Status
from nhsind.derivation.questions import Notes
from nhsind.errors import InputError
from nhsind.periods import Period, parse_period

MONTHS = [parse_period("2017-04").shift(step) for step in range(6)]
CODES = ("00A", "00B")
# Rows of each commissioner and month, spread over it: a usual month has 40.
ROWS = 20
LEVELS = ("ccg", "england")
LAWS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def arrivals() -> pd.DataFrame:
    rows = [
        {
            "attendance_id": f"{code}{month}{place}",
            "ccg_code": code,
            "arrival_date": f"{month}-{1 + place * 29 // ROWS:02d}",
            "attendance_category": "1",
        }
        for month in MONTHS
        for code in CODES
        for place in range(ROWS)
    ]
    return pd.DataFrame(rows)


def derived(code: str, data: dict[str, pd.DataFrame], periods: list[Period]) -> dict[Any, Any]:
    """The figures at both levels by organisation and period; nothing where all is refused."""
    found: dict[Any, Any] = {}
    for level in LEVELS:
        try:
            table = nhsind.derive(
                code, data=data, period=periods, level=level, engine="polars", notes=Notes()
            )
        except InputError:
            continue
        for row in table.to_dict("records"):
            found[row["org_code"], row["period"]] = row
    return found


WHOLE = arrivals()


@LAWS
@given(
    gone=st.sets(st.sampled_from([(code, month) for code in CODES for month in MONTHS])),
    from_day=st.integers(1, 31),
)
def test_events_taken_away_were_counted_in_the_figure_or_it_is_not_covered(
    gone: set[tuple[str, Period]], from_day: int
) -> None:
    """Of some commissioners' months the days from one on."""
    day = WHOLE["arrival_date"].str[-2:].astype(int)
    month = WHOLE["arrival_date"].str[:7]
    lost = pd.Series(False, index=WHOLE.index)
    for code, each in gone:
        lost |= (WHOLE["ccg_code"] == code) & (month == str(each)) & (day >= from_day)
    kept = WHOLE[~lost]
    if kept.empty:
        return
    for (code, text), row in derived("E.M.12", {"ae_attendances": kept}, MONTHS).items():
        counted = month == text
        counted &= (WHOLE["ccg_code"] == code) | (code == "ENGLAND")
        if row["status"] == Status.OK:
            assert row["value"] == (counted & ~lost).sum()
        else:
            assert row["status"] == Status.NOT_COVERED and pd.isna(row["value"]) and row["note"]
        if len(kept) >= 100 and not (~lost & (month == text)).any():
            assert row["status"] == Status.NOT_COVERED


BOOKINGS = pd.DataFrame(
    {
        "count": 10,
        "ccg_code": list(CODES) * 3,
        "booking_date": [f"{month}-15" for month in MONTHS[:3] for _ in CODES],
        "appt_type": "First Outpatient",
        "specialty": "x",
        "new_booking": "yes",
        "previously_booked": "no",
        "converted_from_assessment": "no",
    }
)
MAR = pd.DataFrame(
    {
        "ccg_code": list(CODES) * 3,
        "month": [str(month) for month in MONTHS[:3] for _ in CODES],
        "mar_gp_referrals_all": [20, 40] * 3,
        "non_english": 0,
        "dental_share": 0,
    }
)
PERIODS = [*MONTHS[:3], MONTHS[0].quarter]
ALL = derived("E.P.1", {"bookings": BOOKINGS, "mar": MAR}, PERIODS)


@LAWS
@given(lost=st.sets(st.integers(0, len(MAR) - 1)))
def test_returns_taken_away_leave_a_figure_as_it_was_or_not_ok(lost: set[int]) -> None:
    kept = MAR.drop(index=sorted(lost))
    found = derived("E.P.1", {"bookings": BOOKINGS, "mar": kept}, PERIODS)
    for (code, text), row in found.items():
        months = [str(month) for month in parse_period(text).split_months()]
        members = CODES if code == "ENGLAND" else (code,)
        own = MAR[MAR["month"].isin(months) & MAR["ccg_code"].isin(members)]
        if set(own.index) & lost:
            assert row["status"] in (Status.NO_DENOMINATOR, Status.PARTIAL) and row["note"]
            assert pd.isna(row["meets_standard"])
        else:
            before = ALL[code, text]
            same = ("numerator", "denominator", "value", "status")
            assert [row[name] for name in same] == [before[name] for name in same]
        if row["status"] == Status.PARTIAL:
            there = kept[kept["month"].isin(months)].groupby("ccg_code").size() == len(months)
            whole = [ALL[each, text] for each in CODES if there.get(each)]
            for name in ("numerator", "denominator"):
                assert row[name] == sum(each[name] for each in whole)
