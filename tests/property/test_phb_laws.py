"""Laws that the personal health budget figures obey for any set of budgets and populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd
from common_laws import (
    HERE,
    QUARTERS,
    Codes,
    Family,
    Tables,
    common_laws,
    derive,
    edges,
    figures_of,
    lawful,
    records_and_their_counts_agree,
    table_of,
)
from hypothesis import given
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.periods import parse_period

ALL = [*QUARTERS, "2017-18"]
EDGES = edges(["2016-17-Q4", *QUARTERS])
DATES = st.one_of(st.sampled_from(EDGES), st.dates(date(2016, 1, 1), date(2018, 6, 30)))
PEOPLE = {("A", "2017-18-Q1"): 1000, ("A", "2017-18-Q4"): 3000, ("B", "2017-18-Q4"): 500}


class Budget(NamedTuple):
    phb_id: str
    person_id: str | None
    ccg_code: str | None
    start_date: date | None
    end_date: date | None


@st.composite
def budgets(draw: st.DrawFn, ccgs: Codes, name: str = "p") -> list[Budget]:
    """Budgets, some of them in parts: the same person's, begun on the same day."""
    rows: list[Budget] = []
    for number in range(draw(st.integers(5, 25))):
        start, person = draw(DATES), draw(st.sampled_from([f"{name}{number}"] * 4 + [None]))
        ccg = draw(st.sampled_from(ccgs))
        begins = draw(st.sampled_from([start] * 9 + [None]))
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
            end = draw(st.none() | DATES | st.just(start) | st.just(start - timedelta(days=1)))
            rows.append(Budget(f"{name}-{len(rows):03d}", person, ccg, begins, end))
    return rows


def frames(rows: Sequence[Budget], codes: Codes = ("A", "B")) -> dict[str, pd.DataFrame]:
    people = [(code, quarter, size) for (code, quarter), size in PEOPLE.items() if code in codes]
    columns = ["ccg_code", "period", "gp_registered_population"]
    return {
        "budgets": table_of(Budget, rows),
        "population": pd.DataFrame(people, columns=columns, dtype=object),
    }


def tables(codes: Codes, name: str) -> st.SearchStrategy[Tables]:
    return st.builds(frames, budgets(codes, name), st.just(codes))


PHB = Family("phb", tables, ALL, examples=2)
TestCommonLaws = common_laws(PHB)


@lawful(2)
@given(budgets(HERE))
def test_budgets_of_nobody_named_and_their_counts_agree(rows: list[Budget]) -> None:
    """Rows that name a person may be parts of one budget; these are a budget each."""
    alone = frames([row._replace(person_id=None) for row in rows])
    records_and_their_counts_agree(replace(PHB, counted={"budgets": "phb_id"}), alone)


@lawful(3)
@given(budgets(("A", "B", "NONC", None)))
def test_line_3_is_lines_1_and_2_and_the_year_begins_with_q1(rows: list[Budget]) -> None:
    found = figures_of(derive("phb", frames(rows), ALL))
    for ccg in ("A", "B"):
        for quarter in QUARTERS:
            at_start, new, all_of_it = (
                found[f"E.N.1_{line}", ccg, quarter][0] for line in (1, 2, 3)
            )
            assert at_start + new == all_of_it  # type: ignore[operator]
            assert found["E.N.1", ccg, quarter][0] == all_of_it
        begun = [found["E.N.1_2", ccg, quarter][0] for quarter in QUARTERS]
        over_the_year = found["E.N.1_1", ccg, QUARTERS[0]][0] + sum(begun)  # type: ignore[operator, call-overload]
        assert found["E.N.1_annual", ccg, "2017-18"][0] == over_the_year
        assert found["E.N.1_rolling", ccg, "2017-18-Q4"][0] == over_the_year


@lawful(8)
@given(budgets(("A", "B", None)))
def test_a_plain_loop_over_budgets_gives_the_same_figures(rows: list[Budget]) -> None:
    found = figures_of(derive("phb", frames(rows), ALL))
    wholes = combined(rows)
    for ccg in ("A", "B"):
        for text in ALL:
            period = parse_period(text)
            earliest = period.shift(-3).start if period.kind == "quarter" else period.start
            mine = [(start, end) for code, start, end in wholes if code == ccg]
            at_start = sum(s < period.start and (not e or e >= period.start) for s, e in mine)
            new = sum(period.contains(s) for s, _ in mine)
            rolling = sum(
                (s < earliest and (not e or e >= earliest)) or earliest <= s <= period.end
                for s, e in mine
            )
            people = PEOPLE.get((ccg, "2017-18-Q4" if text == "2017-18" else text))
            if period.kind == "year":
                assert found["E.N.1_annual", ccg, text] == (at_start + new, people)
                continue
            assert found["E.N.1_1", ccg, text] == (at_start, None)
            assert found["E.N.1_2", ccg, text] == (new, None)
            assert found["E.N.1_3", ccg, text] == (at_start + new, None)
            assert found["E.N.1", ccg, text] == (at_start + new, people)
            assert found["E.N.1_rolling", ccg, text] == (rolling, people)


def test_quarters_and_years_have_lines_of_their_own() -> None:
    quarter, year = parse_period("2017-18-Q4"), parse_period("2017-18")
    for code, line in load_family("phb").indicators.items():
        assert line.answers(quarter) == (code != "E.N.1_annual")
        assert line.answers(year) == (code == "E.N.1_annual")
        assert not line.answers(parse_period("2018-03"))


def combined(rows: Sequence[Budget]) -> list[tuple[str, date, date | None]]:
    """Commissioner, start and last end of each budget; its parts are one."""
    parts: dict[tuple[str, date], list[Budget]] = {}
    for row in rows:
        start, end = row.start_date, row.end_date
        if start is not None and row.ccg_code and not (end and end < start):
            parts.setdefault((row.person_id or row.phb_id, start), []).append(row)
    return [
        (
            of_one[0].ccg_code or "",
            start,
            None if any(p.end_date is None for p in of_one) else max(p.end_date for p in of_one),  # type: ignore[type-var]
        )
        for (_, start), of_one in parts.items()
    ]
