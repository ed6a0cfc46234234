"""What a run did, for the person or the log that started it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from nhsind.errors import EXIT_DIFFERENCES, EXIT_DONE
from nhsind.report.log import LOG
from nhsind.report.manifest import INDEX
from nhsind.report.paths import REVISIONS_PAGE


@dataclass
class Summary:
    """What a run did."""

    out: Path
    made: int = 0
    up_to_date: int = 0
    seconds: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    private: Path | None = None
    notes: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    revised: int = 0

    @property
    def exit_status(self) -> int:
        """0, or 1 if a report failed or something of the plan may not be published."""
        return EXIT_DIFFERENCES if self.failed or self.refused else EXIT_DONE

    @property
    def counts(self) -> dict[str, float]:
        """How many reports were made, left as they were, and failed, and how long it took."""
        return {
            "made": self.made,
            "up_to_date": self.up_to_date,
            "failed": len(self.failed),
            "refused": len(self.refused),
            "seconds": round(self.seconds, 1),
        }

    @property
    def json(self) -> str:
        """For programs: what was done, what failed or was refused and why, the exit status."""
        content = {
            "out": str(self.out),
            "index": str(self.out / INDEX),
            "exit_status": self.exit_status,
            **self.counts,
            "failures": self.failed,
            "refusals": self.refused,
            "revised": self.revised,
            "notes": self.notes,
            "log": None if self.private is None else str(self.private.parent / LOG),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    @property
    def words(self) -> str:
        """For the person or the log that started the run."""
        lines = [*self.notes]
        lines.append(
            f"{self.made} reports made, {self.up_to_date} were up to date, in {self.seconds:.0f} s"
        )
        if self.revised:
            lines.append(f"{self.revised:,} figures were revised: {self.out / REVISIONS_PAGE}")
        if self.failed:
            lines.append(f"{len(self.failed)} reports failed; notebooks and logs: {self.private}")
            lines += [f"  {name}: {reason}" for name, reason in self.failed.items()]
        lines += [f"not published: {what}: {reason}" for what, reason in self.refused.items()]
        if (self.out / INDEX).is_file():  # a run with nothing new may come before any other
            lines.append(f"the reports are in {self.out / INDEX}")
        if self.private is not None:
            lines.append(f"the log is {self.private.parent / LOG}")
        return "\n".join(lines)
