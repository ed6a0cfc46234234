"""Charts to take away: what the page shows, linked beside it, named by the manifest."""

from __future__ import annotations

import importlib
from typing import Any
from xml.etree import ElementTree

import pytest

from nhsind.charts.base import Chart
from nhsind.charts.pixels import painted, refuse_unpainted
from nhsind.charts.svg import FONTS
from nhsind.errors import UsageError
from nhsind.report.manifest import CHART, Entry, Manifest
from nhsind.report.page import refuse_active
from nhsind.report.take_away import chart_files, charts_beside, with_links
from nhsind.tables.small_table import Table

REPORT = "rtt/2018-03/00A.html"
DRAWN = '<path d="M 1 1 H 9"/><text x="1" y="9">A &amp; B</text>'
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Line" viewBox="0 0 20 10" '
    f'width="20" height="10" font-family="{FONTS}" font-size="9">{DRAWN}</svg>'
)


def shown(title: str, over_time: bool = False) -> str:
    table = Table(title, ("Month", "Value"), (("March", "1"),))
    return Chart(SVG, "Line", f"{title}, a caption.", table, over_time=over_time)._repr_html_()


def page(*titles: str) -> str:
    charts = "".join(shown(title, over_time=bool(place)) for place, title in enumerate(titles))
    return f"<html><body>{charts}<figure>no chart</figure></body></html>"


def test_each_chart_is_linked_beside_it_and_stays_as_it_was() -> None:
    linked = with_links(page("By size & place", "Over time"), REPORT, ["svg", "png"])
    refuse_active(linked)
    for number, title in ((1, "By size &amp; place"), (2, "Over time")):
        for kind in ("svg", "png"):
            assert (
                f'<a href="00A-chart-{number}.{kind}" download>{kind.upper()}<span '
                f'class="unseen"> of chart {number}, {title}</span></a>'
            ) in linked
    assert linked.count("download") == 4 and linked.count(SVG) == 2
    assert with_links(page("One"), REPORT, ()) == page("One")


def test_a_file_holds_what_the_page_shows_on_white() -> None:
    files = list(
        chart_files(with_links(page("By size & place", "B"), REPORT, ["svg"]), REPORT, ["svg"])
    )
    assert [each.path for each in files] == [
        f"rtt/2018-03/00A-chart-{number}.svg" for number in (1, 2)
    ]
    assert [each.title for each in files] == ["By size & place", "B"]
    root = ElementTree.fromstring(files[0].content)
    assert [each.tag.rpartition("}")[2] for each in root] == ["rect", "path", "text"]
    assert root[2].text == "A & B" and root.get("aria-label") == "Line"
    assert list(chart_files(page("One"), REPORT, [])) == []


def test_a_picture_is_of_twice_the_pixels_and_always_the_same() -> None:
    picture = painted(SVG)
    assert picture.startswith(b"\x89PNG") and painted(SVG) == picture
    assert [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] == [40, 20]
    assert painted(SVG.replace("A &amp; B", "C")) != picture  # letters are drawn, too


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(
        UsageError, match=r"charts as PNG needs? the package resvg-py: nhsind\[png\]"
    ):
        refuse_unpainted("charts as PNG", "png")


def test_the_charts_of_a_report_are_found_by_their_numbers() -> None:
    manifest = Manifest()
    held = [
        "00A-chart-1.svg",
        "00A-chart-1.png",
        "00A-chart-2.png",
        "00A-chart-4.svg",
        "00AB-chart-1.svg",
    ]
    for name in held:
        path = f"rtt/2018-03/{name}"
        manifest.entries[path] = Entry(path, "rtt", "2018-03", "00A", "", "", "", kind=CHART)
    found = [entry.path.rpartition("/")[2] for entry in charts_beside(REPORT, manifest)]
    assert found == held[:3]
