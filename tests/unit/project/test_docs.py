"""The generated pages are current, and the check that says so can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs"


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "generate.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_generated_pages_are_current() -> None:
    answer = check(DOCS)
    assert answer.returncode == 0, f"{answer.stdout} Run `make docs`."


def test_a_stale_page_is_found(tmp_path: Path) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copytree(DOCS.parent / "tests" / "spec", tmp_path / "tests" / "spec")
    page = tmp_path / "docs" / "definitions.md"
    page.write_text(page.read_text("utf-8").replace("126 days", "127 days"), "utf-8")
    answer = check(tmp_path / "docs")
    assert answer.returncode == 1
    assert "definitions.md" in answer.stdout
