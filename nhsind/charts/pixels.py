"""Finished drawings as pictures of pixels, by resvg (the extras `nhsind[png]` and `nhsind[word]`).

Letters are of the font that matplotlib brings, so that the same drawing gives the same bytes on
every machine.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib

from nhsind.charts.svg import FONTS
from nhsind.errors import UsageError

FONT, FONT_FILES = "DejaVu Sans", ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
# How many pixels stand for one of the page.
PIXELS = 2


def painted(svg: str) -> bytes:
    """A drawing as PNG, two pixels for each of its own, on white.

    Raises UsageError where resvg is not installed.
    """
    made: bytes = _resvg().svg_to_bytes(
        svg_string=svg.replace(FONTS, FONT),
        zoom=PIXELS,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=_font_files(),
        font_family=FONT,
        sans_serif_family=FONT,
    )
    return bytes(made)


def refuse_unpainted(what: str, extra: str) -> None:
    """Raise UsageError, naming the extra, where `what` is asked for and resvg is not installed."""
    try:
        _resvg()
    except UsageError:
        raise UsageError(f"{what} need the package resvg-py: nhsind[{extra}]") from None


def _resvg() -> Any:
    try:
        return importlib.import_module("resvg_py")
    except ImportError:
        raise UsageError("pictures of pixels need the package resvg-py: nhsind[png]") from None


@cache
def _font_files() -> list[str]:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [str(folder / name) for name in FONT_FILES]
