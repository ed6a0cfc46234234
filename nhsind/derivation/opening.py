"""The input of lines that are asked for by code: one that can answer, or an error that says why."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.questions import (
    Notes,
    any_covered,
    held_lines,
    not_covered,
    refuse_no_survey,
    refuse_unanswered,
    refuse_unknown_level,
)
from nhsind.errors import NotHeldError
from nhsind.periods import Period
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import Data, open_input


def open_for(
    lines: Sequence[Indicator],
    data: Data,
    *,
    periods: Sequence[Period],
    level: str | None = None,
    source: str | None = None,
    covers: str | None = None,
    tolerance: str | float | None = None,
    also: Sequence[str] = (),
    engine: str = "duckdb",
) -> Input:
    """The input, which can answer for lines of one family in some of the periods.

    `source` to `engine`: as for `open_input`. Raises UsageError (an unknown level, a period that a
    line does not answer) and InputError (every problem of the input, a table that a line needs is
    not there, none of the periods is covered).
    """
    refuse_unknown_level(level)
    codes = {line.code for line in lines}
    refuse_unanswered(lines, periods, codes, Notes())
    opened = open_input(
        load_family(lines[0].family),
        data,
        source=source,
        level=level,
        covers=covers,
        tolerance=tolerance,
        also=also,
        engine=engine,
    )
    held_lines(opened, lines, codes, Notes())
    refuse_no_survey(opened, lines, periods=periods, by_code=codes, notes=Notes())
    if not any_covered(opened, lines, periods):
        raise NotHeldError(not_covered(opened, lines, periods))
    return opened
