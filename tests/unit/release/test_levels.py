"""Partnerships now, their region later: totals that totals make up whole tell of each other."""

from __future__ import annotations

from pathlib import Path

from nhsind.periods import parse_period
from nhsind.release.computing import organisations_above
from nhsind.release.ledger import Ledger
from tests.unit.ground.test_geography import rows
from tests.unit.release.test_ledger import released
from tests.unit.release.test_suppression import is_withheld

NOW = "2017-18-Q4"
PLACES = """
00A,T1,S1,R1
00B,T2,S1,R1
00C,T3,S2,R1
00D,T4,S2,R2
00E,,S3,R3
00F,T5,S3,R3
"""


def above(level: str) -> dict[tuple[str, str, str], dict[str, str]]:
    geography = rows(PLACES, "ccg_code,tcp_code,stp_code,region_code")
    return organisations_above(geography, level, [parse_period(NOW)])


def test_what_is_made_up_whole_is_known_and_nothing_else() -> None:
    # S2 lies in two regions, so that R1 is no sum of STPs; 00E is in no partnership.
    assert above("tcp") == {
        ("tcp", "T1", NOW): {"stp": "S1", "region": "R1"},
        ("tcp", "T2", NOW): {"stp": "S1", "region": "R1"},
        ("tcp", "T3", NOW): {"stp": "S2", "region": "R1"},
        ("tcp", "T4", NOW): {"stp": "S2", "region": "R2"},
    }
    assert above("stp") == {("stp", "S3", NOW): {"region": "R3"}}


def test_a_region_released_after_its_partnerships_does_not_tell_one(tmp_path: Path) -> None:
    """5 to 7 in the region, of which 5 to 7 in one and 0 in another: the third has at most 2."""
    ledger = Ledger(tmp_path / "ledger.jsonl", "a test")
    counts = {"T1": 2, "T2": 5, "T3": 0}
    cells = [("E.K.1a", code, NOW, count, None) for code, count in counts.items()]
    first = released(ledger, "ld_inpatients", *cells, above=above("tcp"), level="tcp")
    assert first["numerator"].fillna(-1).tolist() == [-1, 5, 0]
    later = released(ledger, "ld_inpatients", ("E.K.1a", "R1", NOW, 7, None), level="region")
    assert is_withheld(later.iloc[0], "numerator")
