"""What every kind of test shares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Slow tests of killed, hung and interrupted runs: `make test-faults`. One interruption and every
# kind of failing notebook stay among the others.
FAULTS = (
    "test_nothing_outlives_a_run",
    "test_a_report_that_hangs_is_ended",
    "test_what_outlives_a_killed_run",
    "test_what_a_killed_run_had_made",
    "test_an_interrupted_run_leaves",
    "test_a_notebook_sees_no_secrets",
    "test_a_folder_is_held_by_one_run",
    "test_a_kernel_that_leaves_early",
)
REPOSITORY = Path(__file__).resolve().parent.parent
FAMILIES = REPOSITORY / "nhsind" / "families"
SHARED = REPOSITORY.parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--family",
        action="append",
        default=[],
        help="Of the tests made for each family only those of this one; may be repeated.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.name.startswith(FAULTS):
            item.add_marker(pytest.mark.faults)
    wanted = set(config.getoption("--family"))
    if not wanted:
        return
    others = {folder.name for folder in FAMILIES.iterdir()} - wanted
    left_out = [item for item in items if _named(item) & others and not _named(item) & wanted]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _named(item: pytest.Item) -> set[str]:
    """The words in the brackets of a test made for several cases."""
    return set(re.findall(r"\w+", item.name.partition("[")[2]))


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files; the only tests that may be skipped need it."""
    if not SHARED.is_dir():
        pytest.skip("the folder of published files is not here")
    return SHARED
