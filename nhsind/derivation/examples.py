"""What becomes of the example records that a definition carries, and whether that was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.definitions.catalogue import (
    EXAMPLES_FILE,
    examples_alone,
    families_of_ones_own,
    family_codes,
    load_family,
)
from nhsind.definitions.examples import Example, examples_of, read_examples
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.variant_text import read_variant
from nhsind.derivation.tracing import trace_line
from nhsind.errors import InputError, NhsindError, Problem

COLUMNS = ["family", "example", "indicator", "period", "records", "as_expected"]
NO_UNIT = "no unit of the line"


def check_examples(own: bool = False) -> pd.DataFrame:
    """The examples of all families of the user's own, worked out; `own`: nhsind's families too.

    Columns: family, example, indicator (or variant), period, records, as_expected (how many of
    the records have the fate that the example expects of them). Raises InputError naming every
    slip of a definition, and every record whose fate is another.
    """
    rows: list[tuple[object, ...]] = []
    problems: list[Problem] = []
    for file, family, example in _all_examples(problems, own):
        for text, expected in example.fates.items():
            try:
                found = list(_differing(example, text, file))
            except NhsindError as error:
                told = error.problems if isinstance(error, InputError) else [error]
                problems += [Problem(f"{file} at {example.name}", str(each)) for each in told]
                continue
            problems += found
            count, good = len(expected), len(expected) - len(found)
            rows.append((family, example.name, text, str(example.period), count, good))
    if problems:
        raise InputError(problems)
    return pd.DataFrame(rows, columns=COLUMNS)


def fates(example: Example, line: Indicator) -> dict[str, str]:
    """By record the fate that the line gives it, as examples write it; records that are no unit
    are not there."""
    traced = trace_line(line, dict(example.records), periods=[example.period], columns=())
    return {name: fate_of(row) for name, row in units_by_name(traced, line).items()}


def units_by_name(traced: pd.DataFrame, line: Indicator) -> dict[str, dict[Any, Any]]:
    """The rows of a trace by what tells their unit: a figure that nothing identifies is told by its
    organisation.

    Where the denominator counts other units, one of a numerator's name is not asked for.
    """
    found: dict[str, dict[Any, Any]] = {}
    for row in traced.to_dict("records"):
        is_below = not line.is_inside and fate_of(row) == "denominator"
        name = str(row["org_code"] if pd.isna(row["record_id"]) else row["record_id"])
        if not is_below or name not in found:
            found[name] = dict(row)
    return found


def fate_of(row: Mapping[Any, Any]) -> str:
    """The fate of a row of a trace: `numerator`, `denominator: clause`, `left out: fault`."""
    if row["in_numerator"]:
        return "numerator"
    is_below = not pd.isna(row["in_denominator"]) and row["in_denominator"]
    reason = row["excluded_because"]
    return ("denominator" if is_below else "left out") + (f": {reason}" if reason else "")


def is_expected(fate: str, expected: str) -> bool:
    """Whether a fate is the one expected; a rule that is not named may be any."""
    return expected in (fate, fate.partition(":")[0])


def _all_examples(problems: list[Problem], own: bool) -> Iterator[tuple[Path, str, Example]]:
    """Every example with its file and family; slips of the files go to `problems`."""
    for code in family_codes() if own else families_of_ones_own():
        try:
            family = load_family(code)
            for example in examples_of(family).values():
                yield family.folder / EXAMPLES_FILE, code, example
        except InputError as error:
            problems += error.problems
    families = {code: load_family(code) for code in family_codes()} if examples_alone() else {}
    for file in examples_alone():
        try:
            for held, example in read_examples(file, families):
                yield file, held.code, example
        except InputError as error:
            problems += error.problems


def _differing(example: Example, text: str, file: Path) -> Iterator[Problem]:
    """Each record whose fate is not the one that is expected of it."""
    line = read_variant(text)
    found = fates(example, line)
    for record, expected in example.fates[text].items():
        fate = found.get(record, NO_UNIT)
        if not is_expected(fate, expected):
            place = f"{file} at {example.name}.fates"
            yield Problem(place, f'"{record}" is "{fate}" by {line.code}, not "{expected}"')
