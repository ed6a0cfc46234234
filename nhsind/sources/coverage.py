"""Which months the rows of a record table cover: as declared, else as their dates tell.

Counted in rows, not in units, by the date that places a table's units in a period; only sound rows
count, and only events that have happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from nhsind.definitions.indicators import Indicator
from nhsind.periods import Period, month_of

# A table with fewer sound rows covers whatever is asked: too little to tell by.
FEWEST_ROWS = 100
# A month with less than this part of a usual month's rows is not covered.
SHARE_OF_USUAL = 10
# With this many rows in a usual month the last one must reach into its last days.
ENOUGH_TO_TELL_DAYS, LAST_DAYS = 30, 7
# With fewer in a usual month, a month without a row is nothing strange.
TOO_FEW_TO_MISS_MONTHS = 10

# Nobody waits since before the NHS: a day before it stands for none, as 1900-01-01 does.
FIRST_POSSIBLE = date(1948, 7, 5)

# A snapshot is whole once the records reach so many of the line's longest limits back.
TIMES_THE_LIMIT = 3
# Rows so many months before a flow's end are looked for by their other dates.
MONTHS_BACK = 11
# A line that counts a person once in a financial year looks back to its start.
OF_ITS_YEAR = "financial_year"

# First and last month, both included.
Span = tuple[Period, Period]


@dataclass(frozen=True)
class MonthOfRows:
    """The sound rows of a month: how many, and the first and last day that has one.

    `units`: how many units they stand for.
    """

    month: Period
    rows: int
    first_day: date
    last_day: date
    units: int = 0

    @property
    def reaches_its_end(self) -> bool:
        """Whether its last seven days have a row."""
        return self.last_day > self.month.end - timedelta(days=LAST_DAYS)


@dataclass(frozen=True)
class Coverage:
    """The months that a record table covers by one of its dates, and why they are taken so.

    `spans`: runs of months, in order; None: whatever is asked. `earliest`: the first date that
    can be, where the dates tell when the records begin. `is_sparse`: too few rows a month to miss
    one.
    """

    table: str
    column: str
    spans: tuple[Span, ...] | None
    why: str
    earliest: date | None = None
    is_sparse: bool = False

    def covers(self, months: Iterable[Period]) -> bool:
        """Whether every one of these months is covered."""
        if self.spans is None:
            return True
        return all(any(first <= month <= last for first, last in self.spans) for month in months)

    def __str__(self) -> str:
        """What the table covers, by which date, and why."""
        return f"{self.table} covers {self.words} by {self.column}: {self.why}"

    def tells_who_left(self, month: Period) -> bool:
        """Whether, by the date of leaving, everybody who was there at a month's end is in it.

        Where the month is covered; where no row has such a date, so that those who left are in
        it nowhere; and at the end of the month before the first, if that has rows in its first
        seven days: of records that begin with those who were there, nobody had left before.
        Where few leave, a month without any is nothing strange, be it the last.
        """
        if self.earliest is None or self.covers([month]):
            return True
        begins = self.earliest <= month.end + timedelta(days=LAST_DAYS)
        return begins and (self.is_sparse or month.end < self.earliest)

    @property
    def words(self) -> str:
        """`2016-04 to 2017-05 and 2017-07 to 2018-03`; `all that is asked`; `nothing`."""
        if self.spans is None:
            return "all that is asked"
        runs = [f"{first} to {last}" if first != last else str(first) for first, last in self.spans]
        return " and ".join(runs) or "nothing"


@dataclass(frozen=True)
class Declared:
    """What is declared of the tables of a family.

    `spans`: months by table. `everywhere`: those of the option, which wins. `national`: whether
    the records are said to be of all England; None: nothing is said.
    """

    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    everywhere: Span | None = None
    national: bool | None = None
    place: str = "coverage.csv"

    def of(self, table: str, column: str) -> Coverage | None:
        """The coverage declared of a table, or None."""
        if self.everywhere:
            return Coverage(table, column, (self.everywhere,), "declared by --covers")
        if table in self.spans:
            return Coverage(table, column, self.spans[table], f"declared in {self.place}")
        return None


def inferred(
    table: str,
    column: str,
    rows: int,
    months: Sequence[MonthOfRows],
    *,
    years: Sequence[Period] = (),
) -> Coverage:
    """What a table covers by the sound rows of each month that has any, in order.

    `rows`: all sound rows, also those without the date. `years`: those that a publisher's file
    says it is of, for where the rows are too few to tell.
    """
    if rows < FEWEST_ROWS and years:
        named = runs_of(month for year in years for month in year.split_months())
        return Coverage(table, column, named, "the years that the file names")
    if rows < FEWEST_ROWS:
        return Coverage(table, column, None, f"fewer than {FEWEST_ROWS} rows that can be used")
    if not months:
        return Coverage(table, column, (), f"no row that can be used has a {column}")
    possible = [each.first_day for each in months if each.first_day >= FIRST_POSSIBLE]
    earliest = possible[0] if possible else months[0].first_day
    usual = median(each.rows for each in months)
    if usual < TOO_FEW_TO_MISS_MONTHS:
        why = f"from the first row's month to the last's, a usual month having {usual:g}"
        whole = ((months[0].month, months[-1].month),)
        return Coverage(table, column, whole, why, earliest, is_sparse=True)
    enough = [each for each in months if SHARE_OF_USUAL * each.rows >= usual]
    why = (
        f"the months with at least {usual / SHARE_OF_USUAL:g} rows, a usual month having {usual:g}"
    )
    if usual >= ENOUGH_TO_TELL_DAYS and not enough[-1].reaches_its_end:
        last = enough.pop()
        why += f"; {last.month} has none after {last.last_day}"
    return Coverage(table, column, runs_of([each.month for each in enough]), why, earliest)


def runs_of(months: Iterable[Period]) -> tuple[Span, ...]:
    """Months as runs without gaps, in order."""
    runs: list[Span] = []
    for month in sorted(set(months)):
        if runs and runs[-1][1].shift(1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return tuple(runs)


def months_between(first: Period, last: Period) -> list[Period]:
    """The months from one to another, both included."""
    number = (last.start.year - first.start.year) * 12 + last.start.month - first.start.month
    return [first.shift(step) for step in range(number + 1)]


def months_looked_at(line: Indicator, period: Period) -> list[Period]:
    """The months whose records a line's figure of a period is made of.

    Its own, of a snapshot the last; and those before that its window or cohort reaches back to.
    """
    if not line.looks_back_to:
        return line.months_of(period)
    if line.looks_back_to == OF_ITS_YEAR:
        first = period.financial_year.start
    else:
        first = line.limits[line.looks_back_to].day_of(period)
    return months_between(month_of(first), month_of(period.end))


def whole_from(line: Indicator, earliest: date) -> date | None:
    """From when on a snapshot of records that begin on a day holds everybody; None for a flow.

    Three times the line's longest limit later, or a year where it has none: hardly anybody who
    began to wait before the records do is then still waiting.
    """
    return _a_long_wait(line, earliest, 1)


def reaches_back_to(line: Indicator, period: Period) -> date | None:
    """The first day of those whom a snapshot may still hold, by the same rule; None for a flow."""
    return _a_long_wait(line, period.end, -1)


def _a_long_wait(line: Indicator, day: date, sign: int) -> date | None:
    """The day so long after (1) or before (-1) another that hardly anybody waits that long."""
    if line.period_rule != "snapshot":
        return None
    days = [limit.number for limit in line.limits.values() if limit.unit == "day"]
    if longest := max(days, default=0):
        return day + sign * timedelta(days=TIMES_THE_LIMIT * longest)
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + sign, day=28 if is_leap_day else day.day)
