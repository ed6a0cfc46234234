"""Which sheets of a cancer waits workbook tell of which line, before and since October 2023.

Until September 2023 there is a sheet for each standard. Since then there are two treatment
standards, each with a part for every stage or route; first appointments have sheets of their own,
by suspected cancer. Sheets that are no line's are not read: the faster diagnosis standard, and
rarer cancers, whose patients are in the 62-day sheets too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A part of a sheet: its title without "PART C:", in capitals; none: the sheet has no parts.
ALL_CARE = "ALL CARE"
# The columns that divide an organisation's patients, over the years.
CANCER = ("CANCER TYPE", "SUSPECTED TYPE OF CANCER", "SUSPECTED CANCER")
TREATMENT = ("TREATMENT MODALITY",)


@dataclass(frozen=True)
class CountedTable:
    """Where a line's patients stand: the sheet, the days in its headings, the part.

    `only`: a value of the column that divides them, in capitals. `added`: they are divided by that
    column, and their sum is the line's. `optional`: not every workbook has the sheet.
    """

    line: str
    sheet: str
    days: int
    part: str | None = None
    divided_by: tuple[str, ...] = ()
    only: str | None = None
    added: bool = False
    optional: bool = False
    in_bands: bool = False


@dataclass(frozen=True)
class WorkbookLayout:
    """Tables that are counted, and those that print the same patients again."""

    counted: tuple[CountedTable, ...]
    again: tuple[CountedTable, ...]

    @property
    def sheets(self) -> list[str]:
        """The sheets that a workbook of this layout has."""
        return list(dict.fromkeys(item.sheet for item in self.counted if not item.optional))


def sheet_key(name: str) -> str:
    """A sheet's name without blanks, signs and case."""
    return re.sub(r"[^A-Z0-9]", "", str(name).upper())


def layout_of(names: list[str]) -> WorkbookLayout | None:
    """The layout that a workbook's sheets are of: the one with more of its own; None without any.

    A sheet that both have tells nothing.
    """
    held = {sheet_key(name) for name in names}
    own = [{sheet_key(name) for name in layout.sheets} for layout in LAYOUTS]
    both = own[0] & own[1]
    found = [len(held & (keys - both)) for keys in own]
    return LAYOUTS[found.index(max(found))] if max(found) else None


def _by_cancer(table: CountedTable, sheet: str) -> CountedTable:
    return CountedTable(
        table.line, sheet, table.days, table.part, CANCER, added=True, optional=True
    )


FIRST = CountedTable("E.B.8", "31-DAY FIRST TREAT (ALL CANCER)", 31, ALL_CARE)
SEEN = CountedTable("E.B.6", "TWO WEEK WAIT-ALL CANCER", 14)
URGENT = CountedTable("E.B.12", "62-DAY (ALL CANCER)", 62, ALL_CARE)
A_SHEET_EACH = WorkbookLayout(
    counted=(
        SEEN,
        CountedTable("E.B.7", "TWO WEEK WAIT-BREAST SYMPTOMS", 14),
        FIRST,
        CountedTable("E.B.9", "31-DAY SUB TREAT (SURGERY)", 31, ALL_CARE),
        CountedTable("E.B.10", "31-DAY SUB TREAT (DRUGS)", 31, ALL_CARE),
        CountedTable("E.B.11", "31-DAY SUB TREAT (RADIOTHERAPY)", 31, ALL_CARE),
        URGENT,
        CountedTable("E.B.13", "62-DAY (SCREENING)", 62, ALL_CARE),
        CountedTable("E.B.14", "62-DAY (CONSULTANT UPGRADE)", 62, ALL_CARE),
    ),
    again=(
        _by_cancer(SEEN, "TWO WEEK WAIT-BY CANCER"),
        _by_cancer(FIRST, "31-DAY FIRST TREAT (BY CANCER)"),
        _by_cancer(URGENT, "62-DAY (BY CANCER)"),
    ),
)

ALL_31, ALL_62 = "31-DAY (ALL CANCER)", "62-DAY (ALL CANCER)"
BY_31, BY_62 = "31-DAY (BY TREATMENT MODALITY)", "62-DAY (BY TREATMENT MODALITY)"
SUBSEQUENT = "SUBSEQUENT TREATMENTS"
STAGES = (
    CountedTable("CWT_31_DAYS", ALL_31, 31, "ALL STAGES"),
    CountedTable("E.B.8", ALL_31, 31, "FIRST TREATMENTS"),
)
ROUTES = (
    CountedTable("CWT_62_DAYS", ALL_62, 62, "ALL ROUTES"),
    CountedTable("E.B.12", ALL_62, 62, "URGENT SUSPECTED CANCER"),
    CountedTable("E.B.13", ALL_62, 62, "URGENT SCREENING"),
    CountedTable("E.B.14", ALL_62, 62, "CONSULTANT UPGRADE"),
)
TREATMENTS = {"E.B.9": "SURGERY", "E.B.10": "ANTI-CANCER DRUG REGIMEN", "E.B.11": "RADIOTHERAPY"}
COMBINED = WorkbookLayout(
    counted=(
        *STAGES,
        *(
            CountedTable(line, BY_31, 31, SUBSEQUENT, TREATMENT, only=treatment)
            for line, treatment in TREATMENTS.items()
        ),
        *ROUTES,
        CountedTable("E.B.6", "USC referral to FOA", 14, None, CANCER, None, True, True, True),
        CountedTable("E.B.7", "UBS referral to FHA", 14, optional=True, in_bands=True),
    ),
    again=(
        *(_by_cancer(table, "31-DAY (BY CANCER)") for table in STAGES),
        *(_by_cancer(table, "62-DAY (BY CANCER)") for table in ROUTES),
        *(
            CountedTable(
                table.line, sheet, table.days, table.part, TREATMENT, added=True, optional=True
            )
            for tables, sheet in ((STAGES, BY_31), (ROUTES, BY_62))
            for table in tables
        ),
    ),
)
LAYOUTS = (A_SHEET_EACH, COMBINED)
