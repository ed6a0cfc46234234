"""Numbers as people give them: Series, dicts, masked arrays and lists, with what labels say.

Two series are paired by their labels, and a series in time stands in order of time with no label
twice and no step left out: a month that is absent would join what it should break.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import NumberError, UsageError
from nhsind.periods import Period, parse_period

# Of a step that is absent, and of labels that only one of two series has, so many are named.
MOST_NAMED = 3


def labelled(given: Any) -> Any:
    """A dict as a Series of its values, a masked array with its masked places missing, or `given`.

    Raises UsageError for a text, whose signs are no numbers of a series, and for a set.
    """
    if isinstance(given, str | bytes):
        raise UsageError(f"a sequence of numbers is needed, not {given!r}")
    if isinstance(given, set | frozenset):
        raise UsageError("a set has no order: give a list, or a Series with labels")
    if isinstance(given, Mapping):
        return pd.Series(list(given.values()), index=pd.Index(list(given)), dtype=object)
    if isinstance(given, np.ma.MaskedArray):
        whole = np.ma.getdata(given).astype(object)
        whole[np.ma.getmaskarray(given)] = None
        return whole
    return given


def paired(*given: Any) -> tuple[Any, ...]:
    """The series that carry labels, each in the order of the first of them.

    Raises NumberError where two have different labels, or a label twice in different orders:
    pairing them by place would compare one organisation with another.
    """
    found = [labelled(item) for item in given]
    series = [item for item in found if isinstance(item, pd.Series)]
    if not series:
        return tuple(found)
    labels = series[0].index
    for other in series[1:]:
        if other.index.equals(labels):
            continue
        lacking = [*labels.difference(other.index, sort=False)]
        lacking += [*other.index.difference(labels, sort=False)]
        if lacking:
            named = ", ".join(str(label) for label in lacking[:MOST_NAMED])
            more = f" and {len(lacking) - MOST_NAMED:,} more" if len(lacking) > MOST_NAMED else ""
            raise NumberError(
                f"two series are paired by their labels, and only one of them has {named}{more}"
            )
        if not (labels.is_unique and other.index.is_unique):
            raise NumberError("two series cannot be paired by labels of which one stands twice")
    return tuple(item.reindex(labels) if isinstance(item, pd.Series) else item for item in found)


def refuse_disorder(index: pd.Index[Any]) -> None:
    """Raise UsageError for labels that repeat, and for times that run backwards or leave one out.

    Whole numbers as labels must rise too; what they leave out is told by `left_out`. Other labels
    say nothing about time, and none of the times may be missing. A step is the least that lies
    between two neighbours, and absent where another is a multiple of it.
    """
    if isinstance(index, pd.PeriodIndex | pd.DatetimeIndex) and index.hasnans:
        raise UsageError("a period among the labels is missing")
    places = _places(index)
    if places is None:
        _refuse_repeats(index)
        return
    if len(places) < 2:
        return
    steps = np.diff(places)
    at = int(np.argmax(steps <= 0))
    if steps[at] <= 0:
        what = "stands twice" if steps[at] == 0 else f"comes after {_shown(index[at])}"
        raise UsageError(f"the periods are not in order of time: {_shown(index[at + 1])} {what}")
    step = steps.min()
    wide = np.flatnonzero(steps > step)
    if wide.size and not (steps % step).any():
        first = int(wide[0])
        raise UsageError(
            f"between {_shown(index[first])} and {_shown(index[first + 1])} a period is absent: "
            "give it as a missing value in its place, which breaks runs and trends (`reindex` with "
            "all periods does so)"
        )


def refuse_disordered_events(index: pd.Index[Any]) -> None:
    """Raise UsageError for days of events that run backwards; two may share a day."""
    days = [label for label in map(in_time, index) if isinstance(label, date)]
    if len(days) < len(index):
        return
    for before, after in pairwise(days):
        if after < before:
            raise UsageError(f"the events are not in order of time: {after} comes after {before}")


def left_out(index: pd.Index[Any]) -> str:
    """What whole numbers as labels leave out, in words; empty where nothing or other labels."""
    if index.dtype.kind not in "iu" or len(index) < 2:
        return ""
    steps = np.diff(index.to_numpy())
    wide = np.flatnonzero(steps > steps.min())
    if not wide.size:
        return ""
    first = int(wide[0])
    return (
        f"the labels leave a step out between {index[first]} and {index[first + 1]}: if a figure "
        "is absent there, give it as a missing value in its place"
    )


def _refuse_repeats(index: pd.Index[Any]) -> None:
    """Raise UsageError for a label that stands twice, and for numbers that do not rise."""
    repeated = index[index.duplicated()]
    if len(repeated):
        raise UsageError(f"the label {_shown(repeated[0])} stands twice")
    if index.dtype.kind in "iuf" and not index.is_monotonic_increasing:
        numbers = index.to_numpy()
        at = int(np.argmax(~(np.diff(numbers) > 0)))
        raise UsageError(f"the labels are not in order: {index[at + 1]} comes after {index[at]}")


def _places(index: pd.Index[Any]) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """Whole numbers in order of time: months where all labels are months, else days.

    None where a label is neither a date nor a period.
    """
    if isinstance(index, pd.PeriodIndex):
        return index.asi8 if not index.hasnans else None
    labels = [in_time(label) for label in index]
    if not all(labels):
        return None
    periods = [label for label in labels if isinstance(label, Period)]
    if len(periods) == len(labels):
        if len({period.months for period in periods}) > 1:
            return None
        return np.array([_month(period.start) for period in periods])
    days = [label for label in labels if isinstance(label, date)]
    if len(days) < len(labels):
        return None
    stamps = pd.DatetimeIndex(pd.to_datetime([day.isoformat() for day in days], errors="coerce"))
    if stamps.hasnans:
        return None
    same_day = len({day.day for day in days}) == 1
    if same_day or bool(stamps.is_month_end.all()):
        return np.array([_month(day) for day in days])
    return np.array([day.toordinal() for day in days])


def _month(day: date) -> int:
    return day.year * 12 + day.month


def in_time(label: Any) -> date | Period | None:
    """The day or period that a label is; None where it is neither."""
    if isinstance(label, Period):
        return label
    if isinstance(label, pd.Timestamp | datetime):
        is_day = label == label.replace(hour=0, minute=0, second=0, microsecond=0)
        return label.date() if not pd.isna(label) and is_day else None
    if isinstance(label, date):
        return label
    if not isinstance(label, str):
        return None
    try:
        return date.fromisoformat(label)
    except ValueError:
        pass
    try:
        return parse_period(label)
    except UsageError:
        return None


def _shown(label: Any) -> str:
    """A label as people write it: a time stamp at midnight is a day."""
    found = in_time(label)
    return str(label) if found is None else str(found)
