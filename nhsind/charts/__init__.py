"""Charts from released figures: light SVG, direct labels, readable in grey, figures as a table.

matplotlib draws them; what all organisations share is drawn once.
Colours follow the Government Analysis Function's palette; every difference is also one of mark
or dash, and each chart carries a description written from the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nhsind.charts.base import Chart, undrawn
from nhsind.charts.board import prepare
from nhsind.charts.control import control_chart
from nhsind.charts.funnel_layer import funnel_of
from nhsind.charts.funnel_plot import funnel_chart
from nhsind.charts.national import layer
from nhsind.charts.ranked import ranked_chart
from nhsind.charts.ranking import ranked_layer
from nhsind.charts.spread import spread_chart
from nhsind.charts.steps import attrition_chart
from nhsind.charts.svg import noted
from nhsind.charts.trend import trend_chart
from nhsind.errors import UsageError, unknown
from nhsind.geography import ENGLAND
from nhsind.narrative.no_figures import told_of
from nhsind.release.policies import rule_in_short
from nhsind.release.results import Results
from nhsind.statistics.adjustments import Adjustments
from nhsind.statistics.funnels import KINDS as FUNNEL_KINDS
from nhsind.tables.kinds import variants_told, with_rule, with_variants
from nhsind.tables.small_table import sentences_alone

__all__ = ["KINDS", "Chart", "chart", "make_national_layers", "prepare"]

# England has a history, and no place among organisations.
OVER_TIME = ("spc", "trend")
KINDS = ("spc", "funnel", "ranked", "spread", "trend", "attrition")


def chart(
    kind: str,
    results: Results,
    *codes: str,
    org: str | None = None,
    rules: str = "mdc-sql-2.5",
    adjustments: Adjustments | None = None,
) -> Chart:
    """A chart of a family's released figures.

    `kind`: `spc` (a control chart over time), `funnel` (all organisations by size), `ranked` (the
    organisation among its neighbours), `spread` (all organisations in order of value), `trend`
    (the periods before; one line beside England, or several in one unit), `attrition` (what
    remains after each rule). `codes`: the lines, one for each kind but `trend`; `org`: another
    organisation, or over time ENGLAND. `rules` and `adjustments` are for `spc`: the rule set, and
    kind, recalculations, baseline and ghosted points; None: those of the results. Of lines that
    have no figures it says why. Raises UsageError for an unknown kind, line, organisation or rule
    set, and for a line that a kind cannot show.
    """
    if kind not in KINDS:
        raise unknown("chart", kind, KINDS)
    if not codes:
        raise UsageError("a chart needs at least one line, such as E.B.3")
    if len(codes) > 1 and kind != "trend":
        raise UsageError(f"the chart {kind} shows one line, not {len(codes)}")
    looked_at = _looked_at(results, kind, org)
    held, why_none = told_of(looked_at, codes)
    if not held:
        return undrawn(" ".join(why_none), sentences_alone(why_none))
    made = _of_kind(kind, looked_at, codes=held, rules=rules, adjustments=adjustments)
    made = _with_rule(_with_variants(made, looked_at, held), looked_at)
    return replace(made, caption=" ".join([made.caption, *why_none])) if why_none else made


def _looked_at(results: Results, kind: str, org: str | None) -> Results:
    """The results of another organisation, or over time of England."""
    if org and org.strip().upper() == ENGLAND and kind in OVER_TIME:
        return results.for_england()
    return results.for_organisation(org) if org else results


def _with_variants(made: Chart, results: Results, codes: Sequence[str]) -> Chart:
    """The chart with what its lines differ in, where they are variants."""
    told = " ".join(variants_told(results, codes))
    if not told:
        return made
    alt = f"{made.alt} {told}"
    return replace(
        made,
        svg=noted(made.svg, told, (made.alt, alt)),
        alt=alt,
        caption=f"{made.caption} {told}",
        table=with_variants(made.table, results, codes),
    )


def _with_rule(made: Chart, results: Results) -> Chart:
    """The chart with what holds of its figures under their policy, where they are not exact."""
    words = rule_in_short(results.figures.policy)
    if not words:
        return made
    return replace(made, caption=f"{made.caption} {words}", table=with_rule(made.table, results))


def _of_kind(
    kind: str,
    looked_at: Results,
    *,
    codes: Sequence[str],
    rules: str,
    adjustments: Adjustments | None,
) -> Chart:
    if kind == "spc":
        return control_chart(looked_at, codes[0], rules, adjustments)
    if kind == "trend":
        return trend_chart(looked_at, codes)
    make = {
        "funnel": funnel_chart,
        "ranked": ranked_chart,
        "spread": spread_chart,
        "attrition": attrition_chart,
    }[kind]
    return make(looked_at, codes[0])


def make_national_layers(results: Results) -> None:
    """Make what the charts of every organisation share, for each line in the results' period.

    It is kept in `results.layers`, which a run stores beside the released figures for its reports.
    """
    results.look_ahead(results.names.keys())
    held = set(results.figures.frame["indicator"])
    for code in (code for code in results.family.indicators if code in held):
        layer(results, "ranked", code, ranked_layer)
        if results.line(code).kind in FUNNEL_KINDS:
            for group in {"": None} | dict.fromkeys(sorted(results.peers.values())):
                funnel_of(results, code, group)
