"""A command of which each option that takes one value is given once at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import click

from nhsind.errors import UnknownLineError, UsageError

# Where a context keeps the arguments as they were typed.
TYPED = "nhsind.typed"


class Command(click.Command):
    """A command that refuses an option given twice, where click would take the last one.

    Of a second value behind one option (`--org A B`) it says how the option is given.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; UsageError names each option that takes one value and was given more."""
        ctx.meta[TYPED] = list(args)
        _, left, order = self.make_parser(ctx).parse_args(list(args))
        for parameter, times in Counter(order).items():
            if times > 1 and isinstance(parameter, click.Option) and _takes_one(parameter):
                raise click.UsageError(f"{parameter.opts[0]} is given {times} times: give it once")
        hint = self._how_it_is_given(args, left[0]) if left else ""
        if hint:
            raise click.UsageError(f"Got unexpected extra argument ({left[0]}): {hint}", ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does; where a value was taken for a line, the error says how it is given."""
        try:
            return super().invoke(ctx)
        except UnknownLineError as error:
            hint = self._how_it_is_given(ctx.meta[TYPED], error.code)
            if not hint:
                raise
            raise UsageError(f"{error}; {hint}") from error

    def _how_it_is_given(self, args: Sequence[str], extra: str) -> str:
        """How the option before an extra value is given; empty where there is none before it."""
        before = list(args[: args.index(extra)]) if extra in args else []
        at = max((place for place, each in enumerate(before) if each.startswith("-")), default=None)
        if at is None:
            return ""
        name, *values = [*before[at].split("=", 1), *before[at + 1 :]]
        option = next((each for each in self.params if name in each.opts), None)
        if not isinstance(option, click.Option) or option.is_flag or len(values) != 1:
            return ""  # not behind the value of an option
        if option.multiple:
            return f"{name} is repeated for several: {name} {values[0]} {name} {extra}"
        return f"{name} takes one value"


def _takes_one(option: click.Option) -> bool:
    return not (option.multiple or option.is_flag or option.count)


def command(name: str | None = None) -> Callable[[Callable[..., Any]], Command]:
    """As `click.command`, for a command whose single options are given once."""
    return click.command(name, cls=Command)
