"""What a published folder tells of the counts that it hides: `audit`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions.catalogue import load_family
from nhsind.errors import UsageError
from nhsind.geography import Geography
from nhsind.periods import parse_period
from nhsind.release.computing import organisations_above
from nhsind.release.outsider import COLUMNS, what_is_told
from nhsind.release.policies import policy_named
from nhsind.release.shown_cells import BASE_LEVELS
from nhsind.release.unknowns import Above
from nhsind.report.published_tables import PublishedFolder, read_publication
from nhsind.sources.belonging import is_there
from nhsind.sources.geography_files import read_geography

GEOGRAPHY = "geography.csv"


@checked
def audit(folder: str | Path, geography: str | Path | None = None) -> pd.DataFrame:
    """Which hidden counts of a published folder could be narrowed, and by what.

    Reads what anybody can read: the output tables in the folder (CSV, JSON) and the recent past of
    lines that are counts, with the rule of each table, what adds up among lines, periods and
    organisations, and the values and verdicts that are printed.

    Parameters
    ----------
    folder
        What `run` published, or any folder of output tables.
    geography
        A `geography.csv` that says who is in whom, or a folder with one; None: one in `folder`,
        else the groups that the pages name.

    Returns
    -------
    pandas.DataFrame
        A row for each count: what the rule `hides`, what is `left` of it, and the cells that tell
        (`by`). No rows: every hidden count keeps the whole range of its rule.

    Raises
    ------
    InputError
        It is no published folder, or a table in it is damaged.
    UsageError
        There is no such geography.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = [("A", "1", ""), ("B", "", "[c]"), ("ENGLAND", "12", "")]
    >>> head = "indicator,org_level,org_code,period,numerator,denominator,numerator_mark"
    >>> with TemporaryDirectory() as place:
    ...     lines = [
    ...         f"E.M.10,{'england' if code == 'ENGLAND' else 'ccg'},{code},2018-03,{n},,{mark}"
    ...         for code, n, mark in rows
    ...     ]
    ...     _ = (Path(place) / "table.csv").write_text("\\n".join([head, *lines]))
    ...     audit(place)[["org_code", "hides", "left", "by"]].values.tolist()
    [['A', '1 to 7', '1', 'what is printed of it']]
    """
    if not str(folder).strip():
        raise UsageError("audit: folder is empty")
    found = read_publication(Path(folder))
    known = _geography(Path(folder), None if geography is None else Path(geography))
    parts = []
    for code in sorted({table.family for table in found.tables}):
        family = load_family(code)
        own = [table for table in found.tables if table.family == code]
        tables = [(table.frame, policy_named(table.policy, family)) for table in own]
        hiding = [each for each in tables if each[1].rule == "suppress"]
        if hiding:
            parts.append(what_is_told(hiding, family, _above(found, code, known)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _geography(folder: Path, given: Path | None) -> Geography | None:
    path = folder if given is None else given
    path = path / GEOGRAPHY if is_there(path) and path.is_dir() else path
    if is_there(path):
        return read_geography(path)
    if given is None:
        return None
    raise UsageError(f"there is no geography {str(path)[:200]}")


def _above(found: PublishedFolder, family: str, geography: Geography | None) -> Above:
    """Who is in whom: by the geography, else by the names of groups that the pages say."""
    frames = [table.frame for table in found.tables if table.family == family]
    rows = pd.concat([frame[["org_level", "org_code", "period"]] for frame in frames])
    above: dict[tuple[str, str, str], dict[str, str]] = {}
    for level in rows["org_level"].unique():
        mine = rows[rows["org_level"] == level]
        periods = sorted({parse_period(text) for text in mine["period"]})
        above |= organisations_above(geography, level, periods)
        if geography is None and level in BASE_LEVELS:
            for code, period in set(zip(mine["org_code"], mine["period"], strict=True)):
                above[level, code, period] = found.groups_of(family, code)
    return above
