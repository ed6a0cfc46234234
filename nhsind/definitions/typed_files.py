"""Files a person writes, read into typed structs with every slip named.

msgspec judges each value by the types and the patterns of its struct; where it refuses, the whole
content is walked so that all slips are named at once, each with its path.
"""

from __future__ import annotations

import pathlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from nhsind.errors import InputError, Problem, nearest

T = TypeVar("T")
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Slip:
    """One value, key or missing key that a struct does not allow, and its path in the file."""

    path: Path
    message: str
    value: str | None = None
    allowed: str | None = None
    near: str | None = None

    def problem(self, file: str) -> Problem:
        """The slip as a problem of a file."""
        place = f"{file} at {path_words(self.path)}" if self.path else file
        return Problem(
            place, self.message, value=self.value, allowed=self.allowed, nearest=self.near
        )


def parsed_toml(file: pathlib.Path) -> dict[str, Any]:
    """The content of a TOML file; InputError where it is missing or no TOML."""
    if not file.is_file():
        raise InputError(Problem(str(file), "is missing"))
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Problem(str(file), f"is not readable TOML: {error}")) from error


def read_typed(content: object, kind: type[T], file: str) -> T:
    """Parsed content as a struct of type `kind`; InputError naming every slip of the file."""
    try:
        found: T = _converted(content, kind)
    except msgspec.ValidationError as error:
        slips = list(slips_of(content, kind)) or [Slip((), str(error))]
        raise InputError([slip.problem(file) for slip in slips]) from error
    return found


def refuse(slips: Iterable[Slip], file: str) -> None:
    """Raise InputError naming the slips of a file, if there are any."""
    problems = [slip.problem(file) for slip in slips]
    if problems:
        raise InputError(problems)


def slips_of(content: object, kind: Any, path: Path = ()) -> Iterator[Slip]:
    """Everything in parsed content that a type does not allow, in the order of the file."""
    if get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) in (Union, UnionType):
        kind = get_args(kind)[0]
    kind = _chosen(kind, content)
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct) and isinstance(content, dict):
        yield from _slips_of_struct(content, bare, path)
    elif get_origin(bare) is dict and isinstance(content, dict):
        of_key, of_value = get_args(bare)
        for key, value in content.items():
            if any(slips_of(key, of_key)):
                yield Slip(path, "is not a key here", key, allowed_words(of_key))
            yield from slips_of(value, of_value, (*path, key))
    elif get_origin(bare) is tuple and isinstance(content, list):
        for place, value in enumerate(content, 1):
            yield from slips_of(value, get_args(bare)[0], (*path, place))
    elif not _is_a(content, kind):
        yield _slip_of_value(content, kind, path)


def path_words(path: Path) -> str:
    """A path as a TOML key: `indicators."E.B.3".standards[1].per`; places count from 1."""
    words = ""
    for part in path:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            name = part if part.replace("_", "").replace("-", "").isalnum() else f'"{part}"'
            words += f".{name}" if words else name
    return words


@cache
def fields_of(kind: type[msgspec.Struct]) -> dict[str, tuple[msgspec.structs.FieldInfo, Any]]:
    """A struct's fields by their names in a file, each with its type and what is said of it."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.encode_name: (field, hints[field.name]) for field in msgspec.structs.fields(kind)}


def allowed_words(kind: Any) -> str | None:
    """What a type allows, in words: its choices, what its pattern stands for, or its kind."""
    if get_origin(kind) is Literal:
        return ", ".join(str(word) for word in get_args(kind))
    if get_origin(kind) is Annotated:
        said = [each.description for each in kind.__metadata__ if isinstance(each, msgspec.Meta)]
        return next((text for text in said if text), None) or allowed_words(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        parts = [allowed_words(part) for part in get_args(kind) if part is not NoneType]
        return ", or ".join(dict.fromkeys(part for part in parts if part))
    if get_origin(kind) is tuple:
        return f"a list of: {allowed_words(get_args(kind)[0])}"
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return "a block of keys"
    return {str: "text", int: "a whole number", bool: "true or false"}.get(kind)


def _slips_of_struct(
    content: dict[str, Any], kind: type[msgspec.Struct], path: Path
) -> Iterator[Slip]:
    fields = fields_of(kind)
    for key, value in content.items():
        if key in fields:
            yield from slips_of(value, fields[key][1], (*path, key))
        else:
            near = nearest(key, list(fields))
            yield Slip(path, "is not a key here", key, ", ".join(fields), near)
    for name, (field, hint) in fields.items():
        if field.required and name not in content:
            yield Slip((*path, name), "is missing", allowed=allowed_words(hint))


def _slip_of_value(content: object, kind: Any, path: Path) -> Slip:
    allowed = allowed_words(kind)
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    choices = [str(word) for word in get_args(bare)] if get_origin(bare) is Literal else []
    near = nearest(content, choices) if isinstance(content, str) else None
    shown = content if isinstance(content, str) else repr(content)
    is_number = isinstance(content, (int, float)) and not isinstance(content, bool)
    if is_number and _is_a(shown, kind):
        return Slip(path, f'is a number and must be text: write "{shown}"', allowed=allowed)
    return Slip(path, "is not allowed", shown, allowed, near)


def _is_a(content: object, kind: Any) -> bool:
    """Whether msgspec takes a value as one of a type."""
    try:
        _converted(content, kind)
    except msgspec.ValidationError:
        return False
    return True


def _converted(content: object, kind: Any) -> Any:
    """A value as one of a type; msgspec.ValidationError where it is none."""
    held: Any = msgspec.convert({"value": content}, _holding(kind))
    return held.value


@cache
def _holding(kind: Any) -> type[msgspec.Struct]:
    """A struct whose only field is of a type.

    What msgspec makes of a struct it keeps; what it makes of another type it frees after each use,
    patterns once too often (https://github.com/msgspec/msgspec/issues/717): the process crashes.
    """
    return msgspec.defstruct("Holding", [("value", kind)])


def _chosen(kind: Any, content: object) -> Any:
    """Of the types of a union the one that content of this shape is meant for."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    parts = [part for part in get_args(kind) if part is not NoneType]
    shape = tuple if isinstance(content, list) else dict if isinstance(content, dict) else None
    for part in parts:
        bare = get_args(part)[0] if get_origin(part) is Annotated else part
        is_struct = isinstance(bare, type) and issubclass(bare, msgspec.Struct)
        if shape and (get_origin(bare) is shape or (shape is dict and is_struct)):
            return part
    plain = [part for part in parts if get_origin(part) is not tuple]
    return plain[0] if len(plain) == 1 and not isinstance(content, list | dict) else kind
