"""Whether a published folder is well, in one line for whoever looks after a schedule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE
from nhsind.report.log import LOG
from nhsind.report.manifest import read_manifest, verify
from nhsind.report.publishing import holder_of, private_folder

ENDED, STOPPED = "run ended", "run stopped"


@dataclass(frozen=True)
class Health:
    """How a folder is: `problems`, none if it is well, and what is to be said of it."""

    problems: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def exit_status(self) -> int:
        """0 if it is well, else 1."""
        return EXIT_DIFFERENCES if self.problems else EXIT_DONE

    @property
    def words(self) -> str:
        """One line: `ok: 51 reports; last run ended 2018-05-10 05:31 UTC`."""
        state = "not well" if self.problems else "ok"
        return f"{state}: {'; '.join([*self.problems, *self.said])}"


def health(out: Path, within: timedelta | None = None, now: datetime | None = None) -> Health:
    """The health of a folder: its files as its manifest says, its last run complete and recent.

    `within`: the longest that the last run may be ago (None: any); `now`: None: the clock's.
    """
    problems, said = [], []
    wrong = verify(out)
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        problems.append(f"{wrong[0]}{more} (nhsind verify lists all)")
    said.append(f"{len(read_manifest(out).reports())} reports")
    last = _last_end(private_folder(out) / LOG)
    if last is None:
        problems.append("no run of this folder has ended on this machine")
    else:
        problems += _of_run(last, within, now or datetime.now(UTC))
        said.append(f"last run ended {_moment(last):%Y-%m-%d %H:%M} UTC")
    if (process := holder_of(out)) is not None:
        said.append(f"a run goes on, or was killed (process {process})")
    return Health(tuple(problems), tuple(said))


def _of_run(last: dict[str, Any], within: timedelta | None, now: datetime) -> Iterator[str]:
    if last["event"] == STOPPED:
        yield f"the last run was stopped by {last.get('error', 'an error')}"
    if failed := last.get("failed"):
        yield f"{failed} of its reports failed"
    if refused := last.get("refused"):
        yield f"{refused} of its publications were refused"
    if within is not None and now - _moment(last) > within:
        hours = within.total_seconds() / 3600
        yield f"the last run ended more than {hours:g} hours ago"


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(event["time"]))


def _last_end(log: Path) -> dict[str, Any] | None:
    """The last event by which a run ended; None where there is none."""
    try:
        lines = log.read_text("utf-8").splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:
            continue  # cut off by a full disk
        if event.get("event") in (ENDED, STOPPED):
            return event
    return None
