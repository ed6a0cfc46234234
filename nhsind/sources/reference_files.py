"""Reference files of the Organisation Data Service as a geography: who belongs to which STP.

Three layouts are known by their sheets or lines. What each of them holds:

* the reference file of a merger (`CCG_STP_RefFile_Apr20.xlsx`): commissioners before and after,
  with STP and region, and which became which;
* the map of STP partners (`stps_*.xlsx`): commissioners with STP and region at its date, which
  serves for any date, as it says of no commissioner since when or until when;
* commissioners with the days on which they opened and closed (`eccg.csv`), without successors. It
  places them, closed ones too, in the STP or ICB and region of the file's own date.

Commissioning hubs belong to no STP: the STP that a file gives them is that of their post address.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.sources.geography_files import COLUMNS, geography_from_frame, read_geography
from nhsind.sources.printed import Printed, read_headerless_csv, read_sheet
from nhsind.sources.recognising import csv_head
from nhsind.sources.workbooks import tidy

# The 27 columns of the service's files without a header, such as eccg.csv and epraccur.csv.
ODS_COLUMNS = (
    "Organisation Code",
    "Name",
    "National Grouping",
    "High Level Health Geography",
    *(f"Address Line {number}" for number in range(1, 6)),
    "Postcode",
    "Open Date",
    "Close Date",
    "Status Code",
    "Organisation Sub-Type Code",
    "Commissioner",
    "Join Provider/Purchaser Date",
    "Left Provider/Purchaser Date",
    "Contact Telephone Number",
    *(f"Null {number}" for number in range(19, 22)),
    "Amended Record Indicator",
    "Null 23",
    "Provider/Purchaser",
    "Null 25",
    "Prescribing Setting",
    "Null 27",
)
HUB = "RO218"
MERGERS, HUBS, STP_MAP, NAMES = "CCG Mergers", "Commissioning Hubs", "Current STPs", "CCGs"
# Trusts and practices have files of the same columns.
COMMISSIONER = re.compile(r"\b(CCG|ICB|COMMISSIONING HUB|REPORTING ENTITY)\b")
BEFORE = re.compile(r"Pre-([A-Za-z]+ \d{4})")
PLACED = {
    "ccg_code": "CCG Code",
    "ccg_name": "CCG Name",
    "stp_code": "STP Code",
    "stp_name": "STP Name",
    "region_code": "Region Code",
    "region_name": "Region Name",
}
PARENTS = ["stp_code", "region_code"]


@dataclass(frozen=True)
class Layout:
    """A reference file's layout: how it is recognised, and how read."""

    recognises: Callable[[Path], bool]
    read: Callable[[Path], pd.DataFrame]


def is_reference_file(path: Path) -> bool:
    """Whether a file is one of the reference files known here, by its sheets or lines."""
    return any(layout.recognises(path) for layout in LAYOUTS)


def read_reference_file(path: Path) -> pd.DataFrame:
    """A reference file as rows with the columns of `geography.csv`, as text.

    Raises InputError for a layout that is not known, or cells that cannot be read.
    """
    for layout in LAYOUTS:
        if layout.recognises(path):
            rows = layout.read(path).reindex(columns=COLUMNS)
            return rows.astype(object).fillna("").reset_index(drop=True)
    raise InputError(Problem(str(path), "is no reference file known here"))


def read_reference_files(paths: Sequence[Path]) -> pd.DataFrame:
    """Several reference files as one: the first that knows a commissioner decides where it is."""
    rows = read_reference_file(paths[0])
    for path in paths[1:]:
        more = read_reference_file(path)
        rows = pd.concat([rows, more[~more["ccg_code"].isin(rows["ccg_code"])]], ignore_index=True)
    # One file knows the names of STPs and regions, another only their codes.
    for level in ("stp", "region"):
        named = rows[rows[f"{level}_name"] != ""]
        names = dict(zip(named[f"{level}_code"], named[f"{level}_name"], strict=True))
        rows[f"{level}_name"] = [names.get(code, "") for code in rows[f"{level}_code"]]
    return rows


def read_geography_files(paths: Sequence[Path]) -> Geography:
    """The geography in a `geography.csv`, or in one or more reference files."""
    if len(paths) == 1 and not is_reference_file(paths[0]):
        return read_geography(paths[0])
    place = ", ".join(path.name for path in paths)
    return geography_from_frame(read_reference_files(paths), place)


def ods_head(path: Path) -> list[list[str]]:
    """The first lines of a file of the service without a header; none where it is another."""
    lines = csv_head(path).splitlines()[:-1][:20]
    rows = [row for row in csv.reader(lines) if row]
    return rows if all(len(row) == len(ODS_COLUMNS) for row in rows) else []


# Mergers --------------------------------------------------------------------------------------


def _is_merger(path: Path) -> bool:
    names = _sheets(path)
    return MERGERS in names and any(BEFORE.fullmatch(name) for name in names)


def _read_merger(path: Path) -> pd.DataFrame:
    """Commissioners before and after a merger; those that it leaves alone have no dates."""
    name = next(name for name in _sheets(path) if BEFORE.fullmatch(name))
    first_day = _first_day(name, path)
    last_day = str(first_day - timedelta(days=1))
    before = _placed(read_sheet(path, name, "CCG Code"))
    after = _placed(read_sheet(path, name.replace("Pre-", "Post-"), "CCG Code"))
    successors = _successors(path)
    before["successor_ccg_code"] = before["ccg_code"].map(successors)
    lasting = before.merge(after[["ccg_code", *PARENTS]], on=["ccg_code", *PARENTS])["ccg_code"]
    closing = before[~before["ccg_code"].isin(lasting)].assign(valid_to=last_day)
    opening = after[~after["ccg_code"].isin(lasting)].assign(valid_from=str(first_day))
    staying = after[after["ccg_code"].isin(lasting)]
    return pd.concat([closing, staying, opening, _hubs(path, last_day)], ignore_index=True)


def _first_day(sheet_name: str, path: Path) -> date:
    """The day of a merger, from the name of the sheet of commissioners before it."""
    match = BEFORE.fullmatch(sheet_name)
    try:
        return parse_period(match[1] if match else "").start
    except UsageError:
        raise InputError(
            Problem(str(path), f'the sheet "{sheet_name}" names no month', allowed="Pre-Apr 2020")
        ) from None


def _placed(table: Printed) -> pd.DataFrame:
    """Commissioners with their STP and region."""
    table.require(*PLACED.values())
    table = table.without_remarks()
    table.refuse_repeated("CCG Code")
    return pd.DataFrame(
        {
            column: table.codes(heading) if column.endswith("code") else table.texts(heading)
            for column, heading in PLACED.items()
        }
    )


def _successors(path: Path) -> dict[str, str]:
    old, new = "Legacy (closing) CCG Code", "New CCG Code"
    table = read_sheet(path, MERGERS, old)
    table.require(old, new)
    table = table.without_remarks()
    table.refuse_repeated(old)
    return dict(zip(table.codes(old), table.codes(new), strict=True))


def _hubs(path: Path, last_day: str) -> pd.DataFrame:
    """Commissioning hubs: those that close, and those that take over or stay, without a date."""
    if HUBS not in _sheets(path):
        return pd.DataFrame(columns=COLUMNS)
    part = "Commissioning Hub"
    table = read_sheet(path, HUBS, f"Legacy (closing) {part} Code")
    old, new = f"Legacy (closing) {part}", f"New / Retained {part}"
    table.require(f"{old} Code", f"{old} Name", f"{new} Code", f"{new} Name")
    table = table.without_remarks()
    codes, successors = table.codes(f"{old} Code"), table.codes(f"{new} Code")
    legacy = pd.DataFrame(
        {
            "ccg_code": codes,
            "ccg_name": table.texts(f"{old} Name"),
            "successor_ccg_code": successors,
            "valid_to": last_day,
        }
    )
    later = pd.DataFrame({"ccg_code": successors, "ccg_name": table.texts(f"{new} Name")})
    return pd.concat([legacy, later.drop_duplicates("ccg_code")], ignore_index=True)


# The map of STP partners ----------------------------------------------------------------------


def _is_stp_map(path: Path) -> bool:
    return STP_MAP in _sheets(path)


def _read_stp_map(path: Path) -> pd.DataFrame:
    """Commissioners with their STP and region, from the list of partners of each STP."""
    table = read_sheet(path, STP_MAP, "ODS STP Code")
    region, stp, ccg = "NHS England Region", "ODS STP Code", "ODS CCG Code"
    table.require(region, stp, "STP Name", "CCG", ccg)
    # The name of an STP stands beside its first partner only.
    named = table.where(table.texts("STP Name") != "")
    stp_names = dict(zip(named.codes(stp), named.texts("STP Name"), strict=True))
    table = table.where(table.texts(ccg) != "")
    table.refuse_repeated(ccg)
    regions = table.texts(region).str.extract(r"^(?P<name>.*?)\s*\((?P<code>Y\d{2})\)$")
    table.refuse(regions["code"].isna(), region, "is no region", "such as North West (Y62)")
    codes, names = table.codes(ccg), _ccg_names(path)
    return pd.DataFrame(
        {
            "ccg_code": codes,
            "ccg_name": [
                names.get(code, short)
                for code, short in zip(codes, table.texts("CCG"), strict=True)
            ],
            "stp_code": table.codes(stp),
            "stp_name": table.codes(stp).map(stp_names),
            "region_code": regions["code"],
            "region_name": regions["name"],
        }
    )


def _ccg_names(path: Path) -> dict[str, str]:
    """The names in full, which the list of partners shortens."""
    if NAMES not in _sheets(path):
        return {}
    table = read_sheet(path, NAMES, "Code", "Org Name")
    return dict(zip(table.codes("Code"), table.texts("Org Name"), strict=True))


# Commissioners with their days ----------------------------------------------------------------


def _is_commissioners(path: Path) -> bool:
    rows = ods_head(path)
    return bool(rows) and all(COMMISSIONER.search(tidy(row[1]).upper()) for row in rows)


def _read_commissioners(path: Path) -> pd.DataFrame:
    """Commissioners with the days on which they opened and closed; hubs without an STP."""
    table = read_headerless_csv(path, ODS_COLUMNS)
    table.refuse_repeated("Organisation Code")
    is_hub = table.codes("Organisation Sub-Type Code") == HUB
    return pd.DataFrame(
        {
            "ccg_code": table.codes("Organisation Code"),
            "ccg_name": table.texts("Name"),
            "stp_code": table.codes("High Level Health Geography").mask(is_hub, ""),
            "region_code": table.codes("National Grouping").mask(is_hub, ""),
            "valid_from": _as_text(table.days("Open Date")),
            "valid_to": _as_text(table.days("Close Date")),
        }
    )


def _as_text(days: pd.Series[Any]) -> pd.Series[Any]:
    return days.map(lambda day: str(day) if day else "")


def _sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets, without opening them; none where it is no workbook."""
    if path.suffix.lower() != ".xlsx":
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, zlib.error):
        return []
    return re.findall(r'<(?:\w+:)?sheet\s[^>]*?name="([^"]*)"', text)


LAYOUTS = (
    Layout(_is_merger, _read_merger),
    Layout(_is_stp_map, _read_stp_map),
    Layout(_is_commissioners, _read_commissioners),
)
