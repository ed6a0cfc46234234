"""A mapping of someone's own files: the command that proposes one, and the option that names it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from nhsind.commands.command import command

NAME = "mapping.toml"


@command("map")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "tables",
    multiple=True,
    metavar="FAMILY.TABLE",
    help="The files are of this table (rtt.pathways) or family; may be repeated.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write to this file. Left out: DIR/mapping.toml."
)
def map_command(folder: Path, tables: tuple[str, ...], out: Path | None) -> None:
    """Propose how the files in DIR map to the tables: columns, dates, codes.

    DIR may be a file too: a CSV, Parquet or Excel file, or a DuckDB or SQLite database.
    What the files do not decide is a question in a comment. `mapping.toml` in the data folder, or
    the one that `--mapping` names, is then read by every command.
    """
    from nhsind.commands.output import write
    from nhsind.sources.databases import database_table
    from nhsind.sources.proposing import proposed_mapping

    text, questions = proposed_mapping(folder, tables)
    lies_in = database_table(folder)
    of_one = lies_in.file if lies_in else folder
    place = folder if folder.is_dir() else of_one.parent
    file = out or place / NAME
    click.echo(text, nl=False)
    noun = "question" if questions == 1 else "questions"
    asked = f"{questions} {noun} to answer (lines with #?)" if questions else "no questions"
    if out is None and file.exists():
        if file.read_text("utf-8") == text:
            click.echo(f"{file} is there already and says the same; {asked}", err=True)
            return
        click.echo(
            f"{file} is there already and stays as it is: the proposal above ({asked}) is not "
            f"written; --out FILE writes it, and --mapping FILE has it read",
            err=True,
        )
        return
    write(file, text)
    click.echo(f"wrote {file}; {asked}; then: nhsind check --data {place}", err=True)


def take_mapping(group: click.Group) -> None:
    """Put `--mapping` on every command of a group that takes `--data`."""
    for each in group.commands.values():
        if any(parameter.name == "data" for parameter in each.params):
            each.params.append(_mapping())


def _mapping() -> click.Option:
    return click.Option(
        ["--mapping"],
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_name_it,
        help="How the files of --data map to the tables. Left out: mapping.toml among them.",
    )


def _name_it(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    """Name a mapping for this command and for the processes that it starts."""
    if file is None:
        return
    variable = "NHSIND_MAPPING"
    before = os.environ.get(variable)

    def restore() -> None:
        os.environ.pop(variable, None)
        if before is not None:
            os.environ[variable] = before

    context.call_on_close(restore)
    os.environ[variable] = str(file.resolve())
