"""What a chart shows of everyone, made once per line and period and shared by all reports.

Every organisation's funnel has the same dots, limits and axes, and every ranking is a part of the
same list. The results keep these layers and a run stores them as JSON beside the released figures;
what is not there is made when first asked for. Either way the bytes of a chart are the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from nhsind.release.results import Results

Layer = dict[str, Any]
Maker = Callable[[Results, str], Layer]


def layer(results: Results, kind: str, code: str, make: Maker) -> Layer:
    """The layer of a kind of chart for a line, in the period that is reported of it."""
    held: dict[str, Layer] = results.layers
    key = f"{kind} {code} {results.period_of(code)}"
    if key not in held:
        # Through JSON, so that a stored layer and a new one are the same in every byte.
        held[key] = json.loads(json.dumps(make(results, code)))
    return held[key]


def figures_of(results: Results, code: str) -> list[dict[str, Any]]:
    """The figures of a line in the reported period, of each organisation and England."""
    table = results.figures.frame
    period = str(results.period_of(code))
    mine = table[(table["indicator"] == code) & (table["period"] == period)]
    rows: list[dict[str, Any]] = mine.to_dict("records")  # type: ignore[assignment]
    return rows
