"""Marks the functions of a family's `rules.py` that decide who counts.

A clause says of each unit of a period whether one condition holds; a fault says of each record
whether it cannot be true or lacks what a line needs. Both return a narwhals boolean expression
and never a missing value: every clause says itself what a missing field means.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import narwhals.stable.v2 as nw

Rule = Callable[[], nw.Expr]

col = nw.col


def clause(function: Rule) -> Rule:
    """Mark a function of `rules.py` as a clause that an indicator may name."""
    function.rule_kind = "clause"  # type: ignore[attr-defined]
    return function


def fault(table: str) -> Callable[[Rule], Rule]:
    """Mark a function of `rules.py` as a fault of the records of `table`."""

    def mark(function: Rule) -> Rule:
        function.rule_kind = "fault"  # type: ignore[attr-defined]
        function.table = table  # type: ignore[attr-defined]
        return function

    return mark


def rules_of(module: ModuleType, kind: str) -> dict[str, Rule]:
    """The rules of one kind (`clause` or `fault`) that `module` defines, by name."""
    return {
        name: function
        for name, function in vars(module).items()
        if getattr(function, "rule_kind", None) == kind
    }


def in_words(rule: Rule) -> str:
    """The first paragraph of a rule's docstring, as one line."""
    return " ".join((rule.__doc__ or "").split("\n\n")[0].split())
