"""What the early intervention in psychosis line counts, shown referral by referral.

Read each table as: given these referrals, in this period, this is what becomes of each and these
are the figures. `-` is missing; a table without a column has nothing in it.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "referrals",
    {
        "id": "referral_id",
        "ccg": "ccg_code",
        "path": "pathway",
        "received": "referral_received_date",
        "treated": "treatment_start_date",
    },
)
SPECS = spec.specs

spec(
    "E.H.4",
    "14 days is within two weeks, 15 days is not",
    "Referral to start of treatment is counted in days, the day of referral being day 0.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-05-01  2017-05-14  yes  yes  -
    r2  A    fep   2017-05-01  2017-05-15  yes  yes  -
    r3  A    fep   2017-05-01  2017-05-16  yes  no   within_2_weeks
    r4  B    arms  2017-05-01  2017-05-15  yes  yes  -
    r5  B    arms  2017-05-01  2017-05-16  yes  no   within_2_weeks
    r6  B    arms  2016-05-01  2017-05-16  yes  no   within_2_weeks
    """,
    """
    org  numerator  denominator  value  meets
    A    2          3            2/3    yes
    B    1          3            1/3    no
    """,
)
spec(
    "E.H.4",
    "The day that treatment starts places the referral, not the day of the referral",
    "The first and the last day of the quarter are in it; a referral of the quarter before may be.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-03-25  2017-03-31  no   no   treatment_started_in_the_period
    r2  A    fep   2017-03-25  2017-04-01  yes  yes  -
    r3  A    fep   2017-06-20  2017-06-30  yes  yes  -
    r4  A    fep   2017-06-20  2017-07-01  no   no   treatment_started_in_the_period
    r5  A    fep   2017-05-01  -           no   no   treatment_started_in_the_period
    r6  A    fep   2016-12-01  2017-04-01  yes  no   within_2_weeks
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2016-17-Q4  1          1            1      yes
    A    2017-18-Q1  2          3            2/3    yes
    A    2017-18-Q2  1          1            1      yes
    """,
)
spec(
    "E.H.4",
    "Both kinds of pathway count alike, and one that is not recorded too",
    "First episode psychosis and at risk mental state are in one line; the table holds no others.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-05-01  2017-05-02  yes  yes  -
    r2  A    arms  2017-05-01  2017-05-02  yes  yes  -
    r3  A    FEP   2017-05-01  2017-06-02  yes  no   within_2_weeks
    r4  A    -     2017-05-01  2017-05-02  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          4            3/4    yes
    """,
)
spec(
    "E.H.4",
    "Treatment one day before the referral is an error, on its day it is not",
    "A negative wait leaves the referral out of numerator and denominator.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-05-02  2017-05-01  no   no   treated_before_referral
    r2  A    fep   2017-05-02  2017-05-02  yes  yes  -
    r3  A    fep   2017-07-01  2017-06-30  no   no   treated_before_referral
    """,
    """
    org  numerator  denominator  value  meets
    A    1          1            1      yes
    """,
)
spec(
    "E.H.4",
    "A record without a field that the line needs is left out",
    "Referral date, commissioner and identifier are needed; no start of treatment means waiting.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   -           2017-05-02  no   no   referral_date_missing
    r2  A    fep   -           -           no   no   referral_date_missing
    r3  A    fep   2017-05-01  -           no   no   treatment_started_in_the_period
    r4  -    fep   2017-05-01  2017-05-02  no   no   organisation_missing
    -   A    fep   2017-05-01  2017-05-02  no   no   identifier_missing
    r6  A    fep   2017-05-01  2017-05-02  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    1          1            1      yes
    """,
)
spec(
    "E.H.4",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads.",
    "2017-18-Q1",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-05-01  2017-05-02  yes  yes  -
    r1  A    fep   2017-05-01  2017-05-02  no   no   repeated
    r2  A    fep   2017-05-01  2017-05-02  no   no   identifier_disagrees
    r2  A    arms  2017-05-01  2017-05-02  no   no   identifier_disagrees
    r3  A    fep   2017-05-01  2017-05-02  no   no   identifier_disagrees
    r3  B    fep   2017-05-01  2017-05-02  no   no   identifier_disagrees
    r4  A    fep   2017-05-01  2017-06-02  yes  no   within_2_weeks
    """,
    """
    org  numerator  denominator  value  meets  status
    A    1          2            1/2    no     ok
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.H.4",
    "In 2016/17 and 2017/18 the standard is more than half: exactly half does not meet it",
    "The unrounded ratio is tested (A28); 5,001 of 10,000 is more than half.",
    "2017-18-Q4",
    """
    ccg    path  received    treated     count  den  num  because
    HALF   fep   2018-02-01  2018-02-15  7      yes  yes  -
    HALF   fep   2018-02-01  2018-02-16  7      yes  no   within_2_weeks
    ABOVE  fep   2018-02-01  2018-02-15  5001   yes  yes  -
    ABOVE  fep   2018-02-01  2018-02-16  4999   yes  no   within_2_weeks
    BELOW  fep   2018-02-01  2018-02-15  49     yes  yes  -
    BELOW  fep   2018-02-01  2018-02-16  51     yes  no   within_2_weeks
    """,
    """
    org    numerator  denominator  value   meets  standard
    HALF   7          14           1/2     no     0.5
    ABOVE  5001       10000        0.5001  yes    0.5
    BELOW  49         100          0.49    no     0.5
    """,
)
spec(
    "E.H.4",
    "More than half until 2019/20, at least 60% from 2020/21: exactly 60% meets it, half does not",
    "Each holds for the quarters of its years, from 1 April; before April 2016 there is no verdict "
    "(A68). The trajectory of 53 and 56% has none (A28).",
    "2018-19-Q1",
    """
    ccg  path  received    treated     count  den  num  because
    A    fep   2018-03-20  2018-03-31  53     no   no   treatment_started_in_the_period
    A    fep   2018-03-01  2018-03-31  47     no   no   treatment_started_in_the_period
    A    fep   2018-04-01  2018-04-01  53     yes  yes  -
    A    fep   2018-03-01  2018-04-01  47     yes  no   within_2_weeks
    A    fep   2019-03-31  2019-03-31  52     no   no   treatment_started_in_the_period
    A    fep   2019-03-01  2019-03-31  48     no   no   treatment_started_in_the_period
    A    fep   2019-04-01  2019-04-01  14     no   no   treatment_started_in_the_period
    A    fep   2019-03-01  2019-04-01  11     no   no   treatment_started_in_the_period
    A    fep   2019-12-31  2019-12-31  1      no   no   treatment_started_in_the_period
    A    fep   2019-12-01  2019-12-31  1      no   no   treatment_started_in_the_period
    A    fep   2020-03-31  2020-03-31  55     no   no   treatment_started_in_the_period
    A    fep   2020-03-01  2020-03-31  45     no   no   treatment_started_in_the_period
    A    fep   2020-04-01  2020-04-01  3      no   no   treatment_started_in_the_period
    A    fep   2020-03-01  2020-04-01  2      no   no   treatment_started_in_the_period
    A    fep   2021-03-31  2021-03-31  59     no   no   treatment_started_in_the_period
    A    fep   2021-03-01  2021-03-31  41     no   no   treatment_started_in_the_period
    A    fep   2021-04-01  2021-04-01  1      no   no   treatment_started_in_the_period
    A    fep   2016-03-31  2016-03-31  1      no   no   treatment_started_in_the_period
    A    fep   2016-04-01  2016-04-01  1      no   no   treatment_started_in_the_period
    A    fep   2016-03-01  2016-04-01  1      no   no   treatment_started_in_the_period
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2015-16-Q4  1          1            1      -
    A    2016-17-Q1  1          2            1/2    no
    A    2017-18-Q4  53         100          0.53   yes
    A    2018-19-Q1  53         100          0.53   yes
    A    2018-19-Q4  52         100          0.52   yes
    A    2019-20-Q1  14         25           0.56   yes
    A    2019-20-Q3  1          2            0.5    no
    A    2019-20-Q4  55         100          0.55   yes
    A    2020-21-Q1  3          5            0.60   yes
    A    2020-21-Q4  59         100          0.59   no
    A    2021-22-Q1  1          1            1      yes
    """,
)
spec(
    "E.H.4",
    "A year adds up its quarters, and has no verdict",
    "The standard is for quarters; 29 February is a day of the fourth.",
    "2015-16",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2015-03-31  2015-03-31  no   no   treatment_started_in_the_period
    r2  A    fep   2015-03-31  2015-04-01  yes  yes  -
    r3  A    fep   2015-06-01  2015-07-01  yes  no   within_2_weeks
    r4  A    fep   2016-02-15  2016-02-29  yes  yes  -
    r5  A    fep   2016-02-15  2016-03-01  yes  no   within_2_weeks
    r6  A    fep   2016-03-31  2016-03-31  yes  yes  -
    r7  A    fep   2016-03-31  2016-04-01  no   no   treatment_started_in_the_period
    """,
    """
    org  period      numerator  denominator  value  status
    A    2015-16-Q1  1          1            1      ok
    A    2015-16-Q2  0          1            0      ok
    A    2015-16-Q3  0          0            -      no_cases
    A    2015-16-Q4  2          3            2/3    ok
    A    2015-16     3          5            3/5    ok
    """,
)
spec(
    "E.H.4",
    "Two weeks over the end of February are 14 days",
    "In 2016 from 15 to 29 February, in 2017 from 15 February to 1 March.",
    "2016-17-Q4",
    """
    id  ccg  path  received    treated     den  num  because
    r1  A    fep   2017-02-15  2017-03-01  yes  yes  -
    r2  A    fep   2017-02-15  2017-03-02  yes  no   within_2_weeks
    r3  A    fep   2016-12-25  2017-01-08  yes  yes  -
    r4  A    fep   2016-12-25  2017-01-09  yes  no   within_2_weeks
    """,
    """
    org  numerator  denominator  value  meets
    A    2          4            1/2    no
    """,
)
spec(
    "E.H.4",
    "Nobody treated is no percentage, and nobody in time is 0%",
    "A denominator of 0 leaves value and verdict empty.",
    "2017-18-Q1",
    """
    id  ccg      path  received    treated     den  num  because
    r1  WAITING  fep   2017-05-01  -           no   no   treatment_started_in_the_period
    r2  FAULTY   fep   2017-05-02  2017-05-01  no   no   treated_before_referral
    r3  LATE     fep   2017-05-01  2017-05-20  yes  no   within_2_weeks
    """,
    """
    org      numerator  denominator  value  meets  status
    WAITING  0          0            -      -      no_cases
    FAULTY   0          0            -      -      no_cases
    LATE     0          1            0      no     ok
    """,
)
spec(
    "E.H.4",
    "England is the sum of its commissioners, without those outside England",
    "Numerators and denominators are added, then divided: two halves and a whole are 3/5.",
    "2017-18-Q1",
    """
    id  ccg      path  received    treated     den  num  because
    r1  A        fep   2017-05-01  2017-05-02  yes  yes  -
    r2  A        fep   2017-05-01  2017-05-22  yes  no   within_2_weeks
    r3  B        fep   2017-05-01  2017-05-02  yes  yes  -
    r4  B        fep   2017-05-01  2017-05-22  yes  no   within_2_weeks
    r5  X24      arms  2017-05-01  2017-05-02  yes  yes  -
    r6  NONC     arms  2017-05-01  2017-05-22  yes  no   within_2_weeks
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      1          2            1/2    no
    B        ccg      1          2            1/2    no
    X24      ccg      1          1            1      yes
    NONC     ccg      0          1            0      no
    ENGLAND  england  3          5            3/5    yes
    """,
)
