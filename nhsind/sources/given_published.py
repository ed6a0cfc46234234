"""Input that published files make: banded rows as records, printed counts past the rules."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyarrow as pa

from nhsind.definitions.family import Family
from nhsind.engines.embedded import Embedded
from nhsind.errors import InputError, Problem
from nhsind.geography import ALWAYS_KNOWN, Geography
from nhsind.sources import editions
from nhsind.sources.checked_input import Input
from nhsind.sources.checking import typed_by
from nhsind.sources.not_used import not_used
from nhsind.sources.published import PublishedFile
from nhsind.sources.record_checks import check_tables
from nhsind.sources.stored import columns_given
from nhsind.sources.tabular import store_frame


def open_published(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    *,
    contents: list[PublishedFile],
    geography: Geography | None,
    plans: pd.DataFrame | None,
    description: str,
    level: str | None,
    revisions: bool,
) -> Input:
    """The input that published files make; see `open_input`.

    Raises InputError where two give the same months, or none gives a figure.
    """
    if revisions:
        contents = editions.latest(contents)
    editions.refuse_repeated(contents)
    raws = {}
    for name in family.tables:
        parts = [item.tables[name] for item in contents if name in item.tables]
        if parts:
            whole = pa.concat_tables(parts, promote_options="default")
            raws[name] = store_frame(con, f"{name}_raw", whole, description)
    place = Embedded(con)
    findings = check_tables(
        family, place, typed_by(con), raws=raws, geography=geography, problems=[], level=level
    )
    findings += not_used(family, contents)
    counts = [item.counts for item in contents if item.counts is not None]
    if not raws and not any(len(rows) for rows in counts):
        why = [Problem(item.place, note) for item in contents for note in item.notes]
        why += [
            Problem(row.place, row.why, value=row.detail or None)
            for item in contents
            for row in item.left_out
        ]
        raise InputError([Problem(description, "holds no figures that can be used"), *why])
    return Input(
        family,
        place,
        list(raws),
        geography,
        findings,
        description,
        names=names_of(contents),
        counts=pd.concat(counts, ignore_index=True) if counts else None,
        plans=plans,
        contents=contents,
        given=columns_given(raws),
        groups={code: group for item in contents for code, group in item.groups.items()},
        is_published=True,
        notes=[*(note for item in contents for note in item.notes), *_unplaced(counts, geography)],
    )


def _unplaced(counts: list[pd.DataFrame], geography: Geography | None) -> list[str]:
    """A note on printed commissioners that the geography does not know: they are in no total."""
    if geography is None or not counts:
        return []
    rows = pd.concat([item[["org_level", "org_code"]] for item in counts])
    codes = set(rows.loc[rows["org_level"] == "ccg", "org_code"])
    strange = sorted(codes - geography.known("ccg") - ALWAYS_KNOWN)
    if not strange:
        return []
    return [f"{geography.place} does not know {', '.join(strange)}: in no STP's or region's total"]


def names_of(contents: list[PublishedFile]) -> dict[str, dict[str, str]]:
    """The names of organisations that files print, by level and code."""
    names: dict[str, dict[str, str]] = {}
    for item in contents:
        for level, codes in item.names.items():
            names.setdefault(level, {}).update(codes)
    return names
