"""NHS Digital's annual IAPT data for England and the organisations below, in two layouts.

As issued there is a column for each figure, and the year stands in the file's name alone; as
tidied by those who use it there is one figure a row. E.A.S.2, E.H.1_A1 and E.H.2_A2 are read from
both, and the people entering treatment, the numerator of E.A.3, where they are printed. The waits
from first to second treatment are those of courses that finished in the year, not of second
treatments in the year, so they are no C3 and C4; they serve, like the waits for a first treatment,
to check the finished courses.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.families.iapt.common import MARKS, england_in_all, lacking_lines, levels_of
from nhsind.families.iapt.figures import Figures, printed_shares
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import PublishedFile
from nhsind.sources.recognising import csv_has, csv_head
from nhsind.sources.totals import refuse_totals

HEADINGS = (
    "reporting_period org_type org_code org_name variable_type variable_a variable_b "
    "measure_name measure_statistic value"
).split()
AS_ISSUED = ("OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB")
# A figure is named by what it is of (nothing: the total), the wait, and the measure.
FINISHED, ENTERING = "finished_course_treatment", "first_treatment"
FIRST, SECOND = "First treatment", "First to Second Treatment"
LINES = {
    "E.A.S.2": ("recovery", FINISHED, "not_at_caseness"),
    "E.H.1_A1": (f"{FIRST} <6 weeks {FINISHED}", FINISHED),
    "E.H.2_A2": (f"{FIRST} <18 weeks {FINISHED}", FINISHED),
}
# Its prevalence is not in the file, and in tidied copies neither are those who entered treatment.
ROLL_OUT = {"E.A.3": (ENTERING,)}
RECOVERY_RATE = "recovery"
# Every finished course stands in one of these, by either wait.
BANDS = {
    wait: [
        f"{wait} {days} {FINISHED}"
        for days in ("<=28 days", "29-56 days", "57-90 days", ">90 days")
    ]
    for wait in (FIRST, SECOND)
}
FIGURES = {figure for figures in (*LINES.values(), *BANDS.values()) for figure in figures}
# Rows of other kinds (by age, by diagnosis) are parts of the total.
TOTAL, WAITS = "Total", "Waiting Time"
# The columns of the layout as issued; later years have a low line before the second word, and
# call those who entered treatment otherwise.
COLUMNS = {
    FINISHED: ("CountFinishedCourseTreatment",),
    "not_at_caseness": ("CountNotAtCaseness",),
    "recovery": ("CountRecovery",),
    ENTERING: ("CountFirstTreatment", "CountAccessingServices"),
}
RECOVERY_COLUMN = "PercentageRecovery"
IN_A_NAME = re.compile(r"(?<!\d)(20\d\d)[-_ ]?(\d\d)(?!\d)")


def read_annual(path: Path) -> PublishedFile:
    """Read the annual data of one or more years, one figure a row."""
    table = read_csv(path, "measure_name")
    table.require(*HEADINGS)
    table = table.where(_figure_names(table).isin([*FIGURES]))
    statistic = table.texts("measure_statistic").str.lower()
    counts, shares = table.where(statistic == "count"), table.where(statistic == "percentage")
    notes = _lacking(counts, set(_figure_names(counts)))
    keys = ["reporting_period", "org_type", "org_code", "variable_a", "variable_b"]
    counts.refuse_repeated(*keys, "measure_name")
    return _published(path, _rows(counts), _rows(shares, parts="decimal"), notes)


def is_as_issued(path: Path) -> bool:
    """Whether a file's header has a column for each figure."""
    return csv_has(path, "VariableType", *COLUMNS[FINISHED])


def is_tidied(path: Path) -> bool:
    """Whether a file's header, and the first of its rows, are of one figure a row."""
    return csv_has(path, HEADINGS[0]) and FINISHED in csv_head(path).lower()


def read_annual_as_issued(path: Path) -> PublishedFile:
    """Read the annual data of the year that the file's name tells, a column for each figure."""
    table = replace(read_csv(path, "VariableType"), spellings=COLUMNS)
    table.require(*AS_ISSUED)
    year = _year_of(path)
    kinds = table.texts("VariableType")
    waits = (kinds == WAITS) & (table.texts("VariableA") + " " + table.texts("VariableB")).isin(
        [band.removesuffix(f" {FINISHED}") for band in FIGURES]
    )
    table = table.where((kinds == TOTAL) | waits)
    if table.cells.empty:
        allowed = f"rows whose VariableType is {TOTAL}"
        raise InputError(Problem(table.place, "has no rows of totals", allowed=allowed))
    table.refuse_repeated("OrgType", "OrgCode", "VariableType", "VariableA", "VariableB")
    totals = table.where(table.texts("VariableType") == TOTAL)
    parts = [
        _column(totals, figure, year).assign(figure=figure)
        for figure in COLUMNS
        if table.has(figure)
    ]
    waits_of = table.where(table.texts("VariableType") == WAITS)
    if table.has(FINISHED):
        names = waits_of.texts("VariableA") + " " + waits_of.texts("VariableB") + f" {FINISHED}"
        parts.append(_column(waits_of, FINISHED, year).assign(figure=names))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"figure": []})
    notes = _lacking(table, set(rows["figure"]))
    shares = rows.head(0)
    if table.has(RECOVERY_COLUMN):
        shares = _column(totals, RECOVERY_COLUMN, year, "decimal").assign(figure=RECOVERY_RATE)
    return _published(path, rows, shares, notes)


def _published(
    path: Path, rows: pd.DataFrame, shares: pd.DataFrame, notes: list[str]
) -> PublishedFile:
    figures = Figures(rows)
    counts, left_out = figures.counts(LINES | ROLL_OUT)
    return PublishedFile(
        place=str(path),
        counts=counts,
        names=figures.names,
        answers=[
            printed_shares(shares, {RECOVERY_RATE: "E.A.S.2"}),
            *(
                figures.added_up(bands, "E.H.1_A1", "denominator", counts)
                for bands in BANDS.values()
            ),
            england_in_all(counts),
        ],
        left_out=left_out,
        notes=notes,
    )


def _lacking(table: Printed, held: set[str]) -> list[str]:
    """Notes on the lines that lack a count; InputError naming the counts where no line has all."""
    lacking = {line: set(figures) - held for line, figures in LINES.items()}
    missing = sorted(set().union(*lacking.values()))
    if all(lacking.values()):
        raise InputError(Problem(table.place, f"holds no count of {name}") for name in missing)
    notes = [f"{table.place} holds no count of {name}" for name in missing]
    return notes + lacking_lines(table.place, [line for line, names in lacking.items() if names])


def _figure_names(table: Printed) -> pd.Series[Any]:
    """What each row is of and which figure it is; the totals are of nothing."""
    headings = ("variable_a", "variable_b", "measure_name")
    names = zip(*(table.texts(name).replace("NULL", "") for name in headings), strict=True)
    kinds = table.texts("variable_type").isin([TOTAL, WAITS])
    known = [
        " ".join(part for part in name if part) if kind else None
        for name, kind in zip(names, kinds, strict=True)
    ]
    return pd.Series(known, index=table.cells.index, dtype=object)


def _rows(table: Printed, parts: str = "whole") -> pd.DataFrame:
    """The rows of one figure each."""
    years = table.texts("reporting_period")
    periods = years.map({text: _year(text) for text in years.unique()})
    table.refuse(periods.isna(), "reporting_period", "is no financial year", "such as 2017-18")
    (numbers,) = table.numbers("value", marks=MARKS, parts=parts)
    rows = _organisations(table, *HEADINGS[1:4])
    return rows.assign(
        period=periods,
        figure=_figure_names(table),
        value=numbers.values,
        mark=numbers.marks,
        place=table.places(),
    )


def _column(table: Printed, heading: str, year: str, parts: str = "whole") -> pd.DataFrame:
    """A column of figures as rows of their own."""
    (numbers,) = table.numbers(heading, marks=MARKS, parts=parts)
    rows = _organisations(table, *AS_ISSUED[:3])
    return rows.assign(period=year, value=numbers.values, mark=numbers.marks, place=table.places())


def _organisations(table: Printed, kind: str, code: str, name: str) -> pd.DataFrame:
    """Level, code and name of each row; InputError where a level is not known."""
    levels = levels_of(table, kind)
    codes = table.codes(code).where(levels != "england", ENGLAND)
    table.refuse(codes == "", code, "is missing", "an organisation's code")
    refuse_totals(table, code, name, known=levels == "england")
    return pd.DataFrame({"org_level": levels, "org_code": codes, "name": table.texts(name)})


def _year(text: str) -> str | None:
    try:
        # With a stroke, 2011-12 is no December.
        period = parse_period(text)
    except UsageError:
        return None
    return str(period) if period.kind == "year" else None


def _year_of(path: Path) -> str:
    """The financial year in a file's name; InputError where there is none."""
    years = {_year(f"{first}/{second}") for first, second in IN_A_NAME.findall(path.name)}
    known = sorted(year for year in years if year)
    if len(known) != 1:
        text = "tells no year, which its name must, for no column does"
        raise InputError(Problem(path.name, text, allowed="a name such as annual-2017-18.csv"))
    return known[0]
