"""Commissioners that the geography places in a total and that are in no table of the family."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nhsind.definitions.indicators import Indicator
from nhsind.derivation.units import organisations
from nhsind.periods import Period
from nhsind.sources.checked_input import Input

# Where more than this share of the commissioners have no row, having none is nothing strange.
MOST_ABSENT = 0.25
# More organisations or totals than this are counted and not named.
MOST_NAMED = 5


def absent_members(
    source: Input, period: Period, *, base: str, level: str, restate: date | None
) -> list[tuple[str, str]]:
    """The total and the code of each, of those open on the period's last day, in order of code.

    A partnership or region is all that the geography places in it. All that there is together is
    England only where the data are of all of it (`Input.is_national`): else nobody is missed in it.
    """
    geography = source.geography
    if base != "ccg" or geography is None or source.is_published:
        return []
    lacking = geography.open_on(base, period.end) - set(organisations(source, base))
    is_named = level not in (base, "england")
    if not lacking or not (is_named or source.is_national(period)):
        return []
    found = []
    for code in sorted(lacking):
        now = geography.successor(code, restate) if restate else code
        above = geography.parent(base, now, level, period) if level != base else now
        if above is not None:
            found.append((above, code))
    return found


def members_not_given(
    source: Input,
    lines: Sequence[Indicator],
    periods: Sequence[Period],
    *,
    level: str,
    restate: date | None = None,
) -> list[tuple[str, tuple[str, ...]]]:
    """That totals of events have nothing of commissioners that the geography places in them.

    At most one thing to say, with the lines that it is about. Whether these have no events or are
    not given, the data do not tell. Of England they are told where few have no row. Totals that
    need a return say themselves whom they lack.
    """
    base = source.base_level(level)
    codes = [line.code for line in lines if not source.family.needs_return(line)]
    if not codes or level == base or source.geography is None:
        return []
    if level == "england":
        return _not_given_of_england(source, codes, periods, base=base)
    missed: dict[str, dict[str, None]] = {}
    for period in periods:
        if source.is_national(period):
            continue
        given = {
            source.geography.parent(base, code, level, period)
            for code in organisations(source, base)
        }
        for above, code in absent_members(source, period, base=base, level=level, restate=restate):
            if above in given:
                missed.setdefault(above, {})[code] = None
    if not missed:
        return []
    told = [f"{above} (without {named(list(missed[above]))})" for above in sorted(missed)]
    words = (
        f"{source.family.code} has no row of some that {source.geography.place} lists: "
        f"{', '.join(codes)} of {named(told)}"
    )
    return [(words, tuple(codes))]


def _not_given_of_england(
    source: Input, codes: list[str], periods: Sequence[Period], *, base: str
) -> list[tuple[str, tuple[str, ...]]]:
    """The commissioners that England's total has nothing of, where they are few."""
    absent: dict[str, None] = {}
    for period in periods:
        lacking = absent_members(source, period, base=base, level="england", restate=None)
        listed = source.geography.open_on(base, period.end) if source.geography else set()
        if len(lacking) <= MOST_ABSENT * len(listed):
            absent |= {code: None for _, code in lacking}
    if not absent or source.geography is None:
        return []
    words = (
        f"{source.family.code} has no row of {named(list(absent))}, which "
        f"{source.geography.place} lists: nothing of theirs is in England's {', '.join(codes)}"
    )
    return [(words, tuple(codes))]


def totals_without(
    source: Input,
    lines: Sequence[Indicator],
    periods: Sequence[Period],
    *,
    level: str,
    restate: date | None = None,
) -> list[str]:
    """The same in words alone."""
    found = members_not_given(source, lines, periods, level=level, restate=restate)
    return [words for words, _ in found]


def named(codes: Sequence[str]) -> str:
    """The first few codes, and how many more there are."""
    rest = len(codes) - MOST_NAMED
    named = ", ".join(codes[:MOST_NAMED])
    return named if rest <= 0 else f"{named} and {rest:,} more"
