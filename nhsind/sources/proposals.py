"""What is proposed for a table of someone's own files, written as a `mapping.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nhsind.definitions.record_tables import RecordTable

# So many values of a column are asked about, and how many more there are is said.
MOST_ASKED = 12


@dataclass
class Proposal:
    """What is proposed for one table, and what is asked.

    `times`: the heading of the times of day that belong to the days of a column. `remarks`: what is
    said of the table besides.
    """

    family: str
    table: RecordTable
    files: list[str]
    columns: dict[str, str] = field(default_factory=dict)
    formats: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    times: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def headings(self) -> set[str]:
        """All that are used."""
        return {*self.columns.values(), *self.times.values()}


def as_toml(proposals: Iterable[Proposal], remarks: Iterable[str]) -> str:
    """The proposals as a `mapping.toml`, its questions as comments where their answers go."""
    lines = [
        "# How these files stand for nhsind's tables (nhsind schema prints them). Proposed by",
        "# `nhsind map`: read it, answer the questions (lines with #?), then nhsind check.",
    ]
    lines += [f"#? {remark}" for remark in remarks]
    for each in proposals:
        table = f"{each.family}.{each.table.name}"
        files = ", ".join(map(quoted, each.files))
        said = [f"# {remark}" for remark in each.remarks]
        lines += ["", *said, f"[{table}]", f"files = [{files}]"]
        parts = {
            "columns": [
                f"{column} = {_one_or_two(heading, each.times.get(column))}"
                for column, heading in each.columns.items()
            ],
            "formats": [
                f"{column} = {_toml_formats(names)}  # {why}"
                for column, (names, why) in each.formats.items()
            ],
            "constants": [],
        }
        for part, rows in parts.items():
            asked = _asked(each, part)
            if rows or asked:
                heading = f"[{table}.{part}]"
                lines += ["", heading, *rows, *asked]
        for column in each.table.columns:
            rows = [f"{quoted(a)} = {quoted(b)}" for a, b in each.codes.get(column, {}).items()]
            asked = _asked(each, f"codes.{column}")
            if rows or asked:
                heading = f"[{table}.codes.{column}]"
                lines += ["", heading, *rows, *asked]
        if each.unused:
            lines += [
                "",
                f"# Other columns, there for --by and --columns: {', '.join(each.unused)}",
            ]
    return "\n".join(lines) + "\n"


def _asked(proposal: Proposal, part: str) -> list[str]:
    start = f"{part}: "
    return [
        f"#? {text.removeprefix(start)}" for text in proposal.questions if text.startswith(start)
    ]


def _one_or_two(heading: str, time: str | None) -> str:
    return quoted(heading) if time is None else f"[{quoted(heading)}, {quoted(time)}]"


def _toml_formats(names: list[str]) -> str:
    return quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(quoted, names))}]"


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
