"""The version, and what tells two copies of the library apart, in one place."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

__version__ = "0.1.0"


@cache
def library_digest() -> str:
    """The SHA-256 of all that nhsind is made of: code, definitions, templates, styles."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent
    for ending in ("*.py", "*.toml", "*.j2", "*.css"):
        for path in sorted(package.rglob(ending)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
