"""What every kind of test shares."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files; the only tests that may be skipped need it."""
    if not SHARED.is_dir():
        pytest.skip("the folder of published files is not here")
    return SHARED
