"""Released figures in a folder, which the notebooks of a run read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.derivation.figures import whole_if_all_are
from nhsind.errors import DisclosureError, InputError, Problem
from nhsind.output import storable
from nhsind.periods import parse_period
from nhsind.release.confidential import Released
from nhsind.release.results import Results
from nhsind.release.telling import PRECISION
from nhsind.statistics.adjustments import Adjustments

# Every report reads the tables, so they lie nearly as memory has them, which is read faster than
# Parquet.
READ_AS = {
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
    pa.large_string(): pd.StringDtype(),
    pa.null(): pd.Int64Dtype(),
}
# In a folder of released figures: `Results.layers`.
LAYERS = "layers.json"


def save(found: Results, folder: Path, check: bool = True) -> None:
    """Write released figures to a folder, for the notebooks of a run to read.

    `check`: refuse figures that may not be published.
    """
    if check and not found.figures.publishable:
        raise DisclosureError(
            "these figures are exploratory or have no disclosure policy with a source, and "
            "cannot be published"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("figures", "steps", "quality"):
        table: Released = getattr(found, name)
        stored = pa.Table.from_pandas(storable(table.frame), preserve_index=False)
        feather.write_feather(stored, folder / f"{name}.arrow", compression="lz4")
    context = {
        "family": found.family.code,
        "organisation": found.organisation,
        "period": str(found.period),
        "level": found.level,
        "policy": found.figures.policy.__dict__,
        "groups": {code: list(group) for code, group in found.groups.items()},
        "source": found.source,
        "publication": found.publication,
        "regions": found.regions,
        "region_codes": found.region_codes,
        "contained": found.contained,
        "peers": found.peers,
        "lacking": found.lacking,
        "adjustments": {code: asdict(each) for code, each in found.adjustments.items()},
    }
    (folder / "context.json").write_text(json.dumps(context, indent=1), "utf-8")
    (folder / LAYERS).write_text(json.dumps(found.layers), "utf-8")


# Figures that a process has read for those that are forked from it.
_held: dict[Path, Results] = {}


def hold(folder: Path) -> Results:
    """Open the released figures in a folder, and keep them in this process and its children.

    They must not be written again meanwhile.
    """
    _held[folder] = _read(folder)
    return _held[folder]


def load(folder: Path) -> Results:
    """Open the released figures in a folder, which are read unless this process holds them."""
    return _held.get(folder) or _read(folder)


def _read(folder: Path) -> Results:
    try:
        context = json.loads((folder / "context.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        text = "is no folder of released figures, which a publishing run makes"
        raise InputError(Problem(str(folder), text)) from error
    policy = Disclosure(**context["policy"])
    tables = {
        name: Released(
            # No threads: processes are forked from one that has read them.
            feather.read_table(folder / f"{name}.arrow", use_threads=False).to_pandas(
                types_mapper=READ_AS.get, use_threads=False
            ),
            policy,
        )
        for name in ("figures", "steps", "quality")
    }
    figures = tables["figures"].frame
    for name in ("numerator", "denominator"):
        figures[name] = whole_if_all_are(figures[name])
    for name in ("value", "ci_lower", "ci_upper", "standard", "plan", *PRECISION):
        figures[name] = figures[name].to_numpy(dtype=float, na_value=np.nan)
    found = Results(
        family=load_family(context["family"]),
        organisation=context["organisation"],
        period=parse_period(context["period"]),
        level=context["level"],
        groups={code: (group[0], group[1]) for code, group in context["groups"].items()},
        source=context["source"],
        publication=context["publication"],
        regions=context["regions"],
        region_codes=context["region_codes"],
        contained=context["contained"],
        peers=context["peers"],
        lacking=context["lacking"],
        adjustments={
            code: Adjustments(
                each["recalculate"], _pair(each["baseline"]), each["ghost"], _pair(each["kind"])
            )
            for code, each in context["adjustments"].items()
        },
        kept_in=folder,
        **tables,
    )
    found.layers.update(json.loads((folder / LAYERS).read_text("utf-8")))
    return found


def _pair(given: list[Any] | None) -> tuple[Any, str] | None:
    return None if given is None else (given[0], given[1])
