"""Figures derived from a published file, compared with what its publisher printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nhsind.arguments import checked
from nhsind.definitions.catalogue import load_family
from nhsind.derivation import reconciliation
from nhsind.derivation.reconciliation import Reconciliation
from nhsind.sources.inputs import Data


@checked
def reconcile(
    family: str,
    data: Data,
    *,
    source: str | None = None,
    published: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    revisions: bool = False,
    covers: str | None = None,
    tolerance: str | float | None = None,
) -> Reconciliation:
    """Derive from published files and compare every cell that the publisher printed.

    Parameters
    ----------
    family
        Code of the family.
    data
        Published files; those that hold only printed totals serve as further answers.
    source, progress, revisions, covers, tolerance
        As for `derive`.
    published
        A file with further answers.

    Returns
    -------
    Reconciliation
        `summary`, `differences` and `cells` (DataFrames), `agrees`, and `notes`.

    Raises
    ------
    InputError
        Something cannot be read, or nothing can be compared.

    Examples
    --------
    A file of early intervention as published, of one commissioner and one month, and the
    publisher's total:

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> bands = [f"Gt_{week}_{week + 1}_Weeks" for week in range(12)]
    >>> heading = ["Date", "Provider_Org_code", "Provider_name", "Org_Code", "CCG_Name"]
    >>> heading += ["Description", *bands, "Gt_12_Plus_Weeks", "Total_Pathways"]
    >>> row = ["01/04/2017", "RX1", "Trust", "00A", "CCG", "EIP pathways completed this month"]
    >>> row += ["5", "0", "0", "5", *["0"] * 9, "10"]
    >>> with TemporaryDirectory() as folder:
    ...     printed = Path(folder) / "eip.csv"
    ...     _ = printed.write_text("\\n".join([",".join(heading), ",".join(row)]))
    ...     done = reconcile("eip", printed)
    >>> done.agrees, int(done.summary["compared"].sum())
    (True, 28)
    """
    return reconciliation.reconcile(
        load_family(family.lower()),
        data,
        source=source,
        published=published,
        progress=progress,
        revisions=revisions,
        covers=covers,
        tolerance=tolerance,
    )
