"""What may be shown of record-level figures, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass

RULES = ("suppress", "none", "public", "explore")


@dataclass(frozen=True)
class Disclosure:
    """What may be shown of a family's record-level figures, and on whose word.

    `rule`: "suppress"; "none" leaves counts exact; "public" and "explore" are not a family's own.

    `threshold`: counts from 1 (from 0 if `hide_zeros`) up to it are suppressed; `base`: others
    are rounded to the nearest multiple.
    """

    rule: str
    reason: str
    source: str
    checked_on: str
    threshold: int = 0
    base: int = 1
    hide_zeros: bool = False
    exempt_england: bool = False

    def __post_init__(self) -> None:
        if self.rule not in RULES or self.threshold < 0 or self.base < 1:
            raise ValueError(f"not a disclosure policy: {self}")
