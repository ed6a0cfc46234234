"""One organisation's charts in a process that has drawn others: milliseconds of each kind.

Milliseconds of processor time for the charts, so that other work on the machine does not count.
The figures are those of the embedded sample, and what all organisations share is made once
before, as a run does. Each organisation looks at the figures anew, as each report does; the time
that takes is told apart. The last line is the three charts of a report page together: ranked, spc
and funnel, medians over organisations.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import nhsind as ind
from nhsind.charts import KINDS, chart, make_national_layers

LINE = "E.B.3"
PAGE = ("ranked", "spc", "funnel")


def main() -> None:
    """Draw every kind for some organisations and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=30)
    options = parser.parse_args()
    found = ind.results("rtt")
    codes = [code for code in found.names if code != "ENGLAND"][: options.organisations]
    start = time.perf_counter()
    make_national_layers(found)
    spent = 1000 * (time.perf_counter() - start)
    stored = json.dumps(found.layers)
    print(f"national layers of {len(found.family.indicators)} lines: {spent:.0f} ms once")
    start = time.perf_counter()
    found.layers.update(json.loads(stored))
    spent = 1000 * (time.perf_counter() - start)
    print(f"read back from {len(stored) / 1000:.0f} kB of JSON: {spent:.1f} ms")
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    looking: list[float] = []
    sizes: dict[str, int] = {}
    for code in codes:
        start = time.process_time()
        mine = found.for_organisation(code)
        mine.figure(LINE)
        looking.append(1000 * (time.process_time() - start))
        for kind in KINDS:
            start = time.process_time()
            drawn = chart(kind, mine, LINE)
            times[kind].append(1000 * (time.process_time() - start))
            sizes[kind] = max(sizes.get(kind, 0), len(drawn.svg))
    print(f"looking at the figures of one of {len(codes)}: {statistics.median(looking):.1f} ms")
    for kind in KINDS:
        print(
            f"{kind}: {statistics.median(times[kind]):.1f} ms, {sizes[kind] / 1000:.1f} kB at most"
        )
    total = sum(statistics.median(times[kind]) for kind in PAGE)
    print(f"milliseconds: {total:.1f}")


if __name__ == "__main__":
    main()
