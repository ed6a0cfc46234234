"""What an input does not hold of the lines that are asked for, and what it gives, in words."""

from __future__ import annotations

from collections.abc import Iterable

from nhsind.definitions.indicators import Indicator
from nhsind.sources.checked_input import Input


def lacking(opened: Input, lines: Iterable[Indicator]) -> list[str]:
    """What an input lacks for lines that it does not hold, those of one reason together."""
    is_counted = opened.counts is not None and not opened.tables
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
    if opened.counts is None or opened.tables:
        return f"it gives {', '.join(opened.tables)}" if opened.tables else "it gives no table"
    printed = dict.fromkeys(opened.counts["indicator"])
    lines = [code for code in printed if code in opened.family.indicators]
    others = [code for code in printed if code not in lines]
    words = [f"those of {', '.join(lines)}"] if lines else []
    words += [f"{', '.join(others)}, for `reconcile` to compare with"] if others else []
    return f"it prints {' and '.join(words)}"
