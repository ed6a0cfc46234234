"""What somebody who has only what is published can work out of the counts that it hides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.relations import relations_of
from nhsind.release.auditor import exposed
from nhsind.release.protection import Array
from nhsind.release.shown_cells import SHOWN, cells_released
from nhsind.release.unknowns import Above, Unknowns

COLUMNS = [
    "family",
    "indicator",
    "org_level",
    "org_code",
    "period",
    "figure",
    "hides",
    "left",
    "by",
]
# What narrows a count that no other cell does.
ITSELF = "what is printed of it"


def what_is_told(
    tables: Sequence[tuple[pd.DataFrame, Disclosure]], family: Family, above: Above
) -> pd.DataFrame:
    """The hidden counts of published tables of a family that could be narrowed, and by what.

    `tables`: each with the policy that it was released under; figures that stand in several are
    taken for the same where they can be. `above`: who is in whom. Gives a row for each count:
    `hides` is what the rule leaves open, `left` what the tables do, `by` the cells that tell.
    """
    relations = relations_of(family)
    cells = pd.concat(
        [
            _as_printed(cells_released(frame, policy, relations), policy).assign(edition=edition)
            for edition, (frame, policy) in enumerate(tables)
        ],
        ignore_index=True,
    )
    unknowns = Unknowns(cells, relations, above)
    found = exposed(unknowns.system(np.zeros(len(cells), dtype=bool)))
    first = {int(one): place for place, one in reversed([*enumerate(unknowns.of_cell)])}
    words = cells[["line", "code", "period", "figure"]].agg(" ".join, axis="columns").tolist()
    rows = []
    for one, (low, high) in sorted(found.left.items(), key=lambda item: first[item[0]]):
        mine = (unknowns.of_cell == one) & cells["need_low"].notna().to_numpy()
        cell = cells[mine].iloc[0]
        by = [words[first[each]] for each in found.by(one) if each in first]
        rows.append(
            (
                family.code,
                cell["line"],
                cell["level"],
                cell["code"],
                cell["period"],
                cell["figure"],
                _range(cell["need_low"], max(cell["need_high"], cell["high"])),
                _range(low, high),
                "; ".join(by) or ITSELF,
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _as_printed(cells: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Counts that the rule would never show are what they say; small ones it should have hidden."""
    odd = (cells["state"] == SHOWN) & ~(cells["low"] <= cells["high"])
    counts = cells["count"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    exempt = (cells["level"] == "england") & policy.exempt_england
    lowest = 0 if policy.hide_zeros else 1
    small: Array = (odd & ~exempt & (counts >= lowest) & (counts <= policy.threshold)).to_numpy()
    return cells.assign(
        low=np.where(odd, counts, cells["low"]),
        high=np.where(odd, counts, cells["high"]),
        need_low=np.where(small, lowest, cells["need_low"]),
        need_high=np.where(small, policy.threshold, cells["need_high"]),
    )


def _range(low: float, high: float) -> str:
    ends = [f"{end + 0:.0f}" if np.isfinite(end) else "any" for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)
