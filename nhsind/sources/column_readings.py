"""How a column that lies elsewhere is read: as expressions that every engine understands.

For each kind and stored type: the typed value, and whether one is present that cannot be read as
that kind. Text is parsed only where the source is text. What a label means (a month, a quarter, a
year, ticked days) is told of its few distinct values, which come back to be read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from nhsind.definitions.column_sql import DAY_NAMES, FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.record_tables import (
    BILLIONTHS,
    BLANKS,
    LARGEST_COUNT,
    LARGEST_DECIMAL,
    Column,
)
from nhsind.errors import UsageError
from nhsind.periods import month_of, parse_period

# How a decimal number is taken: so many places, of which so many are parts of one.
PLACES, PARTS = 28, 9
ENDS = f"^[{BLANKS}]+|[{BLANKS}]+$"
# A day that there is: of months with 31, 30 and 28 days, and a leap year's 29 February.
_YEAR = r"[0-9]{4}-"
_LEAP_YEAR = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-"
DAY = (
    rf"({_YEAR}(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|{_YEAR}(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    rf"|{_YEAR}02-(0[1-9]|1[0-9]|2[0-8])|{_LEAP_YEAR}02-29)"
)
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
NUMBER = r"([0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|\.[0-9]+)"
YEAR = re.compile(r"\d{4}[-/](\d{2}|\d{4})")
LABELS = {
    "month": re.compile(r"\d{4}-\d{2}"),
    "financial_year": YEAR,
    "period": re.compile(rf"\d{{4}}-\d{{2}}|{YEAR.pattern}([-/ ]?[Qq][1-4])?"),
}
_BETWEEN = re.compile("[ ,;/+&]+")
_DAYS = re.compile(rf"({DAY_NAMES})([ ,;/+&]+({DAY_NAMES}))*")
TYPES = {
    "date": nw.Date,
    "month": nw.Date,
    "period": nw.Date,
    "financial_year": nw.Date,
    "timestamp": nw.Datetime("us"),
    "boolean": nw.Boolean,
    "integer": nw.Int64,
    "decimal": nw.Int64,
}
NEVER = nw.lit(False)


@dataclass(frozen=True)
class TypedReading:
    """The typed value of a column, and whether one is there that cannot be read.

    `label`: how a distinct value is read here, where `value` is that value as it lies there.
    """

    value: nw.Expr
    unreadable: nw.Expr
    label: Callable[[Any], Any] | None = None


def type_of(column: Column) -> Any:
    """The narwhals type of a column once it has been read."""
    return TYPES.get(column.kind, nw.String)


def nothing(column: Column) -> nw.Expr:
    """A column that was not given."""
    return nw.lit(None, dtype=type_of(column))


def clean_text(value: nw.Expr) -> nw.Expr:
    """A text without blanks around it; nothing but blanks is missing."""
    clean = value.str.replace_all(ENDS, "")
    return nw.when(clean != "").then(clean)


def reading(column: Column, kind: nw.dtypes.DType, name: str) -> TypedReading:
    """How a column, stored as `kind` under `name`, is read."""
    value = nw.col(name)
    if isinstance(kind, nw.String | nw.Categorical | nw.Enum):
        return _of_text(column, value if isinstance(kind, nw.String) else value.cast(nw.String))
    if isinstance(kind, nw.Date | nw.Datetime):
        return _of_days(column, kind, value)
    if isinstance(kind, nw.Boolean) and column.kind == "boolean":
        return TypedReading(value, NEVER)
    if kind.is_numeric():
        return _of_numbers(column, kind, value)
    return _refused(column, value)


def _refused(column: Column, value: nw.Expr) -> TypedReading:
    return TypedReading(nothing(column), ~value.is_null())


def _of_days(column: Column, kind: nw.dtypes.DType, value: nw.Expr) -> TypedReading:
    day = value.cast(nw.Date)
    if isinstance(kind, nw.Date):
        within = NEVER
    else:
        within = (value != day.cast(nw.Datetime("us"))).fill_null(False)
    if column.kind == "timestamp":
        return TypedReading(value.cast(nw.Datetime("us")), NEVER)
    if column.kind == "date":
        return TypedReading(day, within)
    if column.kind == "month":
        return TypedReading(day, within, lambda found: month_of(found).end)
    return _refused(column, value)


def _of_numbers(column: Column, kind: nw.dtypes.DType, value: nw.Expr) -> TypedReading:
    largest = LARGEST_DECIMAL if column.kind == "decimal" else LARGEST_COUNT
    # Neither infinite nor no number at all, which some engines sort above all others.
    inside = ((value >= 0) & (value <= largest)).fill_null(False)
    number = nw.when(inside).then(value)
    whole = number.cast(nw.Int64)
    if column.kind == "decimal":
        if kind.is_float():
            number = number.cast(nw.Float64)
        elif kind.is_decimal():
            # A database's numbers may have no precision of their own.
            number = number.cast(nw.Decimal(PLACES, PARTS))
        size = number * BILLIONTHS
        billionths = size if kind.is_integer() else size.round(0)
        return TypedReading(billionths.cast(nw.Int64), ~value.is_null() & ~inside)
    fraction = NEVER if kind.is_integer() else (whole != number).fill_null(False)
    if column.kind == "integer":
        return TypedReading(whole, ~value.is_null() & (~inside | fraction))
    if column.kind not in ("identifier", "code", "commissioner", "choice", "boolean"):
        return _refused(column, value)
    text = _of_text(column, value.cast(nw.Int64).cast(nw.String))
    return TypedReading(text.value, text.unreadable | fraction)


def _of_text(column: Column, text: nw.Expr) -> TypedReading:
    clean = clean_text(text)
    lower = clean.str.to_lowercase()
    match column.kind:
        case "identifier":
            return TypedReading(clean, NEVER)
        case "code" | "commissioner":
            upper = clean.str.to_uppercase()
            if not column.width:
                return TypedReading(upper, NEVER)
            padded = clean.str.replace_all("^0+", "").str.zfill(column.width)
            is_number = clean.str.contains("^[0-9]+$").fill_null(False)
            return TypedReading(nw.when(is_number).then(padded).otherwise(upper), NEVER)
        case "choice":
            return _chosen(column.spellings, clean, lower)
        case "boolean":
            # pandas makes 1 and 0 among blanks 1.0 and 0.0.
            words = dict.fromkeys((*TRUE_WORDS, "1.0"), True)
            words |= dict.fromkeys((*FALSE_WORDS, "0.0"), False)
            is_true = lower.is_in([word for word, means in words.items() if means])
            known = lower.is_in(list(words))
            return TypedReading(nw.when(known).then(is_true), _unread(clean, known))
        case "date":
            return _cast(clean, f"^{DAY}$", nw.Date)
        case "timestamp":
            return _cast(clean, f"^{DAY}[T ]{TIME}$", nw.Datetime("us"))
        case "integer":
            found = _cast(clean, "^[0-9]{1,18}$", nw.Int64)
            return _up_to(found, clean, LARGEST_COUNT)
        case "decimal":
            found = _cast(clean, f"^{NUMBER}$", nw.Float64)
            billionths = TypedReading(
                (found.value * BILLIONTHS).round(0).cast(nw.Int64), found.unreadable
            )
            return _up_to(billionths, clean, LARGEST_DECIMAL * BILLIONTHS)
        case "days":
            return TypedReading(lower, NEVER, _ticked)
    return TypedReading(clean, NEVER, lambda label: label_day(column.kind, label))


def _unread(clean: nw.Expr, readable: nw.Expr) -> nw.Expr:
    return ~clean.is_null() & ~readable.fill_null(False)


def _chosen(spellings: dict[str, str], clean: nw.Expr, lower: nw.Expr) -> TypedReading:
    value = lower
    for text, means in spellings.items():
        if text != means:
            value = nw.when(lower == text).then(nw.lit(means)).otherwise(value)
    return TypedReading(value, _unread(clean, lower.is_in(list(spellings))))


def _cast(clean: nw.Expr, shape: str, kind: Any) -> TypedReading:
    """The value of a text that has a shape: another is not cast, for some engines then give up."""
    fits = clean.str.contains(shape).fill_null(False)
    return TypedReading(nw.when(fits).then(clean).cast(kind), _unread(clean, fits))


def _up_to(found: TypedReading, clean: nw.Expr, largest: int) -> TypedReading:
    too_large = (found.value > largest).fill_null(False)
    return TypedReading(found.value, found.unreadable | too_large)


def label_day(kind: str, text: str) -> date | None:
    """The last day of the month, quarter or financial year that a label names; None: of none."""
    if not LABELS[kind].fullmatch(text):
        return None
    try:
        return parse_period(text).end
    except UsageError:
        return None


def _ticked(text: str) -> str | None:
    """The ticked days of a week as `mon tue`; None where a word is no day."""
    if not _DAYS.fullmatch(text):
        return None
    return " ".join(word[:3] for word in _BETWEEN.split(text) if word)


def labels_read(values: Iterable[Any], label: Callable[[Any], Any]) -> dict[Any, Any]:
    """What each distinct value means; None: nothing that can be read."""
    return {value: label(value) for value in values if value is not None}
