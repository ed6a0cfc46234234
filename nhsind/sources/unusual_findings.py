"""The organisations' months with numbers far from their own past, as findings of an input."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.periods import Period
from nhsind.sources.checked_input import Input
from nhsind.sources.coverage import MONTHS_BACK, reaches_back_to
from nhsind.sources.findings import UNUSUAL, Finding
from nhsind.sources.usual_numbers import WHY_UNUSUAL, Unusual, unusual_months

# Of more months of one kind so many are named, those that are farthest from usual.
MOST_NAMED = 3


@dataclass(frozen=True)
class UnusualFinding(Finding):
    """An organisation's month far from usual, as a finding."""

    unusual: Unusual | None = field(default=None, kw_only=True)


def unusual_findings(
    source: Input,
    codes: Collection[str] = (),
    months: Collection[Period] = (),
    *,
    level: str | None = None,
    organisations: Collection[str] = (),
) -> list[UnusualFinding]:
    """The organisations' months with numbers far from their own past.

    `codes`: only by the dates of these lines; empty: all. `months`: only of these, and of those
    before with far less that the figures may lack: people of a snapshot, or in the year before
    sessions of courses that end now; empty: all.
    `level`: of the organisations that figures of this level are of, or are added up from; None: of
    the records'. `organisations`: only of these; empty: all. Published files, which are of labelled
    periods, have none.
    """
    if source.is_published:
        return []
    lines: dict[tuple[str, str], list[Indicator]] = {}
    for line in source.family.indicators.values():
        for date in _dates_of(source.family, line) if source.holds(line) else ():
            if date[0] in source.tables:
                lines.setdefault(date, []).append(line)
    return [
        UnusualFinding(
            f"{source.family.code}/{table}",
            UNUSUAL,
            f"{each.words}, by {column}: {WHY_UNUSUAL}",
            tuple(line.code for line in about),
            each.number,
            (),
            left_out=False,
            unusual=each,
        )
        for (table, column), of in lines.items()
        for each in _unusual_by(source, table, column, source.base_level(level))
        if not organisations or each.organisation in organisations
        if (about := [line for line in of if _is_about(source.family, each, line, months)])
        and (not codes or any(line.code in codes for line in about))
    ]


def unusual_of_all(source: Input) -> list[UnusualFinding]:
    """The same of the records' own level, and those of the other level that lose a whole month.

    Where commissioners are judged, smaller numbers of a provider move with who sends it patients;
    a month without any of its rows may be a file that nobody gave.
    """
    others = source.levels_given - {source.record_level}
    found = [each for level in sorted(others) for each in unusual_findings(source, level=level)]
    return unusual_findings(source) + [each for each in found if each.rows == 0]


def in_short(findings: Iterable[Finding]) -> list[str]:
    """Findings as lines; of more than three unusual months of one kind one line for all.

    A kind is of a table, a date, and less or more than usual. `check` has a row for each.
    """
    lines: list[str] = []
    kinds: dict[tuple[str, str, bool], list[UnusualFinding]] = {}
    for item in findings:
        if isinstance(item, UnusualFinding) and (each := item.unusual):
            kinds.setdefault((item.table, each.column, each.is_less), []).append(item)
        else:
            lines.append(str(item))
    for alike in kinds.values():
        lines += [_together(alike)] if len(alike) > MOST_NAMED else map(str, alike)
    return lines


def _together(alike: list[UnusualFinding]) -> str:
    """One line: how many months of how many organisations, and those farthest from usual."""
    months = [item.unusual for item in alike if item.unusual]
    farthest: dict[str, Unusual] = {}
    for each in sorted(months, key=lambda each: each.distance, reverse=True):
        farthest.setdefault(each.organisation, each)
    first = [*farthest.values()][:MOST_NAMED]
    named = ", ".join(f"{each.organisation} in {each.month}" for each in first)
    of = "one organisation" if len(farthest) == 1 else f"{len(farthest):,} organisations"
    return (
        f"{alike[0].table}: {len(months):,} months of {of} have {first[0].far} than is usual, by "
        f"{first[0].column}: {named} and {len(months) - len(first):,} more; {WHY_UNUSUAL}"
    )


def _dates_of(family: Family, line: Indicator) -> list[tuple[str, str]]:
    """The dates that place a line's units, and those of rows that decide on them."""
    return list(dict.fromkeys([*family.placed_by(line), *family.read_by(line)]))


def _is_about(family: Family, each: Unusual, line: Indicator, months: Collection[Period]) -> bool:
    """Whether a line's figures of these months rest on an unusual one."""
    if not months or each.month in months:
        return True
    reach = reaches_back_to(line, min(months))
    if reach is None and family.tables[each.table].read_by == each.column:
        reach = min(months).shift(-MONTHS_BACK).start
    is_before = reach is not None and reach <= each.month.end and each.month < max(months)
    return is_before and each.is_less


def _unusual_by(source: Input, table: str, column: str, level: str) -> list[Unusual]:
    """The unusual months of a table's organisations of a level, by one date, looked for once."""

    def is_closed(code: str, month: Period) -> bool:
        known = source.geography
        return known is not None and known.is_closed(level, code, month)

    if (table, column, level) not in source.unusual:
        source.unusual[table, column, level] = unusual_months(
            source.monthly(table, column, level),
            source.coverage(table, column),
            is_closed,
            source.tolerance,
        )
    return source.unusual[table, column, level]
