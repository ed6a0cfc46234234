"""What released figures are judged by: the standard and the plan of each row, with its limit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import Standard
from nhsind.definitions.statuses import Status
from nhsind.derivation.standards import COMPARISONS, DIRECTIONS
from nhsind.derivation.values import limit_of
from nhsind.periods import parse_period

# How a value stands to a plan that it meets, by the direction that is better.
AS_PLANNED = {1: ">=", -1: "<="}


@dataclass(frozen=True)
class Aim:
    """A limit and how a value must stand to it.

    `lowest`, `highest`: the limits that there could be, where it is made of a rounded count; else
    both are the limit. `exact`: the true one.
    """

    operator: str
    exact: Fraction
    lowest: Fraction
    highest: Fraction

    def is_met_by(self, value: Fraction) -> bool:
        """Whether an exact value meets it."""
        return bool(COMPARISONS[self.operator](value, self.exact))


def standards_of(
    rows: pd.DataFrame, true: pd.DataFrame, line: Indicator, policy: Disclosure
) -> list[Aim | None]:
    """The standard of each released row of a line; None where it has none or is not judged.

    `true`: the same rows with the true counts that a standard of an organisation's own is made of.
    """
    given = list(
        zip(rows["period"], rows["org_level"], rows["standard"], rows["status"], strict=True)
    )
    standards = {
        (period, level): line.standard(parse_period(str(period)), str(level))
        for period, level in dict.fromkeys((period, level) for period, level, _, _ in given)
    }
    common = {
        key: Aim(each.operator, each.exact, each.exact, each.exact)
        for key, each in standards.items()
        if each is not None and not each.is_own
    }
    found: list[Aim | None] = []
    for place, (period, level, limit, status) in enumerate(given):
        standard = standards[period, level]
        if standard is None or pd.isna(limit) or status != Status.OK:
            found.append(None)
        elif standard.is_own:
            found.append(
                _own(standard, rows.iloc[place], true=true.iloc[place], line=line, policy=policy)
            )
        else:
            found.append(common[period, level])
    return found


def _own(
    standard: Standard, shown: Any, *, true: Any, line: Indicator, policy: Disclosure
) -> Aim | None:
    """An organisation's own standard, made of figures of which those of patients are rounded."""
    protected = [
        name
        for name, measure in line.measures.items()
        if name.startswith("standard_") and not measure.public
    ]
    exact = limit_of(line, standard, true)
    ends = [
        limit_of(
            line,
            standard,
            {**shown, **{name: int(shown[name]) + way * policy.base for name in protected}},
        )
        for way in (-1, 1)
    ]
    known = [limit for limit in ends if limit is not None]
    if exact is None or not known:
        return None
    return Aim(standard.operator, exact, min(known), max(known))


def plans_of(rows: pd.DataFrame, line: Indicator) -> list[Aim | None]:
    """The plan of each released row of a line that has a better direction, else None."""
    way = DIRECTIONS.get(line.polarity)
    found: list[Aim | None] = []
    for plan, status in zip(rows["plan"], rows["status"], strict=True):
        if way is None or pd.isna(plan) or status != Status.OK:
            found.append(None)
            continue
        limit = Fraction(str(plan))
        found.append(Aim(AS_PLANNED[way], limit, limit, limit))
    return found
