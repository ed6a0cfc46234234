"""What a published file counts as organisations must be organisations, whatever its layout.

Totals that say so are told by their words (`totals`). Here are those that do not: what has no shape
of a code (`Overall`, `Acute trusts`), and what has as many units as all the others together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.definitions.statuses import Status
from nhsind.errors import InputError, Problem
from nhsind.geography import ENGLAND

# Letters and digits, as codes of the Organisation Data Service and the Office for National
# Statistics have; without a digit they are short.
SHAPE = re.compile(r"(?=[A-Z0-9]*\d)[A-Z0-9]{2,9}|[A-Z]{1,5}", re.ASCII)
# What programs write where they have no code.
WRITTEN_BY_PROGRAMS = frozenset("NAN TRUE FALSE NAT".split())
# What stands for units whose organisation is not known, or is none of those named.
NOBODY_KNOWN = frozenset("UNKNOWN INVALID OTHER NONE NULL NOT NO CODE KNOWN AND OR".split())
ALLOWED = "letters and digits, such as 00A or RX1, or UNKNOWN"
COLUMNS = ("ccg_code", "provider_code", "practice_code")
# Fewer others, or fewer units, may add up by chance.
FEWEST_OTHERS, FEWEST_UNITS = 2, 20
MOST_LISTED = 20
SUM_OF_OTHERS = "has as many as all the others together, in every figure: is it a total?"


def refuse_no_organisations(
    place: str, counts: pd.DataFrame | None, tables: dict[str, pa.Table]
) -> None:
    """Raise InputError for codes that are no organisations' in what a reader took from a file.

    `counts`: printed numbers; `tables`: banded rows. An organisation that has as many units as all
    others together in every period and line of the file, two figures at least, is a total.
    """
    problems = [*_shapeless(place, counts, tables)] or [*_sums(place, counts, tables)]
    if problems:
        raise InputError(problems[:MOST_LISTED])


def _shapeless(
    place: str, counts: pd.DataFrame | None, tables: dict[str, pa.Table]
) -> Iterator[Problem]:
    text = "is not the code of an organisation"
    if counts is not None:
        firsts = counts.drop_duplicates("org_code")
        for code, where in zip(firsts["org_code"], firsts["place"], strict=True):
            if not _is_code(str(code)):
                yield Problem(str(where) or place, text, value=str(code), allowed=ALLOWED)
    for table in tables.values():
        for name in set(COLUMNS) & set(table.column_names):
            for code in table[name].unique().to_pylist():
                if code is not None and not _is_code(code):
                    yield Problem(place, text, column=name, value=code, allowed=ALLOWED)


def _is_code(written: str) -> bool:
    """Whether a text is an organisation's code; none at all is for who counts the row to tell."""
    text = written.strip().upper()
    words = set(re.split(r"[^A-Z0-9]+", text)) - {""}
    if not text or (words and words <= NOBODY_KNOWN):
        return True
    return text == ENGLAND or bool(SHAPE.fullmatch(text) and text not in WRITTEN_BY_PROGRAMS)


def _sums(
    place: str, counts: pd.DataFrame | None, tables: dict[str, pa.Table]
) -> Iterator[Problem]:
    if counts is not None and len(counts):
        keys = ["indicator", "org_level", "period"]
        rows = counts[counts["org_level"] != "england"].melt(
            [*keys, "org_code", "mark", "place"], ["numerator", "denominator"], "figure", "units"
        )
        rows["units"] = pd.to_numeric(rows["units"].where(rows["mark"] != Status.SUPPRESSED))
        rows["of"] = rows.groupby([*keys, "figure"], sort=False).ngroup()
        for _, part in rows.dropna(subset="units").groupby("org_level"):
            for code in _sums_of_others(part):
                where = str(part.loc[part["org_code"] == code, "place"].iloc[0]) or place
                yield Problem(where, SUM_OF_OTHERS, value=code)
    for table in tables.values():
        if "counts_for" not in table.column_names:
            continue
        for name in [name for name in COLUMNS if name in table.column_names]:
            keys = ["counts_for", "counts_in"]
            added = table.group_by([*keys, name]).aggregate([("count", "sum")]).to_pandas()
            rows = added.rename(columns={name: "org_code", "count_sum": "units"})
            rows["of"] = rows.groupby(keys, sort=False).ngroup()
            for code in _sums_of_others(rows.dropna(subset="org_code")):
                yield Problem(place, SUM_OF_OTHERS, column=name, value=code)


def _sums_of_others(rows: pd.DataFrame) -> list[str]:
    """Organisations whose `units` are those of all others in each `of` that they have any in."""
    added = rows.groupby(["of", "org_code"], as_index=False)["units"].sum()
    added["units"] = added["units"].astype(float)
    added = added[added["units"] > 0]
    grouped = added.groupby("of")["units"]
    added["is_half"] = np.isclose(2 * added["units"], grouped.transform("sum"), rtol=0, atol=1e-6)
    added["others"] = grouped.transform("size") - 1
    told = added.groupby("org_code").agg(
        always=("is_half", "all"),
        others=("others", "min"),
        figures=("units", "nunique"),
        most=("units", "max"),
    )
    enough = (told["others"] >= FEWEST_OTHERS) & (told["most"] >= FEWEST_UNITS)
    return [str(code) for code in told.index[told["always"] & enough & (told["figures"] > 1)]]
