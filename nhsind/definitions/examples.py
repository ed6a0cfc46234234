"""Example records that a definition carries, with the fate expected of each: `examples.toml`.

It lies in a family's folder, or by itself in a folder of the user's own, for variants of lines
that are there. `derivation.examples` works out what becomes of the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import pandas as pd
from msgspec import Meta, field

from nhsind.definitions.catalogue import EXAMPLES_FILE
from nhsind.definitions.family import Family
from nhsind.definitions.indicators_file import Name, Strict, Text
from nhsind.definitions.record_tables import OF_ANY_TABLE
from nhsind.definitions.typed_files import Slip, parsed_toml, read_typed, refuse
from nhsind.errors import UsageError, nearest
from nhsind.periods import Period, parse_period

FATES = ("numerator", "denominator", "left out")
Cell = str | int | bool
Fate = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(FATES)})(: [a-z][a-z0-9_]*)?$",
        description='a fate and the rule behind it: "numerator", "denominator: within_18_weeks", '
        '"left out: stop_before_start"',
    ),
]


class ExampleRow(Strict, frozen=True, kw_only=True):
    """Records by table, and by line (or variant: `E.B.3 --set NAME=VALUE`) their fates.

    `same`: by table, what all its records have. A value that is not written is missing.
    """

    period: Text
    about: str = ""
    records: dict[Name, tuple[dict[Name, Cell], ...]]
    same: dict[Name, dict[Name, Cell]] = field(default_factory=dict)
    fates: dict[Text, dict[Text, Fate]]


# Everything in an `examples.toml`: examples by name.
ExamplesFile: Any = dict[Name, ExampleRow]


@dataclass(frozen=True)
class Example:
    """Records of one family by table, and the fates expected: by line as it is written, by record.

    A fate is `numerator`, `denominator` (of it alone) or `left out`, with the clause or fault that
    decides where it is named: `denominator: within_18_weeks`.
    """

    name: str
    about: str
    period: Period
    records: Mapping[str, pd.DataFrame]
    fates: Mapping[str, Mapping[str, str]]


def read_examples(file: Path, families: Mapping[str, Family]) -> list[tuple[Family, Example]]:
    """The examples of a file, each with the family that its tables are of.

    `families`: those that its tables may be of, by code. Raises InputError naming every slip.
    """
    content = _with_days_as_text(parsed_toml(file))
    found: list[tuple[Family, Example]] = []
    slips: list[Slip] = []
    rows = cast(dict[str, ExampleRow], read_typed(content, ExamplesFile, str(file)))
    for name, row in rows.items():
        family = _family_of(row, families)
        own = list(_slips(name, row, family))
        slips += own
        if family is not None and not own:
            found.append((family, _example(name, row, family)))
    refuse(slips, str(file))
    return found


def examples_of(family: Family) -> dict[str, Example]:
    """The examples that a family carries, by name; none where it has no such file."""
    file = family.folder / EXAMPLES_FILE
    if not file.is_file():
        return {}
    return {example.name: example for _, example in read_examples(file, {family.code: family})}


def _family_of(row: ExampleRow, families: Mapping[str, Family]) -> Family | None:
    """The family whose lines the example has fates of."""
    codes = {re.split(r"\s", line.strip())[0].upper() for line in row.fates}
    for family in families.values():
        if codes <= {line.own_code.upper() for line in family.indicators.values()}:
            return family
    return None


def _slips(name: str, row: ExampleRow, family: Family | None) -> Iterator[Slip]:
    """Tables, columns, periods and lines that are none; fates of records that are not there."""
    try:
        parse_period(row.period)
    except UsageError as error:
        yield Slip((name, "period"), str(error), row.period)
    if family is None:
        yield Slip((name, "fates"), "are not of lines of one family", ", ".join(row.fates))
        return
    same = {table: (record,) for table, record in row.same.items()}
    written: dict[str, Mapping[str, Sequence[Mapping[str, Cell]]]]
    written = {"records": row.records, "same": same}
    for key, tables in written.items():
        for table, records in tables.items():
            if table not in family.tables:
                near = nearest(table, list(family.tables))
                yield Slip((name, key, table), f"is no table of {family.code}", near=near)
                continue
            known = [*family.tables[table].columns, *(each.name for each in OF_ANY_TABLE)]
            strange = dict.fromkeys(each for record in records for each in record)
            for column in strange:
                if column not in known:
                    near = nearest(column, known)
                    yield Slip((name, key, table), "is no column of it", column, near=near)


def _example(name: str, row: ExampleRow, family: Family) -> Example:
    return Example(
        name=name,
        about=" ".join(row.about.split()),
        period=parse_period(row.period),
        records={
            table: _frame(records, row.same.get(table, {}), family, table)
            for table, records in row.records.items()
        },
        fates=row.fates,
    )


def _frame(
    records: tuple[dict[str, Cell], ...], same: Mapping[str, Cell], family: Family, table: str
) -> pd.DataFrame:
    """The records as a table with all columns that it must have, those that are shown first."""
    shown = dict.fromkeys(column for record in records for column in record)
    needed = family.tables[table].required({*shown, *same})
    columns = list(dict.fromkeys([*shown, *same, *needed]))
    rows = [{**same, **record} for record in records]
    cells = [[_text(row.get(column)) for column in columns] for row in rows]
    return pd.DataFrame(cells, columns=columns, dtype=object)


def _text(value: Cell | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _with_days_as_text(content: Any) -> Any:
    """TOML has days and times of its own: they are as good as texts."""
    if isinstance(content, dict):
        return {key: _with_days_as_text(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_with_days_as_text(value) for value in content]
    return content.isoformat() if isinstance(content, date | datetime) else content
