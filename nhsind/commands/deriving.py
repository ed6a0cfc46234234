"""From data to figures: `check`, `derive`, `trace`, `reconcile`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nhsind.commands.command import command
from nhsind.commands.families import GIVEN
from nhsind.commands.options import (
    BY,
    COLUMNS,
    COVERS,
    DATA,
    ENGINE,
    FORMAT,
    LEVEL,
    OUT,
    PERIOD,
    REVISIONS,
    SOURCE,
    TOLERANCE,
)
from nhsind.commands.output import show
from nhsind.commands.variants import takes_variant
from nhsind.errors import EXIT_DIFFERENCES, InputError
from nhsind.progress import steps


@command()
@DATA
@click.option("--family", help="Check this family only.")
@SOURCE
@click.option("--strict", is_flag=True, help="Records that cannot be true are an error too.")
@click.option("--all", "in_full", is_flag=True, help="List every problem, not each kind of it.")
@FORMAT
@OUT
@COVERS
@TOLERANCE
@ENGINE
def check(
    data: tuple[Path, ...],
    family: str | None,
    source: str | None,
    strict: bool,
    in_full: bool,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
    engine: str,
) -> None:
    """Check the input: every problem at once, what some lines leave out, what tables cover.

    With --definitions and no --data, the definitions themselves and the examples they carry.
    """
    from nhsind.api.checking import check as check_input
    from nhsind.api.checking import check_definitions

    if click.get_current_context().meta.get(GIVEN):
        with steps() as step:
            step("checking definitions")
            examples = check_definitions()
        click.echo(
            f"definitions: {examples['as_expected'].sum():,} example records of "
            f"{len(examples):,} lines have the fate expected",
            err=True,
        )
        if not data:
            show(examples, form, out)
            return
    with steps() as step:
        step("checking")
        try:
            found = check_input(
                list(data) or None,
                family,
                source=source,
                strict=strict,
                covers=covers,
                tolerance=tolerance,
                engine=engine,
            )
        except InputError as error:
            error.in_full = in_full
            raise
    show(found, form, out)
    for note in found.attrs["notes"]:
        click.echo(note, err=True)
    if found.empty:
        click.echo("no problems, and no record is left out", err=True)


@command()
@click.argument("selectors", nargs=-1, required=True, metavar="SELECTOR...")
@DATA
@PERIOD
@LEVEL
@click.option("--org", multiple=True, help="Only this organisation; may be repeated.")
@SOURCE
@ENGINE
@click.option("--geography", help="Restate merged commissioners to this month, e.g. 2019-04.")
@click.option("--strict", is_flag=True, help="Records that cannot be true are an error.")
@REVISIONS
@FORMAT
@OUT
@COVERS
@TOLERANCE
@BY
@takes_variant
def derive(
    selectors: tuple[str, ...],
    data: tuple[Path, ...],
    period: tuple[str, ...],
    level: str | None,
    org: tuple[str, ...],
    source: str | None,
    engine: str,
    geography: str | None,
    strict: bool,
    revisions: bool,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
    by: tuple[str, ...],
) -> None:
    """Derive indicators: SELECTOR is a code (E.B.3) or a family (rtt)."""
    from nhsind.api.deriving import derive as derive_table

    with steps() as step:
        table = derive_table(
            selectors,
            list(data) or None,
            period=period,
            level=level,
            org=org or None,
            source=source,
            engine=engine,
            geography=geography,
            strict=strict,
            progress=step,
            revisions=revisions,
            covers=covers,
            tolerance=tolerance,
            by=by,
        )
    for note in table.attrs["notes"]:
        click.echo(note, err=True)
    show(table, form, out)


@command()
@click.argument("code")
@DATA
@PERIOD
@LEVEL
@click.option("--org", help="Only this organisation.")
@SOURCE
@ENGINE
@FORMAT
@OUT
@COVERS
@TOLERANCE
@COLUMNS
@takes_variant
def trace(
    code: str,
    data: tuple[Path, ...],
    period: tuple[str, ...],
    level: str | None,
    org: str | None,
    source: str | None,
    engine: str,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
    columns: tuple[str, ...],
) -> None:
    """Every record of CODE with its fate: counted, or left out by which rule."""
    from nhsind.api.deriving import trace as trace_table

    with steps() as step:
        step("tracing")
        table = trace_table(
            code,
            list(data) or None,
            period=period,
            org=org,
            level=level,
            source=source,
            engine=engine,
            covers=covers,
            tolerance=tolerance,
            columns=columns or None,
        )
    show(table, form, out)


@command()
@click.argument("family")
@click.option(
    "--data", multiple=True, required=True, type=click.Path(path_type=Path), help="Published file."
)
@SOURCE
@click.option("--published", type=click.Path(path_type=Path), help="A file with further answers.")
@REVISIONS
@FORMAT
@OUT
@COVERS
@TOLERANCE
def reconcile(
    family: str,
    data: tuple[Path, ...],
    source: str | None,
    published: Path | None,
    revisions: bool,
    form: str | None,
    out: Path | None,
    covers: str | None,
    tolerance: float | None,
) -> None:
    """Compare what published files give with what the publisher printed in them."""
    from nhsind.api.reconciling import reconcile as compare
    from nhsind.output import render

    with steps() as step:
        result = compare(
            family,
            list(data),
            source=source,
            published=published,
            progress=step,
            revisions=revisions,
            covers=covers,
            tolerance=tolerance,
        )
    show(result.summary, form, out)
    for note in result.notes:
        click.echo(note, err=True)
    differing = result.differences
    if not differing.empty:
        click.echo(f"{len(differing):,} cells differ:", err=True)
        click.echo(render(differing, "csv"), err=True, nl=False)
        sys.exit(EXIT_DIFFERENCES)
    click.echo(f"all {len(result.cells):,} cells compared are equal", err=True)
