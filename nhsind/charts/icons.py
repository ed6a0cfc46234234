"""The icons of variation and assurance, as Making Data Count's users know them; drawn by us.

Seven of variation (common cause; improvement, concern and neither, each high or low) and three of
assurance. In grey they differ by their letters and by what is filled; each has its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from nhsind.charts.board import Board, Point
from nhsind.charts.style import BLUE, GREY, ORANGE, PINK, TEXT
from nhsind.charts.svg import number

WHITE = "#FFFFFF"
SIZE = 34.0
# In the unit of an icon, the radius of its disc.
RING, PEN, DOT = 0.14, 0.16, 0.15
# What is filled and what is drawn in it, by meaning.
INKS = {
    "common_cause": (WHITE, GREY, GREY),
    "improvement": (BLUE, BLUE, WHITE),
    "concern": (WHITE, ORANGE, TEXT),
    "neutral": (WHITE, PINK, PINK),
    "pass": (BLUE, BLUE, WHITE),
    "fail": (WHITE, ORANGE, TEXT),
    "hit_or_miss": (WHITE, GREY, TEXT),
    "broken": (WHITE, GREY, TEXT),
}
# Letters as strokes, about their own middle.
LETTERS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "H": (
        ((-0.22, -0.36), (-0.22, 0.36)),
        ((0.22, -0.36), (0.22, 0.36)),
        ((-0.22, 0.0), (0.22, 0.0)),
    ),
    "L": (((-0.18, -0.36), (-0.18, 0.36), (0.24, 0.36)),),
    "P": (
        (
            *((-0.2, 0.36), (-0.2, -0.36), (0.06, -0.36), (0.2, -0.28), (0.25, -0.15)),
            *((0.2, -0.02), (0.06, 0.06), (-0.2, 0.06)),
        ),
    ),
    "F": (((-0.18, 0.36), (-0.18, -0.36), (0.24, -0.36)), ((-0.18, 0.0), (0.16, 0.0))),
    "?": (
        (
            *((-0.2, -0.22), (-0.1, -0.34), (0.05, -0.36), (0.18, -0.28), (0.2, -0.14)),
            *((0.1, -0.02), (0.0, 0.06), (0.0, 0.16)),
        ),
        ((0.0, 0.34), (0.0, 0.36)),
    ),
}
VARIATION_WORDS = {
    "common_cause": "common cause variation",
    "improvement": "special cause of improvement",
    "concern": "special cause of concern",
    "neutral": "special cause, neither better nor worse",
}
ASSURANCE_WORDS = {
    "pass": ("P", "consistently meets the target"),
    "fail": ("F", "consistently misses the target"),
    "hit_or_miss": ("?", "may meet or miss the target"),
    "broken": ("?", "may meet or miss the target, since the latest value broke the limits"),
}


@dataclass(frozen=True)
class Icon:
    """An icon: its words, its disc (fill and ring), and strokes and dots in a disc of radius 1."""

    words: str
    fill: str
    ring: str
    ink: str
    strokes: tuple[tuple[Point, ...], ...]
    dots: tuple[Point, ...] = ()

    @property
    def svg(self) -> str:
        """The drawing by itself, described by its words."""
        size = number(SIZE)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="icon" role="img" '
            f'aria-label="{escape(self.words)}" viewBox="0 0 {size} {size}" width="{size}" '
            f'height="{size}">{self.at(SIZE / 2, SIZE / 2)}</svg>'
        )

    def at(self, x: float, y: float, size: float = SIZE) -> str:
        """The drawing in a larger one, around a pixel of it."""
        half = size / 2
        unit = half / (1 + RING / 2)

        def place(point: Point) -> str:
            return f"{number(x + unit * point[0])} {number(y + unit * point[1])}"

        lines = "".join(f"M{'L'.join(map(place, stroke))}" for stroke in self.strokes)
        dots = "".join(_disc(x + unit * a, y + unit * b, unit * DOT) for a, b in self.dots)
        return (
            f'<path d="{_disc(x, y, unit)}" fill="{self.fill}" stroke="{self.ring}" '
            f'stroke-width="{number(unit * RING)}"/>'
            f'<path d="{lines}" fill="none" stroke="{self.ink}" '
            f'stroke-width="{number(unit * PEN)}" stroke-linecap="round"/>'
            + (f'<path d="{dots}" fill="{self.ink}"/>' if dots else "")
        )

    def draw_on(self, board: Board, x: float, y: float, size: float = SIZE) -> None:
        """The same by matplotlib, where a picture is made of pixels."""
        unit = size / 2 / (1 + RING / 2)
        board.marks(
            [(x, y)], ("o", 2 * unit), colour=self.fill, edge=self.ring, name="icon", of_page=True
        )
        for stroke in self.strokes:
            points = [(x + unit * a, y + unit * b) for a, b in stroke]
            width = unit * PEN
            board.line(points, self.ink, width=width, name="icon", of_page=True, is_round=True)
        dots = [(x + unit * a, y + unit * b) for a, b in self.dots]
        board.marks(dots, ("o", unit * DOT), colour=self.ink, name="icon", of_page=True)

    def _repr_html_(self) -> str:
        return f"{self.svg} {escape(self.words)}"

    def __str__(self) -> str:
        return self.words


def variation_icon(variation: str, direction: str = "") -> Icon:
    """The icon of a point's variation; `direction` of a special cause: `high` or `low`."""
    words = VARIATION_WORDS[variation]
    if variation == "common_cause":
        wave = ((-0.6, 0.12), (-0.3, -0.2), (0.0, 0.2), (0.3, -0.2), (0.6, 0.08))
        limits = (((-0.55, -0.5), (0.55, -0.5)), ((-0.55, 0.5), (0.55, 0.5)))
        return Icon(words, *INKS[variation], strokes=(wave, *limits), dots=wave)
    is_high = direction == "high"
    climb = ((0.2, 0.34), (0.41, 0.0), (0.62, -0.34))
    dots = climb if is_high else tuple((x, -y) for x, y in climb)
    letter = _letter("H" if is_high else "L", -0.36, 0.0)
    return Icon(
        f"{words}, {direction} values", *INKS[variation], strokes=(*letter, dots), dots=dots
    )


def assurance_icon(assurance: str) -> Icon:
    """The icon of what the limits say of the target, which is the broken line."""
    letter, words = ASSURANCE_WORDS[assurance]
    broken = tuple(((x, 0.58), (x + 0.16, 0.58)) for x in (-0.54, -0.08, 0.38))
    return Icon(words, *INKS[assurance], strokes=(*_letter(letter, 0.0, -0.14), *broken))


def by_limits(variation: str | None, assurance: str | None) -> str:
    """What stands before the words of assurance where the latest point is a special cause."""
    if variation in (None, "common_cause") or assurance == "broken":
        return ""
    return "by limits that this may have outdated, "


def _letter(name: str, x: float, y: float) -> tuple[tuple[Point, ...], ...]:
    return tuple(tuple((x + a, y + b) for a, b in stroke) for stroke in LETTERS[name])


def _disc(x: float, y: float, radius: float) -> str:
    r, across = number(radius), number(2 * radius)
    start = f"M{number(x - radius)} {number(y)}"
    return f"{start}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z"
