"""Published files: rows per second of each reader, beside a plain pandas read of the same file.

`python benchmarks/published.py [FILE_OR_FOLDER...]`: each file is read by the layout that knows it
and by `pandas.read_csv` or `read_excel` (all the sheets that the workbook has), in one process and
one after the other, the best of several rounds each. A plain read finds no headings, checks nothing
and makes no figures: the last column, the ratio of the two, is what all that costs. Without files
three are written, with invented rows: an RTT extract of 180,000 rows (which is derived from, too),
a series of early intervention and A&E by provider.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import InputError
from nhsind.families.eip.published import BANDS
from nhsind.sources.files import TEXT, content, kind_of
from nhsind.sources.published import Reader, readers
from nhsind.sources.workbooks import _opened

ROUNDS = 3
ENCODINGS = ("utf-8", "cp1252")
# Providers, commissioners, treatment functions and the sum of these, parts.
EXTRACT = (150, 15, 20, ("Part_1A", "Part_1B", "Part_2", "Part_3"))
MONTHS = [f"{year}-{month:02d}" for year in (2016, 2017) for month in range(1, 13)]


def main() -> None:
    """Read every file both ways and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(f"{'layout':<22}{'rows':>10}{'rows/s':>12}{'pandas':>12}{'times':>8}  file")
    if options.files:
        for path in sorted(_files_in(options.files)):
            _measure(path, options.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in invented(Path(folder)):
            _measure(path, options.rounds)
        extract = Path(folder) / "rtt.csv"
        seconds, rows = _best(partial(_derived, extract), options.rounds)
        print(f"E.B.3 of {rows} commissioners read and derived from rtt.csv: {seconds:.1f} seconds")


def invented(folder: Path) -> Iterator[Path]:
    """Files with invented rows in three layouts, written one by one."""
    rng = np.random.default_rng(1)
    providers, commissioners, functions, parts = EXTRACT
    bands = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(52)]
    heading = ["Period", "Provider Org Code", "Provider Org Name", "Commissioner Org Code"]
    heading += ["Commissioner Org Name", "RTT Part Type", "Treatment Function Code"]
    heading += [*bands, "Gt 52 Weeks SUM 1", "Patients with unknown clock start date", "Total All"]
    counts = rng.poisson(0.4, (providers * commissioners, functions - 1, len(parts), 53))
    rows = []
    for pair, (provider, commissioner) in enumerate(
        product(range(providers), range(commissioners))
    ):
        codes = [
            f"R{provider:03d}",
            f"TRUST {provider}",
            f"{commissioner:02d}X",
            f"CCG {commissioner}",
        ]
        of_pair = counts[pair]
        for function, part in product(range(functions), range(len(parts))):
            is_total = function == functions - 1
            one = of_pair[:, part].sum(axis=0) if is_total else of_pair[function, part]
            name = "C_999" if is_total else f"C_{100 + function}"
            cells = [""] * 53 if parts[part] == "Part_3" else one.tolist()
            rows.append(["RTT-April-2018", *codes, parts[part], name, *cells, 0, int(one.sum())])
    yield _written(folder / "rtt.csv", heading, rows)
    heading = ["Date", "Provider_Org_code", "Provider_name", "Org_Code", "CCG_Name", "Description"]
    rows = []
    for month, place in product(MONTHS, range(1000)):
        one = rng.poisson(0.5, len(BANDS)).tolist()
        day = f"01/{month[5:]}/{month[:4]}"
        codes = [f"R{place // 5:03d}", "TRUST", f"{place % 200:03d}", "CCG"]
        rows.append([day, *codes, "EIP pathways completed this month", *one, sum(one)])
    yield _written(folder / "eip.csv", [*heading, *BANDS, "Total_Pathways"], rows)
    heading = ["period", "org_code", "type", "attendances", "breaches", "admissions"]
    rows = [
        [f"{month}-01", f"R{place:03d}", kind, 900 + place, place, 100]
        for month, place, kind in product(MONTHS, range(800), ("1", "2", "other"))
    ]
    yield _written(folder / "ae.csv", heading, rows)


def _written(path: Path, heading: list[str], rows: Iterable[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def _files_in(given: list[Path]) -> Iterator[Path]:
    for path in given:
        yield from (each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _measure(path: Path, rounds: int) -> None:
    """One line: a file by its layout and by pandas."""
    reader = _reader(path)
    if reader is None:
        print(f"of no layout known here: {path.name}")
        return
    plain, rows = _best(partial(_plain, path), rounds)
    own, _ = _best(partial(_own, path, reader), rounds)
    told = f"{rows:>10,}{rows / own:>12,.0f}{rows / plain:>12,.0f}{own / plain:>8.1f}"
    print(f"{reader.name:<22}{told}  {path.name}")


def _derived(path: Path) -> int:
    return len(ind.derive("E.B.3", path, period="2018-04", notes=ind.Notes()))


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
                # Titles above a table are shorter than its lines.
                frame = pd.read_csv(
                    BytesIO(data), dtype=str, encoding=encoding, on_bad_lines="skip"
                )
                return len(frame)
            except UnicodeDecodeError:
                continue
        return 0
    sheets = pd.read_excel(BytesIO(data), sheet_name=None, header=None, engine="calamine")
    return sum(len(sheet) for sheet in sheets.values())


if __name__ == "__main__":
    main()
