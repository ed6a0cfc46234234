"""What is read first of a family: the figures that a standard judges, each with a small chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from math import isnan
from typing import NamedTuple

from nhsind.charts.base import factor
from nhsind.charts.change_words import change_words
from nhsind.charts.grid import standing_words
from nhsind.charts.small_control import Small
from nhsind.charts.times import in_words, short
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import PARTLY, WITHHELD, Mark, Status
from nhsind.geography import ENGLAND
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.patterns import run_words
from nhsind.narrative.standing import NO_CHART, Standing, by_most, standing
from nhsind.narrative.wording import sentence
from nhsind.release.hidden import note_of, why_hidden
from nhsind.release.results import Results, Row, lacks
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.cells import (
    count_words,
    has_standard,
    is_rounded,
    lacks_its_own,
    met_words,
    plan_words,
    standard_words,
    told_words,
    value_words,
)

# A reader takes in three; the rest stand in the page.
MOST_FIGURES = 3
# What stands between the counts of a value, by its kind.
BETWEEN = {"proportion": "of", "rate": "per", "ratio": "against"}
IN_ORDER = ("not met", "met", "")


class KeyFigure(NamedTuple):
    """A figure in words: value, `n of N`, `met`, `not met` or nothing, and the verdict as said.

    `said`: how it stands and how it changed, in a sentence; `chart`: its small control chart.
    `beside`: the value of England, which it is compared with. `missed_by`: the order of those
    that are not met.
    """

    code: str
    title: str
    value: str
    counts: str
    met: str
    verdict: str
    said: str = ""
    chart: str = ""
    beside: str = ""
    missed_by: tuple[bool, float] = (True, 0.0)


def key_figures(found: Results, known: Mapping[str, Evidence]) -> list[KeyFigure]:
    """Up to three figures of the organisation: those missed by most first, then as defined.

    Of a family without standards, those that a plan judges; of one without plans, its first figures
    that are no counts, else its first.
    """
    rows = [
        (line, row)
        for line in found.family.indicators.values()
        if (row := found.figure(line.code)) is not None
    ]
    judged = [(line, row) for line, row in rows if has_standard(row)]
    shares = [(line, row) for line, row in rows if not line.is_count]
    planned = [(line, row) for line, row in rows if not lacks(row, "meets_plan")]
    of = judged or planned or shares or rows
    few = most_pressing(_figure(found, line, row) for line, row in of)
    return [_drawn(each, known[each.code], found) for each in few]


def most_pressing(figures: Iterable[KeyFigure]) -> list[KeyFigure]:
    """The few that a reader takes in: not met, then met, then those without a verdict.

    Of those not met first what is missed by most.
    """
    in_order = sorted(figures, key=lambda each: (IN_ORDER.index(each.met), each.missed_by))
    return in_order[:MOST_FIGURES]


def _figure(found: Results, line: Indicator, row: Row) -> KeyFigure:
    met = met_words(row["meets_plan" if _is_by_plan(row) else "meets_standard"], "")
    return KeyFigure(
        line.code,
        line.title,
        told_words(row),
        _counts_or_why(line, row),
        met,
        _verdict(found, line, row, met),
        beside=_beside(found, line),
        missed_by=missed_by(row) if met == "not met" else (True, 0.0),
    )


def missed_by(row: Row) -> tuple[bool, float]:
    """The order of a figure that misses its standard, or else its plan (`by_most`)."""
    aim = "plan" if lacks(row, "meets_standard") or row["meets_standard"] else "standard"
    ends = ("value", "ci_lower", "ci_upper")
    of = (float("nan") if lacks(row, name) else float(row[name]) for name in (aim, *ends))
    return by_most(*of)


def _is_by_plan(row: Row) -> bool:
    """Whether no standard judges a figure, and a plan does."""
    return lacks(row, "standard") and not lacks(row, "meets_plan")


def _beside(found: Results, line: Indicator) -> str:
    """`England 87.6%`; nothing of a count, which grows with the organisation."""
    row = found.figure(line.code, ENGLAND)
    if line.is_count or row is None or found.organisation == ENGLAND:
        return ""
    if (lacks(row, "value") and not is_rounded(row)) or found.is_total(line.code):
        return ""
    part = f" {PARTLY}" if row["status"] == Status.PARTIAL else ""
    return f"{sentence(found.everyone)} {value_words(row)}{part}"


def _drawn(figure: KeyFigure, evidence: Evidence, found: Results) -> KeyFigure:
    """The figure with its sentence and its chart."""
    code = found.organisation
    change = change_words(evidence, code)
    how = standing(evidence, code)
    # What rounded counts leave out is said once, with all figures.
    said = [] if how.why_none == TOO_COARSE else [_standing(how)]
    if run := run_words(evidence, code):
        said.append(sentence(run))
    if change not in (*Mark, WITHHELD):
        said.append(sentence(change))
    if unusually := evidence.in_doubt.get(code):
        said.append(sentence(unusually.words))
    told = f"{'. '.join(said)}." if said else ""
    return figure._replace(said=told, chart=_chart(evidence, code))


def _standing(how: Standing) -> str:
    """How a figure stands; where it has no control chart, that it has none."""
    lacks_points = bool(how.why_none) and not how.why_none.startswith(NO_CHART)
    return f"{sentence(NO_CHART)}: {how.why_none}" if lacks_points else standing_words(how)


def _chart(evidence: Evidence, code: str) -> str:
    """The small control chart of a line; of figures that have none, their values alone."""
    line, times, chart = evidence.line, factor(evidence.line), evidence.charts.get(code)
    held = [evidence.figure(code, each) for each in evidence.periods]
    known = [place for place, each in enumerate(held) if each is not None]
    # Of rounded figures some are ranges, and a line between the others would be no series.
    if not known or any(each is not None and each.is_rounded for each in held):
        return ""
    shown = slice(known[0], None)

    def of(pick: Callable[[Figure], float]) -> list[float]:
        return [
            float("nan") if each is None or not each.is_known else times * pick(each)
            for each in held[shown]
        ]

    values = of(lambda each: each.value)
    aims = of(lambda each: each.plan if isnan(each.standard) else each.standard)
    ends = [short(each) for each in (evidence.periods[shown][0], evidence.period)]
    small = Small(values, target=aims, ends=(ends[0], ends[1]))
    kind = "Line chart"
    if chart is not None and chart.variation is not None:
        mean, lower, upper = (
            [times * float(each) for each in series[shown]]
            for series in (chart.mean, chart.lower_limit, chart.upper_limit)
        )
        lowest = 0.0 if min(chain(values), default=0.0) >= 0 else float("-inf")
        highest = 100.0 if line.kind == "proportion" else float("inf")
        limits = tuple(
            [each if lowest <= each <= highest else float("nan") for each in series]
            for series in (lower, upper)
        )
        small = Small(values, mean, (limits[0], limits[1]), aims, chart.meanings[shown], small.ends)
        kind = "Control chart"
    when = " to ".join(
        dict.fromkeys(in_words(each) for each in (evidence.periods[shown][0], evidence.period))
    )
    return small.drawn(f"{kind} of {line.title}, {when}; it stands larger with the line.")


def _counts_or_why(line: Indicator, row: Row) -> str:
    """The counts of a figure, or what the mark in its place means."""
    mark = str(row["value_mark"])
    if mark not in list(Mark) or is_rounded(row):  # a range stands in place of a value
        return counts_of(line, row)
    return why_hidden(note_of(row)) if mark == Mark.SUPPRESSED else Mark(mark).meaning


def counts_of(line: Indicator, row: Row) -> str:
    """`7,864 of 8,510 incomplete pathways`, `120 per 190,040 people` of a rate, `2,015
    against 2,685.5 people` of a ratio.

    Nothing where a value is hidden, of a mean or a count.
    """
    if line.kind not in BETWEEN or (lacks(row, "value") and not is_rounded(row)):
        return ""
    measures = (line.numerator, line.denominator)
    above, below = (
        f"{'roughly ' if is_rounded(row) and each and not each.public else ''}"
        f"{count_words(row[name])}"
        for each, name in zip(measures, ("numerator", "denominator"), strict=True)
    )
    return f"{above} {BETWEEN[line.kind]} {below} {line.waiting_in_words}"


def _verdict(found: Results, line: Indicator, row: Row, met: str) -> str:
    """`Standard of at least 92%: met`, or why there is no verdict."""
    if _is_by_plan(row):
        return f"Plan of {plan_words(line, row)}: {met}"
    of_line = line.standard(found.period_of(line.code), found.level)
    if lacks_its_own(of_line, row):
        return "A standard of its own, which is not shown: no verdict"
    if not has_standard(row):
        return "No standard for this period"
    standard = standard_words(of_line, row)
    if met:
        return f"Standard of {standard}: {met}"
    if is_rounded(row):
        return f"Standard of {standard}: {TOO_COARSE}"
    if row["status"] == Status.NOT_COVERED:
        return f"Standard of {standard}: no verdict, since the data do not cover the period"
    if str(row["value_mark"]) == Mark.SUPPRESSED:
        return f"Standard of {standard}: no verdict, since the figure is hidden"
    return f"Standard of {standard}: no verdict"
