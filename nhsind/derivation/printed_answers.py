"""What publishers printed, file by file, put together where one comparison can do for several.

A comparison costs about the same for one month as for a hundred: months of one layout, each a
file of its own, are compared at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from nhsind.sources.published import Answers

# By line and level: the figures that are printed of it, and their periods.
_Held = dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]


@dataclass
class _Together:
    """Answers of one shape, of which no two print the same line, level and period."""

    first: Answers
    cells: list[pd.DataFrame] = field(default_factory=list)
    held: _Held = field(default_factory=dict)

    def takes(self, others: _Held) -> bool:
        """Whether others print the same figures of their lines, and of other periods."""
        return all(
            figures == self.held[line][0] and periods.isdisjoint(self.held[line][1])
            for line, (figures, periods) in others.items()
            if line in self.held
        )

    def take(self, cells: pd.DataFrame, others: _Held) -> None:
        """Add them."""
        self.cells.append(cells)
        for line, (figures, periods) in others.items():
            _, before = self.held.get(line, (figures, frozenset()))
            self.held[line] = figures, periods | before


def put_together(answers: Iterable[Answers]) -> list[Answers]:
    """The answers with those of one shape joined, as long as no two print the same.

    Where two files print the same line, level and period, each is compared by itself: what one of
    them lacks, the other does not stand for.
    """
    shapes: dict[tuple[object, ...], list[Answers]] = {}
    for item in answers:
        if not item.cells.empty:
            shape = (item.keys, item.total, item.complete, item.adds_up)
            shapes.setdefault(shape, []).append(item)
    return [item for alike in shapes.values() for item in _joined(alike)]


def _joined(alike: list[Answers]) -> list[Answers]:
    if len(alike) == 1:
        return alike
    groups: list[_Together] = []
    for item in alike:
        held = _held(item.cells)
        group = next((group for group in groups if group.takes(held)), None)
        if group is None:
            group = _Together(item)
            groups.append(group)
        group.take(item.cells, held)
    return [
        replace(group.first, cells=pd.concat(group.cells, ignore_index=True)) for group in groups
    ]


def _held(cells: pd.DataFrame) -> _Held:
    """What is printed."""
    return {
        (str(line), str(level)): (
            frozenset(map(str, part["figure"].unique())),
            frozenset(map(str, part["period"].unique())),
        )
        for (line, level), part in cells.groupby(["indicator", "org_level"])
    }
