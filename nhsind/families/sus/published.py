"""NHS Digital's files of hospital activity: which layouts there are."""

from __future__ import annotations

from nhsind.families.sus.artificial_hes import (
    COMMISSIONER,
    OWN_COLUMNS,
    is_artificial_hes,
    read_artificial_hes,
)
from nhsind.families.sus.hes_mar import IDENTITY, SPECIFIC_ACUTE, is_hes_mar, read_hes_mar
from nhsind.sources.published import Reader

READERS = (
    Reader(
        "hes-mar",
        "HES monthly activity (.csv): Activity Month, Organisation breakdown, Specific acute "
        "specialties: Elective total",
        is_hes_mar,
        read_hes_mar,
        headings=((*IDENTITY, f"{SPECIFIC_ACUTE}Elective total"),),
    ),
    Reader(
        "artificial-hes",
        "artificial HES records (.csv): FYEAR with EPIORDER (episodes), ATTENDKEY (outpatients) or "
        "AEATTENDCAT (A&E)",
        is_artificial_hes,
        read_artificial_hes,
        records=True,
        headings=tuple(("FYEAR", own, COMMISSIONER) for own in OWN_COLUMNS.values()),
    ),
)
