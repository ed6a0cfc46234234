"""Which control chart suits a series, and why.

An XmR chart takes every point alike, which figures with denominators of much the same size are.
Where they differ, a point of few units moves more than one of many: p' and u' charts give each
limits of its own. Few events have no limits of a proportion or rate at all. T and G charts need
each event with its day, or the cases between, which figures by month no longer have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nhsind.errors import UsageError, unknown
from nhsind.statistics.attribute_charts import PROPORTIONS, RATES
from nhsind.statistics.rare_events import RARE
from nhsind.statistics.signals import Numbers

# Of fewer units on either side of a proportion, or events of a rate, a point on average, normal
# limits mislead; the SQL tool warns of a mean below the same.
FEWEST_A_POINT = 5
# Denominators this far from their average ask for limits of their own (Montgomery, Introduction to
# Statistical Quality Control, 7.3.2).
SIZES_ALIKE = 0.25
XMR = "XmR"
KINDS = (XMR, *PROPORTIONS, *RATES, *RARE)


@dataclass(frozen=True)
class ChartChoice:
    """A kind of `KINDS`, and the reason in words."""

    kind: str
    why: str


def kind_named(given: str) -> str:
    """A kind by any spelling: `p-prime`, `P'`, `xmr`; UsageError for none of `KINDS`."""
    word = str(given).strip().replace("’", "'").replace("′", "'")
    for ending in ("-prime", "_prime", " prime", "prime"):
        word = f"{word.removesuffix(ending)}'" if word.endswith(ending) else word
    found = next((kind for kind in KINDS if kind.lower() == word.lower()), None)
    if found is None:
        raise unknown("control chart", str(given), KINDS)
    return found


def choose(numerators: Numbers, denominators: Numbers, *, is_proportion: bool) -> list[ChartChoice]:
    """The chart of each row of numerators and denominators, and why."""
    x, n = numerators, denominators
    known = ~np.isnan(x + n) & (n > 0)
    x, n = np.where(known, x, np.nan), np.where(known, n, np.nan)
    count = known.sum(axis=1).clip(1)
    events, sizes = np.nansum(x, axis=1) / count, np.nansum(n, axis=1) / count
    fewest = np.minimum(events, sizes - events) if is_proportion else events
    farthest = np.nanmax(np.where(known, np.abs(n - sizes[:, np.newaxis]), 0), axis=1, initial=0)
    apart = np.where(sizes > 0, farthest / np.where(sizes > 0, sizes, 1), 0)
    prime = (PROPORTIONS if is_proportion else RATES)[1]
    return [_chosen(float(few), float(far), prime) for few, far in zip(fewest, apart, strict=True)]


def _chosen(few: float, far: float, prime: str) -> ChartChoice:
    share = f"{100 * SIZES_ALIKE:.0f}%"
    if few < FEWEST_A_POINT:
        return ChartChoice(
            XMR,
            f"fewer than {FEWEST_A_POINT} a point on average make no limits of a "
            f"{'proportion' if prime in PROPORTIONS else 'rate'}; with the day of each event a T "
            "chart, or with the cases between them a G chart, shows more",
        )
    if far <= SIZES_ALIKE:
        return ChartChoice(XMR, f"denominators within {share} of their average")
    return ChartChoice(
        prime,
        f"denominators up to {100 * far:.0f}% from their average, so each point has its own limits",
    )


def refuse_without_denominators(kind: str, has_denominators: bool) -> None:
    """Raise UsageError for a kind that lacks denominators, or has any it cannot use."""
    needs = kind in (*PROPORTIONS, *RATES)
    if needs and not has_denominators:
        raise UsageError(f"a {kind} chart needs denominators")
    if kind in RARE and has_denominators:
        raise UsageError(f"a {kind} chart is of what lies between events and has no denominators")
