"""The charts of a report as files to take away: what the page shows, and nothing besides.

A report's process numbers the charts of its page and links the files; the run takes them out of
the page when it publishes it, so that no second drawing can differ from the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath

from nhsind.charts.pixels import painted
from nhsind.charts.svg import whole
from nhsind.report.manifest import CHART, Entry, Manifest
from nhsind.report.plan_file import PNG, SVG

# A chart of `nhsind.charts`: the region that it scrolls in, the drawing, the caption below.
FIGURE = re.compile(
    r"""(<figure>(?:<p class='unit'[^>]*>[^<]*</p>)?<div class='wide(?: latest)?' role='region' """
    r"""tabindex='0' aria-label="(?:Chart of: )?([^"]*)">)(<svg .*?</svg>)"""
    r"""(</div>(?:<ul class='verdicts'>.*?</ul>)?<figcaption>.*?)"""
    r"(</figcaption></figure>)",
    re.DOTALL,
)
# What is drawn upon: a page is white, what the picture is pasted into may not be.
GROUND = '<rect width="100%" height="100%" fill="#fff"/>'


@dataclass(frozen=True)
class ChartFile:
    """A chart of a page as a file; `title`: what it is of."""

    path: str
    title: str
    content: bytes


def chart_path(report: str, number: int, kind: str) -> str:
    """Where a chart of a report lies: beside it."""
    return f"{report.removesuffix('.html')}-chart-{number}.{kind}"


def with_links(page: str, report: str, kinds: Iterable[str]) -> str:
    """The page with links to each of its charts as a file of each kind."""
    numbers = iter(range(1, page.count("<figure") + 1))
    name = PurePosixPath(report).name

    def linked(found: re.Match[str]) -> str:
        number = next(numbers)
        links = ", ".join(
            f'<a href="{chart_path(name, number, kind)}" download>{kind.upper()}'
            f'<span class="unseen"> of chart {number}, {found[2]}</span></a>'
            for kind in kinds
        )
        told = f' <span class="take-away">Chart as {links}</span>' if links else ""
        return f"{found[1]}{found[3]}{found[4]}{told}{found[5]}"

    return FIGURE.sub(linked, page)


def chart_files(page: str, report: str, kinds: Iterable[str]) -> Iterator[ChartFile]:
    """The charts of a page as files, in the order of the page."""
    for number, found in enumerate(FIGURE.finditer(page), 1):
        svg = whole(found[3]).replace(">", f">{GROUND}", 1)
        for kind in kinds:
            content = painted(svg) if kind == PNG else svg_file(svg)
            yield ChartFile(chart_path(report, number, kind), unescape(found[2]), content)


def svg_file(svg: str) -> bytes:
    """A drawing as a file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n'.encode()


def charts_beside(report: str, manifest: Manifest) -> list[Entry]:
    """The manifest's charts of a report."""
    found: list[Entry] = []
    number = 1
    while held := [
        entry
        for kind in (SVG, PNG)
        if (entry := manifest.entries.get(chart_path(report, number, kind))) and entry.kind == CHART
    ]:
        found += held
        number += 1
    return found
