"""NHS Digital's monthly IAPT data as issued: a measure of an organisation in each row.

Unlike the monthly time series it prints what waits and recovery are made of: all three lines have
numerators and denominators. Rows of a commissioner with a provider are parts of both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.families.iapt.common import MARKS, england_in_all, lacking_lines, levels_of
from nhsind.families.iapt.figures import Figures, printed_shares
from nhsind.geography import ENGLAND
from nhsind.periods import month_of
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import PublishedFile
from nhsind.sources.totals import refuse_totals

START, END, KIND = "REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "GROUP_TYPE"
COMMISSIONER, PROVIDER = ("ORG_CODE1", "ORG_NAME1"), ("ORG_CODE2", "ORG_NAME2")
MEASURE, VALUE = "MEASURE_NAME", "MEASURE_VALUE_SUPPRESSED"
HEADINGS = (START, END, KIND, *COMMISSIONER, *PROVIDER, MEASURE, VALUE)
FINISHED = "Count_FinishedCourseTreatment"
# Those entering treatment have had two names.
ENTERING = {"Count_AccessingServices": "Count_FirstTreatment"}
WITHIN = "FirstTreatment{}WeeksFinishedCourseTreatment"
LINES = {
    "E.A.3": ("Count_FirstTreatment",),
    "E.A.S.2": ("Count_Recovery", FINISHED, "Count_NotAtCaseness"),
    "E.H.1_A1": (f"Count_{WITHIN.format(6)}", FINISHED),
    "E.H.2_A2": (f"Count_{WITHIN.format(18)}", FINISHED),
}
SHARES = {
    "Percentage_Recovery": "E.A.S.2",
    f"Percentage_{WITHIN.format(6)}": "E.H.1_A1",
    f"Percentage_{WITHIN.format(18)}": "E.H.2_A2",
}
COUNTED = {figure for figures in LINES.values() for figure in figures}


def read_monthly_csv(path: Path) -> PublishedFile:
    """Read a month's measures by organisation.

    Raises InputError where no line's measures are there.
    """
    table = read_csv(path, MEASURE).without_remarks()
    table.require(*HEADINGS)
    kinds = table.codes(KIND)
    is_pair = kinds.str.contains("PROVIDER") & (kinds != "PROVIDER")
    levels_of(table, KIND, known=is_pair)
    table.refuse_repeated(START, KIND, COMMISSIONER[0], PROVIDER[0], MEASURE)
    measures = _measures(table)
    counts_of = table.where(~is_pair & measures.isin([*COUNTED]))
    lacking = {line for line, used in LINES.items() if not {*used} <= {*_measures(counts_of)}}
    if lacking == {*LINES}:
        raise InputError(
            Problem(table.place, f"holds no measures of a line: {', '.join(used)}")
            for used in LINES.values()
        )
    figures = Figures(_rows(counts_of))
    counts, left_out = figures.counts(LINES)
    shares = _rows(table.where(~is_pair & measures.isin([*SHARES])), parts="decimal")
    return PublishedFile(
        place=str(path),
        counts=counts,
        names=figures.names,
        answers=[printed_shares(shares, SHARES), england_in_all(counts)],
        left_out=left_out,
        notes=lacking_lines(table.place, lacking),
    )


def _measures(table: Printed) -> pd.Series[Any]:
    return table.texts(MEASURE).replace(ENTERING)


def _rows(table: Printed, parts: str = "whole") -> pd.DataFrame:
    levels = levels_of(table, KIND)
    of_provider = levels == "provider"
    codes, titles = (
        table.texts(own).where(~of_provider, table.texts(providers))
        for own, providers in zip(COMMISSIONER, PROVIDER, strict=True)
    )
    codes = codes.str.upper().where(levels != "england", ENGLAND)
    table.refuse(codes == "", COMMISSIONER[0], "is missing", "an organisation's code")
    refuse_totals(table, COMMISSIONER[0], known=of_provider | (levels == "england"))
    refuse_totals(table, PROVIDER[0], known=~of_provider)
    (numbers,) = table.numbers(VALUE, marks=MARKS, parts=parts)
    return pd.DataFrame(
        {
            "org_level": levels,
            "org_code": codes,
            "name": titles,
            "period": _periods(table),
            "figure": _measures(table),
            "value": numbers.values,
            "mark": numbers.marks,
            "place": table.places(),
        }
    )


def _periods(table: Printed) -> pd.Series[Any]:
    """The month, quarter or year from the first and last day of each row."""
    first, last = table.days(START), table.days(END)
    found = {pair: _period(*pair) for pair in set(zip(first, last, strict=True))}
    periods = [found[pair] for pair in zip(first, last, strict=True)]
    wrong = [period is None for period in periods]
    table.refuse(wrong, END, "ends no month, quarter or year", f"the last day of one from {START}")
    return pd.Series(periods, index=first.index, dtype=object)


def _period(first: Any, last: Any) -> str | None:
    if first is None or last is None:
        return None
    month = month_of(first)
    ways = (month, month.quarter, month.financial_year)
    return next((str(way) for way in ways if (way.start, way.end) == (first, last)), None)
