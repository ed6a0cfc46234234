"""Laws that the referral figures obey for any set of requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
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

LINES = ("E.M.7", "E.M.7a", "E.M.7b")
MONTHS = ["2018-01", "2018-02", "2018-03"]
ALL = [*MONTHS, "2017-18-Q4"]
DATES = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 2, 28), date(2018, 3, 31), None]


class Request(NamedTuple):
    referral_id: str
    ccg_code: str | None
    received_date: date | None
    referral_request_type: str | None
    written_indicator: str | None
    source_of_referral: str | None
    drop_in_clinic: str | None
    specialty_code: str | None


@st.composite
def requests(draw: st.DrawFn, ccgs: Codes, name: str = "r") -> list[Request]:
    yes_or_no = st.sampled_from(["yes", "no", "no", None])
    rows = [
        Request(
            f"{name}{number}",
            draw(st.sampled_from(ccgs)),
            draw(st.sampled_from(DATES)),
            draw(st.sampled_from(["01", "1", "01", "02", "04", "4", "zz", None])),
            draw(st.sampled_from(["yes", "no", None])),
            draw(st.sampled_from(["01", "2", "10", "11", "03", "05", "97", "99", None])),
            draw(yes_or_no),
            draw(st.sampled_from(["100", "192", "193", "460", "501", "502", "834", "901", None])),
        )
        for number in range(draw(st.integers(5, 40)))
    ]
    return rows + draw(st.lists(st.sampled_from(rows), max_size=3))


def frame(rows: Sequence[Request]) -> dict[str, pd.DataFrame]:
    return {"referrals": table_of(Request, rows)}


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return requests(codes, name).map(frame)


REFERRALS = Family(
    "referrals",
    tables,
    ALL,
    examples=5,
    made_of={"2017-18-Q4": MONTHS},
    counted={"referrals": "referral_id"},
)
TestCommonLaws = common_laws(REFERRALS)


def lines_of(row: Request) -> set[str]:
    """The lines that a request counts in, by the exclusions a to d as they are printed."""
    code = int(row.specialty_code or 0)
    listed = 100 <= code <= 192 or 300 <= code <= 460 or 800 <= code <= 834
    if row.received_date is None or not (listed or code in (502, 504, 900, 901)):
        return set()
    kind = (row.referral_request_type or "").zfill(2)
    if row.referral_request_type is None or (kind == "01" and row.written_indicator is None):
        return set()
    if kind == "01" and row.written_indicator == "yes":
        return {"E.M.7", "E.M.7a"}
    if kind == "04" or row.source_of_referral is None or row.drop_in_clinic != "no":
        return set()
    by_the_consultant = row.source_of_referral.zfill(2) in ("01", "02", "10", "11")
    return set() if by_the_consultant else {"E.M.7", "E.M.7b"}


@lawful(12)
@given(requests(("A", "B", "NONC", None)))
def test_a_plain_loop_over_requests_gives_the_same_figures(rows: list[Request]) -> None:
    codes = {row.ccg_code for row in rows if row.ccg_code}
    expected = {(line, code, text): 0 for line in LINES for code in codes for text in ALL}
    for row in dict.fromkeys(rows):
        for line in lines_of(row) if row.ccg_code else set():
            for text in ALL:
                if row.received_date and parse_period(text).contains(row.received_date):
                    expected[line, str(row.ccg_code), text] += 1
    if expected:
        derived = figures_of(derive("referrals", frame(rows), ALL))
        assert derived == {key: (value, None) for key, value in expected.items()}
        for code in codes:
            for text in ALL:
                both = expected["E.M.7a", code, text] + expected["E.M.7b", code, text]
                assert both == expected["E.M.7", code, text]
            quarter = sum(expected["E.M.7", code, month] for month in MONTHS)
            assert quarter == expected["E.M.7", code, "2017-18-Q4"]
