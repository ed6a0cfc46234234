"""A folder with a small family that works, for its author to fill in."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from nhsind.definitions.catalogue import family_codes
from nhsind.errors import UsageError

TEMPLATE = files("nhsind.definitions") / "template"
SUFFIX = ".template"
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
# The name that the template's files carry, as a family and as the beginning of its lines' codes.
PLACEHOLDER = "new_family"


def write_new_family(name: str, folder: Path) -> Path:
    """Write a family called `name` into a new folder of `folder`, and return it.

    It has a definition, record table, rules, examples, sample, specification and notebook. Raises
    UsageError for a name that is none or is taken, and where the folder holds something.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f'"{name}" is no name of a family: write lower-case letters, digits and _, '
            "a letter first, 30 at most"
        )
    if name in family_codes():
        raise UsageError(f"there is a family {name} already")
    place = folder / name
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise UsageError(f"{place} is there already: give another name or folder")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{place} cannot be made ({error.strerror}): give another folder"
        ) from error
    for item in TEMPLATE.iterdir():
        if item.name.endswith(SUFFIX):
            text = item.read_text("utf-8").replace(PLACEHOLDER, name)
            text = text.replace(PLACEHOLDER.upper(), name.upper())
            (place / item.name.removesuffix(SUFFIX)).write_text(text, "utf-8")
    return place
