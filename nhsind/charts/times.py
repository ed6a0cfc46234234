"""Charts over time share an axis of periods, on which a period without a figure is a gap."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.charts.board import Board, Point
from nhsind.charts.lettering import width_of
from nhsind.narrative.wording import listed
from nhsind.periods import MONTH_NAMES, Period
from nhsind.release.results import Results

# What stands between an axis and the first and last period, in pixels.
MARGIN = 10.0
# More gaps than this are counted, not named.
MOST_NAMED = 4


def time_line(results: Results, code: str) -> list[Period]:
    """The periods of a line from the first to the last with figures, and all between them."""
    held = results.periods(code)
    found = held[:1]
    while held and found[-1] < held[-1]:
        found.append(found[-1].shift(1))
    return found


def short(period: Period) -> str:
    """A period for an axis: `Mar 2018`, `Q4 2017/18`, `2017/18`."""
    if period.kind == "month":
        return f"{MONTH_NAMES[period.start.month - 1][:3]} {period.start.year}"
    year = period.financial_year.words
    return year if period.kind == "year" else f"Q{str(period)[-1]} {year}"


def in_words(period: Period) -> str:
    """A period for a sentence: `March 2018`, `Q4 2017/18`."""
    return short(period) if period.kind == "quarter" else period.words


def span(periods: Sequence[Period]) -> str:
    """`March 2017 to March 2018`."""
    ends = dict.fromkeys([in_words(periods[0]), in_words(periods[-1])])
    return " to ".join(ends)


def level(heights: Sequence[float | None], starts: Sequence[int] = ()) -> list[Point | None]:
    """The points of a level line, broken at `starts`; one alone is as wide as its period."""
    points: list[Point | None] = []
    for place, y in enumerate(heights):
        if place in starts:
            points.append(None)
        if y is None:
            points.append(None)
            continue
        joined = [
            heights[other] is not None
            for other, start in ((place - 1, place), (place + 1, place + 1))
            if 0 <= other < len(heights) and start not in starts
        ]
        points += [(place, y)] if any(joined) else [(place - 0.5, y), (place + 0.5, y)]
    return points


def limits(number: int, left: float, right: float) -> Point:
    """Where an axis of periods, which are numbered from nought, starts and ends."""
    if number == 1:
        # As far to the left as if others were to come.
        return -0.5, (right - left) / (2 * MARGIN) - 0.5
    room = MARGIN * (number - 1) / (right - left - 2 * MARGIN)
    return -room, number - 1 + room


def places(number: int, left: float, right: float) -> list[float]:
    """The pixels at which the periods of such an axis stand."""
    low, high = limits(number, left, right)
    return [left + (place - low) / (high - low) * (right - left) for place in range(number)]


def time_axis(board: Board, names: Sequence[str], x: Sequence[float]) -> None:
    """The axis under a plot: the last point is named, and as many more as there is room for."""
    widest = max(width_of(name) for name in names) + 8
    room = x[-1] - x[0]
    step = int(max(1, -(-len(names) * widest // (room + widest))))
    named = range(len(names) - 1, -1, -step)[::-1]
    board.ticks("x", named, [names[place] for place in named])


def gap_words(name: str, periods: Sequence[Period], reasons: dict[Period, str]) -> str:
    """Which periods have no figure, and why; empty if all have one."""
    sentences = []
    for reason in dict.fromkeys(reasons.values()):
        missing = [each for each in periods if reasons.get(each) == reason]
        which = (
            f"{len(missing)} of {len(periods)} periods"
            if len(missing) > MOST_NAMED
            else listed([in_words(each) for each in missing])
        )
        sentences.append(f"{name} has no figure for {which}: {reason}.")
    return " ".join(sentences)
