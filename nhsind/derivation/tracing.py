"""Tracing one line: every unit of it with its fate. Measuring is summing, tracing is looking."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nhsind.definitions.catalogue import find, load_family
from nhsind.derivation.fates import trace_units
from nhsind.derivation.questions import Notes, refuse_unanswered, refuse_uncovered
from nhsind.derivation.units import organisations
from nhsind.errors import unknown
from nhsind.geography import LEVELS
from nhsind.periods import Period
from nhsind.sources.inputs import Data, open_input


def trace_line(
    code: str,
    data: Data,
    *,
    periods: Sequence[Period],
    org: str | None = None,
    level: str | None = None,
    source: str | None = None,
    engine: str = "duckdb",
) -> pd.DataFrame:
    """Every unit of a line with its fate and the reason, as `nhsind.trace` gives it.

    Raises UsageError (unknown name, a period the line does not answer) and InputError (every
    problem of the input).
    """
    indicator = find(code)
    if level is not None and level not in LEVELS:
        raise unknown("level", level, LEVELS)
    refuse_unanswered([indicator], periods, {indicator.code}, Notes())
    opened = open_input(load_family(indicator.family), data, source, level=level)
    refuse_uncovered(opened, [indicator], periods, {indicator.code}, Notes())
    wanted = level or opened.own_level
    code_of_org = org.strip().upper() if org else None
    if code_of_org is not None:
        present = organisations(opened, opened.base_level(wanted))
        if code_of_org not in present:
            raise unknown("organisation of this input", code_of_org, present)
    return trace_units(opened, indicator, list(periods), wanted, engine, code_of_org)
