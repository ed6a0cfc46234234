"""A mapping: how the columns, dates and codes of someone's own files stand for nhsind's tables.

`mapping.toml` beside the files, or another that is named, says it; it is read into types, and every
slip is named. Nothing that it does not say is guessed.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.indicators_file import Strict, Text
from nhsind.definitions.record_tables import RecordTable
from nhsind.definitions.typed_files import Slip, read_typed, refuse
from nhsind.errors import InputError, Problem, nearest
from nhsind.sources.date_formats import DAYS, FORMATS, MIDNIGHT

MAPPING_FILE = "mapping.toml"
# Names another mapping than that of the data's folder; set for the time of a command.
MAPPING = "NHSIND_MAPPING"

# Between two headings in the name of what is made of them.
AND = " + "

ColumnName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="a column of the table")]
DayAndTime = Annotated[
    tuple[Text, ...],
    Meta(min_length=2, max_length=2, description="the headings of a day and of its time of day"),
]
FORMATS_IN_WORDS = (
    f"excel, or {', '.join(DAYS)}, each alone or with hh:mm or hh:mm:ss after it, or with 00:00: a "
    "day alone is its midnight"
)
# Which there are is looked up here, so that a slip is told the nearest.
Format = Annotated[
    str, Meta(description=FORMATS_IN_WORDS, extra_json_schema={"enum": list(FORMATS)})
]


class TableMapping(Strict, frozen=True, kw_only=True):
    """How one table is made from files: which files, which of their columns, how they are written.

    `files`: beside the mapping; several are put one below the other. `columns`: the heading that
    stands for a column of the table, or the two whose values together are a time: of the day and of
    the time of day. `formats`: how the dates of a column are written, in one way
    or in several that are tried in turn. `codes`: what values of a column stand for; "" is missing.
    `constants`: columns that have one value in every row.
    """

    files: Text | tuple[Text, ...]
    columns: dict[ColumnName, Text | DayAndTime] = field(default_factory=dict)
    formats: dict[ColumnName, Format | tuple[Format, ...]] = field(default_factory=dict)
    codes: dict[ColumnName, dict[str, str]] = field(default_factory=dict)
    constants: dict[ColumnName, Text] = field(default_factory=dict)

    @property
    def each_file(self) -> tuple[str, ...]:
        """The files, also where one is named alone."""
        return (self.files,) if isinstance(self.files, str) else self.files

    @property
    def headings(self) -> dict[str, str]:
        """The heading of each column; of two that are put together the name of what is made."""
        return {
            name: given if isinstance(given, str) else AND.join(given)
            for name, given in self.columns.items()
        }

    @property
    def together(self) -> dict[str, tuple[str, ...]]:
        """By the name of what is made, the headings whose values are put together."""
        return {AND.join(each): each for each in self.columns.values() if not isinstance(each, str)}

    def formats_of(self, column: str) -> tuple[str, ...]:
        """The ways in which a column's dates are written."""
        named = self.formats.get(column, ())
        return (named,) if isinstance(named, str) else named


MappingContent = dict[str, dict[str, TableMapping]]


@dataclass(frozen=True)
class Mapping:
    """A mapping that has been read: its file, and by family and table what it says."""

    path: Path
    families: MappingContent

    def tables(self, family: str) -> dict[str, TableMapping]:
        """The tables of a family that it makes."""
        return self.families.get(family, {})

    def files(self, mapped: TableMapping) -> list[Path]:
        """Where the files of a table are."""
        return [self.path.parent / name for name in mapped.each_file]


def mapping_of(folder: Path) -> Mapping | None:
    """The mapping that was named for the command, else that of a folder; None if there is none.

    Raises InputError naming every slip of it.
    """
    path = place_of_mapping(folder)
    if path is None:
        return None
    # A mapping that lies elsewhere is of the files in the folder.
    return Mapping(folder / MAPPING_FILE, read_mapping(path).families)


def place_of_mapping(folder: Path) -> Path | None:
    """Where the mapping of a folder is: the one that was named for the command, else its own."""
    if named := os.environ.get(MAPPING):
        return Path(named)
    own = folder / MAPPING_FILE
    return own if own.is_file() else None


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping; InputError naming every slip."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(Problem(str(path), f"is not a readable mapping: {error}")) from error
    return Mapping(path, checked_mapping(content, str(path)))


def checked_mapping(content: object, place: str) -> MappingContent:
    """The content of a mapping in its types; InputError naming every slip."""
    families = read_typed(content, MappingContent, place)
    refuse(_slips(families), place)
    return families


def _slips(families: MappingContent) -> Iterator[Slip]:
    for code, tables in families.items():
        if code not in family_codes():
            near = nearest(code, family_codes())
            yield Slip((code,), "is no family", code, ", ".join(family_codes()), near)
            continue
        known = load_family(code).tables
        for name, mapped in tables.items():
            if name not in known:
                near = nearest(name, list(known))
                yield Slip((code, name), "is no table of it", name, ", ".join(known), near)
            else:
                yield from _slips_of_table(known[name], mapped, (code, name))


def _slips_of_table(
    table: RecordTable, mapped: TableMapping, path: tuple[str, str]
) -> Iterator[Slip]:
    allowed = ", ".join(table.columns)
    keys = ("columns", "formats", "codes", "constants")
    for key in keys:
        for name in getattr(mapped, key):
            if name not in table.columns:
                near = nearest(name, list(table.columns))
                yield Slip((*path, key, name), "is no column of the table", name, allowed, near)
    for name in mapped.formats:
        if name in table.columns and table.columns[name].kind not in ("date", "timestamp", "month"):
            yield Slip((*path, "formats", name), "holds no dates")
    for name in set(mapped.constants) & set(mapped.columns):
        yield Slip((*path, "constants", name), "is one of the columns too; give one")
    for name, given in mapped.columns.items():
        if name in table.columns and not isinstance(given, str):
            if table.columns[name].kind != "timestamp":
                yield Slip((*path, "columns", name), "is no time, so it has one heading")
            if name not in mapped.formats:
                text = (
                    "is put together of two, so formats say how: dd/mm/yyyy hh:mm, or of a "
                    "workbook's own days and times yyyy-mm-dd hh:mm:ss"
                )
                yield Slip((*path, "columns", name), text)
    for name in mapped.formats:
        named = mapped.formats_of(name)
        if name in table.columns and table.columns[name].kind == "timestamp":
            for each in (each for each in named if each in DAYS):
                text = (
                    "has no time of day; if that has a column of its own, name both headings; "
                    f'where a day alone stands for its midnight, say "{each}{MIDNIGHT}"'
                )
                yield Slip((*path, "formats", name), text, each, f"{each} hh:mm")
        for each in named:
            if each not in FORMATS:
                near = nearest(each, list(FORMATS))
                yield Slip((*path, "formats", name), "is no format", each, FORMATS_IN_WORDS, near)
        if {"dd/mm", "mm/dd"} <= {each[:5] for each in named}:
            yield Slip((*path, "formats", name), "has the day first and the month first; give one")
