"""Confidential figures, which cannot be printed or written, and released ones, which may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import pandas as pd

from nhsind.definitions.disclosure import Disclosure
from nhsind.errors import DisclosureError


class Raw:
    """A table of confidential figures: it shows its size and nothing else.

    Printing gives `<confidential 195x6>`; formatting, pickling and writing raise. Only `release`
    looks inside.
    """

    __slots__ = ("__frame",)

    def __init__(self, frame: pd.DataFrame) -> None:
        self.__frame = frame

    def __repr__(self) -> str:
        rows, columns = self.__frame.shape
        return f"<confidential {rows}x{columns}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise DisclosureError("confidential figures cannot be pickled or copied")

    def __iter__(self) -> NoReturn:
        raise DisclosureError("confidential figures cannot be read: release them first")

    def _open(self) -> pd.DataFrame:
        return self.__frame


@dataclass(frozen=True)
class Released:
    """Figures that may be shown, and the policy they were released under."""

    frame: pd.DataFrame
    policy: Disclosure

    @property
    def publishable(self) -> bool:
        """Whether a page of these figures may leave: exploration and unnamed policies may not."""
        return self.policy.rule != "explore" and bool(self.policy.source)
