"""From what the user points at to checked tables: folders, published files, data frames.

Everything is read and checked by the embedded DuckDB, so that one set of checks serves every
kind of input; the rules then run on DuckDB, pandas or Polars, as asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from nhsind.definitions.clauses import in_words
from nhsind.definitions.definition import Family, Indicator
from nhsind.definitions.record_tables import Column, literal, quote
from nhsind.definitions.unit_tables import Frame, Tables
from nhsind.errors import InputError, Problem, UsageError, unknown
from nhsind.geography import ALWAYS_KNOWN, Geography, geography_from_frame
from nhsind.periods import Period, month_of, parse_period
from nhsind.sources import editions
from nhsind.sources.belonging import SIDE_TABLES, is_side_table, is_table_of
from nhsind.sources.checking import Finding, check_table, find
from nhsind.sources.counts import levels_printed, parts_held
from nhsind.sources.plans import check_plans, read_plans
from nhsind.sources.published import Answers, PublishedFile, readers, recognise
from nhsind.sources.reference_files import is_reference_file, read_geography_files
from nhsind.sources.tabular import Stored, as_arrow, store_file, store_frame

# The kinds of column that place a record in time.
DATED = ("date", "timestamp", "month", "period", "financial_year")
ENGINES = ("duckdb", "pandas", "polars")
Data = str | Path | Sequence[str | Path] | Mapping[str, Any] | Any


@dataclass
class Input:
    """One family's checked input.

    `tables` are the names of checked views in `con`; `findings` the records that some lines
    leave out; `is_published` says that the figures come from published files, not from records.
    `period_sets` numbers the periods that were asked for, `planned` keeps their unit tables.
    """

    family: Family
    con: duckdb.DuckDBPyConnection
    tables: list[str]
    geography: Geography | None
    findings: list[Finding]
    description: str
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    counts: pd.DataFrame | None = None
    plans: pd.DataFrame | None = None
    contents: list[PublishedFile] = field(default_factory=list)
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    is_published: bool = False
    is_sample: bool = False
    notes: list[str] = field(default_factory=list)
    period_sets: dict[tuple[Period, ...], int] = field(default_factory=dict)
    planned: dict[tuple[str | Period, ...], Frame] = field(default_factory=dict)

    @property
    def answers(self) -> list[Answers]:
        """What the publishers of the files printed, to compare with."""
        return [answers for item in self.contents for answers in item.printed_answers()]

    def frames(self, engine: str) -> Tables:
        """The tables as narwhals lazy frames of an engine."""
        return {name: as_engine(self.con, name, engine) for name in self.tables}

    def covers(self, line: Indicator, period: Period) -> bool:
        """Whether the input can answer a line for a period: records always, unless the line is of
        the months of an event; published files where they hold every month that it needs."""
        if not self.is_published:
            months = self.months_of_events(line)
            return months is None or period in months
        return parts_held(self._months_held(line), line, period) is not None

    def months_of_events(self, line: Indicator) -> list[Period] | None:
        """The months in which the records hold what the line is about (a survey); None: any."""
        if not line.only_months_of:
            return None
        table, column = line.only_months_of.split(".")
        if table not in self.tables:
            return []
        rows = self.con.execute(
            f"SELECT DISTINCT {quote(column)} FROM {quote(table)} WHERE {quote(column)} IS NOT NULL"
        ).fetchall()
        return sorted({month_of(day) for (day,) in rows})

    def _months_held(self, line: Indicator) -> set[str]:
        if not self.tables:
            counts = self.counts if self.counts is not None else pd.DataFrame({"indicator": []})
            return set(counts.loc[counts["indicator"] == line.code, "period"].unique())
        code = line.counted_as or line.code
        held: set[str] = set()
        for name in self.tables:
            rows = self.con.execute(
                f"SELECT DISTINCT counts_in FROM {quote(name)} WHERE counts_for = ?", [code.upper()]
            ).fetchall()
            held.update(str(month_of(day)) for (day,) in rows)
        return held

    def latest_month(self) -> Period | None:
        """The last month that published files hold for any line; None for records."""
        if not self.is_published:
            return None
        held = {
            text for line in self.family.indicators.values() for text in self._months_held(line)
        }
        return max((parse_period(text) for text in held), default=None)

    def reaches(self, period: Period) -> bool:
        """Whether anything is dated in a period: else its figures would be of too old data."""
        lines = self.family.indicators.values()
        if self.is_published:
            return any(self.covers(line, period) for line in lines)
        for name in self.tables:
            there = self.columns(name)
            dated = [
                quote(column.name)
                for column in self.family.tables[name].columns.values()
                if column.kind in DATED and column.name in there
            ]
            within = " OR ".join(f"{column}::DATE BETWEEN $first AND $last" for column in dated)
            if (
                dated
                and self.con.execute(
                    f"SELECT 1 FROM {quote(name)} WHERE {within} LIMIT 1",
                    {"first": period.start, "last": period.end},
                ).fetchone()
            ):
                return True
        return False

    def holds(self, line: Indicator) -> bool:
        """Whether the record tables, or the printed counts, that a line needs are there."""
        if self.counts is not None and not self.tables:
            return True
        return not self.family.tables_missing(line, self.tables)

    @property
    def own_level(self) -> str:
        """The family's own level, or provider where the records know only providers."""
        if not self.tables and self.counts is not None:
            held = levels_printed(self.counts)
            return self.family.level if self.family.level in held else held[0]
        if not self.tables or self.family.level != "ccg":
            return self.family.level
        placed = self._levels_given()
        return "provider" if "ccg" not in placed and "provider" in placed else "ccg"

    def base_level(self, level: str | None) -> str:
        """The level that records are placed at before they are added up to `level`."""
        return level if level in ("ccg", "provider") else self.own_level

    def _levels_given(self) -> set[str]:
        """The levels whose organisation column some record table carries."""
        return {
            level
            for name in self.tables
            for level, column in self.family.tables[name].organisations.items()
            if column in self.columns(name)
        }

    def columns(self, table: str) -> set[str]:
        """The columns of a checked table."""
        return {row[0] for row in self.con.execute(f"DESCRIBE {quote(table)}").fetchall()}

    def name_of(self, level: str, code: str) -> str:
        """An organisation's name, from the geography, else from the published file, else ''."""
        known = self.geography.names(level) if self.geography else Geography().names(level)
        return known.get(code) or self.names.get(level, {}).get(code) or ""


def as_engine(con: duckdb.DuckDBPyConnection, name: str, engine: str) -> Frame:
    """A view of the connection as a narwhals lazy frame of `duckdb`, `pandas` or `polars`.

    pandas gets Arrow-backed columns: with its own types a comparison with a missing value is
    False, everywhere else it is missing.
    """
    relation = con.table(name)
    native: Any = relation
    if engine == "pandas":
        native = relation.to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
    elif engine == "polars":
        import polars as pl

        native = pl.from_arrow(relation.to_arrow_table())
    elif engine != "duckdb":
        raise unknown("engine", engine, ENGINES)
    frame: Frame = nw.from_native(native).lazy()
    return frame


def open_input(
    family: Family,
    data: Data | None,
    source: str | None = None,
    geography: Any = None,
    level: str | None = None,
    revisions: bool = False,
) -> Input:
    """Read and check a family's input.

    `data`: a folder with a sub-folder per family; published files (with `source`, or recognised
    by their header); record files named like a table; reference files of commissioners, in place
    of a `geography.csv`; several of these; a dict of table name to frame; one frame where the
    family has one table; None for the embedded sample. `level`: where the figures are wanted, so
    that records that cannot be placed there are found. `revisions`: published files are given in
    the order of their editions, and the later replaces the same months of the earlier; without it
    two files of one month are refused.

    Raises InputError naming every problem in every table, and nothing is kept.
    """
    is_sample = data is None
    if source is not None and source not in readers(family):
        known_sources = ", ".join(readers(family)) or "none"
        raise UsageError(f'{family.code} has no source "{source}". Its sources: {known_sources}')
    if data is None:
        from nhsind.synthetic.data_set import sample_folder

        data = sample_folder()
    con = duckdb.connect(config={"preserve_insertion_order": True})
    if isinstance(data, str | Path):
        data = [data]
    if isinstance(data, Sequence) and not data:
        raise InputError(Problem("data", "is empty", allowed="folders, files or frames"))
    if isinstance(data, Sequence) and all(isinstance(item, str | Path) for item in data):
        paths = [Path(item) for item in data]
        opened = _open_paths(family, con, paths, source, geography, level, revisions)
        opened.is_sample = is_sample
        return opened
    return _open_frames(family, con, data, geography, level)


def _open_paths(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    paths: list[Path],
    source: str | None,
    geography: Any,
    level: str | None,
    revisions: bool,
) -> Input:
    problems: list[Problem] = []
    tables: dict[str, Path] = {}
    published: list[PublishedFile] = []
    records: list[PublishedFile] = []
    side: dict[str, Path] = {"geography": Path(geography)} if geography else {}
    references: list[Path] = []
    for path in paths:
        if not path.exists():
            problems.append(Problem(str(path), "there is no such file or folder"))
        elif path.is_dir():
            for name, file in _tables_in(path, family).items():
                problems += _given_twice(tables, name, file)
                tables[name] = file
            side |= {
                name: path / f"{name}.csv"
                for name in SIDE_TABLES
                if name not in side and (path / f"{name}.csv").is_file()
            }
        elif is_side_table(path):
            side[path.stem] = path
        elif is_reference_file(path):
            references.append(path)
        elif source is None and is_table_of(path, family):
            problems += _given_twice(tables, path.stem, path)
            tables[path.stem] = path
        else:
            try:
                reader = recognise(family, path, source)
                (records if reader.records else published).append(reader.read(path))
            except InputError as error:
                problems += error.problems
    held = {name for item in records for name in item.tables}
    if not problems and not tables and not published and not held:
        wanted = ", ".join(f"{family.code}/{name}.csv or .parquet" for name in family.tables)
        problems += [
            Problem(str(path), "holds nothing of this family", allowed=wanted) for path in paths
        ]
    if (tables or held) and published:
        problems.append(
            Problem(published[0].place, "published files and record tables cannot be mixed")
        )
    for name in sorted(held & set(tables)):
        problems += _given_twice(tables, name, Path(_holder(records, name)))
    known: Geography | None = None
    try:
        places = references or ([side["geography"]] if "geography" in side else [])
        known = read_geography_files(places) if places else None
    except InputError as error:
        problems += error.problems
    plans, plan_problems = read_plans(side.get("plans"))
    problems += plan_problems
    description = ", ".join(sorted({path.name for path in paths}))
    if published and not problems:
        return _open_published(family, con, published, known, plans, description, level, revisions)
    raws: dict[str, Stored] = {}
    for name, path in tables.items():
        try:
            raws[name] = store_file(con, f"{name}_raw", path)
        except InputError as error:
            problems += error.problems
    for name in sorted(held - set(tables)):
        whole = pa.concat_tables([item.tables[name] for item in records if name in item.tables])
        raws[name] = store_frame(con, f"{name}_raw", whole, _holder(records, name))
    checked = _check_all(family, con, raws, known, problems, level)
    notes = [note for item in records for note in item.notes]
    return Input(
        family,
        con,
        list(raws),
        known,
        checked,
        description,
        names=_names(records),
        plans=plans,
        notes=notes,
    )


def _holder(contents: list[PublishedFile], table: str) -> str:
    return next(item.place for item in contents if table in item.tables)


def _given_twice(tables: dict[str, Path], name: str, path: Path) -> list[Problem]:
    if name not in tables:
        return []
    return [Problem(str(path), f"is the table {name}, which {tables[name]} is too; give one")]


def _open_frames(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    data: Any,
    geography: Any,
    level: str | None,
) -> Input:
    if not isinstance(data, Mapping):
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
    raws = {}
    for name, frame in data.items():
        if name in family.tables:
            try:
                raws[name] = store_frame(con, f"{name}_raw", frame, name)
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
        plans, plan_problems = check_plans(as_arrow(data["plans"]).to_pandas(), "plans")
        problems += plan_problems
    findings = _check_all(family, con, raws, known, problems, level)
    return Input(family, con, list(raws), known, findings, "data frames", plans=plans)


def _open_published(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    contents: list[PublishedFile],
    geography: Geography | None,
    plans: pd.DataFrame | None,
    description: str,
    level: str | None,
    revisions: bool,
) -> Input:
    if revisions:
        contents = editions.latest(contents)
    editions.refuse_repeated(contents)
    raws = {}
    for name in family.tables:
        parts = [item.tables[name] for item in contents if name in item.tables]
        if parts:
            whole = pa.concat_tables(parts, promote_options="default")
            raws[name] = store_frame(con, f"{name}_raw", whole, description)
    findings = _check_all(family, con, raws, geography, [], level)
    counts = [item.counts for item in contents if item.counts is not None]
    if not raws and not any(len(rows) for rows in counts):
        why = [Problem(item.place, note) for item in contents for note in item.notes]
        raise InputError([Problem(description, "holds no figures that can be used"), *why])
    return Input(
        family,
        con,
        list(raws),
        geography,
        findings,
        description,
        names=_names(contents),
        counts=pd.concat(counts, ignore_index=True) if counts else None,
        plans=plans,
        contents=contents,
        groups={code: group for item in contents for code, group in item.groups.items()},
        is_published=True,
        notes=[*(note for item in contents for note in item.notes), *_unplaced(counts, geography)],
    )


def _unplaced(counts: list[pd.DataFrame], geography: Geography | None) -> list[str]:
    """A note on printed commissioners that the geography does not know: they are in no total."""
    if geography is None or not counts:
        return []
    rows = pd.concat([item[["org_level", "org_code"]] for item in counts])
    codes = set(rows.loc[rows["org_level"] == "ccg", "org_code"])
    strange = sorted(codes - geography.known("ccg") - ALWAYS_KNOWN)
    if not strange:
        return []
    return [f"{geography.place} does not know {', '.join(strange)}: in no STP's or region's total"]


def _names(contents: list[PublishedFile]) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for item in contents:
        for level, codes in item.names.items():
            names.setdefault(level, {}).update(codes)
    return names


def _check_all(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    raws: dict[str, Stored],
    geography: Geography | None,
    problems: list[Problem],
    level: str | None,
) -> list[Finding]:
    findings: list[Finding] = []
    for name, raw in raws.items():
        table = family.tables[name]
        found, marked = check_table(con, table, raw, geography)
        problems += found
        findings += [replace(item, lines=family.lines_of(name)) for item in marked]
        if not found:
            findings += _rule_findings(family, con, name, raw, level)
    if problems:
        raise InputError(problems)
    for name, raw in raws.items():
        findings += _unlisted(family, con, name, raw, raws)
    return findings


def _unlisted(
    family: Family,
    con: duckdb.DuckDBPyConnection,
    name: str,
    raw: Stored,
    raws: Mapping[str, Stored],
) -> list[Finding]:
    """The records that belong to an identifier which its own table does not have."""
    table = family.tables[name]
    conditions = {}
    for column in table.columns.values():
        there = column.listed_in
        identifier = family.tables[there].identifier if there else None
        if not identifier or column.name not in raw.columns or there not in raws:
            continue
        if identifier not in raws[there].columns:
            continue
        listed = f"SELECT {quote(identifier)} FROM {quote(there)} WHERE {quote(identifier)} NOTNULL"
        conditions[f"{column.name}_not_listed"] = (
            f"{quote(column.name)} NOT IN ({listed})",
            f"{column.name} is not in the table {there}, so the record belongs to nobody",
            family.lines_of(name),
        )
    return find(con, table, raw, f"{name}_typed", conditions)


def _rule_findings(
    family: Family, con: duckdb.DuckDBPyConnection, name: str, raw: Stored, level: str | None
) -> list[Finding]:
    """The findings of the family's own faults and of missing organisations."""
    table = family.tables[name]
    faults = {key: rule for key, rule in family.faults.items() if rule.table == name}  # type: ignore[attr-defined]
    lines = {
        key: tuple(code for code, line in family.indicators.items() if key in line.faults)
        for key in faults
    }
    flagged = nw.from_native(con.table(f"{name}_typed")).lazy()
    if faults:
        flagged = flagged.with_columns(**{key: rule() for key, rule in faults.items()})
    view = f"{name}_faults"
    flagged.to_native().create_view(view, replace=True)
    conditions = {
        key: (_may_count(raw, quote(key), lines[key]), in_words(rule), lines[key])
        for key, rule in faults.items()
    }
    listed = [c for c in table.columns.values() if c.known and c.name in raw.columns]
    findings = find(con, table, raw, view, {c.name: _not_listed(c, family, name) for c in listed})
    places = table.organisations
    base = level if level in ("ccg", "provider") else family.level
    column = places.get(base) if places.get(base) in raw.columns else places.get("provider")
    if column in raw.columns:
        conditions["organisation_missing"] = (
            f"{quote(column)} IS NULL",
            f"{column} is missing",
            family.lines_of(name),
        )
    return find(con, table, raw, view, conditions) + [
        replace(item, left_out=False, fault="code_not_listed") for item in findings
    ]


def _not_listed(column: Column, family: Family, table: str) -> tuple[str, str, tuple[str, ...]]:
    """Codes outside an open list: kept, judged as none of those listed, and counted."""
    known = ", ".join(literal(code) for code in column.known)
    about = f"{column.name} holds a code that is not in its list: kept, and counts as none of those"
    return f"{quote(column.name)} NOT IN ({known})", about, family.lines_of(table)


def _may_count(raw: Stored, condition: str, lines: tuple[str, ...]) -> str:
    """A fault of a row that counts for one line only matters if that line leaves it out."""
    if "counts_for" not in raw.columns:
        return condition
    codes = ", ".join(literal(code.upper()) for code in lines)
    return f"{condition} AND (counts_for IS NULL OR counts_for IN ({codes}))"


def _tables_in(folder: Path, family: Family) -> dict[str, Path]:
    found = {}
    for name in family.tables:
        for ending in ("csv", "parquet"):
            path = folder / family.code / f"{name}.{ending}"
            if path.is_file():
                found[name] = path
    return found
