"""Proposes a mapping for a folder of someone's own files: what is told, and what is asked.

Each proposal says what it rests on. What the files do not decide becomes a question, in a comment
to be answered by the person whose files they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.column_sql import FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.record_tables import Column, RecordTable, canonical
from nhsind.errors import InputError, Problem
from nhsind.sources.belonging import is_side_table
from nhsind.sources.date_formats import EXCEL, FORMATS
from nhsind.sources.likely_codes import NO, YES, booleans, meant, parts, plain, told_by_values
from nhsind.sources.likely_columns import Values, assigned, likeness, sorted_out
from nhsind.sources.own_files import TABLES, each_table, store_own
from nhsind.sources.proposals import Proposal, as_toml, quoted
from nhsind.sources.proposed_times import are_days, time_beside
from nhsind.sources.stored import Stored

# A file is of a table if it has this share of its required columns.
LIKELY_TABLE_FROM = 0.5
# What a column tells of a file's table, against one that is needed; and the family's own name.
OF_OPTIONAL, OF_MISSING, OF_NAME = 0.5, 0.75, 1.0
MOST_NAMED = 6
# So many words are asked about that stand where codes of a national list belong.
MOST_ASKED = 12
# Begins the name of the file by which Excel says that a workbook is open.
LOCK = "~$"
NATIVE = ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss")


@dataclass(frozen=True)
class OwnFile:
    """One of the user's files: its headings with their distinct values, and the ways in which
    these are dates, if they are.
    """

    path: Path
    values: dict[str, Values]
    ways: dict[str, list[list[str]]]

    @property
    def dates(self) -> dict[str, bool | None]:
        """By heading whether its values are dates; None where they could be, or there are none."""
        return {heading: self._is_date(heading) for heading in self.values}

    def _is_date(self, heading: str) -> bool | None:
        if not self.values[heading].present:
            return None
        ways = self.ways[heading]
        if any(set(way) <= {EXCEL, "yyyymmdd"} for way in ways):
            return None
        return bool(ways)


def proposed_mapping(folder: Path) -> tuple[str, int]:
    """A `mapping.toml` for the files of a folder, and how many questions it asks.

    Raises InputError as `propose`.
    """
    proposals, remarks = propose(folder)
    asked = len(remarks) + sum(len(each.questions) for each in proposals)
    return as_toml(proposals, remarks), asked


def propose(folder: Path) -> tuple[list[Proposal], list[str]]:
    """Proposals for the files of a folder (workbooks by sheet), and remarks on those left out.

    Raises InputError for a folder without such files, and for files that cannot be read.
    """
    if not folder.is_dir():
        raise InputError(Problem(str(folder), "is no folder"))
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in TABLES
        and not path.name.startswith(LOCK)
        and not is_side_table(path)
    ]
    if not paths:
        raise InputError(Problem(str(folder), "holds no file to map", allowed=", ".join(TABLES)))
    problems: list[Problem] = []
    files = []
    for path in paths:
        try:
            files += [_looked_at(each) for each in each_table(path)]
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    by_table: dict[tuple[str, str], Proposal] = {}
    remarks = []
    for file in files:
        name = file.path.relative_to(folder).as_posix()
        tables = _likeliest_tables(file)
        if len(tables) != 1:
            several = ", ".join(f"{each.family}.{each.name}" for each in tables)
            text = f"could be any of {several}" if tables else "is like no table of nhsind"
            remarks.append(f"{name} {text}: name it below a table, such as [rtt.pathways]")
            continue
        table = tables[0]
        key = (table.family, table.name)
        if key in by_table and by_table[key].headings <= set(file.values):
            by_table[key].files.append(name)
            continue
        if key in by_table:
            remarks.append(f"{name} is like {'.'.join(key)} too, with other headings")
            continue
        by_table[key] = _proposed(file, name, table)
    return list(by_table.values()), remarks


def _looked_at(path: Path) -> OwnFile:
    con = duckdb.connect()
    raw = store_own(con, "own", path)
    values = {heading: _values(con, raw, name) for name, heading in raw.header.items()}
    return OwnFile(path, values, {name: _ways(con, each.present) for name, each in values.items()})


def _values(con: duckdb.DuckDBPyConnection, raw: Stored, name: str) -> Values:
    found = raw.distinct(con, name)
    if found is None:  # too many to look at each: the first of them tell
        source = '"' + raw.header[name].replace('"', '""') + '"'
        rows = con.execute(f"SELECT DISTINCT {source} FROM {raw.name} LIMIT 20000").fetchall()
        found = [value for (value,) in rows if value is not None]
    return sorted_out([str(value) for value in found])


def _likeliest_tables(file: OwnFile) -> list[RecordTable]:
    """The tables that a file is most like, if it is like any: one, or several as much."""
    named = {word for name in (file.path.stem, *file.values) for word in parts(name)}
    scores: dict[float, list[RecordTable]] = {}
    for code in family_codes():
        for table in load_family(code).tables.values():
            needed = set(table.required(set()))
            taken, between = assigned(table, file.dates)
            found = {*taken, *between}
            if len(found & needed) < LIKELY_TABLE_FROM * len(needed):
                continue
            score = len(found & needed) + OF_OPTIONAL * len(found - needed)
            score -= OF_MISSING * len(needed - found)
            score += OF_NAME * (code in named or code == file.path.parent.name.lower())
            scores.setdefault(score, []).append(table)
    return scores[max(scores)] if scores else []


def _proposed(file: OwnFile, name: str, table: RecordTable) -> Proposal:
    dates = file.dates
    taken, between = assigned(table, dates)
    taken |= told_by_values(table, file.values, {*taken, *between}, set(taken.values()))
    taken = {column: taken[column] for column in table.columns if column in taken}
    proposal = Proposal(table.family, table, [name], taken)
    for column, headings in between.items():
        asked = " or ".join(f'"{heading}"' for heading in headings)
        proposal.questions.append(f"columns: {column} = {asked}?")
    told = {*taken, *between}
    for column, heading in list(taken.items()):
        ways, values = file.ways[heading], file.values[heading]
        if table.columns[column].kind == "timestamp" and are_days(values, ways):
            _find_time(proposal, column, file, ways)
        else:
            _read_values(proposal, table.columns[column], heading=heading, values=values, ways=ways)
    _ask_for_missing(proposal, file, told)
    proposal.unused = [heading for heading in file.values if heading not in proposal.headings]
    return proposal


def _ask_for_missing(proposal: Proposal, file: OwnFile, told: set[str]) -> None:
    """A question for each column that must be there and that no heading is told to be."""
    table, dates = proposal.table, file.dates
    places = set(table.organisations.values())
    for column in table.required(told):
        if column in told:
            continue
        about = table.columns[column].about
        left = [heading for heading in file.values if heading not in proposal.headings]
        likely = sorted(
            left,
            key=lambda heading: (
                -likeness(heading, table.columns[column], table.family, dates[heading])
            ),
        )
        shown = ", ".join(f'"{heading}"' for heading in likely[:MOST_NAMED]) or "none left"
        proposal.questions.append(f"columns: {column} = ?  ({about}; not used so far: {shown})")
        proposal.questions += _told_by_yes_or_no(table.columns[column], file, left)
        if column in places:
            proposal.questions.append(f'constants: {column} = "..."  (if one value is of all rows)')


def _find_time(proposal: Proposal, column: str, file: OwnFile, ways: list[list[str]]) -> None:
    """For a column of times whose heading has days alone: the times beside it, else a question."""
    heading = proposal.columns[column]
    left = [other for other in file.values if other not in proposal.headings]
    beside = time_beside(heading, file.values, left)
    if beside is None:
        del proposal.columns[column]
        shown = ", ".join(quoted(other) for other in left[:MOST_NAMED]) or "none left"
        proposal.questions.append(
            f"columns: {column} = [{quoted(heading)}, ?]  (these are days; which has the time of "
            f"day? not used so far: {shown})"
        )
        return
    time, written = beside
    proposal.times[column] = time
    _read_dates(
        proposal,
        proposal.table.columns[column],
        file.values[heading],
        [[f"{day} {each}" for day in way for each in written] for way in ways],
    )


def _told_by_yes_or_no(column: Column, file: OwnFile, headings: list[str]) -> list[str]:
    """Of a choice between two: a column that is named like one of them and answers yes or no."""
    if len(column.values) != 2:
        return []
    asked = []
    for heading in headings:
        first = next((each for each in column.values if plain(each) == plain(heading.lower())), "")
        present = {value.lower() for value in file.values[heading].present}
        if first and present and present <= {*YES, *NO, *TRUE_WORDS, *FALSE_WORDS}:
            (other,) = set(column.values) - {first}
            asked.append(f'columns: {column.name} = "{heading}"')
            for value in file.values[heading].present:
                means = first if value.lower() in (*YES, *TRUE_WORDS) else other
                asked.append(f'codes.{column.name}: "{value}" = "{means}"')
    return asked


def _read_values(
    proposal: Proposal, column: Column, *, heading: str, values: Values, ways: list[list[str]]
) -> None:
    codes = dict.fromkeys(values.missing, "")
    if column.kind in ("date", "timestamp"):
        _read_dates(proposal, column, values, ways)
    elif column.kind in ("choice", "boolean"):
        known = column.spellings if column.kind == "choice" else booleans()
        for value in values.present:
            if value.lower() in known:
                continue
            means = meant(value, known, column)
            if means is None:
                allowed = ", ".join(dict.fromkeys(known.values()))
                proposal.questions.append(
                    f"codes.{column.name}: {quoted(value)} = ?  (one of {allowed})"
                )
            else:
                codes[value] = means
    elif column.known and not any(
        canonical(column, value) in column.known for value in values.present
    ):
        # Words in place of codes; strange codes beside listed ones are for `check` to count.
        allowed = ", ".join(column.known[:MOST_NAMED])
        allowed += ", ..." if len(column.known) > MOST_NAMED else ""
        proposal.questions += [
            f"codes.{column.name}: {quoted(value)} = ?  (one of {allowed})"
            for value in values.present[:MOST_ASKED]
        ]
    if codes:
        proposal.codes[column.name] = codes


def _read_dates(proposal: Proposal, column: Column, values: Values, ways: list[list[str]]) -> None:
    if not ways:
        if values.present:
            shown = ", ".join(quoted(value) for value in values.present[:3])
            proposal.questions.append(f"formats: {column.name} = ?  (values such as {shown})")
        return
    if any(set(way) <= set(NATIVE) for way in ways):
        return
    example = values.present[0]
    if len(ways) > 1:
        asked = " or ".join(" and ".join(way) for way in ways)
        proposal.questions.append(
            f"formats: {column.name} = {asked}?  (all fit each, such as {quoted(example)})"
        )
        return
    proposal.formats[column.name] = (
        ways[0],
        f"all of {len(values.present):,} values, as {example}",
    )


def _ways(con: duckdb.DuckDBPyConnection, present: tuple[str, ...]) -> list[list[str]]:
    """Every way in which all of some values can be written: formats that together fit each.

    Formats that have the day or the month first are of different ways.
    """
    if not present or not any(sign.isdigit() for sign in present[0]):
        return []
    con.execute("CREATE OR REPLACE TEMP TABLE given AS SELECT unnest($1) AS value", [list(present)])
    counted = ", ".join(f"count({form.value('value')})" for form in FORMATS.values())
    (numbers,) = con.execute(f"SELECT {counted} FROM given").fetchall()
    fits = [name for name, number in zip(FORMATS, numbers, strict=True) if number]
    ways: list[list[str]] = []
    for other in ("mm", "dd"):
        used = [name for name in fits if not name.startswith(other)]
        if not used or used in ways:
            continue
        any_of = ", ".join(FORMATS[name].value("value") for name in used)
        ((number,),) = con.execute(f"SELECT count(coalesce({any_of}, NULL)) FROM given").fetchall()
        if number == len(present):
            ways.append(used)
    return ways
