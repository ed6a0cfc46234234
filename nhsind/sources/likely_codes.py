"""Which values of closed lists an extract's codes stand for, and which column that tells."""

from __future__ import annotations

from collections.abc import Mapping

from nhsind.definitions.column_sql import FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.sources.likely_columns import Values

YES, NO = ("y", "t"), ("n", "f")


def told_by_values(
    table: RecordTable, given: Mapping[str, Values], placed: set[str], used: set[str]
) -> dict[str, str]:
    """Columns of a closed list of words with the one heading whose values all are of the list.

    `placed`: columns, and `used`: headings, whose names told already. One value tells too little.
    """
    found = {}
    for column in table.columns.values():
        if column.kind != "choice" or column.name in placed or not _is_of_words(column):
            continue
        headings = [
            heading
            for heading, values in given.items()
            if heading not in used and _are_of(column, values)
        ]
        if len(headings) == 1:
            found[column.name] = headings[0]
            used = {*used, *headings}
    return found


def _is_of_words(column: Column) -> bool:
    return all(any(sign.isalpha() for sign in value) for value in column.values)


def _are_of(column: Column, values: Values) -> bool:
    found = {meant(value, column.spellings, column) for value in values.present}
    return len(found) > 1 and None not in found


def booleans() -> dict[str, str]:
    """Every word for yes and no, with what it stands for."""
    return {**dict.fromkeys(TRUE_WORDS, "true"), **dict.fromkeys(FALSE_WORDS, "false")}


def meant(value: str, known: dict[str, str], column: Column) -> str | None:
    """The one value of a closed list that a text must stand for; None where it is not told."""
    text = value.lower()
    if column.kind == "boolean":
        return "true" if text in YES else "false" if text in NO else None
    letters = plain(text)
    same = {known[word] for word in known if plain(word) == letters}
    if len(same) == 1:
        return same.pop()
    given = set(parts(text))
    within = {known[word] for word in known if set(parts(word)) and set(parts(word)) <= given}
    # Of values within each other, as admitted in non_admitted, the longest is meant.
    longest = {each for each in within if not any(each != o and each in o for o in within)}
    return longest.pop() if len(longest) == 1 else None


def plain(text: str) -> str:
    """A text's letters and digits alone."""
    return "".join(sign for sign in text if sign.isalnum())


def parts(text: str) -> list[str]:
    """A text's words, in lower case."""
    return "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
