"""What to do where a file's columns are not nhsind's: how a mapping says for which they stand."""

from __future__ import annotations

from pathlib import Path

from nhsind.definitions.record_tables import RecordTable

# Endings of the files that a mapping reads.
MAPPABLE = (".csv", ".parquet", ".xlsx", ".xlsm", ".xls")


def for_a_column(table: RecordTable, place: str, mapping: Path | None) -> str | None:
    """For a table that lacks a column: the mapping that made it, else how to have one proposed.

    `mapping`: the file, where one made the table. None for what is no file (a frame).
    """
    if mapping is not None:
        section = f"[{table.family}.{table.name}.columns]"
        return (
            f"a column that has another heading is named in {mapping}, below {section}: "
            'COLUMN = "HEADING"'
        )
    path = Path(place)
    if path.suffix.lower() not in MAPPABLE:
        return None
    folder = path.parent
    return for_own_files(folder.parent if folder.name == table.family else folder)


def for_own_files(folder: Path) -> str:
    """For files with headings, dates or codes of somebody's own."""
    return (
        f"headings of your own? nhsind map {folder} proposes a mapping.toml, which says for what "
        "each stands and is then read by every command"
    )


def for_a_folder(folder: Path) -> str | None:
    """For a folder without tables: a mapping, if it holds files that one can read."""
    if not folder.is_dir():
        return None
    holds = any(path.suffix.lower() in MAPPABLE for path in folder.rglob("*"))
    return for_own_files(folder) if holds else None
