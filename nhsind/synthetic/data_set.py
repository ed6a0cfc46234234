"""The synthetic data set: invented organisations, records of every family, some of them faulty.

Every name and code is made up and looks it. The same seed gives the same bytes: only uniform
draws are used, and no clock. A family adds its records in its own `sample.py`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import platformdirs
import pyarrow as pa

from nhsind.definitions.catalogue import family_codes, family_folders, load_family
from nhsind.definitions.column_sql import literal
from nhsind.errors import UsageError
from nhsind.periods import Period, parse_period

LAST_MONTH = parse_period("2018-03")
MERGER = date(2018, 4, 1)
LARGEST_SCALE = 1000.0
DEFAULT_SEED, DEFAULT_CCGS, DEFAULT_MONTHS = 2017, 207, 24
STPS, TCPS, REGIONS = 44, 48, 7
PROVIDERS_PER_STP = 3

COLOURS = (
    "Amber Azure Bronze Cobalt Copper Coral Crimson Ebony Emerald Fawn Garnet Golden "
    "Indigo Ivory Jade Lilac Maroon Ochre Olive Pearl Russet Saffron Silver Umber"
).split()
BIRDS = "Avocet Bittern Curlew Dunlin Fulmar Heron Kestrel Lapwing Merlin Plover".split()


# Spoils the chosen rows of a table in place and returns rows to add.
Spoiler = Callable[[pd.DataFrame, Any], pd.DataFrame]


@dataclass(frozen=True)
class World:
    """The invented organisations and the months that the sample covers.

    `size` (mean 1) and `quality` (0 to 1) give each CCG a character that all families share.
    """

    ccgs: list[str]
    providers_of: dict[str, list[str]]
    size: np.ndarray
    quality: np.ndarray
    months: list[Period]
    scale: float
    seed: int
    geography: pd.DataFrame

    def random(self, family: str) -> np.random.Generator:
        """A stream of its own for each family, so that one never changes another."""
        digest = hashlib.sha256(f"{self.seed}:{family}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


def write_sample(
    folder: Path,
    seed: int = DEFAULT_SEED,
    ccgs: int = DEFAULT_CCGS,
    months: int = DEFAULT_MONTHS,
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write the synthetic data set: every family, every table, geography and plans.

    `ccgs`: how many commissioners; `months`: how many months up to March 2018; `scale`: how many
    times the default number of records. Raises UsageError for numbers that make no data set, and
    where the folder already holds something.
    """
    for name, value, most in (("ccgs", ccgs, 999), ("months", months, 240)):
        if not 1 <= value <= most:
            raise UsageError(f"--{name} must be from 1 to {most}, not {value}")
    if not 0 < scale <= LARGEST_SCALE:
        raise UsageError(f"--scale must be more than 0 and at most {LARGEST_SCALE:g}, not {scale}")
    if seed < 0:
        raise UsageError(f"--seed must be 0 or more, not {seed}")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: give a new folder")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    world = make_world(seed, ccgs, months, scale)
    write_csv(world.geography, folder / "geography.csv")
    plans = []
    for code in family_codes():
        if progress:
            progress(f"writing {code}")
        module = load_family(code).module("sample")
        if module is None:
            continue
        for name, table in module.make(world).items():
            (folder / code).mkdir(exist_ok=True)
            write_csv(table, folder / code / f"{name}.csv")
        if hasattr(module, "make_plans"):
            plans.append(module.make_plans(world))
    write_csv(pd.concat(plans, ignore_index=True), folder / "plans.csv")
    return folder


def day_text(days: Any) -> np.ndarray:
    """Days (datetime64) as YYYY-MM-DD."""
    return np.asarray(days).astype("datetime64[D]").astype(str).astype(object)


def only_where(chosen: Any, values: Any) -> np.ndarray:
    """The values where chosen, missing elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[chosen] = np.asarray(values, dtype=object)[chosen]
    return result


def spoil(
    table: pd.DataFrame, rng: np.random.Generator, wanted: int, *ways: Spoiler
) -> pd.DataFrame:
    """Spoil `wanted` records in each of the ways; different records for each.

    A table too small for that stays whole.
    """
    if len(table) < 4 * wanted * len(ways):
        return table
    chosen = rng.permutation(len(table))[: wanted * len(ways)].reshape(len(ways), wanted)
    table = table.reset_index(drop=True)
    added = [
        extra for rows, way in zip(chosen, ways, strict=True) if len(extra := way(table, rows))
    ]
    spoiled: pd.DataFrame = pd.concat([table, *added], ignore_index=True)
    return spoiled


def set_to(column: str, value: str | None) -> Spoiler:
    """Overwrites a column of the chosen records; None blanks it."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        table.loc[rows, column] = value
        return table.iloc[:0]

    return way


def repeated(**changed: str) -> Spoiler:
    """Repeats the chosen records, equal or with columns changed so that they disagree."""

    def way(table: pd.DataFrame, rows: Any) -> pd.DataFrame:
        again: pd.DataFrame = table.loc[rows].assign(**changed)
        return again

    return way


def sample_folder() -> Path:
    """The embedded sample, made on first use in the user's cache, whole or not at all."""
    folder = Path(platformdirs.user_cache_dir("nhsind")) / f"sample-{_edition()}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="sample-", dir=folder.parent))
    try:
        write_sample(made)
        made.replace(folder)
    except OSError:
        if not folder.is_dir():  # another process may have been first
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def make_world(seed: int, ccgs: int, months: int, scale: float) -> World:
    """Invent the organisations; with two or more CCGs the last two merge in April 2018."""
    rng = np.random.Generator(np.random.PCG64(seed))
    codes = [f"ZX{number:03d}" for number in range(1, ccgs + 1)]
    stp_of = {code: index * STPS // max(ccgs, STPS) for index, code in enumerate(codes)}
    providers_of = {}
    for code in codes:
        first = stp_of[code] * PROVIDERS_PER_STP
        providers_of[code] = [f"ZP{first + step + 1:03d}" for step in range(PROVIDERS_PER_STP)]
    draws = rng.random((ccgs, 2))
    size = np.exp(1.1 * (draws[:, 0] - 0.5)) * np.where(draws[:, 0] < 0.04, 0.3, 1.0)
    return World(
        ccgs=codes,
        providers_of=providers_of,
        size=size / size.mean(),
        quality=draws[:, 1],
        months=[LAST_MONTH.shift(step) for step in range(1 - months, 1)],
        scale=scale,
        seed=seed,
        geography=_geography(codes, stp_of, providers_of),
    )


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV: missing is empty, text is quoted only where it must be."""
    con = duckdb.connect()
    con.register("made", pa.Table.from_pandas(table, preserve_index=False))
    con.execute(f"COPY (FROM made) TO {literal(str(path))} (HEADER, DELIMITER ',')")
    con.close()


def _geography(
    codes: list[str], stp_of: dict[str, int], providers_of: dict[str, list[str]]
) -> pd.DataFrame:
    merging = codes[-2:] if len(codes) > 1 else []
    successor = f"ZX{len(codes) + 1:03d}"
    rows = []
    for index, code in enumerate(codes):
        rows.append(
            _place(stp_of[code], index)
            | {
                "ccg_code": code,
                "ccg_name": _ccg_name(index),
                "valid_from": "2013-04-01",
                "valid_to": "2018-03-31" if code in merging else None,
                "successor_ccg_code": successor if code in merging else None,
            }
        )
    if merging:
        place = _place(stp_of[merging[0]], len(codes) - 2)
        name = f"{_ccg_name(len(codes) - 2)} and {_ccg_name(len(codes) - 1)}"
        rows.append(place | {"ccg_code": successor, "ccg_name": name, "valid_from": f"{MERGER}"})
    stps = sorted(set(stp_of.values()))
    for stp in stps:
        for step in range(PROVIDERS_PER_STP):
            number = stp * PROVIDERS_PER_STP + step + 1
            provider: dict[str, str | None] = {
                "provider_code": f"ZP{number:03d}",
                "provider_name": f"Sample Trust {number}",
            }
            parents = _place(stp, 0)
            rows.append({key: parents[key] for key in parents if key[:3] != "tcp"} | provider)
    columns = (
        "ccg_code ccg_name tcp_code tcp_name stp_code stp_name region_code region_name "
        "provider_code provider_name successor_ccg_code valid_from valid_to"
    ).split()
    return pd.DataFrame(rows, columns=columns)


def _place(stp: int, index: int) -> dict[str, str | None]:
    region = stp * REGIONS // STPS
    # The first four STPs hold two TCPs each, the others one.
    tcp = stp + (STPS if stp < TCPS - STPS and index % 2 else 0)
    return {
        "tcp_code": f"ZT{tcp + 1:02d}",
        "tcp_name": f"Sample Transforming Care Partnership {tcp + 1}",
        "stp_code": f"ZS{stp + 1:02d}",
        "stp_name": f"Sample STP {stp + 1}",
        "region_code": f"ZR{region + 1}",
        "region_name": f"Sample Region {region + 1}",
    }


def _ccg_name(index: int) -> str:
    colour = COLOURS[index % len(COLOURS)]
    bird = BIRDS[index // len(COLOURS) % len(BIRDS)]
    again = index // (len(COLOURS) * len(BIRDS))
    return f"Sample CCG {colour} {bird}" + (f" {again + 1}" if again else "")


def _edition() -> str:
    """Changes whenever the code that makes the sample does."""
    digest = hashlib.sha256((files("nhsind.synthetic") / "data_set.py").read_bytes())
    for code in family_codes():
        path = family_folders()[code].folder / "sample.py"
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
