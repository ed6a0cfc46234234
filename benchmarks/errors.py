"""How often a page says that something is better, worse, changed or special when nothing is.

Organisations of the sizes of real ones whose true share is the same in every month and place: each
statement of change, difference or special cause is then false. Prints the share of organisations
for which the sentences make one, beside the level claimed and what 95% intervals, as before,
would have said; the same of organisations of few units, and of their funnels. Then the control
charts of each kind of series whose denominators differ, by counting alone and by more: which share
of the latest points, and of whole charts, signals.

usage: python benchmarks/errors.py [RUNS]
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.geography import ENGLAND
from nhsind.narrative.interpretation import interpret_all
from nhsind.periods import Period, parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.results import Results
from nhsind.statistics.chart_choice import ChartChoice
from nhsind.statistics.chart_making import Asked
from nhsind.statistics.funnels import PLACES, funnel
from nhsind.statistics.intervals import wilson
from nhsind.statistics.shewhart import suited_charts

LINE, LAST, MONTHS = "E.B.3", parse_period("2018-03"), 24
ORGANISATIONS, SHARE, SEED = 200, 0.9, 20180331
EXACT = Disclosure("none", "simulated", "simulated", "2026-11-29")
# What a sentence says, by the words that say it, and the level at which it may be false.
STATEMENTS = {
    "better than England": ("better than England", "0.1% (99.8% interval, one side)"),
    "worse than England": ("worse than England", "0.1% (99.8% interval, one side)"),
    "a clear change in a month or a year": ("percentage points ", "about 10% (two 95% intervals)"),
    "latest month an improvement": ("special cause of improvement", "none stated; docs/spc.md"),
    "latest month a concern": ("special cause of concern", "none stated; docs/spc.md"),
    "an earlier month a special cause": (" signalled ", "none stated; docs/spc.md"),
}
# Of few units, near 100%: where intervals and limits that suit many mislead.
FEW, HIGH_SHARE = (2, 31), 0.97
# How far shares differ between months beyond counting, in sigma of their logits.
BEYOND_COUNTING = {"by counting alone": 0.0, "by more than counting": 0.15}


def simulated(
    draws: np.random.Generator, periods: list[Period], *, are_few: bool = False
) -> Results:
    """Results of organisations that differ in size and by chance alone."""
    share = HIGH_SHARE if are_few else SHARE
    sizes = draws.lognormal(9.2, 0.6, ORGANISATIONS).astype(int)
    if are_few:
        sizes = draws.integers(*FEW, ORGANISATIONS)
    rows = []
    for period in periods:
        hits = draws.binomial(sizes, share)
        own = zip((f"{n:03d}Q" for n in range(ORGANISATIONS)), hits, sizes, strict=True)
        rows += [(code, "ccg", str(period), int(hit), int(size)) for code, hit, size in own]
        rows.append((ENGLAND, "england", str(period), int(hits.sum()), int(sizes.sum())))
    frame = pd.DataFrame(rows, columns="org_code org_level period numerator denominator".split())
    frame = frame.assign(
        family="rtt",
        indicator=LINE,
        kind="proportion",
        org_name=frame["org_code"],
        plan=np.nan,
        comparator=None,
    ).astype({"numerator": "Int64", "denominator": "Int64"})
    family, nothing = load_family("rtt"), Released(pd.DataFrame(), EXACT)
    return Results(
        family=family,
        organisation="000Q",
        period=LAST,
        level="ccg",
        figures=release(Raw(frame), family, policy=EXACT),
        steps=nothing,
        quality=nothing,
        groups={},
        source="Records: simulated",
        publication={},
    )


def before(draws: np.random.Generator, number: int) -> tuple[float, float]:
    """How often a 95% interval lies above, and below, the value that everybody has."""
    sizes = draws.lognormal(9.2, 0.6, number).astype(int)
    lower, upper = wilson(draws.binomial(sizes, SHARE), sizes)
    return float((lower > SHARE).mean()), float((upper < SHARE).mean())


def of_few(draws: np.random.Generator, runs: int) -> None:
    """How often organisations of few units are called better or worse, and lie outside funnels."""
    number, periods = runs * ORGANISATIONS, [LAST]
    words = ("better than England", "worse than England")
    said = dict.fromkeys(words, 0)
    outside: dict[tuple[str, str], int] = dict.fromkeys(product(("normal", "auto"), PLACES), 0)
    for _ in range(runs):
        for narrative in interpret_all(simulated(draws, periods, are_few=True)).values():
            for each in words:
                said[each] += each in narrative.paragraphs[0]
        sizes = draws.integers(*FEW, ORGANISATIONS)
        hits = draws.binomial(sizes, HIGH_SHARE)
        for limits, place in outside:
            outside[limits, place] += int(
                (funnel(hits, sizes, limits=limits).table["place"] == place).sum()
            )
    sizes = draws.integers(*FEW, number)
    lower, upper = wilson(draws.binomial(sizes, HIGH_SHARE), sizes, level=0.998)
    were = ((lower > HIGH_SHARE).mean(), (upper < HIGH_SHARE).mean())
    print(f"\n{number:,} organisations of {FEW[0]} to {FEW[1] - 1}, all at {HIGH_SHARE:.0%}")
    print(f"{'statement':<40}{'by 99.8%':>10}{'said of':>10}   claimed")
    for each, was in zip(words, were, strict=True):
        print(f"{each:<40}{was:>10.2%}{said[each] / number:>10.2%}   0.1%")
    for place in PLACES:
        claimed = "0.1%" if "99.8" in place else "2.5%, with those beyond 99.8%"
        was, now = (outside[limits, place] / number for limits in ("normal", "auto"))
        print(f"{f'in the funnel {place}':<40}{was:>10.2%}{now:>10.2%}   {claimed}")


def false_signals(draws: np.random.Generator, number: int, beyond: float) -> dict[str, list[float]]:
    """By kind of chart: the share of latest points, and of charts, that signal without a change."""
    typical = draws.lognormal(6, 0.6, number)[:, np.newaxis]
    sizes = np.maximum(draws.poisson(typical * draws.uniform(0.4, 1.6, (number, MONTHS))), 1)
    logit = np.log(SHARE / (1 - SHARE)) + beyond * draws.standard_normal((number, MONTHS))
    hits = draws.binomial(sizes, 1 / (1 + np.exp(-logit))).astype(float)
    frame, sizes = pd.DataFrame(hits / sizes), sizes.astype(float)
    found = {}
    for kind in ("XmR", "p", "p'"):
        choices = [ChartChoice(kind, "")] * number
        charts = suited_charts(frame, (hits, sizes), choices, asked=Asked()).values()
        latest = float(np.mean([bool(chart.flags[-1]) for chart in charts]))
        found[kind] = [latest, float(np.mean([any(chart.flags) for chart in charts]))]
    return found


def main(runs: int) -> None:
    draws = np.random.default_rng(SEED)
    periods = [LAST.shift(-step) for step in range(MONTHS - 1, -1, -1)]
    said = dict.fromkeys(STATEMENTS, 0)
    for _ in range(runs):
        for narrative in interpret_all(simulated(draws, periods)).values():
            # The verdict against the standard is true or not by the figure, not by chance.
            told = " ".join(
                sentence
                for sentence in narrative.paragraphs[0].split(". ")
                if not sentence.startswith("The standard")
            )
            for name, (words, _) in STATEMENTS.items():
                said[name] += words in told
    number = runs * ORGANISATIONS
    print(f"{number:,} organisations, {MONTHS} months each, all alike but for chance (seed {SEED})")
    above, below = before(np.random.default_rng(SEED), number)
    were = {"better than England": above, "worse than England": below}
    print(f"{'statement':<40}{'before':>10}{'said of':>10}   claimed")
    for name, (_, claimed) in STATEMENTS.items():
        was = f"{were[name]:.2%}" if name in were else ""
        print(f"{name:<40}{was:>10}{said[name] / number:>10.2%}   {claimed}")
    of_few(np.random.default_rng(SEED), runs)
    print(f"\n{number:,} charts of {MONTHS} months whose denominators differ, without a change")
    print(f"{'points differ':<30}{'chart':<8}{'latest signals':>16}{'any signals':>14}")
    for words, beyond in BEYOND_COUNTING.items():
        for kind, (latest, ever) in false_signals(draws, number, beyond).items():
            print(f"{words:<30}{kind:<8}{latest:>16.2%}{ever:>14.2%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
