"""What if: `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhsind.commands.command import command
from nhsind.commands.options import (
    COLUMNS,
    COVERS,
    DATA,
    ENGINE,
    FORMAT,
    LEVEL,
    OUT,
    SOURCE,
    TOLERANCE,
)
from nhsind.commands.output import show
from nhsind.commands.variants import takes_variant
from nhsind.errors import UsageError
from nhsind.progress import steps

if TYPE_CHECKING:
    from nhsind.definitions.indicators import Indicator


@command()
@click.argument("code", metavar="CODE")
@DATA
@click.option("--period", multiple=True, help="2017-06, 2017-18-Q1, 2017-18 or a range A..B.")
@LEVEL
@click.option("--org", multiple=True, help="Only this organisation; may be repeated.")
@click.option("--units", "listed", is_flag=True, help="List the units that change their fate.")
@click.option("--flows", "counted", is_flag=True, help="Count them, by organisation and fates.")
@click.option(
    "--all-readings", "readings_all", is_flag=True, help="CODE is a family: each of its readings."
)
@SOURCE
@ENGINE
@FORMAT
@OUT
@COVERS
@TOLERANCE
@COLUMNS
@takes_variant
def compare(
    code: str | Indicator,
    data: tuple[Path, ...],
    period: tuple[str, ...],
    level: str | None,
    org: tuple[str, ...],
    listed: bool,
    counted: bool,
    readings_all: bool,
    source: str | None,
    engine: str,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
    columns: tuple[str, ...],
) -> None:
    """CODE and a variant of it, side by side: values, verdicts, who changes.

    The variant is what --set, --reading and --without say. What it comes to, in sentences, goes to
    stderr. With --all-readings CODE is a family: how much does each of its readings matter?
    """
    from nhsind.api.exploring import compare as compare_lines
    from nhsind.api.weighing import compare_readings

    if readings_all:
        if not isinstance(code, str) or len(period) > 1 or org or listed or counted:
            raise UsageError("--all-readings takes a family and at most one period")
        with steps() as step:
            step("comparing")
            every = compare_readings(
                code,
                list(data) or None,
                period=period[0] if period else None,
                level=level,
                source=source,
                engine=engine,
                covers=covers,
                tolerance=tolerance,
            )
        show(every, form, out)
        return
    if columns and not listed:
        raise UsageError("--columns are of the units: give --units too")
    if listed and counted:
        raise UsageError("--units lists what --flows counts: give one of them")
    if not period:
        raise UsageError("give a period: --period 2018-03")
    if isinstance(code, str):
        raise UsageError("say what differs: --set LIMIT=VALUE, --reading NAME=CHOICE or --without")
    with steps() as step:
        step("comparing")
        found = compare_lines(
            code.own_code,
            code,
            data=list(data) or None,
            period=period,
            level=level,
            org=org or None,
            source=source,
            engine=engine,
            covers=covers,
            tolerance=tolerance,
            columns=columns,
        )
    for sentence in found.sentences:
        click.echo(sentence, err=True)
    show(found.units if listed else found.flows if counted else found.figures, form, out)
