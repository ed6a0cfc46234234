"""Tables, columns and kinds of value: what each may hold and how its text is read.

Reading is SQL for the embedded DuckDB: for each kind, an expression that gives the typed value
and one that is true where a value is present but cannot be read as that kind.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
# Numbers with parts are kept as whole billionths: exact in every engine, in sums and products.
BILLIONTHS = 10**9
LARGEST_DECIMAL = 10**9
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = "mon(day)?|tue(s|sday)?|wed(nesday)?|thu(rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?"
INTEGER_TYPES = (*SIGNED_TYPES, *(f"U{name}" for name in SIGNED_TYPES))


@dataclass(frozen=True)
class Column:
    """One input column.

    `kind`: identifier, code, commissioner, date, timestamp, month, period and financial_year
    (each its last day), choice, boolean, integer, decimal (in whole billionths), days (the ticked
    days of a week, as `mon tue`). `width`: numeric codes are padded to it, so that 1 and 01 are
    one. `aliases`: other spellings of a choice. `known`: the codes of an open list; others are
    kept and counted. `listed_in`: the table whose identifier it is; a record whose value is not
    there belongs to nobody, and is counted.
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
class Table:
    """One record table of a family."""

    name: str
    family: str
    about: str
    identifier: str | None
    organisations: dict[str, str]
    columns: dict[str, Column]
    covers_from: str | None = None
    identified_with: tuple[str, ...] = ()
    one_row_per: tuple[str, ...] = ()

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


def load_tables(family: str, text: dict[str, Any]) -> dict[str, Table]:
    """The tables of a family from its parsed `tables.toml`; each may also carry `count`."""
    return {
        name: Table(
            name=name,
            family=family,
            about=row["about"],
            identifier=row.get("identifier"),
            organisations=row.get("organisations", {}),
            columns={column: _column(column, spec) for column, spec in row["columns"].items()}
            | {column.name: column for column in OF_ANY_TABLE},
            covers_from=row.get("covers_from"),
            identified_with=tuple(row.get("identified_with", ())),
            one_row_per=tuple(row.get("one_row_per", ())),
        )
        for name, row in text.items()
    }


def _column(name: str, spec: dict[str, Any]) -> Column:
    """`known` is a list, or names a module of `nhsind.reference` whose CODES it is."""
    known = spec.get("known", ())
    if isinstance(known, str):
        known = importlib.import_module(f"nhsind.reference.{known}").CODES
    return Column(name, **{**spec, "values": tuple(spec.get("values", ())), "known": tuple(known)})


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
    never = Reading(f"NULL::{sql_type(column)}", f"{name} IS NOT NULL", True)
    if column.kind == "month" and stored == "DATE":
        return Reading(f"last_day({name})", "false", True)
    if column.kind == "timestamp" and stored.startswith(("TIMESTAMP", "DATE")):
        whole = stored != "TIMESTAMP WITH TIME ZONE"
        return Reading(f"{name}::TIMESTAMP", "false", True) if whole else never
    if column.kind == "date":
        if stored == "DATE":
            return Reading(name, "false", True)
        if stored.startswith("TIMESTAMP"):
            return Reading(f"{name}::DATE", f"{name} <> date_trunc('day', {name})", True)
        return never
    if column.kind == "boolean" and stored == "BOOLEAN":
        return Reading(name, "false", True)
    is_number = stored in (*INTEGER_TYPES, "DOUBLE", "FLOAT") or stored.startswith("DECIMAL")
    if column.kind == "decimal" and is_number:
        wrong = f"NOT isfinite({name}::DOUBLE) OR NOT ({name} >= 0 AND {name} <= {LARGEST_DECIMAL})"
        return Reading(_billionths(f"{name}::VARCHAR"), wrong, True)
    if column.kind == "integer" and is_number:
        # Parquet statistics leave NaN out, so a comparison alone would not find it.
        within = f"{name} >= 0 AND {name} <= {LARGEST_COUNT} AND {name} = floor({name})"
        wrong = f"NOT isfinite({name}::DOUBLE) OR NOT ({within})"
        return Reading(f"try_cast({name} AS BIGINT)", wrong, True)
    if stored in INTEGER_TYPES:
        return _from_text(column, f"{name}::VARCHAR")
    return never


def _words(text: str) -> str:
    return f"list_filter(regexp_split_to_array({text}, '[ ,;/+&]+'), lambda d: d <> '')"


def _year_starting(clean: str) -> str:
    """The first year of a text such as 2017-18 or 2017/18, if the second follows it."""
    first = f"try_cast({clean}[1:4] AS INTEGER)"
    second = f"try_cast(regexp_extract({clean}, '^\\d{{4}}[-/](\\d{{2,4}})', 1) AS INTEGER)"
    follows = f"{second} IN (({first} + 1) % 100, {first} + 1)"
    return f"CASE WHEN {follows} THEN {first} END"


def _end_of_year(clean: str) -> str:
    shape = f"regexp_full_match({clean}, '\\d{{4}}[-/](\\d{{2}}|\\d{{4}})')"
    return f"CASE WHEN {shape} THEN make_date({_year_starting(clean)} + 1, 3, 31) END"


def _end_of_quarter(clean: str) -> str:
    shape = f"regexp_full_match({clean}, '\\d{{4}}[-/](\\d{{2}}|\\d{{4}})[-/ ]?[Qq][1-4]')"
    quarter = f"try_cast({clean}[-1:] AS INTEGER)"
    first = f"make_date({_year_starting(clean)}, 4, 1)"
    end = f"last_day({first} + to_months(3 * {quarter} - 1))"
    return f"CASE WHEN {shape} THEN {end} END"


def sql_type(column: Column) -> str:
    """The DuckDB type of a column once it has been read."""
    return {
        "date": "DATE",
        "month": "DATE",
        "period": "DATE",
        "financial_year": "DATE",
        "timestamp": "TIMESTAMP",
        "boolean": "BOOLEAN",
        "integer": "BIGINT",
        "decimal": "BIGINT",
    }.get(column.kind, "VARCHAR")


def _billionths(text: str) -> str:
    """The SQL for a number's text as whole billionths; further places are rounded."""
    exact = f"try_cast({text} AS DECIMAL(38, 18))"
    # 1e-7 is no decimal literal.
    number = f"coalesce({exact}, try_cast(try_cast({text} AS DOUBLE) AS DECIMAL(38, 18)))"
    return f"try_cast(round({number} * {BILLIONTHS}, 0) AS BIGINT)"


def _unread(clean: str, shape: str, value: str) -> str:
    return f"{clean} IS NOT NULL AND NOT coalesce({shape} AND {value} IS NOT NULL, false)"


def canonical(column: Column, text: str) -> str:
    """A text of a code or choice as it is compared: without blanks, in its one case and width."""
    clean = text.strip(BLANKS)
    if column.kind == "choice":
        return column.spellings.get(clean.lower(), clean.lower())
    clean = clean.upper()
    if column.width and clean.isascii() and clean.isdigit():
        clean = clean.lstrip("0").zfill(column.width)
    return clean


def _from_text(column: Column, name: str) -> Reading:
    clean = f"nullif(trim({name}, {literal(BLANKS)}), '')"
    lower = f"lower({clean})"
    match column.kind:
        case "identifier":
            return Reading(clean, "false", True)
        case "code" | "commissioner":
            upper = f"upper({clean})"
            if not column.width:
                return Reading(upper, "false", True)
            digits = f"ltrim({clean}, '0')"
            padded = f"lpad({digits}, greatest({column.width}, length({digits}))::INTEGER, '0')"
            is_number = f"regexp_full_match({clean}, '\\d+')"
            return Reading(f"CASE WHEN {is_number} THEN {padded} ELSE {upper} END", "false", False)
        case "date":
            value = f"try_cast({clean} AS DATE)"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}-\\d{{2}}')"
            return Reading(
                value, f"{clean} IS NOT NULL AND NOT ({shape} AND {value} IS NOT NULL)", False
            )
        case "timestamp":
            value = f"try_cast({clean} AS TIMESTAMP)"
            shape = (
                f"regexp_full_match({clean}, "
                "'\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?')"
            )
            return Reading(value, _unread(clean, shape, value), False)
        case "month":
            value = f"last_day(try_cast({clean} || '-01' AS DATE))"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}')"
            return Reading(value, _unread(clean, shape, value), False)
        case "financial_year":
            value = _end_of_year(clean)
            return Reading(value, _unread(clean, "true", value), False)
        case "period":
            month = f"last_day(try_cast({clean} || '-01' AS DATE))"
            value = f"coalesce({_end_of_quarter(clean)}, {month}, {_end_of_year(clean)})"
            return Reading(value, _unread(clean, "true", value), False)
        case "integer":
            value = f"try_cast({clean} AS BIGINT)"
            shape = f"regexp_full_match({clean}, '\\d+') AND {value} <= {LARGEST_COUNT}"
            return Reading(value, _unread(clean, shape, value), False)
        case "decimal":
            value = _billionths(clean)
            shape = (
                f"regexp_full_match({clean}, '\\d+(\\.\\d*)?([eE][-+]?\\d+)?|\\.\\d+') "
                f"AND {value} <= {LARGEST_DECIMAL * BILLIONTHS}"
            )
            return Reading(value, _unread(clean, shape, value), False)
        case "days":
            value = f"array_to_string(list_transform({_words(lower)}, lambda d: d[:3]), ' ')"
            day, between = f"({DAY_NAMES})", "[ ,;/+&]+"
            shape = f"regexp_full_match({lower}, '{day}({between}{day})*')"
            return Reading(value, _unread(clean, shape, value), False)
        case "choice":
            spelled = column.spellings
            listed = ", ".join(literal(text) for text in spelled)
            cases = " ".join(
                f"WHEN {literal(text)} THEN {literal(value)}"
                for text, value in spelled.items()
                if text != value
            )
            value = f"CASE {lower} {cases} ELSE {lower} END" if cases else lower
            return Reading(value, f"{clean} IS NOT NULL AND {lower} NOT IN ({listed})", False)
        case "boolean":
            yes = ", ".join(literal(word) for word in TRUE_WORDS)
            no = ", ".join(literal(word) for word in FALSE_WORDS)
            value = f"CASE WHEN {lower} IN ({yes}) THEN true WHEN {lower} IN ({no}) THEN false END"
            return Reading(value, f"{clean} IS NOT NULL AND {value} IS NULL", False)
    raise ValueError(f"{column.name}: unknown kind {column.kind}")
