"""The grid of variation by assurance."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.arguments import checked
from nhsind.charts import Chart
from nhsind.charts.grid import line_grid, organisation_grid
from nhsind.errors import UsageError
from nhsind.release.results import Results


@checked
def grid(
    found: Results | Sequence[Results], code: str | None = None, *, org: str | None = None
) -> Chart:
    """Variation across, assurance down: an organisation's lines, or a line's organisations.

    Each is placed by the control chart of its released figures, the latest of which is the
    report's own. What release hides or rounds has no place, and it is said how many that are.

    Parameters
    ----------
    found
        What `results` gave, of one family or of several.
    code
        A line, over all organisations; None: the organisation over all lines.
    org
        Another organisation than that of `found`.

    Returns
    -------
    Chart
        The picture with its description; `table` has every line or organisation.

    Raises
    ------
    UsageError
        An unknown line or organisation, a line of several families, or no results.

    Examples
    --------
    >>> import pandas as pd
    >>> from nhsind.api.showing import results
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> grid(results("rtt", "00A", period="2018-03", data=pathways)).table.rows[0][1]
    'fewer than 15 points with a figure'
    """
    families = [found] if isinstance(found, Results) else list(found)
    if not families:
        raise UsageError("a grid needs the results of at least one family")
    if code is None:
        return organisation_grid([each.for_organisation(org) if org else each for each in families])
    if len(families) > 1:
        raise UsageError(f"a line is of one family: give the results that {code} is in")
    families[0].line(code)
    if org is not None:
        raise UsageError("give a line or an organisation, not both")
    return line_grid(families[0], code)
