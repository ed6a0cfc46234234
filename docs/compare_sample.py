"""Writes docs/sample.md: the embedded sample beside real commissioners and providers.

`python docs/compare_sample.py FOLDER` derives the lines that `sample.toml` lists from the sample
and, where a published file exists, from the files in a folder of published statistics, and writes
the page; where none does, the page gives what is expected, with its source.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nhsind as ind
from nhsind.definitions.catalogue import load_family
from nhsind.statistics.overdispersion import dispersion

DOCS = Path(__file__).resolve().parent
LINES, PAGE = DOCS / "sample.toml", DOCS / "sample.md"
TENTHS = (50, 10, 90)
# The sample's two years, by which a season is told from a trend.
SERIES = {"monthly": "2016-04..2018-03", "quarterly": "2016-17-Q1..2017-18-Q4"}
# Lines whose values are shares of their cases.
SHARES = ("proportion", "ratio")
HEADING = (
    "Line",
    "Of",
    "Number",
    "Cases of one: median (P10 to P90)",
    "Value: median (P10 to P90)",
    "Meet the standard",
    "Dispersion",
    "Seasonal swing",
)


@dataclass(frozen=True)
class Measured:
    """One side of a comparison. `figures`: an output table of organisations and one period, of so
    many `months`; `series`: an output table of the whole by month or quarter, or none.
    """

    figures: pd.DataFrame
    months: int
    series: pd.DataFrame | None

    @property
    def kind(self) -> str:
        """What the line is: proportion, count, rate, mean, ratio."""
        return str(self.figures["kind"].iloc[0])

    def cells(self, standard: tuple[str, Fraction] | None) -> list[str]:
        """The columns of the table after the name."""
        known = self.figures.dropna(subset=["value"])
        value = known["value"].to_numpy(dtype=float)
        size = known["numerator" if self.kind == "count" else "denominator"].to_numpy(dtype=float)
        return [
            f"{len(known)}",
            _spread(size / self.months, "count") if self.kind in SHARES else "",
            _spread(value / (self.months if self.kind == "count" else 1), self.kind),
            self._meeting(known, standard),
            self._dispersion(known),
            self._swing(),
        ]

    def _meeting(self, known: pd.DataFrame, standard: tuple[str, Fraction] | None) -> str:
        if standard is None or not len(known):
            return ""
        comparator, limit = standard
        met = [
            _compare(Fraction(str(top)) / Fraction(str(bottom)), comparator, limit)
            for top, bottom in zip(known["numerator"], known["denominator"], strict=True)
            if bottom
        ]
        return f"{sum(met) / len(met):.0%}"

    def _dispersion(self, known: pd.DataFrame) -> str:
        if self.kind != "proportion":
            return ""
        found = dispersion(known["numerator"].astype(float), known["denominator"].astype(float))
        return f"{found.phi:.1f}"

    def _swing(self) -> str:
        """The highest less the lowest month of a year, after a straight trend is taken away."""
        if self.series is None:
            return ""
        known = self.series.dropna(subset=["value"])
        value = known["value"].to_numpy(dtype=float)
        if len(value) < len(set(known["period"].str[-2:])) * 2:
            return ""
        place = np.arange(len(value))
        rest = value - np.polyval(np.polyfit(place, value, 1), place)
        of_year = pd.Series(rest).groupby(known["period"].str[-2:].to_numpy()).mean()
        swing = float(of_year.max() - of_year.min())
        return f"{swing * 100:.1f} points" if self.kind in SHARES else f"{swing / value.mean():.0%}"


def main(arguments: list[str]) -> int:
    """Write the page."""
    if len(arguments) != 1:
        print("python docs/compare_sample.py FOLDER")
        return 2
    PAGE.write_text(page(Path(arguments[0])))
    return 0


def page(folder: Path) -> str:
    """The page, from the sample and the published files of a folder."""
    listed = tomllib.loads(LINES.read_text())
    parts = [listed["introduction"].strip(), listed["table"].strip()]
    for family in listed["family"]:
        title = load_family(family["code"]).title
        rows = [row for line in family["line"] for row in compared(line, folder)]
        notes = [f"* {line['code']}: {_source(line)}" for line in family["line"]]
        parts += [f"## {title}", family["made"].strip(), _table(rows), "\n".join(notes)]
    return "\n\n".join(["# The sample, beside real figures", *parts]) + "\n"


def compared(line: dict[str, Any], folder: Path) -> list[list[str]]:
    """The rows of a line: the sample's, and the real or the expected one."""
    sample = _measured(line, line["periods"], line.get("level"), None)
    standard = _standard(sample.figures)
    rows = [[line["code"], "sample", *sample.cells(standard)]]
    if "real" in line:
        real = line["real"]
        found = _measured(line, real["periods"], real.get("level"), _files(real, folder))
        if "series" in line:
            series = line["series"]
            months = _figures(line["code"], _files(series, folder), series["periods"], "england")
            found = replace(found, series=months)
        rows.append(["", real["words"], *found.cells(standard)])
    else:
        rows.append(["", "expected", *line["expected"]])
    return rows


def _measured(
    line: dict[str, Any], periods: str, level: str | None, data: tuple[str, ...] | None
) -> Measured:
    indicator = ind.define(line["code"]).indicator
    whole = None
    if data is None and indicator.frequency in SERIES:
        whole = _figures(line["code"], None, SERIES[indicator.frequency], "england")
    return Measured(_figures(line["code"], data, periods, level), line.get("months", 1), whole)


def _figures(
    code: str, data: tuple[str, ...] | None, periods: str, level: str | None
) -> pd.DataFrame:
    """The line's rows of a table that is derived once for all lines of its family."""
    found = _derived(ind.define(code).family.code, data, periods, level)
    return found[found["indicator"] == code].reset_index(drop=True)


@cache
def _derived(
    family: str, data: tuple[str, ...] | None, periods: str, level: str | None
) -> pd.DataFrame:
    return ind.derive(family, data=list(data) if data else None, period=periods, level=level)


def _files(named: dict[str, Any], folder: Path) -> tuple[str, ...]:
    files = tuple(sorted(str(path) for name in named["files"] for path in folder.glob(name)))
    if not files:
        raise SystemExit(f"{folder} has no {', '.join(named['files'])}")
    return files


def _standard(figures: pd.DataFrame) -> tuple[str, Fraction] | None:
    """The sample's standard, by which both sides are judged: exact."""
    if figures["kind"].iloc[0] not in SHARES or "comparator" not in figures:
        return None
    known = figures.dropna(subset=["standard"])
    if not len(known):
        return None
    return str(known["comparator"].iloc[0]), Fraction(str(known["standard"].iloc[0]))


def _compare(value: Fraction, comparator: str, limit: Fraction) -> bool:
    return {
        ">=": value >= limit,
        ">": value > limit,
        "<=": value <= limit,
        "<": value < limit,
    }[comparator]


def _spread(values: np.ndarray[Any, Any], kind: str) -> str:
    middle, low, high = (_number(each, kind) for each in np.percentile(values, TENTHS))
    return f"{middle} ({low} to {high})"


def _number(value: float, kind: str) -> str:
    if kind in SHARES:
        return f"{value:.1%}"
    return f"{value:,.0f}" if kind == "count" and value >= 10 else f"{value:,.1f}"


def _source(line: dict[str, Any]) -> str:
    return str(line["source"]).strip()


def _table(rows: list[list[str]]) -> str:
    lines = [HEADING, tuple("---" for _ in HEADING), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
