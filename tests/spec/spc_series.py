"""The rules of control charts as short series: the values, and below them what each point is.

A table is text. Its first row is the series (`-`: no figure); the others say, for a rule set or for
`all` of them, which flags each point has, first the one that names it (`.`: none), by the letters
of `LETTERS`. Documentation can print it as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nhsind.statistics.signals import RULES

LETTERS = {
    "A": "above_limits",
    "B": "below_limits",
    "U": "trend_up",
    "D": "trend_down",
    "T": "two_of_three_high",
    "t": "two_of_three_low",
    "S": "shift_high",
    "s": "shift_low",
}


@dataclass(frozen=True, eq=False)
class SeriesSpec:
    """One rule on one series.

    `limits`: mean, lower and upper limit of each part, by rule set or for `all`; left out: not
    stated. `variation` and `assurance` are those of the last point under `settings`.
    """

    title: str
    sentence: str
    table: str
    limits: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    variation: str | None = "common_cause"
    assurance: str | None = None

    def __str__(self) -> str:
        return self.title

    @property
    def rows(self) -> dict[str, list[str]]:
        """The table's rows by their first cell."""
        lines = [line.split() for line in self.table.splitlines() if line.strip()]
        return {cells[0]: cells[1:] for cells in lines}

    @property
    def values(self) -> list[float | None]:
        return [None if cell == "-" else float(cell) for cell in self.rows["value"]]

    def flags(self, rules: str) -> list[tuple[str, ...]]:
        """All flags of each point under a rule set."""
        cells = self.rows.get(rules) or self.rows["all"]
        return [tuple(LETTERS[letter] for letter in cell.strip(".")) for cell in cells]

    def lines(self, rules: str) -> list[tuple[float, float, float]]:
        return self.limits.get(rules) or self.limits.get("all") or []


SQL, NEW, R = RULES
ROW_OF_20 = ". " * 20

SPECS = [
    SeriesSpec(
        "only chance",
        "Points that stay within the limits and show no pattern are common cause variation.",
        """
        value 9 11 9 11 9 11 9 11 9 11 9 11 9 11 9 11
        all   .  . .  . .  . .  . .  . .  . .  . .  .
        """,
        limits={"all": [(10, 4.68, 15.32)]},
    ),
    SeriesSpec(
        "a point outside",
        "A point beyond a limit is a signal.",
        """
        value 9 11 9 11 9 11 9 11 9 11 9 21 9 11 9
        all   .  . .  . .  . .  . .  . .  A .  . .
        """,
        limits={SQL: [(10.6, 1.48, 19.72)], NEW: [(10.6, 1.48, 19.72)], R: [(10.6, 5.28, 15.92)]},
    ),
    SeriesSpec(
        "points on the limits",
        "A point that is exactly on a limit (here 17 and 3) is not outside.",
        f"""
        value 9 17 11 9 11 9 9 11 9 11 11 9 11 9 9 11 3 9 11 11
        all   {ROW_OF_20}
        """,
        limits={"all": [(10, 3, 17)]},
    ),
    SeriesSpec(
        "a shift",
        "Seven points in a row above the mean are a shift; each of them is flagged.",
        """
        value 9 11 9 8 9 11 11 12 11 12 11 11 9 8 9 11 9 11 9 8
        all   .  . . . .  S  S  S  S  S  S  S . . .  . .  . . .
        """,
    ),
    SeriesSpec(
        "six are no shift",
        "Six points in a row above the mean are not.",
        f"""
        value 9 11 9 8 9 11 12 11 12 11 12 9 8 9 11 9 11 9 8 11
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "a point on the mean ends a run",
        "The eighth point is exactly on the mean of 10: three and four points are no shift.",
        f"""
        value 9 11 8 9 11 12 11 10 12 11 12 11 8 9 11 8 9 8 11 9
        all   {ROW_OF_20}
        """,
        limits={"all": [(10, 5.52, 14.48)]},
    ),
    SeriesSpec(
        "a gap ends a run",
        "A missing month makes no signal: the points beside it do not follow on each other, and "
        "there is no moving range across it.",
        f"""
        value 9 11 8 9 11 12 11 - 12 11 12 11 8 9 11 8 9 8 11 9
        all   {ROW_OF_20}
        """,
        limits={"all": [(10, 10 - 2.66 * 29 / 17, 10 + 2.66 * 29 / 17)]},
    ),
    SeriesSpec(
        "a trend",
        "Seven points rising, ends included, are a trend, whichever side of the mean they are.",
        """
        value 10 12 8 12 8 7 8 9 10 11 12 13 8 12 8 12 8 12 10 10
        all    .  . .  . . U U U  U  U  U  U .  . .  . .  .  .  .
        """,
    ),
    SeriesSpec(
        "six are no trend",
        "Six points rising (8 to 13) are not.",
        f"""
        value 10 12 8 12 9 8 9 10 11 12 13 8 12 8 12 8 12 8 12 10
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "equal neighbours end a trend",
        "The two 10s are not rising.",
        f"""
        value 10 12 8 12 9 7 8 9 10 10 11 12 13 8 12 8 12 8 12 8
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "a gap ends a trend",
        "7 8 9, a missing month, and 10 to 13 are not seven points rising.",
        f"""
        value 10 12 8 12 9 7 8 9 - 10 11 12 13 8 12 8 12 8 12 8
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "a gap is no step",
        "Six points rising after a missing month are six points.",
        """
        value 10 12 8 12 9 - 7 8 9 10 11 12 8 12 8 12 8 12 8 12 8
        all    .  . .  . . . . . .  .  .  . .  . .  . .  . .  . .
        """,
    ),
    SeriesSpec(
        "where a trend turns",
        "The 13 ends one trend and begins another: it has both flags, and the one that begins "
        "there names it.",
        """
        value 9 12 7 8 9 10 11 12  13 12 11 10 9 8 7 12 9 8 12 9
        all   .  . U U U US US US UDS DS DS DS D D D  . . .  . .
        """,
    ),
    SeriesSpec(
        "two of three",
        "Two of three points lie between two and three sigma and the third is on their side of the "
        "mean: the far points are flagged.",
        """
        value 9 9 10 9 11 12 9 14 11 14 9 10 9 9 10 9 8 11 8 9
        all   . .  . .  .  . .  T  .  T .  . . .  . . .  . . .
        """,
        limits={"all": [(10, 4.96, 15.04)]},
    ),
    SeriesSpec(
        "two of three, the third afterwards",
        "It is enough that the third point follows.",
        """
        value 8 9 12 10 9 10 9 14 14 11 9 10 9 11 8 9 9 9 11 9
        all   . .  .  . .  . .  T  T  . .  . .  . . . . .  . .
        """,
    ),
    SeriesSpec(
        "two of three, the third on the mean",
        "A third point on the mean is on no side.",
        f"""
        value 9 11 11 9 11 9 9 14 10 14 8 9 8 8 11 8 10 11 9 11
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "two of three, the third on the other side",
        "Nor does one on the other side do.",
        f"""
        value 10 9 12 9 9 10 9 14 9 14 8 9 11 9 9 10 9 8 11 11
        all   {ROW_OF_20}
        """,
    ),
    SeriesSpec(
        "points on the two-sigma line",
        "The two-sigma line is at 13, and points on it are not beyond it.",
        f"""
        value 9 11 9 11 9 11 9 13 11 13 9 10 11 11 12 9 9 9 9 9
        all   {ROW_OF_20}
        """,
        limits={"all": [(10.2, 6, 14.4)]},
    ),
    SeriesSpec(
        "two of three, one outside the limits",
        "A point outside the limits is no far point, except in the rules of 2023.",
        """
        value       9 11 9 11 9 11 11 8 8 10 9 14 16 11 8 11 8 8 10 8
        mdc-sql-2.5 .  . .  . .  .  . . .  . .  .  A  . .  . . .  . .
        mdc-2023    .  . .  . .  .  . . .  . .  T AT  . .  . . .  . .
        ptd-0.2     .  . .  . .  .  . . .  . .  .  A  . .  . . .  . .
        """,
    ),
    SeriesSpec(
        "limits are recalculated",
        "A new part has its own mean and limits, and the step from one to the other is no moving "
        "range.",
        """
        value 9 11 9 11 9 11 9 11 9 11 9 11 19 21 19 21 19 21 19 21 19 21 19 21
        all   .  . .  . .  . .  . .  . .  .  .  .  .  .  .  .  .  .  .  .  .  .
        """,
        limits={"all": [(10, 4.68, 15.32), (20, 14.68, 25.32)]},
        settings={"recalculate_at": (12,)},
    ),
    SeriesSpec(
        "a shift does not cross a recalculation",
        "Four points above the first mean and four above the second are no shift.",
        """
        value 9 11 9 8 9 11 9 11 12 11 12 11 22 21 22 21 19 18 19 21 19 21 19 18
        all   .  . . . .  . .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        """,
        settings={"recalculate_at": (12,)},
    ),
    SeriesSpec(
        "two of three do not cross a recalculation",
        "14 is far above the first mean and 24 far above the second, and they are of two parts.",
        """
        value 11 9 10 11 10 9 11 11 9 9 11 14 24 21 18 21 20 21 20 21 21 21 20 18
        all    . .  .  .  . .  .  . . .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        """,
        settings={"recalculate_at": (12,)},
    ),
    SeriesSpec(
        "a trend crosses a recalculation in the SQL tool",
        "The rise from 8 to 14 crosses the recalculation. NHS England's tool flags it, the R "
        "package does not.",
        """
        value       10 12 8 12 9 12 8 9 10 11 12 13 14 13 11 13 11 13 11 13 11 13 11 13
        mdc-sql-2.5  .  . .  . .  . U U  U  U  U  U  U  .  .  .  .  .  .  .  .  .  .  .
        mdc-2023     .  . .  . .  . U U  U  U  U  U  U  .  .  .  .  .  .  .  .  .  .  .
        ptd-0.2      .  . .  . .  . . .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .
        """,
        settings={"recalculate_at": (12,)},
    ),
    SeriesSpec(
        "improvement and concern in one point",
        "Rising below the mean is improvement by one rule and concern by another; unless the "
        "indicator says otherwise, it is shown as improvement.",
        """
        value 14 9 14 9 14 9 14 9 14 9 14 9 14  3  4  5  6  7  8  9
        all    . .  . .  . .  . .  . .  . .  . Us Us Us Us Us Us Us
        """,
        variation="improvement",
    ),
    SeriesSpec(
        "fewer than fifteen points",
        "Fourteen points and a gap have no limits, no signals and no icons; the mean is shown.",
        """
        value 9 11 9 11 9 11 9 11 9 - 11 9 21 9 11
        all   .  . .  . .  . .  . . .  . .  . .  .
        """,
        settings={"target": 5},
        variation=None,
    ),
    SeriesSpec(
        "an outlying moving range is left out",
        "Screening leaves out moving ranges beyond 3.267 times their mean, once. The SQL tool also "
        "takes the points at which they end (10, and 1 after it) out of the mean.",
        """
        value 1 2 1 2 10 1 2 1 2 1 2 1 2 1 2 1 2 1
        all   . . . .  A . . . . . . . . . . . . .
        """,
        limits={
            SQL: [(1.5, 1.5 - 2.66, 1.5 + 2.66)],
            NEW: [(1.5, 1.5 - 2.66, 1.5 + 2.66)],
            R: [(35 / 18, 35 / 18 - 2.66, 35 / 18 + 2.66)],
        },
        settings={"exclude_outliers": True},
    ),
    SeriesSpec(
        "no screening",
        "The same series with all its moving ranges.",
        """
        value 1 2 1 2 10 1 2 1 2 1 2 1 2 1 2 1 2 1
        all   . . . .  A . . . . . . . . . . . . .
        """,
        limits={"all": [(35 / 18, 35 / 18 - 2.66 * 32 / 17, 35 / 18 + 2.66 * 32 / 17)]},
        settings={"exclude_outliers": False},
    ),
    SeriesSpec(
        "a moving range on its limit",
        "The step of 121 is exactly 3.267 times the mean moving range of 1000/27: the R package "
        "leaves it out, the SQL tool does not.",
        """
        value 0 34 0 34 0 34 0 34 0 34 0 34 0 121 155 121 155 121 155 121 155 121 155 121 155 121 155 126
        all ts s ts s ts s ts s ts s ts s ts S TS S TS S TS S TS S TS S TS S TS S
        """,  # noqa: E501
        limits={
            SQL: [(2262 / 28, 2262 / 28 - 2.66 * 1000 / 27, 2262 / 28 + 2.66 * 1000 / 27)],
            NEW: [(2262 / 28, 2262 / 28 - 2.66 * 1000 / 27, 2262 / 28 + 2.66 * 1000 / 27)],
            R: [(2262 / 28, 2262 / 28 - 2.66 * 879 / 26, 2262 / 28 + 2.66 * 879 / 26)],
        },
        settings={"exclude_outliers": True},
        variation="improvement",
    ),
    SeriesSpec(
        "always the same",
        "A series that never moves has no width: its limits are its value, and a target it equals "
        "is met.",
        """
        value 100 100 100 100 100 100 100 100 100 100 100 100 100 100 100
        all     .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
        """,
        limits={"all": [(100, 100, 100)]},
        settings={"target": 100},
        assurance="pass",
    ),
]
