"""Tracing one line: every unit of it with its fate. Measuring is summing, tracing is looking."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhsind.definitions.catalogue import find, load_family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.fates import trace_units
from nhsind.derivation.questions import (
    Notes,
    any_covered,
    not_covered,
    refuse_no_survey,
    refuse_unanswered,
)
from nhsind.derivation.units import organisations
from nhsind.errors import InputError, unknown
from nhsind.geography import LEVELS
from nhsind.periods import Period
from nhsind.sources.inputs import Data, open_input


def trace_line(
    code: str | Indicator,
    data: Data,
    *,
    periods: Sequence[Period],
    org: str | None = None,
    level: str | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    covers: str | None = None,
    tolerance: str | float | None = None,
) -> pd.DataFrame:
    """Every unit of a line with its fate and the reason, as `nhsind.trace` gives it.

    Periods that the input does not cover have no units. `covers`, `tolerance`: as for
    `open_input`.

    Raises UsageError (unknown name, a period the line does not answer) and InputError (every
    problem of the input).
    """
    indicator = find(code)
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)
    refuse_unanswered([indicator], periods, {indicator.code}, Notes())
    opened = open_input(
        load_family(indicator.family),
        data,
        source=source,
        level=level,
        covers=covers,
        tolerance=tolerance,
    )
    refuse_no_survey(opened, [indicator], periods=periods, by_code={indicator.code}, notes=Notes())
    if not any_covered(opened, [indicator], periods):
        raise InputError(not_covered(opened, [indicator], periods))
    periods = [each for each in periods if opened.covers(indicator, each)]
    wanted = level or opened.own_level
    code_of_org = org.strip().upper() if org else None
    if code_of_org is not None:
        present = organisations(opened, opened.base_level(wanted))
        if code_of_org not in present:
            raise unknown("organisation of this input", code_of_org, present)
    return trace_units(
        opened,
        indicator,
        periods=list(periods),
        level=wanted,
        engine=engine,
        organisation=code_of_org,
    )
