"""A wholly blank optional identifier is as if its column were absent: rows stay rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import nhsind as ind
from nhsind import Notes
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.engines.embedded import INSTALLED

# By table, rows that are alike but for their own dates, and the lines that count them.
CALLS = {
    "call_id": ["1", "2", "3"],
    "ccg_code": "A",
    "call_datetime": "2018-02-01T10:00:00",
    "call_source": "999",
    "urgency": "emergency",
    "exclusion_reason": None,
    "face_to_face": [True, True, False],
    "resolved_by_telephone": [False, False, True],
    "stop_code": None,
    "outcome": ["treated_at_scene", "conveyed", None],
    "destination_type": [None, "1", None],
}
REFERRALS = {
    "referral_id": ["r1", "r2"],
    "ccg_code": "A",
    "referral_received_date": ["2018-01-01", "2018-01-02"],
    "referral_end_date": None,
}
APPOINTMENTS = {
    "referral_id": ["r1", "r1", "r2"],
    "appointment_date": ["2018-01-10", "2018-01-17", "2018-03-01"],
    "appointment_type": "03",
    "attended": True,
}
PEOPLE = {"person_id": ["p1", "p2"], "date_of_birth": "2005-01-01", "ccg_code": "A"}
CONTACTS = {
    "person_id": ["p1", "p1", "p2"],
    "referral_id": ["r1", "r1", "r2"],
    "contact_date": ["2018-01-10", "2018-01-17", "2018-03-01"],
    "contact_type": "direct",
    "medium": "01",
    "attended": True,
}
BUDGETS = {
    "phb_id": ["b1", "b2", "b3"],
    "ccg_code": "A",
    "start_date": ["2018-01-01", "2018-01-01", "2018-02-01"],
    "end_date": None,
}
PATIENTS = {
    "patient_id": ["p1", "p2"],
    "provider_code": "RA1",
    "first_infusion_date": "2018-01-02",
    "treatment_completed_date": "2018-01-02",
    "death_date": None,
    "last_follow_up_date": "2018-03-31",
    "discharge_date": None,
}
EVENTS = {
    "patient_id": ["p1", "p1", "p2"],
    "event": "CRS",
    "grade": 2,
    "onset_date": ["2018-01-05", "2018-01-09", "2018-01-05"],
    "level3_or_picu": True,
}
ADMISSIONS = {
    "patient_id": ["p1", "p2", "p2"],
    "admission_date": ["2018-01-01", "2018-01-01", "2018-02-01"],
    "discharge_date": ["2018-01-21", "2018-01-11", "2018-02-06"],
    "crs_grade_2plus": True,
    "cres_grade_2plus": False,
}
CASES = {
    ("ambulance", "calls", "incident_id"): ({"calls": CALLS}, ["E.B.17", "E.B.18"], "2018-02"),
    ("iapt", "referrals", "person_id"): (
        {"referrals": REFERRALS, "appointments": APPOINTMENTS},
        ["E.H.1_B1", "E.H.3_C3"],
        "2017-18-Q4",
    ),
    ("iapt", "appointments", "appointment_id"): (
        {"referrals": REFERRALS, "appointments": APPOINTMENTS},
        ["E.H.1_B1", "E.H.3_C3"],
        "2017-18-Q4",
    ),
    ("cyp", "contacts", "contact_id"): (
        {"people": PEOPLE, "contacts": CONTACTS},
        ["E.H.9_1A", "E.H.9_2A"],
        "2017-18-Q4",
    ),
    ("phb", "budgets", "person_id"): ({"budgets": BUDGETS}, ["E.N.1_1", "E.N.1_2"], "2017-18-Q4"),
    ("cart", "events", "event_id"): (
        {"patients": PATIENTS, "events": EVENTS},
        ["CARTLeu05"],
        "2017-18",
    ),
    ("cart", "admissions", "admission_id"): (
        {"patients": PATIENTS, "admissions": ADMISSIONS},
        ["CARTLeu07"],
        "2017-18",
    ),
}


def test_every_optional_identifier_is_tried() -> None:
    optional = {
        (code, table.name, column.name)
        for code in family_codes()
        for table in load_family(code).tables.values()
        for column in table.columns.values()
        if column.optional and column.kind == "identifier"
    }
    assert optional == set(CASES)


@pytest.mark.parametrize("where", CASES, ids=" ".join)
def test_blank_is_as_absent(where: tuple[str, str, str], tmp_path: Path) -> None:
    tables, lines, period = CASES[where]
    family, table, column = where
    absent = {name: pd.DataFrame(rows) for name, rows in tables.items()}
    blank = absent | {table: absent[table].assign(**{column: None})}
    of_both = [
        ind.derive(lines, data=data, period=period, notes=Notes()) for data in (absent, blank)
    ]
    assert_frame_equal(*of_both)
    assert (of_both[0]["numerator"] > 0).any()
    for name, frame in blank.items():
        (tmp_path / family).mkdir(exist_ok=True)
        frame.to_csv(tmp_path / family / f"{name}.csv", index=False)
    assert_frame_equal(of_both[0], ind.derive(lines, data=tmp_path, period=period, notes=Notes()))


STAYS = {
    "origin_ccg_code": "A",
    "bed_commissioner": ["ccg", "ccg", "nhse"],
    "admission_date": ["2017-01-01", "2017-02-01", "2017-03-01"],
    "discharge_date": [None, "2018-03-31", None],
    "count": [3, 5, 4],
}


@pytest.mark.parametrize("engine", INSTALLED)
def test_stays_that_are_counted_need_no_person(engine: str) -> None:
    """An absent identifier is one that is blank throughout: no stay is another's person's."""
    absent = pd.DataFrame(STAYS)
    of_both = [
        ind.derive(["E.K.1a", "E.K.1b"], data, period="2017-18-Q4", engine=engine, notes=Notes())
        for data in ({"inpatients": absent}, {"inpatients": absent.assign(person_id=None)})
    ]
    assert_frame_equal(*of_both)
    assert of_both[0]["numerator"].tolist() == [3, 4]
