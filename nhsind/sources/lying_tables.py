"""Tables that lie elsewhere, in Spark or a database: checked and typed there.

The checks are those of every table; here is how such a table is typed. Nothing comes back but
counts, wrong values with how many rows have each, and the few distinct values of labels.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.definitions.record_tables import Column, RecordTable, carried
from nhsind.engines.place import ROWS, Elsewhere, Frame, distinct, totals
from nhsind.errors import Problem, nearest
from nhsind.geography import ALWAYS_KNOWN, Geography
from nhsind.sources.checking import may_be_filled, missing_columns
from nhsind.sources.column_readings import (
    TypedReading,
    clean_text,
    labels_read,
    nothing,
    reading,
    type_of,
)
from nhsind.sources.record_checks import Typed, Typing
from nhsind.sources.spelling import CODE_KINDS, strange_signs
from nhsind.sources.stored import MOST_DISTINCT_VALUES, Stored, stored_columns
from nhsind.sources.tabular import MOST_LISTED

# Signs that a code holds: letters, digits and what is printed between them.
_PLAIN = r"^[ -~]*$"
# What keeps a spreadsheet from taking a code for a number.
_PROTECTED = "^[='].*$"
_GIVEN = "nhsind_given"
ARROW = {nw.Date: pa.date32(), nw.String: pa.string()}


def lying(place: Elsewhere, name: str, called: str) -> Stored:
    """A table of the place as it lies there, under its own headings.

    Raises InputError where it has no columns, or one twice.
    """
    schema = place.frame(name).collect_schema()
    types = {column: str(kind) for column, kind in schema.items()}
    return Stored(name, called, *stored_columns(types, called))


def typed_where_it_lies(place: Elsewhere) -> Typing:
    """How tables of a place are typed; see `type_lying`."""

    def typing(
        table: RecordTable, raw: Stored, geography: Geography | None, also: Collection[str]
    ) -> Typed:
        return type_lying(place, table, raw=raw, geography=geography, also=also)

    return typing


def type_lying(
    place: Elsewhere,
    table: RecordTable,
    *,
    raw: Stored,
    geography: Geography | None,
    also: Collection[str] = (),
) -> Typed:
    """Check what a table holds and put `NAME_typed`: typed columns and `count`.

    `also`: columns that the family does not read, to be carried along as text.
    """
    given = place.frame(raw.name)
    raw = _without_blank_identifier(place, table, raw, given)
    frame, mixed = _on_one_clock(place, table, raw, given)
    schema = frame.collect_schema()
    problems = [*raw.problems, *missing_columns(table, raw), *mixed]
    columns = {
        name: column
        for name, column in table.columns.items()
        if name in raw.columns and not any(each.column == name for each in mixed)
    }
    readings = {
        name: reading(column, schema[raw.header[name]], raw.header[name])
        for name, column in columns.items()
    }
    unreadable = {name: item.unreadable for name, item in readings.items()}
    odd = {name: _is_odd(raw, name, schema) for name in columns if _may_be_odd(columns[name])}
    counts = totals(place, frame, unreadable | {f"{name} odd": test for name, test in odd.items()})
    for name, column in columns.items():
        if counts[name]:
            problems += _unreadable(
                place, frame, column=column, raw=raw, condition=unreadable[name]
            )
        if counts.get(f"{name} odd"):
            problems += _strange(place, frame, column=column, raw=raw, condition=odd[name])
    for name in columns:
        if readings[name].label is not None:
            frame, value, wrong = _labelled(
                place, frame, column=columns[name], raw=raw, item=readings[name]
            )
            readings[name] = TypedReading(value, readings[name].unreadable)
            problems += wrong
    if not problems:
        problems += _unknown_commissioners(
            place, frame, table=table, raw=raw, readings=readings, geography=geography
        )
    if problems:
        return Typed(raw, problems, [])
    values = {name: item.value for name, item in readings.items()}
    given_count = "count" in values
    values["count"] = values["count"].fill_null(1) if given_count else nw.lit(1, dtype=nw.Int64)
    values |= {
        column.name: nothing(column)
        for column in table.columns.values()
        if column.optional and column.name not in values and may_be_filled(table, column)
    }
    own = {
        carried(name): clean_text(nw.col(raw.header[name]).cast(nw.String))
        for name in also
        if name in raw.columns and name not in table.columns
    }
    place.put(f"{table.name}_typed", frame.select(**values, **own))
    return Typed(raw, [], [], given_count, own)


def _without_blank_identifier(
    place: Elsewhere, table: RecordTable, raw: Stored, frame: Frame
) -> Stored:
    """An optional identifier without any value is no identifier."""
    name = table.identifier
    if name is None or name not in raw.columns or not table.columns[name].optional:
        return raw
    value = clean_text(nw.col(raw.header[name]).cast(nw.String))
    if place.rows(frame.filter(~value.is_null()).select(raw.header[name]).head(1)).num_rows:
        return raw
    return replace(raw, columns={key: kind for key, kind in raw.columns.items() if key != name})


def _on_one_clock(
    place: Elsewhere, table: RecordTable, raw: Stored, frame: Frame
) -> tuple[Frame, list[Problem]]:
    """Times with a zone as the place shows them, a row's others as much later as they were.

    A problem where some times have a zone and others of the same rows have none.
    """
    schema = frame.collect_schema()
    times = [
        raw.header[column.name]
        for column in table.columns.values()
        if column.kind == "timestamp" and column.name in raw.columns
    ]
    zoned = [name for name in times if getattr(schema[name], "time_zone", None)]
    if not zoned:
        return frame, []
    plain = {name: ~nw.col(name).is_null() for name in times if name not in zoned}
    strange = [name for name, rows in totals(place, frame, plain).items() if rows]
    if strange:
        message = "has times with a time zone beside times without one: durations are not known"
        allowed = "a time zone with every time, or with none"
        names = [name for name in raw.columns if raw.header[name] in strange]
        return frame, [Problem(raw.place, message, column=name, allowed=allowed) for name in names]
    local = {name: nw.col(name).dt.replace_time_zone(None) for name in zoned}
    first = zoned[0]
    later = {
        name: nw.coalesce(local[first] + (nw.col(name) - nw.col(first)), local[name])
        for name in zoned[1:]
    }
    return frame.with_columns(**{first: local[first]}, **later), []


def _unreadable(
    place: Elsewhere, frame: Frame, *, column: Column, raw: Stored, condition: nw.Expr
) -> list[Problem]:
    is_list = column.kind == "choice"
    return _listed(
        place,
        frame,
        column=column,
        raw=raw,
        condition=condition,
        message="is not in the list" if is_list else f"is not {column.allowed}",
        allowed=column.allowed,
        near=column.values if is_list else (),
    )


def _listed(
    place: Elsewhere,
    frame: Frame,
    *,
    column: Column,
    raw: Stored,
    condition: nw.Expr,
    message: str,
    allowed: str,
    near: tuple[str, ...] = (),
) -> list[Problem]:
    """One problem per distinct wrong value, with how many rows have it."""
    shown = frame.filter(condition).select(**{_GIVEN: nw.col(raw.header[column.name])})
    counted = shown.group_by(_GIVEN).agg(nw.len().alias(ROWS)).sort(_GIVEN).head(MOST_LISTED)
    return [
        Problem(
            raw.place,
            message,
            column=column.name,
            value=str(row[_GIVEN]),
            allowed=allowed,
            nearest=nearest(str(row[_GIVEN]), near) if near else None,
            rows=row[ROWS],
            unit=raw.unit,
        )
        for row in place.rows(counted).to_pylist()
    ]


def _may_be_odd(column: Column) -> bool:
    return column.kind in CODE_KINDS


def _is_odd(raw: Stored, name: str, schema: Mapping[str, nw.dtypes.DType]) -> nw.Expr:
    """A code with signs that nobody sees or that look like others, or protected by Excel's."""
    if not isinstance(schema[raw.header[name]], nw.String):
        return nw.lit(False)
    clean = clean_text(nw.col(raw.header[name]))
    return ~(clean.str.contains(_PLAIN) & ~clean.str.contains(_PROTECTED)).fill_null(True)


def _strange(
    place: Elsewhere, frame: Frame, *, column: Column, raw: Stored, condition: nw.Expr
) -> list[Problem]:
    value = {_GIVEN: nw.col(raw.header[column.name])}
    counted = frame.filter(condition).select(**value).group_by(_GIVEN).agg(nw.len().alias(ROWS))
    problems = []
    for row in place.rows(counted.sort(_GIVEN).head(MOST_LISTED)).to_pylist():
        signs = ", ".join(dict.fromkeys(strange_signs(column, row[_GIVEN])))
        message = f"holds a sign that is not what it looks like: {signs}"
        if row[_GIVEN].strip()[:1] in ("=", "'"):
            message = "is protected as in a spreadsheet: give it without these signs"
        elif not signs:
            continue
        problems.append(
            Problem(
                raw.place,
                message,
                column=column.name,
                value=row[_GIVEN],
                allowed="letters and digits",
                rows=row[ROWS],
                unit=raw.unit,
            )
        )
    return problems


def _labelled(
    place: Elsewhere, frame: Frame, *, column: Column, raw: Stored, item: TypedReading
) -> tuple[Frame, nw.Expr, list[Problem]]:
    """A frame in which each label stands for what it means, by a small table of them."""
    assert item.label is not None
    label, means = f"nhsind label {column.name}", f"nhsind means {column.name}"
    frame = frame.with_columns(**{label: item.value})
    counted = frame.select(label).filter(~nw.col(label).is_null())
    counted = counted.group_by(label).agg(nw.len().alias(ROWS))
    held = place.rows(counted.head(MOST_DISTINCT_VALUES + 1)).to_pylist()
    if len(held) > MOST_DISTINCT_VALUES:
        message = f"has more than {MOST_DISTINCT_VALUES:,} different values"
        return frame, nothing(column), [_problem(raw, column, message=message)]
    read = labels_read((row[label] for row in held), item.label)
    wrong = [
        _problem(
            raw, column, message=f"is not {column.allowed}", value=str(row[label]), rows=row[ROWS]
        )
        for row in sorted(held, key=lambda row: str(row[label]))
        if read[row[label]] is None
    ]
    if wrong or not read:
        return frame, nothing(column), wrong
    if all(value == known for value, known in read.items()):
        return frame, nw.col(label), []
    means_arrow = pa.array(list(read.values()), ARROW[type_of(column)])
    table = pa.table({label: pa.array(list(read)), means: means_arrow})
    small = place.small(f"{raw.name} {label}", table)
    return frame.join(small, on=label, how="left"), nw.col(means), []


def _problem(
    raw: Stored, column: Column, *, message: str, value: str | None = None, rows: int | None = None
) -> Problem:
    return Problem(
        raw.place, message, None, column.name, value, column.allowed, rows=rows, unit=raw.unit
    )


def _unknown_commissioners(
    place: Elsewhere,
    frame: Frame,
    *,
    table: RecordTable,
    raw: Stored,
    readings: dict[str, TypedReading],
    geography: Geography | None,
) -> list[Problem]:
    """Codes that the given geography does not know, at whatever date."""
    listed = geography.known("ccg") if geography else set()
    if geography is None or not listed:
        return []
    known = listed | ALWAYS_KNOWN
    allowed = (
        f"{len(listed):,} {'code' if len(listed) == 1 else 'codes'} of {geography.place}, "
        f"{', '.join(sorted(ALWAYS_KNOWN))}"
    )
    problems = []
    for name, item in readings.items():
        if table.columns[name].kind != "commissioner":
            continue
        codes = place.rows(distinct(frame.select(**{_GIVEN: item.value}), _GIVEN)).to_pylist()
        strange = [row[_GIVEN] for row in codes if row[_GIVEN] not in (None, *known)]
        if strange:
            problems += _listed(
                place,
                frame,
                column=table.columns[name],
                raw=raw,
                condition=item.value.is_in(strange).fill_null(False),
                message=f"is not a commissioner that {geography.place} knows",
                allowed=allowed,
                near=tuple(sorted(known)),
            )
    return problems
