"""The tables beside the records, for any family: plans, geography, coverage, mapping."""

from __future__ import annotations

import pandas as pd

from nhsind.definitions.record_tables import Column
from nhsind.periods import ACCEPTED
from nhsind.sources.declared import COVERAGE_COLUMNS, NATIONAL
from nhsind.sources.geography_files import COLUMNS as GEOGRAPHY_COLUMNS
from nhsind.sources.mapping_file import MAPPING_FILE, TableMapping
from nhsind.sources.plans import PLAN_COLUMNS

# In place of a family's code.
ANY = "any"
DATE, CODE = Column("", "date").allowed, Column("", "code").allowed
MONTH, YES_OR_NO = Column("", "month").allowed, Column("", "boolean").allowed
ABOUT: dict[str, dict[str, tuple[str, str]]] = {
    "plans": {
        "indicator": (CODE, "Code of the line that the plan is for"),
        "org_code": (CODE, "The organisation, of any level"),
        "period": (ACCEPTED, "The period that the plan is for"),
        "plan": (
            "a number of 0 or more; of a proportion at most 1",
            "The organisation's own trajectory, compared with the figure",
        ),
    },
    "geography": {
        "ccg_code": (CODE, "Commissioner; a row needs this or provider_code"),
        "ccg_name": ("text", "Its name"),
        "tcp_code": (CODE, "Transforming Care Partnership that it is part of"),
        "tcp_name": ("text", "Its name"),
        "stp_code": (CODE, "Sustainability and Transformation Partnership that it is part of"),
        "stp_name": ("text", "Its name"),
        "region_code": (CODE, "Region that it is part of"),
        "region_name": ("text", "Its name"),
        "provider_code": (CODE, "Provider"),
        "provider_name": ("text", "Its name"),
        "successor_ccg_code": (CODE, "The one commissioner, listed too, that it became part of"),
        "valid_from": (DATE, "First day on which the row holds; empty: always"),
        "valid_to": (DATE, "Last day; empty: none. A commissioner with a successor has one"),
        "peer_group": ("text", "Organisations of one group are compared with each other"),
    },
    "coverage": {
        "family": ("a family's code", "The family whose table it is"),
        "table": ("text", "The table, as `nhsind schema` names it"),
        "from": (MONTH, "First month that its records cover"),
        "to": (MONTH, "Last month"),
        NATIONAL: (YES_OR_NO, "Whether the table holds all of England"),
    },
    MAPPING_FILE: {
        "files": ("a file, or several", "What the table is made of, beside the mapping"),
        "columns": ("column = heading", "The heading, or those of day and time of day"),
        "formats": ("column = format", "How dates are written, in one way or several"),
        "codes": ("column.value = code", "What values of a column stand for; empty is missing"),
        "constants": ("column = value", "Columns that have one value in every row"),
    },
}
NEEDED = {
    "plans": PLAN_COLUMNS,
    "geography": [],
    "coverage": COVERAGE_COLUMNS,
    MAPPING_FILE: ["files"],
}
READ = {
    "plans": PLAN_COLUMNS,
    "geography": GEOGRAPHY_COLUMNS,
    "coverage": [*COVERAGE_COLUMNS, NATIONAL],
    MAPPING_FILE: TableMapping.__struct_fields__,
}


def describe_side_tables() -> pd.DataFrame:
    """One row per column: family (`any`), table, column, needed, holds, about."""
    return pd.DataFrame(
        [
            {
                "family": ANY,
                "table": table,
                "column": column,
                "needed": "required" if column in NEEDED[table] else "optional",
                "holds": ABOUT[table][column][0],
                "about": ABOUT[table][column][1],
            }
            for table, columns in READ.items()
            for column in columns
        ]
    )
