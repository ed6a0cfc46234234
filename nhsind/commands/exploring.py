"""What if: `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhsind.commands.options import (
    COVERS,
    DATA,
    ENGINE,
    FORMAT,
    LEVEL,
    OUT,
    PERIOD,
    SOURCE,
    TOLERANCE,
)
from nhsind.commands.output import show
from nhsind.commands.variants import takes_variant
from nhsind.errors import UsageError
from nhsind.progress import steps

if TYPE_CHECKING:
    from nhsind.definitions.indicators import Indicator


@click.command()
@click.argument("code")
@DATA
@PERIOD
@LEVEL
@click.option("--org", multiple=True, help="Only this organisation; may be repeated.")
@click.option("--units", "listed", is_flag=True, help="List the units that change their fate.")
@click.option("--flows", "counted", is_flag=True, help="Count them, by organisation and fates.")
@SOURCE
@ENGINE
@FORMAT
@OUT
@COVERS
@TOLERANCE
@takes_variant
def compare(
    code: str | Indicator,
    data: tuple[Path, ...],
    period: tuple[str, ...],
    level: str | None,
    org: tuple[str, ...],
    listed: bool,
    counted: bool,
    source: str | None,
    engine: str,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
) -> None:
    """CODE and a variant of it, side by side: values, verdicts, who changes.

    The variant is what --set, --reading and --without say. What it comes to, in sentences, goes to
    stderr.
    """
    from nhsind.api.exploring import compare as compare_lines

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
        )
    for sentence in found.sentences:
        click.echo(sentence, err=True)
    show(found.units if listed else found.flows if counted else found.figures, form, out)
