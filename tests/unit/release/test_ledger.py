"""What was released before: later releases must not tell what it hid."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.relations import relations_of
from nhsind.errors import DisclosureError, InputError
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from nhsind.release.ledger import VARIABLE, Ledger, ledger_path
from nhsind.release.shown_cells import REFUSED_NOTE, cells_released
from nhsind.release.unknowns import Unknowns
from tests.unit.release.test_release import suppress
from tests.unit.release.test_suppression import is_withheld, tables_of

Cell = tuple[str, str, str, int, int | None]
# As the families' are at the time of writing; what is tried here is not their choice.
POLICIES = {
    "sus": suppress(7, 5),
    "ld_inpatients": suppress(4, 5),
    "eip": suppress(4, 5, exempt_england=True),
}
EXACT = Disclosure("suppress", "a test", "a test", "2026-11-29", threshold=0)
NO_ONE: dict[tuple[str, str, str], dict[str, str]] = {}


def released(
    ledger: Ledger,
    code: str,
    *cells: Cell,
    above: dict[tuple[str, str, str], dict[str, str]] = NO_ONE,
    level: str = "ccg",
    name: str = "",
) -> pd.DataFrame:
    """A release that the ledger knows of, by line, organisation and period."""
    family = load_family(code)
    table = tables_of(code, *cells)
    table["org_level"] = table["org_level"].replace("ccg", level)
    found = release(
        Raw(table), family, policy=POLICIES[code], above=above, earlier=ledger.earlier(code, name)
    ).frame
    ledger.add(code, cells_released(found, POLICIES[code], relations_of(family)), above, name)
    return found.set_index(["indicator", "org_code", "period"])


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "private" / "ledger.jsonl", "a test")


MONTHS: list[Cell] = [
    ("E.M.10", "A", "2018-01", 0, None),
    ("E.M.10", "A", "2018-02", 1, None),
    ("E.M.10", "A", "2018-03", 13, None),
]
QUARTER: Cell = ("E.M.10", "A", "2017-18-Q4", 14, None)


def test_a_quarter_released_after_its_months_does_not_tell_one(ledger: Ledger) -> None:
    """13 to 17 in the quarter, of which 13 to 17 in March: February has at most 4, not 7."""
    assert released(ledger, "sus", *MONTHS)["numerator"].fillna(-1).tolist() == [0, -1, 15]
    again = Ledger(ledger.path, ledger.source)
    alone = released(again, "sus", QUARTER)
    assert alone["numerator"].tolist() == [15], "alone it tells nothing"
    after = released(ledger, "sus", QUARTER)
    assert is_withheld(after.iloc[0], "numerator")


OTHERS: list[Cell] = [
    ("E.M.12", "A", "2018-01", 200, None),
    ("E.M.12", "A", "2018-02", 210, None),
    ("E.M.12", "A", "2018-03", 0, None),
]


def told_before(ledger: Ledger) -> None:
    """The quarter was released exact under another rule, so that February is told."""
    released(ledger, "sus", *MONTHS)
    family = load_family("sus")
    found = release(Raw(tables_of("sus", QUARTER)), family, policy=EXACT).frame
    ledger.add("sus", cells_released(found, EXACT, relations_of(family)), {})


def test_a_line_that_nothing_protects_is_not_released_and_the_others_are(ledger: Ledger) -> None:
    told_before(ledger)
    after = released(ledger, "sus", *MONTHS, *OTHERS)
    refused = after.loc["E.M.10"]
    assert refused["numerator"].isna().all() and (refused["note"] == REFUSED_NOTE).all()
    assert (refused["numerator_mark"] == "[c]").all()
    assert after.loc["E.M.12", "numerator"].tolist() == [200, 210, 0]
    # It stays so, and the ledger holds what was said.
    pd.testing.assert_frame_equal(released(ledger, "sus", *MONTHS, *OTHERS), after)


def test_where_no_line_is_left_the_family_is_refused_in_words(ledger: Ledger) -> None:
    told_before(ledger)
    with pytest.raises(DisclosureError, match=r"no line.*E\.M\.10 2018-02 A numerator.*policy"):
        released(ledger, "sus", *MONTHS)


def test_what_earlier_releases_told_is_told_no_further(ledger: Ledger) -> None:
    """February is 0 to 4 by what was released: a line of other figures may say so, not more."""
    told_before(ledger)
    after = released(ledger, "sus", *OTHERS)
    assert after["numerator"].tolist() == [200, 210, 0] and not after["note"].any()


def test_an_equal_release_is_the_same_and_adds_nothing(ledger: Ledger) -> None:
    first = released(ledger, "sus", *MONTHS, QUARTER)
    assert is_withheld(first.loc[("E.M.10", "A", "2017-18-Q4")], "numerator")
    ledger.write()
    before = ledger.path.read_bytes()
    second = released(Ledger(ledger.path, ledger.source), "sus", *MONTHS, QUARTER)
    pd.testing.assert_frame_equal(first, second)
    again = Ledger(ledger.path, ledger.source)
    released(again, "sus", *MONTHS, QUARTER)
    again.write()
    assert ledger.path.read_bytes() == before and not again.waiting


def test_a_release_is_made_again_beside_what_there_was_before_it(ledger: Ledger) -> None:
    released(ledger, "sus", *OTHERS, name="others")
    first = released(ledger, "sus", *MONTHS, name="months")
    after = released(ledger, "sus", QUARTER, name="quarter")
    assert is_withheld(after.iloc[0], "numerator")
    ledger.write()
    size = ledger.path.stat().st_size
    again = Ledger(ledger.path, ledger.source)
    counts = [again.earlier("sus", name).editions for name in ("others", "months", "quarter", "")]
    assert counts == [0, 1, 2, 3]
    assert again.earlier("sus", "never made").editions == 3
    pd.testing.assert_frame_equal(released(again, "sus", *MONTHS, name="months"), first)
    again.write()
    assert ledger.path.stat().st_size == size
    # What says nothing new is known by its name all the same, and of two the last one counts.
    released(again, "sus", *OTHERS, name="others again")
    assert again.knows("sus", "others again") and not again.knows("sus", "never made")
    released(again, "sus", ("E.M.12", "A", "2018-01", 400, None), name="others")
    assert again.earlier("sus", "others").editions == 3


def test_a_partnership_released_after_its_commissioners_does_not_tell_one(ledger: Ledger) -> None:
    within = {("ccg", code, "2017-18-Q4"): {"tcp": "T"} for code in "AB"}
    cells = [("E.K.1a", code, "2017-18-Q4", count, None) for code, count in (("A", 2), ("B", 5))]
    released(ledger, "ld_inpatients", *cells, above=within)
    # 7 in all are shown as 5, 6 or 7, and B has 5 to 7: A has at most 2.
    after = released(ledger, "ld_inpatients", ("E.K.1a", "T", "2017-18-Q4", 7, None), level="tcp")
    assert is_withheld(after.iloc[0], "numerator")


def test_a_merger_restated_does_not_tell_who_merged(ledger: Ledger) -> None:
    within = {("ccg", code, "2017-18-Q4"): {"ccg": "C"} for code in "AB"}
    cells = [("E.K.1a", code, "2017-18-Q4", count, None) for code, count in (("A", 2), ("B", 5))]
    released(ledger, "ld_inpatients", *cells, above=within)
    after = released(ledger, "ld_inpatients", ("E.K.1a", "C", "2017-18-Q4", 7, None))
    assert is_withheld(after.iloc[0], "numerator")


def test_a_revision_does_not_tell_what_stayed_as_it_was(ledger: Ledger) -> None:
    """March is revised and stands beside its quarter; February is behind both editions."""
    released(ledger, "sus", *MONTHS)
    revised: list[Cell] = [
        ("E.M.10", "A", "2018-03", 18, None),
        ("E.M.10", "A", "2017-18-Q4", 19, None),
    ]
    after = released(ledger, "sus", *revised)["numerator"]
    assert after.fillna(-1).tolist() == [20, -1]


def test_a_figure_shown_twice_differently_is_two(ledger: Ledger) -> None:
    """England's exact total is revised although all below it looks as it did: both are shown."""
    below: list[Cell] = [("E.H.4", code, "2017-18-Q4", 29, 61) for code in "ABC"]
    for total in (87, 88):
        england: Cell = ("E.H.4", "ENGLAND", "2017-18-Q4", total, 183)
        assert released(ledger, "eip", *below, england)["numerator"].tolist()[-1] == total


def test_the_ledger_is_private_and_of_its_data(ledger: Ledger) -> None:
    released(ledger, "sus", *MONTHS)
    ledger.write()
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert Ledger(ledger.path, ledger.source).earlier("sus").editions == 1
    assert Ledger(ledger.path, "other data").earlier("sus").editions == 0
    assert Ledger(ledger.path, ledger.source).earlier("eip").editions == 0


def test_a_line_that_is_none_is_named(ledger: Ledger) -> None:
    ledger.path.parent.mkdir()
    ledger.path.write_text('{"family": "sus", "source": "a test"\n', "utf-8")
    with pytest.raises(InputError, match=r"ledger\.jsonl.*1.*is not a line of a ledger"):
        ledger.earlier("sus")


def test_where_the_ledger_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert ledger_path(None) == tmp_path / "nhsind" / "ledger.jsonl"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    assert ledger_path(None) == tmp_path / "named"
    assert ledger_path(tmp_path / "planned") == tmp_path / "planned"


@pytest.mark.parametrize("left_out", ["O00", "O01"])
@pytest.mark.parametrize("others", [3, 25])
def test_england_with_and_without_one_organisation_does_not_tell_its_count(
    ledger: Ledger, left_out: str, others: int
) -> None:
    """Neither a hidden count nor which of 28 to 32 a shown 30 is, however many are in the total."""
    pairs = {"O00": (2, 12), "O01": (29, 31)} | {
        f"O{n}": (20 + n, 60) for n in range(10, 10 + others)
    }

    def england(codes: list[str]) -> list[Cell]:
        total = [sum(pairs[code][place] for code in codes) for place in (0, 1)]
        rows = [*((code, *pairs[code]) for code in codes), ("ENGLAND", *total)]
        return [("E.H.4", code, "2017-18-Q4", n, d) for code, n, d in rows]

    first = released(ledger, "eip", *england([*pairs]))
    assert first["numerator"].notna().iloc[-1], "alone it tells nothing"
    without = released(ledger, "eip", *england([code for code in pairs if code != left_out]))
    assert is_withheld(without.iloc[-1], "numerator")
    assert is_withheld(without.iloc[-1], "denominator")


def test_who_is_in_no_partnership_does_not_blur_england_released_later(ledger: Ledger) -> None:
    """The records of a code that no place is known of are in England, and it is shown: what is
    left of England's 67 without 28 to 32 and 38 to 42 is at most 1 in A, of whom 1 to 4 is said."""
    within = {("ccg", code, "2017-18-Q4"): {"tcp": f"T{code}"} for code in "AB"}
    pairs = {"A": (1, 12), "B": (28, 61), "UNKNOWN": (38, 62)}
    cells = [("E.H.4", code, "2017-18-Q4", *pair) for code, pair in pairs.items()]
    first = released(ledger, "eip", *cells, above=within)
    assert first["numerator"].fillna(-1).tolist() == [-1, 30, 40]
    totals: list[Cell] = [
        ("E.H.4", code, "2017-18-Q4", *pair)
        for code, pair in (("TA", (1, 12)), ("TB", (28, 61)), ("ENGLAND", (67, 135)))
    ]
    alone = released(Ledger(ledger.path, "others"), "eip", *totals, level="tcp")
    assert alone["numerator"].notna().tolist() == [False, True, True], "alone it tells nothing"
    after = released(ledger, "eip", *totals, level="tcp")
    assert is_withheld(after.iloc[-1], "numerator")


def test_a_total_of_others_is_another_number(ledger: Ledger) -> None:
    """The ledger keeps who is in a total, also where the rest is known already."""
    cells: list[Cell] = [("E.K.1a", code, "2017-18-Q4", 40, None) for code in "ABC"]
    released(ledger, "ld_inpatients", *cells, ("E.K.1a", "ENGLAND", "2017-18-Q4", 120, None))
    released(ledger, "ld_inpatients", *cells[:2], ("E.K.1a", "ENGLAND", "2017-18-Q4", 80, None))
    held = ledger.earlier("ld_inpatients").cells
    assert held.loc[held["edition"] == 1, "code"].tolist() == ["A", "B", "ENGLAND"]


def test_a_total_of_others_that_looks_the_same_is_another_number_too(ledger: Ledger) -> None:
    """81 with C's one and 80 without it are both shown as 80: they are not one count."""
    counts = {"A": 40, "B": 40, "C": 1}
    cells: list[Cell] = [("E.K.1a", code, "2017-18-Q4", n, None) for code, n in counts.items()]
    released(ledger, "ld_inpatients", *cells, ("E.K.1a", "ENGLAND", "2017-18-Q4", 81, None))
    released(ledger, "ld_inpatients", *cells[:2], ("E.K.1a", "ENGLAND", "2017-18-Q4", 80, None))
    held = ledger.earlier("ld_inpatients").cells
    england = (held["code"] == "ENGLAND").to_numpy()
    assert held.loc[england, "count"].tolist() == [80, 80]
    unknowns = Unknowns(held, relations_of(load_family("ld_inpatients")), {})
    assert len(set(unknowns.of_cell[england])) == 2
