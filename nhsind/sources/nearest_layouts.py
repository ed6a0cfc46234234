"""Which known layouts a file is nearest to, and in which headings it differs from them.

A layout is told by a few of its headings (and names of sheets). Those that stand in a file's first
rows count whole, those that something there is spelt like by how alike they are.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from nhsind.errors import InputError
from nhsind.sources.files import WORKBOOKS, content, kind_of
from nhsind.sources.headings import plain
from nhsind.sources.recognising import csv_head, sheet_head, sheet_names

MOST_LAYOUTS, MOST_HEADINGS = 3, 3
# Below it two headings have no more than some letters in common.
LIKE_ENOUGH = 0.6
FIRST_LINES, FIRST_ROWS, MOST_SHEETS = 20, 30, 12

# By the name of a layout, the headings that tell it, in each of its spellings.
Layouts = Mapping[str, Sequence[Sequence[str]]]


def nearest_layouts(path: Path, layouts: Layouts) -> list[str]:
    """The three nearest layouts, nearest first, each with the first headings that differ.

    Fewer where fewer have anything in common with the file.
    """
    found = _headings_in(path)
    known = {plain(text): text for text in reversed(found)}
    told = []
    for name, spellings in layouts.items():
        for headings in spellings:
            # What one of its headings is cannot be another's other spelling.
            others = {plain(heading) for heading in headings}
            free = {text: written for text, written in known.items() if text not in others}
            alike = [_most_like(heading, known, free) for heading in headings]
            share = sum(ratio for ratio, _ in alike) / len(headings)
            differing = [
                _difference(heading, text)
                for heading, (ratio, text) in zip(headings, alike, strict=True)
                if ratio < 1
            ]
            told.append((share, name, differing))
    told = sorted((item for item in told if item[0]), key=lambda item: -item[0])
    nearest: dict[str, list[str]] = {}
    for _, name, differing in told:
        nearest.setdefault(name, differing)
    return [
        f"{name} ({_listed(differing)})" for name, differing in list(nearest.items())[:MOST_LAYOUTS]
    ]


def _listed(differing: list[str]) -> str:
    if not differing:
        return (
            "its headings are there, and something else is not as it should be: a sheet's name, "
            "capitals, or the kind of the file, .csv or .xlsx"
        )
    more = len(differing) - MOST_HEADINGS
    words = f" and {more:,} more" if more > 0 else ""
    return f"without {', '.join(differing[:MOST_HEADINGS])}{words}"


def _difference(heading: str, text: str) -> str:
    return f'"{heading}" (the file has "{text}")' if text else f'"{heading}"'


def _most_like(
    heading: str, known: Mapping[str, str], free: Mapping[str, str]
) -> tuple[float, str]:
    """How alike the most similar of the headings found is, and its text; 0 and '' where none is.

    `known`: all that is found, as compared and as written; `free`: those that it may be instead.
    """
    wanted = plain(heading)
    if any(name.startswith(wanted) for name in known):
        return 1.0, heading
    best, text = 0.0, ""
    for name, written in free.items():
        matcher = SequenceMatcher(None, wanted, name)
        if matcher.real_quick_ratio() > max(best, LIKE_ENOUGH) and matcher.ratio() > best:
            best, text = matcher.ratio(), written
    return (best, text) if best >= LIKE_ENOUGH else (0.0, "")


def _headings_in(path: Path) -> list[str]:
    """The distinct texts of a file's first rows, and the names of its sheets."""
    try:
        is_workbook = kind_of(content(path)) in WORKBOOKS
    except InputError:
        return []
    if is_workbook:
        names = sheet_names(path)
        heads = [sheet_head(path, name, FIRST_ROWS) for name in names[:MOST_SHEETS]]
        cells = [cell for head in heads for row in head.splitlines() for cell in row.split(" | ")]
        return list(dict.fromkeys([*names, *filter(None, cells)]))
    lines = csv_head(path).splitlines()[:FIRST_LINES]
    try:
        rows = list(csv.reader(lines))
    except csv.Error:
        return []
    return list(dict.fromkeys(cell.strip() for row in rows for cell in row if cell.strip()))
