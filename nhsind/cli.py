"""The commands, as `nhsind --help` lists them: arguments in, tables and messages out."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
import pandas as pd

from nhsind.errors import (
    EXIT_DIFFERENCES,
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    InputError,
    NhsindError,
    UsageError,
)
from nhsind.output import FORMATS, form_of, render
from nhsind.progress import steps
from nhsind.version import __version__

FORMAT = click.option(
    "--format", "form", type=click.Choice(FORMATS), help="A table on a terminal, CSV when piped."
)
OUT = click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
DATA = click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folder or file to read; may be repeated. Left out: the embedded sample.",
)
SOURCE = click.option("--source", help="Name of a published layout. Left out: recognised.")
REVISIONS = click.option(
    "--revisions", is_flag=True, help="Of files of the same months the one given last counts."
)
PERIOD = click.option(
    "--period",
    multiple=True,
    required=True,
    help="2017-06, 2017-18-Q1, 2017-18 or a range A..B; may be repeated.",
)
ENGINE = click.option(
    "--engine", default="duckdb", show_default=True, help="duckdb, pandas, polars."
)
LEVEL = click.option("--level", help="ccg, provider, tcp, stp, region or england.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nhsind")
def cli() -> None:
    """NHS performance indicators: what they are, what they give, and why.

    Exit status: 0 done, 1 something failed or differs, 2 bad usage, 65 the input is wrong,
    70 disclosure refused, 75 another run holds the output, 130 interrupted.
    """


@cli.command("list")
@click.argument("family", required=False)
@FORMAT
@OUT
def list_command(family: str | None, form: str | None, out: Path | None) -> None:
    """Every indicator (of FAMILY): code, family, title, kind, frequency, standard."""
    from nhsind.api import list_indicators

    _show(list_indicators(family), form, out)


@cli.command()
@click.argument("code")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def define(code: str, form: str) -> None:
    """The whole definition of CODE, with source page, rules, standard and readings."""
    from nhsind.definitions.cards import define as card_of

    card = card_of(code)
    if form == "json":
        click.echo(json.dumps(card.content, ensure_ascii=False, indent=1))
    else:
        click.echo(card.html if form == "html" else str(card))


@cli.command()
@click.argument("family", required=False)
@FORMAT
@OUT
def schema(family: str | None, form: str | None, out: Path | None) -> None:
    """The input tables and columns (of FAMILY), from the code that reads them."""
    from nhsind.api import schema as tables

    _show(tables(family), form, out)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=None, help="Another seed gives other records.")
@click.option("--ccgs", type=int, default=None, help="How many commissioners.")
@click.option("--months", type=int, default=None, help="How many months, up to March 2018.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Records, times default.")
def sample(
    folder: Path, seed: int | None, ccgs: int | None, months: int | None, scale: float
) -> None:
    """Write the synthetic data set to FOLDER: every family, every table."""
    from nhsind.api import sample as write_sample

    with steps() as step:
        write_sample(folder, seed, ccgs, months, scale, step)
    click.echo(f"wrote the synthetic sample to {folder}", err=True)


@cli.command()
@DATA
@click.option("--family", help="Check this family only.")
@SOURCE
@click.option("--strict", is_flag=True, help="Records that cannot be true are an error too.")
@FORMAT
@OUT
def check(
    data: tuple[Path, ...],
    family: str | None,
    source: str | None,
    strict: bool,
    form: str | None,
    out: Path | None,
) -> None:
    """Check the input: every problem at once, and the records that some lines leave out."""
    from nhsind.api import check as check_input

    with steps() as step:
        step("checking")
        found = check_input(list(data) or None, family, source, strict)
    _show(found, form, out)
    if found.empty:
        click.echo("no problems, and no record is left out", err=True)


@cli.command()
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
) -> None:
    """Derive indicators: SELECTOR is a code (E.B.3) or a family (rtt)."""
    from nhsind.api import derive as derive_table
    from nhsind.derivation.questions import Notes

    notes = Notes()
    with steps() as step:
        table = derive_table(
            selectors,
            list(data) or None,
            period,
            level,
            org or None,
            source,
            engine,
            geography,
            strict,
            notes,
            step,
            revisions,
        )
    for line in notes.lines():
        click.echo(line, err=True)
    _show(table, form, out)


@cli.command()
@click.argument("code")
@DATA
@PERIOD
@LEVEL
@click.option("--org", help="Only this organisation.")
@SOURCE
@ENGINE
@FORMAT
@OUT
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
) -> None:
    """Every record of CODE with its fate: counted, or left out by which rule."""
    from nhsind.api import trace as trace_table

    with steps() as step:
        step("tracing")
        table = trace_table(code, list(data) or None, period, org, level, source, engine)
    _show(table, form, out)


@cli.command()
@click.argument("family")
@click.option(
    "--data", multiple=True, required=True, type=click.Path(path_type=Path), help="Published file."
)
@SOURCE
@click.option("--published", type=click.Path(path_type=Path), help="A file with further answers.")
@REVISIONS
@FORMAT
@OUT
def reconcile(
    family: str,
    data: tuple[Path, ...],
    source: str | None,
    published: Path | None,
    revisions: bool,
    form: str | None,
    out: Path | None,
) -> None:
    """Compare what published files give with what the publisher printed in them."""
    from nhsind.api import reconcile as compare

    with steps() as step:
        result = compare(family, list(data), source, published, step, revisions)
    _show(result.summary, form, out)
    for note in result.notes:
        click.echo(note, err=True)
    differing = result.differences
    if not differing.empty:
        click.echo(f"{len(differing):,} cells differ:", err=True)
        click.echo(render(differing, "csv"), err=True, nl=False)
        sys.exit(EXIT_DIFFERENCES)
    click.echo(f"all {len(result.cells):,} cells compared are equal", err=True)


@cli.command()
@click.argument("parameters", type=click.Path(path_type=Path))
@DATA
@click.option("--jobs", type=int, default=None, help="How many reports at once; default: cores.")
@click.option("--runner", type=click.Choice(["fork", "kernel"]), default=None)
@click.option("--out", type=click.Path(path_type=Path), default=Path("reports"), show_default=True)
@click.option("--force", is_flag=True, help="Make every report again, also those up to date.")
@click.option("--strict", is_flag=True, help="Records that cannot be true are an error.")
@click.option("--scheduler", help="Make the reports on the Dask cluster at this address.")
@click.option("--due", is_flag=True, help="Of each family the periods due, not the plan's.")
@click.option("--as-of", help="The day for --due, as 2018-04-10; default: today.")
def run(
    parameters: Path,
    data: tuple[Path, ...],
    jobs: int | None,
    runner: str | None,
    out: Path,
    force: bool,
    strict: bool,
    scheduler: str | None,
    due: bool,
    as_of: str | None,
) -> None:
    """Publish the reports of a run plan: notebooks x organisations x periods."""
    from nhsind.api import run as run_plan

    summary = run_plan(
        parameters,
        list(data) or None,
        out=out,
        jobs=jobs,
        runner=runner,
        force=force,
        strict=strict,
        scheduler=scheduler,
        due=due,
        as_of=as_of,
    )
    click.echo(summary.words)
    sys.exit(summary.exit_status)


@cli.command()
@click.argument("family", required=False)
@click.option("--as-of", required=True, help="The day, as 2018-04-10.")
@FORMAT
@OUT
def due(family: str | None, as_of: str, form: str | None, out: Path | None) -> None:
    """Which periods of FAMILY (or of all) are due on a day: the last that have ended."""
    from nhsind.api import due as due_table

    _show(due_table(as_of, family), form, out)


@cli.command()
@click.argument("kind", metavar="KIND")
@click.argument("code")
@DATA
@PERIOD
@click.option("--org", required=True, help="The organisation's code.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The SVG file to write."
)
@LEVEL
@SOURCE
@click.option(
    "--rules",
    default="mdc-sql-2.5",
    show_default=True,
    help="Rule set of a control chart: mdc-sql-2.5, mdc-2023 or ptd-0.2.",
)
@click.option(
    "--recalculate-at", multiple=True, help="Period from which limits are made anew; repeats."
)
def chart(
    kind: str,
    code: str,
    data: tuple[Path, ...],
    period: tuple[str, ...],
    org: str,
    out: Path,
    level: str | None,
    source: str | None,
    rules: str,
    recalculate_at: tuple[str, ...],
) -> None:
    """Draw CODE as KIND: spc, funnel, ranked, trend or attrition.

    The last period is the chart's own. Figures are released under the family's disclosure policy
    before they are drawn; the description goes to stdout.
    """
    from nhsind.api import chart_of

    if out.suffix.lower() != ".svg":
        raise UsageError(f"{out} has an unknown ending. Allowed: .svg")
    with steps() as step:
        step("deriving")
        drawn = chart_of(
            kind, code, list(data) or None, period, org, level, source, rules, recalculate_at
        )
    if not drawn.svg:
        raise UsageError(f"there is nothing to draw. {drawn.alt}")
    _write(out, '<?xml version="1.0" encoding="UTF-8"?>\n' + drawn.svg + "\n")
    click.echo(drawn.caption)
    click.echo(drawn.alt)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Are the published files in FOLDER still those that the manifest names?"""
    from nhsind.report.manifest import verify as verify_folder

    problems = verify_folder(folder)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(
        "everything published is as the manifest says" if not problems else "not as published"
    )
    sys.exit(EXIT_DIFFERENCES if problems else EXIT_DONE)


def _show(table: pd.DataFrame, form: str | None, out: Path | None) -> None:
    content = render(table, form_of(out, form, sys.stdout.isatty()))
    if out is not None:
        _write(out, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        click.echo(content, nl=False)


def _write(out: Path, content: str | bytes) -> None:
    from nhsind.report.publishing import write_whole

    try:
        write_whole(out, content)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; every known error becomes a message on stderr and its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        status = cli.main(args=arguments, prog_name="nhsind", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else EXIT_DONE)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        _exit_interrupted()
    except InputError as error:
        count = len(error.problems)
        noun = "problem" if count == 1 else "problems"
        click.echo(f"nhsind: the input has {count} {noun}; nothing was written", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(error.exit_status)
    except NhsindError as error:
        click.echo(f"nhsind: {error}", err=True)
        sys.exit(error.exit_status)
    except RuntimeError as error:
        if "interrupted" not in str(error):  # how DuckDB passes on an interrupt
            raise
        _exit_interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_DONE)


def _exit_interrupted() -> NoReturn:
    click.echo("interrupted", err=True)
    # An interrupt within an `exec` of a text (so are dataclasses made) leaves a mark for which
    # `python -m` ends by the signal and not by its status; the next one takes it off.
    exec("")
    sys.exit(EXIT_INTERRUPTED)
