"""A small chart of the periods before: one line beside England, or several counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from nhsind.charts.axis import apart, axis
from nhsind.charts.base import (
    Chart,
    axis_title,
    drawn_range,
    drawn_value,
    everyone,
    left_of,
    missing_words,
    name_of,
    noted,
    own_name,
    standard_of,
    title_room,
    undrawn,
    value_axis,
)
from nhsind.charts.board import Board, Point, Symbol
from nhsind.charts.lettering import BOLD, LINE_HEIGHT, clean, width_of, wrap
from nhsind.charts.style import BLUE, ORANGE, PINK, TEXT, TURQUOISE, WIDTH, in_style
from nhsind.charts.svg import finish
from nhsind.charts.times import (
    gap_words,
    in_words,
    level,
    limits,
    places,
    short,
    span,
    time_axis,
    time_line,
)
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark
from nhsind.errors import UsageError
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.release.results import Results
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.cells import told_words, value_words
from nhsind.tables.figures import trend_table
from nhsind.tables.small_table import Table

MOST_SERIES = 4
SPANS = f"Bars show where values lie that {TOO_COARSE}."
# Colour, mark, dash and width of each series: in grey the last three still differ.
LOOKS: tuple[tuple[str, Symbol, tuple[float, ...], float], ...] = (
    (BLUE, ("o", 7.2), (), 2.4),
    (ORANGE, ("s", 6.5), (7, 3), 1.8),
    (TURQUOISE, ("^", 7.9), (2, 3), 1.8),
    (PINK, ("v", 7.9), (8, 3, 2, 3), 1.8),
)
TOP, BOTTOM = 36.0, 236.0
# Where the plot ends: farther left if the names at its right need the room.
RIGHT, LEAST = 500.0, 440.0
# A point farther left than this from the end of the plot is not of the last period.
LEADER = 12.0


@dataclass(frozen=True)
class TrendLine:
    """One line of the chart: its name, at a beginning and after a number, and a row of figures
    (or None) per period.
    """

    name: str
    called: str
    rows: tuple[Any, ...]
    values: tuple[float | None, ...]
    spans: tuple[list[float] | None, ...]

    def since(self, start: int) -> TrendLine:
        """The line from a place on."""
        return replace(
            self, rows=self.rows[start:], values=self.values[start:], spans=self.spans[start:]
        )

    def tells(self, place: int) -> bool:
        """Whether there is a figure in a place, be it a hidden one."""
        row = self.rows[place]
        is_hidden = row is not None and row["value_mark"] == Mark.SUPPRESSED
        return self.values[place] is not None or bool(self.spans[place]) or is_hidden

    @property
    def last(self) -> int | None:
        """The place of the latest period that something is drawn of."""
        drawn = zip(self.values, self.spans, strict=True)
        held = [at for at, (value, span) in enumerate(drawn) if value is not None or span]
        return held[-1] if held else None

    @property
    def ends(self) -> list[float]:
        """All that is drawn of it."""
        known = [value for value in self.values if value is not None]
        return [*known, *(end for span in self.spans for end in span or [])]


@dataclass(frozen=True)
class _End:
    """Where a line ends, and the lines of words that name it."""

    point: Point
    words: tuple[str, ...]
    colour: str
    is_bold: bool = False


def trend_chart(results: Results, codes: Sequence[str], *said: str) -> Chart:
    """The periods that there are figures for, of one line or of several in the same unit.

    `said`: sentences of description and caption.
    """
    codes = [code for code in codes if results.figure(code) is not None] or list(codes)
    lines = [results.line(code) for code in codes]
    first, single = lines[0], len(codes) == 1
    if len(codes) > MOST_SERIES:
        raise UsageError(f"a trend chart holds at most {MOST_SERIES} lines, not {len(codes)}")
    if len({line.unit_of_value for line in lines}) > 1:
        raise UsageError(f"{', '.join(codes)} have different units: draw one chart for each unit")
    periods = time_line(results, codes[0])
    beside_england = (
        single
        and first.kind != "count"
        and any(results.figure(codes[0], ENGLAND, each) is not None for each in periods)
    )
    series = [
        _series(
            results,
            line,
            organisation=results.organisation,
            periods=periods,
            name=own_name(results) if single else "",
        )
        for line in lines
    ]
    if beside_england:
        series.append(
            _series(results, first, organisation=ENGLAND, periods=periods, name=everyone(results))
        )
    start = _first_told(series)
    periods, series = periods[start:], [each.since(start) for each in series]
    standards = [standard_of(results, first, row) if single else None for row in series[0].rows]
    last = standards[-1] if standards else None
    standard_words = f"{last[1]}." if last else ""
    table = _table(trend_table(results, codes, beside_england), series, periods, standard_words)
    if len(periods) < 2:
        only = span(periods) if periods else results.period_of(codes[0]).words
        return undrawn(f"The data hold {only} only, so there is no trend to draw.", table)
    title = first.title if single else f"{results.family.title}: activity"
    caption = f"{title}, {own_name(results)}, {span(periods)}."
    words = [_words(each, periods) for each in series]
    gaps = [
        gap_words(each.name, periods, _gaps(each, periods))
        for each in (series if single else series[:1])
    ]
    told = " ".join(text for text in (*words, standard_words, *gaps) if text)
    told = " ".join([told, *said])
    if not any(each.ends for each in series):
        return undrawn(f"{caption} There is no value to draw. {' '.join(gaps)}".strip(), table)
    alt = f"Line chart of {title}, {span(periods)}. {told}"
    own_label = name_of(results, results.organisation) if single else ""
    svg, unit = _draw(
        first, series, periods=periods, own_label=own_label, standards=standards, alt=alt
    )
    spans = SPANS if any(span for each in series for span in each.spans) else ""
    caption = " ".join(text for text in [caption, spans, *gaps, *said] if text)
    return Chart(svg, alt, caption, table, over_time=True, unit=unit)


def _first_told(series: Sequence[TrendLine]) -> int:
    """The first period with a figure: those before it that have none leave the chart half empty."""
    places = range(len(series[0].rows))
    return next((at for at in places if any(each.tells(at) for each in series)), 0)


def _series(
    results: Results, line: Indicator, *, organisation: str, periods: Sequence[Period], name: str
) -> TrendLine:
    rows = tuple(results.figure(line.code, organisation, each) for each in periods)
    waiting = clean(line.waiting_in_words)
    return TrendLine(
        name or waiting[:1].upper() + waiting[1:],
        name or waiting,
        rows,
        tuple(drawn_value(row, line) for row in rows),
        tuple(drawn_range(row, line) for row in rows),
    )


@in_style()
def _draw(
    line: Indicator,
    series: Sequence[TrendLine],
    *,
    periods: Sequence[Period],
    own_label: str,
    standards: Sequence[tuple[float, str] | None],
    alt: str,
) -> tuple[str, str]:
    """The chart as SVG, and what the axis of its values shows."""
    known = [end for each in series for end in each.ends]
    shown = [*known, *(each[0] for each in standards if each)]
    scale = axis(shown, line.kind == "proportion", whole=line.kind == "count")
    title = axis_title(line, scale)
    labels = [
        _label(each, own_label if own_label and each is series[0] else each.called, periods)
        for each in series
    ]
    names = [
        width_of(words, bold=bool(own_label) and each is series[0])
        for each, label in zip(series, labels, strict=True)
        for words in label
    ]
    left, right = left_of(scale), max(LEAST, min(RIGHT, WIDTH - 17 - max(names)))
    top, bottom = TOP + title_room(title), BOTTOM + title_room(title)
    board = Board(
        "y",
        (left, top, right, bottom),
        x=limits(len(periods), left, right),
        y=(scale.low, scale.high),
        height=bottom + 28,
    )
    value_axis(board, scale, title)
    time_axis(board, [short(each) for each in periods], places(len(periods), left, right))
    ends: list[_End] = []
    heights = [each[0] if each else None for each in standards]
    board.line(level(heights), TEXT, width=1.3, dash=(2, 2), name="standard")
    if heights[-1] is not None and standards[-1]:
        ends.append(_End((len(periods) - 1, heights[-1]), (standards[-1][1],), TEXT))
    looks = list(zip(series, labels, LOOKS, strict=False))
    for each, label, (colour, mark, dash, width) in reversed(looks):
        points = [None if value is None else (at, value) for at, value in enumerate(each.values)]
        board.line(points, colour, width=width, dash=dash, name="series")
        spans: list[Point | None] = []
        for at, between in enumerate(each.spans):
            spans += [*((at, end) for end in between), None] if between else []
        board.line(spans, colour, width=7.0, name="span")
        drawn = [point for point in points if point is not None]
        board.marks(drawn, mark, colour=colour, name="point")
        if each.last is not None:
            value, between = each.values[each.last], each.spans[each.last]
            middle = sum(between or []) / 2 if value is None else value
            is_own = each is series[0] and bool(own_label)
            ends.append(_End((each.last, middle), label, colour, is_bold=is_own))
    _draw_ends(board, ends, right=right, top=top, bottom=bottom)
    return finish(board.drawn(), board.height, alt), title


def _label(series: TrendLine, name: str, periods: Sequence[Period]) -> tuple[str, ...]:
    """The latest value of a line and its name; of which period, where that is not the last."""
    if series.last is None:
        return ()
    # The value stands first, so that a name that runs right to left cannot change places with it.
    told = f"{told_words(series.rows[series.last])} {name}"
    if series.last < len(periods) - 1:
        told += f" ({short(periods[series.last])})"
    return tuple(wrap(told, (WIDTH - LEAST - 17) / BOLD, 3))


def _draw_ends(
    board: Board, ends: Sequence[_End], *, right: float, top: float, bottom: float
) -> None:
    """The names of the lines beside their last points; one that ends early has a dotted leader."""
    pixels = board.pixels([each.point for each in ends])
    texts = [(at, words) for at, each in enumerate(ends) for words in each.words]
    moved = apart([pixels[at][1] for at, _ in texts], LINE_HEIGHT, top, bottom)
    led: set[int] = set()
    for (at, words), to in zip(texts, moved, strict=True):
        end, (x, y) = ends[at], pixels[at]
        if at not in led:
            dash = (1, 3) if x < right - LEADER else ()
            steps = [(x + 6, y), (right + 12, to)]
            board.line(steps, end.colour, width=0.8, dash=dash, name="leader", of_page=True)
            led.add(at)
        board.text(right + 16, to + 4.5, words=words, bold=end.is_bold, name="label")


def _words(series: TrendLine, periods: Sequence[Period]) -> str:
    """The first, last, lowest and highest value of a series, as its table shows them."""
    known = [place for place, value in enumerate(series.values) if value is not None]
    rows = series.rows
    if not known:
        held = [place for place, span in enumerate(series.spans) if span]
        if not held:
            return ""
        last = held[-1]
        return f"{series.name}: {told_words(rows[last])} in {in_words(periods[last])}. {SPANS}"
    first, last = known[0], known[-1]
    end = f"{told_words(rows[last])} in {in_words(periods[last])}"
    ranges = sum(bool(span) for span in series.spans)
    other = "other" if ranges == 1 else "others"
    also = f" Of {ranges} {other} a range is known." if ranges else ""
    if first == last:
        return f"{series.name}: {end}.{also}"
    ordered = sorted(known, key=lambda place: float(rows[place]["value"]))
    return (
        f"{series.name}: from {told_words(rows[first])} in {in_words(periods[first])} to {end}, "
        f"between {told_words(rows[ordered[0]])} and {told_words(rows[ordered[-1]])}.{also}"
    )


def _gaps(series: TrendLine, periods: Sequence[Period]) -> dict[Period, str]:
    return {
        period: missing_words(row)
        for period, row, value, span in zip(
            periods, series.rows, series.values, series.spans, strict=True
        )
        if value is None and span is None
    }


def _table(
    heading: Table, series: Sequence[TrendLine], periods: Sequence[Period], standard: str
) -> Table:
    """A row for each period of the axis, under the headings of the trend's table."""
    rows = [
        (
            period.words if period.kind != "month" else short(period),
            *(
                Mark.NOT_AVAILABLE if each.rows[place] is None else value_words(each.rows[place])
                for each in series
            ),
        )
        for place, period in enumerate(periods)
    ]
    return noted(replace(heading, rows=tuple(rows)), standard)
