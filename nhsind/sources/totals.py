"""Rows of totals told from rows of organisations, in whichever column the word stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhsind.sources.printed import Printed

# What publishers write in place of an organisation's code or name.
TOTAL_WORDS = frozenset(
    "TOTAL,TOTALS,GRAND TOTAL,ENGLAND,ENG,ENGLAND TOTAL,NATIONAL,NATIONAL TOTAL,ALL,-".split(",")
)


def refuse_totals(table: Printed, *headings: str, known: Any = False) -> None:
    """Raise InputError for rows that are totals by their code, name or parent.

    A total that is counted as an organisation doubles every sum. `known`: the rows that the
    layout has for totals.
    """
    for heading in headings:
        is_total = table.codes(heading).isin(TOTAL_WORDS) & ~np.asarray(known, dtype=bool)
        text = "stands for a total, not for an organisation"
        table.refuse(is_total, heading, text, "the code or name of an organisation")
