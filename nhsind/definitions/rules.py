"""A family's `rules.py`: its unit tables, clauses, faults and remarks."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from nhsind.definitions.clauses import Clause, Fault, Remark, clauses_of, faults_of, remarks_of
from nhsind.definitions.unit_tables import UnitTable, unit_tables_of
from nhsind.errors import InputError, Problem

RULES_FILE = "rules.py"


@dataclass(frozen=True)
class Rules:
    """What a family's rules define, by name; `module` also holds its own standards."""

    module: ModuleType
    units: dict[str, UnitTable]
    clauses: dict[str, Clause]
    faults: dict[str, Fault]
    remarks: dict[str, Remark]


def rules_in(folder: Path, package: str) -> Rules:
    """The rules in a family's folder, imported under the family's package.

    Raises InputError where there are none, or where they cannot be imported.
    """
    file = folder / RULES_FILE
    if not file.is_file():
        raise InputError(Problem(str(file), "is missing"))
    try:
        module = import_module(f"{package}.{file.stem}")
    except Exception as error:  # whatever a person's code may raise
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(file)]
        line = error.lineno if isinstance(error, SyntaxError) else (lines or [None])[-1]
        text = f"cannot be imported: {type(error).__name__}: {error}"
        raise InputError(Problem(str(file), text, line)) from error
    return Rules(
        module,
        unit_tables_of(module),
        clauses_of(module),
        faults_of(module),
        remarks_of(module),
    )
