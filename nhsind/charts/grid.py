"""The grid that boards use: variation across, assurance down, lines or organisations in cells."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from nhsind.charts.base import Chart, noted, undrawn
from nhsind.charts.icons import (
    ASSURANCE_WORDS,
    SIZE,
    Icon,
    assurance_icon,
    by_limits,
    variation_icon,
)
from nhsind.charts.lettering import LINE_HEIGHT, clean, fit, in_a_sentence, width_of, wrap
from nhsind.charts.style import GRID, PALE, WIDTH
from nhsind.charts.svg import finish, number
from nhsind.geography import ENGLAND
from nhsind.narrative.gathering import gather
from nhsind.narrative.standing import Standing, standing
from nhsind.narrative.wording import sentence
from nhsind.release.results import Results
from nhsind.tables.kinds import variants_told
from nhsind.tables.small_table import Table

COLUMNS = {
    "improvement": "Special cause: improvement",
    "common_cause": "Common cause",
    "concern": "Special cause: concern",
    "neutral": "Special cause: neither",
}
ROWS = {
    **{each: sentence(ASSURANCE_WORDS[each][1]) for each in ("pass", "hit_or_miss", "fail")},
    "": "No target",
}
# Neither promises the next figure.
SHARED_ROWS = {"broken": "hit_or_miss"}
BRIEFLY = {
    "common_cause": "Common cause",
    "improvement": "Improvement ({})",
    "concern": "Concern ({})",
    "neutral": "Special cause ({})",
}
ASSURED = {
    name: words.removeprefix("consistently ") for name, (_, words) in ASSURANCE_WORDS.items()
}
# A column that is drawn even where it is empty.
ALWAYS = ("improvement", "common_cause", "concern")
LEFT, PAD, HEAD = 146.0, 7.0, 80.0
# The most lines of names in a cell; all are in the table.
MOST_LINES = 6


class Placed(NamedTuple):
    """A line or organisation in the grid: its short name, its whole name, how it stands."""

    name: str
    title: str
    standing: Standing


def organisation_grid(results: Sequence[Results]) -> Chart:
    """An organisation over all lines of some families: `results`, of the same organisation."""
    placed: list[Placed] = []
    said: list[str] = []
    for found in results:
        evidence = gather(found, [found.organisation])
        placed += [
            Placed(code, each.line.title, standing(each, found.organisation))
            for code, each in evidence.items()
        ]
        said += variants_told(found, list(evidence))
    whose = in_a_sentence(clean(results[0].name))
    when = ", ".join(dict.fromkeys(found.period.words for found in results))
    return grid(f"{whose}, {when}", placed, "line", said)


def line_grid(found: Results, code: str) -> Chart:
    """A line over all organisations."""
    everyone = [each for each in found.names if each != ENGLAND]
    evidence = gather(found, everyone)[code]
    placed = [
        Placed(each, clean(found.names[each] or each), standing(evidence, each))
        for each in everyone
        if evidence.figure(each) is not None
    ]
    when = found.period_of(code).words
    told = variants_told(found, [code])
    return grid(f"{found.line(code).title}, {when}", placed, "organisation", told)


def grid(subject: str, placed: Sequence[Placed], what: str, said: Sequence[str] = ()) -> Chart:
    """The grid of some lines or organisations (`what` they are), and all of them as a table.

    `said`: further sentences of caption and description.
    """
    title = f"Variation and assurance of {subject}"
    table = _table(title, placed, what)
    cells: dict[tuple[str, str], list[Placed]] = {}
    for each in placed:
        if not each.standing.why_none:
            row = SHARED_ROWS.get(each.standing.assurance, each.standing.assurance)
            cells.setdefault((row, each.standing.variation), []).append(each)
    outside = _outside(placed)
    if not cells:
        return undrawn(f"{title}: there is nothing to show. {outside}".strip(), table)
    told = [
        f"{ROWS[row]}, {COLUMNS[column].lower()}: {_count(held, what)}."
        for row in ROWS
        for column in COLUMNS
        if (held := cells.get((row, column)))
    ]
    about = f"The latest figure of each {what} by its control chart."
    caption = " ".join(filter(None, [f"{title}.", about, outside, *said]))
    alt = " ".join(filter(None, [f"Grid. {title}.", *told, outside, *said]))
    return Chart(_draw(cells, what, alt), alt, caption, table)


def _count(held: Sequence[Placed], what: str) -> str:
    return f"{len(held):,} {what}{'' if len(held) == 1 else 's'}"


def _outside(placed: Sequence[Placed]) -> str:
    """How many have no place in the grid, and why."""
    reasons: dict[str, int] = {}
    for each in placed:
        if each.standing.why_none:
            reasons[each.standing.why_none] = reasons.get(each.standing.why_none, 0) + 1
    said = "; ".join(f"{number:,} ({reason})" for reason, number in sorted(reasons.items()))
    return f"Not in the grid: {said}." if said else ""


def icons_of(how: Standing) -> list[Icon]:
    """The icons of a standing, that of variation first; none where there is none."""
    if how.why_none:
        return []
    found = [variation_icon(how.variation, how.direction)]
    return [*found, assurance_icon(how.assurance)] if how.assurance else found


def standing_words(how: Standing) -> str:
    """The standing in the words of its icons, or why there is none."""
    if how.why_none:
        return sentence(how.why_none)
    first, *others = (each.words for each in icons_of(how))
    outdated = by_limits(how.variation, how.assurance)
    return sentence("; ".join([first, *(f"{outdated}{each}" for each in others)]))


def briefly(how: Standing) -> str:
    """The standing in as few words as an icon beside them needs."""
    if how.why_none:
        return sentence(how.why_none)
    words = BRIEFLY[how.variation].format(how.direction)
    if not how.assurance:
        return words
    return f"{words}; {by_limits(how.variation, how.assurance)}{ASSURED[how.assurance]}"


def _table(caption: str, placed: Sequence[Placed], what: str) -> Table:
    rows = []
    for each in placed:
        words = [icon.words for icon in icons_of(each.standing)] or [each.standing.why_none]
        assurance = words[1] if len(words) > 1 else "no target"
        if each.standing.why_none:
            assurance = "none"
        rows.append(
            (
                f"{each.name} {each.title}" if each.name != each.title else each.name,
                words[0],
                assurance,
            )
        )
    headings = (sentence(what), "Variation", "Assurance")
    return noted(Table(caption, headings, tuple(rows), words=frozenset({1, 2})))


def _draw(cells: dict[tuple[str, str], list[Placed]], what: str, alt: str) -> str:
    columns = [each for each in COLUMNS if each in ALWAYS or any(c == each for _, c in cells)]
    rows = [each for each in ROWS if each or any(row == "" for row, _ in cells)]
    wide = (WIDTH - LEFT) / len(columns)
    parts = []
    for place, column in enumerate(columns):
        x = LEFT + place * wide
        held = [each for (_, c), found in cells.items() if c == column for each in found]
        ways = sorted({each.standing.direction for each in held}) or [""]
        icons = [variation_icon(column, way or "high") for way in ways]
        parts += [
            icon.at(x + PAD + SIZE * (at + 0.5), SIZE / 2 + 2) for at, icon in enumerate(icons)
        ]
        heading = [fit(each, wide - PAD, bold=True) for each in COLUMNS[column].split(": ")]
        parts += _lines(x + PAD, SIZE + 20, heading, bold=True)
    y = HEAD
    for row in rows:
        texts = [_names(cells.get((row, column), []), what, wide) for column in columns]
        high = max(SIZE + LINE_HEIGHT * 2 + 12, LINE_HEIGHT * max(map(len, texts)) + 14)
        parts.append(_box(0, y, wide=LEFT, high=high, fill="#FFFFFF"))
        start = y + 18
        if row:
            parts.append(assurance_icon(row).at(SIZE / 2 + 4, y + SIZE / 2 + 5))
            start = y + SIZE + 22
        parts += _lines(4, start, wrap(ROWS[row], LEFT - 8, 2), bold=True)
        for place, lines in enumerate(texts):
            x = LEFT + place * wide
            parts.append(_box(x, y, wide=wide, high=high, fill=PALE if lines else "#FFFFFF"))
            parts += _lines(x + PAD, y + 18, lines)
        y += high
    return finish("".join(parts), y + 2, alt)


def _names(held: Sequence[Placed], what: str, wide: float) -> list[str]:
    """What stands in a cell: how many, and the names of as many as fit."""
    if not held:
        return []
    return [_count(held, what), *_as_many([each.name for each in held], wide - 2 * PAD)]


def _as_many(names: Sequence[str], most: float) -> list[str]:
    """Whole names in at most MOST_LINES lines of `most` pixels, and how many more there are."""
    words = [f"{name}," for name in names[:-1]] + [names[-1]]
    lines = _filled(words, most)
    if len(lines) <= MOST_LINES:
        return lines
    shown = sum(len(line.split(", ")) for line in lines[:MOST_LINES])
    while len(lines) > MOST_LINES:
        rest = f"{names[shown - 1]} and {len(names) - shown:,} more"
        lines = _filled([*words[: shown - 1], rest], most)
        shown -= 1
    return lines


def _filled(words: Sequence[str], most: float) -> list[str]:
    """Words in lines, each as full as it can be; a word is never parted."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _lines(x: float, y: float, lines: Sequence[str], bold: bool = False) -> list[str]:
    return [
        _text(x, y + LINE_HEIGHT * place, words, bold or place == 0)
        for place, words in enumerate(lines)
    ]


def _text(x: float, y: float, words: str, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{number(x)}" y="{number(y)}"{weight}>{escape(words)}</text>'


def _box(x: float, y: float, *, wide: float, high: float, fill: str) -> str:
    corners = f"M{number(x)} {number(y)}h{number(wide)}v{number(high)}h-{number(wide)}z"
    return f'<path d="{corners}" fill="{fill}" stroke="{GRID}"/>'
