"""Text in drawings: what is safe to draw, how wide it is, how it is cut and wrapped."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from itertools import accumulate

# 13 pixels are 9.75 points; nothing is smaller.
TEXT_SIZE = 13.0
LINE_HEIGHT = 17.0
# What XML 1.0 forbids, the controls that HTML replaces, and those that turn text around.
UNSAFE = re.compile(
    "[^\t\n\r -~\u00a0-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd"
    "\U00010000-\U0010ffff]"
)
RIGHT_TO_LEFT = ("R", "AL")
# The widths of characters in a font wider than Arial, in ems, so that what is measured fits.
# How much wider bold letters are.
BOLD = 1.07
NARROW, WIDE = frozenset("iljI.,:;'|!()[]ft /-"), frozenset("mwMW@%")


def clean(text: str) -> str:
    """The text without what no drawing or page may hold; line breaks and tabs become blanks."""
    return " ".join(UNSAFE.sub("", str(text)).split())


def in_a_sentence(name: str) -> str:
    """A name for a sentence: one that runs right to left leaves the words around it in order."""
    text = clean(name)
    if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text):
        return f"\u2068{text}\u2069"
    return text


def width_of(text: str, bold: bool = False) -> float:
    """About how wide a text is, and rather too wide, in pixels."""
    return _pixel(bold) * sum(map(_width, text))


def _pixel(bold: bool) -> float:
    """How many pixels a hundredth of an em is."""
    return TEXT_SIZE * (BOLD if bold else 1.0) / 100


@cache
def _width(character: str) -> int:
    """In hundredths of an em, which add up exactly."""
    if character in NARROW:
        return 37
    if character in WIDE:
        return 95
    if character.isascii():
        return 70 if character.isupper() else 62
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Cf"):
        return 0
    return 105 if unicodedata.east_asian_width(character) in "WF" else 72


def fit(text: str, most: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `most` pixels."""
    text = clean(text)
    if width_of(text, bold) <= most:
        return text
    up_to = list(accumulate(map(_width, text)))
    text = text[: bisect_right(up_to, most / _pixel(bold) - _width("…"))]
    # A half of an emoji or an accent without its letter would be drawn as something else.
    return text.rstrip(" \u200d\ufe0f") + "…"


def wrap(text: str, most: float, lines: int) -> list[str]:
    """The text in at most `lines` lines, the last one cut where it does not fit."""
    found: list[str] = []
    words = clean(text).split()
    while words and len(found) < lines - 1:
        taken = 1
        while taken < len(words) and width_of(" ".join(words[: taken + 1])) <= most:
            taken += 1
        found.append(fit(" ".join(words[:taken]), most))
        words = words[taken:]
    return [*found, fit(" ".join(words), most)] if words else found
