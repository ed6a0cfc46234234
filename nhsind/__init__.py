"""nhsind: the shared, executable definition of NHS performance indicators.

`define` and `list_indicators` say what a line is, `derive` gives its figures, `trace` every
record's fate, `check` what is wrong with the input.
"""

from nhsind.api import check, derive, list_indicators, reconcile, schema, trace
from nhsind.cards import define
from nhsind.statistics import byar, exact_poisson, wilson

__version__ = "0.1.0"
__all__ = [
    "byar",
    "check",
    "define",
    "derive",
    "exact_poisson",
    "list_indicators",
    "reconcile",
    "schema",
    "trace",
    "wilson",
]
