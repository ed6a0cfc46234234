"""When a publication may be seen: its release, with its zone, against the clock.

Official statistics are released at 9:30 in the morning, the United Kingdom's time (Code of Practice
for Statistics): what a plan says without a zone is of there, and a day alone is that time of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from nhsind.errors import UsageError
from nhsind.periods import MONTH_NAMES

ZONE = ZoneInfo("Europe/London")
HOUR = time(9, 30)
EMBARGO, CORRECTION, RELEASE = "embargo", "correction", "release_datetime"
# A day without a time.
DAY_LENGTH = len("2018-05-10")


def release_of(text: str) -> datetime:
    """The moment of a release, with its zone. Raises ValueError for what is none."""
    moment = datetime.fromisoformat(text)
    if len(text) == DAY_LENGTH:
        moment = datetime.combine(moment, HOUR)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def release_words(text: str) -> str:
    """`9:30am on 10 May 2018 (BST)`, in the United Kingdom's time."""
    moment = release_of(text).astimezone(ZONE)
    hour = f"{moment.hour % 12 or 12}:{moment.minute:02}{'am' if moment.hour < 12 else 'pm'}"
    day = f"{moment.day} {MONTH_NAMES[moment.month - 1]} {moment.year}"
    return f"{hour} on {day} ({moment.tzname()})"


def under_embargo(
    publication: Mapping[str, str], before_release: bool, now: datetime | None = None
) -> dict[str, str]:
    """What a publication says of itself at a moment (None: now), with its embargo if it has one.

    Raises UsageError before the release, unless its pages are made for review (`before_release`),
    and afterwards if they are.
    """
    text = publication.get(RELEASE)
    is_early = text is not None and (now or datetime.now(UTC)) < release_of(text)
    if is_early and not before_release:
        raise UsageError(
            f"these figures are under embargo until {release_words(str(text))}; nothing was "
            "published. With --before-release every page says so, for those who may see them"
        )
    if before_release and not is_early:
        raise UsageError("there is no embargo: run without --before-release")
    if not is_early:
        return dict(publication)
    words = f"Under embargo until {release_words(str(text))}: not to be shared before."
    return {**publication, EMBARGO: words}


def banners(publication: Mapping[str, str]) -> list[str]:
    """What stands at the head of every page of a publication: its embargo, what it corrects."""
    correction = publication.get(CORRECTION)
    return [
        *([publication[EMBARGO]] if EMBARGO in publication else []),
        *([f"Correction: {correction}"] if correction else []),
    ]
