"""Months far from an organisation's own past are named, and those that chance explains are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import nhsind
from nhsind.cli import cli
from nhsind.derivation.questions import Notes
from nhsind.errors import InputError, UsageError
from nhsind.periods import parse_period
from nhsind.sources.usual_numbers import (
    WHY_UNUSUAL,
    is_unusual,
    tolerance_of,
    who_has,
    words_of,
)


@pytest.mark.parametrize(
    ("number", "usual", "unusual"),
    [
        # Half of 100 is within the share; 49 is not, nor is it chance.
        *[(50, 100, False), (49, 100, True), (200, 100, False), (201, 100, True)],
        # Of 20 chance gives 7 to 40 in 99.9% of months, so that half and twice decide only above.
        *[(7, 20, False), (6, 20, True), (40, 20, False), (41, 20, True)],
        # Of 7 chance gives 0, of 8 hardly ever; nothing usual tells nothing.
        *[(0, 7, False), (0, 8, True), (5, 0, False), (0, 0, False)],
    ],
)
def test_far_from_usual_is_beyond_the_share_and_beyond_chance(
    number: int, usual: float, unusual: bool
) -> None:
    assert is_unusual(number, usual) is unusual


@pytest.mark.parametrize(
    ("number", "tolerance", "unusual"), [(49, 0.25, False), (24, 0.25, True), (401, 0.25, True)]
)
def test_the_share_can_be_another(number: int, tolerance: float, unusual: bool) -> None:
    assert is_unusual(number, 100, tolerance) is unusual


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "much", "nan"])
def test_what_is_no_share_is_bad_usage(text: str) -> None:
    with pytest.raises(UsageError):
        tolerance_of(text)


def months_of(*numbers: int, code: str = "00A", first: str = "2017-01") -> pd.DataFrame:
    """So many attendances, on the last day of each month; the months of another commissioner."""
    rows = []
    for step, number in enumerate(numbers):
        end = parse_period(first).shift(step).end.isoformat()
        rows += [(f"{code}{step}", code, end, number), (f"x{step}", "00X", end, 300)]
    table = pd.DataFrame(rows, columns=["attendance_id", "ccg_code", "arrival_date", "count"])
    return table[table["count"] > 0].assign(attendance_category="1")


def named(table: pd.DataFrame, **options: Any) -> list[str]:
    data = {"ae_attendances": table, **options.pop("beside", {})}
    found = nhsind.check(data, family="sus", **options)
    unusual = found.loc[found["fault"] == "unusual_number", "about"]
    return [str(about).split(" than")[0] for about in unusual]


def test_a_month_with_six_before_it_is_set_against_them() -> None:
    assert named(months_of(*[100] * 6, 40)) == ["00A has far less in 2017-07"]
    assert named(months_of(*[100] * 5, 40)) == []
    assert named(months_of(*[100] * 6, 300)) == ["00A has far more in 2017-07"]


def test_a_month_without_anything_is_far_from_usual() -> None:
    assert named(months_of(*[100] * 6, 0, 100)) == ["00A has far less in 2017-07"]


def test_only_the_twelve_months_before_tell_what_is_usual() -> None:
    assert named(months_of(*[1000] * 12, *[100] * 12, 100))[-1].endswith("2018-07")
    assert named(months_of(*[1000] * 2, *[100] * 12, 100), tolerance=0.99) == []


def test_an_organisation_begins_with_its_first_month_and_ends_with_its_closing() -> None:
    assert named(months_of(0, 0, 0, *[100] * 6, 40)) == ["00A has far less in 2017-10"]
    geography = {"ccg_code": ["00A", "00X"], "valid_to": ["2017-06-30", None]}
    beside = {"geography": pd.DataFrame(geography)}
    assert named(months_of(*[100] * 6, 0, 0), beside=beside) == []
    geography["valid_to"] = ["2017-07-01", None]
    beside = {"geography": pd.DataFrame(geography)}
    assert named(months_of(*[100] * 6, 0, 0), beside=beside) == ["00A has far less in 2017-07"]


def test_strict_refuses_it_and_the_tolerance_decides() -> None:
    data = {"ae_attendances": months_of(*[100] * 6, 40)}
    with pytest.raises(InputError, match="00A has far less in 2017-07"):
        nhsind.check(data, family="sus", strict=True)
    nhsind.check(data, family="sus", strict=True, tolerance=0.25)
    notes = Notes()
    nhsind.derive("E.M.12", data=data, period="2017-06", strict=True, notes=notes)
    assert not notes.findings
    with pytest.raises(InputError):
        nhsind.derive("E.M.12", data=data, period="2017-07", strict=True, notes=notes)
    notes = Notes()
    nhsind.derive("E.M.12", data=data, period="2017-07", notes=notes)
    assert [item.fault for item in notes.findings] == ["unusual_number"]


def test_the_command_names_it_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "sus").mkdir()
    months_of(*[100] * 6, 40).to_csv(tmp_path / "sus" / "ae_attendances.csv", index=False)
    asked = ["derive", "E.M.12", "--data", str(tmp_path), "--period", "2017-07"]
    told = CliRunner().invoke(cli, asked)
    assert told.exit_code == 0 and "00A has far less in 2017-07" in told.stderr
    assert "00A has far less" not in CliRunner().invoke(cli, [*asked, "--tolerance", "0.25"]).stderr
    strict = CliRunner().invoke(cli, [*asked, "--strict"])
    assert isinstance(strict.exception, InputError)


def test_a_page_names_it_and_tells_no_number(tmp_path: Path) -> None:
    (tmp_path / "sus").mkdir()
    months_of(*[100] * 6, 40).to_csv(tmp_path / "sus" / "ae_attendances.csv", index=False)
    found = nhsind.results("sus", period="2017-07", data=tmp_path)
    told = str(nhsind.interpret(found))
    assert "00A has far less in 2017-07 than is usual" in told
    assert not nhsind.table("quality", found).rows[0][0].startswith("None")


def test_figures_of_providers_are_set_against_providers() -> None:
    """A lost month of a provider is small among its commissioners' attendances."""
    table = months_of(*[100] * 6, 40).assign(provider_code="RX1")
    table.loc[table["ccg_code"] == "00A", "provider_code"] = "RX2"
    table.loc[table["ccg_code"] == "00A", "ccg_code"] = "00X"
    asked = {"data": {"ae_attendances": table}, "period": "2017-07"}
    told = Notes()
    nhsind.derive("E.M.12", **asked, notes=told)
    assert not told.findings
    told = Notes()
    nhsind.derive("E.M.12", **asked, level="provider", notes=told)
    assert [item.about.split(" than")[0] for item in told.findings] == [
        "RX2 has far less in 2017-07"
    ]


def test_a_snapshot_tells_of_the_months_before_that_it_may_lack_people_of() -> None:
    """Who began to wait in August may be missing a month later; what started then is whole."""
    starts = [(f"2017-{month:02}-15", 40 if month == 8 else 100) for month in range(1, 10)]
    table = pd.DataFrame(starts, columns=["clock_start_date", "count"])
    table = table.assign(pathway_id=table.index.astype(str), ccg_code="00A")
    data = table.assign(clock_stop_date=None, stop_type=None)
    for line, told in (("E.B.3", ["00A has far less in 2017-08"]), ("E.M.20", [])):
        notes = Notes()
        nhsind.derive(line, data=data, period="2017-09", notes=notes)
        assert [item.about.split(" than")[0] for item in notes.findings] == told


@pytest.mark.parametrize("way", ["less", "more"])
def test_who_has_what_is_read_from_what_is_said(way: str) -> None:
    said = f"{words_of('00A', way, parse_period('2018-03'))}, by arrival_date: {WHY_UNUSUAL}"
    assert who_has(said) == ("00A", (way, "2018-03"))
    assert who_has("The records have a gap") is None


@pytest.mark.parametrize(("left", "names"), [(0, ["RA1 has far less in 2017-07"]), (1, [])])
def test_check_names_providers_that_lose_a_whole_month(left: int, names: list[str]) -> None:
    """Of their commissioner it is a quarter, which is not far from usual."""
    small = months_of(*[100] * 6, left).assign(provider_code="RA1")
    large = months_of(*[300] * 7).assign(provider_code="RB1")
    large["attendance_id"] = "y" + large["attendance_id"]
    table = pd.concat([small, large])
    table = table[table["ccg_code"] == "00A"]
    assert named(table) == names
    assert named(table.drop(columns="provider_code")) == []


def sessions_of(*numbers: int) -> dict[str, pd.DataFrame]:
    """So many sessions of one course of 00A on the last day of each month; beside others'."""
    held = months_of(*numbers).rename(columns={"arrival_date": "appointment_date"})
    held["referral_id"] = held["ccg_code"]
    received = {"referral_received_date": "2017-01-01", "referral_end_date": "2017-09-30"}
    referrals = pd.DataFrame({"referral_id": ["00A", "00X"], "ccg_code": ["00A", "00X"]})
    return {
        "referrals": referrals.assign(**received),
        "appointments": held[["referral_id", "appointment_date", "count"]].assign(
            appointment_type="02", attended="true"
        ),
    }


def named_beside(code: str, data: object, period: str) -> list[str]:
    told = Notes()
    nhsind.derive(code, data=data, period=period, notes=told)
    return [
        item.about.split(" than")[0] for item in told.findings if item.fault == "unusual_number"
    ]


def test_rows_without_an_organisation_are_those_of_what_they_name() -> None:
    """Sessions say whose they are by their referral alone."""
    data = sessions_of(*[100] * 6, 40)
    found = nhsind.check(data, family="iapt")
    told = found[found["fault"] == "unusual_number"]
    assert told["table"].tolist() == ["iapt/appointments"] and "00A" in told["about"].iloc[0]
    # A referral that is there twice makes no session twice; one that is nobody's makes none.
    twice = {**data, "referrals": pd.concat([data["referrals"]] * 2)}
    assert "00A has far less in 2017-07" in str(
        nhsind.check(twice, family="iapt")["about"].tolist()
    )
    nobody = {**data, "referrals": data["referrals"].assign(ccg_code=[None, "00X"])}
    assert "unusual_number" not in nhsind.check(nobody, family="iapt")["fault"].tolist()


@pytest.mark.parametrize(
    ("period", "told"), [("2017-18-Q2", True), ("2017-18-Q3", True), ("2017-18-Q1", False)]
)
def test_lost_sessions_are_told_of_courses_that_end_within_a_year(period: str, told: bool) -> None:
    """Sessions of July count in a course that ends in December, not in one that ended in June."""
    data = sessions_of(*[100] * 6, 40, *[100] * 5)
    names = ["00A has far less in 2017-07"] if told else []
    assert named_beside("E.H.1_A1", data, period) == names


def test_far_more_sessions_are_told_of_their_own_time_alone() -> None:
    data = sessions_of(*[100] * 6, 300, *[100] * 5)
    assert named_beside("E.H.1_A1", data, "2017-18-Q2") == ["00A has far more in 2017-07"]
    assert named_beside("E.H.1_A1", data, "2017-18-Q3") == []


def alike(*numbers: int, names: str = "ABCDE") -> dict[str, pd.DataFrame]:
    """So many attendances a month of each of some commissioners, of 00D a hundred times."""
    rows = [
        (f"{code}{step}", f"00{code}", str(parse_period("2017-01").shift(step).end), number)
        for code in names
        for step, number in enumerate(numbers)
    ]
    table = pd.DataFrame(rows, columns=["attendance_id", "ccg_code", "arrival_date", "count"])
    table.loc[table["ccg_code"] == "00D", "count"] *= 100
    return {"ae_attendances": table.assign(attendance_category="1")}


def unusual_lines(*numbers: int, names: str = "ABCDE") -> list[str]:
    told = Notes()
    data = alike(*numbers, names=names)
    nhsind.derive("E.M.12", data=data, period="2017-07..2017-12", notes=told)
    return told.lines()


def test_many_unusual_months_are_one_line_with_the_farthest_first() -> None:
    (line,) = unusual_lines(*[100] * 6, 10)
    assert line == (
        "sus/ae_attendances: 5 months of 5 organisations have far less than is usual, by "
        "arrival_date: 00D in 2017-07, 00A in 2017-07, 00B in 2017-07 and 2 more; data may be "
        "missing, or there twice"
    )
    # Three are named one by one; of one organisation each month counts.
    assert len(unusual_lines(*[100] * 6, 10, names="ABC")) == 3
    (line,) = unusual_lines(*[100] * 6, 10, 10, 10, 10, names="B")
    assert "4 months of one organisation have" in line and "00B in 2017-07 and 3 more" in line


def test_of_organisations_that_are_asked_for_only_their_own_are_told() -> None:
    data = {"ae_attendances": months_of(*[100] * 6, 40)}
    for code, told in (("00A", 1), ("00X", 0)):
        notes = Notes()
        nhsind.derive("E.M.12", data=data, period="2017-07", org=code, notes=notes, strict=not told)
        assert len(notes.findings) == told
    notes = Notes()
    nhsind.derive("E.M.12", data=data, period="2017-07", level="england", notes=notes)
    assert len(notes.findings) == 1


def test_the_table_of_a_page_names_its_own_organisation_and_few_others() -> None:
    words = "has far less in 2017-07 than is usual, by arrival_date: data may be missing, or there"
    for names, told in (("ABCDE", f"Each of 00C, 00A, 00B and 2 more {words}"), ("ABC", "")):
        data = alike(*[100] * 6, 10, names=names)
        found = nhsind.results("sus", "00C", period="2017-07", data=data)
        rows = [row[0] for row in nhsind.table("quality", found).rows]
        assert len(rows) == (1 if told else 3)
        assert rows[0].startswith(told or f"00A {words}")
