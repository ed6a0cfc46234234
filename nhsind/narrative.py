"""What the numbers say, in sentences built from released figures by rules that can be read here.

Order: what is counted and the verdict, change, comparison, caution. A sentence that its numbers
don't carry is not written; from a suppressed figure there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

import pandas as pd

from nhsind.definition import Indicator
from nhsind.family_results import Results
from nhsind.geography import ENGLAND
from nhsind.judge import half_up, judge
from nhsind.periods import Period
from nhsind.statistics import newcombe, wilson
from nhsind.tables import interval_words, value_words

# Below this many units a percentage moves by 2 points or more with each one.
SMALL_DENOMINATOR = 50


@dataclass(frozen=True)
class Narrative:
    """Sentences; each paragraph is about one line or one group of lines."""

    paragraphs: tuple[str, ...]

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)

    def __repr__(self) -> str:
        return "\n\n".join(self.paragraphs)


def interpret(results: Results, org: str | None = None) -> Narrative:
    """The interpretation of a family's figures for its organisation (or `org`) and period."""
    looked_at = results.for_organisation(org) if org else results
    paragraphs = []
    counts = []
    for code, line in looked_at.family.indicators.items():
        row = looked_at.figure(code)
        if row is None:
            continue
        if line.kind == "count":
            counts.append((line, row))
        else:
            paragraphs.append(_proportion(looked_at, line, row))
    if counts:
        paragraphs.append(_counts(looked_at, counts))
    return Narrative(tuple(paragraphs))


def _proportion(results: Results, line: Indicator, row: pd.Series[Any]) -> str:
    if pd.isna(row["value"]):
        return _no_value(results, line, row)
    waiting = counted(int(row["denominator"]), line.waiting_in_words)
    sentences = [
        f"{_when(results.period, line)}, {value_words(row)} of {waiting} of {results.name} "
        f"were {line.within_in_words} (95% interval {interval_words(row)})."
    ]
    standard = line.standard(results.period, results.level)
    if standard is not None:
        verdict = judge(int(row["numerator"]), int(row["denominator"]), standard)
        sentences.append(_verdict(line, verdict))
    sentences += _changes(results, line, row)
    sentences += _beside_england(results, line, row)
    sentences += _rank(results, line)
    if int(row["denominator"]) < SMALL_DENOMINATOR:
        sentences.append(
            f"With {waiting} the figure moves by "
            f"{half_up(Fraction(100, int(row['denominator'])), 1)} percentage points for each one."
        )
    return " ".join(sentences)


def _no_value(results: Results, line: Indicator, row: pd.Series[Any]) -> str:
    if row["status"] == "suppressed":
        return f"{line.title}: the figure of {results.name} is suppressed, because it is small."
    return (
        f"{line.title}: {results.name} had no {line.waiting_in_words} in "
        f"{results.period.words}, so there is no percentage."
    )


def _verdict(line: Indicator, verdict: Any) -> str:
    standard = verdict.standard
    gap = half_up(abs(verdict.gap) * 100, 1)
    if verdict.gap == 0:
        where = f"exactly at the standard of {standard.value_words}"
    else:
        side = "above" if verdict.gap > 0 else "below"
        tenth = abs(verdict.gap) * 100 < Fraction(1, 10)
        size = f"{'less than 0.1' if tenth else gap} percentage points"
        where = f"{side} the standard of {standard.value_words} by {size}"
    if verdict.meets:
        return f"That is {where}: the standard was met."
    change = "more" if standard.operator in (">=", ">") else "fewer"
    units = counted(verdict.units_short, f"{change} {line.unit}")
    return (
        f"That is {where}: the standard was not met. {units} {line.within_in_words} would have "
        "met it."
    )


def _changes(results: Results, line: Indicator, row: pd.Series[Any]) -> list[str]:
    """Change since the period before and a year before, with Newcombe's interval."""
    sentences: list[str] = []
    for earlier, words in (
        (results.period.previous, "the period before"),
        (results.period.year_before, "a year before"),
    ):
        before = results.figure(line.code, period=earlier)
        if before is None or pd.isna(before["value"]):
            continue
        if (
            earlier == results.period.previous
            and earlier == results.period.year_before
            and sentences
        ):
            continue
        gap = Fraction(int(row["numerator"]), int(row["denominator"])) - Fraction(
            int(before["numerator"]), int(before["denominator"])
        )
        lower, upper = newcombe(
            int(row["numerator"]),
            int(row["denominator"]),
            int(before["numerator"]),
            int(before["denominator"]),
        )
        then = f"{words} ({value_words(before)} in {earlier.words})"
        if lower <= 0 <= upper:
            sentences.append(f"It is not clearly different from {then}.")
            continue
        direction = "higher" if gap > 0 else "lower"
        sentences.append(
            f"It is {half_up(abs(gap) * 100, 1)} percentage points {direction} than {then}; "
            f"95% interval of the change {100 * lower:+.1f} to {100 * upper:+.1f}."
        )
    return sentences


def _beside_england(results: Results, line: Indicator, row: pd.Series[Any]) -> list[str]:
    england = results.figure(line.code, ENGLAND)
    if england is None or pd.isna(england["value"]):
        return []
    value = float(england["value"])
    if row["ci_lower"] > value:
        place = "above"
    elif row["ci_upper"] < value:
        place = "below"
    else:
        return [f"England stood at {value_words(england)}, within the interval: similar."]
    return [f"England stood at {value_words(england)}; the whole interval lies {place} it."]


def _rank(results: Results, line: Indicator) -> list[str]:
    table = results.figures.frame
    rows = table[
        (table["indicator"] == line.code)
        & (table["period"] == str(results.period))
        & (table["org_code"] != ENGLAND)
        & table["value"].notna()
    ]
    own = rows[rows["org_code"] == results.organisation]
    if len(rows) < 3 or own.empty:
        return []
    value = float(own["value"].iloc[0])
    better = rows["value"] > value if line.polarity == "higher" else rows["value"] < value
    ties = int((rows["value"] == value).sum()) - 1
    rank = int(better.sum()) + 1
    shared = f", level with {ties} others" if ties > 1 else ", level with one other" if ties else ""
    if line.polarity not in ("higher", "lower"):
        return []
    best = "highest" if line.polarity == "higher" else "lowest"
    return [
        f"Ranked by value, it is number {rank} of {len(rows)} organisations, {best} first{shared}."
    ]


def _counts(results: Results, counts: list[tuple[Indicator, pd.Series[Any]]]) -> str:
    """The counts, and their change in a year where it is beyond chance.

    Two Poisson counts are compared by the Wilson interval of the first's share of their sum.
    """
    known = [(line, row) for line, row in counts if not pd.isna(row["value"])]
    if not known:
        return "The activity counts are suppressed, because they are small."
    listed = [counted(int(row["numerator"]), line.waiting_in_words) for line, row in known]
    last = listed.pop()
    joined = f"{', '.join(listed)} and {last}" if listed else last
    verb = "was" if joined.startswith("1 ") else "were"
    sentences = [f"In {results.period.words} there {verb} {joined}."]
    alike = []
    for line, row in known:
        before = results.figure(line.code, period=results.period.year_before)
        if before is None or pd.isna(before["value"]) or int(before["numerator"]) == 0:
            continue
        now, then = int(row["numerator"]), int(before["numerator"])
        lower, upper = wilson(now, now + then)
        if lower <= 0.5 <= upper:
            alike.append(f"{line.waiting_in_words} ({then:,})")
            continue
        share = half_up(abs(Fraction(now - then, then)) * 100, 1)
        more = "more" if now > then else "fewer"
        sentences.append(
            f"That is {share}% {more} {line.waiting_in_words} than a year before ({then:,})."
        )
    if alike:
        sentences.append(f"Not clearly different from a year before: {', '.join(alike)}.")
    return " ".join(sentences)


def counted(number: int, plural: str) -> str:
    """`1 new pathway`, `2 new pathways`."""
    return f"{number:,} {plural.removesuffix('s') if number == 1 else plural}"


def _when(period: Period, line: Indicator) -> str:
    if line.period_rule == "snapshot":
        return f"On {period.end.day} {period.end:%B %Y}"
    return f"In {period.words}"
