"""Totals that are taken for organisations: by the shape of their code, or as the sum of others."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from nhsind.errors import InputError
from nhsind.sources.printed_organisations import refuse_no_organisations
from nhsind.sources.published import counted

FIGURES = {"00A": (30, 40), "00B": (10, 25), "00C": (7, 9)}


def counts_of(figures: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = [
        {"indicator": "E.B.13", "org_level": "ccg", "org_code": code, "period": "2018-03"}
        | {"numerator": n, "denominator": d, "place": f"x.csv line {line}"}
        for line, (code, (n, d)) in enumerate(figures.items(), start=2)
    ]
    return counted(pd.DataFrame(rows))


def refused(figures: dict[str, tuple[int, int]]) -> str:
    try:
        refuse_no_organisations("x.csv", counts_of(figures), {})
    except InputError as error:
        return str(error.problems[0])
    return ""


@pytest.mark.parametrize(
    "code", ["OVERALL", "ALL ACUTE TRUSTS", "SUM OF ALL", "R AA", "ＲＡＡ", "***"]
)
def test_what_has_no_shape_of_a_code_is_no_organisation(code: str) -> None:
    assert f'x.csv line 5: "{code}" is not the code' in refused(FIGURES | {code: (1, 2)})


@pytest.mark.parametrize("code", ["NONC", "X24", "UNKNOWN", "NO CODE", "QE1", "E54000027", "RALXX"])
def test_other_codes_are(code: str) -> None:
    assert not refused(FIGURES | {code: (1, 2)})


def test_what_has_as_many_as_all_others_is_their_total() -> None:
    total = {"00T": (47, 74)}
    assert "x.csv line 5" in refused(FIGURES | total) and "all the others" in refused(
        FIGURES | total
    )
    assert not refused(FIGURES | {"00T": (47, 75)})
    assert not refused(FIGURES | {"00T": (46, 74)})


def test_few_units_may_add_up_by_chance() -> None:
    assert not refused({"00A": (1, 2), "00B": (2, 4), "00C": (3, 6)})
    assert not refused({"00A": (30, 40), "00B": (30, 40)})


def test_banded_rows_are_looked_at_alike() -> None:
    def table(last: int) -> pa.Table:
        rows = [("00A", 2, 30), ("00A", 3, 5), ("00B", 2, 40), ("00C", 2, 70), ("00C", 3, last)]
        columns = {"ccg_code": [code for code, _, _ in rows], "count": [n for _, _, n in rows]}
        months = [pd.Timestamp(2018, month, 28).date() for _, month, _ in rows]
        return pa.table(columns | {"counts_for": ["E.B.3"] * len(rows), "counts_in": months})

    refuse_no_organisations("x.csv", None, {"pathways": table(6)})
    more = pa.table(
        {
            "ccg_code": ["00B"],
            "count": [4],
            "counts_for": ["E.B.3"],
            "counts_in": [pd.Timestamp(2018, 3, 28).date()],
        }
    )
    whole = pa.concat_tables([table(9), more], promote_options="permissive")
    with pytest.raises(InputError, match='"00C" has as many as all the others'):
        refuse_no_organisations("x.csv", None, {"pathways": whole})
