"""`nhsind audit`: what a published folder tells of the counts that it hides, to anybody."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from nhsind.api.auditing import audit
from nhsind.api.sampling import sample
from nhsind.cli import main
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import InputError
from nhsind.output import as_csv, render
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.confidential import Raw
from nhsind.release.gate import release
from nhsind.release.policies import policy_for
from nhsind.release.telling import PRECISION
from nhsind.report.glance import Glance, GlanceFigure, GlanceLine, NamedOrganisation, glance_of
from nhsind.report.manifest import Entry, Manifest
from nhsind.sources.inputs import open_input
from nhsind.synthetic import data_set
from tests.unit.release.test_relations_hold import hides
from tests.unit.release.test_suppression import is_withheld, tables_of

Cell = tuple[str, str, str, int, int | None]


def released(family: str, *cells: Cell) -> pd.DataFrame:
    known = load_family(family)
    policy = policy_for(known, is_published=False)
    found = release(Raw(tables_of(family, *cells)), known, policy=policy).frame
    return found.drop(columns=[*PRECISION])


def publish(folder: Path, table: pd.DataFrame, name: str = "table.csv") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    text = render(table, "json") if path.suffix == ".json" else as_csv(table)
    assert isinstance(text, str)
    path.write_text(text, "utf-8")
    return folder


def cell_of(table: pd.DataFrame, code: str, period: str, line: str | None = None) -> pd.Series:
    rows = (table["org_code"] == code) & (table["period"] == period)
    rows &= (table["indicator"] == line) if line else True
    return rows


def filled(table: pd.DataFrame, rows: pd.Series, **values: int) -> pd.DataFrame:
    """The table with counts put in by hand."""
    table = table.copy()
    for figure, value in values.items():
        table.loc[rows, figure] = value
        table.loc[rows, f"{figure}_mark"] = ""
    table.loc[rows, "note"] = ""
    return table


@pytest.mark.parametrize("code", [code for code in family_codes() if hides(code)])
def test_a_safe_publication_tells_nothing(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CSV and the page at a glance of each family that hides counts, as a run makes them."""
    folder, scale = tmp_path / "records", {"iapt": 0.01, "sus": 0.0003}.get(code, 0.3)
    # eip, too, for the plans that cart has none of.
    monkeypatch.setattr(data_set, "family_codes", lambda: sorted({code, "eip"}))
    sample(folder, ccgs=6, months=15, scale=scale)
    opened = open_input(load_family(code), folder)
    kinds = {"sus": "2018-03", "iapt": "2018-03", "cart": "2017-18"}
    period = parse_period(kinds.get(code, "2017-18-Q4"))
    found = compute(opened, period, level=opened.own_level)
    figures = found.figures.frame
    own = {line: str(found.period_of(line)) for line in opened.family.indicators}
    table = figures[figures["period"] == figures["indicator"].map(own)].drop(
        columns=[*PRECISION, "mark"], errors="ignore"
    )
    assert (figures["numerator_mark"] == "[c]").any(), "there is something to hide"
    published = publish(tmp_path / "published", table)
    (published / "glance.json").write_text(glance_of(found, "").text, "utf-8")
    (published / "geography.csv").write_bytes((folder / "geography.csv").read_bytes())
    told = audit(published)
    assert told.empty, told.to_string()


MONTHS: list[Cell] = [
    ("E.M.10", "A", "2018-01", 0, None),
    ("E.M.10", "A", "2018-02", 1, None),
    ("E.M.10", "A", "2018-03", 13, None),
    ("E.M.10", "A", "2017-18-Q4", 14, None),
]


@pytest.mark.parametrize("name", ["table.csv", "table.json"])
def test_a_withheld_cell_that_is_filled_in_is_found(tmp_path: Path, name: str) -> None:
    """13 to 17 in the quarter, of which 13 to 17 in March: February has at most 4, not 7."""
    table = released("sus", *MONTHS)
    quarter = cell_of(table, "A", "2017-18-Q4")
    assert is_withheld(table[quarter].iloc[0], "numerator")
    assert audit(publish(tmp_path, table, name)).empty
    told = audit(publish(tmp_path, filled(table, quarter, numerator=15), name))
    assert told[["org_code", "period", "hides", "left"]].values.tolist() == [
        ["A", "2018-02", "1 to 7", "1 to 4"]
    ]
    assert set(told["by"].iloc[0].split("; ")) == {
        f"E.M.10 A {when} numerator" for when in ("2018-01", "2018-03", "2017-18-Q4")
    }


def test_tables_of_several_files_are_looked_at_together(tmp_path: Path) -> None:
    """Each is safe alone."""
    months, quarter = released("sus", *MONTHS[:3]), released("sus", MONTHS[3])
    for name, table in (("months.csv", months), ("quarter.csv", quarter)):
        folder = tmp_path / name
        folder.mkdir()
        assert audit(publish(folder, table)).empty
    assert len(audit(tmp_path)) == 1


def test_a_total_of_hidden_counts_is_found(tmp_path: Path) -> None:
    cells: list[Cell] = [("E.H.4", code, "2017-18-Q4", n, 40) for code, n in (("A", 2), ("B", 3))]
    table = released("eip", *cells, ("E.H.4", "ENGLAND", "2017-18-Q4", 5, 80))
    england = cell_of(table, "ENGLAND", "2017-18-Q4")
    assert is_withheld(table[england].iloc[0], "numerator")
    told = audit(publish(tmp_path, filled(table, england, numerator=7)))
    assert told["org_code"].tolist() == ["A", "B"] and told["left"].tolist() == ["3 to 4"] * 2
    assert all("E.H.4 ENGLAND 2017-18-Q4 numerator" in by for by in told["by"])


def test_a_level_above_is_found_by_the_geography(tmp_path: Path) -> None:
    """10 to 12 in the partnership, of which 8 to 12 in B: A has at most 4, not 7."""
    cells: list[Cell] = [
        ("E.K.1a", "A", "2017-18-Q4", 2, None),
        ("E.K.1a", "B", "2017-18-Q4", 9, None),
    ]
    table = released("ld_inpatients", *cells, ("E.K.1a", "T01", "2017-18-Q4", 11, None))
    table["org_level"] = ["ccg", "ccg", "tcp"]
    table["org_code"] = ["00A", "00B", "T01"]
    table.loc[1, "numerator"], table.loc[2, "numerator"] = 10, 10
    assert audit(publish(tmp_path, table)).empty, "nobody knows who is in whom"
    places = "ccg_code,tcp_code\n00A,T01\n00B,T01\n"
    (tmp_path / "geography.csv").write_text(places, "utf-8")
    told = audit(tmp_path)
    assert told[["org_code", "hides", "left"]].values.tolist() == [["00A", "0 to 7", "0 to 4"]]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "geography.csv").rename(elsewhere / "geography.csv")
    assert audit(tmp_path).empty and audit(tmp_path, elsewhere).equals(told)


def test_a_small_count_that_is_shown_is_found(tmp_path: Path) -> None:
    table = released("eip", ("E.H.4", "A", "2017-18-Q4", 3, 40))
    small = cell_of(table, "A", "2017-18-Q4")
    told = audit(publish(tmp_path, filled(table, small, numerator=3)))
    assert told[["figure", "hides", "left", "by"]].values.tolist() == [
        ["numerator", "0 to 4", "3", "what is printed of it"]
    ]


def test_a_percentage_beside_a_hidden_count_is_found(tmp_path: Path) -> None:
    table = released("eip", ("E.H.4", "A", "2017-18-Q4", 3, 24))
    told = audit(publish(tmp_path, table.assign(value=0.125)))
    assert told[["figure", "left"]].values.tolist() == [["numerator", "3"]]


def test_the_past_that_pages_draw_is_looked_at(tmp_path: Path) -> None:
    table = released("sus", MONTHS[1], MONTHS[3])
    table = filled(table, cell_of(table, "A", "2017-18-Q4"), numerator=15)
    assert audit(publish(tmp_path, table)).empty, "March could be anything"
    figure = GlanceFigure("", "", "", "", "", "", "", (0.0, None, 15.0, 5.0), "", None)
    line = GlanceLine("E.M.10", "", "", "", {"A": figure})
    glance = Glance("sus", "", "2018-04", "", {}, {"A": NamedOrganisation("A")}, (line,))
    (tmp_path / "glance.json").write_text(json.dumps(asdict(glance)), "utf-8")
    assert audit(tmp_path)["period"].tolist() == ["2018-02"]


def test_figures_are_judged_by_the_policy_that_the_manifest_names(tmp_path: Path) -> None:
    table = released("eip", ("E.H.4", "A", "2017-18-Q4", 30, 40))
    table = table.assign(numerator=3)
    publish(tmp_path, table)
    for policy, number in (("own", 1), ("none", 0), ("public", 0), ("hes", 1), ("mhsds", 1)):
        entry = Entry("table.csv", "eip", "2017-18-Q4", "", "", "", "", kind="table", policy=policy)
        (tmp_path / "manifest.json").write_text(Manifest({"table.csv": entry}).text, "utf-8")
        assert len(audit(tmp_path)) == number


def test_what_is_no_publication_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="is no folder of published tables"):
        audit(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        audit(tmp_path / "nowhere")
    table = released("eip", ("E.H.4", "A", "2017-18-Q4", 30, 40))
    publish(tmp_path, table.assign(numerator="many", period="2018-13"))
    with pytest.raises(
        InputError, match=r"(?s)table\.csv line 2.*period.*2018-13.*numerator.*many"
    ):
        audit(tmp_path)
    publish(tmp_path, table)
    (tmp_path / "manifest.json").write_text(Manifest(mode="explore").text, "utf-8")
    with pytest.raises(InputError, match="exploratory"):
        audit(tmp_path)


def test_the_command_says_it_with_its_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def status(*words: object) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return int(ended.value.code or 0)

    assert status("audit", tmp_path) == 65
    table = released("sus", *MONTHS)
    assert status("audit", publish(tmp_path, table)) == 0
    assert "keeps the whole range" in capsys.readouterr().err
    publish(tmp_path, filled(table, cell_of(table, "A", "2017-18-Q4"), numerator=15))
    assert status("audit", tmp_path, "--format", "json") == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)[0]["left"] == "1 to 4"
    assert "1 hidden count could be narrowed" in shown.err
    assert status("audit", tmp_path, "--geography", tmp_path / "none.csv") == 2
