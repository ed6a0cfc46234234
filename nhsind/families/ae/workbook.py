"""Reads the A&E workbook of a month: providers by type of department, England, the systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.families.ae.departments import (
    counts_of,
    field_test,
    left_out,
    refuse_none,
    without_waits,
)
from nhsind.families.ae.sheets import (
    ALL,
    ATTENDED,
    NONE,
    OVER,
    SHARES,
    TITLE,
    UNDER,
    answers,
    by_type,
    shares,
)
from nhsind.geography import ENGLAND
from nhsind.sources.printed import Printed, printed_period, read_sheet
from nhsind.sources.published import Answers, PublishedFile
from nhsind.sources.recognising import sheet_head, sheet_named
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import label, open_workbook, sheet, tidy

PROVIDERS, SYSTEMS = "Provider Level Data", "System Level Data"


def is_provider_workbook(path: Path) -> bool:
    """Whether a workbook has the sheet of providers."""
    is_there = sheet_named(path, PROVIDERS) is not None
    return is_there and TITLE.lower() in sheet_head(path, PROVIDERS).lower()


def read_provider_workbook(path: Path) -> PublishedFile:
    """A month's workbook: providers by type of department, booked attendances included.

    All totals and percentages are answers, and so are the rows of England and of the systems. A
    provider whose attendances are not those within and over 4 hours is left out and noted.
    """
    head = sheet(open_workbook(path), PROVIDERS, str(path))
    period = str(printed_period(label(head, "Period:"), f"{path.name}, sheet {PROVIDERS},"))
    table = read_sheet(path, PROVIDERS, "Code", "Name", ATTENDED).without_remarks()
    table.require("Code", "Name", ATTENDED, UNDER, OVER, *SHARES.values())
    codes = table.codes("Code")
    table.refuse(codes == "", "Code", "is missing", "a provider's code, or - for England")
    refuse_totals(table, "Code", "Name", known=codes == NONE)
    providers, england = table.where(codes != NONE), table.where(codes == NONE)
    refuse_none(providers)
    rows = _of_month(providers, period).assign(org_level="provider")
    printed = pd.concat([rows, _of_month(england, period)], ignore_index=True)
    systems, groups = _systems(path, period, providers)
    types = rows[rows["department_type"] != ALL].drop(columns="share").reset_index(drop=True)
    types["system_code"] = [groups.get(code, ("",))[0] for code in types["org_code"]]
    differ = types["timed"].notna() & (types["timed"] != types["attendances"])
    why = "not all attendances are printed as within or over 4 hours"
    types, left = left_out(types, differ.to_numpy(), why)
    types, lacking = without_waits(types)
    names = dict(zip(providers.codes("Code"), providers.texts("Name"), strict=True))
    return PublishedFile(
        place=str(path),
        counts=counts_of(types),
        names={"provider": names, "england": {ENGLAND: "England"}},
        groups=groups,
        answers=[*answers(printed), *systems],
        left_out=left,
        notes=[*lacking, *field_test(types)],
    )


def _of_month(table: Printed, period: str) -> pd.DataFrame:
    """A month's rows by type of department and in all, with their shares."""
    rows = by_type(table, {"attendances": ATTENDED, "within": UNDER, "over": OVER}, period)
    within: list[Any] = []
    timed: list[Any] = []
    for seen, under, over in rows[["attendances", "within", "over"]].itertuples(index=False):
        known = under is not None and over is not None
        # Without attendances there is no wait to lack.
        within.append(under if known else 0 if seen == 0 else None)
        timed.append(under + over if known else 0 if seen == 0 else None)
    rows["within"], rows["timed"] = pd.Series(within, dtype=object), pd.Series(timed, dtype=object)
    rows["share"] = shares(table)
    return rows.drop(columns="over")


def _systems(
    path: Path, period: str, providers: Printed
) -> tuple[list[Answers], dict[str, tuple[str, str]]]:
    """Each system's answers (parts of England), and the system of each provider.

    A provider's system stands in a column without a heading: it is the one of system names.
    """
    if sheet_named(path, SYSTEMS) is None:
        return [], {}
    table = read_sheet(path, SYSTEMS, "Code", "System", ATTENDED).without_remarks()
    table.require("Code", "System", ATTENDED, UNDER, OVER, *SHARES.values())
    table = table.where(table.codes("Code") != NONE)
    rows = _of_month(table, period)
    rows = rows.assign(system_code=rows["org_code"], org_code=ENGLAND)
    named = dict(zip(table.texts("System").str.lower(), table.codes("Code"), strict=True))
    groups = {}
    for place, heading in enumerate(providers.headings):
        if heading:
            continue
        texts = [tidy(cell) for cell in providers.cells[place]]
        for code, text in zip(providers.codes("Code"), texts, strict=True):
            if text.lower() in named:
                groups[code] = (named[text.lower()], text)
    return answers(rows, "system_code"), groups
