"""The organisations' months with numbers far from their own past, as findings of an input."""

from __future__ import annotations

from collections.abc import Collection

from nhsind.definitions.indicators import Indicator
from nhsind.periods import Period
from nhsind.sources.checked_input import Input
from nhsind.sources.coverage import reaches_back_to
from nhsind.sources.findings import UNUSUAL, Finding
from nhsind.sources.usual_numbers import WHY_UNUSUAL, Unusual, unusual_months


def unusual_findings(
    source: Input,
    codes: Collection[str] = (),
    months: Collection[Period] = (),
    *,
    level: str | None = None,
) -> list[Finding]:
    """The organisations' months with numbers far from their own past.

    `codes`: only of what places these lines; empty: all. `months`: only of these, and of snapshots
    in them those before with far less, whose people they may lack; empty: all. `level`: of the
    organisations that figures of this level are of, or are added up from; None: of the records'.
    Published files, which are of labelled periods, have none.
    """
    if source.is_published:
        return []
    lines: dict[tuple[str, str], list[Indicator]] = {}
    for line in source.family.indicators.values():
        for placed in source.family.placed_by(line) if source.holds(line) else ():
            if placed[0] in source.tables:
                lines.setdefault(placed, []).append(line)
    return [
        Finding(
            f"{source.family.code}/{table}",
            UNUSUAL,
            f"{each.words}, by {column}: {WHY_UNUSUAL}",
            tuple(line.code for line in about),
            each.number,
            (),
            left_out=False,
        )
        for (table, column), of in lines.items()
        for each in _unusual_by(source, table, column, source.base_level(level))
        if (about := [line for line in of if _is_about(each, line, months)])
        and (not codes or any(line.code in codes for line in about))
    ]


def unusual_of_all(source: Input) -> list[Finding]:
    """The same of the records' own level, and those of the other level that lose a whole month.

    Where commissioners are judged, smaller numbers of a provider move with who sends it patients;
    a month without any of its rows may be a file that nobody gave.
    """
    others = source.levels_given - {source.record_level}
    found = [each for level in sorted(others) for each in unusual_findings(source, level=level)]
    return unusual_findings(source) + [each for each in found if each.rows == 0]


def _is_about(each: Unusual, line: Indicator, months: Collection[Period]) -> bool:
    """Whether a line's figures of these months rest on an unusual one."""
    if not months or each.month in months:
        return True
    reach = reaches_back_to(line, min(months))
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
