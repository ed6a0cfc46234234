"""Partnerships now, their region later: totals that totals make up whole tell of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhsind.periods import parse_period
from nhsind.release.computing import organisations_above
from nhsind.release.ledger import Ledger
from nhsind.release.pieces import PIECE
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


def above(level: str, places: str = PLACES) -> dict[tuple[str, str, str], dict[str, str]]:
    geography = rows(places, "ccg_code,tcp_code,stp_code,region_code")
    return organisations_above(geography, level, [parse_period(NOW)])


def test_what_is_made_up_whole_is_known_and_nothing_else() -> None:
    # S2 lies in two regions, so that R1 is no sum of STPs; 00E is in no partnership.
    assert above("tcp") == {
        ("tcp", "T1", NOW): {"stp": "S1", "region": "R1"},
        ("tcp", "T2", NOW): {"stp": "S1", "region": "R1"},
        ("tcp", "T3", NOW): {"stp": "S2", "region": "R1"},
        ("tcp", "T4", NOW): {"stp": "S2", "region": "R2"},
    }
    # S2 and R1 overlap: their totals are of pieces.
    assert above("stp") == {
        ("stp", "S3", NOW): {"region": "R3"},
        **{
            (PIECE, " ".join(f"{level}:{code}" for level, code in each.items()), NOW): each
            for each in (
                {"stp": "S3", "region": "R3"},
                {"tcp": "T1", "stp": "S1", "region": "R1"},
                {"tcp": "T2", "stp": "S1", "region": "R1"},
                {"tcp": "T3", "stp": "S2", "region": "R1"},
                {"tcp": "T4", "stp": "S2", "region": "R2"},
                {"tcp": "T5", "stp": "S3", "region": "R3"},
            )
        },
    }


def test_a_region_released_after_its_partnerships_does_not_tell_one(tmp_path: Path) -> None:
    """5 to 7 in the region, of which 5 to 7 in one and 0 in another: the third has at most 2."""
    ledger = Ledger(tmp_path / "ledger.jsonl", "a test")
    counts = {"T1": 2, "T2": 5, "T3": 0}
    cells = [("E.K.1a", code, NOW, count, None) for code, count in counts.items()]
    first = released(ledger, "ld_inpatients", *cells, above=above("tcp"), level="tcp")
    assert first["numerator"].fillna(-1).tolist() == [-1, 5, 0]
    later = released(ledger, "ld_inpatients", ("E.K.1a", "R1", NOW, 7, None), level="region")
    assert is_withheld(later.iloc[0], "numerator")


def test_levels_that_overlap_do_not_tell_each_other(tmp_path: Path) -> None:
    """T1 and T2 are A, B and C as S1 and S2 are, and no commissioner was ever released: 18 to 22
    and a hidden 1 in the ones, 5 to 7 and 8 to 12 in the others, would leave T2 no more than 1."""
    places = "\n00A,T1,S1,R1\n00B,T1,S2,R1\n00C,T2,S2,R1\n"
    ledger = Ledger(tmp_path / "ledger.jsonl", "a test")
    first = released(
        ledger,
        "ld_inpatients",
        ("E.K.1a", "T1", NOW, 18, None),
        ("E.K.1a", "T2", NOW, 1, None),
        above=above("tcp", places),
        level="tcp",
    )
    assert first["numerator"].fillna(-1).tolist() == [20, -1]
    later = released(
        ledger,
        "ld_inpatients",
        ("E.K.1a", "S1", NOW, 7, None),
        ("E.K.1a", "S2", NOW, 12, None),
        above=above("stp", places),
        level="stp",
    )
    assert any(is_withheld(row, "numerator") for _, row in later.iterrows())
    apart = [("E.K.1a", "S1", NOW, 7, None), ("E.K.1a", "S2", NOW, 12, None)]
    alone = released(
        Ledger(tmp_path / "alone.jsonl", "a test"), "ld_inpatients", *apart, level="stp"
    )
    assert alone["numerator"].tolist() == [5, 10]


MERGED = """
00A,00C,2013-04-01,2018-03-31
00B,00C,2013-04-01,2018-03-31
00C,00D,2018-04-01,2020-03-31
00D,,2020-04-01,
"""
BEFORE = [("E.K.1a", "00A", NOW, 2, None), ("E.K.1a", "00B", NOW, 5, None)]


@pytest.mark.parametrize("into", ["00C", "00D"])
@pytest.mark.parametrize("is_restated_first", [False, True])
def test_mergers_one_after_the_other_do_not_tell_who_merged(
    tmp_path: Path, into: str, is_restated_first: bool
) -> None:
    """5 to 7 in the merged one and in B, so that A has at most 2: whichever merger it was."""
    geography = rows(MERGED, "ccg_code,successor_ccg_code,valid_from,valid_to")
    within = organisations_above(geography, "ccg", [parse_period(NOW)])
    ledger = Ledger(tmp_path / "ledger.jsonl", "a test")
    releases = [BEFORE, [("E.K.1a", into, NOW, 7, None)]]
    first, second = reversed(releases) if is_restated_first else releases
    shown = released(ledger, "ld_inpatients", *first, above=within)
    assert shown["numerator"].fillna(-1).tolist()[-1] == 5, "alone it tells nothing"
    assert is_withheld(
        released(ledger, "ld_inpatients", *second, above=within).iloc[-1], "numerator"
    )


def test_all_that_a_commissioner_has_become_is_above_it() -> None:
    geography = rows(MERGED, "ccg_code,successor_ccg_code,valid_from,valid_to")
    found = organisations_above(geography, "ccg", [parse_period(NOW)])
    assert found["ccg", "00A", NOW] == {"ccg": "00D", "ccg 1": "00C"}
    assert found["ccg", "00C", NOW] == {"ccg": "00D"} and found["ccg", "00D", NOW] == {}
