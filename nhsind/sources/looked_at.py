"""One of someone's own files, as it is looked at to propose a mapping: headings, values, dates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from nhsind.definitions.column_sql import quote
from nhsind.sources.date_formats import EXCEL
from nhsind.sources.date_ways import DateWay, ways_of
from nhsind.sources.findings import SQL_ROW
from nhsind.sources.likely_columns import Values, sorted_out
from nhsind.sources.own_files import store_own
from nhsind.sources.stored import Stored

# So many distinct values are looked at of a column, the first ones.
MOST_LOOKED_AT = 20_000


@dataclass(frozen=True)
class OwnFile:
    """One of the user's files: its headings with their distinct values, and the ways in which most
    of these are dates, if they are.
    """

    path: Path
    values: dict[str, Values]
    likely_ways: dict[str, list[DateWay]]

    def ways(self, heading: str) -> list[DateWay]:
        """The ways in which almost all values of a column are dates."""
        return [way for way in self.likely_ways[heading] if way.tells]

    @property
    def dates(self) -> dict[str, bool | None]:
        """By heading whether its values are dates; None where they could be, or there are none."""
        return {heading: self._is_date(heading) for heading in self.values}

    def _is_date(self, heading: str) -> bool | None:
        ways = self.likely_ways[heading]
        if not self.values[heading].present:
            return None
        if any(set(way.formats) <= {EXCEL, "yyyymmdd"} for way in ways):
            return None
        return (True if self.ways(heading) else None) if ways else False


def look_at(path: Path) -> OwnFile:
    """Look at a file, or a sheet of a workbook. Raises InputError for one that cannot be read."""
    con = duckdb.connect()
    raw = store_own(con, "own", path)
    values = {heading: _values(con, raw, name) for name, heading in raw.header.items()}
    return OwnFile(path, values, {name: ways_of(con, each) for name, each in values.items()})


def _values(con: duckdb.DuckDBPyConnection, raw: Stored, name: str) -> Values:
    source = f"{quote(raw.header[name])}::VARCHAR"
    found = con.execute(
        f"""SELECT value, count(*) FROM (
              SELECT {source} AS value, {SQL_ROW} FROM {quote(raw.name)})
            WHERE value IS NOT NULL GROUP BY 1 ORDER BY min(nhsind_row) LIMIT {MOST_LOOKED_AT}"""
    ).fetchall()
    return sorted_out({str(value): int(rows) for value, rows in found})
