"""The front door: public names, what they bring in, and the examples of their docstrings."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import nhsind
import nhsind.api

HEAVY = {"pandas", "numpy", "matplotlib", "scipy", "duckdb", "narwhals", "pyarrow", "IPython"}
# The numbers of any series: their page is the module's own.
STATISTICS = {
    *("byar", "exact_poisson", "p_chart", "spc", "wilson", "funnel", "slope_index"),
    *("direct_rate", "indirect_rate", "indirect_ratio"),
}
FUNCTIONS = sorted(name for name in nhsind.__all__ if inspect.isfunction(getattr(nhsind, name)))
TELL = "import sys\nprint(*sys.modules, file=sys.stderr)"
NUMBERS = sorted({inspect.unwrap(getattr(nhsind, name)).__module__ for name in STATISTICS})
DOORS = [f"nhsind.api.{found.name}" for found in pkgutil.iter_modules(nhsind.api.__path__)]


def brought_in(code: str) -> set[str]:
    """The modules that a fresh interpreter holds after some code."""
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys\nprint(' '.join(sys.modules), file=sys.stderr)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in shown.stderr.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import nhsind",
        "from nhsind.cli import cli\ncli.main(['--help'], standalone_mode=False)",
        "from nhsind.cli import cli\ncli.main(['derive', '--help'], standalone_mode=False)",
    ],
)
def test_help_and_import_bring_in_nothing_heavy(code: str) -> None:
    assert brought_in(code) & HEAVY == set()


def test_what_is_heavy_is_seen_when_it_is_brought_in() -> None:
    assert {"pandas", "duckdb"} <= brought_in("import nhsind; nhsind.derive")


def test_deriving_brings_in_no_drawing() -> None:
    assert "matplotlib" not in brought_in("import nhsind; nhsind.derive; nhsind.trace")


def test_every_public_name_is_there_and_no_other() -> None:
    assert dir(nhsind) == sorted(nhsind.__all__)
    assert all(getattr(nhsind, name) is not None for name in nhsind.__all__)
    with pytest.raises(AttributeError, match="no attribute 'derrive'"):
        _ = nhsind.derrive


def test_no_module_has_the_name_of_a_public_name() -> None:
    modules = {found.name for found in pkgutil.iter_modules(nhsind.__path__)}
    assert modules & set(nhsind.__all__) == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_beyond_the_first_two_are_given_by_name(name: str) -> None:
    by_place = [
        each
        for each in inspect.signature(getattr(nhsind, name)).parameters.values()
        if each.kind is each.POSITIONAL_OR_KEYWORD
    ]
    assert len(by_place) <= 2


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in STATISTICS])
def test_a_public_function_tells_parameters_and_an_example(name: str) -> None:
    function = getattr(nhsind, name)
    told = inspect.getdoc(function) or ""
    assert "\nExamples\n" in told
    parameters = told.partition("\nParameters\n")[2].partition("\nExamples\n")[0]
    for parameter in inspect.signature(function).parameters:
        assert parameter in parameters


@pytest.mark.parametrize("name", sorted(STATISTICS))
def test_a_function_of_numbers_tells_parameters_and_an_example(name: str) -> None:
    function = getattr(nhsind, name)
    told, _, example = (inspect.getdoc(function) or "").partition("\nExamples\n")
    assert f"{name}(" in example
    assert all(f"`{each}`" in told for each in inspect.signature(function).parameters)


@pytest.mark.parametrize("door", DOORS + NUMBERS)
def test_the_examples_give_what_they_say(door: str) -> None:
    module = importlib.import_module(door)
    done = doctest.testmod(module)
    assert done.failed == 0 and done.attempted
