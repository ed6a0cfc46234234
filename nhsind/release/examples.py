"""Fates of a notebook's example records, worked out once for all the reports of a run.

The examples of a notebook are the same in every report, and tracing them costs more than the rest
of a page. In a publishing run the first report that needs a fate keeps it beside the released
figures, whose folder changes with the library and the definition, and the others read it there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = "examples"


def worked_once(
    kept_in: Path | None, given: Callable[[], list[Any]], work_out: Callable[[], Any]
) -> Any:
    """What `work_out` gives (anything that JSON holds), or what an earlier report kept of it.

    `kept_in`: the folder of released figures that the reports share; None: nothing is kept.
    `given`: all it is worked out from besides the definition (anything that JSON holds).
    """
    if kept_in is None:
        return work_out()
    key = hashlib.sha256(json.dumps(given()).encode()).hexdigest()
    path = kept_in / FOLDER / f"{key}.json"
    with contextlib.suppress(OSError, ValueError):
        return json.loads(path.read_text("utf-8"))
    found = work_out()
    # A report can do without: a folder that takes no file is the run's to notice.
    with contextlib.suppress(OSError):
        _write(path, json.dumps(found))
    return found


def _write(path: Path, text: str) -> None:
    """Reports at the same time may write the same file: each writes its own and renames it."""
    path.parent.mkdir(exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)
