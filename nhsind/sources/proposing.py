"""Proposes a mapping for someone's own files: what is told, and what is asked.

Each proposal says what it rests on. What the files do not decide becomes a question, in a comment
to be answered by the person whose files they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nhsind.definitions.column_sql import FALSE_WORDS, TRUE_WORDS
from nhsind.definitions.record_tables import Column, RecordTable
from nhsind.errors import InputError, Problem
from nhsind.sources.belonging import is_side_table
from nhsind.sources.databases import DATABASES, is_database
from nhsind.sources.likely_codes import NO, YES, parts, plain, read_codes, told_by_values
from nhsind.sources.likely_columns import ALMOST_ALL, ASKED_FROM, assigned, likeness
from nhsind.sources.likely_tables import NAMED_WITHIN, LikelyTable, likely_tables, tables_named
from nhsind.sources.looked_at import OwnFile, look_at
from nhsind.sources.own_files import TABLES, each_table, parts_of
from nhsind.sources.proposals import Proposal, as_toml, quoted
from nhsind.sources.proposed_dates import read_dates, read_put_together
from nhsind.sources.proposed_times import are_days, time_beside

MOST_NAMED = 6
OF_YES_OR_NO = frozenset((*YES, *NO, *TRUE_WORDS, *FALSE_WORDS, "flag"))
# Begins the name of the file by which Excel says that a workbook is open.
LOCK = "~$"


def proposed_mapping(place: Path, tables: Sequence[str] = ()) -> tuple[str, int]:
    """A `mapping.toml` for the files of a folder, or for one file, and how many questions it asks.

    `tables`: those that the files are of, as `rtt.pathways`. Raises InputError as `propose`, and
    UsageError for a table that there is not.
    """
    proposals, remarks = propose(place, tables_named(tables))
    asked = len(remarks) + sum(len(each.questions) for each in proposals)
    return as_toml(proposals, remarks), asked


def propose(place: Path, among: Sequence[RecordTable] = ()) -> tuple[list[Proposal], list[str]]:
    """Proposals for the files of a folder (workbooks by sheet), and remarks on those left out.

    `place`: a folder, or one file. `among`: the tables of which the files are. Raises InputError
    for a folder without such files, and for files that cannot be read.
    """
    folder, paths = _files(place)
    problems: list[Problem] = []
    files = []
    for path in paths:
        try:
            files += [look_at(each) for each in each_table(path)]
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    by_table: dict[tuple[str, str], Proposal] = {}
    remarks = []
    for file in files:
        name = file.path.relative_to(folder).as_posix()
        likely = likely_tables(file, among)
        if not likely:
            remarks.append(
                f"{name} is like no table of nhsind: {_say_which(place, 'rtt.pathways')}"
            )
            continue
        if len(likely) > 1 and likely[1].score == likely[0].score:
            alike = [each.name for each in likely if each.score == likely[0].score]
            told = f"could be any of {', '.join(alike)}"
            remarks.append(f"{name} {told}: {_say_which(place, alike[0])}")
            continue
        table = likely[0].table
        key = (table.family, table.name)
        if key in by_table and by_table[key].headings <= set(file.values):
            by_table[key].files.append(name)
            continue
        if key in by_table:
            remarks.append(f"{name} is like {'.'.join(key)} too, with other headings")
            continue
        by_table[key] = _proposed(file, name, table)
        by_table[key].remarks += _also_like(name, likely, place)
    return list(by_table.values()), remarks


def _files(place: Path) -> tuple[Path, list[Path]]:
    """The folder, and the files in it to look at."""
    file, part = parts_of(place)
    if file.is_file():
        if not part and file.suffix.lower() not in (*TABLES, *DATABASES) and not is_database(file):
            text = "is no file that a mapping reads"
            raise InputError(Problem(str(place), text, allowed=", ".join((*TABLES, *DATABASES))))
        return file.parent, [place]
    if not place.is_dir():
        raise InputError(Problem(str(place), "is no folder and no file"))
    endings = (*TABLES, *DATABASES)
    paths = [
        path
        for path in sorted(place.rglob("*"))
        if path.suffix.lower() in endings
        and not path.name.startswith(LOCK)
        and not is_side_table(path)
    ]
    if not paths:
        raise InputError(Problem(str(place), "holds no file to map", allowed=", ".join(endings)))
    return place, paths


def _say_which(place: Path, table: str) -> str:
    return f"if it is one, say which: nhsind map {place} --as {table}"


def _also_like(name: str, likely: Sequence[LikelyTable], place: Path) -> list[str]:
    """What is said of tables that a file is almost as like."""
    first, *others = likely
    return [
        f"{name} is like {first.name} ({first.found} of {first.needed} columns that it needs), and "
        f"almost as like {each.name} ({each.found} of {each.needed}): if it is that, nhsind map "
        f"{place} --as {each.name}"
        for each in others
        if each.score >= first.score - NAMED_WITHIN
    ]


def _proposed(file: OwnFile, name: str, table: RecordTable) -> Proposal:
    dates = file.dates
    taken, between = assigned(table, dates)
    taken |= told_by_values(table, file.values, {*taken, *between}, set(taken.values()))
    taken = {column: taken[column] for column in table.columns if column in taken}
    proposal = Proposal(table.family, table, [name], taken)
    for each, headings in between.items():
        asked = " or ".join(f'"{heading}"' for heading in headings)
        proposal.questions.append(f"columns: {each} = {asked}?")
    told = {*taken, *between}
    for each, heading in list(taken.items()):
        column, values, ways = table.columns[each], file.values[heading], file.ways(heading)
        if column.kind == "timestamp" and are_days(values, ways):
            _find_time(proposal, each, file)
        elif column.kind in ("date", "timestamp"):
            read_dates(proposal, column, values, ways)
        else:
            read_codes(proposal, column, values)
    _ask_for_missing(proposal, file, told)
    _ask_for_optional(proposal, file, told)
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
        answered = _told_by_yes_or_no(table.columns[column], file, left)
        if answered:
            proposal.questions += answered
            continue
        likely = sorted(
            left,
            key=lambda heading: (
                -likeness(heading, table.columns[column], table.family, dates[heading])
            ),
        )
        shown = ", ".join(f'"{heading}"' for heading in likely[:MOST_NAMED]) or "none left"
        proposal.questions.append(f"columns: {column} = ?  ({about}; not used so far: {shown})")
        if column in places:
            proposal.questions.append(f'constants: {column} = "..."  (if one value is of all rows)')


def _ask_for_optional(proposal: Proposal, file: OwnFile, told: set[str]) -> None:
    """A question for each column that may be there and that a heading left is a little like."""
    table, dates = proposal.table, file.dates
    for name, column in table.columns.items():
        if not column.optional or name in told or name.startswith("count"):
            continue
        left = [heading for heading in file.values if heading not in proposal.headings]
        like = {each: likeness(each, column, table.family, dates[each]) for each in left}
        likely = max(left, key=lambda each: like[each], default="")
        if likely and like[likely] >= ASKED_FROM:
            proposal.questions.append(
                f"columns: {name} = {quoted(likely)}  # {column.about}; if it is that"
            )


def _find_time(proposal: Proposal, column: str, file: OwnFile) -> None:
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
    read_put_together(
        proposal,
        proposal.table.columns[column],
        file.values[heading],
        file.ways(heading),
        written=written,
    )


def _told_by_yes_or_no(column: Column, file: OwnFile, headings: list[str]) -> list[str]:
    """Of a choice between two: a column that is named like one of them and answers yes or no."""
    if len(column.values) != 2:
        return []
    asked = []
    for heading in headings:
        words = [word for word in parts(heading) if word not in OF_YES_OR_NO]
        first = next((each for each in column.values if plain(each) == "".join(words)), "")
        values = file.values[heading]
        answers = [each for each in values.present if each.lower() in OF_YES_OR_NO]
        if first and values.share_of(answers) >= ALMOST_ALL:
            (other,) = set(column.values) - {first}
            asked.append(f"columns: {column.name} = {quoted(heading)}  # {column.about}")
            for value in answers:
                means = first if value.lower() in (*YES, *TRUE_WORDS) else other
                asked.append(f'codes.{column.name}: "{value}" = "{means}"')
            others = [each for each in values.present if each not in answers]
            asked += [
                f"codes.{column.name}: {quoted(each)} = ?  (one of {first}, {other})"
                for each in others[:MOST_NAMED]
            ]
    return asked
