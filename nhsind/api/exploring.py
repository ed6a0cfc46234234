"""What if: a line with another limit, standard or reading, or without one of its clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from nhsind.arguments import checked
from nhsind.charts import Chart
from nhsind.charts.flows import comparison_charts
from nhsind.definitions import variants
from nhsind.definitions.catalogue import family_of, find
from nhsind.definitions.indicators import Indicator
from nhsind.derivation import comparing
from nhsind.derivation.comparing import Comparison
from nhsind.derivation.opening import open_for
from nhsind.derivation.organisations_asked import unknown_organisation
from nhsind.errors import NoFigureError, UsageError
from nhsind.geography import ENGLAND
from nhsind.given import SAMPLE_IN_WORDS, given
from nhsind.narrative.differences import tell_comparison
from nhsind.narrative.no_figures import as_html, told_of
from nhsind.periods import Period, parse_periods
from nhsind.release.results import Results
from nhsind.sources.inputs import Data
from nhsind.tables.comparison import comparison_table
from nhsind.tables.small_table import Table, sentences_alone

Periods = str | Period | Sequence[str | Period]


@dataclass(frozen=True)
class Compared(Comparison):
    """A comparison that shows itself: its sentences, the flows drawn, the figures side by side.

    `without`: why there is nothing to compare.
    """

    without: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """What it says: the national effect, the verdicts that turn, who changes."""
        return list(self.without) or tell_comparison(self)

    @property
    def table(self) -> Table:
        """The figures side by side, of the first organisations, as a table to read."""
        return sentences_alone(self.without) if self.without else comparison_table(self)

    @property
    def charts(self) -> list[Chart]:
        """The units that change their fate, drawn as flows between fates: a chart a period."""
        return [] if self.without else comparison_charts(self)

    def __repr__(self) -> str:
        if self.without:
            return "\n".join(self.without)
        return "\n".join([*self.sentences, repr(self.table)])

    def _repr_html_(self) -> str:
        if self.without:
            return as_html(self.without)
        said = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        drawn = "".join(chart.figure for chart in self.charts if chart.svg)
        return f"{said}{self.table._repr_html_()}{drawn}"


@checked
def variant(
    code: str | Indicator,
    *,
    limits: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    without: str | Sequence[str] = (),
) -> Indicator:
    """A variant of a line: the same rules with other values.

    `derive`, `trace`, `define`, `results`, `chart` and `compare` take it as they take a code. Its
    own code has a star, and all that is shown of it says in what it differs. Values that the line
    has anyway give the line itself.

    Parameters
    ----------
    code
        An indicator's code, or a variant, whose differences it keeps.
    limits
        Values by the name of the limit: `{"longest_wait_within": "-112d"}`; `standard` is the
        line's standard: `{"standard": "90%"}`.
    readings
        Choices by the code of the reading: `{"A34": "document"}`.
    without
        Clauses or faults that are left out.

    Raises
    ------
    UsageError
        A limit, reading, choice or clause that the line does not have, or a value that cannot be;
        the message names those there are.

    Examples
    --------
    >>> line = variant("E.B.3", limits={"longest_wait_within": "-112d"})
    >>> line.code, line.title
    ('E.B.3*', 'Incomplete RTT pathways within 16 weeks')
    >>> line.variant_words
    'a variant of E.B.3: longest wait within 112 days (16 weeks) instead of 126 days (18 weeks)'
    """
    for name, values in (("limits", limits), ("readings", readings)):
        if values is not None and not isinstance(values, Mapping):
            raise UsageError(f"variant: {name} is values by name, not {type(values).__name__}")
    line = find(code)
    return variants.variant(
        line,
        family_of(line),
        limits={str(name): str(value) for name, value in (limits or {}).items()},
        readings={str(name): str(value) for name, value in (readings or {}).items()},
        without=[without] if isinstance(without, str) else list(without),
    )


@checked
def compare(
    line: str | Indicator,
    variant: Indicator,
    *,
    data: Data | None = None,
    period: Periods,
    level: str | None = None,
    org: str | Sequence[str] | None = None,
    source: str | None = None,
    engine: str = "duckdb",
    covers: str | None = None,
    tolerance: str | float | None = None,
    columns: str | Sequence[str] | None = None,
) -> Compared:
    """A line and a variant side by side: figures, verdicts, and the units that change.

    Parameters
    ----------
    line
        An indicator's code, or a line itself.
    variant
        What `nhsind.variant` gave of it.
    data, period, level, source, engine, covers, tolerance
        As for `derive`.
    org
        Only these organisations.
    columns
        Columns of the records, your own too, that `units` shows beside.

    Returns
    -------
    Compared
        `figures` (a row per organisation and period: each figure, and with `_then` that of the
        variant, `difference` and `verdict`), `flows` (how many units go from which fate to which),
        `units` (those units, with their dates) and `sentences`.

    Raises
    ------
    UsageError
        A variant of another line, an unknown name, or a period that the line does not answer.
    InputError
        Every problem of the input.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2017-12-01", None, None), ("b", "00A", "2018-03-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> sooner = variant("E.B.3", limits={"longest_wait_within": "-112d"})
    >>> found = compare("E.B.3", sooner, data=pathways, period="2018-03", org="00A")
    >>> found.figures[["numerator", "numerator_then", "verdict"]].to_numpy().tolist()
    [[2, 1, 'no longer met']]
    >>> found.units[["record_id", "was", "becomes", "becomes_because"]].to_numpy().tolist()
    [['a', 'numerator', 'denominator', 'within_18_weeks']]
    """
    own = find(line)
    if variant.own_code != own.own_code:
        raise UsageError(f"{variant.code} is no variant of {own.code}")
    periods, both = parse_periods(period), [own, variant]
    shown = [name.strip() for name in ([columns] if isinstance(columns, str) else columns or ())]
    opened = open_for(
        both,
        given(data).data,
        periods=periods,
        level=level,
        source=source,
        covers=covers,
        tolerance=tolerance,
        also=[name.lower() for name in shown],
        engine=engine,
    )
    covered = [each for each in periods if all(opened.covers(line, each) for line in both)]
    found = comparing.compare(
        opened,
        own,
        variant,
        periods=covered,
        level=level or opened.own_level,
        engine=engine,
        columns=shown,
    )
    if org is not None:
        wanted = [org] if isinstance(org, str) else list(org)
        codes = {code.strip().upper() for code in wanted}
        present = sorted(set(found.figures["org_code"]))
        for code in sorted(codes - set(present)):
            levels = found.figures["org_level"]
            raise unknown_organisation(code, present, levels, [opened.geography])
        found = found.of(codes)
    return Compared(found.line, found.variant, found.figures, found.flows, found.units)


@checked
def what_if(
    found: Results,
    code: str | Indicator,
    *,
    data: Data | None = None,
    period: str | Period | None = None,
    limits: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    without: str | Sequence[str] = (),
) -> Compared:
    """What a line of a notebook's results would be with other values: its organisation and all.

    Where the data hold nothing of the line, or not of the period, it says so.

    Parameters
    ----------
    found
        What `results` gave.
    code
        A line of its family.
    data
        Other data than the results were derived from; None: those.
    period
        Another than that of the results.
    limits, readings, without
        As for `variant`.

    Raises
    ------
    UsageError
        As `variant`; the results do not hold the line, or are released and no data are given.
    InputError
        Every problem of the input.

    Examples
    --------
    >>> import nhsind as ind
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2017-12-01", None, None), ("b", "00A", "2018-03-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> rtt = ind.results("rtt", "00A", period="2018-03", data=pathways)
    >>> found = what_if(rtt, "E.B.3", limits={"longest_wait_within": "16w"})
    >>> found.figures[["org_code", "numerator", "numerator_then"]].to_numpy().tolist()
    [['00A', 2, 1], ['ENGLAND', 2, 1]]
    """
    line = found.line(code if isinstance(code, str) else code.code)
    if data is None and found.data is None and found.source != SAMPLE_IN_WORDS:
        raise UsageError("released figures have no records behind them: give what_if its data")
    other = variant(line, limits=limits, readings=readings, without=without)
    try:
        return compare(
            line,
            other,
            data=found.data if data is None else data,
            period=period or found.period_of(line.code),
            level=found.level,
            org=list(dict.fromkeys([found.organisation, ENGLAND])),
        )
    except NoFigureError as error:
        _, why_none = told_of(found, [line.code])
        nothing = pd.DataFrame()
        said = why_none or (f"There is nothing to compare: {error}.",)
        return Compared(line, other, nothing, nothing, nothing, said)
