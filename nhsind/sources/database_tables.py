"""Which tables of a database are a family's, and how their columns and codes stand for its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import narwhals.stable.v2 as nw

from nhsind.definitions.family import Family
from nhsind.engines.ibis_tables import Ibis
from nhsind.errors import InputError, Problem
from nhsind.sources.column_readings import clean_text
from nhsind.sources.mapping_file import TableMapping, mapping_of


def tables_of_database(
    family: Family, place: Ibis, others: Sequence[Path] = ()
) -> dict[str, tuple[str, TableMapping | None]]:
    """Where the family's tables are in a database, and how their columns are called.

    As a mapping says (the one that is named, or of a folder given beside, or of the folder of
    work); else `family.table`, a schema of the family's code, or `family_table`.
    """
    for folder in [*(path for path in others if path.is_dir()), Path()]:
        mapping = mapping_of(folder)
        if mapping is not None:
            mapped = mapping.tables(family.code)
            return {name: (item.each_file[0], item) for name, item in mapped.items()}
    own, all_ = place.names(family.code), place.names()
    found: dict[str, tuple[str, TableMapping | None]] = {}
    for name in family.tables:
        if name in own:
            found[name] = (f"{family.code}.{name}", None)
        elif f"{family.code}_{name}" in all_:
            found[name] = (f"{family.code}_{name}", None)
    return found


def as_mapped(place: Ibis, name: str, mapped: TableMapping, called: str) -> None:
    """Give a table nhsind's columns and codes, as a mapping says. InputError where it cannot."""
    frame = place.frame(name)
    schema = frame.collect_schema()
    problems = [
        Problem(called, "has no such column", column=heading, allowed=", ".join(schema.names()))
        for heading in mapped.headings.values()
        if heading not in schema and heading not in mapped.together
    ]
    if len(mapped.each_file) > 1:
        problems.append(Problem(called, "is one of several tables: make a view of them"))
    for heading in mapped.together:
        text = "is put together of two columns: make a view that does"
        problems.append(Problem(called, text, column=heading))
    if mapped.formats and not mapped.together:
        text = "has formats of dates in its mapping: they are of text; make a view that casts it"
        problems.append(Problem(called, text))
    if problems:
        raise InputError(problems)
    values: dict[str, nw.Expr] = {}
    for column, heading in mapped.headings.items():
        values[column] = _coded(nw.col(heading), mapped.codes.get(column, {}))
    values |= {column: nw.lit(constant) for column, constant in mapped.constants.items()}
    taken = {*mapped.headings.values(), *values}
    rest = {each: nw.col(each) for each in schema.names() if each not in taken}
    place.put(name, frame.select(**values, **rest))


def _coded(value: nw.Expr, codes: dict[str, str]) -> nw.Expr:
    """A column with its codes as what they stand for; "" is missing."""
    if not codes:
        return value
    text = clean_text(value.cast(nw.String))
    value = text
    for code, means in codes.items():
        to = nw.lit(means) if means else nw.lit(None, dtype=nw.String)
        is_it = (text.str.to_lowercase() == code.strip().lower()).fill_null(False)
        value = nw.when(is_it).then(to).otherwise(value)
    return value
