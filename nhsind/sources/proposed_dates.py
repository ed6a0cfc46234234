"""What a mapping proposes of a column of dates: how they are written, and what is no date."""

from __future__ import annotations

from collections.abc import Sequence

from nhsind.definitions.record_tables import Column
from nhsind.sources.date_formats import DAYS, MIDNIGHT
from nhsind.sources.date_ways import DateWay
from nhsind.sources.likely_columns import Values
from nhsind.sources.proposals import MOST_ASKED, Proposal, quoted

# How nhsind's own tables have them: these need no format.
NATIVE = ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss")
MOST_EXAMPLES = 3


def read_dates(proposal: Proposal, column: Column, values: Values, ways: Sequence[DateWay]) -> None:
    """Put into a proposal how a column's dates are written, or a question where that is not told.

    Values that are no dates, and days without a time where times belong, are asked about.
    """
    if values.missing:
        proposal.codes[column.name] = dict.fromkeys(values.missing, "")
    if not ways:
        if values.present:
            shown = ", ".join(quoted(value) for value in values.present[:MOST_EXAMPLES])
            proposal.questions.append(f"formats: {column.name} = ?  (values such as {shown})")
        return
    way = ways[0]
    if len(ways) > 1:
        first = next(value for value in values.present if value not in way.misfits)
        asked = " or ".join(" and ".join(each.formats) for each in ways)
        proposal.questions.append(
            f"formats: {column.name} = {asked}?  (all fit each, such as {quoted(first)})"
        )
    else:
        _of_one_way(proposal, column, values, way)
    _ask_of_misfits(proposal, column, values, way)


def read_put_together(
    proposal: Proposal,
    column: Column,
    days: Values,
    ways: Sequence[DateWay],
    *,
    written: Sequence[str],
) -> None:
    """The same of times that are put together of days and of times of day, `written` so."""
    together = [
        DateWay(
            tuple(f"{day} {each}" for day in way.formats for each in written),
            way.share,
            way.rows,
        )
        for way in ways
    ]
    if len(together) == 1:
        # What is put together is written in no way of its own: it is always said.
        proposal.formats[column.name] = (list(together[0].formats), _rests_on(days, together[0]))
        return
    read_dates(proposal, column, days, together)


def _of_one_way(proposal: Proposal, column: Column, values: Values, way: DateWay) -> None:
    formats = list(way.formats)
    if column.kind == "timestamp" and way.days_alone:
        formats = [name for name in formats if name not in DAYS]
        alone = [f"{name}{MIDNIGHT}" for name in way.formats if name in DAYS]
        rows = sum(values.rows.get(value, 1) for value in way.days_alone)
        listed = ", ".join(map(quoted, [*formats, *alone]))
        proposal.questions.append(
            f"formats: {column.name} = [{listed}]  # in place of the line above, if the days "
            f"without a time of day ({rows:,}, such as {quoted(way.days_alone[0])}) are midnights"
        )
    elif set(formats) <= set(NATIVE):
        return
    proposal.formats[column.name] = (formats, _rests_on(values, way))


def _rests_on(values: Values, way: DateWay) -> str:
    example = next(value for value in values.present if value not in way.misfits)
    wrong = sum(values.rows.get(value, 1) for value in way.misfits)
    if not wrong:
        return f"all of {way.rows:,} values, as {example}"
    are = "is no date" if wrong == 1 else "are no dates"
    return f"{way.rows - wrong:,} of {way.rows:,} values, as {example}; {wrong:,} {are}"


def _ask_of_misfits(proposal: Proposal, column: Column, values: Values, way: DateWay) -> None:
    """For each value that is no date, whether it is to be left out as blank."""
    for value in way.misfits[:MOST_ASKED]:
        rows = values.rows.get(value, 1)
        noun = "row" if rows == 1 else "rows"
        proposal.questions.append(
            f'codes.{column.name}: {quoted(value)} = ""  # no date ({rows:,} {noun}): left out as '
            "blank so; or mend the file"
        )
    more = len(way.misfits) - MOST_ASKED
    if more > 0:
        proposal.questions.append(
            f"codes.{column.name}: and {more:,} more values that are no dates"
        )
