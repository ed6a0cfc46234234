"""Which heading is which: what means nothing is passed over, and what does is not."""

from __future__ import annotations

import pytest

from nhsind.sources.headings import places_of, plain


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("Org Code", "ORG_CODE"),
        ("Org Code", "OrgCode"),
        ("ODS CODE", " ods\ncode (2)"),
        ("ODS CODE", "ODS CODE [note 1, 2]"),
        ("ODS CODE", "ODS CODE\u00b9"),
        ("ODS CODE", "ODS CODE1"),
        ("Sub ICB Code", "Sub\u2013ICB Code**"),
        ("PERCENTAGE", "PERCENTAGE SEEN WITHIN 14 DAYS"),
    ],
)
def test_a_heading_is_found_however_it_is_written(wanted: str, written: str) -> None:
    assert places_of(wanted, [plain("Other"), plain(written)]) == [1]


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("A7", ["A70", "A71"]),
        ("A7", ["A71"]),
        ("CCG_RESPONSIBILITY", ["CCG_RESPONSIBILITY_ONS"]),
        ("ORG_CODE", ["ORG_CODE1", "ORG_CODE2"]),
        ("Total attendances", ["Total attendances < 4 hours", "Total attendances > 4 hours"]),
        ("Total", ["Subtotal"]),
    ],
)
def test_a_heading_is_not_another_that_begins_so(wanted: str, written: list[str]) -> None:
    assert places_of(wanted, [plain(name) for name in written]) == []


def test_headings_that_a_footnote_alone_tells_apart_are_both_found() -> None:
    assert places_of("Total", [plain("Total (1)"), plain("Total (2)")]) == [0, 1]
    assert plain("Total (2017)") == "total (2017)"
