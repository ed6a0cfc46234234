"""Reads the commissioner workbooks of 2014-15: one month and part, commissioner x function."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.definitions.record_tables import LARGEST_COUNT
from nhsind.errors import InputError, Problem
from nhsind.families.rtt.bands import (
    DAYS_IN_WEEK,
    WITHIN_18_WEEKS,
    BandedCounts,
)
from nhsind.periods import Period
from nhsind.sources.printed import printed_period, sheet_head, sheet_names
from nhsind.sources.published import Answers, LeftOut, PublishedFile
from nhsind.sources.workbooks import column, header_row, label, open_workbook, sheet, tidy

SHEET = "Commissioner"
WEEKS = 52
TOTAL_FUNCTION = "999"
# The prefix of the treatment function codes tells the part; the line its rows count in.
PARTS = {"IP": "E.B.3", "AP": "E.M.18", "NP": "E.M.19"}


def is_commissioner_workbook(path: Path) -> bool:
    """Whether a workbook is by commissioner, its treatment functions' codes telling the part."""
    if SHEET not in sheet_names(path):
        return False
    head = sheet_head(path, SHEET)
    is_of_a_part = any(re.search(rf"\b{prefix}\d{{3}}\b", head) for prefix in PARTS)
    headings = ("Referral to Treatment", "CCG Code", "within 18 weeks")
    return is_of_a_part and all(heading in head for heading in headings)


def read_commissioner_workbook(path: Path) -> PublishedFile:
    """A commissioner workbook (2014-15 layouts): one month, one part, commissioner x function.

    Raises InputError for a layout that is not known, naming what is missing, and for every cell
    that is not the number or code that belongs there.
    """
    workbook = open_workbook(path)
    place = f"{path.name}, sheet Commissioner,"
    rows = sheet(workbook, "Commissioner", str(path))
    period = printed_period(label(rows, "Period:"), place)
    top = header_row(rows, ["CCG Code", "CCG Name", "Treatment Function Code", ">0-1"], place=place)
    block = _Block(rows, top, place, period)
    ccg, name = column(block.headings, "CCG Code"), column(block.headings, "CCG Name")
    group_level = "Area Team" if "Area Team" in workbook.sheet_names else "Region"
    group = column(block.headings, group_level)
    group_names = _group_names(sheet(workbook, group_level, str(path)), group_level, path)
    codes = [tidy(row[ccg]).upper() for row in block.rows]
    names = {code: tidy(row[name]) for code, row in zip(codes, block.rows, strict=True)}
    table, left_out = block.pathways({"ccg_code": codes})
    cells = [block.answers("ccg", codes)]
    national = sheet(workbook, "National", str(path))
    national_place = f"{path.name}, sheet National,"
    top = header_row(national, ["Treatment Function Code", ">0-1"], place=national_place)
    england = _Block(national, top, national_place, period)
    cells.append(england.answers("england", ["ENGLAND"] * len(england.rows)))
    return PublishedFile(
        place=str(path),
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
        left_out=left_out,
    )


class _Block:
    """The rows below a workbook's header: bands, totals and printed percentages."""

    def __init__(self, rows: list[list[Any]], top: int, place: str, period: Period) -> None:
        self.place, self.period, self.first = place, period, top + 2
        self.headings = [tidy(cell) for cell in rows[top]]
        function = column(self.headings, "Treatment Function Code")
        self.rows = rows[top + 1 :]
        while self.rows and not any(tidy(cell) for cell in self.rows[-1]):
            self.rows.pop()
        nameless = [at for at, row in enumerate(self.rows) if not tidy(row[function])]
        if nameless:
            name = "Treatment Function Code"
            raise InputError(
                Problem(place, "is missing", self.first + at, name, unit="row") for at in nameless
            )
        codes = [tidy(row[function]).upper() for row in self.rows]
        prefixes = {code[:2] for code in codes}
        if len(prefixes) != 1 or not prefixes <= set(PARTS):
            raise InputError(
                Problem(
                    place,
                    "the treatment function codes do not belong to one part",
                    top + 1,
                    "Treatment Function Code",
                    ", ".join(sorted(prefixes)),
                    ", ".join(PARTS),
                    unit="row",
                )
            )
        self.line = PARTS[prefixes.pop()]
        self.functions = [code[2:] for code in codes]
        expected = [*(f">{week}-{week + 1}" for week in range(WEEKS)), f"{WEEKS} plus"]
        first = column(self.headings, expected[0])
        bands = list(range(first, first + len(expected)))
        if self.headings[first : first + len(expected)] != expected:
            found = [name for name in self.headings if re.fullmatch(r">\d+-\d+|\d+ plus", name)]
            odd = [name for name in expected if found.count(name) != 1] or ["their order"]
            message = f"the weekly bands are not those of {WEEKS} weeks; look at"
            raise InputError(Problem(place, f"{message} {', '.join(odd)}", top + 1, unit="row"))
        self.longest = [(week + 1) * DAYS_IN_WEEK for week in range(WEEKS)]
        self.longest.append(WEEKS * DAYS_IN_WEEK + 1)
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
        header_row([self.headings], [all_pathways, known, within, "% within 18 weeks"], place=place)
        self.total = self._number(all_pathways)
        self.known = self._number(known)
        self.within = self._number(within)
        self.share = [row[column(self.headings, "% within 18 weeks")] for row in self.rows]
        self.unknown = np.zeros(len(self.rows), dtype=np.int64)
        if not incomplete:
            self.unknown = self._number("Patients with unknown clock start")

    def pathways(self, places: dict[str, list[str]]) -> tuple[pa.Table, list[LeftOut]]:
        """The rows of the family's table, the publisher's totals left out."""
        functions = np.array(self.functions)
        block = BandedCounts(
            self.line,
            self.period,
            bands=self.bands,
            longest=self.longest,
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
                if (
                    isinstance(cell, int | float)
                    and 0 <= cell <= LARGEST_COUNT
                    and cell == int(cell)
                ):
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


def _share(cell: Any) -> float:
    return float(cell) if isinstance(cell, int | float) else np.nan


def _group_names(rows: list[list[Any]], level: str, path: Path) -> dict[str, str]:
    """Code to name of the area teams or regions."""
    place = f"{path.name}, sheet {level},"
    top = header_row(rows, [f"{level} Code", f"{level} Name"], place=place)
    headings = [tidy(cell) for cell in rows[top]]
    code, name = column(headings, f"{level} Code"), column(headings, f"{level} Name")
    return {tidy(row[code]): tidy(row[name]) for row in rows[top + 1 :] if tidy(row[code])}
