"""Which families there are, and their lines by code.

A family is a folder with `indicators.toml` (prose, clauses by name, standards), `tables.toml` (its
record tables), `rules.py` (the clauses), `sample.py` and, where figures are published,
`published.py`. Families are found on a search path: the package's own, then the folders of the
environment variable NHSIND_DEFINITIONS, then what installed packages name as `nhsind.families`.
Nothing else lists families.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import STAR, Indicator
from nhsind.errors import InputError, Problem, UnknownLineError, UsageError, nearest, unknown

# Folders of families of the user's own, separated as in PATH.
DEFINITIONS = "NHSIND_DEFINITIONS"
ENTRY_POINTS = "nhsind.families"
OWN = Path(__file__).resolve().parents[1] / "families"
INDICATORS_FILE, EXAMPLES_FILE = "indicators.toml", "examples.toml"


@dataclass(frozen=True)
class FamilyFolder:
    """Where a family lies, and the name that its modules are imported under."""

    code: str
    folder: Path
    package: str


def family_codes() -> list[str]:
    """The families there are, in alphabetical order."""
    return sorted(family_folders())


def family_folders() -> dict[str, FamilyFolder]:
    """The folders of the search path that hold a family, by its code.

    Raises UsageError for a folder of NHSIND_DEFINITIONS that holds none, InputError where two
    have one name.
    """
    found: dict[str, FamilyFolder] = {}
    for place in (*_own(OWN), *_from_environment(), *_from_packages()):
        other = found.setdefault(place.code, place)
        if other.folder != place.folder:
            text = f"a family {place.code} lies in {other.folder} too"
            raise InputError(Problem(str(place.folder), text))
    return found


def load_family(code: str) -> Family:
    """The family's definition, checked. Raises UsageError where there is none of this code."""
    folders = family_folders()
    if code not in folders:
        raise unknown("family", code, sorted(folders))
    return _loaded(folders[code])


def load_own_families() -> None:
    """Load the package's own families, ahead of the processes that will ask for them."""
    for place in _own(OWN):
        _loaded(place)


def definition_digest(code: str) -> str:
    """The SHA-256 of a family's definition and rules, wherever its folder is."""
    digest = hashlib.sha256()
    folder = family_folders()[code].folder
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".toml")):
        digest.update(f"{path.relative_to(folder)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def family_of(line: Indicator) -> Family:
    """The family of a line; with a variant among its lines where the line is one."""
    family = load_family(line.family)
    if not line.variant_of:
        return family
    return replace(family, indicators={**family.indicators, line.code: line})


def with_variant(family: Family, line: Indicator) -> Family:
    """The family with a variant in the place of its own line; UsageError if it is another's."""
    if line.family != family.code:
        raise UsageError(f"{line.code} is a line of {line.family}, not of {family.code}")
    lines = [line if each.code == line.own_code else each for each in family.indicators.values()]
    return replace(family, indicators={each.code: each for each in lines})


def find(code: str | Indicator) -> Indicator:
    """The indicator with this code, in any case; UsageError with the nearest if there is none.

    A line that is given itself, such as a variant, is the one meant.
    """
    if isinstance(code, Indicator):
        return code
    every = all_indicators()
    lines = {line.upper(): line for line in every}
    wanted = code.strip().upper()
    if wanted.removesuffix(STAR) in lines and wanted.endswith(STAR):
        raise UsageError(
            f'"{code}" is what a variant of {lines[wanted.removesuffix(STAR)]} is called: name the '
            "line and say what differs (--set, --reading, --without); a variant is never published "
            "as the line"
        )
    if wanted not in lines and wanted.lower() in family_codes():
        codes = ", ".join(load_family(wanted.lower()).indicators)
        raise UsageError(f'"{code}" is a family, and one line is wanted: one of {codes}')
    if wanted not in lines:
        close = nearest(code, list(lines.values()))
        hint = f' Did you mean "{close}"?' if close else ""
        raise UnknownLineError(
            f'"{code}" is not a known indicator or family.{hint} `nhsind list` shows them all', code
        )
    return every[lines[wanted]]


Selectors = str | Indicator | Sequence[str | Indicator]


def each_of(selectors: Selectors) -> list[str | Indicator]:
    """The selectors one by one."""
    return [selectors] if isinstance(selectors, str | Indicator) else list(selectors)


def select(selectors: Selectors) -> dict[str, list[Indicator]]:
    """Lines by family for codes, family names, and lines themselves, each once."""
    chosen: dict[str, list[Indicator]] = {}
    for selector in each_of(selectors):
        if isinstance(selector, str) and selector.lower() in family_codes():
            lines = list(load_family(selector.lower()).indicators.values())
        else:
            lines = [find(selector)]
        known = chosen.setdefault(lines[0].family, [])
        for line in lines:
            same = next((each for each in known if each.code == line.code), None)
            if same is None:
                known.append(line)
            elif same != line:
                raise UsageError(f"two variants of {line.own_code} have one code: take one a call")
    return chosen


def all_indicators() -> dict[str, Indicator]:
    """Every indicator of every family, by code."""
    if not any(_named_in_environment()):  # nothing changes meanwhile
        return _packaged_indicators()
    return _of_all_families()


@cache
def _packaged_indicators() -> dict[str, Indicator]:
    return _of_all_families()


def _of_all_families() -> dict[str, Indicator]:
    return _indicators(tuple(sorted(family_folders().values(), key=lambda place: place.code)))


@cache
def _loaded(place: FamilyFolder) -> Family:
    from nhsind.definitions.loading import family_in

    return family_in(place.code, place.folder, place.package)


@cache
def _indicators(places: tuple[FamilyFolder, ...]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    upper: dict[str, str] = {}
    for place in places:
        for code, line in _loaded(place).indicators.items():
            other = upper.setdefault(code.upper(), place.code)
            if other != place.code:
                text = f"the family {other} has a line of this code too"
                raise InputError(Problem(str(place.folder / INDICATORS_FILE), text, value=code))
            found[code] = line
    return found


@cache
def _own(folder: Path) -> tuple[FamilyFolder, ...]:
    """The package's own families: they stay as they are."""
    return tuple(_in_folder(folder, "nhsind.families"))


def _in_folder(folder: Path, package: str) -> Iterator[FamilyFolder]:
    """The families of a folder: its folders that have a definition."""
    for item in sorted(folder.iterdir()):
        if (item / INDICATORS_FILE).is_file():
            yield FamilyFolder(item.name, item, f"{package}.{item.name}")


def families_of_ones_own() -> list[str]:
    """The families that are not the package's, by code."""
    return sorted(code for code, place in family_folders().items() if place.folder.parent != OWN)


def examples_alone() -> list[Path]:
    """Files of examples that lie in no family's folder: of variants of the lines there are."""
    folders = [Path(text).resolve() for text in filter(None, _named_in_environment())]
    files = [folder / EXAMPLES_FILE for folder in folders]
    return [
        file for file in files if file.is_file() and not (file.parent / INDICATORS_FILE).is_file()
    ]


def _named_in_environment() -> list[str]:
    return os.environ.get(DEFINITIONS, "").split(os.pathsep)


def _from_environment() -> Iterator[FamilyFolder]:
    for text in filter(None, _named_in_environment()):
        folder = Path(text).resolve()
        if not folder.is_dir():
            raise UsageError(f"there is no folder {text} to take definitions from")
        if (folder / INDICATORS_FILE).is_file():
            yield FamilyFolder(folder.name, folder, f"{_package(folder.parent)}.{folder.name}")
            continue
        found = list(_in_folder(folder, _package(folder)))
        if not found and not (folder / EXAMPLES_FILE).is_file():
            raise UsageError(f"{text} holds no family: a folder with {INDICATORS_FILE}")
        yield from found


@cache
def _from_packages() -> tuple[FamilyFolder, ...]:
    """Families that installed packages offer: a package that is one, or that holds some."""
    found: list[FamilyFolder] = []
    for entry in entry_points(group=ENTRY_POINTS):
        module = entry.load()
        folder = Path(next(iter(module.__path__))).resolve()
        if (folder / INDICATORS_FILE).is_file():
            found.append(FamilyFolder(folder.name, folder, module.__name__))
        else:
            found += _in_folder(folder, module.__name__)
    return tuple(found)


def _package(folder: Path) -> str:
    """A package of a name of its own for the families of a folder that is none itself."""
    name = f"nhsind_definitions_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name
