"""What a run did, line by line, for whoever looks after a schedule: JSON, and never a figure."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

LOG = "log.jsonl"
LARGEST_LOG = 5 * 1024**2
LOGS_KEPT = 3


class RunLog:
    """Appends one JSON object per event to the log in a run's private folder."""

    def __init__(self, logger: logging.Logger, run: str) -> None:
        self._logger, self._run = logger, run

    def __call__(self, event: str, **facts: Any) -> None:
        """Write an event: its time, its run, its name and its facts (paths, names, seconds)."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "run": self._run, "event": event, **facts}
        self._logger.info(json.dumps(line, ensure_ascii=False, default=str))


@contextmanager
def logging_to(private: Path) -> Iterator[RunLog]:
    """The log of one run; older lines are kept in files of a limited size."""
    run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    logger = logging.getLogger(f"nhsind.run.{private.name}")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = RotatingFileHandler(
        private / LOG, maxBytes=LARGEST_LOG, backupCount=LOGS_KEPT, encoding="utf-8"
    )
    logger.addHandler(handler)
    try:
        yield RunLog(logger, run)
    finally:
        logger.removeHandler(handler)
        handler.close()
