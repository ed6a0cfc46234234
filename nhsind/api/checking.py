"""Is the input as it should be? Every problem at once, and what some lines leave out."""

from __future__ import annotations

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.derivation.examples import check_examples
from nhsind.derivation.judged_on_part import judged_on_part_in_all
from nhsind.derivation.questions import Notes, as_problems
from nhsind.engines.embedded import DUCKDB
from nhsind.errors import InputError, Problem
from nhsind.given import given
from nhsind.sources.belonging import shares
from nhsind.sources.folders import given_singly
from nhsind.sources.inputs import Data, open_input
from nhsind.sources.lost_months import coverages
from nhsind.sources.remarks import remark_findings
from nhsind.sources.returns_held import not_given, returns_held
from nhsind.sources.unusual_findings import unusual_of_all

COLUMNS = ["family", "table", "fault", "rows", "left_out_of", "about", "places"]


@checked
def check_definitions(own: bool = False) -> pd.DataFrame:
    """Check definitions of one's own: every slip in them, and the examples that they carry.

    Those of the folders of NHSIND_DEFINITIONS (`--definitions`) and of installed packages.

    Parameters
    ----------
    own
        Whether nhsind's own families are checked too.

    Returns
    -------
    DataFrame
        family, example, indicator (or variant), period, records, as_expected (how many of the
        records have the fate that is expected of them: all, or it is an error).

    Raises
    ------
    InputError
        A definition has slips, or a record has another fate than its example expects; every one
        is named.

    Examples
    --------
    Where there are no definitions of one's own there is nothing to check:

    >>> check_definitions()["example"].tolist()
    []
    """
    return check_examples(own)


@checked
def check(
    data: Data | None = None,
    family: str | None = None,
    *,
    source: str | None = None,
    strict: bool = False,
    covers: str | None = None,
    tolerance: str | float | None = None,
    engine: str = DUCKDB,
    notes: Notes | None = None,
) -> pd.DataFrame:
    """Check the input of a family, or of every family that the data hold.

    Parameters
    ----------
    data
        As `derive` takes it; None: the embedded sample.
    family
        Code of a family; None: every family that the data hold something of.
    source
        Name of a published layout; None: recognised.
    strict
        Whether a record that cannot be true, or an unusual number, is an error too.
    covers, tolerance, engine
        As for `derive`.
    notes
        Collects what each table covers, and why.

    Returns
    -------
    DataFrame
        The records that some lines leave out, one row a fault; those that count and lack what would
        tell more; and the organisations' months with unusual numbers: family, table, fault, rows,
        left_out_of (the lines), about, places (the first of them). What each table covers, and why,
        stands in its `attrs["notes"]`.

    Raises
    ------
    InputError
        Something cannot be read: holds every problem of every family.

    Examples
    --------
    >>> import pandas as pd
    >>> stops_first = pd.DataFrame(
    ...     [("a", "00A", "2018-03-02", "2018-03-01", "admitted")],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> check(stops_first, "rtt")[["fault", "rows"]].to_numpy().tolist()
    [['stop_before_start', 1]]
    """
    told = notes if notes is not None else Notes()
    problems: list[Problem] = []
    rows: list[dict[str, object]] = []
    codes = family_codes() if family is None else [load_family(family.lower()).code]
    for code, own in shares(given(data).data, codes, source).items():
        try:
            opened = open_input(
                load_family(code),
                own,
                source=source,
                covers=covers,
                tolerance=tolerance,
                engine=engine,
            )
        except InputError as error:
            problems += error.problems
            continue
        findings = [*opened.findings, *remark_findings(opened), *unusual_of_all(opened)]
        if strict:
            problems += as_problems([item for item in findings if item.is_refused])
        told.remarks += opened.notes
        if opened.is_published:  # which cover what they hold
            told.remarks += given_singly(own, opened.contents)
        else:
            told.remarks += [f"{code}/{known}" for known in coverages(opened)]
            told.remarks += judged_on_part_in_all(opened)
        told.remarks += returns_held(opened) + not_given(opened)
        rows += [
            {
                "family": code,
                "table": item.table,
                "fault": item.fault,
                "rows": item.rows,
                "left_out_of": " ".join(item.lines) if item.left_out else "",
                "about": "; ".join(filter(None, (item.about, item.detail))),
                "places": "; ".join(item.places),
            }
            for item in findings
        ]
    if problems:
        raise InputError(dict.fromkeys(problems))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs["notes"] = told.lines()
    return table
