"""What is told of records that count all the same: what they lack, answers given again."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import nhsind
from nhsind.definitions.catalogue import load_family
from nhsind.reference import iapt_scores

QUESTIONS = {f"q{number}": True for number in (1, 2, 3, 4, 6, 7, 8, 9)}
ANSWERS: dict[str, Any] = QUESTIONS | dict.fromkeys(("q3a", "q4a", "q8a", "q9a"), "mon")


def frame(columns: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


SCORED = "referral_id ccg_code referral_received_date referral_end_date " + (
    "first_phq9 last_phq9 first_anxiety last_anxiety"
)
CALLS = "call_id ccg_code call_datetime call_source urgency exclusion_reason face_to_face " + (
    "resolved_by_telephone stop_code outcome destination_type"
)
PATIENTS = "patient_id provider_code first_infusion_date treatment_completed_date death_date " + (
    "last_follow_up_date discharge_date"
)
DAYS = ("2017-01-01", "2017-01-02")
CALL = ("00A", "2018-03-01T10:00:00", "999", "emergency", None)
EMPTY = frame("appointment_id referral_id appointment_date appointment_type attended")
CASES = {
    "scores": (
        "iapt",
        {
            "referrals": frame(
                SCORED,
                ("a", "00A", "2018-01-01", "2018-03-01", 20, 5, 20, 5),
                ("b", "00A", "2018-01-01", "2018-03-01", 20, None, 20, None),
                ("c", "00A", "2018-01-01", "2018-03-01", None, None, None, None),
                ("d", "00A", "2018-01-01", None, None, None, None, None),
            ),
            "appointments": EMPTY,
        },
        {"some_scores_missing": "row 2", "no_score": "row 3"},
    ),
    "categories": (
        "sus",
        {
            "ae_attendances": frame(
                "attendance_id ccg_code arrival_date attendance_category",
                ("a", "00A", "2018-03-01", "1"),
                ("b", "00A", "2018-03-01", None),
            )
        },
        {"attendance_category_missing": "row 2"},
    ),
    "outcomes": (
        "ambulance",
        {
            "calls": frame(
                CALLS,
                ("a", *CALL, True, False, None, "treated_at_scene", None),
                ("b", *CALL, True, False, None, "conveyed", "1"),
                ("c", *CALL, True, False, None, "conveyed", None),
                ("d", *CALL, False, True, None, None, None),
            )
        },
        {"outcome_missing": "row 3"},
    ),
    "follow-up": (
        "cart",
        {
            "patients": frame(
                PATIENTS,
                ("a", "RAA", *DAYS, None, "2018-01-01", "2017-02-01"),
                ("b", "RAA", *DAYS, "2017-06-01", None, "2017-02-01"),
                ("c", "RAA", *DAYS, None, None, "2017-02-01"),
                ("d", "RAA", *DAYS, None, "2018-01-01", None),
            )
        },
        {"follow_up_missing": "row 3", "discharge_missing": "row 4"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_check_tells_what_records_lack_that_count_all_the_same(case: str) -> None:
    family, tables, expected = CASES[case]
    found = nhsind.check(tables, family).set_index("fault")
    assert found["places"].str.partition(" (")[0].to_dict() == expected
    assert (found["left_out_of"] == "").all()
    # Nobody is left out, so nothing is refused.
    assert len(nhsind.check(tables, family, strict=True)) == len(expected)


def test_of_a_column_that_is_absent_the_table_is_told_of() -> None:
    bare = frame("attendance_id ccg_code arrival_date", ("a", "00A", "2018-03-01"))
    bare["attendance_category"] = None
    assert nhsind.check({"ae_attendances": bare}, "sus")["rows"].tolist() == [1]
    with pytest.raises(nhsind.InputError, match="attendance_category"):
        nhsind.check({"ae_attendances": bare.drop(columns="attendance_category")}, "sus")
    seen = frame(
        "attendance_id ccg_code provider_code department_id department_type arrival_datetime "
        "departure_datetime",
        ("a", "00A", "RAA", "D", "1", "2018-03-01T10:00:00", "2018-03-01T11:00:00"),
    )
    (found,) = nhsind.check({"attendances": seen}, "ae").to_dict("records")
    assert (found["fault"], found["rows"]) == ("attendance_category_missing", 1)
    assert "no column attendance_category" in found["about"] and not found["left_out_of"]


def test_a_practice_that_answers_a_survey_again_is_named() -> None:
    practices = frame("practice_code ccg_code", ("P1", "00A"), ("P2", "00A"))
    days = [("P1", "2018-03-02"), ("P1", "2018-03-20"), ("P2", "2018-03-20"), ("P2", "2018-04-01")]
    answers = frame("practice_code survey_date", *days).assign(**ANSWERS)

    def told(survey: pd.DataFrame) -> list[tuple[str, int, str]]:
        found = nhsind.check({"survey": survey, "practices": practices}, "gp_access")
        return [(row["fault"], row["rows"], row["about"]) for row in found.to_dict("records")]

    ((fault, rows, about),) = told(answers)
    assert (fault, rows) == ("answered_again", 2) and "P1 (2018-03); the last counts" in about
    ((_, rows, about),) = told(answers.assign(survey=[None, None, "S", "S"]))
    assert rows == 4 and "P1 (2018-03), P2 (S); the last counts" in about
    assert told(answers.iloc[1:3]) == []


def test_the_reading_of_impossible_scores_names_the_highest_of_each_measure() -> None:
    readings = {item.code: item for item in load_family("iapt").readings}
    reading = readings["impossible_scores"].reading
    numbers = [int(word) for word in reading.replace(",", "").split() if word.isdecimal()]
    assert numbers == [iapt_scores.PHQ9, *iapt_scores.ANXIETY.values()]
