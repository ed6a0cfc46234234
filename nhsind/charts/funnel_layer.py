"""What every funnel plot of a line and period shares: dots, limits, axes and names of outliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nhsind.charts.base import (
    axis_title,
    bare,
    drawn_value,
    factor,
    left_of,
    name_of,
    number_words,
    value_axis,
)
from nhsind.charts.lettering import LINE_HEIGHT, clean, fit, width_of
from nhsind.charts.national import Layer, figures_of
from nhsind.charts.svg import GREY, TEXT, WIDTH, Box, Drawing, Scale, apart, axis
from nhsind.definition import Indicator
from nhsind.family_results import Results
from nhsind.funnel import Funnel, funnel
from nhsind.geography import ENGLAND, OUTSIDE_ENGLAND
from nhsind.tables import value_words

LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")
# The most organisations outside the limits that are named in the drawing and its description.
MOST_NAMED = 4
MOST_NAME = 240.0
# The row of the key, under the unit, and where its right half begins.
KEY, KEY_OTHERS = 38.0, 500.0
TOP, BOTTOM, RIGHT = 58.0, 350.0, 600.0
CURVE_POINTS = 40


def funnel_layer(results: Results, code: str) -> Layer:
    """All organisations, limits and axes, drawn; and what a chart says of each organisation."""
    line = results.line(code)
    rows = [
        row
        for row in figures_of(results, code)
        if row["org_code"] not in (ENGLAND, *OUTSIDE_ENGLAND)
    ]
    rows.sort(key=lambda row: str(row["org_code"]))
    known = [row for row in rows if drawn_value(row, line) is not None]
    if not known:
        return {"drawn": []}
    found = funnel(
        [row["numerator"] for row in known],
        [row["denominator"] for row in known],
        line.kind,
        line.per,
        [str(row["org_code"]) for row in known],
    )
    table = found.table
    table["words"] = [value_words(row) for row in known]  # type: ignore[arg-type]
    names = [name_of(results, str(row["org_code"])) for row in known]
    drawing, at = _draw_points(line, found)
    outside = _outside(found)
    by_place = table["place"].value_counts()
    _name_outliers(drawing, outside, dict(zip(table.index, names, strict=True)), at)
    return {
        "drawn": drawing.parts,
        "at": at,
        "outside": outside,
        "average": number_words(found.average, line),
        "method": found.method,
        "places": {str(place): int(count) for place, count in by_place.items()},
        "rows": {
            str(entry.Index): [
                name,
                f"{entry.denominator:,.0f}",
                entry.words,
                *(number_words(float(getattr(entry, limit)), line) for limit in LIMITS),
                entry.place,
            ]
            for name, entry in zip(names, table.itertuples(), strict=True)
        },
    }


def _draw_points(line: Indicator, found: Funnel) -> tuple[Drawing, dict[str, Any]]:
    """The drawing of everyone, and where each organisation stands in it."""
    times = factor(line)
    table = found.table
    sizes = table["denominator"].to_numpy(dtype=float)
    values = times * table["value"].to_numpy(dtype=float)
    # The mouth of the funnel at the very smallest would leave no room for everyone else.
    edge = found.curve([max(1.0, float(np.quantile(sizes, 0.1)))])
    mouth = [times * float(edge[limit].iloc[0]) for limit in LIMITS]
    scale = axis(
        [*values, *(value for value in mouth if not np.isnan(value))],
        BOTTOM,
        TOP,
        line.kind == "proportion",
    )
    average = f"Average {bare(number_words(found.average, line), line)}"
    left, right = left_of(scale), min(RIGHT, WIDTH - 18 - width_of(average))
    across = axis([0.0, 1.03 * float(sizes.max())], left, right, ticks=6, whole=True)
    drawing = Drawing()
    value_axis(drawing, scale, left, right, axis_title(line, scale))
    _size_axis(drawing, line, across)
    _draw_limits(drawing, line, found, across, scale, average)
    at = {
        str(code): [round(across(size), 1), round(scale(value), 1), place]
        for code, size, value, place in zip(table.index, sizes, values, table["place"], strict=True)
    }
    far = [(x, y) for x, y, place in at.values() if "99.8" in place]
    drawing.dots([(x, y) for x, y, place in at.values() if "99.8" not in place], GREY, 5, "others")
    drawing.squares(far, TEXT, 6.4, "outside")
    if far:
        drawing.squares([(KEY_OTHERS - 12, KEY - 4.5)], TEXT, 6.4, "key")
        drawing.text(KEY_OTHERS, KEY, "outside the 99.8% limits")
    return drawing, at


def _size_axis(drawing: Drawing, line: Indicator, across: Scale) -> None:
    left, right = across.start, across.stop
    for tick in across.ticks:
        x = across(tick)
        drawing.line([(x, BOTTOM), (x, BOTTOM + 5)], GREY)
        drawing.text(x, BOTTOM + 19, across.words(tick), "middle", name="x-tick")
    drawing.line([(left, BOTTOM), (right, BOTTOM)], GREY)
    title = clean(line.waiting_in_words)
    title = fit(f"{title[:1].upper()}{title[1:]}: the size of each organisation", WIDTH)
    middle = min((left + right) / 2, WIDTH - width_of(title) / 2)
    drawing.text(middle, BOTTOM + 19 + LINE_HEIGHT, title, "middle")


def _draw_limits(
    drawing: Drawing, line: Indicator, found: Funnel, across: Scale, scale: Scale, words: str
) -> None:
    """The average and the limits, named at their right ends."""
    least = max(0.5, 0.8 * float(found.table["denominator"].min()))
    curve = found.curve(np.geomspace(least, across.high, CURVE_POINTS))
    times = factor(line)
    x = [across(float(size)) for size in curve["denominator"]]
    right, average = across.stop, scale(times * found.average)
    drawing.line([(x[0], average), (right, average)], TEXT, 1.5, name="average")
    ends = [(average, words)]
    for limit in LIMITS:
        values = [times * float(value) for value in curve[limit]]
        points = [
            (at, scale(value)) if scale.holds(value) else None
            for at, value in zip(x, values, strict=True)
        ]
        far = limit.endswith("998")
        drawing.line(points, GREY, 1.3, "2 3" if far else "7 3", limit.replace("_", "-"))
        if points[-1] is not None and limit.startswith("upper"):
            ends.append((points[-1][1], "99.8% limits" if far else "95% limits"))
    moved = apart([y for y, _ in ends], LINE_HEIGHT, TOP, BOTTOM)
    for (y, name), to in zip(ends, moved, strict=True):
        drawing.line([(right + 2, y), (right + 12, to)], GREY, 0.8, name="leader")
        drawing.text(right + 15, to + 4.5, name)


def _outside(found: Funnel) -> list[str]:
    """The organisations beyond the 99.8% limits, farthest first."""
    table = found.table[found.table["place"].str.contains("99.8", regex=False, na=False)]
    above = table["value"] > found.average
    limit = table["upper_998"].where(above, table["lower_998"])
    away = (table["value"] - found.average) / (limit - found.average)
    order = pd.DataFrame({"away": -away, "code": table.index}, index=table.index)
    return [str(code) for code in order.sort_values(["away", "code"]).index]


def _name_outliers(
    drawing: Drawing, outside: Sequence[str], names: dict[Any, str], at: dict[str, Any]
) -> None:
    """The names of the farthest, where they cover nothing; the others are in the table."""
    named = Drawing((), [*drawing.boxes, *boxes_of(at.values())])
    for code in outside[:MOST_NAMED]:
        x, y, _ = at[code]
        places = (
            (x + 9, y + 4.5, "start"),
            (x - 9, y + 4.5, "end"),
            (x, y - 9, "middle"),
            (x, y + 20, "middle"),
        )
        named.label(
            [place for place in places if place[1] > TOP], fit(names[code], MOST_NAME), False
        )
    drawing.parts += named.parts
    drawing.boxes += named.boxes[len(named.boxes) - len(named.parts) :]


def boxes_of(points: Any) -> list[Box]:
    """The room that organisations' marks take."""
    return [(x - 4, y - 4, x + 4, y + 4) for x, y, _ in points]
