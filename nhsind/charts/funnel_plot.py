"""Every organisation by its size, within the limits that chance alone would keep it to."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from nhsind.charts.base import (
    Chart,
    missing_words,
    name_of,
    noted,
    own_name,
    undrawn,
)
from nhsind.charts.funnel_layer import HEIGHT, KEY, KEY_OTHERS, MOST_NAMED, funnel_of
from nhsind.charts.lettering import clean, in_a_sentence, width_of
from nhsind.charts.national import Layer
from nhsind.charts.style import BLUE, WIDTH
from nhsind.charts.svg import finish, number
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import Mark
from nhsind.errors import UsageError
from nhsind.geography import OUTSIDE_ENGLAND
from nhsind.release.results import Results
from nhsind.statistics.funnels import INSIDE, KINDS
from nhsind.tables.cells import value_words
from nhsind.tables.small_table import Table

OF_ROUNDED = "Its limits would take the counts as exact, which are rounded."
# The most of them in the table.
MOST_TABLED = 20


def funnel_chart(results: Results, code: str) -> Chart:
    """The organisation among all, with 95% and 99.8% limits around their common average."""
    line = results.line(code)
    if line.kind not in KINDS:
        raise UsageError(
            f"{code} is a {line.kind}, and a funnel needs a proportion, rate or ratio: "
            "try ranked or spc"
        )
    return _funnel(results, line, results.peers.get(results.organisation, ""))


def funnel_of_all(results: Results, code: str, group: str = "") -> Chart:
    """The same of a peer group, or of those in none, with no organisation marked."""
    nobody = replace(results, organisation="")
    return _funnel(nobody, results.line(code), group)


def _funnel(results: Results, line: Indicator, group: str) -> Chart:
    code = line.code
    found = funnel_of(results, code, group)
    everyone = _everyone(results, group)
    when = results.period_of(code).words
    title = f"{line.title}, {when}"
    is_marked = bool(results.organisation)
    own = results.figure(code) if is_marked else None
    table = _table(results, line, found, own)
    if group:
        table = replace(
            table,
            notes=(*table.notes, f"The organisations are those of its peer group, {clean(group)}."),
        )
    is_placed = is_marked and _has_place(results, found)
    nothing = _no_place(results, own) if is_marked and not is_placed else ""
    if not found["drawn"] and found["of_rounded"]:
        return undrawn(f"{title}: no funnel is drawn. {OF_ROUNDED}", table)
    if not found["drawn"]:
        return undrawn(f"{title}: no organisation has a value. {nothing}".strip(), table)
    words = [
        f"Funnel plot of {title}: {_count(len(found['rows']))} by number of "
        f"{clean(line.waiting_in_words)}.",
        f"Their average is {found['average']}.",
    ]
    if is_placed:
        _, size, value, lower, _, _, upper, place = found["rows"][results.organisation]
        words.append(
            f"{own_name(results)} is at {value} of {size}, {_place_words(place)} "
            f"(99.8% limits {lower} to {upper})."
            if line.kind == "proportion"
            else f"{own_name(results)} is at {value}, {_place_words(place)} "
            f"(99.8% limits {lower} to {upper})."
        )
    words += _outside_words(found)
    alt = " ".join([*words, *([nothing] if nothing else [])])
    who = f"{own_name(results)} (diamond) among " if is_placed else ""
    caption = " ".join(
        [
            f"{line.title}: {who}{everyone} by size, {when}. Squares lie outside "
            f"the 99.8% limits. Limits: {found['method']}, around their average.",
            *([nothing] if nothing else []),
        ]
    )
    drawn = found["drawn"] + _own(found, results) if is_placed else found["drawn"]
    return Chart(finish(drawn, HEIGHT + found["down"], alt), alt, caption, table)


def _everyone(results: Results, group: str) -> str:
    """Whom a funnel is of: organisations that cannot be compared have one for each group."""
    if group:
        return f"the organisations of its peer group, {in_a_sentence(group)},"
    return "the organisations without a peer group" if results.peers else "all organisations"


def _own(found: Layer, results: Results) -> str:
    """The organisation's diamond, and its name and value in the key above the plot.

    They are put over what matplotlib drew of everyone, where it placed the organisation.
    """
    # The value stands first, so that a name that runs right to left cannot change places with it.
    value, key = found["rows"][results.organisation][2], KEY + found["down"]
    room = (KEY_OTHERS - 30 if found["outside"] else WIDTH) - 20
    words = f"{value} {name_of(results, results.organisation)}"
    if width_of(words, bold=True) > room:
        words = f"{value} {clean(results.organisation)}"
    x, y = found["at"][results.organisation]
    return (
        f'<g class="key">{_diamond(8, key - 4.5, 7.6)}</g>'
        f'<text x="20" y="{number(key)}" font-weight="700">{escape(words)}</text>'
        f'<g class="own" stroke="#FFF" stroke-width="1.5">'
        f"{_diamond(x, y, 8.4)}</g>"
    )


def _diamond(x: float, y: float, half: float) -> str:
    corners = ((0, -half), (half, 0), (0, half), (-half, 0))
    steps = " L ".join(f"{number(x + across)} {number(y + down)}" for across, down in corners)
    return f'<path d="M {steps} z" fill="{BLUE}"/>'


def _has_place(results: Results, found: Layer) -> bool:
    return bool(found["drawn"]) and results.organisation in found["rows"]


def _no_place(results: Results, own: Any) -> str:
    if results.organisation in OUTSIDE_ENGLAND:
        return f"{own_name(results)} is outside England and has no place in the funnel."
    return f"{own_name(results)} has no value: {missing_words(own)}."


def _count(number: int) -> str:
    return "1 organisation" if number == 1 else f"{number:,} organisations"


def _place_words(place: str) -> str:
    """`inside the limits`, `below the 99.8% limits`."""
    if place == INSIDE:
        return "inside the limits"
    side, level = place.split()
    return f"{side} the {level} limits"


def _outside_words(found: Layer) -> list[str]:
    """How many lie beyond each limit, and the names of a few."""
    far = found["outside"]
    between = sum(count for place, count in found["places"].items() if place.endswith("95%"))
    words = [
        f"{_count(len(far))} outside the 99.8% limits, {between:,} more outside the 95% limits."
    ]
    if far:
        names = "; ".join(
            f"{in_a_sentence(found['rows'][code][0])} {found['rows'][code][2]}"
            for code in far[:MOST_NAMED]
        )
        words.append(
            f"{'Farthest' if len(far) > 1 else 'It is'}: {names}.".replace("It is:", "It is")
        )
    return words


def _table(results: Results, line: Indicator, found: Layer, own: Any) -> Table:
    """The organisation, those outside the 99.8% limits, the average; how many others there are."""
    held = found.get("rows", {})
    rows = []
    if results.organisation in held:
        first = held[results.organisation]
        rows.append((f"{first[0]} (this report)", *first[1:]))
    elif results.organisation:
        value = Mark.NOT_AVAILABLE if own is None else value_words(own)
        rows.append(
            (f"{name_of(results, results.organisation)} (this report)", "", value, *[""] * 5)
        )
    shown = [code for code in found.get("outside", []) if code != results.organisation]
    rows += [tuple(held[code]) for code in shown[:MOST_TABLED]]
    if held:
        rows.append(("Average of these organisations", "", found["average"], *[""] * 5))
    others = len(held) - (results.organisation in held) - len(shown[:MOST_TABLED])
    waiting = clean(line.waiting_in_words)
    headings = (
        "Organisation",
        waiting[:1].upper() + waiting[1:],
        "Value",
        "Lower 99.8% limit",
        "Lower 95% limit",
        "Upper 95% limit",
        "Upper 99.8% limit",
        "Place",
    )
    caption = f"{line.title}, {results.period_of(line.code).words}: funnel plot"
    return noted(
        Table(caption, headings, tuple(rows), words=frozenset({7})),
        *_outside_words(found)[:1] if held else [],
        f"{_count(others)} not in this table." if others else "",
    )
