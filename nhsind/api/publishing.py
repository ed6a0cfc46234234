"""Many reports at once: run a plan, see what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions.catalogue import load_family
from nhsind.derivation import schedule
from nhsind.engines.embedded import DUCKDB, ENGINES
from nhsind.errors import UsageError, unknown
from nhsind.given import given
from nhsind.report import run as running
from nhsind.report.plan_reading import read_plan
from nhsind.report.summary import Summary
from nhsind.sources.inputs import Data


@checked
def run(
    parameters: str | Path,
    data: Data | None = None,
    *,
    out: str | Path = "reports",
    jobs: int | None = None,
    runner: str | None = None,
    force: bool = False,
    strict: bool = False,
    scheduler: str | None = None,
    due: bool = False,
    as_of: str | date | None = None,
    before_release: bool = False,
    keep_editions: int = 5,
    covers: str | None = None,
    tolerance: str | float | None = None,
    engine: str = DUCKDB,
) -> Summary:
    """Publish the reports of a run plan: notebooks x organisations x periods.

    Everything is checked, derived and released before the first report runs, and every report is
    made before the first is published. A report that fails is named in the summary and the index.

    Parameters
    ----------
    parameters
        The plan's file.
    data
        In place of the plan's; where neither names any: the embedded sample.
    out
        The folder to publish to.
    jobs
        How many reports at once; None: one a core.
    runner
        `fork` or `kernel`; None: `fork` where the system has it.
    force
        Make every report again, also those up to date.
    strict
        Whether a record that cannot be true is an error.
    scheduler
        Address of a Dask cluster that makes the reports.
    due
        Of each family the periods due on `as_of`, in place of the plan's.
    as_of
        The day for `due`; None: today. What is due and not covered by the data waits.
    before_release
        Make pages before `release_datetime`, for those who may see them; every page says so.
    keep_editions
        How many earlier editions of a revised table stay in the folder.
    covers, tolerance, engine
        As for `derive`; the tolerance in place of the plan's.

    Raises
    ------
    InputError, UsageError, DisclosureError, HeldError, NhsindError
        The plan or the data are wrong, release refuses, another run holds the folder, or the
        system does not let it write. Nothing published is then touched.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> pathways = pd.DataFrame(
    ...     [("a", "00A", "2018-03-01", None, None), ("b", "00A", "2017-06-01", None, None)],
    ...     columns="pathway_id ccg_code clock_start_date clock_stop_date stop_type".split(),
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder)
    ...     (place / "rtt").mkdir()
    ...     pathways.to_csv(place / "rtt" / "pathways.csv", index=False)
    ...     plan = "family: rtt\\nperiods: 2018-03\\norganisations: all\\nmode: explore\\n"
    ...     _ = (place / "plan.yaml").write_text(plan)
    ...     done = run(place / "plan.yaml", data=[place], out=place / "reports")
    ...     done.exit_status, (place / "reports" / "index.html").exists()
    (0, True)
    """
    plan = read_plan(Path(parameters), needs_periods=not due)
    if engine not in ENGINES:
        raise unknown("engine", engine, ENGINES)
    plan = replace(plan, covers=covers, tolerance=tolerance or plan.tolerance, engine=engine)
    read = given(plan.data if data is None else data)
    return running.run(
        plan,
        read.data,
        Path(out),
        described_as=read.described_as,
        jobs=jobs,
        runner=runner,
        force=force,
        strict=strict,
        scheduler=scheduler,
        due=due,
        as_of=None if as_of is None else _day(as_of),
        before_release=before_release,
        editions=keep_editions,
    )


@checked
def due(as_of: str | date, family: str | None = None) -> pd.DataFrame:
    """Which families and periods are due on a day: the last that have ended.

    Parameters
    ----------
    as_of
        The day, as `2018-04-10`.
    family
        Code of a family; None: all.

    Raises
    ------
    UsageError
        It is not a day, or there is no such family.

    Examples
    --------
    >>> due("2018-04-10", "rtt")["period"].tolist()
    ['2018-03']
    """
    families = None if family is None else [load_family(family.lower()).code]
    return schedule.due(_day(as_of), families)


def _day(text: str | date) -> date:
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'"{text}" is not a day: write 2018-04-10') from None
