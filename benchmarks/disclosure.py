"""What is published of small counts, and whether it is safe and true: the sample, by size.

For each number of commissioners and scale, and each family that hides counts: the figures of the
period that the family is published for, with two years of history and England, released and
audited; and beside them the exact ones, to say of each verdict, comparison with England and change
that is told whether it agrees, and how many the rounded counts are too coarse for. A line each:

    family ccgs scale: counts, hidden, withheld, narrowed; of verdicts, comparisons and changes
    told/agree/too coarse; lines or family refused, and why; seconds

The sample of all commissioners at scale 1 is the national one. With --levels the other levels and
the other kinds of period are released after the first through one ledger, and audited with it.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.family import Family
from nhsind.definitions.relations import relations_of
from nhsind.errors import DisclosureError, NhsindError
from nhsind.geography import ENGLAND
from nhsind.narrative.comparisons import wide_interval
from nhsind.narrative.evidence import Evidence
from nhsind.narrative.gathering import gather
from nhsind.periods import parse_period
from nhsind.release.auditor import exposed
from nhsind.release.computing import compute, organisations_above
from nhsind.release.gate import release
from nhsind.release.ledger import Ledger
from nhsind.release.policies import EXPLORING
from nhsind.release.results import Results, own_kind
from nhsind.release.shown_cells import REFUSED_NOTE, SHOWN, SMALL, WITHHELD, cells_released
from nhsind.release.unknowns import Unknowns
from nhsind.sources.inputs import open_input
from nhsind.synthetic.world import LAST_MONTH

LEVELS = ("ccg", "tcp", "stp", "region")


def hiding() -> list[str]:
    """The families whose counts are protected."""
    families = map(load_family, family_codes())
    return [
        each.code for each in families if each.disclosure and each.disclosure.rule == "suppress"
    ]


def main() -> None:
    """Make each sample, release every family of it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ccgs", type=int, nargs="+", default=[1, 2, 3, 5, 8, 12, 20, 42])
    parser.add_argument("--scales", type=float, nargs="+", default=[0.2, 1.0])
    parser.add_argument("--families", nargs="+", default=hiding())
    parser.add_argument("--levels", action="store_true")
    options = parser.parse_args()
    for scale in options.scales:
        for number in options.ccgs:
            with tempfile.TemporaryDirectory() as place:
                ind.sample(place, ccgs=number, scale=scale)
                for code in options.families:
                    start = time.perf_counter()
                    for said in published(load_family(code), Path(place), options.levels):
                        print(f"{code} {number} {scale}: {said}", flush=True)
                    print(f"  {time.perf_counter() - start:.0f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"memory at most {peak:.0f} MB")


def published(family: Family, data: Path, all_levels: bool) -> Iterator[str]:
    """What comes of a family's release, or of one after another, in words."""
    ledger = Ledger(data / "ledger.jsonl", "the sample")
    own = own_kind(family, LAST_MONTH)
    month, level = LAST_MONTH, family.level
    kinds, levels = [own], [level]
    if all_levels:
        kinds = list(dict.fromkeys([month, month.quarter, month.financial_year]))
        levels = [*LEVELS] if level in LEVELS else [level]
    for each in levels:
        for period in kinds:
            try:
                yield f"{each} {period}: {one_release(family, data, each, str(period), ledger)}"
            except DisclosureError as error:
                yield f"{each} {period}: refused: {error}"
            except NhsindError as error:
                yield f"{each} {period}: none: {str(error)[:100]}"
    if all_levels:
        yield f"all together: {audited(family, ledger)}"


def one_release(family: Family, data: Path, level: str, period: str, ledger: Ledger) -> str:
    """Release a period of a level, add it to the ledger, and say what was published and told."""
    given: dict[str, pd.DataFrame] = {}

    def noted(raw, family, *, policy, **more):  # type: ignore[no-untyped-def]
        given["exact"] = release(raw, family, policy=EXPLORING).frame
        return release(raw, family, policy=policy, **more)

    opened = open_input(family, data, level=level)
    with patch("nhsind.release.computing.release", noted):
        found = compute(
            opened, parse_period(period), level=level, earlier=ledger.earlier(family.code)
        )
    figures, policy = found.figures.frame, found.figures.policy
    cells = cells_released(figures, policy, relations_of(family))
    periods = sorted({parse_period(text) for text in figures["period"].unique()})
    above = organisations_above(opened.geography, level, periods)
    ledger.add(family.code, cells, above)
    states = cells["state"].value_counts()
    alone = Ledger(ledger.path, ledger.source)
    alone.add(family.code, cells, above)
    refused = sorted(set(figures.loc[figures["note"] == REFUSED_NOTE, "indicator"]))
    return (
        f"counts {len(cells)}, hidden {states.get(SMALL, 0)}, withheld {states.get(WITHHELD, 0)}, "
        f"{audited(family, alone)}; {agreement(found, given['exact'])}"
        + (f"; lines refused: {', '.join(refused)}" if refused else "")
    )


def audited(family: Family, ledger: Ledger) -> str:
    """How many hidden counts all that a ledger holds narrows, and how many rounded ones."""
    earlier = ledger.earlier(family.code)
    unknowns = Unknowns(earlier.cells, relations_of(family), earlier.above)
    withheld = (earlier.cells["state"] == WITHHELD).to_numpy()
    narrowed = len(exposed(unknowns.system(withheld)).left)
    system = unknowns.system(withheld, with_rounded=True)
    low, high, _ = system.propagated()
    rounded = int((system.narrowed(low, high) & system.is_rounded).sum())
    shown = int((earlier.cells["state"] == SHOWN).sum())
    return f"shown {shown}, narrowed {narrowed} hidden and {rounded} rounded"


def agreement(found: Results, exact: pd.DataFrame) -> str:
    """Of what is judged and could be: told, in agreement with the exact, too coarse to tell."""
    shown = found.figures.frame
    known = ~(shown[["numerator_mark", "denominator_mark"]] == "[c]").any(axis="columns")
    words = []
    for name in ("meets_standard", "meets_plan"):
        judged = exact[name].notna() & known
        told = judged & shown[name].notna()
        agrees = told & (shown[name] == exact[name]).fillna(False)
        words.append(_counted(name, judged, told, agrees))
    everyone = list(found.names)
    open_figures = replace(found.figures, frame=exact, policy=EXPLORING)
    true = gather(replace(found, figures=open_figures), everyone)
    words += [_beside_england(found, true, everyone), _changes(found, true, everyone)]
    return "; ".join(words)


def _beside_england(found: Results, true: dict[str, Evidence], everyone: list[str]) -> str:
    """What the interval of many says of England's value, in each period, of rounded figures."""
    judged, told, agrees = [], [], []
    for code, evidence in gather(found, everyone).items():
        for period in evidence.periods:
            england, of_all = (each.figure(ENGLAND, period) for each in (evidence, true[code]))
            if england is None or of_all is None or not england.is_whole:
                continue
            if england.is_rounded:
                lowest, highest = england.lowest, england.highest
            else:
                lowest = highest = england.value
            for organisation in everyone:
                own, exact = (each.figure(organisation, period) for each in (evidence, true[code]))
                if organisation == ENGLAND or own is None or exact is None or not own.is_rounded:
                    continue
                lower, upper = wide_interval(true[code], exact)
                if not own.is_known or np.isnan([lower, upper]).any():
                    continue
                judged.append(True)
                way = 1 if own.wide_lower > highest else -1 if own.wide_upper < lowest else 0
                is_alike = own.wide_lower_most <= lowest and highest <= own.wide_upper_least
                told.append(way != 0 or is_alike)
                truth = 1 if lower > of_all.value else -1 if upper < of_all.value else 0
                agrees.append(told[-1] and way == truth)
    return _counted("beside England", *map(pd.Series, (judged, told, agrees)))


def _changes(found: Results, true: dict[str, Evidence], everyone: list[str]) -> str:
    """The changes from the period before and a year before, of rounded figures."""
    judged, told, agrees = [], [], []
    for code, evidence in gather(found, everyone).items():
        for since, spreads in evidence.spreads.items():
            for organisation, spread in spreads.items():
                ends = true[code].changes[since].get(organisation)
                if ends is None or np.isnan(ends).any():
                    continue
                judged.append(True)
                told.append(spread.is_clear or spread.is_none)
                way = 1 if ends[0] > 0 else -1 if ends[1] < 0 else 0
                said = (1 if spread.ends[0] > 0 else -1) if spread.is_clear else 0
                agrees.append(told[-1] and way == said)
    return _counted("changes", *map(pd.Series, (judged, told, agrees)))


def _counted(
    name: str, judged: pd.Series[bool], told: pd.Series[bool], agrees: pd.Series[bool]
) -> str:
    number, said = int(judged.sum()), int(told.sum())
    if not number:
        return f"{name} none"
    coarse = 100 * (number - said) / number
    return f"{name} {number} told {said} agree {int(agrees.sum())} coarse {coarse:.0f}%"


if __name__ == "__main__":
    main()
