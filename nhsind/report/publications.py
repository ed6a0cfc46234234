"""What several publications on one page say of themselves, each with the families it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable

from nhsind.report.embargo import banners
from nhsind.report.glance import Glance
from nhsind.report.page import publication_block


def banners_of(found: Iterable[Glance]) -> list[str]:
    """What stands at the head of a page of several publications, with what it is about."""
    about: dict[str, list[str]] = {}
    for glance in found:
        for words in banners(glance.publication):
            about.setdefault(words, []).append(glance.words)
    return [f"{'; '.join(sorted(what))}: {words}" for words, what in about.items()]


def publications(
    found: Iterable[Glance],
) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """What the publications on a page say of themselves, each with the families it holds."""
    blocks: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for glance in found:
        key = json.dumps(sorted(glance.publication.items()))
        titles, _ = blocks.setdefault(key, ([], publication_block(glance.publication)))
        if glance.words not in titles:
            titles.append(glance.words)
    return [(sorted(titles), block) for titles, block in blocks.values() if block]
