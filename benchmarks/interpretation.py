"""What it takes to say what the figures mean: 200 organisations, 36 months, the RTT family.

Times the intervals, the funnels of every month, control charts, recent trends and the sentences of
all organisations, each on its own and then all together; the last line is the seconds of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.derivation.trend import recent_trends
from nhsind.narrative.gathering import gather
from nhsind.narrative.interpretation import interpret, interpret_all
from nhsind.periods import parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.results import Results
from nhsind.statistics.chart_making import Asked
from nhsind.statistics.funnels import funnel
from nhsind.statistics.intervals import newcombe, poisson, wilson
from nhsind.statistics.shewhart import xmr_charts

ORGANISATIONS, MONTHS, STPS = 200, 36, 44
LAST = parse_period("2018-03")
REPEATS = 5
RTT = load_family("rtt")
WITHIN = "E.B.3"
EXACT = Disclosure("none", "a benchmark", "a benchmark", "2026-11-22")

Matrices = dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]


def counts() -> Matrices:
    """Numerators and denominators of each line: organisations x months, from one seed."""
    generator = np.random.default_rng(2018)
    size = generator.uniform(2_000, 40_000, (ORGANISATIONS, 1))
    season = 1 + 0.03 * np.sin(np.arange(MONTHS) / 2)
    waiting = generator.poisson(size * season)
    found = {WITHIN: (generator.binomial(waiting, 0.91), waiting)}
    for share, code in zip((0.1, 0.3, 0.45), list(RTT.indicators)[1:], strict=True):
        counted = generator.poisson(share * size * season)
        found[code] = (counted, np.full_like(counted, -1))
    return found


def released(made: Matrices) -> Results:
    """The same as released figures, England included; built outside what is timed."""
    periods = [str(LAST.shift(-step)) for step in range(MONTHS - 1, -1, -1)]
    codes = [f"ZX{number:03d}" for number in range(1, ORGANISATIONS + 1)]
    tables = []
    for code, (numerator, denominator) in made.items():
        national = numerator.sum(axis=0)[None], denominator.sum(axis=0)[None]
        for orgs, level, pair in (
            (codes, "ccg", (numerator, denominator)),
            (["ENGLAND"], "england", national),
        ):
            table = pd.DataFrame(
                {
                    "family": "rtt",
                    "indicator": code,
                    "org_level": level,
                    "org_code": np.repeat(orgs, MONTHS),
                    "period": periods * len(orgs),
                    "kind": RTT.indicators[code].kind,
                    "numerator": pair[0].ravel(),
                    "denominator": pair[1].ravel(),
                    "plan": np.nan,
                    "comparator": None,
                }
            )
            table["org_name"] = [f"CCG {name}" for name in table["org_code"]]
            tables.append(table)
    frame = pd.concat(tables, ignore_index=True)
    for name in ("numerator", "denominator"):
        frame[name] = frame[name].astype("Int64").mask(frame[name] < 0)
    frame.loc[frame["indicator"] == WITHIN, "plan"] = 0.915
    nothing = Released(pd.DataFrame(columns=["fault", "about", "lines", "rows"]), EXACT)
    return Results(
        family=RTT,
        organisation=codes[0],
        period=LAST,
        level="ccg",
        figures=release(Raw(frame), RTT, policy=EXACT),
        steps=nothing,
        quality=nothing,
        groups={code: (f"S{place % STPS}", "An STP") for place, code in enumerate(codes)},
        source="Records: a benchmark",
        publication={},
    )


def main() -> None:
    """Time each part and all of them."""
    made = counts()
    found = released(made)
    hits, size = (each.astype(float) for each in made[WITHIN])
    values, (lower, upper) = hits / size, wilson(hits, size)

    def intervals() -> None:
        for level in (0.95, 0.998):
            wilson(hits, size, level=level)
            for code in list(made)[1:]:
                poisson(made[code][0], level)
        newcombe(hits[:, 1:], size[:, 1:], x2=hits[:, :-1], n2=size[:, :-1])

    def funnels() -> None:
        for month in range(MONTHS):
            funnel(hits[:, month], size[:, month])

    def charts() -> None:
        for code, (numerator, _) in made.items():
            matrix = values if code == WITHIN else numerator
            for chart in xmr_charts(pd.DataFrame(matrix), Asked(0.92)):
                assert chart.variation

    def trends() -> None:
        for code, (numerator, _) in made.items():
            if code == WITHIN:
                recent_trends(values, lower, upper, "higher")
            else:
                recent_trends(numerator.astype(float), *poisson(numerator))

    def sentences() -> None:
        told = interpret_all(found)
        assert len(told) == ORGANISATIONS

    parts: list[Callable[[], None]] = [intervals, funnels, charts, trends, sentences]
    print(f"{ORGANISATIONS} organisations, {MONTHS} months, {len(found.figures.frame):,} figures")
    total = 0.0
    before = time.process_time()
    for part in parts:
        spent = fastest(part)
        total += spent
        note = " (with the charts and trends they tell)" if part is sentences else ""
        print(f"{part.__name__}: {spent:.3f} s{note}")
    processor = (time.process_time() - before) / REPEATS
    print(f"processor time of all, on average: {processor:.2f} s")
    print(f"of the sentences, gathering: {fastest(lambda: gather(found, [])):.3f} s")
    print(f"the sentences of one organisation: {fastest(lambda: interpret(found)):.3f} s")
    print(interpret(found))
    print(f"seconds: {total:.2f}")


def fastest(part: Callable[[], object]) -> float:
    """The least seconds of several runs: what the work takes when nothing else interferes."""
    spent = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        part()
        spent.append(time.perf_counter() - start)
    return min(spent)


if __name__ == "__main__":
    main()
