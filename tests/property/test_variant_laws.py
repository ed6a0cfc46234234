"""Laws of variants, tried on each family of a small sample: any limit, reading or clause.

What a variant counts is told by its trace; who changes between line and variant makes up the
difference of their figures; what lets more in never counts less.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from common_laws import added_up, lawful
from hypothesis import assume, given
from hypothesis import strategies as st

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.choosing import choices_of
from nhsind.definitions.indicators import STAR, Indicator
from nhsind.definitions.limits import Codes, Score
from nhsind.definitions.variants import clauses_of, placing_clauses, variant
from nhsind.derivation.comparing import compare
from nhsind.derivation.fates import trace_units
from nhsind.derivation.values import measure
from nhsind.periods import Period, parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import open_input

PERIODS = [parse_period(text) for text in ("2018-03", "2017-18-Q4", "2017-18")]
FACTORS = (0, 1, 2, 3)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("variants") / "sample"
    ind.sample(folder, ccgs=4, months=30, scale=0.01)
    return folder


@cache
def opened(family: str, folder: Path) -> Input:
    return open_input(load_family(family), folder)


def period_of(source: Input, line: Indicator) -> Period:
    """The last period that the line answers; of a survey, its last month."""
    months = source.months_of_events(line)
    return months[-1] if months else next(each for each in PERIODS if line.answers(each))


def changed(line: Indicator, draw: Any) -> Indicator:
    """A variant that changes something of a line, or the line itself where nothing can be."""
    family = load_family(line.family)
    clauses = [name for name in clauses_of(line) if name not in placing_clauses(line, family)]
    ways: list[dict[str, Any]] = [{"without": [name]} for name in clauses]
    for reading in choices_of(line).values():
        ways += [{"readings": {reading.code: name}} for name in reading.choices]
    for name, limit in line.limits.items():
        if isinstance(limit, Codes):
            ways += [{"limits": {name: limit.codes[0]}}]
            continue
        if isinstance(limit, Score):
            ways += [{"limits": {name: str(limit.exact * draw(st.sampled_from(FACTORS)) / 2)}}]
            continue
        number = limit.number * draw(st.sampled_from(FACTORS)) // 2
        ways.append({"limits": {name: limit.written.replace(str(limit.number), str(number))}})
    assume(ways)
    return variant(line, family, **draw(st.sampled_from(ways)))


def line_of(family: str, source: Input, draw: Any) -> Indicator:
    """A line of the family that the sample covers."""
    lines = [line for line in source.family.indicators.values() if source.holds(line)]
    line = draw(st.sampled_from(lines))
    assume(source.covers(line, period_of(source, line)))
    return line


def figures(source: Input, line: Indicator) -> pd.DataFrame:
    found = measure(source, [line], periods=[period_of(source, line)], level=source.record_level)
    return found.set_index("org_code")


@pytest.mark.parametrize("family", family_codes())
def test_own_values_give_the_lines_figures(family: str, sample: Path) -> None:
    """Of every limit and reading: as a variant, and derived as one whose name alone differs."""
    source = opened(family, sample)
    for line in source.family.indicators.values():
        own = {name: limit.written for name, limit in line.limits.items()}
        taken = {reading.code: reading.taken for reading in choices_of(line).values()}
        assert variant(line, source.family, limits=own, readings=taken) is line
    lines = [line for line in source.family.indicators.values() if source.holds(line)]
    for period in dict.fromkeys(period_of(source, line) for line in lines):
        asked = [line for line in lines if period_of(source, line) == period]
        asked = [line for line in asked if source.covers(line, period)]
        starred = [
            replace(
                line,
                code=line.code + STAR,
                variant_of=line.code,
                counted_as=line.counted_as or line.code,
                differs=("in nothing",),
            )
            for line in asked
        ]
        found, then = (
            measure(source, each, periods=[period], level=source.record_level)
            for each in (asked, starred)
        )
        then = then.assign(indicator=then["indicator"].str.removesuffix(STAR))
        pd.testing.assert_frame_equal(found, then)
        assert len(found) >= len(asked)


@pytest.mark.parametrize("family", family_codes())
def test_a_variants_trace_adds_up_to_its_figures(family: str, sample: Path) -> None:
    source = opened(family, sample)

    @lawful(2)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        line = changed(line_of(family, source, data.draw), data.draw)
        period = period_of(source, line)
        assume(source.covers(line, period))
        fates = trace_units(source, line, periods=[period], level=source.record_level)
        above = added_up(fates, "in_numerator", "quantity")
        for org, row in figures(source, line).iterrows():
            counted = above.get((org, str(period)), 0)
            assert pd.isna(row["numerator"]) or row["numerator"] == counted

    law()


@pytest.mark.parametrize("family", family_codes())
def test_who_changes_makes_up_the_difference(family: str, sample: Path) -> None:
    source = opened(family, sample)

    @lawful(2)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        line = line_of(family, source, data.draw)
        other, period = changed(line, data.draw), period_of(source, line)
        assume(source.covers(other, period) and source.holds(other))
        found = compare(source, line, other, periods=[period], level=source.record_level)
        units = found.units
        gained = units[units["becomes"] == "numerator"].groupby("org_code")["quantity_then"].sum()
        lost = units[units["was"] == "numerator"].groupby("org_code")["quantity"].sum()
        own = found.figures[found.figures["org_level"] != "england"].set_index("org_code")
        for org, row in own.iterrows():
            if pd.isna(row["numerator"]) or pd.isna(row["numerator_then"]):
                continue
            change = gained.get(org, 0) - lost.get(org, 0)
            assert row["numerator_then"] - row["numerator"] == change, (other.differs, org)
        flows = found.flows[found.flows["org_level"] != "england"]
        assert flows["units"].sum() == units["count"].sum()

    law()


@pytest.mark.parametrize("family", family_codes())
def test_without_a_clause_nothing_is_lost(family: str, sample: Path) -> None:
    source = opened(family, sample)

    @lawful(2)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        line = line_of(family, source, data.draw)
        placing = placing_clauses(line, source.family)
        names = [name for name in clauses_of(line) if name not in placing]
        assume(names)
        name = data.draw(st.sampled_from(names))
        other = variant(line, source.family, without=[name])
        assume(source.covers(other, period_of(source, line)))
        less, more = figures(source, line), figures(source, other)
        for part in ("numerator", "denominator"):
            both = pd.concat([less[part], more[part]], axis=1, keys=["own", "then"]).dropna()
            assert (both["then"] >= both["own"]).all(), (line.code, name, part)

    law()


OUTWARDS = ("age_below", "died_within")
LONGEST = [
    (code, name)
    for family in family_codes()
    for code, line in load_family(family).indicators.items()
    for name in line.limits
    # A person of E.H.9 counts once a year: who is let in may count in an earlier quarter instead.
    # E.O.1_waiting counts those who have waited longer than the limit.
    if (name.startswith("longest_") or (name in OUTWARDS and not code.startswith("E.H.9")))
    and code != "E.O.1_waiting"
]


@pytest.mark.parametrize(("code", "name"), LONGEST)
def test_a_longer_limit_never_counts_less(code: str, name: str, sample: Path) -> None:
    line = ind.define(code).indicator
    source = opened(line.family, sample)
    period = period_of(source, line)
    if not source.covers(line, period):
        pytest.fail(f"the sample does not cover {code}")
    own = line.limits[name]
    last = None
    for number in (own.number // 2, own.number, own.number * 2):
        written = own.written.replace(str(own.number), str(number))
        found = figures(source, variant(line, source.family, limits={name: written}))["numerator"]
        assert last is None or (found >= last).all(), (code, number)
        last = found


# Lists of codes that a unit's own code lets in: more codes, more units.
LETS_IN = ("diagnoses", "modalities", "treatment_functions", "specialties", "attended_statuses")
LETS_IN += ("first_kinds", "follow_up_kinds", "outcomes")
LISTS = [
    (code, name)
    for family in family_codes()
    for code, line in load_family(family).indicators.items()
    for name in line.limits
    if name in LETS_IN
]


@pytest.mark.parametrize(("code", "name"), LISTS)
def test_a_shorter_list_never_counts_more(code: str, name: str, sample: Path) -> None:
    line = ind.define(code).indicator
    source = opened(line.family, sample)
    own = line.limits[name]
    assert isinstance(own, Codes)
    first = figures(source, variant(line, source.family, limits={name: own.codes[0]}))
    assert (first["numerator"] <= figures(source, line)["numerator"]).all()


def test_a_variant_with_the_lines_own_values_is_the_line() -> None:
    for family in map(load_family, family_codes()):
        for code, line in family.indicators.items():
            own = {name: limit.written for name, limit in line.limits.items()}
            taken = {name: reading.taken for name, reading in choices_of(line).items()}
            assert variant(line, family, limits=own, readings=taken) is line, code
            for name, value in own.items():
                assert variant(line, family, limits={name: value}) is line, (code, name)
            for name, choice in taken.items():
                assert variant(line, family, readings={name: choice}) is line, (code, name)
            for row in line.standards:
                rows = [each for each in line.standards if each.kind == "standard"]
                if len(rows) == 1 and row in rows and not row.is_own:
                    same = {"standard": f"{row.operator}{row.value}"}
                    assert variant(line, family, limits=same) is line, code
