"""NHS England's RTT files: which layouts there are, and how each is recognised."""

from __future__ import annotations

from nhsind.families.rtt.extract import (
    COMMISSIONER,
    MONTH,
    PART,
    PROVIDER,
    TOTAL,
    is_full_extract,
    read_full_extract,
)
from nhsind.families.rtt.overview import ALL_PATHWAYS, SHEET, WITHIN, is_overview, read_overview
from nhsind.families.rtt.workbook import (
    FUNCTION,
    SHEETS,
    is_by_organisation,
    is_commissioner_workbook,
    read_workbook,
)
from nhsind.sources.published import Reader

READERS = (
    Reader(
        "rtt-commissioner",
        "RTT commissioner workbook of 2014-15 (.xls) with a sheet Commissioner",
        is_commissioner_workbook,
        read_workbook,
        headings=(("Commissioner", "CCG Code", "CCG Name", FUNCTION, ">0-1", ">51-52"),),
    ),
    Reader(
        "rtt-organisations",
        "RTT workbook by commissioner or provider with a sheet Sub-ICB, Commissioner or Provider",
        is_by_organisation,
        read_workbook,
        headings=tuple((name, *titles, FUNCTION, ">0-1") for name, (*_, titles) in SHEETS.items()),
    ),
    Reader(
        "rtt-full",
        "RTT full extract (.csv, or a .zip of it) with a column RTT Part Type",
        is_full_extract,
        read_full_extract,
        headings=((MONTH, PROVIDER, COMMISSIONER, PART, FUNCTION, TOTAL),),
    ),
    Reader(
        "rtt-overview",
        "RTT overview time series (.xlsx) with a sheet Full Time Series",
        is_overview,
        read_overview,
        totals_only=True,
        headings=((SHEET, WITHIN, ALL_PATHWAYS),),
    ),
)
