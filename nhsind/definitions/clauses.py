"""Marks the functions of a family's `rules.py` that decide who counts.

A clause says of each unit of a period whether one condition holds; a fault says of each record
whether it cannot be true or lacks what a line needs; a remark, whether it lacks what would tell
more, and counts all the same. All return a narwhals boolean expression and never a missing value:
every clause says itself what a missing field means. The parameters of a clause are limits of the
line by name, which its docstring may write out: `{longest_wait}`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import narwhals.stable.v2 as nw

from nhsind.definitions.limits import Limit, Limits, in_words

col = nw.col


@dataclass(frozen=True)
class Clause:
    """One condition that a line may name: what it says, and the limits it needs of the line."""

    name: str
    says: str
    limits: tuple[str, ...]
    condition: Callable[..., nw.Expr] = field(repr=False)

    def __call__(self, *limits: Limit) -> nw.Expr:
        """The condition as an expression, with its limits in their order."""
        return self.condition(*limits)

    def of(self, limits: Limits) -> nw.Expr:
        """The condition as an expression, with its limits chosen from those of a line."""
        return self.condition(*(limits[name] for name in self.limits))

    def words(self, limits: Limits) -> str:
        """What it says in a line that has these limits."""
        return in_words(self.says, limits)


@dataclass(frozen=True)
class Fault:
    """Something that puts a record of `table` out of the lines that name it."""

    name: str
    says: str
    table: str
    condition: Callable[[], nw.Expr] = field(repr=False)

    def __call__(self) -> nw.Expr:
        """The condition as an expression: true where the record has the fault."""
        return self.condition()


@dataclass(frozen=True)
class Remark:
    """What a record of `table` lacks that counts all the same; told where `columns` are given."""

    name: str
    says: str
    table: str
    columns: tuple[str, ...]
    condition: Callable[[], nw.Expr] = field(repr=False)

    def __call__(self) -> nw.Expr:
        """The condition as an expression: true where it is to be told of the record."""
        return self.condition()


@dataclass(frozen=True)
class Wait:
    """How long a unit waited that some clauses compare with a limit, in whole `unit`s."""

    clauses: tuple[Clause, ...]
    unit: str
    length: Callable[[], nw.Expr] = field(repr=False)

    @property
    def name(self) -> str:
        """The column that a trace shows it in."""
        return f"{self.unit}_waited"


def wait(*clauses: Clause, unit: str = "days") -> Callable[[Callable[[], nw.Expr]], Wait]:
    """Make a function of `rules.py` the wait, missing where a date is, that `clauses` judge."""
    return lambda function: Wait(clauses, unit, function)


def clause(function: Callable[..., nw.Expr]) -> Clause:
    """Make a function of `rules.py` a clause that an indicator may name."""
    limits = tuple(inspect.signature(function).parameters)
    return Clause(function.__name__, _first_paragraph(function), limits, function)


def fault(table: str) -> Callable[[Callable[[], nw.Expr]], Fault]:
    """Make a function of `rules.py` a fault of the records of `table`."""

    def mark(function: Callable[[], nw.Expr]) -> Fault:
        return Fault(function.__name__, _first_paragraph(function), table, function)

    return mark


def remark(table: str, *columns: str) -> Callable[[Callable[[], nw.Expr]], Remark]:
    """Make a function of `rules.py` a remark on the records of `table` that have `columns`."""

    def mark(function: Callable[[], nw.Expr]) -> Remark:
        return Remark(function.__name__, _first_paragraph(function), table, columns, function)

    return mark


def clauses_of(module: ModuleType) -> dict[str, Clause]:
    """The clauses that `module` defines, by name."""
    return {item.name: item for item in vars(module).values() if isinstance(item, Clause)}


def faults_of(module: ModuleType) -> dict[str, Fault]:
    """The faults that `module` defines, by name."""
    return {item.name: item for item in vars(module).values() if isinstance(item, Fault)}


def remarks_of(module: ModuleType) -> dict[str, Remark]:
    """The remarks that `module` defines, by name."""
    return {item.name: item for item in vars(module).values() if isinstance(item, Remark)}


def waits_of(module: ModuleType) -> dict[str, Wait]:
    """The waits that `module` defines, by the name of each clause that judges one."""
    waits = [item for item in vars(module).values() if isinstance(item, Wait)]
    return {judge.name: item for item in waits for judge in item.clauses}


def _first_paragraph(function: Callable[..., nw.Expr]) -> str:
    """The first paragraph of a docstring, as one line."""
    return " ".join((function.__doc__ or "").split("\n\n")[0].split())
