"""One series with its limits and signals, and what they say: variation and assurance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nhsind.statistics.basis import Basis
from nhsind.statistics.given import left_out
from nhsind.statistics.signals import (
    EQUAL_WITHIN,
    FLAGS,
    RULES,
    Numbers,
    Truth,
)

# What a chart needs for limits and icons, and a part for limits that last (SQL tool, step 2b).
MINIMUM_POINTS = 15
MINIMUM_POINTS_OF_A_PART = 12

POLARITIES = ("higher", "lower", "neutral")
CONFLICTS = ("improvement", "concern", "label")
HIGH = {"above_limits", "trend_up", "two_of_three_high", "shift_high"}
VARIATION = {
    "common_cause": "common cause variation: no significant change",
    "improvement": "special cause of improvement",
    "concern": "special cause of concern",
    "neutral": "special cause, where neither direction is better",
}
ASSURANCE = {
    "pass": "consistently meets the target",
    "fail": "consistently misses the target",
    "hit_or_miss": "may meet or miss the target, which lies between the limits",
}


@dataclass(frozen=True, eq=False)
class ControlChart:
    """One series with its limits, signals and verdicts.

    `target` has a number per point, missing where there is none. `given`: the values as they were
    given; `value`: without those of ghosted points, which nothing is made of. `exclude_outliers`:
    what was done; None for charts that have no moving ranges. `signals`: a row per flag of
    `FLAGS`, a column per point. `basis`: what limits were made from, and why. `why`: for what
    reason this kind of chart was chosen; empty where it was asked for or goes without saying.
    """

    kind: str
    index: pd.Index[Any] = field(repr=False)
    value: Numbers = field(repr=False)
    mean: Numbers = field(repr=False)
    lower_limit: Numbers = field(repr=False)
    upper_limit: Numbers = field(repr=False)
    signals: Truth = field(repr=False)
    target: Numbers = field(repr=False)
    polarity: str
    rules: str
    conflict: str
    exclude_outliers: bool | None
    basis: Basis
    given: Numbers = field(repr=False)
    why: str = ""

    @property
    def is_of_gaps(self) -> bool:
        """Whether the values lie between events, so that no target is judged (SQL tool 2.4)."""
        return self.kind in ("T", "G")

    @property
    def recalculated_at(self) -> tuple[int, ...]:
        """The positions at which new parts begin."""
        return tuple(self.basis.recalculated)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per point: value, mean, lower_limit, upper_limit, flag (empty: no signal)."""
        lines: dict[str, Any] = {"value": self.given}
        lines |= {name: getattr(self, name) for name in ("mean", "lower_limit", "upper_limit")}
        lines["flag"] = np.array(self.labels, dtype=object)
        return pd.DataFrame(lines, index=self.index)

    @cached_property
    def flags(self) -> tuple[tuple[str, ...], ...]:
        """All flags of each point, in order of precedence."""
        names = np.array(list(FLAGS))
        return tuple(tuple(names[point].tolist()) for point in self.signals.T)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The flag that names each point; where a trend turns, the one that begins there."""
        first = [names[0] if names else "" for names in self.flags]
        for point, names in enumerate(self.flags):
            if first[point] == "trend_up" and "trend_down" in names:
                falls = self.value[point + 1] < self.value[point]
                first[point] = "trend_down" if falls else "trend_up"
        return tuple(first)

    @cached_property
    def meanings(self) -> tuple[str, ...]:
        """What the signals of each point mean: improvement, concern, neutral, or empty."""
        return tuple(map(self._meaning, self.flags, self.labels))

    def _meaning(self, flags: tuple[str, ...], label: str) -> str:
        found = {_meaning(flag, self.polarity) for flag in flags}
        if len(found) > 1:
            return _meaning(label, self.polarity) if self.conflict == "label" else self.conflict
        return found.pop() if found else ""

    @cached_property
    def known(self) -> NDArray[np.int_]:
        """Positions of the points that have a value."""
        return np.flatnonzero(~np.isnan(self.value))

    @cached_property
    def variation(self) -> str | None:
        """Of the last point with a value: a word of `VARIATION`; None where it has no limits."""
        if not self.known.size:
            return None
        last = self.known[-1]
        limited = not np.isnan(self.upper_limit[last])
        return self.meanings[last] or ("common_cause" if limited else None)

    @cached_property
    def direction(self) -> str:
        """Which way the latest point's special cause goes: `high` or `low`; empty for none.

        Of a point with signals both ways, that of what its meaning says.
        """
        if not self.known.size or not self.flags[self.known[-1]]:
            return ""
        last = self.known[-1]
        if self.polarity == "neutral":
            return "high" if self.labels[last] in HIGH else "low"
        is_better = self.meanings[last] == "improvement"
        return "high" if is_better == (self.polarity == "higher") else "low"

    @cached_property
    def is_conflict(self) -> bool:
        """Whether the latest point is improvement by one rule and concern by another."""
        if not self.known.size:
            return False
        flags = self.flags[self.known[-1]]
        return len({_meaning(flag, self.polarity) for flag in flags}) > 1

    @cached_property
    def assurance(self) -> str | None:
        """The last point's target against its limits: a word of `ASSURANCE`; None without them."""
        if not self.known.size or self.polarity == "neutral" or self.is_of_gaps:
            return None
        lines = (self.target, self.lower_limit, self.upper_limit)
        target, lower, upper = (float(line[self.known[-1]]) for line in lines)
        if np.isnan(target + lower + upper):
            return None
        near = EQUAL_WITHIN * max(abs(target), float(np.abs(self.value[self.known]).max()))
        under, over = target <= lower + near, target >= upper - near
        met, missed = (under, over) if self.polarity == "higher" else (over, under)
        # Met is asked first: a constant 100% meets a target of 100%.
        return "pass" if met else "fail" if missed else "hit_or_miss"

    @cached_property
    def promise(self) -> str | None:
        """`assurance`, or `broken` where the latest value is on the other side of its target.

        Only one outside the limits can be. The method's word would say that figures consistently
        miss what the latest one met.
        """
        expected = {"pass": True, "fail": False}.get(self.assurance or "")
        if expected is None:
            return self.assurance
        value, target = (float(line[self.known[-1]]) for line in (self.value, self.target))
        better = value - target if self.polarity == "higher" else target - value
        near = EQUAL_WITHIN * max(abs(target), abs(value))
        is_broken = better < -near if expected else better > near
        return "broken" if is_broken else self.assurance

    @property
    def setting(self) -> str:
        """How the chart was made, in words that belong under it."""
        because = f" ({self.why})" if self.why else ""
        words = [f"{self.kind} chart{because}", f"rules {self.rules} ({RULES[self.rules].source})"]
        if self.exclude_outliers is not None:
            words += [f"outlying moving ranges {'left out' if self.exclude_outliers else 'kept'}"]
        direction = "neither direction" if self.polarity == "neutral" else self.polarity
        words += [f"{direction} is better"]
        return "; ".join([*words, *self.basis.words([str(label) for label in self.index])])

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the chart must be told."""
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if gap := left_out(self.index):
            yield gap
        if self.polarity == "neutral" and not np.isnan(self.target).all():
            yield "the target is not judged: neither direction is better"
        elif self.is_of_gaps and not np.isnan(self.target).all():
            yield f"the target is not judged: a {self.kind} chart has none"
        if self.known.size < MINIMUM_POINTS:
            needs = f"limits, signals and icons need {MINIMUM_POINTS}"
            yield f"points with a value: {self.known.size}; {needs}"
            return
        for start, stop, end in self.basis.parts(self.value.size):
            points = np.count_nonzero((self.known >= start) & (self.known < end))
            if points < MINIMUM_POINTS_OF_A_PART:
                span = f"from {self.index[start]} to {self.index[end - 1]}"
                bare = np.isnan(self.upper_limit[start:stop]).all()
                so = "there are no limits" if bare else "the limits are provisional"
                few = f"fewer than {MINIMUM_POINTS_OF_A_PART}, so {so}"
                yield f"points with a value {span}: {points}; {few}"
        if self.is_conflict:
            yield f"the last point is improvement and concern: shown as {self.variation}"


def _meaning(flag: str, polarity: str) -> str:
    if polarity == "neutral":
        return "neutral"
    return "improvement" if (flag in HIGH) == (polarity == "higher") else "concern"
