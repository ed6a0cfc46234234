"""How a column's values are read, as SQL for the embedded DuckDB.

For each kind: an expression that gives the typed value, and one that is true where a value is
present but cannot be read as that kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from nhsind.definitions.record_tables import (
    BILLIONTHS,
    BLANKS,
    LARGEST_COUNT,
    LARGEST_DECIMAL,
    Column,
)

SIGNED_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
INTEGER_TYPES = (*SIGNED_TYPES, *(f"U{name}" for name in SIGNED_TYPES))
TRUE_WORDS = ("true", "yes", "1")
FALSE_WORDS = ("false", "no", "0")
DAY_NAMES = "mon(day)?|tue(s|sday)?|wed(nesday)?|thu(rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?"


def quote(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class ColumnReading:
    """How to read one column: SQL for the value, and for 'present but unreadable'."""

    value: str
    unreadable: str
    native: bool


def reading(column: Column, stored_type: str, source: str | None = None) -> ColumnReading:
    """How a column stored as DuckDB type `stored_type` is read as its kind."""
    name = quote(source or column.name)
    stored = stored_type.upper()
    if stored == "VARCHAR" or stored.startswith("ENUM"):
        return _from_text(column, name if stored == "VARCHAR" else f"{name}::VARCHAR")
    never = ColumnReading(f"NULL::{sql_type(column)}", f"{name} IS NOT NULL", True)
    if column.kind == "month" and stored == "DATE":
        return ColumnReading(f"last_day({name})", "false", True)
    if column.kind == "month" and stored.startswith("TIMESTAMP"):
        within = f"{name} <> date_trunc('day', {name})"
        return ColumnReading(f"last_day({name}::DATE)", within, True)
    if column.kind == "timestamp" and stored.startswith(("TIMESTAMP", "DATE")):
        whole = stored != "TIMESTAMP WITH TIME ZONE"
        return ColumnReading(f"{name}::TIMESTAMP", "false", True) if whole else never
    if column.kind == "date":
        if stored == "DATE":
            return ColumnReading(name, "false", True)
        if stored.startswith("TIMESTAMP"):
            return ColumnReading(f"{name}::DATE", f"{name} <> date_trunc('day', {name})", True)
        return never
    if column.kind == "boolean" and stored == "BOOLEAN":
        return ColumnReading(name, "false", True)
    is_number = stored in (*INTEGER_TYPES, "DOUBLE", "FLOAT") or stored.startswith("DECIMAL")
    if column.kind == "decimal" and is_number:
        wrong = f"NOT isfinite({name}::DOUBLE) OR NOT ({name} >= 0 AND {name} <= {LARGEST_DECIMAL})"
        return ColumnReading(_billionths(f"{name}::VARCHAR"), wrong, True)
    if column.kind == "integer" and is_number:
        # Parquet statistics leave NaN out, so a comparison alone would not find it.
        within = f"{name} >= 0 AND {name} <= {LARGEST_COUNT} AND {name} = floor({name})"
        wrong = f"NOT isfinite({name}::DOUBLE) OR NOT ({within})"
        return ColumnReading(f"try_cast({name} AS BIGINT)", wrong, True)
    if stored in INTEGER_TYPES:
        return _from_text(column, f"{name}::VARCHAR")
    return never


def carried_text(name: str, stored_type: str) -> str:
    """The SQL for the values of a column that no rule reads, as text; blank is missing."""
    source, stored = quote(name), stored_type.upper()
    text = f"{source}::VARCHAR"
    if stored in ("DOUBLE", "FLOAT"):  # whole numbers among blanks
        is_whole = f"{source} = floor({source}) AND abs({source}) < {LARGEST_COUNT}"
        text = f"CASE WHEN {is_whole} THEN {source}::BIGINT::VARCHAR ELSE {text} END"
    return f"nullif(trim({text}, {literal(BLANKS)}), '')"


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


def _from_text(column: Column, name: str) -> ColumnReading:
    clean = f"nullif(trim({name}, {literal(BLANKS)}), '')"
    lower = f"lower({clean})"
    match column.kind:
        case "identifier":
            return ColumnReading(clean, "false", True)
        case "code" | "commissioner":
            upper = f"upper({clean})"
            if not column.width:
                return ColumnReading(upper, "false", True)
            digits = f"ltrim({clean}, '0')"
            padded = f"lpad({digits}, greatest({column.width}, length({digits}))::INTEGER, '0')"
            is_number = f"regexp_full_match({clean}, '\\d+')"
            return ColumnReading(
                f"CASE WHEN {is_number} THEN {padded} ELSE {upper} END", "false", False
            )
        case "date":
            value = f"try_cast({clean} AS DATE)"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}-\\d{{2}}')"
            return ColumnReading(
                value, f"{clean} IS NOT NULL AND NOT ({shape} AND {value} IS NOT NULL)", False
            )
        case "timestamp":
            value = f"try_cast({clean} AS TIMESTAMP)"
            shape = (
                f"regexp_full_match({clean}, "
                "'\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?')"
            )
            return ColumnReading(value, _unread(clean, shape, value), False)
        case "month":
            value = f"last_day(try_cast({clean} || '-01' AS DATE))"
            shape = f"regexp_full_match({clean}, '\\d{{4}}-\\d{{2}}')"
            return ColumnReading(value, _unread(clean, shape, value), False)
        case "financial_year":
            value = _end_of_year(clean)
            return ColumnReading(value, _unread(clean, "true", value), False)
        case "period":
            month = f"last_day(try_cast({clean} || '-01' AS DATE))"
            value = f"coalesce({_end_of_quarter(clean)}, {month}, {_end_of_year(clean)})"
            return ColumnReading(value, _unread(clean, "true", value), False)
        case "integer":
            value = f"try_cast({clean} AS BIGINT)"
            shape = f"regexp_full_match({clean}, '\\d+') AND {value} <= {LARGEST_COUNT}"
            return ColumnReading(value, _unread(clean, shape, value), False)
        case "decimal":
            value = _billionths(clean)
            shape = (
                f"regexp_full_match({clean}, '\\d+(\\.\\d*)?([eE][-+]?\\d+)?|\\.\\d+') "
                f"AND {value} <= {LARGEST_DECIMAL * BILLIONTHS}"
            )
            return ColumnReading(value, _unread(clean, shape, value), False)
        case "days":
            value = f"array_to_string(list_transform({_words(lower)}, lambda d: d[:3]), ' ')"
            day, between = f"({DAY_NAMES})", "[ ,;/+&]+"
            shape = f"regexp_full_match({lower}, '{day}({between}{day})*')"
            return ColumnReading(value, _unread(clean, shape, value), False)
        case "choice":
            spelled = column.spellings
            listed = ", ".join(literal(text) for text in spelled)
            cases = " ".join(
                f"WHEN {literal(text)} THEN {literal(value)}"
                for text, value in spelled.items()
                if text != value
            )
            value = f"CASE {lower} {cases} ELSE {lower} END" if cases else lower
            return ColumnReading(value, f"{clean} IS NOT NULL AND {lower} NOT IN ({listed})", False)
        case "boolean":
            # pandas makes 1 and 0 among blanks 1.0 and 0.0.
            yes = ", ".join(literal(word) for word in (*TRUE_WORDS, "1.0"))
            no = ", ".join(literal(word) for word in (*FALSE_WORDS, "0.0"))
            value = f"CASE WHEN {lower} IN ({yes}) THEN true WHEN {lower} IN ({no}) THEN false END"
            return ColumnReading(value, f"{clean} IS NOT NULL AND {value} IS NULL", False)
    raise ValueError(f"{column.name}: unknown kind {column.kind}")
