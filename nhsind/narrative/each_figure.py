"""The sentences about one figure, in the order in which they are told."""

from __future__ import annotations

from nhsind.narrative.aims import tell_aims
from nhsind.narrative.changes import tell_changes
from nhsind.narrative.comparisons import tell_comparison
from nhsind.narrative.patterns import tell_pattern

# In the order in which they are told, after what is counted: at most five sentences in all.
EACH_FIGURE = (tell_aims, tell_changes, tell_comparison, tell_pattern)
