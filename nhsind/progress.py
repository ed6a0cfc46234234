"""A progress bar on the terminal for whatever takes more than two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

SECONDS_BEFORE_SHOWN = 2.0


@contextmanager
def steps(total: int | None = None) -> Iterator[Callable[[str], None]]:
    """Yields a function to call at the start of each step with what it does."""
    with tqdm(
        total=total,
        delay=SECONDS_BEFORE_SHOWN,
        disable=not sys.stderr.isatty(),
        leave=False,
        file=sys.stderr,
    ) as bar:

        def step(doing: str) -> None:
            bar.set_description(doing)
            bar.update()

        yield step
