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
NOT_WHOLE = (
    "is no address: in a user or password / is written %2F, @ %40, : %3A, ? %3F, # %23, [ %5B; "
    "a password is best left to .pgpass or PGPASSWORD"
)


def is_address(text: object) -> bool:
    """Whether a text is the address of a database, such as `postgres://host/name`."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


def without_passwords(text: str) -> str:
    """A text in which every password of an address is masked."""
    return _NAMED.sub(rf"\1{MASK}", _BEFORE_HOST.sub(rf"\1:{MASK}@", text))


def is_whole(address: str) -> bool:
    """Whether an address has its parts where they belong.

    Of one whose password holds such a sign as it is, errors would name a part of the password.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return "@" not in f"{parts.path}{parts.query}{parts.fragment}"


def scheme_of(address: str) -> str:
    """The scheme of an address, in lower case."""
    return urlsplit(address).scheme.lower()
