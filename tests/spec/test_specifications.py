"""The specifications of every family hold, on every engine; and a wrong one is noticed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from clause_coverage import decided, named_rules, undecided
from spec import ENGINES, Spec, check_answers, check_sum, check_trace, read_rows, specs_of

from nhsind.definitions.catalogue import family_codes, load_family

ALL = [spec for family in family_codes() for spec in specs_of(family)]


def engines_of(at: int) -> tuple[str, ...]:
    """DuckDB and, for every fifth, another in turn: the laws of each family compare them all. With
    NHSIND_EXAMPLES every one."""
    first, *others = ENGINES
    if "NHSIND_EXAMPLES" in os.environ:
        return ENGINES
    return (first,) if at % 5 else (first, others[at // 5 % len(others)])


# Named by family, so that `--family` finds those of one.
ON_ENGINES = [
    pytest.param(spec, engine, id=f"{spec.line.family}-{engine}-{spec}")
    for at, spec in enumerate(ALL)
    for engine in engines_of(at)
]
BOUNDARY = specs_of("rtt")[0]


@pytest.mark.parametrize(("spec", "engine"), ON_ENGINES)
def test_records_meet_their_fates_and_give_the_answers(spec: Spec, engine: str) -> None:
    check_trace(spec, engine)
    check_answers(spec, engine)
    check_sum(spec, engine)
    decided(spec)  # while its records are open: the tests of rules below ask again


@pytest.mark.parametrize("family", family_codes())
def test_every_specification_has_its_own_name(family: str) -> None:
    specs = specs_of(family)
    assert len({str(spec) for spec in specs}) == len(specs)


def test_a_table_is_read_with_blanks_or_bars() -> None:
    expected = [{"pathway_id": "p1", "stop": None}, {"pathway_id": "p2", "stop": "2017-06-30"}]
    blanks = """
        id  stop
        p1  -
        p2  2017-06-30
    """
    bars = """
        | id | stop       |
        |----|------------|
        | p1 | -          |
        | p2 | 2017-06-30 |
    """
    assert read_rows(blanks, {"id": "pathway_id"}) == expected
    assert read_rows(bars, {"id": "pathway_id"}) == expected


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells, not 3: p1  A"):
        read_rows("id ccg start\np1  A")


@pytest.mark.parametrize(
    ("column", "value"),
    [("in_numerator", "no"), ("excluded_because", "within_18_weeks"), ("ccg_code", "B")],
)
def test_a_wrong_fate_is_noticed(column: str, value: str) -> None:
    records = [dict(row) for row in BOUNDARY.records["pathways"]]
    records[0][column] = value
    wrong = replace(BOUNDARY, records={"pathways": records})
    if column == "ccg_code":  # the record itself is another: the answers no longer fit
        with pytest.raises(AssertionError, match=r"numerator is 1, not 2"):
            check_answers(wrong, "duckdb")
    else:
        with pytest.raises(AssertionError, match=r"not traced Counter\({\('p1'"):
            check_trace(wrong, "duckdb")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("numerator", "1", "numerator is 2, not 1"),
        ("denominator", "4", "denominator is 3, not 4"),
        ("value", "2/4", "value is 0.66"),
        ("meets_standard", "yes", "meets_standard is False, not True"),
        ("status", "no_cases", "status is ok, not no_cases"),
        ("org_code", "C", "other organisations or periods"),
    ],
)
def test_a_wrong_answer_is_noticed(column: str, value: str, message: str) -> None:
    answers = [dict(row) for row in BOUNDARY.answers]
    answers[0][column] = value
    with pytest.raises(AssertionError, match=message):
        check_answers(replace(BOUNDARY, answers=answers), "duckdb")


@pytest.mark.parametrize("code", family_codes())
def test_every_rule_decides_both_ways(code: str) -> None:
    missing = undecided(load_family(code), specs_of(code))
    assert not missing, f"no specification of {code} shows: " + "; ".join(missing)


@pytest.mark.parametrize("code", family_codes())
def test_every_line_has_specifications(code: str) -> None:
    assert {spec.indicator for spec in specs_of(code)} == set(load_family(code).indicators)


@pytest.mark.parametrize("code", family_codes())
def test_without_specifications_every_rule_is_named(code: str) -> None:
    family = load_family(code)
    rules = sorted(named_rules(family))
    both = [f"{rule} is never {value}" for rule in rules for value in (True, False)]
    assert undecided(family, []) == both


@pytest.mark.parametrize("code", family_codes())
def test_a_removed_specification_is_missed(code: str) -> None:
    """Without the specifications in which a rule leaves a record out, that rule is named."""
    family, specs = load_family(code), specs_of(code)
    reasons = {row.get("excluded_because") for row in _rows(specs)} & set(family.clauses)
    assert reasons, "no record is left out by any clause"
    for reason in sorted(filter(None, reasons)):
        kept = [s for s in specs if reason not in {r.get("excluded_because") for r in _rows([s])}]
        assert f"{reason} is never False" in undecided(family, kept)


def _rows(specs: Iterable[Spec]) -> Iterator[dict[str, str | None]]:
    for spec in specs:
        for rows in (*spec.records.values(), spec.units):
            yield from rows
