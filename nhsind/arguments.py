"""What a public function was given: refused at the door where it is of no kind that it takes.

The kinds are those of the function's own annotations, so that nothing is written twice: a text, a
number, a path, a day, a period, released results, or several texts. What is annotated as anything
else (data of any kind) is for the function to judge.
"""

from __future__ import annotations

import functools
import inspect
import numbers
import types
import typing
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from nhsind.errors import UsageError
from nhsind.periods import Period, is_span

P = ParamSpec("P")
R = TypeVar("R")
WORDS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    Path: "a path",
    date: "a day",
    type(None): "None",
}
SEVERAL = (list, tuple, set, frozenset, np.ndarray, pd.Index, pd.Series)
NUMBERS = {int: numbers.Integral, float: numbers.Real}


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """The function, its arguments checked; UsageError names each that is of no kind it takes."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def door(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(*args, **kwargs)
        kinds = _kinds(function)
        wrong = []
        for name, given in bound.arguments.items():
            several = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            for value in given if several else (given,):
                if name in kinds and not any(_is_of(value, kind) for kind in kinds[name]):
                    allowed = " or ".join(dict.fromkeys(map(_words, kinds[name])))
                    wrong.append(f"{name} is {allowed}, not {type(value).__name__}")
        if wrong:
            raise UsageError(f"{function.__name__}: {'; '.join(wrong)}")
        return function(*args, **kwargs)

    return door


@functools.cache
def _kinds(function: Callable[..., Any]) -> dict[str, tuple[Any, ...]]:
    """By parameter, the kinds that it takes; those of which one is not known here are left out."""
    found = {}
    for name, hint in typing.get_type_hints(function).items():
        union = typing.get_origin(hint) in (typing.Union, types.UnionType)
        kinds = typing.get_args(hint) if union else (hint,)
        if name != "return" and all(_is_known(kind) for kind in kinds):
            found[name] = kinds
    return found


def _is_known(kind: Any) -> bool:
    return kind in WORDS or _is_own(kind) or _elements(kind) is not None


def _is_own(kind: Any) -> bool:
    """Whether a kind is a class of nhsind, such as a period or released results."""
    return isinstance(kind, type) and kind.__module__.startswith("nhsind.")


def _elements(kind: Any) -> tuple[Any, ...] | None:
    """Of a sequence, the kinds of its elements; None for anything else."""
    if typing.get_origin(kind) is not Sequence:
        return None
    (element,) = typing.get_args(kind)
    union = typing.get_origin(element) in (typing.Union, types.UnionType)
    elements = typing.get_args(element) if union else (element,)
    return elements if all(each in WORDS or _is_own(each) for each in elements) else None


def _is_of(value: Any, kind: Any) -> bool:
    elements = _elements(kind)
    if elements is not None:
        several = isinstance(value, SEVERAL)
        return several and all(any(_is_of(each, one) for one in elements) for each in value)
    if value is pd.NaT:  # which is an instance of date
        return False
    if kind in NUMBERS:
        return isinstance(value, NUMBERS[kind]) and not isinstance(value, bool)
    if kind is Period and is_span(value):
        return True
    return isinstance(value, kind)


def _words(kind: Any) -> str:
    elements = _elements(kind)
    if elements is not None:
        return "a list of " + " or ".join(map(_words, elements))
    return WORDS.get(kind) or f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"
