"""What a rule leaves out that is of everybody's records, where the data are not all of England.

An A&E department is busy enough by all its attendances. Of the records of one commissioner they
are a part, so that the rule may leave out departments that are busy enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from nhsind.definitions.indicators import Indicator, Measure
from nhsind.derivation.sums import counted_with_and_without
from nhsind.periods import Period, listed
from nhsind.sources.checked_input import Input


def judged_on_part(
    opened: Input, asked: Iterable[tuple[Indicator, Period]]
) -> list[tuple[str, tuple[str, ...]]]:
    """What such a rule leaves out of lines and periods, in words, and the lines it is about.

    Lines of the same periods share a sentence, with the numbers of the first of them.
    """
    asked_of: dict[str, tuple[Indicator, list[Period]]] = {}
    for line, period in asked:
        if line.answers(period) and is_on_part(opened, line, period):
            asked_of.setdefault(line.code, (line, []))[1].append(period)
    alike: dict[tuple[Period, ...], list[Indicator]] = {}
    for line, periods in asked_of.values():
        alike.setdefault(tuple(periods), []).append(line)
    told = []
    for of, lines in alike.items():
        rows = _beside(opened, lines[0], list(of), level=opened.record_level, engine="duckdb")
        lost, all_of = int(rows["lost"].sum()), int(rows["all"].sum())
        if lost:
            codes = tuple(line.code for line in lines)
            told.append(
                (
                    f"{opened.family.code}: {lost:,} of {all_of:,} {lines[0].waiting_in_words} of "
                    f"{listed(of)} are not in {', '.join(codes)}: "
                    f"{lines[0].looks_across} is judged on these data, which are not all of "
                    f"England{_remedy(lines[0])}",
                    codes,
                )
            )
    return told


def judged_on_part_in_all(opened: Input) -> list[str]:
    """The same, in words, of all months that the records have."""
    lines = [line for line in opened.family.indicators.values() if line.looks_across_quarters]
    return [
        words
        for words, _ in judged_on_part(
            opened,
            (
                (line, each.month)
                for line in lines
                if opened.holds(line)
                for table, column in opened.family.placed_by(line)
                for each in opened.monthly(table, column).months
            ),
        )
    ]


def is_on_part(opened: Input, line: Indicator, period: Period) -> bool:
    """Whether a rule of the line is judged on the records of some commissioners only.

    Records that name no commissioner are a provider's own, and all that it has.
    """
    if not line.looks_across_quarters or not opened.commissioners:
        return False
    return opened.covers(line, period) and not opened.is_national(period)


def note_what_is_lost(
    opened: Input,
    line: Indicator,
    counted: pd.DataFrame,
    *,
    periods: list[Period],
    level: str,
    engine: str,
) -> None:
    """Say of organisations without any unit that such a rule leaves out all that they have."""
    if "denominator" not in counted or not line.looks_across_quarters:
        return
    empty = counted["denominator"].eq(0).fillna(False) & (counted["note"] == "")
    texts = set(counted.loc[empty, "period"])
    of = [each for each in periods if str(each) in texts and is_on_part(opened, line, each)]
    if not of:
        return
    rows = _beside(opened, line, of, level=level, engine=engine)
    lost = rows[rows["lost"] > 0].set_index(["org_code", "period"])["lost"].to_dict()
    keys = zip(counted["org_code"], counted["period"], empty, counted["note"], strict=True)
    counted["note"] = [
        f"{lost[org, period]:,} {line.waiting_in_words}, all left out by {line.looks_across}, "
        f"which is judged on these data, which are not all of England{_remedy(line)}"
        if is_empty and (org, period) in lost
        else note
        for org, period, is_empty, note in keys
    ]


def _beside(
    opened: Input, line: Indicator, periods: list[Period], *, level: str, engine: str
) -> pd.DataFrame:
    """By organisation and period how many units there are without the rule, and lost by it."""
    name = "numerator" if line.denominator is None else "denominator"
    keys = ["org_code", "period"]
    counted = counted_with_and_without(
        opened,
        line,
        _without(line),
        clause=line.looks_across,
        periods=periods,
        level=level,
        engine=engine,
    )
    now, then = (rows.set_index(keys)[name] for rows in counted)
    lost = then - now.reindex(then.index).fillna(0)
    return pd.DataFrame({"all": then, "lost": lost}).reset_index()


def _without(line: Indicator) -> Indicator:
    """The line without the rule, under a code of its own: it is counted, and shown nowhere."""

    def passed(measure: Measure) -> Measure:
        clauses = tuple(name for name in measure.clauses if name != line.looks_across)
        return replace(measure, clauses=clauses)

    return replace(
        line,
        code=f"{line.code} without {line.looks_across}",
        numerator=passed(line.numerator),
        denominator=line.denominator and passed(line.denominator),
    )


def _remedy(line: Indicator) -> str:
    """The reading that does without the rule, as `--reading` takes it."""
    choices = [
        f"{reading.code}={choice.name}"
        for reading in line.readings
        for choice in reading.choices.values()
        if choice.clauses.get(line.looks_across) == ()
    ]
    return f" (the reading {choices[0]} does without the rule)" if choices else ""
