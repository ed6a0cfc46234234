"""In which ways the values of a column are dates, and which of them are none.

One impossible day (31/02/2018) or a total below a column makes it no other column: where almost all
values are dates, those that are not are told, and asked about.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from nhsind.sources.date_formats import DAYS, EXCEL, FORMATS, MIDNIGHTS
from nhsind.sources.likely_columns import ALMOST_ALL, Values

# A column of which this share of the rows are dates could be one of dates.
PERHAPS_FROM = 0.5
# So many distinct values are looked at for a digit, without which nothing is a date.
FIRST = 20


@dataclass(frozen=True)
class DateWay:
    """Formats that together fit the dates of a column, and the values that are no dates by them.

    `share`: of the rows that are not blank, those that fit; `days_alone`: values that have no time
    of day where others have one.
    """

    formats: tuple[str, ...]
    share: float
    rows: int
    misfits: tuple[str, ...] = ()
    days_alone: tuple[str, ...] = field(default=())

    @property
    def tells(self) -> bool:
        """Whether the column is one of dates by it."""
        return self.share >= ALMOST_ALL


def ways_of(con: duckdb.DuckDBPyConnection, values: Values) -> list[DateWay]:
    """The ways in which most rows of a column are dates, of several only the likeliest.

    Formats that have the day or the month first are of different ways. Empty where fewer than half
    of the rows are dates.
    """
    present = list(values.present)
    if not any(sign.isdigit() for value in present[:FIRST] for sign in value):
        return []
    con.execute("CREATE OR REPLACE TEMP TABLE given AS SELECT unnest($1) AS value", [present])
    known = {name: form for name, form in FORMATS.items() if name not in MIDNIGHTS}
    fits = ", ".join(f"{form.value('value')} IS NOT NULL" for form in known.values())
    told = con.execute(f"SELECT {fits} FROM given").fetchall()
    fitting = [{name for name, is_so in zip(known, row, strict=True) if is_so} for row in told]
    rows = [values.rows.get(value, 1) for value in present]
    ways: dict[tuple[str, ...], DateWay] = {}
    for other in ("mm", "dd"):
        used = tuple(
            name
            for name in known
            if not name.startswith(other) and any(name in of_value for of_value in fitting)
        )
        fit = [bool(of_value & set(used)) for of_value in fitting]
        number = sum(count for count, is_so in zip(rows, fit, strict=True) if is_so)
        if used and number >= PERHAPS_FROM * sum(rows):
            misfits = tuple(v for v, is_so in zip(present, fit, strict=True) if not is_so)
            times = set(used) - {*DAYS, EXCEL}
            alone = tuple(
                value
                for value, of_value in zip(present, fitting, strict=True)
                if times and of_value & set(used) & set(DAYS)
            )
            ways[used] = DateWay(used, number / sum(rows), sum(rows), misfits, alone)
    best = max((way.share for way in ways.values()), default=0.0)
    return [way for way in ways.values() if way.share == best]
