"""What publishers printed, file by file, put together where one comparison can do for several.

A comparison costs about the same for one month as for a hundred: months of one layout, each a
file of its own, are compared at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from nhsind.sources.published import Answers

# A line at a level, and what is printed of it.
_Line = tuple[str, str]


@dataclass
class _Together:
    """Answers of one shape, of which no two print the same line, level and period."""

    first: Answers
    cells: list[pd.DataFrame] = field(default_factory=list)
    figures: dict[_Line, frozenset[str]] = field(default_factory=dict)
    periods: dict[_Line, set[str]] = field(default_factory=dict)

    def takes(self, item: Answers, figures: dict[_Line, frozenset[str]]) -> bool:
        """Whether an answer is compared as these are, and prints nothing that they print."""
        first = self.first
        same = (item.keys, item.total, item.complete, item.adds_up) == (
            *(first.keys, first.total, first.complete, first.adds_up),
        )
        return same and all(
            line not in self.figures or self.figures[line] == names
            for line, names in figures.items()
        )


def put_together(answers: Iterable[Answers]) -> list[Answers]:
    """The answers with those of one shape joined, as long as no two print the same.

    Where two files print the same line, level and period, each is compared by itself: what one of
    them lacks, the other does not stand for.
    """
    groups: list[_Together] = []
    for item in answers:
        if item.cells.empty:
            continue
        figures: dict[_Line, frozenset[str]] = {}
        periods: dict[_Line, set[str]] = {}
        for key, part in item.cells.groupby(["indicator", "org_level"]):
            line = (str(key[0]), str(key[1]))
            figures[line] = frozenset(map(str, part["figure"].unique()))
            periods[line] = set(map(str, part["period"].unique()))
        group = next(
            (
                group
                for group in groups
                if group.takes(item, figures)
                and all(group.periods.get(line, set()).isdisjoint(of) for line, of in periods.items())
            ),
            None,
        )
        if group is None:
            group = _Together(item)
            groups.append(group)
        group.cells.append(item.cells)
        group.figures |= figures
        for line, of_line in periods.items():
            group.periods[line] = group.periods.get(line, set()) | of_line
    return [
        replace(group.first, cells=pd.concat(group.cells, ignore_index=True)) for group in groups
    ]
