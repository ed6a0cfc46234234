"""Why a released figure is hidden: it is small, is made up by few, or would tell another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhsind.definitions.statuses import WITHHELD, Mark
from nhsind.release.contributions import TELLING
from nhsind.release.shown_cells import REFUSED_NOTE, WITHHELD_NOTE, is_said_withheld
from nhsind.release.telling import TOO_COARSE


def why_hidden(note: str, figure: str = "value") -> str:
    """Why a figure whose mark is `[c]` is hidden, by its row's note.

    `figure`: numerator, denominator or value. A value is hidden for what its hidden counts are,
    and withheld only where none of them is small.
    """
    if is_said_withheld(note, figure):
        return REFUSED_NOTE if note == REFUSED_NOTE else WITHHELD_NOTE
    if figure == "value":
        if TOO_COARSE in note:  # the counts are shown
            return f"{TOO_COARSE} it"
        is_sum = TELLING in note and Mark.SUPPRESSED.meaning not in note
    else:
        is_sum = note == TELLING or f"{figure} {TELLING}" in note
    return TELLING if is_sum else Mark.SUPPRESSED.meaning


def hidden_mark(note: str, figure: str = "value") -> str:
    """What stands in place of such a figure: a mark that says whether it is withheld."""
    is_small = why_hidden(note, figure) in (Mark.SUPPRESSED.meaning, TELLING)
    return Mark.SUPPRESSED if is_small else WITHHELD


def mark_of(row: Mapping[Any, Any], figure: str = "value") -> str:
    """The mark in place of a figure of a released row; of a hidden one `hidden_mark`."""
    mark = str(row[f"{figure}_mark"])
    return str(hidden_mark(note_of(row), figure)) if mark == Mark.SUPPRESSED else mark


def note_of(row: Mapping[Any, Any]) -> str:
    """The note of a released row, empty where it has none."""
    note = row.get("note")
    return note if isinstance(note, str) else ""
