"""What `tables.toml` of a family may hold, and the record tables it describes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from nhsind.definitions.indicators_file import Level, Name, Positive, Strict, Text
from nhsind.definitions.record_tables import OF_ANY_TABLE, Column, RecordTable
from nhsind.definitions.typed_files import Slip, read_typed, refuse
from nhsind.errors import nearest
from nhsind.reference import data_elements

ColumnKind = Literal[
    "identifier",
    "code",
    "commissioner",
    "date",
    "timestamp",
    "month",
    "period",
    "financial_year",
    "choice",
    "boolean",
    "integer",
    "decimal",
    "days",
]
# Columns that say which period a row of figures is of.
LABELS = ("month", "period", "financial_year")
ColumnName = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*$", description="a column's name in lower case")
]


class ColumnRow(Strict, frozen=True, kw_only=True):
    """One column: what it holds and what it may hold."""

    kind: ColumnKind
    about: str = ""
    optional: bool = False
    values: tuple[Text, ...] = ()
    width: Positive | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    known: Name | tuple[Text, ...] = ()
    listed_in: Name = ""
    one_per: tuple[ColumnName, ...] = ()
    last_of: ColumnName | None = None
    called: tuple[Text, ...] = ()


class TableRow(Strict, frozen=True, kw_only=True):
    """One record table."""

    about: Text
    columns: dict[ColumnName, ColumnRow]
    identifier: ColumnName | None = None
    identified_with: tuple[ColumnName, ...] = ()
    one_row_per: tuple[ColumnName, ...] = ()
    organisations: dict[Level, ColumnName] = field(default_factory=dict)
    placed_by: ColumnName | None = None
    placed_by_clause: dict[Name, ColumnName] = field(default_factory=dict)
    left_by_clause: dict[Name, ColumnName] = field(default_factory=dict)
    read_by: ColumnName | None = None
    organisations_of: Name | None = None
    labelled_by: ColumnName | None = None
    each_has: dict[ColumnName, tuple[Text, ...]] = field(default_factory=dict)

    @property
    def dates(self) -> dict[str, str]:
        """The date that places a unit, by the clause that asks for it; by "" for any."""
        return {**self.placed_by_clause, **({"": self.placed_by} if self.placed_by else {})}

    @property
    def label(self) -> str | None:
        """The column that says which period a row of figures is of, if there is one."""
        kinds = {name: column.kind for name, column in self.columns.items()}
        return self.labelled_by or next((name for name in kinds if kinds[name] in LABELS), None)


TablesFile = dict[Name, TableRow]


def read_tables(content: dict[str, Any], family: str, file: str) -> dict[str, RecordTable]:
    """The record tables of a parsed `tables.toml`; each may also carry `count`.

    Raises InputError naming every slip.
    """
    rows = read_typed(content, TablesFile, file)
    refuse((slip for name, row in rows.items() for slip in _slips(name, row, rows)), file)
    return {
        name: RecordTable(
            name=name,
            family=family,
            about=row.about,
            identifier=row.identifier,
            organisations={str(level): column for level, column in row.organisations.items()},
            columns={column: _column(column, each) for column, each in row.columns.items()}
            | {column.name: column for column in OF_ANY_TABLE},
            placed_by=row.dates,
            left_by=row.left_by_clause,
            read_by=row.read_by,
            organisations_of=row.organisations_of,
            labelled_by=row.label,
            identified_with=row.identified_with,
            one_row_per=row.one_row_per,
            each_has=row.each_has,
        )
        for name, row in rows.items()
    }


def _column(name: str, row: ColumnRow) -> Column:
    listed = import_module(_reference(row.known)).CODES if isinstance(row.known, str) else row.known
    return Column(
        name=name,
        kind=row.kind,
        about=row.about,
        optional=row.optional,
        values=row.values,
        width=row.width or 0,
        aliases=row.aliases,
        known=tuple(listed),
        listed_in=row.listed_in,
        one_per=row.one_per,
        last_of=row.last_of or "",
        called=(*row.called, *data_elements.NAMES.get(name, ())),
        known_names=listed if isinstance(listed, dict) else {},
    )


def _reference(name: str) -> str:
    """The module of a national code list, whose CODES an open list of codes is."""
    return f"nhsind.reference.{name}"


def _slips(name: str, row: TableRow, rows: TablesFile) -> Iterator[Slip]:
    """Names that stand for nothing, and choices without values."""
    columns = list(row.columns)
    if row.organisations_of:
        yield from _slips_of_holder(name, row, rows)
    named: dict[str, tuple[str, ...]] = {
        "identifier": (row.identifier,) if row.identifier else (),
        "identified_with": row.identified_with,
        "one_row_per": row.one_row_per,
        "organisations": tuple(row.organisations.values()),
        "placed_by": (row.placed_by,) if row.placed_by else (),
        "placed_by_clause": tuple(row.placed_by_clause.values()),
        "left_by_clause": tuple(row.left_by_clause.values()),
        "read_by": (row.read_by,) if row.read_by else (),
        "labelled_by": (row.labelled_by,) if row.labelled_by else (),
        "each_has": tuple(row.each_has),
    }
    for key, names in named.items():
        for column in names:
            if column not in row.columns:
                near = nearest(column, columns)
                yield Slip((name, key), "is no column here", column, ", ".join(columns), near)
    for column, groups in row.each_has.items():
        values = row.columns[column].values if column in row.columns else groups
        for group in groups:
            if group not in values:
                path = (name, "each_has", column)
                yield Slip(path, "is none of the values", group, ", ".join(values))
    for column, each in row.columns.items():
        path = (name, "columns", column)
        if (each.kind == "choice") != bool(each.values):
            yield Slip(path, 'a choice has `values = ["..."]`, and nothing else has')
        for word, value in each.aliases.items():
            if value not in each.values:
                allowed = ", ".join(each.values)
                yield Slip((*path, "aliases", word), "is none of the values", value, allowed)
        others = {"one_per": each.one_per, "last_of": (each.last_of,) if each.last_of else ()}
        for key, other in ((key, other) for key, names in others.items() for other in names):
            if other not in row.columns:
                near = nearest(other, columns)
                yield Slip((*path, key), "is no column here", other, ", ".join(columns), near)
        if each.listed_in and each.listed_in not in rows:
            allowed = ", ".join(rows)
            yield Slip((*path, "listed_in"), "is no table here", each.listed_in, allowed)
        if isinstance(each.known, str) and find_spec(_reference(each.known)) is None:
            yield Slip((*path, "known"), "is no code list of nhsind.reference", each.known)


def _slips_of_holder(name: str, row: TableRow, rows: TablesFile) -> Iterator[Slip]:
    """A table whose organisations are not there to be taken."""
    holder = rows.get(str(row.organisations_of))
    path = (name, "organisations_of")
    if holder is None:
        yield Slip(path, "is no table here", row.organisations_of, ", ".join(rows))
    elif not holder.organisations or not holder.identifier:
        yield Slip(path, "has no identifier with organisations", row.organisations_of)
    elif holder.identifier not in row.columns:
        words = f"{row.organisations_of} is named by {holder.identifier}, which is no column here"
        yield Slip(path, words)
