"""A family in short: the figures that are judged, and what needs attention first."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from nhsind.charts.key_figures import KeyFigure, key_figures
from nhsind.charts.style import BLUE, ORANGE
from nhsind.narrative.attention import (
    NOTHING,
    Concern,
    attention,
    nothing_words,
    others_words,
)
from nhsind.narrative.counted import tell_gaps, tell_quality, tell_unusual
from nhsind.narrative.gathering import gathered
from nhsind.narrative.no_figures import told_of
from nhsind.release.policies import rule_words
from nhsind.release.results import Results
from nhsind.tables.kinds import variants_told

# More stand in the parts of their lines.
MOST_CONCERNS = 5
# A tick on a disc and a cross on a square: in grey they differ too.
SIGNS = {
    "met": (BLUE, "M9 0a9 9 0 1 0 .01 0z", "M5 9.5l3 3l5.5-6.5"),
    "not met": (ORANGE, "M0 0h18v18h-18z", "M5 5l8 8M13 5l-8 8"),
}


@dataclass(frozen=True)
class InShort:
    """What is read first: `figures`, what needs attention (`concerns`), and what else is said
    (`unusual` numbers, `gaps` in the records).

    `notes` hold of all figures of the family.
    """

    figures: tuple[KeyFigure, ...]
    concerns: tuple[Concern, ...]
    unusual: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    nothing: str = NOTHING

    @property
    def points(self) -> tuple[tuple[str, str], ...]:
        """What needs attention: of what, and what of it."""
        shown = [(f"{each.title} ({each.code})", each.words) for each in self.concerns]
        if others := self.concerns[MOST_CONCERNS:]:
            shown = [*shown[:MOST_CONCERNS], ("And", others_words(others))]
        shown += [("Records missing", words) for words in self.gaps]
        return (*shown, *(("Unusual numbers", words) for words in self.unusual))

    def _repr_html_(self) -> str:
        cards = "".join(map(_card, self.figures))
        points = "".join(
            f"<li><strong>{escape(what)}</strong>: {escape(words)}</li>"
            for what, words in self.points
        )
        told = (
            f"<ul class='attention'>{points}</ul>" if points else f"<p>{escape(self.nothing)}</p>"
        )
        notes = "".join(f"<p class='note'>{escape(note)}</p>" for note in self.notes)
        figures = f"<ul class='figures of-{len(self.figures)}'>{cards}</ul>" if cards else ""
        need = f"<div class='need'><h3>What needs attention</h3>{told}</div>"
        return f"<div class='first'>{figures}{need}</div>{notes}"

    def __repr__(self) -> str:
        lines = [
            f"{each.value}{f' ({each.beside})' if each.beside else ''}: "
            f"{each.title} ({each.code}). {each.verdict}. {each.said}".rstrip()
            for each in self.figures
        ]
        points = [f"- {what}: {words}" for what, words in self.points] or [self.nothing]
        return "\n".join([*lines, "What needs attention", *points, *self.notes])


def in_short(results: Results) -> InShort:
    """The figures of the organisation that are judged, and what of all needs attention."""
    known, code = gathered(results), results.organisation
    rule = rule_words(results.figures.policy)
    return InShort(
        tuple(key_figures(results, known)),
        attention(known, code, results.level),
        tell_unusual(results.quality.frame, code),
        tell_gaps(results.quality.frame),
        (
            *variants_told(results, list(known)),
            *tell_quality(results.quality),
            *told_of(results, results.lacking)[1],
            *([rule] if rule else []),
        ),
        nothing_words(known, code, results.level),
    )


def _card(figure: KeyFigure) -> str:
    """A figure: value, counts, verdict with its sign, sentence and chart."""
    look = f" class='{figure.met.replace(' ', '-')}'" if figure.met else ""
    told = "; ".join(filter(None, (figure.counts, figure.beside)))
    counts = f"<div>{escape(told)}</div>" if told else ""
    # Blocks of their own, so that they stand below each other in JupyterLab too, without a style.
    return (
        f"<li{look}><div class='title'>{escape(figure.title)} ({figure.code})</div>"
        f"<div class='value'>{escape(figure.value)}</div>{counts}"
        f"<div><strong>{sign_of(figure.met)}{escape(figure.verdict)}</strong></div>"
        f"{figure.chart}<div class='said'>{escape(figure.said)}</div></li>"
    )


def sign_of(met: str) -> str:
    """The sign of a verdict, whose words stand beside it."""
    if met not in SIGNS:
        return ""
    colour, ground, stroke = SIGNS[met]
    return (
        "<span aria-hidden='true'><svg xmlns='http://www.w3.org/2000/svg' class='sign' "
        f"role='img' aria-label='{met}' viewBox='0 0 18 18' width='18' height='18'>"
        f"<path d='{ground}' fill='{colour}'/>"
        f"<path d='{stroke}' fill='none' stroke='#fff' stroke-width='2'/></svg></span> "
    )
