"""Files that appear whole or not at all, and one run at a time per output folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from nhsind.errors import HeldError, NhsindError, UsageError

WORK_FOLDER = ".nhsind"
STAGED = "staged"
# What a publication replaces, kept until all of it is in place, and the list of its files.
REPLACED, MOVES = "replaced", ".moves.json"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by renaming a complete, flushed copy over it: readers never see a part."""
    stage(path, content)
    _flush_folder(path.parent)


def stage(path: Path, content: str | bytes) -> None:
    """Write a file as `write_whole` does, whose rename a power cut may undo.

    For what `publish_together` moves, after which alone the name has to last.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def publish_together(paths: Sequence[str], staged: Path, out: Path) -> None:
    """Move staged files, which lie on the same file system, to the same paths in `out`, in order.

    If the system refuses one, or the run is interrupted, those before it are put back. Of a process
    that is killed every file is whole, the old one or the new one, and `take_back` restores what
    was there.
    """
    refuse_outside(out, paths)
    replaced = staged.with_name(REPLACED)
    shutil.rmtree(replaced, ignore_errors=True)
    try:
        for path in paths:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
        was_there = {path: _keep(out / path, replaced / path) for path in paths}
        write_whole(replaced / MOVES, json.dumps(was_there))
        for folder, together in groupby(paths, lambda path: (out / path).parent):
            for path in together:
                (staged / path).replace(out / path)
            _flush_folder(folder)
    except BaseException:
        take_back(replaced.parent, out)
        raise
    _forget(replaced)


def take_back(work: Path, out: Path) -> bool:
    """Put back what a publication that was cut short had replaced; whether there was one.

    A part of the new files beside a manifest of the old ones would pass for damage, and what the
    new ones had changed would never be told.
    """
    replaced = work / REPLACED
    moves = replaced / MOVES
    is_cut_short = moves.is_file()
    if is_cut_short:
        was_there: dict[str, bool] = json.loads(moves.read_text("utf-8"))
        refuse_outside(out, was_there)
        for path in reversed(was_there):
            _put_back(replaced / path, out / path, was_there=was_there[path])
    _forget(replaced)
    return is_cut_short


def refuse_outside(out: Path, paths: Iterable[str]) -> None:
    """Raise UsageError for a path that a link would take out of the output folder."""
    root = out.resolve()
    for path in paths:
        try:
            is_inside = (root / path).resolve().is_relative_to(root)
        except (OSError, RuntimeError):  # links that lead to each other
            is_inside = False
        if not is_inside:
            raise UsageError(f"{out / path} is behind a link out of {out}: nothing was published")


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def holding(out: Path) -> Iterator[Path]:
    """Hold an output folder for one run; gives its work folder.

    Raises HeldError naming the holder if another run holds it, and UsageError if it cannot be
    written or its work folder is a link. The lock of a process that died is free.
    """
    refuse_outside(out, [f"{WORK_FOLDER}/{name}" for name in ("lock", "holder", STAGED, REPLACED)])
    work = out / WORK_FOLDER
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # not what was asked for is wrong
        raise UsageError(f"{out} cannot be written ({error.strerror})") from error
    lock = FileLock(work / "lock", timeout=0)
    holder = work / "holder"
    try:
        lock.acquire()
    except Timeout:
        raise HeldError(
            f"another run (process {_holder(work)}) holds {out}; wait for it to end"
        ) from None
    try:
        holder.write_text(f"{os.getpid()}\n", "utf-8")
        yield work
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def holder_of(out: Path) -> str | None:
    """The process whose run holds an output folder, or was killed while it did; None for none."""
    work = out / WORK_FOLDER
    return _holder(work) if (work / "holder").is_file() else None


def _holder(work: Path) -> str:
    holder = work / "holder"
    return holder.read_text("utf-8").strip() if holder.is_file() else "unknown"


def private_folder(out: Path) -> Path:
    """Where a run keeps what must not be published: released stores, logs, failed notebooks."""
    key = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:12]
    folder = Path(platformdirs.user_state_dir("nhsind")) / "runs" / key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _keep(path: Path, kept: Path) -> bool:
    """Keep a published file until all are published; whether there is one."""
    if not path.exists():
        return False
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, kept)
    except OSError:  # a file system without links
        shutil.copyfile(path, kept)
    return True


def _put_back(kept: Path, path: Path, *, was_there: bool) -> None:
    """Once more does no harm: this may be cut short, too."""
    try:
        if kept.exists():
            kept.replace(path)
        elif not was_there:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise NhsindError(
            f"{path} is published, but not all that belongs to it, and could not be put back "
            f"({error.strerror}); the next run repairs it"
        ) from error


def _forget(replaced: Path) -> None:
    """Let go of what was replaced; the list first, since without it nothing is taken back."""
    (replaced / MOVES).unlink(missing_ok=True)
    shutil.rmtree(replaced, ignore_errors=True)


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
