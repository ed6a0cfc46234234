"""What the line of diagnostic waits counts, shown record by record.

Read each table as: given these waits, in this period, this is what becomes of each and these are
the figures. `-` is missing; a table without a column has nothing in it.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "waits",
    {"id": "wait_id", "ccg": "ccg_code", "start": "clock_start_date", "tested": "test_date"},
)
SPECS = spec.specs


spec(
    "E.B.4",
    "42 days is six weeks or more, 41 days is not",
    "Clock start to the last day of the month is counted in days, the start being day 0.",
    "2017-06",
    """
    id  ccg  test  start       den  num  because
    w1  A    1     2017-05-21  yes  no   six_weeks_or_more
    w2  A    1     2017-05-20  yes  no   six_weeks_or_more
    w3  A    1     2017-05-19  yes  yes  -
    w4  A    1     2017-05-18  yes  yes  -
    w5  B    1     2017-05-20  yes  no   six_weeks_or_more
    w6  C    1     2016-05-19  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    2          4            1/2    no
    B    0          1            0      yes
    C    1          1            1      no
    """,
)
spec(
    "E.B.4",
    "A clock that starts on the last day is waiting, one that starts the day after is not",
    "Waiting: the clock has started by the close of the period's last day.",
    "2017-06",
    """
    id  ccg  test  start       den  num  because
    w1  A    1     2017-06-29  yes  no   six_weeks_or_more
    w2  A    1     2017-06-30  yes  no   six_weeks_or_more
    w3  A    1     2017-07-01  no   no   started_by_the_last_day
    w4  A    1     2018-06-30  no   no   started_by_the_last_day
    """,
    """
    org  numerator  denominator  value  meets
    A    0          2            0      yes
    """,
)
spec(
    "E.B.4",
    "A patient tested on the last day no longer waits, one tested the day after does",
    "The snapshot is taken at the close of the last day.",
    "2017-06",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     2017-05-01  2017-06-29  no   no   not_tested_by_the_last_day
    w2  A    1     2017-05-01  2017-06-30  no   no   not_tested_by_the_last_day
    w3  A    1     2017-05-01  2017-07-01  yes  yes  -
    w4  A    1     2017-06-01  2017-07-01  yes  no   six_weeks_or_more
    w5  A    1     2017-05-01  -           yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    2          3            2/3    no
    """,
)
spec(
    "E.B.4",
    "A test on the day of the request is no error, one on the day before it is",
    "A negative wait leaves the record out of numerator and denominator.",
    "2017-06",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     2017-06-15  2017-06-15  no   no   not_tested_by_the_last_day
    w2  A    1     2017-06-15  2017-06-14  no   no   tested_before_clock_start
    w3  A    1     2017-07-02  2017-07-01  no   no   tested_before_clock_start
    w4  A    1     2017-07-02  2017-07-02  no   no   started_by_the_last_day
    w5  A    1     2017-06-30  2017-07-01  yes  no   six_weeks_or_more
    """,
    """
    org  numerator  denominator  value  meets
    A    0          1            0      yes
    """,
)
spec(
    "E.B.4",
    "A record without a field that the line needs is left out",
    "Start, test, commissioner and identifier are needed; a missing test date means that the "
    "patient waits.",
    "2017-06",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     -           -           no   no   clock_start_missing
    w2  A    1     -           2017-07-01  no   no   clock_start_missing
    w3  A    -     2017-06-01  -           no   no   which_test_missing
    w4  A    -     -           -           no   no   clock_start_missing
    w5  A    1     2017-06-01  -           yes  no   six_weeks_or_more
    w6  -    1     2017-06-01  -           no   no   organisation_missing
    -   A    1     2017-06-01  -           no   no   identifier_missing
    """,
    """
    org  numerator  denominator  value  meets
    A    0          1            0      yes
    """,
)
spec(
    "E.B.4",
    "All fifteen tests count, by number or by name",
    "DM01 numbers them: five of imaging, six physiological, four endoscopic. A leading zero, "
    "capitals and the short name are the same test.",
    "2017-06",
    """
    | id  | ccg | test                                         | start      | den | num | because           |
    | w1  | A   | 1                                            | 2017-05-19 | yes | yes | -                 |
    | w2  | A   | 02                                           | 2017-05-19 | yes | yes | -                 |
    | w3  | A   | 3                                            | 2017-05-19 | yes | yes | -                 |
    | w4  | A   | Barium Enema                                 | 2017-05-19 | yes | yes | -                 |
    | w5  | A   | DEXA                                         | 2017-05-19 | yes | yes | -                 |
    | w6  | A   | Audiology - Audiology Assessments            | 2017-05-19 | yes | yes | -                 |
    | w7  | A   | Cardiology - Echocardiography                | 2017-05-19 | yes | yes | -                 |
    | w8  | A   | Cardiology - Electrophysiology               | 2017-05-19 | yes | yes | -                 |
    | w9  | A   | Neurophysiology - Peripheral Neurophysiology | 2017-05-19 | yes | yes | -                 |
    | w10 | A   | Respiratory Physiology - Sleep Studies       | 2017-05-19 | yes | yes | -                 |
    | w11 | A   | Urodynamics - Pressures & Flows              | 2017-05-19 | yes | yes | -                 |
    | w12 | A   | 12                                           | 2017-05-19 | yes | yes | -                 |
    | w13 | A   | flexi sigmoidoscopy                          | 2017-05-19 | yes | yes | -                 |
    | w14 | A   | CYSTOSCOPY                                   | 2017-05-19 | yes | yes | -                 |
    | w15 | A   | 15                                           | 2017-05-20 | yes | no  | six_weeks_or_more |
    """,  # noqa: E501
    """
    org  numerator  denominator  value  meets
    A    14         15           14/15  no
    """,
)
spec(
    "E.B.4",
    "The same test by two names is the same test",
    "Rows of one identifier that say 1, 01, MRI and its long name agree and count once.",
    "2017-06",
    """
    | id | ccg | test                       | start      | den | num | because              |
    | w1 | A   | 1                          | 2017-06-01 | yes | no  | six_weeks_or_more    |
    | w1 | A   | 01                         | 2017-06-01 | no  | no  | repeated             |
    | w1 | A   | mri                        | 2017-06-01 | no  | no  | repeated             |
    | w1 | a   | Magnetic Resonance Imaging | 2017-06-01 | no  | no  | repeated             |
    | w2 | A   | MRI                        | 2017-06-01 | no  | no  | identifier_disagrees |
    | w2 | A   | CT                         | 2017-06-01 | no  | no  | identifier_disagrees |
    """,
    """
    org  numerator  denominator  value  meets
    A    0          1            0      yes
    """,
)
spec(
    "E.B.4",
    "A patient who waits for two tests is two waits",
    "One wait per patient and test; each has an identifier of its own (A12).",
    "2017-06",
    """
    id     ccg  test  start       den  num  because
    ann-1  A    12    2017-05-19  yes  yes  -
    ann-2  A    15    2017-06-19  yes  no   six_weeks_or_more
    """,
    """
    org  numerator  denominator  value  meets
    A    1          2            1/2    no
    """,
)
spec(
    "E.B.4",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads.",
    "2017-06",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     2017-06-01  -           yes  no   six_weeks_or_more
    w1  A    1     2017-06-01  -           no   no   repeated
    w2  A    1     2017-06-01  -           no   no   identifier_disagrees
    w2  B    1     2017-06-01  -           no   no   identifier_disagrees
    w3  A    1     2017-05-19  -           no   no   identifier_disagrees
    w3  A    1     2017-05-20  -           no   no   identifier_disagrees
    w4  A    1     2017-06-01  -           no   no   identifier_disagrees
    w4  A    1     2017-06-01  2017-07-09  no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value  meets  status
    A    0          1            0      yes    ok
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.B.4",
    "Less than 1% meets the standard, exactly 1% does not",
    "The unrounded ratio is tested: 0.96%, which is printed as 1.0%, meets it (A11).",
    "2017-06",
    """
    ccg    test  start       count  den  num  because
    EXACT  1     2017-05-01  1      yes  yes  -
    EXACT  1     2017-06-01  99     yes  no   six_weeks_or_more
    MANY   2     2017-05-01  12345    yes  yes  -
    MANY   1     2017-06-01  1222155  yes  no   six_weeks_or_more
    SHOWN  1     2017-05-01  24     yes  yes  -
    SHOWN  1     2017-06-01  2476   yes  no   six_weeks_or_more
    BELOW  1     2017-05-01  1      yes  yes  -
    BELOW  1     2017-06-01  100    yes  no   six_weeks_or_more
    ABOVE  1     2017-05-01  1      yes  yes  -
    ABOVE  1     2017-06-01  98     yes  no   six_weeks_or_more
    """,
    """
    org    numerator  denominator  value   meets  standard
    EXACT  1          100          0.01    no     0.01
    MANY   12345      1234500      0.01    no     0.01
    SHOWN  24         2500         0.0096  yes    0.01
    BELOW  1          101          1/101   yes    0.01
    ABOVE  1          99           1/99    no     0.01
    """,
)
spec(
    "E.B.4",
    "A row may stand for many waits",
    "`count` says for how many, 1 where it is missing; rows with it need no identifier.",
    "2017-06",
    """
    id  ccg  test  start       count  den  num  because
    -   A    1     2017-06-01  7      yes  no   six_weeks_or_more
    -   A    1     2017-06-01  7      yes  no   six_weeks_or_more
    -   A    2     2017-05-01  -      yes  yes  -
    -   A    2     2017-05-01  0      yes  yes  -
    w1  A    2     2017-05-01  5      yes  yes  -
    w1  A    2     2017-05-01  5      no   no   repeated
    w2  B    1     2017-06-01  3      no   no   identifier_disagrees
    w2  B    1     2017-06-01  4      no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value  meets  status
    A    6          20           0.3    no     ok
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.B.4",
    "Nobody waiting is no percentage, and a verdict of neither kind",
    "A denominator of 0 leaves value and verdict empty; a numerator of 0 does not. An organisation "
    "whose records are all faulty still has a row.",
    "2017-06",
    """
    id  ccg     test  start       tested      den  num  because
    w1  DONE    1     2017-05-01  2017-06-02  no   no   not_tested_by_the_last_day
    w2  LATER   1     2017-07-01  -           no   no   started_by_the_last_day
    w3  FAULTY  1     -           -           no   no   clock_start_missing
    w4  QUICK   1     2017-06-30  -           yes  no   six_weeks_or_more
    """,
    """
    org     numerator  denominator  value  meets  status
    DONE    0          0            -      -      no_cases
    LATER   0          0            -      -      no_cases
    FAULTY  0          0            -      -      no_cases
    QUICK   0          1            0      yes    ok
    """,
)
spec(
    "E.B.4",
    "A quarter or a year is taken at its last day",
    "A snapshot is not added up over months. The standard is monthly: a quarter and a year have no "
    "verdict.",
    "2017-18-Q1",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     2017-04-03  2017-05-02  no   no   not_tested_by_the_last_day
    w2  A    1     2017-04-03  2017-06-30  no   no   not_tested_by_the_last_day
    w3  A    1     2017-04-03  2017-07-01  yes  yes  -
    w4  A    1     2017-06-03  -           yes  no   six_weeks_or_more
    w5  A    1     2018-03-31  -           no   no   started_by_the_last_day
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2017-04     0          3            0      yes
    A    2017-05     2          2            1      no
    A    2017-06     1          2            1/2    no
    A    2017-18-Q1  1          2            1/2    -
    A    2017-18     1          2            1/2    -
    """,
)
spec(
    "E.B.4",
    "February of a leap year ends on the 29th",
    "The snapshot and the 42 days are taken from 29 February 2016. The standard is ongoing, and "
    "earlier months are tested too.",
    "2016-02",
    """
    id  ccg  test  start       tested      den  num  because
    w1  A    1     2016-01-18  -           yes  yes  -
    w2  A    1     2016-01-19  -           yes  no   six_weeks_or_more
    w3  A    1     2016-02-29  -           yes  no   six_weeks_or_more
    w4  A    1     2016-03-01  -           no   no   started_by_the_last_day
    w5  A    1     2016-02-01  2016-02-29  no   no   not_tested_by_the_last_day
    w6  A    1     2016-02-01  2016-03-01  yes  no   six_weeks_or_more
    """,
    """
    org  period   numerator  denominator  value  meets
    A    2016-02  1          4            1/4    no
    A    2017-02  4          4            1      no
    """,
)
spec(
    "E.B.4",
    "Waits of patients from outside England are shown and are in no total",
    "NONC is left out of England; NHS England's own (X24) and UNKNOWN are in it.",
    "2017-06",
    """
    id  ccg      test  start       den  num  because
    w1  A        1     2017-05-01  yes  yes  -
    w2  nonc     1     2017-05-01  yes  yes  -
    w3  X24      1     2017-06-01  yes  no   six_weeks_or_more
    w4  UNKNOWN  1     2017-05-01  yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      1          1            1      no
    NONC     ccg      1          1            1      no
    X24      ccg      0          1            0      yes
    UNKNOWN  ccg      1          1            1      no
    ENGLAND  england  2          3            2/3    no
    """,
)
spec(
    "E.B.4",
    "Published months are snapshots: a quarter has the counts of its last month only",
    "Rows made from a month's return count in that month (`counts_in`), and in a quarter or year "
    "that ends with it.",
    "2017-18-Q1",
    """
    ccg  test  start       count  counts_in  den  num  because
    A    1     2017-05-18  2      2017-06    yes  yes  -
    A    1     2017-06-29  98     2017-06    yes  no   six_weeks_or_more
    """,
    """
    org  period      numerator  denominator  value  meets  status
    A    2017-04     0          0            -      -      no_cases
    A    2017-06     2          100          0.02   no     ok
    A    2017-18-Q1  2          100          0.02   -      ok
    A    2017-18     0          0            -      -      no_cases
    """,
)
