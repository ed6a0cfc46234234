"""How much each reading of a family's lines matters."""

from __future__ import annotations

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions.catalogue import load_family
from nhsind.derivation.mattering import how_readings_matter
from nhsind.derivation.questions import refuse_unknown_level
from nhsind.errors import UsageError
from nhsind.given import given
from nhsind.periods import Period, month_of, parse_period
from nhsind.sources.inputs import Data, open_input


@checked
def compare_readings(
    family: str,
    data: Data | None = None,
    *,
    period: str | Period | None = None,
    level: str | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    covers: str | None = None,
    tolerance: str | float | None = None,
) -> pd.DataFrame:
    """How much does each reading matter? Each choice of a family's lines, beside the line itself.

    Parameters
    ----------
    family
        Code of a family.
    data, level, source, engine, covers, tolerance
        As for `derive`.
    period
        The last month of it is looked at, or the quarter or year that ends with it; None: of the
        sample, its last month.

    Returns
    -------
    DataFrame
        reading, choice, indicator, period, value and value_then (of all organisations together),
        difference, unit, units (how many change their fate), verdicts (how many organisations'
        turn), says.

    Raises
    ------
    UsageError
        An unknown family, or no period.
    InputError
        Every problem of the input.

    Examples
    --------
    A quarter's snapshot has no verdict of its own, unless it is read so:

    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = compare_readings("rtt", pathways, period="2018-03")
    >>> found[["reading", "choice", "period", "units", "verdicts"]].to_numpy().tolist()
    [['verdict_of_a_quarter', 'every_period', '2017-18-Q4', 0, 1]]
    """
    read = given(data)
    if period is None and read.last_month is None:
        raise UsageError("give a period, such as 2018-03: records do not say which is meant")
    asked = read.last_month if period is None else period
    asked = asked if isinstance(asked, Period) else parse_period(asked)
    refuse_unknown_level(level)
    opened = open_input(
        load_family(family.lower()),
        read.data,
        source=source,
        level=level,
        covers=covers,
        tolerance=tolerance,
        engine=engine,
    )
    return how_readings_matter(
        opened, month_of(asked.end), level=level or opened.own_level, engine=engine
    )
