"""A small table as accessible HTML or plain text: caption, headings, rows, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import chain

import pandas as pd

from nhsind.definitions.statuses import mark_notes
from nhsind.narrative.no_figures import as_html

# A day, or a time of a day, as the data write it.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T][\d:]+)?")
# A table of more columns sets a text longer than this in a column of its own breadth.
FEW_COLUMNS, LONG_TEXT = 4, 40


def scroller(label: str, content: str, from_end: bool = False) -> str:
    """What may be wider than a phone, as a region that is scrolled by touch, mouse or key.

    `from_end`: its right end is seen first.
    """
    look, named = "wide latest" if from_end else "wide", escape(label, quote=True)
    return f"<div class='{look}' role='region' tabindex='0' aria-label=\"{named}\">{content}</div>"


@dataclass(frozen=True)
class Table:
    """A small table: caption, headings, rows whose first cell names the row, notes below.

    `without`: why further lines have no figures. Without headings it is no table but its caption,
    which says so of all lines.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    words: frozenset[int] = frozenset()
    without: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        if not self.headings:
            return as_html((self.caption,))
        head = "".join(
            f"<th scope='col' {self._align(place)}>{escape(text)}</th>"
            for place, text in enumerate(self.headings)
        )
        body = []
        for row in self.rows:
            cells = "".join(
                f"<td {self._align(place, self._room(text))}>{escape(text)}</td>"
                for place, text in enumerate(row)
                if place
            )
            name = f"<th scope='row' {self._align(0, self._room(row[0]))}>{escape(row[0])}</th>"
            body.append(f"<tr>{name}{cells}</tr>")
        notes = "".join(f"<p class='note'>{escape(note)}</p>" for note in self.notes)
        content = (
            f"<table><caption style='text-align: left'>{escape(self.caption)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )
        return scroller(self.caption, content) + notes + as_html(self.without)

    def __repr__(self) -> str:
        if not self.headings:
            return self.caption
        frame = pd.DataFrame(self.rows, columns=list(self.headings))
        lines = [self.caption, frame.to_string(index=False), *self.notes, *self.without]
        return "\n".join(lines)

    def _align(self, place: int, room: str = "") -> str:
        """On the cell itself: JupyterLab would set all columns to the right."""
        if place == 0 or place in self.words:
            return f"style='text-align: left{room}'"
        return f"class='number' style='text-align: right{room}'"

    def _room(self, text: str) -> str:
        """Style that keeps a date on its line, and among many columns a sentence off a thin one."""
        if DAY.fullmatch(text):
            return "; white-space: nowrap"
        is_thin = len(self.headings) > FEW_COLUMNS and len(text) > LONG_TEXT
        return "; min-width: 14rem" if is_thin else ""


def sentences_alone(sentences: Iterable[str]) -> Table:
    """No table: what is said in its place."""
    return Table(" ".join(sentences), (), ())


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def marks_explained(rows: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """An explanation of each mark that stands in the table."""
    return mark_notes(chain.from_iterable(rows))
