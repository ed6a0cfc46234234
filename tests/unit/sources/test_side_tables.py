"""The tables beside the records are described column by column, as they are read."""

from __future__ import annotations

import nhsind
from nhsind.sources.side_tables import ABOUT, NEEDED, READ


def test_schema_has_every_column_of_the_tables_beside_the_records() -> None:
    shown = nhsind.schema("any")
    assert shown.groupby("table", sort=False)["column"].agg(list).to_dict() == {
        table: list(columns) for table, columns in READ.items()
    }
    required = shown[shown["needed"] == "required"].groupby("table")["column"].agg(list)
    assert required.to_dict() == {table: list(names) for table, names in NEEDED.items() if names}
    assert nhsind.schema().tail(len(shown)).reset_index(drop=True).equals(shown)


def test_nothing_is_told_of_a_column_that_is_not_read() -> None:
    assert {table: set(columns) for table, columns in ABOUT.items()} == {
        table: set(columns) for table, columns in READ.items()
    }
