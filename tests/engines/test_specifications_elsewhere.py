"""The specifications hold where records lie elsewhere: a family's cases at once, in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from batches import (
    ALONE,
    NOBODYS,
    OF_ENGLAND,
    Batch,
    Found,
    batches_of,
    check_batch,
    derived,
    fates_said,
    left_out,
)
from pandas.testing import assert_frame_equal
from servers import Postgres
from spec import specs_of
from warehouse import to_parquet, to_postgres

from nhsind.definitions.catalogue import family_codes
from nhsind.sources.checked_input import Input
from nhsind.sources.inputs import open_input

# Where time is short: a snapshot, and rows that stand for many.
SOON = ("rtt",)
FAMILIES = [
    code if code in SOON else pytest.param(code, marks=pytest.mark.long) for code in family_codes()
]
# The folder of a batch's files, and what DuckDB makes of them.
Here = tuple[Path, Input, Found]


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Batch], Here]:
    @cache
    def made(batch: Batch) -> Here:
        folder = batch.write(tmp_path_factory.mktemp("batch"))
        source = open_input(batch.family, folder, covers=batch.covers)
        return folder, source, derived(batch, source, "duckdb")

    return made


def same(batch: Batch, here: Here, there: Input) -> None:
    """Every case's answers and fates, the whole batch's tables, and what the checks find."""
    _, source, expected = here
    found = derived(batch, there, there.place.engine)
    seen = check_batch(batch, found)
    assert seen == check_batch(batch, expected)
    assert seen["cases"] == len(batch.cases)
    assert expected.keys() == found.keys()
    for key, (measured, traced) in expected.items():
        assert_frame_equal(measured, found[key][0])
        assert_frame_equal(traced, found[key][1])
    assert _findings(source) == _findings(there)


def _findings(source: Input) -> Counter[tuple[str, int]]:
    return Counter((each.fault, each.rows) for each in source.findings)


@pytest.mark.parametrize("code", FAMILIES)
def test_on_postgres(code: str, server: Postgres, here: Callable[[Batch], Here]) -> None:
    import psycopg

    for number, batch in enumerate(batches_of(code)):
        with psycopg.connect(server.address(), autocommit=True) as owner:
            owner.execute(f"CREATE DATABASE {code}{number}")
        address = server.address(f"{code}{number}")
        to_postgres(here(batch)[0], address, [code])
        same(batch, here(batch), open_input(batch.family, address, covers=batch.covers))


@pytest.mark.long
@pytest.mark.parametrize("code", family_codes())
def test_on_spark(code: str, spark: None, here: Callable[[Batch], Here], tmp_path: Path) -> None:
    for number, batch in enumerate(batches_of(code)):
        kept = to_parquet(here(batch)[0], tmp_path / str(number), [code])
        there = open_input(batch.family, kept, covers=batch.covers, engine="spark")
        same(batch, here(batch), there)


def test_nearly_all_is_in_batches() -> None:
    """What is left out is left out for three reasons, and is little of each."""
    cases = [case for code in family_codes() for case in specs_of(code)]
    total = sum((left_out(code) for code in family_codes()), Counter())
    assert set(total) == {ALONE, OF_ENGLAND, NOBODYS}
    of_all = {
        ALONE: len(cases),
        OF_ENGLAND: sum(len(case.answers) for case in cases),
        NOBODYS: sum(map(fates_said, cases)),
    }
    assert all(20 * total[why] < many for why, many in of_all.items()), (total, of_all)


def test_a_wrong_case_is_noticed(here: Callable[[Batch], Here]) -> None:
    """One answer, and one fate, among those of all the others."""
    batch = min(batches_of("eip"), key=lambda each: len(each.cases))
    found = here(batch)[2]
    number, case = next(iter(batch.cases.items()))
    assert check_batch(batch, found)["cases"] == len(batch.cases)
    answer, *answers = case.answers
    wrong_answer = replace(case, answers=[answer | {"numerator": "77"}, *answers])
    ((name, (record, *records)),) = case.records.items()
    wrong_fate = replace(case, records={name: [record | {"excluded_because": "?"}, *records]})
    for wrong, message in ((wrong_answer, "not 77"), (wrong_fate, "not traced")):
        with pytest.raises(AssertionError, match=message):
            check_batch(replace(batch, cases=batch.cases | {number: wrong}), found)
