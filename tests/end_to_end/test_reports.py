"""Reports as a run publishes them: whole, the same twice, and never from a run that failed."""

from __future__ import annotations

import base64
import csv
import errno
import hashlib
import json
import os
import random
import re
import shutil
import signal
import stat
import sys
import time
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from report_world import (
    DICTIONARY,
    DONE,
    DRIVER,
    FAILED,
    GLANCE,
    HELD,
    INPUT,
    INTERRUPTED,
    LEAVES_ITS_SESSION,
    LINES,
    NEVER_LETS_GO,
    ORGANISATIONS,
    PACKAGE,
    PAGES,
    PLACES,
    REPORTS,
    TABLE,
    USAGE,
    WORKBOOK,
    Files,
    Started,
    World,
    cli,
    command,
    files_of,
    left_behind,
    none_after,
    notebook_with,
    plan_text,
    processes,
    sleeping,
    status,
    use,
    wait_for,
    words_of,
)

import nhsind
import nhsind.report.finishing as factory
from nhsind.report import pool
from nhsind.report.manifest import read_manifest, verify
from nhsind.report.page import PUBLICATION_WORDS, PageError
from nhsind.report.preparing import Report, is_current
from nhsind.report.run import CUT_SHORT

pytestmark = pytest.mark.usefixtures("home")

# What is published -------------------------------------------------------------------------------


def test_a_run_publishes_reports_table_index_and_manifest(first: Path) -> None:
    series = ["series/rtt.csv", "series/rtt.parquet", "series/rtt.xlsx"]
    charts = [path.removesuffix(".html") + f"-chart-{n}.svg" for path in REPORTS for n in (1, 2, 3)]
    pages = ["index.html", *LINES, "manifest.json", "organisations/ENGLAND.html", *PLACES]
    files = [DICTIONARY, PACKAGE, *pages, TABLE, GLANCE, WORKBOOK, *series]
    assert list(files_of(first)) == sorted([*files, *charts, *REPORTS], key=_by_parts)
    assert status("verify", first) == DONE
    assert [path.name for path in (first / ".nhsind").iterdir()] == ["lock"]
    index = (first / "index.html").read_text("utf-8")
    assert [*re.findall(r'<a href="(rtt[^"]+html)"', index)] == REPORTS
    assert all(f'href="{path}"' in index for path in (TABLE, WORKBOOK, DICTIONARY, PACKAGE))
    assert "missing" not in index


def _by_parts(path: str) -> tuple[str, ...]:
    return Path(path).parts


def test_a_damaged_chart_is_made_anew_with_its_report(first: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(first, out)
    chart = out / "rtt/2018-03/ZX001-chart-2.svg"
    whole = chart.read_bytes()
    chart.unlink()
    assert "rtt/2018-03/ZX001-chart-2.svg: is missing" in verify(out)
    manifest = read_manifest(out)
    entry = manifest.entries["rtt/2018-03/ZX001.html"]
    report = Report(None, entry, out)  # type: ignore[arg-type]
    assert not is_current(report, manifest)
    chart.write_bytes(whole)
    assert is_current(report, manifest)


def test_the_table_holds_every_organisation_and_is_no_formula(first: Path) -> None:
    rows = list(csv.DictReader((first / TABLE).read_text("utf-8").splitlines()))
    assert {row["period"] for row in rows} == {"2018-03"}
    codes = [row["org_code"] for row in rows if row["indicator"] == "E.B.3"]
    assert codes == [f"ZX00{number}" for number in range(1, 7)] + ["ENGLAND"]


class Page(HTMLParser):
    """A page as a list of elements with their attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.open: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "img", "link", "input"):
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        for place in self.open:
            self.texts[place] = self.texts.get(place, "") + data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]

    def words(self, tag: str) -> list[str]:
        places = [place for place, (name, _) in enumerate(self.elements) if name == tag]
        return [self.texts.get(place, "").strip() for place in places]


@pytest.mark.parametrize("path", [*PAGES, *REPORTS])
def test_every_page_is_accessible_and_passive(first: Path, path: str) -> None:
    text = (first / path).read_text("utf-8")
    page = Page(text)
    assert text.startswith("<!doctype html>") and not page.open
    assert page.all("html") == [{"lang": "en-GB"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert len(page.all("header")) == len(page.all("footer")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(now <= before + 1 for before, now in pairwise(levels))
    skip = page.all("a")[0]
    assert skip.get("class") == "skip" and skip["href"] == f"#{page.all('main')[0]['id']}"
    assert len(page.words("caption")) == len(page.all("table")) > 0
    assert all(page.words("caption"))
    assert {each.get("scope") for each in page.all("th")} == {"col", "row"}
    assert not page.all("iframe", "object", "embed", "form", "link", "base", "img")
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(page.all("script")) == len(scripts) == (path == "index.html")
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("href", "xlink:href", "src"):
            assert not re.match(r"\w+:|//", attributes.get(name) or ""), tag
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    for each in page.all("svg"):
        # A sign says `met`, an icon what stands in words beside it.
        least = {"sign": 3, "icon": 20}.get(each.get("class") or "", 60)
        assert each.get("role") == "img" and len(each.get("aria-label") or "") >= least
    assert [each.get("content") for each in page.all("meta") if "http-equiv" in each] == [policy]
    assert not re.search(r"/tmp/|/home/|/root/|/work/|\\Users\\| at 0x|ipykernel", text)
    assert "Traceback" not in text and "ind.results" not in text
    assert not [link for link in page.words("a") if link.lower() in ("", "here", "link", "more")]


@pytest.mark.parametrize("path", [*PAGES, *REPORTS])
def test_every_page_carries_its_publication_block(first: Path, path: str) -> None:
    page = Page((first / path).read_text("utf-8"))
    told = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    words = set(PUBLICATION_WORDS.values())
    assert words - set(told) == {"Embargo", "Correction"}, "said where there is one"
    about = {each: told[each] for each in words & set(told)}
    assert about["Published"] == "2018-05-10 09:30"
    assert about["Contact"] == "Sample statistics team, statistics@sample.invalid"
    assert all(about.values())
    assert "not been released" not in "".join(page.words("header"))


def test_links_lead_to_files_that_are_there(first: Path) -> None:
    for path in [*PAGES, *REPORTS]:
        for link in Page((first / path).read_text("utf-8")).all("a"):
            target = link["href"] or ""
            named, _, place = target.partition("#")
            file = (first / path).parent.joinpath(named) if named else first / path
            assert file.is_file() and (not place or f'id="{place}"' in file.read_text("utf-8"))


def test_the_manifest_holds_no_clock_no_path_and_no_hash_of_the_input(
    first: Path, world: World
) -> None:
    text = (first / "manifest.json").read_text("utf-8")
    for path in world.sample.rglob("*.csv"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() not in text
    assert str(world.root) not in text and str(Path.home()) not in text
    assert not re.search(r"\b20[2-9]\d-", text)
    content = json.loads(text)
    assert set(content) == {"made_by", "mode", "files"} and content["mode"] == "publish"
    named = {row["path"]: row["sha256"] for row in content["files"]}
    assert set(named) == set(files_of(first)) - {"manifest.json"}
    for path, digest in named.items():
        assert hashlib.sha256((first / path).read_bytes()).hexdigest() == digest


# Again -------------------------------------------------------------------------------------------


def test_a_second_run_makes_nothing_and_changes_nothing(
    world: World, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(out)
    assert status("run", world.plan, "--out", out) == DONE
    assert "0 reports made, 4 were up to date" in capsys.readouterr().out
    assert files_of(out) == before


def test_the_same_bytes_elsewhere_in_another_order_time_zone_and_language(
    world: World, first: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "else where" / "ünïcode"
    elsewhere.mkdir(parents=True)
    options = ("--out", "o", "--jobs", "1", "--force")
    settings = {"PYTHONHASHSEED": "4321", "TZ": "Asia/Kolkata", "LANG": "de_DE.UTF-8"}
    done = cli("run", world.plan, *options, cwd=elsewhere, **settings)
    assert done.returncode == DONE, done.stderr
    assert files_of(elsewhere / "o") == files_of(first)


def test_a_kernel_gives_the_same_bytes(world: World, first: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX003"]), "utf-8")
    done = cli("run", plan, "--out", tmp_path / "o", "--runner", "kernel")
    assert done.returncode == DONE, done.stderr + done.stdout
    assert (tmp_path / "o" / REPORTS[2]).read_bytes() == (first / REPORTS[2]).read_bytes()


@pytest.mark.parametrize("path", [REPORTS[1], TABLE, "index.html"])
def test_an_edited_file_is_found_and_repaired(
    world: World, out: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(out)
    (out / path).write_bytes(before[path].replace(b"2018", b"2019", 1))
    assert status("verify", out) == FAILED
    assert f"{path}: has been changed" in capsys.readouterr().err
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before


def test_lost_and_strange_files_are_found(world: World, out: Path) -> None:
    before = files_of(out)
    (out / REPORTS[0]).unlink()
    (out / "rtt" / "extra.html").write_text("<p>1</p>")
    assert [problem.split(":")[0] for problem in verify(out)] == [REPORTS[0], "rtt/extra.html"]
    assert status("run", world.plan, "--out", out) == DONE
    assert {path: text for path, text in files_of(out).items() if "extra" not in path} == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": [{"path": 1}]}', "\x00"])
def test_a_damaged_manifest_is_found_and_repaired(
    world: World, out: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(out)
    (out / "manifest.json").write_text(text)
    assert status("verify", out) == FAILED
    assert "manifest.json" in capsys.readouterr().err
    if text == "{":
        assert status("run", world.plan, "--out", out) == DONE
        assert files_of(out) == before


def test_a_manifest_of_another_version_does_not_stop_a_run_half_way(
    world: World, out: Path, second: Files
) -> None:
    content = json.loads((out / "manifest.json").read_text("utf-8"))
    report = next(row for row in content["files"] if row["kind"] == "report")
    later = {"path": "later/x.html", "family": "later", "period": "x", "colour": "red"}
    content["files"].append(report | later)
    (out / "manifest.json").write_text(json.dumps(content), "utf-8")
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    after = files_of(out)
    assert all(after[path] == second[path] for path in [*REPORTS, TABLE])
    page = Page(after["index.html"].decode("utf-8"))
    links = dict(zip(page.words("a"), (link["href"] for link in page.all("a")), strict=True))
    assert links["later, x"] == "later/x.html"


@pytest.mark.parametrize("path", ["../out.html", "/etc/x.html", "javascript:alert(1)", ".x", 1])
def test_a_manifest_that_names_what_is_not_in_the_folder_is_not_believed(
    world: World, out: Path, path: Any
) -> None:
    before = files_of(out)
    content = json.loads(before["manifest.json"])
    content["files"].append(content["files"][1] | {"path": path})
    (out / "manifest.json").write_text(json.dumps(content), "utf-8")
    assert verify(out) == [f"{out} has no manifest.json that can be read"]
    if path == "javascript:alert(1)":
        assert status("run", world.plan, "--out", out) == DONE
        assert files_of(out) == before


# What touches nothing ----------------------------------------------------------------------------


def bad_records(folder: Path, line: str, places: bool = False) -> Path:
    (folder / "rtt").mkdir(parents=True)
    header = "pathway_id,ccg_code,clock_start_date,clock_stop_date,stop_type\n"
    (folder / "rtt" / "pathways.csv").write_text(f"{header}P1,ZX001,2018-03-01,,\n{line}\n")
    return folder


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"data": "bad"}, INPUT),
        ({"data": "nowhere"}, INPUT),
        ({"organisations": "[ZX001, ZX999]"}, USAGE),
        ({"organisations": "[../ZX001]"}, INPUT),
        ({"organisations": "[]"}, USAGE),
        ({"data": "[]"}, USAGE),
        ({"level": "ward"}, INPUT),
        ({"colour": "red"}, INPUT),
        ({"level": "tcp", "organisations": "all"}, INPUT),
    ],
    ids=str,
)
def test_a_run_that_cannot_be_made_touches_nothing(
    world: World,
    out: Path,
    tmp_path: Path,
    changed: dict[str, str],
    expected: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad_records(tmp_path / "bad", "P2,ZX001,2018-02-30,,")
    if changed.get("level") == "tcp":
        changed = changed | {"data": str(bad_records(tmp_path / "no-places", "P2,ZX002,,,"))}
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, **changed), "utf-8")
    before = files_of(out)
    for place in (out, tmp_path / "new"):
        assert status("run", plan, "--out", place) == expected
        told = capsys.readouterr()
        assert told.out == "" and told.err.startswith("nhsind: ")
    assert files_of(out) == before
    new = tmp_path / "new"
    assert not new.exists() or [path.name for path in new.iterdir()] in ([], [".nhsind"])


@pytest.mark.parametrize("code", ["../../../EVIL", "A/B", "/EVIL", "..", "A\\B", "<B>", "Z" * 300])
def test_a_code_in_the_data_is_no_path(world: World, tmp_path: Path, code: str) -> None:
    """Without geography.csv any text may stand as a commissioner's code."""
    data = bad_records(tmp_path / "data", f"P2,{code},2018-03-01,,")
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(data, None, history="0"), "utf-8")
    before = {*tmp_path.rglob("*")}
    place = tmp_path / "deep" / "out"
    assert status("run", plan, "--out", place) in (USAGE, INPUT)
    new = {path for path in tmp_path.rglob("*") if path not in before}
    assert all(place in path.parents or path in (place, place.parent) for path in new)
    assert files_of(place) == {}


def test_england_is_no_organisation_to_report(world: World, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, None, level="england", history="0"), "utf-8")
    ended = status("run", plan, "--out", tmp_path / "o")
    assert ended == DONE or (ended in (USAGE, INPUT) and files_of(tmp_path / "o") == {})


def test_a_month_and_a_year_of_the_same_name_are_two_reports(tmp_path: Path) -> None:
    """Up to 2011-12 a year's short name is also a month's."""
    data = bad_records(tmp_path / "data", "P2,ZX001,2011-12-05,,")
    plan = tmp_path / "plan.yaml"
    periods = '["2011-12", "2011/12"]'
    plan.write_text(plan_text(data, None, periods=periods, history="0"), "utf-8")
    summary = nhsind.run(plan, out=tmp_path / "o")
    assert (summary.made, summary.failed) == (2, {})
    ours = [path for path in files_of(tmp_path / "o") if path.startswith("rtt/")]
    assert len([path for path in ours if "-chart-" not in path]) == 8
    index = (tmp_path / "o" / "index.html").read_text("utf-8")
    assert "December 2011" in index and "2011/12" in index


def exploring(world: World, tmp_path: Path) -> Path:
    plan = tmp_path / "explore.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001"], mode="explore", history="0"), "utf-8")
    return plan


def test_exploring_says_so_wherever_it_shows_figures(world: World, tmp_path: Path) -> None:
    plan = exploring(world, tmp_path)
    assert nhsind.run(plan, out=tmp_path / "o").exit_status == DONE
    held = files_of(tmp_path / "o")
    for path, content in held.items():
        if path.endswith(".html"):
            assert b"Not for publication" in content, path
    figures = [path for path in held if path.endswith((".csv", ".xlsx")) and path != DICTIONARY]
    assert [Path(path).name for path in figures] == [
        "not-for-publication-rtt-2018-03.csv",
        "not-for-publication-rtt-2018-03.xlsx",
    ]
    assert nhsind.run(plan, out=tmp_path / "o").up_to_date == 1


@pytest.mark.parametrize("lost", [None, "manifest.json"])
def test_exploring_replaces_nothing_that_is_published(
    world: World, out: Path, lost: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if lost:
        (out / lost).unlink()
    before = files_of(out)
    assert status("run", exploring(world, out.parent), "--out", out) == USAGE
    assert f"{out} holds published reports" in capsys.readouterr().err
    assert files_of(out) == before


def test_nothing_is_published_beside_what_must_not_be(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "o"
    assert nhsind.run(exploring(world, tmp_path), out=place).exit_status == DONE
    before = files_of(place)
    assert status("run", world.plan, "--out", place) == USAGE
    assert "not for publication" in capsys.readouterr().err
    assert files_of(place) == before


@pytest.mark.parametrize(
    "link", ["rtt", "rtt/2018-03", "index.html", TABLE, REPORTS[3], ".nhsind", ".nhsind/holder"]
)
def test_a_link_out_of_the_folder_is_not_followed(
    world: World, tmp_path: Path, link: str, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere, place = tmp_path / "elsewhere", tmp_path / "o"
    elsewhere.mkdir()
    (place / link).parent.mkdir(parents=True)
    is_folder = not Path(link).suffix and "holder" not in link
    (place / link).symlink_to(elsewhere if is_folder else elsewhere / "x")
    assert status("run", world.plan, "--out", place) == USAGE
    assert str(place / link) in capsys.readouterr().err
    assert list(elsewhere.iterdir()) == []
    assert set(files_of(place)) <= {link}


def test_a_link_to_the_folder_is_the_folder(world: World, out: Path) -> None:
    (out.parent / "link").symlink_to(out)
    before = files_of(out)
    assert status("run", world.plan, "--out", out.parent / "link", "--force") == DONE
    assert files_of(out) == before


def test_reports_of_other_figures_than_the_table_are_not_passed_off_as_current(
    world: World, out: Path, second: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """One report of new records: the others are still of the old, the table beside them is not."""
    plan = out.parent / "plan.yaml"
    plan.write_text(plan_text(world.other, ["ZX001"]), "utf-8")
    before = files_of(out)
    assert status("run", plan, "--out", out) == DONE
    assert "the table beside them has other figures: 3 reports" in capsys.readouterr().out
    after = files_of(out)
    assert after[TABLE] != before[TABLE] and after[REPORTS[1]] == before[REPORTS[1]]
    index = after["index.html"].decode("utf-8")
    assert re.findall(r'href="(rtt[^"]+html)"', index) == REPORTS[:1]
    assert "3 reports are stale" in index and index.count("stale: ") == 3
    assert [problem.split(":")[0] for problem in verify(out)] == REPORTS[1:]
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    assert files_of(out) == second and verify(out) == []


def test_a_report_of_the_same_figures_stays_current(world: World, out: Path) -> None:
    plan = out.parent / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX005"]), "utf-8")
    assert status("run", plan, "--out", out) == DONE
    index = (out / "index.html").read_text("utf-8")
    linked = re.findall(r'href="(rtt[^"]+html)"', index)
    assert linked == [*REPORTS, "rtt/2018-03/ZX005.html"] and verify(out) == []


def test_a_report_with_another_past_is_not_current(world: World, out: Path) -> None:
    """The table of the month is the same: the trend on the page is not."""
    plan = out.parent / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001"], history="3"), "utf-8")
    before = files_of(out)
    assert status("run", plan, "--out", out) == DONE
    assert files_of(out)[TABLE] == before[TABLE]
    assert [problem.split(":")[0] for problem in verify(out)] == REPORTS[1:]


def test_hostile_names_are_published_as_names(world: World, tmp_path: Path) -> None:
    names = {
        "ZX001": '"><img src=x onerror=alert(1)>',
        "ZX002": "<script>alert(1)</script>",
        "ZX003": '=HYPERLINK("x")',
        "ZX004": "{{ 7*7 }} {% raw %} javascript:alert(1)",
    }
    data = shutil.copytree(world.sample, tmp_path / "records")
    with (data / "geography.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["ccg_name"] = names.get(row["ccg_code"], row["ccg_name"])
    with (data / "geography.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    summary = nhsind.run(world.plan, data=[data], out=tmp_path / "o")
    assert summary.failed == {}
    for path, code in zip(REPORTS, ORGANISATIONS, strict=True):
        page = Page((tmp_path / "o" / path).read_text("utf-8"))
        assert names[code] in page.words("h1")[0]
        assert not page.all("script", "img")
    with (tmp_path / "o" / TABLE).open(encoding="utf-8", newline="") as lines:
        shown = {row["org_code"]: row["org_name"] for row in csv.DictReader(lines)}
    assert shown["ZX003"] == "'" + names["ZX003"] and shown["ZX002"] == names["ZX002"]


# Notebooks that fail -----------------------------------------------------------------------------


def test_one_failed_report_of_four_is_a_gap_and_the_rest_is_published(
    world: World, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, name = tmp_path / "o", "Sample CCG Azure Avocet"
    use(monkeypatch, tmp_path / "good.ipynb", "1")
    assert nhsind.run(world.plan, out=place).made == 4
    good = files_of(place)

    body = "if organisation == 'ZX002':\n    raise KeyError('secret of 73519')\n2"
    use(monkeypatch, tmp_path / "bad.ipynb", body)
    summary = nhsind.run(world.plan, out=place)
    assert (summary.exit_status, summary.made) == (FAILED, 3)
    assert list(summary.failed) == [REPORTS[1]]
    assert "KeyError" in summary.words and REPORTS[1] in summary.words
    after = files_of(place)
    assert set(after) == set(good) and after[REPORTS[1]] == good[REPORTS[1]]
    index = after["index.html"].decode("utf-8")
    assert REPORTS[1] not in index
    assert all(f'href="{path}"' in index for path in REPORTS if path != REPORTS[1])
    assert re.search(rf"1 report is missing because of an error: {name} \(", index)
    assert "73519" not in "".join(map(str, after.values()))
    assert [line.split(":")[0] for line in verify(place)] == [REPORTS[1]]

    # The notebook and its log are kept where only their owner may look.
    assert summary.private is not None and home in summary.private.parents
    kept = [path for path in summary.private.rglob("*") if path.is_file()]
    assert sorted(path.name for path in kept) == ["log.txt", "report.ipynb"]
    assert "73519" not in (summary.private.parent / "log.jsonl").read_text("utf-8")
    assert "73519" in kept[0].read_text("utf-8") + kept[1].read_text("utf-8")
    assert stat.S_IMODE(summary.private.parent.stat().st_mode) == 0o700

    use(monkeypatch, tmp_path / "good.ipynb", "1")
    assert nhsind.run(world.plan, out=place).exit_status == DONE
    assert files_of(place) == good
    assert not [path for path in summary.private.rglob("*") if path.is_file()]


FAULTS = {
    "ZX001": ("sys.exit(0)", "cell 4 of 5"),
    "ZX002": ("os._exit(3)", "ended with status 3"),
    "ZX003": ("print('hello', file=sys.stderr)", "wrote to stderr"),
    "ZX004": ("display(Raw(rtt.figures.frame))", "confidential"),
    "ZX005": ("display(HTML('<script>alert(1)</script>'))", "a script"),
}


def test_every_kind_of_failure_is_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import os, sys\nfrom IPython.display import HTML\nfrom nhsind.release.gate import Raw\n"
    body += "".join(
        f"if organisation == '{code}':\n    {fault}\n" for code, (fault, _) in FAULTS.items()
    )
    use(monkeypatch, tmp_path / "faults.ipynb", body)
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, None, history="0"), "utf-8")
    summary = nhsind.run(plan, out=tmp_path / "o")
    assert (summary.exit_status, summary.made) == (FAILED, 1)
    for code, (_, reason) in FAULTS.items():
        assert reason in summary.failed[f"rtt/2018-03/{code}.html"]
    held = files_of(tmp_path / "o")
    of_rtt = [path for path in held if path.startswith("rtt/")]
    assert of_rtt == ["rtt/2018-03/ZX006.html", TABLE, GLANCE, WORKBOOK]
    index = held["index.html"].decode("utf-8")
    assert "5 reports are missing because of an error" in index
    assert re.findall(r'href="(rtt[^"]+html)"', index) == ["rtt/2018-03/ZX006.html"]


def test_what_a_cell_displays_is_on_the_page_in_order(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "from IPython.display import HTML\ndisplay(HTML('<p>one</p>'), 2)\nHTML('<p>three</p>')"
    use(monkeypatch, tmp_path / "displays.ipynb", body)
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001"], history="0"), "utf-8")
    assert nhsind.run(plan, out=tmp_path / "o").failed == {}
    page = Page((tmp_path / "o" / REPORTS[0]).read_text("utf-8"))
    assert page.words("p")[1:4] == ["one", "2", "three"]


def test_for_a_page_no_text_is_made_of_what_has_html(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shown with `display` as well as by a last expression: a text would go to standard output."""
    body = (
        "class Shown:\n    def _repr_html_(self): return '<p>html</p>'\n"
        "    def __repr__(self): print('text')\n"
    )
    use(monkeypatch, tmp_path / "texts.ipynb", f"{body}display(Shown(), Shown())\nShown()")
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001"], history="0"), "utf-8")
    assert nhsind.run(plan, out=tmp_path / "o").failed == {}
    page = Page((tmp_path / "o" / REPORTS[0]).read_text("utf-8"))
    assert page.words("p")[1:4] == ["html"] * 3


def test_a_kernel_that_leaves_early_is_no_success(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """papermill takes sys.exit(0) for the end of a notebook."""
    use(monkeypatch, tmp_path / "leaves.ipynb", "import sys\nsys.exit(0)")
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001"], history="0"), "utf-8")
    summary = nhsind.run(plan, out=tmp_path / "o", runner="kernel")
    assert (summary.exit_status, summary.made) == (FAILED, 0)


# What the system does not let a run do -----------------------------------------------------------


def refused_once(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    """The disk is full when a file is to be moved to `target`, but not for putting one back."""
    move = Path.replace

    def replace(self: Path, place: Path) -> Path:
        if Path(place) == target and "replaced" not in self.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
        return move(self, place)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("path", [REPORTS[0], REPORTS[3], TABLE, "manifest.json", "index.html"])
def test_a_publication_that_the_system_refuses_is_taken_back_whole(
    world: World,
    out: Path,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (out / REPORTS[1]).unlink()  # what was not there is not there afterwards
    before = files_of(out)
    refused_once(monkeypatch, out / path)
    assert status("run", world.plan, "--data", world.other, "--out", out) == FAILED
    told = f"nhsind: {out / path}: No space left on device; nothing was published\n"
    assert capsys.readouterr().err == told
    assert files_of(out) == before
    assert [each.name for each in (out / ".nhsind").iterdir()] == ["lock"]


@pytest.mark.parametrize("name", ["index_page", "stage"])
def test_what_cannot_be_rendered_or_written_leaves_what_was_published(
    world: World,
    out: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*given: Any) -> None:
        raise {"index_page": PageError("a script"), "stage": OSError(28, "-", "x")}[name]

    before = files_of(out)
    monkeypatch.setattr(factory, name, fails)
    assert status("run", world.plan, "--data", world.other, "--out", out) == FAILED
    assert re.fullmatch(r"nhsind: (a script|x: .*nothing was published)\n", capsys.readouterr().err)
    assert files_of(out) == before


def test_a_file_where_a_folder_belongs_ends_with_a_message(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rtt").write_text("in the way")
    assert status("run", world.plan, "--out", tmp_path) == FAILED
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "rtt" in told and "nothing was published" in told
    assert list(files_of(tmp_path)) == ["rtt"]


@pytest.mark.parametrize("bytes_left", [2_000, 50_000], ids="{} bytes".format)
def test_reports_that_find_no_room_are_no_gaps(
    world: World, out: Path, marker: Path, bytes_left: int
) -> None:
    """A report without room to be written would make the index name it as failed."""
    before = files_of(out)
    words = command("run", world.plan, "--data", world.other, "--out", out)
    limit = f"import os, resource, sys; n = resource.RLIMIT_FSIZE; m = {bytes_left}; "
    limit += "resource.setrlimit(n, (m, m)); os.execv(sys.argv[1], sys.argv[1:])"
    done = Started(sys.executable, "-c", limit, *words)
    assert done.end() == FAILED, done.words
    assert done.words.startswith("nhsind: ") and done.words.count("\n") == 1
    where = "a report" if bytes_left > 40_000 else f"the run to {out}"
    assert f"{where}: File too large" in done.words
    assert files_of(out) == before and left_behind(marker) == []


# Processes ---------------------------------------------------------------------------------------


def test_a_notebook_sees_no_secrets_and_leaves_no_process(
    world: World, marker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY_TOKEN", "canary-73519")
    body = (
        "import os, subprocess, sys\n"
        "assert 'CANARY_TOKEN' not in os.environ\n"
        "told = subprocess.run(['env'], capture_output=True, text=True).stdout\n"
        "assert 'canary' not in told\n"
        "held = told + os.getcwd() + repr((organisation, period, data, released))\n"
        f"assert {str(world.sample.parent)!r} not in held\n"
        "pause = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "subprocess.Popen(pause), subprocess.Popen(pause, start_new_session=True)\n"
        "None"
    )
    notebook = notebook_with(tmp_path / "curious.ipynb", body)
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    done = Started(sys.executable, driver, notebook, world.plan, tmp_path / "o", "fork")
    assert done.end() == DONE, done.words
    assert none_after(20, marker)


def test_a_script_that_calls_run_is_run_once(world: World, marker: Path, tmp_path: Path) -> None:
    """The processes of the reports must not run the caller's script (and read its data) again."""
    log, script = tmp_path / "log.txt", tmp_path / "script.py"
    script.write_text(
        "import nhsind\n"
        f"open({str(log)!r}, 'a').write('once\\n')\n"
        f"raise SystemExit(nhsind.run({str(world.plan)!r}, out={str(tmp_path / 'o')!r}, jobs=1)"
        ".exit_status)\n"
    )
    done = Started(sys.executable, script)
    ended = done.end()
    assert (log.read_text(), ended) == ("once\n", DONE), done.words[-300:]


def test_a_folder_is_held_by_one_run_and_free_when_it_is_killed(
    world: World, marker: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(out)
    running = sleeping(world, tmp_path, out)
    assert status("run", world.plan, "--out", out) == HELD
    assert f"process {running.pid}" in capsys.readouterr().err
    assert files_of(out) == before
    running.end(signal.SIGKILL)
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_run(
    world: World, marker: Path, tmp_path: Path, number: signal.Signals
) -> None:
    running = sleeping(world, tmp_path, tmp_path / "o")
    running.end(number)
    assert none_after(20, marker)
    assert files_of(tmp_path / "o") == {}


@pytest.mark.parametrize("runner", ["fork", "kernel"])
def test_nothing_outlives_a_run_not_even_what_never_lets_go_or_left_its_session(
    world: World, marker: Path, tmp_path: Path, runner: str
) -> None:
    pause = LEAVES_ITS_SESSION + NEVER_LETS_GO
    running = sleeping(world, tmp_path, tmp_path / "o", pause, runner)
    running.end(signal.SIGKILL)
    assert none_after(20, marker)
    assert left_behind(marker) == []


def test_nothing_outlives_a_run_that_is_killed_with_all_who_keep_watch(
    world: World, marker: Path, tmp_path: Path
) -> None:
    """Then nobody tidies up: that is left to the next run."""
    running = sleeping(world, tmp_path, tmp_path / "o", NEVER_LETS_GO)
    wait_for(lambda: len(left_behind(marker)) == 2, running)
    watching = [int(folder.name.partition("-")[0]) for folder in left_behind(marker)]
    for process in watching:
        os.kill(process, signal.SIGKILL)
    running.end(signal.SIGKILL)
    assert none_after(20, marker)
    assert len(left_behind(marker)) == 2
    assert status("run", world.plan, "--out", tmp_path / "o") == DONE
    assert left_behind(marker) == []


@pytest.mark.parametrize(("runner", "seconds"), [("fork", 10), ("kernel", 30)])
def test_a_report_that_hangs_is_ended(
    world: World,
    marker: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runner: str,
    seconds: int,
) -> None:
    """The limit leaves the other report time enough, with a kernel, on a machine that is busy."""
    body = "import re, subprocess\nif organisation == 'ZX001':\n"
    body += f"    {LEAVES_ITS_SESSION}    {NEVER_LETS_GO}"
    use(monkeypatch, tmp_path / "hangs.ipynb", body)
    monkeypatch.setattr(pool, "SECONDS_PER_REPORT", seconds)
    plan = tmp_path / "plan.yaml"
    plan.write_text(plan_text(world.sample, ["ZX001", "ZX002"], history="0"), "utf-8")
    summary = nhsind.run(plan, out=tmp_path / "o", runner=runner)
    assert (summary.made, list(summary.failed)) == (1, [REPORTS[0]])
    assert f"longer than {seconds} seconds" in summary.failed[REPORTS[0]]
    assert not [each for each in processes(marker) if "sleep" in words_of(each)]
    assert left_behind(marker) == []


# Interruptions -----------------------------------------------------------------------------------


def forced(world: World, out: Path) -> Started:
    """A run that replaces every report by that of the other records."""
    return Started(*command("run", world.plan, "--data", world.other, "--out", out, "--force"))


def whole(files: Files, old: Files, new: Files) -> bool:
    """Whether every published file is the old one or the new one, and none is lost or strange."""
    return set(old) <= set(files) and all(
        content in (old.get(path), new.get(path)) for path, content in files.items()
    )


def test_an_interrupted_run_leaves_every_file_whole_and_the_next_completes(
    world: World, marker: Path, out: Path, second: Files
) -> None:
    old, chance = files_of(out), random.Random(2018)
    holder = out / ".nhsind" / "holder"
    began = time.monotonic()
    signals = [signal.SIGKILL, signal.SIGINT] * 2
    seconds = 0.0
    for number in signals:
        holder.unlink(missing_ok=True)
        running = forced(world, out)
        wait_for(holder.exists, running)
        seconds = seconds or 1.5 * (time.monotonic() - began)
        time.sleep(chance.uniform(0, seconds))
        expected = INTERRUPTED if number == signal.SIGINT else -number
        assert running.end(number) in (DONE, expected), running.words
        assert "Traceback" not in running.words
        assert whole(files_of(out), old, second)
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    assert files_of(out) == second
    assert [path.name for path in (out / ".nhsind").iterdir()] == ["lock"]
    assert none_after(20, marker)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_interrupted_while_it_publishes_is_completed_by_the_next(
    world: World,
    marker: Path,
    out: Path,
    second: Files,
    number: signal.Signals,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The worst moment: tables and revisions are in place, the manifest that lists them is not."""
    old = files_of(out)
    driver = tmp_path / "driver.py"
    driver.write_text(
        "import os\nfrom pathlib import Path\nfrom nhsind.cli import main\n"
        "replace = Path.replace\n"
        "def interrupted(self, place):\n"
        f"    if 'staged' in self.parts and Path(place) == Path({str(out / 'manifest.json')!r}):\n"
        f"        os.kill(os.getpid(), {int(number)})\n"
        "    return replace(self, place)\n"
        "Path.replace = interrupted\n"
        f"main(['run', {str(world.plan)!r}, '--data', {str(world.other)!r}, "
        f"'--out', {str(out)!r}])\n"
    )
    interrupted = Started(sys.executable, driver)
    assert interrupted.end() == (INTERRUPTED if number == signal.SIGINT else -number)
    assert whole(files_of(out), old, second)
    if number == signal.SIGINT:  # the run itself puts back what it had replaced
        assert files_of(out) == old
    capsys.readouterr()
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    assert (CUT_SHORT in capsys.readouterr().out) == (number == signal.SIGKILL)
    assert files_of(out) == second


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_run_had_made_is_never_published_by_another(
    world: World, marker: Path, out: Path, number: signal.Signals
) -> None:
    """The reports of one set of records, killed before it is published, under another's name."""
    before = files_of(out)
    running = forced(world, out)
    wait_for(lambda: [*(out / ".nhsind").glob("staged/**/*.html")], running)
    running.end(number)
    assert files_of(out) == before
    none_after(20, marker)
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before


def test_what_outlives_a_killed_run_is_never_published_by_another(
    world: World, marker: Path, out: Path, tmp_path: Path
) -> None:
    """A notebook that is still running when its run is killed finishes after the next began."""
    before = files_of(out)
    running = sleeping(world, tmp_path, out, "time.sleep(4)")
    running.end(signal.SIGKILL)
    assert status("run", world.plan, "--out", out) == DONE
    none_after(10, marker)
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before


def test_a_folder_that_cannot_be_written_is_named(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert status("run", world.plan, "--out", tmp_path / "file") == USAGE
    assert str(tmp_path / "file") in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "in the way"
