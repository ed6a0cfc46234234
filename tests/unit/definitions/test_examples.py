"""Examples that a definition carries: read, worked out, and each that differs named."""

from __future__ import annotations

from pathlib import Path

import pytest

import nhsind as ind
from nhsind.definitions.catalogue import DEFINITIONS, load_family
from nhsind.definitions.examples import examples_of
from nhsind.errors import InputError

WRITTEN = """
[sixteen_weeks]
period = "2018-03"

[sixteen_weeks.same.pathways]
ccg_code = "00A"

[sixteen_weeks.records]
pathways = [
  { pathway_id = "day 112", clock_start_date = 2017-12-09 },
  { pathway_id = "day 113", clock_start_date = "2017-12-08" },
]

[sixteen_weeks.fates."E.B.3"]
"day 113" = "numerator"

[sixteen_weeks.fates."E.B.3 --set longest_wait_within=16w"]
"day 112" = "numerator"
"day 113" = "denominator: within_18_weeks"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DEFINITIONS, str(tmp_path))
    return tmp_path


def test_examples_of_a_line_and_of_a_variant_of_it(folder: Path) -> None:
    (folder / "examples.toml").write_text(WRITTEN, "utf-8")
    found = ind.check_definitions()
    assert found[["family", "records", "as_expected"]].to_numpy().tolist() == [
        ["rtt", 1, 1],
        ["rtt", 2, 2],
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('"day 112" = "numerator"', '"day 112" = "left out"', 'not "left out"'),
        ("within_18_weeks", "stop_before_start", '"denominator: within_18_weeks" by E.B.3*'),
        ('"day 112" = "num', '"day 111" = "num', '"day 111" is "no unit of the line"'),
        ('period = "2018-03"', 'period = "2018-13"', "sixteen_weeks.period"),
        ('clock_start_date = "', 'clock_strt_date = "', 'Did you mean "clock_start_date"'),
        ("pathways = [", "pathway = [", 'Did you mean "pathways"'),
        ("=16w", "=16", "is not a value of longest_wait_within"),
        ("fates.E.B.3", "fates.E.B.33", "sixteen_weeks"),
        ('"denominator: within', '"below: within', "a fate and the rule behind it"),
    ],
)
def test_what_differs_or_is_slipped_is_named(
    folder: Path, was: str, becomes: str, told: str
) -> None:
    assert was in WRITTEN or was.startswith("fates")
    text = WRITTEN.replace('fates."E.B.3"', 'fates."E.B.33"') if "E.B.33" in becomes else WRITTEN
    (folder / "examples.toml").write_text(text.replace(was, becomes, 1), "utf-8")
    with pytest.raises(InputError) as error:
        ind.check_definitions()
    assert told in str(error.value)


def test_every_family_carries_examples_of_its_lines() -> None:
    for family in map(load_family, ind.list()["family"].unique()):
        for example in examples_of(family).values():
            for code, fates in example.fates.items():
                assert code.split()[0] in family.indicators
                assert len(set(fates.values())) > 1, (family.code, example.name)
