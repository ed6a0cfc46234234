"""What a control chart says: the latest point, the chart as a whole, the target; and its table.

The icon speaks of the latest point alone; what else the chart shows is said apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import isnan

from nhsind.charts.control_parts import ChartAim, Control, VerdictLine
from nhsind.charts.icons import assurance_icon, by_limits, variation_icon
from nhsind.charts.lettering import clean
from nhsind.narrative.wording import listed, sentence
from nhsind.statistics.control_chart import ASSURANCE, VARIATION, ControlChart
from nhsind.statistics.signals import FLAGS

# The most spans of earlier special causes that a sentence names.
MOST_SPANS = 3
LIMITS = ("mean", "lower_limit", "upper_limit")


def verdicts(control: Control) -> list[VerdictLine]:
    """The latest point, the signals before it, and the target against the limits, with icons."""
    found = control.chart
    said = []
    if found.variation is not None:
        last = int(found.known[-1])
        label = found.labels[last]
        because = f" ({FLAGS[label]})" if label else ""
        words = f"Latest, {control.names[last]}: {VARIATION[found.variation]}{because}."
        said.append(VerdictLine(words, variation_icon(found.variation, found.direction)))
        said += [VerdictLine(each) for each in (_conflict(found), _before(control, last)) if each]
    if found.promise is not None:
        name = aim_name(control.aims[0]) if control.aims else "Target"
        icon, outdated = assurance_icon(found.promise), by_limits(found.variation, found.promise)
        words = f"{outdated}{icon.words}" if outdated else ASSURANCE.get(found.promise, icon.words)
        said.append(VerdictLine(f"{name}: {words}.", icon))
    return said


def _conflict(found: ControlChart) -> str:
    """Both of what the latest point is, where rules disagree."""
    if not found.is_conflict:
        return ""
    flags = [FLAGS[flag] for flag in found.flags[found.known[-1]]]
    return f"Rules disagree on the latest point: {listed(flags)}; it is shown as {found.variation}."


def _before(control: Control, last: int) -> str:
    """The special causes before those that go on to the latest point."""
    spans = signal_spans(control.chart.meanings)
    if spans and spans[-1][2] == last:
        spans.pop()
    if not spans:
        return ""
    by_meaning: dict[str, list[str]] = {}
    for meaning, first, end in spans[-MOST_SPANS:]:
        by_meaning.setdefault(meaning, []).append(_span(control, first, end))
    said = [
        f"special cause{'' if meaning == 'neutral' else f' of {meaning}'} in {listed(when)}"
        for meaning, when in by_meaning.items()
    ]
    also = ", and before" if len(spans) > MOST_SPANS else ""
    return f"Earlier on this chart: {'; '.join(said)}{also}."


def signal_spans(meanings: Sequence[str]) -> list[tuple[str, int, int]]:
    """What each run of signalling points means, with its first and last point."""
    found = []
    for meaning, run in groupby(range(len(meanings)), key=lambda place: meanings[place]):
        points = list(run)
        if meaning:
            found.append((meaning, points[0], points[-1]))
    return found


def _span(control: Control, first: int, last: int) -> str:
    return " to ".join(dict.fromkeys([control.names[first], control.names[last]]))


def in_words(control: Control) -> Iterator[str]:
    """The latest value with mean and limits, and every special cause."""
    found, words = control.chart, control.scale.words
    last = found.known[-1]
    yield f"The latest value is {control.told[last]}, in {control.names[last]}."
    mean, lower, upper = (float(getattr(found, name)[last]) for name in LIMITS)
    if not isnan(upper):
        limits = f"its limits are {words(lower)} and {words(upper)}"
        if isnan(lower):
            limits = f"its upper limit is {words(upper)}, and there is no lower one"
        yield f"Its mean is {words(mean)}, {limits}."
    for aim in control.aims:
        if aim.values[last] is not None and aim.words:
            yield f"{aim.words}."
    kinds = list(zip(found.labels, found.meanings, strict=True))
    for (flag, meaning), run in groupby(range(len(kinds)), key=lambda place: kinds[place]):
        points = list(run)
        if flag:
            side = "" if meaning == "neutral" else f" ({meaning})"
            yield f"{_span(control, points[0], points[-1])}: {FLAGS[flag]}{side}."
    for at, note in control.notes.items():
        yield f"{control.names[at]}: {note}."


def basis_words(control: Control) -> list[str]:
    """What limits were made from, and why: a sentence each."""
    basis, names = control.chart.basis, control.names
    said = [
        f"Limits were recalculated from {names[at]}{_why(reason)}."
        for at, reason in basis.recalculated.items()
    ]
    if basis.baseline:
        points, reason = basis.baseline
        said.append(f"Limits are those of the first {points} points{_why(reason)}.")
    said += [
        f"{names[at]} is shown but left out of everything else{_why(reason)}."
        for at, reason in basis.ghosted.items()
    ]
    return said


def aim_name(aim: ChartAim) -> str:
    """What an aim is called: the first of its words."""
    return next((told.split(" ")[0] for told in reversed(aim.told) if told), "Target")


def aim_cell(aim: ChartAim, place: int) -> str:
    """An aim's number at a point, for a table."""
    return aim.told[place].partition(" ")[2] or "none"


def _why(reason: str) -> str:
    return f": {clean(reason)}" if reason else ""


def unseen(control: Control) -> Iterator[str]:
    """Limits that lie where no value can be."""
    for name in ("lower", "upper"):
        limits = getattr(control.chart, f"{name}_limit")
        drawn = control.drawn(limits)
        if any(not isnan(value) and at is None for value, at in zip(limits, drawn, strict=True)):
            beyond = "below 0" if name == "lower" else "above 100%"
            yield f"The {name} limit lies {beyond}, where it is not drawn."


def warnings(control: Control) -> list[str]:
    """What a reader of the chart must be told, but for the conflict, which is a verdict."""
    told = control.chart.warnings
    return [f"{sentence(each)}." for each in (told[:-1] if control.chart.is_conflict else told)]


def limit_cells(control: Control, place: int) -> list[str]:
    """Mean and limits of a point for a table."""
    values = [float(getattr(control.chart, name)[place]) for name in LIMITS]
    return ["none" if isnan(value) else control.scale.words(value) for value in values]


def cause_cell(control: Control, place: int) -> str:
    """What is special about a point, for a table."""
    found = control.chart
    if place in found.basis.ghosted:
        return f"left out{_why(found.basis.ghosted[place])}"
    flag, meaning = found.labels[place], found.meanings[place]
    side = "" if meaning in ("", "neutral") else f": {meaning}"
    return f"{FLAGS[flag]}{side}" if flag else "none"
