"""NHS England's monthly primary care dementia data: registers and estimates of 65+ (Table 4).

A sub-ICB location has the code of the CCG that it was, so it stands at the level ccg, and an ICB
at the level stp. Rows of government regions and local authorities are of no level known here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.families.dementia.common import ESTIMATE_SLACK, LINE, OF_COMMISSIONERS, figures
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.printed import SUPPRESSED, Printed, below, once
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.recognising import sheet_has, sheet_named, sheet_names
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import Rows, header_row, open_workbook, sheet, tidy

TABLE, SHEET = "Table", "Table 4"
RECORDED, ESTIMATED, RATE = "Recorded", "Estimated", "Diagnosis rate (%)"
LEVELS = {"NATIONAL": "england", "REGION": "region", "ICB": "stp"}
LEVELS |= dict.fromkeys(OF_COMMISSIONERS, "ccg")
OF_NO_LEVEL = (
    "GOVERNMENT_OFFICE_REGION",
    "UPPER_TIER_LOCAL_AUTHORITY",
    "LOWER_TIER_LOCAL_AUTHORITY",
)
MARKS = {"*": SUPPRESSED}
# Rates are printed to one decimal place of a per cent.
RATE_ROUNDING = 0.0005


def read_primary_care(path: Path) -> PublishedFile:
    """Read the registers, estimates and rates of a month."""
    table, month = _open(path)
    kinds = _kinds(table)
    used = table.where(kinds.isin([*LEVELS]))
    of_england = _kinds(used).map(LEVELS) == "england"
    nameless = (used.codes("ODS Code") == "") & ~of_england
    used.refuse(nameless, "ODS Code", "is missing", "an organisation's code")
    refuse_totals(used, "ODS Code", "Name", known=of_england)
    used.where(~of_england).refuse_repeated("Type", "ODS Code")
    rows = _counts(used, month)
    # England stands once more above the local authorities.
    is_again = rows.duplicated("org_level") & (rows["org_level"] == "england")
    once = rows[~is_again]
    left_out = int((~kinds.isin([*LEVELS])).sum())
    strange = sorted({*kinds} - {*LEVELS, *OF_NO_LEVEL})
    text = "rows of government regions and local authorities are left out: no level of nhsind"
    if strange:
        text = f"rows are left out: no level of nhsind; among them {', '.join(strange)}"
    return PublishedFile(
        place=str(path),
        counts=once.drop(columns=["name", "rate"]),
        names={
            str(level): dict(zip(part["org_code"], part["name"], strict=True))
            for level, part in once.groupby("org_level")
        },
        answers=_answers(once, rows[is_again]),
        notes=[f"{table.place} {left_out} {text}"] if left_out else [],
    )


def _kinds(table: Printed) -> pd.Series[Any]:
    """What each row is of, without its signs between words: SUB ICB is SUB_ICB."""
    kinds = table.codes("Type")
    return kinds.map({kind: re.sub(r"[ -]+", "_", kind) for kind in kinds.unique()})


def rates_sheet(path: Path) -> str | None:
    """The sheet of registers beside estimates: by its headings, for its number may change."""
    tables = [name for name in sheet_names(path) if name.startswith(TABLE)]
    headings = ("ODS Code", RECORDED, ESTIMATED)
    found = next((name for name in tables if sheet_has(path, name, *headings)), None)
    return found or sheet_named(path, SHEET)


def _open(path: Path) -> tuple[Printed, str]:
    """The table and its month; the heading of the rate stands a row above the others."""
    name = rates_sheet(path) or SHEET
    place = f"{path.name}, sheet {name},"
    rows = sheet(open_workbook(path), name, str(path))
    top = header_row(rows, ["Type", "ODS Code"], place=place)
    above = rows[top - 1] if top else []
    rows[top] = [
        tidy(cell) or tidy(above[at] if at < len(above) else "")
        for at, cell in enumerate(rows[top])
    ]
    table = once(below(rows, top, place=place))
    table.require("Type", "ODS Code", "Name", RECORDED, ESTIMATED, RATE)
    return table.without_remarks(), _month(rows[:top], place)


def _month(rows: Rows, place: str) -> str:
    """The month that the table's title ends with."""
    titles = [tidy(cell) for row in rows for cell in row if tidy(cell).startswith(TABLE)]
    for title in titles:
        match = re.search(r"([A-Za-z]+ \d{4})$", title)
        try:
            period = parse_period(match[1] if match else "")
        except UsageError:
            continue
        if period.kind == "month":
            return str(period)
    raise InputError(
        Problem(place, "has no title that ends with its month", value="; ".join(titles)[:200])
    )


def _counts(table: Printed, month: str) -> pd.DataFrame:
    """One row per organisation: register, estimate, the rate printed, and where they stand."""
    levels = _kinds(table).map(LEVELS)
    (recorded,) = table.numbers(RECORDED, marks=MARKS)
    (estimated,) = table.numbers(ESTIMATED, marks=MARKS, parts="decimal")
    return pd.DataFrame(
        {
            "indicator": LINE,
            "org_level": levels,
            "org_code": table.codes("ODS Code").where(levels != "england", ENGLAND),
            "name": table.texts("Name"),
            "period": month,
            "numerator": recorded.values,
            "denominator": estimated.values,
            "mark": recorded.marks.where(recorded.marks != "", estimated.marks),
            "denominator_slack": ESTIMATE_SLACK,
            "rate": table.shares(RATE, marks=MARKS),
            "place": table.places(),
        }
    )


def _answers(rows: pd.DataFrame, england_again: pd.DataFrame) -> list[Answers]:
    """The rates; England once more; and England as the sum of its regions, ICBs, locations."""
    with_rate = rows[rows["rate"].notna()]
    rates = printed_cells(with_rate.drop(columns="rate"), "value", with_rate["rate"], RATE_ROUNDING)
    england = rows[rows["org_level"] == "england"]
    sums = [_added_up(england, rows[rows["org_level"] == level]) for level in ("region", "stp")]
    cells = pd.concat([figures(part) for part in (england_again, *sums)], ignore_index=True)
    return [
        Answers(rates),
        Answers(cells, complete=False),
        Answers(figures(england), complete=False, adds_up=True),
    ]


def _added_up(england: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """England's row with the sums of its parts, none where one of them is hidden."""
    if england.empty or parts.empty or (parts["mark"] != "").any():
        return england.head(0)
    added: pd.DataFrame = england.assign(
        numerator=sum(parts["numerator"]),
        denominator=sum(parts["denominator"]),
        denominator_slack=ESTIMATE_SLACK * len(parts),
        place=parts["place"].iloc[0],
    )
    return added
