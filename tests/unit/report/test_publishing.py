"""A publication is taken back from whichever move it was cut short at."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nhsind.report import publishing
from nhsind.report.publishing import publish_together, take_back

OLD = {"a.csv": "old a", "in/b.html": "old b", "index.html": "old index"}
# The second is there anew, and stands before one that replaces another.
NEW = {"a.csv": "new a", "in/c.html": "new c", "in/b.html": "new b", "index.html": "new index"}


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def files_of(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in found
        if ".nhsind" not in path.parts
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write(out, OLD)
    write(out / ".nhsind" / "staged", NEW)
    return out


def killed_at(move: int, work: Callable[[], object]) -> bool:
    """Whether a process that does the work dies at a renaming, counted from 0."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    replace, left = Path.replace, [move]

    def dying(self: Path, place: Path) -> Path:
        if publishing.MOVES not in str(place):  # the list is no published file
            if not left[0]:
                os._exit(9)
            left[0] -= 1
        return replace(self, place)

    Path.replace = dying  # type: ignore[method-assign,assignment]
    work()
    os._exit(0)


@pytest.mark.parametrize("move", range(len(NEW)))
@pytest.mark.parametrize("again", [None, 0, 1, 2])
def test_what_was_there_comes_back(out: Path, move: int, again: int | None) -> None:
    work = out / ".nhsind"
    assert killed_at(move, lambda: publish_together(list(NEW), work / "staged", out))
    held = files_of(out)
    assert set(held) >= set(OLD)
    assert all(text in (OLD.get(path), NEW[path]) for path, text in held.items())
    if again is not None:  # taking back is cut short, too
        assert killed_at(again, lambda: take_back(work, out))
    assert take_back(work, out)
    assert files_of(out) == OLD
    assert not take_back(work, out) and files_of(out) == OLD


def test_a_whole_publication_is_not_taken_back(out: Path) -> None:
    work = out / ".nhsind"
    assert not killed_at(len(NEW), lambda: publish_together(list(NEW), work / "staged", out))
    assert not take_back(work, out)
    assert files_of(out) == NEW
    assert not (work / publishing.REPLACED).exists()
