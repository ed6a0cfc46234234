"""nhsind: the shared, executable definition of NHS performance indicators.

The verbs of the command line are functions here: `list`, `define`, `schema`, `sample`, `check`,
`derive`, `trace`, `reconcile`, `run`, `due`. In a notebook, `results` opens a family's figures, and
`table`, `chart` and `interpret` show them. `spc`, `wilson`, `byar` and `exact_poisson` work on
any numbers.
"""

from nhsind.api import (
    chart,
    check,
    define,
    derive,
    due,
    fate_table,
    interpret,
    list_indicators,
    reconcile,
    results,
    run,
    sample,
    schema,
    table,
    trace,
)
from nhsind.statistics.intervals import byar, exact_poisson, wilson
from nhsind.statistics.shewhart import spc
from nhsind.version import __version__

list = list_indicators

__all__ = [
    "__version__",
    "byar",
    "chart",
    "check",
    "define",
    "derive",
    "due",
    "exact_poisson",
    "fate_table",
    "interpret",
    "list",
    "reconcile",
    "results",
    "run",
    "sample",
    "schema",
    "spc",
    "table",
    "trace",
    "wilson",
]
