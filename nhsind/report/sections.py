"""The sections of a page from the cells of a notebook: what is read first, what a click opens.

A notebook teaches and a page reports, from the same cells. On the page a section begins with what
is not folded; what cells tagged `folded` hold follows behind their headings, closed on the screen
and open in print. What a notebook says before its first section is about the family: it is folded
too. It follows the last section that shows figures, and so do sections that are folded as a whole,
such as the definitions: who prints the page or has it read out meets the figures first.
Why lines have no figures, which their charts, tables and sentences say alike, is said once a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import mistune

from nhsind.narrative.no_figures import CLASS as NO_FIGURES

FOLDED = "folded"
# Cells that only who explores sees: no report runs them.
EXPLORE = "explore"

TITLE = re.compile(r"#\s+(.+)\n?")
HEADING = re.compile(r"^(#{2,4}\s+.+)$", re.MULTILINE)
NO_FIGURE = re.compile(f"<p class='{NO_FIGURES}'>(.*?)</p>")
ABOUT, MORE = "## About these figures", "### In detail"


@dataclass
class Fold:
    """What a click opens, behind a heading; without one, behind its section's."""

    heading: str
    held: list[str] = field(default_factory=list)

    def html(self, heading: str) -> str:
        """The fold as a part of a page; `heading` as HTML."""
        held = "\n".join(said_once(self.held))
        return f'<details class="part"><summary>{heading}</summary>{held}</details>'


@dataclass
class Section:
    """A section: its heading as in the notebook, what is shown of it, and what is folded."""

    heading: str
    shown: list[str] = field(default_factory=list)
    folded: list[Fold] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The heading's words, for a list of contents."""
        return re.sub(r"[#*`]", "", self.heading).strip()

    @property
    def id(self) -> str:
        """Its place in the page."""
        return "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))

    @property
    def is_folded(self) -> bool:
        """Whether all of it is behind its own heading."""
        return not self.shown and [each.heading for each in self.folded] == [""]

    @property
    def html(self) -> str:
        """The section; one that is folded as a whole is a fold by itself."""
        head = markdown(self.heading).strip().replace("<h2>", f'<h2 id="{self.id}">', 1)
        if self.is_folded:
            return self.folded[0].html(head)
        folds = (each.html(markdown(each.heading or MORE).strip()) for each in self.folded)
        return "\n".join([head, *said_once(self.shown), *folds])


def for_report(notebook: Any) -> Any:
    """The notebook without the cells tagged `explore`, which are left out before it runs."""
    notebook.cells = [
        cell for cell in notebook.cells if EXPLORE not in cell.metadata.get("tags", [])
    ]
    return notebook


def title_of(cells: list[Any]) -> str:
    """The notebook's title: the first level-one heading that begins a cell, or nothing."""
    titles = (TITLE.match(cell.source) for cell in cells if cell.cell_type == "markdown")
    return next((found[1].strip() for found in titles if found), "")


def sections(cells: list[Any], shown: Callable[[Any], str]) -> list[Section]:
    """The page's sections, in the order of the notebook, without the title.

    `shown`: the HTML of one output of a code cell. The last heading of a folded cell opens a fold
    that holds what follows it, to the next heading or the first cell that is not folded.
    """
    about = Section(ABOUT, folded=[Fold("")])
    found = [about]
    fold: Fold | None = about.folded[0]
    has_title = False
    for cell in cells:
        is_folded = FOLDED in cell.metadata.get("tags", [])
        text = cell.source if cell.cell_type == "markdown" else ""
        if not has_title and (title := TITLE.match(text)):
            text, has_title = text[title.end() :], True
        if not is_folded and found[-1] is not about:
            fold = None
        before, *pairs = HEADING.split(text)
        parts = [("", before), *zip(pairs[::2], pairs[1::2], strict=True)]
        for place, (heading, words) in enumerate(parts):
            if heading:
                fold, is_section = None, heading.startswith("## ")
                if is_section:
                    found.append(Section(heading))
                if is_folded and place == len(parts) - 1:
                    fold = Fold("" if is_section else heading)
                    found[-1].folded.append(fold)
                elif not is_section:
                    found[-1].shown.append(markdown(heading))
            if words.strip():
                (found[-1].shown if fold is None else fold.held).append(markdown(words))
        if cell.cell_type == "code":
            outputs = map(shown, cell.get("outputs", []))
            (found[-1].shown if fold is None else fold.held).extend(outputs)
    told = [each for each in found[1:] if not each.is_folded]
    folded = [each for each in found[1:] if each.is_folded]
    has_about = about.folded[0].held or about.shown
    return [*told, *([about] if has_about else []), *folded]


def said_once(held: list[str]) -> list[str]:
    """What is held of a page, with one sentence in each part on why lines have no figures.

    Of two of one reason it is the one that names more lines.
    """
    parts: list[list[str]] = [[]]
    for piece in held:
        if piece.startswith("<h"):
            parts.append([])
        parts[-1].append(piece)
    return [piece for part in parts for piece in _told_once(part)]


def _told_once(part: list[str]) -> list[str]:
    told = [_words(each) for each in NO_FIGURE.findall("".join(part))]
    kept: list[str] = []

    def first_and_widest(found: re.Match[str]) -> str:
        is_narrower = any(_words(found[1]) < others for others in told)
        before = "".join(kept) + found.string[: found.start()]
        return "" if is_narrower or found[1] in before else found[0]

    for piece in part:
        kept.append(NO_FIGURE.sub(first_and_widest, piece))
    return kept


def _words(sentence: str) -> set[str]:
    return set(re.findall(r"\w[^\s,]*\w|\w", sentence))


def markdown(text: str) -> str:
    """Text of a notebook as HTML, its own markup escaped."""
    return str(mistune.create_markdown(escape=True)(text))
