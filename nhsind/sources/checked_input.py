"""A family's checked input: its tables in the embedded DuckDB, and what they hold.

The rules run on the tables by DuckDB, pandas or Polars, as asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd

from nhsind.definitions.column_sql import quote
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.limits import Limit
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.errors import unknown
from nhsind.geography import Geography
from nhsind.periods import Period, month_of, parse_period
from nhsind.sources.counts import levels_printed, parts_held
from nhsind.sources.findings import Finding
from nhsind.sources.published import Answers, PublishedFile

# The kinds of column that place a record in time.
DATED = ("date", "timestamp", "month", "period", "financial_year")
ENGINES = ("duckdb", "pandas", "polars")


@dataclass
class Input:
    """One family's checked input.

    `tables` are the names of checked views in `con`; `findings` the records that some lines
    leave out; `is_published` says that the figures come from published files, not from records.
    `period_sets` numbers the periods that were asked for, `planned` keeps their unit tables.
    """

    family: Family
    con: duckdb.DuckDBPyConnection
    tables: list[str]
    geography: Geography | None
    findings: list[Finding]
    description: str
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    plans: pd.DataFrame | None = None
    contents: list[PublishedFile] = field(default_factory=list)
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    is_published: bool = False
    notes: list[str] = field(default_factory=list)
    period_sets: dict[tuple[Limit | Period, ...], int] = field(default_factory=dict)
    planned: dict[tuple[str | Limit | Period, ...], Frame] = field(default_factory=dict)

    @property
    def answers(self) -> list[Answers]:
        """What the publishers of the files printed, to compare with."""
        return [answers for item in self.contents for answers in item.printed_answers()]

    def frames(self, engine: str) -> Tables:
        """The tables as narwhals lazy frames of an engine."""
        return {name: as_engine(self.con, name, engine) for name in self.tables}

    def covers(self, line: Indicator, period: Period) -> bool:
        """Whether the input can answer a line for a period: records always, unless the line is of
        the months of an event; published files where they hold every month that it needs."""
        if not self.is_published:
            months = self.months_of_events(line)
            return months is None or period in months
        return parts_held(self._months_held(line), line, period) is not None

    def months_of_events(self, line: Indicator) -> list[Period] | None:
        """The months in which the records hold what the line is about (a survey); None: any."""
        if not line.only_months_of:
            return None
        table, column = line.only_months_of.split(".")
        if table not in self.tables:
            return []
        rows = self.con.execute(
            f"SELECT DISTINCT {quote(column)} FROM {quote(table)} WHERE {quote(column)} IS NOT NULL"
        ).fetchall()
        return sorted({month_of(day) for (day,) in rows})

    def _months_held(self, line: Indicator) -> set[str]:
        if not self.tables:
            counts = self.counts if self.counts is not None else pd.DataFrame({"indicator": []})
            return set(counts.loc[counts["indicator"] == line.code, "period"].unique())
        code = line.counted_as or line.code
        held: set[str] = set()
        for name in self.tables:
            rows = self.con.execute(
                f"SELECT DISTINCT counts_in FROM {quote(name)} WHERE counts_for = ?", [code.upper()]
            ).fetchall()
            held.update(str(month_of(day)) for (day,) in rows)
        return held

    def latest_month(self) -> Period | None:
        """The last month that published files hold for any line; None for records."""
        if not self.is_published:
            return None
        held = {
            text for line in self.family.indicators.values() for text in self._months_held(line)
        }
        return max((parse_period(text) for text in held), default=None)

    def reaches(self, period: Period) -> bool:
        """Whether anything is dated in a period: else its figures would be of too old data."""
        lines = self.family.indicators.values()
        if self.is_published:
            return any(self.covers(line, period) for line in lines)
        for name in self.tables:
            there = self.columns(name)
            dated = [
                quote(column.name)
                for column in self.family.tables[name].columns.values()
                if column.kind in DATED and column.name in there
            ]
            within = " OR ".join(f"{column}::DATE BETWEEN $first AND $last" for column in dated)
            if (
                dated
                and self.con.execute(
                    f"SELECT 1 FROM {quote(name)} WHERE {within} LIMIT 1",
                    {"first": period.start, "last": period.end},
                ).fetchone()
            ):
                return True
        return False

    def holds(self, line: Indicator) -> bool:
        """Whether the record tables, or the printed counts, that a line needs are there."""
        if self.counts is not None and not self.tables:
            return True
        return not self.family.tables_missing(line, self.tables)

    @property
    def own_level(self) -> str:
        """The family's own level, or provider where the records know only providers."""
        if not self.tables and self.counts is not None:
            held = levels_printed(self.counts)
            return self.family.level if self.family.level in held else held[0]
        if not self.tables or self.family.level != "ccg":
            return self.family.level
        placed = self._levels_given()
        return "provider" if "ccg" not in placed and "provider" in placed else "ccg"

    def base_level(self, level: str | None) -> str:
        """The level that records are placed at before they are added up to `level`."""
        return level if level in ("ccg", "provider") else self.own_level

    def _levels_given(self) -> set[str]:
        """The levels whose organisation column some record table carries."""
        return {
            level
            for name in self.tables
            for level, column in self.family.tables[name].organisations.items()
            if column in self.columns(name)
        }

    def columns(self, table: str) -> set[str]:
        """The columns of a checked table."""
        return {row[0] for row in self.con.execute(f"DESCRIBE {quote(table)}").fetchall()}

    def name_of(self, level: str, code: str) -> str:
        """An organisation's name, from the geography, else from the published file, else ''."""
        known = self.geography.names(level) if self.geography else Geography().names(level)
        return known.get(code) or self.names.get(level, {}).get(code) or ""


def as_engine(con: duckdb.DuckDBPyConnection, name: str, engine: str) -> Frame:
    """A view of the connection as a narwhals lazy frame of `duckdb`, `pandas` or `polars`.

    pandas gets Arrow-backed columns: with its own types a comparison with a missing value is
    False, everywhere else it is missing.
    """
    relation = con.table(name)
    native: Any = relation
    if engine == "pandas":
        native = relation.to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
    elif engine == "polars":
        import polars as pl

        native = pl.from_arrow(relation.to_arrow_table())
    elif engine != "duckdb":
        raise unknown("engine", engine, ENGINES)
    frame: Frame = nw.from_native(native).lazy()
    return frame
