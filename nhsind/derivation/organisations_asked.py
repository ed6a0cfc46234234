"""Organisations that are asked for by code, and what is said where there are no figures of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nhsind.errors import UsageError, unknown
from nhsind.geography import LEVELS, Geography


def only(table: pd.DataFrame, codes: list[str], known: Iterable[Geography | None]) -> pd.DataFrame:
    """The rows of some organisations of an output table.

    `known`: the geographies of the data. Raises UsageError for an organisation without a row.
    """
    if table.empty:  # of no line that has such periods; a note says so
        return table
    present = set(table["org_code"])
    for code in codes:
        if code not in present:
            raise unknown_organisation(code, present, table["org_level"], known)
    return table[table["org_code"].isin(codes)]


def unknown_organisation(
    code: str,
    present: Iterable[str],
    levels: Iterable[str | None],
    known: Iterable[Geography | None] = (),
) -> UsageError:
    """The error for an organisation that figures of these levels do not have.

    `known`: the geographies of the data, which may list it all the same.
    """
    below_england, held = LEVELS[:-1], set(levels)
    taken = [level for level in below_england if level in held] or LEVELS[-1:]
    others = ", ".join(level for level in below_england if level not in taken)
    for geography in filter(None, known):
        listed = [level for level in below_england if code in geography.known(level)]
        if set(listed) & set(taken):
            name = geography.names(listed[0]).get(code)
            words = f"{code} ({name})" if name else code
            return UsageError(
                f"{words} is listed in {geography.place}, but no row of these data is of it, so "
                "it has no figures"
            )
        if listed:
            return UsageError(
                f"{code} is listed in {geography.place} at level {listed[0]}; these are figures at "
                f"level {' or '.join(taken)} (`level` asks for another)"
            )
    at = f"at level {' or '.join(taken)} (`level` asks for another: {others})"
    return unknown(f"organisation of these data {at}", code, sorted(present))
