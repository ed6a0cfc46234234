"""What may not be published is left out alone: the rest is published, and the index says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.relations import relations_of
from nhsind.periods import parse_period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.ledger import Earlier, Ledger
from nhsind.release.results import Results
from nhsind.release.shown_cells import REFUSED_NOTE, cells_released
from nhsind.report import store
from nhsind.report.plan_reading import read_plan
from nhsind.report.store import refused_lines
from tests.end_to_end.report_world import status, use
from tests.released_figures import WITHIN, waiting
from tests.unit.release.test_suppression import tables_of

QUARTER = "2017-18-Q4"
PLAN = """\
family: [{families}]
periods: [2018-03, 2017-18-Q4]
organisations: all
history: 0
ledger: ledger.jsonl
mode: publish
publication:
  title: "A test"
  contact: "A test, test@example.org"
  methodology: "As defined"
  revisions: "None"
  next_release: "None"
  release_datetime: "2018-05-10 09:30"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Records of two families, and a ledger of what tells all small counts of one of them."""
    rows = [
        (code, "fep", "2018-02-01", start, count)
        for code, within, beyond in (("00A", 2, 38), ("00B", 3, 37))
        for start, count in (("2018-02-05", within), ("2018-03-20", beyond))
    ]
    columns = "ccg_code pathway referral_received_date treatment_start_date count".split()
    (tmp_path / "data" / "eip").mkdir(parents=True)
    eip = pd.DataFrame(rows, columns=columns)
    eip.to_csv(tmp_path / "data" / "eip" / "referrals.csv", index=False)
    (tmp_path / "data" / "rtt").mkdir()
    waits = [("00A", "2018-01-10", "", "", 90), ("00A", "2017-06-01", "", "", 9)]
    names = "ccg_code clock_start_date clock_stop_date stop_type count".split()
    pd.DataFrame(waits, columns=names).to_csv(
        tmp_path / "data" / "rtt" / "pathways.csv", index=False
    )
    family = load_family("eip")
    assert family.disclosure is not None
    cells = [("E.H.4", code, QUARTER, n, d) for code, n, d in (("00A", 2, 40), ("00B", 3, 40))]
    table = tables_of("eip", *cells, ("E.H.4", "ENGLAND", QUARTER, 5, 80))
    shown = release(Raw(table), family, policy=family.disclosure).frame
    england = shown["org_code"] == "ENGLAND"
    shown.loc[england, ["numerator", "numerator_mark", "note"]] = [5, "", ""]
    ledger = Ledger(tmp_path / "ledger.jsonl", "own data")
    ledger.add("eip", cells_released(shown, family.disclosure, relations_of(family)), {})
    ledger.write()
    return tmp_path


def run(place: Path, families: str) -> int:
    plan = place / "plan.yaml"
    plan.write_text(PLAN.format(families=families), "utf-8")
    return status("run", plan, "--data", place / "data", "--out", place / "out", "--jobs 1")


def test_a_family_that_is_refused_is_left_out_alone(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(monkeypatch, tmp_path / "notebook.ipynb", "rtt")
    assert run(place, "eip, rtt") == 1
    said = capsys.readouterr().out
    assert f"not published: eip {QUARTER}: what was released before tells" in said
    out = place / "out"
    assert (out / "rtt" / "2018-03" / "00A.html").is_file() and not (out / "eip").exists()
    index = (out / "index.html").read_text("utf-8")
    assert "Not published, Early intervention" in index and "sign a policy for it" in index
    # Every file is as the manifest says; nothing more could be worked out from what is published.
    assert status("verify", out) == 0 and status("audit", out) == 0


def test_where_nothing_may_be_published_nothing_is(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "eip") == 70
    assert f"eip {QUARTER}: what was released before tells" in capsys.readouterr().err
    assert not (place / "out" / "index.html").exists()


def test_with_another_ledger_it_is_published(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as first:
        use(first, tmp_path / "notebook.ipynb", "rtt")
        assert run(place, "eip, rtt") == 1
    (place / "ledger.jsonl").unlink()
    assert run(place, "eip, rtt") == 0
    assert "Not published" not in (place / "out" / "index.html").read_text("utf-8")
    assert (place / "out" / "eip").is_dir()


def test_a_line_that_is_refused_is_named() -> None:
    found = waiting(A=(900, 1000), B=(90, 100))
    assert refused_lines(found) == []
    frame = found.figures.frame.assign(note=REFUSED_NOTE)
    refused = replace(found, figures=Released(frame, found.figures.policy))
    assert refused_lines(refused) == [WITHIN]


def test_figures_derived_again_are_protected_as_they_were(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And as all there is wants it where they are others now (other code of the same figures)."""
    path, beside = place / "plan.yaml", list[int]()
    path.write_text(PLAN.format(families="eip"), "utf-8")
    plan, derive = read_plan(path), store.compute

    def compute(*given: Any, earlier: Earlier, **named: Any) -> Results:
        beside.append(earlier.editions)
        return derive(*given, earlier=earlier, **named)

    monkeypatch.setattr(store, "compute", compute)
    ledger, period = Ledger(tmp_path / "another.jsonl", "own data"), parse_period(QUARTER)

    def derived_in(folder: str) -> pd.DataFrame:
        task = store.FamilyTask(
            plan, place / "data", None, "eip", [period], strict=False, root=tmp_path / folder
        )
        (found,) = store.derive_family(task, ledger, store.Told(), lambda _: None)
        return found.found.figures.frame

    first = derived_in("first")
    ledger.add("eip", cells_of_another_quarter(), {})
    pd.testing.assert_frame_equal(derived_in("second"), first)
    assert beside == [0, 0]
    monkeypatch.setattr(Ledger, "holds", lambda *_: False)
    derived_in("third")
    assert beside == [0, 0, 0, 2]


def cells_of_another_quarter() -> pd.DataFrame:
    family = load_family("eip")
    assert family.disclosure is not None
    table = tables_of("eip", ("E.H.4", "00A", "2017-18-Q3", 30, 40))
    shown = release(Raw(table), family, policy=family.disclosure).frame
    return cells_released(shown, family.disclosure, relations_of(family))
