"""Control charts of series as they are given: XmR, p, p', u, u', T and G.

By the rules of NHS England's Making Data Count, named in `signals`; which chart suits is chosen in
`chart_choice`.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.errors import UsageError
from nhsind.statistics.attribute_charts import attribute_lines
from nhsind.statistics.basis import Baseline, Points
from nhsind.statistics.chart_choice import (
    XMR,
    ChartChoice,
    choose,
    kind_named,
    refuse_without_denominators,
)
from nhsind.statistics.chart_making import (
    Asked,
    Lines,
    charts_of,
    match,
    numbers_of,
    targets,
)
from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.given import labelled, paired, refuse_disorder, refuse_disordered_events
from nhsind.statistics.intervals import multiple
from nhsind.statistics.rare_events import RARE, are_days, days_between, rare_lines
from nhsind.statistics.signals import Numbers, centre_and_width, nearness

Values: TypeAlias = "Sequence[Any] | pd.Series[Any] | NDArray[Any]"


def spc(
    values: Values,
    target: Any = None,
    *,
    denominators: Values | None = None,
    kind: str | None = None,
    per: float = 1,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    exclude_outliers: bool | None = None,
    recalculate_at: Points = (),
    baseline: Baseline = None,
    ghost: Points = (),
    conflict: str = "improvement",
) -> ControlChart:
    """The control chart of a series: its centre and limits, part by part, and its signals.

    `values`: a sequence, Series or dict in order of time; a period without a figure is a missing
    value in its place, and breaks moving ranges, runs and trends. `target`: a number, or one per
    point. `denominators`: the values are then numerators, and the chart is of their shares or rates
    `per`. `kind`: `XmR` (mean ± 2.66 mean moving ranges), `p`, `p'`, `u`, `u'`, `T` (values are
    days of events, or days between them) or `G` (cases between events); None: XmR, and with
    denominators the one that suits, of which the chart says why. `polarity`: which direction is
    better: `higher`, `lower` or `neutral`. `rules`: the rule set, `mdc-sql-2.5`, `mdc-2023` or
    `ptd-0.2`. `exclude_outliers`: leave out outlying moving ranges, once; None: as the rule set
    does in XmR charts, and not in others. `recalculate_at`: index labels or positions of the first
    points of new parts, or a mapping of them to the reasons.
    `baseline`: how many first points the limits of the first part are made from and held at, or a
    mapping of that to the reason. `ghost`: points that are shown and left out of everything else,
    as if they were missing, or a mapping of them to the reasons. `conflict`: what a point is that
    is improvement by one rule and concern by another: `improvement`, `concern`, or `label`: as its
    first flag says.

    Raises UsageError for an unknown word, a value that is no finite number, a recalculation or
    ghost that is no point of the series, a baseline of fewer than two points or more than there
    are, labels that repeat, times that run backwards or leave a step out, and numbers that the kind
    of chart cannot be made of.
    Sources: Making Data Count, SQL tool 2.5; NHSRplotthedots 0.2; the modules of each kind.

    Examples
    --------
    >>> waits = [10, 12, 11, 13, 12, 11, 10, 12, 13, 11, 12, 11, 10, 11, 30]
    >>> chart = spc(waits, target=14, polarity="lower")
    >>> chart.table["flag"].iloc[-1], chart.variation, chart.assurance
    ('above_limits', 'concern', 'hit_or_miss')
    """
    asked = Asked(
        target, polarity, rules, exclude_outliers, recalculate_at, baseline, ghost, conflict
    )
    named = kind_named(kind) if kind is not None else None
    refuse_without_denominators(named or XMR, denominators is not None)
    if denominators is not None:
        return _of_denominators(values, denominators, kind=named, per=per, asked=asked)
    if named in RARE:
        return _of_rare_events(values, named, asked)
    values = labelled(values)
    index = values.index if isinstance(values, pd.Series) else None
    row = pd.DataFrame(numbers_of(values, 1)[np.newaxis], columns=index)
    return xmr_charts(row, asked)[0]


def xmr_charts(matrix: pd.DataFrame, asked: Asked, why: Sequence[str] = ()) -> list[ControlChart]:
    """The XmR charts of many series at once, a row each: organisations x periods.

    `asked.target`: a number, one per period, or one per organisation and period; a ghosted point is
    one of every chart. `why`: for what reason each is of this kind.
    """
    refuse_disorder(matrix.columns)
    basis = asked.basis(matrix.columns)
    given = numbers_of(matrix, 2)
    screens = _screens(asked)
    values = basis.without_ghosts(given)
    mean, width = np.full_like(values, np.nan), np.full_like(values, np.nan)
    for start, end, held in basis.parts(values.shape[1]):
        part = np.s_[:, start:end]
        mean[part], width[part] = centre_and_width(
            values[:, start:held], nearness(values), asked.rule, screens
        )
    lines = Lines(given, values, mean, mean - width, mean + width, width, screens=screens)
    return charts_of(matrix.columns, lines, kind=XMR, why=why, asked=asked, basis=basis)


def suited_charts(
    values: pd.DataFrame,
    counts: tuple[Numbers, Numbers],
    choices: Sequence[ChartChoice],
    *,
    per: float = 1,
    asked: Asked,
) -> dict[Hashable, ControlChart]:
    """The charts of many series at once, each of the kind that was chosen for it.

    `values`: organisations x periods; `counts`: their numerators and denominators, which other
    kinds than XmR are made of; `asked.target` may have a number for each.
    """
    _refuse_repeated(values)
    given = numbers_of(values, 2)
    goal = targets(asked.target, values.columns, given.shape)
    found: dict[Hashable, ControlChart] = {}
    for kind in dict.fromkeys(choice.kind for choice in choices):
        rows = [place for place, choice in enumerate(choices) if choice.kind == kind]
        why = [choices[place].why for place in rows]
        own = replace(asked, target=goal[rows])
        if kind == XMR:
            charts = xmr_charts(values.iloc[rows], own, why)
        else:
            pair = counts[0][rows], counts[1][rows]
            charts = _by_counts(values.columns, pair, kind=kind, why=why, per=per, asked=own)
        found |= dict(zip(values.index[rows], charts, strict=True))
    return {label: found[label] for label in values.index}


def p_chart(
    numerators: Values,
    denominators: Values,
    *,
    target: Any = None,
    polarity: str = "higher",
    rules: str = "mdc-sql-2.5",
    recalculate_at: Points = (),
    baseline: Baseline = None,
    ghost: Points = (),
    conflict: str = "improvement",
) -> ControlChart:
    """p-chart of a proportion: `spc` of `kind="p"`.

    `numerators`, `denominators`: one number per point; values, limits and `target` are proportions
    (0.95, not 95). `polarity`, `rules`, `recalculate_at`, `baseline`, `ghost`, `conflict` and what
    is raised: as in `spc`.

    Examples
    --------
    >>> chart = p_chart([90] * 14 + [70], [100] * 15, target=0.8)
    >>> chart.table["flag"].iloc[-1], chart.variation
    ('below_limits', 'concern')
    """
    asked = Asked(target, polarity, rules, None, recalculate_at, baseline, ghost, conflict)
    return _of_denominators(numerators, denominators, kind="p", per=1, asked=asked)


def _screens(asked: Asked) -> bool:
    """Whether moving ranges of values are screened: as asked, else as the rule set does."""
    return asked.rule.screens if asked.exclude_outliers is None else bool(asked.exclude_outliers)


def _of_denominators(
    numerators: Values, denominators: Values, *, kind: str | None, per: float, asked: Asked
) -> ControlChart:
    numerators, denominators = paired(numerators, denominators)
    x, n = numbers_of(numerators, 1)[np.newaxis], numbers_of(denominators, 1)
    index = numerators.index if isinstance(numerators, pd.Series) else pd.RangeIndex(x.size)
    match(denominators, index, "denominators")
    n = n[np.newaxis]
    _refuse_impossible(x, n)
    per = multiple(per, "per")
    choices = [ChartChoice(kind, "")] if kind else choose(x, n, is_proportion=not np.any(x > n))
    shares = per * np.divide(x, n, out=np.full_like(x, np.nan), where=n > 0)
    frame = pd.DataFrame(shares, columns=index)
    return suited_charts(frame, (x, n), choices, per=per, asked=asked)[0]


def _by_counts(
    index: pd.Index[Any],
    counts: tuple[Numbers, Numbers],
    *,
    kind: str,
    why: Sequence[str],
    per: float,
    asked: Asked,
) -> list[ControlChart]:
    if asked.exclude_outliers and not kind.endswith("'"):
        raise UsageError(f"a {kind} chart has no moving ranges to leave out")
    refuse_disorder(index)
    basis = asked.basis(index)
    lines = attribute_lines(
        *counts, kind=kind, basis=basis, per=per, screens=asked.exclude_outliers
    )
    return charts_of(index, lines, kind=kind, why=why, asked=asked, basis=basis)


def _of_rare_events(values: Values, kind: str, asked: Asked) -> ControlChart:
    if asked.exclude_outliers and kind == "G":
        raise UsageError("a G chart has no moving ranges to leave out")
    given = labelled(values)
    if kind == "T" and are_days(given):
        given = days_between(given)
    index = given.index if isinstance(given, pd.Series) else pd.RangeIndex(len(given))
    refuse_disordered_events(index)
    basis = asked.basis(index)
    screens = bool(asked.exclude_outliers)
    lines = rare_lines(given, kind=kind, basis=basis, rule=asked.rule, screens=screens)
    return charts_of(index, lines, kind=kind, asked=asked, basis=basis)[0]


def _refuse_impossible(numerators: Numbers, denominators: Numbers) -> None:
    """Raise UsageError for numbers that no share and no rate has, whichever chart shows them."""
    if np.any(numerators < 0) or np.any(denominators < 0):
        raise UsageError("numerators and denominators are numbers of 0 or more")
    if np.any((numerators > 0) & (denominators == 0)):
        raise UsageError("a numerator above 0 has a denominator of 0")


def _refuse_repeated(matrix: pd.DataFrame) -> None:
    if not matrix.index.is_unique:
        raise UsageError("two series have the same label")
