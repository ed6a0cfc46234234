"""Tables, columns and kinds of value: what each may hold and how its text is read.

Reading is SQL for the embedded DuckDB: for each kind, an expression that gives the typed value
and one that is true where a value is present but cannot be read as that kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

# Blanks that stand around codes in real files: space, tab, line ends, non-breaking space,
# zero-width space, byte-order mark.
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
TRUE_WORDS = ("true", "yes", "1")
FALSE_WORDS = ("false", "no", "0")
SIGNED_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
# More units than this in one row are an error of the file; and no sum of them overflows.
LARGEST_COUNT = 10**12
INTEGER_TYPES = (*SIGNED_TYPES, *(f"U{name}" for name in SIGNED_TYPES))


@dataclass(frozen=True)
class Column:
    """One input column. `kind`: identifier, code, commissioner, date, month (its last
    day), choice, boolean, integer."""

    name: str
    kind: str
    about: str = ""
    optional: bool = False
    values: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What a value may be, in words."""
        return {
            "identifier": "text",
            "code": "text",
            "commissioner": "a commissioner's code",
            "date": "a date as YYYY-MM-DD",
            "month": "a month as YYYY-MM",
            "boolean": "true, false, yes, no, 1 or 0",
            "integer": f"a whole number from 0 to {LARGEST_COUNT:,}",
            "choice": ", ".join(self.values),
        }[self.kind]


@dataclass(frozen=True)
class Table:
    """One record table of a family."""

    name: str
    family: str
    about: str
    identifier: str | None
    organisations: dict[str, str]
    columns: dict[str, Column]
    covers_from: str | None = None

    def required(self, given: set[str]) -> list[str]:
        """The columns that must be there. Rows with `count` need no identifier."""
        return [
            column.name
            for column in self.columns.values()
            if not column.optional and not (column.name == self.identifier and "count" in given)
        ]


# Any table may carry these: so aggregates and records go the same way.
OF_ANY_TABLE = (
    Column("count", "integer", "How many identical units the row stands for (default 1)", True),
    Column("counts_for", "code", "The only line that the row may count in; empty: any", True),
    Column("counts_in", "month", "The only month that the row may count in; empty: any", True),
)


def load_tables(family: str, text: dict[str, Any]) -> dict[str, Table]:
    """The tables of a family from its parsed `tables.toml`; each may also carry `count`."""
    return {
        name: Table(
            name=name,
            family=family,
            about=row["about"],
            identifier=row.get("identifier"),
            organisations=row.get("organisations", {}),
            columns={
                column: Column(column, **{**spec, "values": tuple(spec.get("values", ()))})
                for column, spec in row["columns"].items()
            }
            | {column.name: column for column in OF_ANY_TABLE},
            covers_from=row.get("covers_from"),
        )
        for name, row in text.items()
    }


def describe_tables(tables: dict[str, Table]) -> pd.DataFrame:
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


def quote(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Reading:
    """How to read one column: SQL for the value, and for 'present but unreadable'."""

    value: str
    unreadable: str
    native: bool


def reading(column: Column, stored_type: str, source: str | None = None) -> Reading:
    """How a column stored as DuckDB type `stored_type` is read as its kind."""
    name = quote(source or column.name)
    stored = stored_type.upper()
    if stored == "VARCHAR" or stored.startswith("ENUM"):
        return _from_text(column, name if stored == "VARCHAR" else f"{name}::VARCHAR")
    never = Reading(f"NULL::{_sql_type(column)}", f"{name} IS NOT NULL", True)
    if column.kind == "month" and stored == "DATE":
        return Reading(f"last_day({name})", "false", True)
    if column.kind == "date":
        if stored == "DATE":
            return Reading(name, "false", True)
        if stored.startswith("TIMESTAMP"):
            return Reading(f"{name}::DATE", f"{name} <> date_trunc('day', {name})", True)
        return never
    if column.kind == "boolean" and stored == "BOOLEAN":
        return Reading(name, "false", True)
    is_number = stored in (*INTEGER_TYPES, "DOUBLE", "FLOAT") or stored.startswith("DECIMAL")
    if column.kind == "integer" and is_number:
        # Parquet statistics leave NaN out, so a comparison alone would not find it.
        within = f"{name} >= 0 AND {name} <= {LARGEST_COUNT} AND {name} = floor({name})"
        wrong = f"NOT isfinite({name}::DOUBLE) OR NOT ({within})"
        return Reading(f"try_cast({name} AS BIGINT)", wrong, True)
    if stored in INTEGER_TYPES:
        return _from_text(column, f"{name}::VARCHAR")
    return never


def _sql_type(column: Column) -> str:
    return {"date": "DATE", "month": "DATE", "boolean": "BOOLEAN", "integer": "BIGINT"}.get(
        column.kind, "VARCHAR"
    )


def _from_text(column: Column, name: str) -> Reading:
    clean = f"nullif(trim({name}, {literal(BLANKS)}), '')"
    lower = f"lower({clean})"
    match column.kind:
        case "identifier":
            return Reading(clean, "false", True)
        case "code" | "commissioner":
            return Reading(f"upper({clean})", "false", True)
        case "date":
            value = f"try_cast({clean} AS DATE)"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}-\\d{{2}}')"
            return Reading(
                value, f"{clean} IS NOT NULL AND NOT ({shape} AND {value} IS NOT NULL)", False
            )
        case "month":
            value = f"last_day(try_cast({clean} || '-01' AS DATE))"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}')"
            return Reading(
                value, f"{clean} IS NOT NULL AND NOT ({shape} AND {value} IS NOT NULL)", False
            )
        case "integer":
            value = f"try_cast({clean} AS BIGINT)"
            shape = f"regexp_full_match({clean}, '\\d+') AND {value} <= {LARGEST_COUNT}"
            return Reading(
                value, f"{clean} IS NOT NULL AND NOT ({shape} AND {value} IS NOT NULL)", False
            )
        case "choice":
            allowed = ", ".join(literal(value) for value in column.values)
            return Reading(lower, f"{clean} IS NOT NULL AND {lower} NOT IN ({allowed})", False)
        case "boolean":
            yes = ", ".join(literal(word) for word in TRUE_WORDS)
            no = ", ".join(literal(word) for word in FALSE_WORDS)
            value = f"CASE WHEN {lower} IN ({yes}) THEN true WHEN {lower} IN ({no}) THEN false END"
            return Reading(value, f"{clean} IS NOT NULL AND {value} IS NULL", False)
    raise ValueError(f"{column.name}: unknown kind {column.kind}")
