"""A figure with one set of axes, in which lines and marks stand at values, and text at pixels.

The frame of the axes is given in pixels of the page, so that there is room for the longest
label. `lettering` measures text, on the safe side of every font that a page may be shown in.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from nhsind.charts.lettering import TEXT_SIZE, clean, width_of
from nhsind.charts.style import TEXT, WIDTH, in_style
from nhsind.charts.svg import body

# Left, top, right, bottom, in pixels from the top left corner.
Box = tuple[float, float, float, float]
Point = tuple[float, float]
# In pictures of pixels, how many stand for one of the page.
PIXELS = 2
# A mark and its width.
Symbol = tuple[str, float]


@cache
def _plot(grid: str) -> tuple[Figure, Axes]:
    """Empty axes with pale lines across the values, which the axis `x` or `y` has, or neither.

    They are kept: matplotlib takes longer to make axes and their ticks than to draw a chart.
    """
    figure = Figure()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.patch.set_visible(False)
    for name, each in (("x", axes.xaxis), ("y", axes.yaxis)):
        # No label, so that matplotlib does not look for its place.
        each.set_label_coords(0, 0)
        if name == grid:
            each.grid(True)
            each.set_tick_params(length=0)
        elif grid != "y":
            each.set_visible(False)
    # The line of the axis that values or bars stand on.
    axes.spines["bottom"].set_visible(grid == "y")
    axes.spines["left"].set_visible(not grid)
    return figure, axes


class Board:
    """The axes of a chart, and what is drawn in and around them.

    `grid`: which axis has pale lines across the plot, `x` or `y`; with neither no axis is named.
    There is one board of a kind at a time.
    """

    def __init__(self, grid: str, frame: Box, *, x: Point, y: Point, height: float) -> None:
        left, top, right, bottom = frame
        self.height = height
        self.figure, self.axes = _plot(grid)
        self.axes.containers.clear()
        for old in (*self.axes.lines, *self.axes.patches, *self.figure.texts):
            old.remove()
        self.figure.set_size_inches(WIDTH / 72, height / 72)
        self.axes.set_position(
            (left / WIDTH, 1 - bottom / height, (right - left) / WIDTH, (bottom - top) / height)
        )
        self.axes.set_xlim(*x)
        self.axes.set_ylim(*y)
        # From pixels of the page, which count downwards.
        self.page = Affine2D().scale(1, -1).translate(0, height)
        self.taken: list[Box] = []

    def pixels(self, points: Sequence[Point]) -> list[Point]:
        """Where values stand in the page."""
        if not points:
            return []
        return [
            (float(x), self.height - float(y)) for x, y in self.axes.transData.transform(points)
        ]

    def ticks(self, side: str, places: Sequence[float], words: Sequence[str]) -> None:
        """The values that the axis `x` or `y` names."""
        (self.axes.xaxis if side == "x" else self.axes.yaxis).set_ticks(places, words)

    def line(
        self,
        points: Iterable[Point | None],
        colour: str,
        *,
        width: float = 1.0,
        dash: Sequence[float] = (),
        name: str = "",
        of_page: bool = False,
        is_round: bool = False,
    ) -> None:
        """A line through values (or pixels of the page), broken where one is missing."""
        steps = [point or (float("nan"), float("nan")) for point in points]
        if all(x != x for x, _ in steps):
            return
        x, y = zip(*steps, strict=True)
        self.axes.add_artist(
            Line2D(
                x,
                y,
                color=colour,
                linewidth=width,
                linestyle=(0, tuple(dash)) if dash else "-",
                solid_capstyle="round" if is_round else None,
                transform=self.page if of_page else self.axes.transData,
                clip_on=False,
                gid=name or None,
            )
        )

    def marks(
        self,
        points: Sequence[Point],
        mark: Symbol,
        *,
        colour: str,
        name: str,
        fill: str = "",
        edge: str = "",
        of_page: bool = False,
    ) -> None:
        """The same mark at each value (or pixel of the page), of one colour or filled, or edged."""
        if not points:
            return
        x, y = zip(*points, strict=True)
        self.axes.add_artist(
            Line2D(
                x,
                y,
                linestyle="none",
                marker=mark[0],
                markersize=mark[1],
                markerfacecolor=fill or colour,
                markeredgecolor=edge or colour,
                markeredgewidth=1.4,
                transform=self.page if of_page else self.axes.transData,
                clip_on=False,
                gid=name,
            )
        )

    def band(self, box: Box, colour: str, name: str = "") -> None:
        """A rectangle of the page, behind everything else."""
        left, top, right, bottom = box
        self.axes.add_artist(
            Rectangle(
                (left, top),
                right - left,
                bottom - top,
                facecolor=colour,
                edgecolor="none",
                transform=self.page,
                clip_on=False,
                zorder=0,
                gid=name or None,
            )
        )

    def text(
        self,
        x: float,
        y: float,
        *,
        words: str,
        align: str = "left",
        bold: bool = False,
        name: str = "",
    ) -> None:
        """A text whose baseline starts, ends or has its middle at a pixel of the page."""
        shown = clean(words)
        self.taken.append(text_box(x, y, words=shown, align=align, bold=bold))
        self.figure.text(
            x,
            y,
            shown,
            horizontalalignment=align,
            verticalalignment="baseline",
            fontweight="bold" if bold else "normal",
            color=TEXT,
            transform=self.page,
            gid=name or None,
        )

    def label(self, places: Sequence[tuple[float, float, str]], words: str) -> bool:
        """The text at the first of the places (x, y, align) where it covers nothing."""
        for x, y, align in places:
            box = text_box(x, y, words=words, align=align)
            inside = box[0] >= 0 and box[2] <= WIDTH
            if inside and not any(_touch(box, other) for other in self.taken):
                self.text(x, y, words=words, align=align)
                return True
        return False

    def drawn(self) -> str:
        """The drawing, to be finished by `nhsind.charts.svg.finish`."""
        return body(self.figure)

    def painted(self) -> bytes:
        """The drawing as PNG, two pixels for each of the page, on white."""
        held = io.BytesIO()
        self.page.scale(PIXELS)
        self.figure.savefig(held, format="png", dpi=PIXELS * 72, metadata={"Software": None})
        return held.getvalue()


@in_style()
def prepare() -> None:
    """Make the axes that charts are drawn on, and let matplotlib find its font, before they are.

    Processes that are forked afterwards draw their first charts in two thirds of the time.
    """
    for grid in ("x", "y"):
        board = Board(grid, (50, 50, 300, 300), x=(0, 6), y=(0, 6), height=350)
        for side in {grid, "x"}:
            board.ticks(side, range(7), [f"{tick}" for tick in range(7)])
        board.text(0, 20, words="Prepared", bold=True)
        board.drawn()


def text_box(x: float, y: float, *, words: str, align: str, bold: bool = False) -> Box:
    """The room a text takes."""
    wide = width_of(words, bold)
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
    return left, y - TEXT_SIZE, left + wide, y + 4.0


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
