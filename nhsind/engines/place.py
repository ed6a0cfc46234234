"""A place where records lie: tables by name, asked with narwhals expressions, and what comes back.

Checks, clauses, sums, traces and attrition are written once, as expressions on frames. A place
gives the frames, takes others under a name, and is the only door through which rows come back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import narwhals.stable.v2 as nw
import pyarrow as pa

from nhsind.engines.addresses import without_passwords
from nhsind.errors import InputError, Problem

# Of what an engine says of its trouble so many letters are told.
MOST_SAID = 200
# Frames that rules take and give: of any engine.
Frame = nw.LazyFrame[Any]
# The position of a row, counted from 1, by a name that no column has.
ROW = "nhsind_row"
# How many rows there are of something, by a name that no column has.
ROWS = "nhsind_rows"


class Place(Protocol):
    """Tables by name, where they lie."""

    @property
    def engine(self) -> str:
        """The engine that runs there what is not asked of another."""
        ...

    def frame(self, name: str, engine: str = "") -> Frame:
        """A table; `engine`: what shall run on it, where the place can give it to another."""
        ...

    def put(self, name: str, frame: Frame) -> None:
        """Let a frame be known by a name; it is not run."""
        ...

    def small(self, name: str, table: pa.Table, engine: str = "") -> Frame:
        """A small table beside those that lie there, under a name of its own."""
        ...

    def keep(self, name: str, frame: Frame) -> Frame:
        """A frame that is asked several times: run once, where the place may keep what it gives."""
        ...

    def rows(self, frame: Frame) -> pa.Table:
        """The rows of a frame, here. Raises InputError where the place does not answer."""
        ...

    def at_hand(self, name: str) -> Frame | None:
        """A table of few rows here, with the column `ROW`: to be asked often. Else None."""
        ...

    def numbered(self, name: str) -> Frame | None:
        """A table with the column `ROW`; None where rows have no order."""
        ...

    def sharing(self, name: str, key: Sequence[str]) -> Frame | None:
        """The rows of a table whose key others have too, with `ROW` where rows have an order.

        Some that have a key of their own may be among them, none that lack a part of it. None
        where there are no such rows.
        """
        ...


class Elsewhere(ABC):
    """Tables that lie outside this process: frames by name, which nobody but their engine runs.

    `engine` runs them; `described_as` names the place to the user.
    """

    engine = ""

    def __init__(self, described_as: str) -> None:
        self.described_as = described_as
        self.fetched = Fetched()
        self.frames: dict[str, Frame] = {}

    def frame(self, name: str, engine: str = "") -> Frame:
        """A table, of the place's own engine, whichever is asked for: records stay there."""
        return self.frames[name]

    def put(self, name: str, frame: Frame) -> None:
        """Let a frame be known by a name."""
        self.frames[name] = frame

    def keep(self, name: str, frame: Frame) -> Frame:
        """The frame as it is: nothing is written to somebody's database."""
        self.frames[name] = frame
        return frame

    def small(self, name: str, table: pa.Table, engine: str = "") -> Frame:
        """A small table beside those that lie there, made once."""
        if name not in self.frames:
            self.frames[name] = self.beside(table)
        return self.frames[name]

    @abstractmethod
    def beside(self, table: pa.Table) -> Frame:
        """A table of this process where the engine finds it."""

    def rows(self, frame: Frame) -> pa.Table:
        """The rows of a frame, here. Raises InputError where the place does not answer."""
        try:
            return self.fetched.note(frame.collect(backend="pyarrow").to_native())
        except Exception as error:  # of the engine, of its driver, of the network
            raise no_answer(self.described_as, error) from error

    def at_hand(self, name: str) -> Frame | None:
        """None: records stay there."""
        return None

    def numbered(self, name: str) -> Frame | None:
        """None: rows have no order there."""
        return None

    def sharing(self, name: str, key: Sequence[str]) -> Frame | None:
        """The rows of a table whose key others have too; None where there are none."""
        frame = self.frames[name]
        repeats = self.keep(f"{name}_repeated", repeated_keys(frame, key))
        if not one(self, repeats.select(nw.len().alias(ROWS)))[ROWS]:
            return None
        return frame.join(repeats, on=list(key), how="semi")


def no_answer(place: str, error: Exception) -> InputError:
    """The error of a place that does not give what is asked of it, with what it says."""
    said = without_passwords(str(error).strip().split("\n")[0][:MOST_SAID])
    return InputError(Problem(place, f"does not answer ({said or type(error).__name__})"))


def one(place: Place, frame: Frame) -> dict[str, Any]:
    """The only row of a frame."""
    return dict(place.rows(frame).to_pylist()[0])


def distinct(frame: Frame, *names: str) -> Frame:
    """The different rows of some columns; cheaper than `unique`, which numbers all rows first."""
    return frame.group_by(*names).agg(nw.len().alias(ROWS)).select(*names)


def repeated_keys(frame: Frame, key: Sequence[str]) -> Frame:
    """The keys that several rows have, all parts of which are known."""
    known = frame.filter(*[~nw.col(name).is_null() for name in key])
    counted = known.group_by(*key).agg(nw.len().alias(ROWS))
    return counted.filter(nw.col(ROWS) > 1).select(*key)


def totals(place: Place, frame: Frame, conditions: Mapping[str, nw.Expr]) -> dict[str, int]:
    """How many rows fulfil each of some conditions: one look at a frame."""
    if not conditions:
        return {}
    flags = {
        f"nhsind_{at}": nw.when(condition).then(1).otherwise(0)
        for at, condition in enumerate(conditions.values())
    }
    counted = one(place, frame.select(**flags).select(*[nw.col(name).sum() for name in flags]))
    return {name: int(counted[flag] or 0) for name, flag in zip(conditions, flags, strict=True)}


@dataclass
class Fetched:
    """How many rows came back from a place, and in how many questions."""

    rows: int = 0
    questions: int = 0
    most: int = field(default=0)

    def note(self, table: pa.Table) -> pa.Table:
        """Count the rows of an answer."""
        self.rows += table.num_rows
        self.questions += 1
        self.most = max(self.most, table.num_rows)
        return table
