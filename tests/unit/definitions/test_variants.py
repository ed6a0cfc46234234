"""Variants of lines: what they may set, what they say, which units they count."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import nhsind as ind
from nhsind.cli import cli
from nhsind.definitions.catalogue import all_indicators, find, select
from nhsind.definitions.choosing import choices_of
from nhsind.definitions.limits import Codes, Score, limits_of
from nhsind.definitions.variants import clauses_of, own_standards
from nhsind.errors import InputError, UsageError

CODES = sorted(all_indicators())


def pathways(*days_waited: int) -> pd.DataFrame:
    """Pathways that have waited so many days on 31 March 2018."""
    last = pd.Timestamp("2018-03-31")
    return pd.DataFrame(
        {
            "pathway_id": [f"p{days}" for days in days_waited],
            "ccg_code": "00A",
            "clock_start_date": [str((last - pd.Timedelta(days=d)).date()) for d in days_waited],
            "clock_stop_date": None,
            "stop_type": None,
        }
    )


@pytest.mark.parametrize(
    ("own", "given", "moved"),
    [
        ("-126d", "-112d", "-112d"),
        ("-126d", "112d", "-112d"),
        ("-126d", "-16w", "-112d"),
        ("-126d", " 16w ", "-112d"),
        ("-126d", "-4m", "-4m"),
        ("-126d", "0d", "-0d"),
        ("end-12m", "12m", "end-12m"),
        ("start-3m", "start-6m", "start-6m"),
        ("1mo", "2mo", "2mo"),
        ("126d", "3660d", "3660d"),
        ("4h", "180min", "180min"),
        ("200", "0", "0"),
        ("18y", "16y", "16y"),
        ("2.3", "2.30", "2.3"),
        ("2.3", "3", "3.0"),
        ("2.3", "1000000", "1000000.0"),
    ],
)
def test_a_limit_takes_another_value_of_its_kind(own: str, given: str, moved: str) -> None:
    assert limits_of({"x": own})["x"].moved_to(given).written == moved


@pytest.mark.parametrize(
    ("own", "given"),
    [
        ("-126d", "+126d"),
        ("-126d", "start-126d"),
        ("-126d", "126"),
        ("-126d", "-3661d"),
        ("-126d", "1mo"),
        ("126d", "-126d"),
        ("31d", "1mo"),
        ("126d", "3661d"),
        ("126d", "4h"),
        ("126d", "18y"),
        ("126d", "1.5d"),
        ("126d", "1.5w"),
        ("4h", "1d"),
        ("200", "200d"),
        ("18y", "18"),
        ("18y", "151y"),
        ("126d", ""),
        ("2.3", "1000000.1"),
        ("2.3", "2,3"),
        ("2.3", "-1"),
        ("2.3", ""),
        ("2.3", "2.0000000001"),
        ("8", "2.3"),
    ],
)
def test_a_limit_refuses_what_it_could_not_be(own: str, given: str) -> None:
    with pytest.raises(ValueError, match="Allowed: "):
        limits_of({"x": own})["x"].moved_to(given)


def test_codes_are_of_the_list_that_the_lines_own_are_of() -> None:
    """Of an open list (types of appointment) as of a closed one (ways in)."""
    both = ind.variant("E.A.3", limits={"treatment_types": "03,02"})
    assert "types 03 and 02" in both.numerator_in_words
    assert ind.variant("E.M.9", limits={"treatment_functions": "100-109"}).differs
    for code, name, value in [
        ("E.A.3", "treatment_types", "02,07"),
        ("E.M.9", "treatment_functions", "109"),
        ("E.B.5", "arranged_access", "appointment,lift"),
    ]:
        with pytest.raises(UsageError, match=f"not a known value of {name}. .*Allowed: "):
            ind.variant(code, limits={name: value})


def test_a_cut_off_that_moves_moves_the_case_and_the_words() -> None:
    scores = dict.fromkeys(("first_phq9", "last_phq9", "last_anxiety"), 0)
    referrals = [
        {
            "referral_id": measure,
            "ccg_code": "00A",
            "referral_received_date": "2017-10-01",
            "referral_end_date": "2018-02-01",
            "anxiety_measure": measure,
            "first_anxiety": score,
            **scores,
        }
        for measure, score in (("mi", 2.3), ("gad7", 8))
    ]
    appointments = [
        {
            "referral_id": each["referral_id"],
            "appointment_date": f"2017-11-0{day}",
            "appointment_type": "03",
            "attended": True,
        }
        for each in referrals
        for day in (1, 2)
    ]
    data = {"referrals": pd.DataFrame(referrals), "appointments": pd.DataFrame(appointments)}
    for limits, recovered in [
        ({}, 2),
        ({"mi_case_from": "2.4"}, 1),
        ({"gad7_case_from": "9"}, 1),
        ({"mi_case_from": "2.300000001", "gad7_case_from": "9"}, 0),
        ({"treatment_types": "02"}, 0),
    ]:
        line = ind.variant("E.A.S.2", limits=limits)
        (row,) = ind.derive(line, data, period="2017-18-Q4", covers="2017-04..2018-03").to_dict(
            "records"
        )
        assert row["numerator"] == recovered, limits
    assert "9 of GAD-7" in str(ind.define(ind.variant("E.A.S.2", limits={"gad7_case_from": "9"})))


@pytest.mark.parametrize("code", CODES)
def test_the_lines_own_values_are_the_line(code: str) -> None:
    line = find(code)
    for name, limit in line.limits.items():
        assert ind.variant(code, limits={name: limit.written}) is line
    for reading in choices_of(line).values():
        assert ind.variant(code, readings={reading.code: reading.taken}) is line
    for row in own_standards(line)[:1]:
        # One number stands for all dated rows, so it is the line's only where they agree.
        if len({(each.operator, each.exact) for each in own_standards(line)}) == 1:
            given = {"standard": f"{row.operator}{row.value}"}
            assert ind.variant(code, limits=given) is line


@pytest.mark.parametrize("code", CODES)
def test_another_value_is_another_line_with_a_star(code: str) -> None:
    line = find(code)
    made = [
        ind.variant(code, limits={name: "7"}) for name in line.limits if name.endswith("_month")
    ]
    for reading in choices_of(line).values():
        made += [ind.variant(code, readings={reading.code: name}) for name in reading.choices]
    for other in made:
        if other is line:  # a choice that another line of the family has
            continue
        assert other.code == f"{code}*" and other.own_code == code
        assert other.variant_words.startswith(f"a variant of {code}: ")


def test_words_follow_the_limit() -> None:
    line = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    assert line.title == "Incomplete RTT pathways within 16 weeks"
    assert "waited 16 weeks (112 days) or less" in line.numerator_in_words
    card = str(ind.define(line))
    assert "112 days (16 weeks) instead of 126 days (18 weeks)" in card
    assert "From clock start to the last day is 112 days or less" in card
    assert "18 weeks" not in ind.define(line).content["title"]


def test_a_variant_keeps_what_it_differs_in_already() -> None:
    first = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    second = ind.variant(first, limits={"standard": "90%"})
    assert second.code == "E.B.3*" and len(second.differs) == 2
    assert second.limits == first.limits


@pytest.mark.parametrize("code", CODES)
def test_a_limit_moved_and_moved_back_is_the_line(code: str) -> None:
    line = find(code)
    for name, limit in line.limits.items():
        if isinstance(limit, Codes):
            away = limit.codes[0]
        elif isinstance(limit, Score):
            away = str(limit.exact / 2)
        else:
            away = limit.written.replace(str(limit.number), str(limit.number + 1))
        moved = ind.variant(code, limits={name: away})
        assert ind.variant(moved, limits={name: limit.written}) is line
    for row in own_standards(line)[:1]:
        if len({(each.operator, each.exact) for each in own_standards(line)}) == 1:
            moved = ind.variant(code, limits={"standard": "<0.123"})
            assert moved is not line
            assert ind.variant(moved, limits={"standard": f"{row.operator}{row.value}"}) is line


def test_a_limit_moved_twice_differs_once() -> None:
    sixteen = ind.variant("E.B.3", limits={"longest_wait_within": "16w", "standard": "80%"})
    twelve = ind.variant(sixteen, limits={"longest_wait_within": "12w"})
    assert twelve.differs == (
        "standard at least 80% instead of at least 92%",
        "longest wait within 84 days (12 weeks) instead of 126 days (18 weeks)",
    )


@pytest.mark.parametrize(
    ("given", "operator", "value"),
    [("0.9", ">=", "0.9"), ("90%", ">=", "0.9"), (">0.9", ">", "0.9"), ("2/3", ">=", "2/3")],
)
def test_the_standard_can_be_set(given: str, operator: str, value: str) -> None:
    (row,) = ind.variant("E.B.3", limits={"standard": given}).standards
    assert (row.operator, row.value) == (operator, value)


def test_both_sides_of_a_moved_limit() -> None:
    line = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    records = pathways(111, 112, 113, 126, 127)
    counted = ind.trace(line, records, period="2018-03").set_index("record_id")["in_numerator"]
    assert counted.to_dict() == {
        "p111": True,
        "p112": True,
        "p113": False,
        "p126": False,
        "p127": False,
    }
    figures = ind.derive(line, records, period="2018-03")
    assert figures[["indicator", "numerator", "denominator"]].to_numpy().tolist() == [
        ["E.B.3*", 2, 5]
    ]
    assert any("a variant of E.B.3" in note for note in figures.attrs["notes"])


def test_a_standard_moved_turns_the_verdict_at_the_exact_value() -> None:
    records = pathways(1, 2, 3, 200)  # 75%
    for given, met in (("75%", True), (">75%", False), ("0.7500000001", False)):
        line = ind.variant("E.B.3", limits={"standard": given})
        assert ind.derive(line, records, period="2018-03")["meets_standard"].tolist() == [met]


def test_without_a_clause_and_without_a_fault() -> None:
    records = pathways(1, 200)
    line = ind.variant("E.B.3", without="within_18_weeks")
    assert ind.derive(line, records, period="2018-03")["numerator"].tolist() == [2]
    stopped = records.assign(clock_stop_date="2017-01-01", stop_type="admitted")
    other = ind.variant("E.B.3", without=["stop_before_start", "not_stopped_by_the_last_day"])
    assert ind.derive(other, stopped, period="2018-03")["denominator"].tolist() == [2]
    assert ind.derive("E.B.3", stopped, period="2018-03")["denominator"].tolist() == [0]


@pytest.mark.parametrize(
    ("code", "placing", "other"),
    [
        ("E.H.4", "treatment_started_in_the_period", "within_2_weeks"),
        ("E.B.5", "arrived_in_the_period", "within_4_hours"),
        ("E.M.10", "discharged_in_the_period", "specific_acute"),
        ("E.H.10_rolling", "treatment_started_in_the_two_quarters", "routine"),
        ("E.B.3", "started_by_the_last_day", "not_stopped_by_the_last_day"),
    ],
)
def test_what_places_a_unit_in_a_period_stays(code: str, placing: str, other: str) -> None:
    """Without it a figure of a month would be of all that the records hold."""
    assert {placing, other} <= set(clauses_of(find(code)))
    with pytest.raises(UsageError, match=f"{placing} says which period"):
        ind.variant(code, without=placing)
    listed = ind.choices(code)
    assert placing not in set(listed["name"]) and other in set(listed["name"])
    assert ind.variant(code, without=other).code == f"{code}*"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"limits": {"longest_wait": "-112d"}}, 'Did you mean "longest_wait_within"'),
        ({"limits": {"longest_wait_within": "soon"}}, "Allowed: -0d to -3660d"),
        ({"limits": {"standard": "1.2"}}, "above 1"),
        ({"limits": {"standard": "best"}}, "is not a standard"),
        ({"limits": "longest_wait_within"}, "values by name"),
        ({"readings": {"A09": "x"}}, "Allowed: verdict_of_a_quarter"),
        ({"without": ["within_18_week"]}, 'Did you mean "within_18_weeks"'),
        ({"without": ["started_by_the_last_day"]}, "which period"),
    ],
)
def test_what_cannot_be_is_one_clear_error(given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ind.variant("E.B.3", **given)  # type: ignore[arg-type]


def test_a_count_has_no_standard_to_set() -> None:
    with pytest.raises(UsageError, match="no standard"):
        ind.variant("E.M.18", limits={"standard": "5"})


def test_the_starred_code_is_explained_and_two_variants_are_told_apart() -> None:
    with pytest.raises(UsageError, match=r"never published\s+as the line"):
        find("e.b.3*")
    one = ind.variant("E.B.3", limits={"longest_wait_within": "16w"})
    two = ind.variant("E.B.3", limits={"longest_wait_within": "17w"})
    with pytest.raises(UsageError, match="two variants"):
        select([one, two])
    assert [line.code for line in select(["E.B.3", one])["rtt"]] == ["E.B.3", "E.B.3*"]


@pytest.mark.parametrize(
    "options",
    [
        ["--set", "x"],
        ["--set", "longest_wait=3d"],
        ["--reading", "A09"],
        ["--without", "nothing"],
        ["--set", "standard=0.9", "--set", "standard=0.8"],
        ["--reading", "verdict_of_a_quarter=month_alone"] * 2
        + ["--reading", "verdict_of_a_quarter=every_period"],
    ],
)
def test_commands_refuse_what_cannot_be(options: list[str]) -> None:
    for command in (["define", "E.B.3"], ["derive", "E.B.3", "--period", "2018-03"]):
        found = CliRunner().invoke(cli, [*command, *options])
        assert isinstance(found.exception, UsageError)


def test_a_family_where_a_line_belongs_is_told_its_lines() -> None:
    for command in ("trace", "define"):
        asked = [command, "rtt", *(["--period", "2018-03"] if command == "trace" else [])]
        found = CliRunner().invoke(cli, [*asked, "--set", "longest_wait_within=1d"])
        assert "is a family, and one line is wanted: one of E.B.3, E.M.18" in str(found.exception)


def test_options_of_variants_take_one_line() -> None:
    asked = ["derive", "E.B.3", "E.B.4", "--period", "2018-03", "--set", "longest_wait_within=1d"]
    found = CliRunner().invoke(cli, asked)
    assert isinstance(found.exception, UsageError) and "one line" in str(found.exception)


def test_all_that_shows_a_variant_says_so() -> None:
    line = ind.variant("E.B.3", limits={"longest_wait_within": "-112d"})
    records = pathways(1, 113, 120, 200)
    others = records.assign(ccg_code="00B", pathway_id="b" + records["pathway_id"])
    data = pd.concat([records, others])
    found = ind.results(line, "00A", period="2018-03", data=data)
    said = line.variant_words
    chart = ind.chart("ranked", found, line)
    assert said in chart.caption and said in chart.alt and "E.B.3*" in chart.svg
    assert f'aria-label="{chart.alt}"' in chart.svg
    assert any(said in note for note in ind.table("result", found, line).notes)
    assert said in ind.interpret(found).paragraphs[0]
    fates = ind.fate_table(line, pathways(112, 113), period="2018-03")
    assert any(said in note for note in fates.notes)
    assert fates.rows[0][1] == "Counted: within 16 weeks"


def test_counts_that_are_made_already_can_be_judged_and_not_recounted(published: Path) -> None:
    file = published / "cancer" / "Q1-2015-2016-CANCER-WAITING-TIMES-PROVIDER-WORKBOOK.xlsx"
    line = ind.variant("E.B.6", limits={"longest_wait": "7d"})
    with pytest.raises(InputError, match="counted already"):
        ind.derive(line, file, period="2015-16-Q1", level="england")
    own = ind.derive("E.B.6", file, period="2015-16-Q1", level="england")
    strict = ind.variant("E.B.6", limits={"standard": "100%"})
    other = ind.derive(strict, file, period="2015-16-Q1", level="england")
    assert other["numerator"].tolist() == own["numerator"].tolist() != [0]
    assert other["standard"].tolist() == [1.0]
