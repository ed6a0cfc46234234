"""Which column of a table a heading of someone's own most likely stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from nhsind.definitions.record_tables import BLANKS, Column, RecordTable
from nhsind.sources.hints import SAME_WORDS

# What extracts abbreviate, written out before words are compared.
WRITTEN_OUT = {
    "dept": "department",
    "att": "attendance",
    "prov": "provider",
    "pat": "patient",
    "spec": "specialty",
    "attend": "attendance",
    "tfc": "treatment function code",
    "dob": "date of birth",
    "nhsno": "person id",
    "los": "length of stay",
    "ccg": "ccg",
    "dta": "decision to treat date",
    "sitetype": "department type",
    "procode": "provider code",
    "clockstart": "clock start date",
    "clockstop": "clock stop date",
}
# Words that tell nothing apart.
NOISE = frozenset(
    {"rtt", "ae", "sus", "nhs", "clock", "the", "of", "and", "or", "code", "in", "pt"}
)
# Words that say no more than what the values show anyway.
KIND_WORDS = {"date": "date", "timestamp": "date", "month": "date"}
# A heading is taken for a column from this likeness on, and only if no other column is as like.
TAKEN_FROM = 0.6
# What a column is of this share of its rows, it is: the rest are slips, or a line of totals.
ALMOST_ALL = 0.9
# An optional column that no heading is taken for is asked about from this likeness on.
ASKED_FROM = 0.4
# A heading that is one of the names by which extracts call a column.
BY_ITS_NAME = 2.0
# Of how like letters are, which tells words of one meaning apart.
OF_LETTERS, AS_LIKE = 0.2, 0.05
MISSING_WORDS = frozenset({"null", "n/a", "na", "none", "-", "--", ".", "nan", "unknown", "#n/a"})


@dataclass(frozen=True)
class Values:
    """The distinct values of a file's column: those that are no blank, and the words for one.

    `rows`: in how many rows each stands.
    """

    present: tuple[str, ...]
    missing: tuple[str, ...]
    rows: Mapping[str, int] = field(default_factory=dict)

    def share_of(self, values: Iterable[str]) -> float:
        """The share that the rows of some values are of those that are not blank."""
        every = sum(self.rows.get(value, 1) for value in self.present)
        return sum(self.rows.get(value, 1) for value in values) / every if every else 0.0

    @property
    def commonest(self) -> list[str]:
        """Those that are no blank, the commonest first."""
        return sorted(self.present, key=lambda value: -self.rows.get(value, 0))


def sorted_out(values: Mapping[str, int]) -> Values:
    """Distinct values, with their rows, told apart from words that stand for a missing one."""
    rows: dict[str, int] = {}
    for value, number in values.items():
        text = value.strip(BLANKS)
        rows[text] = rows.get(text, 0) + number
    missing = tuple(text for text in rows if text.lower() in MISSING_WORDS)
    present = tuple(text for text in rows if text and text not in missing)
    return Values(present, missing, rows)


def words_of(name: str, family: str = "") -> frozenset[str]:
    """The words of a heading or a column's name, in one spelling, without what tells nothing."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    parts = [part for part in re.split(r"[^a-z0-9]+", spaced) if part]
    written = " ".join(WRITTEN_OUT.get(part, part) for part in parts).split()
    known = {SAME_WORDS.get(word, word) for word in written}
    told = frozenset(known) - NOISE - {family}
    return told or frozenset(known)


def likeness(heading: str, column: Column, family: str, is_date: bool | None) -> float:
    """How like a heading is to a column's name, from 0; dates are only like dates.

    `is_date`: what the heading's values say; None where they could be dates or not.
    """
    wants_date = column.kind in KIND_WORDS
    if is_date is not None and wants_date != is_date:
        return 0.0
    if any(_letters(heading) == _letters(name) for name in column.called):
        return BY_ITS_NAME
    first, second = words_of(heading, family), words_of(column.name, family)
    if wants_date:  # which its values say
        first, second = first - {"date"} or first, second - {"date"} or second
    shared = len(first & second)
    if not shared:
        return 0.0
    letters = SequenceMatcher(None, heading.lower(), column.name.replace("_", " ")).ratio()
    return shared / len(first | second) + OF_LETTERS * letters


def _letters(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


def assigned(
    table: RecordTable, headings: Mapping[str, bool | None]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Columns with the heading that each most likely has, and those between several headings.

    `headings`: whether their values are dates. A heading serves one column.
    """
    columns = [each for each in table.columns.values() if not each.name.startswith("counts_")]
    shares = {
        (column.name, heading): likeness(heading, column, table.family, is_date)
        for column in columns
        for heading, is_date in headings.items()
    }
    taken: dict[str, str] = {}
    between: dict[str, list[str]] = {}
    for (name, heading), share in sorted(shares.items(), key=lambda item: (-item[1], item[0])):
        if share < TAKEN_FROM or name in taken or name in between or heading in taken.values():
            continue
        rivals = [
            other
            for other in headings
            if other not in taken.values() and shares[name, other] >= share - AS_LIKE
        ]
        if len(rivals) > 1:
            between[name] = rivals
        else:
            taken[name] = heading
    return taken, between
