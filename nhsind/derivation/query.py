"""The query that derives a line, as DuckDB runs it: made by the engine from the line's own clauses.

It reads the family's tables as the contract has them, in a schema of the family's name, so that it
can be run, read and compared where the records lie.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import narwhals.stable.v2 as nw

from nhsind.definitions.catalogue import family_of
from nhsind.definitions.column_sql import literal, quote, reading, sql_type
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator, Measure
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.definitions.unit_tables import Frame
from nhsind.derivation.flags import why
from nhsind.derivation.units import days_of_periods
from nhsind.errors import InputError, Problem
from nhsind.periods import Period, parse_period
from nhsind.sources.findings import IDENTIFIER_DISAGREES, IDENTIFIER_MISSING

PERIODS, _HOLDS = "periods", "nhsind_holds"
# What a line is asked for where no period is named: the first kind that it answers.
USUAL = ("2018-03", "2017-18-Q4", "2017-18")


def query_of(line: Indicator, periods: Sequence[Period] = ()) -> str:
    """The query of a line: org_code, period, numerator and denominator, by record organisation.

    Raises InputError where the engine cannot write one, with the reason.
    """
    family = family_of(line)
    asked = list(periods) or [next(p for p in map(parse_period, USUAL) if line.answers(p))]
    con = duckdb.connect()
    try:
        return _Query(con, family, line, asked).text()
    except (duckdb.Error, nw.exceptions.NarwhalsError, NotImplementedError) as error:
        reason = str(error).split("\n")[0]
        text = f"cannot be written as one query: {reason}"
        raise InputError(Problem(line.code, text)) from error


class _Query:
    """The parts of a line's query; the tables that they name are empty ones in a connection."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        family: Family,
        line: Indicator,
        periods: Sequence[Period],
    ) -> None:
        self.con, self.family, self.line, self.periods = con, family, line, periods
        needed = [family.units[measure.units] for measure in line.measures.values()]
        named = dict.fromkeys(name for made in needed for choice in made.needs for name in choice)
        self.tables = [family.tables[name] for name in named]
        for table in self.tables:
            columns = ", ".join(f"{quote(name)} {kind}" for name, kind in _typed(table).items())
            con.execute(f"CREATE TABLE {quote(table.name)} ({columns}, record_fault VARCHAR)")
        con.execute(f"CREATE TABLE {PERIODS} AS {self._periods()} LIMIT 0")

    def text(self) -> str:
        """The whole query."""
        line = self.line
        parts = [f"{PERIODS} AS (\n  {self._periods()}\n)"]
        parts += [self._records(table) for table in self.tables]
        parts += [self._units(name) for name in dict.fromkeys(m.units for m in self._measures())]
        sums = {}
        if line.is_inside:
            assert line.denominator is not None
            sums["counted"] = self._sums("counted", line.denominator, line.numerator)
        else:
            sums["above"] = self._sums("above", line.numerator, None)
            if line.denominator is not None:
                sums["below"] = self._sums("below", line.denominator, None)
        parts += list(sums.values())
        says = [f"-- {line.code}: {line.title}", *_comment(line.numerator_in_words, "Numerator")]
        if line.denominator_in_words:
            says += _comment(line.denominator_in_words, "Denominator")
        schema = self.family.code
        says += [
            f"-- Reads the tables of `nhsind schema {schema}` in the schema {schema}; of a column",
            "-- that yours do not have write NULL in its place. For other periods change its rows.",
            "-- Dates are DATE, times TIMESTAMP, yes and no BOOLEAN, numbers of any type of number",
            "-- (count as text too); all else is text as the schema writes it, in any case.",
        ]
        return "\n".join([*says, "WITH " + ",\n".join(parts), self._result(list(sums))]) + ";\n"

    def _measures(self) -> list[Measure]:
        return [each for each in (self.line.numerator, self.line.denominator) if each]

    def _periods(self) -> str:
        rows = []
        for period in self.periods:
            days = {
                "period_start": period.start,
                "period_end": period.end,
                "financial_year_end": period.financial_year.end,
                **{
                    each.name: each.day_of(period)
                    for each in days_of_periods(self.family, self.line)
                },
            }
            shown = ", ".join(f"DATE '{day}' AS {quote(name)}" for name, day in days.items())
            rows.append(f"SELECT {literal(str(period))} AS period, {shown}")
        return "\n  UNION ALL ".join(rows)

    def _records(self, table: RecordTable) -> str:
        """A record table with rows that agree once, and marks on those that cannot be told."""
        read = ",\n    ".join(_brought(table.columns[name]) for name in _typed(table))
        where = f"FROM (SELECT {read}\n  FROM {quote(self.family.code)}.{quote(table.name)})"
        shown = "* REPLACE (coalesce(count, 1) AS count)"
        name = quote(table.name)
        if not table.key:
            return f"{name} AS (\n  SELECT {shown}, NULL::VARCHAR AS record_fault\n  {where}\n)"
        key = ", ".join(map(quote, table.key))
        known = " AND ".join(f"{quote(each)} IS NOT NULL" for each in table.key)
        missing = (
            f"{quote(table.key[0])} IS NULL AND count IS NULL" if table.identifier else "FALSE"
        )
        row = ", ".join(map(quote, _typed(table)))
        versions = f"count(DISTINCT row({row})) OVER (PARTITION BY {key})"
        return (
            f"-- Rows that share {' and '.join(table.key)} and agree count once; others do not "
            f"count.\n{name} AS (\n  SELECT {shown},\n"
            f"    CASE WHEN {missing} THEN '{IDENTIFIER_MISSING}'\n"
            f"         WHEN {known} AND {versions} > 1 THEN '{IDENTIFIER_DISAGREES}' END"
            f" AS record_fault\n  {where}\n"
            f"  QUALIFY NOT ({known}) OR {versions} > 1\n"
            f"    OR row_number() OVER (PARTITION BY {key}) = 1\n)"
        )

    def _frame(self, name: str) -> Frame:
        frame: Frame = nw.from_native(self.con.table(name)).lazy()
        return frame

    def _units(self, name: str) -> str:
        """A unit table: what it is made of, by the engine; and an empty one of it, to ask of."""
        made = self.family.units[name].of_line(
            {table.name: self._frame(table.name) for table in self.tables},
            self._frame(PERIODS),
            self.line.limits,
        )
        relation: duckdb.DuckDBPyRelation = made.to_native()
        query = relation.sql_query()
        relation.limit(0).create(f"units_{name}")
        says = " ".join((self.family.units[name].make.__doc__ or "").split("\n\n")[0].split())
        return "\n".join([*_comment(says), f"{quote(f'units_{name}')} AS (\n{query}\n)"])

    def _sums(self, name: str, measure: Measure, inside: Measure | None) -> str:
        """The sums of a measure by organisation and period, with those of one that lies in it."""
        family, line = self.family, self.line
        frame = self._frame(f"units_{measure.units}")
        org = quote(family.organisations(measure.units)[family.record_level])
        tests = [f"{org} IS NOT NULL AND record_fault IS NULL"]
        tests += [
            self._told(fault, f"NOT {self._condition(frame, family.faults[fault]())}")
            for fault in family.faults_of(line, measure.units)
        ]
        asked = measure.clauses if not measure.returned_by else (measure.returned_by,)
        tests += [self._holds(frame, clause) for clause in asked]
        shown = {"denominator" if inside else "value": _sum(measure, "")}
        if measure.returned_by:
            shown["value"] = _sum(measure, "\n".join(self._all(frame, measure.clauses)))
        if inside:
            shown["numerator"] = _sum(inside, "\n".join(self._all(frame, inside.clauses)))
        listed = ",\n    ".join(f"{sql} AS {each}" for each, sql in shown.items())
        return (
            f"{name} AS (\n  SELECT {org} AS org_code, period,\n    {listed}\n"
            f"  FROM {quote(f'units_{measure.units}')}\n  WHERE "
            + "\n    AND ".join(tests)
            + "\n  GROUP BY ALL\n)"
        )

    def _all(self, frame: Frame, clauses: Sequence[str]) -> list[str]:
        tests = [self._holds(frame, clause) for clause in clauses]
        return [f"    {'AND ' if at else ''}{test}" for at, test in enumerate(tests)]

    def _holds(self, frame: Frame, clause: str) -> str:
        condition = self.family.clauses[clause].of(self.line.limits)
        return self._told(clause, self._condition(frame, condition))

    def _told(self, rule: str, condition: str) -> str:
        """A condition to be joined to others, after what its docstring says."""
        return f"-- {rule}: {why(self.family, self.line, rule)}\n      {condition}"

    def _condition(self, frame: Frame, condition: nw.Expr) -> str:
        query = frame.select(condition.alias(_HOLDS)).to_native().sql_query()
        before, after = "SELECT ", f' AS "{_HOLDS}" FROM '
        start, end = query.index(before) + len(before), query.rindex(after)
        return f"({query[start:end]})"

    def _result(self, sums: Sequence[str]) -> str:
        if sums == ["counted"]:
            return "SELECT org_code, period, numerator, denominator FROM counted ORDER BY ALL"
        if sums == ["above"]:
            return (
                "SELECT org_code, period, value AS numerator, NULL AS denominator FROM above "
                "ORDER BY ALL"
            )
        return (
            "SELECT org_code, period, coalesce(above.value, 0) AS numerator, "
            "below.value AS denominator\nFROM above FULL JOIN below USING (org_code, period) "
            "ORDER BY ALL"
        )


def _typed(table: RecordTable) -> dict[str, str]:
    """The columns of a table with their types, without those of published files."""
    return {
        name: sql_type(column)
        for name, column in table.columns.items()
        if not name.startswith("counts_")
    }


def _brought(column: Column) -> str:
    """A column of somebody's own table as the clauses want it: what is no plain type is read."""
    name = quote(column.name)
    match column.kind:
        case "month":  # as 2018-03, or any day of it
            value = f"last_day(CAST(left(CAST({name} AS VARCHAR), 7) || '-01' AS DATE))"
        case "code" | "commissioner" | "choice":
            case = "lower" if column.kind == "choice" else "upper"
            value = f"nullif({case}(trim({name})), '')"
        case "period" | "financial_year":
            value = reading(column, "VARCHAR").value
        case "decimal":
            value = reading(column, "DOUBLE").value
        case _ if column.name == "count":
            value = f"CAST(count AS {sql_type(column)})"  # a text has no sum
        case _:
            return name
    return f"{value} AS {name}"


def _sum(measure: Measure, where: str) -> str:
    summed = quote(measure.quantity)
    if where:
        summed = f"CASE WHEN\n{where}\n      THEN {summed} ELSE 0 END"
    total = f"sum({summed})"
    return total if measure.scale == 1 else f"{total}::DECIMAL(38, 0) / {measure.scale}"


def _comment(text: str, named: str = "") -> list[str]:
    return [f"-- {f'{named}: ' if named else ''}{' '.join(text.split())}"]
