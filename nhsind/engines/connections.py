"""Connections to this process's own DuckDB, which is in memory."""

from __future__ import annotations

import os

import duckdb

# Rows in the order of what was read. Rules join what is small to records, and so it is done: DuckDB
# takes the rows that several conditions leave for very few, and would keep these in memory instead.
AS_WE_ASK: dict[str, str | bool | int | float | list[str]] = {
    "preserve_insertion_order": True,
    "disabled_optimizers": "build_side_probe_side",
}

_OWN: list[duckdb.DuckDBPyConnection] = []
_OF_A_PARENT: list[duckdb.DuckDBPyConnection] = []


def database() -> duckdb.DuckDBPyConnection:
    """A database in memory of its own: what it attaches nobody else has attached."""
    return duckdb.connect(config=AS_WE_ASK)


def connected() -> duckdb.DuckDBPyConnection:
    """A connection of its own: what it makes temporary nobody else sees.

    A database in memory takes some 20 ms to make and 5 to end, a connection to one that is there
    1. For what attaches no files.
    """
    if not _OWN:
        _OWN.append(database())
    return _OWN[0].cursor()


def _in_a_child() -> None:
    """The threads of the parent's database are not there: it is left alone, also at the end."""
    _OF_A_PARENT.extend(_OWN)
    _OWN.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_child)
