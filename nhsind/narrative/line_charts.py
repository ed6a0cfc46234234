"""The control charts of a line's figures, of the kind that suits them or that was asked for."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import pandas as pd

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.standards import DIRECTIONS
from nhsind.errors import UsageError
from nhsind.statistics.chart_choice import XMR, ChartChoice, choose
from nhsind.statistics.chart_making import Asked
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.shewhart import suited_charts
from nhsind.statistics.signals import Numbers

BETTER = {1: "higher", -1: "lower", 0: "neutral"}
# Kinds of lines that are one count over another.
OF_COUNTS = ("proportion", "rate")


def line_charts(
    line: Indicator,
    values: pd.DataFrame,
    counts: tuple[Numbers, Numbers],
    *,
    kind: tuple[str, str] | None,
    asked: Asked,
) -> dict[Hashable, ControlChart]:
    """The chart of each row of a line's exact values, organisations x periods.

    `counts`: their numerators and denominators; `kind`: what was asked for, and why. Which
    direction is better is the line's. Raises UsageError where a line that is no proportion or rate
    is asked to have a chart of one.
    """
    hidden = np.isnan(values.to_numpy(dtype=float))
    counts = np.where(hidden, np.nan, counts[0]), np.where(hidden, np.nan, counts[1])
    has_counts = line.kind in OF_COUNTS
    if kind and kind[0] != XMR and not has_counts:
        raise UsageError(f"{line.code} is no proportion or rate: it has no {kind[0]} chart")
    if kind:
        choices = [ChartChoice(*kind)] * len(values)
    elif has_counts:
        choices = choose(*counts, is_proportion=line.kind == "proportion")
    else:
        choices = [ChartChoice(XMR, "")] * len(values)
    asked = replace(asked, polarity=BETTER[DIRECTIONS.get(line.polarity, 0)])
    return suited_charts(values, counts, choices, per=line.per, asked=asked)
