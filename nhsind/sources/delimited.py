"""A CSV file as columns of text: encoding, quotation marks and the lengths of its lines.

Whatever its size a file is read whole, by Arrow; what Arrow would let pass is tested before: every
quotation mark must open or close a cell, so that no line is swallowed without a word.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from nhsind.errors import InputError, Problem
from nhsind.sources.cells import tidy
from nhsind.sources.encodings import as_utf8
from nhsind.sources.files import TEXT, content, kind_of
from nhsind.sources.headings import lacking

MOST_LISTED = 20
# Lines above the headings: titles, periods, sources.
MOST_ABOVE = 40
HEAD = 20_000
# What separates values where commas do not.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright bars"}
BLOCK = 8 * 1024 * 1024
QUOTE, COMMA, NEWLINE, SPACE = b'"'[0], b","[0], b"\n"[0], b" "[0]
# Blanks of every kind but the ends of lines.
GAPS = re.compile(r"[^\S\r\n]+")
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class TextLines:
    """The text of a CSV file, one row a line: line breaks within cells are made blanks.

    `numbers`: the number, as an editor shows it, of each line.
    """

    place: str
    data: bytes
    numbers: Array

    def top(self) -> list[list[str]]:
        """The cells of the first lines, in which headings are looked for."""
        return split(self.data.split(b"\n", MOST_ABOVE)[:MOST_ABOVE])


def read_lines(path: Path) -> TextLines:
    """The lines of a CSV file, packed or plain; InputError if it is damaged or no text.

    Raises InputError naming the line of a quotation mark that opens a cell and does not close it,
    or stands inside one.
    """
    data = as_utf8(content(path), path)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _one_row_a_line(data, path.name)


def read_columns(
    lines: TextLines, top: int | None, width: int, *, whole_lines: bool = False
) -> tuple[pa.Table, Array]:
    """The rows below line `top` (from 0; None: from the first) as columns of text, named 0, 1, ...

    Also gives each row's line number. Shorter lines are filled with nothing, blank ones left out.
    Raises InputError for lines that have more than `width` values, for the last one if it is
    shorter and does not end, and with `whole_lines` for all that are shorter.
    """
    first = 0 if top is None else top + 1
    names = [str(place) for place in range(width)]
    rest = lines.data.split(b"\n", first)[-1] if first else lines.data
    table, odd = _parsed(rest, names, lines.place)
    at = np.arange(first, first + table.num_rows + len(odd))
    is_odd = np.isin(at - first + 1, [number for number, _ in odd])
    kept = split([text.encode() for _, text in odd])
    long = [
        int(lines.numbers[first + number - 1])
        for (number, _), row in zip(odd, kept, strict=True)
        if any(tidy(cell) for cell in row[width:])
    ]
    if long:
        raise InputError(
            Problem(lines.place, f"has more than the {width} values of the header", number)
            for number in long[:MOST_LISTED]
        )
    last = 0 if lines.data.endswith(b"\n") else at.size
    _refuse_short(lines, first, odd, kept, width=width, last=last, all_of_them=whole_lines)
    order = np.concatenate([at[~is_odd], at[is_odd]])
    if kept:
        rows = [[*row[:width], *[""] * (width - len(row))] for row in kept]
        more = {name: pa.array([row[place] for row in rows]) for place, name in enumerate(names)}
        table = pa.concat_tables([table, pa.table(more)]).take(np.argsort(order, kind="stable"))
        order = np.sort(order)
    filled = _filled(table)
    if not filled.all():
        table, order = table.filter(pa.array(filled)), order[filled]
    return table, lines.numbers[order]


def _refuse_short(
    lines: TextLines,
    first: int,
    odd: list[tuple[int, str]],
    kept: list[list[str]],
    *,
    width: int,
    last: int,
    all_of_them: bool,
) -> None:
    """InputError for lines that are cut off: the last one, or all that lack values.

    `last`: the number of the last line if it does not end, as in a file that was cut. A remark
    below a table has one value.
    """
    short = [
        (number, row)
        for (number, _), row in zip(odd, kept, strict=True)
        if len(row) < width and any(tidy(cell) for cell in row)
        if all_of_them or (number == last and len(row) > 1)
    ]
    if short:
        raise InputError(
            Problem(
                lines.place,
                f"has {len(row)} of the {width} values of the header; is the file cut off?",
                int(lines.numbers[first + number - 1]),
            )
            for number, row in short[:MOST_LISTED]
        )


def refuse_other_separators(lines: TextLines, wanted: Sequence[str]) -> None:
    """Raise InputError where the headings stand in a line whose values other signs separate."""
    for at, line in enumerate(lines.data.split(b"\n", MOST_ABOVE)[:MOST_ABOVE]):
        for sign, name in SEPARATORS.items():
            if not lacking(wanted, line.decode("utf-8").split(sign)):
                text = f"its values are separated by {name}; save it with commas between them"
                raise InputError(Problem(lines.place, text, int(lines.numbers[at])))


def head(path: Path, size: int = HEAD) -> str:
    """The beginning of a CSV file as text, for recognising it; empty where it is none."""
    try:
        stat = path.stat()
    except OSError:
        return ""
    return _head(path, size, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
def _head(path: Path, wanted: int, changed: int, size: int) -> str:
    """A file is asked for once per layout: it is unpacked once."""
    try:
        data = content(path)
        if kind_of(data) != TEXT:
            return ""
        text = as_utf8(data[:wanted], path, cut=True).decode("utf-8", "ignore")
        return GAPS.sub(" ", text)
    except InputError:
        return ""


def split(lines: Sequence[bytes]) -> list[list[str]]:
    """The cells of lines."""
    texts = [line.decode("utf-8") for line in lines]
    return [next(csv.reader([text]), []) for text in texts]


def _parsed(data: bytes, names: list[str], place: str) -> tuple[pa.Table, list[tuple[int, str]]]:
    """The lines as text, and apart those (number from 1, text) that have another number of cells.

    Arrow numbers such lines on one thread only, which is not needed where there are none.
    """
    odd: list[tuple[int, str]] = []

    def put_aside(row: Any) -> str:
        odd.append((row.number, row.text))
        return "skip"

    if not data.strip(b"\n"):
        return pa.table({name: pa.array([], pa.string()) for name in names}), odd
    convert = pacsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
    )
    why: Exception | None = None
    for handler in (None, put_aside):
        read = pacsv.ReadOptions(column_names=names, use_threads=handler is None, block_size=BLOCK)
        parse = pacsv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=handler)
        try:
            return pacsv.read_csv(pa.BufferReader(data), read, parse, convert), odd
        except pa.ArrowInvalid as error:
            why = error
    text = f"cannot be read as CSV ({str(why)[:160]})"
    raise InputError(Problem(place, text)) from why


def _filled(table: pa.Table) -> Array:
    """Which rows have anything in them; the columns are looked at until all are known to."""
    filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        if filled.all():
            break
        rest = np.flatnonzero(~filled)
        cells = column.take(pa.array(rest)).to_pylist()
        filled[rest] = [bool(tidy(cell)) for cell in cells]
    return filled


def _one_row_a_line(data: bytes, place: str) -> TextLines:
    """The text with its quotation marks tested and the line breaks within cells made blanks."""
    count = data.count(b"\n") + 1
    if b'"' not in data:
        return TextLines(place, data, np.arange(1, count + 1))
    signs = np.frombuffer(data, dtype=np.uint8)
    marks = np.flatnonzero(signs == QUOTE)
    breaks = np.flatnonzero(signs == NEWLINE)
    _refuse_unbalanced(signs, marks, breaks, place)
    opening, closing = marks[::2], marks[1::2]
    # A doubled mark closes and opens again.
    inside = np.searchsorted(opening, breaks, "right") > np.searchsorted(closing, breaks, "right")
    numbers = np.concatenate([[1], np.arange(2, count + 1)[~inside]])
    if inside.any():
        changed = signs.copy()
        changed[breaks[inside]] = SPACE
        _refuse_swallowed(
            changed,
            signs,
            opening=opening,
            closing=closing,
            breaks=breaks,
            inside=inside,
            place=place,
        )
        data = changed.tobytes()
    return TextLines(place, data, numbers)


def _refuse_unbalanced(signs: Array, marks: Array, breaks: Array, place: str) -> None:
    """InputError at the first mark that opens no cell, or opens one that is never closed."""
    ends = np.array([COMMA, NEWLINE], dtype=np.uint8)
    before = np.isin(signs[np.maximum(marks - 1, 0)], ends) | (marks == 0)
    after = np.isin(signs[np.minimum(marks + 1, len(signs) - 1)], ends) | (marks == len(signs) - 1)
    opening, closing = marks[::2], marks[1::2]
    reopened = np.zeros(len(opening), dtype=bool)
    reopened[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    reopens = np.zeros(len(closing), dtype=bool)
    more = min(len(closing), len(opening) - 1)
    reopens[:more] = opening[1 : more + 1] == closing[:more] + 1
    bad_opening = np.flatnonzero(~(before[::2] | reopened))
    bad_closing = np.flatnonzero(~(after[1::2] | reopens))
    found = []
    if len(bad_opening):
        found.append((int(opening[bad_opening[0]]), "stands within a cell that begins without one"))
    if len(bad_closing):
        start = _start_of_cell(opening, closing, int(bad_closing[0]))
        found.append((start, "opens a cell and is not closed before the next one"))
    if len(marks) % 2:
        start = _start_of_cell(opening, closing, len(opening) - 1)
        found.append((start, "opens a cell and is never closed"))
    if found:
        at, why = min(found)
        line = int(np.searchsorted(breaks, at)) + 1
        raise InputError(Problem(place, f"a quotation mark {why}", line))


def _start_of_cell(opening: Array, closing: Array, pair: int) -> int:
    """Where the cell begins that a pair of marks belongs to: doubled marks are within it."""
    while pair > 0 and opening[pair] == closing[pair - 1] + 1:
        pair -= 1
    return int(opening[pair])


def _refuse_swallowed(
    changed: Array,
    signs: Array,
    *,
    opening: Array,
    closing: Array,
    breaks: Array,
    inside: Array,
    place: str,
) -> None:
    """InputError where a cell holds a line break and as many commas as a whole row.

    A comma before a blank is one of prose.
    """
    commas = np.flatnonzero(signs == COMMA)
    commas = commas[signs[np.minimum(commas + 1, len(signs) - 1)] != SPACE]
    quoted = np.searchsorted(opening, commas, "right") > np.searchsorted(closing, commas, "right")
    rows = np.flatnonzero(changed == NEWLINE)
    outside = np.bincount(np.searchsorted(rows, commas[~quoted]), minlength=1)
    width = int(np.median(outside[outside > 0])) if (outside > 0).any() else 0
    pairs = np.unique(np.searchsorted(opening, breaks[inside], "right") - 1)
    held = np.searchsorted(commas, closing[pairs]) - np.searchsorted(commas, opening[pairs])
    swallowing = pairs[held >= max(width, 1)]
    if len(swallowing):
        line = int(np.searchsorted(breaks, opening[swallowing[0]])) + 1
        text = "a quotation mark opens a cell that swallows a whole row; is it closed?"
        raise InputError(Problem(place, text, line))
