"""NHS England's cancer waiting times: which layouts there are, and how each is recognised."""

from __future__ import annotations

from pathlib import Path

from nhsind.families.cancer.combined import HEADINGS, is_combined, read_combined
from nhsind.families.cancer.extracts import (
    COMMISSIONER_HEADINGS,
    PROVIDER_HEADINGS,
    is_extract,
    read_commissioner_extract,
    read_provider_extract,
)
from nhsind.families.cancer.series import is_series, read_series
from nhsind.families.cancer.standards import layout_of
from nhsind.families.cancer.workbook import read_workbook
from nhsind.sources.published import Reader
from nhsind.sources.recognising import sheet_names


def _is_workbook(path: Path) -> bool:
    return layout_of(sheet_names(path)) is not None


READERS = (
    Reader(
        "cancer-workbook",
        "cancer waits workbook of a month or quarter by provider or commissioner (.xlsx) with "
        "sheets such as 62-DAY (ALL CANCER)",
        _is_workbook,
        read_workbook,
        headings=(("62-DAY (ALL CANCER)", "ODS CODE", "TOTAL", "PERCENTAGE"),),
    ),
    Reader(
        "cancer-provider",
        "cancer waits provider extract (.xlsx) with columns STAGE/ROUTE and TREATMENT MODALITY",
        lambda path: is_extract(path, *PROVIDER_HEADINGS[1:4]),
        read_provider_extract,
        headings=(PROVIDER_HEADINGS,),
    ),
    Reader(
        "cancer-commissioner",
        "cancer waits extract by ICB sub-location (.xlsx) with a column SUB-CATEGORY",
        lambda path: is_extract(path, *COMMISSIONER_HEADINGS[1:4]),
        read_commissioner_extract,
        headings=(COMMISSIONER_HEADINGS,),
    ),
    Reader(
        "cancer-combined",
        "cancer waits combined extract (.csv) with columns Basis, Standard_or_Item, Cancer_Type, "
        "Referral_Route_or_Stage, Treatment_Modality",
        is_combined,
        read_combined,
        headings=(HEADINGS,),
    ),
    Reader(
        "cancer-series",
        "cancer waits national time series (.xlsx) with a sheet Monthly Performance",
        is_series,
        read_series,
        totals_only=True,
        headings=(("Monthly Performance", "Monthly"), ("Monthly Data", "Monthly")),
    ),
)
