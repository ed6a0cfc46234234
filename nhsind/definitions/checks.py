"""What types alone do not see in a definition: names that stand for nothing, or never stand.

Each slip has the path of the key in `indicators.toml` that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from nhsind.definitions import code_lists
from nhsind.definitions.indicators import WORDED
from nhsind.definitions.indicators_file import (
    IndicatorRow,
    IndicatorsFile,
    MeasureRow,
    StandardRow,
    SupportingRow,
)
from nhsind.definitions.limits import FORMS, limits_of
from nhsind.definitions.record_tables import RecordTable
from nhsind.definitions.rules import Rules
from nhsind.definitions.typed_files import Path, Slip
from nhsind.definitions.written_relations import lines_in
from nhsind.errors import UsageError, nearest
from nhsind.periods import parse_period

Line = IndicatorRow | SupportingRow


def slips_of_definition(
    code: str, written: IndicatorsFile, tables: Mapping[str, RecordTable], rules: Rules
) -> Iterator[Slip]:
    """Every slip of a family's lines against its rules, tables and readings."""
    if written.family.code != code:
        yield Slip(
            ("family", "code"), "is not the name of the family's folder", written.family.code, code
        )
    for path, line in _lines(written):
        yield from _names_without_meaning(path, line, written=written, tables=tables, rules=rules)
        yield from _limits(path, line, written.family.default_units, rules)
        if (line.kind == "count") == (line.denominator is not None):
            yield Slip(path, "a count, and nothing else, has no denominator")
        if isinstance(line, SupportingRow):
            yield from _unknown(
                (*path, "counted_as"), (line.counted_as,), written.indicators, "line here"
            )
    yield from _readings(written)
    yield from _relations(written)
    yield from _never_named(written, rules)
    yield from _two_meanings(written)
    yield from _tables_without_meaning(tables, rules)


def _relations(written: IndicatorsFile) -> Iterator[Slip]:
    """Lines that a relation names and the file does not have."""
    for key in ("sums", "within"):
        for place, text in enumerate(getattr(written.relations, key), 1):
            at = ("relations", key, place)
            yield from _unknown(at, lines_in(text), written.indicators, "line here")
    least = written.relations.least_of_each
    yield from _unknown(("relations", "least_of_each"), least, written.indicators, "line here")
    for code, lines in written.relations.units_counted_by.items():
        named = ("relations", "units_counted_by", code)
        yield from _unknown(named, [code, *lines], written.indicators, "line here")


def _lines(written: IndicatorsFile) -> Iterator[tuple[Path, Line]]:
    """Every line with where it stands."""
    for name, row in written.indicators.items():
        yield ("indicators", name), row
    for name, also in written.supporting.items():
        yield ("supporting", name), also


def _measures(line: Line) -> dict[Path, MeasureRow]:
    """What a line sums, by the path of the key."""
    found: dict[Path, MeasureRow] = {("numerator",): line.numerator}
    if line.denominator is not None:
        found[("denominator",)] = line.denominator
    if isinstance(line, IndicatorRow):
        found |= {("standard_from", name): row for name, row in line.standard_from.items()}
    return found


def _names_without_meaning(
    path: Path,
    line: Line,
    *,
    written: IndicatorsFile,
    tables: Mapping[str, RecordTable],
    rules: Rules,
) -> Iterator[Slip]:
    """What a line names (clauses, units, faults, remarks, readings) and nothing defines."""
    default = written.family.default_units
    for key, row in _measures(line).items():
        at = (*path, *key)
        yield from _unknown((*at, "clauses"), row.clauses, rules.clauses, "clause of rules.py")
        where = (*at, "units") if row.units else ("family", "default_units")
        yield from _unknown(where, (row.units or default,), rules.units, "unit table of rules.py")
    if isinstance(line, SupportingRow):
        return
    yield from _columns_without_meaning(path, line, tables)
    yield from _unknown((*path, "faults"), line.faults, rules.faults, "fault of rules.py")
    yield from _unknown((*path, "remarks"), line.remarks, rules.remarks, "remark of rules.py")
    clauses = {name: name for row in _measures(line).values() for name in row.clauses}
    across = (line.looks_across,) if line.looks_across else ()
    yield from _unknown((*path, "looks_across"), across, clauses, "clause of this line")
    yield from _unknown((*path, "readings"), line.readings, written.readings, "reading here")
    if (line.denominator is None) != (line.denominator_in_words is None):
        yield Slip(
            (*path, "denominator_in_words"), "stands where there is a denominator, and only there"
        )
    for place, standard in enumerate(line.standards, 1):
        yield from _standard((*path, "standards", place), standard, rules)


def _columns_without_meaning(
    path: Path, line: IndicatorRow, tables: Mapping[str, RecordTable]
) -> Iterator[Slip]:
    """Columns that a line needs of its own and no record table has."""
    for name, columns in line.needs_columns.items():
        at = (*path, "needs_columns", name)
        there = tables[name].columns if name in tables else {}
        yield from _unknown(at, columns, there, "column of this table")


def _readings(written: IndicatorsFile) -> Iterator[Slip]:
    """Readings that ask for a limit, which only a line has."""
    for code, row in written.readings.items():
        at = ("readings", code)
        for key in ("question", "reading", "changes", "otherwise"):
            for name, _ in _in_braces(getattr(row, key)):
                words = "stands in braces: a reading is of several lines and has no limits"
                yield Slip((*at, key), words, name)


def _standard(path: Path, row: StandardRow, rules: Rules) -> Iterator[Slip]:
    if row.value.isidentifier() and not callable(getattr(rules.module, row.value, None)):
        yield Slip((*path, "value"), "is no function of rules.py", row.value)
    for key, text in (("from", row.first), ("to", row.last)):
        try:
            _ = parse_period(text) if text else None
        except UsageError as error:
            yield Slip((*path, key), f"is no period: {error}", text)


def _limits(path: Path, line: Line, default_units: str, rules: Rules) -> Iterator[Slip]:
    """Limits that a line needs and lacks, or has and does not need."""
    needed: dict[str, str] = {}
    held = {**line.limits, **line.codes}
    for row in _measures(line).values():
        for name in row.clauses:
            if name in rules.clauses:
                clause = rules.clauses[name]
                said = [limit for limit, _ in _in_braces(clause.says)]
                needed |= dict.fromkeys((*clause.limits, *said), name)
        units = row.units or default_units
        if units in rules.units:
            needed |= dict.fromkeys(rules.units[units].limits, units)
    at = (*path, "limits")
    for name, by in needed.items():
        if name not in held:
            yield Slip(at, f"lacks {name}, which {by} of rules.py needs")
    for name in held:
        if name not in needed:
            near = nearest(name, list(needed))
            yield Slip(at, "is a limit that nothing of the line needs", name, near=near)
    for name in line.limits.keys() & line.codes.keys():
        yield Slip((*path, "codes", name), "is a limit too")
    for name, entries in line.codes.items():
        try:
            code_lists.entries_of(", ".join(entries))
        except ValueError as error:
            yield Slip((*path, "codes", name), str(error), allowed=code_lists.ALLOWED)
    for key in WORDED:
        for name, is_formed in _in_braces(getattr(line, key, None) or ""):
            if name not in held:
                allowed = ", ".join(held) or "none"
                yield Slip((*path, key), "stands in braces and is no limit", name, allowed)
            elif not is_formed:
                allowed = ", ".join(f"{{{name}{':' if form else ''}{form}}}" for form in FORMS)
                yield Slip((*path, key), "is written in no known form", name, allowed)


def _in_braces(text: str) -> list[tuple[str, bool]]:
    """The names of limits that a text writes out, each with whether its form is known."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:  # a brace without its other half
        return [("{", False)]
    return [(name, form in FORMS) for _, name, form, _ in parts if name is not None]


def _never_named(written: IndicatorsFile, rules: Rules) -> Iterator[Slip]:
    """Clauses, faults, remarks and unit tables that `rules.py` defines for no line."""
    measures = [row for _, line in _lines(written) for row in _measures(line).values()]
    default = written.family.default_units
    named = {
        "clause": {name for row in measures for name in row.clauses},
        "unit table": {row.units or default for row in measures},
        "fault": {name for line in written.indicators.values() for name in line.faults},
        "remark": {name for line in written.indicators.values() for name in line.remarks},
    }
    for reading in written.readings.values():
        for choice in reading.choices.values():
            named["clause"] |= {name for names in choice.clauses.values() for name in names}
            named["fault"] |= {name for names in choice.faults.values() for name in names}
            named["unit table"] |= set(choice.units.values())
    defined: dict[str, Mapping[str, object]] = {
        "clause": rules.clauses,
        "unit table": rules.units,
        "fault": rules.faults,
        "remark": rules.remarks,
    }
    for kind, names in named.items():
        for name in defined[kind]:
            if name not in names:
                yield Slip((), f"no line names this {kind} of rules.py", name)


def _two_meanings(written: IndicatorsFile) -> Iterator[Slip]:
    """A limit that counts from the period is a column of all lines, so it has one value."""
    values: dict[str, str] = {}
    for path, line in _lines(written):
        for name, text in line.limits.items():
            if (
                limits_of({name: text})[name].is_of_a_period
                and values.setdefault(name, text) != text
            ):
                message = "has another value in another line of the family"
                yield Slip((*path, "limits", name), message, text, values[name])


def _tables_without_meaning(tables: Mapping[str, RecordTable], rules: Rules) -> Iterator[Slip]:
    """Record tables that rules name and `tables.toml` does not describe."""
    faults = {f"the fault {name}": (rule.table,) for name, rule in rules.faults.items()}
    remarks = {f"the remark {name}": (rule.table,) for name, rule in rules.remarks.items()}
    named: dict[str, tuple[str, ...]] = {**faults, **remarks} | {
        f"the unit table {name}": tuple(item for choice in made.needs for item in choice)
        for name, made in rules.units.items()
    }
    for by, names in named.items():
        for name in names:
            if name not in tables:
                message = f"is no table of tables.toml, but {by} of rules.py is made of it"
                yield Slip((), message, name, ", ".join(tables), nearest(name, list(tables)))


def _unknown(
    path: Path, names: Iterable[str], known: Mapping[str, object], kind: str
) -> Iterator[Slip]:
    for name in names:
        if name not in known:
            yield Slip(path, f"is no {kind}", name, near=nearest(name, list(known)))
