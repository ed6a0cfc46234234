"""Files packed in others, and values that other signs than commas separate."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from nhsind.errors import InputError
from nhsind.sources.files import content
from nhsind.sources.printed import read_csv
from nhsind.sources.recognising import csv_head

TABLE = "Org Code,Attended\nRX1,5\nRX2,7\n"


def zipped(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped(inner_zip=zipped(a_csv=TABLE.encode())),
        zipped(a_csv_gz=gzip.compress(TABLE.encode())),
        gzip.compress(zipped(a_csv=TABLE.encode())),
        gzip.compress(gzip.compress(TABLE.encode())),
    ],
    ids=["zip in zip", "gzip in zip", "zip in gzip", "gzip in gzip"],
)
def test_what_is_packed_twice_is_refused_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is packed twice; unpack it"):
        content(path)


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright")])
def test_other_separators_are_named(sign: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A title\n\n" + TABLE.replace(",", sign))
    with pytest.raises(InputError, match=f"line 3: its values are separated by {name}"):
        read_csv(path, "Org Code", "Attended")


def test_blanks_in_headings_are_blanks_of_any_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE.replace("Org Code", "Org\u00a0 Code"), "utf-8")
    assert "Org Code" in csv_head(path)
    assert read_csv(path, "Org Code").codes("Org Code").tolist() == ["RX1", "RX2"]
