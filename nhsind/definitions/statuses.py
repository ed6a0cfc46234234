"""Whether a figure has a value: the statuses of rows, the marks that stand in place of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Whether a row has a value, and if not why. Where several apply, the first of this order."""

    NOT_COVERED = "not_covered"
    SUPPRESSED = "suppressed"
    NOT_AVAILABLE = "not_available"
    NO_DENOMINATOR = "no_denominator"
    PARTIAL = "partial"
    NO_CASES = "no_cases"
    OK = "ok"


class Mark(StrEnum):
    """What is shown where a released table has no number."""

    SUPPRESSED = "[c]"
    NOT_AVAILABLE = "[x]"
    NOT_APPLICABLE = "[z]"

    @property
    def meaning(self) -> str:
        """What the mark says, in words."""
        return MEANINGS[self]

    @property
    def explained(self) -> str:
        """The same below a table, where a value has the mark of the counts that it is made of."""
        also = ", is made of one that is, or is made up by few" if self is Mark.SUPPRESSED else ""
        return f"{self.meaning}{also}"


MEANINGS = {
    Mark.SUPPRESSED: "suppressed, because the number is small",
    Mark.NOT_AVAILABLE: "not available",
    Mark.NOT_APPLICABLE: "not applicable",
}


# In place of a count that is hidden for another's sake, in words; and why it is.
WITHHELD = f"{Mark.SUPPRESSED} (withheld)"
WITHHOLDS = "it would tell a number that is hidden or rounded"
# Stands behind a total that is of a part of its organisations.
PARTLY = "(partial)"
PARTLY_MEANS = (
    f"{PARTLY} means of the organisations that have all it takes, without those that lack a part."
)


def first_of(statuses: Iterable[str]) -> Status:
    """The status of a row to which several apply; `ok` if none does."""
    found = set(statuses)
    return next((status for status in Status if status in found), Status.OK)


def mark_notes(cells: Iterable[object]) -> tuple[str, ...]:
    """An explanation of each mark that stands in some cells, or behind the value of one."""
    held = set(cells)
    marks = [f"{mark} means {mark.explained}." for mark in Mark if mark in held]
    marks += [f"{WITHHELD} means hidden, because {WITHHOLDS}."] if WITHHELD in held else []
    is_part = any(str(cell).endswith(PARTLY) for cell in held)
    return (*marks, *([PARTLY_MEANS] if is_part else []))
