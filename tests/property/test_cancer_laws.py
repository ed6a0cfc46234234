"""Laws that the cancer waiting time figures obey for any set of records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    figures_of,
    lawful,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.periods import parse_period

LINES = [f"E.B.{number}" for number in range(6, 15)]
MONTHS = ["2018-01", "2018-02", "2018-03"]
ALL = [*MONTHS, "2017-18-Q4"]
MODALITIES = {
    "E.B.9": {"surgery"},
    "E.B.10": {"chemotherapy", "immunotherapy", "hormone_therapy", "other_drug"},
    "E.B.11": {"teletherapy", "brachytherapy", "chemoradiotherapy", "proton_therapy"},
}
KINDS = sorted(set.union(*MODALITIES.values(), {"other"}))
STOPS = st.sampled_from(
    [
        parse_period(month).start + timedelta(days=step)
        for month in MONTHS
        for step in (-1, 0, 1, 14, 27, 30, 31)
    ]
)
WAITS = st.sampled_from([-1, 0, 1, 5, 13, 14, 15, 16, 30, 31, 32, 33, 61, 62, 63, 64, 65, None])
ADJUSTMENTS = st.sampled_from([None, None, None, 0, 1, 2])


class Record(NamedTuple):
    record_id: str
    ccg_code: str | None
    referral_source: str | None
    suspected_cancer: str | None
    referral_received_date: date | None
    date_first_seen: date | None
    upgrade_date: date | None
    decision_to_treat_date: date | None
    treatment_date: date | None
    treatment_event: str | None
    modality: str | None
    icd10: str | None
    first_seen_adjustment_days: int | None
    treatment_adjustment_days: int | None


@st.composite
def records(draw: st.DrawFn, ccgs: Codes, name: str = "c") -> list[Record]:
    rows = []
    for number in range(draw(st.integers(5, 25))):
        stop = draw(STOPS)
        starts = [draw(WAITS) for _ in range(3)]
        received, upgraded, decided = (
            None if wait is None else stop - timedelta(days=wait) for wait in starts
        )
        sources = ["gp_urgent_suspected", "breast_symptomatic", "screening", "upgrade", "other"]
        treated = draw(st.sampled_from([stop, stop, stop, None]))
        rows.append(
            Record(
                f"{name}{number}",
                draw(st.sampled_from(ccgs)),
                draw(st.sampled_from([*sources, sources[0], sources[2], None])),
                draw(st.sampled_from(["yes", "no", None])),
                received,
                draw(st.sampled_from([stop, stop, None])),
                upgraded,
                decided,
                treated,
                draw(st.sampled_from(["first", "first", "subsequent", None])) if treated else None,
                draw(st.sampled_from([*KINDS, None])),
                draw(st.sampled_from(["C50.9", "c00", "C97X", "D05", "D04.1", "C98", None])),
                draw(ADJUSTMENTS),
                draw(ADJUSTMENTS),
            )
        )
    return rows + draw(st.lists(st.sampled_from(rows), max_size=2))


def frame(rows: Sequence[Record]) -> dict[str, pd.DataFrame]:
    return {"pathways": table_of(Record, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return records(codes, name).map(frame)


CANCER = Family(
    "cancer",
    tables,
    ["2018-02"],
    made_of={"2017-18-Q4": MONTHS},
    counted={"pathways": "record_id"},
)
TestCommonLaws = common_laws(CANCER)


def belongs(line: str, row: Record) -> tuple[date, bool] | None:
    """The day that places a record in a line and whether it is in time; None if it is not in it."""
    seen_days, treat_days = row.first_seen_adjustment_days or 0, row.treatment_adjustment_days or 0
    if line in ("E.B.6", "E.B.7"):
        source = {"E.B.6": "gp_urgent_suspected", "E.B.7": "breast_symptomatic"}[line]
        start, stop, days, limit = row.referral_received_date, row.date_first_seen, seen_days, 14
        fits = row.referral_source == source
        fits = fits and not (line == "E.B.7" and row.suspected_cancer == "yes")
    else:
        stop = row.treatment_date
        category = (row.icd10 or "").upper()[:3]
        is_cancer = category == "D05" or category in [f"C{number:02d}" for number in range(98)]
        by_screening = row.referral_source == "screening" and row.suspected_cancer != "no"
        if line == "E.B.8" or line in MODALITIES:
            start, days, limit = row.decision_to_treat_date, treat_days, 31
            first = row.treatment_event == "first" and is_cancer
            later = row.treatment_event == "subsequent"
            fits = first if line == "E.B.8" else later and row.modality in MODALITIES[line]
        elif line == "E.B.14":
            start, days, limit = row.upgrade_date, seen_days + treat_days, 62
            others = row.referral_source not in (None, "gp_urgent_suspected") and not by_screening
            fits = row.treatment_event == "first" and others and (is_cancer or row.icd10 is None)
        else:
            start, days, limit = row.referral_received_date, seen_days + treat_days, 62
            by_gp = row.referral_source == "gp_urgent_suspected"
            fits = by_gp if line == "E.B.12" else by_screening
            fits = fits and row.treatment_event == "first" and is_cancer
    if not fits or start is None or stop is None:
        return None
    wait = (stop - start).days - days
    return None if wait < 0 else (stop, wait <= limit)


@lawful(12)
@given(records(("A", "B", None)))
def test_a_plain_loop_over_records_gives_the_same_figures(rows: list[Record]) -> None:
    codes = {row.ccg_code for row in rows if row.ccg_code}
    expected = {(line, code, text): [0, 0] for line in LINES for code in codes for text in ALL}
    for row in dict.fromkeys(rows):
        for line in LINES:
            found = belongs(line, row)
            for text in ALL:
                if row.ccg_code and found and parse_period(text).contains(found[0]):
                    expected[line, row.ccg_code, text][0] += found[1]
                    expected[line, row.ccg_code, text][1] += 1
    if expected:
        derived = figures_of(derive("cancer", frame(rows), ALL))
        assert derived == {key: tuple(value) for key, value in expected.items()}
