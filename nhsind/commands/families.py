"""Families of the user's own: the command that begins one, and the option that adds them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from nhsind.commands.command import command

# Whether a command was given definitions, in the `meta` of its context.
GIVEN = "nhsind.definitions"


@command("new-family")
@click.argument("name")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new_family(name: str, folder: Path) -> None:
    """Write a family called NAME into DIR: definition, rules, examples, spec and notebook."""
    from nhsind.definitions.new_family import write_new_family

    place = write_new_family(name, folder)
    click.echo(f"wrote {place}; nhsind list {name} --definitions {folder} shows it", err=True)


def take_definitions(group: click.Group) -> None:
    """Put `--definitions` on every command of a group."""
    for each in group.commands.values():
        each.params.append(_definitions())


def _definitions() -> click.Option:
    return click.Option(
        ["--definitions"],
        multiple=True,
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_add,
        help="Folder with families of your own, or one of them; may be repeated.",
    )


def _add(context: click.Context, _: click.Parameter, folders: tuple[Path, ...]) -> None:
    """Add folders to the search path of this command and of the processes it starts."""
    if not folders:
        return
    from nhsind.definitions.catalogue import DEFINITIONS

    before = os.environ.get(DEFINITIONS)

    def restore() -> None:
        if before is None:
            del os.environ[DEFINITIONS]
        else:
            os.environ[DEFINITIONS] = before

    context.call_on_close(restore)
    context.meta[GIVEN] = True
    given = [str(folder.resolve()) for folder in folders]
    os.environ[DEFINITIONS] = os.pathsep.join([*given, *filter(None, [before])])
