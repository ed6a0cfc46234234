"""Definitions: they load and are checked, are found by code, and print whole."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType

import pytest
from nhsind.definitions.definition import _check

from nhsind.definitions.cards import Card, define
from nhsind.definitions.catalogue import all_indicators, family_codes, find, load_family, select
from nhsind.definitions.clauses import clause, col, fault, rules_of
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import ANSWERS
from nhsind.definitions.standards import Standard
from nhsind.errors import UsageError
from nhsind.periods import parse_period

CODES = sorted(all_indicators())


@pytest.fixture
def rtt() -> Family:
    return load_family("rtt")


# Loading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", family_codes())
def test_every_family_loads_whole(code: str) -> None:
    family = load_family(code)
    assert family.code == code
    assert family.indicators
    assert family.tables
    assert family.module("sample") is not None
    assert family.module("no_such_module") is None
    for line in family.indicators.values():
        assert line.family == code
        assert line.denominator is None if line.kind == "count" else line.denominator


def test_an_unknown_family_is_refused_naming_the_known() -> None:
    with pytest.raises(UsageError, match="rtt"):
        load_family("rt")


def test_a_clause_that_is_named_but_not_defined_is_refused(rtt: Family) -> None:
    fewer = {name: rule for name, rule in rtt.clauses.items() if name != "within_18_weeks"}
    with pytest.raises(ValueError, match=r"named but not defined: \['within_18_weeks'\]"):
        _check(replace(rtt, clauses=fewer))


def test_a_clause_that_is_defined_but_not_named_is_refused(rtt: Family) -> None:
    module = ModuleType("rules")

    @clause
    def never_named() -> object:
        """Nothing uses this."""
        return col("x").is_null()

    module.never_named = never_named  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"defined but not named: \['never_named'\]"):
        _check(replace(rtt, clauses=rtt.clauses | rules_of(module, "clause")))


def test_faults_are_checked_both_ways_too(rtt: Family) -> None:
    @fault("pathways")
    def never_named() -> object:
        """Nothing uses this."""
        return col("x").is_null()

    with pytest.raises(ValueError, match=r"defined but not named: \['never_named'\]"):
        _check(replace(rtt, faults=rtt.faults | {"never_named": never_named}))
    fewer = {name: rule for name, rule in rtt.faults.items() if name != "stop_before_start"}
    with pytest.raises(ValueError, match=r"named but not defined: \['stop_before_start'\]"):
        _check(replace(rtt, faults=fewer))


@pytest.mark.parametrize(
    "wrong", [{"kind": "share"}, {"polarity": "up"}, {"frequency": "weekly"}], ids=str
)
def test_words_that_no_definition_may_use_are_refused(rtt: Family, wrong: dict[str, str]) -> None:
    line = replace(rtt.indicators["E.B.3"], **wrong)
    with pytest.raises(ValueError, match=r"E\.B\.3"):
        _check(replace(rtt, indicators=rtt.indicators | {"E.B.3": line}))


def test_a_whole_family_passes(rtt: Family) -> None:
    _check(rtt)


# Finding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_found_in_any_case_and_between_blanks(code: str) -> None:
    for spelling in (code, code.lower(), code.upper(), f" {code} "):
        assert find(spelling).code == code


@pytest.mark.parametrize(
    ("typed", "meant"), [("E.B.33", "E.B.3"), ("e.m.1.8", "E.M.18"), ("EM20", "E.M.20")]
)
def test_an_unknown_code_suggests_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as refusal:
        find(typed)
    assert f'"{typed}"' in str(refusal.value)
    assert f'Did you mean "{meant}"?' in str(refusal.value)


@pytest.mark.parametrize("typed", ["", "xyz", "☃", "' OR 1=1"])
def test_a_code_like_no_other_suggests_none(typed: str) -> None:
    with pytest.raises(UsageError) as refusal:
        find(typed)
    assert "Did you mean" not in str(refusal.value)
    assert "nhsind list" in str(refusal.value)


@pytest.mark.parametrize(
    ("selectors", "chosen"),
    [
        ("E.B.3", ["E.B.3"]),
        ("rtt", ["E.B.3", "E.M.18", "E.M.19", "E.M.20"]),
        ("RTT", ["E.B.3", "E.M.18", "E.M.19", "E.M.20"]),
        (["e.m.20", "E.B.3"], ["E.M.20", "E.B.3"]),
        (["E.M.20", "rtt", "E.M.20"], ["E.M.20", "E.B.3", "E.M.18", "E.M.19"]),
    ],
)
def test_selectors_are_codes_and_families_without_repeats(
    selectors: str | list[str], chosen: list[str]
) -> None:
    assert select(selectors) == {"rtt": chosen}


def test_one_unknown_selector_refuses_all() -> None:
    with pytest.raises(UsageError, match=r"E\.X\.4"):
        select(["E.B.3", "E.X.4"])


@pytest.mark.parametrize("code", CODES)
def test_a_line_answers_its_frequency_and_longer_periods(code: str) -> None:
    line = find(code)
    periods = [parse_period(text) for text in ("2017-06", "2017-18-Q1", "2017-18")]
    kinds = [period.kind for period in periods if line.answers(period)]
    assert kinds == list(ANSWERS[line.frequency])


# Standards ---------------------------------------------------------------------------------------

DATED = Standard(
    ">=", "0.5", "month", first=parse_period("2016-04"), last=parse_period("2018-03"), level="ccg"
)


@pytest.mark.parametrize(
    ("period", "level", "applies"),
    [
        ("2016-03", "ccg", False),
        ("2016-04", "ccg", True),
        ("2017-06", "ccg", True),
        ("2018-03", "ccg", True),
        ("2018-04", "ccg", False),
        ("2017-06", "england", False),
        ("2017-18-Q1", "ccg", False),
        ("2017-18", "ccg", False),
    ],
)
def test_a_standard_applies_between_its_dates_at_its_level_to_its_kind(
    period: str, level: str, applies: bool
) -> None:
    assert DATED.applies(parse_period(period), level) is applies


def test_quarters_and_years_lie_wholly_within_a_standards_dates() -> None:
    quarterly = replace(DATED, per="quarter")
    yearly = replace(DATED, per="year", last=None)
    names = ["2015-16-Q4", "2016-17-Q1", "2017-18-Q4", "2018-19-Q1"]
    assert [quarterly.applies(parse_period(name), "ccg") for name in names] == [
        *(False, True, True, False)
    ]
    assert yearly.applies(parse_period("2016-17"), "ccg")
    assert not yearly.applies(parse_period("2015-16"), "ccg")


def test_only_a_standard_without_level_or_dates_always_applies() -> None:
    always = Standard(">=", "0.92", "month")
    for period, level in (("1990-01", "ccg"), ("2040-12", "england")):
        assert always.applies(parse_period(period), level)
        assert not replace(always, kind="ambition").applies(parse_period(period), level)


def test_the_first_standard_that_applies_gives_the_verdict() -> None:
    early = replace(DATED, last=parse_period("2017-03"), level=None)
    late = replace(early, value="0.6", first=parse_period("2017-04"), last=None)
    line = replace(find("E.B.3"), standards=(early, late))
    assert line.standard(parse_period("2017-03"), "ccg") is early
    assert line.standard(parse_period("2017-04"), "ccg") is late
    assert line.standard(parse_period("2016-03"), "ccg") is None


@pytest.mark.parametrize(
    ("standard", "words"),
    [
        (Standard(">=", "0.92", "month"), "at least 92% (monthly figure)"),
        (Standard("<", "0.01", "quarter"), "less than 1% (quarterly figure)"),
        (Standard(">", "2/3", "year"), "more than 2/3 (annual figure)"),
        (Standard("<=", "25", "year"), "no more than 25 (annual figure)"),
        (DATED, "at least 50% (monthly figure, from 2016-04 to 2018-03)"),
    ],
)
def test_standards_in_words(standard: Standard, words: str) -> None:
    assert standard.words == words


# Cards -------------------------------------------------------------------------------------------


def _text_of(html: str) -> str:
    texts: list[str] = []
    parser = HTMLParser()
    parser.handle_data = texts.append  # type: ignore[method-assign]
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(texts).split())


def _facts(card: Card) -> list[str]:
    """What every form of the card must say."""
    line, content = card.indicator, card.content
    facts = [line.code, line.title, content["sentence"], line.numerator_in_words]
    facts += [line.denominator_in_words] if line.denominator_in_words else []
    facts += [rule["name"] for rule in content["rules"]]
    facts += [rule["says"] for rule in content["rules"]]
    facts += [line.period_rule_in_words, line.frequency, line.data_source, content["rationale"]]
    facts += [row.words for row in line.standards]
    facts += [part for item in line.readings for part in (item.code, item.question, item.reading)]
    facts += [f"{line.family}/{name}" for name in card.family.tables_of(line)]
    facts += [f"pages {line.pages}", card.family.document, line.version, line.reviewed]
    return facts


@pytest.mark.parametrize("code", CODES)
def test_text_and_html_of_a_card_say_everything(code: str) -> None:
    card = define(code)
    facts = _facts(card)
    assert all(facts)
    text, html = " ".join(str(card).split()), _text_of(card.html)
    for fact in facts:
        assert fact in text
        assert fact in html
    assert repr(card) == str(card)
    assert card._repr_html_() == card.html


@pytest.mark.parametrize("code", CODES)
def test_json_of_a_card_has_every_field(code: str) -> None:
    card = define(code)
    content = json.loads(json.dumps(card.content))
    assert {
        *("code", "title", "numerator", "denominator", "rules", "period_rule", "standards"),
        *("source", "readings", "input_tables", "kind", "unit", "frequency", "level", "polarity"),
        *("sentence", "rationale", "version", "reviewed", "disclosure", "data_source", "family"),
    } <= set(content)
    assert content["code"] == code
    assert [row["value"] for row in content["standards"]] == [
        row.value for row in card.indicator.standards
    ]
    assert all(rule["says"] for rule in content["rules"])
    for name, columns in content["input_tables"].items():
        assert columns == [
            column.name
            for column in card.family.tables[name].columns.values()
            if not column.optional
        ]


def test_a_dated_standard_prints_its_dates_and_level(rtt: Family) -> None:
    line = replace(rtt.indicators["E.B.3"], standards=(replace(DATED, note="A note."),))
    card = Card(line, rtt)
    assert card.content["standards"] == [
        {
            "operator": ">=",
            "value": "0.5",
            "per": "month",
            "from": "2016-04",
            "to": "2018-03",
            "level": "ccg",
            "kind": "standard",
            "note": "A note.",
        }
    ]
    for form in (str(card), card.html):
        assert "from 2016-04 to 2018-03" in form
        assert "A note." in form


def test_html_escapes_every_field(rtt: Family) -> None:
    hostile = "<script>alert('x')</script> & \"q\""
    texts = dict.fromkeys(
        (
            *("title", "sentence", "pages", "period_rule_in_words", "numerator_in_words"),
            *("denominator_in_words", "data_source", "rationale", "version", "reviewed", "code"),
        ),
        hostile,
    )
    eb3 = rtt.indicators["E.B.3"]
    line = replace(
        eb3,
        **texts,
        standards=(Standard(">=", "0.9", "month", note=hostile),),
        readings=tuple(replace(item, question=hostile, reading=hostile) for item in eb3.readings),
    )
    html = Card(line, replace(rtt, document=hostile)).html
    assert "<script" not in html
    assert "& " not in html.replace("&amp; ", "")
    assert _text_of(html).count("alert('x')") >= len(texts) + 3
