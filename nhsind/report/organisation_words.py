"""What the page of an organisation says of all its lines together."""

from __future__ import annotations

from nhsind.geography import ENGLAND
from nhsind.report.glance import Glance
from nhsind.sources.usual_numbers import WHY_UNUSUAL

NO_CONCERN = (
    "No standard or plan is missed, no control chart signals concern, and no figure is clearly "
    "worse than before, of what can be judged."
)
OF_CHANGES = (
    "A change is on the period before, and of counts of events on the same period a year before, "
    "since months differ in length; it is called up or down where its 95% interval leaves out no "
    "change at all, and is otherwise no clear change. In a trend the line ends at the last period "
    "with a number to draw (a range or a hidden figure has none), and the dotted line is the "
    "standard."
)


def verdicts_words(judged: int, missed: int, is_pressing: bool) -> str:
    """How many lines are judged, and how."""
    met = judged - missed
    lines, meet = ("line" if judged == 1 else "lines"), ("meets" if met == 1 else "meet")
    told = [
        f"Of {judged} {lines} with a standard and a value, {met} {meet} it and {missed} "
        f"{'does' if missed == 1 else 'do'} not."
        if judged
        else "No line here has both a standard and a value."
    ]
    if not is_pressing:
        told.append(NO_CONCERN)
    return " ".join(told)


def unusual_words(glance: Glance, code: str) -> str:
    """What a publication tells of an organisation's unusual numbers; of England, of how many."""
    if code != ENGLAND:
        return glance.unusual.get(code, "")
    found = len(glance.unusual)
    if not found:
        return ""
    who = "1 organisation has" if found == 1 else f"{found:,} organisations have"
    return f"{who} far less or far more than is usual: {WHY_UNUSUAL}."


def doubts(glance: Glance, code: str) -> list[tuple[str, str]]:
    """Why the figures of a publication may not be whole: records missing, unusual numbers."""
    found = [("Records missing", words) for words in glance.gaps]
    told = unusual_words(glance, code)
    return [*found, ("Unusual numbers", told)] if told else found
