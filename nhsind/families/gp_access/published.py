"""The Organisation Data Service's list of prescribing practices, from which general practices come.

The official `epraccur.csv` has no header and 27 columns, with the days on which each practice
opened and closed. A shorter copy of it has a header and no days: its active practices count as
open at any date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from nhsind.sources.printed import read_csv, read_headerless_csv
from nhsind.sources.published import PublishedFile, Reader
from nhsind.sources.recognising import csv_has
from nhsind.sources.reference_files import ODS_COLUMNS, ods_head
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import tidy

GENERAL_PRACTICE = "4"
STATUSES = {"A": "active", "C": "closed", "D": "dormant", "P": "proposed"}
OPENED, CLOSED, SETTING = "Open Date", "Close Date", "Prescribing Setting"
# 00L, and the codes of five characters that CCGs have had since 2021.
CCG = r"\d{2}[A-Z]|[A-Z]\d[A-Z]\d[A-Z]"
MOST_NAMED = 10
# What the columns are called with and without a header.
OFFICIAL = ("Organisation Code", "Status Code", "Commissioner", SETTING)
SHORT = ("OrganisationCode", "StatusCode", "Provider", "PrescribingSetting")


def read_practices(path: Path) -> PublishedFile:
    """Read the general practices, with their commissioner and, where given, their days."""
    if _is_short(path):
        table = read_csv(path, SHORT[0])
        table.require(*SHORT)
        code, status, commissioner, setting = SHORT
    else:
        table = read_headerless_csv(path, ODS_COLUMNS)
        code, status, commissioner, setting = OFFICIAL
    table = table.where(table.texts(setting) == GENERAL_PRACTICE)
    table.refuse(table.codes(code) == "", code, "is missing", "the code of a practice")
    refuse_totals(table, code, commissioner)
    table.refuse_repeated(code)
    statuses = table.codes(status)
    table.refuse(~statuses.isin([*STATUSES]), status, "is no status", ", ".join(STATUSES))
    rows = pd.DataFrame(
        {
            "practice_code": table.codes(code),
            "ccg_code": table.codes(commissioner),
            "open_date": table.days(OPENED) if table.has(OPENED) else None,
            "close_date": table.days(CLOSED) if table.has(CLOSED) else None,
        }
    )
    was_open = (statuses == "A") | ((statuses == "C") & rows["close_date"].notna())
    of_a_ccg = rows["ccg_code"].str.fullmatch(CCG) | (rows["ccg_code"] == "")
    notes = _left_out(path, statuses[~was_open], rows.loc[was_open & ~of_a_ccg, "ccg_code"])
    if not table.has(OPENED):
        notes.append(f"{path.name} gives no days: its active practices count as open at any date")
    kept = rows[was_open & of_a_ccg]
    return PublishedFile(place=str(path), tables={"practices": _table(kept)}, notes=notes)


def _table(rows: pd.DataFrame) -> pa.Table:
    kinds = {"practice_code": pa.string(), "ccg_code": pa.string()}
    kinds |= {"open_date": pa.date32(), "close_date": pa.date32()}
    return pa.table({name: pa.array(list(rows[name]), kind) for name, kind in kinds.items()})


def _left_out(path: Path, statuses: pd.Series[Any], others: pd.Series[Any]) -> list[str]:
    """A note on practices that were not open, and on those whose commissioner is no CCG."""
    counts = statuses.value_counts()
    words = [f"{counts[key]:,} {word}" for key, word in STATUSES.items() if key in counts]
    if len(others):
        codes = ", ".join(sorted(set(others))[:MOST_NAMED])
        words.append(f"{len(others):,} whose commissioner is no CCG ({codes})")
    return [f"{path.name}: general practices left out: {', '.join(words)}"] if words else []


def _is_short(path: Path) -> bool:
    return csv_has(path, SHORT[3]) or csv_has(path, *SHORT[:2])


def _is_practices(path: Path) -> bool:
    """Codes of six characters, and a prescribing setting in each line."""
    rows = ods_head(path)
    at = ODS_COLUMNS.index(SETTING)
    return _is_short(path) or (
        bool(rows) and all(len(tidy(row[0])) == 6 and tidy(row[at]).isdigit() for row in rows)
    )


READERS = (
    Reader(
        "ods-practices",
        "prescribing practices (.csv): epraccur with 27 columns and no header, or with "
        "OrganisationCode, StatusCode, Provider, PrescribingSetting",
        _is_practices,
        read_practices,
        records=True,
        headings=(OFFICIAL, SHORT),
    ),
)
