"""All periods of a family in one table."""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from released_figures import HIDES, MARCH, ROUNDS, WITHIN, figures

import nhsind.report.series as factory
from nhsind.release.policies import rule_words, shortened
from nhsind.report.manifest import Manifest
from nhsind.report.series import Series, series_files, take

FEBRUARY = "2018-02"


def table_of(book: CalamineWorkbook, name: str) -> list[list[object]]:
    """The table of a sheet, from its headings on."""
    rows = book.get_sheet_by_name(name).to_python()
    start = next(place for place, row in enumerate(rows) if row[0] == "Organisation code")
    return rows[start:]


def made(
    series: dict[str, Series], manifest: Manifest, out: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The CSV and the Parquet of what was taken, published to a folder."""
    frames = []
    for entry, content in series_files(series.values(), manifest, out):
        manifest.entries[entry.path] = entry
        (out / entry.path).parent.mkdir(exist_ok=True)
        (out / entry.path).write_bytes(content)
        if entry.path.endswith("xlsx"):
            continue
        read = pd.read_parquet if entry.path.endswith("parquet") else pd.read_csv
        frames.append(read(io.BytesIO(content)))
    return frames[0], frames[1]


def test_later_releases_replace_earlier_ones_and_the_rest_stays(tmp_path: Path) -> None:
    manifest = Manifest()
    first: dict[str, Series] = {}
    rows = [(WITHIN, "A", "2018-01", 90, 100), (WITHIN, "A", FEBRUARY, 91, 100)]
    take(first, figures(*rows), manifest, tmp_path)
    made(first, manifest, tmp_path)
    second: dict[str, Series] = {}
    rows = [(WITHIN, "A", FEBRUARY, 80, 100), (WITHIN, "A", MARCH, 3, 100)]
    take(second, figures(*rows, policy=HIDES), manifest, tmp_path)
    table, parquet = made(second, manifest, tmp_path)
    assert table["period"].tolist() == ["2018-01", FEBRUARY, MARCH]
    numerators = table["numerator"].tolist()
    assert numerators[:2] == [90, 80] and pd.isna(numerators[2])
    assert table["numerator_mark"].tolist()[2] == "[c]"
    assert list(parquet) == list(table)
    assert parquet["value"].round(9).tolist()[:2] == [0.9, 0.8] and pd.isna(parquet["value"][2])
    assert parquet["meets_standard"].tolist()[:2] == [False, False]
    assert parquet["org_code"].tolist() == ["A"] * 3


def test_a_workbook_has_organisations_down_and_periods_across(tmp_path: Path) -> None:
    series, manifest = dict[str, Series](), Manifest()
    rows = [
        (WITHIN, "A", FEBRUARY, 91, 100),
        (WITHIN, "A", MARCH, 3, 100),
        (WITHIN, "B", MARCH, 37, 80),
        (WITHIN, "ENGLAND", MARCH, 40, 180),
    ]
    take(series, figures(*rows, policy=HIDES), manifest, tmp_path)
    made(series, manifest, tmp_path)
    path = tmp_path / "series" / "rtt.xlsx"
    names = [WITHIN, f"{WITHIN} numerator", f"{WITHIN} denominator"]
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Cover", "Contents", *names]
    values, numerators, denominators = (table_of(book, name) for name in names)
    assert values == [
        ["Organisation code", "Organisation", "March 2018", "February 2018"],
        ["ENGLAND", "CCG ENGLAND", "[c] (withheld)", "[x]"],  # or it would tell A
        ["A", "CCG A", "[c]", 0.91],
        ["B", "CCG B", 0.463, "[x]"],  # 37 of 80, no more exact than it is shown
    ]
    assert [row[2] for row in numerators[1:]] == ["[c] (withheld)", "[c]", 37]
    assert [row[3] for row in denominators[1:]] == ["[x]", 100, "[x]"]


def test_a_workbook_tells_values_of_rounded_counts_no_finer_than_they_are(tmp_path: Path) -> None:
    series, manifest = dict[str, Series](), Manifest()
    rows = [(WITHIN, "A", MARCH, 9, 11), (WITHIN, "B", MARCH, 369, 820)]
    take(series, figures(*rows, policy=ROUNDS), manifest, tmp_path)
    made(series, manifest, tmp_path)
    path = tmp_path / "series" / "rtt.xlsx"
    book = CalamineWorkbook.from_path(path)
    _, (_, _, first), (_, _, second) = table_of(book, WITHIN)
    assert first == "66.6% to 100.0%", "the range of 10 of 10, not a mark"
    assert second == 0.45
    with ZipFile(path) as held:
        style = re.search(r's="(\d+)"><v>0.45</v>', held.read("xl/worksheets/sheet3.xml").decode())
        styles = held.read("xl/styles.xml").decode()
    assert style
    form = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])[int(style[1])]
    assert f'numFmtId="{form}" formatCode="0%"' in styles, "45%, not 45.0%"
    for name in book.sheet_names[2:]:
        told = [row[0] for row in book.get_sheet_by_name(name).to_python()]
        assert shortened(rule_words(ROUNDS)) in told
    cover = str(book.get_sheet_by_name("Cover").to_python())
    assert rule_words(ROUNDS) in cover and "unrounded" not in cover


def test_a_workbook_of_the_same_figures_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series, manifest = dict[str, Series](), Manifest()
    take(series, figures((WITHIN, "A", MARCH, 90, 100)), manifest, tmp_path)
    made(series, manifest, tmp_path)
    (book, first), *_ = series_files(series.values(), manifest, tmp_path)
    path = tmp_path / book.path
    path.write_bytes(b"edited")
    (_, again), *_ = series_files(series.values(), manifest, tmp_path)
    assert again == first  # what was edited is made anew, and gives the same bytes
    path.write_bytes(first)
    monkeypatch.setattr(factory, "series_workbook", None)
    (_, kept), *_ = series_files(series.values(), manifest, tmp_path)
    assert kept == first


def test_an_edited_table_is_not_added_to(tmp_path: Path) -> None:
    manifest, first = Manifest(), dict[str, Series]()
    take(first, figures((WITHIN, "A", FEBRUARY, 90, 100)), manifest, tmp_path)
    made(first, manifest, tmp_path)
    path = tmp_path / "series" / "rtt.csv"
    path.write_text(path.read_text("utf-8").replace(",90,", ",91,"), "utf-8")
    second = dict[str, Series]()
    take(second, figures((WITHIN, "A", MARCH, 80, 100)), manifest, tmp_path)
    assert [key[-1] for key in second["rtt"].rows] == [MARCH]
