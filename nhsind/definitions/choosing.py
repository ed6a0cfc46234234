"""A line under another reading of an ambiguous sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from nhsind.definitions.indicators import Choice, Indicator, Measure, Reading
from nhsind.definitions.limits import limits_of
from nhsind.definitions.standards import Standard


def chosen(line: Indicator, choice: Choice) -> Indicator:
    """The line under a choice of a reading."""
    made = with_measures(line, lambda part: _measure_under(part, choice))
    made = replace(
        made,
        faults=in_place(line.faults, choice.faults),
        standards=_standards_under(line, choice),
        templates={**line.templates, **choice.words.get(line.own_code, {})},
    )
    return made.with_limits({**line.limits, **limits_of(choice.limits)})


def _standards_under(line: Indicator, choice: Choice) -> tuple[Standard, ...]:
    """Those of the choice in place of those that give a verdict, where the line has any."""
    if not choice.standards or not any(row.kind == "standard" for row in line.standards):
        return line.standards
    aims = tuple(row for row in line.standards if row.kind != "standard")
    return (*choice.standards, *aims)


def choices_of(line: Indicator) -> dict[str, Reading]:
    """The readings of a line of which a choice makes it another line, by code."""
    return {
        reading.code: reading
        for reading in line.readings
        if any(chosen(line, choice) != line for choice in reading.choices.values())
    }


def parts_of(line: Indicator, choice: Choice) -> set[str]:
    """The clauses, faults and unit tables of a line in whose place a choice puts others."""
    measures = line.measures.values()
    held = {*line.faults, *(part.units for part in measures)}
    held |= {name for part in measures for name in part.clauses}
    return held & {*choice.clauses, *choice.faults, *choice.units}


def _measure_under(part: Measure, choice: Choice) -> Measure:
    return replace(
        part,
        units=choice.units.get(part.units, part.units),
        clauses=in_place(part.clauses, choice.clauses),
    )


def in_place(names: tuple[str, ...], others: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names, with others in the place of some."""
    return tuple(each for name in names for each in others.get(name, (name,)))


def with_measures(line: Indicator, change: Callable[[Measure], Measure]) -> Indicator:
    """The line with each of its measures changed."""
    changes: dict[str, Any] = {
        "numerator": change(line.numerator),
        "denominator": None if line.denominator is None else change(line.denominator),
        "standard_from": {name: change(part) for name, part in line.standard_from.items()},
    }
    return replace(line, **changes)
