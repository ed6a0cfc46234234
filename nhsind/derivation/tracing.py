"""Tracing one line: every unit of it with its fate. Measuring is summing, tracing is looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from nhsind.definitions.catalogue import find
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.breakdown import group_name
from nhsind.derivation.columns import columns_described
from nhsind.derivation.fates import trace_units
from nhsind.derivation.opening import open_for
from nhsind.derivation.organisations_asked import unknown_organisation
from nhsind.derivation.totals import moved
from nhsind.derivation.units import organisations
from nhsind.periods import Period, parse_period
from nhsind.sources.inputs import Data


@dataclass(frozen=True)
class FigureAsked:
    """A figure that was derived: whose, of when, and of which groups of a breakdown."""

    line: Indicator
    level: str
    organisation: str
    period: str
    groups: Mapping[str, str]
    restate: date | None = None


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
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Every unit of a line with its fate and the reason, as `nhsind.trace` gives it.

    Periods that the input does not cover have no units. `covers`, `tolerance`: as for
    `open_input`. `columns`: what is shown of each unit beside its fate; None: what decides on it.

    Raises UsageError (unknown name, a period the line does not answer) and InputError (every
    problem of the input).
    """
    line = find(code)
    typed = [name.strip() for name in (() if columns is None else columns)]
    names = None if columns is None else [name.lower() for name in typed]
    opened = open_for(
        [line],
        data,
        periods=periods,
        level=level,
        source=source,
        covers=covers,
        tolerance=tolerance,
        also=names or (),
        engine=engine,
    )
    wanted = level or opened.own_level
    code_of_org = org.strip().upper() if org else None
    if code_of_org is not None:
        base = opened.base_level(wanted)
        present = organisations(opened, base)
        if code_of_org not in present:
            raise unknown_organisation(code_of_org, present, [base], [opened.geography])
    traced = trace_units(
        opened,
        line,
        periods=[each for each in periods if opened.covers(line, each)],
        level=wanted,
        engine=engine,
        organisation=code_of_org,
        columns=names,
    )
    return traced.rename(columns={name.lower(): name for name in typed})


def units_behind(
    figure: FigureAsked,
    data: Data,
    *,
    source: str | None = None,
    engine: str = "duckdb",
    covers: str | None = None,
) -> pd.DataFrame:
    """The units that count in a figure, as `trace` shows them: they add up to it.

    Raises as `trace_line`.
    """
    line, period = figure.line, parse_period(figure.period)
    groups = tuple(name.lower() for name in figure.groups)
    opened = open_for(
        [line],
        data,
        periods=[period],
        level=figure.level,
        source=source,
        covers=covers,
        also=groups,
        engine=engine,
    )
    base = opened.base_level(figure.level)
    is_total = figure.level != base or figure.restate is not None
    traced = trace_units(
        opened,
        line,
        periods=[period],
        level=base,
        engine=engine,
        organisation=None if is_total else figure.organisation,
        more=groups,
    )
    traced = traced[traced["in_numerator"] | traced["in_denominator"].fillna(False)]
    if is_total:
        owners = traced[["org_code", "period"]].drop_duplicates()
        above = moved(opened, owners, base=base, level=figure.level, restate=figure.restate)
        mine = above.loc[above["org_code"] == figure.organisation, "own_code"]
        traced = traced[traced["org_code"].isin(mine)]
    described = columns_described(opened, line.numerator)
    for name, group in figure.groups.items():
        column = described.get(name.lower())
        # What a trace shows of a number is the number itself.
        kind = None if column is None or column.kind == "decimal" else column
        traced = traced[[group_name(value, kind) == group for value in traced[name.lower()]]]
    named = {name.lower(): name for name in figure.groups}
    return traced.rename(columns=named).reset_index(drop=True)
