"""A command of which each option that takes one value is given once at most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import click


class Command(click.Command):
    """A command that refuses an option given twice, where click would take the last one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; UsageError names each option that takes one value and was given more."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        for parameter, times in Counter(order).items():
            if times > 1 and isinstance(parameter, click.Option) and _takes_one(parameter):
                raise click.UsageError(f"{parameter.opts[0]} is given {times} times: give it once")
        return super().parse_args(ctx, args)


def _takes_one(option: click.Option) -> bool:
    return not (option.multiple or option.is_flag or option.count)


def command(name: str | None = None) -> Callable[[Callable[..., Any]], Command]:
    """As `click.command`, for a command whose single options are given once."""
    return click.command(name, cls=Command)
