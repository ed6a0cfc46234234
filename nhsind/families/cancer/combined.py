"""Reads the combined extract (CSV): providers and commissioners, by standard, route and treatment.

NHS England issues it in place of workbooks since November 2025, and has issued the months since
April 2022 again in it: one file for a year, in which a column says the month, or for a month, which
its name tells. What it prints in all (all cancers, all routes, all treatments) is counted; the sums
over cancers are answers, and so are England's rows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.cells import month_name
from nhsind.sources.printed import NOT_AVAILABLE, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile, printed_cells, rows_left_out
from nhsind.sources.recognising import csv_has
from nhsind.sources.totals import totals_in, wrong_totals

MONTH, BASIS, CODE, NAME, PARENT = "Period", "Basis", "Org_Code", "Org_Name", "Parent_Org"
STANDARD, CANCER = "Standard_or_Item", "Cancer_Type"
ROUTE, TREATMENT = "Referral_Route_or_Stage", "Treatment_Modality"
COUNTS = ("Total", "Within", "After")
HEADINGS = (BASIS, CODE, NAME, STANDARD, CANCER, ROUTE, TREATMENT, *COUNTS)
PROVIDER, COMMISSIONER = "PROVIDER", "COMMISSIONER"
# Of all cancers and treatments; where a standard is not divided so the cell may be empty.
ALL = re.compile(r"(ALL\b.*)?")


class Line(NamedTuple):
    """The rows of a line: patterns of their standard, route and treatment, in capitals."""

    code: str
    standard: str
    route: str = ".*"
    treatment: str = ALL.pattern


LINES = (
    Line("CWT_31_DAYS", "31D", "ALL STAGES"),
    Line("E.B.8", "31D", "FIRST( TREATMENTS?)?"),
    Line("E.B.9", "31D", "SUBSEQUENT( TREATMENTS?)?", "SURGERY"),
    Line("E.B.10", "31D", "SUBSEQUENT( TREATMENTS?)?", "ANTI-CANCER DRUG REGIMENS?|DRUGS"),
    Line("E.B.11", "31D", "SUBSEQUENT( TREATMENTS?)?", "RADIOTHERAPY"),
    Line("CWT_62_DAYS", "62D", "ALL ROUTES"),
    Line("E.B.12", "62D", "URGENT SUSPECTED CANCER( REFERRALS?)?"),
    Line("E.B.13", "62D", "(URGENT |NATIONAL )?SCREENING( SERVICES?)?"),
    Line("E.B.14", "62D", "CONSULTANT UPGRADES?"),
    Line("E.B.6", "URGENT SUSPECTED CANCER REFERRALS?"),
    Line("E.B.7", "URGENT BREAST SYMPTOMATIC REFERRALS?"),
)
# The faster diagnosis standard is no line.
STANDARDS = (*dict.fromkeys(line.standard for line in LINES), "FDS|28D")
MARKS = dict.fromkeys(("", "-", "n/a"), NOT_AVAILABLE)
# A part of an integrated care board: NHS NORTH EAST AND NORTH CUMBRIA ICB - 00L.
A_PART = re.compile(r".*\bICB ?- ?[0-9A-Z]{3,5}")
NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})[-_ ]*(20\d\d)(?!\d)")
NUMBERED_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_](0[1-9]|1[0-2])(?!\d)")
KEYS = ["indicator", "org_level", "org_code", "period"]


def is_combined(path: Path) -> bool:
    """Whether a file's header is that of the combined extract."""
    return csv_has(path, BASIS, STANDARD, ROUTE)


def read_combined(path: Path) -> PublishedFile:
    """The patients of each line, and those in time, by provider and commissioner.

    Raises InputError for missing headings, standards that are not known, a month that neither a
    column nor the name tells, cells that are no numbers, and rows that stand twice.
    """
    table = read_csv(path, BASIS, STANDARD, ROUTE).without_remarks()
    table.require(*HEADINGS)
    bases = table.codes(BASIS)
    known = bases.isin([PROVIDER, COMMISSIONER])
    table.refuse(~known, BASIS, "is no basis", f"{PROVIDER}, {COMMISSIONER}")
    standards = table.codes(STANDARD)
    strange = ~standards.str.fullmatch("|".join(STANDARDS))
    table.refuse(strange, STANDARD, "is not a known standard", ", ".join(STANDARDS))
    codes = table.codes(CODE)
    table.refuse(codes == "", CODE, "is missing", "the code of an organisation")
    totals = totals_in(table, (CODE,), (NAME,))
    rows = _rows(table, path, totals)
    lines = [_of_line(rows, line) for line in LINES]
    chosen = pd.concat([whole for whole, _ in lines], ignore_index=True)
    sums = pd.concat([_added_up(parts) for _, parts in lines], ignore_index=True)
    again = pd.Series(chosen.duplicated([*KEYS, "basis"]).to_numpy(), chosen["row"])
    wrong = again[again].index
    table.refuse(
        table.cells.index.isin(wrong), STANDARD, "stands in an earlier row too", "one row each"
    )
    is_england = chosen["org_level"] == "england"
    organisations, england = chosen[~is_england], chosen[is_england]
    known_all = organisations[["numerator", "later", "denominator"]].notna().all(axis="columns")
    added = organisations["numerator"].fillna(0) + organisations["later"].fillna(0)
    contradicting = organisations[known_all & (added != organisations["denominator"])]
    kept = organisations.drop(contradicting.index)
    why = [
        f"{row.numerator} in time and {row.later} later do not add up to {row.denominator}"
        for row in contradicting.itertuples()
    ]
    held = set(chosen["indicator"])
    return PublishedFile(
        place=str(path),
        counts=kept[[*KEYS, "numerator", "denominator", "mark", "place"]],
        names={
            str(level): dict(zip(part["org_code"], part["name"], strict=True))
            for level, part in kept.groupby("org_level")
        },
        groups={
            code: (parent, parent)
            for code, parent, level in zip(
                kept["org_code"], kept["parent"], kept["org_level"], strict=True
            )
            if parent and level == "provider"
        },
        answers=[
            Answers(_cells(sums.merge(kept[KEYS], on=KEYS))),
            *(
                Answers(_cells(of_level), complete=False, adds_up=str(level))
                for level, of_level in england.groupby("adds_up")
            ),
        ],
        left_out=rows_left_out(contradicting, why),
        notes=[
            *_wrong_totals(table, rows, totals, chosen),
            *(
                f"{path.name} holds no rows of {line.code}"
                for line in LINES
                if line.code not in held
            ),
        ],
    )


def _wrong_totals(
    table: Printed, rows: pd.DataFrame, totals: Any, chosen: pd.DataFrame
) -> list[str]:
    """Notes on England's rows that are not the sum of the organisations.

    Where commissioners and their parts both are printed theirs are not looked at.
    """
    levels = rows[~totals].groupby("basis")["org_level"].nunique()
    looked_at = rows["row"].isin(chosen["row"]) & (rows["basis"].map(levels) == 1)
    looked_at &= rows["mark"] == ""
    some, keys = table.where(looked_at), rows[looked_at]
    counts = dict(zip(COUNTS[:2], some.numbers(*COUNTS[:2], parts="halves"), strict=True))
    names = ("period", "basis", "standard", "cancer", "route", "treatment")
    shared = [keys[name] for name in names]
    return wrong_totals(some, totals[looked_at], codes=(CODE,), keys=shared, counts=counts)


def _rows(table: Printed, path: Path, totals: Any) -> pd.DataFrame:
    """Every row with its organisation, month, divisions and numbers."""
    total, within, after = table.numbers(*COUNTS, marks=MARKS, parts="halves")
    of_provider = table.codes(BASIS) == PROVIDER
    names = table.texts(NAME)
    is_part = names.str.upper().str.fullmatch(A_PART).astype(bool)
    level = pd.Series("stp", index=names.index).mask(is_part, "ccg").mask(of_provider, "provider")
    # England's row is of all commissioners or of all providers.
    own = "ccg" if (is_part & ~of_provider).any() else "stp"
    marks = within.marks.where(within.marks != "", total.marks)
    return pd.DataFrame(
        {
            "org_level": level.mask(totals, "england"),
            "org_code": table.codes(CODE).mask(totals, ENGLAND),
            "adds_up": of_provider.map({True: "provider", False: own}),
            "basis": table.codes(BASIS),
            "name": names,
            "parent": table.texts(PARENT) if table.has(PARENT) else "",
            "period": _months(table, path),
            "standard": table.codes(STANDARD),
            "cancer": table.codes(CANCER),
            "route": table.codes(ROUTE),
            "treatment": table.codes(TREATMENT),
            "numerator": within.values,
            "later": after.values,
            "denominator": total.values,
            "mark": marks,
            "place": table.places(),
            "row": table.cells.index,
        },
        index=table.cells.index,
    )


def _of_line(rows: pd.DataFrame, line: Line) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a line of all cancers, and those by cancer."""
    patterns = {"standard": line.standard, "route": line.route, "treatment": line.treatment}
    chosen = rows
    for name, pattern in patterns.items():
        chosen = chosen[chosen[name].str.fullmatch(pattern).astype(bool)]
    of_all = chosen["cancer"].str.fullmatch(ALL.pattern).astype(bool)
    chosen = chosen.assign(indicator=line.code)
    return chosen[of_all], chosen[~of_all]


def _added_up(parts: pd.DataFrame) -> pd.DataFrame:
    """The sums over cancers, where all of them are printed; the place is that of the first."""
    numbers = parts[["numerator", "denominator"]].astype(float)
    known = parts[[*KEYS, "basis", "place"]].assign(
        numerator=numbers["numerator"],
        denominator=numbers["denominator"],
        is_whole=parts["mark"] == "",
    )
    added = known.groupby([*KEYS, "basis"], as_index=False).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        is_whole=("is_whole", "all"),
        place=("place", "first"),
    )
    added["place"] += ", all cancers added up"
    return added[added["is_whole"]]


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    base = rows[[*KEYS, "place"]]
    cells = [printed_cells(base, name, rows[name]) for name in ("numerator", "denominator")]
    found: pd.DataFrame = pd.concat(cells, ignore_index=True)
    return found[found["printed"].notna()].reset_index(drop=True)


def _months(table: Printed, path: Path) -> pd.Series[Any]:
    """The month of each row: its own, or the one that the file's name tells."""
    if table.has(MONTH):
        return table.months(MONTH)
    named = [f"{month_name(word)} {year}" for word, year in NAMED_MONTH.findall(path.name)]
    numbered = [f"{year}-{month}" for year, month in NUMBERED_MONTH.findall(path.name)]
    found = {month for text in [*named, *numbered] if (month := _month(text))}
    if len(found) != 1:
        text = "tells no month, which its name must, for no column does"
        raise InputError(Problem(path.name, text, allowed="a name such as April-2026.csv"))
    return pd.Series(found.pop(), index=table.cells.index, dtype=object)


def _month(text: str) -> str | None:
    try:
        return str(parse_period(text))
    except UsageError:
        return None
