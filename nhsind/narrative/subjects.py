"""Whom sentences are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """Whom the sentences are about, and the group (such as an STP) it belongs to.

    `everyone`: what the total of all is called, England or what is held of it. `peers`: the group
    of organisations like it that the geography names, and its members; None: all are alike.
    """

    code: str
    name: str
    group: tuple[str, str] | None
    members: list[str]
    level: str
    everyone: str = "England"
    peers: tuple[str, list[str]] | None = None
