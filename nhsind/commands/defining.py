"""What there is: `list`, `define`, `schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nhsind.commands.command import command
from nhsind.commands.options import FORMAT, OUT
from nhsind.commands.output import show, write
from nhsind.commands.variants import takes_variant
from nhsind.errors import UsageError


@command("list")
@click.argument("family", required=False)
@FORMAT
@OUT
def list_command(family: str | None, form: str | None, out: Path | None) -> None:
    """Every indicator (of FAMILY): code, family, title, kind, frequency, standard."""
    from nhsind.api.defining import list_indicators

    show(list_indicators(family), form, out)


@command()
@click.argument("code", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
@click.option(
    "--readings", "listed", is_flag=True, help="What can be changed: limits, readings, clauses."
)
@takes_variant
def define(code: str | None, form: str, listed: bool) -> None:
    """The whole definition of CODE, with source page, rules, standard and readings.

    With --readings: what a variant of CODE (a family, or every line) can change, and how.
    """
    if listed:
        _show_changeable(code, form)
        return
    if code is None:
        raise UsageError("name an indicator, such as E.B.3; `nhsind list` shows them all")
    from nhsind.api.defining import define as card_of

    card = card_of(code)
    if form == "json":
        click.echo(json.dumps(card.content, ensure_ascii=False, indent=1))
    else:
        click.echo(card.html if form == "html" else str(card))


def _show_changeable(code: str | None, form: str) -> None:
    from nhsind.api.defining import changeable_of, choices
    from nhsind.definitions.changeable import as_text

    if form == "text":
        click.echo(as_text(changeable_of(code)))
    elif form == "json":
        click.echo(json.dumps(choices(code).to_dict("records"), ensure_ascii=False, indent=1))
    else:
        click.echo(choices(code).to_html(index=False))


@command()
@click.argument("code")
@click.option("--period", multiple=True, help="Of these periods. Left out: the sample's last.")
@OUT
@takes_variant
def sql(code: str, period: tuple[str, ...], out: Path | None) -> None:
    """The query that derives CODE, for DuckDB: from the same clauses, with what they say."""
    from nhsind.api.querying import sql as query

    text = query(code, period=period or None)
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)


@command()
@click.argument("family", required=False)
@FORMAT
@OUT
def schema(family: str | None, form: str | None, out: Path | None) -> None:
    """The input tables and columns (of FAMILY), from the code that reads them.

    FAMILY `any`: the tables beside the records (plans, geography, coverage) and a mapping's keys.
    """
    from nhsind.api.defining import schema as tables

    show(tables(family), form, out)
