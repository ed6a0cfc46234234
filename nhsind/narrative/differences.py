"""What a comparison of a line with its variant says, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from nhsind.definitions.catalogue import load_family
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.derivation.comparing import Comparison, exact_value
from nhsind.derivation.flags import why
from nhsind.geography import ENGLAND
from nhsind.narrative import wording
from nhsind.periods import parse_period

# What stands before the fates of units that leave the one for the other.
PLACES = {
    "numerator": "the numerator",
    "denominator": "the denominator alone",
    "left out": "neither",
}


def tell_comparison(found: Comparison) -> list[str]:
    """What differs, the national figure, the verdicts that turn and who changes, by period."""
    variant = found.variant
    differs = variant.variant_words or f"the line {found.line.own_code} itself: nothing differs"
    sentences = [f"{variant.code} is {differs}."]
    for period in found.figures["period"].drop_duplicates():
        figures = found.figures[found.figures["period"] == period]
        flows = found.flows[found.flows["period"] == period]
        sentences += _tell_national(found, figures[figures["org_code"] == ENGLAND])
        organisations = figures[figures["org_code"] != ENGLAND]
        sentences += _tell_verdicts(organisations)
        sentences += _tell_who_is_judged(found, organisations)
        total = flows[flows["org_code"] == ENGLAND]
        sentences += _tell_flows(found, total if len(total) else flows, period)
    return sentences


def _tell_national(found: Comparison, rows: pd.DataFrame) -> Iterator[str]:
    line, variant = found.line, found.variant
    for row in rows.to_dict("records"):
        now, then = exact_value(row, line), exact_value(row, variant, "_then")
        when = wording.short_words(parse_period(str(row["period"])))
        who = str(row["org_name"]) or "England"
        if now is None or then is None:
            yield f"{wording.sentence(who)}, {when}: no value to compare."
            continue
        values = (
            f"{wording.value_words(line, now)} by {line.code}, "
            f"{wording.value_words(variant, then)} by {variant.code}"
        )
        gap = then - now
        higher, lower = ("more", "fewer") if line.kind == "count" else ("higher", "lower")
        is_count = line.kind == "count"
        amount = wording.number_words(abs(gap)) if is_count else wording.size_words(line, gap)
        moves = f"{amount} {higher if gap > 0 else lower}" if gap else "no difference"
        yield f"{wording.sentence(who)}, {when}: {values} ({moves})."


def _tell_verdicts(rows: pd.DataFrame) -> Iterator[str]:
    judged = rows[rows["verdict"] != ""]
    if judged.empty:
        return
    if len(judged) == 1:
        only = judged.iloc[0]
        who = str(only["org_name"]) or str(only["org_code"])
        yield f"{wording.sentence(who)}: the standard is {only['verdict']}."
        return
    lost, won = ((judged["verdict"] == words).sum() for words in ("no longer met", "met then"))
    yield (
        f"Of {len(judged):,} organisations with a verdict {lost:,} no longer meet the standard and "
        f"{won:,} meet it then."
    )


def _tell_who_is_judged(found: Comparison, rows: pd.DataFrame) -> Iterator[str]:
    """Who has a verdict by one of the two alone."""
    own, other = rows["meets_standard"], rows["meets_standard_then"]
    for code, there, elsewhere in (
        (found.line.code, own, other),
        (found.variant.code, other, own),
    ):
        alone = there[there.notna() & elsewhere.isna()].astype(bool)
        if len(alone):
            have = "organisation has" if len(alone) == 1 else "organisations have"
            meet = "meets" if alone.sum() == 1 else "meet"
            yield (
                f"{len(alone):,} {have} a verdict by {code} alone: {alone.sum():,} {meet} the "
                "standard."
            )


def _tell_flows(found: Comparison, flows: pd.DataFrame, period: str) -> Iterator[str]:
    family = load_family(found.line.family)
    when = wording.short_words(parse_period(period))
    if flows.empty:
        yield f"No unit changes its fate, {when}."
        return
    for part, rows in flows.groupby("part"):
        of_part = f" of the {part}" if flows["part"].nunique() > 1 else ""
        total = int(rows["units"].sum())
        told = []
        keys = ["was", "was_because", "becomes", "becomes_because"]
        added = rows.groupby(keys, dropna=False)["units"].sum().sort_values(ascending=False)
        for row in added.reset_index().to_dict("records"):
            back = row["becomes"] == "numerator" or row["was"] == "left out"
            line = found.line if back else found.variant
            reason = row["was_because"] if back else row["becomes_because"]
            said = "" if pd.isna(reason) else f" ({_said(family, line, str(reason), back)})"
            told.append(
                f"{row['units']:,} from {PLACES[row['was']]} to {PLACES[row['becomes']]}{said}"
            )
        noun = "unit changes its" if total == 1 else "units change their"
        yield f"{total:,} {noun} fate{of_part}, {when}: {'; '.join(told)}."


def _said(family: Family, line: Indicator, reason: str, back: bool) -> str:
    words = why(family, line, reason).rstrip(".")
    return f"{'failed before' if back else 'fails'}: {words}"
