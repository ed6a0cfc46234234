"""What the three A&E lines count, shown record by record.

Read each table as: given these attendances, in this period, this is what becomes of each and
these are the figures. `-` is missing; a table without a column has nothing in it. `count` is how
many equal attendances a row stands for: a department needs more than 200 a month to count at all.
"""

# ruff: noqa: E501 (a table is read by its columns)

from __future__ import annotations

from spec import Book

spec = Book(
    "attendances",
    {
        "id": "attendance_id",
        "ccg": "ccg_code",
        "prov": "provider_code",
        "dept": "department_id",
        "type": "department_type",
        "category": "attendance_category",
        "arrival": "arrival_datetime",
        "departure": "departure_datetime",
    },
)
SPECS = spec.specs

# Stands for 10 in the morning and the two sides of 4 hours later, where the times do not matter.
TIMES = {
    "came": "2017-06-15T10:00:00",
    "at_2": "2017-06-15T14:00:00",
    "at_3": "2017-06-15T14:00:01",
}

# E.B.5 -------------------------------------------------------------------------------------------

spec(
    "E.B.5",
    "4:00:00 is within 4 hours, 4:00:01 is not",
    "Arrival to departure, to the second (A14); a time without seconds is on the minute.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival              departure            count  den  num  because
    a1  A    P     D     1     2017-06-15T10:00:00  2017-06-15T10:00:00  300    yes  yes  -
    a2  A    P     D     1     2017-06-15T10:00:00  2017-06-15T13:59:59  -      yes  yes  -
    a3  A    P     D     1     2017-06-15T10:00:00  2017-06-15T14:00:00  -      yes  yes  -
    a4  A    P     D     1     2017-06-15T10:00:00  2017-06-15T14:00:01  -      yes  no   within_4_hours
    a5  A    P     D     1     2017-06-15T10:00:59  2017-06-15T14:01:00  -      yes  no   within_4_hours
    a6  A    P     D     1     2017-06-15T10:00     2017-06-15T14:00     -      yes  yes  -
    a7  A    P     D     1     2017-06-15T10:00     2017-06-15T14:01     -      yes  no   within_4_hours
    a8  A    P     D     1     2017-06-15T22:30:00  2017-06-16T02:30:00  -      yes  yes  -
    a9  A    P     D     1     2017-06-15T22:30:00  2017-06-16T02:30:01  -      yes  no   within_4_hours
    b1  A    P     D     1     2017-06-15T10:00:00  2017-06-17T11:00:00  -      yes  no   within_4_hours
    """,
    """
    org  numerator  denominator  value    meets
    A    304        309          304/309  yes
    """,
)
spec(
    "E.B.5",
    "The arrival places the attendance, whenever the patient leaves",
    "The first and the last second of the month are in it (A13).",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival              departure            count  den  num  because
    a1  A    P     D     1     2017-05-31T23:59:59  2017-06-01T01:00:00  -      no   no   arrived_in_the_period
    a2  A    P     D     1     2017-06-01T00:00:00  2017-06-01T01:00:00  500    yes  yes  -
    a3  A    P     D     1     2017-06-30T23:59:59  2017-07-01T03:59:59  -      yes  yes  -
    a4  A    P     D     1     2017-06-30T23:59:59  2017-07-01T04:00:00  -      yes  no   within_4_hours
    a5  A    P     D     1     2017-07-01T00:00:00  2017-07-01T01:00:00  -      no   no   arrived_in_the_period
    """,
    """
    org  numerator  denominator  value    meets
    A    501        502          501/502  yes
    """,
)
spec(
    "E.B.5",
    "29 February is in February of a leap year",
    "The quarter is January to March 2016, of which the data hold two months.",
    "2016-02",
    """
    id  ccg  prov  dept  type  arrival              departure            count  den  num  because
    a1  A    P     D     1     2016-02-29T23:59:59  2016-03-01T00:30:00  401    yes  yes  -
    a2  A    P     D     1     2016-03-01T00:00:00  2016-03-01T00:30:00  -      no   no   arrived_in_the_period
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2016-02     401        401          1      yes
    A    2016-03     1          1            1      yes
    A    2015-16-Q4  402        402          1      -
    """,
)
spec(
    "E.B.5",
    "Exactly 95% meets the standard",
    "The unrounded ratio is tested: 94.96%, which is printed as 95.0%, does not meet it.",
    "2017-06",
    """
    ccg    prov  dept  type  arrival  departure  count  den  num  because
    EXACT  P     D     1     came     at_2       285    yes  yes  -
    EXACT  P     D     1     came     at_3       15     yes  no   within_4_hours
    BELOW  P     D     1     came     at_2       284    yes  yes  -
    BELOW  P     D     1     came     at_3       16     yes  no   within_4_hours
    SHOWN  P     D     1     came     at_2       2374   yes  yes  -
    SHOWN  P     D     1     came     at_3       126    yes  no   within_4_hours
    ABOVE  P     D     1     came     at_2       9501   yes  yes  -
    ABOVE  P     D     1     came     at_3       499    yes  no   within_4_hours
    """,
    """
    org    numerator  denominator  value    meets
    EXACT  285        300          0.95     yes
    BELOW  284        300          284/300  no
    SHOWN  2374       2500         0.9496   no
    ABOVE  9501       10000        0.9501   yes
    """,
    TIMES,
)
spec(
    "E.B.5",
    "A department counts if it had more than 600 attendances in the quarter",
    "An average of exactly 200 a month is not enough. All three months count then, also a quiet "
    "one; a department that opened late is measured by the whole quarter.",
    "2017-04",
    """
    id  ccg    prov  dept  type  arrival           departure         count  den  num  because
    a1  OVER   P     D1    1     2017-04-10T10:00  2017-04-10T11:00  200    yes  yes  -
    a2  OVER   P     D1    1     2017-05-10T10:00  2017-05-10T11:00  200    no   no   arrived_in_the_period
    a3  OVER   P     D1    1     2017-06-10T10:00  2017-06-10T11:00  201    no   no   arrived_in_the_period
    b1  EVEN   P     D2    1     2017-04-10T10:00  2017-04-10T11:00  200    no   no   department_busy_enough
    b2  EVEN   P     D2    1     2017-05-10T10:00  2017-05-10T11:00  100    no   no   arrived_in_the_period
    b3  EVEN   P     D2    1     2017-06-10T10:00  2017-06-10T11:00  300    no   no   arrived_in_the_period
    c1  QUIET  P     D3    1     2017-04-10T10:00  2017-04-10T11:00  1      yes  yes  -
    c2  QUIET  P     D3    1     2017-06-10T10:00  2017-06-10T11:00  600    no   no   arrived_in_the_period
    d1  LATE   P     D4    1     2017-06-10T10:00  2017-06-10T11:00  600    no   no   arrived_in_the_period
    """,
    """
    org    period      numerator  denominator  value  meets  status
    OVER   2017-04     200        200          1      yes    ok
    OVER   2017-05     200        200          1      yes    ok
    OVER   2017-06     201        201          1      yes    ok
    OVER   2017-18-Q1  601        601          1      -      ok
    EVEN   2017-04     0          0            -      -      no_cases
    EVEN   2017-05     0          0            -      -      no_cases
    EVEN   2017-06     0          0            -      -      no_cases
    EVEN   2017-18-Q1  0          0            -      -      no_cases
    QUIET  2017-04     1          1            1      yes    ok
    QUIET  2017-05     0          0            -      -      no_cases
    QUIET  2017-06     600        600          1      yes    ok
    QUIET  2017-18-Q1  601        601          1      -      ok
    LATE   2017-04     0          0            -      -      no_cases
    LATE   2017-05     0          0            -      -      no_cases
    LATE   2017-06     0          0            -      -      no_cases
    LATE   2017-18-Q1  0          0            -      -      no_cases
    """,
)
spec(
    "E.B.5",
    "Where the data hold two months of the quarter, more than 400 are enough",
    "The average is over the months in which the data hold attendances at any department.",
    "2017-05",
    """
    id  ccg   prov  dept  type  arrival           departure         count  den  num  because
    a1  OVER  P     D1    1     2017-05-10T10:00  2017-05-10T11:00  1      yes  yes  -
    a2  OVER  P     D1    1     2017-06-10T10:00  2017-06-10T11:00  400    no   no   arrived_in_the_period
    b1  EVEN  P     D2    1     2017-05-10T10:00  2017-05-10T11:00  400    no   no   department_busy_enough
    """,
    """
    org   numerator  denominator  value  meets  status
    OVER  1          1            1      yes    ok
    EVEN  0          0            -      -      no_cases
    """,
)
spec(
    "E.B.5",
    "Where the data hold one month of the quarter, more than 200 are enough",
    "Months of other quarters do not matter: July begins a new one.",
    "2017-07",
    """
    id  ccg   prov  dept  type  arrival           departure         count  den  num  because
    a1  OVER  P     D1    1     2017-07-01T00:00  2017-07-01T01:00  201    yes  yes  -
    b1  EVEN  P     D2    1     2017-07-31T23:59  2017-08-01T01:00  200    no   no   department_busy_enough
    b2  EVEN  P     D2    1     2017-06-30T23:59  2017-07-01T01:00  900    no   no   arrived_in_the_period
    b3  EVEN  P     D2    1     2017-10-01T00:00  2017-10-01T01:00  900    no   no   arrived_in_the_period
    """,
    """
    org   numerator  denominator  value  meets  status
    OVER  201        201          1      yes    ok
    EVEN  0          0            -      -      no_cases
    """,
)
spec(
    "E.B.5",
    "In a longer period each attendance is judged by the quarter of its arrival",
    "A department that is busy enough in the first quarter only counts in that quarter.",
    "2017-18",
    """
    id  ccg  prov  dept  type  arrival           departure         count  den  num  because
    a1  A    P     D     3     2017-06-30T23:00  2017-06-30T23:30  201    yes  yes  -
    a2  A    P     D     3     2017-07-01T00:00  2017-07-01T01:00  200    no   no   department_busy_enough
    a3  A    P     D     3     2018-03-31T23:59  2018-04-01T06:00  201    yes  no   within_4_hours
    a4  A    P     D     3     2018-04-01T00:00  2018-04-01T06:00  201    no   no   arrived_in_the_period
    """,
    """
    org  period      numerator  denominator  value  meets  status
    A    2017-18-Q1  201        201          1      -      ok
    A    2017-18-Q2  0          0            -      -      no_cases
    A    2017-18-Q4  0          201          0      -      ok
    A    2017-18     201        402          1/2    -      ok
    """,
)
spec(
    "E.B.5",
    "All attendances of a department count for its average",
    "Whatever the commissioner, or none; planned follow-ups, and times that are missing or cannot "
    "be true, are attendances of the department too.",
    "2017-06",
    """
    id  ccg   prov  dept  type  category  arrival  departure         count  den  num  because
    a1  A     P     D1    1     1         came     at_2              100    yes  yes  -
    a2  B     P     D1    1     1         came     at_2              101    yes  yes  -
    b1  C     P     D2    1     1         came     at_2              200    yes  yes  -
    b2  -     P     D2    1     1         came     at_2              1      no   no   organisation_missing
    c1  D     P     D3    1     1         came     at_2              200    yes  yes  -
    c2  D     P     D3    1     2         came     at_2              1      no   no   not_a_planned_follow_up
    d1  E     P     D4    1     1         came     at_2              199    yes  yes  -
    d2  E     P     D4    1     1         came     2017-06-14T10:00  1      no   no   departure_before_arrival
    d3  E     P     D4    1     1         came     -                 1      yes  no   departure_recorded
    e1  NONC  P     D5    1     1         came     at_2              200    yes  yes  -
    e2  F     P     D5    1     1         came     at_2              1      yes  yes  -
    """,
    """
    org   numerator  denominator  value    meets
    A     100        100          1        yes
    B     101        101          1        yes
    C     200        200          1        yes
    D     200        200          1        yes
    E     199        200          199/200  yes
    F     1          1            1        yes
    NONC  200        200          1        yes
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Records that cannot be told apart make no department busier",
    "A repeated row counts once in the average, and rows that disagree not at all; a record "
    "without an identifier is left out.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  count  den  num  because
    a1  A    P     D1    1     came     at_2       200    no   no   department_busy_enough
    a2  A    P     D1    1     came     at_2       0      no   no   department_busy_enough
    a1  A    P     D1    1     came     at_2       200    no   no   repeated
    b1  B    P     D2    1     came     at_2       200    no   no   department_busy_enough
    b2  B    P     D2    1     came     at_2       1      no   no   identifier_disagrees
    b2  B    P     D2    1     came     at_3       1      no   no   identifier_disagrees
    c1  C    P     D3    1     came     at_2       201    yes  yes  -
    c1  C    P     D3    1     came     at_2       201    no   no   repeated
    """,
    """
    org  numerator  denominator  value  meets  status
    A    0          0            -      -      no_cases
    B    0          0            -      -      no_cases
    C    201        201          1      yes    ok
    """,
    TIMES,
)
spec(
    "E.B.5",
    "A department is known by its provider and its identifier",
    "Two providers may each have a department of the same name.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  count  den  num  because
    a1  A    P1    MAIN  1     came     at_2       201    yes  yes  -
    a2  A    P2    MAIN  1     came     at_2       200    no   no   department_busy_enough
    a3  A    P2    EYE   2     came     at_2       201    yes  yes  -
    """,
    """
    org  level     numerator  denominator  value  meets  status
    A    ccg       402        402          1      yes    ok
    P1   provider  201        201          1      yes    ok
    P2   provider  201        201          1      yes    ok
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Departments of every type count, and every type must be busy enough",
    "1 and 01 are one; a type that is missing changes nothing, since all types count.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  count  den  num  because
    a1  A    P     D1    1     came     at_2       201    yes  yes  -
    a2  A    P     D2    2     came     at_2       201    yes  yes  -
    a3  A    P     D3    3     came     at_2       201    yes  yes  -
    a4  A    P     D4    04    came     at_3       201    yes  no   within_4_hours
    a5  A    P     D5    -     came     at_2       201    yes  yes  -
    b1  B    P     E1    1     came     at_2       200    no   no   department_busy_enough
    b2  B    P     E2    2     came     at_2       200    no   no   department_busy_enough
    b3  B    P     E3    3     came     at_2       200    no   no   department_busy_enough
    b4  B    P     E4    4     came     at_2       200    no   no   department_busy_enough
    """,
    """
    org  numerator  denominator  value  meets  status
    A    804        1005         0.8    no     ok
    B    0          0            -      -      no_cases
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Only departments of types 3 and 4 are put out for being entered by appointment or referral",
    "The column access describes the department; empty means that nothing puts it out. Primary "
    "care is no department of these types however it is entered.",
    "2017-06",
    """
    id  ccg  prov  dept  type  access       arrival  departure  count  den  num  because
    a1  A    P     D1    1     walk_in      came     at_2       201    yes  yes  -
    a2  A    P     D2    1     appointment  came     at_2       201    yes  yes  -
    a3  A    P     D3    2     referral     came     at_2       201    yes  yes  -
    a4  A    P     D4    3     walk_in      came     at_2       201    yes  yes  -
    a5  A    P     D5    4     walk_in      came     at_2       201    yes  yes  -
    a6  A    P     D6    3     -            came     at_2       201    yes  yes  -
    a7  A    P     D7    -     referral     came     at_2       201    yes  yes  -
    b1  A    P     E1    3     appointment  came     at_2       201    no   no   entered_without_appointment
    b2  A    P     E2    3     Referral     came     at_2       201    no   no   entered_without_appointment
    b3  A    P     E3    4     appointment  came     at_2       201    no   no   entered_without_appointment
    b4  A    P     E4    4     referral     came     at_3       201    no   no   entered_without_appointment
    b5  A    P     E5    3     primary_care came     at_2       201    no   no   entered_without_appointment
    b6  A    P     D8    1     primary_care came     at_2       201    yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    1608       1608         1      yes
    """,
    TIMES,
)
spec(
    "E.B.5",
    "How a department is entered is decided for the department, by most of its attendances",
    "Of the quarter, whatever the commissioner; as many of each do not put it out, and where access "
    "is empty an attendance follows the others.",
    "2017-06",
    """
    id  ccg  prov  dept  type  access       arrival  departure  count  den  num  because
    a1  A    P     D1    3     walk_in      came     at_2       150    yes  yes  -
    a2  A    P     D1    3     appointment  came     at_2       149    yes  yes  -
    a3  A    P     D1    3     -            came     at_2       99     yes  yes  -
    b1  A    P     D2    3     walk_in      came     at_2       150    yes  yes  -
    b2  A    P     D2    3     referral     came     at_2       150    yes  yes  -
    c1  A    P     D3    3     walk_in      came     at_2       150    no   no   entered_without_appointment
    c2  A    P     D3    3     appointment  came     at_2       50     no   no   entered_without_appointment
    c3  B    P     D3    3     primary_care came     at_2       101    no   no   entered_without_appointment
    c4  A    P     D3    3     -            came     at_2       9      no   no   entered_without_appointment
    """,
    """
    org  numerator  denominator  value  meets  status
    A    698        698          1      yes    ok
    B    0          0            -      -      no_cases
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Planned follow-ups are left out where the category is given",
    "Category 2 (or 02) only: 1, 3, 9, a code that is not listed and no code at all count (A13).",
    "2017-06",
    """
    id  ccg  prov  dept  type  category  arrival  departure  count  den  num  because
    a1  A    P     D     1     1         came     at_2       300    yes  yes  -
    a2  A    P     D     1     2         came     at_2       -      no   no   not_a_planned_follow_up
    a3  A    P     D     1     02        came     at_3       -      no   no   not_a_planned_follow_up
    a4  A    P     D     1     3         came     at_3       -      yes  no   within_4_hours
    a5  A    P     D     1     9         came     at_2       -      yes  yes  -
    a6  A    P     D     1     -         came     at_2       -      yes  yes  -
    a7  A    P     D     1     X         came     at_2       -      yes  yes  -
    """,
    """
    org  numerator  denominator  value    meets
    A    303        304          303/304  yes
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Without a departure an attendance counts, but not as within 4 hours",
    "It may still be running, or nobody wrote the time down.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  count  den  num  because
    a1  A    P     D     1     came     at_2       285    yes  yes  -
    a2  A    P     D     1     came     -          15     yes  no   departure_recorded
    a3  B    P     D     1     came     -          1      yes  no   departure_recorded
    """,
    """
    org  numerator  denominator  value  meets
    A    285        300          0.95   yes
    B    0          1            0      no
    """,
    TIMES,
)
spec(
    "E.B.5",
    "A departure one second before the arrival is an error, one at the same second is not",
    "A negative stay leaves the record out of numerator and denominator.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival              departure            count  den  num  because
    a1  A    P     D     1     2017-06-15T10:00:00  2017-06-15T10:00:00  300    yes  yes  -
    a2  A    P     D     1     2017-06-15T10:00:00  2017-06-15T09:59:59  -      no   no   departure_before_arrival
    a3  A    P     D     1     2017-06-15T10:00:00  2017-06-14T12:00:00  -      no   no   departure_before_arrival
    """,
    """
    org  numerator  denominator  value  meets
    A    300        300          1      yes
    """,
)
spec(
    "E.B.5",
    "A record without a field that the line needs is left out",
    "Commissioner, provider, department and arrival are needed.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  den  num  because
    a1  A    P     D     1     -        -          no   no   arrival_missing
    a2  A    P     D     1     -        at_2       no   no   arrival_missing
    a3  A    P     -     1     came     at_2       no   no   department_missing
    a4  A    -     D     1     came     at_2       no   no   department_missing
    a5  -    P     D     1     came     at_2       no   no   organisation_missing
    -   A    P     D     1     came     at_2       no   no   identifier_missing
    a6  A    P     D     1     came     at_2       no   no   department_busy_enough
    """,
    """
    org  numerator  denominator  value  status
    A    0          0            -      no_cases
    """,
    TIMES,
)
spec(
    "E.B.5",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads.",
    "2017-06",
    """
    id  ccg  prov  dept  type  category  arrival  departure  count  den  num  because
    a1  A    P     D     1     1         came     at_2       400    yes  yes  -
    a2  A    P     D     1     1         came     at_3       4      yes  no   within_4_hours
    a2  A    P     D     1     1         came     at_3       4      no   no   repeated
    a3  A    P     D     1     1         came     at_2       -      no   no   identifier_disagrees
    a3  B    P     D     1     1         came     at_2       -      no   no   identifier_disagrees
    a4  A    P     D     1     1         came     at_2       -      no   no   identifier_disagrees
    a4  A    P     D     2     1         came     at_2       -      no   no   identifier_disagrees
    a5  A    P     D     1     1         came     at_2       -      no   no   identifier_disagrees
    a5  A    P     D     1     3         came     at_2       -      no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value    meets  status
    A    400        404          400/404  yes    ok
    B    0          0            -        -      no_cases
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Without a commissioner column the figures are those of providers",
    "The monthly collection itself knows only providers.",
    "2017-06",
    """
    id  prov  dept  type  arrival  departure  count  den  num  because
    a1  P1    D     1     came     at_2       300    yes  yes  -
    a2  p1    D     1     came     at_3       100    yes  no   within_4_hours
    a3  P2    D     1     came     at_2       200    no   no   department_busy_enough
    a4  -     D     1     came     at_2       300    no   no   organisation_missing
    """,
    """
    org      level     numerator  denominator  value  meets  status
    P1       provider  300        400          3/4    no     ok
    P2       provider  0          0            -      -      no_cases
    ENGLAND  england   300        400          3/4    no     ok
    """,
    TIMES,
)
spec(
    "E.B.5",
    "Attendances paid for from outside England are shown and are in no total",
    "NONC is left out of England; NHS England's own (X24) and UNKNOWN are in it.",
    "2017-06",
    """
    id  ccg      prov  dept  type  arrival  departure  count  den  num  because
    a1  A        P     D     1     came     at_2       100    yes  yes  -
    a2  B        P     D     1     came     at_3       50     yes  no   within_4_hours
    a3  NONC     P     D     1     came     at_2       50     yes  yes  -
    a4  x24      P     D     1     came     at_2       25     yes  yes  -
    a5  UNKNOWN  P     D     1     came     at_2       25     yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      100        100          1      yes
    B        ccg      0          50           0      no
    NONC     ccg      50         50           1      yes
    X24      ccg      25         25           1      yes
    UNKNOWN  ccg      25         25           1      yes
    ENGLAND  england  150        200          3/4    no
    """,
    TIMES,
)
spec(
    "E.B.5",
    "A row may stand for many attendances and then needs no identifier",
    "Two equal rows without identifiers are two; 1 where the count is missing, and 0 is none.",
    "2017-06",
    """
    id  ccg  prov  dept  type  arrival  departure  count  den  num  because
    -   A    P     D     1     came     at_2       150    yes  yes  -
    -   A    P     D     1     came     at_2       150    yes  yes  -
    -   A    P     D     1     came     at_3       -      yes  no   within_4_hours
    -   A    P     D     1     came     at_3       0      yes  no   within_4_hours
    """,
    """
    org  numerator  denominator  value    meets
    A    300        301          300/301  yes
    """,
    TIMES,
)
spec(
    "E.B.5",
    "A row that may count in one month only counts in the quarter and the year of that month",
    "Such rows come from published figures; each attendance stands in one month.",
    "2017-18-Q1",
    """
    ccg  prov  dept  type  arrival           departure         count  counts_in  den  num  because
    A    P     D     1     2017-05-31T10:00  2017-05-31T11:00  700    2017-05    yes  yes  -
    A    P     D     1     2017-06-30T10:00  2017-06-30T15:00  300    2017-06    yes  no   within_4_hours
    """,
    """
    org  period      numerator  denominator  value  meets
    A    2017-05     700        700          1      yes
    A    2017-06     0          300          0      no
    A    2017-18-Q1  700        1000         0.7    -
    A    2017-18     700        1000         0.7    -
    """,
)

# E.B.5_1 and E.B.5_2 -----------------------------------------------------------------------------

spec(
    "E.B.5_1",
    "The denominator of the percentage, as a count",
    "Attendances of all types at departments that are busy enough, with or without a departure.",
    "2017-06",
    """
    id  ccg  prov  dept  type  category  access       arrival              departure            count  num  because
    a1  A    P     D1    1     1         walk_in      2017-06-01T00:00:00  2017-06-01T04:00:00  601    yes  -
    a2  A    P     D1    1     1         walk_in      2017-06-30T23:59:59  2017-07-01T09:00:00  10     yes  -
    a3  A    P     D1    1     1         walk_in      2017-06-30T23:59:59  -                    1      yes  -
    a4  A    P     D1    1     2         walk_in      2017-06-15T10:00:00  2017-06-15T11:00:00  1      no   not_a_planned_follow_up
    a5  A    P     D1    1     1         walk_in      2017-05-31T23:59:59  2017-06-01T00:10:00  1      no   arrived_in_the_period
    a6  A    P     D1    1     1         walk_in      2017-07-01T00:00:00  2017-07-01T00:10:00  1      no   arrived_in_the_period
    b1  A    P     D2    3     1         appointment  2017-06-15T10:00:00  2017-06-15T11:00:00  601    no   entered_without_appointment
    b2  A    P     D3    3     1         walk_in      2017-06-15T10:00:00  2017-06-15T11:00:00  400    no   department_busy_enough
    c1  A    P     D1    1     1         walk_in      2017-06-15T10:00:00  2017-06-15T09:00:00  1      no   departure_before_arrival
    c2  A    P     D1    1     1         walk_in      -                    2017-06-15T09:00:00  1      no   arrival_missing
    c3  A    P     -     1     1         walk_in      2017-06-15T10:00:00  2017-06-15T11:00:00  1      no   department_missing
    """,
    """
    org  period      numerator
    A    2017-05     1
    A    2017-06     612
    A    2017-18-Q1  613
    """,
)
spec(
    "E.B.5_2",
    "The numerator of the percentage, as a count",
    "4:00:00 is counted, 4:00:01 is not, and an attendance without a departure is left out and "
    "reported.",
    "2017-06",
    """
    id  ccg  prov  dept  type  category  access    arrival              departure            count  num  because
    a1  A    P     D1    1     1         walk_in   2017-06-01T00:00:00  2017-06-01T04:00:00  601    yes  -
    a2  A    P     D1    1     1         walk_in   2017-06-30T23:59:59  2017-07-01T04:00:00  10     no   within_4_hours
    a3  A    P     D1    1     1         walk_in   2017-06-30T23:59:59  -                    1      no   departure_missing
    a4  A    P     D1    1     2         walk_in   2017-06-15T10:00:00  2017-06-15T11:00:00  1      no   not_a_planned_follow_up
    a5  A    P     D1    1     1         walk_in   2017-05-31T23:59:59  2017-06-01T00:10:00  1      no   arrived_in_the_period
    b1  A    P     D2    4     1         referral  2017-06-15T10:00:00  2017-06-15T11:00:00  601    no   entered_without_appointment
    b2  A    P     D3    3     1         walk_in   2017-06-15T10:00:00  2017-06-15T11:00:00  400    no   department_busy_enough
    c1  A    P     D1    1     1         walk_in   2017-06-15T10:00:00  2017-06-15T09:00:00  1      no   departure_before_arrival
    c2  A    P     D1    1     1         walk_in   -                    2017-06-15T09:00:00  1      no   arrival_missing
    c3  A    P     -     1     1         walk_in   2017-06-15T10:00:00  2017-06-15T11:00:00  1      no   department_missing
    """,
    """
    org  period      numerator
    A    2017-05     1
    A    2017-06     601
    A    2017-18-Q1  602
    """,
)
for code in ("E.B.5_1", "E.B.5_2"):
    spec(
        code,
        "No attendances are 0, and an organisation of the data always has a row",
        "A count over no records is 0, not missing.",
        "2017-06",
        """
        id  ccg   prov  dept  type  arrival           departure         count  num  because
        a1  A     P     D     1     came              at_2              601    yes  -
        a2  LATE  P     D     1     2017-07-15T10:00  2017-07-15T11:00  601    no   arrived_in_the_period
        a3  NONE  P     -     1     came              at_2              601    no   department_missing
        """,
        """
        org      level    numerator
        A        ccg      601
        LATE     ccg      0
        NONE     ccg      0
        ENGLAND  england  601
        """,
        TIMES,
    )
