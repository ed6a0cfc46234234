"""Units that change their fate between a line and a variant of it, as bands from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import chain

import pandas as pd

from nhsind.charts.base import Chart, undrawn
from nhsind.charts.lettering import LINE_HEIGHT
from nhsind.charts.style import BLUE, GREY, ORANGE, TEXT, WIDTH
from nhsind.charts.svg import finish, number
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.comparing import Comparison
from nhsind.geography import ENGLAND
from nhsind.periods import parse_period
from nhsind.tables.small_table import Table

# The fates in their order from above, with what a drawing calls them.
FATES = {"numerator": "numerator", "denominator": "denominator alone", "left out": "neither"}
# Where the two columns of fates stand, how thick they are, and how high the mean band is.
LEFT, RIGHT, BAR, HIGH = 150.0, WIDTH - 150.0, 10.0, 40.0
# Above a part, between its fates, and the least that a band is high.
HEAD, GAP, THINNEST = 44.0, 14.0, 1.5


@dataclass(frozen=True)
class _Flow:
    was: str
    becomes: str
    units: int

    @property
    def colour(self) -> str:
        if self.becomes == "numerator":
            return BLUE
        return ORANGE if self.was == "numerator" else GREY


def comparison_charts(found: Comparison) -> list[Chart]:
    """The flows of a comparison, a chart a period: of all together, else of who is there."""
    made = []
    for period in found.figures["period"].drop_duplicates():
        flows = found.flows[found.flows["period"] == period]
        total = flows[flows["org_code"] == ENGLAND]
        own = total if len(total) else flows
        rows = found.figures[found.figures["org_code"] == ENGLAND]
        name = (
            str(rows["org_name"].iloc[0] or "England") if len(rows) else "the organisations shown"
        )
        who = f"{name}, {parse_period(str(period)).words}"
        made.append(flow_chart(found.line, found.variant, own, who))
    return made


def flow_chart(line: Indicator, variant: Indicator, flows: pd.DataFrame, who: str) -> Chart:
    """The flows between fates: how many units go from which to which.

    `flows`: rows of one place and time, as `derivation.comparing` gives them: part, was, becomes,
    units. `who`: whose units they are, and of when.
    """
    keys = ["part", "was", "becomes"]
    added = flows.groupby(keys, as_index=False)["units"].sum()
    caption = f"Units that change their fate between {line.code} and {variant.code}: {who}"
    rows = [
        (str(part), str(was), str(becomes), int(units))
        for part, was, becomes, units in added[[*keys, "units"]].itertuples(index=False)
    ]
    shown = tuple(
        (f"{FATES[was]} to {FATES[becomes]}", f"{units:,}") for _, was, becomes, units in rows
    )
    table = Table(
        caption, (f"From its fate in {line.code} to that in {variant.code}", "Units"), shown
    )
    if not rows:
        return undrawn(
            f"No unit changes its fate between {line.code} and {variant.code}: {who}.", table
        )
    drawn: list[str] = []
    top = 0.0
    for part in added["part"].unique():
        own = [_Flow(was, becomes, units) for each, was, becomes, units in rows if each == part]
        total = sum(flow.units for flow in own)
        of_part = f" of the {part}" if added["part"].nunique() > 1 else ""
        heading = f"{total:,} {'unit' if total == 1 else 'units'}{of_part}"
        drawn += _part(own, heading, (line.code, variant.code), top)
        sides = max(len({flow.was for flow in own}), len({flow.becomes for flow in own}))
        top += HEAD + HIGH * len(own) + GAP * sides
    told = "; ".join(f"{units} from {words}" for words, units in shown)
    alt = f"Flows between fates, {who}: {told}."
    return Chart(finish("".join(drawn), top, alt), alt, f"{caption}.", table)


def _part(flows: list[_Flow], heading: str, codes: tuple[str, str], top: float) -> Iterator[str]:
    """Bands, and on either side the fates that they join."""
    scale = HIGH * len(flows) / sum(flow.units for flow in flows)
    high = {flow: max(flow.units * scale, THINNEST) for flow in flows}
    yield _text(0, top + 14, heading)
    for x, code, anchor in ((LEFT, codes[0], "end"), (RIGHT + BAR, codes[1], "start")):
        yield _text(x, top + 32, code, anchor)
    left = dict(_stacked(flows, high, "was", top + HEAD))
    right = dict(_stacked(flows, high, "becomes", top + HEAD))
    middle = (LEFT + BAR + RIGHT) / 2
    for flow in flows:
        start, end, deep = left[flow], right[flow], high[flow]
        edge = "C{0} {1} {0} {2} {3} {2}"
        path = (
            f"M{number(LEFT + BAR)} {number(start)}"
            + edge.format(number(middle), number(start), number(end), number(RIGHT))
            + f"V{number(end + deep)}"
            + edge.format(
                number(middle), number(end + deep), number(start + deep), number(LEFT + BAR)
            )
            + "z"
        )
        yield f'<path d="{path}" fill="{flow.colour}" fill-opacity="0.35"/>'
    below = top
    for flow, at in left.items():
        below = max(at + high[flow] / 2 + 5, below + LINE_HEIGHT)
        yield _text(LEFT + BAR + 6, below, f"{flow.units:,}")
    for side, x, anchor in ((left, LEFT, "end"), (right, RIGHT, "start")):
        name = "was" if side is left else "becomes"
        for fate in FATES:
            own = [flow for flow in flows if getattr(flow, name) == fate]
            if not own:
                continue
            first = min(side[flow] for flow in own)
            deep = sum(high[flow] for flow in own)
            yield (
                f'<path d="M{number(x)} {number(first)}h{number(BAR)}v{number(deep)}'
                f'h-{number(BAR)}z" fill="{TEXT}"/>'
            )
            place = x - 6 if anchor == "end" else x + BAR + 6
            yield _text(place, first + deep / 2 + 5, FATES[fate], anchor)


def _stacked(
    flows: list[_Flow], high: dict[_Flow, float], side: str, top: float
) -> Iterator[tuple[_Flow, float]]:
    """Where each band begins on a side, fate under fate."""
    ordered = chain.from_iterable(
        [flow for flow in flows if getattr(flow, side) == fate] for fate in FATES
    )
    at, last = top, ""
    for flow in ordered:
        fate = getattr(flow, side)
        at += GAP if last and fate != last else 0
        yield flow, at
        at, last = at + high[flow], fate


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{number(x)}" y="{number(y)}"{at}>{escape(words)}</text>'
