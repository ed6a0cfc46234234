"""How often a page says that something is better, worse, changed or special when nothing is.

Organisations of the sizes of real ones whose true share is the same in every month and place: each
statement of change, difference or special cause is then false. Prints the share of organisations
for which the sentences make one, beside the level that is claimed.

usage: python benchmarks/errors.py [RUNS]
"""

from __future__ import annotations

import sys

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

LINE, LAST, MONTHS = "E.B.3", parse_period("2018-03"), 24
ORGANISATIONS, SHARE, SEED = 200, 0.9, 20180331
EXACT = Disclosure("none", "simulated", "simulated", "2026-11-29")
# What a sentence says, by the words that say it, and the level at which it may be false.
STATEMENTS = {
    "better than England": ("better than England", "0.1% (99.8% interval, one side)"),
    "worse than England": ("worse than England", "0.1% (99.8% interval, one side)"),
    "a clear change in a month or a year": ("percentage points ", "about 10% (two 95% intervals)"),
    "latest month a special cause": ("is a special cause", "none stated; see docs/spc.md"),
    "an earlier month a special cause": (" signalled ", "none stated; see docs/spc.md"),
}


def simulated(draws: np.random.Generator, periods: list[Period]) -> Results:
    """Results of organisations that differ in size and by chance alone."""
    sizes = draws.lognormal(9.2, 0.6, ORGANISATIONS).astype(int)
    rows = []
    for period in periods:
        hits = draws.binomial(sizes, SHARE)
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
    print(f"{'statement':<40}{'said of':>10}   claimed")
    for name, (_, claimed) in STATEMENTS.items():
        print(f"{name:<40}{said[name] / number:>10.2%}   {claimed}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
