"""A control chart small enough for the head of a page: limits, mean, target and marked points.

It has no axis of values: what it is read for is whether the last point lies where the others do.
Its words say the rest, and the whole chart stands with the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan

from nhsind.charts.lettering import width_of
from nhsind.charts.style import BLUE, GREY, ORANGE, PINK, RED, TEXT
from nhsind.charts.svg import FONTS, number

WIDTH, HEIGHT = 300.0, 96.0
LEFT, RIGHT, TOP, BOTTOM = 8.0, 292.0, 10.0, 74.0
# What a point means, by shape as well as colour: a square of concern, a diamond of improvement.
MARKS = {
    "": (GREY, "m-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0z"),
    "concern": (ORANGE, "m-3.6-3.6h7.2v7.2h-7.2z"),
    "improvement": (BLUE, "m0-4.8l4.8 4.8l-4.8 4.8l-4.8-4.8z"),
    "neutral": (PINK, "m0-4.6l4.4 8h-8.8z"),
}


@dataclass(frozen=True)
class Small:
    """What is drawn: a number for each period, missing where there is none.

    `limits`: lower and upper, empty where there are none; `ends`: the names of the first and last
    period.
    """

    values: Sequence[float]
    mean: Sequence[float] = ()
    limits: tuple[Sequence[float], Sequence[float]] = ((), ())
    target: Sequence[float] = ()
    meanings: Sequence[str] = ()
    ends: tuple[str, str] = ("", "")

    def drawn(self, words: str) -> str:
        """The drawing, described by `words`; empty where fewer than two values are known."""
        known = [each for each in self.values if not isnan(each)]
        if len(known) < 2:
            return ""
        shown = [
            each
            for series in (self.values, *self.limits, self.target)
            for each in series
            if not isnan(each)
        ]
        low, high = min(shown), max(shown)
        step = (RIGHT - LEFT) / (len(self.values) - 1)

        def at(place: int, value: float) -> str:
            share = 0.5 if high == low else (high - value) / (high - low)
            return f"{number(LEFT + place * step)} {number(TOP + share * (BOTTOM - TOP))}"

        def path(series: Sequence[float]) -> str:
            steps, pen = [], "M"
            for place, value in enumerate(series):
                if isnan(value):
                    pen = "M"
                    continue
                steps.append(f"{pen}{at(place, value)}")
                pen = "L"
            return "".join(steps)

        def line(series: Sequence[float], look: str) -> str:
            drawn = path(series)
            return f'<path d="{drawn}" fill="none" {look}/>' if "L" in drawn else ""

        parts = [
            f'<path d="M0 {number(TOP - 8)}H{number(WIDTH)}V{number(BOTTOM + 6)}H0z" fill="#fff"/>',
            *(
                line(each, f'stroke="{GREY}" stroke-width="1" stroke-dasharray="5 3"')
                for each in self.limits
            ),
            line(self.mean, f'stroke="{GREY}" stroke-width="1"'),
            line(self.target, f'stroke="{RED}" stroke-width="1.4" stroke-dasharray="2 2"'),
            line(self.values, f'stroke="{GREY}" stroke-width="1.6"'),
        ]
        for meaning, (colour, shape) in MARKS.items():
            points = "".join(
                f"M{at(place, value)}{shape}"
                for place, value in enumerate(self.values)
                if not isnan(value) and self._meaning(place) == meaning
            )
            parts.append(f'<path d="{points}" fill="{colour}"/>' if points else "")
        first, last = (escape(each) for each in self.ends)
        parts.append(f'<text x="{number(LEFT)}" y="{number(HEIGHT - 4)}">{first}</text>')
        away = RIGHT - width_of(self.ends[1])
        parts.append(f'<text x="{number(away)}" y="{number(HEIGHT - 4)}">{last}</text>')
        size = f"{number(WIDTH)} {number(HEIGHT)}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="small" role="img" '
            f'aria-label="{escape(words)}" viewBox="0 0 {size}" width="{number(WIDTH)}" '
            f'height="{number(HEIGHT)}" font-family="{FONTS}" font-size="13px" '
            f'fill="{TEXT}">{"".join(parts)}</svg>'
        )

    def _meaning(self, place: int) -> str:
        return self.meanings[place] if self.meanings else ""
