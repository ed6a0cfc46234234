"""Charts of a line: of figures that were released, or straight from data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nhsind import charts
from nhsind.arguments import checked
from nhsind.charts import Chart
from nhsind.definitions.catalogue import family_of, find
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.questions import Notes, held_lines, refuse_unanswered
from nhsind.errors import UsageError
from nhsind.given import given
from nhsind.periods import Period, parse_periods
from nhsind.release.computing import compute
from nhsind.release.results import Results
from nhsind.sources.inputs import Data, open_input
from nhsind.statistics.adjustments import Adjustments, kind_of_figures
from nhsind.statistics.basis import FEWEST_OF_A_BASELINE as FEWEST

RULES = "mdc-sql-2.5"


def code_of(found: Results, line: str | Indicator) -> str:
    """The code that a line's figures have: of a variant, where one stands in its place."""
    return found.line(line).code if isinstance(line, str) else line.code


@checked
def chart(
    kind: str,
    found: Results,
    *codes: str | Indicator,
    org: str | None = None,
    rules: str = RULES,
    recalculate_at: Sequence[str] | Mapping[str, str] = (),
    baseline: int | Mapping[int, str] | None = None,
    ghost: Sequence[str] | Mapping[str, str] = (),
    control_chart: str | Mapping[str, str] | None = None,
) -> Chart:
    """A chart of released figures: light SVG, with a description and the figures as a table.

    Parameters
    ----------
    kind
        `spc`, `funnel`, `ranked`, `spread`, `trend` or `attrition`.
    found
        What `results` gave.
    codes
        The lines, one for each kind but `trend`; none: the family's first that is no count.
    org
        Another organisation than that of `found`.
    rules
        Of `spc`: `mdc-sql-2.5`, `mdc-2023` or `ptd-0.2`.
    recalculate_at
        Of `spc`: periods from which limits are made anew, with reasons if it is a mapping.
    baseline
        Of `spc`: the number of first points whose limits hold, or a mapping of it to the reason.
    ghost
        Of `spc`: periods that are shown and left out otherwise, with reasons if it is a mapping.
    control_chart
        Of `spc`: `XmR`, `p`, `p'`, `u` or `u'`, or a mapping of it to the reason; None: the one
        that suits the line, of which the caption says why.

    Raises
    ------
    UsageError
        An unknown kind, line, organisation or rule set, or a line that a kind cannot show.

    Examples
    --------
    >>> import pandas as pd
    >>> from nhsind.api.showing import results
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00B", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = results("rtt", "00A", period="2018-03", data=pathways)
    >>> print(chart("ranked", found, "E.B.3").alt.partition(":")[0])
    Dot chart of Incomplete RTT pathways within 18 weeks, March 2018
    """
    if not codes:
        lines = found.family.indicators.values()
        first = next((line.code for line in lines if not line.is_count), None)
        codes = (first or next(iter(found.family.indicators)),)
    adjustments = _adjustments(recalculate_at, baseline, ghost, control_chart)
    return charts.chart(
        kind,
        found,
        *(code_of(found, line) for line in codes),
        org=org,
        rules=rules,
        adjustments=adjustments,
    )


def _adjustments(
    recalculate_at: Sequence[str] | Mapping[str, str],
    baseline: int | Mapping[int, str] | None,
    ghost: Sequence[str] | Mapping[str, str],
    control_chart: str | Mapping[str, str] | None,
) -> Adjustments | None:
    """What was asked of a control chart; None where nothing was."""
    if not recalculate_at and baseline is None and not ghost and control_chart is None:
        return None
    kinds = _reasons(control_chart or ())
    if len(kinds) > 1:
        raise UsageError(f"one control chart is drawn, not {len(kinds)}")
    kind = next(((kind_of_figures(name), why) for name, why in kinds.items()), None)
    points = baseline if isinstance(baseline, Mapping) else {baseline: ""}
    held = None
    for count, reason in points.items():
        if count is not None:
            if isinstance(count, bool) or not isinstance(count, int) or count < FEWEST:
                raise UsageError(f'a baseline is {FEWEST} first points or more, not "{count}"')
            held = (count, reason)
    return Adjustments(_reasons(recalculate_at), held, _reasons(ghost), kind)


def _reasons(given: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    named = [given] if isinstance(given, str) else given
    return dict(named) if isinstance(named, Mapping) else dict.fromkeys(named, "")


def chart_of(
    kind: str,
    code: str | Indicator,
    *,
    data: Data | None,
    period: str | Period | Sequence[str | Period],
    org: str,
    level: str | None = None,
    source: str | None = None,
    rules: str = RULES,
    recalculate_at: Sequence[str] | Mapping[str, str] = (),
    baseline: int | Mapping[int, str] | None = None,
    ghost: Sequence[str] | Mapping[str, str] = (),
    control_chart: str | Mapping[str, str] | None = None,
    covers: str | None = None,
    tolerance: str | float | None = None,
) -> Chart:
    """A chart of one line straight from data: the periods given, the last of them the chart's own.

    The figures are released under the family's disclosure policy first. Parameters as for
    `chart` and `derive`. Raises as `derive`, and DisclosureError where release refuses.
    """
    line = find(code)
    periods = parse_periods(period)
    refuse_unanswered([line], periods, {line.code}, Notes())
    kinds = {each.kind for each in periods}
    if len(kinds) > 1:
        raise UsageError(f"a chart shows periods of one kind, not {' and '.join(sorted(kinds))}")
    last, first = periods[-1], periods[0]
    history = next(step for step in range(10**4) if last.shift(-step) == first)
    read = given(data)
    opened = open_input(
        family_of(line),
        read.data,
        source=source,
        level=level,
        covers=covers,
        tolerance=tolerance,
    )
    held_lines(opened, [line], {line.code}, Notes())
    found = compute(
        opened,
        last,
        level=level or opened.own_level,
        history=history,
        codes=[line.code],
        described_as=read.described_as,
    )
    return chart(
        kind,
        found,
        line.code,
        org=org,
        rules=rules,
        recalculate_at=recalculate_at,
        baseline=baseline,
        ghost=ghost,
        control_chart=control_chart,
    )
