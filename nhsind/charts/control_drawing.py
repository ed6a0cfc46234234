"""The drawing of a control chart: lines and marks, with brackets that name special causes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from math import inf, isnan

from nhsind.charts.axis import apart, axis
from nhsind.charts.base import left_of, starts_at, value_axis
from nhsind.charts.board import Board, Point
from nhsind.charts.icons import SIZE, Icon
from nhsind.charts.lettering import LINE_HEIGHT, fit, width_of
from nhsind.charts.style import BLUE, GREY, ORANGE, PINK, RED, TEXT, TURQUOISE, WIDTH, in_style
from nhsind.charts.svg import finish, number
from nhsind.charts.times import level, limits, places, time_axis
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
# A target, and what else the values are held against: colour and dash.
AIMS: tuple[tuple[str, Sequence[float]], ...] = ((RED, (2, 2)), (TURQUOISE, (8, 3, 2, 3)))
HEIGHT, RIGHT, TOP = 210.0, 584.0, 32.0
# A row of brackets above the plot, and the words on them.
LANE = 28.0


# A verdict under the plot: an icon's height where it has one, and where its words begin.
ROW, BESIDE_ICON, BASELINE = SIZE + 6, SIZE + 8, 4.5


@dataclass(frozen=True)
class Scale:
    """How the numbers of a chart are drawn and told.

    `factor`: what values are multiplied by to be drawn; `words`: a mean, limit or aim in words,
    `bare` without the unit, which the axis says.
    """

    unit: str
    words: Callable[[float], str]
    bare: Callable[[float], str]
    factor: float = 1.0
    is_percentage: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Aim:
    """What the values are held against: a target, plan or trajectory, a number per point.

    `values` are as they are drawn, `told` the same in words (empty where there is none); `words`
    stand at the right end of the line.
    """

    name: str
    values: Sequence[float | None]
    told: Sequence[str]
    words: str


@dataclass(frozen=True)
class Verdict:
    """A sentence under the plot, and the icon beside it."""

    words: str
    icon: Icon | None = None

    @property
    def shown(self) -> str:
        """The words as there is room for them."""
        return fit(self.words, WIDTH - BESIDE_ICON, bold=self.icon is not None)


@dataclass(frozen=True)
class Control:
    """A control chart with what is drawn and told of it besides.

    `short`, `names`: of each point for the axis and for sentences; `told`: its value in words.
    `aims`: the target first.
    `notes`: words that stand over a point.
    """

    chart: ControlChart
    short: Sequence[str]
    names: Sequence[str]
    told: Sequence[str]
    scale: Scale
    aims: Sequence[Aim] = ()
    notes: Mapping[int, str] = field(default_factory=dict)

    def drawn(self, values: Iterable[float]) -> list[float | None]:
        """Values or limits as they are drawn: none where there is none, or no value could be."""
        times = self.scale.factor
        known = self.chart.given[~(self.chart.given != self.chart.given)]
        lowest = 0.0 if known.size and known.min() >= 0 else -inf
        highest = 100.0 if self.scale.is_percentage else inf
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
def draw(control: Control, verdicts: Sequence[Verdict], alt: str) -> str:
    """The chart as SVG; `verdicts` stand under it, beside their icons."""
    board, rows = _board(control, verdicts)
    said = []
    for each, y in zip(verdicts, rows, strict=True):
        # What stands below the plot needs none of matplotlib's time.
        weight = ' font-weight="700"' if each.icon else ""
        where = f'x="{number(BESIDE_ICON)}" y="{number(y + BASELINE)}"'
        said.append(each.icon.at(SIZE / 2, y) if each.icon else "")
        said.append(f"<text {where}{weight}>{escape(each.shown)}</text>")
    return finish(board.drawn() + "".join(said), board.height, alt)


@in_style()
def paint(control: Control, verdicts: Sequence[Verdict]) -> bytes:
    """The chart as PNG."""
    board, rows = _board(control, verdicts)
    for each, y in zip(verdicts, rows, strict=True):
        if each.icon:
            each.icon.draw_on(board, SIZE / 2, y)
        bold = each.icon is not None
        board.text(BESIDE_ICON, y + BASELINE, words=each.shown, bold=bold)
    return board.painted()


def _board(control: Control, verdicts: Sequence[Verdict]) -> tuple[Board, list[float]]:
    """The chart drawn, and how far down the middle of each verdict is."""
    found, numbers = control.chart, control.scale
    values, levels = control.drawn(found.value), _levels(control)
    ghosts = control.drawn(found.given)
    shown = [
        each for each in (*ghosts, *(v for line in levels for v in line.values)) if each is not None
    ]
    scale = axis(shown, numbers.is_percentage, whole=numbers.whole)
    names = [width_of(level.words) for level in levels if level.values[-1] is not None]
    left, right = left_of(scale), min(RIGHT, WIDTH - 15 - max(names, default=0.0))
    count = len(values)
    x = places(count, left, right)
    signs = _signs(control, x)
    lanes = _lanes(signs)
    top = TOP + LANE * (1 + max(lanes, default=-1))
    bottom = top + HEIGHT
    heights = [ROW if each.icon else LINE_HEIGHT + 2 for each in verdicts]
    under = bottom + 30
    rows = [under + sum(heights[:place]) + high / 2 for place, high in enumerate(heights)]
    board = Board(
        "y",
        (left, top, right, bottom),
        x=limits(count, left, right),
        y=(scale.low, scale.high),
        height=under + sum(heights) + 4,
    )
    value_axis(board, scale, starts_at(numbers.unit, scale))
    time_axis(board, control.short, x)
    for at in (*(at - 0.5 for at in found.basis.recalculated), *control.notes):
        ends = [(at, scale.low), (at, scale.high)]
        name = "noted" if at in control.notes else "recalculated"
        board.line(ends, TEXT, width=1.2, dash=(1, 4), name=name)
    for each in levels:
        starts = found.recalculated_at if each.name in ("upper", "mean", "lower") else ()
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
    hollow = [(at, value) for at in found.basis.ghosted if (value := ghosts[at]) is not None]
    board.marks(hollow, ("o", 6.4), colour="#FFFFFF", edge=GREY, name="ghosted")
    _draw_signs(board, signs, lanes, top)
    return board, rows


def _levels(control: Control) -> list[Level]:
    """Limits, mean, and what the values are held against."""
    found = control.chart
    levels = []
    for name, words, given, width, dash in (
        ("upper", "Upper limit", found.upper_limit, 1.4, (7, 3)),
        ("mean", "Mean", found.mean, 1.6, ()),
        ("lower", "Lower limit", found.lower_limit, 1.4, (7, 3)),
    ):
        values = control.drawn(given)
        shown = "" if values[-1] is None else control.scale.bare(float(given[-1]))
        levels.append(Level(name, values, GREY, width, dash, f"{words} {shown}"))
    for place, aim in enumerate(control.aims):
        colour, pattern = AIMS[min(place, len(AIMS) - 1)]
        levels.append(Level(aim.name, aim.values, colour, 1.5, pattern, aim.words))
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
    for at in found.basis.recalculated:
        between = (x[at - 1] + x[at]) / 2
        signs.append(Sign(between, between, f"limits recalculated, {control.short[at]}"))
    if found.basis.baseline:
        first = found.basis.baseline[0]
        words = f"limits from the first {first} points"
        signs.append(Sign(x[0] - 5, x[first - 1] + 5, words))
    signs += [Sign(x[at], x[at], words) for at, words in control.notes.items()]
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
