"""One report to make, as it is sent to the process that makes it.

Apart from what happens there (`worker`), whose libraries take seconds to import and of which the
run itself needs none.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nhsind.definitions.catalogue import DEFINITIONS

# All that a notebook's process may see of the environment of the run.
ALLOWED_ENVIRONMENT = (
    "PATH HOME TMPDIR LANG LC_ALL SYSTEMROOT VIRTUAL_ENV XDG_CACHE_HOME XDG_STATE_HOME PYTHONPATH "
    "PYTHONHASHSEED JUPYTER_PATH COVERAGE_PROCESS_START NHSIND_DEFINITIONS"
).split()
RUNNERS = ("fork", "kernel")
# What a process answers with: that it begins, what became of one of several works, how it ended.
STARTED, PART, DONE, FAILED = "started", "part", "done", "failed"
SECONDS_PER_CELL = 120


@dataclass(frozen=True)
class Task:
    """One report to make.

    Private are `working`, where a process has a folder while it works, and `failed`, where a failed
    run's notebook and log are kept.
    """

    notebook: Path
    parameters: dict[str, str | None]
    heading: dict[str, Any]
    staged: Path
    working: Path
    failed: Path
    runner: str
    seconds_per_cell: float = SECONDS_PER_CELL


def allowed_environment() -> dict[str, str]:
    """What a notebook's process may see of this process's environment, as it is now."""
    allowed = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
    if allowed.get(DEFINITIONS):  # a report's process works in a folder of its own
        folders = allowed[DEFINITIONS].split(os.pathsep)
        allowed[DEFINITIONS] = os.pathsep.join(
            str(Path(folder).resolve()) for folder in folders if folder
        )
    return allowed
