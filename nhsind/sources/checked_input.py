"""A family's checked input: its tables where they lie, and what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.engines.place import Place, distinct
from nhsind.geography import Geography
from nhsind.periods import Period, listed, month_of, parse_period
from nhsind.sources.counts import levels_printed, parts_held
from nhsind.sources.coverage import Coverage, Declared, inferred, months_looked_at, whole_from
from nhsind.sources.findings import Finding
from nhsind.sources.labelled import has_row_of, months_of_rows
from nhsind.sources.monthly_rows import MonthlyRows, monthly_rows
from nhsind.sources.neighbours import Neighbours
from nhsind.sources.not_used import ROW_LEFT_OUT
from nhsind.sources.published import Answers, LeftOut, PublishedFile
from nhsind.sources.stored import Stored
from nhsind.sources.usual_numbers import DEFAULT_TOLERANCE, Unusual

# What to do about a snapshot whose table seems not to hold everybody.
IF_ALL_ARE = "where all are, coverage.csv or --covers says so"
# What stands in place of England where the data are not of all of it.
NOT_ENGLAND = "all organisations in the data"
# A geography of fewer commissioners is no list of England's.
FEWEST_OF_ENGLAND = 2


@dataclass
class Input:
    """One family's checked input.

    `tables` are the names of checked tables in `place`; `findings` the records that some lines
    leave out; `is_published` says that the figures come from published files, not from records.
    `declared`: what is said of the months that the tables cover. `given`: the columns that each
    table had; `stored`: how each lies as it was read. `period_sets` numbers the periods that were
    asked for, `planned` keeps their unit tables, `unusual` the months that were found to be so,
    `present` the organisations of each level, `held` the periods that files hold of each line,
    `counted` the sums of lines.
    """

    family: Family
    place: Place
    tables: list[str]
    geography: Geography | None
    findings: list[Finding]
    description: str
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    plans: pd.DataFrame | None = None
    contents: list[PublishedFile] = field(default_factory=list)
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    is_published: bool = False
    notes: list[str] = field(default_factory=list)
    tolerance: float = DEFAULT_TOLERANCE
    declared: Declared = field(default_factory=Declared)
    unusual: dict[tuple[str, str, str], list[Unusual]] = field(default_factory=dict)
    _columns: dict[str, frozenset[str]] = field(default_factory=dict)
    _monthly: dict[tuple[str, str, str], MonthlyRows] = field(default_factory=dict)
    given: dict[str, frozenset[str]] = field(default_factory=dict)
    stored: Mapping[str, Stored] = field(default_factory=dict)
    period_sets: dict[tuple[Limit | Period, ...], int] = field(default_factory=dict)
    planned: dict[tuple[str | Limit | Period, ...], Frame] = field(default_factory=dict)
    present: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=dict)
    counted: dict[tuple[str | Period, ...], tuple[Indicator, pd.DataFrame]] = field(
        default_factory=dict
    )

    @property
    def answers(self) -> list[Answers]:
        """What the publishers of the files printed, to compare with."""
        return [answers for item in self.contents for answers in item.printed_answers()]

    @property
    def left_out(self) -> list[LeftOut]:
        """The rows that the readers of the files could not use."""
        return [row for item in self.contents for row in item.left_out]

    def files_that(self, does: str, do: str) -> str:
        """The published files and a verb: one by its own name, which may stand on a page.

        The name of a folder is its owner's, and of no use to readers.
        """
        names = {Path(item.place).name for item in self.contents}
        return f"{names.pop()} {does}" if len(names) == 1 else f"the published files {do}"

    @property
    def said_of_files(self) -> list[str]:
        """What is to be said of published files: notes, and the rows that were left out."""
        return [*self.notes, *(str(item) for item in self.findings if item.fault == ROW_LEFT_OUT)]

    def frames(self, engine: str) -> Tables:
        """The tables as narwhals lazy frames of an engine; where they lie, of what runs there."""
        return {name: self.place.frame(name, engine) for name in self.tables}

    def coverage(self, table: str, column: str) -> Coverage:
        """The months that a table covers by one of its dates: as declared, else inferred."""
        found = self.declared.of(table, column)
        if found is None:
            rows = self.monthly(table, column)
            years = [year for item in self.contents for year in item.years.get(table, ())]
            found = inferred(table, column, rows.rows, rows.months, years=years)
        return found

    def monthly(self, table: str, column: str, level: str | None = None) -> MonthlyRows:
        """The sound rows of a table by month, looked at once; `level`: whose, else the records'."""
        holder = self.family.tables[table].organisations_of or table
        placed = self.family.tables[holder].organisations.get(level or self.record_level, "")
        code = placed if holder in self.tables and placed in self.columns(holder) else ""
        if (table, column, code) not in self._monthly:
            self._monthly[table, column, code] = monthly_rows(
                self.place, self.family, table=table, column=column, organisation=code
            )
        return self._monthly[table, column, code]

    def coverages(self) -> list[Coverage]:
        """What each record table covers, by each date that places units of a line it can answer."""
        lines = [line for line in self.family.indicators.values() if self.holds(line)]
        dates = dict.fromkeys(each for line in lines for each in self.family.dates_of(line))
        return [self.coverage(*each) for each in dates if each[0] in self.tables]

    def covers(self, line: Indicator, period: Period) -> bool:
        """Whether the input covers what a line looks at for a period."""
        return not self.not_covered_because(line, period)

    def not_covered_because(self, line: Indicator, period: Period) -> str:
        """Why the input does not cover a line's period, in words; empty where it does.

        Published files cover the months that they hold; record tables those that are declared or
        inferred, and a table of returns the labels that it holds.
        """
        if self.is_published:
            held = self._months_held(line)
            if parts_held(held, line, period) is not None:
                return ""
            return f"{self.files_that('holds', 'hold')} {_listed(held)}"
        months = self.months_of_events(line)
        if months is not None and period not in months:
            return f"the records hold {_listed(map(str, months))}"
        return (
            self._dates_missing(line, period)
            or self._leavers_missing(line, period)
            or self._declared_otherwise(line, period)
            or self._labels_missing(line, period)
        )

    def _dates_missing(self, line: Indicator, period: Period) -> str:
        """What of the tables that a line counts by date does not cover what it looks at."""
        months = months_looked_at(line, period)
        for table, column in (*self.family.placed_by(line), *self.family.read_by(line)):
            if table not in self.tables:
                continue
            known = self.coverage(table, column)
            text = f"{self.family.code}/{table} covers {known.words} by {column}"
            if not known.covers(months):
                return text
            begins = known.earliest and whole_from(line, known.earliest)
            if known.earliest and begins and period.end < begins:
                # By its month, since pages say it too: the day is that of somebody's record.
                return (
                    f"{text}, and begins with {month_of(known.earliest)}: who waited before is "
                    f"not in it ({IF_ALL_ARE})"
                )
        return ""

    def _leavers_missing(self, line: Indicator, period: Period) -> str:
        """A table that does not hold all who left after a snapshot's last day."""
        for table, column in self.family.left_by(line):
            known = self.coverage(table, column) if table in self.tables else None
            if known and not known.tells_who_left(month_of(period.end)):
                return (
                    f"{self.family.code}/{table} covers {known.words} by {column}: who left at "
                    f"another time may not be in it ({IF_ALL_ARE})"
                )
        return ""

    def _declared_otherwise(self, line: Indicator, period: Period) -> str:
        """A table of figures or returns that is declared not to cover the period."""
        for table in self.family.tables_of(line):
            label = self.family.tables[table].labelled_by
            if label and table in self.tables:
                known = self.declared.of(table, label)
                if known and not known.covers(line.months_of(period)):
                    return f"{self.family.code}/{table} covers {known.words}: {known.why}"
        return ""

    def _labels_missing(self, line: Indicator, period: Period) -> str:
        """A table of returns that the line counts, and that has no row of the period at all."""
        table = self.family.units[line.numerator.units].of
        label = self.family.tables[table].labelled_by
        if not label or table not in self.tables or self.declared.of(table, label):
            return ""
        found = has_row_of(self.place, self.family.tables[table], line, period)
        return "" if found else f"{self.family.code}/{table} has no row of it"

    def months_of_events(self, line: Indicator) -> list[Period] | None:
        """The months in which the records hold what the line is about (a survey); None: any."""
        if not line.only_months_of:
            return None
        table, column = line.only_months_of.split(".")
        if table not in self.tables:
            return []
        return months_of_rows(self.place, self.family.tables[table], column)

    def _months_held(self, line: Indicator) -> set[str]:
        """The periods that published files hold of a line, looked for once."""
        code = line.counted_as or line.code if self.tables else line.own_code
        if code not in self.held:
            self.held[code] = self._dated(code) if self.tables else self._printed(code)
        return self.held[code]

    def _printed(self, code: str) -> set[str]:
        counts = self.counts if self.counts is not None else pd.DataFrame({"indicator": []})
        return set(counts.loc[counts["indicator"] == code, "period"].unique())

    def _dated(self, code: str) -> set[str]:
        held: set[str] = set()
        for name in self.tables:
            mine = self.place.frame(name).filter(nw.col("counts_for") == code.upper())
            days = self.place.rows(mine.select("counts_in").unique()).to_pylist()
            held.update(str(month_of(row["counts_in"])) for row in days)
        return held

    def latest_month(self) -> Period | None:
        """The last month that published files hold for any line; None for records."""
        if not self.is_published:
            return None
        held = {
            text for line in self.family.indicators.values() for text in self._months_held(line)
        }
        return max((parse_period(text) for text in held), default=None)

    def holds(self, line: Indicator) -> bool:
        """Whether the tables and columns, or the printed counts, that a line needs are there."""
        if self.counts is not None and not self.tables:
            return bool(self._months_held(line))
        return not self.lacks(line)

    def lacks(self, line: Indicator) -> list[str]:
        """What a line needs and the records do not have, in words: tables, and columns of them."""
        missing = [f"table {name}" for name in self.family.tables_missing(line, self.tables)]
        for name, columns in line.needs_columns.items():
            lacking = [column for column in columns if column not in self.given.get(name, columns)]
            if lacking:
                missing.append(f"column {', '.join(lacking)} in {name}")
        return missing

    @property
    def own_level(self) -> str:
        """The family's own level where it can be reached, else the level of the records.

        A level above the commissioners needs a geography that places them in it.
        """
        if not self.tables and self.counts is not None:
            held = levels_printed(self.counts)
            return self.family.level if self.family.level in held else held[0]
        above = self.family.level not in ("ccg", "provider")
        if above and self.geography is not None and self.geography.known(self.family.level):
            return self.family.level
        return self.record_level

    @property
    def record_level(self) -> str:
        """The level of the records: provider where they know only providers."""
        if not self.tables or self.family.record_level != "ccg":
            return self.family.record_level
        placed = self.levels_given
        return "provider" if "ccg" not in placed and "provider" in placed else "ccg"

    def base_level(self, level: str | None) -> str:
        """The level that records are placed at before they are added up to `level`."""
        return level if level in ("ccg", "provider") else self.record_level

    @property
    def levels_given(self) -> set[str]:
        """The levels whose organisation column some record table carries."""
        return {
            level
            for name in self.tables
            for level, column in self.family.tables[name].organisations.items()
            if column in self.columns(name)
        }

    def is_national(self, period: Period) -> bool:
        """Whether the data hold all of England in a period: a national file, data declared to be
        national, or records of every commissioner that the geography has on the last day. A list
        of one's own commissioner is none of England's; data declared not to be national are not."""
        if self.is_published or self.declared.national is not None:
            return self.is_published or bool(self.declared.national)
        expected = self.geography.open_on("ccg", period.end) if self.geography else set()
        if len(expected) < FEWEST_OF_ENGLAND:
            return False
        lacking = expected - self.commissioners
        return not lacking or self.neighbours.have(lacking)

    @cached_property
    def commissioners(self) -> set[str]:
        """Every commissioner in the family's own tables."""
        return {
            row[column.name]
            for name in self.tables
            for column in self.family.tables[name].columns.values()
            if column.kind == "commissioner" and column.name in self.columns(name)
            for row in self.place.rows(distinct(self.place.frame(name), column.name)).to_pylist()
        }

    @cached_property
    def neighbours(self) -> Neighbours:
        """The commissioners of the folders' other families."""
        return Neighbours(self.folders, self.family)

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a checked table, asked for once."""
        if table not in self._columns:
            self._columns[table] = frozenset(self.place.frame(table).collect_schema().names())
        return self._columns[table]

    def name_of(self, level: str, code: str, period: str) -> str:
        """An organisation's name, else ''; the total is England only where the data hold all."""
        if level == "england" and not self.is_national(parse_period(period)):
            return NOT_ENGLAND
        known = self.geography.names(level) if self.geography else Geography().names(level)
        return known.get(code) or self.names.get(level, {}).get(code) or ""


def _listed(periods: Iterable[str]) -> str:
    return listed(map(parse_period, periods)) or "nothing of it"
