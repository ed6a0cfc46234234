"""The sentences of `sentences.toml`: each part says the first text whose conditions hold.

The modules around find the facts; which words follow from them, and when, is written there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import msgspec

from nhsind.definitions.typed_files import Slip, read_typed, refuse

FILE = Path(__file__).with_name("sentences.toml")
NOT = "no "


class Fact(msgspec.Struct, forbid_unknown_fields=True):
    """What a fact is, and words it may have; without words it holds or does not."""

    meaning: str = msgspec.field(name="is")
    words: str = msgspec.field(name="as", default="")


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """A text, the facts that must hold for it, and words that its example has for some."""

    text: Annotated[str, msgspec.Meta(min_length=1)]
    conditions: tuple[str, ...] = msgspec.field(name="if", default=())
    example: dict[str, str] = {}


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """What one part of a page may say."""

    title: str
    about: str
    facts: dict[str, Fact]
    say: tuple[Said, ...]


@dataclass(frozen=True)
class Text:
    """A text with what it needs: facts that hold, facts that do not."""

    holds: tuple[str, ...]
    lacks: tuple[str, ...]
    text: str


@cache
def parts() -> dict[str, Part]:
    """Every part by its name; InputError naming each slip of the file."""
    content = tomllib.loads(FILE.read_text("utf-8"))
    found = read_typed(content, dict[str, Part], FILE.name)
    refuse(slips(found), FILE.name)
    return found


def slips(found: Mapping[str, Part]) -> Iterator[Slip]:
    """Facts that a condition or a text names and the part does not describe."""
    for name, part in found.items():
        for place, said in enumerate(part.say):
            used = [each.removeprefix(NOT) for each in said.conditions]
            for key, names in (
                ("if", used),
                ("text", fields_of(said.text)),
                ("example", said.example),
            ):
                for fact in names:
                    if fact not in part.facts:
                        yield Slip(
                            (name, "say", place, key),
                            "is no fact of this part",
                            value=fact,
                            allowed=", ".join(part.facts),
                        )


def fields_of(text: str) -> list[str]:
    """What stands in braces in a text."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


@cache
def texts() -> dict[str, list[Text]]:
    """The texts of every part by its name, as they are looked through."""
    return {
        name: [
            Text(
                tuple(each for each in said.conditions if not each.startswith(NOT)),
                tuple(each.removeprefix(NOT) for each in said.conditions if each.startswith(NOT)),
                said.text,
            )
            for said in part.say
        ]
        for name, part in parts().items()
    }


def say(part: str, /, **facts: Any) -> str:
    """What a part says where these facts hold; empty where none of its texts does.

    A fact holds unless it is absent, empty or false.
    """
    for text in texts()[part]:
        if all(map(facts.get, text.holds)) and not any(map(facts.get, text.lacks)):
            return text.text.format_map(_Blanks(facts))
    return ""


class _Blanks(dict[str, Any]):
    """Facts, of which those that are absent have no words."""

    def __missing__(self, name: str) -> str:
        return ""
