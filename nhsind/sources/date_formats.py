"""The ways in which days and times are written in extracts, by the name a mapping gives them."""

from __future__ import annotations

from dataclasses import dataclass

from nhsind.definitions.column_sql import literal
from nhsind.definitions.record_tables import BLANKS

# How a day may be written: the shape of its text, and what DuckDB's strptime makes of it.
_DAY, _MONTH_NAME = r"\d{1,2}", "[A-Za-z]{3}"
DAYS = {
    "yyyy-mm-dd": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    "yyyy/mm/dd": (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    "yyyymmdd": (r"\d{8}", "%Y%m%d"),
    "dd/mm/yyyy": (rf"{_DAY}/{_DAY}/\d{{4}}", "%d/%m/%Y"),
    "mm/dd/yyyy": (rf"{_DAY}/{_DAY}/\d{{4}}", "%m/%d/%Y"),
    "dd/mm/yy": (rf"{_DAY}/{_DAY}/\d{{2}}", "%d/%m/%y"),
    "mm/dd/yy": (rf"{_DAY}/{_DAY}/\d{{2}}", "%m/%d/%y"),
    "dd-mm-yyyy": (rf"{_DAY}-{_DAY}-\d{{4}}", "%d-%m-%Y"),
    "dd.mm.yyyy": (rf"{_DAY}\.{_DAY}\.\d{{4}}", "%d.%m.%Y"),
    "dd-mmm-yyyy": (rf"{_DAY}-{_MONTH_NAME}-\d{{4}}", "%d-%b-%Y"),
    "dd mmm yyyy": (rf"{_DAY} {_MONTH_NAME} \d{{4}}", "%d %b %Y"),
    "dd-mmm-yy": (rf"{_DAY}-{_MONTH_NAME}-\d{{2}}", "%d-%b-%y"),
}
TIMES = {
    "": ("", ""),
    " hh:mm": (r"[ T]\d{1,2}:\d{2}", " %H:%M"),
    " hh:mm:ss": (r"[ T]\d{1,2}:\d{2}:\d{2}", " %H:%M:%S"),
}
# Said of a day without a time of day where times belong: it is the midnight that begins the day.
MIDNIGHT = " 00:00"
# A spreadsheet's number of a day: days since 30 December 1899, times as fractions.
EXCEL = "excel"
# From 1954 to 2118; another number is rather a code or a count.
_EXCEL_SHAPE, _EXCEL_DAY_0 = r"[2-7]\d{4}(\.\d+)?", "TIMESTAMP '1899-12-30'"
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class DateFormat:
    """One way to write a day, or a day and a time."""

    name: str
    shape: str
    parsed_as: str

    def value(self, text: str) -> str:
        """The SQL for the timestamp of a clean text; NULL where it is not written so."""
        if self.name == EXCEL:
            seconds = f"round(try_cast({text} AS DOUBLE) * {_SECONDS_A_DAY})::BIGINT"
            time = f"{_EXCEL_DAY_0} + to_seconds({seconds})"
        else:
            time = f"try_strptime(replace({text}, 'T', ' '), {literal(self.parsed_as)})"
        return f"CASE WHEN regexp_full_match({text}, {literal(self.shape)}) THEN {time} END"


FORMATS = {
    f"{day}{time}": DateFormat(f"{day}{time}", shape + more, parsed + rest)
    for day, (shape, parsed) in DAYS.items()
    for time, (more, rest) in TIMES.items()
} | {EXCEL: DateFormat(EXCEL, _EXCEL_SHAPE, "")}
MIDNIGHTS = {
    f"{day}{MIDNIGHT}": DateFormat(f"{day}{MIDNIGHT}", *said) for day, said in DAYS.items()
}
FORMATS |= MIDNIGHTS


def clean(text: str) -> str:
    """The SQL for a text without the blanks around it; NULL where nothing is left."""
    return f"nullif(trim({text}, {literal(BLANKS)}), '')"


def iso_text(value: str, kind: str) -> str:
    """The SQL for the text of a timestamp as tables have it: a day, a month, a day and time."""
    shape = {"timestamp": "%Y-%m-%dT%H:%M:%S", "month": "%Y-%m"}.get(kind, "%Y-%m-%d")
    return f"strftime({value}, {literal(shape)})"
