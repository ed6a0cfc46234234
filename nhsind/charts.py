"""Charts from released figures: light SVG, direct labels, readable in grey, figures as a table.

Colours follow the Government Analysis Function's palette; every difference is also one of
marker or dash, and each chart carries a description written from the same numbers.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from nhsind.errors import UsageError, unknown
from nhsind.family_results import Results
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.tables import Table, comparison_table, trend_table, value_words

KINDS = ("ranked", "trend")
SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
TEXT = "#333333"
DARK_BLUE, TURQUOISE, ORANGE, GREY = "#12436D", "#28A197", "#F46A25", "#6B6B6B"
# The most organisations in one ranked chart; more are cut to those around the organisation.
MOST_RANKED = 16
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nhsind",
    # A dollar in a name is a dollar.
    "text.parse_math": False,
    "font.family": "sans-serif",
    # The layout is measured with the font that matplotlib brings; FONTS are what a page shows.
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
}


@dataclass(frozen=True)
class Chart:
    """A chart with its description and the table of its figures."""

    svg: str
    alt: str
    caption: str
    table: Table

    def _repr_html_(self) -> str:
        if not self.svg:
            return f"<p>{escape(self.caption)}</p>"
        return (
            f"<figure>{self.svg}<figcaption>{escape(self.caption)}</figcaption></figure>"
            f"<details><summary>The chart's figures as a table</summary>"
            f"{self.table._repr_html_()}</details>"
        )

    def __repr__(self) -> str:
        return f"{self.caption}\n{self.alt}\n{self.table!r}"


def chart(kind: str, results: Results, *codes: str, org: str | None = None) -> Chart:
    """A chart of a family's released figures.

    `kind`: `ranked` (the organisation among its neighbours, with England and the standard) or
    `trend` (the periods before; one line beside England, or several counts). `codes`: the lines;
    `org`: another organisation. Raises UsageError for an unknown kind, line or organisation.
    """
    if kind not in KINDS:
        raise unknown("chart", kind, KINDS)
    if not codes:
        raise UsageError("a chart needs at least one line, such as E.B.3")
    looked_at = results.for_organisation(org) if org else results
    for code in codes:
        looked_at.line(code)
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # A page draws the text with its reader's fonts; only the measuring font lacks the glyph.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        return _ranked(looked_at, codes[0]) if kind == "ranked" else _trend(looked_at, codes)


def _ranked(results: Results, code: str) -> Chart:
    line = results.line(code)
    group, members = results.neighbours()
    rows = [(org, row) for org in members if (row := results.figure(code, org)) is not None]
    rows = [(org, row) for org, row in rows if not pd.isna(row["value"])]
    rows.sort(key=lambda pair: (float(pair[1]["value"]), pair[0]))
    rows = _around(rows, results.organisation)
    figure = Figure(figsize=(7.2, 1.5 + 0.3 * max(1, len(rows))))
    axes = figure.subplots()
    scale = 100 if line.kind == "proportion" else 1
    for place, (org, row) in enumerate(rows):
        own = org == results.organisation
        colour = DARK_BLUE if own else GREY
        value = scale * float(row["value"])
        axes.plot(
            [scale * row["ci_lower"], scale * row["ci_upper"]],
            [place, place],
            color=colour,
            linewidth=3.0 if own else 1.2,
            solid_capstyle="butt",
            zorder=2,
        )
        axes.plot(
            [value],
            [place],
            marker="D" if own else "o",
            markersize=8 if own else 6,
            color=colour,
            markerfacecolor=colour if own else "white",
            zorder=3,
        )
    axes.set_yticks(range(len(rows)), [_label(results, org) for org, _ in rows])
    for tick, (org, _) in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if org == results.organisation else "normal")
    axes.set_ylim(-0.7, len(rows) - 0.1)
    lines = _reference_lines(results, code, scale)
    _draw_references(axes, lines, len(rows))
    axes.set_xlabel(_axis_words(results, code))
    axes.grid(axis="x", color="#E0E0E0", linewidth=0.6)
    axes.set_axisbelow(True)
    figure.subplots_adjust(
        left=0.38,
        right=0.97,
        top=1 - 0.55 / figure.get_figheight(),
        bottom=0.5 / figure.get_figheight(),
    )
    ordered = [org for org, _ in reversed(rows)]
    caption = (
        f"{line.title}: {results.name} (diamond) and others of {group}, {results.period.words}. "
        "Lines show 95% intervals."
    )
    alt = _ranked_words(results, code, rows, group, lines)
    return Chart(
        _svg(figure, f"ranked-{code}", alt),
        alt,
        caption,
        comparison_table(results, code, [*ordered, ENGLAND]),
    )


def _trend(results: Results, codes: Sequence[str]) -> Chart:
    codes = [code for code in codes if results.figure(code) is not None] or list(codes)
    single = len(codes) == 1
    first = results.line(codes[0])
    periods = results.periods()
    scale = 100 if first.kind == "proportion" else 1
    series: list[tuple[str, str, str]] = [
        (
            code,
            results.organisation,
            results.name if single else _sentence_case(results.line(code).waiting_in_words),
        )
        for code in codes
    ]
    if single and first.kind != "count":
        series.append((codes[0], ENGLAND, "England"))
    beside_england = single and first.kind != "count"
    table = trend_table(results, codes, beside_england)
    if len(periods) == 1:
        words_only = f"The data hold {periods[0].words} only, so there is no trend to draw."
        return Chart("", words_only, words_only, table)
    figure = Figure(figsize=(7.2, 3.2))
    axes = figure.subplots()
    looks: list[Any] = [
        {"color": DARK_BLUE, "marker": "o", "linestyle": "-", "linewidth": 2.2},
        {"color": ORANGE, "marker": "s", "linestyle": "--", "linewidth": 1.6},
        {"color": TURQUOISE, "marker": "^", "linestyle": "-.", "linewidth": 1.6},
        {"color": GREY, "marker": "v", "linestyle": ":", "linewidth": 1.6},
    ]
    ends: list[tuple[float, str]] = []
    words: list[str] = []
    for (code, org, name), look in zip(series, looks, strict=False):
        rows = [results.figure(code, org, period) for period in periods]
        values = [
            None if row is None or pd.isna(row["value"]) else scale * float(row["value"])
            for row in rows
        ]
        axes.plot(
            range(len(periods)),
            [float("nan") if value is None else value for value in values],
            markersize=4.5,
            **look,
        )
        known = [(place, value) for place, value in enumerate(values) if value is not None]
        if known:
            ends.append((known[-1][1], name))
            words.append(_series_words(name, [(place, rows[place]) for place, _ in known], periods))
    if single:
        standard = first.standard(results.period, results.level)
        if standard is not None:
            level = scale * float(standard.exact)
            axes.axhline(level, color="#333333", linewidth=1.0, linestyle=(0, (1, 1.5)))
            ends.append((level, f"Standard {standard.value_words}"))
    _label_ends(axes, ends, len(periods) - 1)
    step = max(1, len(periods) // 6)
    places = list(range(len(periods) - 1, -1, -step))
    axes.set_xticks(
        places,
        [
            f"{periods[place].start:%b %y}"
            if periods[place].kind == "month"
            else str(periods[place])
            for place in places
        ],
    )
    axes.set_ylabel("%" if scale == 100 else first.unit)
    axes.grid(axis="y", color="#E0E0E0", linewidth=0.6)
    if scale == 1:
        axes.set_ylim(bottom=0)
    figure.subplots_adjust(left=0.09, right=0.68, top=0.95, bottom=0.12)
    title = first.title if single else f"{results.family.title}: activity"
    span = f"{periods[0].words} to {periods[-1].words}" if len(periods) > 1 else periods[0].words
    caption = f"{title}, {results.name}, {span}."
    alt = f"Line chart of {title}, {span}. " + " ".join(words)
    return Chart(
        _svg(figure, f"trend-{codes[0]}", alt),
        alt,
        caption,
        table,
    )


def _around(rows: list[tuple[str, Any]], organisation: str) -> list[tuple[str, Any]]:
    """At most MOST_RANKED rows, those around the organisation."""
    if len(rows) <= MOST_RANKED:
        return rows
    own = next((place for place, (org, _) in enumerate(rows) if org == organisation), 0)
    start = min(max(0, own - MOST_RANKED // 2), len(rows) - MOST_RANKED)
    return rows[start : start + MOST_RANKED]


def _reference_lines(results: Results, code: str, scale: int) -> list[tuple[float, str, Any]]:
    lines: list[tuple[float, str, Any]] = []
    england = results.figure(code, ENGLAND)
    if england is not None and not pd.isna(england["value"]) and england["kind"] != "count":
        words = f"England {value_words(england)}"
        lines.append((scale * float(england["value"]), words, (0, (5, 2))))
    standard = results.line(code).standard(results.period, results.level)
    if standard is not None:
        words = f"Standard {standard.value_words}"
        lines.append((scale * float(standard.exact), words, (0, (1, 1.5))))
    return sorted(lines, key=lambda line: line[0])


def _draw_references(axes: Any, lines: list[tuple[float, str, Any]], top: int) -> None:
    for place, (value, words, dash) in enumerate(lines):
        axes.axvline(value, color="#333333", linewidth=1.1, linestyle=dash, zorder=1)
        # Two lines close together: the left one's label ends at it, the right one's begins.
        align = "left" if place == len(lines) - 1 else "right"
        axes.text(value, top - 0.05, f" {words} ", ha=align, va="bottom", fontsize=9)


def _label_ends(axes: Any, ends: list[tuple[float, str]], last: int) -> None:
    """Names at the right end of the lines, moved apart where they would touch."""
    low, high = axes.get_ylim()
    gap = (high - low) * 0.065
    previous = float("-inf")
    for value, name in sorted(ends):
        place = max(value, previous + gap)
        previous = place
        axes.annotate(
            _cut(name, 34),
            (last, place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=TEXT,
            fontsize=9,
            annotation_clip=False,
        )


def _label(results: Results, organisation: str) -> str:
    return _cut(results.names.get(organisation) or organisation, 28)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _axis_words(results: Results, code: str) -> str:
    line = results.line(code)
    unit = f"% of {line.waiting_in_words}" if line.kind == "proportion" else line.unit
    return f"{unit} {line.within_in_words}" if line.kind == "proportion" else unit


def _ranked_words(
    results: Results,
    code: str,
    rows: list[tuple[str, Any]],
    group: str,
    lines: list[tuple[float, str, Any]],
) -> str:
    line = results.line(code)
    start = (
        f"Dot chart of {line.title}, {results.period.words}: {len(rows)} organisations of {group}."
    )
    if not rows:
        return f"{start} None has a value."
    parts = [start]
    own = results.figure(code)
    if own is not None and not pd.isna(own["value"]):
        parts.append(f"{results.name} is at {value_words(own)}.")
    low, high = value_words(rows[0][1]), value_words(rows[-1][1])
    parts.append(f"The values range from {low} to {high}.")
    parts += [f"{words}." for _, words, _ in lines]
    return " ".join(parts)


def _series_words(name: str, known: list[tuple[int, Any]], periods: Sequence[Period]) -> str:
    """The first, last, lowest and highest value of a series, as its table shows them."""
    (first, start), (last, end) = known[0], known[-1]
    if first == last:
        return f"{name}: {value_words(end)} in {periods[last].words}."
    ordered = sorted((row for _, row in known), key=lambda row: float(row["value"]))
    return (
        f"{name}: from {value_words(start)} in {periods[first].words} to {value_words(end)} in "
        f"{periods[last].words}, between {value_words(ordered[0])} and {value_words(ordered[-1])}."
    )


def _svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as an SVG element: no header, no date, identifiers of its own, described."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    root = ET.fromstring(buffer.getvalue())
    prefix = re.sub(r"[^a-z0-9]+", "-", name.lower())
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{prefix}-{value}")
            elif key.endswith("href") and value.startswith("#"):
                element.set(key, f"#{prefix}-{value[1:]}")
            else:
                local = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", value)
                local = local.replace("'DejaVu Sans', sans-serif", FONTS)
                element.set(key, local.replace("'DejaVu Sans'", FONTS))
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-label", alt)
    return ET.tostring(root, encoding="unicode")
