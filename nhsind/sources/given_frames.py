"""Input that is given as frames: by the name of a table, or one frame alone."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Given
from pathlib import Path
from typing import Any

import duckdb

from nhsind.definitions.family import Family
from nhsind.engines.embedded import Embedded
from nhsind.engines.ibis_tables import Ibis, is_ibis
from nhsind.engines.spark import Spark, is_spark
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import Geography
from nhsind.sources.arrow_tables import as_arrow
from nhsind.sources.belonging import SIDE_TABLES, is_there
from nhsind.sources.checked_input import Input
from nhsind.sources.checking import typed_by
from nhsind.sources.coverage import Declared
from nhsind.sources.databases import database_table, store_database_table
from nhsind.sources.declared import check_coverage, read_coverage
from nhsind.sources.geography_files import geography_from_frame
from nhsind.sources.lying_tables import lying, typed_where_it_lies
from nhsind.sources.plans import check_plans, read_plans
from nhsind.sources.record_checks import check_tables
from nhsind.sources.reference_files import read_geography_files
from nhsind.sources.stored import Stored, columns_given
from nhsind.sources.tabular import store_file, store_frame


def open_frames(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    *,
    data: Any,
    geography: Any,
    level: str | None,
    also: Collection[str],
) -> Input:
    """Check what is given as a dict of table name to frame, or as one frame; see `open_input`."""
    if not isinstance(data, Given):
        if len(family.tables) != 1:
            raise UsageError(
                f"{family.code} needs a dict of table name to frame: {', '.join(family.tables)}"
            )
        data = {next(iter(family.tables)): data}
    strange = [name for name in data if name not in {*family.tables, *SIDE_TABLES}]
    if strange:
        raise unknown("table", strange[0], [*family.tables, *SIDE_TABLES])
    problems: list[Problem] = []
    if not set(data) & set(family.tables):
        problems.append(Problem("data", "holds no table", allowed=", ".join(family.tables)))
    tables = {name: frame for name, frame in data.items() if name in family.tables}
    place = place_of(tables) or Embedded(con)
    raws = {}
    for name, frame in tables.items():
        try:
            if isinstance(place, Embedded):
                raws[name] = _store_given(con, name, frame)
            else:
                place.given(f"{name}_raw", frame)
                raws[name] = lying(place, f"{name}_raw", name)
        except InputError as error:
            problems += error.problems
    known: Geography | None = None
    places = data.get("geography", geography)
    if isinstance(places, str | Path):
        known = read_geography_files([Path(places)])
    elif places is not None:
        known = geography_from_frame(places)
    plans = None
    if "plans" in data:
        plans, plan_problems = (
            read_plans(_side_file(data["plans"]))
            if isinstance(data["plans"], str | Path)
            else check_plans(as_arrow(data["plans"]).to_pandas(), "plans")
        )
        problems += plan_problems
    declared = Declared()
    if "coverage" in data:
        given = data["coverage"]
        declared, coverage_problems = (
            read_coverage(_side_file(given), family)
            if isinstance(given, str | Path)
            else check_coverage(as_arrow(given).to_pandas(), family, "coverage")
        )
        problems += coverage_problems
    findings = check_tables(
        family,
        place,
        typed_by(con) if isinstance(place, Embedded) else typed_where_it_lies(place),
        raws=raws,
        geography=known,
        problems=problems,
        level=level,
        also=also,
    )
    return Input(
        family,
        place,
        list(raws),
        known,
        findings,
        "data frames",
        plans=plans,
        declared=declared,
        stored=raws,
        given=columns_given(raws),
    )


def _side_file(given: str | Path) -> Path:
    """A file of plans or coverage that a dict names. InputError where there is none."""
    path = Path(given)
    if not path.is_file():
        raise InputError([Problem(str(path), "there is no such file")])
    return path


def place_of(tables: Given[str, Any]) -> Spark | Ibis | None:
    """Where frames lie that are not of this process. UsageError where they lie in several places.

    What runs on them is what holds them: their records stay there.
    """
    kinds = {
        name: Spark if is_spark(frame) else Ibis if is_ibis(frame) else None
        for name, frame in tables.items()
    }
    if not any(kinds.values()):
        return None
    if len(set(kinds.values())) > 1:
        raise UsageError("the tables lie in several places: give all of Spark, or all of Ibis")
    return Spark("Spark") if Spark in kinds.values() else Ibis("the database")


def _store_given(con: duckdb.DuckDBPyConnection, name: str, given: Any) -> Stored:
    """A table of a dict: a frame, or the path of a file, or of a table of a database."""
    raw = f"{name}_raw"
    if not isinstance(given, str | Path):
        return store_frame(con, raw, given, name)
    lies_in = database_table(given)
    if lies_in is not None:
        return store_database_table(con, raw, lies_in)
    if not is_there(Path(given)) or not Path(given).is_file():
        raise InputError(Problem(str(given), f"is not there; it is given as the table {name}"))
    return store_file(con, raw, Path(given))
