"""What a command gives: a table on stdout or in a file, whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhsind.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def show(table: pd.DataFrame, form: str | None, out: Path | None) -> None:
    """Write a table to `out`, else to stdout, in the format asked for."""
    from nhsind.output import form_of, render

    content = render(table, form_of(out, form, sys.stdout.isatty()))
    if out is not None:
        write(out, content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        click.echo(content, nl=False)


def write(out: Path, content: str | bytes) -> None:
    """Write a file whole; UsageError where it cannot be."""
    from nhsind.report.publishing import write_whole

    try:
        write_whole(out, content)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error
