"""What if: a line with another limit, standard or reading, or without one of its clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nhsind.arguments import checked
from nhsind.definitions import variants
from nhsind.definitions.catalogue import family_of, find
from nhsind.definitions.indicators import Indicator
from nhsind.errors import UsageError


@checked
def variant(
    code: str | Indicator,
    *,
    limits: Mapping[str, Any] | None = None,
    readings: Mapping[str, str] | None = None,
    without: str | Sequence[str] = (),
) -> Indicator:
    """A variant of a line: the same rules with other values.

    `derive`, `trace`, `define`, `results`, `chart` and `compare` take it as they take a code. Its
    own code has a star, and all that is shown of it says in what it differs. Values that the line
    has anyway give the line itself.

    Parameters
    ----------
    code
        An indicator's code, or a variant, whose differences it keeps.
    limits
        Values by the name of the limit: `{"longest_wait_within": "-112d"}`; `standard` is the
        line's standard: `{"standard": "90%"}`.
    readings
        Choices by the code of the reading: `{"A34": "document"}`.
    without
        Clauses or faults that are left out.

    Raises
    ------
    UsageError
        A limit, reading, choice or clause that the line does not have, or a value that cannot be;
        the message names those there are.

    Examples
    --------
    >>> line = variant("E.B.3", limits={"longest_wait_within": "-112d"})
    >>> line.code, line.title
    ('E.B.3*', 'Incomplete RTT pathways within 16 weeks')
    >>> line.variant_words
    'a variant of E.B.3: longest wait within 112 days (16 weeks) instead of 126 days (18 weeks)'
    """
    for name, given in (("limits", limits), ("readings", readings)):
        if given is not None and not isinstance(given, Mapping):
            raise UsageError(f"variant: {name} is values by name, not {type(given).__name__}")
    line = find(code)
    return variants.variant(
        line,
        family_of(line),
        limits={str(name): str(value) for name, value in (limits or {}).items()},
        readings={str(name): str(value) for name, value in (readings or {}).items()},
        without=[without] if isinstance(without, str) else list(without),
    )
