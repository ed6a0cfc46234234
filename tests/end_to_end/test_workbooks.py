"""Workbooks as a run publishes them: kept, found, repaired, and made when the figures change."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from report_world import (
    DICTIONARY,
    DONE,
    FAILED,
    LINES,
    PACKAGE,
    TABLE,
    WORKBOOK,
    World,
    files_of,
    status,
)

import nhsind.report.figure_pages as figure_pages
from nhsind.report.manifest import verify

pytestmark = pytest.mark.usefixtures("home")


def test_the_workbook_holds_the_figures_of_the_csv(first: Path) -> None:
    book = CalamineWorkbook.from_path(first / WORKBOOK)
    assert book.sheet_names == ["Cover", "Contents", "Notes", "E.B.3", "E.M.18", "E.M.19", "E.M.20"]
    rows = list(csv.DictReader((first / TABLE).read_text("utf-8").splitlines()))
    for line in book.sheet_names[3:]:
        cells = book.get_sheet_by_name(line).to_python()
        head = next(place for place, row in enumerate(cells) if row[0] == "Organisation code")
        shown = {row[0]: dict(zip(cells[head], row, strict=True)) for row in cells[head + 1 :]}
        told = {row["org_code"]: row for row in rows if row["indicator"] == line}
        assert set(shown) == set(told) and len(told) == 7
        for code, row in told.items():
            assert shown[code]["Organisation"] == row["org_name"]
            count = "Numerator" if row["kind"] == "proportion" else "Value (pathways)"
            assert shown[code][count] == int(row["numerator"])


def test_workbook_and_dictionary_are_linked_and_in_the_manifest(first: Path) -> None:
    named = {row["path"]: row for row in json.loads((first / "manifest.json").read_text())["files"]}
    for path, kind in ((WORKBOOK, "workbook"), (DICTIONARY, "dictionary")):
        assert named[path]["kind"] == kind
        assert named[path]["sha256"] == hashlib.sha256((first / path).read_bytes()).hexdigest()
        for page in ("index.html", *LINES):
            up = "" if page == "index.html" else "../../"
            assert f'href="{up}{path}"' in (first / page).read_text("utf-8"), page


def test_the_dictionary_explains_every_column_of_the_csv(first: Path) -> None:
    dictionary = csv.DictReader((first / DICTIONARY).read_text("utf-8").splitlines())
    told = {row["column"]: row["holds"] for row in dictionary}
    columns = csv.DictReader((first / TABLE).read_text("utf-8").splitlines()).fieldnames or []
    assert len(columns) == 23 and set(columns) <= set(told) and all(told.values())


READ = {
    "string": str,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
}


def test_the_data_package_tells_programs_what_the_tables_are(first: Path) -> None:
    """Path, size and hash, and of every column the type that its cells have."""
    package = json.loads((first / PACKAGE).read_text("utf-8"))
    assert package["profile"] == "data-package" and package["title"]
    resource = next(each for each in package["resources"] if each["path"] == TABLE)
    of_all = {Path(each["path"]).parts[0] for each in package["resources"]} - {"rtt"}
    assert of_all == {"series"}
    content = (first / TABLE).read_bytes()
    assert (resource["path"], resource["bytes"]) == (TABLE, len(content))
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert re.fullmatch(r"[a-z0-9._-]+", resource["name"])
    assert resource["profile"] == "tabular-data-resource"
    rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert list(fields) == list(rows[0])
    for row in rows:
        for name, cell in row.items():
            assert cell == "" or READ[fields[name]["type"]](cell) is not None
    keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys)
    kinds = {field["type"] for field in fields.values()}
    assert kinds == set(READ) and fields["value"]["type"] == "number"


def test_an_edited_lost_or_strange_workbook_is_found_and_repaired(world: World, out: Path) -> None:
    before = files_of(out)
    (out / WORKBOOK).write_bytes(before[WORKBOOK] + b" ")
    (out / DICTIONARY).unlink()
    (out / "rtt" / "strange.xlsx").write_bytes(before[WORKBOOK])
    assert verify(out) == [
        f"{DICTIONARY}: is missing",
        f"{WORKBOOK}: has been changed since it was published",
        "rtt/strange.xlsx: is not in the manifest",
    ]
    assert status("verify", out) == FAILED
    (out / "rtt" / "strange.xlsx").unlink()
    assert status("run", world.plan, "--out", out) == DONE
    assert files_of(out) == before and verify(out) == []


def test_a_workbook_is_made_again_only_when_its_figures_change(
    world: World, out: Path, second: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make = figure_pages.workbook
    monkeypatch.setattr(
        figure_pages,
        "workbook",
        lambda found, explore: made.append(found.source) or make(found, explore),
    )
    before = files_of(out)
    # The first run of this process stands for one of another version: it may make them all.
    assert status("run", world.plan, "--out", out) == DONE
    made.clear()
    assert status("run", world.plan, "--out", out) == DONE
    assert made == [] and files_of(out)[WORKBOOK] == before[WORKBOOK]
    assert status("run", world.plan, "--data", world.other, "--out", out) == DONE
    assert len(made) == 1
    assert files_of(out)[WORKBOOK] == second[WORKBOOK] != before[WORKBOOK]
