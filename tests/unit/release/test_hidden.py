"""A hidden figure says why: small, made up by few, or withheld to protect another."""

from __future__ import annotations

import pytest
from released_figures import HIDES, MARCH, WITHIN, figures

from nhsind.charts import chart
from nhsind.definitions.statuses import WITHHELD, Mark
from nhsind.release.contributions import TELLING
from nhsind.release.hidden import hidden_mark, why_hidden
from nhsind.release.shown_cells import REFUSED_NOTE, WITHHELD_NOTE
from nhsind.release.telling import TOO_COARSE
from nhsind.tables.kinds import table

FEBRUARY = "2018-02"
SMALL, COARSE = Mark.SUPPRESSED.meaning, f"{TOO_COARSE} it"


@pytest.mark.parametrize(
    ("note", "numerator", "denominator", "value"),
    [
        (SMALL, SMALL, SMALL, SMALL),
        ("", SMALL, SMALL, SMALL),
        ("of A and B alone", SMALL, SMALL, SMALL),
        (WITHHELD_NOTE, WITHHELD_NOTE, WITHHELD_NOTE, WITHHELD_NOTE),
        (REFUSED_NOTE, REFUSED_NOTE, REFUSED_NOTE, REFUSED_NOTE),
        (f"numerator {SMALL}; denominator {WITHHELD_NOTE}", SMALL, WITHHELD_NOTE, SMALL),
        (f"numerator {WITHHELD_NOTE}; denominator {SMALL}", WITHHELD_NOTE, SMALL, SMALL),
        (f"numerator {TELLING}; denominator {WITHHELD_NOTE}", TELLING, WITHHELD_NOTE, TELLING),
        (f"numerator {TELLING}; denominator {SMALL}", TELLING, SMALL, SMALL),
        (TELLING, TELLING, TELLING, TELLING),
        (f"of A alone; {TOO_COARSE} the value, which lies between 1 and 2", SMALL, SMALL, COARSE),
    ],
)
def test_the_note_tells_of_each_figure_why_it_is_hidden(
    note: str, numerator: str, denominator: str, value: str
) -> None:
    said = [why_hidden(note, name) for name in ("numerator", "denominator", "value")]
    assert said == [numerator, denominator, value]
    marks = [WITHHELD if why in (WITHHELD_NOTE, REFUSED_NOTE, COARSE) else "[c]" for why in said]
    assert [hidden_mark(note, n) for n in ("numerator", "denominator", "value")] == marks


def test_what_is_withheld_is_nowhere_said_to_be_small() -> None:
    """England would tell A: it is withheld, and neither chart, table nor card calls it small."""
    rows = [
        (WITHIN, "A", FEBRUARY, 50, 100),
        (WITHIN, "ENGLAND", FEBRUARY, 100, 180),
        (WITHIN, "A", MARCH, 3, 100),
        (WITHIN, "B", MARCH, 37, 80),
        (WITHIN, "ENGLAND", MARCH, 40, 180),
    ]
    found = figures(*rows, policy=HIDES)
    drawn = chart("trend", found, WITHIN)
    assert f"has no figure for March 2018: {SMALL}." in drawn.caption
    assert f"England has no figure for March 2018: {WITHHELD_NOTE}." in drawn.caption
    told = table("result", found, WITHIN)
    own, england = told.rows
    assert own[1:4] == ("[c]", "100", "[c]")
    assert england[1:4] == (WITHHELD, "180", WITHHELD)
    assert [note.split(" means ")[0] for note in told.notes if " means " in note] == [
        "[c]",
        WITHHELD,
    ]
