"""Addresses of databases: told from paths, and shown without their passwords."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL)
# user:password@ of an address, and password=... of one or of what a driver says.
_BEFORE_HOST = re.compile(r"(://[^/@:\s]*):[^@\s]*@")
_NAMED = re.compile(
    r"(?i)\b((?:pass(?:word|wd|phrase)?|pwd|token|secret)\s*[=:]\s*)('[^']*'|[^&;\s]+)"
)
MASK = "***"


def is_address(text: object) -> bool:
    """Whether a text is the address of a database, such as `postgres://host/name`."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


def without_passwords(text: str) -> str:
    """A text in which every password of an address is masked."""
    return _NAMED.sub(rf"\1{MASK}", _BEFORE_HOST.sub(rf"\1:{MASK}@", text))


def scheme_of(address: str) -> str:
    """The scheme of an address, in lower case."""
    return urlsplit(address).scheme.lower()
