"""What every chart has: its drawing, description, caption and table, and the words of a line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from html import escape
from itertools import chain
from typing import Any

import pandas as pd

from nhsind.charts.axis import Axis
from nhsind.charts.board import Board
from nhsind.charts.lettering import LINE_HEIGHT, clean, in_a_sentence, width_of, wrap
from nhsind.charts.style import GREY, WIDTH
from nhsind.charts.svg import cropped
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark, mark_notes
from nhsind.periods import parse_period
from nhsind.release.hidden import note_of, why_hidden
from nhsind.release.results import Results
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.cells import is_rounded, shown_as
from nhsind.tables.small_table import Table, scroller

# The room left of a plot for the numbers of its axis, at the least.
LEFT = 48.0
# The baseline of the unit, above a plot.
TITLE = 16.0


@dataclass(frozen=True)
class Chart:
    """A chart with its description and the table of its figures; `svg` is empty if undrawn.

    Of lines that have no figures it is a sentence that says why, and has no table.

    `over_time`: where there is no room for all of it, its right end is what is seen first, and
    `unit` stands above it. `below`: icons (or nothing) with words that a page has as text below the
    drawing; it shows of that the first `plot_height` pixels, which end above the same words.
    """

    svg: str
    alt: str
    caption: str
    table: Table
    over_time: bool = field(default=False, kw_only=True)
    unit: str = field(default="", kw_only=True)
    below: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    plot_height: float = field(default=0.0, kw_only=True)

    @property
    def figure(self) -> str:
        """The drawing with its caption; the caption alone where nothing is drawn."""
        if not self.table.headings:
            return self.table._repr_html_()
        if not self.svg:
            return f"<p>{escape(self.caption)}</p>"
        shown = cropped(self.svg, self.plot_height) if self.plot_height else self.svg
        drawing = scroller(f"Chart of: {self.table.caption}", shown, from_end=self.over_time)
        # Where the drawing is scrolled, its own unit is out of sight; else this one is not shown.
        unit = (
            f"<p class='unit' style='display: none' aria-hidden='true'>{escape(self.unit)}</p>"
            if self.unit
            else ""
        )
        said = "".join(
            f"<li><span aria-hidden='true'>{icon}</span>{_strong(words, bool(icon))}</li>"
            for icon, words in self.below
        )
        below = f"<ul class='verdicts'>{said}</ul>" if said else ""
        caption = f"<figcaption>{escape(self.caption)}</figcaption>"
        return f"<figure>{unit}{drawing}{below}{caption}</figure>"

    def _repr_html_(self) -> str:
        if not self.table.headings:
            return self.figure
        return (
            f"{self.figure}<details><summary>The chart's figures as a table</summary>"
            f"{self.table._repr_html_()}</details>"
        )

    def __repr__(self) -> str:
        if not self.table.headings:
            return self.caption
        return f"{self.caption}\n{self.alt}\n{self.table!r}"


def _strong(words: str, is_strong: bool) -> str:
    return f"<strong>{escape(words)}</strong>" if is_strong else escape(words)


def undrawn(words: str, table: Table) -> Chart:
    """A chart that says why there is nothing to draw."""
    return Chart("", words, words, cleaned(table))


def cleaned(table: Table) -> Table:
    """The table without characters that no page may hold."""
    return replace(
        table,
        caption=clean(table.caption),
        headings=tuple(clean(text) for text in table.headings),
        rows=tuple(tuple(clean(text) for text in row) for row in table.rows),
    )


def noted(table: Table, *more: str) -> Table:
    """The table with an explanation of each mark in it, and further notes."""
    marks = mark_notes(chain.from_iterable(table.rows))
    return replace(cleaned(table), notes=(*marks, *(clean(note) for note in more if note)))


def factor(line: Indicator) -> float:
    """What a value is multiplied by to be drawn: shares are drawn as percentages."""
    return 100.0 if line.is_share else 1.0


def drawn_value(row: Any, line: Indicator) -> float | None:
    """The value of a row of figures as it is drawn, or None where there is none."""
    if row is None or pd.isna(row["value"]):
        return None
    return factor(line) * float(row["value"])


def drawn_range(row: Any, line: Indicator) -> list[float] | None:
    """Where a value lies that rounded counts are too coarse for; None where there is no such."""
    if row is None or not pd.isna(row["value"]) or not is_rounded(row):
        return None
    return [factor(line) * float(row[name]) for name in ("value_lowest", "value_highest")]


def unit_words(line: Indicator) -> str:
    """What the axis of a line's values shows."""
    if line.is_share:
        return f"% of {line.waiting_in_words} {line.within_in_words}"
    unit = line.unit_of_value
    return unit[:1].upper() + unit[1:]


def axis_title(line: Indicator, values: Axis) -> str:
    """The unit, and a warning where the axis does not start at nought."""
    return starts_at(unit_words(line), values)


def starts_at(unit: str, values: Axis) -> str:
    """What an axis shows, and a warning where it does not start at nought."""
    return f"{unit} (the axis starts at {values.words[0]})".strip() if values.low > 0 else unit


def number_words(value: float, line: Indicator) -> str:
    """A mean, limit or average of a line in its unit; of counts too to one decimal place."""
    return f"{value:,.1f}" if line.kind == "count" else shown_as(line, Fraction(value))


def bare(text: str, line: Indicator) -> str:
    """A value's words without the unit, where an axis says it."""
    return text.removesuffix(f" {line.unit}")


def name_of(results: Results, organisation: str) -> str:
    """An organisation's name, or its code, as a drawing may hold it."""
    return clean(results.names.get(organisation) or organisation) or clean(organisation)


def everyone(results: Results) -> str:
    """What the total of all is called: England, or what the data hold of it."""
    return results.everyone[0].upper() + results.everyone[1:]


def own_name(results: Results) -> str:
    """The organisation's name for a sentence."""
    return in_a_sentence(name_of(results, results.organisation))


def missing_words(row: Any) -> str:
    """Why a row of figures has no value."""
    if row is not None and is_rounded(row):
        return f"{TOO_COARSE} it"
    mark = Mark.NOT_AVAILABLE if row is None else Mark(row["value_mark"] or Mark.NOT_AVAILABLE)
    if mark is Mark.SUPPRESSED:
        return why_hidden(note_of(row))
    return "no cases" if mark is Mark.NOT_APPLICABLE else mark.meaning


def standard_of(results: Results, line: Indicator, row: Any) -> tuple[float, str] | None:
    """The standard that a row of figures is judged by, as it is drawn, and its words."""
    if row is None or pd.isna(row["standard"]):
        return None
    standard = line.standard(parse_period(str(row["period"])), results.level)
    value = float(row["standard"])
    own = bare(number_words(value, line), line)
    shown = standard.value_words if standard and not standard.is_own else own
    return factor(line) * value, f"Standard {shown}"


def value_axis(board: Board, values: Axis, title: str) -> None:
    """A vertical axis: pale lines across the plot, their numbers, the unit above them."""
    board.ticks("y", values.ticks, values.words)
    if values.low < 0:
        board.axes.axhline(0, color=GREY, linewidth=1.0, zorder=1)
    for place, words in enumerate(_title_lines(title)):
        board.text(0, TITLE + LINE_HEIGHT * place, words=words, name="unit")


def title_room(title: str) -> float:
    """How much farther down a plot begins whose unit takes more than one line."""
    return LINE_HEIGHT * (len(_title_lines(title)) - 1)


def _title_lines(title: str) -> list[str]:
    return wrap(title, WIDTH, 2) or [""]


def left_of(values: Axis) -> float:
    """Where a plot begins that has the numbers of an axis on its left."""
    return max(LEFT, 12 + max(width_of(words) for words in values.words))
