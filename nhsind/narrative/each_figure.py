"""The sentences about one figure, in the order in which they are told."""

from __future__ import annotations

from nhsind.narrative.aims import tell_plan, tell_verdict
from nhsind.narrative.changes import tell_changes
from nhsind.narrative.comparisons import tell_benchmarks, tell_rank
from nhsind.narrative.counted import tell_caution
from nhsind.narrative.patterns import tell_chart, tell_trend

# In the order in which they are told, after what is counted.
EACH_FIGURE = (
    tell_verdict,
    tell_plan,
    tell_changes,
    tell_benchmarks,
    tell_rank,
    tell_trend,
    tell_chart,
    tell_caution,
)
