"""A small trend for the cell of a table: a line, its last point, the standard; told in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from nhsind.charts.style import BLUE, GREY
from nhsind.charts.svg import number

WIDTH, HEIGHT, MARGIN = 132.0, 34.0, 5.0


def sparkline(values: Sequence[float | None], standard: float | None, words: str) -> str:
    """The drawing of a series, described by `words`; empty if fewer than two values are known.

    A missing value is a gap. The standard is a dotted line, where there is one.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    ends = [*known, *([] if standard is None else [standard])]
    low, high = min(ends), max(ends)
    room = high - low or 1.0

    def down(value: float) -> float:
        middle = 0.5 if high == low else (high - value) / room
        return MARGIN + middle * (HEIGHT - 2 * MARGIN)

    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [
        None if value is None else (MARGIN + place * step, down(value))
        for place, value in enumerate(values)
    ]
    path, dots, pen_is_down = [], [], False
    for place, point in enumerate(points):
        if point is not None:
            path.append(f"{'L' if pen_is_down else 'M'}{number(point[0])} {number(point[1])}")
            beside = [points[each] for each in (place - 1, place + 1) if 0 <= each < len(points)]
            if not any(beside):
                dots.append(point)
        pen_is_down = point is not None
    drawn = ""
    if standard is not None:
        level = number(down(standard))
        drawn += (
            f'<path d="M0 {level}H{number(WIDTH)}" stroke="{GREY}" stroke-width="1.2" '
            'stroke-dasharray="2 2"/>'
        )
    drawn += f'<path d="{"".join(path)}" fill="none" stroke="{BLUE}" stroke-width="1.8"/>'
    last = next(point for point in reversed(points) if point is not None)
    for x, y in [*dots, last]:
        drawn += f'<path d="{_dot(x, y)}" fill="{BLUE}"/>'
    size = f"{number(WIDTH)} {number(HEIGHT)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" role="img" '
        f'aria-label="{escape(words)}" viewBox="0 0 {size}" width="{number(WIDTH)}" '
        f'height="{number(HEIGHT)}">{drawn}</svg>'
    )


def _dot(x: float, y: float, radius: float = 3.0) -> str:
    across = number(2 * radius)
    start = f"M{number(x - radius)} {number(y)}"
    return f"{start}a3 3 0 1 0 {across} 0a3 3 0 1 0 -{across} 0z"
