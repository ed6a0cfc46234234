"""Reads national hospital activity from HES, month by month (`Monthly Activity Return` columns).

The columns of specific acute specialties stand for four lines: first attendances seen for E.M.8,
subsequent attendances seen for E.M.9, elective for E.M.10, non-elective for E.M.11. They check the
scale of a line and no more:

* Hospital Episode Statistics are another processing of the records than SUS (SEM).
* They count patients of every purchaser, where the lines count those of CCGs.
* Specific acute is the publisher's list of specialties; the file does not say that it is that of
  the definitions, nor that of a spell the function at discharge decides.
* The file does not say whether elective and non-elective count spells that end in the month, nor
  whether regular attenders are among them. The return that it follows counted first episodes.
* It says nothing of consultant-led clinics, to which the lines of attendances are limited, nor of
  attendances by telephone, which they include.

Columns of all specialties, and of patients who did not attend, are no line's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, csv_head, read_csv
from nhsind.sources.published import Answers, PublishedFile, printed_cells

IDENTITY = ("Activity Month", "Organisation breakdown", "Org Code", "Org Name")
SPECIFIC_ACUTE = "Specific acute specialties: "
# By line: the column that is counted, and those that are printed as its parts.
LINES: dict[str, tuple[str, tuple[str, ...]]] = {
    "E.M.8": (
        "First attendances seen total",
        ("First attendances seen - GP referrals", "First attendances seen - other referrals"),
    ),
    "E.M.9": ("Subsequent attendances seen", ()),
    "E.M.10": ("Elective total", ("Ordinary Elective", "Daycase Elective")),
    "E.M.11": ("Non-Elective", ()),
}
LEVELS = {"National": "england", "CCG": "ccg", "Provider": "provider"}
# Regions stand there twice, by commissioner and by provider.
NOT_READ = ("Region of CCG", "Region of Provider")
MARKS = {"*": SUPPRESSED, "-": NOT_AVAILABLE}
# Below England counts are rounded to 5.
ROUNDING = 2.5


def is_hes_mar(path: Path) -> bool:
    """Whether a file's header has specific acute specialties by organisation."""
    head = csv_head(path).lower()
    return "organisation breakdown" in head and SPECIFIC_ACUTE.strip().lower() in head


def read_hes_mar(path: Path) -> PublishedFile:
    """The totals of England, of CCGs and of providers; where parts are printed they are answers."""
    table = read_csv(path, *IDENTITY[:2])
    columns = [SPECIFIC_ACUTE + name for total, parts in LINES.values() for name in (total, *parts)]
    table.require(*IDENTITY, *columns)
    table.refuse_repeated("Activity Month", "Organisation breakdown", "Org Code")
    kinds = table.texts("Organisation breakdown")
    unknown = ~kinds.isin([*LEVELS, *NOT_READ])
    allowed = ", ".join([*LEVELS, *NOT_READ])
    table.refuse(unknown, "Organisation breakdown", "is not a known level", allowed)
    kept = table.where(kinds.isin(list(LEVELS)))
    numbers = dict(zip(columns, kept.numbers(*columns, marks=MARKS), strict=True))
    base = _organisations(kept)
    counts, cells = [], []
    for line, (total, parts) in LINES.items():
        found = numbers[SPECIFIC_ACUTE + total]
        rows = base.assign(indicator=line, numerator=found.values, mark=found.marks)
        counts.append(rows)
        printed = np.sum(
            [numbers[SPECIFIC_ACUTE + name].floats for name in parts or (total,)], axis=0
        )
        rounding = base["numerator_slack"].to_numpy() * max(len(parts), 1)
        known = ~np.isnan(printed)
        cells.append(printed_cells(rows[known], "numerator", printed[known], rounding[known]))
    names: dict[str, dict[str, str]] = {"england": {ENGLAND: "England"}, "ccg": {}, "provider": {}}
    titles = zip(base["org_level"], base["org_code"], kept.texts("Org Name"), strict=True)
    for level, code, title in titles:
        names[level].setdefault(code, title)
    return PublishedFile(
        place=str(path),
        counts=pd.concat(counts, ignore_index=True),
        names=names,
        answers=[Answers(pd.concat(cells, ignore_index=True))],
        notes=_notes(path, len(table.cells) - len(kept.cells)),
    )


def _organisations(table: Printed) -> pd.DataFrame:
    levels = table.texts("Organisation breakdown").map(LEVELS)
    codes = table.codes("Org Code")
    table.refuse(codes.isin(["", "-"]), "Org Code", "is missing", "an organisation's code, or All")
    return pd.DataFrame(
        {
            "org_level": levels,
            "org_code": codes.where(levels != "england", ENGLAND),
            "period": table.months("Activity Month"),
            "numerator_slack": (levels != "england") * ROUNDING,
            "place": table.places(),
        }
    )


def _notes(path: Path, regions: int) -> list[str]:
    notes = [
        f"{path.name}: these are HES counts of all purchasers in the publisher's specialties: they "
        f"check the scale of {', '.join(LINES)} and are not those lines"
    ]
    if regions:
        notes.append(f"{path.name}: {regions:,} rows of regions are left out")
    return notes
