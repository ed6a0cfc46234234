"""What a chart shows of everyone, made once per line and period and shared by all reports.

Every organisation's funnel has the same dots, limits and axes, and every ranking is a part of the
same list. A run makes these layers once (`national_layers`), stores them as JSON beside the
released figures, and gives them to each report's process (`use_layers`); without them they are
made when first asked for. Either way the bytes of a chart are the same.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from typing import Any

import pandas as pd

from nhsind.release.results import Results

Layer = dict[str, Any]
Layers = dict[str, Layer]
Maker = Callable[[Results, str], Layer]

# Layers by the table of figures they were made from, as long as it lives.
_made: dict[int, tuple[weakref.ref[pd.DataFrame], Layers]] = {}


def layer(results: Results, kind: str, code: str, make: Maker) -> Layer:
    """The layer of a kind of chart for a line, in the period that is reported of it."""
    held = _layers_of(results.figures.frame)
    key = f"{kind} {code} {results.period_of(code)}"
    if key not in held:
        # Through JSON, so that a stored layer and a new one are the same in every byte.
        held[key] = json.loads(json.dumps(make(results, code)))
    return held[key]


def use_layers(results: Results, layers: Layers) -> None:
    """Let charts of these results use layers that `national_layers` made from the same figures."""
    _layers_of(results.figures.frame).update(layers)


def layers_in_use(results: Results) -> Layers:
    """The layers that charts of these results have made or been given."""
    return dict(_layers_of(results.figures.frame))


def figures_of(results: Results, code: str) -> list[dict[str, Any]]:
    """The figures of a line in the reported period, of each organisation and England."""
    table = results.figures.frame
    period = str(results.period_of(code))
    mine = table[(table["indicator"] == code) & (table["period"] == period)]
    rows: list[dict[str, Any]] = mine.to_dict("records")  # type: ignore[assignment]
    return rows


def _layers_of(frame: pd.DataFrame) -> Layers:
    key = id(frame)
    found = _made.get(key)
    if found is not None and found[0]() is frame:
        return found[1]
    layers: Layers = {}
    _made[key] = (weakref.ref(frame, lambda _: _made.pop(key, None)), layers)
    return layers
