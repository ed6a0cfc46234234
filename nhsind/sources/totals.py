"""Rows of totals told from rows of organisations, in whichever column the word stands.

One rule for every layout. A total is no organisation: counted as one it doubles every sum. Where
the parts that it is the total of are printed, it is checked against their sum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.sources.cells import tidy
from nhsind.sources.printed import Numbers, Printed

# What publishers write in place of an organisation's code or name, and the words beside it.
TOTAL_WORDS = frozenset("TOTAL TOTALS SUBTOTAL ENGLAND ENG NATIONAL ALL SUM".split())
BESIDE = frozenset(
    "GRAND SUB OVERALL ENGLISH PROVIDER PROVIDERS TRUST TRUSTS COMMISSIONER COMMISSIONERS CCG CCGS "
    "ICB ICBS ORGANISATION ORGANISATIONS REGION REGIONS".split()
)
# England as the Office for National Statistics writes it, and nothing.
CODES_OF_NOBODY = frozenset(("E92000001", "E92", "-", "--"))
MOST_TOLD = 20
OF_PARTS = " of the parts"
IN_BRACKETS = re.compile(r"\([^)]*\)")
Array = np.ndarray[Any, Any]


def is_total(text: str) -> bool:
    """Whether a code or name stands for a total: `Total`, `ENGLAND`, `All providers`, `-`.

    NHS England is an organisation.
    """
    plain = tidy(IN_BRACKETS.sub(" ", text)).upper()
    words = set(re.split(r"[^A-Z0-9]+", plain)) - {""}
    return plain in CODES_OF_NOBODY or (bool(words & TOTAL_WORDS) and words <= TOTAL_WORDS | BESIDE)


def says_total(table: Printed, heading: str) -> Array:
    """The rows of a table that say in a column that they are totals."""
    texts = table.codes(heading)
    found = {text: is_total(text) for text in texts.unique()}
    return texts.map(found).to_numpy(dtype=bool)


def refuse_totals(table: Printed, *headings: str, known: Any = False) -> None:
    """Raise InputError for rows that are totals by their code, name or parent.

    `known`: the rows that the layout has for totals.
    """
    for heading in headings:
        wrong = says_total(table, heading) & ~np.asarray(known, dtype=bool)
        text = "stands for a total, not for an organisation"
        table.refuse(wrong, heading, text, "the code or name of an organisation")


def totals_in(table: Printed, codes: Sequence[str], names: Sequence[str] = ()) -> Array:
    """Which rows are totals.

    `codes`: the columns of organisations, in which a total may stand for all of one column's
    organisations; one that says so throughout tells nothing. `names`: columns in which it says
    that a row is a total of all. Raises InputError where only totals are left.
    """
    columns = [*_by_code(table, codes).values(), *(says_total(table, name) for name in names)]
    found = np.logical_or.reduce(columns)
    if len(found) and found.all():
        message = "holds rows of totals only, none of an organisation"
        raise InputError(Problem(table.place, message, table.top, unit=table.unit))
    return np.asarray(found, dtype=bool)


def wrong_totals(
    table: Printed,
    totals: Array,
    *,
    codes: Sequence[str],
    keys: Sequence[pd.Series[Any]],
    counts: Mapping[str, Numbers],
) -> list[str]:
    """A note on each total that is not the sum of its parts, and on each without a part.

    `totals`: which rows are totals; `codes`: as for `totals_in`; `keys`: what a total shares with
    its parts, such as the month; `counts`: numbers by heading. A number that is not printed is
    compared with nothing.
    """
    if not totals.any():
        return []
    names, shared = list(counts), [f"key {place}" for place in range(len(keys))]
    rows = pd.DataFrame({name: count.floats for name, count in counts.items()}, table.cells.index)
    rows[shared] = pd.DataFrame(dict(zip(shared, keys, strict=True)))
    rows[list(codes)] = pd.DataFrame({code: table.codes(code) for code in codes})
    by_code = pd.DataFrame(_by_code(table, codes), table.cells.index)
    # A row that is a total by its name only is one of all organisations.
    by_code = by_code.reindex(columns=list(codes), fill_value=False)
    by_code[~by_code.any(axis=1)] = True
    parts, said = rows[~totals], rows[totals]
    notes = []
    for flags, of_pattern in said.groupby([by_code.loc[totals, code] for code in codes]):
        kept = [code for code, of_all in zip(codes, flags, strict=True) if not of_all]
        grouped = parts.assign(parts=1).fillna(dict.fromkeys(names, np.inf))
        sums = grouped.groupby([*shared, *kept])[[*names, "parts"]].sum().add_suffix(OF_PARTS)
        both = of_pattern.join(sums, on=[*shared, *kept])
        notes += _told(table, both, names)
    more = len(notes) - MOST_TOLD
    return notes if more <= 0 else [*notes[:MOST_TOLD], f"and {more:,} more such totals"]


def _told(table: Printed, both: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """What is odd about totals beside the sums of their parts."""
    notes = []
    for row in both.index:
        place = f"{table.place} {table.unit} {row}: the total"
        if np.isnan(both.loc[row, "parts" + OF_PARTS]):
            notes.append(f"{place} is of no organisation that is printed; it is left out")
        for name in names:
            mine, theirs = both.loc[row, name], both.loc[row, name + OF_PARTS]
            if np.isfinite(mine) and np.isfinite(theirs) and mine != theirs:
                text = f"{place} says {mine:,.12g} in {name}, and the organisations add up to"
                notes.append(f"{text} {theirs:,.12g}; they are counted, not it")
    return notes


def _by_code(table: Printed, codes: Sequence[str]) -> dict[str, Array]:
    """Which rows say in a column of organisations that they are of all of them."""
    told = {code: says_total(table, code) for code in codes}
    return {code: rows for code, rows in told.items() if len(codes) == 1 or not rows.all()}
