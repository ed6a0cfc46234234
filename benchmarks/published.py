"""Published files: rows per second of each reader, beside a plain pandas read of the same file.

`python benchmarks/published.py FILE...`: each file is read by the layout that knows it and by
`pandas.read_csv` or `read_excel` (all the sheets that the workbook has), in one process and one
after the other, the best of several rounds each. A plain read finds no headings, checks nothing and
makes no figures: the last column, the ratio of the two, is what all that costs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import InputError
from nhsind.sources.files import TEXT, content, kind_of
from nhsind.sources.published import Reader, readers
from nhsind.sources.workbooks import _opened

ROUNDS = 3
ENCODINGS = ("utf-8", "cp1252")


def main() -> None:
    """Read every file both ways and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(f"{'layout':<22}{'rows':>10}{'rows/s':>12}{'pandas':>12}{'times':>8}  file")
    for path in options.files:
        reader = _reader(path)
        if reader is None:
            print(f"of no layout known here: {path.name}")
            continue
        plain, rows = _best(partial(_plain, path), options.rounds)
        own, _ = _best(partial(_own, path, reader), options.rounds)
        told = f"{rows:>10,}{rows / own:>12,.0f}{rows / plain:>12,.0f}{own / plain:>8.1f}"
        print(f"{reader.name:<22}{told}  {path.name}")


def _reader(path: Path) -> Reader | None:
    known = (each for code in family_codes() for each in readers(load_family(code)).values())
    return next((reader for reader in known if reader.recognises(path)), None)


def _best(read: Callable[[], int], rounds: int) -> tuple[float, int]:
    """The least seconds of several rounds, and what the last gave."""
    times, rows = [], 0
    for _ in range(rounds):
        start = time.perf_counter()
        rows = read()
        times.append(time.perf_counter() - start)
    return min(times), rows


def _own(path: Path, reader: Reader) -> int:
    """By the layout, its answers left aside where they cost; a workbook is opened anew."""
    _opened.cache_clear()
    try:
        reader.read(path)
    except InputError as error:
        print(f"{path.name}: {error.problems[0]}")
    return 0


def _plain(path: Path) -> int:
    """By pandas, as text and without headings: how many rows there are."""
    data = content(path)
    if kind_of(data) == TEXT:
        for encoding in ENCODINGS:
            try:
                return len(pd.read_csv(BytesIO(data), dtype=str, encoding=encoding))
            except UnicodeDecodeError:
                continue
        return 0
    sheets = pd.read_excel(BytesIO(data), sheet_name=None, header=None, engine="calamine")
    return sum(len(sheet) for sheet in sheets.values())


if __name__ == "__main__":
    main()
