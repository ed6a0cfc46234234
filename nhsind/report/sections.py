"""The sections of a page from the cells of a notebook: what is read first, what a click opens.

A notebook teaches and a page reports, from the same cells: those tagged `folded` stand on the page
behind their heading, closed on the screen and open in print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import mistune

FOLDED = "folded"
TITLE = re.compile(r"#\s+(.+)\n?")
HEADING = re.compile(r"^#{2,4}\s+.+$", re.MULTILINE)
OPENING, CLOSING = '<details class="part"><summary>{}</summary>', "</details>"


def title_of(cells: list[Any]) -> str:
    """The notebook's title: the first level-one heading that begins a cell, or nothing."""
    titles = (TITLE.match(cell.source) for cell in cells if cell.cell_type == "markdown")
    return next((found[1].strip() for found in titles if found), "")


def sections(cells: list[Any], shown: Callable[[Any], str]) -> Iterator[str]:
    """The page's parts as HTML, in the order of the cells, without the title.

    `shown`: the HTML of one output of a code cell. The last heading of a folded cell opens a part
    that holds what follows it, to the next heading or the first cell that is not folded.
    """
    is_open, has_title = False, False
    for cell in cells:
        is_folded = FOLDED in cell.metadata.get("tags", [])
        text = cell.source if cell.cell_type == "markdown" else ""
        if not has_title and (found := TITLE.match(text)):
            text, has_title = text[found.end() :], True
        headings = list(HEADING.finditer(text))
        if is_open and (headings or not is_folded):
            yield CLOSING
            is_open = False
        if is_folded and headings:
            before, last = text[: headings[-1].start()], headings[-1]
            if before.strip():
                yield markdown(before)
            yield OPENING.format(markdown(last[0]).strip())
            text, is_open = text[last.end() :], True
        if text.strip():
            yield markdown(text)
        if cell.cell_type == "code":
            yield from (shown(output) for output in cell.get("outputs", []))
    if is_open:
        yield CLOSING


def markdown(text: str) -> str:
    """Text of a notebook as HTML, its own markup escaped."""
    return str(mistune.create_markdown(escape=True)(text))
