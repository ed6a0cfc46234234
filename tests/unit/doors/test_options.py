"""Options of the commands: one that takes one value is given once."""

from __future__ import annotations

import click
import pytest

from nhsind.cli import cli
from nhsind.errors import UsageError

OPTIONS = [
    (name, option)
    for name, command in sorted(cli.commands.items())
    for option in command.params
    if isinstance(option, click.Option)
]
SINGLE = [
    pytest.param(name, option.opts[0], id=f"{name} {option.opts[0]}")
    for name, option in OPTIONS
    if not (option.multiple or option.is_flag)
]
REPEATED = [
    pytest.param(name, option, id=f"{name} {option.opts[0]}")
    for name, option in OPTIONS
    if option.multiple
]


@pytest.mark.parametrize(("name", "option"), SINGLE)
def test_an_option_of_one_value_is_refused_twice(name: str, option: str) -> None:
    """Where click takes the last: the first was meant as much."""
    given = [name, option, "one", f"{option}=another"]
    with pytest.raises(click.UsageError, match=f"{option} is given 2 times: give it once"):
        cli.main(given, standalone_mode=False)


@pytest.mark.parametrize(("name", "option"), REPEATED)
def test_an_option_that_repeats_may_be_given_twice(name: str, option: click.Option) -> None:
    command = cli.commands[name]
    with command.context_class(command) as context:
        values, _, _ = command.make_parser(context).parse_args([option.opts[0], "a"] * 2)
    assert values[option.name] == ["a", "a"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("compare E.B.3 --org 00A 00B", "--org is repeated for several: --org 00A --org 00B"),
        ("compare E.B.3 --org=00A 00B", "--org is repeated for several: --org 00A --org 00B"),
        ("trace E.B.3 --columns team site", "--columns team --columns site"),
        ("trace E.B.3 --org 00A 00B", "--org takes one value"),
        (
            "derive --period 2018-03 E.B.3 --org 00A 00B",
            "--org is repeated for several: --org 00A --org 00B",
        ),
        ("derive --period 2018-03 --org 00A E.B.3 -- 00B", ""),
        ("trace --period 2018-03 E.B.3 00B --org 00A", ""),
        ("compare E.B.3 --units 00B", ""),
    ],
)
def test_a_second_value_behind_one_option(given: str, hint: str) -> None:
    """It is told how several are given, where it stands behind an option's value."""
    with pytest.raises((click.UsageError, UsageError)) as refused:
        cli.main(given.split(), standalone_mode=False)
    said = str(refused.value)
    assert "00B" in said or "site" in said
    assert hint in said if hint else "repeated" not in said and "takes one" not in said
