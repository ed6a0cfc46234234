"""A family's folder becomes its definition, or every slip in it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import asdict

from nhsind.definitions.checks import slips_of_definition
from nhsind.definitions.choice_checks import slips_of_choices
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import WORDED, Choice, Indicator, Measure, Reading
from nhsind.definitions.indicators_file import (
    ChoiceRow,
    IndicatorRow,
    IndicatorsFile,
    MeasureRow,
    ReadingRow,
    StandardRow,
    SupportingRow,
)
from nhsind.definitions.limits import limits_of
from nhsind.definitions.rules import rules_in
from nhsind.definitions.standards import Standard
from nhsind.definitions.tables_file import read_tables
from nhsind.definitions.typed_files import parsed_toml, read_typed, refuse
from nhsind.definitions.written_relations import read_relations
from nhsind.errors import InputError, Problem
from nhsind.periods import parse_period

T = TypeVar("T")
# Figures that are no whole numbers are summed as whole billionths, so that sums are exact.
SCALES = {"wholes": 1, "thousandths": 10**3, "billionths": 10**9}
# The keys of a line that its definition holds as they are written.
AS_WRITTEN = (
    "sentence pages kind unit polarity frequency period_rule faults remarks data_source rationale "
    "version reviewed per has_interval counted_at only_months_of looks_back_to looks_across "
    "needs_columns"
).split()


def family_in(code: str, folder: Path, package: str) -> Family:
    """The definition in a folder. Raises InputError naming every slip of its files."""
    problems: list[Problem] = []

    def gather(part: Callable[[], T]) -> T | None:
        try:
            return part()
        except InputError as error:
            problems.extend(error.problems)
            return None

    file, tables_file = folder / "indicators.toml", folder / "tables.toml"
    written = gather(lambda: read_typed(parsed_toml(file), IndicatorsFile, str(file)))
    tables = gather(lambda: read_tables(parsed_toml(tables_file), code, str(tables_file)))
    rules = gather(lambda: rules_in(folder, package))
    if written is None or tables is None or rules is None:
        raise InputError(problems)
    refuse(slips_of_definition(code, written, tables, rules), str(file))

    readings = {name: _reading(name, row) for name, row in written.readings.items()}
    units = written.family.default_units
    sums, within = read_relations(written.relations.sums, written.relations.within)
    indicators = {
        line: _indicator(line, row, family=code, units=units, readings=readings)
        for line, row in written.indicators.items()
    }
    refuse(slips_of_choices(written, indicators, rules), str(file))
    return Family(
        code=code,
        folder=folder,
        package=package,
        title=written.family.title,
        about=written.family.about,
        document=written.family.document,
        level=written.family.level,
        indicators=indicators,
        supporting={
            line: _supporting(line, row, indicators[row.counted_as], units)
            for line, row in written.supporting.items()
        },
        tables=tables,
        units=rules.units,
        readings=tuple(readings.values()),
        disclosure=Disclosure(**asdict(written.disclosure)) if written.disclosure else None,
        sums=sums,
        within=within,
        least_of_each=written.relations.least_of_each,
        units_counted_by=written.relations.units_counted_by,
        rules=rules.module,
        clauses=rules.clauses,
        faults=rules.faults,
        remarks=rules.remarks,
    )


def _indicator(
    code: str, row: IndicatorRow, *, family: str, units: str, readings: dict[str, Reading]
) -> Indicator:
    written: dict[str, Any] = {name: getattr(row, name) for name in AS_WRITTEN}
    texts: dict[str, Any] = {name: getattr(row, name) for name in WORDED}
    line = Indicator(
        **written,
        **texts,
        code=code,
        family=family,
        numerator=_measure(row.numerator, units),
        numerator_is_apart=row.numerator.apart,
        denominator=_measure(row.denominator, units) if row.denominator else None,
        standard_from={name: _measure(part, units) for name, part in row.standard_from.items()},
        limits={},
        standards=tuple(item for each in row.standards for item in _standards(each)),
        readings=tuple(readings[name] for name in row.readings),
        templates={name: text for name, text in texts.items() if text is not None},
    )
    return line.with_limits(limits_of({**row.limits, **row.codes}))


def _supporting(code: str, row: SupportingRow, like: Indicator, units: str) -> Indicator:
    """A line that only reconciliation derives; it counts the rows that `like` counts."""
    line = replace(
        like,
        code=code,
        title=row.title,
        kind=row.kind,
        numerator=_measure(row.numerator, units),
        denominator=_measure(row.denominator, units) if row.denominator else None,
        standards=(),
        counted_as=row.counted_as,
        templates={"title": row.title},
    )
    return line.with_limits(limits_of({**row.limits, **row.codes}))


def _reading(code: str, row: ReadingRow) -> Reading:
    return Reading(
        code,
        question=row.question,
        reading=row.reading,
        changes=row.changes,
        otherwise=row.otherwise,
        taken=row.taken,
        choices={name: _choice(name, choice) for name, choice in row.choices.items()},
    )


def _choice(name: str, row: ChoiceRow) -> Choice:
    return Choice(
        name,
        reading=row.reading,
        clauses=row.clauses,
        faults=row.faults,
        units=row.units,
        limits={**row.limits, **row.codes},
        standards=tuple(item for each in row.standards for item in _standards(each)),
        words=row.words,
    )


def _standards(row: StandardRow) -> list[Standard]:
    """The standard for each kind of period that it is of."""
    return [
        Standard(
            operator=row.operator,
            value=row.value,
            per=per,
            kind=row.kind,
            first=parse_period(row.first) if row.first else None,
            last=parse_period(row.last) if row.last else None,
            level=row.level,
            note=row.note,
        )
        for per in ((row.per,) if isinstance(row.per, str) else row.per)
    ]


def _measure(row: MeasureRow, default_units: str) -> Measure:
    return Measure(
        units=row.units or default_units,
        clauses=row.clauses,
        quantity=row.quantity,
        scale=SCALES[row.parts],
        public=row.public,
        returned_by=row.returned_by,
    )
