"""What the numbers say, in sentences built from released figures by rules that can be read here.

A paragraph is about one line (or the activity counts together) and goes: what is counted, the
verdict, the plan, the change, the comparison, the recent trend, the control chart, caution. A
sentence that its numbers don't carry is not written; from a suppressed figure there is none. A word
of change or difference follows the interval that bears it; "significant" is written only with its
test. How numbers are written is in `wording`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from nhsind.definitions.statuses import Status
from nhsind.geography import ENGLAND
from nhsind.narrative.aims import tell_plan, tell_verdict
from nhsind.narrative.changes import change_since, interval_of_change, judged
from nhsind.narrative.counted import tell_no_value, tell_quality, tell_what
from nhsind.narrative.each_figure import EACH_FIGURE
from nhsind.narrative.evidence import Evidence, Figure, earlier_periods, gather
from nhsind.narrative.numbers import half_up
from nhsind.narrative.patterns import tell_charts, tell_trends
from nhsind.narrative.rounded import change_told, tell_aims, tell_rounded
from nhsind.narrative.subjects import Subject
from nhsind.narrative.wording import counted, listed, number_words, sentence, when_words
from nhsind.release.policies import rule_words
from nhsind.release.results import Results
from nhsind.release.telling import TOO_COARSE


@dataclass(frozen=True)
class Narrative:
    """Sentences; each paragraph is about one line or one group of lines."""

    paragraphs: tuple[str, ...]

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)

    def __repr__(self) -> str:
        return "\n\n".join(self.paragraphs)


def interpret(results: Results, org: str | None = None) -> Narrative:
    """The interpretation of a family's figures for its organisation (or `org`) and period."""
    looked_at = results.for_organisation(org) if org else results
    return interpret_all(looked_at, [looked_at.organisation])[looked_at.organisation]


def interpret_all(
    results: Results, organisations: Sequence[str] | None = None
) -> dict[str, Narrative]:
    """The interpretations of many organisations (None: all) in one pass, by their codes."""
    everyone = sorted(set(results.figures.frame["org_code"]) - {ENGLAND})
    wanted = everyone if organisations is None else list(organisations)
    known = gather(results, wanted)
    members: dict[tuple[str, str], list[str]] = {}
    for code in everyone:
        if code in results.groups:
            members.setdefault(results.groups[code], []).append(code)
    rule = rule_words(results.figures.policy)
    closing = (*tell_quality(results.quality.frame), *([rule] if rule else []))
    told = {}
    for code in wanted:
        name = results.names.get(code) or code
        group = results.groups.get(code)
        about = Subject(
            code,
            name,
            group,
            members.get(group, []) if group else [],
            results.level,
            results.everyone,
        )
        told[code] = Narrative(tuple(_paragraphs(known, about)) + closing)
    return told


def _paragraphs(known: dict[str, Evidence], about: Subject) -> Iterator[str]:
    counts = []
    for evidence in known.values():
        figure = evidence.figure(about.code)
        if figure is None:
            continue
        if evidence.line.kind == "count":
            counts.append((evidence, figure))
        elif not figure.is_whole:
            yield tell_no_value(evidence, figure, about)
        else:
            if figure.is_rounded:
                yield " ".join(tell_rounded(evidence, figure, about))
                continue
            sentences = [tell_what(evidence, figure, about)]
            for part in EACH_FIGURE:
                sentences += part(evidence, figure, about)
            yield " ".join(sentences)
    for when in dict.fromkeys(when_words(each.period, each.line) for each, _ in counts):
        together = [pair for pair in counts if when_words(pair[0].period, pair[0].line) == when]
        yield " ".join(_counts(when, together, about))


def _counts(when: str, counts: list[tuple[Evidence, Figure]], about: Subject) -> Iterator[str]:
    """The counts of one moment, then what is to be said of each."""
    known = [(evidence, figure) for evidence, figure in counts if figure.is_whole]
    hidden = [
        evidence.line.waiting_in_words
        for evidence, figure in counts
        if figure.status == Status.SUPPRESSED
    ]
    unknown = [
        tell_no_value(evidence, figure, about)
        for evidence, figure in counts
        if not figure.is_whole and figure.status != Status.SUPPRESSED
    ]
    if not known:
        if hidden:
            yield "The counts are suppressed, because they are small."
        yield from unknown
        return
    said = [
        f"{'roughly ' if figure.is_rounded else ''}"
        f"{counted(figure.pair[0], evidence.line.waiting_in_words, evidence.line.unit)}"
        for evidence, figure in known
    ]
    verb = "was" if known[0][1].numerator == 1 else "were"
    yield f"{when} there {verb} {listed(said)}."
    if hidden:
        yield f"Suppressed, because they are small: {listed(hidden)}."
    yield from unknown
    for evidence, figure in known:
        if figure.is_rounded:
            yield from tell_aims(evidence, figure, about)
            continue
        yield from tell_verdict(evidence, figure, about)
        yield from tell_plan(evidence, figure, about)
    for since in earlier_periods(known[0][0].period):
        yield from _changes_of_counts(known, about, since)
    lines = [evidence for evidence, _ in known]
    yield from tell_trends(lines, about)
    yield from tell_charts(lines, about)


def _changes_of_counts(
    known: list[tuple[Evidence, Figure]], about: Subject, since: str
) -> Iterator[str]:
    """The counts that changed beyond chance, then together those that did not."""
    alike: list[str] = []
    coarse: list[str] = []
    for evidence, _ in known:
        line = evidence.line
        earlier = earlier_periods(evidence.period)[since]
        spread, earliest = (
            evidence.spreads[earlier].get(about.code),
            evidence.figure(about.code, earlier),
        )
        if spread is not None and earliest is not None:
            then = f"roughly {number_words(earliest.pair[0])}"
            if spread.is_clear:
                yield change_told(line, spread, f"{since} ({then} {line.waiting_in_words})")
            else:
                named = f"{line.waiting_in_words} ({then})"
                (alike if spread.is_none else coarse).append(named)
            continue
        changed = change_since(evidence, earlier_periods(evidence.period)[since], about.code)
        if changed is None:
            continue
        found, before = changed
        then = number_words(before.pair[0])
        if not found.beyond_chance:
            alike.append(f"{line.waiting_in_words} ({then})")
            continue
        share = half_up(abs(found.difference) * 100 / Fraction(before.pair[0]), 1)
        more = "more" if found.difference > 0 else "fewer"
        yield (
            f"The 95% interval of the {interval_of_change(line, found)}: {share}% {more} "
            f"{line.waiting_in_words} than {since} ({then}){judged(line, found)}."
        )
    if alike:
        yield (
            "With a 95% interval of the change that includes none, not clearly different from "
            f"{since}: {listed(alike)}."
        )
    if coarse:
        yield f"{sentence(TOO_COARSE)} whether these changed from {since}: {listed(coarse)}."
