"""The change of a figure in few words, for a cell of a table or the head of a page."""

from __future__ import annotations

from math import isnan

from nhsind.charts.times import in_words
from nhsind.definitions.statuses import Mark, Status
from nhsind.narrative import wording
from nhsind.narrative.changes import change_told, compared_with, way_seen, working_days_words
from nhsind.narrative.evidence import Evidence
from nhsind.narrative.values import figure_told
from nhsind.release.hidden import hidden_mark
from nhsind.release.telling import TOO_COARSE


def change_words(evidence: Evidence, organisation: str, *, with_days: bool = True) -> str:
    """The change on the period before, or of counts of events on a year before.

    Up or down only where its 95% interval leaves out none; of rounded figures, where those of all
    counts that they could be do. `with_days`: with the working days of the year before of counts.
    """
    line, since = evidence.line, compared_with(evidence)[0]
    now, before = evidence.figure(organisation), evidence.figure(organisation, since)
    for each in (now, before):
        if each is None:
            return f"no figure for {in_words(since)}" if each is before else Mark.NOT_AVAILABLE
        if not each.is_known:
            is_hidden = each.status == Status.SUPPRESSED
            return hidden_mark(each.note) if is_hidden else Mark.NOT_AVAILABLE
    assert before is not None and now is not None
    when = "" if since == evidence.period.previous else f" in {in_words(since)}"
    has_days = with_days and line.kind == "count"
    more = working_days_words(line, since, evidence.period) if has_days else ""
    when += f" ({more})" if more else ""
    was = figure_told(line, before)
    then = f"from {was}{when}"
    told = change_told(evidence, since, organisation)
    if told is None:
        return f"not tested ({then})"
    if isnan(before.value):  # a range, which is nothing to go up or down from
        then = f"(before: {was}{when})"
    if told.way is None:
        if not told.is_coarse:
            return f"no clear change {then}"
        seen = way_seen(before, now)
        coarse = f"{TOO_COARSE} whether {'by more than chance' if seen else 'it changed'}"
        return f"{f'{seen} than before; ' if seen else ''}{coarse} (before: {was}{when})"
    size = "" if told.size is None else f" {wording.size_words(line, told.size)}"
    moved = f"{'up' if told.way > 0 else 'down'}{size} {then}"
    return ", ".join(filter(None, [moved, told.judged(line)]))
