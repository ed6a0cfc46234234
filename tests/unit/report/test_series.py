"""All periods of a family in one table."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
from released_figures import HIDES, MARCH, WITHIN, figures

from nhsind.report.manifest import Manifest
from nhsind.report.series import Series, series_files, take

FEBRUARY = "2018-02"


def made(
    series: dict[str, Series], manifest: Manifest, out: Path
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The CSV and the Parquet of what was taken, published to a folder."""
    frames = []
    for entry, content in series_files(series.values()):
        manifest.entries[entry.path] = entry
        (out / entry.path).parent.mkdir(exist_ok=True)
        (out / entry.path).write_bytes(content)
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


def test_an_edited_table_is_not_added_to(tmp_path: Path) -> None:
    manifest, first = Manifest(), dict[str, Series]()
    take(first, figures((WITHIN, "A", FEBRUARY, 90, 100)), manifest, tmp_path)
    made(first, manifest, tmp_path)
    path = tmp_path / "series" / "rtt.csv"
    path.write_text(path.read_text("utf-8").replace(",90,", ",91,"), "utf-8")
    second = dict[str, Series]()
    take(second, figures((WITHIN, "A", MARCH, 80, 100)), manifest, tmp_path)
    assert [key[-1] for key in second["rtt"].rows] == [MARCH]
