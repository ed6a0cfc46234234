"""A drawing board for SVG: scales, axes, marks, and text that covers nothing.

Written directly, because a report is made for every organisation and period: a drawing takes a
millisecond, holds no identifier or date, and is the same bytes for the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

from nhsind.charts.lettering import TEXT_SIZE, clean, width_of

# As wide as a report's page shows a figure (46rem), so that sizes here are pixels there.
WIDTH = 736.0
FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
# The Government Analysis Function's palette, in its order; text and grid as its charts have them.
BLUE, TURQUOISE, PINK, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
TEXT, GREY, PALE, GRID = "#1A1A1A", "#595959", "#EEF2F5", "#D6D6D6"
MARKS = ("circle", "square", "up", "down", "diamond")

Box = tuple[float, float, float, float]


def number(value: float) -> str:
    """A coordinate to a tenth of a pixel, as short as it can be."""
    text = f"{value:.1f}"
    if text.endswith(".0"):
        text = text[:-2]
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Scale:
    """From values to pixels, with the values that an axis names."""

    low: float
    high: float
    start: float
    stop: float
    ticks: tuple[float, ...] = ()
    step: float = 1.0

    def __call__(self, value: float) -> float:
        """Where a value stands."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)

    def holds(self, value: float) -> bool:
        """Whether the value lies on the axis."""
        return self.low <= value <= self.high

    def words(self, tick: float) -> str:
        """A tick's number: with the decimals of the step, large ones in millions."""
        if tick == 0:
            return "0"
        for size, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
            if max(abs(self.low), abs(self.high)) >= size:
                return f"{tick / size:,.{_decimals(self.step / size)}f}{name}"
        return f"{tick:,.{_decimals(self.step)}f}"


def axis(
    values: Sequence[float],
    start: float,
    stop: float,
    is_percentage: bool = False,
    ticks: int = 5,
    whole: bool = False,
) -> Scale:
    """A scale that holds the values, ending at round numbers.

    Percentages keep to 0-100 and may start above 0; everything else includes 0. `whole`: counts,
    which have no ticks between whole numbers.
    """
    low, high = min(values), max(values)
    if is_percentage:
        room = max((high - low) * 0.06, 0.5)
        low, high = max(0.0, low - room), min(100.0, high + room)
        low = 0.0 if low < high / 4 else min(low, max(0.0, high - 2))
    else:
        low, high = min(0.0, low), max(0.0, high)
        high = high or (1.0 if low == 0 else 0.0)
    step = _round_step((high - low) / ticks)
    if whole:
        step = max(1.0, step)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    named = tuple(float(f"{place * step:.12g}") for place in range(first, last + 1))
    return Scale(named[0], named[-1], start, stop, named, step)


def _round_step(step: float) -> float:
    power = 10.0 ** floor(log10(step))
    return float(next(size * power for size in (1, 2, 5, 10) if size * power >= step * 0.999))


def _decimals(step: float) -> int:
    return max(0, -floor(log10(step) + 1e-9))


def apart(places: Sequence[float], gap: float, lowest: float, highest: float) -> list[float]:
    """The places moved as little as is simple, so that each is `gap` from the next."""
    order = sorted(range(len(places)), key=lambda each: (places[each], each))
    moved = [max(lowest, min(highest, places[each])) for each in order]
    for place in range(1, len(moved)):
        moved[place] = max(moved[place], moved[place - 1] + gap)
    limit = highest
    for place in range(len(moved) - 1, -1, -1):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - gap
    found = [0.0] * len(places)
    for place, each in enumerate(order):
        found[each] = moved[place]
    return found


class Drawing:
    """The elements of one drawing, in the order they are painted, and where its texts stand."""

    def __init__(self, parts: Sequence[str] = (), boxes: Sequence[Box] = ()) -> None:
        self.parts = list(parts)
        self.boxes: list[Box] = [(box[0], box[1], box[2], box[3]) for box in boxes]

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        bold: bool = False,
        colour: str = TEXT,
        name: str = "",
    ) -> None:
        """A text whose baseline starts, ends or has its middle at a point."""
        look = f' text-anchor="{anchor}"' if anchor != "start" else ""
        look += ' font-weight="bold"' if bold else ""
        look += f' fill="{colour}"' if colour != TEXT else ""
        look += f' class="{name}"' if name else ""
        shown = escape(clean(text), quote=False)
        self.parts.append(f'<text x="{number(x)}" y="{number(y)}"{look}>{shown}</text>')
        self.boxes.append(text_box(x, y, text, anchor, bold))

    def line(
        self,
        points: Sequence[tuple[float, float] | None],
        colour: str,
        width: float = 1.0,
        dash: str = "",
        name: str = "",
    ) -> None:
        """A line through the points, broken where one is missing."""
        steps = []
        for before, point in pairwise([None, *points]):
            if point is not None:
                steps.append(f"{'M' if before is None else 'L'}{_pair(point)}")
        self.path("".join(steps), "none", colour, width, dash, name)

    def path(
        self,
        steps: str,
        fill: str,
        colour: str = "",
        width: float = 1.0,
        dash: str = "",
        name: str = "",
    ) -> None:
        """A path, filled, drawn, or both."""
        if not steps:
            return
        look = f' class="{name}"' if name else ""
        look += f' fill="{fill}"'
        if colour:
            look += f' stroke="{colour}" stroke-width="{number(width)}"'
        look += f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<path{look} d="{steps}"/>')

    def mark(
        self,
        shape: str,
        x: float,
        y: float,
        colour: str,
        size: float = 4.0,
        name: str = "",
        fill: str = "",
    ) -> None:
        """One of MARKS around a point, of one colour or filled with another."""
        self.path(marker(shape, x, y, size), fill or colour, colour, 1.4, "", name)

    def dots(
        self, points: Sequence[tuple[float, float]], colour: str, size: float, name: str
    ) -> None:
        """Many round dots as one path: each is a line of no length with round ends."""
        steps = "".join(f"M{_pair(point)}h.01" for point in points)
        if steps:
            self.parts.append(
                f'<path class="{name}" fill="none" stroke="{colour}" '
                f'stroke-width="{number(size)}" stroke-linecap="round" d="{steps}"/>'
            )

    def squares(
        self, points: Sequence[tuple[float, float]], colour: str, size: float, name: str
    ) -> None:
        """Many squares as one path."""
        side = number(size)
        corners = (
            f"M{_pair((x - size / 2, y - size / 2))}h{side}v{side}h-{side}z" for x, y in points
        )
        self.path("".join(corners), colour, name=name)

    def label(self, candidates: Sequence[tuple[float, float, str]], text: str, bold: bool) -> bool:
        """The text at the first of the places (x, y, anchor) where it covers nothing."""
        for x, y, anchor in candidates:
            box = text_box(x, y, text, anchor, bold)
            inside = box[0] >= 0 and box[2] <= WIDTH
            if inside and not any(_touch(box, other) for other in self.boxes):
                self.text(x, y, text, anchor, bold)
                return True
        return False

    def finish(self, height: float, alt: str) -> str:
        """The drawing as an SVG element on white, described."""
        size = f"{number(WIDTH)} {number(height)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
            f'viewBox="0 0 {size}" width="{number(WIDTH)}" height="{number(height)}" '
            f'font-family="{FONTS}" font-size="{number(TEXT_SIZE)}" fill="{TEXT}">'
            f'<rect width="{number(WIDTH)}" height="{number(height)}" fill="#FFF"/>'
            f"{''.join(self.parts)}</svg>"
        )


def text_box(x: float, y: float, text: str, anchor: str, bold: bool = False) -> Box:
    """The room a text takes: left, top, right, bottom."""
    wide = width_of(text, bold)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return left, y - TEXT_SIZE, left + wide, y + 4.0


def marker(shape: str, x: float, y: float, size: float) -> str:
    """The path of a mark."""
    if shape == "circle":
        r, across = number(size), number(2 * size)
        return f"M{_pair((x - size, y))}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"
    corners = {
        "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "up": [(0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
        "down": [(0, 1.2), (1.1, -0.8), (-1.1, -0.8)],
        "diamond": [(0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)],
    }[shape]
    return "M" + "L".join(_pair((x + size * a, y + size * b)) for a, b in corners) + "z"


def _pair(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
