"""Recorded dementia as issued: a measure of an organisation or area at a month's end in each row.

Registers of 65+ are numerators of E.A.S.1, estimates its denominators; a file may hold registers
alone. Rows of commissioners, STPs, regions and England are levels; the areas that England is
divided into, once in each of several ways, serve to check it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nhsind.errors import InputError, Problem
from nhsind.families.dementia.common import ESTIMATE_SLACK, LINE, OF_COMMISSIONERS, figures
from nhsind.families.dementia.year_2017 import DIVISIONS, NATION, NO_DIVISION, added_up
from nhsind.geography import ENGLAND
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED, Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile
from nhsind.sources.totals import refuse_totals

KIND, CODE, NAME, DAY = "ORG_TYPE", "ORG_CODE", "NAME", "ACH_DATE"
MEASURE, VALUE = "MEASURE", "VALUE"
NAMES = (NAME, "ORG_NAME")
REGISTER, ESTIMATE = "DEMENTIA_REGISTER_65_PLUS", "DEMENTIA_ESTIMATE_65_PLUS"
LEVELS = {
    NATION: "england",
    "COUNTRY": "england",
    "COUNTRY_RESPONSIBILITY": "england",
    "NATIONAL": "england",
    "REGION": "region",
    "COMMISSIONING_REGION": "region",
    "STP": "stp",
    "ICB": "stp",
    **dict.fromkeys(OF_COMMISSIONERS, "ccg"),
}
MARKS = {"*": SUPPRESSED, "": NOT_AVAILABLE}
KEYS = ["kind", "org_code", "period"]


def read_recorded(path: Path) -> PublishedFile:
    """Read registers, and estimates where they are printed, of each level."""
    table = replace(read_csv(path, MEASURE).without_remarks(), spellings={NAME: NAMES})
    table.require(KIND, CODE, NAME, DAY, MEASURE, VALUE)
    kinds = table.codes(KIND)
    strange = ~kinds.isin([*LEVELS, *DIVISIONS, *NO_DIVISION])
    notes = _of_other_kinds(path, kinds[strange])
    table, kinds = table.where(~strange), kinds[~strange]
    table.refuse(table.codes(CODE) == "", CODE, "is missing", "an organisation's or area's code")
    refuse_totals(table, CODE, NAME, known=kinds.map(LEVELS) == "england")
    # An area that is no part of a division may stand twice under two names.
    table = table.where(table.codes(MEASURE).isin([REGISTER, ESTIMATE]) & ~kinds.isin(NO_DIVISION))
    if not (table.codes(MEASURE) == REGISTER).any():
        raise InputError(Problem(table.place, f"holds no {REGISTER}", column=MEASURE))
    rows = _counts(table)
    levels = rows[rows["kind"].isin([*LEVELS])]
    levels = levels.assign(org_level=levels["kind"].map(LEVELS))
    is_england = levels["org_level"] == "england"
    levels = levels.assign(org_code=levels["org_code"].where(~is_england, ENGLAND))
    areas = rows[rows["kind"].isin([*DIVISIONS]) & (rows["mark"] != SUPPRESSED)]
    divisions = areas.assign(
        kind=areas["kind"].map(DIVISIONS), org_level="england", org_code=ENGLAND
    )
    if len(areas):
        text = f"{len(areas):,} rows of areas only check England: no level of nhsind"
        notes.append(f"{path.name} {text}")
    if rows["denominator"].isna().all():
        notes.append(f"{path.name} holds registers and no estimates: {LINE} has numerators only")
    return PublishedFile(
        place=str(path),
        counts=levels.drop(columns=["kind", "name"]),
        names={
            str(level): dict(zip(part["org_code"], part["name"], strict=True))
            for level, part in levels.groupby("org_level")
        },
        answers=[
            *(
                _as_printed(added_up(part, str(name)), part)
                for name, part in divisions.groupby("kind")
            ),
            *_england(levels),
        ],
        notes=notes,
    )


def _of_other_kinds(path: Path, kinds: pd.Series[Any]) -> list[str]:
    """A note on rows of organisations or areas that are none of the levels or divisions."""
    if kinds.empty:
        return []
    counts = ", ".join(f"{number:,} of {kind}" for kind, number in kinds.value_counts().items())
    return [f"{path.name}: rows left out, no level of nhsind: {counts}"]


def _counts(table: Printed) -> pd.DataFrame:
    """A row per organisation and month: register and estimate, each None where not printed."""
    (values,) = table.numbers(VALUE, marks=MARKS, parts="decimal")
    registers = table.codes(MEASURE) == REGISTER
    wrong = [
        is_register and number is not None and number != int(number)
        for is_register, number in zip(registers, values.values, strict=True)
    ]
    table.refuse(wrong, VALUE, "is no whole number of people", "a whole number")
    base = pd.DataFrame(
        {
            "kind": table.codes(KIND),
            "org_code": table.codes(CODE),
            "period": table.months(DAY),
            "name": table.texts(NAME),
            "measure": table.codes(MEASURE),
            "value": values.values,
            "mark": values.marks,
            "place": table.places(),
        }
    )
    again = base.duplicated([*KEYS, "measure"])
    table.refuse(again, CODE, "stands in an earlier row too", "a row each")
    estimates = base[base["measure"] == ESTIMATE].set_index(KEYS)
    rows = base[base["measure"] == REGISTER].set_index(KEYS)
    beside = estimates.reindex(rows.index)
    hidden: pd.Series[Any] = beside["mark"].fillna("")
    rows = rows.assign(
        indicator=LINE,
        numerator=rows["value"],
        denominator=beside["value"].astype(object).where(beside["value"].notna(), None),
        mark=rows["mark"].where(rows["mark"] != "", hidden),
        denominator_slack=ESTIMATE_SLACK,
    )
    return rows.reset_index().drop(columns=["measure", "value"])


def _as_printed(answers: Answers, rows: pd.DataFrame) -> Answers:
    """The answers without their denominators where an estimate is lacking."""
    if rows["denominator"].notna().all():
        return answers
    return replace(answers, cells=answers.cells[answers.cells["figure"] == "numerator"])


def _england(levels: pd.DataFrame) -> list[Answers]:
    """England's own figures, as the sum of its commissioners where the file has them."""
    if not (levels["org_level"] == "ccg").any():
        return []
    england = levels[levels["org_level"] == "england"].drop(columns=["kind", "name"])
    answers = Answers(figures(england), complete=False, adds_up="ccg")
    return [_as_printed(answers, levels[levels["org_level"] == "ccg"])]
