"""NHS Digital's annual IAPT data, one figure a row, for England and the organisations below.

E.A.S.2, E.H.1_A1 and E.H.2_A2 are read from it. Its waits from first to second treatment are
those of courses that finished in the year, not of second treatments in the year, so they are no
C3 and C4; they serve, like the waits for a first treatment, to check the finished courses.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.families.iapt.common import count_slack, england_in_all, share_rounding
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile, printed_cells

HEADINGS = (
    "reporting_period org_type org_code org_name variable_type variable_a variable_b "
    "measure_name measure_statistic value"
).split()
LEVELS = {
    "england": "england",
    "commissioning region": "region",
    "stp": "stp",
    "icb": "stp",
    "ccg": "ccg",
    "provider": "provider",
}
MARKS = {"*": SUPPRESSED, "NULL": NOT_AVAILABLE}
# A figure is named by what it is of (nothing: the total), the wait, and the measure.
FINISHED = "finished_course_treatment"
FIRST, SECOND = "First treatment", "First to Second Treatment"
# The lines: numerator, denominator, and what is taken off the denominator.
LINES = {
    "E.A.S.2": ("recovery", FINISHED, "not_at_caseness"),
    "E.H.1_A1": (f"{FIRST} <6 weeks {FINISHED}", FINISHED),
    "E.H.2_A2": (f"{FIRST} <18 weeks {FINISHED}", FINISHED),
}
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
ORGANISATION = ["org_level", "org_code", "period"]


def read_annual(path: Path) -> PublishedFile:
    """Read the annual data of one or more years."""
    table = read_csv(path, "measure_name")
    table.require(*HEADINGS)
    table = table.where(_named(table, FIGURES))
    statistic = table.texts("measure_statistic").str.lower()
    figures = _Figures(table.where(statistic == "count"))
    counts, notes = figures.counts()
    shares = _recovery_rates(table.where(statistic == "percentage"))
    return PublishedFile(
        place=str(path),
        counts=counts,
        names=figures.names,
        answers=[shares, *figures.bands_added_up(counts), england_in_all(counts)],
        notes=notes,
    )


class _Figures:
    """The counts needed: a row per organisation and year, a column per figure."""

    def __init__(self, table: Printed) -> None:
        names = _figure_names(table)
        missing = sorted(FIGURES - set(names))
        if missing:
            raise InputError(Problem(table.place, f"holds no count of {name}") for name in missing)
        keys = ["reporting_period", "org_type", "org_code", "variable_a", "variable_b"]
        table.refuse_repeated(*keys, "measure_name")
        (numbers,) = table.numbers("value", marks=MARKS)
        rows = _organisations(table).assign(figure=names)
        named = rows.drop_duplicates(ORGANISATION).assign(name=table.texts("org_name"))
        self.names = {
            str(level): dict(zip(of_level["org_code"], of_level["name"], strict=True))
            for level, of_level in named.groupby("org_level")
        }
        rows = rows.assign(value=numbers.values, mark=numbers.marks, place=table.places())
        values, marks, places = (
            rows.pivot(index=ORGANISATION, columns="figure", values=name)
            for name in ("value", "mark", "place")
        )
        self.organisations = values.index.to_frame(index=False)
        self.values = values.reset_index(drop=True).astype(object).fillna(np.nan)
        # An organisation of which a figure is not printed has none.
        self.marks = marks.reset_index(drop=True).fillna(NOT_AVAILABLE)
        self.places = places.reset_index(drop=True)

    def counts(self) -> tuple[pd.DataFrame, list[str]]:
        """The lines' counts, and notes on those left out because they contradict each other."""
        lines = pd.concat([self._line(line) for line in LINES], ignore_index=True)
        both = lines["numerator"].notna() & lines["denominator"].notna()
        wrong = both & (lines["numerator"] > lines["denominator"])
        notes = [
            f"{row.place}: {row.indicator} counts {row.numerator:,} of {row.denominator:,}; "
            "the row is left out"
            for row in lines[wrong].itertuples()
        ]
        return lines[~wrong].reset_index(drop=True), notes

    def _line(self, line: str) -> pd.DataFrame:
        numerator, whole, *taken_off = LINES[line]
        denominator = self.values[whole]
        for figure in taken_off:
            denominator = denominator - self.values[figure]
        levels = self.organisations["org_level"]
        return self.organisations.assign(
            indicator=line,
            numerator=self.values[numerator],
            denominator=denominator,
            mark=self._mark([*LINES[line]]),
            numerator_slack=count_slack(levels),
            denominator_slack=count_slack(levels, added_up=1 + len(taken_off)),
            place=self.places[numerator].fillna(""),
        )

    def _mark(self, used: list[str]) -> Any:
        hidden = (self.marks[used] == SUPPRESSED).any(axis="columns")
        lacking = (self.marks[used] == NOT_AVAILABLE).any(axis="columns")
        return np.select([hidden, lacking], [SUPPRESSED, NOT_AVAILABLE], "")

    def bands_added_up(self, counts: pd.DataFrame) -> list[Answers]:
        """The finished courses once more, added up from the bands of either wait."""
        courses = counts[counts["indicator"] == "E.H.1_A1"].set_index(ORGANISATION)
        answers = []
        for bands in BANDS.values():
            printed = self.values[bands].sum(axis="columns", skipna=False)
            added = self.organisations.assign(printed=printed, place=self.places[bands[0]])
            added = added[(self.marks[bands] == "").all(axis="columns")]
            added = added[added.set_index(ORGANISATION).index.isin(courses.index)]
            around = count_slack(added["org_level"], added_up=len(bands))
            rows = added.drop(columns="printed").assign(indicator="E.H.1_A1")
            cells = printed_cells(rows, "denominator", added["printed"], around)
            answers.append(Answers(cells, complete=False))
        return answers


def _recovery_rates(table: Printed) -> Answers:
    """The recovery percentages that are printed."""
    table = table.where(_named(table, {RECOVERY_RATE}))
    (shares,) = table.numbers("value", marks=MARKS, parts="decimal")
    rows = _organisations(table).assign(indicator="E.A.S.2", place=table.places())
    known = (shares.marks == "").to_numpy()
    rows, printed = rows[known], shares.floats[known] / 100
    cells = printed_cells(rows, "value", printed, share_rounding(rows["org_level"]))
    return Answers(cells, complete=False)


def _named(table: Printed, figures: set[str]) -> Any:
    return _figure_names(table).isin(list(figures))


def _figure_names(table: Printed) -> pd.Series[Any]:
    """What each row is of and which figure it is; the totals are of nothing."""
    headings = ("variable_a", "variable_b", "measure_name")
    names = zip(*(table.texts(name).replace("NULL", "") for name in headings), strict=True)
    # Rows of other kinds (by age, by diagnosis) are parts of these.
    kinds = table.texts("variable_type").isin(["Total", "Waiting Time"])
    known = [
        " ".join(part for part in name if part) if kind else None
        for name, kind in zip(names, kinds, strict=True)
    ]
    return pd.Series(known, index=table.cells.index, dtype=object)


def _organisations(table: Printed) -> pd.DataFrame:
    """Level, code and year of each row; InputError where a level or year is not known."""
    levels = table.texts("org_type").str.lower().map(LEVELS)
    table.refuse(levels.isna(), "org_type", "is no level known here", ", ".join(LEVELS))
    years = table.texts("reporting_period")
    periods = years.map({text: _year(text) for text in years.unique()})
    table.refuse(periods.isna(), "reporting_period", "is no financial year", "such as 2017-18")
    codes = table.codes("org_code").where(levels != "england", ENGLAND)
    return pd.DataFrame({"org_level": levels, "org_code": codes, "period": periods})


def _year(text: str) -> str | None:
    try:
        period = parse_period(text)
    except UsageError:
        return None
    return str(period) if period.kind == "year" else None
