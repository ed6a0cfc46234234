"""What is handed on: `sample`, `run`, `due`, `chart`, `verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nhsind.commands.command import command
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
from nhsind.commands.output import show, write
from nhsind.commands.variants import takes_variant
from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE, UsageError
from nhsind.progress import steps


@command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", type=int, default=None, help="Another seed gives other records.")
@click.option("--ccgs", type=int, default=None, help="How many commissioners.")
@click.option("--months", type=int, default=None, help="How many months, up to March 2018.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Records, times default.")
def sample(
    folder: Path, seed: int | None, ccgs: int | None, months: int | None, scale: float
) -> None:
    """Write the synthetic data set to FOLDER: every family, every table."""
    from nhsind.api.sampling import sample as write_sample

    with steps() as step:
        write_sample(folder, seed, ccgs=ccgs, months=months, scale=scale, progress=step)
    click.echo(f"wrote the synthetic sample to {folder}", err=True)


@command()
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
@click.option(
    "--before-release",
    is_flag=True,
    help="Before release_datetime, for those who may see it: every page says so.",
)
@click.option(
    "--keep-editions",
    type=int,
    default=5,
    show_default=True,
    help="How many earlier editions of a revised table stay.",
)
@click.option(
    "--summary",
    "summary_file",
    type=click.Path(path_type=Path),
    help="A file to write what the run did to, as JSON.",
)
@COVERS
@TOLERANCE
@ENGINE
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
    before_release: bool,
    keep_editions: int,
    summary_file: Path | None,
    covers: str | None,
    tolerance: float | None,
    engine: str,
) -> None:
    """Publish the reports of a run plan: notebooks x organisations x periods."""
    from nhsind.api.publishing import run as run_plan

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
        before_release=before_release,
        keep_editions=keep_editions,
        covers=covers,
        tolerance=tolerance,
        engine=engine,
    )
    if summary_file is not None:
        write(summary_file, summary.json)
    click.echo(summary.words)
    sys.exit(summary.exit_status)


@command()
@click.argument("family", required=False)
@click.option("--as-of", required=True, help="The day, as 2018-04-10.")
@FORMAT
@OUT
def due(family: str | None, as_of: str, form: str | None, out: Path | None) -> None:
    """Which periods of FAMILY (or of all) are due on a day: the last that have ended."""
    from nhsind.api.publishing import due as due_table

    show(due_table(as_of, family), form, out)


@command()
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
    "--recalculate-at",
    multiple=True,
    metavar="PERIOD[=REASON]",
    help="Period from which limits are made anew; repeats.",
)
@click.option(
    "--baseline",
    metavar="POINTS[=REASON]",
    help="The number of first points at whose limits the chart is held.",
)
@click.option(
    "--ghost",
    multiple=True,
    metavar="PERIOD[=REASON]",
    help="Period or range A..B that is shown and left out otherwise; repeats.",
)
@click.option(
    "--control-chart",
    metavar="KIND[=REASON]",
    help="XmR, p, p', u or u', in place of the one that suits the line.",
)
@COVERS
@TOLERANCE
@takes_variant
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
    baseline: str | None,
    ghost: tuple[str, ...],
    control_chart: str | None,
    covers: str | None,
    tolerance: float | None,
) -> None:
    """Draw CODE as KIND: spc, funnel, ranked, trend or attrition.

    The last period is the chart's own. Figures are released under the family's disclosure policy
    before they are drawn; the description goes to stdout.
    """
    from nhsind.api.charting import chart_of

    if out.suffix.lower() != ".svg":
        raise UsageError(f"{out} has an unknown ending. Allowed: .svg")
    with steps() as step:
        step("deriving")
        drawn = chart_of(
            kind,
            code,
            data=list(data) or None,
            period=period,
            org=org,
            level=level,
            source=source,
            rules=rules,
            recalculate_at=_reasons(recalculate_at),
            baseline=_points(baseline),
            ghost=_reasons(ghost),
            control_chart=_reasons((control_chart,)) if control_chart else None,
            covers=covers,
            tolerance=tolerance,
        )
    if not drawn.svg:
        raise UsageError(f"there is nothing to draw. {drawn.alt}")
    write(out, '<?xml version="1.0" encoding="UTF-8"?>\n' + drawn.svg + "\n")
    click.echo(drawn.caption)
    click.echo(drawn.alt)


def _reasons(given: tuple[str, ...]) -> dict[str, str]:
    """`2017-10=a second ward`: what stands before the sign, and the reason."""
    pairs = (text.partition("=") for text in given)
    return {name.strip(): reason.strip() for name, _, reason in pairs}


def _points(given: str | None) -> dict[int, str] | None:
    if given is None:
        return None
    ((number, reason),) = _reasons((given,)).items()
    if not number.isdecimal():
        raise UsageError(f'a baseline is a number of first points, not "{number}"')
    return {int(number): reason}


@command()
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


@command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--within", type=float, help="How many hours ago the last run may have ended.")
def health(folder: Path, within: float | None) -> None:
    """Is FOLDER well? Its files are as published, and its last run ended whole: one line."""
    from datetime import timedelta

    from nhsind.report.health import health as health_of

    found = health_of(folder, None if within is None else timedelta(hours=within))
    click.echo(found.words)
    sys.exit(found.exit_status)


@command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--geography",
    type=click.Path(path_type=Path),
    help="A geography.csv that says who is in whom, or a folder with one.",
)
@FORMAT
@OUT
def audit(folder: Path, geography: Path | None, form: str | None, out: Path | None) -> None:
    """Which hidden counts of the tables published in FOLDER could be narrowed, and by what?"""
    from nhsind.api.auditing import audit as audit_folder

    found = audit_folder(folder, geography)
    number = len(found)
    if number or form is not None or out is not None:
        show(found, form, out)
    noun = "count" if number == 1 else "counts"
    click.echo(
        f"{number:,} hidden {noun} could be narrowed"
        if number
        else "every hidden count keeps the whole range of its rule",
        err=True,
    )
    sys.exit(EXIT_DIFFERENCES if number else EXIT_DONE)
