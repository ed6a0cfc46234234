"""Readings as choices: on each side of what a choice changes, one record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import nhsind as ind
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.errors import UsageError
from nhsind.periods import parse_period

EVER = "2010-01..2029-12"


def table(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split(), dtype=object)


def counted(code: str, reading: str, choice: str, tables: Any, period: str) -> set[str]:
    """The identifiers of the units in the numerator by a choice."""
    line = ind.variant(code, readings={reading: choice})
    fates = ind.trace(line, tables, period=period, covers=EVER)
    return set(fates.loc[fates["in_numerator"], "record_id"])


def both(code: str, reading: str, choice: str, tables: Any, period: str) -> tuple[Any, Any]:
    """Who is counted by nhsind's own reading, and by the choice."""
    family = ind.define(code).content["family"]
    taken = next(each for each in load_family(family).readings if each.code == reading).taken
    return (
        counted(code, reading, taken, tables, period),
        counted(code, reading, choice, tables, period),
    )


CANCER = (
    "record_id ccg_code referral_source suspected_cancer referral_received_date date_first_seen "
    "upgrade_date decision_to_treat_date treatment_date treatment_event modality icd10 "
    "treatment_adjustment_days"
)


def treatment(name: str, decided: str, treated: str, icd10: str = "C50", less: int = 0) -> Any:
    dates = (None, None, "2017-01-01", decided, treated)
    return (name, "A", "other", None, *dates, "first", "surgery", icd10, less)


def test_a16_a_calendar_month_ends_on_its_last_day() -> None:
    records = table(
        CANCER,
        treatment("on 28 February", "2017-01-31", "2017-02-28"),
        treatment("31 days", "2017-01-31", "2017-03-03"),
        treatment("1 March", "2017-01-31", "2017-03-01"),
        treatment("1 March less a day", "2017-01-31", "2017-03-01", less=1),
    )
    days, month = both("E.B.8", "A16", "calendar_month", records, "2016-17-Q4")
    assert days == {"on 28 February", "31 days", "1 March", "1 March less a day"}
    assert month == {"on 28 February", "1 March less a day"}
    march = table(
        CANCER,
        treatment("31", "2017-03-05", "2017-04-05"),
        treatment("32", "2017-03-05", "2017-04-06"),
    )
    assert both("E.B.8", "A16", "calendar_month", march, "2017-18-Q1") == ({"31"}, {"31"})


@pytest.mark.parametrize("engine", ["duckdb", "pandas", "polars"])
def test_a16_on_every_engine(engine: str) -> None:
    line = ind.variant("E.B.8", readings={"A16": "calendar_month"})
    records = table(
        CANCER,
        treatment("in", "2017-01-31", "2017-02-28"),
        treatment("out", "2017-01-31", "2017-03-01"),
    )
    found = ind.derive(line, records, period="2016-17-Q4", engine=engine, covers=EVER)
    assert found[["numerator", "denominator"]].to_numpy().tolist() == [[1, 2]]


def test_a17_every_diagnosis_counts_in_upgrades() -> None:
    records = table(
        CANCER,
        treatment("listed", "2017-04-01", "2017-04-05", "C50"),
        treatment("other", "2017-04-01", "2017-04-05", "L40"),
    )
    line = ind.variant("E.B.14", readings={"A17": "no_list_for_upgrades"})
    for each, expected in (("E.B.14", 1), (line, 2)):
        found = ind.derive(each, records, period="2017-04", covers=EVER)
        assert found["denominator"].tolist() == [expected]


def test_a13_the_month_of_departure_and_planned_follow_ups() -> None:
    columns = (
        "attendance_id ccg_code provider_code department_id department_type attendance_category "
        "arrival_datetime departure_datetime"
    )
    where = ("A", "P", "D", "1")
    records = table(
        columns,
        ("over midnight", *where, "1", "2017-04-30T23:00:00", "2017-05-01T01:00:00"),
        ("in May", *where, "1", "2017-05-02T23:00:00", "2017-05-03T00:00:00"),
        ("planned", *where, "2", "2017-05-02T10:00:00", "2017-05-02T11:00:00"),
    )
    small = {"attendances_a_month": "0"}
    for choice, expected in (
        ("arrival_without_follow_ups", {"in May"}),
        ("departure", {"over midnight", "in May"}),
        ("follow_ups_too", {"in May", "planned"}),
    ):
        line = ind.variant("E.B.5", limits=small, readings={"A13": choice})
        fates = ind.trace(line, records, period="2017-05", covers=EVER)
        assert set(fates.loc[fates["in_numerator"], "record_id"]) == expected


def cyp(*contacts: tuple[str, str, str], born: str = "2000-06-01") -> dict[str, pd.DataFrame]:
    """One person's contacts: referral, day, medium."""
    people = table("person_id date_of_birth ccg_code", ("p", born, "A"))
    rows = [
        ("p", referral, f"c{number}", day, "direct", medium, "yes")
        for number, (referral, day, medium) in enumerate(contacts)
    ]
    columns = "person_id referral_id contact_id contact_date contact_type medium attended"
    return {"people": people, "contacts": table(columns, *rows)}


def test_a34_who_began_under_18_counts_on() -> None:
    went_on = cyp(
        ("r", "2017-09-01", "01"),
        ("r", "2017-10-01", "01"),
        ("r", "2018-09-01", "01"),
        ("r", "2018-10-01", "01"),
    )
    assert both("E.H.9_2A", "A34", "document", went_on, "2018-19") == (set(), {"p"})
    began_late = cyp(("r", "2018-09-01", "01"), ("r", "2018-10-01", "01"))
    assert both("E.H.9_2A", "A34", "document", began_late, "2018-19") == (set(), set())


def test_a33_email_counts_and_text_does_not() -> None:
    by_email = cyp(("r", "2017-04-01", "01"), ("r", "2017-04-08", "05"))
    assert both("E.H.9_2A", "A33", "email_counts", by_email, "2017-18") == (set(), {"p"})
    assert both("E.H.9_1A", "A33", "email_counts", by_email, "2017-18") == (set(), {"p"})
    by_text = cyp(("r", "2017-04-01", "01"), ("r", "2017-04-08", "06"))
    assert both("E.H.9_2A", "A33", "email_counts", by_text, "2017-18") == (set(), set())


def test_a30_growth_is_compounded_in_the_second_year() -> None:
    rules = load_family("cyp").rules
    asked = {
        year: rules.required_number_compound(parse_period(year), 0, 100)
        for year in ("2017-18", "2018-19")
    }
    assert [float(number) for number in asked.values()] == [107.0, 114.49]
    assert float(rules.required_number(parse_period("2018-19"), 0, 100)) == 107.0


def test_readings_of_one_rule_are_not_chosen_together() -> None:
    with pytest.raises(UsageError, match="cannot be chosen together"):
        ind.variant("E.H.9_2A", readings={"A32": "second_ever", "A34": "document"})
    both_kept = ind.variant("E.H.9_2A", readings={"A33": "email_counts", "A34": "document"})
    assert both_kept.limits["written_media"].written == "06"
    assert both_kept.numerator.units == "treated_people_begun_young"


def test_a36_an_emergency_is_in_neither_line() -> None:
    columns = (
        "referral_id ccg_code priority age_at_referral referral_received_date treatment_start_date"
    )
    records = {
        "eating_disorders": table(
            columns,
            ("urgent", "A", "urgent", 15, "2017-04-01", "2017-04-03"),
            ("emergency", "A", "emergency", 15, "2017-04-01", "2017-04-03"),
        )
    }
    own, other = both("E.H.11", "A36", "in_neither", records, "2017-18-Q1")
    assert (own, other) == ({"urgent", "emergency"}, {"urgent"})
    for code, expected in (("E.H.11", {"urgent"}), ("E.H.10", {"emergency"})):
        assert counted(code, "A36", "with_the_routine", records, "2017-18-Q1") == expected


def test_a32_a_referral_that_runs_on_counts_once_by_choice() -> None:
    runs_on = cyp(
        ("r", "2017-04-01", "01"),
        ("r", "2017-04-08", "01"),
        ("r", "2018-05-01", "01"),
        ("r", "2018-05-08", "01"),
    )
    assert both("E.H.9_2A", "A32", "second_ever", runs_on, "2018-19") == ({"p"}, set())
    assert both("E.H.9_2A", "A32", "second_ever", runs_on, "2017-18") == ({"p"}, {"p"})


def test_a_person_is_new_once_or_once_a_year() -> None:
    twice = cyp(
        ("r", "2017-04-01", "01"),
        ("r", "2017-04-08", "01"),
        ("s", "2018-05-01", "01"),
        ("s", "2018-05-08", "01"),
    )
    assert both("E.H.9_1A", "cyp_new", "each_year", twice, "2018-19") == (set(), {"p"})
    assert both("E.H.9_1A", "cyp_new", "each_year", twice, "2017-18") == ({"p"}, {"p"})
    later = cyp(("r", "2019-04-01", "01"), ("r", "2019-04-08", "01"))
    assert counted("E.H.9_1A", "cyp_new", "each_year", later, "2019-20") == set()


def test_a03_a_person_counts_once_and_a24_is_a_share_by_choice() -> None:
    ended = "2017-06-30"
    referrals = table(
        "referral_id person_id ccg_code referral_received_date referral_end_date",
        *((name, who, "A", "2017-04-01", ended) for name, who in REFERRED),
    )
    sessions = table(
        "referral_id appointment_date appointment_type attended",
        *((name, "2017-05-01", "02", "yes") for name, _ in REFERRED),
        ("second", "2017-05-08", "02", "yes"),
        ("again", "2017-05-09", "02", "yes"),
    )
    tables = {"referrals": referrals, "appointments": sessions}
    everyone = {name for name, _ in REFERRED}
    for code in ("E.H.1_B1", "E.H.2_B2"):
        own, people = both(code, "A03", "people", tables, "2017-18-Q1")
        assert (own, people) == (everyone, everyone - {"second"})
    own, people = both("E.H.3_C3", "A03", "people", tables, "2017-18-Q1")
    assert (own, people) == ({"again", "second"}, {"second"})
    share = ind.variant("E.H.3_C1", readings={"A24": "share"})
    for line, below in (("E.H.3_C1", 3), (share, 5)):
        found = ind.derive(line, tables, period="2017-18-Q1", covers=EVER)
        assert found[["numerator", "denominator"]].to_numpy().tolist() == [[2, below]]


# Two referrals of one person on one day, one of a person that is not named twice, one of another.
REFERRED = (("again", "p"), ("second", "p"), ("x", None), ("y", None), ("z", "q"))


SUS = "attendance_id ccg_code responsible_purchaser_type arrival_date attendance_category"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("all_but_category_2", {"first", "unplanned", "unknown", "blank"}),
        ("blank_left_out", {"first", "unplanned", "unknown"}),
        ("first_or_unplanned", {"first", "unplanned"}),
    ],
)
def test_a47_categories(choice: str, expected: set[str]) -> None:
    kinds = {"first": "1", "planned": "2", "unplanned": "3", "unknown": "9", "blank": None}
    rows = [(name, "A", "CCG", "2017-04-05", code) for name, code in kinds.items()]
    records = {"ae_attendances": table(SUS, *rows)}
    assert counted("E.M.12", "A47", choice, records, "2017-04") == expected


def test_class_2_without_intention_is_elective_by_choice() -> None:
    columns = (
        "spell_id ccg_code admission_date discharge_date admission_method patient_classification "
        "intended_management discharge_treatment_function_code"
    )
    records = {
        "spells": table(
            columns,
            ("same day", "A", "2017-04-05", "2017-04-05", "11", "2", None, "100"),
            ("a night", "A", "2017-04-05", "2017-04-06", "11", "2", None, "100"),
            ("no class", "A", "2017-04-05", "2017-04-06", "11", None, None, "100"),
        )
    }
    own, other = both("E.M.10", "class_2", "elective", records, "2017-04")
    assert (own, other) == ({"same day"}, {"same day", "a night"})


def test_a_blank_excludes_nothing_by_choice() -> None:
    columns = (
        "referral_id ccg_code received_date referral_request_type written_indicator "
        "source_of_referral drop_in_clinic specialty_code"
    )
    records = table(
        columns,
        ("no", "A", "2017-04-05", "03", None, "03", "no", "100"),
        ("blank", "A", "2017-04-05", "03", None, "03", None, "100"),
        ("yes", "A", "2017-04-05", "03", None, "03", "yes", "100"),
        ("verbal", "A", "2017-04-05", "01", "no", "03", "no", "100"),
    )
    own, other = both("E.M.7b", "missing_answers", "blanks_counted", records, "2017-04")
    assert (own, other) == ({"no", "verbal"}, {"no", "blank", "verbal"})
    assert both("E.M.7b", "A40", "in_neither", records, "2017-04")[1] == {"no"}
    assert both("E.M.7", "A40", "in_neither", records, "2017-04")[1] == {"no"}


def test_a55_converted_bookings_and_two_week_waits() -> None:
    columns = (
        "booking_id ccg_code booking_date appt_type specialty new_booking previously_booked "
        "converted_from_assessment"
    )
    when = ("A", "2017-10-05")
    mar = table(
        "ccg_code month mar_gp_referrals_all non_english dental_share",
        ("A", "2017-10", 10, 0, "0"),
    )
    bookings = table(
        columns,
        ("new", *when, "First outpatient", "100", "yes", "no", "no"),
        ("converted again", *when, "First outpatient", "100", "no", "yes", "yes"),
        ("two week wait again", *when, "First outpatient", "2WW", "no", "yes", "no"),
        ("again", *when, "First outpatient", "100", "no", "yes", "no"),
    )
    tables = {"bookings": bookings, "mar": mar}
    own, new = both("E.P.1", "A55", "new_alone", tables, "2017-10")
    assert (own, new) == ({"new", "converted again"}, {"new"})
    every = both("E.P.1", "A55", "all_two_week_waits", tables, "2017-10")[1]
    assert every == {"new", "converted again", "two week wait again"}


def test_phb_combinations_across_commissioners() -> None:
    columns = "phb_id person_id ccg_code start_date end_date"
    records = {
        "budgets": table(
            columns,
            ("1", "p", "A", "2017-04-05", None),
            ("2", "p", "A", "2017-04-05", None),
            ("3", "p", "B", "2017-04-05", None),
        )
    }
    own, within = both("E.N.1_2", "phb_combination", "within_a_commissioner", records, "2017-18-Q1")
    assert (own, within) == ({"1"}, {"1", "3"})
    each = both("E.N.1_2", "phb_combination", "each_record", records, "2017-18-Q1")[1]
    assert each == {"1", "2", "3"}


PATIENTS = (
    "patient_id provider_code first_infusion_date infusion_date treatment_completed_date "
    "death_date last_follow_up_date discharge_date"
)


def test_a61_a64_and_a69_of_survival() -> None:
    done = ("P", "2017-05-01", "2017-06-01", "2017-06-01")
    records = {
        "patients": table(
            PATIENTS,
            ("on day 28", *done, "2017-06-29", None, None),
            ("a day later", *done, "2017-06-30", None, None),
            ("unknown", *done, None, "2017-06-10", None),
        )
    }
    own, then = both("CARTLeu02", "A61", "alive_on_the_day", records, "2017-18")
    assert (own, then) == ({"a day later"}, {"on day 28", "a day later"})
    first = both("CARTLeu02", "A61", "first_infusion", records, "2017-18")[1]
    assert first == {"on day 28", "a day later", "unknown"}  # day 28 is 29 May
    line = ind.variant("CARTLeu02", readings={"A69": "in_the_denominator"})
    found = ind.derive(line, records, period="2017-18", covers=EVER)
    assert found[["numerator", "denominator"]].to_numpy().tolist() == [[1, 3]]
    a_year = {"patients": table(PATIENTS, ("p", *done, None, "2018-06-01", None))}
    assert both("CARTLeu03", "A64", "own_year", a_year, "2017-18") == (set(), {"p"})
    assert both("CARTLeu03", "A64", "own_year", a_year, "2018-19") == ({"p"}, set())


def test_a07_scores_that_are_missing() -> None:
    columns = (
        "referral_id ccg_code referral_received_date referral_end_date first_phq9 last_phq9 "
        "first_anxiety last_anxiety"
    )
    when = ("A", "2017-01-01", "2017-05-01")
    referrals = table(
        columns,
        ("recovered", *when, 12, 5, 9, 4),
        ("no first anxiety", *when, 5, 5, None, 4),
        ("no last", *when, 12, None, 9, None),
    )
    sessions = table(
        "referral_id appointment_date appointment_type attended",
        *(
            (who, day, "02", "yes")
            for who in referrals["referral_id"]
            for day in ("2017-02-01", "2017-03-01")
        ),
    )
    tables = {"referrals": referrals, "appointments": sessions}
    denominators = {"as_subtracted": 3, "known_cases": 2, "all_scores": 1}
    for choice, expected in denominators.items():
        line = ind.variant("E.A.S.2", readings={"A07": choice})
        found = ind.derive(line, tables, period="2017-18-Q1", covers=EVER)
        assert found[["numerator", "denominator"]].to_numpy().tolist() == [[1, expected]], choice


def test_a02_and_a28_change_verdicts_alone() -> None:
    line = ind.variant("E.A.3", readings={"A02": "run_rate"})
    assert {row.per for row in line.standards if row.kind == "standard"} == {"quarter"}
    line = ind.variant("E.A.3", readings={"A02": "annual_rate"})
    assert {row.per for row in line.standards if row.kind == "standard"} == {"year"}
    half = table(
        "referral_id ccg_code pathway referral_received_date treatment_start_date",
        ("in", "A", "fep", "2017-04-01", "2017-04-15"),
        ("late", "A", "fep", "2017-04-01", "2017-04-16"),
    )
    for choice, met in (("as_printed", False), ("at_least_half", True)):
        line = ind.variant("E.H.4", readings={"A28": choice})
        found = ind.derive(line, half, period="2017-18-Q1", covers=EVER)
        assert found["meets_standard"].tolist() == [met]


def test_a_department_that_is_small_or_entered_by_appointment_counts_by_choice() -> None:
    columns = (
        "attendance_id ccg_code provider_code department_id department_type attendance_category "
        "access arrival_datetime departure_datetime"
    )
    times = ("2017-05-02T10:00:00", "2017-05-02T11:00:00")
    records = table(
        columns,
        ("small", "A", "P", "D", "1", "1", "walk_in", *times),
        ("arranged", "A", "P", "E", "3", "1", "appointment", *times),
    )
    every = {"busy_enough": "every_department"}
    for readings, expected in (
        ({}, set()),
        (every, {"small"}),
        ({**every, "entered_by_appointment": "every_department"}, {"small", "arranged"}),
    ):
        line = ind.variant("E.B.5", readings=readings)
        fates = ind.trace(line, records, period="2017-05", covers=EVER)
        assert set(fates.loc[fates["in_numerator"], "record_id"]) == expected


def test_a15_the_month_of_referral_places_who_has_been_seen() -> None:
    rest = (None,) * 6
    records = table(
        CANCER,
        ("seen in May", "A", "gp_urgent_suspected", None, "2017-04-28", "2017-05-02", *rest, 0),
        ("not seen", "A", "gp_urgent_suspected", None, "2017-04-28", None, *rest, 0),
    )
    april = both("E.B.6", "A15", "referred", records, "2017-04")
    assert april == (set(), {"seen in May"})
    assert both("E.B.6", "A15", "referred", records, "2017-05") == ({"seen in May"}, set())


def test_a25_and_a26_of_sessions() -> None:
    referrals = table(
        "referral_id ccg_code referral_received_date referral_end_date",
        *((name, "A", "2017-04-01", "2017-06-01") for name in ("27", "28", "single", "none")),
    )
    first = [(name, "2017-04-10", "02", "yes") for name in ("27", "28", "single")]
    sessions = table(
        "referral_id appointment_date appointment_type attended",
        *first,
        ("27", "2017-05-07", "02", "yes"),
        ("28", "2017-05-08", "02", "yes"),
        ("none", "2017-05-08", "01", "yes"),
    )
    tables = {"referrals": referrals, "appointments": sessions}
    assert both("E.H.3_C3", "A26", "less_than", tables, "2017-18-Q1") == ({"27", "28"}, {"27"})
    later = sessions.replace({"2017-05-07": "2017-07-08", "2017-05-08": "2017-07-09"})
    tables = {"referrals": referrals, "appointments": later}
    assert both("E.H.3_C4", "A26", "less_than", tables, "2017-18-Q2") == ({"27", "28"}, {"27"})
    own, every = both("E.H.3_C2", "A25", "single_sessions_too", tables, "2017-18-Q1")
    assert (own, every) == ({"27", "28"}, {"27", "28", "single"})


def test_a43_a56_and_purchasers_of_hospital_activity() -> None:
    columns = (
        "attendance_id ccg_code responsible_purchaser_type appointment_date first_attendance "
        "attendance_status main_specialty_code treatment_function_code"
    )
    came = ("2017-04-05", "5")
    rows = [
        (name, "A", purchaser, came[0], kind, came[1], specialty, "100")
        for name, purchaser, kind, specialty in (
            ("face to face", "CCG", "1", "100"),
            ("by telephone", "CCG", "3", "100"),
            ("of 900", "CCG", "1", "900"),
            ("of none", "CCG", "1", None),
            ("of NHS England", "NHSE", "1", "100"),
        )
    ]
    rows.append(("again", "A", "CCG", came[0], "2", came[1], "100", "100"))
    rows.append(("again by telephone", "A", "CCG", came[0], "4", came[1], "100", "100"))
    records = {"outpatients": table(columns, *rows)}
    own, seen = both("E.M.8", "A43", "face_to_face", records, "2017-04")
    assert own - seen == {"by telephone"} and not seen - own
    assert both("E.M.9", "A43", "face_to_face", records, "2017-04")[1] == {"again"}
    assert own - both("E.M.8", "A56", "staff_type", records, "2017-04")[1] == {"of 900", "of none"}
    every = both("E.M.8", "purchaser", "everyone", records, "2017-04")[1]
    assert every - own == {"of NHS England"}


def test_a59_and_a63_of_incidences_and_transfers() -> None:
    patients = table(PATIENTS, ("p", "P", "2017-05-01", *(None,) * 5))
    events = table(
        "event_id patient_id event grade onset_date level3_or_picu",
        ("on a ward", "p", "CRS", 2, "2017-05-05", "no"),
        ("mild", "p", "CRS", 1, "2017-05-05", "no"),
    )
    tables = {"patients": patients, "events": events}
    assert both("CARTLeu05", "A59", "any_setting", tables, "2017-18") == (set(), {"on a ward"})
    transfers = table(
        "transfer_id patient_id from_ward transfer_date minutes_to_itu",
        ("1", "p", "yes", "2017-05-05", 10),
        ("2", "p", "yes", "2017-05-06", 10),
    )
    tables = {"patients": patients, "transfers": transfers}
    assert both("CARTLeu01", "A63", "transfers", tables, "2017-18") == ({"1"}, {"1", "2"})


def test_a53_equipment_alone_and_less_than_18_weeks() -> None:
    records = table(
        "episode_id ccg_code date_of_birth referral_date closed_date outcome",
        ("day 126", "A", "2010-01-01", "2018-01-01", "2018-05-07", "equipment_delivered"),
        ("day 125", "A", "2010-01-01", "2018-01-02", "2018-05-07", "equipment_delivered"),
        ("modified", "A", "2010-01-01", "2018-05-01", "2018-05-07", "modification"),
    )
    own, alone = both("E.O.1", "A53", "equipment_alone", records, "2018-19-Q1")
    assert own - alone == {"modified"}
    assert own - both("E.O.1", "A53", "less_than", records, "2018-19-Q1")[1] == {"day 126"}


def test_codes_are_limits() -> None:
    records = table(
        CANCER,
        treatment("listed", "2017-04-01", "2017-04-05", "C50"),
        treatment("in situ", "2017-04-01", "2017-04-05", "D06"),
    )
    wider = ind.variant("E.B.8", limits={"diagnoses": "C00-C97,d05-d06"})
    assert wider.denominator_in_words.count("C00 to C97 and D05 to D06") == 1
    for line, expected in (("E.B.8", 1), (wider, 2)):
        found = ind.derive(line, records, period="2017-04", covers=EVER)
        assert found["denominator"].tolist() == [expected]
    without_360 = ind.variant("E.M.10", limits={"treatment_functions": "specific_acute,-360,501"})
    assert without_360.title == "Elective spells (specific acute and 501 without 360)"
    assert ind.variant("E.B.8", limits={"diagnoses": "C00-C97 D05"}) == ind.variant("E.B.8")
    for code, name, value, told in (
        ("E.B.8", "diagnoses", "C00-D", "no range of codes"),
        ("E.B.9", "modalities", "surgeon", 'Did you mean "surgery"'),
        ("E.B.9", "modalities", "surgery,-surgery", "no code remains"),
    ):
        with pytest.raises(UsageError, match=told):
            ind.variant(code, limits={name: value})


def test_minutes_days_and_grades_of_car_t_are_limits() -> None:
    patients = table(
        "patient_id provider_code first_infusion_date treatment_completed_date death_date "
        "last_follow_up_date discharge_date",
        ("p", "P", "2017-05-01", "2017-05-01", "2017-05-29", None, None),
    )
    for days, expected in (("27d", 1), ("28d", 0)):
        line = ind.variant("CARTLeu02", limits={"alive_after": days})
        found = ind.derive(line, {"patients": patients}, period="2017-18", covers=EVER)
        assert found["numerator"].tolist() == [expected]
    transfers = table(
        "transfer_id patient_id from_ward transfer_date minutes_to_itu",
        ("t", "p", "yes", "2017-05-03", "90"),
    )
    for wait, expected in (("60min", 0), ("90min", 1), ("2h", 1)):
        line = ind.variant("CARTLeu01", limits={"longest_transfer": wait})
        tables = {"patients": patients, "transfers": transfers}
        found = ind.derive(line, tables, period="2017-18", covers=EVER)
        assert found["numerator"].tolist() == [expected]


def test_ages_are_limits() -> None:
    records = table(
        "episode_id ccg_code date_of_birth referral_date closed_date outcome",
        ("16 today", "A", "2002-05-07", "2018-05-01", "2018-05-07", "equipment_delivered"),
        ("15 still", "A", "2002-05-08", "2018-05-01", "2018-05-07", "equipment_delivered"),
    )
    line = ind.variant("E.O.1", limits={"age_below": "16y"})
    assert "below 16 years of age" in str(line.denominator_in_words)
    found = ind.trace(line, records, period="2018-19-Q1", covers=EVER)
    assert set(found.loc[found["in_numerator"], "record_id"]) == {"15 still"}
    referrals = table(
        "referral_id ccg_code priority age_at_referral referral_received_date treatment_start_date",
        ("16", "A", "routine", 16, "2018-05-01", "2018-05-07"),
        ("15", "A", "routine", 15, "2018-05-01", "2018-05-07"),
    )
    line = ind.variant("E.H.10", limits={"age_below": "16y"})
    tables = {"eating_disorders": referrals}
    found = ind.trace(line, tables, period="2018-19-Q1", covers=EVER)
    assert set(found.loc[found["in_numerator"], "record_id"]) == {"15"}


@pytest.mark.parametrize(
    ("code", "reading", "choice", "operator", "value"),
    [
        ("E.B.4", "A11", "no_more_than", "<=", "0.01"),
        ("E.A.S.1", "A04", "printed", ">=", "0.667"),
        ("E.H.4", "A28", "trajectory", ">=", "0.53"),
        ("E.H.9_2A", "A30", "compound", ">=", "required_number_compound"),
    ],
)
def test_choices_of_standards(
    code: str, reading: str, choice: str, operator: str, value: str
) -> None:
    line = ind.variant(code, readings={reading: choice})
    assert (operator, value) in {(row.operator, row.value) for row in line.standards}
    kept = {row for row in ind.define(code).indicator.standards if row.kind != "standard"}
    assert kept <= set(line.standards)


def test_a_quarter_is_judged_by_choice() -> None:
    records = table(
        "pathway_id ccg_code clock_start_date clock_stop_date stop_type",
        ("p", "A", "2018-03-01", None, None),
    )
    line = ind.variant("E.B.3", readings={"verdict_of_a_quarter": "every_period"})
    for each, expected in (("E.B.3", [None]), (line, [True])):
        found = ind.derive(each, records, period="2017-18-Q4", covers=EVER)["meets_standard"]
        assert found.astype(object).where(found.notna(), None).tolist() == expected


def test_every_choice_has_an_example_here() -> None:
    text = Path(__file__).read_text("utf-8")
    for family in family_codes():
        for reading in load_family(family).readings:
            for choice in reading.choices:
                assert f'"{choice}"' in text, (family, reading.code, choice)


def test_a18_and_a19_of_calls() -> None:
    columns = (
        "call_id incident_id ccg_code call_datetime call_source urgency exclusion_reason "
        "face_to_face resolved_by_telephone stop_code outcome destination_type"
    )
    when = ("A", "2017-04-05T10:00:00", "999", "emergency", None)
    calls = table(
        columns,
        ("stood down", None, *when, "no", "yes", "duplicate", None, None),
        ("advice", None, *when, "no", "yes", None, None, None),
    )
    own, other = both("E.B.17", "A18", "resolved", calls, "2017-04")
    assert (own, other) == ({"advice"}, {"advice", "stood down"})
    twice = table(
        columns,
        ("1", "i", *when, "yes", "no", None, "conveyed", "1"),
        ("2", "i", *when, "yes", "no", None, "treated_at_scene", None),
    )
    for choice, expected in (("incidents", [0, 1]), ("journeys", [1, 2])):
        line = ind.variant("E.B.18", readings={"A19": choice})
        found = ind.derive(line, twice, period="2017-04", covers=EVER)
        assert found[["numerator", "denominator"]].to_numpy().tolist() == [expected]
