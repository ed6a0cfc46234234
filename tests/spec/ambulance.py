"""What the two ambulance lines count, shown record by record.

Read each table as: given these calls, in this period, this is what becomes of each and these are
the figures. `-` is missing; a table without a column has nothing in it.
"""

# ruff: noqa: E501 (a table is read by its columns)

from __future__ import annotations

from spec import Book

spec = Book(
    "calls",
    {
        "id": "call_id",
        "incident": "incident_id",
        "ccg": "ccg_code",
        "called": "call_datetime",
        "source": "call_source",
        "excluded": "exclusion_reason",
        "f2f": "face_to_face",
        "resolved": "resolved_by_telephone",
        "stop": "stop_code",
        "to": "destination_type",
    },
)
SPECS = spec.specs
# A time inside June 2017, where it does not matter, and short words for what patients met.
WORDS = {"june": "2017-06-15T10:00:00", "scene": "treated_at_scene"}

# E.B.17 ------------------------------------------------------------------------------------------

spec(
    "E.B.17",
    "Calls resolved by telephone, of those that receive a response",
    "A face-to-face response puts a call in the denominator only, also where advice was given "
    "first; a call without any response is in neither.",
    "2017-06",
    """
    id  ccg  called  source  urgency    f2f  resolved  den  num  because
    c1  A    june    999     emergency  no   yes       yes  yes  -
    c2  A    june    999     emergency  yes  no        yes  no   resolved_by_telephone_alone
    c3  A    june    999     emergency  yes  yes       yes  no   resolved_by_telephone_alone
    c4  A    june    999     emergency  no   no        no   no   answered
    c5  A    june    999     emergency  yes  -         yes  no   resolved_by_telephone_alone
    """,
    """
    org  numerator  denominator  value
    A    1          4            1/4
    """,
    WORDS,
)
spec(
    "E.B.17",
    "A stop code that says the call was not resolved undoes the advice",
    "Duplicate, cancelled, abandoned or information only: in neither figure, unless a resource "
    "arrived all the same. Another stop code, or none, does not (A18).",
    "2017-06",
    """
    id  ccg  called  source  urgency    f2f  resolved  stop              den  num  because
    c1  A    june    999     emergency  no   yes       -                 yes  yes  -
    c2  A    june    999     emergency  no   yes       other             yes  yes  -
    c3  A    june    999     emergency  no   yes       duplicate         no   no   answered
    c4  A    june    999     emergency  no   yes       cancelled         no   no   answered
    c5  A    june    999     emergency  no   yes       abandoned         no   no   answered
    c6  A    june    999     emergency  no   yes       Information_only  no   no   answered
    c7  A    june    999     emergency  yes  yes       duplicate         yes  no   resolved_by_telephone_alone
    c8  A    june    999     emergency  yes  no        cancelled         yes  no   resolved_by_telephone_alone
    """,
    """
    org  numerator  denominator  value
    A    2          4            1/2
    """,
    WORDS,
)
spec(
    "E.B.17",
    "Urgent calls, calls of professionals and calls passed on by NHS 111 do not count",
    "Whatever response they receive.",
    "2017-06",
    """
    id  ccg  called  source  urgency    f2f  resolved  den  num  because
    c1  A    june    999     emergency  no   yes       yes  yes  -
    c2  A    june    999     urgent     no   yes       no   no   emergency_call
    c3  A    june    nhs111  emergency  no   yes       no   no   called_by_the_public
    c4  A    june    NHS111  emergency  yes  no        no   no   called_by_the_public
    c5  A    june    hcp     emergency  yes  no        no   no   called_by_the_public
    c6  A    june    hcp     urgent     yes  no        no   no   emergency_call
    """,
    """
    org  numerator  denominator  value
    A    1          1            1
    """,
    WORDS,
)
spec(
    "E.B.17",
    "A call with a reason to leave it out is in neither figure",
    "Any of the seven reasons, whatever the response; such calls need not say what the response "
    "was.",
    "2017-06",
    """
    id  ccg  called  source  urgency    excluded                 f2f  resolved  den  num  because
    c1  A    june    999     emergency  -                        yes  no        yes  no   resolved_by_telephone_alone
    c2  A    june    999     emergency  hcp_predetermined        yes  no        no   no   not_excluded
    c3  A    june    999     emergency  duplicate                yes  no        no   no   not_excluded
    c4  A    june    999     emergency  hang_up                  no   yes       no   no   not_excluded
    c5  A    june    999     emergency  caller_not_with_patient  no   yes       no   no   not_excluded
    c6  A    june    999     emergency  details_refused          no   no        no   no   not_excluded
    c7  A    june    999     emergency  hoax                     no   no        no   no   not_excluded
    c8  A    june    999     emergency  cancelled                -    -         no   no   not_excluded
    c9  A    june    999     emergency  hang_up                  no   -         no   no   not_excluded
    """,
    """
    org  numerator  denominator  value
    A    0          1            0
    """,
    WORDS,
)
for code, den in (("E.B.17", "resolved_by_telephone_alone"), ("E.B.18", "outcome_recorded")):
    spec(
        code,
        "The day of the call places it",
        "The first and the last second of the month are in it.",
        "2017-06",
        """
        id  ccg  called               source  urgency    f2f  resolved  den  num  because
        c1  A    2017-05-31T23:59:59  999     emergency  yes  no        no   no   called_in_the_period
        c2  A    2017-06-01T00:00:00  999     emergency  yes  no        yes  no   why
        c3  A    2017-06-30T23:59:59  999     emergency  yes  no        yes  no   why
        c4  A    2017-07-01T00:00:00  999     emergency  yes  no        no   no   called_in_the_period
        """,
        """
        org  period      numerator  denominator  value
        A    2017-05     0          1            0
        A    2017-06     0          2            0
        A    2017-18-Q1  0          3            0
        A    2017-18     0          4            0
        """,
        {"why": den},
    )
    spec(
        code,
        "A record without a field that the line needs is left out",
        "Time, source, urgency, response, commissioner and identifier are needed.",
        "2017-06",
        """
        id  ccg  called  source  urgency    f2f  resolved  den  num  because
        c1  A    -       999     emergency  yes  no        no   no   call_time_missing
        c2  A    june    -       emergency  yes  no        no   no   call_source_missing
        c3  A    june    999     -          yes  no        no   no   urgency_missing
        c4  A    june    999     emergency  -    yes       no   no   response_missing
        c5  -    june    999     emergency  yes  no        no   no   organisation_missing
        -   A    june    999     emergency  yes  no        no   no   identifier_missing
        """,
        """
        org  numerator  denominator  value  status
        A    0          0            -      no_cases
        """,
        WORDS,
    )
spec(
    "E.B.17",
    "Once a resource has come to an incident its later calls do not count",
    "The call that it came to and those before it are judged as any other, and so is each call of "
    "an incident to which none came. Of calls at one time the first by identifier is the earlier.",
    "2017-06",
    """
    id  incident  ccg  called               source  urgency    f2f  resolved  den  num  because
    c1  i1        A    2017-06-01T10:00:00  999     emergency  no   yes       yes  yes  -
    c2  i1        A    2017-06-01T10:10:00  999     emergency  yes  no        yes  no   resolved_by_telephone_alone
    c3  i1        A    2017-06-01T10:10:01  999     emergency  yes  no        no   no   not_after_a_response
    c4  i1        B    2017-06-02T10:00:00  999     emergency  no   yes       no   no   not_after_a_response
    c5  i2        A    2017-06-01T10:00:00  hcp     emergency  yes  no        no   no   called_by_the_public
    c6  i2        A    2017-06-01T10:10:00  999     emergency  no   yes       no   no   not_after_a_response
    c7  i3        A    2017-06-01T10:00:00  999     emergency  yes  no        yes  no   resolved_by_telephone_alone
    c8  i3        A    2017-06-01T10:00:00  999     emergency  yes  no        no   no   not_after_a_response
    c9  i4        A    2017-06-01T10:00:00  999     emergency  no   yes       yes  yes  -
    d1  i4        A    2017-06-01T10:10:00  999     emergency  no   yes       yes  yes  -
    d2  -         A    2017-06-01T10:00:00  999     emergency  yes  no        yes  no   resolved_by_telephone_alone
    d3  -         A    2017-06-01T10:10:00  999     emergency  no   yes       yes  yes  -
    d4  i5        A    2017-05-31T23:50:00  999     emergency  yes  no        no   no   called_in_the_period
    d5  i5        A    2017-06-01T00:10:00  999     emergency  no   yes       no   no   not_after_a_response
    """,
    """
    org  numerator  denominator  value  status
    A    4          7            4/7    ok
    B    0          0            -      no_cases
    """,
)
spec(
    "E.B.17",
    "Without a response at the scene it must be known whether the call was resolved",
    "A missing answer is reported, and not taken for no.",
    "2017-06",
    """
    id  ccg  called  source  urgency    f2f  resolved  den  num  because
    c1  A    june    999     emergency  no   -         no   no   resolution_missing
    c2  A    june    999     emergency  no   no        no   no   answered
    """,
    """
    org  numerator  denominator  value  status
    A    0          0            -      no_cases
    """,
    WORDS,
)
spec(
    "E.B.17",
    "An identifier counts once where its rows agree, and a row may stand for many calls",
    "Calls from outside England are shown and in no total. There is no standard and so no verdict.",
    "2017-06",
    """
    id  ccg   called  source  urgency    f2f  resolved  count  den  num  because
    c1  A     june    999     emergency  no   yes       11     yes  yes  -
    c1  A     june    999     emergency  no   yes       11     no   no   repeated
    c2  A     june    999     emergency  yes  no        89     yes  no   resolved_by_telephone_alone
    c3  A     june    999     emergency  yes  no        5      no   no   identifier_disagrees
    c3  A     june    999     emergency  no   no        5      no   no   identifier_disagrees
    -   NONC  june    999     emergency  no   yes       7      yes  yes  -
    -   NONC  june    999     emergency  no   yes       7      yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      11         100          0.11   -
    NONC     ccg      14         14           1      -
    ENGLAND  england  11         100          0.11   -
    """,
    WORDS,
)

# E.B.18 ------------------------------------------------------------------------------------------

spec(
    "E.B.18",
    "Treated at the scene or conveyed elsewhere, but not to a department of type 1 or 2",
    "Without an outcome, or conveyed to a place that is not named, an incident counts in the "
    "denominator only.",
    "2017-06",
    """
    id  ccg  called  source  urgency    f2f  outcome   to     den  num  because
    c1  A    june    999     emergency  yes  scene     -      yes  yes  -
    c2  A    june    999     emergency  yes  conveyed  3      yes  yes  -
    c3  A    june    999     emergency  yes  conveyed  other  yes  yes  -
    c4  A    june    999     emergency  yes  conveyed  1      yes  no   not_taken_to_a_major_department
    c5  A    june    999     emergency  yes  conveyed  2      yes  no   not_taken_to_a_major_department
    c6  A    june    999     emergency  yes  conveyed  02     yes  no   not_taken_to_a_major_department
    c7  A    june    999     emergency  yes  conveyed  -      yes  no   outcome_recorded
    c8  A    june    999     emergency  yes  -         -      yes  no   outcome_recorded
    c9  A    june    999     emergency  yes  -         1      yes  no   outcome_recorded
    d1  A    june    999     emergency  yes  scene     1      yes  yes  -
    d2  A    june    999     emergency  no   -         -      no   no   response_at_the_scene
    d3  A    june    999     emergency  no   scene     -      no   no   response_at_the_scene
    """,
    """
    org  numerator  denominator  value
    A    4          10           0.4
    """,
    WORDS,
)
spec(
    "E.B.18",
    "Calls passed on by NHS 111 count, urgent calls and calls of professionals do not",
    "A reason that leaves a call out of hear and treat plays no part here.",
    "2017-06",
    """
    id  ccg  called  source  urgency    excluded   f2f  outcome  den  num  because
    c1  A    june    999     emergency  -          yes  scene    yes  yes  -
    c2  A    june    nhs111  emergency  -          yes  scene    yes  yes  -
    c3  A    june    hcp     emergency  -          yes  scene    no   no   not_from_a_professional
    c4  A    june    999     urgent     -          yes  scene    no   no   emergency_call
    c5  A    june    999     emergency  duplicate  yes  scene    yes  yes  -
    c6  A    june    999     emergency  hang_up    -    -        no   no   response_at_the_scene
    """,
    """
    org  numerator  denominator  value
    A    3          3            1
    """,
    WORDS,
)
spec(
    "E.B.18",
    "An incident counts once, and any journey to a major department decides it",
    "Its calls are put together by incident; a call without one is its own (A19). Where some calls "
    "have an outcome and others none, those that have one decide.",
    "2017-06",
    """
    id  incident  ccg  called  source  urgency    f2f  outcome   to
    c1  i1        A    june    999     emergency  yes  scene     -
    c2  i1        A    june    999     emergency  yes  conveyed  1
    c3  i2        A    june    999     emergency  yes  scene     -
    c4  i2        A    june    nhs111  emergency  yes  conveyed  3
    c5  i3        A    june    999     emergency  no   -         -
    c6  i3        A    june    999     emergency  yes  scene     -
    c7  i4        A    june    999     emergency  yes  -         -
    c8  i4        A    june    999     emergency  yes  scene     -
    d1  i5        A    june    999     emergency  -    -         -
    d2  i5        A    june    999     emergency  yes  conveyed  2
    d3  i6        A    june    999     emergency  yes  -         -
    d4  i6        A    june    999     emergency  no   conveyed  1
    d5  -         A    june    999     emergency  yes  scene     -
    d6  -         A    june    999     emergency  yes  conveyed  1
    d7  i7        A    june    999     emergency  no   -         -
    d8  i7        A    june    999     emergency  no   scene     -
    """,
    """
    org  numerator  denominator  value
    A    4          8            1/2
    """,
    WORDS,
    units="""
    id  org  den  num  because
    i1  A    yes  no   not_taken_to_a_major_department
    i2  A    yes  yes  -
    i3  A    yes  yes  -
    i4  A    yes  yes  -
    i5  A    yes  no   not_taken_to_a_major_department
    i6  A    yes  no   outcome_recorded
    d5  A    yes  yes  -
    d6  A    yes  no   not_taken_to_a_major_department
    i7  A    no   no   response_at_the_scene
    """,
)
spec(
    "E.B.18",
    "Calls that cannot count play no part in their incident",
    "Urgent calls, calls of professionals, and records that are incomplete or disagree; the first "
    "call that can count places the incident. An incident of such calls only is left out, for the "
    "reason of its first.",
    "2017-06",
    """
    id  incident  ccg  called               source  urgency    f2f  outcome   to
    c1  i1        B    2017-06-01T01:00:00  hcp     emergency  yes  conveyed  1
    c2  i1        A    2017-06-01T02:00:00  999     emergency  yes  scene     -
    c3  i2        A    2017-06-01T02:00:00  999     emergency  yes  scene     -
    c4  i2        A    2017-06-01T01:00:00  999     urgent     yes  conveyed  1
    c5  i3        A    2017-06-01T01:00:00  999     emergency  yes  scene     -
    c6  i3        A    -                    999     emergency  yes  conveyed  1
    c7  i4        A    2017-06-01T01:00:00  999     emergency  yes  scene     -
    c8  i4        A    2017-06-01T01:00:00  999     emergency  yes  conveyed  1
    c8  i4        A    2017-06-01T01:00:00  999     emergency  yes  conveyed  2
    d1  i5        A    2017-06-01T01:00:00  999     emergency  yes  scene     -
    d2  i5        -    2017-06-01T00:00:00  999     emergency  yes  conveyed  1
    d3  i6        B    2017-06-01T01:00:00  hcp     emergency  yes  scene     -
    d4  i6        B    2017-06-01T02:00:00  999     urgent     yes  scene     -
    d5  i7        A    2017-06-01T01:00:00  -       emergency  yes  conveyed  1
    d6  i7        A    2017-06-01T02:00:00  999     emergency  yes  scene     -
    """,
    """
    org  numerator  denominator  value  status
    A    6          6            1      ok
    B    0          0            -      no_cases
    """,
    WORDS,
    units="""
    id  org  den  num  because
    i1  A    yes  yes  -
    i2  A    yes  yes  -
    i3  A    yes  yes  -
    i4  A    yes  yes  -
    i5  A    yes  yes  -
    i6  B    no   no   not_from_a_professional
    i7  A    yes  yes  -
    """,
)
spec(
    "E.B.18",
    "The first call places the incident, in its month and with its commissioner",
    "An incident around midnight counts once; of calls at one time the first identifier decides.",
    "2017-06",
    """
    id  incident  ccg  called               source  urgency    f2f  outcome   to
    c1  i1        A    2017-06-30T23:59:59  999     emergency  no   -         -
    c2  i1        B    2017-07-01T00:00:00  999     emergency  yes  scene     -
    c3  i2        B    2017-06-30T23:59:59  999     emergency  yes  scene     -
    c4  i2        A    2017-06-30T23:59:58  999     emergency  yes  scene     -
    c5  i3        B    2017-05-31T23:59:59  999     emergency  yes  scene     -
    c6  i3        A    2017-06-01T00:00:00  999     emergency  yes  conveyed  1
    c7  i4        B    2017-06-10T10:00:00  999     emergency  yes  scene     -
    c8  i4        A    2017-06-10T10:00:00  999     emergency  yes  scene     -
    """,
    """
    org  period   numerator  denominator  value  status
    A    2017-05  0          0            -      no_cases
    A    2017-06  2          2            1      ok
    A    2017-07  0          0            -      no_cases
    B    2017-05  0          1            0      ok
    B    2017-06  1          1            1      ok
    B    2017-07  0          0            -      no_cases
    """,
    WORDS,
    units="""
    id  org  den  num  because
    i1  A    yes  yes  -
    i2  A    yes  yes  -
    i3  B    no   no   called_in_the_period
    i4  B    yes  yes  -
    """,
)
spec(
    "E.B.18",
    "A row may stand for many incidents, and equal rows count once",
    "Rows without any identifier are incidents of their own where a count is given.",
    "2017-06",
    """
    id  ccg   called  source  urgency    f2f  outcome   to  count  den  num  because
    c1  A     june    999     emergency  yes  scene     -   40     yes  yes  -
    c1  A     june    999     emergency  yes  scene     -   40     no   no   repeated
    -   A     june    999     emergency  yes  conveyed  1   30     yes  no   not_taken_to_a_major_department
    -   A     june    999     emergency  yes  conveyed  1   30     yes  no   not_taken_to_a_major_department
    -   NONC  june    999     emergency  yes  conveyed  3   5      yes  yes  -
    """,
    """
    org      level    numerator  denominator  value  meets
    A        ccg      40         100          0.4    -
    NONC     ccg      5          5            1      -
    ENGLAND  england  40         100          0.4    -
    """,
    WORDS,
)
