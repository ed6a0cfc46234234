"""Lists of codes that a line's clauses compare with: `C00-C97, D05`, or a named list of reference.

They stand among a line's limits, as a list in `indicators.toml`, and can be set as a limit can.
"""

from __future__ import annotations

import re
from functools import cache

import narwhals.stable.v2 as nw

from nhsind.reference.treatment_functions import CATEGORIES

# A code, a range of codes of one length (C00-C97), or the name of a list; `-360` takes out again.
ENTRY = r"-?[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)?"
ALLOWED = "codes, ranges of codes and named lists: C00-C97,D05 or specific_acute,-360"
# Named lists: the categories of treatment functions.
NAMED = {name.lower().replace(" ", "_"): tuple(codes) for name, codes in CATEGORIES.items()}
_NUMBERED = re.compile(r"(\D*)(\d+)")


def entries_of(written: str) -> tuple[str, ...]:
    """The entries of a list as it is written; codes are upper case, words lower case.

    Raises ValueError for an entry that is none, and where no code remains.
    """
    entries = tuple(_cased(each) for each in re.split(r"[,;\s]+", written.strip()) if each)
    for entry in entries:
        if re.fullmatch(ENTRY, entry) is None:
            raise ValueError(f'"{entry}" is no code')
    if not codes_of(entries):
        raise ValueError("no code remains")
    return entries


@cache
def codes_of(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that entries stand for, in order, each once.

    Raises ValueError for a range whose ends are not of one kind.
    """
    held: dict[str, None] = {}
    for entry in entries:
        codes = _expanded(entry.removeprefix("-"))
        if entry.startswith("-"):
            for code in codes:
                held.pop(code, None)
        else:
            held |= dict.fromkeys(codes)
    return tuple(held)


def is_single(entry: str) -> bool:
    """Whether an entry is one code that is in, no range nor named list."""
    return "-" not in entry and entry not in NAMED


def is_one_of(column: nw.Expr, codes: tuple[str, ...]) -> nw.Expr:
    """Whether a code is in a list; a missing one is not."""
    # Not with fill_null: DuckDB would compare each row with each code, where so it looks them up.
    return ~column.is_null() & column.is_in(codes)


def words_of(entries: tuple[str, ...]) -> str:
    """`C00 to C97 and D05`; `specific acute without 360`."""
    taken = [_entry_words(each) for each in entries if not each.startswith("-")]
    out = [_entry_words(each.removeprefix("-")) for each in entries if each.startswith("-")]
    return _listed(taken) + (f" without {_listed(out)}" if out else "")


def _expanded(entry: str) -> tuple[str, ...]:
    if entry in NAMED:
        return NAMED[entry]
    first, dash, last = entry.partition("-")
    if not dash:
        return (entry,)
    start, stop = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    if start is None or stop is None or start[1] != stop[1] or len(first) != len(last):
        raise ValueError(f'"{entry}" is no range of codes, such as C00-C97')
    width = len(start[2])
    return tuple(
        f"{start[1]}{number:0{width}d}" for number in range(int(start[2]), int(stop[2]) + 1)
    )


def _cased(entry: str) -> str:
    return entry.upper() if re.search(r"\d", entry) else entry.lower()


def _entry_words(entry: str) -> str:
    return entry.replace("-", " to ").replace("_", " ")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
