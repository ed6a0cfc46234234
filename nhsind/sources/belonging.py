"""Which family the given folders, files and frames belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.definitions.record_tables import RecordTable
from nhsind.engines.addresses import is_address
from nhsind.engines.ibis_tables import Ibis
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.sources import folders
from nhsind.sources.arrow_tables import TABLES, column_names
from nhsind.sources.database_tables import tables_of_database
from nhsind.sources.databases import DatabaseTable, database_table
from nhsind.sources.mapping_advice import for_a_folder
from nhsind.sources.mapping_file import mapping_of
from nhsind.sources.published import is_of_a_size_to_read, not_known, readers
from nhsind.sources.reference_files import is_reference_file

# Tables that serve every family.
SIDE_TABLES = ("geography", "plans", "coverage")


def is_side_table(path: Path) -> bool:
    """Whether a file is `geography.csv`, `plans.csv` or `coverage.csv`."""
    return path.stem in SIDE_TABLES and path.suffix == ".csv"


def is_table_of(path: Path, family: Family) -> bool:
    """Whether a file is named like a record table of the family."""
    return path.stem in family.tables and path.suffix in (".csv", ".parquet")


def table_meant(table: DatabaseTable, family: Family) -> str:
    """The family's table that a table of a database is: that of its name, or the only one."""
    if table.name.lower() in family.tables:
        return table.name.lower()
    if len(family.tables) == 1:
        return next(iter(family.tables))
    raise UsageError(
        f"{table.place} has the name of no table of {family.code} ({', '.join(family.tables)}): in "
        "Python give a dict of table name to table; else name it so, or make a view of that name"
    )


def shares(data: Any, codes: Sequence[str], source: str | None = None) -> dict[str, Any]:
    """What is given, shared out among families: those that have nothing of it are left out.

    A family alone has all of it, so that what is strange is judged by its own tables. `data` and
    `source` as `open_input` takes them. A folder is of the families that it has a sub-folder with
    files of, a file of those that have a table of its name or know its layout. Raises InputError
    for a path that is not there or of no family, UsageError for an unknown source or table.
    """
    if len(codes) == 1:
        return dict.fromkeys(codes, data)
    families = [load_family(code) for code in codes]
    if isinstance(data, Mapping):
        return _tables_shared(data, families)
    if isinstance(data, str | Path):
        data = [data]
    if data is None or (isinstance(data, list | tuple) and not data):
        return dict.fromkeys(codes, data)
    if not is_paths(data):
        return _frame_shared(data, families)
    layouts = [name for family in families for name in readers(family)]
    if source is not None and source not in layouts:
        raise unknown("source", source, layouts)
    if any(map(is_address, data)):
        return _of_database(data, families)
    paths = [Path(item) for item in data]
    owners = {
        path: [family.code for family in families if _holds(path, family, source)]
        for path in paths
        if _is_given(path) and not (path.is_file() and _is_for_all(path))
    }
    held = [code for code in codes if any(code in of for of in owners.values())]
    problems = []
    for path in paths:
        if not _is_given(path):
            problems.append(Problem(str(path), "there is no such file or folder"))
        elif path.is_file() and owners.get(path) == []:
            all_known = [reader for family in families for reader in readers(family).values()]
            problems.append(not_known(path, all_known))
        elif not held:
            if source is not None:
                problems.append(Problem(str(path), folders.holds_none_of(source)))
                continue
            wanted = f"folders {', '.join(codes)}"
            text, advice = "holds tables of no family", for_a_folder(path)
            problems.append(Problem(str(path), text, allowed=wanted, advice=advice))
            problems += folders.not_opened_in(path)
    if problems:
        raise InputError(problems)
    return {code: [path for path in paths if code in owners.get(path, held)] for code in held}


def _of_database(data: Sequence[str | Path], families: list[Family]) -> dict[str, Any]:
    """All that is given, for the families that the database has tables of."""
    (address, *more) = [item for item in data if is_address(item)]
    if more:
        raise UsageError("one database at a time: give one address")
    place = Ibis.at(str(address))
    others = [Path(item) for item in data if not is_address(item)]
    held = [each.code for each in families if tables_of_database(each, place, others)]
    if not held:
        wanted = ", ".join(family.code for family in families)
        problem = Problem(place.described_as, "holds tables of no family", allowed=wanted)
        raise InputError(problem)
    return {code: list(data) for code in held}


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; a name that no file can have is of none."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_paths(data: Any) -> bool:
    """Whether what is given are folders and files."""
    return isinstance(data, list | tuple) and all(isinstance(item, str | Path) for item in data)


def _frame_shared(frame: Any, families: list[Family]) -> dict[str, Any]:
    """One frame, for the family whose only table has its columns."""
    names = {name.strip().lower() for name in column_names(frame) or []}
    if not names:
        raise InputError(Problem("data", "is no table and no path", allowed=TABLES))
    single = [family for family in families if len(family.tables) == 1]
    fitting = [family for family in single if _has_columns(names, *family.tables.values())]
    if not fitting:
        asked = ", ".join(family.code for family in single) or "none of those asked for"
        raise UsageError(
            "the columns of the data frame do not tell whose table it is: name the family, or give "
            f"a dict of table name to frame. Families of one table: {asked}"
        )
    return {family.code: frame for family in fitting}


def _has_columns(names: set[str], table: RecordTable) -> bool:
    return set(table.required(names)) <= names


def _tables_shared(data: Mapping[str, Any], families: list[Family]) -> dict[str, Any]:
    known = {name for family in families for name in family.tables} | set(SIDE_TABLES)
    for name in data:
        if name not in known:
            raise unknown("table", name, sorted(known))
    owners = {name: _owners(name, frame, families) for name, frame in data.items()}
    return {
        family.code: {
            name: frame
            for name, frame in data.items()
            if name in SIDE_TABLES or family.code in owners[name]
        }
        for family in families
        if any(family.code in held for held in owners.values())
    }


def _owners(name: str, frame: Any, families: list[Family]) -> list[str]:
    """The families whose table a frame is: of several with a table of its name, those it fits."""
    named = [family for family in families if name in family.tables]
    columns = {column.strip().lower() for column in column_names(frame) or []}
    fitting = [family for family in named if _has_columns(columns, family.tables[name])]
    return [family.code for family in fitting or named]


def _is_given(path: Path) -> bool:
    return database_table(path) is not None or is_there(path)


def _holds(path: Path, family: Family, source: str | None) -> bool:
    lies_in = database_table(path)
    if lies_in is not None:
        return lies_in.name.lower() in family.tables
    if path.is_dir():
        folder = path / family.code
        mapping = mapping_of(path)
        if mapping is not None and mapping.tables(family.code):
            return True
        if folder.is_dir():
            return any(folder.iterdir())
        return mapping is None and folders.holds(path, family, source)
    if source is not None:
        return source in readers(family)
    if is_table_of(path, family):
        return True
    if not is_of_a_size_to_read(path):
        return False
    return any(reader.recognises(path) for reader in readers(family).values())


def _is_for_all(path: Path) -> bool:
    return is_side_table(path) or is_reference_file(path)
