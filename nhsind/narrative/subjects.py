"""Whom sentences are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """Whom the sentences are about, and the group (such as an STP) it belongs to."""

    code: str
    name: str
    group: tuple[str, str] | None
    members: list[str]
    level: str
