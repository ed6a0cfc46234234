"""How many units remain after each rule, from all records to the figure."""

from __future__ import annotations

from nhsind.charts.base import Chart, cleaned, own_name, undrawn
from nhsind.charts.lettering import LINE_HEIGHT, width_of, wrap
from nhsind.charts.svg import BLUE, GREY, WIDTH, Drawing, Scale, axis, number
from nhsind.family_results import Results
from nhsind.tables import Table, attrition_table

LEFT, BAR, GAP, TOP = 322.0, 20.0, 10.0, 8.0
# The ends of a derivation, which the steps between lead to.
ENDS = ("All ", "Denominator: ", "Numerator: ")


def attrition_chart(results: Results, code: str) -> Chart:
    """Bars of the units that each rule leaves, as the table of the derivation has them."""
    line = results.line(code)
    table = cleaned(attrition_table(results, code))
    title = f"{line.title}, {own_name(results)}, {results.period_of(code).words}"
    steps = [(row[0], row[1], row[2]) for row in table.rows]
    if any(not _is_number(remaining) for _, _, remaining in steps):
        words = "suppressed, because they would tell small numbers"
        if results.steps.policy.rule != "suppress":
            words = "not available"
        return undrawn(f"{title}: the units that each rule leaves out are {words}.", table)
    told = [
        f"{name.rstrip('.')}: {remaining}{f' ({left} left out)' if left else ''}."
        for name, left, remaining in steps
    ]
    alt = f"Bar chart of what remains after each rule. {title}. {' '.join(told)}"
    caption = f"{title}: what remains after each rule."
    return Chart(_draw(table, alt), alt, caption, table)


def _draw(table: Table, alt: str) -> str:
    drawing = Drawing()
    remaining = [_number(row[2]) for row in table.rows]
    labels = [f"{row[2]}{f' ({row[1]} left out)' if row[1] else ''}" for row in table.rows]
    room = max(width_of(label, True) for label in labels) + 10
    bars = axis([0.0, *remaining], LEFT, WIDTH - room)
    # The scale ends at the longest bar: no axis is drawn, since each bar has its number.
    scale = Scale(0.0, max(remaining) or 1.0, bars.start, bars.stop)
    y = TOP
    for row, value, label in zip(table.rows, remaining, labels, strict=True):
        end = row[0].startswith(ENDS)
        lines = wrap(row[0], LEFT - 14, 2)
        high = max(BAR, LINE_HEIGHT * len(lines))
        middle = y + high / 2
        for place, text in enumerate(lines):
            above = (len(lines) - 1) / 2 - place
            drawing.text(LEFT - 10, middle + 4.5 - above * LINE_HEIGHT, text, "end", end)
        drawing.parts.append(
            f'<rect class="{"end" if end else "step"}" x="{number(LEFT)}" '
            f'y="{number(middle - BAR / 2)}" width="{number(scale(value) - LEFT)}" '
            f'height="{number(BAR)}" fill="{BLUE if end else GREY}"/>'
        )
        drawing.text(scale(value) + 6, middle + 4.5, label, bold=end, name="value")
        y += high + GAP
    drawing.line([(LEFT, TOP - 4), (LEFT, y - GAP + 4)], GREY)
    drawing.text(LEFT, y + 10, "Remaining")
    return drawing.finish(y + 20, alt)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).isdigit()


def _number(text: str) -> float:
    return float(text.replace(",", ""))
