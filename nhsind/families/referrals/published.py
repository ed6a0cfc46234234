"""Reads the Monthly Activity Return of providers: one month, referrals made to each.

The return counts general and acute specialties, as the lines do: `GP Referrals Made (G&A)` is
E.M.7a, `Other Referrals Made (G&A)` is E.M.7b, and E.M.7 is both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import MONTH_NAMES, parse_period
from nhsind.sources.printed import Printed, read_sheet, sheet_head, sheet_names
from nhsind.sources.published import Answers, PublishedFile, Reader, printed_cells

PROVIDERS = "Provider"
# The grouping of 2015-16 and later, of 2013-14 and 2014-15, of 2012-13: a sheet each.
GROUPINGS = ("Region", "Area Team", "SHA")
BY_GPS, BY_OTHERS = "GP Referrals Made (G&A)", "Other Referrals Made (G&A)"
MEASURES = {"E.M.7a": (BY_GPS,), "E.M.7b": (BY_OTHERS,), "E.M.7": (BY_GPS, BY_OTHERS)}
BY_GROUP = ("group_code",)


def is_return(path: Path) -> bool:
    """Whether a workbook is a provider's return with one of the groupings."""
    names = sheet_names(path)
    if PROVIDERS not in names or _grouping(names) is None:
        return False
    head = sheet_head(path, PROVIDERS)
    return "Monthly Hospital Activity" in head or "Referrals Made (G&A)" in head


def read_return(path: Path) -> PublishedFile:
    """A month's return: rows of providers are counted, England's row and its parts are answers.

    Year and month are those of the rows; the names of the files follow no rule.
    """
    grouping = _grouping(sheet_names(path)) or GROUPINGS[0]
    table = read_sheet(path, PROVIDERS, "Year", "Period", "Org Code")
    code, name = f"{grouping} Code", f"{grouping} Name"
    table.require("Year", "Period", code, name, "Org Code", "Org Name", BY_GPS, BY_OTHERS)
    codes = table.codes("Org Code")
    of_england = (codes == "") & (table.texts("Org Name").str.lower() == "england")
    nameless = (codes == "") & ~of_england
    table.refuse(nameless, "Org Code", "is missing", "a provider's code, or none for England")
    providers, england = table.where(~of_england), table.where(of_england)
    providers.refuse_repeated("Year", "Period", "Org Code")
    england.refuse_repeated("Year", "Period", "Org Code")
    counts = _counts(providers, "provider", providers.codes("Org Code"))
    groups = {
        org: (of_org, title)
        for org, of_org, title in zip(
            providers.codes("Org Code"), providers.codes(code), providers.texts(name), strict=True
        )
    }
    counts["group_code"] = counts["org_code"].map(
        {org: group for org, (group, _) in groups.items()}
    )
    return PublishedFile(
        place=str(path),
        counts=counts,
        names={
            "provider": dict(
                zip(providers.codes("Org Code"), providers.texts("Org Name"), strict=True)
            ),
            "england": {ENGLAND: "England"},
        },
        groups=groups,
        answers=[
            Answers(_cells(_counts(england, "england", ENGLAND))),
            Answers(_cells(_of_groups(path, grouping)), BY_GROUP),
        ],
    )


def _grouping(names: list[str]) -> str | None:
    return next((name for name in GROUPINGS if name in names), None)


def _of_groups(path: Path, grouping: str) -> pd.DataFrame:
    """The sheet of area teams or regions: parts of England."""
    table = read_sheet(path, grouping, "Year", "Period", f"{grouping} Code")
    table.require("Year", "Period", f"{grouping} Code", BY_GPS, BY_OTHERS)
    table = table.where(table.codes(f"{grouping} Code") != "")
    table.refuse_repeated("Year", "Period", f"{grouping} Code")
    codes = table.codes(f"{grouping} Code")
    rows = _counts(table, "england", codes)
    return rows.assign(group_code=rows["org_code"], org_code=ENGLAND)


def _counts(table: Printed, level: str, codes: Any) -> pd.DataFrame:
    """The three lines of each row."""
    made = dict(zip((BY_GPS, BY_OTHERS), table.numbers(BY_GPS, BY_OTHERS), strict=True))
    base = pd.DataFrame(
        {
            "org_level": level,
            "org_code": codes,
            "period": _months(table),
            "place": table.places(),
        },
        index=table.cells.index,
    )
    parts = [
        base.assign(indicator=line, numerator=sum(made[heading].values for heading in headings))
        for line, headings in MEASURES.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    cells: pd.DataFrame = printed_cells(rows, "numerator", rows["numerator"])
    return cells


def _months(table: Printed) -> pd.Series[Any]:
    """The month of each row, from its financial year and the month's name."""
    names = table.texts("Period").str.capitalize()
    table.refuse(~names.isin(MONTH_NAMES), "Period", "is not a month", "a month such as April")
    # With a stroke, 2011/12 is no December.
    years = table.texts("Year").str.replace("-", "/")
    table.refuse(~years.map(_is_year), "Year", "is not a financial year", "a year as 2013-14")
    months = [
        next(
            str(month)
            for month in parse_period(year).split_months()
            if month.words.startswith(name)
        )
        for year, name in zip(years, names, strict=True)
    ]
    return pd.Series(months, index=table.cells.index, dtype=object)


def _is_year(text: str) -> bool:
    try:
        return parse_period(text).kind == "year"
    except UsageError:
        return False


READERS = (
    Reader(
        "mar",
        "Monthly Activity Return of providers (.xls) with a sheet Provider and one of Region, "
        "Area Team or SHA",
        is_return,
        read_return,
    ),
)
