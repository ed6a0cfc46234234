"""All periods of a family: a tidy table as CSV for everybody and as Parquet for programs, and a
workbook for those who read.

What a run releases of a period and of those before it takes the place of what the table held of the
same figures; what only earlier runs released stays.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from nhsind.definitions.catalogue import definition_digest, load_family
from nhsind.definitions.output_columns import COUNT, NUMBER, VERDICT, data_dictionary
from nhsind.output import as_csv, without_formulas
from nhsind.release.policies import policy_name, rule_words
from nhsind.release.results import Results
from nhsind.report.kept import Made, kept, published
from nhsind.report.manifest import SERIES, Entry, Manifest
from nhsind.report.paths import series_path, workbook_path
from nhsind.report.preparing import shown_figures
from nhsind.report.series_workbook import series_workbook
from nhsind.version import library_digest

KEY = ("indicator", "org_level", "org_code", "period")
ARROW = {COUNT: pa.float64(), NUMBER: pa.float64(), VERDICT: pa.bool_()}


@dataclass
class Series:
    """The rows of a family by line, organisation and period; later releases replace earlier."""

    family: str
    policy: str = ""
    rule: str = ""
    publication: dict[str, str] = field(default_factory=dict)
    header: list[str] = field(default_factory=list)
    rows: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def take(self, content: str) -> None:
        """Rows as CSV; of a table with other columns nothing is kept."""
        header, *rows = csv.reader(io.StringIO(content))
        if header != self.header:
            self.header, self.rows = header, {}
        places = [header.index(name) for name in KEY]
        self.rows |= {tuple(row[place] for place in places): row for row in rows}

    @property
    def text(self) -> str:
        """The whole table as CSV, by line, organisation and period."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(self.rows[key] for key in sorted(self.rows))
        return written.getvalue()


def take(series: dict[str, Series], found: Results, manifest: Manifest, out: Path) -> None:
    """Add what a run releases to the series of its family, which begins with what is published."""
    code = found.family.code
    if code not in series:
        series[code] = Series(code)
        entry = manifest.entries.get(series_path(code))
        content = published(entry, out) if entry is not None else None
        if content is not None:
            series[code].take(content.decode("utf-8"))
    series[code].rule = rule_words(found.figures.policy)
    series[code].publication = found.publication
    series[code].policy = policy_name(found.figures.policy, found.family)
    series[code].take(as_csv(without_formulas(shown_figures(found.figures.frame))))


def series_files(series: Iterable[Series], manifest: Manifest, out: Path) -> Iterator[Made]:
    """The tables of all periods as files; a workbook of the same figures as published is kept."""
    for each in series:
        content = each.text.encode("utf-8")
        path = series_path(each.family)
        yield _workbook_file(each, content, manifest, out)
        for name, held in (
            (path, content),
            (_parquet_path(path), as_parquet(content, each.family)),
        ):
            digest = hashlib.sha256(held).hexdigest()
            policy = each.policy if name == path else ""
            yield (
                Entry(name, each.family, "", "", "", "", digest, kind=SERIES, policy=policy),
                held,
            )


def _workbook_file(series: Series, content: bytes, manifest: Manifest, out: Path) -> Made:
    path = workbook_path(series_path(series.family))
    parts = [
        library_digest(),
        definition_digest(series.family),
        hashlib.sha256(content).hexdigest(),
        sorted(series.publication.items()),
        series.rule,
    ]
    fingerprint = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    book = kept(path, fingerprint, manifest, out)
    if book is None:
        rows = [
            dict(zip(series.header, series.rows[key], strict=True)) for key in sorted(series.rows)
        ]
        book = series_workbook(load_family(series.family), rows, series.publication, series.rule)
    digest = hashlib.sha256(book).hexdigest()
    entry = Entry(path, series.family, "", "", "", fingerprint, digest, kind=SERIES)
    return entry, book


def as_parquet(content: bytes, family: str) -> bytes:
    """A table of CSV as Parquet, each column of the kind that the dictionary says."""
    kinds = dict(
        data_dictionary([load_family(family)])[["column", "type"]].itertuples(
            index=False, name=None
        )
    )
    names = next(csv.reader([content.partition(b"\n")[0].decode("utf-8")]))
    types = {name: ARROW.get(kinds.get(name, ""), pa.string()) for name in names}
    table = arrow_csv.read_csv(
        io.BytesIO(content),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=False,
        ),
    )
    written = io.BytesIO()
    parquet.write_table(table, written, compression="zstd")
    return written.getvalue()


def _parquet_path(path: str) -> str:
    return f"{path.removesuffix('.csv')}.parquet"
