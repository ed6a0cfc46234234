"""One family and period at a glance: of every organisation what the pages of the site show.

Made from released figures, in words as the reports have them, and published beside the reports,
so that a later run can make the pages of organisations anew without deriving anything again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nhsind.charts.base import standard_of
from nhsind.charts.change_words import change_words
from nhsind.charts.key_figures import counts_of, missed_by
from nhsind.charts.lettering import clean
from nhsind.definitions.standards import Standard
from nhsind.definitions.statuses import Mark
from nhsind.errors import UsageError
from nhsind.geography import ENGLAND
from nhsind.narrative.attention import met_words, misses_words, signal_words, worse_words
from nhsind.narrative.counted import tell_gaps, unusual_of
from nhsind.narrative.evidence import Evidence
from nhsind.narrative.gathering import gather
from nhsind.narrative.standing import Standing, standing
from nhsind.periods import Period, parse_period
from nhsind.release.policies import rule_words
from nhsind.release.results import Results, Row, lacks
from nhsind.report.glance_words import (
    drawn_point,
    plan_verdict,
    told_value,
    trend_words,
)
from nhsind.tables.cells import (
    has_standard,
    interval_words,
    lacks_its_own,
    plan_words,
    standard_words,
    verdict_words,
)

# A year of months and the same month of the year before.
TREND_PERIODS = 13
UNTOLD = Standing(why_none="no control chart")
MET, NOT_MET, UNJUDGED, NO_VERDICT = "met", "not met", "no standard", "no verdict"


@dataclass(frozen=True)
class GlanceFigure:
    """What a page shows of one line and organisation, in words, and its past as it is drawn.

    `verdict`: `met`, `not met`, `no standard`, or the mark of a figure that has no value. `counts`:
    `n of N`, where the value is a share of counts that are shown.
    `missed_by`: the order of those that miss what they should be, as on cards.
    `standing`: what its control chart says of the latest figure, or why it says nothing; `signal`:
    a special cause of concern in words.
    """

    value: str
    interval: str
    standard: str
    verdict: str
    plan: str
    plan_verdict: str
    change: str
    trend: tuple[float | None, ...]
    trend_words: str
    limit: float | None
    standing: Standing = UNTOLD
    counts: str = ""
    worse: str = ""
    signal: str = ""
    missed_by: tuple[bool, float] = (True, 0.0)

    @property
    def concerns(self) -> tuple[str, ...]:
        """What needs attention, the gravest first."""
        found = []
        goals = [f"standard of {self.standard}"] if self.verdict == NOT_MET else []
        goals += [f"plan of {self.plan}"] if self.plan_verdict == NOT_MET else []
        if goals:
            found.append(f"{' and '.join(goals)} not met")
        if self.standing.variation == "concern":
            found.append(self.signal or "a special cause of concern")
        # A special cause of improvement has left such limits behind.
        if self.standing.assurance == "fail" and self.standing.variation != "improvement":
            is_plan = self.verdict == UNJUDGED
            goal = f"plan of {self.plan}" if is_plan else f"standard of {self.standard}"
            found.append(misses_words("" if goal in goals else goal, self.standing.variation))
        found += [self.worse] if self.worse else []
        if found and self.verdict == MET and not self.is_missed:
            found[0] = f"{met_words(f'standard of {self.standard}')} {found[0]}"
        return tuple(found)

    @property
    def is_missed(self) -> bool:
        """Whether a standard or plan is not met."""
        return NOT_MET in (self.verdict, self.plan_verdict)

    @property
    def urgency(self) -> int:
        """In what needs attention: 0 a standard missed, 1 a plan missed, 2 what is signalled."""
        return 0 if self.verdict == NOT_MET else 1 if self.is_missed else 2

    @property
    def gravity(self) -> tuple[int, tuple[bool, float]]:
        """The order in what needs attention: by urgency, what is missed by most first."""
        return self.urgency, self.missed_by if self.is_missed else (True, 0.0)


@dataclass(frozen=True)
class GlanceLine:
    """A line with the figure of each organisation; `england`: the national value in words.

    `national`: the same as a figure, where there is one.
    """

    code: str
    title: str
    period_words: str
    england: str
    figures: dict[str, GlanceFigure]
    national: GlanceFigure | None = None

    def of(self, organisation: str) -> GlanceFigure | None:
        """The figure of an organisation or of England."""
        return self.national if organisation == ENGLAND else self.figures.get(organisation)

    def count(self, verdict: str) -> int:
        """How many organisations have a verdict."""
        return sum(each.verdict == verdict for each in self.figures.values())

    @property
    def without_verdict(self) -> int:
        """How many organisations have a standard and no verdict."""
        known = (MET, NOT_MET, UNJUDGED)
        return sum(each.verdict not in known for each in self.figures.values())


class NamedOrganisation(NamedTuple):
    """An organisation: its name, the group it is compared within, its region."""

    name: str
    group: str = ""
    region: str = ""


@dataclass(frozen=True)
class Glance:
    """A family and period, with its organisations by code; `rule`: what holds of its counts.

    `unusual`: of whom a month is far from usual, what the family's report says of it. `gaps`: what
    its snapshots lack.
    """

    family: str
    title: str
    period: str
    released: str
    publication: dict[str, str]
    organisations: dict[str, NamedOrganisation]
    lines: tuple[GlanceLine, ...]
    rule: str = ""
    everyone: str = "England"
    unusual: dict[str, str] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()

    @property
    def when(self) -> Period:
        """The period, of which several can be compared."""
        return parse_period(self.period)

    @property
    def words(self) -> str:
        """`Referral to treatment, March 2018`."""
        return f"{self.title}, {self.when.words}"

    @property
    def text(self) -> str:
        """As it is published: JSON, the same bytes for the same figures."""
        content = json.dumps(
            self, default=vars, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        return f"{content}\n"

    def judged(self, organisation: str) -> list[str]:
        """The verdicts of an organisation's lines that have a standard: `met`, `not met`, or why
        there is none."""
        held = [line.figures.get(organisation) for line in self.lines]
        return [each.verdict for each in held if each and each.verdict != UNJUDGED]


def glance_of(found: Results, released: str) -> Glance:
    """The released figures of a family and period at a glance; `released`: their SHA-256."""
    everyone = sorted(set(found.figures.frame["org_code"]) - {ENGLAND})
    evidence = gather(found, [*everyone, ENGLAND])
    found.look_ahead([*everyone, ENGLAND])
    return Glance(
        found.family.code,
        found.family.title,
        str(found.period),
        released,
        dict(sorted(found.publication.items())),
        {
            code: NamedOrganisation(
                clean(found.names.get(code) or "") or code,
                _group(found, code),
                found.regions.get(code, ""),
            )
            for code in everyone
        },
        tuple(_line(found, each, everyone) for each in evidence.values()),
        rule_words(found.figures.policy),
        found.everyone,
        unusual_of(found.quality.frame, everyone),
        tell_gaps(found.quality.frame),
    )


def read_glance(text: str) -> Glance:
    """A glance as it was published. Raises ValueError for anything else."""
    try:
        content = json.loads(text)
        lines = tuple(_read_line(row) for row in content.pop("lines"))
        places = {
            code: NamedOrganisation(*map(str, place))
            for code, place in content.pop("organisations").items()
        }
        gaps = tuple(map(str, content.pop("gaps", ())))
        found = Glance(**content, organisations=places, lines=lines, gaps=gaps)
        parse_period(found.period)
    except (KeyError, TypeError, AttributeError, RecursionError, UsageError) as error:
        raise ValueError(f"is not a glance: {error}") from error
    return found


def _verdict(standard: Standard | None, row: Row) -> str:
    if lacks_its_own(standard, row):
        return NO_VERDICT
    return verdict_words(row) if has_standard(row) else UNJUDGED


def _read_line(row: dict[str, Any]) -> GlanceLine:
    figures = {code: _read_figure(figure) for code, figure in row.pop("figures").items()}
    national = row.pop("national", None)
    return GlanceLine(
        **row, figures=figures, national=None if national is None else _read_figure(national)
    )


def _read_figure(figure: dict[str, Any]) -> GlanceFigure:
    standing = Standing(*figure["standing"])
    lists = {
        "trend": tuple(figure["trend"]),
        "missed_by": tuple(figure.get("missed_by", (True, 0.0))),
    }
    return GlanceFigure(**figure | lists | {"standing": standing})


def _group(found: Results, organisation: str) -> str:
    group = found.groups.get(organisation)
    return "" if group is None else group[1] or group[0]


def _line(found: Results, evidence: Evidence, everyone: list[str]) -> GlanceLine:
    line = evidence.line
    national = found.figure(line.code, ENGLAND)
    rows = {code: found.figure(line.code, code) for code in everyone}
    return GlanceLine(
        line.code,
        line.title,
        evidence.period.words,
        Mark.NOT_AVAILABLE if national is None else told_value(national),
        {
            code: _figure(found, evidence, code, row)
            for code, row in rows.items()
            if row is not None
        },
        None if national is None else _figure(found, evidence, ENGLAND, national),
    )


def _figure(found: Results, evidence: Evidence, organisation: str, row: Row) -> GlanceFigure:
    line = evidence.line
    standard = line.standard(evidence.period, found.level)
    limit = standard_of(found, line, row)
    has_plan = not lacks(row, "plan")
    periods = evidence.periods[-TREND_PERIODS:]
    past = [evidence.figure(organisation, each) for each in periods]
    return GlanceFigure(
        value=told_value(row),
        interval=interval_words(row),
        standard=standard_words(standard, row),
        verdict=_verdict(standard, row),
        plan=plan_words(line, row) if has_plan else "",
        plan_verdict=plan_verdict(line, row),
        change=change_words(evidence, organisation, with_days=False),
        trend=tuple(drawn_point(line, each) for each in past),
        trend_words=trend_words(line, periods, past),
        limit=None if limit is None else round(limit[0], 4),
        standing=standing(evidence, organisation),
        worse=worse_words(evidence, organisation),
        missed_by=missed_by(row),
        signal=signal_words(evidence, organisation),
        counts=counts_of(line, row).removesuffix(f" {line.waiting_in_words}"),
    )
