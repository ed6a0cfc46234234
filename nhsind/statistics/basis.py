"""What the limits of a control chart are made from, as people ask for it, with their reasons.

A recalculation begins a new part with limits of its own; a baseline holds the first part at the
limits of its first points; a ghosted point is shown and left out of everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import UsageError
from nhsind.statistics.signals import Numbers, parts_between

FEWEST_OF_A_BASELINE = 2

# Points by label or position, or a mapping of them to reasons; a number of points, or the same.
Points = Sequence[Any] | Mapping[Any, str]
Baseline = int | Mapping[int, str] | None


@dataclass(frozen=True)
class Basis:
    """What limits are made from, by position, each with its reason (empty: none was given).

    `recalculated`: where new parts begin. `baseline`: how many first points the limits of the
    first part are made from; None: all of it. `ghosted`: points that are left out.
    """

    recalculated: Mapping[int, str]
    baseline: tuple[int, str] | None
    ghosted: Mapping[int, str]

    @property
    def is_plain(self) -> bool:
        """Whether nothing was asked: limits are made from all points."""
        return not (self.recalculated or self.baseline or self.ghosted)

    def parts(self, points: int) -> list[tuple[int, int, int]]:
        """Each part's first point, that after its last, and that after those its limits rest on."""
        held = self.baseline[0] if self.baseline else points
        found = parts_between(tuple(self.recalculated), points)
        return [(start, end, min(end, held) if start == 0 else end) for start, end in found]

    def without_ghosts(self, values: Numbers) -> Numbers:
        """The values, a row per chart, those of ghosted points missing."""
        if not self.ghosted:
            return values
        kept = values.copy()
        kept[:, list(self.ghosted)] = np.nan
        return kept

    def words(self, labels: Sequence[str]) -> list[str]:
        """What was done, each with its reason; `labels`: the points' names."""
        said = []
        if self.recalculated:
            said.append(f"limits recalculated from {_named(self.recalculated, labels)}")
        if self.baseline:
            points, why = self.baseline
            said.append(f"limits held at those of the first {points} points{_because(why)}")
        if self.ghosted:
            said.append(f"shown but left out of everything else: {_named(self.ghosted, labels)}")
        return said


def _named(points: Mapping[int, str], labels: Sequence[str]) -> str:
    return ", ".join(f"{labels[at]}{_because(why)}" for at, why in points.items())


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def basis_of(
    recalculate_at: Points, baseline: Baseline, ghost: Points, index: pd.Index[Any]
) -> Basis:
    """The basis that was asked for; UsageError for what is no point of the series."""
    starts = _positions(recalculate_at, index, "limits cannot be recalculated at")
    starts.pop(0, None)  # with the very first point no new part begins
    ghosted = _positions(ghost, index, "nothing can be ghosted at")
    return Basis(starts, _first_points(baseline, len(index)), ghosted)


def _first_points(baseline: Baseline, most: int) -> tuple[int, str] | None:
    if baseline is None:
        return None
    reasons = dict(baseline) if isinstance(baseline, Mapping) else {baseline: ""}
    points = next(iter(reasons)) if len(reasons) == 1 else None
    is_whole = isinstance(points, int | np.integer) and not isinstance(points, bool)
    if points is None or not is_whole or not FEWEST_OF_A_BASELINE <= points <= most:
        raise UsageError(
            f"a baseline is a number of first points, {FEWEST_OF_A_BASELINE} to {most}, "
            f'not "{baseline if points is None else points}"'
        )
    return int(points), str(reasons[points])


def _positions(given: Points, index: pd.Index[Any], not_there: str) -> dict[int, str]:
    """The positions of points given by label or position, in order, each with its reason."""
    single = isinstance(given, str) or not np.iterable(given)
    points = [given] if single else given
    reasons = given if isinstance(given, Mapping) else {}
    found = {
        _position(point, index, not_there): str(reasons[point]) if reasons else ""
        for point in points
    }
    return dict(sorted(found.items()))


def _position(point: Any, index: pd.Index[Any], not_there: str) -> int:
    place: Any
    try:
        place = index.get_loc(point)
    except (KeyError, TypeError, ValueError, pd.errors.InvalidIndexError):
        # In an index of numbers, a number that is no label is a mistake and no position.
        place = None if index.dtype.kind in "iuf" else point
    if isinstance(place, slice) and place.stop - place.start == 1:
        place = place.start
    known = isinstance(place, int | np.integer) and not isinstance(point, bool | np.bool_)
    if not known or not 0 <= place < len(index):
        raise UsageError(f'{not_there} "{point}": it is no point of the series')
    return int(place)
