"""The command `nhsind`: the group of all commands, and what becomes of errors."""

from __future__ import annotations

import io
import sys
from typing import Any, NoReturn

import click

from nhsind.commands import defining, deriving, exploring, families, mapping, publishing
from nhsind.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    InputError,
    NhsindError,
    in_short,
)
from nhsind.version import __version__

COMMANDS = (
    defining.list_command,
    defining.define,
    defining.schema,
    defining.sql,
    deriving.check,
    deriving.derive,
    deriving.trace,
    exploring.compare,
    deriving.reconcile,
    publishing.sample,
    publishing.run,
    publishing.due,
    publishing.chart,
    publishing.verify,
    publishing.health,
    publishing.audit,
    families.new_family,
    mapping.map_command,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nhsind")
def cli() -> None:
    """NHS performance indicators: what they are, what they give, and why.

    Exit status: 0 done, 1 something failed or differs, 2 bad usage, 65 the input is wrong,
    70 disclosure refused, 75 another run holds the output, 130 interrupted.
    """


for command in COMMANDS:
    cli.add_command(command)
families.take_definitions(cli)
mapping.take_mapping(cli)


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
        lines = (
            [str(item) for item in error.problems] if error.in_full else in_short(error.problems)
        )
        for line in lines:
            click.echo(f"  {line}", err=True)
        if len(lines) < count:
            click.echo("  (nhsind check --all lists every problem)", err=True)
        for advice in error.advice:
            click.echo(advice, err=True)
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
