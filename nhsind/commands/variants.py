"""The options that make a variant of the line that a command is given."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from nhsind.errors import UsageError

if TYPE_CHECKING:
    from nhsind.definitions.indicators import Indicator

SET = click.option(
    "--set",
    "limits",
    multiple=True,
    metavar="LIMIT=VALUE",
    help="A variant: another limit, such as longest_wait_within=-112d or standard=90%; repeats.",
)
READING = click.option(
    "--reading",
    "readings",
    multiple=True,
    metavar="NAME=CHOICE",
    help="A variant: another reading, such as A34=document; repeats.",
)
WITHOUT = click.option(
    "--without", multiple=True, metavar="CLAUSE", help="A variant: this clause left out; repeats."
)


def takes_variant(command: Callable[..., None]) -> Callable[..., None]:
    """A command with these options, whose `code` (or single selector) becomes the variant."""

    @functools.wraps(command)
    def run(
        *args: Any,
        limits: tuple[str, ...],
        readings: tuple[str, ...],
        without: tuple[str, ...],
        **given: Any,
    ) -> None:
        if limits or readings or without:
            key = "code" if "code" in given else "selectors"
            named = given[key] if key == "selectors" else (given[key],)
            if len(named) != 1 or named[0] is None:
                raise UsageError("--set, --reading and --without change one line: name one code")
            line = variant_of(named[0], limits, readings, without)
            given[key] = line if key == "code" else [line]
        command(*args, **given)

    for option in (WITHOUT, READING, SET):
        run = option(run)
    return run


def variant_of(
    code: str, limits: tuple[str, ...], readings: tuple[str, ...], without: tuple[str, ...]
) -> Indicator:
    """The variant that the options ask for; UsageError as for `nhsind.variant`."""
    from nhsind.api.exploring import variant
    from nhsind.definitions.variant_text import pairs

    return variant(
        code,
        limits=pairs(limits, "--set"),
        readings=pairs(readings, "--reading"),
        without=list(without),
    )
