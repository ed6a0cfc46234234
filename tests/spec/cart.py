"""What the ten rows of the CAR-T dashboard count, patient by patient."""

from __future__ import annotations

from spec import Book

spec = Book(
    "patients",
    {
        "id": "patient_id",
        "patient": "patient_id",
        "trust": "provider_code",
        "first": "first_infusion_date",
        "infused": "infusion_date",
        "completed": "treatment_completed_date",
        "died": "death_date",
        "seen": "last_follow_up_date",
        "left": "discharge_date",
        "ward": "from_ward",
        "day": "transfer_date",
        "minutes": "minutes_to_itu",
        "began": "onset_date",
        "care": "level3_or_picu",
        "in": "admission_date",
        "out": "discharge_date",
        "crs": "crs_grade_2plus",
        "cres": "cres_grade_2plus",
    },
)
SPECS = spec.specs

TWO_TRUSTS = """
    id  trust
    c1  R1
    c2  R1
    c3  R1
    c4  R2
"""

spec(
    "CARTLeu01",
    "60 minutes is within 60, a second more is not",
    "Minutes are as submitted; fractions are read.",
    "2017-18",
    {
        "patients": TWO_TRUSTS,
        "transfers": """
        transfer_id  patient  ward  day         minutes
        t1           c1       yes   2017-05-01  60
        t2           c2       yes   2017-05-01  60.02
        t3           c3       yes   2017-05-01  0
        t4           c4       yes   2017-05-01  61
        """,
    },
    """
    org  numerator  denominator  value
    R1   2          3            2/3
    R2   0          1            0
    """,
    units="""
    id  org  den  num  because
    t1  R1   yes  yes  -
    t2  R1   yes  no   within_60_minutes
    t3  R1   yes  yes  -
    t4  R2   yes  no   within_60_minutes
    """,
)
spec(
    "CARTLeu01",
    "The first transfer from a ward in the year counts for each patient",
    "Patients are counted, not transfers (A63); of two on one day the first identifier decides.",
    "2017-18",
    {
        "patients": TWO_TRUSTS,
        "transfers": """
        transfer_id  patient  ward  day         minutes
        t1           c1       yes   2017-05-02  30
        t2           c1       yes   2017-05-01  90
        t3           c2       no    2017-05-01  90
        t4           c2       yes   2017-05-03  30
        t5           c3       yes   2017-03-31  90
        t6           c3       yes   2017-04-01  30
        t7           c4       yes   2018-03-31  90
        t8           c4       yes   2018-03-31  30
        t9           c4       yes   2018-04-01  30
        """,
    },
    """
    org  numerator  denominator  value
    R1   2          3            2/3
    R2   0          1            0
    """,
    units="""
    id  org  den  num  because
    t1  R1   no   no   first_of_the_patient
    t2  R1   yes  no   within_60_minutes
    t3  R1   no   no   from_ward
    t4  R1   yes  yes  -
    t5  R1   no   no   transferred_in_the_period
    t6  R1   yes  yes  -
    t7  R2   yes  no   within_60_minutes
    t8  R2   no   no   first_of_the_patient
    t9  R2   no   no   transferred_in_the_period
    """,
)
spec(
    "CARTLeu01",
    "A transfer that lacks a field, or belongs to nobody, is out",
    "A patient who is not listed has no provider.",
    "2017-18",
    {
        "patients": TWO_TRUSTS,
        "transfers": """
        transfer_id  patient  ward  day         minutes
        t1           c1       yes   2017-05-01  -
        t2           c2       -     2017-05-01  30
        t3           c3       yes   -           30
        t4           c9       yes   2017-05-01  30
        """,
    },
    """
    org  numerator  denominator  value  status
    R1   0          0            -      no_cases
    R2   0          0            -      no_cases
    """,
    units="""
    id  org  den  num  because
    t1  R1   no   no   transfer_incomplete
    t2  R1   no   no   transfer_incomplete
    t3  R1   no   no   transfer_incomplete
    t4  -    no   no   organisation_missing
    """,
)
spec(
    "CARTLeu02",
    "28 days after infusion: a death on the day itself is not alive",
    "From the infusion of the treatment, where it is given, else from the first (A61).",
    "2017-18",
    """
    id trust  first       infused     completed   died        seen        den  num  because
    c1 R1    2017-05-01  2017-05-01  2017-05-01  2017-05-28  2017-05-28  yes  no   alive_at_28_days
    c2 R1    2017-05-01  2017-05-01  2017-05-01  2017-05-29  2017-05-29  yes  no   alive_at_28_days
    c3 R1    2017-05-01  2017-05-01  2017-05-01  2017-05-30  2017-05-30  yes  yes  -
    c4 R1    2017-05-01  -           2017-05-01  2017-05-30  -           yes  yes  -
    c5 R1    2017-04-01  2017-05-01  2017-05-01  2017-05-20  2017-05-20  yes  no   alive_at_28_days
    c6 R1    2017-04-01  2017-05-01  2017-05-01  -           2017-05-30  yes  yes  -
    """,
    """
    org  numerator  denominator  value
    R1   3          6            1/2
    """,
)
spec(
    "CARTLeu02",
    "A status that is not known at the horizon is out; a death settles it",
    "Followed up to the day itself is enough (A69).",
    "2017-18",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2017-05-01  2017-05-01  -           2017-05-28  no   no   known_at_28_days
    c2  R1     2017-05-01  2017-05-01  -           2017-05-29  yes  yes  -
    c3  R1     2017-05-01  2017-05-01  -           -           no   no   known_at_28_days
    c4  R1     2017-05-01  2017-05-01  2017-05-03  -           yes  no   alive_at_28_days
    """,
    """
    org  numerator  denominator  value
    R1   1          2            1/2
    """,
)
spec(
    "CARTLeu02",
    "A discharge on day 28 or later shows that the patient was alive then",
    "A discharge before it does not tell, and a death settles the status (A69).",
    "2017-18",
    """
    id  trust  first       completed   died        left        den  num  because
    c1  R1     2017-05-01  2017-05-01  -           2017-05-28  no   no   known_at_28_days
    c2  R1     2017-05-01  2017-05-01  -           2017-05-29  yes  yes  -
    c3  R1     2017-05-01  2017-05-01  -           2017-06-30  yes  yes  -
    c4  R1     2017-05-01  2017-05-01  2017-05-20  2017-05-20  yes  no   alive_at_28_days
    """,
    """
    org  numerator  denominator  value
    R1   2          3            2/3
    """,
)
spec(
    "CARTLeu02",
    "The year in which treatment was complete, its first and last day included",
    "Patients who have not completed treatment are in no year.",
    "2017-18",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2017-03-31  2017-03-31  -           2018-01-01  no   no   completed_in_the_period
    c2  R1     2017-03-31  2017-04-01  -           2018-01-01  yes  yes  -
    c3  R1     2018-03-31  2018-03-31  -           2018-05-01  yes  yes  -
    c4  R1     2018-03-31  2018-04-01  -           2018-05-01  no   no   completed_in_the_period
    c5  R1     2017-05-01  -           -           2018-05-01  no   no   completed_in_the_period
    c6  R2     -           2017-05-01  -           2018-05-01  no   no   infusion_date_missing
    c7  R2     2017-05-01  2017-05-03  2017-05-02  -           no   no   died_before_treatment
    c8  -      2017-05-01  2017-05-01  -           2018-05-01  no   no   organisation_missing
    """,
    """
    org  numerator  denominator  value  status
    R1   2          2            1      ok
    R2   0          0            -      no_cases
    """,
)
spec(
    "CARTLeu03",
    "One calendar year after the first infusion, of the patients of the year before",
    "The reporting year 2017/18 looks at those who completed treatment in 2016/17 (A64).",
    "2017-18",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2016-05-01  2016-05-01  2017-04-30  -           yes  no   alive_at_1_year
    c2  R1     2016-05-01  2016-05-01  2017-05-01  -           yes  no   alive_at_1_year
    c3  R1     2016-05-01  2016-05-01  2017-05-02  -           yes  yes  -
    c4  R1     2016-05-01  2016-05-01  -           2017-05-01  yes  yes  -
    c5  R1     2016-05-01  2016-05-01  -           2017-04-30  no   no   known_at_1_year
    c6  R1     2016-03-31  2016-03-31  -           2018-05-01  no   no   completed_a_year_earlier
    c7  R1     2016-03-31  2016-04-01  -           2018-05-01  yes  yes  -
    c8  R1     2017-03-31  2017-03-31  -           2018-05-01  yes  yes  -
    c9  R1     2017-03-31  2017-04-01  -           2018-05-01  no   no   completed_a_year_earlier
    d1  R1     -           2016-05-01  -           2018-05-01  no   no   first_infusion_date_missing
    """,
    """
    org  numerator  denominator  value
    R1   4          6            2/3
    """,
)
spec(
    "CARTLeu03",
    "A first infusion on 29 February: one year later is 28 February",
    "Months and years are the calendar's, clipped to the month's last day.",
    "2016-17",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2016-02-29  2016-02-29  2017-02-28  -           yes  no   alive_at_1_year
    c2  R1     2016-02-29  2016-02-29  2017-03-01  -           yes  yes  -
    """,
    """
    org  numerator  denominator  value
    R1   1          2            1/2
    """,
)
spec(
    "CARTLeu04",
    "Two calendar years after the first infusion, of the patients of two years before",
    "The reporting year 2017/18 looks at those who completed treatment in 2015/16 (A64).",
    "2017-18",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2015-05-01  2015-05-01  2017-05-01  -           yes  no   alive_at_2_years
    c2  R1     2015-05-01  2015-05-01  2017-05-02  -           yes  yes  -
    c3  R1     2015-05-01  2015-05-01  -           2017-04-30  no   no   known_at_2_years
    c4  R1     2015-03-31  2015-03-31  -           2018-05-01  no   no   completed_two_years_earlier
    c5  R1     2015-04-01  2015-04-01  -           2018-05-01  yes  yes  -
    c6  R1     2016-03-31  2016-03-31  -           2018-05-01  yes  yes  -
    c7  R1     2016-04-01  2016-04-01  -           2018-05-01  no   no   completed_two_years_earlier
    c8  R1     2016-02-29  2016-02-29  2018-02-28  -           yes  no   alive_at_2_years
    c9  R1     -           2015-05-01  -           2018-05-01  no   no   first_infusion_date_missing
    d1  R1     2015-05-02  2015-05-02  2015-05-01  -           no   no   died_before_treatment
    """,
    """
    org  numerator  denominator  value
    R1   3          5            3/5
    """,
)
for code, event, other, clause in (
    ("CARTLeu05", "CRS", "CRES", "is_cytokine_release"),
    ("CARTLeu06", "CRES", "CRS", "is_encephalopathy"),
):
    spec(
        code,
        f"Incidences of {event}, grade 2 or above and in intensive care",
        "Both are needed; each incidence counts, also a second of one patient (A59).",
        "2017-18",
        {
            "patients": TWO_TRUSTS,
            "events": f"""
            event_id  patient  event    grade  began       care
            e1        c1       {event}  2      2017-04-01  yes
            e2        c1       {event}  4      2018-03-31  yes
            e3        c1       {event}  1      2017-05-01  yes
            e4        c1       {event}  2      2017-05-01  no
            e5        c1       {other}  3      2017-05-01  yes
            e6        c1       {event}  3      2017-03-31  yes
            e7        c1       {event}  3      2018-04-01  yes
            e8        c2       {event}  -      2017-05-01  yes
            e9        c2       {event}  3      -           yes
            f1        c2       {event}  3      2017-05-01  -
            f2        c9       {event}  3      2017-05-01  yes
            """,
        },
        """
        org  numerator
        R1   2
        R2   0
        """,
        units=f"""
        id  org  num  because
        e1  R1   yes  -
        e2  R1   yes  -
        e3  R1   no   grade_2_or_above
        e4  R1   no   needed_intensive_care
        e5  R1   no   {clause}
        e6  R1   no   began_in_the_period
        e7  R1   no   began_in_the_period
        e8  R1   no   grade_or_setting_missing
        e9  R1   no   onset_date_missing
        f1  R1   no   grade_or_setting_missing
        f2  -    no   organisation_missing
        """,
    )
for code, crs, cres, clause in (
    ("CARTLeu07", "yes", "no", "with_cytokine_release"),
    ("CARTLeu08", "no", "yes", "with_encephalopathy"),
):
    spec(
        code,
        "Days from admission to discharge, in the year of discharge",
        "A stay counts when it has ended (A60); two stays of one patient both count.",
        "2017-18",
        {
            "patients": TWO_TRUSTS,
            "admissions": f"""
            admission_id  patient  in          out         crs     cres
            a1            c1       2017-03-01  2017-04-01  {crs}   {cres}
            a2            c1       2017-05-01  2017-05-01  {crs}   {cres}
            a3            c1       2018-03-01  2018-03-31  {crs}   {cres}
            a4            c2       2018-03-01  2018-04-01  {crs}   {cres}
            a5            c2       2017-03-01  2017-03-31  {crs}   {cres}
            a6            c2       2017-05-01  -           {crs}   {cres}
            a7            c2       2017-05-01  2017-05-09  {cres}  {crs}
            a8            c2       2017-05-01  2017-04-30  {crs}   {cres}
            a9            c2       -           2017-05-09  {crs}   {cres}
            """,
        },
        """
        org  numerator  denominator  value  status
        R1   61         3            61/3   ok
        R2   0          0            -      no_cases
        """,
        units=f"""
        id  org  den  num  because                     quantity
        a1  R1   yes  yes  -                           31
        a2  R1   yes  yes  -                           0
        a3  R1   yes  yes  -                           30
        a4  R1   no   no   discharged_in_the_period    31
        a5  R1   no   no   discharged_in_the_period    30
        a6  R1   no   no   discharged_in_the_period    0
        a7  R1   no   no   {clause}                    8
        a8  R1   no   no   discharged_before_admitted  -1
        a9  R1   no   no   admission_date_missing      0
        """,
    )
spec(
    "CARTLeu09",
    "Three calendar months after completing treatment, the last day included",
    "Three months after 30 November is the last day of February (A62).",
    "2017-18",
    """
    id  trust  first       completed   died        seen        den  num  because
    c1  R1     2017-05-15  2017-05-15  2017-08-15  -           yes  yes  -
    c2  R1     2017-05-15  2017-05-15  2017-08-16  -           yes  no   died_within_3_months
    c3  R1     2017-11-30  2017-11-30  2018-02-28  -           yes  yes  -
    c4  R1     2017-11-30  2017-11-30  2018-03-01  -           yes  no   died_within_3_months
    c5  R1     2017-05-15  2017-05-15  -           2017-08-15  yes  no   died_within_3_months
    c6  R1     2017-05-15  2017-05-15  -           2017-08-14  no   no   known_at_3_months
    c7  R1     2017-05-15  2017-05-15  2017-05-15  -           yes  yes  -
    c8  R1     2017-05-15  2017-05-16  2017-05-15  -           no   no   died_before_treatment
    c9  R1     2017-05-15  2017-03-31  2017-05-15  -           no   no   completed_in_the_period
    """,
    """
    org  numerator  denominator  value
    R1   3          6            1/2
    """,
)
spec(
    "CARTLeu10",
    "Days from completing treatment to discharge",
    "Patients never admitted or still in hospital are out (A65); discharge on the day is 0 days.",
    "2017-18",
    """
    id  trust  first       completed   left
    c1  R1     2017-05-01  2017-05-03  2017-05-03
    c2  R1     2017-05-01  2017-05-03  2017-05-10
    c3  R1     2017-05-01  2017-05-03  2017-05-02
    c4  R1     2017-05-01  2017-05-03  -
    c5  R1     2018-03-01  2018-03-31  2018-04-20
    c6  R1     2018-03-01  2018-04-01  2018-04-20
    """,
    """
    org  numerator  denominator  value
    R1   27         3            9
    """,
    units="""
    id  org  den  num  because                        quantity
    c1  R1   yes  yes  -                              0
    c2  R1   yes  yes  -                              7
    c3  R1   no   no   stay_after_treatment_is_known  -1
    c4  R1   no   no   stay_after_treatment_is_known  0
    c5  R1   yes  yes  -                              20
    c6  R1   no   no   completed_in_the_period        19
    """,
)
