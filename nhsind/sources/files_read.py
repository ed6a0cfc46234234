"""The files that a family is read from: what a fingerprint of its data must cover."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nhsind.definitions.family import Family
from nhsind.sources.belonging import SIDE_TABLES, is_there
from nhsind.sources.databases import database_table
from nhsind.sources.folders import is_of_publishers
from nhsind.sources.mapping_file import mapping_of, place_of_mapping
from nhsind.sources.own_files import parts_of


def files_read(given: Path, family: Family) -> dict[str, Path]:
    """All that a family may read of a folder, file or table of a database that was given.

    By name: within the folder, or of the file. A file that is not there is not among them. Raises
    InputError for a mapping that cannot be read.
    """
    table = database_table(given)
    if table is not None:
        return {table.file.name: table.file} if is_there(table.file) else {}
    if not is_there(given):
        return {}
    if given.is_file():
        return {given.name: given}
    found = sorted(path for path in _in_folder(given, family) if path.is_file())
    return {
        str(path.relative_to(given)) if path.is_relative_to(given) else path.name: path
        for path in found
    }


def _in_folder(folder: Path, family: Family) -> Iterator[Path]:
    """The files of the family's own folder, or of a publisher's; what a mapping makes tables of."""
    yield from (folder / f"{name}.csv" for name in SIDE_TABLES)
    mapping = mapping_of(folder)
    if mapping is None and is_of_publishers(folder, family):
        yield from folder.rglob("*")
        return
    yield from (folder / family.code).rglob("*")
    place = place_of_mapping(folder)
    if mapping is not None and place is not None:
        yield place
        for mapped in mapping.tables(family.code).values():
            yield from (parts_of(path)[0] for path in mapping.files(mapped))
