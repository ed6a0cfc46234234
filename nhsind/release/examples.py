"""Fates of a notebook's example records, worked out once for all the reports of a run.

The examples of a notebook are the same in every report, and tracing them costs more than the rest
of a page. In a publishing run the first report that needs a fate keeps it beside the released
figures, whose folder changes with the library, and the others read it there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

FOLDER = "examples"


def worked_once(
    kept_in: Path | None,
    code: str,
    *,
    records: Mapping[str, pd.DataFrame],
    period: str,
    work_out: Callable[[], Any],
) -> Any:
    """What `work_out` gives (anything that JSON holds), or what an earlier report kept of it.

    `kept_in`: the folder of released figures that the reports share; None: nothing is kept.
    """
    if kept_in is None:
        return work_out()
    given = json.dumps([code, period, {name: table.to_csv() for name, table in records.items()}])
    path = kept_in / FOLDER / f"{hashlib.sha256(given.encode()).hexdigest()}.json"
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
