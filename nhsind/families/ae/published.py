"""NHS England's A&E files: which layouts there are, and how each is recognised."""

from __future__ import annotations

from nhsind.families.ae.provider_csv import is_provider_csv, read_provider_csv
from nhsind.families.ae.series import is_series, read_series
from nhsind.families.ae.workbook import is_provider_workbook, read_provider_workbook
from nhsind.sources.published import Reader

READERS = (
    Reader(
        "ae-provider",
        "A&E by provider (.csv): Org Code, A&E attendances Type 1, Attendances over 4hrs Type 1; "
        "or period, org_code, type, attendances, breaches",
        is_provider_csv,
        read_provider_csv,
        headings=(
            (
                "Period",
                "Org Code",
                "Org name",
                "A&E attendances Type 1",
                "Attendances over 4hrs Type 1",
            ),
            ("period", "org_code", "type", "attendances", "breaches"),
        ),
    ),
    Reader(
        "ae-workbook",
        "A&E monthly workbook (.xls) with a sheet Provider Level Data",
        is_provider_workbook,
        read_provider_workbook,
        headings=(("Provider Level Data", "Code", "Name", "Percentage in 4 hours or less (all)"),),
    ),
    Reader(
        "ae-series",
        "A&E England time series (.xls) with sheets Activity and Performance",
        is_series,
        read_series,
        totals_only=True,
        headings=(("Activity", "Performance", "Period"),),
    ),
)
