"""What is given is shared out among the families that it is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhsind.errors import InputError, UsageError
from nhsind.sources import published
from nhsind.sources.belonging import shares

BOTH = ["rtt", "eip"]


def test_a_family_alone_has_everything() -> None:
    assert shares(["anything"], ["rtt"]) == {"rtt": ["anything"]}
    assert shares(None, BOTH) == {"rtt": None, "eip": None}


def test_frames_go_to_the_families_that_have_their_table() -> None:
    given = {"pathways": 1, "plans": 2}
    assert shares(given, BOTH) == {"rtt": given}
    assert shares(given | {"referrals": 3}, BOTH) == {
        "rtt": given,
        "eip": {"plans": 2, "referrals": 3},
    }
    with pytest.raises(UsageError, match='"pathway" is not a known table'):
        shares({"pathway": 1}, BOTH)


def test_paths_go_to_their_families_and_side_tables_to_all(tmp_path: Path) -> None:
    for name in ("pathways.csv", "plans.csv", "data/eip/referrals.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a\n")
    pathways, plans, data = tmp_path / "pathways.csv", tmp_path / "plans.csv", tmp_path / "data"
    assert shares([pathways, plans, data], BOTH) == {"rtt": [pathways, plans], "eip": [plans, data]}
    (tmp_path / "data" / "rtt").mkdir()
    assert shares([data], BOTH) == {"eip": [data]}, "an empty folder holds nothing"
    (tmp_path / "data" / "rtt" / "notes.txt").write_text("")
    assert shares([data], BOTH) == {"rtt": [data], "eip": [data]}


@pytest.mark.parametrize("size", [0, 10, 11])
def test_a_file_of_no_size_to_read_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(published, "LARGEST_FILE", 10)
    (tmp_path / "strange.xlsx").write_bytes(b"x" * size)
    says = {0: "the file is empty", 11: "the file is larger than 10 bytes"}
    with pytest.raises(InputError, match=says.get(size, "cannot be read as a workbook")):
        shares(tmp_path / "strange.xlsx", BOTH)
