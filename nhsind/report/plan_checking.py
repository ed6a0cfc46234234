"""What a plan's keys ask for, where their kinds are right: values that mean nothing are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nhsind.definitions.catalogue import family_codes, find
from nhsind.definitions.disclosure import Disclosure
from nhsind.engines.addresses import is_address
from nhsind.errors import Problem, UsageError, nearest
from nhsind.periods import Period, parse_period, parse_periods
from nhsind.release.computing import DEFAULT_HISTORY
from nhsind.release.policies import signed_policy
from nhsind.report.embargo import release_of
from nhsind.report.plan import Plan
from nhsind.report.plan_file import MODES, NEEDED, PNG, SVG
from nhsind.sources.usual_numbers import tolerance_of
from nhsind.statistics.adjustments import Adjustments, kind_of_figures
from nhsind.statistics.basis import FEWEST_OF_A_BASELINE

ALL = "all"
NO_CHARTS, DEFAULT_CHARTS = "none", SVG


class PlanChecker:
    """What a plan asks for, by keys whose kinds are right; collects what is wrong with values."""

    def __init__(
        self, path: Path, given: dict[str, Any], lines: dict[str, int], refused: set[Any]
    ) -> None:
        self.path, self.lines = path, lines
        self.given = {key: value for key, value in given.items() if (key,) not in refused}
        self.refused = refused
        self.problems: list[Problem] = []

    def plan(self, needs_periods: bool) -> Plan:
        """The plan; one without periods is wrong where it needs them."""
        mode = self.given.get("mode") or MODES[0]
        return Plan(
            name=self.path.stem,
            families=self._families(),
            periods=self._periods(needs_periods),
            level=self.given.get("level") or None,
            organisations=self._organisations(),
            data=self._data(),
            mode=mode,
            publication=self._publication(mode),
            history=int(self.given.get("history") or DEFAULT_HISTORY),
            tolerance=self._tolerance(),
            policies=self._policies(),
            ledger=self._ledger(),
            adjustments=self._adjustments(),
            within=self._within(),
            lines=self._lines(),
            england=str(self.given.get("england", "true")).lower() != "false",
            charts=self._charts(mode),
            word=str(self.given.get("word", "false")).lower() == "true",
        )

    def _families(self) -> list[str]:
        known = family_codes()
        given = self._texts("family")
        allowed = ", ".join([ALL, *known])
        if not given:
            self._missing("family", allowed)
        if given == [ALL]:
            return known
        for name in given:
            if name not in known:
                self._wrong(
                    "family",
                    "is not a family",
                    value=name,
                    allowed=allowed,
                    near=nearest(name, known),
                )
        return given

    def _periods(self, are_needed: bool) -> list[Period]:
        given = self._texts("periods")
        if not given and are_needed:
            self._missing("periods", "2018-03, 2017-18-Q4, 2017-18 or A..B")
        periods = []
        for text in given:
            try:
                periods += parse_periods(text)
            except UsageError as error:
                self._wrong("periods", str(error), value=None)
        return sorted(set(periods))

    def _within(self) -> tuple[str, str] | None:
        given = self.given.get("organisations")
        if not isinstance(given, dict):
            return None
        if len(given) != 1:
            allowed = "stp: CODE, or region: CODE"
            self._wrong(
                "organisations", "names no STP or region, or both", value=None, allowed=allowed
            )
            return None
        ((level, code),) = given.items()
        return level, str(code).upper()

    def _lines(self) -> list[str] | None:
        found = []
        for name in self._texts("lines"):
            try:
                found.append(find(name).code)
            except UsageError as error:
                self._wrong("lines", str(error), value=None)
        return found or None

    def _charts(self, mode: str) -> tuple[str, ...]:
        """Of exploratory pages none: their figures are not released."""
        given = self._texts("charts") or [DEFAULT_CHARTS]
        if NO_CHARTS in given and len(given) > 1:
            self._wrong("charts", "asks for none and some", value=None, allowed="none, svg, png")
        is_none = NO_CHARTS in given or mode != MODES[0]
        return () if is_none else tuple(each for each in (SVG, PNG) if each in given)

    def _organisations(self) -> list[str] | None:
        if isinstance(self.given.get("organisations"), dict):
            return None
        given = self._texts("organisations")
        if not given or [text.lower() for text in given] == [ALL]:
            return None
        return [code.upper() for code in given]

    def _data(self) -> list[Path | str] | None:
        given = self._texts("data")
        if not given or given == ["sample"]:
            return None
        paths: list[Path | str] = []
        for item in given:
            if is_address(item):
                paths.append(item)
                continue
            place = self.path.parent / item
            found = sorted(place.parent.glob(place.name)) if "*" in place.name else [place]
            if not found:
                self._wrong(
                    "data",
                    "matches no file",
                    value=item,
                    allowed="the publisher's files, or --data",
                )
            paths += [path.resolve() for path in found]
        return paths

    def _ledger(self) -> Path | None:
        text = self.given.get("ledger")
        return (self.path.parent / text).resolve() if text else None

    def _tolerance(self) -> str | None:
        text = self.given.get("tolerance") or None
        if text is not None:
            try:
                tolerance_of(text)
            except UsageError:
                self._wrong(
                    "tolerance", "is not a share", value=text, allowed="above 0 to 1, such as 0.5"
                )
        return text

    def _policies(self) -> dict[str, Disclosure]:
        given = self.given.get("policy") or []
        found: dict[str, Disclosure] = {}
        for each in given if isinstance(given, list) else [given]:
            family, known = str(each["family"]).lower(), family_codes()
            if family not in known:
                allowed = ", ".join(known)
                near = nearest(family, known)
                self._wrong("policy", "is for no family", value=family, allowed=allowed, near=near)
            elif family in found:
                self._wrong(
                    "policy", "stands twice for a family", value=family, allowed="one for each"
                )
            words = (" ".join(str(each[name]).split()) for name in ("rule", "owner", "reason"))
            found[family] = signed_policy(*words)
        return found

    def _adjustments(self) -> dict[str, Adjustments]:
        """What is asked of the control charts of each line, the keys put together."""
        baselines: dict[str, tuple[int, str]] = {}
        for code, each, reason in self._of_lines("baseline"):
            points = int(each["first_points"])
            if code in baselines:
                self._wrong("baseline", "stands twice for a line", value=code, allowed="one")
            elif points < FEWEST_OF_A_BASELINE:
                allowed = f"{FEWEST_OF_A_BASELINE} or more"
                self._wrong("baseline", "has too few points", value=str(points), allowed=allowed)
            baselines[code] = (points, reason)
        periods: dict[str, dict[str, dict[str, str]]] = {"recalculate": {}, "ghost": {}}
        for key, parse in (("recalculate", parse_period), ("ghost", parse_periods)):
            for code, each, reason in self._of_lines(key):
                try:
                    parse(each["period"])
                except UsageError as error:
                    self._wrong(key, str(error), value=None)
                periods[key].setdefault(code, {})[each["period"]] = reason
        kinds: dict[str, tuple[str, str]] = {}
        for code, each, reason in self._of_lines("control_chart"):
            try:
                kind = kind_of_figures(each["kind"])
            except UsageError as error:
                self._wrong("control_chart", str(error), value=None)
                continue
            if code in kinds:
                self._wrong("control_chart", "stands twice for a line", value=code, allowed="one")
            kinds[code] = (kind, reason)
        named = dict.fromkeys([*kinds, *baselines, *periods["recalculate"], *periods["ghost"]])
        return {
            code: Adjustments(
                periods["recalculate"].get(code, {}),
                baselines.get(code),
                periods["ghost"].get(code, {}),
                kinds.get(code),
            )
            for code in named
        }

    def _of_lines(self, key: str) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Each entry of a key with its line's code and its reason; an unknown line is a problem."""
        given = self.given.get(key) or []
        for each in given if isinstance(given, list) else [given]:
            try:
                code = find(each["line"]).code
            except UsageError as error:
                self._wrong(key, str(error), value=None)
                continue
            yield code, each, " ".join(each["reason"].split())

    def _publication(self, mode: str) -> dict[str, str]:
        given = self.given.get("publication") or {}
        if mode == "publish" and ("publication",) not in self.refused:
            for key in NEEDED:
                if key not in given:
                    message = f"lacks {key}, without which nothing is published"
                    self._wrong("publication", message, value=None, allowed=", ".join(NEEDED))
        moment = given.get("release_datetime")
        if moment and ("publication", "release_datetime") not in self.refused:
            try:
                release_of(moment)
            except ValueError:
                message = "release_datetime is no day of the calendar, or no time of day"
                self._wrong(
                    "publication", message, value=moment, allowed="such as 2018-05-10 09:30"
                )
        return {key: " ".join(str(value).split()) for key, value in given.items()}

    def _texts(self, key: str) -> list[str]:
        value = self.given.get(key) or []
        return value if isinstance(value, list) else [value]

    def _missing(self, key: str, allowed: str) -> None:
        if (key,) not in self.refused:
            self._wrong(key, "is missing", value=None, allowed=allowed)

    def _wrong(
        self,
        key: str,
        message: str,
        *,
        value: str | None,
        allowed: str | None = None,
        near: str | None = None,
    ) -> None:
        line = self.lines.get(key)
        self.problems.append(Problem(str(self.path), message, line, key, value, allowed, near))
