"""A family: indicators that share record tables, rules and a notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from nhsind.definitions.clauses import Clause, Fault, Remark
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator, Measure, Reading
from nhsind.definitions.limits import Limits
from nhsind.definitions.record_tables import RecordTable
from nhsind.definitions.unit_tables import UnitTable
from nhsind.definitions.written_relations import Sum, WithinWhole


@dataclass(frozen=True)
class Family:
    """A group of indicators that share tables, rules and a notebook.

    `folder` holds its files, `package` is the name that its modules are imported under. `sums`,
    `within`, `least_of_each` and `units_counted_by`: what adds up beyond what the lines say.
    """

    code: str
    folder: Path
    package: str
    title: str
    about: str
    document: str
    level: str
    indicators: dict[str, Indicator]
    supporting: dict[str, Indicator]
    tables: dict[str, RecordTable]
    units: dict[str, UnitTable]
    readings: tuple[Reading, ...]
    disclosure: Disclosure | None
    sums: tuple[Sum, ...]
    within: tuple[WithinWhole, ...]
    least_of_each: dict[str, int]
    units_counted_by: dict[str, tuple[str, ...]]
    rules: ModuleType = field(repr=False)
    clauses: dict[str, Clause] = field(repr=False)
    faults: dict[str, Fault] = field(repr=False)
    remarks: dict[str, Remark] = field(repr=False)

    @property
    def record_level(self) -> str:
        """The level that records are placed at: the family's own may be one above it."""
        return self.level if self.level in ("ccg", "provider") else "ccg"

    def tables_missing(self, line: Indicator, held: list[str]) -> list[str]:
        """The record tables that a line needs and `held` lacks; `a or b` where either would do."""
        parts = [self.units[part.units].missing(held) for part in line.measures.values()]
        return list(dict.fromkeys(name for part in parts for name in part))

    def tables_of(self, line: Indicator) -> list[str]:
        """The record tables that a line can need, either of a choice included."""
        needs = {
            name
            for part in line.measures.values()
            for choice in self.units[part.units].needs
            for name in choice
        }
        return [name for name in self.tables if name in needs]

    def lines_of(self, table: str) -> tuple[str, ...]:
        """The lines that a record table is needed for."""
        lines = self.indicators.items()
        return tuple(code for code, line in lines if table in self.tables_of(line))

    def identifier(self, units: str) -> str | None:
        """The column that identifies a unit; a figure is told by its commissioner."""
        made = self.units[units]
        return made.identifier or next(iter(self.tables[made.of].key), None)

    def is_return(self, measure: Measure) -> bool:
        """Whether it is of a table of figures or returns, where no row is not known, not 0."""
        table = self.tables[self.units[measure.units].of]
        return bool(measure.returned_by or table.labelled_by)

    def needs_return(self, line: Indicator) -> bool:
        """Whether a line's numerator or denominator, or its required number, is of a return."""
        return any(map(self.is_return, line.measures.values()))

    def placed_by(self, line: Indicator) -> list[tuple[str, str]]:
        """The dates that place a line's units in a period: record table and column of each."""
        found: dict[tuple[str, str], None] = {}
        for part in (line.numerator, line.denominator):
            if part is None:
                continue
            for name in (table for choice in self.units[part.units].needs for table in choice):
                columns = self.tables[name].placed_by
                by_any = [columns[""]] if "" in columns else []
                named = [columns[each] for each in part.clauses if each in columns]
                found |= {(name, column): None for column in named or by_any}
        return list(found)

    def left_by(self, line: Indicator) -> list[tuple[str, str]]:
        """The dates on which units leave a snapshot: record table and column of each."""
        found: dict[tuple[str, str], None] = {}
        for part in line.measures.values():
            for name in (table for choice in self.units[part.units].needs for table in choice):
                columns = self.tables[name].left_by
                found |= {(name, columns[each]): None for each in part.clauses if each in columns}
        return list(found)

    def read_by(self, line: Indicator) -> list[tuple[str, str]]:
        """The dates of rows that decide on a line's units, which another table's date places."""
        placed = {table for table, _ in self.placed_by(line)}
        dates = ((name, self.tables[name].read_by) for name in self.tables_of(line))
        return [(name, date) for name, date in dates if date and name not in placed]

    def other_dates_of(self, line: Indicator) -> list[tuple[str, str]]:
        """The dates of a line's tables by which rows before a period may be lost to it.

        Those that place none of its units, and those of rows that decide on units.
        """
        dates = {
            (name, column): None
            for name in self.tables_of(line)
            for column in self.tables[name].placed_by.values()
        }
        own = (*self.placed_by(line), *self.left_by(line))
        return [
            (name, date)
            for name, date in dates
            if (name, date) not in own or date == self.tables[name].read_by
        ]

    def first_dates_of(self, line: Indicator) -> list[tuple[str, str]]:
        """Those of them that stand before the one that places a unit: its beginnings."""
        own = dict(self.placed_by(line))
        found = []
        for name, date in self.other_dates_of(line):
            table, columns = self.tables[name], list(self.tables[name].columns)
            is_first = name in own and columns.index(date) < columns.index(own[name])
            if is_first or (name not in own and date == table.read_by):
                found.append((name, date))
        return found

    def dates_of(self, line: Indicator) -> list[tuple[str, str]]:
        """The dates by which a line's units come into a period, or leave it."""
        return list(dict.fromkeys([*self.placed_by(line), *self.left_by(line)]))

    def organisations(self, units: str) -> dict[str, str]:
        """The columns that place a unit, by level."""
        made = self.units[units]
        return made.organisations or self.tables[made.of].organisations

    def faults_of(self, line: Indicator, units: str) -> list[str]:
        """The faults that put a unit's own record out of a line."""
        of = self.units[units].of
        return [name for name in line.faults if self.faults[name].table == of]

    def words(self, rule: str, limits: Limits) -> str:
        """What a fault or clause says in a line that has these limits."""
        fault = self.faults.get(rule)
        return fault.says if fault else self.clauses[rule].words(limits)

    def module(self, name: str) -> ModuleType | None:
        """The family's `published` or `sample` module, or None if it has none."""
        full = f"{self.package}.{name}"
        return None if find_spec(full) is None else import_module(full)
