"""Reads England's monthly A&E series."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.families.ae.departments import NUMBERS, counts_of
from nhsind.families.ae.sheets import (
    ALL,
    ATTENDED,
    NOISE,
    OVER,
    SHARES,
    TITLE,
    UNDER,
    answers,
    by_type,
    shares,
    whole,
)
from nhsind.geography import ENGLAND
from nhsind.sources.printed import read_sheet
from nhsind.sources.published import PublishedFile
from nhsind.sources.recognising import sheet_head, sheet_named

ACTIVITY, PERFORMANCE = "Activity", "Performance"


def is_series(path: Path) -> bool:
    """Whether a workbook has the two sheets of England's series."""
    has_both = all(sheet_named(path, name) for name in (ACTIVITY, PERFORMANCE))
    return has_both and TITLE.lower() in sheet_head(path, PERFORMANCE).lower()


def read_series(path: Path) -> PublishedFile:
    """England month by month: attendances, and from another sheet those within and over 4 hours.

    From May 2019 to May 2023 that other sheet is without the trusts that tested other standards,
    so the share has a smaller denominator than there are attendances. Until May 2015 counts have
    parts: the publisher apportioned weeks to months.
    """
    activity = read_sheet(path, ACTIVITY, "Period", ATTENDED).without_remarks()
    performance = read_sheet(path, PERFORMANCE, "Period", UNDER, OVER).without_remarks()
    activity.require("Period", ATTENDED)
    performance.require("Period", UNDER, OVER, *SHARES.values())
    attended = by_type(activity, {"attendances": ATTENDED}).assign(within=None, timed=None)
    waited = by_type(performance, {"within": UNDER, "over": OVER}).assign(attendances=None)
    known = waited["within"].notna() & waited["over"].notna()
    timed = waited.loc[known, "within"] + waited.loc[known, "over"]
    waited["timed"] = timed.map(whole).astype(object).reindex(waited.index, fill_value=None)
    waited["share"] = shares(performance)
    rows = pd.concat([attended, waited.drop(columns="over")], ignore_index=True)
    rows["slack"] = np.where(rows[[*NUMBERS]].map(_has_parts).any(axis=1), NOISE, 0.0)
    types = rows[rows["department_type"] != ALL].reset_index(drop=True)
    return PublishedFile(
        place=str(path),
        counts=counts_of(types),
        names={"england": {ENGLAND: "England"}},
        answers=answers(rows),
        notes=_smaller(path, rows),
    )


def _has_parts(number: Any) -> bool:
    return isinstance(number, Decimal)


def _smaller(path: Path, rows: pd.DataFrame) -> list[str]:
    """A note on the months in which fewer have a time than attended."""
    of_all = rows[rows["department_type"] == ALL].astype({"attendances": float, "timed": float})
    months = of_all.groupby("period")[["attendances", "timed"]].max()
    # A fraction of an attendance is the noise of apportioned weeks.
    fewer = list(months.index[months["attendances"] - months["timed"] >= 1])
    if not fewer:
        return []
    return [
        f"{path.name}: {len(fewer):,} months from {fewer[0]} to {fewer[-1]} have a time for fewer "
        "than attended (trusts that tested other standards are left out): the share is of those"
    ]
