"""NHS England's EIP waiting times: referrals by week, of commissioners, month by month."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.sources.banded import Banded, month_ends, read_bands
from nhsind.sources.mental_health_dashboard import dashboard_reader
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile, Reader, printed_cells
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import totals_in, wrong_totals

LINE = "E.H.4"
MONTH, PROVIDER, CODE, NAME = "Date", "Provider_Org_code", "Org_Code", "CCG_Name"
PROVIDER_NAME = "Provider_name"
PART, TOTAL = "Description", "Total_Pathways"
# Treatment has started, or is waited for at the month's end.
COMPLETED = "EIP pathways completed this month"
INCOMPLETE = "EIP pathways incomplete at month end"
WEEKS = 12
BANDS = (
    *(f"Gt_{week}_{week + 1}_Weeks" for week in range(WEEKS)),
    f"Gt_{WEEKS}_Plus_Weeks",
)
# A band stands for its longest whole-day wait, the open one for its first day.
DAYS = np.array([*(7 * (week + 1) for week in range(WEEKS)), 7 * WEEKS + 1])
KEYS = ["indicator", "org_level", "org_code", "period"]


def read_series(path: Path) -> PublishedFile:
    """The time series (CSV): one row per month, provider, commissioner and part.

    Rows whose bands do not add up to their total are left out and listed. Raises InputError for
    missing columns, cells that are no numbers or months, other parts, and rows that stand twice.
    """
    table, told = _organisations(read_csv(path, MONTH, CODE, PART, TOTAL).without_remarks())
    parts, codes = table.texts(PART), table.codes(CODE)
    table.refuse(codes == "", CODE, "is missing", "the code of a commissioner")
    providers = table.codes(PROVIDER)
    table.refuse(providers == "", PROVIDER, "is missing", "the code of a provider")
    banded = read_bands(table, BANDS, TOTAL)
    rows = pd.DataFrame(
        {
            "indicator": LINE,
            "org_level": "ccg",
            "org_code": codes,
            "provider_code": providers,
            "period": table.months(MONTH),
            "place": table.places(),
            "is_completed": parts.str.lower() == COMPLETED.lower(),
        }
    )
    of_provider = rows.assign(org_level="provider", org_code=rows["provider_code"])
    named = table.texts(PROVIDER_NAME if table.has(PROVIDER_NAME) else PROVIDER)
    # A row that is left out is one, whosever figures lack it.
    lacking = banded.left_out(of_provider, rows["is_completed"])
    wrong = int((~banded.adds_up & ~rows["is_completed"].to_numpy()).sum())
    if wrong:
        words = "1 row does" if wrong == 1 else f"{wrong:,} rows do"
        text = f"{words} not add up: of referrals that still wait, which are in no figure"
        told = [*told, f"{path.name}: {text}"]
    return PublishedFile(
        place=str(path),
        tables={"referrals": _referrals(banded, rows)},
        names={
            "ccg": dict(zip(codes, table.texts(NAME), strict=True)),
            "provider": dict(zip(rows["provider_code"], named, strict=True)),
        },
        costly_answers=partial(_answers, banded, rows, of_provider),
        left_out=[
            *banded.left_out(rows, rows["is_completed"]),
            *(replace(item, rows=0) for item in lacking),
        ],
        notes=told,
    )


def _organisations(table: Printed) -> tuple[Printed, list[str]]:
    """The rows of providers and commissioners, and what is odd about the totals beside them."""
    table.require(MONTH, PROVIDER, CODE, NAME, PART, *BANDS, TOTAL)
    parts = table.texts(PART).str.lower()
    known = parts.isin([COMPLETED.lower(), INCOMPLETE.lower()])
    table.refuse(~known, PART, "is not a known part", f"{COMPLETED}, {INCOMPLETE}")
    totals = totals_in(table, (PROVIDER, CODE), (NAME,))
    counts = dict(zip((TOTAL, *BANDS), table.numbers(TOTAL, *BANDS), strict=True))
    months = table.months(MONTH)
    notes = wrong_totals(table, totals, codes=(PROVIDER, CODE), keys=(months, parts), counts=counts)
    organisations = table.where(~totals)
    organisations.refuse_repeated(months[~totals], PROVIDER, CODE, PART)
    return organisations, notes


def _referrals(banded: Banded, rows: pd.DataFrame) -> pa.Table:
    """One row per filled band; treatments are dated at the month's end.

    Who still waits then has no treatment, and the clauses leave the row out.
    """
    at, bands, counts = banded.filled(rows["org_code"] + " " + rows["provider_code"])
    ends = month_ends(rows["period"])[at]
    waiting = ~rows["is_completed"].to_numpy()[at]
    return pa.table(
        {
            "ccg_code": pa.array(rows["org_code"].iloc[at], pa.string()),
            "provider_code": pa.array(rows["provider_code"].iloc[at], pa.string()),
            "pathway": pa.nulls(len(at), pa.string()),
            "referral_received_date": pa.array(ends - DAYS[bands], pa.date32()),
            "treatment_start_date": pa.array(ends, pa.date32(), mask=waiting),
            "count": pa.array(counts, pa.int64()),
            "counts_for": pa.array([LINE] * len(at), pa.string()),
            "counts_in": pa.array(ends, pa.date32()),
        }
    )


def _answers(banded: Banded, *of_levels: pd.DataFrame) -> list[Answers]:
    """What is printed in all and band by band, of commissioners and of providers."""
    return [
        answers
        for rows in of_levels
        for answers in (
            Answers(_totals(banded, rows)),
            Answers(_bands(banded, rows), ("referral_received_date",)),
        )
    ]


def _totals(banded: Banded, rows: pd.DataFrame) -> pd.DataFrame:
    """The referrals that started treatment, added up over a commissioner's providers."""
    completed = rows[rows["is_completed"]].assign(total=banded.totals[rows["is_completed"]])
    grouped = completed.groupby(KEYS, as_index=False)
    added = grouped.agg(total=("total", "sum"), place=("place", "first"), lines=("place", "size"))
    return _cells(added)


def _bands(banded: Banded, rows: pd.DataFrame) -> pd.DataFrame:
    """The same band by band, a band being the day of referral that it stands for."""
    chosen = rows["is_completed"].to_numpy() & banded.adds_up
    ends = month_ends(rows["period"])[chosen]
    parts = []
    for band, days in enumerate(DAYS):
        of_band = rows[chosen].assign(
            referral_received_date=(ends - days).astype(str), total=banded.counts[chosen, band]
        )
        grouped = of_band.groupby([*KEYS, "referral_received_date"], as_index=False)
        parts.append(
            grouped.agg(total=("total", "sum"), place=("place", "first"), lines=("place", "size"))
        )
    return _cells(pd.concat(parts, ignore_index=True))


def _cells(added: pd.DataFrame) -> pd.DataFrame:
    """Sums as answers; the place is the first line, and how many more there are."""
    more = added["lines"] - 1
    words = np.where(more > 0, " and " + more.astype(str) + " more", "")
    rows = added.assign(place=added["place"] + words).drop(columns=["total", "lines"])
    cells: pd.DataFrame = printed_cells(rows, "denominator", added["total"])
    return cells


def _is_series(path: Path) -> bool:
    return csv_has(path, TOTAL, BANDS[0], CODE)


# The words of a category of the dashboard that is the line, and those of others.
DASHBOARD = {
    "E.H.4": (
        (r"\b(eip|psychosis)\b", r"\b(2|two) ?weeks?\b"),
        (r"\b(nice|ccqi|level|spend|invest\w*)\b",),
    )
}

READERS = (
    Reader(
        "eip-series",
        "EIP waiting times (.csv) with columns Description, Gt_0_1_Weeks and Total_Pathways",
        _is_series,
        read_series,
        headings=((MONTH, CODE, NAME, PART, BANDS[0], TOTAL),),
    ),
    dashboard_reader(DASHBOARD),
)
