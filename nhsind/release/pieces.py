"""The pieces that the borders of levels above commissioners make, where none lies whole in another.

A partnership in two regions tells of both, though no commissioner was ever released: each total is
the sum of its pieces, which nothing shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from nhsind.geography import Geography
from nhsind.periods import Period
from nhsind.release.system import MOST_TERMS

# The level of a piece, which is no organisation's.
PIECE = "piece"
# By level, code and period: the organisations of levels above that an organisation is in.
Places = dict[tuple[str, str, str], dict[str, str]]
# A total: its level and code.
Total = tuple[str, str]


def pieces_of(
    geography: Geography, level: str, others: Sequence[str], periods: Iterable[Period]
) -> Places:
    """The pieces of the periods in which an organisation of a level overlaps with one of another.

    `others`: the levels whose borders count, this one among them. Of periods in which each
    contains the other or shares nothing with it there are none: there totals that make up others
    whole tell all (`computing.organisations_above`).
    """
    found: Places = {}
    for period in periods:
        kinds = {
            tuple(geography.parent("ccg", code, each, period) for each in others)
            for code in geography.known("ccg")
        }
        own = others.index(level)
        if not any(
            _overlap({(kind[own], kind[at]) for kind in kinds}) for at in range(len(others))
        ):
            continue
        for kind in sorted(kinds, key=lambda each: [part or "" for part in each]):
            within = {name: part for name, part in zip(others, kind, strict=True) if part}
            if within:
                code = " ".join(f"{name}:{part}" for name, part in within.items())
                found[PIECE, code, str(period)] = within
    return found


def _overlap(pairs: set[tuple[str | None, str | None]]) -> bool:
    """Whether two organisations share a part, and each has another one besides."""
    ones, others = (Counter(pair[place] for pair in pairs) for place in (0, 1))
    return any(one and other and ones[one] > 1 and others[other] > 1 for one, other in pairs)


def totals_of_pieces(
    above: Mapping[tuple[str, str, str], Mapping[str, str]],
    period: str,
    shown: Collection[Total],
) -> dict[Total, list[str]]:
    """The totals of a period with the pieces that each is made of.

    `shown`: the totals that are looked at. Of those that hang together through more than
    `MOST_TERMS` pieces none: programs over so many unknowns take minutes.
    """
    made: dict[Total, list[str]] = {}
    for (level, code, when), within in above.items():
        if level == PIECE and when == period:
            for total in set(within.items()) & set(shown):
                made.setdefault(total, []).append(code)
    found: dict[Total, list[str]] = {}
    for totals in _hanging_together(made):
        pieces = {piece for total in totals for piece in made[total]}
        if len({level for level, _ in totals}) > 1 and len(pieces) <= MOST_TERMS:
            found |= {total: made[total] for total in totals}
    return found


def _hanging_together(made: Mapping[Total, list[str]]) -> Iterator[list[Total]]:
    """The totals in groups that share no piece with another, without those of too many."""
    waiting = {total: set(of) for total, of in sorted(made.items()) if len(of) <= MOST_TERMS}
    while waiting:
        first, pieces = waiting.popitem()
        group = [first]
        while near := [total for total, of in waiting.items() if of & pieces]:
            for total in near:
                pieces |= waiting.pop(total)
            group += near
        yield group
