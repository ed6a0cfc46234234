"""Reads the full extract: one month, provider x commissioner x treatment function x part."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from nhsind.errors import InputError, Problem
from nhsind.families.rtt.bands import (
    DAYS_IN_WEEK,
    WITHIN_18_WEEKS,
    BandedCounts,
)
from nhsind.periods import Period
from nhsind.sources.files import content
from nhsind.sources.printed import printed_period
from nhsind.sources.published import Answers, PublishedFile
from nhsind.sources.workbooks import tidy

TOTAL_FUNCTION = "999"
PARTS = {"Part_1A": "E.M.18", "Part_1B": "E.M.19", "Part_2": "E.B.3", "Part_3": "E.M.20"}
# Lies inside Part_2.
SUBSET_PART = "Part_2A"
WEEKS = (104, 52)


def read_full_extract(path: Path) -> PublishedFile:
    """The full extract (CSV, or a zip of one): provider x commissioner x function x part.

    C_999 rows are the publisher's totals and only compared with; Part_2A lies inside Part_2 and
    is left out. Raises InputError as the workbook's reader does.
    """
    frame, top = _extract_frame(path)
    bands, longest = _bands(frame.column_names, path, top)
    first = top + 2
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
    strange = sorted({part for part in parts if part not in (*PARTS, SUBSET_PART)})
    if strange:
        allowed = ", ".join((*PARTS, SUBSET_PART))
        raise InputError(
            Problem(path.name, "is not a known part", None, "RTT Part Type", part, allowed)
            for part in strange
        )
    months = {text: _extract_period(text, path) for text in set(texts["Period"])}
    functions = np.array([_function(code) for code in texts["Treatment Function Code"]])
    counts = _whole_numbers(frame, bands, path, first)
    totals = _whole_numbers(
        frame, ["Total All", "Patients with unknown clock start date"], path, first
    )
    is_total = functions == TOTAL_FUNCTION
    tables, notes, blocks = [], [], []
    for part, line in PARTS.items():
        for text, period in sorted(months.items()):
            rows = (parts == part) & (np.array(texts["Period"]) == text)
            wide = counts[rows] if part != "Part_3" else totals[rows, :1]
            block = BandedCounts(
                line,
                period,
                wide,
                longest if part != "Part_3" else [0],
                unknown=totals[rows, 1],
                total=totals[rows, 0],
                place=path.name,
                source_rows=np.flatnonzero(rows) + first,
                columns={
                    "ccg_code": np.array(texts["Commissioner Org Code"])[rows],
                    "provider_code": np.array(texts["Provider Org Code"])[rows],
                    "treatment_function_code": functions[rows],
                },
            )
            table, found = block.pathways(~is_total[rows])
            tables.append(table)
            notes += found
            blocks.append((block, is_total[rows]))
    return PublishedFile(
        place=str(path),
        tables={"pathways": pa.concat_tables(tables)},
        names={
            "ccg": dict(
                zip(texts["Commissioner Org Code"], texts["Commissioner Org Name"], strict=True)
            ),
            "provider": dict(
                zip(texts["Provider Org Code"], texts["Provider Org Name"], strict=True)
            ),
        },
        costly_answers=partial(_answers, blocks),
        notes=notes,
    )


def _answers(blocks: list[tuple[BandedCounts, Any]]) -> list[Answers]:
    """The publisher's totals of all functions, and the same band by band."""
    totals = [block.totals_printed(chosen) for block, chosen in blocks]
    bands = [
        block.bands_printed(chosen) for block, chosen in blocks if block.line in WITHIN_18_WEEKS
    ]
    return [
        Answers(pd.concat(totals, ignore_index=True), ("provider_code",)),
        Answers(pd.concat(bands, ignore_index=True), ("provider_code", "clock_start_date")),
    ]


def _bands(names: list[str], path: Path, top: int) -> tuple[list[str], list[int]]:
    """The weekly bands, up to 104 weeks (52 in files before 2021), and the wait of each in days."""
    weeks = next((most for most in WEEKS if f"Gt {most} Weeks SUM 1" in names), WEEKS[0])
    expected = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(weeks)]
    expected.append(f"Gt {weeks} Weeks SUM 1")
    missing = [name for name in expected if name not in names]
    if missing:
        raise InputError(
            Problem(str(path), "the column is missing", top + 1, name) for name in missing
        )
    longest = [(week + 1) * DAYS_IN_WEEK for week in range(weeks)]
    return expected, [*longest, weeks * DAYS_IN_WEEK + 1]


def _function(code: str) -> str:
    """A treatment function without its `C_`."""
    return code.strip().upper().removeprefix("C_")


def _extract_period(text: str, path: Path) -> Period:
    match = re.fullmatch(r"RTT-([A-Za-z]+)-(\d{4})", text.strip())
    return printed_period(f"{match[1]} {match[2]}" if match else text, path.name)


def _extract_frame(path: Path) -> tuple[pa.Table, int]:
    """The extract as text columns, and the row of its header, which may stand below titles."""
    data = content(path)
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
        frame = pacsv.read_csv(
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
    return frame, top


def _whole_numbers(
    frame: pa.Table, names: list[str], path: Path, first: int
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Columns of counts; an empty cell is 0 (FORMATS: RTT CSV)."""
    numbers = np.zeros((frame.num_rows, len(names)), dtype=np.int64)
    problems = []
    for place, name in enumerate(names):
        texts = pc.utf8_trim_whitespace(frame[name])
        is_count = pc.match_substring_regex(texts, r"^[0-9]{0,12}$").to_numpy()
        for row in np.flatnonzero(~is_count)[:20]:
            problems.append(
                Problem(
                    path.name,
                    "is not a whole number",
                    int(row) + first,
                    name,
                    texts[int(row)].as_py(),
                    "a whole number of at most 12 digits, or nothing",
                    unit="row",
                )
            )
        if is_count.all():
            filled = pc.if_else(pc.equal(texts, ""), "0", texts)
            numbers[:, place] = filled.cast(pa.int64()).to_numpy()
    if problems:
        raise InputError(problems)
    return numbers
