"""The SQL of the sums as a SQL Server has it: written here, run by nobody, for there is none."""

from __future__ import annotations

from typing import Any

import ibis
import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from nhsind.definitions.catalogue import all_indicators, load_family
from nhsind.definitions.column_sql import sql_type
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.record_tables import RecordTable
from nhsind.derivation.query import USUAL
from nhsind.derivation.sums import count_units
from nhsind.engines.place import Elsewhere, Frame
from nhsind.periods import parse_period
from nhsind.sources.checked_input import Input

TYPES = {
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "BIGINT": "int64",
    "VARCHAR": "string",
}
LINES = list(all_indicators().values())


class Written(Elsewhere):
    """Tables that are only named: what is asked of them is written down as SQL."""

    engine = "ibis"

    def __init__(self, tables: dict[str, RecordTable]) -> None:
        super().__init__("SQL Server")
        self.sql: list[str] = []
        for name, table in tables.items():
            columns = {each.name: TYPES[sql_type(each)] for each in table.columns.values()}
            columns = {key: kind for key, kind in columns.items() if not key.startswith("counts_")}
            self.named(name, columns | {"count": "int64", "record_fault": "string"})

    def named(self, name: str, columns: dict[str, str]) -> Frame:
        self.frames[name] = nw.from_native(ibis.table(columns, name=name)).lazy()
        return self.frames[name]

    def beside(self, table: pa.Table) -> Frame:
        kinds = {field.name: ibis.dtype(field.type) for field in table.schema}
        return self.named("periods", {name: str(kind) for name, kind in kinds.items()})

    def rows(self, frame: Frame) -> pa.Table:
        native: Any = frame.to_native()
        self.sql.append(str(ibis.to_sql(native, dialect="mssql")))
        return native.schema().to_pyarrow().empty_table()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.code)
def test_the_sums_can_be_written(line: Indicator) -> None:
    family = load_family(line.family)
    place = Written(family.tables)
    given = {name: frozenset(table.columns) for name, table in family.tables.items()}
    source = Input(family, place, list(family.tables), None, [], "SQL Server", given=given)
    period = next(each for each in map(parse_period, USUAL) if line.answers(each))
    level = source.base_level(None)
    count_units(source, line, periods=[period], level=level, engine="ibis")
    assert place.sql and all("GROUP BY" in text for text in place.sql)
