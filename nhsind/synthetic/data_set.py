"""The synthetic data set: invented organisations, records of every family, some of them faulty.

The same seed gives the same bytes: only uniform draws are used, and no clock. A family makes its
tables in its own `sample.py` (`make`), and says there what its commissioners plan (`plans`) and,
where its records reach back beyond the first month, by how many months (`MONTHS_BEFORE`).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd
import platformdirs

from nhsind.definitions.catalogue import family_codes, family_folders, load_family
from nhsind.definitions.family import Family
from nhsind.errors import InputError, Problem, UsageError
from nhsind.synthetic.trajectories import plan_table
from nhsind.synthetic.world import LAST_MONTH, World, make_world
from nhsind.synthetic.writing import write_csv

__all__ = ["LAST_MONTH", "World", "sample_folder", "write_sample"]

LARGEST_SCALE = 1000.0
COVERAGE_COLUMNS = ["family", "table", "from", "to"]
DEFAULT_SEED, DEFAULT_CCGS, DEFAULT_MONTHS = 2017, 207, 24


def write_sample(
    folder: Path,
    seed: int = DEFAULT_SEED,
    *,
    ccgs: int = DEFAULT_CCGS,
    months: int = DEFAULT_MONTHS,
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write the synthetic data set: every family, every table, geography, plans and coverage.

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
    _make(folder)
    world = make_world(seed, ccgs, months, scale)
    write_csv(world.geography, folder / "geography.csv")
    plans, covered = [], []
    for code in family_codes():
        if progress:
            progress(f"writing {code}")
        family = load_family(code)
        module = family.module("sample")
        if module is None:
            continue
        earlier = getattr(module, "MONTHS_BEFORE", 0)
        first = world.months[0].shift(-earlier)
        made = module.make(world)
        refuse_unknown_tables(family, made)
        for name, table in made.items():
            (folder / code).mkdir(exist_ok=True)
            write_csv(table, folder / code / f"{name}.csv")
            # A table with one row for each period covers those that it has.
            if not {"month", "period", "financial_year"} & set(family.tables[name].columns):
                covered.append((code, name, str(first), str(LAST_MONTH)))
        if hasattr(module, "plans"):
            plans.append(plan_table(world, module.plans(world)))
    write_csv(pd.concat(plans, ignore_index=True), folder / "plans.csv")
    write_csv(pd.DataFrame(covered, columns=COVERAGE_COLUMNS), folder / "coverage.csv")
    return folder


def refuse_unknown_tables(family: Family, made: Mapping[str, pd.DataFrame]) -> None:
    """Raise InputError where a family's `sample.py` makes a table that `tables.toml` has not."""
    problems = [
        Problem(
            f"{family.code}/sample.py",
            "is made here and is no table of tables.toml",
            value=name,
            allowed=", ".join(family.tables),
        )
        for name in made
        if name not in family.tables
    ]
    if problems:
        raise InputError(problems)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made ({error.strerror}): the sample is written there"
        ) from error


def sample_folder() -> Path:
    """The embedded sample, made on first use in the user's cache, whole or not at all."""
    folder = Path(platformdirs.user_cache_dir("nhsind")) / f"sample-{_edition()}"
    if folder.is_dir():
        return folder
    _make(folder.parent)
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


def sources_of_the_sample() -> list[Traversable | Path]:
    """The files that make the sample: this room, the families' part, what both read."""
    package = files("nhsind")
    rooms = [package / "synthetic", package / "reference"]
    found = [path for room in rooms for path in room.iterdir() if path.name.endswith(".py")]
    found += [family_folders()[code].folder / "sample.py" for code in family_codes()]
    found += [package / "periods.py"]
    return sorted((path for path in found if path.is_file()), key=str)


def _edition() -> str:
    """Changes whenever a file that makes the sample does."""
    digest = hashlib.sha256()
    for path in sources_of_the_sample():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
