"""How many units remain after each rule, from all records to the figure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from nhsind.charts.base import Chart, cleaned, own_name, undrawn
from nhsind.charts.board import Board
from nhsind.charts.lettering import LINE_HEIGHT, clean, width_of, wrap
from nhsind.charts.style import BLUE, GREY, WIDTH, in_style
from nhsind.charts.svg import finish
from nhsind.release.results import Results
from nhsind.tables.steps import Step, walk

LEFT, BAR, GAP, TOP = 322.0, 20.0, 10.0, 8.0


def attrition_chart(results: Results, code: str) -> Chart:
    """Bars of the units that each rule leaves, as the table of the derivation has them."""
    line = results.line(code)
    walked = walk(results, code)
    title = f"{line.title}, {own_name(results)}, {results.period_of(code).words}"
    if not walked.is_known:
        words = "suppressed, since they add up to what is hidden"
        if results.steps.policy.rule != "suppress":
            words = "not available"
        return undrawn(f"{title}: the units that each rule leaves out are {words}.", walked.table)
    table = cleaned(walked.table)
    told = [f"{clean(step.words).rstrip('.')}: {_label(step)}." for step in walked.steps]
    alt = f"Bar chart of what remains after each rule. {title}. {' '.join(told)}"
    caption = f"{title}: what remains after each rule."
    return Chart(_draw(walked.steps, alt), alt, caption, table)


@in_style()
def _draw(steps: Sequence[Step], alt: str) -> str:
    remaining = [float(step.remaining) for step in steps]
    labels = [_label(step) for step in steps]
    rules = [wrap(clean(step.words), LEFT - 14, 2) for step in steps]
    ends = [step.is_end for step in steps]
    highs = [max(BAR, LINE_HEIGHT * len(lines)) for lines in rules]
    tops = list(accumulate((high + GAP for high in highs), initial=TOP))
    middles = [top + high / 2 for top, high in zip(tops, highs, strict=False)]
    bottom = tops[-1] - GAP + 4
    room = max(width_of(label, True) for label in labels) + 10
    # The axis ends at the longest bar and is not drawn, since each bar has its number.
    board = Board(
        "",
        (LEFT, TOP - 4, WIDTH - room, bottom),
        x=(0.0, max(remaining) or 1.0),
        y=(bottom, TOP - 4),
        height=tops[-1] + 20,
    )
    colours = [BLUE if end else GREY for end in ends]
    bars = board.axes.barh(middles, remaining, BAR, color=colours)
    for bar, end in zip(bars, ends, strict=True):
        bar.set(gid="end" if end else "step", clip_on=False)
    places = board.pixels(list(zip(remaining, middles, strict=True)))
    for lines, label, end, (x, y) in zip(rules, labels, ends, places, strict=True):
        for place, text in enumerate(lines):
            above = (len(lines) - 1) / 2 - place
            board.text(
                LEFT - 10, y + 4.5 - above * LINE_HEIGHT, words=text, align="right", bold=end
            )
        board.text(x + 6, y + 4.5, words=label, bold=end, name="value")
    board.text(LEFT, tops[-1] + 10, words="Remaining")
    return finish(board.drawn(), board.height, alt)


def _label(step: Step) -> str:
    """`1,790 (160 left out)`; at an end what remains alone."""
    left = f" ({step.left_words} left out)" if step.left_words else ""
    return f"{step.remaining_words}{left}"
