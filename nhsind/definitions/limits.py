"""Limits: the waits, dates, ages, numbers and lists of codes that a line's clauses compare with.

Each is named and written once, in `indicators.toml`; a clause, or the maker of a unit table, names
it as a parameter, and words that state it are written from it: `{longest_wait}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import narwhals.stable.v2 as nw

from nhsind.definitions import code_lists
from nhsind.periods import Period, month_of

# A wait between two days or times (126d, 1mo, 4h, 15min), an age (18y), a number (200), or a day
# counted from the period's last (or first) day: -126d, end-24m, start-3m.
WRITTEN = r"\d+(?:d|mo|h|min|y)?|(?:start|end)?[+-]\d+[dm]"
# A number that need not be whole, such as a score: written with its point, 2.3 or 8.0.
WITH_PARTS = r"\d{1,7}\.\d{1,9}"
ALLOWED = (
    "a wait (126d, 1mo, 4h, 15min), an age (18y), a number (200, 2.3), or a day counted from the "
    "period (-126d, start-3m)"
)
# How a text may write a limit out: `{longest_wait}` 126 days, `{longest_wait:weeks}` 18 weeks.
FORMS = ("", "weeks", "letters", "weeks letters")
_OF_A_PERIOD = re.compile(r"(start|end)?([+-]\d+)([dm])")
_UNITS = {
    "d": "day",
    "h": "hour",
    "min": "minute",
    "m": "month",
    "mo": "month",
    "y": "year",
    "": "",
}
# narwhals writes minutes as m. Not every engine adds months: `dates.months_later` does.
_OFFSETS = {"d": "d", "h": "h", "min": "m"}
# Which units can stand for one another, and the most of each: what no wait, age or count passes.
_ALIKE = (("d",), ("mo",), ("h", "min"), ("y",), ("",))
_MOST = {"d": 3660, "mo": 120, "m": 120, "h": 8784, "min": 527_040, "y": 150, "": 1_000_000}
_WEEKS = re.compile(r"(\D*)(\d+)w")
_LETTERS = ("no", *"one two three four five six seven eight nine ten".split())


@dataclass(frozen=True)
class Limit:
    """One limit: its name in the definition and the text that gives it.

    Raises ValueError for a text that is none.
    """

    name: str
    written: str

    def __post_init__(self) -> None:
        if re.fullmatch(WRITTEN, self.written) is None:
            raise ValueError(f'"{self.written}" is not a limit: write {ALLOWED}')

    @property
    def is_of_a_period(self) -> bool:
        """Whether it is a day counted from the period's, and no wait."""
        return _OF_A_PERIOD.fullmatch(self.written) is not None

    @property
    def number(self) -> int:
        """How many days, hours, minutes, months or units it is, without a sign."""
        return int(re.sub(r"\D", "", self.written))

    @property
    def exact(self) -> Decimal:
        """A plain number as it is written."""
        return Decimal(self.written)

    @property
    def unit(self) -> str:
        """`day`, `hour`, `minute`, `month`, or nothing for a plain number."""
        return _UNITS[re.sub(r"^.*\d", "", self.written)]

    @property
    def in_full(self) -> str:
        """The limit in its own unit and in weeks where they are whole: `126 days (18 weeks)`."""
        own, weeks = f"{self}", f"{self:weeks}"
        return own if own == weeks else f"{own} ({weeks})"

    @property
    def range(self) -> str:
        """What it may be set to, in words."""
        start = self._parts[0]
        ways = [f"{start}0{unit} to {start}{_MOST[unit]}{unit}" for unit in self._units_alike]
        return " or ".join(ways) + (f", in weeks {start}16w" if "d" in self._units_alike else "")

    def moved_to(self, written: str) -> Limit:
        """The same limit with another value; weeks (`16w`) become days.

        A day of a period without a sign is counted from the same day, the same way.

        Raises ValueError for one of another kind, such as a number for a wait, or that no wait,
        age or count could be.
        """
        text = written.strip()
        if self.is_of_a_period and text[:1].isdigit():
            text = self._parts[0] + text
        weeks = _WEEKS.fullmatch(text)
        if weeks:
            text = f"{weeks[1]}{7 * int(weeks[2])}d"
        if re.fullmatch(WRITTEN, text):
            moved = Limit(self.name, text)
            _, number, unit = moved._parts
            alike = (moved._side, moved._units_alike) == (self._side, self._units_alike)
            if alike and int(number) <= _MOST[unit]:
                return moved
        raise ValueError(f'"{written}" is not a value of {self.name}. Allowed: {self.range}')

    @property
    def _parts(self) -> tuple[str, str, str]:
        """What stands before the number (a side, a sign), the number, and its unit."""
        found = re.fullmatch(r"(\D*)(\d+)(\D*)", self.written)
        assert found is not None
        return found[1], found[2], found[3]

    @property
    def _side(self) -> str:
        """From which day of a period it is counted, and which way; empty for other limits."""
        start = self._parts[0]
        return f"end{start}" if start in ("+", "-") else start

    @property
    def _units_alike(self) -> tuple[str, ...]:
        """The units that it may be written in."""
        if self.is_of_a_period:
            return ("d", "m")
        return next(alike for alike in _ALIKE if self._parts[2] in alike)

    @property
    def day(self) -> nw.Expr:
        """The column of the day that a limit of a period names."""
        return nw.col(self.name)

    def after(self, column: str) -> nw.Expr:
        """The last day or time that lies within the wait from a date or time column."""
        unit = re.sub(r"\d", "", self.written)
        return nw.col(column).dt.offset_by(f"{self.number}{_OFFSETS[unit]}")

    def day_of(self, period: Period) -> date:
        """The day that a limit of a period names; months from a last day end on a last day."""
        found = _OF_A_PERIOD.fullmatch(self.written)
        if found is None:
            raise ValueError(f"{self.name} = {self.written} is not counted from a period")
        side, number = found[1] or "end", int(found[2])
        if found[3] == "d":
            return (period.start if side == "start" else period.end) + timedelta(days=number)
        if side == "start":
            return month_of(period.start).shift(number).start
        return month_of(period.end).shift(number).end

    def __format__(self, form: str) -> str:
        """`126 days`; `weeks` where they are whole; `letters` writes numbers up to ten so."""
        number, unit = self.number, self.unit
        if "weeks" in form and unit == "day" and number % 7 == 0:
            number, unit = number // 7, "week"
        written = _LETTERS[number] if "letters" in form and number < len(_LETTERS) else f"{number}"
        return f"{written} {unit}{'' if number == 1 else 's'}" if unit else written


@dataclass(frozen=True)
class Score(Limit):
    """A limit that is a number and need not be whole."""

    def __post_init__(self) -> None:
        if re.fullmatch(WITH_PARTS, self.written) is None:
            raise ValueError(f'"{self.written}" is not a number with its point, such as 2.3')

    @property
    def is_of_a_period(self) -> bool:
        """Never: a number is no day."""
        return False

    @property
    def range(self) -> str:
        """What it may be set to, in words."""
        return f"0 to {_MOST['']}, with up to nine decimals"

    def moved_to(self, written: str) -> Limit:
        """The same limit with another number; ValueError for a text that is none."""
        found = re.fullmatch(r"0*(\d+)(?:\.(\d*?)0*)?", written.strip())
        text = f"{found[1]}.{found[2] or '0'}" if found else ""
        if re.fullmatch(WITH_PARTS, text) and Decimal(text) <= _MOST[""]:
            return Score(self.name, text)
        raise ValueError(f'"{written}" is not a value of {self.name}. Allowed: {self.range}')

    def __format__(self, form: str) -> str:
        return self.written.removesuffix(".0")


@dataclass(frozen=True)
class Codes(Limit):
    """A limit that is a list of codes, as `nhsind.definitions.code_lists` writes them."""

    def __post_init__(self) -> None:
        code_lists.entries_of(self.written)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes themselves, each once."""
        return code_lists.codes_of(code_lists.entries_of(self.written))

    @property
    def single_codes(self) -> tuple[str, ...]:
        """Those of them that are written out, and not in a range or a named list."""
        entries = code_lists.entries_of(self.written)
        return tuple(entry for entry in entries if code_lists.is_single(entry))

    def holds(self, column: nw.Expr) -> nw.Expr:
        """Whether a code is in the list; a missing one is not."""
        return code_lists.is_one_of(column, self.codes)

    @property
    def is_of_a_period(self) -> bool:
        """Never: codes are no day."""
        return False

    @property
    def unit(self) -> str:
        """Codes have none."""
        return ""

    @property
    def in_full(self) -> str:
        """The list in words."""
        return f"{self}"

    @property
    def range(self) -> str:
        """What it may be set to, in words."""
        return code_lists.ALLOWED

    def moved_to(self, written: str) -> Limit:
        """The same limit with other codes; ValueError for a text that is no list of codes."""
        try:
            entries = code_lists.entries_of(written)
        except ValueError as error:
            raise ValueError(
                f'"{written}" is not a value of {self.name}: {error}. Allowed: {self.range}'
            ) from None
        return Codes(self.name, ", ".join(entries))

    def __format__(self, form: str) -> str:
        return code_lists.words_of(code_lists.entries_of(self.written))


Limits = Mapping[str, Limit]


def limits_of(written: Mapping[str, str | Sequence[str]]) -> dict[str, Limit]:
    """Limits by name from their texts, lists of codes from lists; ValueError for what is none."""
    return {name: _limit(name, text) for name, text in written.items()}


def _limit(name: str, written: str | Sequence[str]) -> Limit:
    if not isinstance(written, str):
        return Codes(name, ", ".join(written))
    return (Score if "." in written else Limit)(name, written)


def in_words(text: str, limits: Limits) -> str:
    """A text of a definition with its limits written out.

    Raises ValueError for a name that is no limit.
    """
    try:
        return text.format_map(limits)
    except (KeyError, IndexError) as error:
        raise ValueError(f"{error} in braces is no limit of the line") from error
