"""What the personal health budget lines count, shown budget by budget.

Read each as: given these budgets (and populations), in this period, this is what becomes of each
and these are the figures. `-` is missing.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "budgets",
    {
        "id": "phb_id",
        "person": "person_id",
        "ccg": "ccg_code",
        "start": "start_date",
        "end": "end_date",
        "quarter": "period",
        "people": "gp_registered_population",
    },
)
SPECS = spec.specs
COMBINED = {"PART": "first_of_its_combination"}

# E.N.1_1: in place at the beginning ---------------------------------------------------------------

spec(
    "E.N.1_1",
    "In place at the beginning: begun on an earlier day and not ended before the first",
    "A budget that starts on the first day is new; one whose last day is the first day is in place "
    "(A50).",
    "2017-18-Q1",
    """
    id  ccg  start       end         num  because
    b1  A    2017-03-31  -           yes  -
    b2  A    2017-04-01  -           no   began_before_the_period
    b3  A    2016-01-01  2017-03-31  no   not_ended_before_the_period
    b4  A    2016-01-01  2017-04-01  yes  -
    b5  A    2016-01-01  2017-06-30  yes  -
    b6  A    2017-06-30  -           no   began_before_the_period
    b7  A    2012-02-29  2030-01-01  yes  -
    """,
    """
    org  period      numerator
    A    2016-17-Q4  4
    A    2017-18-Q1  4
    A    2017-18-Q2  4
    """,
)
spec(
    "E.N.1_1",
    "A record that cannot be true, or lacks a field that the line needs, is left out",
    "Start, commissioner and identifier are needed; no end means that the budget runs.",
    "2017-18-Q1",
    """
    id  ccg  start       end         num  because
    b1  A    -           -           no   start_date_missing
    b2  A    2016-05-02  2016-05-01  no   end_before_start
    b3  A    2016-05-02  2016-05-02  no   not_ended_before_the_period
    b4  -    2016-05-02  -           no   organisation_missing
    -   A    2016-05-02  -           no   identifier_missing
    b6  A    2016-05-02  -           yes  -
    b6  A    2016-05-02  -           no   repeated
    b7  A    2016-05-02  -           no   identifier_disagrees
    b7  A    2016-05-03  -           no   identifier_disagrees
    """,
    """
    org  numerator
    A    1
    """,
)

# E.N.1_2: new -------------------------------------------------------------------------------------

spec(
    "E.N.1_2",
    "New: begun on the first or last day of the quarter, or between",
    "How long it lasts does not matter, and an end on the day of the start is no error.",
    "2017-18-Q1",
    """
    id  ccg  start       end         num  because
    b1  A    2017-03-31  -           no   began_in_the_period
    b2  A    2017-04-01  -           yes  -
    b3  A    2017-04-01  2017-04-01  yes  -
    b4  A    2017-06-30  2018-01-01  yes  -
    b5  A    2017-07-01  -           no   began_in_the_period
    b6  A    2017-05-02  2017-05-01  no   end_before_start
    b7  A    -           2017-05-01  no   start_date_missing
    """,
    """
    org  period      numerator
    A    2016-17-Q4  1
    A    2017-18-Q1  3
    A    2017-18-Q2  1
    """,
)
spec(
    "E.N.1_2",
    "A person's records that start on one day are one budget",
    "The first by identifier stands for all. Other days and other people, and records without a "
    "person, are budgets of their own.",
    "2017-18-Q1",
    """
    id  person  ccg  start       end  type            num  because
    b2  p1      A    2017-05-01  -    notional        no   PART
    b1  p1      A    2017-05-01  -    direct_payment  yes  -
    b3  p1      A    2017-05-02  -    third_party     yes  -
    b4  p2      A    2017-05-01  -    notional        yes  -
    b5  -       A    2017-05-01  -    notional        yes  -
    b6  -       A    2017-05-01  -    notional        yes  -
    """,
    """
    org  numerator
    A    5
    """,
    COMBINED,
)
spec(
    "E.N.1_2",
    "A faulty record is no part of a combination",
    "One whose dates cannot be true, that has no commissioner, or that disagrees with another of "
    "its identifier leaves the rest as they are.",
    "2017-18-Q1",
    """
    id  person  ccg  start       end         num  because
    a1  p1      A    2017-05-01  2017-04-30  no   end_before_start
    b1  p1      A    2017-05-01  -           yes  -
    a2  p2      -    2017-05-01  -           no   organisation_missing
    b2  p2      A    2017-05-01  -           yes  -
    a3  p3      A    2017-05-01  -           no   identifier_disagrees
    a3  p3      A    2017-05-01  2017-06-01  no   identifier_disagrees
    b3  p3      A    2017-05-01  -           yes  -
    a4  p4      A    -           -           no   start_date_missing
    b4  p4      A    2017-05-01  -           yes  -
    """,
    """
    org  numerator
    A    4
    """,
)

# E.N.1_3: in place at any point -------------------------------------------------------------------

spec(
    "E.N.1_3",
    "In place in the quarter is what was there at the beginning and what began in it",
    "Line 3 is the sum of lines 1 and 2; here 2 and 3.",
    "2017-18-Q1",
    """
    id  ccg  start       end         num  because
    b1  A    2016-01-01  2017-03-31  no   not_ended_before_the_period
    b2  A    2016-01-01  2017-04-01  yes  -
    b3  A    2017-03-31  -           yes  -
    b4  A    2017-04-01  2017-04-01  yes  -
    b5  A    2017-05-01  2017-05-20  yes  -
    b6  A    2017-06-30  -           yes  -
    b7  A    2017-07-01  -           no   began_by_the_last_day
    b8  A    2017-05-02  2017-05-01  no   end_before_start
    b9  A    -           -           no   start_date_missing
    """,
    """
    org  period      numerator
    A    2017-18-Q1  5
    A    2017-18-Q2  3
    """,
)
spec(
    "E.N.1_3",
    "A combination lasts as long as its longest part",
    "It has ended when all parts have; a part that runs on keeps it in place.",
    "2017-18-Q1",
    """
    id  person  ccg  start       end         num  because
    b1  p1      A    2016-05-01  2017-01-31  yes  -
    b2  p1      A    2016-05-01  2017-04-30  no   PART
    b3  p2      A    2016-05-01  2017-01-31  yes  -
    b4  p2      A    2016-05-01  -           no   PART
    b5  p3      A    2016-05-01  2017-01-31  no   not_ended_before_the_period
    b6  p3      A    2016-05-01  2017-03-31  no   PART
    b7  p4      A    2016-05-01  -           yes  -
    b8  p4      A    2016-05-01  2017-01-31  no   PART
    """,
    """
    org  period      numerator
    A    2016-17-Q4  4
    A    2017-18-Q1  3
    A    2017-18-Q2  2
    """,
    COMBINED,
)
spec(
    "E.N.1_3",
    "A row may stand for many budgets",
    "`count` says for how many; such rows need no identifier and are then in no combination.",
    "2017-18-Q1",
    """
    person  ccg   start       end  count  num  because
    p1      A     2017-05-01  -    7      yes  -
    p1      A     2017-05-01  -    5      yes  -
    -       NONC  2016-05-01  -    3      yes  -
    """,
    """
    org      level    numerator
    A        ccg      12
    NONC     ccg      3
    ENGLAND  england  12
    """,
)

# E.N.1_4: population ------------------------------------------------------------------------------

spec(
    "E.N.1_4",
    "The population given for the quarter",
    "Rows that agree are one, rows that do not are all left out; another quarter's does not stand "
    "in.",
    "2017-18-Q1",
    {
        "population": """
            ccg    quarter     people
            A      2017-18-Q1  250000
            A      2017/18-Q2  251000
            SAME   2017-18-Q1  100000
            SAME   2017-18-Q1  100000
            TWO    2017-18-Q1  100000
            TWO    2017-18-Q1  100001
            NONE   2017-18-Q1  -
            -      2017-18-Q1  5
            NONE   -           5
        """,
    },
    """
    org   period      numerator  status
    A     2017-18-Q1  250000     ok
    A     2017-18-Q2  251000     ok
    SAME  2017-18-Q1  100000     ok
    SAME  2017-18-Q2  -          not_available
    TWO   2017-18-Q1  -          not_available
    TWO   2017-18-Q2  -          not_available
    NONE  2017-18-Q1  -          not_available
    NONE  2017-18-Q2  -          not_available
    """,
    units="""
    id    org   num  because               quantity
    A     A     yes  -                     250000
    SAME  SAME  yes  -                     100000
    TWO   TWO   no   identifier_disagrees  100000
    TWO   TWO   no   identifier_disagrees  100001
    NONE  NONE  no   population_missing    -
    -     -     no   organisation_missing  5
    """,
)

# Rates --------------------------------------------------------------------------------------------

spec(
    "E.N.1",
    "Budgets in place in the quarter per 100,000 people of the quarter",
    "A commissioner without a population has no rate, one without budgets has a rate of 0.",
    "2017-18-Q1",
    {
        "budgets": """
            id  ccg    start       end         count  den  num  because
            b1  A      2016-05-01  -           60     no   yes  -
            b2  A      2017-06-30  -           15     no   yes  -
            b3  A      2017-07-01  -           9      no   no   began_by_the_last_day
            b4  A      2016-05-01  2017-03-31  9      no   no   not_ended_before_the_period
            b5  BLANK  2016-05-01  -           3      no   yes  -
            b6  A      -           -           9      no   no   start_date_missing
            b7  A      2017-05-02  2017-05-01  9      no   no   end_before_start
            b8  NONC   2017-05-02  -           9      no   yes  -
        """,
        "population": """
            ccg    quarter     people
            A      2017-18-Q1  250000
            A      2017-18-Q2  300000
            NOBODY 2017-18-Q1  50000
            BLANK  2016-17-Q4  50000
            BLANK  2017-18-Q1  -
            NONC   2017-18-Q1  50000
        """,
    },
    """
    org      level    period      numerator  denominator  value         status
    A        ccg      2017-18-Q1  75         250000       30            ok
    A        ccg      2017-18-Q2  84         300000       28            ok
    NOBODY   ccg      2017-18-Q1  0          50000        0             ok
    NOBODY   ccg      2017-18-Q2  0          -            -             no_denominator
    BLANK    ccg      2017-18-Q1  3          -            -             no_denominator
    BLANK    ccg      2017-18-Q2  3          -            -             no_denominator
    NONC     ccg      2017-18-Q1  9          50000        18            ok
    NONC     ccg      2017-18-Q2  9          -            -             no_denominator
    ENGLAND  england  2017-18-Q1  75         300000       25            partial
    """,
    units="""
    id      org     den  num  because             quantity
    A       A       yes  no   -                   250000
    NOBODY  NOBODY  yes  no   -                   50000
    BLANK   BLANK   no   no   population_missing  -
    NONC    NONC    yes  no   -                   50000
    """,
)
spec(
    "E.N.1",
    "A combination is one budget of the rate, and populations that disagree are none",
    "Both the first record by identifier and the commissioner's row of the quarter stand once.",
    "2017-18-Q1",
    {
        "budgets": """
            id  person  ccg  start       den  num  because
            b1  p1      A    2016-05-01  no   yes  -
            b2  p1      A    2016-05-01  no   no   PART
            b3  p1      B    2016-05-02  no   yes  -
        """,
        "population": """
            ccg  quarter     people
            A    2017-18-Q1  50000
            A    2017-18-Q1  50000
            B    2017-18-Q1  50000
            B    2017-18-Q1  60000
        """,
    },
    """
    org  numerator  denominator  value  status
    A    1          50000        2      ok
    B    1          -            -      no_denominator
    """,
    COMBINED,
    units="""
    id  org  den  num  because               quantity
    A   A    yes  no   -                     50000
    B   B    no   no   identifier_disagrees  50000
    B   B    no   no   identifier_disagrees  60000
    """,
)
spec(
    "E.N.1_annual",
    "In place at the beginning of Q1 and new in the four quarters, per 100,000 of Q4",
    "Budgets that began and ended within the year count; the population is the latest quarter's.",
    "2017-18",
    {
        "budgets": """
            id  person  ccg  start       end         den  num  because
            b1  p1      A    2017-03-31  -           no   yes  -
            b2  p2      A    2016-05-01  2017-03-31  no   no   not_ended_before_the_period
            b3  p3      A    2016-05-01  2017-04-01  no   yes  -
            b4  p4      A    2017-05-01  2017-06-01  no   yes  -
            b5  p5      A    2018-03-31  -           no   yes  -
            b6  p6      A    2018-04-01  -           no   no   began_by_the_last_day
            b7  p5      A    2018-03-31  2018-03-31  no   no   PART
            b8  p7      A    -           -           no   no   start_date_missing
            b9  p8      A    2017-05-02  2017-05-01  no   no   end_before_start
        """,
        "population": """
            ccg   quarter     people
            A     2017-18-Q1  5000
            A     2017-18-Q4  10000
            A     2018-19-Q1  20000
            EARLY 2017-18-Q3  10000
            NONE  2017-18-Q4  -
        """,
    },
    """
    org    period   numerator  denominator  value  meets  status
    A      2017-18  4          10000        40     yes    ok
    EARLY  2017-18  0          -            -      -      no_denominator
    NONE   2017-18  0          -            -      -      no_denominator
    """,
    COMBINED,
    units="""
    id    org   den  num  because             quantity
    A     A     yes  no   -                   10000
    NONE  NONE  no   no   population_missing  -
    """,
)
spec(
    "E.N.1_annual",
    "At least 20 per 100,000 in 2016/17 and 40 in 2017/18; exactly that meets it",
    "The lower end of each range is tested; 2018/19 has none, and 2020/21 an ambition (A68).",
    "2017-18",
    {
        "budgets": """
            ccg    start       end         count  den  num  because
            EXACT  2017-04-01  2017-05-01  40     no   yes  -
            BELOW  2017-04-01  2017-05-01  399    no   yes  -
            OVER   2017-04-01  2017-05-01  99     no   yes  -
            EXACT  2016-04-01  2016-05-01  2      no   no   not_ended_before_the_period
            BELOW  2016-04-01  2016-05-01  199    no   no   not_ended_before_the_period
            EXACT  2018-04-01  2018-05-01  1      no   no   began_by_the_last_day
            EXACT  2020-04-01  2020-05-01  100    no   no   began_by_the_last_day
        """,
        "population": """
            ccg    quarter     people
            EXACT  2016-17-Q4  10000
            BELOW  2016-17-Q4  1000000
            EXACT  2017-18-Q4  100000
            BELOW  2017-18-Q4  1000000
            OVER   2017-18-Q4  100000
            EXACT  2018-19-Q4  100000
            EXACT  2020-21-Q4  100000
        """,
    },
    """
    org    period   numerator  denominator  value  meets  status
    EXACT  2016-17  2          10000        20     yes    ok
    BELOW  2016-17  199        1000000      19.9   no     ok
    OVER   2016-17  0          -            -      -      no_denominator
    EXACT  2017-18  40         100000       40     yes    ok
    BELOW  2017-18  399        1000000      39.9   no     ok
    OVER   2017-18  99         100000       99     yes    ok
    EXACT  2018-19  1          100000       1      -      ok
    BELOW  2018-19  0          -            -      -      no_denominator
    OVER   2018-19  0          -            -      -      no_denominator
    EXACT  2020-21  100        100000       100    -      ok
    BELOW  2020-21  0          -            -      -      no_denominator
    OVER   2020-21  0          -            -      -      no_denominator
    """,
    units="""
    id     org    den  num  because  quantity
    EXACT  EXACT  yes  no   -        100000
    BELOW  BELOW  yes  no   -        1000000
    OVER   OVER   yes  no   -        100000
    """,
)
spec(
    "E.N.1_rolling",
    "In place at the beginning of the earliest of four quarters and new in the four",
    "Named by the latest quarter, whose population divides: Q3 of 2017/18 runs from January 2017.",
    "2017-18-Q3",
    {
        "budgets": """
            id  person  ccg  start       end         den  num  because
            b1  p1      A    2016-12-31  -           no   yes  -
            b2  p2      A    2016-05-01  2016-12-31  no   no   not_ended_before_the_four_quarters
            b3  p3      A    2016-05-01  2017-01-01  no   yes  -
            b4  p4      A    2017-01-01  2017-01-01  no   yes  -
            b5  p5      A    2017-12-31  -           no   yes  -
            b6  p6      A    2018-01-01  -           no   no   began_by_the_last_day
            b7  p5      A    2017-12-31  -           no   no   PART
            b8  p7      A    -           -           no   no   start_date_missing
            b9  p8      A    2017-05-02  2017-05-01  no   no   end_before_start
        """,
        "population": """
            ccg   quarter     people
            A     2016-17-Q4  1000
            A     2017-18-Q3  5000
            A     2017-18-Q4  8000
            NONE  2017-18-Q3  -
            TWO   2017-18-Q3  1
            TWO   2017-18-Q3  2
        """,
    },
    """
    org   period      numerator  denominator  value  status
    A     2017-18-Q3  4          5000         80     ok
    A     2017-18-Q4  3          8000         37.5   ok
    NONE  2017-18-Q3  0          -            -      no_denominator
    NONE  2017-18-Q4  0          -            -      no_denominator
    TWO   2017-18-Q3  0          -            -      no_denominator
    TWO   2017-18-Q4  0          -            -      no_denominator
    """,
    COMBINED,
    units="""
    id    org   den  num  because               quantity
    A     A     yes  no   -                     5000
    NONE  NONE  no   no   population_missing    -
    TWO   TWO   no   no   identifier_disagrees  1
    TWO   TWO   no   no   identifier_disagrees  2
    """,
)
