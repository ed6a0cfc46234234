"""What can go wrong, as values: each error knows its exit status and says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

EXIT_DONE = 0
EXIT_DIFFERENCES = 1
EXIT_USAGE = 2
EXIT_INPUT = 65
EXIT_DISCLOSURE = 70
EXIT_HELD = 75
EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input, with its place and what is allowed there.

    `line` counts from 1 in the file as an editor shows it (the header is line 1); for inputs
    without lines (Parquet, data frames) it is the row counted from 1, and `unit` says so.
    `heading`: how the user's own file calls the column, where a mapping took it from there.
    `advice`: what to do about all problems of its kind, which is said once below them.
    """

    place: str
    message: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    allowed: str | None = None
    nearest: str | None = None
    rows: int | None = None
    unit: str = "line"
    advice: str | None = None
    heading: str | None = None

    @property
    def column_named(self) -> str:
        """The column in words, with the user's own heading; empty where it is of none."""
        if self.column is None:
            return ""
        own = "" if self.heading in (None, self.column) else f' (your "{self.heading}")'
        return f' column "{self.column}"{own}'

    def __str__(self) -> str:
        where = self.place
        if self.line is not None:
            where += f" {self.unit} {self.line}"
        where += self.column_named
        shown = "" if self.value is None else f' "{self.value}"'
        text = f"{where}:{shown} {self.message}"
        if self.allowed:
            text += f". Allowed: {self.allowed}"
        if self.nearest:
            text += f'. Did you mean "{self.nearest}"?'
        if self.rows is not None:
            text += f" ({self.rows:,} {'row' if self.rows == 1 else 'rows'} affected)"
        return text


# More problems of one kind are told in one line, with the places of so many of them.
MANY_OF_A_KIND = 5
MOST_PLACES = 3
# Of a longer list of allowed words the first so many are named.
MOST_ALLOWED_LISTED = 30


class NhsindError(Exception):
    """Base of the errors that end a command with a message and a status of their own."""

    exit_status = EXIT_DIFFERENCES


class UsageError(NhsindError):
    """The call asks for something that does not exist or does not fit (exit 2)."""

    exit_status = EXIT_USAGE


class UnknownLineError(UsageError):
    """A code that is no line's and no family's; `code` as it was given."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class NumberError(UsageError, ValueError):
    """Numbers that cannot be: no number at all, a negative count, a part above its whole."""


class InputError(NhsindError):
    """The input cannot be read as what it should be; holds every problem found (exit 65).

    As text it is a line per problem, or per kind of problem where there are many of one.
    """

    exit_status = EXIT_INPUT

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: list[Problem] = (
            [problems] if isinstance(problems, Problem) else list(problems)
        )
        self.in_full = False
        super().__init__("\n".join([*in_short(self.problems), *self.advice]))

    @property
    def advice(self) -> list[str]:
        """What to do about the problems, each advice once."""
        return list(dict.fromkeys(each.advice for each in self.problems if each.advice))

    def __reduce__(self) -> tuple[type[InputError], tuple[list[Problem]]]:
        """Between processes it is its problems that travel."""
        return type(self), (self.problems,)


def in_short(problems: Iterable[Problem]) -> list[str]:
    """A line per problem, or one per kind where there are many: its first places, how many more."""
    kinds: dict[tuple[str, str | None, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.place, problem.column, problem.message), []).append(problem)
    lines: list[str] = []
    for alike in kinds.values():
        if len(alike) <= MANY_OF_A_KIND:
            lines += [str(problem) for problem in alike]
            continue
        first = alike[0]
        places = ", ".join(
            f'"{each.value}" ({each.unit} {each.line})'
            if each.value
            else f"{each.unit} {each.line}"
            for each in alike[:MOST_PLACES]
        )
        column = first.column_named
        rows = sum(each.rows or 1 for each in alike)
        text = (
            f"{first.place}{column}: {len(alike):,} values: {first.message}; first {places}, "
            f"and {len(alike) - MOST_PLACES:,} more ({rows:,} rows affected)"
        )
        lines.append(text + (f". Allowed: {first.allowed}" if first.allowed else ""))
    return lines


class NoFigureError(NhsindError):
    """A line has no figure of what is asked: neither the question nor the data are at fault."""


class NotAnsweredError(NoFigureError, UsageError):
    """A line has no figures of such a period (exit 2)."""


class NotHeldError(NoFigureError, InputError):
    """The data hold nothing of a line, or not of the period (exit 65)."""


class DisclosureError(NhsindError):
    """Publishing would show what the disclosure policy protects (exit 70)."""

    exit_status = EXIT_DISCLOSURE


class HeldError(NhsindError):
    """Another run holds the output folder (exit 75)."""

    exit_status = EXIT_HELD


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word most like `word`, or None if none is close."""
    matches = get_close_matches(word.upper(), [item.upper() for item in allowed], n=1, cutoff=0.6)
    if not matches:
        return None
    return next(item for item in allowed if item.upper() == matches[0])


def unknown(kind: str, word: object, allowed: Sequence[str]) -> UsageError:
    """The usage error for a word that is not one of `allowed`."""
    close = nearest(str(word), allowed)
    hint = f' Did you mean "{close}"?' if close else ""
    listed = ", ".join(allowed[:MOST_ALLOWED_LISTED])
    rest = len(allowed) - MOST_ALLOWED_LISTED
    more = f" and {rest:,} more" if rest > 0 else ""
    return UsageError(f'"{word}" is not a known {kind}.{hint} Allowed: {listed}{more}')
