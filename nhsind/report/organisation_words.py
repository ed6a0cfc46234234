"""What the page of an organisation says of all its lines together."""

from __future__ import annotations

from typing import NamedTuple

from nhsind.geography import ENGLAND
from nhsind.narrative.attention import NOTHING
from nhsind.report.glance import Glance
from nhsind.report.linked import Linked
from nhsind.report.paths import line_page_path
from nhsind.sources.unusual_findings import MOST_NAMED
from nhsind.sources.usual_numbers import WHY_UNUSUAL

MISSING, UNUSUAL = "Records missing", "Unusual numbers"
OF_CHANGES = (
    "A change is on the period before, and of counts of events on the same period a year before, "
    "since months differ in length (how many working days each had, the report says); it is called "
    "up or down where its 95% interval leaves out no change at all, and is otherwise no clear "
    "change. In a trend the line ends at the last period with a number to draw (a range or a "
    "hidden figure has none), and the dotted line is the standard."
)


class Doubt(NamedTuple):
    """What the figures of a publication (`words`) lack, and what is told of it.

    `page`: that tells more, empty where none does.
    """

    what: str
    words: str
    page: str
    told: str


def verdicts_words(judged: int, missed: int, others: int, is_pressing: bool) -> str:
    """How many lines are judged, and how; `others`: with a standard and no verdict."""
    met = judged - missed
    lines, meet = ("line" if judged == 1 else "lines"), ("meets" if met == 1 else "meet")
    told = [
        f"Of {judged} {lines} with a verdict on a standard, {met} {meet} it and {missed} "
        f"{'does' if missed == 1 else 'do'} not."
        if judged
        else "No line here has a verdict on a standard."
    ]
    if others:
        told.append(f"{others} more {'has' if others == 1 else 'have'} a standard and no verdict.")
    if not is_pressing:
        told.append(NOTHING)
    return " ".join(told)


def doubts(glance: Glance, code: str, folder: str, linked: Linked) -> list[Doubt]:
    """Why the figures of a publication may not be whole: records missing, unusual numbers.

    Of England, of whom they are: some organisations one by one, the others counted. `folder`: the
    publication's. A report tells more, else what is missing stands on the page of a line.
    """
    line_page = line_page_path(glance.lines[0].code, glance.when)
    page = linked.get((folder, code), line_page)
    found = [Doubt(MISSING, glance.words, page, words) for words in glance.gaps]
    whose = glance.unusual if code == ENGLAND else {code: glance.unusual.get(code, "")}
    found += [
        Doubt(UNUSUAL, glance.words, linked.get((folder, organisation), ""), told)
        for organisation, told in [*whose.items()][:MOST_NAMED]
        if told
    ]
    if (others := len(whose) - MOST_NAMED) > 0:
        have = "1 more organisation has" if others == 1 else f"{others:,} more organisations have"
        told = f"{have} far less or far more than is usual: {WHY_UNUSUAL}."
        found.append(Doubt(UNUSUAL, glance.words, "", told))
    return found
