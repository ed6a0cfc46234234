"""From a figure to the units behind it: what `derive` was asked, remembered with its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions.catalogue import find
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.tracing import FigureAsked, units_behind
from nhsind.errors import UsageError
from nhsind.given import given
from nhsind.sources.inputs import Data

# Where the table of `derive` keeps what it was asked.
ASKED = "asked"
NEEDED = ("indicator", "org_level", "org_code", "period")


@dataclass(frozen=True)
class Question:
    """What `derive` was asked: of which data, read how, which lines, in which groups.

    `data`: None in a table that was pickled.
    """

    data: Data | None
    lines: Mapping[str, Indicator]
    source: str | None
    engine: str
    covers: str | None
    restate: date | None
    by: tuple[str, ...]


class CarriedQuestion(str):
    """A question that a table carries along: a text to whoever stores it, never copied with it.

    A table that is pickled forgets the data: with it would go the records, a password in their
    address, or a session of Spark or a database, which nobody can store.
    """

    question: Question

    def __deepcopy__(self, memo: Any) -> CarriedQuestion:
        return self

    def __reduce__(self) -> tuple[Callable[[Question], CarriedQuestion], tuple[Question]]:
        return asked, (replace(self.question, data=None),)


def asked(question: Question) -> CarriedQuestion:
    """The question as `derive` puts it into the `attrs` of its table."""
    text = CarriedQuestion("what nhsind.derive was asked")
    text.question = question
    return text


@checked
def units_of(row: Any, data: Data | None = None) -> pd.DataFrame:
    """The units behind a row of what `derive` gave: those that count, which add up to it.

    Parameters
    ----------
    row
        A row of the table, such as `table.loc[0]`, or a table of one row.
    data
        What the table was derived from; None: what `derive` read, which its rows remember.

    Returns
    -------
    DataFrame
        The units as `trace` shows them, with the columns that decide on them and those that the
        figures were broken down by.

    Raises
    ------
    UsageError
        It is no row of such a table, or one that does not remember its data.
    InputError
        Every problem of the input.

    Examples
    --------
    >>> import nhsind as ind
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> table = ind.derive("E.B.3", pathways, period="2018-03")
    >>> units_of(table.loc[0])[["record_id", "days_waited"]].to_numpy().tolist()
    [['a', 30], ['b', 303]]
    """
    kept = getattr(row, "attrs", {}).get(ASKED)
    if isinstance(row, pd.DataFrame) and len(row) == 1:
        row = row.iloc[0]
    if not isinstance(row, Mapping | pd.Series) or not all(name in row for name in NEEDED):
        raise UsageError("units_of takes a row of what derive gave, such as table.loc[0]")
    question = kept.question if isinstance(kept, CarriedQuestion) else None
    remembered = question.data if question else None
    if data is None and remembered is None:
        raise UsageError("the row does not remember its data: give them, units_of(row, data)")
    code = str(row["indicator"])
    figure = FigureAsked(
        line=question.lines[code] if question and code in question.lines else find(code),
        level=str(row["org_level"]),
        organisation=str(row["org_code"]),
        period=str(row["period"]),
        groups={name: str(row[name]) for name in question.by} if question else {},
        restate=question.restate if question else None,
    )
    read = remembered if data is None else given(data).data
    if question is None:
        return units_behind(figure, read)
    return units_behind(
        figure,
        read,
        source=question.source,
        engine=question.engine,
        covers=question.covers,
    )
