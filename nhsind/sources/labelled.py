"""The months of rows that are labelled: of returns by their period, of answers by their survey."""

from __future__ import annotations

from datetime import date

import narwhals.stable.v2 as nw

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.place import Place
from nhsind.periods import Period, month_of


def has_row_of(place: Place, table: RecordTable, line: Indicator, period: Period) -> bool:
    """Whether a table of figures or returns has any row of what a line counts in a period."""
    label = table.labelled_by
    assert label is not None
    kind = table.columns[label].kind
    days = sorted({_label_day(kind, month, period) for month in line.months_of(period)})
    of_it = place.frame(table.name).filter(nw.col(label).is_in(days).fill_null(False))
    return bool(place.rows(of_it.select(label).head(1)).num_rows)


def _label_day(kind: str, month: Period, period: Period) -> date:
    """The day that a table of figures has for a month of a period: the last of its label."""
    if kind == "financial_year":
        return period.financial_year.end
    return period.end if kind == "period" else month.end


def months_of_rows(place: Place, table: RecordTable, column: str) -> list[Period]:
    """The months that a table has rows of by a date; of an event of several days, its last."""
    frame = place.frame(table.name).filter(~nw.col(column).is_null())
    day, event = nw.col(column), table.columns[column].last_of
    if event:
        last = day.max().over(event)
        day = nw.when(nw.col(event).is_null()).then(day).otherwise(last)
    days = place.rows(frame.select(day=day).unique())
    return sorted({month_of(row["day"]) for row in days.to_pylist()})
