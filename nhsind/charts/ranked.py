"""The organisation among its neighbours, highest at the top, beside England and the standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nhsind.charts.axis import axis
from nhsind.charts.base import (
    Chart,
    bare,
    missing_words,
    name_of,
    noted,
    own_name,
    undrawn,
    unit_words,
)
from nhsind.charts.board import Board, Point
from nhsind.charts.lettering import LINE_HEIGHT, clean, width_of, wrap
from nhsind.charts.ranking import Ranked, ranking, reference_lines, spans_words
from nhsind.charts.style import BLUE, GREY, PALE, TEXT, WIDTH, in_style
from nhsind.charts.svg import finish
from nhsind.definitions.indicators import Indicator
from nhsind.release.results import Results, lacks
from nhsind.tables.cells import is_rounded, told_words
from nhsind.tables.figures import comparison_table
from nhsind.tables.small_table import Table

# The most organisations in one chart; more are cut to those around the organisation.
MOST_RANKED = 16
ROW = 22.0
TOP = 30.0
MOST_NAME = 320.0


def ranked_chart(results: Results, code: str) -> Chart:
    """Dots with 95% intervals of the group that the organisation is compared within."""
    line = results.line(code)
    group, members = results.neighbours()
    everyone, england = ranking(results, code)
    among = set(members)
    entries = [each for each in everyone if each.org in among]
    valued = [each for each in entries if each.ends]
    drawn = _around(valued, results.organisation)
    own = results.figure(code)
    references = reference_lines(results, line, own)
    standard = [f"{words}." for _, words, _ in references if words.startswith("Standard")]
    table = _table(results, code, drawn, england, *standard)
    missing = _missing(results, entries, own)
    of_group = "" if among >= {each.org for each in everyone} else f" of {clean(group)}"
    title = f"{line.title}, {results.period_of(code).words}"
    if results.is_total(code):
        alone = f"{title}: the data hold no other organisation to set beside {own_name(results)}."
        return undrawn(" ".join([alone, *missing]), _table(results, code, drawn, [], *standard))
    if not drawn:
        return undrawn(
            " ".join([f"{title}: no organisation{of_group} has a value.", *missing]), table
        )
    shown = "1 organisation" if len(drawn) == 1 else f"{len(drawn)} organisations"
    spanned = [each for each in drawn if each.span]
    if len(drawn) < len(valued):
        nearest = "" if spanned else " nearest in rank"
        shown = f"{len(drawn)}{nearest} of {len(valued):,} organisations"
        shown = shown if spanned else f"the {shown}"
    words = [f"Dot chart of {title}: {shown}{of_group}."]
    if own is not None and not lacks(own, "value"):
        words.append(f"{own_name(results)} is at {told_words(own)}.")
    told = [each for each in drawn if each.value is not None]
    if told:
        words.append(f"The values range from {told[-1].value_words} to {told[0].value_words}.")
    if spanned:
        words.append(spans_words(spanned))
    alt = " ".join([*words, *(f"{text}." for _, text, _ in references), *missing])
    who = shown
    if any(each.org == results.organisation for each in drawn):
        mark = (
            "the blue bar"
            if any(each.org == results.organisation for each in spanned)
            else ("diamond")
        )
        who = f"{own_name(results)} ({mark}) among {shown}"
    intervals = "Lines show 95% intervals." if any(each.interval for each in drawn) else ""
    ranges = spans_words(spanned) if spanned else ""
    caption = f"{title}: {who}{of_group}. {intervals} {ranges} {' '.join(missing)}"
    svg = _draw(results, line, entries=drawn, references=references, alt=alt)
    return Chart(svg, alt, " ".join(caption.split()), table)


@in_style()
def _draw(
    results: Results,
    line: Indicator,
    *,
    entries: list[Ranked],
    references: list[tuple[float, str, tuple[float, ...]]],
    alt: str,
) -> str:
    names = [name_of(results, each.org) for each in entries]
    widest = max(
        width_of(name, each.org == results.organisation)
        for name, each in zip(names, entries, strict=True)
    )
    name_end = min(MOST_NAME, widest)
    # The axis says the unit. The value stands beside the name: a narrow screen shows both.
    values = [bare(each.value_words, line) for each in entries]
    value_end = name_end + 12 + max(width_of(value, True) for value in values)
    left = value_end + 14
    texts = [wrap(name, MOST_NAME, 2) for name in names]
    row = ROW + LINE_HEIGHT * (max(map(len, texts)) - 1)
    bottom = TOP + row * len(entries)
    numbers = [end for each in entries for end in each.ends]
    numbers += [value for value, _, _ in references]
    scale = axis(numbers, line.kind == "proportion", 6, line.kind == "count")
    # The last number of the axis stands half beside it.
    right = WIDTH - 4 - max(14.0, width_of(scale.words[-1]) / 2)
    cut = f" (the axis starts at {scale.words[0]})" if scale.low > 0 else ""
    title = wrap(f"{unit_words(line)}{cut}", WIDTH, 2)
    # Upwards the axis counts organisations, of which the first is highest.
    board = Board(
        "x",
        (left, TOP, right, bottom),
        x=(scale.low, scale.high),
        y=(len(entries), 0),
        height=bottom + (1 + len(title)) * LINE_HEIGHT + 12,
    )
    board.ticks("x", scale.ticks, scale.words)
    for value, _, dash in references:
        board.line(
            [(value, -8 / row), (value, len(entries))], TEXT, width=1.3, dash=dash, name="reference"
        )
    _reference_labels(board, references)
    owns = [each.org == results.organisation for each in entries]
    for own in (False, True):
        colour = BLUE if own else GREY
        mine = [(place, each) for place, each in enumerate(entries) if owns[place] == own]
        intervals: list[Point | None] = []
        for place, each in mine:
            if each.interval:
                intervals += [(end, place + 0.5) for end in each.interval]
                intervals.append(None)
        kind = "own" if own else "other"
        board.line(intervals, colour, width=3.2 if own else 1.4, name=f"interval {kind}-interval")
        spans: list[Point | None] = []
        for place, each in mine:
            if each.span:
                spans += [*((end, place + 0.5) for end in each.span), None]
        board.line(spans, colour, width=9.0, name=f"span {kind}-span")
        points = [(each.at, place + 0.5) for place, each in mine if each.value is not None]
        board.marks(
            points,
            ("D", 10.3) if own else ("o", 7.6),
            colour=colour,
            name=kind,
            fill="" if own else "#FFF",
        )
    for place, own in enumerate(owns):
        y = TOP + row * (place + 0.5)
        if own:
            board.band((0, y - row / 2, WIDTH, y + row / 2), PALE)
        first = y + 4.5 - LINE_HEIGHT * (len(texts[place]) - 1) / 2
        for at, words in enumerate(texts[place]):
            board.text(name_end, first + LINE_HEIGHT * at, words=words, align="right", bold=own)
        board.text(value_end, y + 4.5, words=values[place], align="right", bold=own, name="value")
    for at, words in enumerate(title, 2):
        middle = max(width_of(words) / 2, min(WIDTH - width_of(words) / 2, (left + right) / 2))
        board.text(middle, bottom + at * LINE_HEIGHT + 3, words=words, align="center")
    return finish(board.drawn(), board.height, alt)


def _reference_labels(
    board: Board, references: Sequence[tuple[float, str, tuple[float, ...]]]
) -> None:
    """The left line's label ends at its line, the right one's begins, where there is room."""
    y = TOP - 12
    across = [x for x, _ in board.pixels([(value, 0) for value, _, _ in references])]
    labels = [(x, words) for x, (_, words, _) in zip(across, references, strict=True)]
    if len(labels) == 1:
        x, words = labels[0]
        board.label([(x + 3, y, "left"), (x - 3, y, "right")], words)
        return
    for (x, words), align in zip(labels, ("right", "left"), strict=False):
        if align == "left" and x + 3 + width_of(words) > WIDTH:
            x, align = WIDTH, "right"
        board.text(x + (3 if align == "left" else -3), y, words=words, align=align)


def _table(
    results: Results,
    code: str,
    entries: list[Ranked],
    england: list[list[str]],
    *notes: str,
) -> Table:
    """The figures drawn, highest first, and England's."""
    rows: list[tuple[str, ...]] = []
    for each in entries:
        own = " (this report)" if each.org == results.organisation else ""
        rows.append((f"{name_of(results, each.org)}{own}", *each.cells))
    if all(each.org != results.organisation for each in entries):
        rows += comparison_table(results, code, [results.organisation]).rows
    rows += [tuple(row) for row in england]
    return noted(replace(comparison_table(results, code, []), rows=tuple(rows)), *notes)


def _around(entries: list[Ranked], organisation: str) -> list[Ranked]:
    """At most MOST_RANKED entries: those around the organisation, or the middle ones."""
    own = next(
        (place for place, each in enumerate(entries) if each.org == organisation),
        len(entries) // 2,
    )
    start = max(0, min(own - MOST_RANKED // 2, len(entries) - MOST_RANKED))
    return entries[start : start + MOST_RANKED]


def _missing(results: Results, entries: list[Ranked], own: Any) -> list[str]:
    """Which values are not there to be drawn, and why; only the organisation's own by name."""
    words = []
    if own is None or (lacks(own, "value") and not is_rounded(own)):
        words.append(f"{own_name(results)} has no value: {missing_words(own)}.")
    others = [each for each in entries if not each.ends and each.org != results.organisation]
    for reason in dict.fromkeys(each.status for each in others):
        number_of = sum(each.status == reason for each in others)
        verb = "other has" if number_of == 1 else "others have"
        words.append(f"{number_of} {verb} no value: {reason}.")
    return words
