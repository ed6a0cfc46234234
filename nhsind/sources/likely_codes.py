"""Which values of lists an extract's codes stand for, and which column that tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from nhsind.definitions.column_sql import FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.record_tables import Column, RecordTable, canonical
from nhsind.sources.likely_columns import Values
from nhsind.sources.proposals import MOST_ASKED, Proposal, quoted

YES, NO = ("y", "t"), ("n", "f")
# NHS England's files write a treatment function so: C_100.
PREFIX = "C_"
# From so many letters in a row on, a value is a word and no code.
A_WORD = re.compile(r"[A-Za-z]{3}")
MOST_NAMED = 6


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


def read_codes(proposal: Proposal, column: Column, values: Values) -> None:
    """Put into a proposal what a column's codes stand for, and a question for each not told.

    Of a closed list all values, of an open list those that are words or are written otherwise:
    strange codes beside listed ones are for `check` to count.
    """
    codes = dict.fromkeys(values.missing, "")
    asked: list[str] = []
    listed: Iterable[str] = ()
    if column.kind in ("choice", "boolean"):
        known = column.spellings if column.kind == "choice" else booleans()
        listed = dict.fromkeys(known.values())
        for value in values.commonest:
            if value.lower() not in known:
                _take(codes, asked, value, meant(value, known, column))
    elif column.known:
        listed = column.known
        none_is_listed = not any(
            canonical(column, value) in column.known for value in values.present
        )
        for value in values.commonest:
            if canonical(column, value) in column.known:
                continue
            means = _code_meant(value, column)
            if means or none_is_listed or A_WORD.search(value):
                _take(codes, asked, value, means)
    if codes:
        proposal.codes[column.name] = codes
    first = list(listed)[:MOST_NAMED]
    allowed = ", ".join(first) + (", ..." if len(list(listed)) > MOST_NAMED else "")
    proposal.questions += [
        f"codes.{column.name}: {quoted(value)} = ?  (one of {allowed})"
        for value in asked[:MOST_ASKED]
    ]
    if len(asked) > MOST_ASKED:
        more = len(asked) - MOST_ASKED
        proposal.questions.append(f"codes.{column.name}: and {more:,} more values")


def _take(codes: dict[str, str], asked: list[str], value: str, means: str | None) -> None:
    if means is None:
        asked.append(value)
    else:
        codes[value] = means


def _code_meant(value: str, column: Column) -> str | None:
    """The code of an open list that a value is another spelling of: C_100, or the code's name."""
    bare = canonical(column, value).removeprefix(PREFIX)
    if bare in column.known:
        return bare
    letters = plain(value.lower())
    same = [code for code, name in column.known_names.items() if plain(name.lower()) == letters]
    return same[0] if len(same) == 1 else None
