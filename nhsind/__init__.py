"""nhsind: the shared, executable definition of NHS performance indicators.

The verbs of the command line are functions here: `list`, `define`, `schema`, `sample`, `check`,
`derive`, `trace`, `reconcile`, `run`, `due`. `variant` is a line with other values, of which
`choices` lists what there is; `compare` sets it beside the line. In a notebook, `results` opens a
family's figures, and `in_short`, `table`, `fate_table`, `chart` and `interpret` show them. `spc`,
`p_chart`, `wilson`, `byar` and `exact_poisson` work on any numbers. `Period` is a month, quarter or
year; `Notes` collects what a call left out. Every error is a NhsindError: UsageError, InputError,
DisclosureError, HeldError.

Each name is imported when it is first asked for, so that `import nhsind` takes no time.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nhsind.version import __version__

if TYPE_CHECKING:
    from nhsind.api.auditing import audit
    from nhsind.api.charting import chart
    from nhsind.api.checking import check, check_definitions
    from nhsind.api.defining import choices, define, list_indicators, schema
    from nhsind.api.deriving import derive, trace
    from nhsind.api.exploring import compare, variant, what_if
    from nhsind.api.grids import grid
    from nhsind.api.publishing import due, run
    from nhsind.api.querying import sql
    from nhsind.api.reconciling import reconcile
    from nhsind.api.sampling import sample
    from nhsind.api.series import p_chart, spc
    from nhsind.api.showing import examples, fate_table, in_short, interpret, results, table
    from nhsind.api.units import units_of
    from nhsind.api.weighing import compare_readings
    from nhsind.derivation.questions import Notes
    from nhsind.errors import (
        DisclosureError,
        HeldError,
        InputError,
        NhsindError,
        Problem,
        UsageError,
    )
    from nhsind.periods import Period
    from nhsind.statistics.funnels import funnel
    from nhsind.statistics.inequality import slope_index
    from nhsind.statistics.intervals import byar, exact_poisson, wilson
    from nhsind.statistics.standardised import direct_rate, indirect_rate, indirect_ratio

    list = list_indicators

_HOMES = {
    "nhsind.api.auditing": ["audit"],
    "nhsind.api.checking": ["check", "check_definitions"],
    "nhsind.api.defining": ["choices", "define", "list_indicators", "schema"],
    "nhsind.api.deriving": ["derive", "trace"],
    "nhsind.api.exploring": ["compare", "variant", "what_if"],
    "nhsind.api.publishing": ["due", "run"],
    "nhsind.api.querying": ["sql"],
    "nhsind.api.reconciling": ["reconcile"],
    "nhsind.api.sampling": ["sample"],
    "nhsind.api.charting": ["chart"],
    "nhsind.api.showing": ["examples", "fate_table", "in_short", "interpret", "results", "table"],
    "nhsind.api.grids": ["grid"],
    "nhsind.api.series": ["p_chart", "spc"],
    "nhsind.api.units": ["units_of"],
    "nhsind.api.weighing": ["compare_readings"],
    "nhsind.derivation.questions": ["Notes"],
    "nhsind.errors": [
        "DisclosureError",
        "HeldError",
        "InputError",
        "NhsindError",
        "Problem",
        "UsageError",
    ],
    "nhsind.periods": ["Period"],
    "nhsind.statistics.funnels": ["funnel"],
    "nhsind.statistics.inequality": ["slope_index"],
    "nhsind.statistics.standardised": ["direct_rate", "indirect_rate", "indirect_ratio"],
    "nhsind.statistics.intervals": ["byar", "exact_poisson", "wilson"],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DisclosureError",
    "HeldError",
    "InputError",
    "NhsindError",
    "Notes",
    "Period",
    "Problem",
    "UsageError",
    "__version__",
    "audit",
    "byar",
    "chart",
    "check",
    "check_definitions",
    "choices",
    "compare",
    "compare_readings",
    "define",
    "derive",
    "direct_rate",
    "due",
    "exact_poisson",
    "examples",
    "fate_table",
    "funnel",
    "grid",
    "in_short",
    "indirect_rate",
    "indirect_ratio",
    "interpret",
    "list",
    "p_chart",
    "reconcile",
    "results",
    "run",
    "sample",
    "schema",
    "slope_index",
    "spc",
    "sql",
    "table",
    "trace",
    "units_of",
    "variant",
    "what_if",
    "wilson",
]


def __getattr__(name: str) -> Any:
    """A public name, from its home (PEP 562)."""
    public = "list_indicators" if name == "list" else name
    if public not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOME_OF[public]), public)
    globals()[name] = found
    return found


def __dir__() -> Any:
    return sorted(__all__)
