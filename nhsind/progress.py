"""A progress bar on the terminal for whatever takes more than two seconds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BEFORE_SHOWN = 2.0
SECONDS_BETWEEN_LOOKS = 0.5


@contextmanager
def steps(total: int | None = None) -> Iterator[Callable[[str], None]]:
    """Yields a function to call at the start of each step with what it does.

    Nothing is shown unless stderr is a terminal.
    """
    if not sys.stderr.isatty():
        yield lambda doing: None
        return
    from tqdm import tqdm  # only where there is a terminal to show it on

    bar = tqdm(
        total=total,
        delay=SECONDS_BEFORE_SHOWN,
        leave=False,
        file=sys.stderr,
        bar_format=None if total else "{desc} [{elapsed}]",
    )
    done = threading.Event()

    def keep_alive() -> None:
        """A long step shows its seconds, although nothing calls in between."""
        if done.wait(SECONDS_BEFORE_SHOWN):
            return
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            bar.refresh()

    def step(doing: str) -> None:
        bar.set_description_str(doing, refresh=False)
        bar.update()

    clock = threading.Thread(target=keep_alive, daemon=True)
    clock.start()
    try:
        yield step
    finally:
        done.set()
        clock.join()
        bar.close()
