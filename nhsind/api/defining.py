"""What there is: the indicators, their definitions, the tables they need."""

from __future__ import annotations

from dataclasses import asdict, fields

import pandas as pd

from nhsind.arguments import checked
from nhsind.definitions import cards
from nhsind.definitions.cards import Card
from nhsind.definitions.catalogue import all_indicators, family_codes, load_family, select
from nhsind.definitions.changeable import Changeable, changeable
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.record_tables import describe_tables
from nhsind.errors import unknown
from nhsind.sources.side_tables import ANY, describe_side_tables


@checked
def list_indicators(family: str | None = None) -> pd.DataFrame:
    """Every indicator, or those of a family; `nhsind.list` is this function.

    Parameters
    ----------
    family
        Code of a family, such as `rtt`; None: all.

    Returns
    -------
    DataFrame
        One row an indicator: code, family, title, kind, frequency, standard (what it is judged
        by: trajectories and ambitions stand in its definition).

    Raises
    ------
    UsageError
        There is no such family.

    Examples
    --------
    >>> list_indicators("rtt")["code"].tolist()
    ['E.B.3', 'E.M.18', 'E.M.19', 'E.M.20']
    """
    if family is not None and family.lower() not in family_codes():
        raise unknown("family", family, family_codes())
    rows = [
        {
            "code": line.code,
            "family": line.family,
            "title": line.title,
            "kind": line.kind,
            "frequency": line.frequency,
            "standard": "; ".join(row.words for row in line.standards if row.kind == "standard"),
        }
        for line in all_indicators().values()
        if family is None or line.family == family.lower()
    ]
    return pd.DataFrame(rows)


@checked
def define(code: str | Indicator) -> Card:
    """The whole definition of a line: a card in JupyterLab, text when printed.

    Parameters
    ----------
    code
        An indicator's code, such as `E.B.3`, or a variant.

    Raises
    ------
    UsageError
        There is no such line; the message names those most like it.

    Examples
    --------
    >>> define("E.B.3").content["family"]
    'rtt'
    """
    return cards.define(code)


@checked
def choices(code: str | Indicator | None = None) -> pd.DataFrame:
    """What a variant can change: limits, standards, readings and clauses, as plain rows.

    Parameters
    ----------
    code
        An indicator's code or a line itself, or a family; None: every line.

    Returns
    -------
    DataFrame
        indicator, kind (limit, reading or clause), name, value (what the line has), other (what
        it may be: a range, or another choice), says, question.

    Raises
    ------
    UsageError
        There is no such line or family.

    Examples
    --------
    >>> found = choices("E.B.3")
    >>> found.loc[found["kind"] == "limit", ["name", "value"]].to_numpy().tolist()
    [['longest_wait_within', '-126d'], ['standard', '>=0.92']]
    """
    rows = [asdict(row) for _, found in changeable_of(code) for row in found]
    return pd.DataFrame(rows, columns=[each.name for each in fields(Changeable)])


def changeable_of(code: str | Indicator | None) -> list[tuple[Indicator, list[Changeable]]]:
    """The lines that a code or family names (None: all), each with what can be changed of it."""
    chosen = select(list(family_codes()) if code is None else code)
    return [
        (line, changeable(line, load_family(family)))
        for family, lines in chosen.items()
        for line in lines
    ]


@checked
def schema(family: str | None = None) -> pd.DataFrame:
    """The input tables and columns, as the code that reads them has them.

    Parameters
    ----------
    family
        Code of a family, or `any` for the tables beside the records, which all families may have:
        plans, geography, coverage and the keys of a mapping; None: all of these.

    Returns
    -------
    DataFrame
        One row a column of a table.

    Raises
    ------
    UsageError
        There is no such family.

    Examples
    --------
    >>> schema("rtt")["table"].unique().tolist()
    ['pathways']
    """
    codes = [family.lower()] if family else [*family_codes(), ANY]
    return pd.concat(
        [
            describe_side_tables() if code == ANY else describe_tables(load_family(code).tables)
            for code in codes
        ],
        ignore_index=True,
    )
