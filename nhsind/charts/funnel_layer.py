"""What every funnel plot of a line and period shares: dots, limits, axes and names of outliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nhsind.charts.axis import Axis, apart, axis
from nhsind.charts.base import (
    axis_title,
    bare,
    drawn_value,
    factor,
    left_of,
    name_of,
    number_words,
    title_room,
    value_axis,
)
from nhsind.charts.board import Board, Box, Point
from nhsind.charts.lettering import LINE_HEIGHT, clean, fit, width_of
from nhsind.charts.national import Layer, figures_of, layer
from nhsind.charts.style import GREY, TEXT, WIDTH, in_style
from nhsind.definitions.indicators import Indicator
from nhsind.geography import ENGLAND, OUTSIDE_ENGLAND
from nhsind.release.results import Results
from nhsind.statistics.funnels import Funnel, funnel
from nhsind.tables.cells import is_rounded, value_words

LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")
# The most organisations outside the limits that are named in the drawing and its description.
MOST_NAMED = 4
# The row of the key, under the unit, and where its right half begins.
KEY, KEY_OTHERS = 38.0, 500.0
TOP, BOTTOM, RIGHT, HEIGHT = 58.0, 350.0, 600.0, 394.0
CURVE_POINTS = 40


def funnel_of(results: Results, code: str, group: str) -> Layer:
    """The layer of a peer group (empty: of those that have none), which is a funnel of its own."""
    kind = f"funnel of {group}" if group else "funnel"
    return layer(results, kind, code, lambda found, line: _layer(found, line, group))


def _layer(results: Results, code: str, group: str) -> Layer:
    """All organisations, limits and axes, drawn; and what a chart says of each organisation."""
    line = results.line(code)
    rows = [
        row
        for row in figures_of(results, code)
        if row["org_code"] not in (ENGLAND, *OUTSIDE_ENGLAND)
        and results.peers.get(row["org_code"], "") == group
    ]
    rows.sort(key=lambda row: str(row["org_code"]))
    known = [row for row in rows if drawn_value(row, line) is not None]
    if not known or any(is_rounded(row) for row in rows):
        # Limits and places within them would take rounded counts as exact.
        return {"drawn": "", "of_rounded": any(is_rounded(row) for row in rows)}
    found = funnel(
        [row["numerator"] for row in known],
        [row["denominator"] for row in known],
        kind=line.kind,
        per=line.per,
        labels=[str(row["org_code"]) for row in known],
        limits="auto",
    )
    table = found.table
    table["words"] = [value_words(row) for row in known]
    names = [name_of(results, str(row["org_code"])) for row in known]
    outside = _outside(found)
    by_place = table["place"].value_counts()
    drawn, at, down = _draw(line, found, outside, dict(zip(table.index, names, strict=True)))
    return {
        "drawn": drawn,
        "down": down,
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


@in_style()
def _draw(
    line: Indicator, found: Funnel, outside: Sequence[str], names: dict[Any, str]
) -> tuple[str, dict[str, list[float]], float]:
    """The drawing of everyone, where each stands in it, and how far down a long unit moves it."""
    times = factor(line)
    table = found.table
    sizes = table["denominator"].to_numpy(dtype=float)
    values = times * table["value"].to_numpy(dtype=float)
    # The mouth of the funnel at the very smallest would leave no room for everyone else.
    edge = found.curve([max(1.0, float(np.quantile(sizes, 0.1)))])
    mouth = [times * float(edge[limit].iloc[0]) for limit in LIMITS]
    scale = axis(
        [*values, *(value for value in mouth if not np.isnan(value))], line.kind == "proportion"
    )
    average = f"Average {bare(number_words(found.average, line), line)}"
    left, right = left_of(scale), min(RIGHT, WIDTH - 18 - width_of(average))
    across = axis([0.0, 1.03 * float(sizes.max())], ticks=6, whole=True)
    unit = axis_title(line, scale)
    down = title_room(unit)
    top, bottom = TOP + down, BOTTOM + down
    board = Board(
        "y",
        (left, top, right, bottom),
        x=(0.0, across.high),
        y=(scale.low, scale.high),
        height=HEIGHT + down,
    )
    value_axis(board, scale, unit)
    board.ticks("x", across.ticks, across.words)
    title = clean(line.waiting_in_words)
    title = fit(f"{title[:1].upper()}{title[1:]}: the size of each organisation", WIDTH)
    middle = min((left + right) / 2, WIDTH - width_of(title) / 2)
    board.text(middle, bottom + 19 + LINE_HEIGHT, words=title, align="center")
    _draw_limits(board, line, found=found, across=across, scale=scale, words=average, down=down)
    points = dict(zip(table.index, zip(sizes, values, strict=True), strict=True))
    far = [points[code] for code in outside]
    others = [point for code, point in points.items() if code not in set(outside)]
    board.marks(others, ("o", 3.6), colour=GREY, name="others")
    board.marks(far, ("s", 5.0), colour=TEXT, name="outside")
    if far:
        board.marks(
            [(KEY_OTHERS - 12, KEY + down - 4.5)], ("s", 5.0), colour=TEXT, name="key", of_page=True
        )
        board.text(KEY_OTHERS, KEY + down, words="outside the 99.8% limits")
    at = {
        str(code): [round(x, 2), round(y, 2)]
        for code, (x, y) in zip(points, board.pixels(list(points.values())), strict=True)
    }
    board.taken += [(0.0, top, left, bottom), *(_box(at[str(code)]) for code in points)]
    _name_outliers(board, outside, names, at, top=top)
    return board.drawn(), at, down


def _draw_limits(
    board: Board,
    line: Indicator,
    *,
    found: Funnel,
    across: Axis,
    scale: Axis,
    words: str,
    down: float,
) -> None:
    """The average and the limits, named at their right ends."""
    least = max(0.5, 0.8 * float(found.table["denominator"].min()))
    times = factor(line)
    average = times * found.average
    curve = found.curve(np.geomspace(least, across.high, CURVE_POINTS))
    x = curve["denominator"].to_numpy(dtype=float)
    board.line([(x[0], average), (across.high, average)], TEXT, width=1.5, name="average")
    ends = [(average, words)]
    for limit in LIMITS:
        values = [times * float(value) for value in curve[limit]]
        points = [
            (at, value) if scale.low <= value <= scale.high else None
            for at, value in zip(x, values, strict=True)
        ]
        far = limit.endswith("998")
        board.line(
            points, GREY, width=1.3, dash=(2, 3) if far else (7, 3), name=limit.replace("_", "-")
        )
        if points[-1] is not None and limit.startswith("upper"):
            ends.append((values[-1], "99.8% limits" if far else "95% limits"))
    places = board.pixels([(across.high, value) for value, _ in ends])
    moved = apart([y for _, y in places], LINE_HEIGHT, TOP + down, BOTTOM + down)
    leaders: list[Point | None] = []
    for (right, y), (_, name), to in zip(places, ends, moved, strict=True):
        leaders += [(right + 2, y), (right + 12, to), None]
        board.text(right + 15, to + 4.5, words=name)
    board.line(leaders, GREY, width=0.8, name="leader", of_page=True)


def _outside(found: Funnel) -> list[str]:
    """The organisations beyond the 99.8% limits, farthest first."""
    table = found.table[found.table["place"].str.contains("99.8", regex=False, na=False)]
    above = table["value"] > found.average
    limit = table["upper_998"].where(above, table["lower_998"])
    away = (table["value"] - found.average) / (limit - found.average)
    order = pd.DataFrame({"away": -away, "code": table.index}, index=table.index)
    return [str(code) for code in order.sort_values(["away", "code"]).index]


def _name_outliers(
    board: Board,
    outside: Sequence[str],
    names: dict[Any, str],
    at: dict[str, list[float]],
    *,
    top: float,
) -> None:
    """The names of the farthest, where they cover nothing; the others are in the table."""
    for code in outside[:MOST_NAMED]:
        x, y = at[code]
        places = (
            (x + 9, y + 4.5, "left"),
            (x - 9, y + 4.5, "right"),
            (x, y - 9, "center"),
            (x, y + 20, "center"),
        )
        board.label([place for place in places if place[1] > top], names[code])


def _box(place: Sequence[float]) -> Box:
    """The room that an organisation's mark takes."""
    x, y = place
    return x - 4, y - 4, x + 4, y + 4
