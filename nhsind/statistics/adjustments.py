"""What is asked of the control charts of a line, as plans and commands say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nhsind.errors import UsageError
from nhsind.periods import Period, parse_period, parse_periods
from nhsind.statistics.basis import FEWEST_OF_A_BASELINE
from nhsind.statistics.chart_choice import kind_named
from nhsind.statistics.rare_events import RARE


@dataclass(frozen=True)
class Adjustments:
    """Kind, recalculations, baseline and ghosted points of a line's charts, with reasons.

    `recalculate`: periods from which limits are made anew; `baseline`: the number of first points
    whose limits hold; `ghost`: periods, or ranges A..B, that are shown and left out otherwise;
    `kind`: the chart that is drawn in place of the one that suits.
    """

    recalculate: Mapping[str, str] = field(default_factory=dict)
    baseline: tuple[int, str] | None = None
    ghost: Mapping[str, str] = field(default_factory=dict)
    kind: tuple[str, str] | None = None

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


def kind_of_figures(given: str) -> str:
    """A kind of control chart that figures by period can have, by any spelling of it.

    Raises UsageError for another word, and for T and G, which need each event.
    """
    kind = kind_named(given)
    if kind in RARE:
        raise UsageError(
            f"a {kind} chart is of what lies between single events, which figures by period do "
            f'not show: give their days, or the cases between them, to ind.spc(..., kind="{kind}")'
        )
    return kind
