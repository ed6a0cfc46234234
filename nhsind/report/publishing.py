"""Files that appear whole or not at all, and one run at a time per output folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from nhsind.errors import HeldError, UsageError

WORK_FOLDER = ".nhsind"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by renaming a complete, flushed copy over it: readers never see a part."""
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
    _flush_folder(path.parent)


def move_into_place(staged: Path, path: Path) -> None:
    """Publish a staged file, which lies on the same file system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(path)
    _flush_folder(path.parent)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def holding(out: Path) -> Iterator[Path]:
    """Hold an output folder for one run; gives its work folder.

    Raises HeldError naming the holder if another run holds it, and UsageError if it cannot be
    written. The lock of a process that died is free.
    """
    work = out / WORK_FOLDER
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror})") from error
    lock = FileLock(work / "lock", timeout=0)
    holder = work / "holder"
    try:
        lock.acquire()
    except Timeout:
        who = holder.read_text("utf-8").strip() if holder.is_file() else "unknown"
        raise HeldError(f"another run (process {who}) holds {out}; wait for it to end") from None
    try:
        holder.write_text(f"{os.getpid()}\n", "utf-8")
        yield work
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def private_folder(out: Path) -> Path:
    """Where a run keeps what must not be published: released stores, logs, failed notebooks."""
    key = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:12]
    folder = Path(platformdirs.user_state_dir("nhsind")) / "runs" / key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
