"""What stands above the plot of a control chart: brackets over special causes, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from nhsind.charts.board import Board, Point
from nhsind.charts.control_parts import Control
from nhsind.charts.lettering import width_of
from nhsind.charts.style import TEXT, WIDTH
from nhsind.statistics.control_chart import HIGH

# A flag in few words, for the brackets above the plot.
BRIEFLY = {
    "above_limits": "above upper limit",
    "below_limits": "below lower limit",
    "trend_up": "rising",
    "trend_down": "falling",
    "two_of_three_high": "near upper limit",
    "two_of_three_low": "near lower limit",
    "shift_high": "run above mean",
    "shift_low": "run below mean",
}
# A row of brackets above the plot, and the words on them.
LANE = 28.0


@dataclass(frozen=True)
class Sign:
    """Words above the plot, over the stretch that they are about."""

    start: float
    end: float
    words: str

    @property
    def middle(self) -> float:
        """Where the middle of the words stands: over the stretch, as far as the edges allow."""
        half = width_of(self.words) / 2
        return max(half, min(WIDTH - half, (self.start + self.end) / 2))

    @property
    def extent(self) -> tuple[float, float]:
        """From where to where nothing else may stand."""
        half = width_of(self.words) / 2 + 6
        return min(self.start - 3, self.middle - half), max(self.end + 3, self.middle + half)


def signs_of(control: Control, x: Sequence[float]) -> list[Sign]:
    """What stands above the plot: special causes over their points, and where limits begin anew.

    Points in a row on one side, of one meaning, share a bracket that has the words of each.
    """
    found = control.chart
    alike = [
        (flag in HIGH, meaning) if flag else place
        for place, (flag, meaning) in enumerate(zip(found.labels, found.meanings, strict=True))
    ]
    signs = []
    for _, run in groupby(range(len(alike)), key=lambda place: alike[place]):
        points = list(run)
        flags = dict.fromkeys(found.labels[place] for place in points)
        meaning = found.meanings[points[0]]
        if "" not in flags:
            words = ", ".join(BRIEFLY[flag] for flag in flags)
            side = "" if meaning == "neutral" else f": {meaning}"
            signs.append(Sign(x[points[0]] - 5, x[points[-1]] + 5, f"{words}{side}"))
    for at in found.basis.recalculated:
        between = (x[at - 1] + x[at]) / 2
        signs.append(Sign(between, between, f"limits recalculated, {control.short[at]}"))
    if found.basis.baseline:
        first = found.basis.baseline[0]
        words = f"limits from the first {first} points"
        signs.append(Sign(x[0] - 5, x[first - 1] + 5, words))
    signs += [Sign(x[at], x[at], words) for at, words in control.notes.items()]
    return sorted(signs, key=lambda sign: (sign.start, sign.end))


def lanes_of(signs: Sequence[Sign]) -> list[int]:
    """The row above the plot that each sign takes, so that no two cover each other."""
    ends: list[float] = []
    found = []
    for sign in signs:
        start, end = sign.extent
        # Signs come from left to right, so each row is filled up to an end.
        lane = next((place for place, held in enumerate(ends) if held < start), len(ends))
        ends[lane : lane + 1] = [end]
        found.append(lane)
    return found


def draw_signs(board: Board, signs: Sequence[Sign], lanes: Sequence[int], top: float) -> None:
    """Draw the signs, each in its row above the plot."""
    brackets: list[Point | None] = []
    for sign, lane in zip(signs, lanes, strict=True):
        y = top - 6 - LANE * lane
        if sign.start < sign.end:
            corners = [(sign.start, y), (sign.start, y - 5), (sign.end, y - 5), (sign.end, y)]
            brackets += [*corners, None]
        board.text(sign.middle, y - 11, words=sign.words, align="center", name="signal")
    board.line(brackets, TEXT, width=1.1, name="bracket", of_page=True)
