"""All organisations side by side in order of value: how far apart they lie, and who is where."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import Any

from nhsind.charts.axis import apart, axis
from nhsind.charts.base import (
    Chart,
    axis_title,
    bare,
    factor,
    left_of,
    name_of,
    noted,
    number_words,
    title_room,
    undrawn,
    value_axis,
)
from nhsind.charts.board import Board, Point
from nhsind.charts.lettering import LINE_HEIGHT, fit, in_a_sentence, width_of
from nhsind.charts.ranking import Ranked, ranking, reference_lines, spans_words
from nhsind.charts.style import BLUE, PINK, TEXT, WIDTH, in_style
from nhsind.charts.svg import finish
from nhsind.definitions.indicators import Indicator
from nhsind.release.results import Results
from nhsind.tables.cells import TOO_COARSE, is_rounded
from nhsind.tables.figures import comparison_table

TOP, BOTTOM = 34.0, 280.0
# A mark is this wide for few organisations, and narrower where many stand side by side.
WIDEST_MARK, NARROWEST_MARK, NARROWEST_SPAN = 7.6, 2.6, 1.6
# Behind the marks, and still three times as dark as the page.
INTERVAL = "#8A8A8A"


def spread_chart(results: Results, code: str) -> Chart:
    """Every organisation's value with its 95% interval, highest first, for a page of one line."""
    line = results.line(code)
    everyone, _ = ranking(results, code)
    valued = [each for each in everyone if each.ends]
    told = [each for each in valued if each.value is not None]
    title = f"{line.title}, {results.period_of(code).words}"
    rows = [(name_of(results, each.org), *each.cells) for each in everyone]
    heading = comparison_table(results, code, [])
    table = noted(replace(heading, rows=tuple(rows)))
    reasons = [each.status for each in everyone if not each.ends]
    lacking = [
        f"{reasons.count(reason):,} without a value: {reason}." for reason in dict.fromkeys(reasons)
    ]
    if not valued:
        return undrawn(" ".join([f"{title}: no organisation has a value.", *lacking]), table)
    judged = [each.verdict for each in valued]
    missed, met = judged.count("not met"), judged.count("met")
    coarse = judged.count(TOO_COARSE)
    lines = reference_lines(results, line, _judged_row(results, code, valued))
    shown = "1 organisation" if len(valued) == 1 else f"{len(valued):,} organisations"
    spanned = [each for each in valued if each.span]
    order = f"{shown}."
    if told and not spanned:
        order = f"{shown} in order of value, highest first."
    elif told:
        order = f"{shown}, those with one value in order of it, highest first."
    words = [f"Dot chart of {title}: {order}"]
    words += _range_words(results, line, told, are_all=not spanned)
    words += [spans_words(spanned)] if spanned else []
    words += [f"{text}." for _, text, _ in lines]
    if met or missed or coarse:
        open_ = f"; for {coarse:,} it is {TOO_COARSE}" if coarse else ""
        words.append(f"The standard is met by {met:,} and not met by {missed:,}{open_}.")
    alt = " ".join([*words, *lacking])
    caption = [f"{title}: {order}"]
    caption += [spans_words(spanned)] if spanned else []
    if any(each.interval for each in valued):
        caption.append("Upright lines show 95% intervals.")
    drawn = {each.verdict for each in told}
    marks = {"not met": "Filled squares: standard not met.", "met": "Circles: standard met."}
    caption += [words for verdict, words in marks.items() if verdict in drawn]
    return Chart(_draw(line, valued, lines, alt), alt, " ".join([*caption, *lacking]), table)


def _judged_row(results: Results, code: str, valued: list[Ranked]) -> Any:
    """A row with the standard that all share; none where each organisation has its own."""
    standard = results.line(code).standard(results.period_of(code), results.level)
    if standard is None or standard.is_own:
        return None
    return results.figure(code, valued[0].org)


def _range_words(
    results: Results, line: Indicator, told: list[Ranked], *, are_all: bool
) -> list[str]:
    """The highest and the lowest value, and the middle one where each value is exact.

    `are_all`: there are no ranges beside them, which could lie further out.
    """
    if not told:
        return []
    first, last = told[0], told[-1]
    those = "The values range" if are_all else "Those with one value range"
    ends = f"{those} from {_named(results, first)} to {_named(results, last)}"
    row = results.figure(line.code, first.org)
    if row is None or is_rounded(row):
        return [f"{ends}."]
    middle = bare(number_words(median(each.at / factor(line) for each in told), line), line)
    return [f"{ends}; half of them lie at or above {middle}."]


def _named(results: Results, entry: Ranked) -> str:
    return f"{entry.value_words} ({in_a_sentence(name_of(results, entry.org))})"


@in_style()
def _draw(
    line: Indicator,
    entries: list[Ranked],
    lines: list[tuple[float, str, tuple[float, ...]]],
    alt: str,
) -> str:
    ends = [end for each in entries for end in each.ends]
    ends += [value for value, _, _ in lines]
    scale = axis(ends, line.kind == "proportion", whole=line.kind == "count")
    left = left_of(scale)
    right = WIDTH - 8 - max((width_of(words) + 8 for _, words, _ in lines), default=0)
    title = axis_title(line, scale)
    top, bottom = TOP + title_room(title), BOTTOM + title_room(title)
    board = Board(
        "y",
        (left, top, right, bottom),
        x=(0, len(entries)),
        y=(scale.low, scale.high),
        height=bottom + 2 * LINE_HEIGHT,
    )
    value_axis(board, scale, title)
    board.ticks("x", [], [])
    intervals: list[Point | None] = []
    for place, each in enumerate(entries):
        if each.interval:
            intervals += [(place + 0.5, end) for end in each.interval]
            intervals.append(None)
    board.line(intervals, INTERVAL, width=1.0, name="interval")
    spans: list[Point | None] = []
    for place, each in enumerate(entries):
        if each.span:
            spans += [*((place + 0.5, end) for end in each.span), None]
    room = (right - left) / len(entries)
    board.line(spans, BLUE, width=max(NARROWEST_SPAN, min(WIDEST_MARK, 0.5 * room)), name="span")
    size = max(NARROWEST_MARK, min(WIDEST_MARK, 0.62 * (right - left) / len(entries)))
    for verdict, mark, colour, fill in (
        ("met", "o", BLUE, "#FFF"),
        ("", "o", BLUE, ""),
        ("not met", "s", PINK, ""),
    ):
        points = [
            (place + 0.5, each.at)
            for place, each in enumerate(entries)
            if each.value is not None
            and (each.verdict if each.verdict in ("met", "not met") else "") == verdict
        ]
        name = verdict.replace(" ", "-") or "unjudged"
        board.marks(points, (mark, size), colour=colour, name=name, fill=fill)
    levels = board.pixels([(len(entries), value) for value, _, _ in lines])
    moved = apart([y for _, y in levels], LINE_HEIGHT, top, bottom)
    for (value, words, dash), to in zip(lines, moved, strict=True):
        board.line(
            [(0, value), (len(entries), value)], TEXT, width=1.3, dash=dash, name="reference"
        )
        board.text(right + 8, to + 4.5, words=words, name="label")
    is_ordered = all(each.span is None for each in entries)
    across = "Organisations, highest value first" if is_ordered else "Organisations"
    board.text(
        (left + right) / 2, bottom + LINE_HEIGHT + 4, words=fit(across, WIDTH), align="center"
    )
    return finish(board.drawn(), board.height, alt)
