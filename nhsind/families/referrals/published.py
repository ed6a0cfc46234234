"""Reads the Monthly Activity Return: one month, referrals made by commissioner or by provider.

The return counts general and acute specialties, as the lines do: `GP Referrals Made (G&A)` is
E.M.7a, `Other Referrals Made (G&A)` is E.M.7b, and E.M.7 is both. England's row above the
organisations is their sum; a sheet of regions, area teams or SHAs divides it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nhsind.families.referrals.months import months_of
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.sources.printed import Printed, printed_period, read_sheet
from nhsind.sources.published import Answers, PublishedFile, Reader, printed_cells
from nhsind.sources.recognising import sheet_has, sheet_head, sheet_named
from nhsind.sources.totals import refuse_totals, says_total
from nhsind.sources.workbooks import label, open_workbook, sheet

# By whom the referrals are counted: the sheet, and the level of its organisations.
BASES = {"Commissioner": "ccg", "Provider": "provider"}
# The grouping of 2015-16 and later, of 2013-14 and 2014-15, of 2012-13: a sheet each.
GROUPINGS = ("Region", "Area Team", "SHA")
BY_GPS, BY_OTHERS = "GP Referrals Made (G&A)", "Other Referrals Made (G&A)"
MEASURES = {"E.M.7a": (BY_GPS,), "E.M.7b": (BY_OTHERS,), "E.M.7": (BY_GPS, BY_OTHERS)}
BY_GROUP = ("group_code",)


def is_return(path: Path) -> bool:
    """Whether a workbook is a return of commissioners or providers with one of the groupings."""
    basis = sheet_named(path, *BASES)
    if basis is None or sheet_named(path, *GROUPINGS) is None:
        return False
    is_titled = "monthly hospital activity" in sheet_head(path, basis).lower()
    return is_titled or sheet_has(path, basis, BY_GPS) or sheet_has(path, basis, BY_OTHERS)


def read_return(path: Path) -> PublishedFile:
    """A month's return: rows of organisations are counted, England's row and parts are answers.

    Year and month are those of the rows, and the sheet's head decides where they are misspelt; the
    names of the files follow no rule.
    """
    basis, grouping = sheet_named(path, *BASES) or "", sheet_named(path, *GROUPINGS) or ""
    code, name = f"{grouping} Code", f"{grouping} Name"
    table, head = _read(path, basis, code, name, "Org Code", "Org Name")
    codes, titles = table.codes("Org Code"), table.texts("Org Name")
    without_code = (codes == "") | says_total(table, "Org Code")
    of_england = without_code & says_total(table, "Org Name")
    nameless = (codes == "") & ~of_england
    table.refuse(nameless, "Org Code", "is missing", "an organisation's code, or none for England")
    refuse_totals(table, "Org Code", "Org Name", name, known=of_england)
    organisations, england = table.where(~of_england), table.where(of_england)
    rows, notes = _counts(organisations, head, BASES[basis], "Org Code")
    of_group = dict(zip(codes, table.codes(code), strict=True))
    in_all, more = _counts(england, head, "england")
    told = _not_the_sum(rows, in_all)
    groups, head = _read(path, grouping, code)
    parts, also = _counts(groups.where(groups.codes(code) != ""), head, "england", code)
    parts = parts.rename(columns={"org_code": "group_code"}).assign(org_code=ENGLAND)
    return PublishedFile(
        place=str(path),
        counts=rows.assign(group_code=rows["org_code"].map(of_group)),
        names={
            BASES[basis]: dict(zip(codes[~of_england], titles[~of_england], strict=True)),
            "england": {ENGLAND: "England"},
        },
        groups={
            org: (of_group[org], title)
            for org, title in zip(codes, table.texts(name), strict=True)
            if org
        },
        answers=[
            Answers(_cells(in_all), adds_up=BASES[basis]),
            Answers(_cells(parts), BY_GROUP, adds_up=BASES[basis]),
        ],
        notes=[*notes, *more, *also, *told],
    )


def _not_the_sum(rows: pd.DataFrame, in_all: pd.DataFrame) -> list[str]:
    """A note on each of England's numbers that is not the sum of the organisations."""
    added = rows.groupby(["indicator", "period"], as_index=False)["numerator"].sum()
    both = in_all.merge(added, on=["indicator", "period"], suffixes=("", "_added"))
    return [
        f"{row.place}: England's row says {row.numerator:,} in {row.indicator}, and the "
        f"organisations add up to {row.numerator_added:,}; they are counted, not it"
        for row in both[both["numerator"] != both["numerator_added"]].itertuples()
    ]


def _read(path: Path, name: str, *headings: str) -> tuple[Printed, Period | None]:
    """A sheet's table without the notes below it, and the month that the sheet's head names."""
    table = read_sheet(path, name, "Year", "Period", headings[0])
    table.require("Year", "Period", *headings, BY_GPS, BY_OTHERS)
    named = label(sheet(open_workbook(path), name, str(path)), "Period:")
    head = printed_period(named, table.place) if named else None
    return table.without_remarks(), head


def _counts(
    table: Printed, head: Period | None, level: str, code: str | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """The three lines of each row; without a column of codes the rows are England's."""
    months, notes = months_of(table, head)
    codes = table.codes(code) if code else pd.Series(ENGLAND, index=months.index)
    again = pd.DataFrame({"month": months, "code": codes}).duplicated()
    table.refuse(again, code or "Org Name", "stands in an earlier row too", "one row each")
    made = dict(zip((BY_GPS, BY_OTHERS), table.numbers(BY_GPS, BY_OTHERS), strict=True))
    base = pd.DataFrame(
        {"org_level": level, "org_code": codes, "period": months, "place": table.places()},
        index=table.cells.index,
    )
    lines = [
        base.assign(indicator=line, numerator=sum(made[heading].values for heading in headings))
        for line, headings in MEASURES.items()
    ]
    return pd.concat(lines, ignore_index=True), notes


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    cells: pd.DataFrame = printed_cells(rows, "numerator", rows["numerator"])
    return cells


READERS = (
    Reader(
        "mar",
        "Monthly Activity Return (.xls) with a sheet Commissioner or Provider and one of Region, "
        "Area Team or SHA",
        is_return,
        read_return,
        headings=tuple(("Year", "Period", "Org Code", BY_GPS, BY_OTHERS, name) for name in BASES),
    ),
)
