"""A line as a query, for those who know SQL."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.arguments import checked
from nhsind.definitions.catalogue import find
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.query import query_of
from nhsind.derivation.questions import Notes, refuse_unanswered
from nhsind.periods import Period, parse_periods


@checked
def sql(
    code: str | Indicator, *, period: str | Period | Sequence[str | Period] | None = None
) -> str:
    """The query that derives a line, for DuckDB: to read, to take along, to check against.

    It is made from the line's own clauses, which stand in it with what they say, and gives what
    `derive` gives at the level of the records: org_code, period, numerator and denominator of
    organisations with units. It reads the family's tables in a schema of the family's name.

    Parameters
    ----------
    code
        An indicator's code, or a variant.
    period
        Periods that the line answers; None: the last of the sample.

    Raises
    ------
    UsageError
        There is no such line, or it does not answer a period.
    InputError
        The engine cannot write the line as one query; it says why.

    Examples
    --------
    >>> print(sql("E.B.3").splitlines()[0])
    -- E.B.3: Incomplete RTT pathways within 18 weeks
    """
    line = find(code)
    periods = [] if period is None else parse_periods(period)
    refuse_unanswered([line], periods, {line.code}, Notes())
    return query_of(line, periods)
