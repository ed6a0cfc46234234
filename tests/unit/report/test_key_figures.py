"""The figures that a page says first, from released results."""

from __future__ import annotations

import pytest
from released_figures import ADMITTED, HIDES, MARCH, WITHIN, figures

from nhsind.report.key_figures import KeyFigure, key_figures, most_pressing


@pytest.mark.parametrize(
    ("numerator", "met", "verdict"),
    [
        (920, "met", "Standard of at least 92%: met"),
        (919, "not met", "Standard of at least 92%: not met"),
    ],
)
def test_a_judged_figure(numerator: int, met: str, verdict: str) -> None:
    found = figures((WITHIN, "A", MARCH, numerator, 1000), (ADMITTED, "A", MARCH, 7, None))
    (figure,) = key_figures(found, "A")
    assert (figure.code, figure.met, figure.verdict) == (WITHIN, met, verdict)
    assert figure.value == f"{numerator / 10:.1f}%"
    assert figure.counts == f"{numerator} of 1,000 incomplete pathways"


def test_a_hidden_figure_has_no_verdict_and_no_counts() -> None:
    (figure,) = key_figures(figures((WITHIN, "A", MARCH, 3, 30), policy=HIDES), "A")
    assert (figure.value, figure.counts, figure.met) == ("[c]", "", "")
    assert figure.verdict == "Standard of at least 92%: no verdict, since the figure is hidden"


def test_who_has_no_figure_has_none_to_say() -> None:
    assert key_figures(figures((WITHIN, "A", MARCH, 9, 10)), "B") == []


def test_what_is_not_met_comes_first_and_three_are_said() -> None:
    verdicts = ["met", "", "not met", "met", "not met"]
    given = [KeyFigure(str(n), "", "", "", met, "") for n, met in enumerate(verdicts)]
    assert [each.code for each in most_pressing(given)] == ["2", "4", "0"]
