"""Headings as they are compared, whatever a publisher did to them that means nothing.

Capitals, blanks and breaks of lines, low lines, quotation marks, kinds of dash, and the marks of
footnotes differ from month to month. Every layout finds its columns and its header row by this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from nhsind.sources.cells import tidy

# (1), [note 1], (1, 2), superscripts, asterisks and daggers; a year in brackets is none.
NUMBER_OF_A_NOTE = r"(?:notes? )?\d{1,2}"
NUMBERS_OF_NOTES = rf"{NUMBER_OF_A_NOTE}(?: ?(?:,|&|and) ?{NUMBER_OF_A_NOTE})*"
FOOTNOTES = re.compile(rf"(?: ?(?:\({NUMBERS_OF_NOTES}\)|\[{NUMBERS_OF_NOTES}\]|[¹²³⁰⁴-⁹*†‡§]))+$")
# A commissioner's code and name: CCGs until June 2022, parts of integrated care boards since.
COMMISSIONER_CODE = (
    *("CCG Code", "Commissioner Code", "Sub ICB Location Code", "Sub ICB Loc Code"),
    "Sub ICB Code",
)
COMMISSIONER_NAME = tuple(name.replace("Code", "Name") for name in COMMISSIONER_CODE)
SIGNS = str.maketrans({"\u2018": "'", "\u2019": "'", **dict.fromkeys("‐‑‒–—", "-")})
GAPS = re.compile(r"\s+")
# What an Excel superscript is once its formatting is gone, behind a letter or a bracket.
BARE_NOTE = re.compile(r"(?<=[a-z)%])\d{1,2}$")
IN_A_WORD = re.compile(r"\w")


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading as it is compared; one that is nothing but the mark of a footnote is kept."""
    text = tidy(heading).translate(SIGNS).strip(" \"'").lower()
    text = GAPS.sub(" ", text).replace("sub-icb", "sub icb").strip()
    return FOOTNOTES.sub("", text).strip() or text


@lru_cache(maxsize=4096)
def joined(plain_heading: str) -> str:
    """A heading without blanks and low lines: OrgCode, Org_Code and Org Code are one."""
    return plain_heading.replace(" ", "").replace("_", "")


def plain_cells(row: Iterable[Any]) -> list[str]:
    """The cells of a row that may be a header, as headings are compared."""
    return [plain(cell if isinstance(cell, str) else tidy(cell)) for cell in row]


def places_of(heading: str, headings: Sequence[str]) -> list[int]:
    """Where a heading stands among others, all but it as they are compared; several if it is twice.

    The same text, or the same without blanks and low lines; else the one that begins with it and
    goes on after a word's end (CCG_CODE_ONS is no CCG_CODE); else the one that has the bare number
    of a footnote behind it. Where different ones begin so it is none.
    """
    wanted = plain(heading)
    same = [at for at, name in enumerate(headings) if name == wanted] or [
        at for at, name in enumerate(headings) if joined(name) == joined(wanted)
    ]
    if same or not wanted:
        return same
    longer = [at for at, name in enumerate(headings) if name.startswith(wanted)]
    of_words = [at for at in longer if not IN_A_WORD.match(headings[at][len(wanted) :])]
    found = of_words or [at for at in longer if BARE_NOTE.sub("", headings[at]) == wanted]
    return found if len({headings[at] for at in found}) == 1 else []


def lacking(wanted: Iterable[str], row: Iterable[Any]) -> list[str]:
    """The wanted headings that a row of cells does not have."""
    cells = plain_cells(row)
    return [heading for heading in wanted if not places_of(heading, cells)]
