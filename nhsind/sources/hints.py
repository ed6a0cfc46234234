"""What a user may have meant: the columns most like a missing one, how dates are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

# Words of one meaning in the names of columns.
SAME_WORDS = {
    **dict.fromkeys(("dt", "day", "datetime", "timestamp", "time", "dttm"), "date"),
    **dict.fromkeys(("identifier", "number", "no", "key", "ref", "nbr"), "id"),
    **dict.fromkeys(("commissioner", "subicb", "icb", "purchaser"), "ccg"),
    **dict.fromkeys(("org", "organisation", "trust", "site"), "provider"),
    **dict.fromkeys(("start", "begin", "began", "from"), "start"),
    **dict.fromkeys(("stop", "end", "ended", "finish", "to"), "stop"),
    **dict.fromkeys(("cd", "type", "kind", "category"), "code"),
    **dict.fromkeys(("received", "receipt", "rec", "recd"), "received"),
    **dict.fromkeys(("seen", "attended", "arrived"), "seen"),
}
# A name is likely from this share of likeness on; it is the mean of the words' and the letters'.
LIKELY_FROM = 0.5
MOST_LIKELY = 3

YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}:\d{2}(?::\d{2})?))?")
MONTHS_IN_YEAR = 12


def likeliest(name: str, others: Iterable[str]) -> list[str]:
    """Of other columns those that are likely meant by `name`, the likeliest first."""
    likeness = {other: _likeness(name, other) for other in others}
    likely = [other for other, share in likeness.items() if share >= LIKELY_FROM]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:MOST_LIKELY]


def _likeness(name: str, other: str) -> float:
    first, second = _words(name), _words(other)
    shared = len(first & second) / max(len(first | second), 1)
    letters = SequenceMatcher(None, _letters(name), _letters(other)).ratio()
    return (shared + letters) / 2


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word for word in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if word]
    return {SAME_WORDS.get(word, word) for word in words}


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def written_otherwise(values: Sequence[str]) -> str | None:
    """How dates look that are all written with the year last, and what to write instead.

    None where any value has another shape.
    """
    found = [YEAR_LAST.fullmatch(value.strip()) for value in values]
    parts = [(int(match[1]), int(match[2])) for match in found if match]
    if not parts or len(parts) < len(found):
        return None
    shapes = {
        "dd/mm/yyyy": all(month <= MONTHS_IN_YEAR for _, month in parts),
        "mm/dd/yyyy": all(month <= MONTHS_IN_YEAR for month, _ in parts),
    }
    match = next(match for match in found if match)
    first, second = int(match[1]), int(match[2])
    time = f"T{match[4].zfill(5)}" if match[4] else ""
    named = []
    for shape in (shape for shape, fits in shapes.items() if fits):
        month, day = (second, first) if shape == "dd/mm/yyyy" else (first, second)
        named.append(f"{shape} (write {match[3]}-{month:02d}-{day:02d}{time})")
    return f"looks like {' or '.join(named)}, and so do all of the column" if named else None
