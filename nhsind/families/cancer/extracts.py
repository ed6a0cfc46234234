"""Reads the data extracts of 2023: patients treated by month, provider or commissioner, and route.

The provider extract prints the same patients twice, by treatment (of all cancers) and by cancer
(all treatments): the first are counted, the second are answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.sources.printed import Printed, read_sheet
from nhsind.sources.published import Answers, PublishedFile, printed_cells, rows_left_out
from nhsind.sources.recognising import sheet_has, sheet_names
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import open_workbook

ALL_CANCERS, ALL_MODALITIES = "ALL CANCERS", "ALL MODALITIES"
PROVIDER_HEADINGS = (
    *("PERIOD", "STANDARD", "ORG CODE", "STAGE/ROUTE", "TREATMENT MODALITY", "CANCER TYPE"),
    *("TOTAL TREATED", "WITHIN STANDARD", "BREACHES"),
)
COMMISSIONER_HEADINGS = (
    *("PERIOD", "STANDARD", "ICB SUB LOCATION", "SUB-CATEGORY"),
    *("TOTAL", "WITHIN STANDARD", "BREACHES"),
)
# Told of the diagnosis within 28 days: no line of the family, whose waits end with a treatment.
FASTER_DIAGNOSIS = "28-DAY FDS"
# The combined standards, of which each route is a part.
COMBINED = {"31-DAY COMBINED": "CWT_31_DAYS", "62-DAY COMBINED": "CWT_62_DAYS"}
SUBSEQUENT = "SUBSEQUENT TREATMENT"
# Routes and treatments in capitals, and their line; none: in the combined standard only.
PROVIDER_LINES = {
    "31-DAY COMBINED": {
        "FIRST TREATMENT": "E.B.8",
        f"{SUBSEQUENT}, SURGERY": "E.B.9",
        f"{SUBSEQUENT}, ANTI-CANCER DRUG REGIMEN": "E.B.10",
        f"{SUBSEQUENT}, RADIOTHERAPY": "E.B.11",
        f"{SUBSEQUENT}, OTHER": None,
        f"{SUBSEQUENT}, {ALL_MODALITIES}": None,
    },
    "62-DAY COMBINED": {
        "URGENT SUSPECTED CANCER": "E.B.12",
        "SCREENING": "E.B.13",
        "URGENT SCREENING": "E.B.13",
        "CONSULTANT UPGRADE": "E.B.14",
        "BREAST SYMPTOMATIC": None,
    },
}
COMMISSIONER_LINES = {
    "31-DAY COMBINED": {
        "31-DAY (FIRST)": "E.B.8",
        "31-DAY SUB (SURGERY)": "E.B.9",
        "31-DAY SUB (ANTI-CANCER DRUG REGIMEN)": "E.B.10",
        "31-DAY SUB (RADIOTHERAPY)": "E.B.11",
        "31-DAY SUB (OTHER)": None,
    },
    "62-DAY COMBINED": {
        "62-DAY (URGENT SUSPECTED CANCER)": "E.B.12",
        "62-DAY (SCREENING)": "E.B.13",
        "62-DAY (URGENT SCREENING)": "E.B.13",
        "62-DAY (CONSULTANT UPGRADE)": "E.B.14",
        "62-DAY (BREAST SYMPTOMATIC)": None,
    },
}
KEYS = ["indicator", "org_level", "org_code", "period"]
Lines = Mapping[str, Mapping[str, str | None]]


def is_extract(path: Path, *headings: str) -> bool:
    """Whether a workbook has a sheet that begins with these headings."""
    return _extract_sheet(path, headings) is not None


def read_provider_extract(path: Path) -> PublishedFile:
    """The provider extract: months, providers, routes and treatments; or routes and cancers.

    Raises InputError for missing headings, unknown standards, routes and treatments, cells that
    are no numbers, and rows that stand twice.
    """
    table = _read(path, PROVIDER_HEADINGS)
    table.refuse_repeated(*PROVIDER_HEADINGS[:6])
    routes, modality = table.codes("STAGE/ROUTE"), table.codes("TREATMENT MODALITY")
    is_any_cancer = table.codes("CANCER TYPE") == ALL_CANCERS
    is_any_treatment = modality == ALL_MODALITIES
    parts = routes.where(routes != SUBSEQUENT, routes + ", " + modality)
    rows = _rows(
        table, "provider", org="ORG CODE", total="TOTAL TREATED", parts=parts, lines=PROVIDER_LINES
    )
    by_treatment = table.cells.index[is_any_cancer & ~is_any_treatment]
    by_cancer = table.cells.index[~is_any_cancer & is_any_treatment]
    sums = _added_up(rows[rows["row"].isin(by_cancer)])
    cells = _cells(sums.assign(place=sums["place"] + ", all cancers added up"))
    return _published(path, rows[rows["row"].isin(by_treatment)], Answers(cells))


def read_commissioner_extract(path: Path) -> PublishedFile:
    """The extract by ICB sub-location, the former CCG: months and routes; no totals.

    Raises InputError as the other's reader does.
    """
    table = _read(path, COMMISSIONER_HEADINGS)
    table.refuse_repeated(*COMMISSIONER_HEADINGS[:4])
    parts = table.codes("SUB-CATEGORY")
    rows = _rows(
        table, "ccg", org="ICB SUB LOCATION", total="TOTAL", parts=parts, lines=COMMISSIONER_LINES
    )
    return _published(path, rows)


def _published(path: Path, rows: pd.DataFrame, *answers: Answers) -> PublishedFile:
    """The counts of the rows, which the breaches beside them must agree with.

    A sum that lacks a row would be another figure: it is left out as a whole.
    """
    adds_up = rows["numerator"] + rows["breaches"] == rows["denominator"]
    is_whole = adds_up.groupby([rows[name] for name in KEYS]).transform("all")
    contradicting = rows[~adds_up]
    why = [
        f"{row.numerator} within the standard and {row.breaches} breaches do not add up to "
        f"{row.denominator}"
        for row in contradicting.itertuples()
    ]
    counts = pd.concat([_added_up(rows[is_whole]), _without_patients(rows)], ignore_index=True)
    breaches = _added_up(
        rows.assign(
            numerator=rows["denominator"] - rows["breaches"],
            denominator=rows["numerator"] + rows["breaches"],
        )
    )
    beside = breaches.assign(place=breaches["place"] + ", by the breaches")
    return PublishedFile(
        place=str(path),
        counts=counts,
        answers=[Answers(_cells(beside)), *answers],
        left_out=rows_left_out(contradicting, why),
    )


def _without_patients(rows: pd.DataFrame) -> pd.DataFrame:
    """Zeros for the months in which an organisation has no row of a line.

    The extracts list patients that were treated and print no zero: no row means that nobody was.
    """
    month, *others = "period", "org_level", "org_code", "indicator"
    every = rows[others].drop_duplicates().merge(rows[[month]].drop_duplicates(), how="cross")
    printed = pd.MultiIndex.from_frame(rows[KEYS])
    absent = every[~pd.MultiIndex.from_frame(every[KEYS]).isin(printed)]
    return absent.assign(numerator=0, denominator=0)


def _read(path: Path, headings: tuple[str, ...]) -> Printed:
    """The rows of an extract; those of the faster diagnosis standard are left out."""
    name = _extract_sheet(path, headings[1:4])
    wanted = headings[1:4] if name else headings
    table = read_sheet(path, name or open_workbook(path).sheet_names[0], *wanted)
    table = table.without_remarks()
    table.require(*headings)
    treated = table.where(table.codes("STANDARD") != FASTER_DIAGNOSIS)
    if treated.cells.empty:
        allowed = f"rows of {', '.join(COMBINED)}"
        raise InputError(Problem(table.place, "has no rows of treatments", allowed=allowed))
    return treated


def _extract_sheet(path: Path, headings: tuple[str, ...]) -> str | None:
    """The sheet with the headings; at most a cover and notes stand beside it."""
    names = sheet_names(path)[:3]
    return next((name for name in names if sheet_has(path, name, *headings)), None)


def _rows(
    table: Printed, level: str, *, org: str, total: str, parts: pd.Series[str], lines: Lines
) -> pd.DataFrame:
    """Each row twice: for its line, where it has one, and for its combined standard."""
    standards, codes = table.codes("STANDARD"), table.codes(org)
    table.refuse(
        ~standards.isin(list(lines)), "STANDARD", "is not a known standard", ", ".join(lines)
    )
    pairs = list(zip(standards, parts, strict=True))
    route = "SUB-CATEGORY" if table.has("SUB-CATEGORY") else "STAGE/ROUTE"
    allowed = ", ".join(part for group in lines.values() for part in group)
    strange = [part not in lines[standard] for standard, part in pairs]
    table.refuse(strange, route, "is not a known route or treatment", allowed)
    table.refuse(codes == "", org, "is missing", "the code of an organisation")
    refuse_totals(table, org)
    treated, in_time, breaches = table.numbers(total, "WITHIN STANDARD", "BREACHES", parts="halves")
    frame = pd.DataFrame(
        {
            "org_level": level,
            "org_code": codes,
            "period": table.months("PERIOD"),
            "numerator": in_time.values,
            "denominator": treated.values,
            "breaches": breaches.values,
            "place": table.places(),
            "row": table.cells.index,
        }
    )
    own = pd.Series([lines[standard][part] for standard, part in pairs], index=frame.index)
    each = [frame.assign(indicator=own), frame.assign(indicator=standards.map(COMBINED))]
    rows: pd.DataFrame = pd.concat(each, ignore_index=True)
    return rows[rows["indicator"].notna()]


def _added_up(rows: pd.DataFrame) -> pd.DataFrame:
    """The sums over what stands in rows of its own; the place is that of the first."""
    grouped = rows.groupby(KEYS, as_index=False)
    added: pd.DataFrame = grouped[["numerator", "denominator"]].sum()
    added["place"] = grouped["place"].first()["place"]
    return added


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    figures = ("numerator", "denominator")
    cells: pd.DataFrame = pd.concat(
        [printed_cells(rows, name, rows[name]) for name in figures], ignore_index=True
    )
    return cells
