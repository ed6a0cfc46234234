"""What the line of the use of e-RS counts, shown record by record.

Read each table as: given these bookings and returns, in this period, this is what becomes of each
and these are the figures. `-` is missing; a table without a column has nothing in it. Bookings are
the numerator's, returns the denominator's: what becomes of each is shown of both, and of a return
also the referrals that it is estimated to stand for (`quantity`).
"""
# ruff: noqa: E501

from __future__ import annotations

from spec import Book

spec = Book(
    "bookings",
    {
        "id": "booking_id",
        "ccg": "ccg_code",
        "booked": "booking_date",
        "type": "appt_type",
        "new": "new_booking",
        "before": "previously_booked",
        "converted": "converted_from_assessment",
        "referrals": "mar_gp_referrals_all",
        "outside": "non_english",
        "dental": "dental_share",
    },
)
SPECS = spec.specs

# A return that several specifications use: nothing is taken off.
MAR = """
    ccg  month    referrals  outside  dental  den  num  because  quantity
    A    2017-06  10         0        0       yes  no   -        10
"""


def add(
    title: str,
    sentence: str,
    period: str,
    bookings: str,
    mar: str,
    answers: str,
    words: dict[str, str] | None = None,
) -> None:
    """Add a specification of the only line that the family has."""
    spec("E.P.1", title, sentence, period, {"bookings": bookings, "mar": mar}, answers, words)


add(
    "Bookings on the first and on the last day count, the days outside do not",
    "The day of the booking places it; the return is the month's own.",
    "2017-06",
    """
    | id | ccg | booked     | type             | specialty | new | before | converted | den | num | because              |
    | b1 | A   | 2017-05-31 | First Outpatient | 100       | yes | no     | no        | no  | no  | booked_in_the_period |
    | b2 | A   | 2017-06-01 | First Outpatient | 100       | yes | no     | no        | no  | yes | -                    |
    | b3 | A   | 2017-06-30 | First Outpatient | 100       | yes | no     | no        | no  | yes | -                    |
    | b4 | A   | 2017-07-01 | First Outpatient | 100       | yes | no     | no        | no  | no  | booked_in_the_period |
    """,
    """
    ccg  month    referrals  outside  dental  den  num  because              quantity
    A    2017-05  99         0        0       no   no   month_in_the_period  99
    A    2017-06  10         0        0       yes  no   -                    10
    A    2017-07  99         0        0       no   no   month_in_the_period  99
    """,
    """
    org  numerator  denominator  value  meets
    A    2          10           0.2    -
    """,
)
add(
    "First outpatient, two week wait and converted bookings count, each once",
    "A booking that is several of these is one booking (A55).",
    "2017-06",
    """
    | id | ccg | booked     | type             | specialty | new | before | converted | den | num | because |
    | b1 | A   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -       |
    | b2 | A   | 2017-06-15 | Follow Up        | 2WW       | yes | no     | no        | no  | yes | -       |
    | b3 | A   | 2017-06-15 | First Outpatient | 2WW       | yes | no     | no        | no  | yes | -       |
    | b4 | A   | 2017-06-15 | First Outpatient | 2WW       | yes | no     | yes       | no  | yes | -       |
    | b5 | A   | 2017-06-15 | Assessment       | 100       | yes | no     | yes       | no  | yes | -       |
    | b6 | A   | 2017-06-15 | Assessment       | 100       | no  | yes    | yes       | no  | yes | -       |
    | b7 | A   | 2017-06-15 | first outpatient | 2ww       | 1   | 0      | false     | no  | yes | -       |
    | b8 | A   | 2017-06-15 | Assessment       | 100       | yes | no     | no        | no  | no  | kind    |
    | b9 | A   | 2017-06-15 | Follow Up        | 100       | yes | no     | no        | no  | no  | kind    |
    """,
    MAR,
    """
    org  numerator  denominator  value  meets
    A    7          10           0.7    -
    """,
    {"kind": "first_outpatient_or_two_week_wait_or_converted"},
)
add(
    "A booking must be new and nothing booked before, unless it is converted",
    "Both conditions hold for first outpatient and for two week wait bookings (A55).",
    "2017-06",
    """
    | id | ccg | booked     | type             | specialty | new | before | converted | den | num | because          |
    | b1 | A   | 2017-06-15 | First Outpatient | 100       | no  | no     | no        | no  | no  | new_or_converted |
    | b2 | A   | 2017-06-15 | First Outpatient | 100       | yes | yes    | no        | no  | no  | new_or_converted |
    | b3 | A   | 2017-06-15 | First Outpatient | 100       | no  | yes    | no        | no  | no  | new_or_converted |
    | b4 | A   | 2017-06-15 | Follow Up        | 2WW       | no  | no     | no        | no  | no  | new_or_converted |
    | b5 | A   | 2017-06-15 | Follow Up        | 2WW       | yes | yes    | no        | no  | no  | new_or_converted |
    | b6 | A   | 2017-06-15 | First Outpatient | 100       | no  | no     | yes       | no  | yes | -                |
    | b7 | A   | 2017-06-15 | First Outpatient | 100       | yes | yes    | yes       | no  | yes | -                |
    | b8 | A   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -                |
    """,
    MAR,
    """
    org  numerator  denominator  value  meets
    A    3          10           0.3    -
    """,
)
add(
    "A missing field leaves a booking out only where it decides",
    "One known reason to count is enough, and so is one known reason not to.",
    "2017-06",
    """
    | id  | ccg | booked     | type             | specialty | new | before | converted | den | num | because               |
    | b1  | A   | -          | First Outpatient | 100       | yes | no     | no        | no  | no  | booking_date_missing  |
    | b2  | A   | 2017-06-15 | -                | 2WW       | yes | no     | no        | no  | yes | -                     |
    | b3  | A   | 2017-06-15 | First Outpatient | -         | yes | no     | -         | no  | yes | -                     |
    | b4  | A   | 2017-06-15 | -                | -         | -   | -      | yes       | no  | yes | -                     |
    | b5  | A   | 2017-06-15 | -                | 100       | yes | no     | no        | no  | no  | open                  |
    | b6  | A   | 2017-06-15 | Follow Up        | -         | yes | no     | no        | no  | no  | open                  |
    | b7  | A   | 2017-06-15 | First Outpatient | 100       | -   | no     | no        | no  | no  | open                  |
    | b8  | A   | 2017-06-15 | First Outpatient | 100       | yes | -      | no        | no  | no  | open                  |
    | b9  | A   | 2017-06-15 | First Outpatient | 100       | no  | no     | -         | no  | no  | open                  |
    | b10 | A   | 2017-06-15 | Follow Up        | 100       | -   | no     | no        | no  | no  | kind                  |
    | b11 | A   | 2017-06-15 | First Outpatient | 100       | no  | -      | no        | no  | no  | new_or_converted      |
    | b12 | A   | 2017-06-15 | First Outpatient | 100       | -   | yes    | no        | no  | no  | new_or_converted      |
    | b13 | -   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | no  | organisation_missing  |
    | -   | A   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | no  | identifier_missing    |
    """,
    MAR,
    """
    org  numerator  denominator  value  meets
    A    3          10           0.3    -
    """,
    {
        "open": "decisive_answer_missing",
        "kind": "new_or_converted",
    },
)
add(
    "The estimate takes referrals outside England off first, and then the dental share",
    "(referrals - outside England) x (1 - dental share), exact to the billionth (A54).",
    "2017-06",
    """
    | id | ccg | booked     | type             | specialty | new | before | converted | den | num | because |
    | b1 | A   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -       |
    | b2 | C   | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -       |
    """,
    """
    ccg  month    referrals  outside  dental       den  num  because  quantity
    A    2017-06  1000       100      0.05         yes  no   -        855
    B    2017-06  1000       100      0            yes  no   -        900
    C    2017-06  7          0        0.123456789  yes  no   -        6.135802477
    D    2017-06  3          3        0.5          yes  no   -        0
    E    2017-06  3          0        1            yes  no   -        0
    """,
    """
    org  numerator  denominator  value                  status
    A    1          855          1/855                  ok
    B    0          900          0                      ok
    C    1          6.135802477  1000000000/6135802477  ok
    D    0          0            -                      no_cases
    E    0          0            -                      no_cases
    """,
)
add(
    "A commissioner without a return has no denominator",
    "Missing figures are not guessed, and more cannot be taken off than there is.",
    "2017-06",
    """
    | id | ccg  | booked     | type             | specialty | new | before | converted | den | num | because |
    | b1 | NONE | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -       |
    | b2 | SOME | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -       |
    """,
    """
    ccg    month    referrals   outside  dental       den  num  because                     quantity
    SOME   2017-06  10          0        0            yes  no   -  10
    SOME   -        10          0        0            no   no   month_missing  10
    LESS1  2017-06  -           0        0            no   no   referral_figures_missing  0
    LESS2  2017-06  10          -        0            no   no   referral_figures_missing  0
    LESS3  2017-06  10          0        -            no   no   referral_figures_missing  0
    MORE1  2017-06  10          11       0            no   no   referral_figures_impossible  0
    MORE2  2017-06  10          0        1.000000001  no   no   referral_figures_impossible  0
    MORE3  2017-06  1000000001  0        0            no   no   referral_figures_impossible  0
    -      2017-06  10          0        0            no   no   organisation_missing  10
    """,
    """
    org    numerator  denominator  value  status
    NONE   1          -            -      no_denominator
    SOME   1          10           0.1    ok
    LESS1  0          -            -      no_denominator
    LESS2  0          -            -      no_denominator
    LESS3  0          -            -      no_denominator
    MORE1  0          -            -      no_denominator
    MORE2  0          -            -      no_denominator
    MORE3  0          -            -      no_denominator
    """,
)
add(
    "A return that stands twice is one; two that disagree are none",
    "As records that share an identifier: a commissioner has one return a month.",
    "2017-06",
    """
    | id | ccg   | booked     | type             | specialty | new | before | converted | den | num | because              |
    | b1 | TWICE | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | yes | -                    |
    | b1 | TWICE | 2017-06-15 | first outpatient | 100       | 1   | 0      | no        | no  | no  | repeated             |
    | b2 | TWICE | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | no  | no  | identifier_disagrees |
    | b2 | TWICE | 2017-06-16 | First Outpatient | 100       | yes | no     | no        | no  | no  | identifier_disagrees |
    """,
    """
    ccg    month    referrals  outside  dental  den  num  because               quantity
    TWICE  2017-06  10         0        0.5     yes  no   -                     5
    twice  2017-06  10         0        0.50    no   no   repeated              -
    ODD    2017-06  10         0        0       no   no   identifier_disagrees  10
    ODD    2017-06  11         0        0       no   no   identifier_disagrees  11
    HALF   2017-06  10         0        0       no   no   identifier_disagrees  10
    HALF   2017-06  10         -        0       no   no   identifier_disagrees  0
    """,
    """
    org    numerator  denominator  value  status
    TWICE  1          5            0.2    ok
    ODD    0          -            -      no_denominator
    HALF   0          -            -      no_denominator
    """,
)
FIVE_A_MONTH = """
    | ccg | booked     | type             | specialty | new | before | converted | count | den | num | because |
    | A   | 2017-04-01 | First Outpatient | 100       | yes | no     | no        | 5     | no  | yes | -       |
    | A   | 2017-05-15 | First Outpatient | 100       | yes | no     | no        | 5     | no  | yes | -       |
    | A   | 2017-06-30 | First Outpatient | 100       | yes | no     | no        | 5     | no  | yes | -       |
    | B   | 2017-04-01 | First Outpatient | 100       | yes | no     | no        | 5     | no  | yes | -       |
    | B   | 2017-06-30 | First Outpatient | 100       | yes | no     | no        | 5     | no  | yes | -       |
"""
add(
    "A quarter adds bookings and estimates of its months, and needs a return for each",
    "Ten bookings of two months over the referrals of one would be too high a figure.",
    "2017-18-Q1",
    FIVE_A_MONTH,
    """
    ccg  month    referrals  outside  dental  den  num  because               quantity
    A    2017-04  10         0        0       yes  no   -                     10
    A    2017-05  20         2        0.5     yes  no   -                     9
    A    2017-06  30         0        0.1     yes  no   -                     27
    A    2017-07  40         0        0       no   no   month_in_the_period   40
    B    2017-04  10         0        0       no   no   every_month_is_there  10
    B    2017-06  10         0        0       no   no   every_month_is_there  10
    C    2017-04  10         0        0       no   no   every_month_is_there  10
    C    2017-05  10         0        0       no   no   identifier_disagrees            10
    C    2017-05  11         0        0       no   no   identifier_disagrees            11
    """,
    """
    org  period      numerator  denominator  value  status
    A    2017-04     5          10           0.5    ok
    A    2017-05     5          9            5/9    ok
    A    2017-06     5          27           5/27   ok
    A    2017-18-Q1  15         46           15/46  ok
    A    2017-18     15         -            -      no_denominator
    B    2017-04     5          10           0.5    ok
    B    2017-05     0          -            -      no_denominator
    B    2017-06     5          10           0.5    ok
    B    2017-18-Q1  10         -            -      no_denominator
    B    2017-18     10         -            -      no_denominator
    C    2017-04     0          10           0      ok
    C    2017-05     0          -            -      no_denominator
    C    2017-06     0          -            -      no_denominator
    C    2017-18-Q1  0          -            -      no_denominator
    C    2017-18     0          -            -      no_denominator
    """,
)
DATED = """
    | ccg  | booked     | type             | specialty | new | before | converted | count | den | num | because |
    | A    | 2017-08-31 | First Outpatient | 100       | yes | no     | no        | 80    | no  | no  | when    |
    | A    | 2017-09-01 | First Outpatient | 100       | yes | no     | no        | 80    | no  | yes | -       |
    | A    | 2018-08-31 | First Outpatient | 100       | yes | no     | no        | 80    | no  | no  | when    |
    | A    | 2018-09-01 | First Outpatient | 100       | yes | no     | no        | 80    | no  | no  | when    |
    | LESS | 2017-09-15 | First Outpatient | 100       | yes | no     | no        | 7999  | no  | yes | -       |
    | LESS | 2018-09-15 | First Outpatient | 100       | yes | no     | no        | 9999  | no  | no  | when    |
    | MORE | 2017-09-15 | First Outpatient | 100       | yes | no     | no        | 101   | no  | yes | -       |
    | MORE | 2018-09-15 | First Outpatient | 100       | yes | no     | no        | 100   | no  | no  | when    |
"""
add(
    "80% from September 2017 to August 2018, 100% from September 2018",
    "Exactly 80% and exactly 100% meet them; months before have no verdict (A68). The figure may "
    "pass 100%.",
    "2017-09",
    DATED,
    """
    ccg   month    referrals  outside  dental  den  num  because  quantity
    A     2017-08  100        0        0       no   no   not_now  100
    A     2017-09  100        0        0       yes  no   -  100
    A     2018-08  100        0        0       no   no   not_now  100
    A     2018-09  100        0        0       no   no   not_now  100
    LESS  2017-09  10000      0        0       yes  no   -  10000
    LESS  2018-09  10000      0        0       no   no   not_now  10000
    MORE  2017-09  100        0        0       yes  no   -  100
    MORE  2018-09  100        0        0       no   no   not_now  100
    """,
    """
    org   period   numerator  denominator  value   meets  standard  status
    A     2017-08  80         100          0.8     -      -         ok
    A     2017-09  80         100          0.8     yes    0.8       ok
    A     2018-08  80         100          0.8     yes    0.8       ok
    A     2018-09  80         100          0.8     no     1         ok
    LESS  2017-08  0          -            -       -      -         no_denominator
    LESS  2017-09  7999       10000        0.7999  no     0.8       ok
    LESS  2018-08  0          -            -       -      -         no_denominator
    LESS  2018-09  9999       10000        0.9999  no     1         ok
    MORE  2017-08  0          -            -       -      -         no_denominator
    MORE  2017-09  101        100          1.01    yes    0.8       ok
    MORE  2018-08  0          -            -       -      -         no_denominator
    MORE  2018-09  100        100          1       yes    1         ok
    """,
    {"when": "booked_in_the_period", "not_now": "month_in_the_period"},
)
add(
    "Bookings of commissioners outside England are in no total",
    "NONC is left out of England; X24 and UNKNOWN are in it. Sums stay exact.",
    "2017-06",
    """
    | ccg     | booked     | type             | specialty | new | before | converted | count | den | num | because |
    | A       | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | 40    | no  | yes | -       |
    | A       | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | -     | no  | yes | -       |
    | X24     | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | 2     | no  | yes | -       |
    | NONC    | 2017-06-15 | First Outpatient | 100       | yes | no     | no        | 9     | no  | yes | -       |
    """,
    """
    ccg      month    referrals  outside  dental  den  num  because  quantity
    A        2017-06  50         0        0.1     yes  no   -        45
    X24      2017-06  7          0        0.1     yes  no   -        6.3
    UNKNOWN  2017-06  7          0        0.1     yes  no   -        6.3
    NONC     2017-06  10         0        0       yes  no   -        10
    """,
    """
    org      level    numerator  denominator  value    status
    A        ccg      41         45           41/45    ok
    X24      ccg      2          6.3          20/63    ok
    UNKNOWN  ccg      0          6.3          0        ok
    NONC     ccg      9          10           0.9      ok
    ENGLAND  england  43         57.6         430/576  ok
    """,
)
