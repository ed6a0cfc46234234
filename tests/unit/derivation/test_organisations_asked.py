"""An organisation that figures do not have is told from one that nobody knows."""

from __future__ import annotations

import pandas as pd
import pytest

import nhsind as ind
from nhsind.errors import UsageError

PLACES = pd.DataFrame(
    {
        "ccg_code": ["00A", "00B"],
        "ccg_name": ["Ash", "Beech"],
        "region_code": ["Y1", "Y1"],
        "provider_code": ["RX1", None],
    }
)
PATHWAYS = pd.DataFrame(
    [("a", "00A", "2018-03-01", None, None)],
    columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
)
DATA = {"pathways": PATHWAYS, "geography": PLACES}


def refused(code: str) -> str:
    with pytest.raises(UsageError) as error:
        ind.derive("E.B.3", DATA, period="2018-03", org=code)
    return str(error.value)


def test_one_that_the_geography_lists_has_no_row() -> None:
    assert refused("00b") == (
        "00B (Beech) is listed in geography, but no row of these data is of it, so it has no "
        "figures"
    )
    with pytest.raises(UsageError, match="is listed in geography, but no row"):
        ind.trace("E.B.3", DATA, period="2018-03", org="00B")


def test_one_of_another_level_says_so() -> None:
    assert "Y1 is listed in geography at level region; these are figures at level ccg" in (
        refused("Y1")
    )


def test_others_are_unknown() -> None:
    assert '"00C" is not a known organisation of these data at level ccg' in refused("00C")
