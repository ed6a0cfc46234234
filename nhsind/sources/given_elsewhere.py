"""Input that lies elsewhere: a database by its address, a folder of Parquet that Spark reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nhsind.definitions.family import Family
from nhsind.engines.addresses import is_address, without_passwords
from nhsind.engines.embedded import SPARK
from nhsind.engines.ibis_tables import Ibis
from nhsind.engines.place import Elsewhere
from nhsind.engines.spark import Spark
from nhsind.errors import InputError, Problem, UsageError
from nhsind.geography import Geography
from nhsind.sources.belonging import SIDE_TABLES, is_side_table
from nhsind.sources.checked_input import Input
from nhsind.sources.coverage import Declared
from nhsind.sources.database_tables import as_mapped, tables_of_database
from nhsind.sources.declared import read_coverage
from nhsind.sources.lying_tables import lying, typed_where_it_lies
from nhsind.sources.mapping_file import mapping_of
from nhsind.sources.plans import read_plans
from nhsind.sources.record_checks import check_tables
from nhsind.sources.reference_files import is_reference_file, read_geography_files
from nhsind.sources.stored import Stored, columns_given


@dataclass
class Beside:
    """The files that stand beside tables that lie elsewhere."""

    side: dict[str, Path] = field(default_factory=dict)
    references: list[Path] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


def addresses_in(data: Any) -> list[str]:
    """The addresses of databases among what is given."""
    given = data if isinstance(data, list | tuple) else [data]
    return [item for item in given if is_address(item)]


def open_elsewhere(
    family: Family,
    data: Sequence[str | Path],
    *,
    geography: Any,
    level: str | None,
    also: Collection[str],
    engine: str,
) -> Input | None:
    """The checked input of a database, or of Parquet that Spark reads; None where it is neither.

    Files of geography, plans and coverage may stand beside. Raises InputError naming every problem
    of every table.
    """
    addresses = addresses_in(data)
    others = [Path(item) for item in data if not is_address(item)]
    if addresses:
        place, raws = _of_database(family, addresses, others)
    elif engine == SPARK:
        found = parquet_in(family, others)
        if found is None:
            return None
        place, raws = _of_spark(found)
    else:
        return None
    beside = _beside(others, geography)
    problems: list[Problem] = []
    known: Geography | None = None
    try:
        geographies = beside.references or [
            beside.side[name] for name in ("geography",) if name in beside.side
        ]
        known = read_geography_files(geographies) if geographies else None
    except InputError as error:
        problems += error.problems
    plans, wrong = read_plans(beside.side.get("plans"))
    problems += wrong
    declared = Declared()
    if "coverage" in beside.side:
        declared, wrong = read_coverage(beside.side["coverage"], family)
        problems += wrong
    findings = check_tables(
        family,
        place,
        typed_where_it_lies(place),
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
        place.described_as,
        plans=plans,
        folders=beside.folders,
        declared=declared,
        stored=raws,
        given=columns_given(raws),
    )


def parquet_in(family: Family, paths: Sequence[Path]) -> dict[str, Path] | None:
    """The family's tables that are Parquet in folders; None where anything else holds records."""
    found: dict[str, Path] = {}
    for path in paths:
        if not path.is_dir():
            if is_side_table(path) or is_reference_file(path):
                continue
            return None
        if mapping_of(path) is not None:
            return None
        for name in family.tables:
            own = path / family.code / f"{name}.parquet"
            # Spark writes a folder of that name.
            if own.exists() and name not in found:
                found[name] = own
            elif (path / family.code / f"{name}.csv").exists():
                return None
    return found or None


def _of_spark(found: dict[str, Path]) -> tuple[Elsewhere, dict[str, Stored]]:
    place = Spark("Spark")
    for name, path in found.items():
        place.parquet(f"{name}_raw", str(path))
    return place, {name: lying(place, f"{name}_raw", str(path)) for name, path in found.items()}


def _of_database(
    family: Family, addresses: list[str], others: list[Path]
) -> tuple[Elsewhere, dict[str, Stored]]:
    if len(addresses) > 1:
        raise UsageError("one database at a time: give one address")
    strange = [path for path in others if not (_is_side(path) or path.is_dir())]
    if strange:
        problem = Problem(str(strange[0]), "is a file of records beside a database; give one")
        raise InputError(problem)
    place = Ibis.at(addresses[0])
    shown = without_passwords(addresses[0])
    raws: dict[str, Stored] = {}
    problems: list[Problem] = []
    for name, (table, mapped) in tables_of_database(family, place, others).items():
        try:
            place.table(f"{name}_raw", table)
            if mapped is not None:
                as_mapped(place, f"{name}_raw", mapped, f"{shown} {table}")
            raws[name] = lying(place, f"{name}_raw", f"{shown} {table}")
        except InputError as error:
            problems += error.problems
    if not raws and not problems:
        wanted = ", ".join(f"{family.code}.{name}" for name in family.tables)
        text = (
            "holds no table of this family that its user may read; mapping.toml says which are it "
            "under other names"
        )
        problems = [Problem(shown, text, allowed=wanted)]
    if problems:
        raise InputError(problems)
    return place, raws


def _is_side(path: Path) -> bool:
    return is_side_table(path) or is_reference_file(path)


def _beside(others: Sequence[Path], geography: Any) -> Beside:
    beside = Beside({"geography": Path(geography)} if geography else {})
    for path in others:
        if path.is_dir():
            beside.folders.append(path)
            for name in SIDE_TABLES:
                if name not in beside.side and (path / f"{name}.csv").is_file():
                    beside.side[name] = path / f"{name}.csv"
        elif is_side_table(path):
            beside.side[path.stem] = path
        elif is_reference_file(path):
            beside.references.append(path)
    return beside
