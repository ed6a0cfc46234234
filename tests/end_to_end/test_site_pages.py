"""The pages around the reports: what they say is released, current and complete."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from report_world import (
    DONE,
    GLANCE,
    LINES,
    ORGANISATIONS,
    PLACES,
    REPORTS,
    TABLE,
    World,
    files_of,
    plan_text,
    status,
    use,
)

import nhsind
from nhsind.definitions.catalogue import load_family
from nhsind.report.manifest import verify

pytestmark = pytest.mark.usefixtures("home")


def text_of(out: Path, path: str) -> str:
    return (out / path).read_text("utf-8")


def rows_of(page: str) -> list[list[str]]:
    """The cells of each row of the tables' bodies, without markup."""
    rows = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def released(out: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (out / TABLE).open(encoding="utf-8", newline="") as lines:
        return {(row["indicator"], row["org_code"]): row for row in csv.DictReader(lines)}


def run_plan(out: Path, plan: Path, text: str) -> Any:
    plan.write_text(text, "utf-8")
    return nhsind.run(plan, out=out)


def test_the_page_of_an_organisation_shows_the_released_figures(first: Path) -> None:
    table = released(first)
    for code, path in zip(ORGANISATIONS, PLACES, strict=True):
        page = text_of(first, path)
        rows = rows_of(page)
        assert [row[0].split()[-1] for row in rows] == ["E.B.3", "E.M.18", "E.M.19", "E.M.20"]
        expected = table["E.B.3", code]
        assert rows[0][1] == f"{float(expected['value']):.1%}"
        counts = (f"{int(expected[name]):,}" for name in ("numerator", "denominator"))
        assert rows[0][3] == " of ".join(counts)
        assert rows[0][4] == f"{float(table['E.B.3', 'ENGLAND']['value']):.1%}"
        met = "met" if expected["meets_standard"] == "true" else "not met"
        assert rows[0][5].startswith("at least 92%") and rows[0][2].startswith(met)
        assert f"{int(table['E.M.18', code]['numerator']):,}" == rows[1][1]
        assert (rows[1][5], rows[1][2]) == ("none", "no standard")
        assert all(re.match("up|down|no clear change from|not tested", row[6]) for row in rows)
        assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="spark"') == 4
        assert re.search(
            r'aria-label="Trend of Incomplete RTT pathways within 18 weeks, March 2017 to March '
            r"2018: from [\d.]+% to [\d.]+%, between [\d.]+% and [\d.]+%\. The standard is",
            page,
        )
        assert f'href="../rtt/2018-03/{code}.html"' in page
        missed = re.search(r"standard of at least 92%( and plan of [\d.]+%)? not met", page)
        assert bool(missed) == (met == "not met")


def test_the_page_of_a_line_ranks_every_organisation(first: Path) -> None:
    table = released(first)
    page = text_of(first, LINES[0])
    rows = rows_of(page)
    values = [float(table["E.B.3", f"ZX00{number}"]["value"]) for number in range(1, 7)]
    assert [row[2] for row in rows] == [f"{value:.1%}" for value in sorted(values, reverse=True)]
    assert [row[1] for row in rows] == [str(place) for place in range(1, 7)]
    missed = [row for row in rows if float(row[2].rstrip("%")) < 91.95]
    assert [row for row in rows if row[4] == "not met"] == missed
    # Only organisations that have a page are linked.
    linked = re.findall(r'href="../../(organisations/[^"]+)"', page)
    assert sorted(linked) == PLACES
    assert page.count('class="interval"') == 1 and f'href="../../{TABLE}"' in page


def test_a_line_without_standard_has_no_verdict(first: Path) -> None:
    assert {row[4] for row in rows_of(text_of(first, LINES[1]))} == {"no standard"}


def test_what_other_runs_published_stays_on_the_pages(world: World, out: Path) -> None:
    plan = out.parent / "plan.yaml"
    before = text_of(out, PLACES[0])
    assert run_plan(out, plan, plan_text(world.sample, family="ae")).failed == {}
    both = text_of(out, PLACES[0])
    heading = '<h2 id="rtt-2018-03">'
    assert heading in both and '<h2 id="ae-2018-03">' in both and "E.B.5" not in before
    assert rows_of(before)[0] in rows_of(both)
    earlier = plan_text(world.sample, periods="2018-02")
    assert run_plan(out, plan, earlier).failed == {}
    after = text_of(out, PLACES[0])
    # The latest period is shown; the earlier report is listed.
    assert heading in after and "rtt-2018-02" not in after
    assert re.search(
        r'Reports of other periods.*<a href="../rtt/2018-02/ZX001.html">', after, re.DOTALL
    )
    assert rows_of(before)[0] in rows_of(after)
    assert (out / "indicators/E.B.3/2018-02.html").is_file() and verify(out) == []
    index = text_of(out, "index.html")
    assert [path for path in REPORTS if f'href="{path}"' in index] == REPORTS
    # The order of the runs leaves no trace on the pages of organisations.
    assert run_plan(out, plan, plan_text(world.sample)).made == 0
    assert text_of(out, PLACES[0]) == after


def test_pages_show_new_figures_and_link_no_report_of_old_ones(world: World, out: Path) -> None:
    plan = out.parent / "plan.yaml"
    run_plan(out, plan, plan_text(world.other, ["ZX001"]))
    table = released(out)
    for code, path in zip(ORGANISATIONS[1:], PLACES[1:], strict=True):
        page = text_of(out, path)
        assert rows_of(page)[0][1] == f"{float(table['E.B.3', code]['value']):.1%}"
        assert f"rtt/2018-03/{code}.html" not in page and "The report is stale" in page
    assert f'href="../{REPORTS[0]}"' in text_of(out, PLACES[0])


def test_a_failed_report_is_a_gap_on_the_page_of_its_organisation(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, tmp_path / "bad.ipynb", "if organisation == 'ZX002':\n    raise KeyError\n2")
    assert list(nhsind.run(world.plan, out=tmp_path / "o").failed) == [REPORTS[1]]
    page = text_of(tmp_path / "o", PLACES[1])
    assert REPORTS[1] not in page and "missing: the report could not be made" in page
    assert rows_of(page)[0][0].endswith("E.B.3")
    index = text_of(tmp_path / "o", "index.html")
    assert "<option>missing</option>" in index and f'href="{PLACES[1]}"' in index


@pytest.mark.parametrize("damage", ["edited", "lost", "of another version"])
def test_only_what_the_manifest_vouches_for_is_shown(world: World, out: Path, damage: str) -> None:
    path = out / GLANCE
    changed = path.read_text("utf-8").replace('"at least 92%"', '"at least 1%"')
    if damage == "lost":
        path.unlink()
    elif damage == "edited":
        path.write_text(changed, "utf-8")
    else:
        path.write_text('{"colour": "red"}', "utf-8")
    assert any(problem.startswith(GLANCE) for problem in verify(out))
    plan = out.parent / "plan.yaml"
    assert run_plan(out, plan, plan_text(world.sample, family="ae")).failed == {}
    page = text_of(out, PLACES[0])
    assert "at least 1%" not in page and "ae-2018-03" in page and "rtt-2018-03" not in page
    assert REPORTS[0] in page  # as another report
    assert run_plan(out, plan, plan_text(world.sample)).made == 0
    assert 'id="rtt-2018-03"' in text_of(out, PLACES[0]) and verify(out) == []


@pytest.mark.parametrize("path", [LINES[0], PLACES[1], GLANCE])
def test_an_edited_page_is_found_and_repaired(world: World, out: Path, path: str) -> None:
    before = files_of(out)
    (out / path).write_bytes(before[path] + b" ")
    assert [problem.split(":")[0] for problem in verify(out)] == [path]
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before


def test_the_page_of_another_publication_says_so(world: World, out: Path) -> None:
    plan = out.parent / "plan.yaml"
    other = plan_text(world.sample, family="ae").replace("statistics@sample", "another@sample")
    assert run_plan(out, plan, other).failed == {}
    page = text_of(out, PLACES[0])
    assert page.count("<dt>Contact</dt>") == 2 and "About these publications" in page
    assert "another@sample.invalid" in page and "statistics@sample.invalid" in page


def test_a_suppressed_figure_is_nowhere(tmp_path: Path) -> None:
    """Small IAPT figures are suppressed: value, interval, verdict and change go with them."""
    records = nhsind.sample(tmp_path / "records", ccgs=6, months=12, scale=0.02)
    text = plan_text(records, ["ZX001"], family="iapt", periods="2017-18-Q4", history="1")
    assert run_plan(tmp_path / "o", tmp_path / "plan.yaml", text).failed == {}
    content = json.loads(text_of(tmp_path / "o", "iapt/2017-18-Q4/iapt-2017-18-Q4.json"))
    hidden = {
        line["code"]: figure
        for line in content["lines"]
        for figure in line["figures"].values()
        if figure["value"] == "[c]"
    }
    assert hidden
    for figure in hidden.values():
        assert figure["trend"][-1] is None and figure["change"] == "[c]"
        assert figure["interval"] == "[c]" and figure["verdict"] in ("[c]", "no standard")
    page = text_of(tmp_path / "o", PLACES[0])
    marked = [row for row in rows_of(page) if len(row) > 5 and row[1] == "[c]"]
    assert marked and all(row[6] == "[c]" for row in marked)
    assert "[c] means suppressed" in page
    # How counts are shown stands below them, with whose counts they are.
    title = load_family("iapt").title
    assert f"{title}: counts are rounded to the nearest 5; those from 0 to 4 are hidden" in page
    ranked = rows_of(text_of(tmp_path / "o", "indicators/E.A.S.2/2017-18-Q4.html"))
    without = [row for row in ranked if row[2].startswith("[")]
    assert without and ranked[-len(without) :] == without
    assert {tuple(row[1:5]) for row in without} >= {("[z]", "[c]", "[c]", "[c]")}
    assert all(row[5].endswith(("is hidden", "too coarse to tell")) for row in without)
