"""The drawing of a control chart: lines and marks, with brackets that name special causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nhsind.charts.axis import Axis, apart, axis
from nhsind.charts.base import Chart, left_of, starts_at, title_room, value_axis
from nhsind.charts.board import Board, Point
from nhsind.charts.control_parts import BESIDE_ICON, Control, VerdictLine, below
from nhsind.charts.control_signs import LANE, draw_signs, lanes_of, signs_of
from nhsind.charts.control_words import basis_words, in_words, unseen, warnings
from nhsind.charts.icons import SIZE
from nhsind.charts.lettering import LINE_HEIGHT, width_of
from nhsind.charts.style import BLUE, GREY, ORANGE, PINK, RED, TEXT, TURQUOISE, WIDTH, in_style
from nhsind.charts.svg import finish, number
from nhsind.charts.times import level, limits, places, time_axis
from nhsind.tables.small_table import Table

# What a point's meaning looks like: its mark differs as well as its colour.
LOOKS = {
    "": (("o", 6.4), GREY),
    "improvement": (("D", 8.0), BLUE),
    "concern": (("s", 7.8), ORANGE),
    "neutral": (("^", 9.4), PINK),
}
# A target, and what else the values are held against: colour and dash.
AIMS: tuple[tuple[str, Sequence[float]], ...] = ((RED, (2, 2)), (TURQUOISE, (8, 3, 2, 3)))
HEIGHT, RIGHT, TOP = 210.0, 584.0, 32.0
# A verdict under the plot: an icon's height where it has one, and where its words stand.
ROW, BASELINE = SIZE + 6, 4.5


@dataclass(frozen=True)
class LevelLine:
    """A level line of the chart: its values, how it looks, and its name at the right end."""

    name: str
    values: Sequence[float | None]
    colour: str
    width: float
    dash: Sequence[float]
    words: str


def drawn_chart(
    control: Control,
    verdicts: Sequence[VerdictLine],
    table: Table,
    *,
    heading: str,
    gaps: Sequence[str],
) -> Chart:
    """The drawing with its description, its caption and what stands below it.

    `heading`: what is charted; `gaps`: what is told of points without a value.
    """
    told = [*basis_words(control), *warnings(control), *unseen(control), *gaps]
    words = [each.words for each in verdicts]
    alt = " ".join([f"{heading}.", *in_words(control), *words, *told])
    svg, plot_height = draw(control, verdicts, alt)
    return Chart(
        svg,
        alt,
        " ".join([f"{heading}.", *told, f"Setting: {control.chart.setting}."]),
        table,
        over_time=True,
        unit=unit_of(control),
        below=below(verdicts),
        plot_height=plot_height,
    )


@in_style()
def draw(control: Control, verdicts: Sequence[VerdictLine], alt: str) -> tuple[str, float]:
    """The chart as SVG, and how much of it is above the `verdicts`, which have their icons."""
    board, rows, under = _board(control, verdicts)
    said = []
    for each, y in zip(verdicts, rows, strict=True):
        # What stands below the plot needs none of matplotlib's time.
        weight = ' font-weight="700"' if each.icon else ""
        where = f'x="{number(BESIDE_ICON)}" y="{number(y + BASELINE)}"'
        said.append(each.icon.at(SIZE / 2, y) if each.icon else "")
        said.append(f"<text {where}{weight}>{escape(each.shown)}</text>")
    return finish(board.drawn() + "".join(said), board.height, alt), under


@in_style()
def paint(control: Control, verdicts: Sequence[VerdictLine]) -> bytes:
    """The chart as PNG."""
    board, rows, _ = _board(control, verdicts)
    for each, y in zip(verdicts, rows, strict=True):
        if each.icon:
            each.icon.draw_on(board, SIZE / 2, y)
        bold = each.icon is not None
        board.text(BESIDE_ICON, y + BASELINE, words=each.shown, bold=bold)
    return board.painted()


def unit_of(control: Control) -> str:
    """What the axis of the values shows."""
    return starts_at(control.scale.unit, _axis(control, _levels(control)))


def _axis(control: Control, levels: Sequence[LevelLine]) -> Axis:
    numbers, ghosts = control.scale, control.drawn(control.chart.given)
    shown = [
        each for each in (*ghosts, *(v for line in levels for v in line.values)) if each is not None
    ]
    return axis(shown, numbers.is_percentage, whole=numbers.whole)


def _board(control: Control, verdicts: Sequence[VerdictLine]) -> tuple[Board, list[float], float]:
    """The chart drawn, how far down the middle of each verdict is, and where they begin."""
    found = control.chart
    values, levels = control.drawn(found.value), _levels(control)
    ghosts = control.drawn(found.given)
    scale = _axis(control, levels)
    title = starts_at(control.scale.unit, scale)
    names = [width_of(level.words) for level in levels if level.values[-1] is not None]
    left, right = left_of(scale), min(RIGHT, WIDTH - 15 - max(names, default=0.0))
    count = len(values)
    x = places(count, left, right)
    signs = signs_of(control, x)
    lanes = lanes_of(signs)
    top = TOP + title_room(title) + LANE * (1 + max(lanes, default=-1))
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
    value_axis(board, scale, title)
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
    draw_signs(board, signs, lanes, top)
    return board, rows, under


def _levels(control: Control) -> list[LevelLine]:
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
        levels.append(LevelLine(name, values, GREY, width, dash, f"{words} {shown}"))
    for place, aim in enumerate(control.aims):
        colour, pattern = AIMS[min(place, len(AIMS) - 1)]
        levels.append(LevelLine(aim.name, aim.values, colour, 1.5, pattern, aim.words))
    return levels


def _draw_ends(board: Board, levels: Sequence[LevelLine], right: float) -> None:
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
