"""Addresses of databases: told from paths, and shown without their passwords."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL)
# user:password@ of an address, to its last @, as passwords may hold one; and password=... of one
# or of what a driver says, motherduck_token=... and the like too.
_BEFORE_HOST = re.compile(r"(://[^/@:\s]*):(?:\S*|[^/?#\n]*)@")
_NAMED = re.compile(
    r"""(?ix) \b
    ( (?: pass | \w* (?: password|passwd|passphrase|pwd|token|secret|(?:api|access|private)_?key ) )
    ["']? \s*[=:]\s* ) ( '[^']*' | "[^"]*" | [^&;\s]+ )"""
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
