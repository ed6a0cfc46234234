"""The page of an organisation as a Word file: what the page says, to be read or read out."""

from __future__ import annotations

import importlib
import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from released_figures import HOSTILE, MARCH, WITHIN, figures

from nhsind.errors import UsageError
from nhsind.report.glance import Glance, glance_of, read_glance
from nhsind.report.manifest import Entry, Manifest
from nhsind.report.organisation_pages import organisation_pages
from nhsind.report.word import COLUMNS, refuse_unwritten

MONTHS = [f"2017-{month:02}" for month in range(1, 13)] + ["2018-01", "2018-02", MARCH]


def known(name: str = "Avocet & Sons") -> dict[str, Glance]:
    rows = [(WITHIN, "A", month, 900 + place, 1000) for place, month in enumerate(MONTHS)]
    rows += [(WITHIN, "ENGLAND", month, 930, 1000) for month in MONTHS]
    found = glance_of(figures(*rows, names={"A": name}), "r")
    return {"rtt/2018-03": read_glance(found.text)}


def made(name: str = "Avocet & Sons", mode: str = "publish", word: bool = True) -> dict[str, bytes]:
    report = Entry("rtt/2018-03/A.html", "rtt", MARCH, "A", name, "", "0" * 64)
    manifest = Manifest({report.path: report}, mode)
    pages = organisation_pages(manifest, known(name), Path("/nowhere"), word)
    return {entry.path: content for entry, content in pages}


def read(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def test_the_file_has_headings_a_table_and_pictures_with_descriptions() -> None:
    content = made()["organisations/A.docx"]
    file = read(content)
    styles = [(each.style.name, each.text) for each in file.paragraphs]
    assert ("Title", "Avocet & Sons: all indicators") in styles
    headings = [text for style, text in styles if style == "Heading 1"]
    assert headings[:2] == ["What needs attention", "Variation and assurance"]
    told = [text for _, text in styles]
    assert "Of 1 line with a verdict on a standard, 0 meet it and 1 does not." in told
    bullets = [text for style, text in styles if style == "List Bullet"]
    assert len(bullets) == 1 and "standard of at least 92% not met" in bullets[0]
    (table,) = file.tables
    assert [round(each.width.cm, 1) for each in table.columns] == list(COLUMNS.values())
    assert [cell.text for cell in table.rows[0].cells][:4] == ["Line", "Value", "Met?", "Counts"]
    assert [cell.text for cell in table.rows[1].cells][1:4] == ["91.4%", "not met", "914 of 1,000"]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
    described = [each.get("descr") for each in file.element.body.iter(qn("wp:docPr"))]
    assert len(described) == 2 and all(described)
    assert described[1].startswith("Trend of Incomplete RTT pathways within 18 weeks")
    assert file.core_properties.language == "en-GB"
    assert made()["organisations/A.docx"] == content


def test_the_page_links_the_file_that_is_there_alone() -> None:
    pages = made()
    assert b'href="A.docx"' in pages["organisations/A.html"]
    assert "organisations/ENGLAND.docx" in pages
    for without in (made(word=False), made(mode="explore")):
        assert not any(path.endswith("docx") for path in without)
        assert b"docx" not in without["organisations/A.html"]


@pytest.mark.parametrize("name", [*HOSTILE, "bell \x07 and \x00 nought"])
def test_a_hostile_name_is_text(name: str) -> None:
    file = read(made(name)["organisations/A.docx"])
    assert file.paragraphs[0].text.endswith(": all indicators")


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.import_module
    missing: list[str] = []

    def without(name: str) -> Any:
        if name in missing:
            raise ImportError(name)
        return known(name)

    refuse_unwritten()
    monkeypatch.setattr(importlib, "import_module", without)
    for package in ("docx", "resvg_py"):
        missing[:] = [package]
        with pytest.raises(UsageError, match=r"pages as Word files need .*: nhsind\[word\]"):
            refuse_unwritten()
