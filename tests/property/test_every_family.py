"""No family is without the common laws."""

from __future__ import annotations

from importlib import import_module

import pytest

from nhsind.definitions.catalogue import family_codes


@pytest.mark.parametrize("code", family_codes())
def test_a_family_is_tried_by_the_common_laws(code: str) -> None:
    laws = import_module(f"test_{code}_laws").TestCommonLaws
    assert laws.__name__ == "CommonLaws" and laws.__module__ == "common_laws"
