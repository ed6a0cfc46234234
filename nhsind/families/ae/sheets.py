"""Attendances by type of department as A&E workbooks print them, in any of their sheets."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.families.ae.departments import TYPES, cells_of
from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, NOTHING, Printed
from nhsind.sources.published import Answers

TITLE = "A&E Attendances"
# Each group of columns ends with its total; the types stand before it, under equal headings.
ATTENDED, UNDER, OVER = (
    "Total Attendances",
    "Total Attendances < 4 hours",
    "Total Attendances > 4 hours",
)
IN_A_GROUP = ("type 1", "type 2", "type 3")
ALL = "all"
SHARES = {
    "1": "Percentage in 4 hours or less (type 1)",
    "2": "Percentage in 4 hours or less (type 2)",
    "other": "Percentage in 4 hours or less (type 3)",
    ALL: "Percentage in 4 hours or less (all)",
}
NONE = "-"
# Until May 2015 weeks were apportioned to months, and added in binary floating point: what stands
# beyond the sixth decimal is not of the counts.
DECIMALS, NOISE = 6, 1e-6


def by_type(table: Printed, totals: dict[str, str], period: str | None = None) -> pd.DataFrame:
    """One row per row of a table and type of department, and one for all of them."""
    table.refuse_repeated("Code" if period else "Period")
    base = pd.DataFrame(
        {
            "org_level": "england",
            "org_code": list(table.codes("Code").replace(NONE, ENGLAND)) if period else ENGLAND,
            "period": period or list(table.months("Period")),
            "place": table.places(),
        }
    )
    groups = {
        name: table.numbers(
            *_group(table, total),
            marks={NONE: NOTHING if name == "attendances" else NOT_AVAILABLE},
            parts="decimal",
        )
        for name, total in totals.items()
    }
    parts = []
    for place, kind in enumerate((*TYPES, ALL)):
        numbers = {
            name: pd.Series([whole(number) for number in group[place].values], dtype=object)
            for name, group in groups.items()
        }
        parts.append(base.assign(department_type=kind, **numbers))
    return pd.concat(parts, ignore_index=True)


def _group(table: Printed, total: str) -> list[tuple[str, int]]:
    """The three types before a total, and the total, each as a heading and which of its equals."""
    end = table.position(total)
    before = table.plain[max(end - len(IN_A_GROUP), 0) : end]
    kinds = tuple(name[: len("type 1")] for name in before)
    more = table.plain[max(end - len(IN_A_GROUP) - 1, 0)]
    if kinds != IN_A_GROUP or more.startswith(IN_A_GROUP):
        message = "is not there behind the three types of department"
        found = f"the headings found are {', '.join(table.headings)[:600]}"
        problem = Problem(table.place, message, table.top, total, allowed=found, unit="row")
        raise InputError(problem)
    places = range(end - len(IN_A_GROUP), end + 1)
    return [(table.plain[place], table.plain[:place].count(table.plain[place])) for place in places]


def shares(table: Printed) -> list[float]:
    """The printed shares in the order of `by_type`."""
    return [share for name in SHARES.values() for share in table.shares(name, percent=False)]


def whole(number: int | Decimal | None) -> int | Decimal | None:
    """A printed number without the noise of the publisher's sums."""
    if number is None or isinstance(number, int):
        return number
    rounded = round(number, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def answers(rows: pd.DataFrame, *keys: str) -> list[Answers]:
    """What is printed of all types together, and by type."""
    of_all = rows["department_type"] == ALL
    together = rows[of_all].drop(columns="department_type")
    kinds = cells_of(rows[~of_all])
    return [Answers(cells_of(together), keys), Answers(kinds, (*keys, "department_type"))]
