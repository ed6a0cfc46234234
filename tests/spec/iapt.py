"""What the ten IAPT lines count, shown referral by referral.

Read each as: given these referrals and their appointments, in this period, this is what becomes of
each referral and these are the figures. `-` is missing. `in` and `end` are the days a referral was
received and ended; `p1 p2` its first and last PHQ-9, `a1 a2` its first and last anxiety score.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "referrals",
    {
        "id": "referral_id",
        "person": "person_id",
        "ccg": "ccg_code",
        "in": "referral_received_date",
        "end": "referral_end_date",
        "p1": "first_phq9",
        "p2": "last_phq9",
        "a1": "first_anxiety",
        "a2": "last_anxiety",
        "measure": "anxiety_measure",
        "ref": "referral_id",
        "appt": "appointment_id",
        "date": "appointment_date",
        "type": "appointment_type",
        "came": "attended",
        "year": "financial_year",
        "people": "prevalence",
    },
)
SPECS = spec.specs

THOUSAND_IN_A = """
    ccg  year     people
    A    2017-18  1000
    """
THOUSAND = """
    id  org  den  num  because  quantity
    A   A    yes  no   -        1000
    """


# E.A.3 -------------------------------------------------------------------------------------------

spec(
    "E.A.3",
    "First sessions on the first and on the last day count, the days outside do not",
    "The first treatment session places the referral; it need not have ended.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          end         den  num  because
            r1  A    2017-12-01  -           no   no   first_treated_in_the_period
            r2  A    2017-12-01  2018-02-01  no   yes  -
            r3  A    2017-12-01  -           no   yes  -
            r4  A    2017-12-01  -           no   no   first_treated_in_the_period
            r5  A    2017-12-01  2018-02-01  no   no   first_treated_in_the_period
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-12-31  02    yes
            r2   2018-01-01  02    yes
            r3   2018-03-31  02    yes
            r4   2018-04-01  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    2          1000         0.002  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "Only attended sessions of type 02, 03 and 05 are treatment",
    "Assessment (01), review (04), follow-up (06) and unknown types are not; 2 and 02 are one.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          den  num  because
            r1  A    2017-12-01  no   no   first_treated_in_the_period
            r2  A    2017-12-01  no   yes  -
            r3  A    2017-12-01  no   yes  -
            r4  A    2017-12-01  no   no   first_treated_in_the_period
            r5  A    2017-12-01  no   yes  -
            r6  A    2017-12-01  no   no   first_treated_in_the_period
            r7  A    2017-12-01  no   no   first_treated_in_the_period
            r8  A    2017-12-01  no   yes  -
            r9  A    2017-12-01  no   no   first_treated_in_the_period
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  01    yes
            r2   2018-01-10  02    yes
            r3   2018-01-10  03    yes
            r4   2018-01-10  04    yes
            r5   2018-01-10  05    yes
            r6   2018-01-10  06    yes
            r7   2018-01-10  99    yes
            r8   2018-01-10  2     yes
            r9   2018-01-10  02    no
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    4          1000         0.004  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "A referral enters treatment once, at its earliest session",
    "Appointments that were missed or are no treatment do not come first; a second session in the "
    "period is no entry. The order of the rows does not matter.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          den  num  because
            r1  A    2017-09-01  no   no   first_treated_in_the_period
            r2  A    2017-09-01  no   yes  -
            r3  A    2017-09-01  no   yes  -
            r4  A    2017-09-01  no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r1   2017-12-31  02    yes
            r2   2017-12-31  02    no
            r2   2018-01-10  02    yes
            r3   2017-12-31  01    yes
            r3   2018-01-10  03    yes
            r4   2018-03-31  02    yes
            r4   2018-01-01  05    yes
            r4   2018-01-01  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  period      numerator  denominator  value  meets
    A    2017-18-Q3  1          1000         0.001  -
    A    2017-18-Q4  3          1000         0.003  no
    A    2017-18     4          1000         0.004  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "Referrals are counted, not persons",
    "A person who is referred and treated twice counts twice (A03).",
    "2017-18-Q4",
    {
        "referrals": """
            id  person  ccg  in          den  num  because
            r1  x       A    2017-12-01  no   yes  -
            r2  x       A    2018-02-01  no   yes  -
            r3  -       A    2018-02-01  no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r2   2018-02-10  02    yes
            r3   2018-02-10  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    3          1000         0.003  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "Neither the day of referral nor its end is needed",
    "No wait is measured, so dates in the wrong order leave the line as it is; the commissioner "
    "and the identifier are needed.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          end         den  num  because
            r1  A    -           -           no   yes  -
            r2  A    2018-02-01  -           no   yes  -
            r3  A    2018-02-01  2018-01-31  no   yes  -
            r4  -    2018-01-01  -           no   no   organisation_missing
            -   A    2018-01-01  -           no   no   identifier_missing
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r2   2018-01-10  02    yes
            r3   2018-01-10  02    yes
            r4   2018-01-10  02    yes
            -    2018-01-10  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    3          1000         0.003  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "An appointment that lacks a field is no session",
    "Without its referral, date, type or attendance it is left out and reported.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          den  num  because
            r1  A    2017-12-01  no   no   first_treated_in_the_period
            r2  A    2017-12-01  no   no   first_treated_in_the_period
            r3  A    2017-12-01  no   no   first_treated_in_the_period
            r4  A    2017-12-01  no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   -           02    yes
            r2   2018-01-10  -     yes
            r3   2018-01-10  02    -
            -    2018-01-10  02    yes
            r4   2018-01-10  02    yes
            r5   2018-01-10  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    1          1000         0.001  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Of referrals and of appointments alike.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg  in          den  num  because
            r1  A    2017-12-01  no   yes  -
            r1  A    2017-12-01  no   no   repeated
            r2  A    2017-12-01  no   no   identifier_disagrees
            r2  A    2017-12-02  no   no   identifier_disagrees
            r3  A    2017-12-01  no   no   first_treated_in_the_period
            r4  A    2017-12-01  no   no   first_treated_in_the_period
            """,
        "appointments": """
            appt  ref  date        type  came
            a1    r1   2018-01-10  02    yes
            a2    r2   2018-01-10  02    yes
            a3    r3   2018-01-10  02    yes
            a3    r3   2018-01-11  02    yes
            -     r4   2018-01-10  02    yes
            """,
        "prevalence": THOUSAND_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    1          1000         0.001  no
    """,
    units=THOUSAND,
)
spec(
    "E.A.3",
    "The prevalence is that of the financial year, whole for a quarter as for the year",
    "It is an annual stock: a quarter's entrants are divided by all of it.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          den  num  because
            r1  A    2017-01-01  no   yes  -
            r2  A    2017-01-01  no   no   first_treated_in_the_period
            r3  A    2017-01-01  no   no   first_treated_in_the_period
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-04-01  02    yes
            r2   2017-03-31  02    yes
            r3   2018-04-01  02    yes
            """,
        "prevalence": """
            ccg  year     people
            A    2016-17  500
            A    2017-18  800
            A    2018/19  900
            """,
    },
    """
    org  period      numerator  denominator  value  meets
    A    2016-17-Q4  1          500          1/500  -
    A    2016-17     1          500          1/500  -
    A    2017-18-Q1  1          800          1/800  -
    A    2017-18-Q4  0          800          0      no
    A    2017-18     1          800          1/800  no
    A    2018-19-Q1  1          900          1/900  -
    A    2018-19     1          900          1/900  no
    """,
    units="""
    id   org  den  num  because                quantity
    A    A    no   no   of_the_financial_year  500
    A    A    yes  no   -                      800
    A    A    no   no   of_the_financial_year  900
    """,
)
spec(
    "E.A.3",
    "A prevalence may have parts, may be nought, missing, or given twice",
    "Parts are exact to the billionth. Of nought there is no rate. A missing estimate, or two that "
    "disagree, is no denominator; two that agree are one.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg       in          den  num  because
            r1  PARTS     2017-12-01  no   yes  -
            r2  NOUGHT    2017-12-01  no   yes  -
            r3  BLANK     2017-12-01  no   yes  -
            r4  ABSENT    2017-12-01  no   yes  -
            r5  DISAGREE  2017-12-01  no   yes  -
            r6  AGREE     2017-12-01  no   yes  -
            r7  NOYEAR    2017-12-01  no   yes  -
            r8  HALF      2017-12-01  no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r2   2018-01-10  02    yes
            r3   2018-01-10  02    yes
            r4   2018-01-10  02    yes
            r5   2018-01-10  02    yes
            r6   2018-01-10  02    yes
            r7   2018-01-10  02    yes
            r8   2018-01-10  02    yes
            """,
        "prevalence": """
            ccg       year     people
            PARTS     2017-18  23.809523809
            NOUGHT    2017-18  0
            BLANK     2017-18  -
            DISAGREE  2017-18  1000
            DISAGREE  2017-18  1001
            AGREE     2017-18  100
            AGREE     2017-18  100
            NOYEAR    -        100
            HALF      2017-18  40
            HALF      2017-18  -
            NOBODY    2017-18  40
            """,
    },
    """
    org       numerator  denominator   value                   meets  status
    PARTS     1          23.809523809  1000000000/23809523809  yes    ok
    NOUGHT    1          0             -                       -      no_cases
    BLANK     1          -             -                       -      no_denominator
    ABSENT    1          -             -                       -      no_denominator
    DISAGREE  1          -             -                       -      no_denominator
    AGREE     1          100           0.01                    no     ok
    NOYEAR    1          -             -                       -      no_denominator
    HALF      1          -             -                       -      no_denominator
    NOBODY    0          40            0                       no     ok
    """,
    units="""
    id        org       den  num  because                 quantity
    PARTS     PARTS     yes  no   -                       23.809523809
    NOUGHT    NOUGHT    yes  no   -                       0
    BLANK     BLANK     no   no   prevalence_missing      -
    DISAGREE  DISAGREE  no   no   identifier_disagrees    1000
    DISAGREE  DISAGREE  no   no   identifier_disagrees    1001
    AGREE     AGREE     yes  no   -                       100
    NOYEAR    NOYEAR    no   no   financial_year_missing  100
    HALF      HALF      no   no   identifier_disagrees    40
    HALF      HALF      no   no   identifier_disagrees    -
    NOBODY    NOBODY    yes  no   -                       40
    """,
)
spec(
    "E.A.3",
    "Exactly 4.2% meets the run rate of the fourth quarter of 2017/18",
    "The unrounded rate is tested: 4.19%, 4.1999% and one person too many do not meet it.",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg    in          count  den  num  because
            r1  EXACT  2017-12-01  42     no   yes  -
            r2  BELOW  2017-12-01  419    no   yes  -
            r3  SHOWN  2017-12-01  41999  no   yes  -
            r4  ABOVE  2017-12-01  42001  no   yes  -
            r5  PARTS  2017-12-01  21     no   yes  -
            r6  MORE   2017-12-01  21     no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r2   2018-01-10  02    yes
            r3   2018-01-10  02    yes
            r4   2018-01-10  02    yes
            r5   2018-01-10  02    yes
            r6   2018-01-10  02    yes
            """,
        "prevalence": """
            ccg    year     people
            EXACT  2017-18  1000
            BELOW  2017-18  10000
            SHOWN  2017-18  1000000
            ABOVE  2017-18  1000000
            PARTS  2017-18  500.0
            MORE   2017-18  500.000000001
            """,
    },
    """
    org    numerator  denominator    value                 meets  standard
    EXACT  42         1000           0.042                 yes    0.042
    BELOW  419        10000          0.0419                no     0.042
    SHOWN  41999      1000000        0.041999              no     0.042
    ABOVE  42001      1000000        0.042001              yes    0.042
    PARTS  21         500            0.042                 yes    0.042
    MORE   21         500.000000001  21000000000/500000000001  no  0.042
    """,
    units="""
    id     org    den  num  because  quantity
    EXACT  EXACT  yes  no   -        1000
    BELOW  BELOW  yes  no   -        10000
    SHOWN  SHOWN  yes  no   -        1000000
    ABOVE  ABOVE  yes  no   -        1000000
    PARTS  PARTS  yes  no   -        500
    MORE   MORE   yes  no   -        500.000000001
    """,
)
spec(
    "E.A.3",
    "Of the quarters only two are judged, of the years also two",
    "4.2% in the fourth quarter of 2017/18, 4.75% in that of 2018/19; 16.8% and 19% for the years. "
    "The ambition of 25% for 2020/21 is no verdict (A02).",
    "2018-19-Q4",
    {
        "referrals": """
            id  ccg  in          count  den  num  because
            q1  A    2016-12-01  475    no   no   first_treated_in_the_period
            q2  A    2016-12-01  475    no   no   first_treated_in_the_period
            q3  A    2016-12-01  480    no   no   first_treated_in_the_period
            q4  A    2016-12-01  475    no   yes  -
            q5  A    2016-12-01  2600   no   no   first_treated_in_the_period
            q6  B    2016-12-01  420    no   no   first_treated_in_the_period
            q7  B    2016-12-01  1260   no   no   first_treated_in_the_period
            q8  B    2016-12-01  474    no   yes  -
            q9  B    2016-12-01  1426   no   no   first_treated_in_the_period
            """,
        "appointments": """
            ref  date        type  came
            q1   2017-01-10  02    yes
            q2   2018-01-10  02    yes
            q3   2018-04-10  02    yes
            q4   2019-03-31  02    yes
            q5   2020-06-10  02    yes
            q6   2018-03-31  02    yes
            q7   2017-04-10  02    yes
            q8   2019-01-01  02    yes
            q9   2018-04-10  02    yes
            """,
        "prevalence": """
            ccg  year     people
            A    2016-17  10000
            A    2017-18  10000
            A    2018-19  10000
            A    2020-21  10000
            B    2016-17  10000
            B    2017-18  10000
            B    2018-19  10000
            B    2020-21  10000
            """,
    },
    """
    org  period      numerator  denominator  value   meets  standard
    A    2016-17-Q4  475        10000        0.0475  -      -
    A    2016-17     475        10000        0.0475  -      -
    A    2017-18-Q3  0          10000        0       -      -
    A    2017-18-Q4  475        10000        0.0475  yes    0.042
    A    2017-18     475        10000        0.0475  no     0.168
    A    2018-19-Q1  480        10000        0.048   -      -
    A    2018-19-Q4  475        10000        0.0475  yes    0.0475
    A    2018-19     955        10000        0.0955  no     0.19
    A    2020-21-Q1  2600       10000        0.26    -      -
    A    2020-21     2600       10000        0.26    -      -
    B    2016-17-Q4  0          10000        0       -      -
    B    2016-17     0          10000        0       -      -
    B    2017-18-Q3  0          10000        0       -      -
    B    2017-18-Q4  420        10000        0.042   yes    0.042
    B    2017-18     1680       10000        0.168   yes    0.168
    B    2018-19-Q1  1426       10000        0.1426  -      -
    B    2018-19-Q4  474        10000        0.0474  no     0.0475
    B    2018-19     1900       10000        0.19    yes    0.19
    B    2020-21-Q1  0          10000        0       -      -
    B    2020-21     0          10000        0       -      -
    """,
    units="""
    id   org  den  num  because                quantity
    A    A    no   no   of_the_financial_year  10000
    A    A    no   no   of_the_financial_year  10000
    A    A    yes  no   -                      10000
    A    A    no   no   of_the_financial_year  10000
    B    B    no   no   of_the_financial_year  10000
    B    B    no   no   of_the_financial_year  10000
    B    B    yes  no   -                      10000
    B    B    no   no   of_the_financial_year  10000
    """,
)
spec(
    "E.A.3",
    "England adds entrants and prevalence, then divides",
    "Without commissioners outside England (NONC).",
    "2017-18-Q4",
    {
        "referrals": """
            id  ccg   in          count  den  num  because
            r1  A     2017-12-01  3      no   yes  -
            r2  B     2017-12-01  5      no   yes  -
            r3  NONC  2017-12-01  1      no   yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2018-01-10  02    yes
            r2   2018-01-10  02    yes
            r3   2018-01-10  02    yes
            """,
        "prevalence": """
            ccg  year     people
            A    2017-18  50.5
            B    2017-18  149.5
            """,
    },
    """
    org      level    numerator  denominator  value  meets  status
    A        ccg      3          50.5         6/101  yes    ok
    B        ccg      5          149.5        10/299 no     ok
    NONC     ccg      1          -            -      -      no_denominator
    ENGLAND  england  8          200          0.04   no     ok
    """,
    units="""
    id   org  den  num  because  quantity
    A    A    yes  no   -        50.5
    B    B    yes  no   -        149.5
    """,
)

# E.A.S.2 -----------------------------------------------------------------------------------------

TWO_SESSIONS = """
    ref  date        type  came
    r1   2017-04-10  02    yes
    r1   2017-05-10  02    yes
    r2   2017-04-10  02    yes
    r2   2017-05-10  02    yes
    r3   2017-04-10  02    yes
    r3   2017-05-10  02    yes
    r4   2017-04-10  02    yes
    r4   2017-05-10  02    yes
    r5   2017-04-10  02    yes
    r5   2017-05-10  02    yes
    r6   2017-04-10  02    yes
    r6   2017-05-10  02    yes
    r7   2017-04-10  02    yes
    r7   2017-05-10  02    yes
    r8   2017-04-10  02    yes
    r8   2017-05-10  02    yes
    r9   2017-04-10  02    yes
    r9   2017-05-10  02    yes
    """

spec(
    "E.A.S.2",
    "A first PHQ-9 of 10 or a first GAD-7 of 8 is a case, 9 and 7 are not",
    "Those not at caseness at first leave the denominator. One measure at its cut-off is enough.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  10  7   0   0   yes  yes  -
            r2  A    2017-04-01  2017-06-01  9   8   0   0   yes  yes  -
            r3  A    2017-04-01  2017-06-01  9   7   0   0   no   no   not_below_caseness_at_first
            r4  A    2017-04-01  2017-06-01  27  21  0   0   yes  yes  -
            r5  A    2017-04-01  2017-06-01  0   0   27  21  no   no   not_below_caseness_at_first
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
)
spec(
    "E.A.S.2",
    "Recovered means both last scores below their cut-offs, whichever made the case",
    "A measure that gets worse into caseness is no recovery.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  10  8   9   7   yes  yes  -
            r2  A    2017-04-01  2017-06-01  10  8   10  7   yes  no   below_caseness_at_last
            r3  A    2017-04-01  2017-06-01  10  8   9   8   yes  no   below_caseness_at_last
            r4  A    2017-04-01  2017-06-01  10  0   9   8   yes  no   below_caseness_at_last
            r5  A    2017-04-01  2017-06-01  0   8   10  7   yes  no   below_caseness_at_last
            r6  A    2017-04-01  2017-06-01  10  8   10  8   yes  no   below_caseness_at_last
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    1          6            1/6    no
    """,
)
spec(
    "E.A.S.2",
    "A referral with a missing first score stays, and is a case if the other score makes it one",
    "Not at caseness needs both first scores (A07).",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  10  -   0   0   yes  yes  -
            r2  A    2017-04-01  2017-06-01  -   8   0   0   yes  yes  -
            r3  A    2017-04-01  2017-06-01  9   -   0   0   yes  no   case_at_first
            r4  A    2017-04-01  2017-06-01  -   7   0   0   yes  no   case_at_first
            r5  A    2017-04-01  2017-06-01  -   -   0   0   yes  no   case_at_first
            r6  A    2017-04-01  2017-06-01  9   7   0   0   no   no   not_below_caseness_at_first
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    2          5            2/5    no
    """,
)
spec(
    "E.A.S.2",
    "Without both last scores a case has not recovered",
    "It stays in the denominator (A07).",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  20  20  0   -   yes  no   last_scores_known
            r2  A    2017-04-01  2017-06-01  20  20  -   0   yes  no   last_scores_known
            r3  A    2017-04-01  2017-06-01  20  20  -   -   yes  no   last_scores_known
            r4  A    2017-04-01  2017-06-01  20  20  0   0   yes  yes  -
            r5  A    2017-04-01  2017-06-01  -   -   -   -   yes  no   case_at_first
            r6  A    2017-04-01  2017-06-01  9   7   -   -   no   no   not_below_caseness_at_first
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    1          5            1/5    no
    """,
)
spec(
    "E.A.S.2",
    "Empty scores are missing scores",
    "The columns of scores must be there (`no_scores`); what they leave empty is missing.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  p2  a1  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  -   -   -   -   yes  no   case_at_first
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    0          1            0      no
    """,
)
for measure, case, no_case in (
    ("gad7", "8", "7"),
    ("GAD-7", "8", "7.9"),
    ("oci", "40", "39"),
    ("SPIN", "19", "18"),
    ("ies_r", "33", "32"),
    ("pdss", "8", "7"),
    ("mi", "2.3", "2.299999999"),
    ("hai", "18", "17"),
    ("PSWQ", "45", "44"),
    ("-", "8", "7"),
):
    spec(
        "E.A.S.2",
        f"The cut-off of {measure if measure != '-' else 'an unnamed anxiety measure'} is {case}"
        f", {no_case} is below it",
        "Each anxiety measure has its own; where none is named it is GAD-7.",
        "2017-18-Q1",
        {
            "referrals": """
                id  ccg  in          end         measure  p1  a1     p2  a2     den  num  because
                r1  A    2017-04-01  2017-06-01  NAME     0   CASE   0   UNDER  yes  yes  -
                r2  A    2017-04-01  2017-06-01  NAME     0   UNDER  0   UNDER  no   no   LEAVES
                r3  A    2017-04-01  2017-06-01  NAME     10  UNDER  0   CASE   yes  no   STAYS
                """,
            "appointments": TWO_SESSIONS,
        },
        """
        org  numerator  denominator  value  meets
        A    1          2            1/2    yes
        """,
        {
            "NAME": measure,
            "CASE": case,
            "UNDER": no_case,
            "LEAVES": "not_below_caseness_at_first",
            "STAYS": "below_caseness_at_last",
        },
    )
spec(
    "E.A.S.2",
    "Referrals that end on the first and on the last day count, the days outside do not",
    "The end of the referral places it; open referrals have not finished.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-01-01  2017-03-31  20  20  0   0   no   no   ended_in_the_period
            r2  A    2017-01-01  2017-04-01  20  20  0   0   yes  yes  -
            r3  A    2017-01-01  2017-06-30  20  20  0   0   yes  yes  -
            r4  A    2017-01-01  2017-07-01  20  20  0   0   no   no   ended_in_the_period
            r5  A    2017-01-01  -           20  20  0   0   no   no   ended_in_the_period
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  period      numerator  denominator  value  meets
    A    2016-17-Q4  1          1            1      -
    A    2017-18-Q1  2          2            1      yes
    A    2017-18-Q2  1          1            1      yes
    A    2017-18     3          3            1      -
    """,
)
spec(
    "E.A.S.2",
    "A course is two attended treatment sessions",
    "One session is none; an assessment, a missed session or a review does not make the second. "
    "Two on one day do, and so does a session after the day the referral ended.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-04-01  2017-06-01  20  20  0   0   yes  yes  -
            r2  A    2017-04-01  2017-06-01  20  20  0   0   no   no   at_least_two_sessions
            r3  A    2017-04-01  2017-06-01  20  20  0   0   no   no   at_least_two_sessions
            r4  A    2017-04-01  2017-06-01  20  20  0   0   no   no   at_least_two_sessions
            r5  A    2017-04-01  2017-06-01  20  20  0   0   no   no   at_least_two_sessions
            r6  A    2017-04-01  2017-06-01  20  20  0   0   yes  yes  -
            r7  A    2017-04-01  2017-06-01  20  20  0   0   no   no   at_least_two_sessions
            r8  A    2017-04-01  2017-06-01  20  20  0   0   yes  yes  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-04-10  03    yes
            r1   2017-05-10  05    yes
            r2   2017-04-10  02    yes
            r3   2017-04-10  02    yes
            r3   2017-05-10  02    no
            r4   2017-04-10  01    yes
            r4   2017-05-10  02    yes
            r5   2017-04-10  02    yes
            r5   2017-05-10  04    yes
            r5   2017-05-11  06    yes
            r6   2017-04-10  02    yes
            r6   2017-04-10  02    yes
            r8   2017-04-10  02    yes
            r8   2017-06-02  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
)
spec(
    "E.A.S.2",
    "A score that its measure cannot give is an error, the highest that it can give is not",
    "PHQ-9 gives 27 at most; the anxiety score is of the measure named, else of GAD-7 (21).",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg in         end        measure p1 a1  p2 a2 den num because
            r1  A   2017-04-01 2017-06-01 -       27 20  0  0  yes yes -
            r2  A   2017-04-01 2017-06-01 -       28 20  0  0  no  no  score_impossible
            r3  A   2017-04-01 2017-06-01 -       20 20  27 0  yes no  below_caseness_at_last
            r4  A   2017-04-01 2017-06-01 -       20 20  28 0  no  no  score_impossible
            r5  A   2017-04-01 2017-06-01 -       20 21  0  0  yes yes -
            r6  A   2017-04-01 2017-06-01 -       20 22  0  0  no  no  score_impossible
            r7  A   2017-04-01 2017-06-01 gad7    20 20  0  22 no  no  score_impossible
            r8  A   2017-04-01 2017-06-01 oci     20 168 0  0  yes yes -
            r9  A   2017-04-01 2017-06-01 oci     20 169 0  0  no  no  score_impossible
            r10 A   2017-04-01 2017-06-01 mi      20 5   0  1  yes yes -
            r11 A   2017-04-01 2017-06-01 mi      20 5.1 0  1  no  no  score_impossible
            r12 A   2017-04-01 2017-06-01 -       -  40  0  0  no  no  score_impossible
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-04-10  02    yes
            r1   2017-04-20  02    yes
            r2   2017-04-10  02    yes
            r2   2017-04-20  02    yes
            r3   2017-04-10  02    yes
            r3   2017-04-20  02    yes
            r4   2017-04-10  02    yes
            r4   2017-04-20  02    yes
            r5   2017-04-10  02    yes
            r5   2017-04-20  02    yes
            r6   2017-04-10  02    yes
            r6   2017-04-20  02    yes
            r7   2017-04-10  02    yes
            r7   2017-04-20  02    yes
            r8   2017-04-10  02    yes
            r8   2017-04-20  02    yes
            r9   2017-04-10  02    yes
            r9   2017-04-20  02    yes
            r10  2017-04-10  02    yes
            r10  2017-04-20  02    yes
            r11  2017-04-10  02    yes
            r11  2017-04-20  02    yes
            r12  2017-04-10  02    yes
            r12  2017-04-20  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    4          5            0.8    yes
    """,
)
spec(
    "E.A.S.2",
    "A referral that ends before it was received is an error, one that ends that day is not",
    "The day it was received is not needed.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg  in          end         p1  a1  p2  a2  den  num  because
            r1  A    2017-06-02  2017-06-01  20  20  0   0   no   no   ended_before_received
            r2  A    2017-06-01  2017-06-01  20  20  0   0   yes  yes  -
            r3  A    -           2017-06-01  20  20  0   0   yes  yes  -
            r4  A    2017-05-31  2017-06-01  20  20  0   0   yes  yes  -
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
)
spec(
    "E.A.S.2",
    "Exactly 50% meets the standard of a quarter",
    "The unrounded rate is tested: 49.96%, printed as 50.0%, does not meet it. The standard is of "
    "2017/18 and 2018/19; a year has no verdict.",
    "2017-18-Q1",
    {
        "referrals": """
            id  ccg    in          end         p1  a1  p2  a2  count  den  num  because
            r1  EXACT  2017-04-01  2017-06-01  20  20  0   0   25     yes  yes  -
            r2  EXACT  2017-04-01  2017-06-01  20  20  20  0   25     yes  no   still_case
            r3  EXACT  2017-04-01  2017-06-01  0   0   20  0   50     no   no   no_case
            r4  BELOW  2017-04-01  2017-06-01  20  20  0   0   1249   yes  yes  -
            r5  BELOW  2017-04-01  2017-06-01  20  20  20  0   1251   yes  no   still_case
            r6  NONE   2017-04-01  2017-06-01  0   0   0   0   7      no   no   no_case
            r7  LATER  2017-04-01  2019-04-01  20  20  0   0   1      no   no   ended_in_the_period
            """,
        "appointments": TWO_SESSIONS,
    },
    """
    org    period      numerator  denominator  value   meets  status
    EXACT  2017-18-Q1  25         50           0.5     yes    ok
    BELOW  2017-18-Q1  1249       2500         0.4996  no     ok
    NONE   2017-18-Q1  0          0            -       -      no_cases
    LATER  2017-18-Q1  0          0            -       -      no_cases
    EXACT  2017-18     25         50           0.5     -      ok
    BELOW  2017-18     1249       2500         0.4996  -      ok
    NONE   2017-18     0          0            -       -      no_cases
    LATER  2017-18     0          0            -       -      no_cases
    EXACT  2019-20-Q1  0          0            -       -      no_cases
    BELOW  2019-20-Q1  0          0            -       -      no_cases
    NONE   2019-20-Q1  0          0            -       -      no_cases
    LATER  2019-20-Q1  1          1            1       -      ok
    """,
    {"still_case": "below_caseness_at_last", "no_case": "not_below_caseness_at_first"},
)

# E.H.1_A1 and E.H.2_A2 ---------------------------------------------------------------------------

for code, limit, dates in (
    ("E.H.1_A1", "within_6_weeks", ("2017-04-11", "2017-04-12", "2017-04-13")),
    ("E.H.2_A2", "within_18_weeks", ("2017-07-04", "2017-07-05", "2017-07-06")),
):
    words = dict(zip(("BEFORE", "AT", "AFTER"), dates, strict=True)) | {"TOO_LONG": limit}
    days = "42" if "A1" in code else "126"
    spec(
        code,
        f"A first session {days} days after referral is within the limit, a day more is not",
        "Referral on 1 March 2017 is day 0. The first session counts, not the second.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         count  den  num  because
                r1  A    2017-03-01  2017-07-31  17     yes  yes  -
                r2  A    2017-03-01  2017-07-31  1      yes  yes  -
                r3  A    2017-03-01  2017-07-31  1      yes  no   TOO_LONG
                r4  A    2017-03-01  2017-07-31  1      yes  yes  -
                r5  A    2017-03-01  2017-07-31  1      yes  yes  -
                """,
            "appointments": """
                ref  date        type  came
                r1   BEFORE      02    yes
                r1   2017-07-20  02    yes
                r2   AT          02    yes
                r2   2017-07-20  02    yes
                r3   AFTER       02    yes
                r3   2017-07-20  02    yes
                r4   2017-07-20  02    yes
                r4   2017-03-01  02    yes
                r5   2017-07-20  02    yes
                r5   AT          05    yes
                """,
        },
        """
        org  numerator  denominator  value  meets
        A    20         21           20/21  yes
        """,
        words,
    )
    spec(
        code,
        "An assessment or a missed session is not the start of treatment",
        "The wait runs to the first session attended of type 02, 03 or 05.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    2017-03-01  2017-07-31  yes  no   TOO_LONG
                r2  A    2017-03-01  2017-07-31  yes  no   TOO_LONG
                """,
            "appointments": """
                ref  date        type  came
                r1   AT          01    yes
                r1   AFTER       02    yes
                r1   2017-07-20  02    yes
                r2   AT          02    no
                r2   AFTER       02    yes
                r2   2017-07-20  02    yes
                """,
        },
        """
        org  numerator  denominator  value  meets
        A    0          2            0      no
        """,
        words,
    )
    spec(
        code,
        "A first session before the referral is an error, one on its day is not",
        "A negative wait leaves numerator and denominator; so does a referral without the day it "
        "was received, or one that ends before it.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    2017-05-02  2017-07-31  no   no   not_treated_before_received
                r2  A    2017-05-01  2017-07-31  yes  yes  -
                r3  A    -           2017-07-31  no   no   referral_received_date_missing
                r4  A    2017-08-01  2017-07-31  no   no   ended_before_received
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-05-01  02    yes
                r1   2017-06-01  02    yes
                r2   2017-05-01  02    yes
                r2   2017-06-01  02    yes
                r3   2017-05-01  02    yes
                r3   2017-06-01  02    yes
                r4   2017-09-01  02    yes
                r4   2017-10-01  02    yes
                """,
        },
        """
        org  numerator  denominator  value  meets
        A    1          1            1      yes
        """,
    )
    spec(
        code,
        "Only referrals that end in the period with a course of treatment are judged",
        "Ends on the first and the last day count. One session is no course, and open referrals "
        "have not finished.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    2017-03-01  2017-06-30  no   no   ended_in_the_period
                r2  A    2017-03-01  2017-07-01  yes  yes  -
                r3  A    2017-03-01  2017-09-30  yes  yes  -
                r4  A    2017-03-01  2017-10-01  no   no   ended_in_the_period
                r5  A    2017-03-01  -           no   no   ended_in_the_period
                r6  A    2017-03-01  2017-09-30  no   no   at_least_two_sessions
                r7  A    2017-03-01  2017-09-30  no   no   at_least_two_sessions
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-03-10  02    yes
                r1   2017-03-17  02    yes
                r2   2017-03-10  02    yes
                r2   2017-03-17  02    yes
                r3   2017-03-10  02    yes
                r3   2017-03-17  02    yes
                r4   2017-03-10  02    yes
                r4   2017-03-17  02    yes
                r5   2017-03-10  02    yes
                r5   2017-03-17  02    yes
                r6   2017-03-10  02    yes
                """,
        },
        """
        org  period      numerator  denominator  value  meets
        A    2017-18-Q1  1          1            1      yes
        A    2017-18-Q2  2          2            1      yes
        A    2017-18-Q3  1          1            1      yes
        A    2017-18     4          4            1      yes
        """,
    )

for code, exact, below in (
    ("E.H.1_A1", (75, 25), (7496, 2504)),
    ("E.H.2_A2", (95, 5), (9496, 504)),
):
    share = exact[0]
    spec(
        code,
        f"Exactly {share}% meets the standard",
        "The unrounded rate is tested, in quarters and years of 2017/18 and 2018/19.",
        "2017-18-Q2",
        {
            "referrals": f"""
                id  ccg    in          end         count       den  num  because
                r1  EXACT  2017-03-01  2017-07-31  {exact[0]}  yes  yes  -
                r2  EXACT  2016-03-01  2017-07-31  {exact[1]}  yes  no   TOO_LONG
                r3  BELOW  2017-03-01  2017-07-31  {below[0]}  yes  yes  -
                r4  BELOW  2016-03-01  2017-07-31  {below[1]}  yes  no   TOO_LONG
                r5  EXACT  2017-03-01  2017-03-31  1           no   no   ended_in_the_period
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-03-10  02    yes
                r1   2017-03-17  02    yes
                r2   2017-03-10  02    yes
                r2   2017-03-17  02    yes
                r3   2017-03-10  02    yes
                r3   2017-03-17  02    yes
                r4   2017-03-10  02    yes
                r4   2017-03-17  02    yes
                r5   2017-03-10  02    yes
                r5   2017-03-17  02    yes
                """,
        },
        f"""
        org    period      numerator   denominator  value              meets  status
        EXACT  2016-17     1           1            1                  -      ok
        BELOW  2016-17     0           0            -                  -      no_cases
        EXACT  2017-18-Q2  {exact[0]}  100          {exact[0]}/100     yes    ok
        BELOW  2017-18-Q2  {below[0]}  10000        {below[0]}/10000   no     ok
        EXACT  2017-18     {exact[0]}  100          {exact[0]}/100     yes    ok
        BELOW  2017-18     {below[0]}  10000        {below[0]}/10000   no     ok
        """,
        {"TOO_LONG": "within_6_weeks" if share == 75 else "within_18_weeks"},
    )

# E.H.1_B1 and E.H.2_B2 ---------------------------------------------------------------------------

for code, limit, received in (
    ("E.H.1_B1", "within_6_weeks", ("2017-07-10", "2017-07-09", "2017-07-08")),
    ("E.H.2_B2", "within_18_weeks", ("2017-04-17", "2017-04-16", "2017-04-15")),
):
    words = dict(zip(("BEFORE", "AT", "AFTER"), received, strict=True)) | {"TOO_LONG": limit}
    days = "42" if "B1" in code else "126"
    spec(
        code,
        f"A first session {days} days after referral is within the limit, a day more is not",
        "First sessions on 20 August 2017; the referral need not have ended, nor go on to a "
        "second session.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    BEFORE      -           yes  yes  -
                r2  A    AT          2018-07-31  yes  yes  -
                r3  A    AFTER       -           yes  no   TOO_LONG
                r4  A    2017-08-20  2017-08-31  yes  yes  -
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-08-20  02    yes
                r2   2017-08-20  02    yes
                r2   2017-09-20  02    yes
                r3   2017-08-20  02    yes
                r4   2017-08-20  02    yes
                """,
        },
        """
        org  numerator  denominator  value  meets
        A    3          4            3/4    -
        """,
        words,
    )
    spec(
        code,
        "The first session places the referral",
        "On the first and the last day of the period it counts, outside it does not, wherever the "
        "second session and the end are.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    2017-06-01  2017-07-31  no   no   first_treated_in_the_period
                r2  A    2017-06-01  2017-07-31  yes  yes  -
                r3  A    2017-09-01  -           yes  yes  -
                r4  A    2017-09-01  -           no   no   first_treated_in_the_period
                r5  A    2017-09-01  2017-09-02  no   no   first_treated_in_the_period
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-06-30  02    yes
                r1   2017-07-10  02    yes
                r2   2017-07-01  03    yes
                r3   2017-09-30  05    yes
                r4   2017-10-01  02    yes
                r4   2017-09-15  02    no
                r5   2017-09-15  01    yes
                """,
        },
        """
        org  period      numerator  denominator  value  meets
        A    2017-18-Q1  1          1            1      -
        A    2017-18-Q2  2          2            1      -
        A    2017-18-Q3  1          1            1      -
        A    2017-18     4          4            1      -
        """,
    )
    spec(
        code,
        "A first session before the referral is an error, and the day of referral is needed",
        "Such referrals are in neither numerator nor denominator.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         den  num  because
                r1  A    2017-08-21  -           no   no   not_treated_before_received
                r2  A    -           -           no   no   referral_received_date_missing
                r3  A    2017-08-20  2017-08-19  no   no   ended_before_received
                r4  B    2017-08-20  2017-08-20  yes  yes  -
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-08-20  02    yes
                r2   2017-08-20  02    yes
                r3   2017-08-20  02    yes
                r4   2017-08-20  02    yes
                """,
        },
        """
        org  numerator  denominator  value  meets  status
        A    0          0            -      -      no_cases
        B    1          1            1      -      ok
        """,
    )

# E.H.3_C1 ----------------------------------------------------------------------------------------

spec(
    "E.H.3_C1",
    "Courses of treatment are set against single sessions",
    "Of referrals that end in the period: two or more sessions against exactly one. With none, a "
    "referral is neither.",
    "2017-18-Q2",
    {
        "referrals": """
            id  ccg  in          end         den  num  because
            r1  A    2017-03-01  2017-07-31  no   yes  -
            r2  A    2017-03-01  2017-07-31  no   yes  -
            r3  A    2017-03-01  2017-07-31  no   yes  -
            r4  A    2017-03-01  2017-07-31  yes  no   at_least_two_sessions
            r5  A    2017-03-01  2017-07-31  yes  no   at_least_two_sessions
            r6  A    2017-03-01  2017-07-31  no   no   at_least_two_sessions
            r7  A    2017-03-01  -           no   no   ended_in_the_period
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-05-01  02    yes
            r1   2017-06-01  02    yes
            r2   2017-05-01  02    yes
            r2   2017-05-01  02    yes
            r3   2017-05-01  02    yes
            r3   2017-06-01  03    yes
            r3   2017-07-01  05    yes
            r4   2017-05-01  02    yes
            r4   2017-06-01  02    no
            r5   2017-04-01  01    yes
            r5   2017-05-01  03    yes
            r6   2017-05-01  01    yes
            r7   2017-05-01  02    yes
            r7   2017-06-01  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    3          2            3/2    -
    """,
)
spec(
    "E.H.3_C1",
    "Ends on the first and on the last day count, the days outside do not",
    "Without single sessions there is no ratio, though the courses are counted.",
    "2017-18-Q2",
    {
        "referrals": """
            id  ccg  in          end         count  den  num  because
            r1  A    2017-03-01  2017-06-30  3      no   no   ended_in_the_period
            r2  A    2017-03-01  2017-07-01  3      no   yes  -
            r3  A    2017-03-01  2017-09-30  2      yes  no   at_least_two_sessions
            r4  A    2017-03-01  2017-10-01  2      no   no   ended_in_the_period
            r5  B    2017-03-01  2017-09-30  1      no   yes  -
            r6  C    2017-10-01  2017-09-30  1      no   no   ended_before_received
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-05-01  02    yes
            r1   2017-06-01  02    yes
            r2   2017-05-01  02    yes
            r2   2017-06-01  02    yes
            r3   2017-05-01  02    yes
            r4   2017-05-01  02    yes
            r5   2017-05-01  02    yes
            r5   2017-06-01  02    yes
            r6   2017-05-01  02    yes
            r6   2017-06-01  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets  status
    A    3          2            3/2    -      ok
    B    1          0            -      -      no_cases
    C    0          0            -      -      no_cases
    """,
)

# E.H.3_C2 ----------------------------------------------------------------------------------------

spec(
    "E.H.3_C2",
    "All sessions of finished courses, over the number of courses",
    "Sessions before the period count too, missed ones and those that are no treatment do not.",
    "2017-18-Q2",
    {
        "referrals": """
            id  ccg  in          end
            r1  A    2017-03-01  2017-07-01
            r2  A    2017-03-01  2017-09-30
            """,
        "appointments": """
            ref  date        type  came  count
            r1   2017-05-01  02    yes   1
            r1   2017-06-01  02    yes   1
            r2   2017-05-01  02    yes   1
            r2   2017-05-01  02    yes   2
            r2   2017-05-08  03    yes   1
            r2   2017-05-15  05    yes   -
            r2   2017-05-22  02    no    1
            r2   2017-05-29  04    yes   1
            r2   2017-06-05  02    yes   0
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    7          2            7/2    -
    """,
    units="""
    id  org  den  num  because  quantity
    r1  A    yes  yes  -        2
    r2  A    yes  yes  -        5
    """,
)
spec(
    "E.H.3_C2",
    "Single sessions, and referrals that end outside the period, are no courses of it",
    "The mean is of referrals that finish a course in the period (A25).",
    "2017-18-Q2",
    {
        "referrals": """
            id  ccg  in          end         den  num  because
            r1  A    2017-03-01  2017-09-30  no   no   at_least_two_sessions
            r2  A    2017-03-01  2017-10-01  no   no   ended_in_the_period
            r3  A    2017-03-01  2017-06-30  no   no   ended_in_the_period
            r4  B    2017-10-01  2017-09-30  no   no   ended_before_received
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-05-01  02    yes
            r2   2017-05-01  02    yes
            r3   2017-05-01  02    yes
            r4   2017-05-01  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets  status
    A    0          0            -      -      no_cases
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.H.3_C2",
    "A row may stand for several referrals with the same sessions",
    "Its sessions count once for each.",
    "2017-18-Q2",
    {
        "referrals": """
            id  ccg  in          end         count
            r1  A    2017-03-01  2017-07-01  3
            r2  A    2017-03-01  2017-09-30  -
            """,
        "appointments": """
            ref  date        type  came
            r1   2017-05-01  02    yes
            r1   2017-06-01  02    yes
            r2   2017-05-01  02    yes
            r2   2017-05-08  02    yes
            r2   2017-05-15  02    yes
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    9          4            9/4    -
    """,
    units="""
    id  org  den  num  because  quantity  count
    r1  A    yes  yes  -        6         3
    r2  A    yes  yes  -        3         1
    """,
)

# E.H.3_C3 and E.H.3_C4 ---------------------------------------------------------------------------

for code, limit, first in (
    ("E.H.3_C3", "within_28_days", ("2017-07-24", "2017-07-23", "2017-07-22")),
    ("E.H.3_C4", "within_90_days", ("2017-05-23", "2017-05-22", "2017-05-21")),
):
    words = dict(zip(("BEFORE", "AT", "AFTER"), first, strict=True)) | {"TOO_LONG": limit}
    days = "28" if "C3" in code else "90"
    spec(
        code,
        f"A second session {days} days after the first is within the limit, a day more is not",
        "Second sessions on 20 August 2017, the first one to three months before (A26). Two on one "
        "day are 0 days apart; a third session changes nothing.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          den  num  because
                r1  A    2017-03-01  yes  yes  -
                r2  A    2017-03-01  yes  yes  -
                r3  A    2017-03-01  yes  no   TOO_LONG
                r4  A    2017-03-01  yes  yes  -
                r5  A    2017-03-01  yes  yes  -
                r6  A    -           yes  yes  -
                r7  A    2017-09-09  yes  yes  -
                """,
            "appointments": """
                ref  date        type  came
                r1   BEFORE      02    yes
                r1   2017-08-20  02    yes
                r2   2017-08-20  05    yes
                r2   AT          03    yes
                r2   2017-08-27  02    yes
                r3   AFTER       02    yes
                r3   2017-08-20  02    yes
                r4   2017-08-20  02    yes
                r4   2017-08-20  02    yes
                r5   AT          02    yes
                r5   2017-08-20  02    yes
                r5   2017-08-20  02    yes
                r6   AT          02    yes
                r6   2017-08-20  02    yes
                r7   AT          02    yes
                r7   2017-08-20  02    yes
                """,
        },
        """
        org  numerator  denominator  value  meets
        A    6          7            6/7    -
        """,
        words,
    )
    spec(
        code,
        "The second session places the referral",
        "On the first and the last day of the period it counts; a third session in the period, "
        "missed sessions and reviews do not make a second.",
        "2017-18-Q2",
        {
            "referrals": """
                id  ccg  in          end         count  den  num  because
                r1  A    2017-03-01  -           1      no   no   second_treated_in_the_period
                r2  A    2017-03-01  2018-01-01  2      yes  yes  -
                r3  A    2017-03-01  -           3      yes  yes  -
                r4  A    2017-03-01  -           1      no   no   second_treated_in_the_period
                r5  A    2017-03-01  -           1      no   no   second_treated_in_the_period
                r6  A    2017-03-01  -           1      no   no   second_treated_in_the_period
                r7  A    2017-03-01  -           1      no   no   second_treated_in_the_period
                r8  B    2017-03-01  2017-02-01  1      yes  yes  -
                """,
            "appointments": """
                ref  date        type  came
                r1   2017-06-23  02    yes
                r1   2017-06-30  02    yes
                r1   2017-07-07  02    yes
                r2   2017-06-24  02    yes
                r2   2017-07-01  02    yes
                r3   2017-09-23  02    yes
                r3   2017-09-30  02    yes
                r4   2017-09-24  02    yes
                r4   2017-10-01  02    yes
                r5   2017-08-01  02    yes
                r6   2017-08-01  02    yes
                r6   2017-08-08  02    no
                r6   2017-08-08  04    yes
                r8   2017-08-01  02    yes
                r8   2017-08-08  02    yes
                """,
        },
        """
        org  period      numerator  denominator  value  status
        A    2017-18-Q1  1          1            1      ok
        A    2017-18-Q2  5          5            1      ok
        A    2017-18-Q3  1          1            1      ok
        A    2017-18     7          7            1      ok
        B    2017-18-Q1  0          0            -      no_cases
        B    2017-18-Q2  1          1            1      ok
        B    2017-18-Q3  0          0            -      no_cases
        B    2017-18     1          1            1      ok
        """,
    )
