"""Lines made of the figures that NHS Digital's IAPT tables print, one figure at a time.

A table in any layout is first brought to one row per organisation, period and figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nhsind.families.iapt.common import count_slack, share_rounding
from nhsind.sources.printed import NOT_AVAILABLE, SUPPRESSED
from nhsind.sources.published import Answers, LeftOut, printed_cells, rows_left_out

ORGANISATION = ["org_level", "org_code", "period"]
# By line: the figures of its numerator and its denominator (none: it is not printed), and what is
# taken off the denominator.
Lines = Mapping[str, tuple[str, ...]]


class Figures:
    """The counts needed: a row per organisation and period, a column per figure.

    `rows`: org_level, org_code, name, period, figure, value, mark, place.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        named = rows.drop_duplicates(ORGANISATION)
        self.names = {
            str(level): dict(zip(of_level["org_code"], of_level["name"], strict=True))
            for level, of_level in named.groupby("org_level")
        }
        values, marks, places = (
            rows.pivot(index=ORGANISATION, columns="figure", values=name)
            for name in ("value", "mark", "place")
        )
        self.organisations = values.index.to_frame(index=False)
        self.values = values.reset_index(drop=True).astype(object).fillna(np.nan)
        # An organisation of which a figure is not printed has none.
        self.marks = marks.reset_index(drop=True).fillna(NOT_AVAILABLE)
        self.places = places.reset_index(drop=True)

    def counts(self, lines: Lines) -> tuple[pd.DataFrame, list[LeftOut]]:
        """The lines' counts, and those left out because they contradict themselves."""
        held = [line for line, figures in lines.items() if set(figures) <= {*self.values.columns}]
        rows = pd.concat([self._line(line, *lines[line]) for line in held], ignore_index=True)
        both = rows["numerator"].notna() & rows["denominator"].notna()
        wrong = both & (rows["numerator"].where(both, 0) > rows["denominator"].where(both, 0))
        why = [
            f"{row.indicator} counts {row.numerator:,} of {row.denominator:,}"
            for row in rows[wrong].itertuples()
        ]
        return rows[~wrong].reset_index(drop=True), rows_left_out(rows[wrong], why)

    def _line(
        self, line: str, numerator: str, whole: str | None = None, *taken_off: str
    ) -> pd.DataFrame:
        denominator: Any = None if whole is None else self.values[whole]
        for figure in taken_off:
            denominator = denominator - self.values[figure]
        used = [figure for figure in (numerator, whole, *taken_off) if figure is not None]
        levels = self.organisations["org_level"]
        return self.organisations.assign(
            indicator=line,
            numerator=self.values[numerator],
            denominator=denominator,
            mark=self._mark(used),
            numerator_slack=count_slack(levels),
            denominator_slack=count_slack(levels, added_up=1 + len(taken_off)),
            place=self.places[numerator].fillna(""),
        )

    def _mark(self, used: list[str]) -> Any:
        hidden = (self.marks[used] == SUPPRESSED).any(axis="columns")
        lacking = (self.marks[used] == NOT_AVAILABLE).any(axis="columns")
        return np.select([hidden, lacking], [SUPPRESSED, NOT_AVAILABLE], "")

    def added_up(self, parts: list[str], line: str, figure: str, counts: pd.DataFrame) -> Answers:
        """A line's figure once more, as the sum of parts that are printed, none where one is not.

        `counts`: those that were kept; nothing is compared with others.
        """
        kept = counts[counts["indicator"] == line].set_index(ORGANISATION)
        if not set(parts) <= {*self.values.columns}:
            return Answers(printed_cells(kept.reset_index().head(0), figure, []), complete=False)
        printed = self.values[parts].sum(axis="columns", skipna=False)
        added = self.organisations.assign(printed=printed, place=self.places[parts[0]])
        added = added[(self.marks[parts] == "").all(axis="columns")]
        added = added[added.set_index(ORGANISATION).index.isin(kept.index)]
        around = count_slack(added["org_level"], added_up=len(parts))
        rows = added.drop(columns="printed").assign(indicator=line)
        return Answers(printed_cells(rows, figure, added["printed"], around), complete=False)


def printed_shares(rows: pd.DataFrame, shares: Mapping[str, str]) -> Answers:
    """The printed percentages of lines. `shares`: the line that each figure is of."""
    known = rows[rows["figure"].isin(list(shares)) & (rows["mark"] == "")]
    base = known[[*ORGANISATION, "place"]].assign(indicator=known["figure"].map(shares))
    printed = [float(value) / 100 for value in known["value"]]
    cells = printed_cells(base, "value", printed, share_rounding(known["org_level"]))
    return Answers(cells, complete=False)
