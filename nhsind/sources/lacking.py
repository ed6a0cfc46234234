"""What an input does not hold of the lines that are asked for, and what it gives, in words."""

from __future__ import annotations

from collections.abc import Iterable

from nhsind.definitions.indicators import Indicator
from nhsind.sources.checked_input import Input


def lacked(opened: Input, lines: Iterable[Indicator]) -> dict[str, str]:
    """By the code of each line that an input does not hold: what the input lacks, in words.

    Nothing of printed counts, which lack the line itself.
    """
    return {line.code: _what(opened, line) for line in lines if not opened.holds(line)}


def _what(opened: Input, line: Indicator) -> str:
    """`spells`, or `column stop_type in pathways` where the tables are all there."""
    if _is_counted(opened):
        return ""
    tables = [name.replace("_", " ") for name in opened.family.tables_missing(line, opened.tables)]
    return " and no ".join(tables or opened.lacks(line))


def _is_counted(opened: Input) -> bool:
    """Whether it holds printed counts and no records."""
    return opened.counts is not None and not opened.tables


def lacking(opened: Input, lines: Iterable[Indicator]) -> list[str]:
    """What an input lacks for lines that it does not hold, those of one reason together."""
    is_counted = _is_counted(opened)
    codes: dict[str, list[str]] = {}
    for line in lines:
        if not opened.holds(line):
            what = "" if is_counted else " and no ".join(opened.lacks(line))
            codes.setdefault(what, []).append(line.code)
    return [
        f"holds no {what}, which {', '.join(of)} {'needs' if len(of) == 1 else 'need'}"
        if what
        else f"prints no figures of {', '.join(of)}"
        for what, of in codes.items()
    ]


def what_it_gives(opened: Input) -> str:
    """What an input holds: the lines that are printed, or its tables."""
    if opened.counts is None or not _is_counted(opened):
        return f"it gives {', '.join(opened.tables)}" if opened.tables else "it gives no table"
    printed = dict.fromkeys(opened.counts["indicator"])
    lines = [code for code in printed if code in opened.family.indicators]
    others = [code for code in printed if code not in lines]
    words = [f"those of {', '.join(lines)}"] if lines else []
    words += [f"{', '.join(others)}, for `reconcile` to compare with"] if others else []
    return f"it prints {' and '.join(words)}"
