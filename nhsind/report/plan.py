"""Run plans: what to publish, from what, for whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.engines.embedded import DUCKDB
from nhsind.periods import Period
from nhsind.release.computing import DEFAULT_HISTORY
from nhsind.statistics.adjustments import Adjustments


@dataclass(frozen=True)
class Plan:
    """What to publish. `organisations` None is all that the data hold, or all that are `within` an
    organisation of a level above: the level and the code. `lines`: None: all.

    `tolerance`, `covers`, `engine`: how data are judged, and where, as for `nhsind derive`.
    `policies`: those that the plan signs, by family. `ledger`: the file of all that was released;
    None: where `release.ledger` says. `adjustments`: what is asked of the control charts of each
    line. `charts`: the kinds of files that the charts of reports are published as; `word`: whether
    organisations' pages are also Word files.
    """

    name: str
    families: list[str]
    periods: list[Period]
    level: str | None
    organisations: list[str] | None
    data: list[Path | str] | None
    mode: str
    publication: dict[str, str] = field(default_factory=dict)
    history: int = DEFAULT_HISTORY
    tolerance: str | float | None = None
    covers: str | None = None
    policies: dict[str, Disclosure] = field(default_factory=dict)
    ledger: Path | None = None
    adjustments: dict[str, Adjustments] = field(default_factory=dict)
    within: tuple[str, str] | None = None
    lines: list[str] | None = None
    england: bool = True
    charts: tuple[str, ...] = ("svg",)
    word: bool = False
    engine: str = DUCKDB

    def lines_of(self, family: Family) -> list[str] | None:
        """The lines of a family that are published; None: all."""
        return [code for code in family.indicators if code in (self.lines or ())] or None
