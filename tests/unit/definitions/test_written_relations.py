"""Relations between lines as an `indicators.toml` writes them."""

from __future__ import annotations

import re

import pytest

from nhsind.definitions.written_relations import WITHIN, Term, lines_in, read_relations
from nhsind.periods import parse_period


def test_figures_together_are_no_more_than_others() -> None:
    text = "A1 denominator @-1 + B.2 <= C_3 @Q2 + A1 denominator"
    assert re.search(WITHIN, text) and list(lines_in(text)) == ["A1", "B.2", "C_3", "A1"]
    _, (found,) = read_relations([], [text])
    assert found.parts == (Term("A1", back=1, figure="denominator"), Term("B.2"))
    assert found.wholes == (Term("C_3", quarter=2), Term("A1", figure="denominator"))


@pytest.mark.parametrize("text", ["A numerator <= B", "A <= B <= C", "A <= ", "A @Q5 <= B"])
def test_what_is_no_relation(text: str) -> None:
    assert not re.search(WITHIN, text)


@pytest.mark.parametrize(
    ("term", "of", "relation"),
    [
        (Term("A"), "2017-18-Q2", "2017-18-Q2"),
        (Term("A", back=1), "2017-18-Q2", "2017-18-Q3"),
        (Term("A", quarter=2), "2017-18-Q2", "2017-18-Q2"),
        (Term("A", quarter=2), "2017-18-Q1", None),
        (Term("A", quarter=2), "2017-18-Q3", None),
        (Term("A", quarter=2), "2017-18", None),
        (Term("A", is_yearly=True), "2017-18", "2017-18"),
        (Term("A", is_yearly=True), "2017-18-Q4", None),
        (Term("A", is_yearly=True), "2018-03", None),
    ],
)
def test_of_which_period_a_relation_is(term: Term, of: str, relation: str | None) -> None:
    found = term.relation_at(parse_period(of))
    assert (None if found is None else str(found)) == relation
    assert found is None or term.of(found) == parse_period(of)
