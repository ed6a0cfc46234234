"""A population that lacks age groups is told: its estimate would be too small without a word."""

from __future__ import annotations

from itertools import product

import pandas as pd

import nhsind as ind
from nhsind.reference.cfas2 import AGE_GROUPS

GROUPS = list(product("fm", AGE_GROUPS))


def findings(*groups: list[tuple[str, str]]) -> pd.DataFrame:
    """Those of commissioners A, B, ... whose populations have these groups."""
    population = pd.DataFrame(
        [
            {"ccg_code": code, "month": "2017-06", "sex": sex, "age_band": band}
            for code, held in zip("ABCDEFGH", groups, strict=False)
            for sex, band in held
        ]
    ).assign(registered_patients=100)
    found = ind.check({"population": population})
    return found[found["fault"] == "groups_missing"]


def test_all_groups_and_groups_under_65_are_nothing_to_tell() -> None:
    assert findings(GROUPS, [*GROUPS, ("f", "0-64")]).empty


def test_who_lacks_a_group_is_named_with_what_it_lacks() -> None:
    (about,) = findings(GROUPS, GROUPS[1:])["about"]
    assert about.endswith(": B 2017-06 without f 65-69")
    assert about.startswith("ccg_code and month lack some of the 12 groups")


def test_the_first_few_are_named_and_the_others_counted() -> None:
    (found,) = findings(*[GROUPS[:6]] * 7).to_dict("records")
    assert found["rows"] == 7
    assert (
        "A 2017-06 without m 65-69, m 70-74, m 75-79, m 80-84, m 85-89 and 1 more"
        in (found["about"])
    )
    assert found["about"].endswith("; and 2 more")


def test_an_organisation_without_any_group_of_65_and_over_is_not_looked_for() -> None:
    assert findings([("f", "0-64")]).empty
