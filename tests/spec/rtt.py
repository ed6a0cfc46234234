"""What the four referral to treatment lines count, shown record by record.

Read each table as: given these pathways, in this period, this is what becomes of each and these
are the figures. `-` is missing; a table without a column has nothing in it.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "pathways",
    {
        "id": "pathway_id",
        "ccg": "ccg_code",
        "start": "clock_start_date",
        "stop": "clock_stop_date",
        "type": "stop_type",
    },
)
SPECS = spec.specs


# E.B.3 -------------------------------------------------------------------------------------------

spec(
    "E.B.3",
    "126 days is within 18 weeks, 127 days is not",
    "Clock start to the last day of the month is counted in days, the start being day 0 (A09).",
    "2017-06",
    """
    id  ccg  start       den  num  because
    p1  A    2017-02-25  yes  yes  -
    p2  A    2017-02-24  yes  yes  -
    p3  A    2017-02-23  yes  no   within_18_weeks
    p4  B    2017-02-22  yes  no   within_18_weeks
    """,
    """
    org  numerator  denominator  value  meets
    A    2          3            2/3    no
    B    0          1            0      no
    """,
)
spec(
    "E.B.3",
    "A clock that starts on the last day is waiting, one that starts the day after is not",
    "Incomplete: the clock has started by the close of the period's last day.",
    "2017-06",
    """
    id  ccg  start       den  num  because
    p1  A    2017-06-29  yes  yes  -
    p2  A    2017-06-30  yes  yes  -
    p3  A    2017-07-01  no   no   started_by_the_last_day
    p4  A    2017-06-01  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          3            1      yes
    """,
)
spec(
    "E.B.3",
    "A clock that stops on the last day has stopped, one that stops the day after still runs",
    "The snapshot is taken at the close of the last day (A10).",
    "2017-06",
    """
    id  ccg  start       stop        type          den  num  because
    p1  A    2017-05-01  2017-06-29  admitted      no   no   not_stopped_by_the_last_day
    p2  A    2017-05-01  2017-06-30  non_admitted  no   no   not_stopped_by_the_last_day
    p3  A    2017-05-01  2017-07-01  admitted      yes  yes  -
    p4  A    2016-05-01  2017-07-01  non_admitted  yes  no   within_18_weeks
    p5  A    2017-05-01  -           -             yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    2          3            2/3    no
    """,
)
spec(
    "E.B.3",
    "A pathway that starts and stops on one day is never incomplete",
    "Its wait is 0 days; it is a start and a stop, but it waits at the close of no day.",
    "2017-06",
    """
    id  ccg  start       stop        type          den  num  because
    p1  A    2017-06-15  2017-06-15  admitted      no   no   not_stopped_by_the_last_day
    p2  A    2017-06-30  2017-06-30  non_admitted  no   no   not_stopped_by_the_last_day
    p3  A    2017-07-01  2017-07-01  admitted      no   no   started_by_the_last_day
    """,
    """
    org  numerator  denominator  value  status
    A    0          0            -      no_cases
    """,
)
spec(
    "E.B.3",
    "A pathway open for years is one incomplete pathway",
    "However long it has waited, and wherever it stops later.",
    "2017-06",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    2007-01-01  -           -         yes  no   within_18_weeks
    p2  A    2010-06-30  2019-12-31  admitted  yes  no   within_18_weeks
    p3  A    1999-12-31  2017-06-30  admitted  no   no   not_stopped_by_the_last_day
    """,
    """
    org  period   numerator  denominator  value  meets
    A    2016-06  0          3            0      no
    A    2017-05  0          3            0      no
    A    2017-06  0          2            0      no
    """,
)
spec(
    "E.B.3",
    "A stop one day before the start is an error, a stop on the day of the start is not",
    "A negative wait leaves the record out of numerator and denominator.",
    "2017-06",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    2017-07-02  2017-07-01  admitted  no   no   stop_before_start
    p2  A    2017-06-30  2017-06-29  admitted  no   no   stop_before_start
    p3  A    2017-06-30  2017-06-30  admitted  no   no   not_stopped_by_the_last_day
    p4  A    2017-06-30  2017-07-01  admitted  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    1          1            1      yes
    """,
)
spec(
    "E.B.3",
    "A record without a field that the line needs is left out",
    "Start, commissioner and identifier are needed; a missing stop means that the clock runs, and "
    "how it stopped does not matter.",
    "2017-06",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    -           -           -         no   no   clock_start_missing
    p2  A    -           2017-07-01  admitted  no   no   clock_start_missing
    p3  A    2017-06-01  -           -         yes  yes  -
    p4  A    2017-06-01  2017-07-01  -         yes  yes  -
    p5  A    2017-06-01  2017-06-02  -         no   no   not_stopped_by_the_last_day
    p6  -    2017-06-01  -           -         no   no   organisation_missing
    -   A    2017-06-01  -           -         no   no   identifier_missing
    """,
    """
    org  numerator  denominator  value  meets
    A    2          2            1      yes
    """,
)
spec(
    "E.B.3",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads (A49).",
    "2017-06",
    """
    id  ccg  start       stop        type          den  num  because
    p1  A    2017-06-01  -           -             yes  yes  -
    p1  A    2017-06-01  -           -             no   no   repeated
    p1  A    2017-06-01  -           -             no   no   repeated
    p2  A    2017-06-01  -           -             no   no   identifier_disagrees
    p2  B    2017-06-01  -           -             no   no   identifier_disagrees
    p3  A    2017-01-01  -           -             no   no   identifier_disagrees
    p3  A    2017-01-02  -           -             no   no   identifier_disagrees
    p4  A    2017-06-01  -           -             no   no   identifier_disagrees
    p4  A    2017-06-01  2017-07-09  admitted      no   no   identifier_disagrees
    p5  A    2017-06-01  2017-07-09  admitted      no   no   identifier_disagrees
    p5  A    2017-06-01  2017-07-09  non_admitted  no   no   identifier_disagrees
    p6  A    2017-01-01  2017-07-09  admitted      yes  no   within_18_weeks
    p6  A    2017-01-01  2017-07-09  admitted      no   no   repeated
    """,
    """
    org  numerator  denominator  value  meets  status
    A    1          2            1/2    no     ok
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.B.3",
    "February of a leap year ends on the 29th",
    "The snapshot and the 126 days are taken from 29 February 2016.",
    "2016-02",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    2015-10-26  -           -         yes  yes  -
    p2  A    2015-10-25  -           -         yes  no   within_18_weeks
    p3  A    2016-02-29  -           -         yes  yes  -
    p4  A    2016-03-01  -           -         no   no   started_by_the_last_day
    p5  A    2016-02-01  2016-02-29  admitted  no   no   not_stopped_by_the_last_day
    p6  A    2016-02-01  2016-03-01  admitted  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          4            3/4    no
    """,
)
spec(
    "E.B.3",
    "February of a common year ends on the 28th",
    "The snapshot and the 126 days are taken from 28 February 2017.",
    "2017-02",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    2016-10-25  -           -         yes  yes  -
    p2  A    2016-10-24  -           -         yes  no   within_18_weeks
    p3  A    2017-02-28  -           -         yes  yes  -
    p4  A    2017-03-01  -           -         no   no   started_by_the_last_day
    p5  A    2017-02-01  2017-02-28  admitted  no   no   not_stopped_by_the_last_day
    """,
    """
    org  numerator  denominator  value  meets
    A    2          3            2/3    no
    """,
)
spec(
    "E.B.3",
    "A quarter or a year is taken at its last day",
    "A snapshot is not added up over months. The standard is monthly: a quarter and a year have no "
    "verdict.",
    "2017-18-Q1",
    """
    id  ccg  start       stop        type      den  num  because
    p1  A    2017-04-03  2017-05-02  admitted  no   no   not_stopped_by_the_last_day
    p2  A    2017-04-03  2017-06-30  admitted  no   no   not_stopped_by_the_last_day
    p3  A    2017-02-23  2017-07-01  admitted  yes  no   within_18_weeks
    p4  A    2017-04-03  -           -         yes  yes  -
    p5  A    2018-03-31  -           -         no   no   started_by_the_last_day
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2017-04     4          4            1      yes
    A    2017-05     3          3            1      yes
    A    2017-06     1          2            1/2    no
    A    2017-18-Q1  1          2            1/2    -
    A    2017-18     1          2            1/2    -
    """,
)
spec(
    "E.B.3",
    "Exactly 92% meets the standard",
    "The unrounded ratio is tested: 91.96%, which is printed as 92.0%, does not meet it.",
    "2017-06",
    """
    ccg    start       count  den  num  because
    EXACT  2017-06-01  46     yes  yes  -
    EXACT  2017-01-01  4      yes  no   within_18_weeks
    BELOW  2017-06-01  45     yes  yes  -
    BELOW  2017-01-01  5      yes  no   within_18_weeks
    SHOWN  2017-06-01  2299   yes  yes  -
    SHOWN  2017-01-01  201    yes  no   within_18_weeks
    ABOVE  2017-06-01  9201   yes  yes  -
    ABOVE  2017-01-01  799    yes  no   within_18_weeks
    """,
    """
    org    numerator  denominator  value      meets
    EXACT  46         50           0.92       yes
    BELOW  45         50           0.90       no
    SHOWN  2299       2500         0.9196     no
    ABOVE  9201       10000        0.9201     yes
    """,
)
spec(
    "E.B.3",
    "A row may stand for many pathways",
    "`count` says for how many, 1 where it is missing; rows with it need no identifier, but an "
    "identifier that is given is compared.",
    "2017-06",
    """
    id  ccg  start       count  den  num  because
    -   A    2017-06-01  7      yes  yes  -
    -   A    2017-06-01  7      yes  yes  -
    -   A    2017-01-01  -      yes  no   within_18_weeks
    p1  A    2017-01-01  5      yes  no   within_18_weeks
    p1  A    2017-01-01  5      no   no   repeated
    p2  B    2017-06-01  3      no   no   identifier_disagrees
    p2  B    2017-06-01  4      no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value  meets  status
    A    14         20           0.7    no     ok
    B    0          0            -      -      no_cases
    """,
)
spec(
    "E.B.3",
    "Nobody waiting is no percentage, and a verdict of neither kind",
    "A denominator of 0 leaves value and verdict empty; a numerator of 0 does not.",
    "2017-06",
    """
    id  ccg    start       stop        type      den  num  because
    p1  DONE   2017-05-01  2017-06-02  admitted  no   no   not_stopped_by_the_last_day
    p2  LATER  2017-07-01  -           -         no   no   started_by_the_last_day
    p3  SLOW   2017-01-01  -           -         yes  no   within_18_weeks
    """,
    """
    org    numerator  denominator  value  meets  status
    DONE   0          0            -      -      no_cases
    LATER  0          0            -      -      no_cases
    SLOW   0          1            0      no     ok
    """,
)
spec(
    "E.B.3",
    "An organisation whose records are all faulty still has a row",
    "Every organisation present in the input is shown.",
    "2017-06",
    """
    id  ccg     start       stop        type      den  num  because
    p1  FAULTY  -           -           -         no   no   clock_start_missing
    p2  FAULTY  2017-06-02  2017-06-01  admitted  no   no   stop_before_start
    -   NOID    2017-06-02  -           -         no   no   identifier_missing
    p4  SOUND   2017-06-02  -           -         yes  yes  -
    """,
    """
    org     numerator  denominator  value  meets  status
    FAULTY  0          0            -      -      no_cases
    NOID    0          0            -      -      no_cases
    SOUND   1          1            1      yes    ok
    """,
)
spec(
    "E.B.3",
    "Pathways commissioned outside England are shown and are in no total",
    "NONC is left out of England; NHS England's own (X24) and UNKNOWN are in it.",
    "2017-06",
    """
    id  ccg      start       den  num  because
    p1  A        2017-06-01  yes  yes  -
    p2  B        2017-01-01  yes  no   within_18_weeks
    p3  NONC     2017-06-01  yes  yes  -
    p4  X24      2017-06-01  yes  yes  -
    p5  UNKNOWN  2017-06-01  yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      1          1            1      yes
    B        ccg      0          1            0      no
    NONC     ccg      1          1            1      yes
    X24      ccg      1          1            1      yes
    UNKNOWN  ccg      1          1            1      yes
    ENGLAND  england  3          4            3/4    no
    """,
)
spec(
    "E.B.3",
    "Capital and small letters do not matter",
    "Codes are compared in capitals, listed words in small letters.",
    "2017-06",
    """
    id  ccg   start       stop        type          den  num  because
    p1  zx9   2017-06-01  2017-07-01  ADMITTED      yes  yes  -
    p2  ZX9   2017-06-01  2017-07-01  Non_Admitted  yes  yes  -
    p3  nonc  2017-06-01  -           -             yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    ZX9      ccg      2          2            1      yes
    NONC     ccg      1          1            1      yes
    ENGLAND  england  2          2            1      yes
    """,
)

# E.M.18 and E.M.19 -------------------------------------------------------------------------------

for code, words in (
    ("E.M.18", {"this": "admitted", "other": "non_admitted", "of_it": "stopped_by_admission"}),
    ("E.M.19", {"this": "non_admitted", "other": "admitted", "of_it": "stopped_without_admission"}),
):
    spec(
        code,
        "Stops on the first and on the last day count, the days outside do not",
        "The clock stop date places a completed pathway.",
        "2017-06",
        """
        id  ccg  start       stop        type  num  because
        p1  A    2017-04-01  2017-05-31  this  no   stopped_in_the_period
        p2  A    2017-04-01  2017-06-01  this  yes  -
        p3  A    2017-04-01  2017-06-30  this  yes  -
        p4  A    2017-04-01  2017-07-01  this  no   stopped_in_the_period
        p5  A    2017-04-01  -           -     no   stopped_in_the_period
        """,
        """
        org  numerator
        A    2
        """,
        words,
    )
    spec(
        code,
        "Only the line's own kind of stop counts",
        "E.M.18: stopped by admission for treatment. E.M.19: stopped for any other reason.",
        "2017-06",
        """
        id  ccg  start       stop        type   num  because
        p1  A    2017-04-01  2017-06-15  this   yes  -
        p2  A    2017-04-01  2017-06-15  other  no   of_it
        p3  B    2017-04-01  2017-06-15  other  no   of_it
        """,
        """
        org  numerator
        A    1
        B    0
        """,
        words,
    )
    spec(
        code,
        "A wait of any length counts",
        "0, 126 and 127 days, ten years; only a stop before the start is an error.",
        "2017-06",
        """
        id  ccg  start       stop        type  num  because
        p1  A    2017-06-15  2017-06-15  this  yes  -
        p2  A    2017-06-16  2017-06-15  this  no   stop_before_start
        p3  A    2017-06-14  2017-06-15  this  yes  -
        p4  A    2017-02-09  2017-06-15  this  yes  -
        p5  A    2017-02-08  2017-06-15  this  yes  -
        p6  A    2007-06-15  2017-06-15  this  yes  -
        """,
        """
        org  numerator
        A    5
        """,
        words,
    )
    spec(
        code,
        "An unknown start counts, an unknown kind of stop does not",
        "Stop, kind of stop, commissioner and identifier are needed; the start is not.",
        "2017-06",
        """
        id  ccg  start       stop        type  num  because
        p1  A    -           2017-06-15  this  yes  -
        p2  A    2017-06-01  2017-06-15  -     no   stop_type_missing
        p3  A    2017-06-01  2017-07-15  -     no   stop_type_missing
        p4  A    2017-06-01  -           this  no   stopped_in_the_period
        p5  A    -           -           -     no   stopped_in_the_period
        p6  -    2017-06-01  2017-06-15  this  no   organisation_missing
        -   A    2017-06-01  2017-06-15  this  no   identifier_missing
        """,
        """
        org  numerator
        A    1
        """,
        words,
    )
    spec(
        code,
        "An identifier counts once where its rows agree, and not at all where they disagree",
        "A pathway that is repeated or opened again is one pathway (A49).",
        "2017-06",
        """
        id  ccg  start       stop        type   num  because
        p1  A    2017-06-01  2017-06-15  this   yes  -
        p1  A    2017-06-01  2017-06-15  this   no   repeated
        p2  A    2017-06-01  2017-06-15  this   no   identifier_disagrees
        p2  A    2017-06-01  2017-06-16  this   no   identifier_disagrees
        p3  A    2017-06-01  2017-06-15  this   no   identifier_disagrees
        p3  A    2017-06-01  2017-06-15  other  no   identifier_disagrees
        p4  A    2017-06-01  2017-06-15  this   no   identifier_disagrees
        p4  A    -           2017-06-15  this   no   identifier_disagrees
        """,
        """
        org  numerator
        A    1
        """,
        words,
    )
    spec(
        code,
        "A quarter or a year counts the stops of all its days",
        "Quarter 1 runs from 1 April to 30 June, the financial year to 31 March.",
        "2017-18-Q1",
        """
        id  ccg  start       stop        type  num  because
        p1  A    2017-03-01  2017-03-31  this  no   stopped_in_the_period
        p2  A    2017-03-01  2017-04-01  this  yes  -
        p3  A    2017-03-01  2017-05-15  this  yes  -
        p4  A    2017-03-01  2017-06-30  this  yes  -
        p5  A    2017-03-01  2017-07-01  this  no   stopped_in_the_period
        p6  A    2017-03-01  2018-03-31  this  no   stopped_in_the_period
        p7  A    2017-03-01  2018-04-01  this  no   stopped_in_the_period
        """,
        """
        org  period      numerator
        A    2017-04     1
        A    2017-05     1
        A    2017-06     1
        A    2017-18-Q1  3
        A    2017-18-Q2  1
        A    2017-18-Q3  0
        A    2017-18-Q4  1
        A    2016-17-Q4  1
        A    2017-18     5
        """,
        words,
    )
    spec(
        code,
        "29 February belongs to February",
        "A leap year's February has 29 days.",
        "2016-02",
        """
        id  ccg  start       stop        type  num  because
        p1  A    2016-01-01  2016-01-31  this  no   stopped_in_the_period
        p2  A    2016-01-01  2016-02-29  this  yes  -
        p3  A    2016-01-01  2016-03-01  this  no   stopped_in_the_period
        p4  A    2016-01-01  2017-02-28  this  no   stopped_in_the_period
        p5  A    2016-01-01  2017-03-01  this  no   stopped_in_the_period
        """,
        """
        org  period   numerator
        A    2016-02  1
        A    2016-03  1
        A    2017-02  1
        A    2017-03  1
        """,
        words,
    )
    spec(
        code,
        "A row may stand for many pathways, and only faulty rows for none",
        "Counts are added up; an organisation without a sound record has a count of 0.",
        "2017-06",
        """
        ccg     start       stop        type   count  num  because
        A       2017-06-01  2017-06-15  this   12     yes  -
        A       2017-06-01  2017-06-15  this   12     yes  -
        A       2017-06-01  2017-06-15  other  5      no   of_it
        FAULTY  2017-06-16  2017-06-15  this   3      no   stop_before_start
        FAULTY  2017-06-01  2017-06-15  -      3      no   stop_type_missing
        NONC    2017-06-01  2017-06-15  this   4      yes  -
        """,
        """
        org      level    numerator
        A        ccg      24
        FAULTY   ccg      0
        NONC     ccg      4
        ENGLAND  england  24
        """,
        words,
    )

# E.M.20 ------------------------------------------------------------------------------------------

spec(
    "E.M.20",
    "Starts on the first and on the last day count, the days outside do not",
    "The clock start date places a new pathway.",
    "2017-06",
    """
    id  ccg  start       num  because
    p1  A    2017-05-31  no   started_in_the_period
    p2  A    2017-06-01  yes  -
    p3  A    2017-06-30  yes  -
    p4  A    2017-07-01  no   started_in_the_period
    """,
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.M.20",
    "A new pathway counts wherever and however it stops",
    "Those that also stop in the period are included; the kind of stop is not needed.",
    "2017-06",
    """
    id  ccg  start       stop        type          num  because
    p1  A    2017-06-15  -           -             yes  -
    p2  A    2017-06-15  2017-06-15  admitted      yes  -
    p3  A    2017-06-15  2017-06-30  non_admitted  yes  -
    p4  A    2017-06-15  2019-06-30  admitted      yes  -
    p5  A    2017-06-15  2017-06-30  -             yes  -
    p6  A    2017-06-15  2017-06-14  admitted      no   stop_before_start
    p7  A    2007-06-15  -           -             no   started_in_the_period
    """,
    """
    org  numerator
    A    5
    """,
)
spec(
    "E.M.20",
    "A record without a field that the line needs is left out",
    "Start, commissioner and identifier are needed.",
    "2017-06",
    """
    id  ccg  start       stop        type      num  because
    p1  A    -           -           -         no   clock_start_missing
    p2  A    -           2017-06-15  admitted  no   clock_start_missing
    p3  -    2017-06-15  -           -         no   organisation_missing
    -   B    2017-06-15  -           -         no   identifier_missing
    """,
    """
    org  numerator
    A    0
    B    0
    """,
)
spec(
    "E.M.20",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "A pathway that is repeated or opened again is one pathway (A49).",
    "2017-06",
    """
    id  ccg  start       stop        type      num  because
    p1  A    2017-06-15  -           -         yes  -
    p1  A    2017-06-15  -           -         no   repeated
    p2  A    2017-06-15  -           -         no   identifier_disagrees
    p2  A    2017-06-16  -           -         no   identifier_disagrees
    p3  A    2017-06-15  -           -         no   identifier_disagrees
    p3  A    2017-06-15  2017-06-20  admitted  no   identifier_disagrees
    """,
    """
    org  numerator
    A    1
    """,
)
spec(
    "E.M.20",
    "A quarter or a year counts the starts of all its days",
    "Quarter 4 runs from 1 January to 31 March, the financial year from 1 April.",
    "2017-18-Q4",
    """
    id  ccg  start       num  because
    p1  A    2017-03-31  no   started_in_the_period
    p2  A    2017-04-01  no   started_in_the_period
    p3  A    2017-12-31  no   started_in_the_period
    p4  A    2018-01-01  yes  -
    p5  A    2018-02-28  yes  -
    p6  A    2018-03-31  yes  -
    p7  A    2018-04-01  no   started_in_the_period
    """,
    """
    org  period      numerator
    A    2018-01     1
    A    2018-02     1
    A    2018-03     1
    A    2017-18-Q4  3
    A    2017-18-Q3  1
    A    2017-18-Q2  0
    A    2017-18-Q1  1
    A    2017-18     5
    """,
)
spec(
    "E.M.20",
    "29 February belongs to February",
    "A leap year's February has 29 days.",
    "2016-02",
    """
    id  ccg  start       num  because
    p1  A    2016-01-31  no   started_in_the_period
    p2  A    2016-02-01  yes  -
    p3  A    2016-02-29  yes  -
    p4  A    2016-03-01  no   started_in_the_period
    p5  A    2017-02-28  no   started_in_the_period
    p6  A    2017-03-01  no   started_in_the_period
    """,
    """
    org  period   numerator
    A    2016-02  2
    A    2017-02  1
    A    2017-03  1
    """,
)
spec(
    "E.M.20",
    "A row may stand for many pathways, and only faulty rows for none",
    "Counts are added up; an organisation without a sound record has a count of 0.",
    "2017-06",
    """
    ccg     start       stop        count  num  because
    A       2017-06-15  -           40     yes  -
    A       2017-06-15  -           2      yes  -
    A       2017-06-15  -           0      yes  -
    FAULTY  2017-06-15  2017-06-14  9      no   stop_before_start
    FAULTY  -           -           9      no   clock_start_missing
    X24     2017-06-15  -           1      yes  -
    NONC    2017-06-15  -           5      yes  -
    """,
    """
    org      level    numerator
    A        ccg      42
    FAULTY   ccg      0
    X24      ccg      1
    NONC     ccg      5
    ENGLAND  england  43
    """,
)
