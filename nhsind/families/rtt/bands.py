"""Counts by weekly band, as both published formats print them, as rows of `pathways`.

Each band becomes a row that stands for its longest whole-day wait, so that the clauses decide
what is within 18 weeks; the open last band stands for its first day. No limit stands here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from nhsind.periods import Period
from nhsind.sources.banded import NOT_THEIR_TOTAL, both_sums
from nhsind.sources.published import LeftOut

DAYS_IN_WEEK = 7
STOP_TYPES = {"E.M.18": "admitted", "E.M.19": "non_admitted"}
# The line in which the percentage that is printed for a part is checked.
WITHIN_18_WEEKS = {"E.B.3": "E.B.3", "E.M.18": "RTT_ADMITTED", "E.M.19": "RTT_NON_ADMITTED"}


class BandedCounts:
    """Banded counts of one part and month, to be turned into rows of `pathways`."""

    def __init__(
        self,
        line: str,
        period: Period,
        *,
        bands: Any,
        longest: list[int],
        unknown: Any,
        total: Any,
        place: str,
        source_rows: Any,
        columns: dict[str, Any],
        unit: str = "row",
    ) -> None:
        self.line, self.period, self.place = line, period, place
        self.bands, self.longest, self.unknown, self.total = bands, longest, unknown, total
        self.source_rows, self.columns, self.unit = source_rows, columns, unit

    def pathways(self, chosen: Any) -> tuple[pa.Table, list[LeftOut]]:
        """One row per filled band; rows whose bands do not add up are listed and left out."""
        added = self.bands.sum(axis=1)
        added = added if self.line in ("E.B.3", "E.M.20") else added + self.unknown
        # Of rows that are not chosen nothing is said.
        rows = np.flatnonzero(chosen)
        adds_up = added[rows] == self.total[rows]
        wrong = rows[~adds_up]
        left_out = self._left_out(wrong, both_sums(added[wrong], self.total[wrong]))
        chosen = np.zeros(len(chosen), dtype=bool)
        chosen[rows] = adds_up
        units, bands = np.nonzero(self.bands * chosen[:, None])
        waits = np.array(self.longest)[bands]
        counts = self.bands[units, bands]
        end = np.datetime64(self.period.end)
        starts = pa.array(end - waits, type=pa.date32())
        if self.line in STOP_TYPES and self.unknown.any():
            more = np.flatnonzero(self.unknown * chosen)
            units, counts = np.append(units, more), np.append(counts, self.unknown[more])
            starts = pa.concat_arrays([starts, pa.nulls(len(more), pa.date32())])
        number = len(units)
        stopped = self.line in STOP_TYPES
        stop_dates = pa.array([self.period.end if stopped else None] * number, pa.date32())
        stop_types = pa.array([STOP_TYPES.get(self.line)] * number, pa.string())
        columns = {
            name: pa.array(values[units], pa.string()) for name, values in self.columns.items()
        }
        table = pa.table(
            columns
            | {
                "clock_start_date": starts,
                "clock_stop_date": stop_dates,
                "stop_type": stop_types,
                "count": pa.array(counts, pa.int64()),
                "counts_for": pa.array([self.line] * number, pa.string()),
                "counts_in": pa.array([self.period.end] * number, pa.date32()),
            }
        )
        return table, left_out

    def _left_out(self, rows: Any, details: list[str]) -> list[LeftOut]:
        """The rows as left out of the commissioner's figures, and of the provider's."""
        found = []
        for place, row, detail in zip(self._places(rows), rows, details, strict=True):
            for name, level in (("ccg_code", "ccg"), ("provider_code", "provider")):
                if name in self.columns:
                    # The row is one, whosever figures lack it.
                    number = 1 if name == next(iter(self.columns)) else 0
                    code, months = str(self.columns[name][row]), (str(self.period),)
                    item = (place, NOT_THEIR_TOTAL, code, level, (self.line,), months, number)
                    found.append(LeftOut(*item, detail))
        return found

    def totals_printed(self, chosen: Any) -> pd.DataFrame:
        """The publisher's totals: what the treatment functions must add up to."""
        cells = []
        if self.line != "E.B.3":
            cells.append(self._cells(self.line, "numerator", self.total[chosen], chosen))
        if self.line in WITHIN_18_WEEKS:
            known = self.bands[chosen].sum(axis=1)
            cells.append(self._cells(WITHIN_18_WEEKS[self.line], "denominator", known, chosen))
        return pd.concat(cells, ignore_index=True)

    def bands_printed(self, chosen: Any) -> pd.DataFrame:
        """The same band by band, a band being the clock start that it stands for."""
        counts = self.bands[chosen]
        rows = self._cells(WITHIN_18_WEEKS[self.line], "denominator", counts[:, 0], chosen)
        starts = [self.period.end - timedelta(days=days) for days in self.longest]
        each = np.tile(np.arange(len(rows)), len(starts))
        found: pd.DataFrame = rows.iloc[each].assign(
            printed=counts.T.ravel().astype(float),
            clock_start_date=np.repeat(np.array(starts, dtype=object), len(rows)),
        )
        return found.reset_index(drop=True)

    def _places(self, chosen: Any) -> list[str]:
        return [f"{self.place} {self.unit} {row}" for row in self.source_rows[chosen]]

    def _cells(self, line: str, figure: str, numbers: Any, chosen: Any) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "indicator": line,
                "org_level": "ccg",
                "org_code": self.columns["ccg_code"][chosen],
                "period": str(self.period),
                "provider_code": self.columns["provider_code"][chosen],
                "figure": figure,
                "printed": np.asarray(numbers, dtype=float),
                "place": self._places(chosen),
            }
        )
