"""Registers and estimates of 65+ month by month in 2017, by where the people live.

Of its areas only England is a level known here. The areas that England is divided into, once in
each of several ways, serve to check it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nhsind.families.dementia.common import ESTIMATE_SLACK, LINE, figures
from nhsind.geography import ENGLAND
from nhsind.sources.printed import Printed, read_csv
from nhsind.sources.published import Answers, PublishedFile

KIND, MONTH, REGISTER, ESTIMATE = "ORG_TYPE", "ACH_DATE", "VALUE_REGISTER", "VALUE_ESTIMATE"
NATION = "COUNTRY_GEOGRAPHICAL"
# Each way to divide England; counties and unitary authorities do it together.
DIVISIONS = {
    "LTLA": "lower tier authorities",
    "CC": "upper tier authorities",
    "UTLA": "upper tier authorities",
    "PHE_REGION": "PHE regions",
    "PHE_CENTRE": "PHE centres",
    "ONS_GROUP": "ONS groups",
    "ONS_SUBGROUP": "ONS subgroups",
    "IMD_DECILE": "deciles of deprivation",
}
# Some of England only.
NO_DIVISION = ("DEVOLVED_AREA",)


def read_year_2017(path: Path) -> PublishedFile:
    """Read England's registers and estimates, month by month."""
    table = read_csv(path, KIND).without_remarks()
    table.require("NAME", KIND, MONTH, REGISTER, ESTIMATE)
    kinds = table.codes(KIND)
    known = [NATION, *DIVISIONS, *NO_DIVISION]
    table.refuse(~kinds.isin(known), KIND, "is not known here", ", ".join(known))
    # England is one, whatever it is called.
    names = table.codes("NAME").where(kinds != NATION, ENGLAND)
    table.refuse_repeated(names, kinds, table.months(MONTH))
    rows = _counts(table)
    england = rows[rows["kind"] == NATION].drop(columns="kind")
    areas = len(rows) - len(england)
    divisions = rows.assign(kind=rows["kind"].map(DIVISIONS)).dropna(subset="kind")
    return PublishedFile(
        place=str(path),
        counts=england,
        answers=[added_up(part, str(name)) for name, part in divisions.groupby("kind")],
        notes=[f"{path.name} {areas:,} rows of areas only check England: no level of nhsind"],
    )


def _counts(table: Printed) -> pd.DataFrame:
    (register,) = table.numbers(REGISTER)
    (estimate,) = table.numbers(ESTIMATE, parts="decimal")
    return pd.DataFrame(
        {
            "kind": table.codes(KIND),
            "indicator": LINE,
            "org_level": "england",
            "org_code": ENGLAND,
            "period": table.months(MONTH),
            "numerator": register.values,
            "denominator": estimate.values,
            "denominator_slack": ESTIMATE_SLACK,
            "place": table.places(),
        }
    )


def added_up(parts: pd.DataFrame, division: str) -> Answers:
    """England month by month as the sum of one way to divide it."""
    added = parts.groupby(["indicator", "org_level", "org_code", "period"], as_index=False).agg(
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        parts=("numerator", "size"),
        place=("place", "first"),
    )
    added["denominator_slack"] = ESTIMATE_SLACK * added.pop("parts")
    added["place"] = f"sum of {division}, from " + added["place"]
    return Answers(figures(added), complete=False)
