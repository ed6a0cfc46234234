"""The options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nhsind.engines.addresses import is_address
from nhsind.formats import FORMATS


class PathOrAddress(click.Path):
    """A path, or the address of a database, which is no path."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """An address as it is written, all else as a path."""
        return value if is_address(value) else super().convert(value, param, ctx)


FORMAT = click.option(
    "--format", "form", type=click.Choice(FORMATS), help="A table on a terminal, CSV when piped."
)
OUT = click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
DATA = click.option(
    "--data",
    multiple=True,
    type=PathOrAddress(path_type=Path),
    help="Folder or file to read, or the address of a database (postgres://host/name); may be "
    "repeated. Left out: the embedded sample.",
)
SOURCE = click.option("--source", help="Name of a published layout. Left out: recognised.")
REVISIONS = click.option(
    "--revisions",
    is_flag=True,
    help="Of files of the same months the one given last counts, and of rows alike one.",
)
PERIOD = click.option(
    "--period",
    multiple=True,
    required=True,
    help="2017-06, 2017-18-Q1, 2017-18 or a range A..B; may be repeated.",
)
ENGINE = click.option(
    "--engine", default="duckdb", show_default=True, help="duckdb, pandas, polars, spark, ibis."
)
LEVEL = click.option("--level", help="ccg, provider, tcp, stp, region or england.")
BY = click.option(
    "--by",
    multiple=True,
    metavar="COLUMN",
    help="A row for each value of this column of the records, your own too; may be repeated.",
)
COLUMNS = click.option(
    "--columns",
    multiple=True,
    metavar="COLUMN",
    help="Show this column of the records, your own too; may be repeated. Left out: the dates and "
    "codes that decide, and the wait.",
)
COVERS = click.option(
    "--covers", help="The months that the records cover, as 2017-04..2018-03. Left out: inferred."
)
TOLERANCE = click.option(
    "--tolerance",
    type=float,
    help="Name months under this share of the usual number, or over its reciprocal; 0.5.",
)
