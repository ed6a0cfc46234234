"""Definitions: they load and are checked, are found by code, and print whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from nhsind.definitions.cards import Card, define
from nhsind.definitions.catalogue import all_indicators, family_codes, find, load_family, select
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import ANSWERS
from nhsind.definitions.limits import Limit, limits_of
from nhsind.definitions.loading import family_in
from nhsind.definitions.standards import Standard
from nhsind.derivation.sums import count_units
from nhsind.errors import InputError, UsageError
from nhsind.periods import parse_period
from nhsind.sources.inputs import open_input

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


# Slips -------------------------------------------------------------------------------------------

OWN = load_family("rtt").folder


def slips(folder: Path, indicators: str | None = None, tables: str | None = None) -> list[str]:
    """The problems of the RTT family with one of its files written otherwise."""
    for name, text in (("indicators.toml", indicators), ("tables.toml", tables)):
        content = (OWN / name).read_text("utf-8") if text is None else text
        (folder / name).write_text(content, "utf-8")
    shutil.copy(OWN / "rules.py", folder)
    try:
        family_in("rtt", folder, "nhsind.families.rtt")
    except InputError as error:
        return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
    return []


def indicators_with(old: str, new: str) -> str:
    text = (OWN / "indicators.toml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def test_the_family_as_it_stands_has_no_slip(tmp_path: Path) -> None:
    assert slips(tmp_path) == []


EB3 = 'indicators.toml at indicators."E.B.3"'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'operator = ">="',
            'operator = "=>"',
            f'{EB3}.standards[1].operator: "=>" is not allowed. Allowed: >=, >, <=, <',
        ),
        (
            'kind = "standard"',
            'kind = "standrad"',
            f'{EB3}.standards[1].kind: "standrad" is not allowed. Allowed: standard, trajectory, '
            'ambition. Did you mean "standard"?',
        ),
        (
            'period_rule = "snapshot"',
            'period_rule = "snapshott"',
            f'{EB3}.period_rule: "snapshott" is not allowed. Allowed: flow, snapshot. '
            'Did you mean "snapshot"?',
        ),
        (
            'per = "month"',
            'per = "week"',
            f'{EB3}.standards[1].per: "week" is not allowed. Allowed: month, quarter, year',
        ),
        ('per = "month"', 'per = ["month", "week"]', f'{EB3}.standards[1].per[2]: "week" is not'),
        ('"-126d"', '"-126"', f'{EB3}.limits.longest_wait_within: "-126" is not allowed. Allowed'),
        ('"-126d"', "-126", f'{EB3}.limits.longest_wait_within: "-126" is not allowed. Allowed'),
        ('"0.92"', '"0,92"', f'{EB3}.standards[1].value: "0,92" is not allowed. Allowed: a number'),
        ('"0.92"', "0.92", f'{EB3}.standards[1].value: is a number and must be text: write "0.92"'),
        (
            'reading = "',
            'reading = "{longest_wait_within} ',
            'indicators.toml at readings.A09.reading: "longest_wait_within" stands in braces',
        ),
        ('"0.92"', '"1/0"', f'{EB3}.standards[1].value: "1/0" is not allowed. Allowed: a number'),
        ('"0.92"', '"own"', f'{EB3}.standards[1].value: "own" is no function of rules.py'),
        ('kind = "proportion"', 'kind = "share"', f'{EB3}.kind: "share" is not allowed. Allowed'),
        ('polarity = "higher"', 'polarity = "up"', f'{EB3}.polarity: "up" is not allowed. Allow'),
        ('frequency = "monthly"', 'frequency = "weekly"', f'{EB3}.frequency: "weekly" is not allo'),
        ('reviewed = "2026-11-22"', 'reviewed = "today"', f'{EB3}.reviewed: "today" is not allowe'),
        (
            "rationale =",
            "rational =",
            f'{EB3}: "rational" is not a key here. Allowed: title, sentence, pages, kind, unit',
        ),
        ("rationale =", "rational =", f"{EB3}.rationale: is missing. Allowed: text"),
        ('title = "Inc', 'titel = "Inc', f"{EB3}.title: is missing. Allowed: text"),
        ("numerator = { clauses", "numerator = { klauses", f'{EB3}.numerator: "klauses" is not a'),
        ('clauses = ["within_18', 'clauses = ["within_81', f"{EB3}.numerator.clauses: "),
        ('["within_18_weeks"]', '"within_18_weeks"', f"{EB3}.numerator.clauses: "),
        ('["stop_before_start"', '["stop_befor_start"', f'{EB3}.faults: "stop_befor_start" is no '),
        (
            '["A09", "A10", "verdict_of_a_quarter"]',
            '["A09", "A11", "verdict_of_a_quarter"]',
            f'{EB3}.readings: "A11" is no reading here',
        ),
        ("{longest_wait_within}", "{longest_wait}", f'{EB3}.numerator_in_words: "longest_wait" st'),
        ("{longest_wait_within}", "{longest_wait_within", f'{EB3}.numerator_in_words: "{{" stands'),
        (
            ":weeks}",
            ":months}",
            f'{EB3}.title: "longest_wait_within" is written in no known form. Allowed: {{longe',
        ),
        ("{ longest_wait_within", "{ longest_wait_withn", f"{EB3}.limits: lacks longest_wait_with"),
        ("{ longest_wait_within", "{ longest_wait_withn", f'{EB3}.limits: "longest_wait_withn" is'),
        ('code = "rtt"', 'code = "rrt"', 'indicators.toml at family.code: "rrt" is not the name'),
        ('level = "ccg"', 'level = "CCG"', 'indicators.toml at family.level: "CCG" is not allowed'),
        ('rule = "none"', 'rule = "public"', 'indicators.toml at disclosure.rule: "public" is not'),
        ('counted_as = "E.M.18"', 'counted_as = "E.M.81"', "indicators.toml at supporting.RTT_AD"),
        ('."E.M.20"]', '."E M 20"]', 'indicators.toml at indicators: "E M 20" is not a key here'),
        ("[family]", "[family", "indicators.toml: is not readable TOML: "),
        (
            "rationale =",
            'needs_columns = { pathways = ["stop_tipe"] }\nrationale =',
            f'{EB3}.needs_columns.pathways: "stop_tipe" is no column of this table',
        ),
        (
            "rationale =",
            'needs_columns = { pathway = ["stop_type"] }\nrationale =',
            f'{EB3}.needs_columns.pathway: "stop_type" is no column of this table',
        ),
    ],
)
def test_every_slip_is_named_with_file_and_path(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    found = slips(tmp_path, indicators_with(old, new))
    assert [text for text in found if text.startswith(problem)], found


def test_all_slips_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    text = indicators_with('operator = ">="', 'operator = "=>"')
    text = text.replace('"0.92", per = "month"', '"0,92", per = "month"')
    text = text.replace('polarity = "activity"', 'polarity = "busy"')
    found = slips(tmp_path, text)
    assert len(found) == 2 + text.count('"busy"')
    tables = (OWN / "tables.toml").read_text("utf-8")
    both = slips(tmp_path, text, tables.replace('kind = "choice"', 'kind = "choise"'))
    assert both[:-1] == found
    assert both[-1].startswith(
        'tables.toml at pathways.columns.stop_type.kind: "choise" is not allowed. '
        "Allowed: identifier, code,"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("optional = true", 'optional = "yes"', 'pathways.columns.provider_code.optional: "yes"'),
        ("optional = true", "optinal = true", 'pathways.columns.provider_code: "optinal" is not a'),
        (
            'identifier = "pathway_id"',
            'identifier = "id"',
            'pathways.identifier: "id" is no',
        ),
        (
            'provider = "provider_code"',
            'trust = "provider_code"',
            'pathways.organisations: "trust',
        ),
        (
            'started_in_the_period = "clock_start_date"',
            'started_in_the_period = "start_date"',
            'pathways.placed_by_clause: "start_date" is no column',
        ),
        (
            ', values = ["admitted", "non_admitted"]',
            "",
            "pathways.columns.stop_type: a choice",
        ),
        (
            'kind = "date"',
            'kind = "date", known = "no_list"',
            "pathways.columns.clock_start_date.",
        ),
        (
            'kind = "date"',
            'kind = "date", last_of = "survey"',
            'pathways.columns.clock_start_date.last_of: "survey" is no column here',
        ),
        (
            'kind = "date"',
            'kind = "date", one_per = ["ccg_code", "ward"]',
            'pathways.columns.clock_start_date.one_per: "ward" is no column here',
        ),
        (
            'identifier = "pathway_id"',
            'identifier = "pathway_id"\neach_has = { stop_type = ["admited"] }',
            'pathways.each_has.stop_type: "admited" is none of the values',
        ),
        (
            'identifier = "pathway_id"',
            'identifier = "pathway_id"\neach_has = { stop = ["admitted"] }',
            'pathways.each_has: "stop" is no column here',
        ),
        (
            'identifier = "pathway_id"',
            'identifier = "pathway_id"\norganisations_of = "people"',
            'pathways.organisations_of: "people" is no table here',
        ),
        (
            'identifier = "pathway_id"',
            'organisations_of = "pathways"',
            'pathways.organisations_of: "pathways" has no identifier with organisations',
        ),
        (
            "[pathways]",
            '[letters]\nabout = "Letters."\norganisations_of = "pathways"\n[letters.columns]\n'
            'sent = { kind = "date" }\n\n[pathways]',
            "letters.organisations_of: pathways is named by pathway_id, which is no column here",
        ),
    ],
)
def test_every_slip_of_the_tables_is_named(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    text = (OWN / "tables.toml").read_text("utf-8")
    assert old in text
    (found,) = slips(tmp_path, tables=text.replace(old, new, 1))
    assert found.startswith(f"tables.toml at {problem}")


def test_what_no_line_names_is_named(tmp_path: Path) -> None:
    text = indicators_with('readings = ["A09", "A10", ', 'readings = ["A09", ')
    assert slips(tmp_path, text) == []
    text = text.replace('"clock_start_known"]', "]").replace('"stop_type_missing"', "")
    assert sorted(slips(tmp_path, text)) == [
        'indicators.toml: "clock_start_known" no line names this clause of rules.py',
        'indicators.toml: "stop_type_missing" no line names this fault of rules.py',
    ]


def test_a_day_counted_from_the_period_has_one_value_in_a_family(tmp_path: Path) -> None:
    text = indicators_with(
        'limits = { longest_wait = "126d" }',
        'limits = { longest_wait = "126d", longest_wait_within = "-112d" }',
    )
    found = slips(tmp_path, text)
    assert [line for line in found if "has another value in another line of the family" in line]


# Limits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("126d", {"": "126 days", "weeks": "18 weeks", "weeks letters": "18 weeks"}),
        ("14d", {"": "14 days", "weeks": "2 weeks", "weeks letters": "two weeks"}),
        ("7d", {"weeks": "1 week", "weeks letters": "one week"}),
        ("15d", {"weeks": "15 days"}),
        ("1d", {"": "1 day", "letters": "one day"}),
        ("4h", {"": "4 hours"}),
        ("15min", {"": "15 minutes"}),
        ("200", {"": "200"}),
        ("-42d", {"weeks letters": "six weeks"}),
        ("end-12m", {"": "12 months"}),
    ],
)
def test_limits_in_words(written: str, words: dict[str, str]) -> None:
    limit = Limit("x", written)
    assert {form: f"{limit:{form}}" if form else f"{limit}" for form in words} == words


@pytest.mark.parametrize("written", ["", "126", "-126d", "start-3m", "4h"])
def test_what_is_a_limit(written: str) -> None:
    if not written:
        with pytest.raises(ValueError, match="is not a limit"):
            Limit("x", written)
    else:
        assert Limit("x", written).is_of_a_period is written.startswith(("-", "start"))


@pytest.mark.parametrize("written", ["-126", "126 d", "4w", "start", "3m", "1.5d", "d", "−126d"])
def test_what_is_no_limit(written: str) -> None:
    with pytest.raises(ValueError, match="is not a limit"):
        Limit("x", written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("-126d", "2017-10-25"),
        ("end-126d", "2017-10-25"),
        ("start-1d", "2018-01-31"),
        ("start-3m", "2017-11-01"),
        ("end-3m", "2017-11-30"),
        ("end-12m", "2017-02-28"),
        ("end-24m", "2016-02-29"),
    ],
)
def test_days_counted_from_a_period(written: str, day: str) -> None:
    assert str(Limit("x", written).day_of(parse_period("2018-02"))) == day


def test_a_line_with_another_limit_says_so_and_counts_so(rtt: Family) -> None:
    line = rtt.indicators["E.B.3"]
    other = line.with_limits(limits_of({"longest_wait_within": "-112d"}))
    assert other.title == line.title.replace("18 weeks", "16 weeks")
    assert "16 weeks (112 days)" in other.numerator_in_words
    assert other.sentence == line.sentence
    assert rtt.words("within_18_weeks", other.limits) == (
        "From clock start to the last day is 112 days or less (A09)."
    )
    records = pd.DataFrame(
        {
            "pathway_id": ["a", "b"],
            "ccg_code": "C1",
            # 112 and 113 days before the last day of March.
            "clock_start_date": ["2017-12-09", "2017-12-08"],
            "clock_stop_date": None,
            "stop_type": None,
        },
        dtype=object,
    )
    opened = open_input(rtt, {"pathways": records})
    period = [parse_period("2018-03")]
    for asked, inside in ((line, 2), (other, 1), (line, 2)):
        assert count_units(opened, asked, periods=period, level="ccg")["numerator"].tolist() == [
            inside
        ]


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
    found = {family: [line.code for line in lines] for family, lines in select(selectors).items()}
    assert found == {"rtt": chosen}


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
    facts += [line.pages, card.family.document, line.version, line.reviewed]
    return facts


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ("12", "page 12"),
        ("15-16", "pages 15-16"),
        ("the dashboard's row 1", "the dashboard's row 1"),
    ],
)
def test_a_page_is_no_pages(pages: str, words: str) -> None:
    assert replace(find("E.B.3"), pages=pages).place_in_document == words


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
    needed = card.indicator.needs_columns
    for name, columns in content["input_tables"].items():
        assert columns == [
            column.name
            for column in card.family.tables[name].columns.values()
            if not column.optional or column.name in needed.get(name, ())
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
