"""Something to show: a family's released figures, and tables, charts and sentences of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nhsind.api.charting import code_of
from nhsind.arguments import checked
from nhsind.charts import first_read
from nhsind.charts.first_read import InShort
from nhsind.definitions.catalogue import family_of, load_family, with_variant
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.variant_text import read_variant
from nhsind.errors import UsageError
from nhsind.given import given
from nhsind.narrative import interpretation
from nhsind.narrative.interpretation import Narrative
from nhsind.periods import Period, parse_period
from nhsind.release.computing import compute
from nhsind.release.keeping import load
from nhsind.release.results import Results, own_kind
from nhsind.sources.inputs import Data, open_input
from nhsind.tables import kinds
from nhsind.tables import records as tables_of_records
from nhsind.tables.small_table import Table


@checked
def results(
    family: str | Indicator,
    organisation: str | None = None,
    *,
    period: str | Period | None = None,
    data: Data | None = None,
    released: str | Path | None = None,
    level: str | None = None,
    variant: str | Indicator | None = None,
) -> Results:
    """A family's figures for a notebook: from data to explore, or from what a run released.

    Parameters
    ----------
    family
        Code of the family; or a line, such as a variant, of which alone there are figures.
    organisation
        Code of the organisation looked at; None: the first.
    period
        The report's own; None: the last month of the sample or of published files.
    data
        As `derive` takes it; None: the embedded sample.
    released
        A folder that a publishing run made; nothing else is then read.
    level
        Of the organisations; None: the family's own.
    variant
        In the place of its line: what `nhsind.variant` gave, or a text such as
        `"E.B.3 --set longest_wait_within=16w"`. All that is shown of it says that it is one.

    Raises
    ------
    UsageError
        A variant that there is none of, or one where released figures are shown; an unknown
        organisation, or no period where records do not say which is meant.
    InputError
        Every problem of the input.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> results("rtt", "00A", period="2018-03", data=pathways).figure("E.B.3")["denominator"]
    2
    """
    if released is not None:
        if variant:
            raise UsageError(
                "released figures are of the lines themselves: no variant is published"
            )
        found = load(Path(released))
    else:
        line = family if isinstance(family, Indicator) else None
        definition = family_of(line) if line else load_family(str(family))
        if variant:
            other = read_variant(variant) if isinstance(variant, str) else variant
            definition = with_variant(definition, other)
        read = given(data)
        opened = open_input(definition, read.data)
        if period is None:
            month = read.last_month or opened.latest_month()
            period = month and own_kind(definition, month)
        if period is None:
            raise UsageError("give a period, such as 2018-03: records do not say which is meant")
        found = compute(
            opened,
            period if isinstance(period, Period) else parse_period(period),
            level=level or opened.own_level,
            explore=not read.is_sample,
            codes=[line.code] if line else None,
            described_as=read.described_as,
        )
        found = replace(found, data=None if read.is_sample else read.data)
    return found if organisation is None else found.for_organisation(organisation)


@checked
def table(kind: str, found: Results, *codes: str | Indicator) -> Table:
    """A table of released figures, as HTML in JupyterLab and as text when printed.

    Parameters
    ----------
    kind
        `result` (one line or several), `attrition` (one line), `activity` (several counts),
        `quality` or `provenance`.
    found
        What `results` gave.
    codes
        The lines, by code or themselves.

    Raises
    ------
    UsageError
        An unknown kind or line, a missing one, or lines that the kind cannot show.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = results("rtt", "00A", period="2018-03", data=pathways)
    >>> table("result", found, "E.B.3").rows[0][:3]
    ('00A', '1', '2')
    """
    return kinds.table(kind, found, *(code_of(found, line) for line in codes))


@checked
def examples(found: Results, name: str, *, code: str = "") -> Table:
    """Records that a family's definition carries as an example, with the fate of each.

    Parameters
    ----------
    found
        The results of the notebook that shows them.
    name
        Of the example, in the family's `examples.toml`.
    code
        The line, where the example has fates by several; empty: the first.

    Raises
    ------
    UsageError
        The definition has no such example, or the example no fates by such a line.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2018-04-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = results("rtt", "00A", period="2018-03", data=pathways)
    >>> examples(found, "the_snapshot").rows[0][:2]
    ('started 126 days before', 'Counted: within 18 weeks')
    """
    return tables_of_records.example_table(found, name, code)


@checked
def fate_table(
    code: str | Indicator,
    records: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    period: str | Period,
    found: Results | None = None,
) -> Table:
    """Example records with the fate of each and the reason: how a definition is taught.

    Parameters
    ----------
    code
        An indicator's code, or a variant.
    records
        One table, or tables by name.
    period
        The period that the fates are of.
    found
        The results of the notebook that shows them: the reports of a run then work the fates
        out once.

    Raises
    ------
    UsageError, InputError
        As for `trace`.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2018-04-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> fates = fate_table("E.B.3", pathways, period="2018-03")
    >>> fates.rows[0][:2]
    ('a', 'Counted: within 18 weeks')
    """
    return tables_of_records.fate_table(code, records, period=period, results=found)


@checked
def interpret(
    found: Results, org: str | None = None, *, lines: Collection[str | Indicator] | None = None
) -> Narrative:
    """What a family's released figures say, in sentences.

    Parameters
    ----------
    found
        What `results` gave.
    org
        Another organisation than that of `found`.
    lines
        The lines to tell of, by code or themselves; None: all, and what holds of the family.

    Raises
    ------
    UsageError
        The results do not hold the organisation, or a line.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = results("rtt", "00A", period="2018-03", data=pathways)
    >>> print(interpret(found).paragraphs[0].partition(" (")[0])
    On 31 March 2018, 50.0% of 00A’s 2 incomplete pathways were within 18 weeks
    """
    told = None
    if lines is not None:
        each = [lines] if isinstance(lines, str | Indicator) else lines
        told = [code_of(found, line) for line in each]
    return interpretation.interpret(found, org, told)


@checked
def in_short(found: Results, org: str | None = None) -> InShort:
    """What is read first of a family's released figures: those judged, and what needs attention.

    Parameters
    ----------
    found
        What `results` gave.
    org
        Another organisation than that of `found`.

    Raises
    ------
    UsageError
        The results do not hold the organisation.

    Examples
    --------
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> found = results("rtt", "00A", period="2018-03", data=pathways)
    >>> in_short(found).figures[0].verdict
    'Standard of at least 92%: not met'
    """
    return first_read.in_short(found.for_organisation(org) if org else found)
