"""What the numbers say, in sentences built from released figures by rules that can be read here.

A paragraph is about one line (or the activity counts together) and has at most five sentences a
line: what is counted and how far chance moves it; standard and plan; the change; the comparison;
the control chart of months and quarters, or the trend of years. A sentence that its numbers don't
carry is not written; from a suppressed figure there is none. How numbers are written is in
`wording`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from nhsind.definitions.statuses import Mark, Status
from nhsind.geography import ENGLAND
from nhsind.narrative.aims import tell_aims_of_counts
from nhsind.narrative.changes import tell_changes_of_counts
from nhsind.narrative.comparisons import WIDE
from nhsind.narrative.counted import (
    tell_gaps,
    tell_no_value,
    tell_quality,
    tell_unusual,
    tell_what,
)
from nhsind.narrative.each_figure import EACH_FIGURE
from nhsind.narrative.evidence import Evidence, Figure
from nhsind.narrative.gathering import gather, gathered
from nhsind.narrative.no_figures import as_html, told_of
from nhsind.narrative.patterns import tell_patterns
from nhsind.narrative.rounded import tell_rounded, tell_rounded_aims
from nhsind.narrative.subjects import Subject
from nhsind.narrative.templates import say
from nhsind.narrative.wording import counted, listed, sentence, when_words
from nhsind.release.policies import rule_words
from nhsind.release.results import Results

# What the words of the paragraphs stand for, said once on a page.
HOW_TO_READ = (
    "A change is called clear where its 95% interval leaves out no change, and a difference from "
    f"others where the whole {WIDE} interval lies on one side of their value. Counts of "
    "what happens in a period are compared with the same period a year before, since months differ "
    "in length."
)


@dataclass(frozen=True)
class Narrative:
    """Sentences; each paragraph is about one line or one group of lines.

    `without`: why further lines have no figures.
    """

    paragraphs: tuple[str, ...]
    without: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        told = "".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)
        return told + as_html(self.without)

    def __repr__(self) -> str:
        return "\n\n".join([*self.paragraphs, *self.without])


def interpret(
    results: Results, org: str | None = None, lines: Collection[str] | None = None
) -> Narrative:
    """The interpretation of a family's figures for its organisation (or `org`) and period.

    `lines`: codes of the lines to tell of, without what is said of the whole family; None: all.
    Raises UsageError for a code that is no line of the family.
    """
    looked_at = results.for_organisation(org) if org else results
    code = looked_at.organisation
    if lines is None:
        return interpret_all(looked_at, [code])[code]
    wanted = {looked_at.line(each).code for each in lines}
    known = {each: found for each, found in gathered(looked_at).items() if each in wanted}
    _, why_none = told_of(
        looked_at, [each for each in looked_at.family.indicators if each in wanted]
    )
    told = (*_variants(known), *_paragraphs(known, subject(looked_at, code)))
    return Narrative(told, why_none)


def interpret_all(
    results: Results, organisations: Sequence[str] | None = None
) -> dict[str, Narrative]:
    """The interpretations of many organisations (None: all) in one pass, by their codes."""
    everyone = sorted(set(results.figures.frame["org_code"]) - {ENGLAND})
    wanted = everyone if organisations is None else list(organisations)
    known = gathered(results) if wanted == [results.organisation] else gather(results, wanted)
    rule = rule_words(results.figures.policy)
    closing = (
        *tell_gaps(results.quality.frame),
        *tell_quality(results.quality),
        *([rule] if rule else []),
    )
    _, not_held = told_of(results, results.lacking)
    told = {}
    for code in wanted:
        unusual = tell_unusual(results.quality.frame, code)
        paragraphs = _paragraphs(known, subject(results, code))
        told[code] = Narrative((*_variants(known), *paragraphs, *unusual, *closing), not_held)
    return told


def subject(results: Results, code: str) -> Subject:
    """An organisation of the results as sentences are about it."""
    group = results.groups.get(code)
    return Subject(
        code,
        results.names.get(code) or code,
        group,
        results.members(group) if group else [],
        results.level,
        results.everyone,
        _peers(results, code),
    )


def _peers(results: Results, code: str) -> tuple[str, list[str]] | None:
    """The peer group of an organisation and its members; None where it is in none."""
    name = results.peers.get(code)
    if name is None:
        return None
    held = set(results.names)
    return name, [
        each for each, own in sorted(results.peers.items()) if own == name and each in held
    ]


def _variants(known: dict[str, Evidence]) -> Iterator[str]:
    lines = [evidence.line for evidence in known.values()]
    yield from (f"{line.code} is {line.variant_words}." for line in lines if line.differs)


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


def _unknown(counts: list[tuple[Evidence, Figure]], about: Subject) -> Iterator[str]:
    """Why some counts are not known; those that lack the same in one sentence."""
    by_reason: dict[tuple[str, str], list[tuple[Evidence, Figure]]] = {}
    for evidence, figure in counts:
        if not figure.is_whole and figure.status != Status.SUPPRESSED:
            # Of a part that is known each has its own value.
            own = evidence.line.code if figure.is_known else figure.note
            by_reason.setdefault((figure.status, own), []).append((evidence, figure))
    for alike in by_reason.values():
        titles = listed([evidence.line.title for evidence, _ in alike])
        yield tell_no_value(*alike[0], about, title=titles)


def _hidden(counts: list[tuple[Evidence, Figure]]) -> Iterator[str]:
    """Which counts are hidden, and why: those that are small, and those that would tell one."""
    by_reason: dict[str, list[str]] = {}
    for evidence, figure in counts:
        if figure.status == Status.SUPPRESSED:
            why = "" if figure.note in ("", Mark.SUPPRESSED.meaning) else sentence(figure.note)
            by_reason.setdefault(why, []).append(evidence.line.waiting_in_words)
    for why, names in by_reason.items():
        yield say("counts", hidden=listed(names), why=why)


def _counts(when: str, counts: list[tuple[Evidence, Figure]], about: Subject) -> Iterator[str]:
    """The counts of one moment, then what is to be said of each."""
    known = [(evidence, figure) for evidence, figure in counts if figure.is_whole]
    unknown = [*_hidden(counts), *_unknown(counts, about)]
    if not known:
        yield from unknown
        return
    said = [
        f"{'roughly ' if figure.is_rounded else ''}"
        f"{counted(figure.pair[0], evidence.line.waiting_in_words, evidence.line.unit)}"
        for evidence, figure in known
    ]
    yield say("counts", when=when, counts=listed(said), one=known[0][1].numerator == 1)
    yield from unknown
    yield from tell_aims_of_counts([pair for pair in known if not pair[1].is_rounded], about)
    for evidence, figure in known:
        if figure.is_rounded:
            yield from tell_rounded_aims(evidence, figure, about)
    lines = [evidence for evidence, _ in known]
    yield from tell_changes_of_counts(lines, about)
    yield from tell_patterns(lines, about)
