"""Where the pages around the reports lie in the output folder."""

from __future__ import annotations

from nhsind.periods import Period

DICTIONARY_NAME = "data-dictionary.csv"
# From a report or a line's page to the output folder.
ROOT = "../../"
# What has changed since it was published: every figure, and the page of them.
REVISIONS_NAME, REVISIONS_PAGE = "revisions.csv", "revisions.html"
# The name that readers of Frictionless data packages look for.
PACKAGE_NAME = "datapackage.json"


def organisation_page_path(code: str) -> str:
    """Where the page of an organisation lies in the output folder."""
    return f"organisations/{code}.html"


def word_path(code: str) -> str:
    """Where the page of an organisation lies as a Word file."""
    return f"organisations/{code}.docx"


def line_page_path(code: str, period: Period) -> str:
    """Where the page of a line lies for the period that its family is published for."""
    return f"indicators/{code}/{period.in_paths}.html"


def series_path(family: str) -> str:
    """Where the table of all periods of a family lies."""
    return f"series/{family}.csv"


def workbook_path(table: str) -> str:
    """Where the workbook lies whose figures are also in a CSV."""
    return f"{table.removesuffix('.csv')}.xlsx"
