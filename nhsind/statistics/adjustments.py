"""What is asked of the control charts of a line by periods, as plans and commands say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhsind.periods import Period, parse_period, parse_periods
from nhsind.statistics.basis import FEWEST_OF_A_BASELINE


@dataclass(frozen=True)
class Adjustments:
    """Recalculations, a baseline and ghosted points of every chart of a line, with reasons.

    `recalculate`: periods from which limits are made anew; `baseline`: the number of first points
    whose limits hold; `ghost`: periods, or ranges A..B, that are shown and left out otherwise.
    """

    recalculate: Mapping[str, str] = field(default_factory=dict)
    baseline: tuple[int, str] | None = None
    ghost: Mapping[str, str] = field(default_factory=dict)

    def on(self, periods: Sequence[Period]) -> dict[str, Any]:
        """Arguments of `spc` for a chart of these periods; what lies outside changes nothing.

        Raises UsageError for what is no period.
        """
        starts = {}
        for text, reason in self.recalculate.items():
            start = parse_period(str(text)).start
            after = [place for place, each in enumerate(periods) if each.start >= start]
            if after and after[0] > 0:
                starts[after[0]] = reason
        ghosts = {}
        for text, reason in self.ghost.items():
            for period in parse_periods(str(text)):
                within = (
                    place
                    for place, each in enumerate(periods)
                    if period.start <= each.start and each.end <= period.end
                )
                ghosts.update(dict.fromkeys(within, reason))
        found: dict[str, Any] = {"recalculate_at": starts, "ghost": ghosts, "baseline": None}
        if self.baseline and len(periods) >= FEWEST_OF_A_BASELINE:
            points, reason = self.baseline
            found["baseline"] = {min(points, len(periods)): reason}
        return found
