"""Why lines have no figures at all: the data hold nothing of them, or the period is not theirs.

Charts, tables and sentences of such lines say this and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from nhsind.definitions.indicators import ANSWERS
from nhsind.narrative.templates import say
from nhsind.narrative.wording import listed, short_words
from nhsind.release.results import Results

# The class of such a sentence, which a page shows once in a part.
CLASS = "no-figures"


def told_of(results: Results, codes: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """Those of the lines that can have figures; why the others have none, a sentence a reason."""
    held = []
    by_reason: dict[tuple[str, ...], list[str]] = {}
    for line in map(results.line, codes):
        period = results.period_of(line.code)
        if line.code in results.lacking:
            by_reason.setdefault((results.lacking[line.code],), []).append(line.code)
        elif not line.answers(period):
            kinds = " or ".join(ANSWERS[line.frequency])
            by_reason.setdefault((kinds, short_words(period)), []).append(line.code)
        else:
            held.append(line.code)
    return held, tuple(_told(*reason, lines=lines) for reason, lines in by_reason.items())


def as_html(sentences: Iterable[str]) -> str:
    """Such sentences, each a paragraph."""
    return "".join(f"<p class='{CLASS}'>{escape(each)}</p>" for each in sentences)


def _told(reason: str, period: str = "", *, lines: list[str]) -> str:
    """`reason`: what the data do not hold; of a `period`, the kinds that there are figures of."""
    what, kind = ("", reason) if period else (reason, "")
    return say("no_figures", lines=listed(lines), what=what, kind=kind, period=period)
