"""Specifications as small tables: records in, each with its fate, and the answers out.

A `Spec` is data. Tests run it on every engine (`check_trace`, `check_answers`), and a page of the
documentation can print it as it stands. Tables are text with aligned columns, separated by blanks
or by `|`; `-` is a missing value. Columns of the family's table that a text leaves out are missing
in every record.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from nhsind.definitions.catalogue import find, load_family
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.fates import trace_units
from nhsind.derivation.values import measure
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input
from nhsind.sources.findings import REPEATED
from nhsind.sources.inputs import open_input

ENGINES = ("duckdb", "pandas", "polars")
Row = dict[str, str | None]

# What each record must meet in the spec's period, and the short headings of all tables.
FATE = ("in_denominator", "in_numerator", "excluded_because", "quantity")
FATE_HEADINGS = dict(zip(("den", "num", "because", "quantity"), FATE, strict=True))
ANSWER_HEADINGS = {"org": "org_code", "level": "org_level", "meets": "meets_standard"}


def read_rows(
    text: str, headings: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None
) -> list[Row]:
    """The rows of a text table by column; `headings` and `words` spell out short forms.

    Raises ValueError for a row that has more or fewer cells than the heading.
    """
    lines = [line for line in text.splitlines() if line.strip(" |-")]
    cells = [_cells(line) for line in lines]
    names = [(headings or {}).get(name, name) for name in cells[0]]
    rows = []
    for line, row in zip(lines[1:], cells[1:], strict=True):
        if len(row) != len(names):
            raise ValueError(f"{len(row)} cells, not {len(names)}: {line.strip()}")
        spelled = [(words or {}).get(cell, cell) for cell in row]
        rows.append({n: None if c == "-" else c for n, c in zip(names, spelled, strict=True)})
    return rows


def _cells(line: str) -> list[str]:
    if "|" in line:
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    return line.split()


@dataclass(frozen=True, eq=False)
class Spec:
    """One rule of one line, shown on a few records.

    `records`: rows by table; the rows that carry the columns of `FATE` say what becomes of them in
    `period` (a row whose reason is `repeated` is the second of two equal ones). `answers`: rows of
    org_code, numerator, and where they apply denominator, value (`46/50` is exact),
    meets_standard, status (left out: ok), period (left out: the spec's) and org_level (left out:
    the family's own); every organisation that is derived must be there. `units`: where a unit is
    not one of the records (a referral with its appointments, a department's quarter), the rows that
    `trace` gives instead: id, org and fate, and where not 1, quantity and count.
    """

    indicator: str
    title: str
    sentence: str
    period: str
    records: dict[str, list[Row]]
    answers: list[Row]
    units: list[Row] = field(default_factory=list)

    @property
    def line(self) -> Indicator:
        return find(self.indicator)

    @cached_property
    def family(self) -> Family:
        return load_family(self.line.family)

    def __str__(self) -> str:
        return f"{self.indicator} {self.title}"

    def frames(self) -> dict[str, pd.DataFrame]:
        """The records as `derive` takes them, without their fate."""
        frames = {}
        for name, rows in self.records.items():
            table = self.family.tables[name]
            given = {column for row in rows for column in row} - set(FATE)
            columns = [c for c in table.columns if c in given or c in table.required(given)]
            assert given <= set(columns), f"{self}: {name} has no column {given - set(columns)}"
            values = [[row.get(column) for column in columns] for row in rows]
            frames[name] = pd.DataFrame(values, columns=columns, dtype=object)
        return frames

    @cached_property
    def level(self) -> str:
        """The family's own level, or the only one that the records know."""
        return opened(self).own_level

    def fates(self) -> Counter[tuple[Any, ...]]:
        """The rows that `trace` must give: identifier, organisation, flags, reason, count."""
        expected: Counter[tuple[Any, ...]] = Counter()
        for name, rows in self.records.items():
            table = self.family.tables[name]
            place = table.organisations.get(self.level)
            for row in rows:
                if not set(FATE) & set(row) or row.get("excluded_because") == REPEATED:
                    continue
                expected[_fate(row, row.get(next(iter(table.key), "")), row.get(place or ""))] += 1
        for row in self.units:
            expected[_fate(row, row.get("id"), row["org_code"])] += 1
        return expected


def _fate(row: Row, identifier: str | None, organisation: str | None) -> tuple[Any, ...]:
    return (
        identifier,
        organisation.upper() if organisation else None,
        _truth(row.get("in_denominator")),
        _truth(row["in_numerator"]),
        row["excluded_because"],
        int(row.get("count") or 1),
        Fraction(row["quantity"]) if row.get("quantity") else None,
    )


def specs_of(family: str) -> list[Spec]:
    """The specifications in `<family>.py` beside this file; none where it is missing."""
    if importlib.util.find_spec(family) is None:
        return []
    specs: list[Spec] = importlib.import_module(family).SPECS
    return specs


class Book:
    """Collects a family's specifications; `headings` spell out the columns' short forms."""

    def __init__(self, table: str, headings: Mapping[str, str]) -> None:
        self.table, self.headings = table, {**FATE_HEADINGS, **headings}
        self.specs: list[Spec] = []

    def __call__(
        self,
        indicator: str,
        title: str,
        sentence: str,
        period: str,
        records: str | Mapping[str, str],
        answers: str,
        words: Mapping[str, str] | None = None,
        units: str = "",
    ) -> None:
        """Add one: `records` is the text of the family's main table, or texts by table."""
        texts = {self.table: records} if isinstance(records, str) else records
        rows = {name: read_rows(text, self.headings, words) for name, text in texts.items()}
        named = ANSWER_HEADINGS | FATE_HEADINGS
        self.specs.append(
            Spec(
                indicator,
                title,
                sentence,
                period,
                rows,
                read_rows(answers, ANSWER_HEADINGS),
                read_rows(units, named, words) if units else [],
            )
        )


def check_trace(spec: Spec, engine: str) -> None:
    """Every record meets the fate that the spec says, and nothing else is traced."""
    check_traced(spec, _traced(spec, engine))


def check_traced(spec: Spec, traced: pd.DataFrame) -> None:
    """A trace of the spec's period has its fates and no others."""
    found = Counter(
        zip(
            traced["record_id"],
            traced["org_code"],
            [_python(flag) for flag in traced["in_denominator"]],
            [_python(flag) for flag in traced["in_numerator"]],
            traced["excluded_because"],
            traced["count"],
            [
                Fraction(count if pd.isna(quantity) else quantity)
                for quantity, count in zip(traced["quantity"], traced["count"], strict=True)
            ],
            strict=True,
        )
    )
    wanted: Counter[tuple[Any, ...]] = Counter()
    for fate, times in spec.fates().items():
        # Where the quantity is not said it is the count.
        wanted[(*fate[:-1], Fraction(fate[-2]) if fate[-1] is None else fate[-1])] += times
    missing, extra = wanted - found, found - wanted
    assert not missing and not extra, f"{spec}: not traced {missing}, traced instead {extra}"
    assert set(traced["period"]) <= {spec.period}
    assert set(traced["indicator"]) <= {spec.indicator}


def check_answers(spec: Spec, engine: str) -> None:
    """`derive` gives the spec's answers, for all organisations and no others."""
    levels = {row.get("org_level") or spec.level for row in spec.answers}
    for level in sorted(levels):
        rows = [row for row in spec.answers if (row.get("org_level") or spec.level) == level]
        periods = tuple(sorted({row.get("period") or spec.period for row in rows}))
        check_derived(spec, rows, _derived(spec, periods, level, engine))


def check_derived(spec: Spec, rows: list[Row], derived: pd.DataFrame) -> None:
    """An output table has the answers in `rows`, for their organisations and periods alone."""
    derived = derived.set_index(["org_code", "period"])
    wanted = {(row["org_code"], row.get("period") or spec.period): row for row in rows}
    assert set(derived.index) == set(wanted), f"{spec}: other organisations or periods"
    for key, row in wanted.items():
        _check_answer(f"{spec}, {key}", spec.line, derived.loc[key], row)


def check_sum(spec: Spec, engine: str) -> None:
    """The trace adds up to what `derive` gives."""
    derived = _derived(spec, (spec.period,), spec.level, engine).set_index("org_code")
    traced = _traced(spec, engine)
    for figure, flag in (("numerator", "in_numerator"), ("denominator", "in_denominator")):
        if spec.line.is_count and figure == "denominator":
            assert derived[figure].isna().all() and traced[flag].isna().all()
            continue
        inside = traced[traced[flag].fillna(False)]
        what = "count" if figure == "denominator" and spec.line.kind == "mean" else "quantity"
        summed = inside.groupby("org_code")[what].agg(lambda values: sum(map(Fraction, values)))
        for org, total in derived[figure].items():
            assert (0 if pd.isna(total) else Fraction(total)) == summed.get(org, 0)


@lru_cache(maxsize=1)
def opened(spec: Spec) -> Input:
    """The records as checked once; checks are the same whatever engine derives."""
    return open_input(spec.family, spec.frames())


@lru_cache(maxsize=2)
def _traced(spec: Spec, engine: str) -> pd.DataFrame:
    """The trace, from the input opened once; its front door has tests of its own."""
    periods = [parse_period(spec.period)]
    return trace_units(opened(spec), spec.line, periods=periods, level=spec.level, engine=engine)


@lru_cache(maxsize=4)
def _derived(spec: Spec, periods: tuple[str, ...], level: str, engine: str) -> pd.DataFrame:
    """What is derived, from the input opened once; `derive` has tests of its own."""
    asked = [parse_period(text) for text in periods]
    return measure(opened(spec), [spec.line], periods=asked, level=level, engine=engine)


def _check_answer(where: str, line: Indicator, got: pd.Series[Any], row: Row) -> None:
    wanted: dict[str, Any] = {
        "meets_standard": _truth(row.get("meets_standard")),
        "status": row.get("status") or "ok",
    }
    for name in ("numerator", "denominator"):
        figure, text = _python(got[name]), row.get(name)
        known = None if figure is None else Fraction(figure)
        assert known == (None if text is None else Fraction(text)), (
            f"{where}: {name} is {figure}, not {text}"
        )
    if row.get("standard"):
        assert abs(got["standard"] - float(Fraction(row["standard"]))) < 1e-12, f"{where}: standard"
    for name, value in wanted.items():
        assert _python(got[name]) == value, f"{where}: {name} is {got[name]}, not {value}"
    value = row["numerator"] if line.is_count else row.get("value")
    if value is None:
        assert pd.isna(got["value"]), f"{where}: value is {got['value']}, not missing"
    else:
        exact = float(Fraction(value))
        assert abs(got["value"] - exact) < 1e-12, f"{where}: value is {got['value']}, not {value}"


def _truth(word: str | None) -> bool | None:
    return None if word is None else {"yes": True, "no": False}[word]


def _python(value: Any) -> Any:
    """A cell as a plain Python value, missing as None."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
