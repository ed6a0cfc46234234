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

Columns of all specialties, and of patients who did not attend, are no line's. Below England counts
are rounded to 5 and numbers under 5 hidden. Regions stand there twice: those of commissioners are
the level region, and those of either are compared with the sums of their organisations.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import refuse_totals

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
REGIONS = {"Region of CCG": "ccg", "Region of Provider": "provider"}
LEVELS = {"National": "england", "Region of CCG": "region", "CCG": "ccg", "Provider": "provider"}
BY_REGION = ("region_code",)
MARKS = {"*": SUPPRESSED, "-": NOT_AVAILABLE}
NOT_KNOWN = "UNKNOWN"
# Below England counts are rounded to 5.
ROUNDING = 2.5


def is_hes_mar(path: Path) -> bool:
    """Whether a file's header has specific acute specialties by organisation."""
    totals = (SPECIFIC_ACUTE + total for total, _ in LINES.values())
    return any(csv_has(path, IDENTITY[1], total) for total in totals)


def read_hes_mar(path: Path) -> PublishedFile:
    """The totals of each level; parts that are printed beside them, and regions, are answers."""
    table = read_csv(path, *IDENTITY[:2]).without_remarks()
    columns = [SPECIFIC_ACUTE + name for total, parts in LINES.values() for name in (total, *parts)]
    table.require(*IDENTITY, "Region Code", *columns)
    base = _organisations(table)
    numbers = dict(zip(columns, table.numbers(*columns, marks=MARKS), strict=True))
    counts, parts, hidden = [], [], 0
    for line, (total, made_of) in LINES.items():
        found = numbers[SPECIFIC_ACUTE + total]
        rows = base.assign(indicator=line, numerator=found.values, mark=found.marks)
        counts.append(rows)
        added = [numbers[SPECIFIC_ACUTE + name].floats for name in made_of or (total,)]
        printed = np.sum(added, axis=0)
        known = ~np.isnan(printed) & (rows["kind"] != "Region of Provider").to_numpy()
        rounding = rows["numerator_slack"].to_numpy() * max(len(made_of), 1)
        own = rows.drop(columns=["kind", *BY_REGION])
        parts.append(printed_cells(own[known], "numerator", printed[known], rounding[known]))
        hidden += int((np.isnan(printed) & (found.marks == "").to_numpy()).sum())
    rows = pd.concat(counts, ignore_index=True)
    is_level = rows["kind"] != "Region of Provider"
    return PublishedFile(
        place=str(path),
        counts=rows[is_level].drop(columns="kind"),
        names=_names(base, table),
        answers=[
            Answers(pd.concat(parts, ignore_index=True), complete=False),
            *(_of_regions(rows, kind, level) for kind, level in REGIONS.items()),
        ],
        notes=_notes(path, hidden),
    )


def _organisations(table: Printed) -> pd.DataFrame:
    """Level, code, month and region of each row; a region's code stands in another column."""
    kinds = table.texts("Organisation breakdown")
    allowed = ", ".join(dict.fromkeys([*LEVELS, *REGIONS]))
    unknown = ~kinds.isin([*LEVELS, *REGIONS])
    table.refuse(unknown, "Organisation breakdown", "is not a known level", allowed)
    is_region = kinds.isin([*REGIONS])
    regions = table.codes("Region Code").replace({"-": NOT_KNOWN, "": NOT_KNOWN})
    codes = table.codes("Org Code")
    missing = codes.isin(["", "-"])
    # Where a region's code is its own, it says the same.
    codes = codes.where(~(is_region & missing), regions)
    missing &= ~is_region
    table.refuse(missing, "Org Code", "is missing", "an organisation's code, or All")
    months = table.months("Activity Month")
    again = pd.DataFrame({"kind": kinds, "code": codes, "month": months}).duplicated()
    table.refuse(again, "Org Code", "stands in an earlier row too", "a row each")
    is_england = kinds == "National"
    refuse_totals(table, "Org Code", "Org Name", known=is_england | is_region)
    return pd.DataFrame(
        {
            "kind": kinds,
            "org_level": kinds.map(LEVELS).fillna("region"),
            "org_code": codes.where(~is_england, ENGLAND),
            "region_code": regions.where(~is_region, codes),
            "period": months,
            "numerator_slack": (~is_england) * ROUNDING,
            "place": table.places(),
        }
    )


def _of_regions(rows: pd.DataFrame, kind: str, level: str) -> Answers:
    """England by region, as the sum of the organisations of a level; none where there are none."""
    if not (rows["org_level"] == level).any():
        return Answers(printed_cells(rows.head(0).drop(columns="kind"), "numerator", []))
    regions = rows[(rows["kind"] == kind) & (rows["mark"] == "")]
    regions = regions.assign(org_level="england", org_code=ENGLAND).drop(columns="kind")
    cells = printed_cells(regions, "numerator", regions["numerator"], ROUNDING)
    return Answers(cells, BY_REGION, complete=False, adds_up=level)


def _names(base: pd.DataFrame, table: Printed) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {"england": {ENGLAND: "England"}}
    own = table.texts("Org Name").where(base["org_level"] != "region", table.texts("Region Name"))
    for level, code, title in zip(base["org_level"], base["org_code"], own, strict=True):
        names.setdefault(level, {}).setdefault(code, title)
    return names


def _notes(path: Path, hidden: int) -> list[str]:
    notes = [
        f"{path.name}: these are HES counts of all purchasers in the publisher's specialties: they "
        f"check the scale of {', '.join(LINES)} and are not those lines"
    ]
    if hidden:
        notes.append(
            f"{path.name}: {hidden:,} totals beside a hidden part are not compared with their parts"
        )
    return notes
