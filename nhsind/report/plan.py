"""The run plan: a YAML file, read as text and checked whole before anything runs.

Every scalar stays text (`NO` and `1e3` are codes, not values), nothing in the file can be code,
and every problem is named with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nhsind.definitions.catalogue import family_codes
from nhsind.errors import InputError, Problem, UsageError, nearest
from nhsind.geography import LEVELS
from nhsind.periods import Period, parse_periods
from nhsind.release.results import DEFAULT_HISTORY
from nhsind.sources.usual_numbers import tolerance_of

KEYS = (
    "family",
    "periods",
    "level",
    "organisations",
    "data",
    "mode",
    "publication",
    "history",
    "tolerance",
)
MODES = ("publish", "explore")
# What a published page must say of itself (Code of Practice for Statistics).
PUBLICATION = (
    "title",
    "contact",
    "methodology",
    "revisions",
    "next_release",
    "release_datetime",
)
ORGANISATION_CODE = re.compile(r"[A-Z0-9]{2,12}")
LARGEST_PLAN = 64 * 1024
ALL = "all"


@dataclass(frozen=True)
class Plan:
    """What to publish. `organisations` None is all that the data hold.

    `tolerance`, `covers`: how data are judged, as for `nhsind derive`.
    """

    name: str
    families: list[str]
    periods: list[Period]
    level: str | None
    organisations: list[str] | None
    data: list[Path] | None
    mode: str
    publication: dict[str, str] = field(default_factory=dict)
    history: int = DEFAULT_HISTORY
    tolerance: str | float | None = None
    covers: str | None = None


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
    if not path.is_file():
        raise UsageError(f"there is no plan {path}")
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
    return _Checker(path, content, lines, needs_periods).plan()


class _Checker:
    """Collects what is wrong with a plan's values."""

    def __init__(
        self, path: Path, content: dict[str, Any], lines: dict[str, int], needs_periods: bool
    ) -> None:
        self.path, self.content, self.lines = path, content, lines
        self.needs_periods = needs_periods
        self.problems: list[Problem] = []

    def plan(self) -> Plan:
        for key in self.content:
            if key not in KEYS:
                self._wrong(key, "is not a key of a plan", key, ", ".join(KEYS), nearest(key, KEYS))
        families = self._families()
        periods = self._periods()
        level = self._one_of("level", LEVELS)
        mode = self._one_of("mode", MODES) or "publish"
        organisations = self._organisations()
        data = self._data()
        history = self._history()
        tolerance = self._tolerance()
        publication = self._publication(mode)
        if self.problems:
            raise InputError(self.problems)
        self._refuse_empty_lists()
        return Plan(
            name=self.path.stem,
            families=families,
            periods=periods,
            level=level,
            organisations=organisations,
            data=data,
            mode=mode,
            publication=publication,
            history=history,
            tolerance=tolerance,
        )

    def _families(self) -> list[str]:
        known = family_codes()
        given = self._texts("family")
        if not given:
            self._wrong("family", "is missing", None, ", ".join([ALL, *known]))
        if [name.lower() for name in given] == [ALL]:
            return known
        for name in given:
            if name.lower() not in known:
                self._wrong(
                    "family",
                    "is not a family",
                    name,
                    ", ".join([ALL, *known]),
                    nearest(name, known),
                )
        return [name.lower() for name in given]

    def _periods(self) -> list[Period]:
        given = self._texts("periods")
        if not given and self.needs_periods:
            self._wrong("periods", "is missing", None, "2018-03, 2017-18-Q4, 2017-18 or A..B")
        if not given:
            return []
        periods = []
        for text in given:
            try:
                periods += parse_periods(text)
            except UsageError as error:
                self._wrong("periods", str(error), None)
        return sorted(set(periods))

    def _organisations(self) -> list[str] | None:
        given = self._texts("organisations")
        if not given or [text.lower() for text in given] == [ALL]:
            return None
        codes = [code.upper() for code in given]
        for code in codes:
            if not ORGANISATION_CODE.fullmatch(code):
                self._wrong(
                    "organisations", "is not an organisation's code", code, "letters and digits"
                )
        return codes

    def _refuse_empty_lists(self) -> None:
        """No organisation is not all of them, and no data are not the sample."""
        for key, allowed in (("organisations", f"{ALL}, or codes"), ("data", "sample, or paths")):
            if isinstance(self.content.get(key), list) and not self._texts(key):
                message = "is an empty list"
                where = self.lines.get(key)
                raise UsageError(str(Problem(str(self.path), message, where, key, None, allowed)))

    def _data(self) -> list[Path] | None:
        given = self._texts("data")
        if not given or given == ["sample"]:
            return None
        paths = []
        for item in given:
            place = self.path.parent / item
            found = sorted(place.parent.glob(place.name)) if "*" in place.name else [place]
            if not found:
                self._wrong("data", "matches no file", item, "the publisher's files, or --data")
            paths += [path.resolve() for path in found]
        return paths

    def _history(self) -> int:
        text = self.content.get("history") or str(DEFAULT_HISTORY)
        if not isinstance(text, str) or not re.fullmatch(r"\d{1,3}", text):
            self._wrong("history", "is not a number of periods", str(text), "0 to 999")
            return 0
        return int(text)

    def _tolerance(self) -> str | None:
        text = self.content.get("tolerance")
        if text is None:
            return None
        try:
            tolerance_of(str(text))
        except UsageError:
            self._wrong("tolerance", "is not a share", str(text), "above 0 to 1, such as 0.5")
        return str(text)

    def _publication(self, mode: str) -> dict[str, str]:
        given = self.content.get("publication") or {}
        if not isinstance(given, dict):
            self._wrong("publication", "is not a block of keys", str(given), ", ".join(PUBLICATION))
            return {}
        for key in given:
            if key not in PUBLICATION:
                self._wrong(
                    "publication",
                    "is not a key here",
                    key,
                    ", ".join(PUBLICATION),
                    nearest(key, PUBLICATION),
                )
        for key, value in given.items():
            if not isinstance(value, str):
                self._wrong("publication", f"{key} is not a text", str(value))
        missing = [key for key in PUBLICATION if not str(given.get(key) or "").strip()]
        if mode == "publish":
            for key in missing:
                self._wrong(
                    "publication",
                    f"lacks {key}, without which nothing is published",
                    None,
                    ", ".join(PUBLICATION),
                )
        return {key: " ".join(str(value).split()) for key, value in given.items()}

    def _one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.content.get(key)
        if value in (None, ""):
            return None
        if not isinstance(value, str) or value.lower() not in allowed:
            self._wrong(
                key, "is not allowed", str(value), ", ".join(allowed), nearest(str(value), allowed)
            )
            return None
        return value.lower()

    def _texts(self, key: str) -> list[str]:
        value = self.content.get(key)
        items = value if isinstance(value, list) else [value]
        texts = []
        for item in items:
            if item in (None, ""):
                continue
            if not isinstance(item, str):
                self._wrong(key, "is not a text or a list of texts", str(item))
                continue
            texts.append(item.strip())
        return texts

    def _wrong(
        self,
        key: str,
        message: str,
        value: str | None,
        allowed: str | None = None,
        near: str | None = None,
    ) -> None:
        line = self.lines.get(key)
        self.problems.append(Problem(str(self.path), message, line, key, value, allowed, near))
