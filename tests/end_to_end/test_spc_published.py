"""Control charts agree with what others have published, and docs/spc.md with the control charts.

Published: the vignettes, README and test results of NHSRplotthedots, which draws type 1 A&E
breaches of RQM and RRK, 2016-04 to 2018-03 (data set ae_attendances of NHSRdatasets). Run as a
program, with the folder of published files, this file writes the numbers of docs/spc.md anew.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from nhsind.statistics.control_chart import ControlChart
from nhsind.statistics.shewhart import spc
from nhsind.statistics.signals import FLAGS, RULES

OUTDATED = "run: python tests/end_to_end/test_spc_published.py FOLDER"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "spc.md"
BREACHES = Path("ae") / "ae_attendances_2016-04_2018-03.csv"
SQL, NEW, R = RULES
TARGET = 1200  # of the README's example

# deviations.Rmd: ten among ones and twos.
VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
# tests/testthat/_snaps/ptd_spc.md: set.seed(123); rnorm(20).
SNAPSHOT = [
    *(-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621),
    *(-1.26506123, -0.68685285, -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272),
    *(-0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141),
]
# docs/spc.md: every difference between the rule sets in one series, limits recalculated once.
MADE = [30, 30, 30, 32, 32, 30, 35, 38, 33, 29, 28, 29, 30, 31]
MADE += [32, 33, 34, 33, 33, 30, 34, 32, 31, 40, 31, 33, 33, 31]
RECALCULATED = 14


def breaches(folder: Path, provider: str) -> dict[str, float]:
    """Type 1 breaches by month."""
    with (folder / BREACHES).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["org_code"] == provider]
    return {row["period"][:7]: float(row["breaches"]) for row in rows if row["type"] == "1"}


def drawn(
    folder: Path, provider: str, rules: str, screen: bool | None = None
) -> tuple[list[str], ControlChart]:
    series = breaches(folder, provider)
    months = sorted(series)
    chart = spc(
        [series[month] for month in months],
        TARGET,
        polarity="lower",
        rules=rules,
        exclude_outliers=screen,
    )
    return months, chart


def limits(chart: ControlChart) -> tuple[float, float, float]:
    return float(chart.mean[0]), float(chart.lower_limit[0]), float(chart.upper_limit[0])


# What others have published -----------------------------------------------------------------------


def test_the_vignette_on_outlying_points() -> None:
    screened = spc(VIGNETTE, rules=R)
    assert [round(line, 2) for line in limits(screened)] == [1.94, -0.72, 4.60]
    unscreened = spc(VIGNETTE, rules=R, exclude_outliers=False)
    assert [round(line, 2) for line in limits(unscreened)] == [1.94, -3.06, 6.95]
    # "Four grey points followed by a single blue point followed by a further 12 grey points."
    for chart in (screened, unscreened):
        assert [place for place, meaning in enumerate(chart.meanings) if meaning] == [4]
        assert chart.meanings[4] == "improvement"


def test_the_snapshot_of_the_r_package() -> None:
    chart = spc(SNAPSHOT, rules=R)
    assert [round(line, 3 - (abs(line) > 1)) for line in limits(chart)] == [0.142, -3.01, 3.29]
    assert not any(chart.flags), "all 20 points are common cause"


def test_the_readme_of_the_r_package(published: Path) -> None:
    _, chart = drawn(published, "RQM", R)
    assert (chart.variation, chart.assurance) == ("common_cause", "hit_or_miss")


def test_the_eight_blue_points_of_the_vignette(published: Path) -> None:
    """Eight sequential points on one side of the mean, fewer breaches than average."""
    _, chart = drawn(published, "RRK", R)
    better = [place for place, meaning in enumerate(chart.meanings) if meaning == "improvement"]
    assert better == list(range(10, 18))
    assert {chart.labels[place] for place in better} == {"shift_low"}


# The same series, calculated here -----------------------------------------------------------------


def calculated(values: list[float], screen: bool, rules: str) -> tuple[float, float, float]:
    ranges = [abs(b - a) for a, b in pairwise(values)]
    limit = 3.267 * sum(ranges) / len(ranges)
    kept = [r for r in ranges if not screen or r < limit]  # none of these is on the limit
    if screen and rules != R:
        ends = zip(values[1:], ranges, strict=True)
        values = [values[0], *(value for value, r in ends if r <= limit)]
    mean, width = sum(values) / len(values), 2.66 * sum(kept) / len(kept)
    return mean, mean - width, mean + width


@pytest.mark.parametrize("screen", [False, True])
@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("provider", ["RQM", "RRK"])
def test_limits_are_those_calculated_by_hand(
    published: Path, provider: str, rules: str, screen: bool
) -> None:
    months, chart = drawn(published, provider, rules, screen)
    series = breaches(published, provider)
    assert len(months) == 24
    expected = calculated([series[month] for month in months], screen, rules)
    assert limits(chart) == pytest.approx(expected, rel=1e-12)


FAR = ("two_of_three_low",)
ABOVE, BOTH = ("above_limits",), ("above_limits", "two_of_three_high")
SHIFT = dict.fromkeys(
    ["2017-02", "2017-03", "2017-04", "2017-05", "2017-06", "2017-07", "2017-08", "2017-09"],
    ("shift_low",),
)


@pytest.mark.parametrize(
    ("provider", "rules", "screen", "expected"),
    [
        ("RQM", SQL, False, {"2016-12": ABOVE, "2017-01": ABOVE}),
        ("RQM", SQL, True, {"2016-05": FAR, "2016-06": FAR, "2016-12": ABOVE, "2017-01": ABOVE}),
        ("RQM", NEW, False, {"2016-12": BOTH, "2017-01": BOTH}),
        ("RQM", NEW, True, {"2016-05": FAR, "2016-06": FAR, "2016-12": BOTH, "2017-01": BOTH}),
        ("RQM", R, False, {"2016-12": ABOVE, "2017-01": ABOVE}),
        ("RQM", R, True, {"2016-05": FAR, "2016-06": FAR, "2016-12": ABOVE, "2017-01": ABOVE}),
        *(("RRK", rules, False, SHIFT) for rules in RULES),
        *(("RRK", rules, True, {"2017-01": ABOVE} | SHIFT) for rules in RULES),
    ],
)
def test_these_months_are_flagged_and_no_others(
    published: Path,
    provider: str,
    rules: str,
    screen: bool,
    expected: dict[str, tuple[str, ...]],
) -> None:
    months, chart = drawn(published, provider, rules, screen)
    flagged = {month: flags for month, flags in zip(months, chart.flags, strict=True) if flags}
    assert flagged == expected


# docs/spc.md --------------------------------------------------------------------------------------


def flags_in_words(chart: ControlChart, names: list[str]) -> str:
    """Which points are what, runs of points as `first to last`."""
    parts = []
    for flag, words in FLAGS.items():
        at = [place for place, flags in enumerate(chart.flags) if flag in flags]
        runs = [place for place in at if place - 1 not in at]
        spans = []
        for first in runs:
            last = next(place for place in range(first, len(names) + 1) if place not in at) - 1
            spans.append(names[first] if first == last else f"{names[first]} to {names[last]}")
        if spans:
            parts.append(f"{', '.join(spans)}: {words}")
    return "; ".join(parts) or "none"


def table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def breaches_block(folder: Path) -> str:
    """The two providers under each rule set, with and without screening."""
    rows = []
    for provider in ("RQM", "RRK"):
        for rules in RULES:
            for screen in (False, True):
                months, chart = drawn(folder, provider, rules, screen)
                usual = " (usual)" if RULES[rules].screens == screen else ""
                numbers = [f"{line:,.1f}" for line in limits(chart)]
                done = ("left out" if screen else "kept") + usual
                rows.append([provider, rules, done, *numbers, flags_in_words(chart, months)])
    headings = ["provider", "rules", "outlying moving ranges", "mean", "lower limit", "upper limit"]
    return table([*headings, "signals"], rows)


def made_block(_: Path) -> str:
    """The made series under each rule set, point by point."""
    charts = [spc(MADE, rules=rules, recalculate_at=[RECALCULATED]) for rules in RULES]
    rows = []
    for place, value in enumerate(MADE):
        flags = [" and ".join(f"`{flag}`" for flag in chart.flags[place]) for chart in charts]
        rows.append([str(place + 1), str(value), *flags])
    parts = []
    for place, name in ((0, "1 to 14"), (RECALCULATED, "15 to 28")):
        for line, words in (("mean", "mean"), ("lower_limit", "lower"), ("upper_limit", "upper")):
            numbers = [f"{getattr(chart, line)[place]:.2f}" for chart in charts]
            parts.append([name, words, *numbers])
    names = [f"`{rules}`" for rules in RULES]
    lines = table(["points", "line", *names], parts)
    return lines + "\n" + table(["point", "value", *names], rows)


BLOCKS: dict[str, Callable[[Path], str]] = {"breaches": breaches_block, "made": made_block}


def block(text: str, name: str) -> re.Match[str]:
    found = re.search(rf"(?<=<!-- made: {name} -->\n)(.*?)(?=<!-- end -->)", text, re.DOTALL)
    assert found, f"docs/spc.md has no block {name}"
    return found


def test_the_made_series_of_the_page_is_current(tmp_path: Path) -> None:
    current = block(DOCS.read_text("utf-8"), "made").group()
    assert current == made_block(tmp_path), OUTDATED


def test_the_providers_of_the_page_are_current(published: Path) -> None:
    current = block(DOCS.read_text("utf-8"), "breaches").group()
    assert current == breaches_block(published), OUTDATED


def test_the_page_names_every_rule_set_and_flag() -> None:
    text = DOCS.read_text("utf-8")
    assert [name for name in (*RULES, *FLAGS) if f"`{name}`" not in text] == []


def write(folder: Path) -> None:
    page = DOCS.read_text("utf-8")
    for name, make in BLOCKS.items():
        start, end = block(page, name).span()
        page = page[:start] + make(folder) + page[end:]
    DOCS.write_text(page, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
