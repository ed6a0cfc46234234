"""The drawing of a control chart: lines and marks, with brackets that name special causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf, isnan
from typing import Any

from nhsind.charts.base import (
    axis_title,
    bare,
    factor,
    left_of,
    number_words,
    value_axis,
)
from nhsind.charts.lettering import LINE_HEIGHT, fit, width_of
from nhsind.charts.svg import BLUE, GREY, ORANGE, PINK, TEXT, WIDTH, Drawing, Scale, apart, axis
from nhsind.charts.times import level, places, short, time_axis
from nhsind.definition import Indicator
from nhsind.periods import Period
from nhsind.spc import HIGH, ControlChart

# What a point's meaning looks like: its mark differs as well as its colour.
LOOKS = {
    "": ("circle", GREY, 3.2),
    "improvement": ("diamond", BLUE, 4.4),
    "concern": ("square", ORANGE, 4.4),
    "neutral": ("up", PINK, 4.4),
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
    dash: str
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


def draw(control: Control, verdicts: Sequence[str], alt: str) -> str:
    """The chart as SVG; `verdicts` stand under it."""
    line, found, periods = control.line, control.chart, control.periods
    drawing = Drawing()
    values, levels = control.drawn(found.value), _levels(control)
    shown = [
        each for each in (*values, *(v for line in levels for v in line.values)) if each is not None
    ]
    rough = axis(shown, HEIGHT, 0, line.kind == "proportion", whole=line.kind == "count")
    names = [width_of(level.words) for level in levels if level.values[-1] is not None]
    left, right = left_of(rough), min(RIGHT, WIDTH - 15 - max(names, default=0.0))
    x = places(periods, left, right)
    signs = _signs(control, x)
    lanes = _lanes(signs)
    top = TOP + LANE * (1 + max(lanes, default=-1))
    bottom = top + HEIGHT
    scale = replace(rough, start=bottom, stop=top)
    value_axis(drawing, scale, left, right, axis_title(line, scale))
    time_axis(drawing, periods, x, left, bottom)
    for at in control.reasons:
        between = (x[at - 1] + x[at]) / 2
        drawing.line([(between, top), (between, bottom)], TEXT, 1.2, "1 4", "recalculated")
    for each in levels:
        _draw_level(drawing, x, each, scale, found.recalculated_at)
    _draw_ends(drawing, levels, scale, right)
    points = [
        None if value is None else (at, scale(value)) for at, value in zip(x, values, strict=True)
    ]
    drawing.line(points, GREY, 1.8, name="series")
    for point, meaning in zip(points, found.meanings, strict=True):
        if point is not None:
            shape, colour, size = LOOKS[meaning]
            drawing.mark(shape, *point, colour, size, f"point {meaning or 'common'}")
    _draw_signs(drawing, signs, lanes, top)
    y = bottom + 26
    for text in verdicts:
        y += LINE_HEIGHT
        drawing.text(0, y, fit(text, WIDTH, bold=True), bold=True)
    return drawing.finish(y + 8, alt)


def _levels(control: Control) -> list[Level]:
    """Limits, mean and standard."""
    found = control.chart
    levels = []
    for name, words, given, width, dash in (
        ("upper", "Upper limit", found.upper_limit, 1.4, "7 3"),
        ("mean", "Mean", found.mean, 1.6, ""),
        ("lower", "Lower limit", found.lower_limit, 1.4, "7 3"),
    ):
        values = control.drawn(given)
        shown = "" if values[-1] is None else number_words(float(given[-1]), control.line)
        end = f"{words} {bare(shown, control.line)}"
        levels.append(Level(name, values, GREY, width, dash, end))
    targets = [None if each is None else each[0] for each in control.standards]
    last = control.standards[-1]
    levels.append(Level("target", targets, TEXT, 1.3, "2 2", last[1] if last else ""))
    return levels


def _draw_level(
    drawing: Drawing, x: Sequence[float], line: Level, scale: Scale, starts: Sequence[int]
) -> None:
    """A mean, limit or standard; limits break where they begin anew."""
    heights = [None if value is None else scale(value) for value in line.values]
    points = level(x, heights, () if line.name == "target" else starts)
    drawing.line(points, line.colour, line.width, line.dash, line.name)


def _draw_ends(drawing: Drawing, levels: Sequence[Level], scale: Scale, right: float) -> None:
    """The names of the lines at their right ends."""
    ends = [
        (scale(level.values[-1]), level.words) for level in levels if level.values[-1] is not None
    ]
    moved = apart([y for y, _ in ends], LINE_HEIGHT, scale.stop, scale.start)
    for (y, words), to in zip(ends, moved, strict=True):
        drawing.line([(right - 6, y), (right + 10, to)], GREY, 0.8, name="leader")
        drawing.text(right + 13, to + 4.5, words, name="label")


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


def _draw_signs(drawing: Drawing, signs: Sequence[Sign], lanes: Sequence[int], top: float) -> None:
    for sign, lane in zip(signs, lanes, strict=True):
        y = top - 6 - LANE * lane
        if sign.start < sign.end:
            corners = [(sign.start, y), (sign.start, y - 5), (sign.end, y - 5), (sign.end, y)]
            drawing.line(corners, TEXT, 1.1, name="bracket")
        drawing.text(sign.middle, y - 11, sign.words, "middle", name="signal")
