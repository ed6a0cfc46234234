"""From what the user points at to checked tables: folders, published files, data frames.

What lies in Spark or in a database is checked there; everything else is read by the embedded
DuckDB. The checks are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Given
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from nhsind.definitions.family import Family
from nhsind.engines.connections import connected, database
from nhsind.engines.embedded import DUCKDB, Embedded
from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import Geography
from nhsind.sources import editions
from nhsind.sources.belonging import (
    SIDE_TABLES,
    is_paths,
    is_side_table,
    is_table_of,
    is_there,
    table_meant,
)
from nhsind.sources.checked_input import Input
from nhsind.sources.checking import typed_by
from nhsind.sources.coverage import Declared
from nhsind.sources.databases import DatabaseTable, database_table, store_database_table
from nhsind.sources.declared import parse_covers, read_coverage, with_option
from nhsind.sources.folders import (
    given_by,
    holds_none_of,
    is_of_publishers,
    look_into,
    not_opened_in,
)
from nhsind.sources.given_elsewhere import open_elsewhere
from nhsind.sources.given_frames import open_frames
from nhsind.sources.given_published import names_of, open_published
from nhsind.sources.mapped import store_mapped
from nhsind.sources.mapping_advice import for_a_folder
from nhsind.sources.mapping_file import Mapping, mapping_of
from nhsind.sources.not_used import not_used
from nhsind.sources.planned_for import refuse_unknown_plans
from nhsind.sources.plans import read_plans
from nhsind.sources.published import PublishedFile, read_file, readers, recognise
from nhsind.sources.record_checks import check_tables
from nhsind.sources.reference_files import is_reference_file, read_geography_files
from nhsind.sources.stored import Stored, columns_given
from nhsind.sources.tabular import store_file, store_frame
from nhsind.sources.usual_numbers import tolerance_of

Data = str | Path | Sequence[str | Path] | Given[str, Any] | Any


def open_input(
    family: Family,
    data: Data,
    *,
    source: str | None = None,
    geography: Any = None,
    level: str | None = None,
    revisions: bool = False,
    covers: str | None = None,
    tolerance: str | float | None = None,
    also: Collection[str] = (),
    engine: str = DUCKDB,
) -> Input:
    """Read and check a family's input, or where it lies elsewhere check it there.

    `data`: a folder with a sub-folder per family; published files (with `source`, or recognised
    by their header); record files named like a table; reference files of commissioners, in place
    of a `geography.csv`; several of these; a dict of table name to frame; one frame where the
    family has one table; folders of publishers' files, of which those that the family knows are
    read. `level`: where the figures are wanted, so that records that cannot be placed there are
    found. `revisions`: published files are given in the order of their editions, and the later
    replaces the same months of the earlier; rows of a file that are alike in all count once.
    Without it two files of one month, and two rows of the same, are refused. `covers`: the months
    that the records cover, as `2017-04..2018-03`, in place of a `coverage.csv` and of what their
    dates tell. `tolerance`: under which share of its usual number, or over its reciprocal, an
    organisation's month is unusual. `also`: columns of the user's own that are carried along with
    the records. `engine`: `spark` reads Parquet in folders.

    Raises InputError naming every problem in every table, and nothing is kept.
    """
    span = parse_covers(covers) if covers else None
    if source is not None and source not in readers(family):
        known_sources = ", ".join(readers(family)) or "none"
        raise UsageError(f'{family.code} has no source "{source}". Its sources: {known_sources}')
    if isinstance(data, str | Path):
        data = [data]
    if isinstance(data, Sequence) and not data:
        raise InputError(Problem("data", "is empty", allowed="folders, files or frames"))
    elsewhere = None
    if is_paths(data):
        elsewhere = open_elsewhere(
            family, list(data), geography=geography, level=level, also=also, engine=engine
        )
    if elsewhere is not None:
        opened = elsewhere
    elif is_paths(data):
        paths = [Path(item) for item in data]
        folders = [
            look_into(path, family, source)
            for path in paths
            if is_there(path) and path.is_dir() and mapping_of(path) is None
            if is_of_publishers(path, family)
        ]
        files = [path for folder in folders for path in folder.files]
        description = ", ".join(sorted({path.name for path in paths}))
        opened = _open_paths(
            family,
            database(),
            given=paths,
            of_folders=files,
            source=source,
            geography=geography,
            level=level,
            revisions=revisions,
            description=description,
            also=also,
        )
        for folder in folders:
            own = [item for item in opened.contents if Path(item.place) in folder.known]
            opened.notes = [*given_by(folder.path, own), *folder.notes(), *opened.notes]
    else:
        names_files = isinstance(data, Given) and any(
            isinstance(each, str | Path) for each in data.values()
        )
        con = database() if names_files else connected()
        opened = open_frames(family, con, data=data, geography=geography, level=level, also=also)
    opened.declared = with_option(opened.declared, span)
    opened.tolerance = tolerance_of(tolerance)
    refuse_unknown_plans(opened)
    return opened


def _open_paths(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    *,
    given: list[Path],
    of_folders: list[Path],
    source: str | None,
    geography: Any,
    level: str | None,
    revisions: bool,
    description: str,
    also: Collection[str],
) -> Input:
    problems: list[Problem] = []
    tables: dict[str, Path] = {}
    stored: dict[str, DatabaseTable | Mapping] = {}
    published: list[PublishedFile] = []
    records: list[PublishedFile] = []
    side: dict[str, Path] = {"geography": Path(geography)} if geography else {}
    references: list[Path] = []
    paths = [*given, *of_folders]
    for path in paths:
        lies_in = database_table(path)
        if lies_in is not None:
            name = table_meant(lies_in, family)
            problems += _given_twice({**tables, **_places(stored)}, name, path)
            stored[name] = lies_in
        elif not is_there(path):
            problems.append(Problem(str(path), "there is no such file or folder"))
        elif path.is_dir():
            mapping = mapping_of(path)
            mapped = mapping.tables(family.code) if mapping else {}
            for name in mapped:
                assert mapping is not None
                problems += _given_twice({**tables, **_places(stored)}, name, path)
                stored[name] = mapping
            for name, file in _tables_in(path, family).items():
                if name in mapped:
                    continue
                problems += _given_twice(tables, name, file)
                tables[name] = file
            side |= {
                name: path / f"{name}.csv"
                for name in SIDE_TABLES
                if name not in side and (path / f"{name}.csv").is_file()
            }
        elif is_side_table(path):
            side[path.stem] = path
        elif is_reference_file(path):
            references.append(path)
        elif source is None and is_table_of(path, family):
            problems += _given_twice(tables, path.stem, path)
            tables[path.stem] = path
        else:
            try:
                reader = recognise(family, path, source)
                found = read_file(reader, path, equal_once=revisions)
                (records if reader.records else published).append(found)
            except InputError as error:
                problems += error.problems
    held = {name for item in records for name in item.tables}
    if not problems and not tables and not stored and not published and not held:
        wanted = ", ".join(f"{family.code}/{name}.csv or .parquet" for name in family.tables)
        problems += [
            Problem(str(path), holds_none_of(source))
            if source is not None
            else Problem(
                str(path),
                "holds nothing of this family",
                allowed=wanted,
                advice=for_a_folder(path),
            )
            for path in paths
        ]
        problems += [each for path in paths for each in not_opened_in(path)]
    if (tables or stored or held) and published:
        problems.append(
            Problem(published[0].place, "published files and record tables cannot be mixed")
        )
    for name in sorted(held & set(tables)):
        problems += _given_twice(tables, name, Path(_holder(records, name)))
    known: Geography | None = None
    try:
        places = references or ([side["geography"]] if "geography" in side else [])
        known = read_geography_files(places) if places else None
    except InputError as error:
        problems += error.problems
    plans, plan_problems = read_plans(side.get("plans"))
    problems += plan_problems
    declared = Declared()
    if "coverage" in side:
        declared, coverage_problems = read_coverage(side["coverage"], family)
        problems += coverage_problems
    if published and not problems:
        published = editions.once(published) if of_folders and not revisions else published
        return open_published(
            family,
            con,
            contents=published,
            geography=known,
            plans=plans,
            description=description,
            level=level,
            revisions=revisions,
        )
    raws: dict[str, Stored] = {}
    for name, path in tables.items():
        try:
            raws[name] = store_file(con, f"{name}_raw", path)
        except InputError as error:
            problems += error.problems
    for name, stored_in in stored.items():
        try:
            raws[name] = (
                store_database_table(con, f"{name}_raw", stored_in)
                if isinstance(stored_in, DatabaseTable)
                else store_mapped(con, f"{name}_raw", family.tables[name], stored_in)
            )
        except InputError as error:
            problems += error.problems
    for name in sorted(held - set(tables)):
        whole = pa.concat_tables([item.tables[name] for item in records if name in item.tables])
        raws[name] = store_frame(con, f"{name}_raw", whole, _holder(records, name))
    place = Embedded(con)
    checked = check_tables(
        family,
        place,
        typed_by(con),
        raws=raws,
        geography=known,
        problems=problems,
        level=level,
        also=also,
    )
    checked += not_used(family, records)
    notes = [note for item in records for note in item.notes]
    return Input(
        family,
        place,
        list(raws),
        known,
        checked,
        description,
        names=names_of(records),
        plans=plans,
        contents=records,
        folders=[path for path in paths if path.is_dir()],
        notes=notes,
        declared=declared,
        stored=raws,
        given=columns_given(raws),
    )


def _places(stored: Given[str, DatabaseTable | Mapping]) -> dict[str, Path]:
    return {
        name: Path(place.place) if isinstance(place, DatabaseTable) else place.path
        for name, place in stored.items()
    }


def _holder(contents: list[PublishedFile], table: str) -> str:
    return next(item.place for item in contents if table in item.tables)


def _given_twice(tables: dict[str, Path], name: str, path: Path) -> list[Problem]:
    if name not in tables:
        return []
    return [Problem(str(path), f"is the table {name}, which {tables[name]} is too; give one")]


def _tables_in(folder: Path, family: Family) -> dict[str, Path]:
    found = {}
    for name in family.tables:
        for ending in ("csv", "parquet"):
            path = folder / family.code / f"{name}.{ending}"
            if path.is_file():
                found[name] = path
    return found
