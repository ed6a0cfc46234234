"""Printed attendances by type of department, as the lines of E.B.5 and as answers.

Every published layout comes down to the same rows: an organisation, a month, a type of department,
how many attended, and how many of them were dealt with within 4 hours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.sources.printed import Printed
from nhsind.sources.published import LeftOut, printed_cells

# Of departments: major, single specialty, and all others (types 3 and 4 together).
TYPES = ("1", "2", "other")
ALL = "all"
ATTENDANCES, SHARE, WITHIN = "E.B.5_1", "E.B.5", "E.B.5_2"
# Which numbers of a row are each line's numerator and denominator: who attended, who left within
# 4 hours, and whose time is printed (the last is not all in months of the field test).
FIGURES = {
    SHARE: ("within", "timed"),
    ATTENDANCES: ("attendances", None),
    WITHIN: ("within", None),
}
# Of a row: its numbers, the printed share, and how far the publisher's rounding moved a number.
NUMBERS = ["attendances", "within", "timed"]
# Between these months fourteen trusts tested other standards and reported no 4-hour waits (note 2
# of the publisher's England series).
FIELD_TEST = ("2019-05", "2023-05")


def refuse_none(providers: Printed) -> None:
    """Raise InputError where only totals are left."""
    if providers.cells.empty:
        message = "has no provider below the headings"
        raise InputError(Problem(providers.place, message, providers.top, unit=providers.unit))


def counts_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as printed counts of the three lines."""
    slack = rows.get("slack", 0.0)
    base = _without_numbers(rows).assign(numerator_slack=slack, denominator_slack=slack)
    parts = []
    for line, (numerator, denominator) in FIGURES.items():
        part = base.assign(indicator=line, numerator=rows[numerator])
        part["denominator"] = rows[denominator] if denominator else None
        parts.append(part[rows[numerator].notna()])
    return pd.concat(parts, ignore_index=True)


def cells_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows as printed answers, with their shares where they have some."""
    rows = rows.assign(slack=rows.get("slack", 0.0))
    parts: list[pd.DataFrame] = []
    for line, numbers in FIGURES.items():
        for figure, number in zip(("numerator", "denominator"), numbers, strict=True):
            if number is not None:
                known = rows[rows[number].notna()]
                base = _without_numbers(known).assign(indicator=line)
                parts.append(printed_cells(base, figure, known[number], known["slack"].to_numpy()))
    if "share" in rows:
        timed = rows[rows["timed"].notna()]
        base = _without_numbers(timed).assign(indicator=SHARE)
        parts.append(printed_cells(base, "value", timed["share"]))
    return pd.concat(parts, ignore_index=True)


def _without_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns=[*NUMBERS, "share", "slack"], errors="ignore")


def left_out(rows: pd.DataFrame, wrong: Any, why: str) -> tuple[pd.DataFrame, list[LeftOut]]:
    """The rows without the organisations and months that a wrong one is of.

    Also those as rows left out, of every line.
    """
    chosen = rows[np.asarray(wrong, dtype=bool)].drop_duplicates(["org_code", "period"])
    columns = ["place", "org_code", "org_level", "period", "department_type"]
    left = [
        LeftOut(
            place,
            f"{why}; the organisation is left out",
            code,
            level,
            tuple(FIGURES),
            (period,),
            detail=f"{code} {period}, department type {kind}",
        )
        for place, code, level, period, kind in chosen[columns].astype(str).itertuples(index=False)
    ]
    return rows[~_of(rows, chosen)], left


def without_waits(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Organisations that print attendances and no waits keep the attendances only, and a note.

    As in the published figures of England, theirs are then in no share.
    """
    lacking = rows[rows["within"].isna()].drop_duplicates(["org_code", "period"])
    of_them = _of(rows, lacking)
    notes = [
        f"{row.place}, {row.org_code} {row.period}: no waits are printed; it is left out of "
        f"{SHARE} and {WITHIN}"
        for row in lacking.itertuples()
    ]
    numbers = {
        name: rows[name].astype(object).where(~of_them, None) for name in ("within", "timed")
    }
    return rows.assign(**numbers), notes


def field_test(rows: pd.DataFrame) -> list[str]:
    """A note on major departments without a wait over 4 hours, in months when some tested others.

    Nobody can tell a department that reported none from one where nobody waited.
    """
    first, last = FIELD_TEST
    of_month = (rows["period"] >= first) & (rows["period"] <= last)
    none_over = (rows["attendances"] == rows["within"]) & (rows["attendances"] != 0)
    odd = rows[of_month & none_over & (rows["department_type"] == TYPES[0])]
    return [
        f"{period}: no attendance over 4 hours is printed for the major departments of "
        f"{', '.join(sorted(part['org_code']))}; until May 2023 trusts that tested other standards "
        "reported no waits, so their share may be none"
        for period, part in odd.groupby("period")
    ]


def _of(rows: pd.DataFrame, chosen: pd.DataFrame) -> Any:
    """Whether each row is of an organisation and month of the chosen ones."""
    keys = set(zip(chosen["org_code"], chosen["period"], strict=True))
    pairs = zip(rows["org_code"], rows["period"], strict=True)
    return np.array([pair in keys for pair in pairs], dtype=bool)
