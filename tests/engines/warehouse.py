"""The sample as others keep it: Parquet with types, and the tables of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.column_sql import literal, quote
from nhsind.definitions.record_tables import RecordTable

# Labels (months, quarters, years) are text there too, and so are codes.
TYPES = {
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "integer": "BIGINT",
    "decimal": "DECIMAL(20, 9)",
}
SIDE = ("geography.csv", "plans.csv", "coverage.csv")


def columns_of(path: Path, table: RecordTable) -> dict[str, str]:
    """The columns of a CSV file with the types that a database gives them."""
    header = path.read_text("utf-8").split("\n", 1)[0].strip().split(",")
    kinds = {name: column.kind for name, column in table.columns.items()}
    return {name: TYPES.get(kinds.get(name, ""), "VARCHAR") for name in header}


def to_parquet(sample: Path, folder: Path, codes: Collection[str] = ()) -> Path:
    """The sample's tables as typed Parquet, with the files that stand beside them."""
    con = duckdb.connect()
    for code in codes or family_codes():
        (folder / code).mkdir(parents=True)
        for table in load_family(code).tables.values():
            path = sample / code / f"{table.name}.csv"
            if not path.is_file():
                continue
            listed = ", ".join(
                f"{literal(name)}: {literal(kind)}"
                for name, kind in columns_of(path, table).items()
            )
            to = folder / code / f"{table.name}.parquet"
            con.execute(
                f"COPY (FROM read_csv({literal(str(path))}, header = true, auto_detect = false, "
                f"columns = {{{listed}}}, nullstr = '')) TO {literal(str(to))} (FORMAT parquet)"
            )
    for path in (sample / name for name in SIDE):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def to_postgres(sample: Path, address: str, codes: Collection[str] = ()) -> None:
    """The sample's tables in schemas of the families' codes."""
    import psycopg

    with psycopg.connect(address) as con:
        for code in codes or family_codes():
            con.execute(f"CREATE SCHEMA {quote(code)}")
            for table in load_family(code).tables.values():
                path = sample / code / f"{table.name}.csv"
                if not path.is_file():
                    continue
                columns = ", ".join(
                    f"{quote(name)} {kind}" for name, kind in columns_of(path, table).items()
                )
                named = f"{quote(code)}.{quote(table.name)}"
                con.execute(f"CREATE TABLE {named} ({columns})")
                with con.cursor().copy(f"COPY {named} FROM STDIN (FORMAT csv, HEADER)") as copy:
                    copy.write(path.read_bytes())
