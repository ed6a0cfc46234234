"""What the nine cancer waiting time lines count, shown record by record.

Read each table as: given these records, in this period, this is what becomes of each and these are
the figures. `-` is missing; a table without a column has nothing in it.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "pathways",
    {
        "id": "record_id",
        "ccg": "ccg_code",
        "source": "referral_source",
        "susp": "suspected_cancer",
        "received": "referral_received_date",
        "seen": "date_first_seen",
        "upgraded": "upgrade_date",
        "decided": "decision_to_treat_date",
        "treated": "treatment_date",
        "event": "treatment_event",
        "seen_adj": "first_seen_adjustment_days",
        "treat_adj": "treatment_adjustment_days",
    },
)
SPECS = spec.specs

GP = {"gp": "gp_urgent_suspected", "breast": "breast_symptomatic"}

# Two week waits: E.B.6 and E.B.7 ------------------------------------------------------------------

for code, source, other, of_it in (
    ("E.B.6", "gp_urgent_suspected", "breast_symptomatic", "gp_urgent_with_suspected_cancer"),
    ("E.B.7", "breast_symptomatic", "gp_urgent_suspected", "urgent_for_breast_symptoms"),
):
    words = {"this": source, "that": other, "of_it": of_it}
    spec(
        code,
        "14 days is within two weeks, 15 days is not",
        "From the receipt of the referral to being first seen, the day of receipt being day 0.",
        "2017-06",
        """
        id  ccg  source  received    seen        den  num  because
        c1  A    this    2017-06-01  2017-06-01  yes  yes  -
        c2  A    this    2017-06-01  2017-06-14  yes  yes  -
        c3  A    this    2017-06-01  2017-06-15  yes  yes  -
        c4  A    this    2017-06-01  2017-06-16  yes  no   seen_within_14_days
        c5  A    this    2016-06-01  2017-06-16  yes  no   seen_within_14_days
        c6  B    this    2017-05-31  2017-06-15  yes  no   seen_within_14_days
        """,
        """
        org  numerator  denominator  value  meets
        A    3          5            0.6    no
        B    0          1            0      no
        """,
        words,
    )
    spec(
        code,
        "The day first seen places the patient, not the day of the referral",
        "The period's first and last day are in it, the days outside are not (A15).",
        "2017-06",
        """
        id  ccg  source  received    seen        den  num  because
        c1  A    this    2017-05-25  2017-05-31  no   no   first_seen_in_the_period
        c2  A    this    2017-05-25  2017-06-01  yes  yes  -
        c3  A    this    2017-06-25  2017-06-30  yes  yes  -
        c4  A    this    2017-06-25  2017-07-01  no   no   first_seen_in_the_period
        c5  A    this    2017-06-25  -           no   no   first_seen_in_the_period
        """,
        """
        org  numerator  denominator  value  meets
        A    2          2            1      yes
        """,
        words,
    )
    spec(
        code,
        "Only its own kind of referral counts",
        "The two lines have no patient in common; screening, upgrades and others are in neither.",
        "2017-06",
        """
        id  ccg  source     received    seen        den  num  because
        c1  A    this       2017-06-01  2017-06-02  yes  yes  -
        c2  A    that       2017-06-01  2017-06-02  no   no   of_it
        c3  A    screening  2017-06-01  2017-06-02  no   no   of_it
        c4  A    upgrade    2017-06-01  2017-06-02  no   no   of_it
        c5  A    other      2017-06-01  2017-06-02  no   no   of_it
        c6  A    THIS       2017-06-01  2017-06-30  yes  no   seen_within_14_days
        """,
        """
        org  numerator  denominator  value  meets
        A    1          2            1/2    no
        """,
        {**words, "THIS": source.upper()},
    )
    spec(
        code,
        "Days taken off the wait may bring it within two weeks",
        "The first-seen adjustment is taken off, the treatment adjustment is not; missing is 0.",
        "2017-06",
        """
        id  ccg  source  received    seen        seen_adj  treat_adj  den  num  because
        c1  A    this    2017-06-01  2017-06-16  1         -          yes  yes  -
        c2  A    this    2017-06-01  2017-06-17  1         -          yes  no   seen_within_14_days
        c3  A    this    2017-06-01  2017-06-16  0         -          yes  no   seen_within_14_days
        c4  A    this    2017-06-01  2017-06-16  -         9          yes  no   seen_within_14_days
        c5  A    this    2016-06-01  2017-06-16  366       0          yes  yes  -
        c6  A    this    2017-06-01  2017-06-02  1         -          yes  yes  -
        c7  A    this    2017-06-01  2017-06-02  2         -          no   no   too_long
        """,
        """
        org  numerator  denominator  value  meets
        A    3          6            1/2    no
        """,
        {**words, "too_long": "first_seen_wait_negative"},
    )
    spec(
        code,
        "Seen on the day of the referral is no error, seen the day before it is",
        "A negative wait leaves the record out of numerator and denominator.",
        "2017-06",
        """
        id  ccg  source  received    seen        seen_adj  den  num  because
        c1  A    this    2017-06-15  2017-06-15  -         yes  yes  -
        c2  A    this    2017-06-15  2017-06-14  -         no   no   first_seen_wait_negative
        c3  A    this    2017-06-15  2017-06-14  5         no   no   first_seen_wait_negative
        c4  A    that    2017-06-15  2017-06-14  -         no   no   first_seen_wait_negative
        """,
        """
        org  numerator  denominator  value  meets
        A    1          1            1      yes
        """,
        words,
    )
    spec(
        code,
        "A record without a field that the line needs is left out",
        "Source and day of referral are needed of those first seen, and nothing of a treatment.",
        "2017-06",
        """
        id  ccg  source  received    seen        den  num  because
        c1  A    -       2017-06-01  2017-06-02  no   no   first_seen_without_source
        c2  A    this    -           2017-06-02  no   no   first_seen_without_referral_date
        c3  A    other   -           2017-06-02  no   no   of_it
        c4  A    -       -           -           no   no   of_it
        c5  A    this    -           -           no   no   first_seen_in_the_period
        c6  -    this    2017-06-01  2017-06-02  no   no   organisation_missing
        -   A    this    2017-06-01  2017-06-02  no   no   identifier_missing
        c8  A    this    2017-06-01  2017-06-02  yes  yes  -
        """,
        """
        org  numerator  denominator  value  meets
        A    1          1            1      yes
        """,
        words,
    )
    spec(
        code,
        "Exactly 93% meets the standard, in a month and in a quarter; a year has no verdict",
        "The unrounded ratio is tested: 92.96%, which is printed as 93.0%, does not meet it.",
        "2017-18-Q1",
        """
        ccg    source  received    seen        count  den  num  because
        EXACT  this    2017-06-01  2017-06-02  93     yes  yes  -
        EXACT  this    2017-05-01  2017-06-02  7      yes  no   seen_within_14_days
        SHOWN  this    2017-06-01  2017-06-02  2324   yes  yes  -
        SHOWN  this    2017-05-01  2017-06-02  176    yes  no   seen_within_14_days
        SPLIT  this    2017-04-01  2017-04-02  10     yes  yes  -
        SPLIT  this    2017-03-01  2017-06-02  1      yes  no   seen_within_14_days
        """,
        """
        org    period      numerator  denominator  value   meets  standard  status
        EXACT  2017-06     93         100          0.93    yes    0.93      ok
        EXACT  2017-18-Q1  93         100          0.93    yes    0.93      ok
        EXACT  2017-18     93         100          0.93    -      -         ok
        SHOWN  2017-06     2324       2500         0.9296  no     0.93      ok
        SHOWN  2017-18-Q1  2324       2500         0.9296  no     0.93      ok
        SHOWN  2017-18     2324       2500         0.9296  -      -         ok
        SPLIT  2017-06     0          1            0       no     0.93      ok
        SPLIT  2017-18-Q1  10         11           10/11   no     0.93      ok
        SPLIT  2017-18     10         11           10/11   -      -         ok
        """,
        words,
    )
    spec(
        code,
        "29 February is a day like any other",
        "A wait across it is a day longer than in a common year.",
        "2016-03",
        """
        id  ccg  source  received    seen        den  num  because
        c1  A    this    2016-02-16  2016-03-01  yes  yes  -
        c2  A    this    2016-02-15  2016-03-01  yes  no   seen_within_14_days
        c3  A    this    2015-12-31  2016-02-29  no   no   first_seen_in_the_period
        """,
        """
        org  period   numerator  denominator  value  meets
        A    2016-03  1          2            1/2    no
        A    2016-02  0          1            0      no
        """,
        words,
    )

spec(
    "E.B.6",
    "A wait over New Year is as many days as any other, after a leap year too",
    "25 December to 8 January is 14 days in every year, to 9 January 15.",
    "2017-01",
    """
    id  ccg  source  received    seen        den  num  because
    c1  A    gp      2015-12-25  2016-01-08  no   no   first_seen_in_the_period
    c2  A    gp      2015-12-25  2016-01-09  no   no   first_seen_in_the_period
    c3  A    gp      2016-12-25  2017-01-08  yes  yes  -
    c4  A    gp      2016-12-25  2017-01-09  yes  no   seen_within_14_days
    c5  A    gp      2017-12-25  2018-01-08  no   no   first_seen_in_the_period
    c6  A    gp      2017-12-25  2018-01-09  no   no   first_seen_in_the_period
    c7  A    gp      2018-12-25  2019-01-08  no   no   first_seen_in_the_period
    c8  A    gp      2018-12-25  2019-01-09  no   no   first_seen_in_the_period
    """,
    """
    org  period   numerator  denominator  value  meets
    A    2016-01  1          2            1/2    no
    A    2017-01  1          2            1/2    no
    A    2018-01  1          2            1/2    no
    A    2019-01  1          2            1/2    no
    """,
    GP,
)
spec(
    "E.B.6",
    "The source of the referral decides, whatever the flag says",
    "An urgent GP referral for suspected cancer is one by its own name.",
    "2017-06",
    """
    id  ccg  source  susp  received    seen        den  num  because
    c1  A    gp      yes   2017-06-01  2017-06-02  yes  yes  -
    c2  A    gp      -     2017-06-01  2017-06-02  yes  yes  -
    c3  A    gp      no    2017-06-01  2017-06-02  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
    GP,
)
spec(
    "E.B.7",
    "Breast symptoms with suspected cancer are not in the line",
    "A blank flag is read as the source says: cancer was not suspected.",
    "2017-06",
    """
    id  ccg  source  susp   received    seen        den  num  because
    c1  A    breast  no     2017-06-01  2017-06-02  yes  yes  -
    c2  A    breast  false  2017-06-01  2017-06-02  yes  yes  -
    c3  A    breast  -      2017-06-01  2017-06-02  yes  yes  -
    c4  A    breast  yes    2017-06-01  2017-06-02  no   no   cancer_not_suspected
    c5  A    breast  1      2017-06-01  2017-06-02  no   no   cancer_not_suspected
    """,
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
    GP,
)
spec(
    "E.B.6",
    "A record may carry a first-seen date, a treatment, or both",
    "The line reads the first-seen date only; the treatment's dates may be missing or wrong.",
    "2017-06",
    """
    id  ccg  source  received    seen        decided     treated     event  den  num  because
    c1  A    gp      2017-06-01  2017-06-02  2017-07-02  2017-08-10  first  yes  yes  -
    c2  A    gp      2017-06-01  2017-06-02  2017-06-10  2017-06-09  first  yes  yes  -
    c3  A    gp      2017-06-01  2017-06-02  -           2017-06-09  -      yes  yes  -
    c4  A    gp      2017-06-01  -           2017-06-05  2017-06-09  first  no   no   not_seen
    """,
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
    {**GP, "not_seen": "first_seen_in_the_period"},
)
spec(
    "E.B.6",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads.",
    "2017-06",
    """
    id  ccg  source  received    seen        icd10  den  num  because
    c1  A    gp      2017-06-01  2017-06-02  C50.9  yes  yes  -
    c1  A    gp      2017-06-01  2017-06-02  c50.9  no   no   repeated
    c2  A    gp      2017-06-01  2017-06-02  C50.9  no   no   identifier_disagrees
    c2  A    gp      2017-06-01  2017-06-02  C61    no   no   identifier_disagrees
    c3  A    gp      2017-06-01  2017-06-02  -      no   no   identifier_disagrees
    c3  B    gp      2017-06-01  2017-06-02  -      no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value  meets  status
    A    1          1            1      yes    ok
    B    0          0            -      -      no_cases
    """,
    GP,
)
spec(
    "E.B.6",
    "A row may stand for many patients; those from outside England are in no total",
    "NONC is left out of England; X24 and UNKNOWN are in it. Nobody seen is no percentage.",
    "2017-06",
    """
    ccg      source  received    seen        count  den  num  because
    A        gp      2017-06-01  2017-06-02  40     yes  yes  -
    A        gp      2017-06-01  2017-06-02  -      yes  yes  -
    A        gp      2017-05-01  2017-06-02  9      yes  no   seen_within_14_days
    NONC     gp      2017-06-01  2017-06-02  5      yes  yes  -
    X24      gp      2017-06-01  2017-06-02  5      yes  yes  -
    UNKNOWN  gp      2017-06-01  2017-06-02  4      yes  yes  -
    FAULTY   gp      -           2017-06-02  9      no   no   first_seen_without_referral_date
    """,
    """
    org      level    numerator  denominator  value  meets  status
    A        ccg      41         50           0.82   no     ok
    NONC     ccg      5          5            1      yes    ok
    X24      ccg      5          5            1      yes    ok
    UNKNOWN  ccg      4          4            1      yes    ok
    FAULTY   ccg      0          0            -      -      no_cases
    ENGLAND  england  50         59           50/59  no     ok
    """,
    GP,
)

# 31 days: E.B.8 to E.B.11 -------------------------------------------------------------------------

for code, event, modality, standard, just_below in (
    ("E.B.8", "first", "other", "96", "9596"),
    ("E.B.9", "subsequent", "surgery", "94", "9396"),
    ("E.B.10", "subsequent", "chemotherapy", "98", "9796"),
    ("E.B.11", "subsequent", "teletherapy", "94", "9396"),
):
    is_first = event == "first"
    words = {
        "this": event,
        "that": "subsequent" if is_first else "first",
        "it": modality,
        "of_it": "first_treatment" if is_first else "subsequent_treatment",
        "no_decision": "first_decision_missing" if is_first else "subsequent_decision_missing",
    }
    spec(
        code,
        "31 days is within the standard's wait, 32 days is not",
        "From the decision to treat to the treatment, the day of the decision being day 0 (A16).",
        "2017-06",
        """
        id  ccg  event  modality  icd10  decided     treated     den  num  because
        t1  A    this   it        C61    2017-06-15  2017-06-15  yes  yes  -
        t2  A    this   it        C61    2017-05-16  2017-06-15  yes  yes  -
        t3  A    this   it        C61    2017-05-15  2017-06-15  yes  yes  -
        t4  A    this   it        C61    2017-05-14  2017-06-15  yes  no   treated_within_31_days
        t5  A    this   it        C61    2016-05-14  2017-06-15  yes  no   treated_within_31_days
        """,
        """
        org  numerator  denominator  value  meets
        A    3          5            0.6    no
        """,
        words,
    )
    spec(
        code,
        "31 days, not one month",
        "From 31 January to 3 March 2017 is 31 days, to 4 March 32; across 29 February a day more.",
        "2017-03",
        """
        id  ccg  event  modality  icd10  decided     treated     den  num  because
        t1  A    this   it        C61    2017-01-31  2017-03-03  yes  yes  -
        t2  A    this   it        C61    2017-01-31  2017-03-04  yes  no   treated_within_31_days
        t3  B    this   it        C61    2016-01-31  2016-03-02  no   no   treated_in_the_period
        t4  B    this   it        C61    2016-01-31  2016-03-03  no   no   treated_in_the_period
        """,
        """
        org  period   numerator  denominator  value  meets  status
        A    2017-03  1          2            1/2    no     ok
        B    2017-03  0          0            -      -      no_cases
        A    2016-03  0          0            -      -      no_cases
        B    2016-03  1          2            1/2    no     ok
        """,
        words,
    )
    spec(
        code,
        "Treatments on the first and on the last day count, those outside do not",
        "The day of the treatment places it; a record without one is in no treatment line.",
        "2017-06",
        """
        id  ccg  event  modality  icd10  decided     treated     den  num  because
        t1  A    this   it        C61    2017-05-25  2017-05-31  no   no   treated_in_the_period
        t2  A    this   it        C61    2017-05-25  2017-06-01  yes  yes  -
        t3  A    this   it        C61    2017-05-25  2017-06-30  yes  no   treated_within_31_days
        t4  A    this   it        C61    2017-05-25  2017-07-01  no   no   treated_in_the_period
        t5  A    this   it        C61    2017-05-25  -           no   no   treated_in_the_period
        t6  A    that   it        C61    2017-05-25  2017-06-01  no   no   of_it
        """,
        """
        org  numerator  denominator  value  meets
        A    1          2            1/2    no
        """,
        words,
    )
    spec(
        code,
        "Days taken off the wait may bring it within 31 days",
        "The treatment adjustment is taken off, the first-seen adjustment is not.",
        "2017-06",
        """
        id  ccg  event  modality  icd10  decided     treated     seen_adj  treat_adj  den  num  because
        t1  A    this   it        C61    2017-05-14  2017-06-15  -         1          yes  yes  -
        t2  A    this   it        C61    2017-05-13  2017-06-15  -         1          yes  no   late
        t3  A    this   it        C61    2017-05-14  2017-06-15  1         0          yes  no   late
        t4  A    this   it        C61    2017-06-14  2017-06-15  -         1          yes  yes  -
        t5  A    this   it        C61    2017-06-14  2017-06-15  -         2          no   no   too_long
        t6  A    this   it        C61    2017-06-15  2017-06-14  -         2          no   no   backwards
        t7  A    this   it        C61    2017-06-15  2017-06-14  -         -          no   no   backwards
        t8  A    this   it        C61    2017-06-14  2017-06-15  9         -          yes  yes  -
        """,  # noqa: E501
        """
        org  numerator  denominator  value  meets
        A    3          5            0.6    no
        """,
        {
            **words,
            "late": "treated_within_31_days",
            "too_long": "decision_wait_negative",
            "backwards": "decision_wait_negative",
        },
    )
    spec(
        code,
        "The decision, the event and the commissioner are needed",
        "Nothing of the referral is; a record without a treatment lacks nothing.",
        "2017-06",
        """
        id  ccg  event  modality  icd10  received    decided     treated     den  num  because
        t1  A    this   it        C61    -           -           2017-06-15  no   no   no_decision
        t2  A    -      it        C61    -           2017-06-01  2017-06-15  no   no   no_event
        t3  A    this   it        C61    2017-06-20  2017-06-01  2017-06-15  yes  yes  -
        t4  A    this   it        C61    -           -           -           no   no   not_treated
        t5  A    -      -         -      2017-06-01  -           -           no   no   of_it
        t6  -    this   it        C61    -           2017-06-01  2017-06-15  no   no   no_place
        -   A    this   it        C61    -           2017-06-01  2017-06-15  no   no   no_name
        """,
        """
        org  numerator  denominator  value  meets
        A    1          1            1      yes
        """,
        {
            **words,
            "no_event": "treatment_event_missing",
            "not_treated": "treated_in_the_period",
            "no_place": "organisation_missing",
            "no_name": "identifier_missing",
        },
    )
    spec(
        code,
        f"Exactly {standard}% meets the standard, in a month and in a quarter",
        "The unrounded ratio is tested; a year has no verdict.",
        "2017-18-Q1",
        """
        ccg    event  modality  icd10  decided     treated     count    den  num  because
        EXACT  this   it        C61    2017-06-01  2017-06-15  within   yes  yes  -
        EXACT  this   it        C61    2017-04-01  2017-06-15  beyond   yes  no   late
        BELOW  this   it        C61    2017-06-01  2017-06-15  fewer    yes  yes  -
        BELOW  this   it        C61    2017-04-01  2017-06-15  more     yes  no   late
        """,
        """
        org    period      numerator  denominator  value     meets  standard
        EXACT  2017-06     within     100          0.within  yes    0.within
        EXACT  2017-18-Q1  within     100          0.within  yes    0.within
        EXACT  2017-18     within     100          0.within  -      -
        BELOW  2017-06     fewer      10000        0.fewer   no     0.within
        BELOW  2017-18-Q1  fewer      10000        0.fewer   no     0.within
        BELOW  2017-18     fewer      10000        0.fewer   -      -
        """.replace("within", standard).replace("fewer", just_below),
        {
            **words,
            "within": standard,
            "beyond": str(100 - int(standard)),
            "fewer": just_below,
            "more": str(10000 - int(just_below)),
            "late": "treated_within_31_days",
        },
    )

spec(
    "E.B.8",
    "Diagnoses C00 to C97 and D05 count, by their first three characters",
    "With or without the point and the fourth character, in capitals or not (A17).",
    "2017-06",
    """
    id   ccg  event  icd10  decided     treated     den  num  because
    t1   A    first  C00    2017-06-01  2017-06-15  yes  yes  -
    t2   A    first  C00.0  2017-06-01  2017-06-15  yes  yes  -
    t3   A    first  C509   2017-06-01  2017-06-15  yes  yes  -
    t4   A    first  c50.9  2017-06-01  2017-06-15  yes  yes  -
    t5   A    first  C97    2017-06-01  2017-06-15  yes  yes  -
    t6   A    first  C97X   2017-06-01  2017-06-15  yes  yes  -
    t7   A    first  D05    2017-06-01  2017-06-15  yes  yes  -
    t8   A    first  d05.1  2017-06-01  2017-06-15  yes  yes  -
    t9   A    first  C44.9  2017-06-01  2017-06-15  yes  yes  -
    t10  A    first  C98    2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t11  A    first  C99.9  2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t12  A    first  D04.9  2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t13  A    first  D06    2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t14  A    first  D50    2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t15  A    first  B99    2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t16  A    first  C5     2017-06-01  2017-06-15  no   no   diagnosis_is_counted
    t17  A    first  D051   2017-06-01  2017-06-15  yes  yes  -
    t18  A    first  -      2017-06-01  2017-06-15  no   no   diagnosis_missing
    """,
    """
    org  numerator  denominator  value  meets
    A    10         10           1      yes
    """,
)
spec(
    "E.B.8",
    "Every first treatment counts, whatever the route and the modality",
    "Patients of E.B.12, E.B.13 and E.B.14 are among them; source and modality may be missing.",
    "2017-06",
    """
    id  ccg  source     event  modality       icd10  decided     treated     den  num  because
    t1  A    gp         first  surgery        C61    2017-06-01  2017-06-15  yes  yes  -
    t2  A    screening  first  chemotherapy   D05    2017-06-01  2017-06-15  yes  yes  -
    t3  A    upgrade    first  teletherapy    C61    2017-06-01  2017-06-15  yes  yes  -
    t4  A    other      first  other          C61    2017-06-01  2017-06-15  yes  yes  -
    t5  A    -          first  -              C61    2017-06-01  2017-06-15  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    5          5            1      yes
    """,
    GP,
)
KINDS = {
    "E.B.9": ("treatment_is_surgery", ["surgery"]),
    "E.B.10": (
        "treatment_is_a_drug",
        ["chemotherapy", "immunotherapy", "hormone_therapy", "other_drug"],
    ),
    "E.B.11": (
        "treatment_is_radiotherapy",
        ["teletherapy", "brachytherapy", "chemoradiotherapy", "proton_therapy"],
    ),
}
EVERY = [name for _, names in KINDS.values() for name in names] + ["other"]
for code, (of_it, mine) in KINDS.items():
    rows = "\n".join(
        f"t{number} A subsequent {name} 2017-06-01 2017-06-15 "
        + ("yes yes -" if name in mine else f"no no {of_it}")
        for number, name in enumerate(EVERY)
    )
    spec(
        code,
        "Only the line's own treatments count",
        "Surgery; drugs: chemotherapy, immunotherapy, hormone therapy, others; radiotherapy: "
        "teletherapy, brachytherapy, chemoradiotherapy, proton therapy.",
        "2017-06",
        f"id ccg event modality decided treated den num because\n{rows}",
        f"""
        org  numerator  denominator  value  meets
        A    {len(mine)}          {len(mine)}            1      yes
        """,
    )
    spec(
        code,
        "A subsequent treatment needs no diagnosis, but must say what it is",
        "No list of diagnoses is printed for the line. A treatment of another kind lacks nothing "
        "without a decision.",
        "2017-06",
        """
        id  ccg  event       modality  icd10  decided     treated     den  num  because
        t1  A    subsequent  it        -      2017-06-01  2017-06-15  yes  yes  -
        t2  A    subsequent  it        D04    2017-06-01  2017-06-15  yes  yes  -
        t3  A    subsequent  -         C61    2017-06-01  2017-06-15  no   no   modality_missing
        t4  A    subsequent  other     C61    -           2017-06-15  no   no   of_it
        t5  A    first       -         C61    -           2017-06-15  no   no   not_later
        """,
        """
        org  numerator  denominator  value  meets
        A    2          2            1      yes
        """,
        {"it": mine[0], "of_it": of_it, "not_later": "subsequent_treatment"},
    )

# 62 days: E.B.12, E.B.13 and E.B.14 ---------------------------------------------------------------

for code, source, start, standard, of_it in (
    ("E.B.12", "gp_urgent_suspected", "received", "85", "gp_urgent_with_suspected_cancer"),
    ("E.B.13", "screening", "received", "90", "referred_by_screening"),
    ("E.B.14", "upgrade", "upgraded", "", "priority_was_upgraded"),
):
    from_referral = start == "received"
    limit = "treated_within_62_days_of_" + ("referral" if from_referral else "upgrade")
    words = {
        "this": source,
        "late": limit,
        "verdict": "no" if standard else "-",
        "met": "yes" if standard else "-",
        "too_long": ("referral" if from_referral else "upgrade") + "_wait_negative",
        "backwards": ("referral" if from_referral else "upgrade") + "_wait_negative",
    }

    def told(text: str, start: str = start, words: dict[str, str] = words) -> str:
        """The answers' text with the line's own words and column of the clock start."""
        for short in ("verdict", "met"):
            text = text.replace(f" {short}", f" {words[short]}")
        return text.replace("[start]", start)

    spec(
        code,
        "62 days is within the standard's wait, 63 days is not",
        "From the referral's receipt, or the upgrade, to first treatment; the start is day 0.",
        "2017-06",
        told("""
        id  ccg  source  event  icd10  [start]     treated     den  num  because
        t1  A    this    first  C61    2017-06-15  2017-06-15  yes  yes  -
        t2  A    this    first  C61    2017-04-15  2017-06-15  yes  yes  -
        t3  A    this    first  C61    2017-04-14  2017-06-15  yes  yes  -
        t4  A    this    first  C61    2017-04-13  2017-06-15  yes  no   late
        t5  B    this    first  C61    2016-04-13  2017-06-15  yes  no   late
        """),
        told("""
        org  numerator  denominator  value  meets
        A    3          4            3/4    verdict
        B    0          1            0      verdict
        """),
        words,
    )
    spec(
        code,
        "First treatments on the first and on the last day count, those outside do not",
        "The day of the treatment places it; a subsequent treatment is not in the line.",
        "2017-06",
        told("""
        id  ccg  source  event       icd10  [start]     treated     den  num  because
        t1  A    this    first       C61    2017-05-25  2017-05-31  no   no   treated_in_the_period
        t2  A    this    first       C61    2017-05-25  2017-06-01  yes  yes  -
        t3  A    this    first       C61    2017-05-25  2017-06-30  yes  yes  -
        t4  A    this    first       C61    2017-05-25  2017-07-01  no   no   treated_in_the_period
        t5  A    this    subsequent  C61    2017-05-25  2017-06-01  no   no   first_treatment
        t6  A    this    first       C61    2017-05-25  -           no   no   treated_in_the_period
        """),
        told("""
        org  numerator  denominator  value  meets
        A    2          2            1      met
        """),
        words,
    )
    spec(
        code,
        "Both adjustments are taken off the 62 days",
        "Together they may bring a wait within; they may not exceed it.",
        "2017-06",
        told("""
        id  ccg  source  event  icd10  [start]     seen        treated     seen_adj  treat_adj  den  num  because
        t1  A    this    first  C61    2017-04-13  2017-04-13  2017-06-15  1         -          yes  yes  -
        t2  A    this    first  C61    2017-04-13  -           2017-06-15  -         1          yes  yes  -
        t3  A    this    first  C61    2017-04-11  2017-04-20  2017-06-15  1         2          yes  yes  -
        t4  A    this    first  C61    2017-04-10  2017-04-20  2017-06-15  1         2          yes  no   late
        t5  A    this    first  C61    2017-06-10  2017-06-12  2017-06-15  2         3          yes  yes  -
        t6  A    this    first  C61    2017-06-10  2017-06-12  2017-06-15  3         3          no   no   too_long
        t7  A    this    first  C61    2017-06-15  2017-06-15  2017-06-14  -         3          no   no   backwards
        t8  A    this    first  C61    2017-06-15  -           2017-06-14  -         -          no   no   backwards
        """),  # noqa: E501
        told("""
        org  numerator  denominator  value  meets
        A    4          5            0.8    verdict
        """),
        words,
    )
    spec(
        code,
        "The treatment's event, the source of the referral and the clock start are needed",
        "A record without a treatment lacks nothing; the decision to treat is not needed.",
        "2017-06",
        told("""
        id  ccg  source  event       icd10  [start]     treated     den  num  because
        t1  A    this    -           C61    2017-06-01  2017-06-15  no   no   no_event
        t2  A    -       first       C61    2017-06-01  2017-06-15  no   no   no_source
        t3  A    this    first       C61    -           2017-06-15  no   no   no_start
        t4  A    this    first       C61    2017-06-01  2017-06-15  yes  yes  -
        t5  A    this    first       C61    2017-06-01  -           no   no   not_treated
        t6  A    -       subsequent  -      -           2017-06-15  no   no   of_it
        t7  A    this    -           -      2017-06-01  -           no   no   no_first
        t8  -    this    first       C61    2017-06-01  2017-06-15  no   no   no_place
        """),
        told("""
        org  numerator  denominator  value  meets
        A    1          1            1      met
        """),
        {
            **words,
            "of_it": of_it,
            "no_event": "treatment_event_missing",
            "no_source": "first_treatment_without_source",
            "no_start": "first_treatment_without_referral_date"
            if from_referral
            else "upgrade_date_missing",
            "no_first": "first_treatment",
            "not_treated": "treated_in_the_period",
            "no_place": "organisation_missing",
        },
    )
    if standard:
        shown = str(int(standard) * 100 - 4)
        spec(
            code,
            f"Exactly {standard}% meets the standard, in a month and in a quarter",
            "The unrounded ratio is tested; a year has no verdict.",
            "2017-18-Q1",
            """
            ccg    source  event  icd10  received    treated     count   den  num  because
            EXACT  this    first  C61    2017-06-01  2017-06-15  within  yes  yes  -
            EXACT  this    first  C61    2017-04-01  2017-06-15  beyond  yes  no   late
            BELOW  this    first  C61    2017-06-01  2017-06-15  fewer   yes  yes  -
            BELOW  this    first  C61    2017-04-01  2017-06-15  more    yes  no   late
            """,
            """
            org    period      numerator  denominator  value     meets  standard
            EXACT  2017-06     within     100          0.within  yes    0.within
            EXACT  2017-18-Q1  within     100          0.within  yes    0.within
            EXACT  2017-18     within     100          0.within  -      -
            BELOW  2017-06     fewer      10000        0.fewer   no     0.within
            BELOW  2017-18-Q1  fewer      10000        0.fewer   no     0.within
            BELOW  2017-18     fewer      10000        0.fewer   -      -
            """.replace("within", standard).replace("fewer", shown),
            {
                **words,
                "within": standard,
                "beyond": str(100 - int(standard)),
                "fewer": shown,
                "more": str(10000 - int(shown)),
            },
        )
        spec(
            code,
            "Only its own kind of referral counts, and only counted diagnoses",
            "D05 counts, D04 does not; a first treatment without a diagnosis is left out.",
            "2017-06",
            """
            id  ccg  source   event  icd10  received    treated     den  num  because
            t1  A    this     first  C97    2017-06-01  2017-06-15  yes  yes  -
            t2  A    this     first  d05.9  2017-06-01  2017-06-15  yes  yes  -
            t3  A    this     first  D04    2017-06-01  2017-06-15  no   no   diagnosis_is_counted
            t4  A    this     first  -      2017-06-01  2017-06-15  no   no   diagnosis_missing
            t5  A    breast   first  C61    2017-06-01  2017-06-15  no   no   of_it
            t6  A    other    first  C61    2017-06-01  2017-06-15  no   no   of_it
            t7  A    upgrade  first  C61    2017-06-01  2017-06-15  no   no   of_it
            t8  A    that     first  C61    2017-06-01  2017-06-15  no   no   of_it
            t9  A    other    first  C61    -           2017-06-15  no   no   of_it
            """,
            """
            org  numerator  denominator  value  meets
            A    2          2            1      yes
            """,
            {
                **words,
                "of_it": of_it,
                "breast": "breast_symptomatic",
                "that": "screening" if code == "E.B.12" else "gp_urgent_suspected",
            },
        )

spec(
    "E.B.12",
    "The source of the referral decides, whatever the flag says",
    "As in E.B.6. The referral's clock runs from its receipt, not from an upgrade.",
    "2017-06",
    """
    id  ccg  source  susp  event  icd10  received    upgraded    treated     den  num  because
    t1  A    gp      yes   first  C61    2017-06-01  -           2017-06-15  yes  yes  -
    t2  A    gp      -     first  C61    2017-06-01  -           2017-06-15  yes  yes  -
    t3  A    gp      no    first  C61    2017-06-01  -           2017-06-15  yes  yes  -
    t4  A    gp      yes   first  C61    2017-04-01  2017-06-01  2017-06-15  yes  no   late
    """,
    """
    org  numerator  denominator  value  meets
    A    3          4            3/4    no
    """,
    {**GP, "late": "treated_within_62_days_of_referral"},
)
spec(
    "E.B.13",
    "A screening referral without suspicion is not in the line",
    "A blank flag is read as the service says of itself: cancer was suspected.",
    "2017-06",
    """
    id  ccg  source     susp   event  icd10  received    treated     den  num  because
    t1  A    screening  yes    first  C50.1  2017-06-01  2017-06-15  yes  yes  -
    t2  A    screening  -      first  C50.1  2017-06-01  2017-06-15  yes  yes  -
    t3  A    screening  no     first  C50.1  2017-06-01  2017-06-15  no   no   without
    t4  A    screening  false  first  C50.1  2017-06-01  2017-06-15  no   no   without
    """,
    """
    org  numerator  denominator  value  meets
    A    2          2            1      yes
    """,
    {"without": "cancer_suspected_by_screening"},
)
spec(
    "E.B.14",
    "Any upgraded patient counts whom neither GP nor screening referred with suspected cancer",
    "Routine referrals of both may be upgraded: other, or screening without suspicion.",
    "2017-06",
    """
    id  ccg  source     susp  event  icd10  upgraded    treated     den  num  because
    t1  A    upgrade    -     first  C61    2017-06-01  2017-06-15  yes  yes  -
    t2  A    other      yes   first  C61    2017-06-01  2017-06-15  yes  yes  -
    t3  A    breast     no    first  C61    2017-06-01  2017-06-15  yes  yes  -
    t4  A    screening  no    first  C61    2017-06-01  2017-06-15  yes  yes  -
    t5  A    screening  yes   first  C61    2017-06-01  2017-06-15  no   no   by_screening
    t6  A    screening  -     first  C61    2017-06-01  2017-06-15  no   no   by_screening
    t7  A    gp         yes   first  C61    2017-06-01  2017-06-15  no   no   by_gp
    t8  A    gp         no    first  C61    2017-06-01  2017-06-15  no   no   by_gp
    t9  A    other      -     first  C61    -           2017-06-15  no   no   not_upgraded
    s1  A    breast     yes   first  C61    2017-06-01  2017-06-15  no   no   both
    s2  A    breast     -     first  C61    2017-06-01  2017-06-15  yes  yes  -
    """,
    """
    org  numerator  denominator  value
    A    5          5            1
    """,
    {
        **GP,
        "both": "breast_symptoms_with_suspected_cancer",
        "by_gp": "not_gp_urgent_with_suspected_cancer",
        "by_screening": "not_screening_with_suspected_cancer",
        "not_upgraded": "priority_was_upgraded",
    },
)
spec(
    "E.B.14",
    "A blank diagnosis counts, another diagnosis than cancer does not",
    "No list is printed for the line: C00 to C97 and D05 apply where a diagnosis is given (A17).",
    "2017-06",
    """
    id  ccg  source   event  icd10  upgraded    treated     den  num  because
    t1  A    upgrade  first  -      2017-06-01  2017-06-15  yes  yes  -
    t2  A    upgrade  first  C97.X  2017-06-01  2017-06-15  yes  yes  -
    t3  A    upgrade  first  D05    2017-06-01  2017-06-15  yes  yes  -
    t4  A    upgrade  first  D04    2017-06-01  2017-06-15  no   no   diagnosis_is_counted_or_blank
    t5  A    upgrade  first  C98    2017-06-01  2017-06-15  no   no   diagnosis_is_counted_or_blank
    """,
    """
    org  period      numerator  denominator  value  status
    A    2017-06     3          3            1      ok
    A    2017-18-Q1  3          3            1      ok
    A    2017-18     3          3            1      ok
    A    2017-05     0          0            -      no_cases
    """,
)
spec(
    "E.B.14",
    "Days put off before being first seen are taken off only if that was on or after the upgrade",
    "Before the upgrade the clock had not started; days put off before treatment always count.",
    "2017-06",
    """
    id  ccg  source   event  upgraded    seen        treated     seen_adj  treat_adj  den  num  because
    t1  A    upgrade  first  2017-04-13  2017-04-13  2017-06-15  1         -          yes  yes  -
    t2  A    upgrade  first  2017-04-13  2017-04-12  2017-06-15  1         -          yes  no   late
    t3  A    upgrade  first  2017-04-13  -           2017-06-15  1         -          yes  no   late
    t4  A    upgrade  first  2017-04-13  2017-04-12  2017-06-15  9         1          yes  yes  -
    t5  A    upgrade  first  2017-06-14  2017-06-13  2017-06-15  2         -          yes  yes  -
    t6  A    upgrade  first  2017-06-14  2017-06-14  2017-06-15  2         -          no   no   too_long
    """,  # noqa: E501
    """
    org  numerator  denominator  value
    A    3          5            3/5
    """,
    {"late": "treated_within_62_days_of_upgrade", "too_long": "upgrade_wait_negative"},
)
spec(
    "E.B.14",
    "The clock starts with the upgrade, however long ago the referral was",
    "The referral's own dates do not matter.",
    "2017-06",
    """
    id  ccg  source   event  received    upgraded    treated     den  num  because
    t1  A    upgrade  first  2016-06-01  2017-04-14  2017-06-15  yes  yes  -
    t2  A    upgrade  first  2017-06-14  2017-04-13  2017-06-15  yes  no   late
    t3  A    other    first  2017-06-20  2017-06-01  2017-06-15  yes  yes  -
    """,
    """
    org  numerator  denominator  value
    A    2          3            2/3
    """,
    {"late": "treated_within_62_days_of_upgrade"},
)
