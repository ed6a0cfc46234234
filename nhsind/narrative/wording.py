"""Words for numbers: how a value, an interval, a gap and a count of something are written.

Everything is written from exact numbers and rounded half up to one decimal place; a line says by
its kind whether its value reads as a percentage, a count, a rate, a mean or a ratio.
"""

from __future__ import annotations

from fractions import Fraction
from math import isnan

from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import OPERATORS, Standard
from nhsind.derivation.standards import Number, value_of
from nhsind.narrative.numbers import half_up
from nhsind.periods import MONTH_NAMES, Period

IRREGULAR = {"people": "person", "children": "child", "women": "woman", "men": "man"}
# "60 more pathways within 18 weeks", but "13 fewer waits that were six weeks or more".
PREPOSITIONS = frozenset(
    "within in at by of over under with without on during before after for from to".split()
)
PERSONS = frozenset("people patients children inpatients persons clients".split())


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def scale(line: Indicator) -> int:
    """What a value is multiplied by to be read: 100 for a percentage."""
    return 100 if line.is_share else 1


def number_words(number: Number) -> str:
    """`1,234`, or `10.5` where it is no whole number."""
    exact = Fraction(number)
    if exact.denominator == 1:
        return f"{exact.numerator:,}"
    return f"{half_up(exact, 1):,}"


def value_words(line: Indicator, value: Fraction) -> str:
    """A value as its kind is read: `95.0%`, `1,234`, `12.4`."""
    if line.kind == "count":
        return number_words(value)
    return f"{half_up(value * scale(line), 1):,}{'%' if line.is_share else ''}"


def figure_words(line: Indicator, numerator: Number, denominator: Number | None) -> str:
    """The value of two numbers in words."""
    return value_words(line, value_of(numerator, denominator, line.per))


def told_words(line: Indicator, value: float, places: float) -> str:
    """A released value of rounded counts, to the digits that it may be told with."""
    if line.kind == "count":
        return number_words(Fraction(value))
    exact = Fraction(str(value)) * scale(line)
    return f"{half_up(exact, int(places)):,}{'%' if line.is_share else ''}"


def range_words(line: Indicator, lowest: float, highest: float) -> str:
    """`66.6% to 87.5%`: where a value lies that rounded counts are too coarse for."""
    if line.kind == "count":
        return f"{lowest:,.0f} to {highest:,.0f}"
    sign = "%" if line.is_share else ""
    return f"{scale(line) * lowest:,.1f}{sign} to {scale(line) * highest:,.1f}{sign}"


def interval_words(line: Indicator, lower: float, upper: float) -> str:
    """`93.5% to 96.2%`; of a count, whole numbers; empty where there is none."""
    if isnan(lower) or isnan(upper):
        return ""
    if line.kind == "count":
        return f"{lower:,.0f} to {upper:,.0f}"
    sign = "%" if line.is_share else ""
    return f"{scale(line) * lower:,.1f}{sign} to {scale(line) * upper:,.1f}{sign}"


def size_words(line: Indicator, gap: Fraction) -> str:
    """How large a difference is: `3.0 percentage points`, `12 pathways`, `0.4 days`."""
    if line.kind == "count":
        return counted(abs(gap), line.waiting_in_words, line.unit)
    size = abs(gap) * scale(line)
    shown = "less than 0.1" if 0 < size < Fraction(1, 10) else f"{half_up(size, 1):,}"
    return f"{shown} {unit_words(line)}".rstrip()


def unit_words(line: Indicator) -> str:
    """What differences of a line are in: `percentage points`, `per 100,000`, `days`, or nothing."""
    if line.is_share:
        return "percentage points"
    if line.kind == "rate":
        return per_words(line.per)
    return line.unit if line.kind == "mean" else ""


def counted(number: Number, plural: str, unit: str = "") -> str:
    """`1 new pathway`, `2 new pathways`: the words for one are made from the unit's plural."""
    return f"{number_words(number)} {one(plural, unit) if number == 1 else plural}"


def one(plural: str, unit: str = "") -> str:
    """The singular of some words: of the unit in them, else of the first plural word."""
    words = plural.split(" ")
    named = [place for place, word in enumerate(words) if word == unit.split(" ")[-1]]
    looks = [place for place, word in enumerate(words) if _is_plural(word)]
    for place in (named or looks)[:1]:
        words[place] = _singular(words[place])
    return " ".join(words)


def _is_plural(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("s") and not word.endswith(("ss", "us", "’s", "'s")))


def _singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def whose(name: str) -> str:
    """`CCG A’s`; a name that ends in s takes the apostrophe only."""
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def per_words(per: int) -> str:
    """`per 100,000`, `per million`."""
    return "per million" if per == 10**6 else f"per {per:,}"


def units_short_words(line: Indicator, number: int, more: bool) -> str:
    """`60 more pathways within 18 weeks`, `13 fewer waits that were six weeks or more`."""
    change = "more" if more else "fewer"
    if line.kind == "count":
        return counted(number, f"{change} {line.waiting_in_words}", line.unit)
    if not line.is_share:
        return counted(number, f"{change} {line.within_in_words}", line.unit)
    described = line.within_in_words
    first = described.split(" ")[0]
    if first not in PREPOSITIONS and not first.endswith("ing"):
        who = "who" if line.unit.split(" ")[-1] in PERSONS else "that"
        was = "was" if number == 1 else "were"
        described = f"{who} {was} {described}"
    return f"{counted(number, f'{change} {line.unit}', line.unit)} {described}"


def standard_words(line: Indicator, standard: Standard, limit: Fraction) -> str:
    """The standard's value: as the definition prints it, or the organisation's own."""
    return value_words(line, limit) if standard.is_own else standard.value_words


def strict_words(standard: Standard, limit: str) -> str:
    """What a standard of more (or less) than a value asks for."""
    return f"{OPERATORS[standard.operator]} {limit}"


def when_words(period: Period, line: Indicator) -> str:
    """`On 31 March 2018` for a snapshot, else `In March 2018`; so of an estimate for a year."""
    if line.period_rule == "snapshot" and not line.numerator.public:
        day = period.end if line.counted_at == "end" else period.start
        return f"On {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
    return f"In {short_words(period)}"


def short_words(period: Period) -> str:
    """`March 2018`, `2017/18`, `Q4 of 2017/18`: a quarter without its months."""
    return period.words.split(" (")[0]


def periods_words(period: Period) -> str:
    """`months`, `quarters` or `years`: what several periods of a kind are."""
    return f"{period.kind}s"


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
