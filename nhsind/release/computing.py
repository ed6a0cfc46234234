"""Everything that reports of a period show, derived once for all organisations and released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.relations import relations_of
from nhsind.derivation.fates import attrition
from nhsind.derivation.members import members_not_given
from nhsind.derivation.questions import gaps_beside, not_covered, not_held
from nhsind.derivation.values import measure
from nhsind.errors import NotHeldError, UsageError
from nhsind.geography import Geography
from nhsind.periods import Period
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release, release_faults, release_steps, shows_steps
from nhsind.release.ledger import NOTHING, Earlier
from nhsind.release.pieces import pieces_of
from nhsind.release.policies import policy_for
from nhsind.release.results import Results, own_period
from nhsind.release.shown_cells import BASE_LEVELS
from nhsind.release.unusual_figures import unusual_figures
from nhsind.sources.checked_input import Input
from nhsind.sources.findings import GAP, TELL_OF_COUNTED_ROWS, UNUSUAL
from nhsind.sources.lacking import lacked
from nhsind.sources.unusual_findings import unusual_findings
from nhsind.statistics.adjustments import Adjustments

# Periods shown before the report's own, where the data reach back: two years of months, more than
# the 15 points that a control chart needs.
DEFAULT_HISTORY = 23
LEVELS_ABOVE = ("tcp", "stp", "region")


def reaches(opened: Input, period: Period) -> bool:
    """Whether the input covers a report's period for any line: else there is nothing to report."""
    return any(
        line.answers(shown) and opened.holds(line) and opened.covers(line, shown)
        for line in opened.family.indicators.values()
        for shown in [own_period(line, period)]
    )


def compute(
    opened: Input,
    period: Period,
    *,
    level: str,
    engine: str = "duckdb",
    history: int = DEFAULT_HISTORY,
    explore: bool = False,
    publication: dict[str, str] | None = None,
    codes: Sequence[str] | None = None,
    england: bool = True,
    described_as: str | None = None,
    signed: Disclosure | None = None,
    earlier: Earlier = NOTHING,
    adjustments: dict[str, Adjustments] | None = None,
) -> Results:
    """Derive and release everything that reports of `period` at `level` show.

    One pass for all organisations. `codes`: only these lines. `england`: whether England is
    shown beside them. `described_as`: what pages say of
    the data; None: their kind, and the names of published files or of tables. `signed`: a policy
    in place of the family's. `earlier`: what was released before. `adjustments`: what is asked of
    the control charts of each line. Raises DisclosureError where release refuses.
    """
    family = opened.family
    shown = {line.code: own_period(line, period) for line in family.indicators.values()}
    asked = [line for line in family.indicators.values() if codes is None or line.code in codes]
    lacking = lacked(opened, asked)
    answering = [line for line in asked if line.answers(shown[line.code])]
    lines = [line for line in answering if line.code not in lacking]
    if answering and not lines:
        raise NotHeldError(not_held(opened, answering))
    if not lines:
        raise UsageError(f"{opened.description} has no figure of {family.code} for {period}")
    covered = [line for line in lines if opened.covers(line, shown[line.code])]
    if not covered:
        raise NotHeldError(not_covered(opened, lines, sorted(set(shown.values()))))
    policy = policy_for(family, opened.is_published, explore, signed)
    periods = [
        each
        for kind in dict.fromkeys(shown[line.code] for line in lines)
        for each in _history(opened, lines, kind, history)
    ]
    lines_shown = [
        (line, [p for p in periods if p.kind == shown[line.code].kind]) for line in lines
    ]
    own = _measured(opened, lines_shown, level, engine)
    national = _measured(opened, lines_shown, "england", engine) if england else own.iloc[:0]
    if own.empty:
        raise UsageError(f"{opened.description} holds no organisation at level {level}")
    figures = release(
        Raw(pd.concat([own, national], ignore_index=True)),
        family,
        policy=policy,
        above=organisations_above(opened.geography, level, periods),
        earlier=earlier,
    )
    left_out = []
    for line in covered:
        if opened.tables and shows_steps(policy):
            part = attrition(opened, line, periods=[shown[line.code]], level=level, engine=engine)
            left_out.append(part.assign(indicator=line.code))
    columns = "indicator org_code period part excluded_because in_denominator units".split()
    counted = pd.concat(left_out) if left_out else pd.DataFrame(columns=columns)
    months = {month for line in lines for month in shown[line.code].split_months()}
    findings = list(opened.findings)
    # Far less than usual is a range of a count that may be hidden: there, what is shown tells. And
    # the rows of a whole table are a total, which a hidden count may lack alone.
    if policy.rule == "suppress":
        findings = [each for each in findings if each.fault not in TELL_OF_COUNTED_ROWS]
    else:
        findings += unusual_findings(opened, [line.code for line in lines], months, level=level)
    found = pd.DataFrame(
        [(item.fault, item.about, " ".join(item.lines), item.rows) for item in findings],
        columns=["fault", "about", "lines", "rows"],
    )
    # Those that a figure is compared with, too.
    told_of = [
        (line, each)
        for line in lines
        if (its := shown[line.code])
        for each in dict.fromkeys((its, its.previous, its.year_before))
        if each in periods
    ]
    # Small counts are hidden from who would look for them in what is said beside them, too.
    gaps = gaps_beside(opened, told_of, by_numbers=policy.rule != "suppress")
    said = [(GAP, words, " ".join(of)) for words, of in gaps]
    said += [
        (GAP, words, " ".join(of))
        for words, of in members_not_given(opened, covered, list(shown.values()), level=level)
    ]
    if policy.rule == "suppress":
        known = unusual_figures(
            figures.frame,
            policy,
            relations_of(family),
            periods={line.code: shown[line.code] for line in covered},
            tolerance=opened.tolerance,
        )
        said += [(UNUSUAL, words, code) for words, code in known]
    return Results(
        family=family,
        organisation=str(own["org_code"].iloc[0]),
        period=period,
        level=level,
        figures=figures,
        steps=release_steps(Raw(counted[columns]), policy),
        quality=_with_what_is_public(release_faults(Raw(found), policy), said),
        groups=_groups(opened, level, period),
        source=described_as or _source_words(opened),
        publication=publication or {},
        regions=_names_of_regions(opened, level, period),
        region_codes={
            code: region for code, (region, _) in _parents(opened, level, period, "region").items()
        },
        contained=_contained(opened, level, period),
        peers=_peers(opened, level, period),
        lacking=lacking,
        adjustments=adjustments or {},
    )


def _with_what_is_public(quality: Released, said: list[tuple[str, str, str]]) -> Released:
    """Data quality with what is told of no record: fault, words, lines. It has no number."""
    rows = pd.DataFrame(said, columns=["fault", "about", "lines"], dtype="string")
    rows["rows"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    return Released(pd.concat([quality.frame, rows], ignore_index=True), quality.policy)


def _history(opened: Input, lines: list[Indicator], last: Period, steps: int) -> list[Period]:
    """The periods up to `last`, from the first that the input covers for one of the lines."""
    periods = [last.shift(-step) for step in range(steps, 0, -1)]
    answering = [line for line in lines if line.answers(last)]
    covered = [each for each in periods if any(opened.covers(line, each) for line in answering)]
    return [*(each for each in periods if covered and each >= covered[0]), last]


def _measured(
    opened: Input, lines: list[tuple[Indicator, list[Period]]], level: str, engine: str
) -> pd.DataFrame:
    """The output table of lines that have periods of their own kinds."""
    tables = []
    for kind in dict.fromkeys(periods[0].kind for _, periods in lines):
        alike = [(line, periods) for line, periods in lines if periods[0].kind == kind]
        tables.append(
            measure(
                opened, [line for line, _ in alike], periods=alike[0][1], level=level, engine=engine
            )
        )
    return pd.concat(tables, ignore_index=True)


def organisations_above(
    geography: Geography | None, level: str, periods: list[Period]
) -> dict[tuple[str, str, str], dict[str, str]]:
    """By level, code and period: the organisations of levels above, and the CCGs it has become.

    Of these the last is its `ccg`; those that it was in between are `ccg 1`, `ccg 2`, ...
    Of a level above commissioners also the pieces that borders make of it (`pieces`).
    """
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    if geography is None:
        return found
    if level not in BASE_LEVELS:
        for period in periods:
            for part, higher, whole in _made_of(geography, level, period):
                found.setdefault((level, part, str(period)), {})[higher] = whole
        return found | (
            pieces_of(geography, level, LEVELS_ABOVE, periods) if level in LEVELS_ABOVE else {}
        )
    for period in periods:
        for code in geography.known(level):
            above = {each: geography.parent(level, code, each, period) for each in LEVELS_ABOVE}
            became = geography.successors(code, date.max) if level == "ccg" else []
            for place, each in enumerate(reversed([one for one in became if one != code])):
                above[f"ccg {place}" if place else "ccg"] = each
            found[level, code, str(period)] = {key: each for key, each in above.items() if each}
    return found


def _made_of(geography: Geography, level: str, period: Period) -> Iterator[tuple[str, str, str]]:
    """Organisations of a level above commissioners, and of other levels those they make up whole.

    A region is the sum of its partnerships where each of these lies in it alone and all of its
    commissioners are in one.
    """
    for above in LEVELS_ABOVE:
        places = {
            (
                geography.parent("ccg", code, level, period),
                geography.parent("ccg", code, above, period),
            )
            for code in geography.known("ccg")
        }
        parts = Counter(part for part, _ in places)
        split = {whole for part, whole in places if part is None or parts[part] > 1}
        for part, whole in sorted((part or "", whole or "") for part, whole in places):
            if above != level and part and whole and whole not in split:
                yield part, above, whole


def _groups(opened: Input, level: str, period: Period) -> dict[str, tuple[str, str]]:
    """The STP of each organisation, or the group that a published file prints."""
    if opened.geography is None or level not in ("ccg", "provider"):
        return opened.groups
    return _parents(opened, level, period, "stp")


def _names_of_regions(opened: Input, level: str, period: Period) -> dict[str, str]:
    parents = _parents(opened, level, period, "region")
    return {code: name for code, (_, name) in parents.items()}


def _contained(opened: Input, level: str, period: Period) -> dict[str, str]:
    """The organisation of the family's level, above the commissioners, that contains each."""
    geography = opened.geography
    if geography is None or level != opened.family.level or level in ("ccg", "provider"):
        return {}
    parents = {
        code: geography.parent("ccg", code, level, period) for code in geography.known("ccg")
    }
    return {code: parent for code, parent in parents.items() if parent}


def _parents(opened: Input, level: str, period: Period, above: str) -> dict[str, tuple[str, str]]:
    """Code and name of what each organisation belongs to on a level above its own."""
    geography = opened.geography
    if geography is None or level not in ("ccg", "provider"):
        return {}
    names = geography.names(above)
    parents = {
        code: geography.parent(level, code, above, period) for code in geography.known(level)
    }
    return {code: (parent, names.get(parent, parent)) for code, parent in parents.items() if parent}


def _peers(opened: Input, level: str, period: Period) -> dict[str, str]:
    """The peer group of each organisation that the geography names one for."""
    geography = opened.geography
    if geography is None:
        return {}
    groups = {code: geography.peer_group(level, code, period) for code in geography.known(level)}
    return {code: group for code, group in groups.items() if group}


def _source_words(opened: Input) -> str:
    """Publishers' files by their names; records by their tables, not by where they are kept."""
    if opened.is_published:
        return f"Published files: {opened.description}"
    return f"Records: {', '.join(sorted(opened.tables)).replace('_', ' ')}"
