"""Which clauses and faults decide both ways somewhere in the specifications of their family.

A rule is seen only on records that reach it: those that no earlier rule of the line has left out,
in the order in which `trace` names reasons. So each rule must be the one that decides. Rules that
only a choice of a reading names have their examples in `tests/unit/families/test_choices.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import narwhals.stable.v2 as nw
from spec import Spec, opened

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.unit_tables import Frame
from nhsind.definitions.variants import clauses_of
from nhsind.derivation.units import period_table
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input

Seen = set[tuple[str, bool]]


@cache
def decided(spec: Spec) -> Seen:
    """Which rules are true and false on the records of a spec that reach them."""
    lines = (spec.family.indicators | spec.family.supporting).values()
    of_the_spec = [line for line in lines if spec.indicator in (line.code, line.counted_as)]
    return set().union(*(_decided(spec, line) for line in of_the_spec))


def _decided(spec: Spec, line: Indicator) -> Seen:
    family, source = spec.family, opened(spec)
    periods = period_table(source, line, [parse_period(spec.period)], "polars")
    seen: Seen = set()
    if family.tables_missing(line, source.tables):
        return seen
    tables = source.frames("polars")
    for units, clauses in _measures(line):
        frame = family.units[units].of_line(tables, periods, line.limits)
        place = family.organisations(units)[spec.level]
        frame = frame.filter(~nw.col(place).is_null(), nw.col("record_fault").is_null())
        # A fault leaves out the rows that it is true of, a clause those that it is not.
        faults = [(name, family.faults[name](), False) for name in family.faults_of(line, units)]
        rules = [
            *faults,
            *((name, family.clauses[name].of(line.limits), True) for name in clauses),
        ]
        for values in zip(*_columns(frame, [rule for _, rule, _ in rules]), strict=True):
            for (name, _, stays), value in zip(rules, values, strict=True):
                seen.add((name, value))
                if value is not stays:
                    break
    return seen | _seen_before_joining(family, line, source)


def _seen_before_joining(family: Family, line: Indicator, source: Input) -> Seen:
    """The faults of tables that a unit table adds up: seen on their own records."""
    bases = {family.units[measure.units].of for measure in line.measures.values()}
    frames = source.frames("polars")
    return {
        (name, value)
        for name in line.faults
        if (table := family.faults[name].table) not in bases and table in frames
        for value in set(_columns(frames[table], [family.faults[name]()])[0])
    }


def _measures(line: Indicator) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The unit tables of a line, each with the clauses in the order they are tested."""
    if line.is_inside:
        assert line.denominator is not None
        yield line.numerator.units, (*line.denominator.clauses, *line.numerator.clauses)
        return
    for measure in line.measures.values():
        yield measure.units, measure.clauses


def _columns(frame: Frame, rules: list[nw.Expr]) -> list[list[bool]]:
    """What each rule gives of each row, in one pass; missing is not true."""
    named = {f"rule{place}": rule for place, rule in enumerate(rules)}
    found = frame.select(**named).collect(backend="pyarrow")
    return [[bool(value) for value in found[name].to_list()] for name in named]


def named_rules(family: Family) -> set[str]:
    """The clauses and faults that the lines themselves name."""
    lines = (*family.indicators.values(), *family.supporting.values())
    return {name for line in lines for name in clauses_of(line)}


def undecided(family: Family, specs: Iterable[Spec]) -> list[str]:
    """The rules that are never true, or never false, on the specs of a line that names them."""
    seen: Seen = set().union(*map(decided, specs))
    rules = sorted(named_rules(family))
    both_ways = [(rule, value) for rule in rules for value in (True, False)]
    return [f"{rule} is never {value}" for rule, value in both_ways if (rule, value) not in seen]
