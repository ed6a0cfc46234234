"""What of a line a variant can change: its limits, standard, readings and clauses."""

from __future__ import annotations

from dataclasses import dataclass

from nhsind.definitions.choosing import choices_of
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.variants import STANDARD, clauses_of, own_standards, placing_clauses

HOW = {
    "limit": "Limits: --set NAME=VALUE",
    "reading": "Readings: --reading NAME=CHOICE",
    "clause": "Clauses and faults: --without NAME",
}


@dataclass(frozen=True)
class Changeable:
    """One thing that a variant of a line can change.

    `kind`: limit, reading or clause. `value`: what the line has; `other`: of a limit what it may
    be, of a reading the name of another choice. `says`: in words what `other` is, of a limit and a
    clause what the line's own is. `question`: of a reading.
    """

    indicator: str
    kind: str
    name: str
    value: str
    other: str
    says: str
    question: str = ""


def changeable(line: Indicator, family: Family) -> list[Changeable]:
    """All that can be changed of a line, in the order of its definition."""
    code = line.code
    found = [
        Changeable(code, "limit", name, limit.written, limit.range, limit.in_full)
        for name, limit in line.limits.items()
    ]
    rows = own_standards(line)
    if rows:
        values = " and ".join(dict.fromkeys(f"{row.operator}{row.value}" for row in rows))
        allowed = f"a number, with or without an operator, {'0 to 1' if line.is_share else '0 up'}"
        says = "; ".join(row.words for row in rows)
        found.append(Changeable(code, "limit", STANDARD, values, allowed, says))
    for reading in choices_of(line).values():
        names = [(reading.taken, reading.reading)]
        names += [(choice.name, choice.reading) for choice in reading.choices.values()]
        question = _one_line(reading.question)
        found += [
            Changeable(
                code, "reading", reading.code, reading.taken, name, _one_line(says), question
            )
            for name, says in names
        ]
    placing = placing_clauses(line, family)
    found += [
        Changeable(code, "clause", name, "in", "left out", family.words(name, line.limits))
        for name in clauses_of(line)
        if name not in placing
    ]
    return found


def as_text(lines: list[tuple[Indicator, list[Changeable]]]) -> str:
    """For people: by line and kind, each choice with what it says."""
    parts: list[str] = []
    for line, found in lines:
        parts.append(f"{line.code}  {line.title}")
        for kind, heading in HOW.items():
            rows = [row for row in found if row.kind == kind]
            if rows:
                parts.append(f"  {heading}")
            asked = ""
            for row in rows:
                if kind == "reading" and row.name != asked:
                    parts.append(f"    {row.name}. {_one_line(row.question)}")
                    asked = row.name
                parts.append(f"    {_row_words(row)}")
        parts.append("")
    return "\n".join(parts).rstrip()


def _row_words(row: Changeable) -> str:
    if row.kind == "limit":
        says = "" if row.says == row.value else f": {row.says}"
        return f"{row.name} = {row.value}{says}. It may be {row.other}"
    if row.kind == "reading":
        taken = " (taken)" if row.other == row.value else ""
        return f"  {row.name}={row.other}{taken}: {row.says}"
    return f"{row.name}: {row.says}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
