"""Readers of NHS England's RTT files: commissioner workbooks, full extract, overview series.

The first two print how many pathways waited how many weeks. Each band becomes a row of
`pathways` that stands for its longest whole-day wait (">17-18" weeks: 126 days), so that the
clauses decide what is within 18 weeks; the open last band stands for its first day. The overview
prints numerators and denominators for England.
"""

from __future__ import annotations

import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import Period, month_of, parse_period
from nhsind.published import Answers, PublishedFile, Reader
from nhsind.workbooks import (
    column,
    header_row,
    label,
    open_workbook,
    refuse_zip_bomb,
    sheet,
    tidy,
)

DAYS_IN_WEEK = 7
WORKBOOK_BANDS = 53
TOTAL_FUNCTION = "999"

# How each part is named in the two formats, and the line its rows count in.
WORKBOOK_PARTS = {"IP": "E.B.3", "AP": "E.M.18", "NP": "E.M.19"}
EXTRACT_PARTS = {"Part_1A": "E.M.18", "Part_1B": "E.M.19", "Part_2": "E.B.3", "Part_3": "E.M.20"}
SUBSET_PART = "Part_2A"
STOP_TYPES = {"E.M.18": "admitted", "E.M.19": "non_admitted"}
# The lines, apart from the indicator itself, in which a part's printed percentage is checked.
WITHIN_18_WEEKS = {"E.B.3": "E.B.3", "E.M.18": "RTT_ADMITTED", "E.M.19": "RTT_NON_ADMITTED"}


def read_commissioner_workbook(path: Path) -> PublishedFile:
    """A commissioner workbook (2014-15 layouts): one month, one part, commissioner x function.

    Raises InputError for a layout that is not known, naming what is missing, and for every cell
    that is not the number or code that belongs there.
    """
    workbook = open_workbook(path)
    place = f"{path.name}, sheet Commissioner,"
    rows = sheet(workbook, "Commissioner", str(path))
    period = _printed_period(label(rows, "Period:"), place)
    top = header_row(rows, ["CCG Code", "CCG Name", "Treatment Function Code", ">0-1"], place)
    block = _Block(rows, top, place, period)
    ccg, name = column(block.headings, "CCG Code"), column(block.headings, "CCG Name")
    group_level = "Area Team" if "Area Team" in workbook.sheet_names else "Region"
    group = column(block.headings, group_level)
    group_names = _group_names(sheet(workbook, group_level, str(path)), group_level, path)
    codes = [tidy(row[ccg]).upper() for row in block.rows]
    names = {code: tidy(row[name]) for code, row in zip(codes, block.rows, strict=True)}
    table, notes = block.pathways({"ccg_code": codes})
    cells = [block.answers("ccg", codes)]
    national = sheet(workbook, "National", str(path))
    national_place = f"{path.name}, sheet National,"
    top = header_row(national, ["Treatment Function Code", ">0-1"], national_place)
    england = _Block(national, top, national_place, period)
    cells.append(england.answers("england", ["ENGLAND"] * len(england.rows)))
    return PublishedFile(
        place=str(path),
        parts=[f"{block.line} {period}"],
        tables={"pathways": table},
        names={"ccg": names},
        groups={
            code: (tidy(row[group]), group_names[tidy(row[group])])
            for code, row in zip(codes, block.rows, strict=True)
            if tidy(row[group]) in group_names
        },
        answers=[
            Answers(
                pd.concat(cells, ignore_index=True), ("treatment_function_code",), TOTAL_FUNCTION
            )
        ],
        notes=notes,
    )


def read_full_extract(path: Path) -> PublishedFile:
    """The full extract (CSV, or a zip of one): provider x commissioner x function x part.

    C_999 rows are the publisher's totals and only compared with; Part_2A lies inside Part_2 and
    is left out. Raises InputError as the workbook's reader does.
    """
    frame = _extract_frame(path)
    bands = [name for name in frame.column_names if re.match(r"Gt \d+", name)]
    longest = [_extract_days(name) for name in bands]
    texts = {
        name: frame[name].to_pylist()
        for name in (
            "Period",
            "Provider Org Code",
            "Provider Org Name",
            "Commissioner Org Code",
            "Commissioner Org Name",
            "RTT Part Type",
            "Treatment Function Code",
        )
    }
    parts = np.array(texts["RTT Part Type"], dtype=object)
    strange = sorted({part for part in parts if part not in (*EXTRACT_PARTS, SUBSET_PART)})
    if strange:
        allowed = ", ".join((*EXTRACT_PARTS, SUBSET_PART))
        raise InputError(
            Problem(path.name, "is not a known part", None, "RTT Part Type", part, allowed)
            for part in strange
        )
    months = {text: _extract_period(text, path) for text in set(texts["Period"])}
    functions = np.array([_function(code) for code in texts["Treatment Function Code"]])
    counts = _whole_numbers(frame, bands, path)
    totals = _whole_numbers(frame, ["Total All", "Patients with unknown clock start date"], path)
    is_total = functions == TOTAL_FUNCTION
    tables, notes, totals_printed, bands_printed = [], [], [], []
    for part, line in EXTRACT_PARTS.items():
        for text, period in sorted(months.items()):
            rows = (parts == part) & (np.array(texts["Period"]) == text)
            wide = counts[rows] if part != "Part_3" else totals[rows, :1]
            block = _Counts(
                line,
                period,
                wide,
                longest if part != "Part_3" else [0],
                unknown=totals[rows, 1],
                total=totals[rows, 0],
                place=path.name,
                source_rows=np.flatnonzero(rows) + 2,
                columns={
                    "ccg_code": np.array(texts["Commissioner Org Code"])[rows],
                    "provider_code": np.array(texts["Provider Org Code"])[rows],
                    "treatment_function_code": functions[rows],
                },
            )
            table, found = block.pathways(~is_total[rows])
            tables.append(table)
            notes += found
            totals_printed.append(block.totals_printed(is_total[rows]))
            if line in WITHIN_18_WEEKS:
                bands_printed.append(block.bands_printed(is_total[rows]))
    return PublishedFile(
        place=str(path),
        parts=[f"{line} {period}" for line in EXTRACT_PARTS.values() for period in months.values()],
        tables={"pathways": pa.concat_tables(tables)},
        names={
            "ccg": dict(
                zip(texts["Commissioner Org Code"], texts["Commissioner Org Name"], strict=True)
            ),
            "provider": dict(
                zip(texts["Provider Org Code"], texts["Provider Org Name"], strict=True)
            ),
        },
        answers=[
            Answers(pd.concat(totals_printed, ignore_index=True), ("provider_code",)),
            Answers(
                pd.concat(bands_printed, ignore_index=True), ("provider_code", "clock_start_date")
            ),
        ],
        notes=notes,
    )


def read_overview(path: Path) -> PublishedFile:
    """The overview time series: England's numerators and denominators, month by month."""
    place = f"{path.name}, sheet Full Time Series,"
    rows = sheet(open_workbook(path), "Full Time Series", str(path))
    top = header_row(rows, ["No. within 18 weeks", "No. of pathways (all)"], place)
    groups = _filled([tidy(cell) for cell in rows[top - 1]])
    headings = [tidy(cell) for cell in rows[top]]

    def at(group: str, heading: str) -> int:
        for index, pair in enumerate(zip(groups, headings, strict=False)):
            if pair[0].startswith(group) and pair[1].startswith(heading):
                return index
        raise InputError(Problem(place, f"has no column {group} / {heading}", top + 1, unit="row"))

    within = at("Incomplete", "No. within 18 weeks")
    share = at("Incomplete", "% within 18 weeks")
    total = at("Incomplete", "Total waiting")
    numbers = {
        "E.M.18": at("Admitted (unadjusted)", "No. of pathways (all)"),
        "E.M.19": at("Non-Admitted", "No. of pathways (all)"),
        "E.M.20": at("New RTT", "No. of new"),
    }
    month = column([tidy(cell) for cell in rows[top - 1]], "Month")
    counts: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for index, row in enumerate(rows[top + 1 :], start=top + 2):
        if not isinstance(row[month], date):
            continue
        period = str(month_of(row[month]))
        where = f"{place} row {index}"
        figures = {"E.B.3": (row[within], row[total])}
        figures |= {line: (row[cell], None) for line, cell in numbers.items()}
        for line, (numerator, denominator) in figures.items():
            if not isinstance(numerator, int | float) or isinstance(denominator, str):
                continue  # "-": not collected in that month
            base = {
                "indicator": line,
                "org_level": "england",
                "org_code": "ENGLAND",
                "period": period,
            }
            counts.append(
                base
                | {
                    "numerator": int(numerator),
                    "denominator": None if denominator is None else int(denominator),
                }
            )
            printed = {"numerator": numerator}
            if denominator is not None:
                printed |= {"denominator": denominator, "value": row[share]}
            cells += [
                base | {"figure": figure, "printed": float(number), "place": where}
                for figure, number in printed.items()
            ]
    return PublishedFile(
        place=str(path),
        parts=[f"overview {path.name}"],
        counts=pd.DataFrame(counts),
        names={"england": {"ENGLAND": "England"}},
        answers=[Answers(pd.DataFrame(cells))],
    )


class _Block:
    """The rows below a workbook's header: bands, totals and printed percentages."""

    def __init__(self, rows: list[list[Any]], top: int, place: str, period: Period) -> None:
        self.place, self.period, self.first = place, period, top + 2
        self.headings = [tidy(cell) for cell in rows[top]]
        function = column(self.headings, "Treatment Function Code")
        self.rows = [row for row in rows[top + 1 :] if tidy(row[function])]
        codes = [tidy(row[function]).upper() for row in self.rows]
        prefixes = {code[:2] for code in codes}
        if len(prefixes) != 1 or not prefixes <= set(WORKBOOK_PARTS):
            raise InputError(
                Problem(
                    place,
                    "the treatment function codes do not belong to one part",
                    top + 1,
                    "Treatment Function Code",
                    ", ".join(sorted(prefixes)),
                    ", ".join(WORKBOOK_PARTS),
                    unit="row",
                )
            )
        self.line = WORKBOOK_PARTS[prefixes.pop()]
        self.functions = [code[2:] for code in codes]
        bands = [place for place, name in enumerate(self.headings) if _workbook_days(name)]
        if len(bands) != WORKBOOK_BANDS:
            raise InputError(
                Problem(
                    place,
                    f"has {len(bands)} weekly bands, not {WORKBOOK_BANDS}",
                    top + 1,
                    unit="row",
                )
            )
        self.longest = [_workbook_days(self.headings[band]) or 0 for band in bands]
        wanted = [self.headings[band] for band in bands]
        self.bands = self._numbers(bands, wanted)
        incomplete = self.line == "E.B.3"
        all_pathways = "Total number of " + (
            "incomplete" if incomplete else "completed pathways (all)"
        )
        known = all_pathways if incomplete else "Total number of completed pathways (with a known"
        within = (
            "Total within 18 weeks" if incomplete else "Total (with a known clock start) within"
        )
        header_row([self.headings], [all_pathways, known, within, "% within 18 weeks"], place)
        self.total = self._number(all_pathways)
        self.known = self._number(known)
        self.within = self._number(within)
        self.share = [row[column(self.headings, "% within 18 weeks")] for row in self.rows]
        self.unknown = np.zeros(len(self.rows), dtype=np.int64)
        if not incomplete:
            self.unknown = self._number("Patients with unknown clock start")

    def pathways(self, places: dict[str, list[str]]) -> tuple[pa.Table, list[str]]:
        """The rows of the family's table, the publisher's totals left out."""
        functions = np.array(self.functions)
        block = _Counts(
            self.line,
            self.period,
            self.bands,
            self.longest,
            unknown=self.unknown,
            total=self.total,
            place=self.place,
            source_rows=np.arange(len(self.rows)) + self.first,
            columns={name: np.array(codes) for name, codes in places.items()}
            | {"treatment_function_code": functions},
        )
        return block.pathways(functions != TOTAL_FUNCTION)

    def answers(self, level: str, codes: list[str]) -> pd.DataFrame:
        """What the publisher printed in each row."""
        share_line = WITHIN_18_WEEKS[self.line]
        figures: list[tuple[str, str, Any]] = [
            (share_line, "denominator", self.known),
            (share_line, "numerator", self.within),
            (share_line, "value", [_share(cell) for cell in self.share]),
        ]
        if share_line != self.line:
            figures.append((self.line, "numerator", self.total))
        places = [f"{self.place} row {self.first + index}" for index in range(len(codes))]
        return pd.concat(
            [
                pd.DataFrame(
                    {
                        "indicator": line,
                        "org_level": level,
                        "org_code": codes,
                        "period": str(self.period),
                        "treatment_function_code": self.functions,
                        "figure": figure,
                        "printed": np.asarray(numbers, dtype=float),
                        "place": places,
                    }
                )
                for line, figure, numbers in figures
            ],
            ignore_index=True,
        )

    def _number(self, heading: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        return self._numbers([column(self.headings, heading)], [heading])[:, 0]

    def _numbers(
        self, places: list[int], headings: list[str]
    ) -> np.ndarray[Any, np.dtype[np.int64]]:
        problems = []
        numbers = np.zeros((len(self.rows), len(places)), dtype=np.int64)
        for index, row in enumerate(self.rows):
            for position, place in enumerate(places):
                cell = row[place] if place < len(row) else ""
                if isinstance(cell, int | float) and cell >= 0 and cell == int(cell):
                    numbers[index, position] = int(cell)
                else:
                    problems.append(
                        Problem(
                            self.place,
                            "is not a whole number",
                            self.first + index,
                            headings[position],
                            str(cell),
                            "a whole number, 0 or more",
                            unit="row",
                        )
                    )
        if problems:
            raise InputError(problems)
        return numbers


class _Counts:
    """Banded counts of one part and month, to be turned into rows of `pathways`."""

    def __init__(
        self,
        line: str,
        period: Period,
        bands: Any,
        longest: list[int],
        unknown: Any,
        total: Any,
        place: str,
        source_rows: Any,
        columns: dict[str, Any],
    ) -> None:
        self.line, self.period, self.place = line, period, place
        self.bands, self.longest, self.unknown, self.total = bands, longest, unknown, total
        self.source_rows, self.columns = source_rows, columns

    def pathways(self, chosen: Any) -> tuple[pa.Table, list[str]]:
        """One row per filled band; rows whose bands do not add up are listed and left out."""
        added = self.bands.sum(axis=1)
        added = added if self.line in ("E.B.3", "E.M.20") else added + self.unknown
        wrong = chosen & (added != self.total)
        notes = [
            f"{self.place} row {row}: the bands add up to {bands:,} and the total says {total:,}; "
            "the row is left out"
            for row, bands, total in zip(
                self.source_rows[wrong], added[wrong], self.total[wrong], strict=True
            )
        ]
        chosen = chosen & ~wrong
        units, bands = np.nonzero(self.bands * chosen[:, None])
        waits = np.array(self.longest)[bands]
        counts = self.bands[units, bands]
        end = np.datetime64(self.period.end)
        starts = pa.array(end - waits, type=pa.date32())
        if self.line in STOP_TYPES and self.unknown.any():
            more = np.flatnonzero(self.unknown * chosen)
            units, counts = np.append(units, more), np.append(counts, self.unknown[more])
            starts = pa.concat_arrays([starts, pa.nulls(len(more), pa.date32())])
        rows = len(units)
        stopped = self.line in STOP_TYPES
        stop_dates = pa.array([self.period.end if stopped else None] * rows, pa.date32())
        stop_types = pa.array([STOP_TYPES.get(self.line)] * rows, pa.string())
        columns = {
            name: pa.array(values[units], pa.string()) for name, values in self.columns.items()
        }
        return pa.table(
            columns
            | {
                "clock_start_date": starts,
                "clock_stop_date": stop_dates,
                "stop_type": stop_types,
                "count": pa.array(counts, pa.int64()),
                "counts_for": pa.array([self.line] * rows, pa.string()),
                "counts_in": pa.array([self.period.end] * rows, pa.date32()),
                "source_row": pa.array(self.source_rows[units], pa.int64()),
            }
        ), notes

    def totals_printed(self, chosen: Any) -> pd.DataFrame:
        """The publisher's totals: what the treatment functions must add up to."""
        cells = []
        if self.line != "E.B.3":
            cells.append(self._cells(self.line, "numerator", self.total[chosen], chosen))
        if self.line in WITHIN_18_WEEKS:
            known = self.bands[chosen].sum(axis=1)
            cells.append(self._cells(WITHIN_18_WEEKS[self.line], "denominator", known, chosen))
        return pd.concat(cells, ignore_index=True)

    def bands_printed(self, chosen: Any) -> pd.DataFrame:
        """The same band by band, a band being the clock start that it stands for."""
        cells = []
        for band, days in enumerate(self.longest):
            counts = self.bands[chosen][:, band]
            rows = self._cells(WITHIN_18_WEEKS[self.line], "denominator", counts, chosen)
            cells.append(rows.assign(clock_start_date=self.period.end - timedelta(days=days)))
        return pd.concat(cells, ignore_index=True)

    def _cells(self, line: str, figure: str, numbers: Any, chosen: Any) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "indicator": line,
                "org_level": "ccg",
                "org_code": self.columns["ccg_code"][chosen],
                "period": str(self.period),
                "provider_code": self.columns["provider_code"][chosen],
                "figure": figure,
                "printed": np.asarray(numbers, dtype=float),
                "place": [f"{self.place} row {row}" for row in self.source_rows[chosen]],
            }
        )


def _workbook_days(heading: str) -> int | None:
    """The wait in days that a band stands for, or None for another heading."""
    if match := re.fullmatch(r">(\d+)-(\d+)", heading):
        return int(match[2]) * DAYS_IN_WEEK
    if match := re.fullmatch(r"(\d+) plus", heading):
        return int(match[1]) * DAYS_IN_WEEK + 1
    return None


def _extract_days(heading: str) -> int:
    if match := re.match(r"Gt (\d+) To (\d+) Weeks", heading):
        return int(match[2]) * DAYS_IN_WEEK
    match = re.match(r"Gt (\d+) Weeks", heading)
    assert match is not None, heading
    return int(match[1]) * DAYS_IN_WEEK + 1


def _function(code: str) -> str:
    """A treatment function without its `C_`."""
    return code.strip().upper().removeprefix("C_")


def _share(cell: Any) -> float:
    return float(cell) if isinstance(cell, int | float) else np.nan


def _group_names(rows: list[list[Any]], level: str, path: Path) -> dict[str, str]:
    """Code to name of the area teams or regions."""
    place = f"{path.name}, sheet {level},"
    top = header_row(rows, [f"{level} Code", f"{level} Name"], place)
    headings = [tidy(cell) for cell in rows[top]]
    code, name = column(headings, f"{level} Code"), column(headings, f"{level} Name")
    return {tidy(row[code]): tidy(row[name]) for row in rows[top + 1 :] if tidy(row[code])}


def _printed_period(text: str | None, place: str) -> Period:
    try:
        return parse_period(text or "")
    except UsageError:
        raise InputError(
            Problem(place, "is not a month", None, "Period:", text, "a month such as April 2015")
        ) from None


def _extract_period(text: str, path: Path) -> Period:
    match = re.fullmatch(r"RTT-([A-Za-z]+)-(\d{4})", text.strip())
    return _printed_period(f"{match[1]} {match[2]}" if match else text, path.name)


def _filled(cells: list[str]) -> list[str]:
    """Group headings stand above their first column only."""
    filled, last = [], ""
    for cell in cells:
        last = cell or last
        filled.append(last)
    return filled


def _extract_frame(path: Path) -> pa.Table:
    """The extract as text columns; the header may stand below two title rows."""
    data = _unzipped(path)
    lines = data[:20000].split(b"\n")
    top = next((row for row, line in enumerate(lines[:4]) if b"RTT Part Type" in line), None)
    if top is None:
        raise InputError(Problem(str(path), "has no row with the heading", 1, "RTT Part Type"))
    names = [tidy(name) for name in lines[top].decode("utf-8-sig").replace('"', "").split(",")]
    wanted = [
        *("Period", "Provider Org Code", "Provider Org Name", "Commissioner Org Code"),
        *("Commissioner Org Name", "RTT Part Type", "Treatment Function Code"),
        *("Gt 00 To 01 Weeks SUM 1", "Patients with unknown clock start date", "Total All"),
    ]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise InputError(
            Problem(str(path), "the column is missing", top + 1, name) for name in missing
        )
    try:
        return pacsv.read_csv(
            pa.BufferReader(data),
            pacsv.ReadOptions(skip_rows=top + 1, column_names=names),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputError(
            Problem(str(path), f"cannot be read as CSV ({str(error)[:160]})")
        ) from error


def _unzipped(path: Path) -> bytes:
    if path.suffix.lower() != ".zip":
        return path.read_bytes()
    try:
        refuse_zip_bomb(path)
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(members) != 1:
                raise InputError(Problem(str(path), f"holds {len(members)} CSV files, not one"))
            return archive.read(members[0])
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise InputError(Problem(str(path), f"is not a readable zip file ({error})")) from error


def _whole_numbers(
    frame: pa.Table, names: list[str], path: Path
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Columns of counts; an empty cell is 0 (FORMATS: RTT CSV)."""
    numbers = np.zeros((frame.num_rows, len(names)), dtype=np.int64)
    problems = []
    for place, name in enumerate(names):
        texts = frame[name].to_pandas().str.strip()
        wrong = ~texts.str.fullmatch(r"\d*")
        for row in np.flatnonzero(wrong)[:20]:
            problems.append(
                Problem(
                    path.name,
                    "is not a whole number",
                    int(row) + 2,
                    name,
                    texts[row],
                    "a whole number or nothing",
                    unit="row",
                )
            )
        if not wrong.any():
            numbers[:, place] = texts.where(texts != "", "0").astype(np.int64)
    if problems:
        raise InputError(problems)
    return numbers


def _is_workbook_with(path: Path, sheet_name: str, word: str) -> bool:
    if path.suffix.lower() not in (".xls", ".xlsx"):
        return False
    try:
        workbook = open_workbook(path)
        if sheet_name not in workbook.sheet_names:
            return False
        rows = sheet(workbook, sheet_name, str(path))[:14]
    except InputError:
        return False
    return any(word in tidy(cell) for row in rows for cell in row)


def _is_full_extract(path: Path) -> bool:
    if path.suffix.lower() == ".zip":
        return "full-extract" in path.name.lower() or "rtt" in path.name.lower()
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as file:
        return b"RTT Part Type" in file.read(20000)


READERS = (
    Reader(
        "rtt-commissioner",
        "RTT commissioner workbook (.xls) with a sheet Commissioner",
        lambda path: _is_workbook_with(path, "Commissioner", "Referral to Treatment"),
        read_commissioner_workbook,
    ),
    Reader(
        "rtt-full",
        "RTT full extract (.csv, or a .zip of it) with a column RTT Part Type",
        _is_full_extract,
        read_full_extract,
    ),
    Reader(
        "rtt-overview",
        "RTT overview time series (.xlsx) with a sheet Full Time Series",
        lambda path: _is_workbook_with(path, "Full Time Series", "Referral to Treatment"),
        read_overview,
        totals_only=True,
    ),
)
