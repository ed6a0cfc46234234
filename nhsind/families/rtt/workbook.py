"""Reads workbooks by commissioner or provider: one month and part, organisation x function.

Commissioners stand in a sheet Commissioner, since July 2022 in Sub-ICB. The waits go to 52 weeks,
since 2021 to 104; treatment functions may carry two letters of the part, and what is within 18
weeks may be printed for incomplete pathways only. Providers of the independent sector have a sheet
of their own. A workbook of new periods has one number in place of the weeks. Sheets of regions and
systems are answers, to compare with where a geography says who belongs to which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.errors import InputError, Problem
from nhsind.families.rtt.bands import DAYS_IN_WEEK, STOP_TYPES, WITHIN_18_WEEKS, BandedCounts
from nhsind.families.rtt.extract import TOTAL_FUNCTION
from nhsind.geography import ENGLAND
from nhsind.periods import Period
from nhsind.sources.headings import COMMISSIONER_CODE, COMMISSIONER_NAME
from nhsind.sources.printed import Printed, printed_period, read_sheet
from nhsind.sources.published import Answers, PublishedFile, printed_cells
from nhsind.sources.recognising import sheet_has, sheet_head, sheet_named
from nhsind.sources.totals import refuse_totals
from nhsind.sources.workbooks import label, open_workbook, sheet

FUNCTION, NATIONAL = "Treatment Function Code", "National"
COMPLETED = "Total number of completed pathways (all)"
# The clock starts, or periods, of the month.
NEW, NEW_LINE = "Number of new RTT", "E.M.20"
KNOWN = "Total number of completed pathways (with a known clock start)"
INCOMPLETE = "Total number of incomplete pathways"
UNKNOWN = "Patients with unknown clock start date"
WITHIN, SHARE = "Total within 18 weeks", "% within 18 weeks"
# The headings, in any of their spellings.
SPELLINGS = {
    "Org Code": ("Org Code", *COMMISSIONER_CODE),
    "Org Name": ("Org Name", *COMMISSIONER_NAME),
    WITHIN: (WITHIN, "Total (with a known clock start) within 18 weeks"),
}
# The sheet of organisations: their level, the column of the family's table, the headings of the
# code and of the name.
SHEETS = {
    "Sub-ICB": ("ccg", "ccg_code", ("Org Code", "Org Name")),
    "Commissioner": ("ccg", "ccg_code", ("Org Code", "Org Name")),
    "Provider": ("provider", "provider_code", ("Provider Code", "Provider Name")),
}
INDEPENDENT = {"Provider": "IS Provider"}
NAMES = {code: title for _, _, (code, title) in SHEETS.values()}
# Sheets of what commissioners belong to, and the level that nhsind has for them.
SYSTEMS = {"Region": "region", "ICB": "stp", "STP": "stp"}
# The sheets of groups that stand beside a commissioner's code, the smaller first.
GROUPS = ("Area Team", "Region")
# In place of a code where there is none: NHS England's own.
NOBODY = ("-", "--", "")
# The line by what the sheet's summary says, and by the letters before a treatment function.
PARTS = {"non-admitted": "E.M.19", "admitted": "E.M.18", "incomplete": "E.B.3"}
PREFIXES = {"IP": "E.B.3", "AP": "E.M.18", "NP": "E.M.19"}
# What says that a workbook is of a part of a line's pathways, or counts their waits otherwise.
OTHER_COUNTS = {
    "decision to admit": "is of those incomplete pathways only that have a decision to admit",
    "adjusted": "counts waits with adjustments, which the lines do not",
}
UNADJUSTED = "unadjusted"
A_FUNCTION = r"(?:C_|([A-Z]{2})_?)?(\d{3}|X\d\d)"
BAND = re.compile(r">(\d+)-(\d+)")
BY_FUNCTION = ("treatment_function_code",)


@dataclass(frozen=True)
class _Printing:
    """The rows of a sheet: bands, totals, and what they are of."""

    table: Printed
    line: str
    period: Period
    block: BandedCounts

    @property
    def functions(self) -> Any:
        return self.block.columns["treatment_function_code"]

    def answers(self, level: str, codes: Any) -> pd.DataFrame:
        """What is printed in each row."""
        base = pd.DataFrame(
            {
                "org_level": level,
                "org_code": codes,
                "period": str(self.period),
                "treatment_function_code": self.functions,
                "place": self.table.places(),
            }
        )
        if self.line == NEW_LINE:
            new: pd.DataFrame = printed_cells(
                base.assign(indicator=self.line), "numerator", self.block.total
            )
            return new
        line = WITHIN_18_WEEKS[self.line]
        timed = base.assign(indicator=line)
        known = self.block.total - self.block.unknown
        if self.table.has(KNOWN):
            known = self.table.numbers(KNOWN)[0].whole
        cells = [printed_cells(timed, "denominator", known)]
        if self.line != line:
            own = base.assign(indicator=self.line)
            cells.append(printed_cells(own, "numerator", self.block.total))
        if self.table.has(WITHIN):
            (within,) = self.table.numbers(WITHIN)
            cells.append(printed_cells(timed, "numerator", within.whole))
            # Where nobody waits there is no percentage.
            shares = self.table.shares(SHARE, percent=False)
            cells.append(printed_cells(timed, "value", shares))
        found: pd.DataFrame = pd.concat(cells, ignore_index=True)
        return found


def is_commissioner_workbook(path: Path) -> bool:
    """Whether a workbook is by commissioner, its treatment functions' codes telling the part."""
    if sheet_named(path, "Commissioner") is None:
        return False
    head = sheet_head(path, "Commissioner")
    return is_by_organisation(path) and bool(re.search(rf"\b({'|'.join(PREFIXES)})\d{{3}}\b", head))


def is_by_organisation(path: Path) -> bool:
    """Whether a workbook is by commissioner or provider, with weekly bands or new periods."""
    name = _sheet_of(path)
    head = sheet_head(path, name) if name else ""
    has_counts = BAND.search(head) is not None or NEW.lower() in head.lower()
    return "referral to treatment" in head.lower() and has_counts


def read_workbook(path: Path) -> PublishedFile:
    """The month's rows by organisation and treatment function; totals are answers.

    Raises InputError for a layout that is not known, naming what is missing, and for every cell
    that is not the number or code that belongs there.
    """
    name = _sheet_of(path) or next(iter(SHEETS))
    level, column, (code, title) = SHEETS[name]
    more = sheet_named(path, *([INDEPENDENT[name]] if name in INDEPENDENT else []))
    sheets = [_read(path, each, code, column) for each in [name, *([more] if more else [])]]
    _refuse_in_two_sheets(sheets, code)
    pathways, left_out, cells = [], [], []
    names: dict[str, str] = {}
    groups: dict[str, tuple[str, str]] = {}
    for found in sheets:
        table = found.table
        codes = table.codes(code)
        table.refuse(codes == "", code, "is missing", "the code of an organisation")
        refuse_totals(table, code, title)
        table.refuse_repeated(code, FUNCTION)
        rows, left = found.block.pathways(found.functions != TOTAL_FUNCTION)
        pathways.append(rows)
        left_out += left
        names |= dict(zip(codes, table.texts(title), strict=True))
        groups |= _groups(path, table, codes)
        cells.append(found.answers(level, codes.to_numpy()))
    if sheet_named(path, NATIONAL):
        cells.append(_read(path, NATIONAL).answers("england", ENGLAND))
    for system in SYSTEMS:
        if level == "ccg" and sheet_named(path, system):
            cells.append(_of_systems(path, system))
    answers = [Answers(pd.concat(cells, ignore_index=True), BY_FUNCTION, TOTAL_FUNCTION)]
    return PublishedFile(
        place=str(path),
        tables={"pathways": pa.concat_tables(pathways)},
        names={level: names},
        groups=groups,
        answers=answers,
        left_out=left_out,
    )


def _refuse_in_two_sheets(sheets: list[_Printing], code: str) -> None:
    """An organisation of the independent sector is none of the others."""
    first, *others = sheets
    for found in others:
        again = found.table.codes(code).isin(set(first.table.codes(code)))
        text = f"stands in another sheet too ({first.table.place.rstrip(',')})"
        found.table.refuse(again, code, text, "one sheet each")


def _of_systems(path: Path, name: str) -> pd.DataFrame:
    """What is printed of regions or systems; NHS England is none."""
    found = _read(path, name, f"{name} Code")
    codes = found.table.codes(f"{name} Code")
    cells = found.answers(SYSTEMS[name], codes.to_numpy())
    return cells[~cells["org_code"].isin(NOBODY)]


def _groups(path: Path, table: Printed, codes: pd.Series[Any]) -> dict[str, tuple[str, str]]:
    """The area team or region of each organisation, where one is printed beside it."""
    group = sheet_named(path, *GROUPS)
    heading, title = f"{group} Code", f"{group} Name"
    if group is None or not table.has(heading):
        return {}
    groups = read_sheet(path, group, heading, title)
    titles = dict(zip(groups.codes(heading), groups.texts(title), strict=True))
    pairs = dict(zip(codes, table.codes(heading), strict=True))
    return {
        code: (own, titles[own])
        for code, own in pairs.items()
        if own in titles and own not in NOBODY
    }


def _sheet_of(path: Path) -> str | None:
    return sheet_named(path, *SHEETS)


def _read(path: Path, name: str, code: str | None = None, column: str | None = None) -> _Printing:
    """A sheet's rows; `code`: the heading of its organisations, None where it is England's;
    `column`: what the family's table calls them."""
    is_new = sheet_has(path, name, FUNCTION, NEW)
    printed = read_sheet(path, name, FUNCTION, NEW if is_new else ">0-1").without_remarks()
    table = replace(printed, spellings=SPELLINGS)
    table.require(*([code] if code else []), *([NAMES[code]] if code in NAMES else []))
    rows = sheet(open_workbook(path), name, str(path))
    period = printed_period(label(rows, "Period:"), table.place)
    summary = (label(rows, "Summary:") or "").lower()
    _refuse_other_counts(table, summary)
    line = NEW_LINE if is_new else next((PARTS[word] for word in PARTS if word in summary), None)
    functions = _functions(table, line)
    if line is None:
        text = "does not say of which pathways it is"
        allowed = ", ".join(PARTS)
        raise InputError(Problem(table.place, text, None, "Summary:", summary, allowed))
    bands, longest = ([NEW], [0]) if is_new else _bands(table)
    numbers = np.column_stack([item.whole for item in table.numbers(*bands)])
    (total,) = table.numbers({"E.B.3": INCOMPLETE, NEW_LINE: NEW}.get(line, COMPLETED))
    unknown = np.zeros(len(numbers), dtype=np.int64)
    if line in STOP_TYPES:
        unknown = table.numbers(UNKNOWN)[0].whole
    if line == "E.B.3" or table.has(WITHIN) or table.has(SHARE):
        table.require(WITHIN, SHARE)
    columns = {column: table.codes(code).to_numpy()} if code and column else {}
    block = BandedCounts(
        line,
        period,
        bands=numbers,
        longest=longest,
        unknown=unknown,
        total=total.whole,
        place=table.place,
        source_rows=table.cells.index.to_numpy(),
        columns=columns | {"treatment_function_code": functions.to_numpy()},
    )
    return _Printing(table, line, period, block)


def _refuse_other_counts(table: Printed, summary: str) -> None:
    """InputError where a sheet is not of what the lines count, though its headings are alike."""
    told = [summary.replace(UNADJUSTED, ""), *table.plain]
    for words, text in OTHER_COUNTS.items():
        if any(words in item for item in told):
            allowed = "all pathways of a part, with the waits as they were"
            raise InputError(Problem(table.place, text, None, "Summary:", summary, allowed))


def _functions(table: Printed, line: str | None) -> pd.Series[Any]:
    """The treatment functions without letters before them; InputError for those of two parts."""
    codes = table.codes(FUNCTION)
    table.refuse(codes == "", FUNCTION, "is missing", "the code of a treatment function")
    found = codes.str.extract(f"^{A_FUNCTION}$")
    unknown = found[1].isna() | ~(found[0].isna() | found[0].isin([*PREFIXES]))
    table.refuse(unknown, FUNCTION, "is not the code of a treatment function", "such as C_100")
    prefixes = sorted(found[0].dropna().unique())
    if len(prefixes) > 1 or (line and prefixes and PREFIXES[prefixes[0]] != line):
        text = "the treatment function codes do not belong to one part, the one of the summary"
        told = ", ".join(prefixes)
        raise InputError(
            Problem(table.place, text, table.top, FUNCTION, told, ", ".join(PREFIXES), unit="row")
        )
    functions: pd.Series[Any] = found[1]
    return functions


def _bands(table: Printed) -> tuple[list[str], list[int]]:
    """The headings of the weekly bands, and the longest wait of each in days."""
    found = [int(match[2]) for name in table.plain if (match := BAND.fullmatch(name))]
    weeks = max(found, default=0)
    expected = [*(f">{week}-{week + 1}" for week in range(weeks)), f"{weeks} plus"]
    table.require(*expected)
    table.refuse_twice(*expected)
    longest = [(week + 1) * DAYS_IN_WEEK for week in range(weeks)]
    return expected, [*longest, weeks * DAYS_IN_WEEK + 1]
