"""Variants of a line: the same line with another limit, standard, reading, or without a clause.

A variant is a line like any other, of the same rules: only its values differ. Its code has a star,
and it says in what it differs; it is never published as the line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from nhsind.definitions.choosing import choices_of, chosen, in_place, parts_of, with_measures
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import STAR, Choice, Indicator, Reading
from nhsind.definitions.limits import Codes
from nhsind.definitions.standards import OPERATORS, Standard
from nhsind.errors import UsageError, unknown

# What a variant sets beside the limits: the number, and the operator, of the line's standard.
STANDARD = "standard"
# The columns of a unit table that say what its period is.
OF_THE_PERIOD = ("period_start", "period_end", "first_month", "last_month")
_WORD = re.compile(r"\w+")
_STANDARD = re.compile(r"(>=|<=|>|<)?\s*(\d+(?:\.\d+)?|\d+/[1-9]\d*)\s*(%)?")


def variant(
    line: Indicator,
    family: Family,
    *,
    limits: Mapping[str, str] | None = None,
    readings: Mapping[str, str] | None = None,
    without: Collection[str] = (),
) -> Indicator:
    """The line with other values; the line itself where none of them is another.

    `limits`: values by name, `standard` among them (0.9, 90%, >0.9). `readings`: choices by the
    code of the reading. `without`: clauses and faults that are left out.

    Raises UsageError for a name that the line does not have and a value that cannot be, naming
    those that there are.
    """
    own = line.own_code
    original = family.indicators.get(own, line)
    made, differs, earlier = line, [], list(line.differs)
    for code, name in (readings or {}).items():
        reading = _reading(line, code)
        choice = _choice(reading, name)
        if choice is not None:
            if not parts_of(line, choice) <= parts_of(made, choice):
                raise UsageError(
                    f"{reading.code}={choice.name} cannot be chosen together with the readings "
                    "before it: both change the same rule"
                )
            made = chosen(made, choice)
            differs.append(f"reading {reading.code}, {choice.name}: {choice.reading}")
    for name, value in (limits or {}).items():
        if name == STANDARD:
            made, words = _with_standard(made, value, original)
        else:
            made, words = _with_limit(made, family, name=name, value=value, original=original)
        if words:  # what was said of an earlier value holds no longer
            earlier = [text for text in earlier if not text.startswith(f"{_in_words(name)} ")]
        differs += words
    for name in without:
        made = _without(made, family, name)
        differs.append(f"without {name}: {family.words(name, line.limits)}")
    if made == line:
        return line
    if _is_but_for_its_name(made, original):
        return original
    texts = tuple(text.rstrip(".") for text in (*earlier, *differs))
    return replace(
        made, code=own + STAR, variant_of=own, counted_as=line.counted_as or own, differs=texts
    )


def _is_but_for_its_name(made: Indicator, original: Indicator) -> bool:
    named = replace(
        made,
        code=original.code,
        variant_of=original.variant_of,
        counted_as=original.counted_as,
        differs=original.differs,
        standards=original.standards,
    )
    return named == original and _numbers(made.standards) == _numbers(original.standards)


def _numbers(standards: Iterable[Standard]) -> list[tuple[Standard, Fraction | None]]:
    """Standards however their numbers are written: 0.9 is 0.90."""
    return [(row, None) if row.is_own else (replace(row, value=""), row.exact) for row in standards]


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def clauses_of(line: Indicator) -> list[str]:
    """The clauses and faults of a line, each once, in their order."""
    parts = (line.faults, *(part.clauses for part in line.measures.values()))
    return list(dict.fromkeys(name for names in parts for name in names))


def placing_clauses(line: Indicator, family: Family) -> set[str]:
    """The clauses that say which period a unit is of, and so can't be left out.

    Those by which a table's units are placed; of a line of events all that look at the period.
    """
    named = {name for table in family.tables.values() for name in table.placed_by if name}
    if line.period_rule != "flow":
        return named
    days = {*OF_THE_PERIOD, *(name for name, each in line.limits.items() if each.is_of_a_period)}
    return named | {
        name
        for name in clauses_of(line)
        if name in family.clauses
        and days & set(_WORD.findall(repr(family.clauses[name].of(line.limits))))
    }


def own_standards(line: Indicator) -> list[Standard]:
    """The standards of a line whose number can be set: those that give a verdict."""
    return [row for row in line.standards if row.kind == "standard" and not row.is_own]


def _reading(line: Indicator, code: str) -> Reading:
    there = choices_of(line)
    by_name = {name.upper(): reading for name, reading in there.items()}
    found = by_name.get(code.strip().upper())
    if found is None:
        if not there:
            raise UsageError(f"{line.own_code} has no reading to choose: {_how(line)}")
        raise unknown(f"reading of {line.own_code} to choose", code, list(there))
    return found


def _choice(reading: Reading, name: str) -> Choice | None:
    """The choice of a reading, or None for the one that is taken."""
    wanted = name.strip().lower()
    if wanted == reading.taken:
        return None
    if wanted not in reading.choices:
        raise unknown(f"choice of {reading.code}", name, [reading.taken, *reading.choices])
    return reading.choices[wanted]


def _with_limit(
    line: Indicator, family: Family, *, name: str, value: str, original: Indicator
) -> tuple[Indicator, list[str]]:
    if name not in line.limits:
        there = [*line.limits, *([STANDARD] if own_standards(line) else [])]
        if not there:
            raise UsageError(f"{line.own_code} has no limit to set: {_how(line)}")
        raise unknown(f"limit of {line.own_code}", name, there)
    was = line.limits[name]
    try:
        limit = was.moved_to(value)
    except ValueError as error:
        raise UsageError(f"{line.own_code}: {error}") from None
    if isinstance(was, Codes) and isinstance(limit, Codes):
        _refuse_unknown_codes(was, limit, family)
    made = line.with_limits({**line.limits, name: limit})
    if made == line:
        return line, []
    before = original.limits.get(name, was).in_full
    return made, [f"{_in_words(name)} {limit.in_full} instead of {before}"]


def _refuse_unknown_codes(was: Codes, limit: Codes, family: Family) -> None:
    """Raise UsageError for a code outside the lists that the line's own codes are of.

    Of those written out: a range may run over codes that there are not.
    """
    columns = [column for table in family.tables.values() for column in table.columns.values()]
    lists = [set(column.values if column.kind == "choice" else column.known) for column in columns]
    own = [allowed for allowed in lists if set(was.codes) <= allowed]
    for code in limit.single_codes:
        if own and not any(code in allowed for allowed in own):
            raise unknown(f"value of {limit.name}", code, sorted(set().union(*own)))


def _with_standard(line: Indicator, value: str, original: Indicator) -> tuple[Indicator, list[str]]:
    rows = own_standards(line)
    if not rows:
        raise UsageError(f"{line.own_code} has no standard whose number could be set")
    found = _STANDARD.fullmatch(value.strip())
    most = 1 if line.is_share else None
    if found is None:
        raise UsageError(
            f'"{value}" is not a standard. Allowed: a number, with or without an operator: '
            f"0.9, 90%, 2/3, >0.9, {'0 to 1' if most else '0 or more'}"
        )
    number = _number(found[2], is_percentage=bool(found[3]))
    limit = Fraction(number)
    if most and limit > most:
        raise UsageError(f'"{value}" is above 1, which no {line.unit_of_value} passes')
    moved = {row: _moved(row, found[1] or row.operator, limit, number) for row in rows}
    made = replace(line, standards=tuple(moved.get(row, row) for row in line.standards))
    if made == line:
        return line, []
    was = list(dict.fromkeys(_bare(row) for row in own_standards(original)))
    return made, [f"standard {_bare(moved[rows[0]])} instead of {' and '.join(was)}"]


def _moved(row: Standard, operator: str, limit: Fraction, number: str) -> Standard:
    """The standard with another number; the same one where that is its own."""
    same = (row.operator, row.exact) == (operator, limit)
    return row if same else replace(row, operator=operator, value=number)


def _number(text: str, is_percentage: bool) -> str:
    """A number as a standard has it: 90% is 0.9."""
    if "/" in text:
        return text
    exact = Decimal(text).scaleb(-2) if is_percentage else Decimal(text)
    return f"{exact.normalize():f}"


def _bare(row: Standard) -> str:
    return f"{OPERATORS[row.operator]} {row.value_words}"


def _without(line: Indicator, family: Family, name: str) -> Indicator:
    there = clauses_of(line)
    if name not in there:
        raise unknown(f"clause of {line.own_code}", name, there)
    if name in placing_clauses(line, family):
        raise UsageError(
            f"{name} says which period a unit is of: without it {line.own_code} has no figure"
        )
    made = with_measures(
        line, lambda part: replace(part, clauses=in_place(part.clauses, {name: ()}))
    )
    return replace(made, faults=in_place(line.faults, {name: ()}))


def _how(line: Indicator) -> str:
    return f"`nhsind define {line.own_code} --readings` shows what can be changed"
