"""How matplotlib draws the charts: the Government Analysis Function's colours and plain axes.

The palette and the rules (pale grid lines across the values only, no box around the plot, labels
beside the lines instead of a legend) are those of the Analysis Function's guidance, "Data
visualisation: colours in charts" and "Data visualisation: charts".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import matplotlib as mpl

from nhsind.charts.lettering import TEXT_SIZE

# As wide as a report's page shows a figure (46rem). A point of matplotlib is a unit of the
# drawing, and so a pixel there.
WIDTH = 736.0
# The Government Analysis Function's palette, in its order; text and grid as its charts have them.
BLUE, TURQUOISE, PINK, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
# Of a target, which Making Data Count draws red and broken.
RED = "#B00020"
TEXT, GREY, PALE, GRID = "#1A1A1A", "#595959", "#EEF2F5", "#D6D6D6"

# matplotlib's own settings, whatever a reader's notebook has set, and over them the style.
STYLE: dict[Any, Any] = {
    name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")
} | {
    "svg.fonttype": "none",
    "svg.hashsalt": "nhsind",
    # A dollar in a name is a dollar.
    "text.parse_math": False,
    # The font that matplotlib brings; which one a page shows is said once, in `nhsind.charts.svg`.
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT_SIZE,
    "text.color": TEXT,
    "figure.dpi": 72,
    "axes.edgecolor": GREY,
    "axes.linewidth": 1.0,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    # No titles or labels of matplotlib's, so that it does not look for their place.
    "axes.titley": 1.0,
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "lines.scale_dashes": False,
    "lines.dash_capstyle": "butt",
    "lines.solid_capstyle": "butt",
    "path.simplify": False,
    "xtick.color": GREY,
    "xtick.labelcolor": TEXT,
    "xtick.labelsize": TEXT_SIZE,
    "xtick.major.size": 5.0,
    "xtick.major.width": 1.0,
    "xtick.major.pad": 4.0,
    "ytick.color": GREY,
    "ytick.labelcolor": TEXT,
    "ytick.labelsize": TEXT_SIZE,
    "ytick.major.size": 0.0,
    "ytick.major.pad": 8.0,
}


_drawing = RLock()


@contextmanager
def in_style() -> Iterator[None]:
    """Within it figures are made and drawn in the style."""
    # matplotlib's settings and the axes that are kept belong to one drawing at a time.
    with _drawing, mpl.rc_context(STYLE):
        yield
