"""Run the unit and spec tests of the files that changed since the branch left main.

Where nothing is changed but what the last commit holds, that commit's files count. A changed test
file is run itself; a module of a room runs the unit tests of that room; a family's files run its
specification too. `python tests/changed.py --list` only names them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUND = "tests/unit/ground"


def tests_of(changed: Iterable[str]) -> list[str]:
    """The test files and folders that changed files ask for, as paths from the root."""
    wanted: set[str] = set()
    for name in changed:
        parts = Path(name).parts
        if parts[:2] in {("tests", "unit"), ("tests", "spec")}:
            is_test = Path(name).name.startswith("test_") and name.endswith(".py")
            wanted.add(name if is_test else "tests/spec/test_specifications.py")
        elif parts[:2] == ("nhsind", "families"):
            wanted |= {"tests/unit/families", "tests/spec/test_specifications.py"}
        elif parts[:2] in {("nhsind", "api"), ("nhsind", "commands")}:
            wanted.add("tests/unit/doors")
        elif parts[:1] == ("nhsind",) and len(parts) > 2:
            wanted.add(f"tests/unit/{parts[1]}")
        elif parts[:1] == ("nhsind",):
            wanted |= {GROUND, "tests/unit/doors"}
        elif parts[:1] in {("docs",), ("notebooks",)} or name == "pyproject.toml":
            wanted.add("tests/unit/project")
    return sorted(path for path in wanted if (ROOT / path).exists())


def _changed() -> list[str]:
    base = _git("merge-base", "HEAD", "main") or _git("rev-parse", "HEAD~1")
    if base == _git("rev-parse", "HEAD") and not _git("status", "--porcelain"):
        base = _git("rev-parse", "HEAD~1")
    new = _git("ls-files", "--others", "--exclude-standard")
    return [*_git("diff", "--name-only", base).splitlines(), *new.splitlines()]


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    chosen = tests_of(_changed())
    print("\n".join(chosen) or "no unit or spec test is asked for", flush=True)
    if chosen and "--list" not in sys.argv:
        command = [sys.executable, "-m", "pytest", "-q", *chosen]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
