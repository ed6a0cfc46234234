"""Run the unit and spec tests of the files that changed since the branch left main.

Where nothing is changed but what the last commit holds, that commit's files count. A changed test
file is run itself; a module of a room runs the unit tests of that room; a family's files run the
tests and the specification of that family. `python tests/changed.py --list` only names them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUND = "tests/unit/ground"
SPECIFICATIONS = "tests/spec/test_specifications.py"


def tests_of(changed: Iterable[str]) -> list[str]:
    """The test files and folders that changed files ask for, as paths from the root."""
    wanted: set[str] = set()
    for name in changed:
        parts = Path(name).parts
        if parts[:2] in {("tests", "unit"), ("tests", "spec")}:
            is_test = Path(name).name.startswith("test_") and name.endswith(".py")
            wanted.add(name if is_test else SPECIFICATIONS)
        elif parts[:2] == ("nhsind", "families"):
            wanted |= {"tests/unit/families", SPECIFICATIONS}
        elif parts[:2] in {("nhsind", "api"), ("nhsind", "commands")}:
            wanted.add("tests/unit/doors")
        elif parts[:1] == ("nhsind",) and len(parts) > 2:
            wanted.add(f"tests/unit/{parts[1]}")
        elif parts[:1] == ("nhsind",):
            wanted |= {GROUND, "tests/unit/doors"}
        elif parts[:1] in {("docs",), ("notebooks",)} or name == "pyproject.toml":
            wanted.add("tests/unit/project")
    return sorted(path for path in wanted if (ROOT / path).exists())


def families_of(changed: Iterable[str]) -> list[str]:
    """The families to whose tests and specifications a change is confined; none: to all."""
    found = set()
    for name in changed:
        parts = Path(name).parts
        if parts[:2] == ("nhsind", "families") and len(parts) > 3:
            found.add(parts[2])
        elif (
            parts[:2] == ("tests", "spec") and (ROOT / "nhsind/families" / Path(name).stem).is_dir()
        ):
            found.add(Path(name).stem)
        elif set(parts[:2]) & {"families", "spec"} and name.endswith(".py"):
            return []  # what every family's tests are made with
    return sorted(found)


def _changed() -> list[str]:
    base = _git("merge-base", "HEAD", "main") or _git("rev-parse", "HEAD~1")
    if base == _git("rev-parse", "HEAD") and not _git("status", "--porcelain"):
        base = _git("rev-parse", "HEAD~1")
    new = _git("ls-files", "--others", "--exclude-standard")
    return [*_git("diff", "--name-only", base).splitlines(), *new.splitlines()]


def _shared_out(chosen: list[str]) -> list[str]:
    """More than a file or two is run by every processor at once."""
    whole_rooms = SPECIFICATIONS in chosen or any((ROOT / path).is_dir() for path in chosen)
    return ["-n", "auto", "--maxprocesses", "8", "--dist", "worksteal"] if whole_rooms else []


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    files = _changed()
    chosen = tests_of(files)
    of_families = [f"--family={family}" for family in families_of(files)]
    print("\n".join([*chosen, *of_families]) or "no unit or spec test is asked for", flush=True)
    if chosen and "--list" not in sys.argv:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *_shared_out(chosen),
            *of_families,
            *chosen,
        ]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
