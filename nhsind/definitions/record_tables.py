"""Record tables and their columns: what each may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

# Blanks that stand around codes in real files: space, tab, line ends, non-breaking space,
# zero-width space, byte-order mark.
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
# More units than this in one row are an error of the file; and no sum of them overflows.
LARGEST_COUNT = 10**12
# Numbers with parts are kept as whole billionths: exact in every engine, in sums and products.
BILLIONTHS = 10**9
LARGEST_DECIMAL = 10**9
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Column:
    """One input column.

    `kind`: identifier, code, commissioner, date, timestamp, month, period and financial_year
    (each its last day), choice, boolean, integer, decimal (in whole billionths), days (the ticked
    days of a week, as `mon tue`). `width`: numeric codes are padded to it, so that 1 and 01 are
    one. `aliases`: other spellings of a choice. `known`: the codes of an open list; others are
    kept and counted. `listed_in`: the table whose identifier it is; a record whose value is not
    there belongs to nobody, and is counted. `one_per`: the columns that name what it describes (a
    department); rows of one that disagree are counted. `last_of`: the column that names an event
    of several days (a survey), all of which its last day places. `called`: what extracts call it.
    `known_names`: what the codes of an open list stand for, where that is known.
    """

    name: str
    kind: str
    about: str = ""
    optional: bool = False
    values: tuple[str, ...] = ()
    width: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    listed_in: str = ""
    one_per: tuple[str, ...] = ()
    last_of: str = ""
    called: tuple[str, ...] = ()
    known_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def spellings(self) -> dict[str, str]:
        """Every accepted lower-case spelling of a choice, with the value it stands for."""
        numbers = {
            value.lstrip("0").zfill(size): value
            for value in self.values
            if value.isdigit()
            for size in (1, 2)
        }
        return {value: value for value in self.values} | numbers | dict(self.aliases)

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        return {
            "identifier": "text",
            "code": "text",
            "commissioner": "a commissioner's code",
            "date": "a date as YYYY-MM-DD",
            "timestamp": "a time as YYYY-MM-DDTHH:MM:SS",
            "month": "a month as YYYY-MM",
            "period": "a quarter as 2017-18-Q1, a year as 2017-18 or a month as 2017-06",
            "financial_year": "a financial year as 2017-18",
            "decimal": f"a number from 0 to {LARGEST_DECIMAL:,}",
            "days": f"days such as {' '.join(DAYS[:3])}",
            "boolean": "true, false, yes, no, 1 or 0",
            "integer": f"a whole number from 0 to {LARGEST_COUNT:,}",
            "choice": ", ".join(self.values),
        }[self.kind]


@dataclass(frozen=True)
class RecordTable:
    """One record table of a family.

    `placed_by`: the date of an event that places a unit in a period, by the clause that asks for
    it (by "": by any), which tells what months the table covers. `left_by`: the date on which a
    unit leaves a snapshot, by the clause that asks for it. `read_by`: the date of rows that decide
    on units which another table's date places. `labelled_by`: the month, period or
    year that a table of figures or returns says each row is of. `each_has`: the groups, by their
    columns, of which an organisation's period should have figures each. `organisations_of`: the
    table whose identifier its rows name and whose organisations are theirs.
    """

    name: str
    family: str
    about: str
    identifier: str | None
    organisations: dict[str, str]
    columns: dict[str, Column]
    placed_by: Mapping[str, str] = field(default_factory=dict)
    left_by: Mapping[str, str] = field(default_factory=dict)
    read_by: str | None = None
    organisations_of: str | None = None
    labelled_by: str | None = None
    identified_with: tuple[str, ...] = ()
    one_row_per: tuple[str, ...] = ()
    each_has: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that together identify a row; empty where nothing does.

        `identified_with` names what stands beside the identifier: a person's stays are told
        apart by their first day. A table of figures has no identifier, but one row per
        commissioner and period (`one_row_per`).
        """
        return (self.identifier, *self.identified_with) if self.identifier else self.one_row_per

    def required(self, given: set[str]) -> list[str]:
        """The columns that must be there.

        Rows with `count` need no identifier, and rows of published files (`counts_for`) are of
        one kind of organisation only.
        """
        places = set(self.organisations.values())
        is_placed = "counts_for" in given and bool(places & given)
        return [
            column.name
            for column in self.columns.values()
            if not column.optional
            and not (column.name == self.identifier and "count" in given)
            and not (column.name in places and is_placed)
        ]


# Any table may carry these: so aggregates and records go the same way.
OF_ANY_TABLE = (
    Column("count", "integer", "How many identical units the row stands for (default 1)", True),
    Column("counts_for", "code", "The only line that the row may count in; empty: any", True),
    Column("counts_in", "month", "The only month that the row may count in; empty: any", True),
)


def carried(name: str) -> str:
    """The column in which a user's own column of that name is carried along, as text."""
    return f"nhsind carried {name}"


def canonical(column: Column, text: str) -> str:
    """A text of a code or choice as it is compared: without blanks, in its one case and width."""
    clean = text.strip(BLANKS)
    if column.kind == "choice":
        return column.spellings.get(clean.lower(), clean.lower())
    clean = clean.upper()
    if column.width and clean.isascii() and clean.isdigit():
        clean = clean.lstrip("0").zfill(column.width)
    return clean


def describe_tables(tables: dict[str, RecordTable]) -> pd.DataFrame:
    """One row per column of each table: family, table, column, needed, holds, about."""
    return pd.DataFrame(
        [
            {
                "family": table.family,
                "table": table.name,
                "column": column.name,
                "needed": "optional" if column.optional else "required",
                "holds": column.allowed,
                "about": column.about,
            }
            for table in tables.values()
            for column in table.columns.values()
        ]
    )
