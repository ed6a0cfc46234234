"""The DM01 extract by provider and commissioner: the layout as issued, in small."""

from __future__ import annotations

from pathlib import Path

import pytest
from published_copies import Rows, write_csv

import nhsind as ind
from nhsind.errors import InputError
from nhsind.families.diagnostics.extract import BANDS

HEADER = [
    *("Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code"),
    *("Provider Org Name", "Commissioner Parent Org Code", "Commissioner Parent Name"),
    *("Commissioner Org Code", "Commissioner Org Name", "Diagnostic Tests Sort Order"),
    *("Diagnostic Tests", *BANDS, "Total WL", "Waiting List Activity", "Planned Activity"),
    *("Unscheduled Activity", "Total Activity"),
]
FIRST, TOTAL = HEADER.index(BANDS[0]), HEADER.index("Total WL")
TESTS = {1: "MRI", 2: "CT", 15: "URODYNAMICS"}


def row(provider: str, commissioner: str, number: int, test: str, bands: list[int]) -> list[str]:
    places = ["P", "PARENT", provider, f"Trust {provider}", "Q", "ICB", commissioner]
    told = [*places, f"CCG {commissioner}", str(number), test]
    return ["DM01-MAY-2018", *told, *map(str, bands), str(sum(bands)), "1", "2", "3", "6"]


def rows() -> Rows:
    """Two providers, two commissioners, three tests: 10 waits a band to six weeks, 1 after."""
    found = [HEADER]
    for provider in ("RX1", "RX2"):
        for commissioner in ("00A", "00B"):
            bands = [10] * 6 + [1] * 8
            found += [row(provider, commissioner, at, test, bands) for at, test in TESTS.items()]
            found.append(row(provider, commissioner, 16, "TOTAL", [3 * each for each in bands]))
    return found


def figures(path: Path, level: str) -> dict[str, tuple[object, object, str]]:
    table = ind.derive("E.B.4", path, period="2018-05", level=level)
    columns = ["org_code", "numerator", "denominator", "status"]
    return {code: (n, d, status) for code, n, d, status in table[columns].itertuples(index=False)}


@pytest.mark.parametrize("level", ["ccg", "provider", "england"])
def test_waits_are_added_up_either_way(tmp_path: Path, level: str) -> None:
    found = figures(write_csv(tmp_path / "DM01.csv", rows()), level)
    shares = 4 if level == "england" else 2
    assert set(found.values()) == {(shares * 3 * 8, shares * 3 * 68, "ok")}
    assert len(found) == (1 if level == "england" else 2)


def test_the_row_of_all_tests_is_compared(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "DM01.csv", rows())
    done = ind.reconcile("diagnostics", path)
    assert done.agrees and done.notes == [] and len(done.cells) == 4 + 12
    wrong = rows()
    total = next(each for each in wrong if each[FIRST - 1] == "TOTAL")
    total[TOTAL] = str(int(total[TOTAL]) + 1)
    (difference,) = ind.reconcile(
        "diagnostics", write_csv(tmp_path / "DM01.csv", wrong)
    ).differences.to_dict("records")
    assert difference["difference"] == -1


def test_a_row_that_contradicts_itself_is_left_out_of_both(tmp_path: Path) -> None:
    wrong = rows()
    wrong[1][FIRST] = "11"
    path = write_csv(tmp_path / "DM01.csv", wrong)
    for level, lacking, whole in (("ccg", "00A", "00B"), ("provider", "RX1", "RX2")):
        found = figures(path, level)
        assert (found[lacking][2], found[whole][2]) == ("not_available", "ok")
    assert figures(path, "england")["ENGLAND"][2] == "partial"
    (finding,) = ind.check(path).to_dict("records")
    assert finding["rows"] == 1 and "(69, not 68)" in finding["places"]


@pytest.mark.parametrize("column", ["Provider Org Code", "Commissioner Org Code"])
def test_totals_over_organisations_are_not_counted(tmp_path: Path, column: str) -> None:
    more = rows()
    total = row("RX1", "00A", 1, "MRI", [20] * 6 + [2] * 8)
    total[HEADER.index(column)] = total[HEADER.index(column) + 1] = "TOTAL"
    path = write_csv(tmp_path / "DM01.csv", [*more, total])
    assert figures(path, "england") == {"ENGLAND": (96, 816, "ok")}


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("Period", "DM01-MAYY", "is not a month"),
        ("Provider Org Code", " ", "is missing"),
        ("06 < 07 Weeks", "few", "is not a number"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, column: str, text: str, says: str) -> None:
    wrong = rows()
    wrong[2][HEADER.index(column)] = text
    path = write_csv(tmp_path / "DM01.csv", wrong)
    with pytest.raises(InputError, match=says) as refused:
        ind.derive("E.B.4", path, period="2018-05")
    assert "line 3" in str(refused.value)


def test_a_row_twice_is_refused(tmp_path: Path) -> None:
    twice = rows()
    path = write_csv(tmp_path / "DM01.csv", [*twice, twice[1]])
    with pytest.raises(InputError, match="stands in an earlier row too"):
        ind.derive("E.B.4", path, period="2018-05")
