"""A variant written as one text, as the options of a command write it.

`E.B.3 --set longest_wait_within=16w --reading A34=document --without within_18_weeks`
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from nhsind.definitions import variants
from nhsind.definitions.catalogue import family_of, find
from nhsind.definitions.indicators import Indicator
from nhsind.errors import UsageError, unknown

SET, READING, WITHOUT = OPTIONS = ("--set", "--reading", "--without")
FORMS = {SET: "LIMIT=VALUE", READING: "NAME=CHOICE"}


def read_variant(text: str) -> Indicator:
    """The variant that a text describes: a code, and the options that say what differs.

    Raises UsageError for a text that is none, and as `variants.variant`.
    """
    try:
        code, *words = shlex.split(text)
    except ValueError:
        raise UsageError(f'"{text}" is no variant: {_EXAMPLE}') from None
    given: dict[str, list[str]] = {option: [] for option in OPTIONS}
    while words:
        option, equals, value = words.pop(0).partition("=")
        if option not in OPTIONS:
            raise unknown("option of a variant", option, OPTIONS)
        if not equals:
            if not words:
                raise UsageError(f"{option} stands without a value: {_EXAMPLE}")
            value = words.pop(0)
        given[option].append(value)
    line = find(code)
    return variants.variant(
        line,
        family_of(line),
        limits=pairs(given[SET], SET),
        readings=pairs(given[READING], READING),
        without=given[WITHOUT],
    )


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """Names and values of what an option was given, each time that it stands.

    Raises UsageError as `pair`, and for a name that is given two values.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, value = pair(text, option)
        if found.setdefault(name, value) != value:
            raise UsageError(f"{option} gives {name} two values, {found[name]} and {value}")
    return found


def pair(text: str, option: str) -> tuple[str, str]:
    """Name and value of what an option was given. Raises UsageError where one is missing."""
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise UsageError(f'{option} takes {FORMS[option]}, not "{text}"')
    return name.strip(), value.strip()


_EXAMPLE = 'write "E.B.3 --set longest_wait_within=16w"'
