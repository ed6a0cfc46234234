"""The run plan: a YAML file, read as text and checked whole before anything runs.

Every scalar stays text (`NO` and `1e3` are codes, not values), nothing in the file can be code,
and every problem is named with its line.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from nhsind.definitions.typed_files import Slip, slips_of
from nhsind.errors import InputError, Problem, UsageError
from nhsind.report.plan import Plan
from nhsind.report.plan_checking import ALL, PlanChecker
from nhsind.report.plan_file import KEYS, PlanFile
from nhsind.sources.belonging import is_there

LARGEST_PLAN = 64 * 1024


class _TextLoader(yaml.BaseLoader):
    """Scalars as text, no tags, no aliases (which could grow without end)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = yaml.BaseLoader.peek_event(self)
        if isinstance(event, yaml.events.AliasEvent):
            self._refuse("an alias (*) is not allowed", event)
        if getattr(event, "tag", None) is not None:
            self._refuse("a tag (!) is not allowed", event)
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            for key, _ in node.value:
                if keys.count(key.value) > 1:
                    self._refuse(f"the key {key.value} stands more than once", key)
        return node

    def _refuse(self, problem: str, at: Any) -> None:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


def read_plan(path: Path, needs_periods: bool = True) -> Plan:
    """Read and check a plan; `needs_periods`: one without periods is an error.

    Paths in `data` are relative to the plan's folder and may be patterns (`*`). Raises InputError
    naming every problem, and UsageError where there is no such file or the plan asks for nothing.
    """
    if not (is_there(path) and path.is_file()):
        raise UsageError(f"there is no plan {str(path)[:200]}")
    if path.stat().st_size > LARGEST_PLAN:
        raise InputError(Problem(str(path), f"the plan is larger than {LARGEST_PLAN:,} bytes"))
    try:
        text = path.read_text("utf-8")
        loader = _TextLoader(text)
        node = loader.get_single_node()
        content = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        words = getattr(error, "problem", None) or str(error)
        raise InputError(Problem(str(path), f"is not readable YAML: {words}", line)) from error
    if not isinstance(content, dict):
        raise InputError(Problem(str(path), "is not a plan", allowed=f"the keys {', '.join(KEYS)}"))
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value} if node else {}
    given = {key: _plain(value) for key, value in content.items()}
    for key in ("family", "level", "mode"):
        given[key] = _lower(given.get(key))
    slips = list(slips_of({key: value for key, value in given.items() if value}, PlanFile))
    problems = [
        Problem(
            str(path),
            _message(slip),
            lines.get(key := str(slip.path[0] if slip.path else slip.value)),
            key,
            slip.value,
            slip.allowed,
            slip.near,
        )
        for slip in slips
    ]
    refused = {slip.path for slip in slips}
    refused |= {slip.path[:1] for slip in slips if slip.path[:1] != ("publication",)}
    if isinstance(given.get("publication"), dict):  # its other keys are judged
        refused.discard(("publication",))
    checker = PlanChecker(path, given, lines, refused)
    plan = checker.plan(needs_periods)
    problems += checker.problems
    if problems:
        raise InputError(sorted(problems, key=lambda each: each.line or 0))
    for key, allowed in (("organisations", f"{ALL}, or codes"), ("data", "sample, or paths")):
        if isinstance(content.get(key), list) and not given[key]:
            # No organisation is not all of them, and no data are not the sample.
            empty = Problem(str(path), "is an empty list", lines[key], key, None, allowed)
            raise UsageError(str(empty))
    return plan


def _message(slip: Slip) -> str:
    if not slip.path:
        return "is not a key of a plan"
    within = [part for part in slip.path[1:] if isinstance(part, str)]
    return " ".join([*within, slip.message])


def _plain(value: Any) -> Any:
    """A value without blanks around its texts and without what is empty."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [kept for kept in map(_plain, value) if kept not in ("", None)]
    if isinstance(value, dict):
        return {key: kept for key, each in value.items() if (kept := _plain(each))}
    return value


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_lower, value))
    return value.lower() if isinstance(value, str) else value
