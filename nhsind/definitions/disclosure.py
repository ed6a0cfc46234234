"""What may be shown of record-level figures, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass

RULES = ("suppress", "none", "public", "explore")


@dataclass(frozen=True)
class Disclosure:
    """What may be shown of a family's record-level figures, and on whose word.

    `rule`: "suppress"; "none" leaves counts exact; "public" and "explore" are not a family's own.

    `threshold`: counts from 1 (from 0 if `hide_zeros`) up to it are suppressed; `base`: others
    are rounded to the nearest multiple. A sum of shares of units, such as days, over fewer than
    `fewest_contributors` of them (of as many as are suppressed, where that is more), or of which
    two may hold `dominance` per cent or more, is suppressed, and its mean with it.
    """

    rule: str
    reason: str
    source: str
    checked_on: str
    threshold: int = 0
    base: int = 1
    hide_zeros: bool = False
    exempt_england: bool = False
    fewest_contributors: int = 0
    dominance: int = 50

    def __post_init__(self) -> None:
        smallest = (self.base - 1) // 2
        # What is not suppressed must not be rounded to nought.
        hides_enough = self.rule != "suppress" or self.threshold >= smallest
        is_share = 0 < self.dominance <= 100
        if self.rule not in RULES or self.base < 1 or not hides_enough or not is_share:
            raise ValueError(f"not a disclosure policy: {self}")
