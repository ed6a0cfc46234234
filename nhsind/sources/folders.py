"""Folders of publishers' files: which of the files a family reads, and which it leaves.

A folder of record tables has a sub-folder per family with a file per table. Any other folder (or
such a sub-folder without tables) is one of files as their publishers issued them: each is known by
its layout, and what is not known is left and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.family import Family
from nhsind.errors import Problem
from nhsind.periods import listed, parse_period
from nhsind.sources.editions import parts
from nhsind.sources.published import (
    LARGEST_FILE,
    PublishedFile,
    Reader,
    is_of_a_size_to_read,
    not_to_be_opened,
    readers,
)
from nhsind.sources.reference_files import is_reference_file

# Of the files that are left the first so many are named.
MOST_NAMED = 5
LOCK_FILE = "~$"
COLUMNS_OF_LEVELS = {"ccg_code": "ccg", "provider_code": "provider"}


@dataclass
class Folder:
    """A folder of publishers' files, as a family sees it.

    `known`: the files that it reads; `answers`: those that print totals only, which are compared
    with and not derived from; `records`: those of record tables, which are not read beside printed
    figures; `references`: lists of commissioners; `others`: how many are of other families;
    `left`: those of no layout. `layout`: the only one that is asked for; then `others` are of any
    other.
    """

    path: Path
    layout: str | None = None
    known: list[Path] = field(default_factory=list)
    answers: list[Path] = field(default_factory=list)
    records: list[Path] = field(default_factory=list)
    references: list[Path] = field(default_factory=list)
    others: int = 0
    left: list[Path] = field(default_factory=list)

    @property
    def files(self) -> list[Path]:
        """What is read: files to derive from, and lists of commissioners."""
        return [*self.known, *self.references]

    def notes(self) -> list[str]:
        """What is left, in words."""
        told = []
        if self.answers:
            names = _named(self.answers)
            text = "only totals, which `reconcile` compares with and nothing is derived from"
            told.append(f"{self.path}: {names}: {text}")
        if self.records:
            text = "record tables, which are not read beside printed figures"
            told.append(f"{self.path}: {_named(self.records)}: {text}")
        closed = not_opened(self.left)
        if unknown := [path for path in self.left if path not in closed]:
            told.append(f"{self.path}: left, of no layout known here: {_named(unknown)}")
        for reason in dict.fromkeys(closed.values()):
            alike = [path for path in closed if closed[path] == reason]
            told.append(f"{self.path}: left: {_named(alike)}: {reason}")
        if self.others:
            noun = "file" if self.others == 1 else "files"
            what = "families" if self.layout is None else "layouts"
            told.append(f"{self.path}: {self.others:,} {noun} of other {what}")
        return told


def is_of_publishers(folder: Path, family: Family) -> bool:
    """Whether a folder has no record tables of the family, and may have publishers' files."""
    return _base(folder, family) is not None


def look_into(folder: Path, family: Family, source: str | None = None) -> Folder:
    """What a folder of publishers' files has for a family; `source`: only of this layout."""
    base = _base(folder, family)
    found = Folder(folder, source)
    if base is None:
        return found
    mine = [item for item in readers(family).values() if source in (None, item.name)]
    others: list[Reader] = []
    for path in _files(base):
        if is_reference_file(path):
            found.references.append(path)
            continue
        reader = _reader(path, mine)
        if reader is not None:
            kind = found.answers if reader.totals_only else found.known
            (found.records if reader.records else kind).append(path)
            continue
        others = others or [
            item
            for code in family_codes()
            for item in readers(load_family(code)).values()
            if item not in mine
        ]
        if _reader(path, others) is None:
            found.left.append(path)
        else:
            found.others += 1
    # Alone, records or totals are all there is to derive from.
    if not found.known:
        found.known, found.records = found.records, []
    if not found.known:
        found.known, found.answers = found.answers, []
    return found


def holds(folder: Path, family: Family, source: str | None = None) -> bool:
    """Whether a folder of publishers' files has a file for a family; `source`: of this layout."""
    base = _base(folder, family)
    if base is None:
        return False
    mine = [item for item in readers(family).values() if source in (None, item.name)]
    return any(_reader(path, mine) is not None for path in _files(base))


def holds_none_of(source: str) -> str:
    """What is wrong with a folder without a file of the layout that is asked for, in words."""
    return f"holds no file of the layout {source}"


def given_singly(
    data: str | Path | Iterable[str | Path], contents: Iterable[PublishedFile]
) -> list[str]:
    """The same of the files that were given by themselves and not in a folder."""
    paths = [Path(item) for item in ([data] if isinstance(data, str | Path) else data)]
    singly = [item for item in contents if Path(item.place) in paths]
    return given_by(", ".join(Path(item.place).name for item in singly), singly)


def given_by(given: Path | str, contents: Iterable[PublishedFile]) -> list[str]:
    """What the files that were read give: how many, their months, levels and layouts."""
    contents = list(contents)
    periods: set[str] = set()
    levels: set[str] = set()
    for item in contents:
        for _, level, period in parts(item):
            periods.add(period)
            levels |= {level} if level else set()
        for table in item.tables.values():
            levels |= {
                COLUMNS_OF_LEVELS[name] for name in table.column_names if name in COLUMNS_OF_LEVELS
            }
    if not periods:
        return []
    span = listed(map(parse_period, periods))
    noun = "file is" if len(contents) == 1 else "files are"
    layouts = ", ".join(sorted({item.layout for item in contents}))
    read = f"{len(contents):,} {noun} read: {span}, by {', '.join(sorted(levels))}"
    return [f"{given}: {read} ({layouts})"]


def not_opened_in(folder: Path) -> list[Problem]:
    """The files of a folder that cannot be opened, each with why and what to do about it.

    None of a folder of record tables, nor those that are larger than publishers' files: they are
    someone's own.
    """
    if not folder.is_dir() or any(_has_tables(folder, code) for code in family_codes()):
        return []
    files = [path for path in _files(folder) if path.stat().st_size <= LARGEST_FILE]
    return [Problem(str(path), why) for path, why in not_opened(files).items()]


def not_opened(paths: Iterable[Path]) -> dict[Path, str]:
    """Those of the files that cannot be opened at all, and why."""
    why = {path: not_to_be_opened(path) for path in paths}
    return {path: reason for path, reason in why.items() if reason}


def _base(folder: Path, family: Family) -> Path | None:
    """The folder whose files are publishers' own; None where there are record tables."""
    if any(_has_tables(folder, code) for code in family_codes()):
        return None
    own = folder / family.code
    return own if own.is_dir() else folder


def _has_tables(folder: Path, code: str) -> bool:
    own = folder / code
    return own.is_dir() and any(
        (own / f"{name}{ending}").is_file()
        for name in load_family(code).tables
        for ending in (".csv", ".parquet")
    )


def _files(folder: Path) -> list[Path]:
    """The files of a folder and of those within it; hidden ones and side tables are none."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.startswith(LOCK_FILE)
        and not (path.suffix == ".csv" and path.stem in ("geography", "plans", "coverage"))
    ]


def _reader(path: Path, known: Sequence[Reader]) -> Reader | None:
    if not is_of_a_size_to_read(path):
        return None
    return next((reader for reader in known if reader.recognises(path)), None)


def _named(paths: Sequence[Path]) -> str:
    more = len(paths) - MOST_NAMED
    words = f" and {more:,} more" if more > 0 else ""
    return ", ".join(path.name for path in paths[:MOST_NAMED]) + words
