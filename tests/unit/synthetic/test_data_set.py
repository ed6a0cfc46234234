"""The kept sample is made anew whenever a file that makes it changes, and is else found again."""

from pathlib import Path

import pytest

import nhsind
from nhsind.errors import UsageError
from nhsind.synthetic import data_set

PACKAGE = Path(nhsind.__file__).parent
MAKERS = [
    *PACKAGE.glob("synthetic/*.py"),
    *PACKAGE.glob("families/*/sample.py"),
    *PACKAGE.glob("reference/*.py"),
    PACKAGE / "periods.py",
]


def test_the_edition_is_of_every_file_that_makes_the_sample() -> None:
    """None is left out and none is there twice."""
    found = [str(path) for path in data_set.sources_of_the_sample()]
    assert sorted(found) == sorted(str(path) for path in MAKERS)


def test_a_changed_file_makes_another_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One letter is enough; the same bytes have the same edition."""
    source = tmp_path / "sample.py"
    monkeypatch.setattr(data_set, "sources_of_the_sample", lambda: [source])
    editions = []
    for text in ("SHARE = 1\n", "SHARE = 2\n", "SHARE = 1\n"):
        source.write_text(text)
        editions.append(data_set._edition())
    assert editions[0] == editions[2] != editions[1]


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be made"):
        data_set.write_sample(tmp_path / "file" / "sample")
