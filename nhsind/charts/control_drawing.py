"""The drawing of a control chart: lines and marks, with brackets that name special causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf, isnan
from typing import Any

from nhsind.charts.axis import apart, axis
from nhsind.charts.base import (
    axis_title,
    bare,
    factor,
    left_of,
    number_words,
    value_axis,
)
from nhsind.charts.board import Board, Point
from nhsind.charts.lettering import LINE_HEIGHT, fit, width_of
from nhsind.charts.style import BLUE, GREY, ORANGE, PINK, TEXT, WIDTH, in_style
from nhsind.charts.svg import finish
from nhsind.charts.times import level, limits, places, short, time_axis
from nhsind.definitions.indicators import Indicator
from nhsind.periods import Period
from nhsind.statistics.control_chart import HIGH, ControlChart

# What a point's meaning looks like: its mark differs as well as its colour.
LOOKS = {
    "": (("o", 6.4), GREY),
    "improvement": (("D", 8.0), BLUE),
    "concern": (("s", 7.8), ORANGE),
    "neutral": (("^", 9.4), PINK),
}
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
HEIGHT, RIGHT, TOP = 210.0, 584.0, 32.0
# A row of brackets above the plot, and the words on them.
LANE = 28.0


@dataclass(frozen=True)
class Control:
    """A control chart with the periods, rows of figures and standards it was made from."""

    line: Indicator
    chart: ControlChart
    periods: Sequence[Period]
    rows: Sequence[Any]
    standards: Sequence[tuple[float, str] | None]
    reasons: Mapping[int, str]

    def drawn(self, values: Iterable[float]) -> list[float | None]:
        """Values or limits as they are drawn: none where there is none, or no value could be."""
        times = factor(self.line)
        known = self.chart.value[self.chart.known]
        lowest = 0.0 if known.size and known.min() >= 0 else -inf
        highest = 100.0 if self.line.kind == "proportion" else inf
        return [
            None if isnan(value) or not lowest <= times * value <= highest else times * float(value)
            for value in values
        ]


@dataclass(frozen=True)
class Level:
    """A level line of the chart: its values, how it looks, and its name at the right end."""

    name: str
    values: Sequence[float | None]
    colour: str
    width: float
    dash: Sequence[float]
    words: str


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


@in_style()
def draw(control: Control, verdicts: Sequence[str], alt: str) -> str:
    """The chart as SVG; `verdicts` stand under it."""
    line, found, periods = control.line, control.chart, control.periods
    values, levels = control.drawn(found.value), _levels(control)
    shown = [
        each for each in (*values, *(v for line in levels for v in line.values)) if each is not None
    ]
    scale = axis(shown, line.kind == "proportion", whole=line.kind == "count")
    names = [width_of(level.words) for level in levels if level.values[-1] is not None]
    left, right = left_of(scale), min(RIGHT, WIDTH - 15 - max(names, default=0.0))
    x = places(len(periods), left, right)
    signs = _signs(control, x)
    lanes = _lanes(signs)
    top = TOP + LANE * (1 + max(lanes, default=-1))
    bottom = top + HEIGHT
    height = bottom + 34 + LINE_HEIGHT * len(verdicts)
    board = Board(
        "y",
        (left, top, right, bottom),
        x=limits(len(periods), left, right),
        y=(scale.low, scale.high),
        height=height,
    )
    value_axis(board, scale, axis_title(line, scale))
    time_axis(board, periods, x)
    for at in control.reasons:
        ends = [(at - 0.5, scale.low), (at - 0.5, scale.high)]
        board.line(ends, TEXT, width=1.2, dash=(1, 4), name="recalculated")
    for each in levels:
        starts = () if each.name == "target" else found.recalculated_at
        board.line(
            level(each.values, starts),
            each.colour,
            width=each.width,
            dash=each.dash,
            name=each.name,
        )
    _draw_ends(board, levels, right)
    points = [None if value is None else (at, value) for at, value in enumerate(values)]
    board.line(points, GREY, width=1.8, name="series")
    for meaning, (mark, colour) in LOOKS.items():
        alike = [point for point, own in zip(points, found.meanings, strict=True) if own == meaning]
        board.marks(
            [each for each in alike if each],
            mark,
            colour=colour,
            name=f"point {meaning or 'common'}",
        )
    _draw_signs(board, signs, lanes, top)
    for place, text in enumerate(verdicts, 1):
        words = fit(text, WIDTH, bold=True)
        board.text(0, bottom + 26 + LINE_HEIGHT * place, words=words, bold=True)
    return finish(board.drawn(), height, alt)


def _levels(control: Control) -> list[Level]:
    """Limits, mean and standard."""
    found = control.chart
    levels = []
    for name, words, given, width, dash in (
        ("upper", "Upper limit", found.upper_limit, 1.4, (7, 3)),
        ("mean", "Mean", found.mean, 1.6, ()),
        ("lower", "Lower limit", found.lower_limit, 1.4, (7, 3)),
    ):
        values = control.drawn(given)
        shown = "" if values[-1] is None else number_words(float(given[-1]), control.line)
        end = f"{words} {bare(shown, control.line)}"
        levels.append(Level(name, values, GREY, width, dash, end))
    targets = [None if each is None else each[0] for each in control.standards]
    last = control.standards[-1]
    levels.append(Level("target", targets, TEXT, 1.3, (2, 2), last[1] if last else ""))
    return levels


def _draw_ends(board: Board, levels: Sequence[Level], right: float) -> None:
    """The names of the lines at their right ends."""
    ends = [(level.values[-1], level.words) for level in levels]
    known = [(value, words) for value, words in ends if value is not None]
    heights = [y for _, y in board.pixels([(0, value) for value, _ in known])]
    low, high = board.axes.get_ylim()
    (_, bottom), (_, top) = board.pixels([(0, low), (0, high)])
    moved = apart(heights, LINE_HEIGHT, top, bottom)
    leaders: list[Point | None] = []
    for (_, words), y, to in zip(known, heights, moved, strict=True):
        leaders += [(right - 6, y), (right + 10, to), None]
        board.text(right + 13, to + 4.5, words=words, name="label")
    board.line(leaders, GREY, width=0.8, name="leader", of_page=True)


def _signs(control: Control, x: Sequence[float]) -> list[Sign]:
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
    for at in control.reasons:
        between = (x[at - 1] + x[at]) / 2
        words = f"limits recalculated, {short(control.periods[at])}"
        signs.append(Sign(between, between, words))
    return sorted(signs, key=lambda sign: (sign.start, sign.end))


def _lanes(signs: Sequence[Sign]) -> list[int]:
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


def _draw_signs(board: Board, signs: Sequence[Sign], lanes: Sequence[int], top: float) -> None:
    brackets: list[Point | None] = []
    for sign, lane in zip(signs, lanes, strict=True):
        y = top - 6 - LANE * lane
        if sign.start < sign.end:
            corners = [(sign.start, y), (sign.start, y - 5), (sign.end, y - 5), (sign.end, y)]
            brackets += [*corners, None]
        board.text(sign.middle, y - 11, words=sign.words, align="center", name="signal")
    board.line(brackets, TEXT, width=1.1, name="bracket", of_page=True)
