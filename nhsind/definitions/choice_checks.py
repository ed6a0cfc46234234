"""What is wrong with a choice of a reading: names without meaning, lines that it would break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from nhsind.definitions.choosing import chosen
from nhsind.definitions.indicators import WORDED, Indicator
from nhsind.definitions.indicators_file import ChoiceRow, IndicatorsFile
from nhsind.definitions.rules import Rules
from nhsind.definitions.typed_files import Path, Slip
from nhsind.errors import nearest


def slips_of_choices(
    written: IndicatorsFile, lines: Mapping[str, Indicator], rules: Rules
) -> Iterator[Slip]:
    """Every slip of the choices, each with the path of its key in `indicators.toml`."""
    for code, row in written.readings.items():
        at: Path = ("readings", code)
        if bool(row.taken) != bool(row.choices):
            yield Slip((*at, "taken"), "stands where there are choices, and only there", row.taken)
        if row.taken in row.choices:
            yield Slip((*at, "taken"), "is one of the choices, which are the others", row.taken)
        named = [line for line in lines.values() if code in {each.code for each in line.readings}]
        for name, choice in row.choices.items():
            path = (*at, "choices", name)
            slips = list(_names(path, choice, code=code, lines=named, rules=rules))
            yield from slips or _lines_under(path, name, code=code, lines=named, rules=rules)


def _names(
    path: Path, row: ChoiceRow, *, code: str, lines: list[Indicator], rules: Rules
) -> Iterator[Slip]:
    """Clauses, faults, unit tables, lines, texts and functions that nothing defines."""
    parts = [part for line in lines for part in line.measures.values()]
    there: dict[str, set[str]] = {
        "clauses": {name for part in parts for name in part.clauses},
        "faults": {name for line in lines for name in line.faults},
        "units": {part.units for part in parts},
        "words": {line.code for line in lines},
    }
    for key, names in there.items():
        yield from _unknown((*path, key), getattr(row, key), names, f"of a line that names {code}")
    known: dict[str, Mapping[str, object]] = {
        "clauses": rules.clauses,
        "faults": rules.faults,
        "units": rules.units,
    }
    for key, defined in known.items():
        others = getattr(row, key).values()
        flat = others if key == "units" else (name for names in others for name in names)
        yield from _unknown((*path, key), flat, defined, "of rules.py")
    for line, texts in row.words.items():
        yield from _unknown((*path, "words", line), texts, WORDED, "text that states limits")
    for standard in row.standards:
        function = standard.value
        if function.isidentifier() and not callable(getattr(rules.module, function, None)):
            yield Slip((*path, "standards"), "is no function of rules.py", function)


def _lines_under(
    path: Path, name: str, *, code: str, lines: list[Indicator], rules: Rules
) -> Iterator[Slip]:
    """Lines that a choice leaves without a limit that they need; a choice that changes none."""
    is_other = False
    for line in lines:
        reading = next(each for each in line.readings if each.code == code)
        try:
            other = chosen(line, reading.choices[name])
        except ValueError as error:
            yield Slip(path, f"does not fit {line.code}: {error}")
            continue
        is_other = is_other or other != line
        for part in other.measures.values():
            needed = [limit for each in part.clauses for limit in rules.clauses[each].limits]
            for limit in (*needed, *rules.units[part.units].limits):
                if limit not in other.limits:
                    yield Slip((*path, "limits"), f"lacks {limit}, which {line.code} needs then")
    if not is_other:
        yield Slip(path, "changes no line that names the reading", code)


def _unknown(path: Path, names: Iterable[str], known: Iterable[str], kind: str) -> Iterator[Slip]:
    there = list(known)
    for name in names:
        if name not in there:
            yield Slip(path, f"is none {kind}", name, near=nearest(name, there))
