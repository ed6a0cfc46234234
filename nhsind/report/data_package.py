"""What is published, for programs: a Frictionless data package beside the dictionary.

Every CSV table of the folder is a resource with its path, its size, its hash and the type of each
column, as the specification of data packages (https://specs.frictionlessdata.io) has them. Other
files to take away (workbooks, Parquet, charts, Word files) are named with their kind and hash.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.output_columns import COUNT, NUMBER, TEXT, VERDICT, data_dictionary
from nhsind.periods import parse_period
from nhsind.report.kept import Made, published
from nhsind.report.manifest import CHART, PACKAGE, SERIES, TABLE, Entry, Manifest
from nhsind.report.paths import PACKAGE_NAME

# A count may have halves, which is no integer.
FIELD_TYPES = {TEXT: "string", COUNT: "number", NUMBER: "number", VERDICT: "boolean"}
# Files that are no tables of CSV, by their endings.
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA = {
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
BOOLEANS = {"trueValues": ["true"], "falseValues": ["false"]}


def package_file(manifest: Manifest, tables: Mapping[str, bytes], out: Path, title: str) -> Made:
    """The descriptor of all CSV tables: those that the run makes, and those that stay."""
    fields = _fields()
    resources = []
    for entry in sorted(manifest.entries.values(), key=lambda each: each.path):
        is_table = entry.kind in (TABLE, SERIES) and entry.path.endswith(".csv")
        content = tables.get(entry.path) if is_table else None
        if is_table and content is None:
            content = published(entry, out)
        if content is not None:
            resources.append(_resource(entry, content, fields))
        elif entry.path.endswith(tuple(MEDIA)) and entry.sha256 is not None:
            resources.append(_file(entry))
    described: dict[str, Any] = {
        "profile": "data-package",
        "name": "nhs-performance-indicators",
        "title": title,
        "resources": resources,
    }
    content = f"{json.dumps(described, indent=2, ensure_ascii=False)}\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    return Entry(PACKAGE_NAME, "", "", "", "", "", digest, kind=PACKAGE), content


def _fields() -> dict[str, dict[str, Any]]:
    """What is said of each column of the tables, by its name."""
    columns = data_dictionary([load_family(code) for code in family_codes()])
    return {
        row["column"]: {
            "name": row["column"],
            "type": FIELD_TYPES[row["type"]],
            **(BOOLEANS if row["type"] == VERDICT else {}),
            "description": row["holds"],
        }
        for row in columns.to_dict("records")
    }


def _when(entry: Entry) -> str:
    return parse_period(entry.period).words if entry.period else "all periods"


def _file(entry: Entry) -> dict[str, Any]:
    path = PurePosixPath(entry.path)
    title = f"{load_family(entry.family).title}, {_when(entry)}" if entry.family else ""
    about = entry.summary if entry.kind == CHART else title or entry.name
    return {
        "profile": "data-resource",
        # Tables, workbooks and columns of a family and period have one name, which must differ.
        "name": f"{path.stem}-{path.suffix[1:]}".lower(),
        "title": about,
        "path": entry.path,
        "format": path.suffix[1:],
        "mediatype": MEDIA[path.suffix],
        "hash": f"sha256:{entry.sha256}",
    }


def _resource(entry: Entry, content: bytes, fields: dict[str, dict[str, Any]]) -> dict[str, Any]:
    header = next(csv.reader([content.decode("utf-8").splitlines()[0]]))
    return {
        "profile": "tabular-data-resource",
        "name": PurePosixPath(entry.path).stem.lower(),
        "title": f"{load_family(entry.family).title}, {_when(entry)}",
        "path": entry.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [fields[name] for name in header],
            "missingValues": [""],
            "primaryKey": ["indicator", "org_level", "org_code", "period"],
        },
    }
