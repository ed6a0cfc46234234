"""What the three referral lines count, shown record by record.

Read each table as: given these requests, in this period, this is what becomes of each and these
are the figures. `-` is missing; a table without a column has nothing in it.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "referrals",
    {
        "id": "referral_id",
        "ccg": "ccg_code",
        "received": "received_date",
        "type": "referral_request_type",
        "written": "written_indicator",
        "source": "source_of_referral",
        "drop_in": "drop_in_clinic",
        "specialty": "specialty_code",
    },
)
SPECS = spec.specs

# A request that counts: a GP's written one in E.M.7a, a consultant colleague's in E.M.7b.
KINDS = {
    "E.M.7": {"sort": "03", "wr": "no", "from": "05", "drop": "no"},
    "E.M.7a": {"sort": "01", "wr": "yes", "from": "03", "drop": "no"},
    "E.M.7b": {"sort": "03", "wr": "no", "from": "05", "drop": "no"},
}

for code, words in KINDS.items():
    spec(
        code,
        "Requests received on the first and on the last day count, the days outside do not",
        "The day the request was received places it, whether or not the patient attends.",
        "2017-06",
        """
        id  ccg  received    type  written  source  drop_in  specialty  num  because
        r1  A    2017-05-31  sort  wr       from    drop     100        no   received_in_the_period
        r2  A    2017-06-01  sort  wr       from    drop     100        yes  -
        r3  A    2017-06-30  sort  wr       from    drop     100        yes  -
        r4  A    2017-07-01  sort  wr       from    drop     100        no   received_in_the_period
        r5  B    2016-06-15  sort  wr       from    drop     100        no   received_in_the_period
        """,
        """
        org  numerator
        A    2
        B    0
        """,
        words,
    )
    spec(
        code,
        "The list of general and acute specialties is complete",
        "100-192, 300-460, 502, 504, 800-834, 900 and 901: nothing between or beyond (A41).",
        "2017-06",
        """
        id   ccg  received    type  written  source  drop_in  specialty  num  because
        r1   A    2017-06-15  sort  wr       from    drop     099        no   general_and_acute
        r2   A    2017-06-15  sort  wr       from    drop     100        yes  -
        r3   A    2017-06-15  sort  wr       from    drop     192        yes  -
        r4   A    2017-06-15  sort  wr       from    drop     193        no   general_and_acute
        r5   A    2017-06-15  sort  wr       from    drop     199        no   general_and_acute
        r6   A    2017-06-15  sort  wr       from    drop     299        no   general_and_acute
        r7   A    2017-06-15  sort  wr       from    drop     300        yes  -
        r8   A    2017-06-15  sort  wr       from    drop     460        yes  -
        r9   A    2017-06-15  sort  wr       from    drop     461        no   general_and_acute
        r10  A    2017-06-15  sort  wr       from    drop     500        no   general_and_acute
        r11  A    2017-06-15  sort  wr       from    drop     501        no   general_and_acute
        r12  A    2017-06-15  sort  wr       from    drop     502        yes  -
        r13  A    2017-06-15  sort  wr       from    drop     503        no   general_and_acute
        r14  A    2017-06-15  sort  wr       from    drop     504        yes  -
        r15  A    2017-06-15  sort  wr       from    drop     505        no   general_and_acute
        r16  A    2017-06-15  sort  wr       from    drop     560        no   general_and_acute
        r17  A    2017-06-15  sort  wr       from    drop     700        no   general_and_acute
        r18  A    2017-06-15  sort  wr       from    drop     715        no   general_and_acute
        r19  A    2017-06-15  sort  wr       from    drop     799        no   general_and_acute
        r20  A    2017-06-15  sort  wr       from    drop     800        yes  -
        r21  A    2017-06-15  sort  wr       from    drop     834        yes  -
        r22  A    2017-06-15  sort  wr       from    drop     835        no   general_and_acute
        r23  A    2017-06-15  sort  wr       from    drop     899        no   general_and_acute
        r24  A    2017-06-15  sort  wr       from    drop     900        yes  -
        r25  A    2017-06-15  sort  wr       from    drop     901        yes  -
        r26  A    2017-06-15  sort  wr       from    drop     902        no   general_and_acute
        r27  A    2017-06-15  sort  wr       from    drop     1000       no   general_and_acute
        r28  A    2017-06-15  sort  wr       from    drop     10         no   general_and_acute
        r29  A    2017-06-15  sort  wr       from    drop     100A       no   general_and_acute
        r30  A    2017-06-15  sort  wr       from    drop     X01        no   general_and_acute
        r31  A    2017-06-15  sort  wr       from    drop     650        no   general_and_acute
        r32  A    2017-06-15  sort  wr       from    drop     720        no   general_and_acute
        r33  A    2017-06-15  sort  wr       from    drop     727        no   general_and_acute
        r34  A    2017-06-15  sort  wr       from    drop     840        no   general_and_acute
        r35  A    2017-06-15  sort  wr       from    drop     920        no   general_and_acute
        """,
        """
        org  numerator
        A    10
        """,
        words,
    )
    spec(
        code,
        "Day, specialty, request type, commissioner and identifier are needed",
        "An organisation whose records are all faulty has a count of 0.",
        "2017-06",
        """
        id  ccg  received    type  written  source  drop_in  specialty  num  because
        r1  A    -           sort  wr       from    drop     100        no   received_date_missing
        r2  A    2017-06-15  sort  wr       from    drop     -          no   specialty_missing
        r3  A    2017-06-15  -     wr       from    drop     100        no   request_type_missing
        r4  -    2017-06-15  sort  wr       from    drop     100        no   organisation_missing
        -   A    2017-06-15  sort  wr       from    drop     100        no   identifier_missing
        r6  B    2017-06-15  sort  wr       from    drop     100        yes  -
        """,
        """
        org  numerator
        A    0
        B    1
        """,
        words,
    )
    spec(
        code,
        "An identifier counts once where its rows agree, and not at all where they disagree",
        "1 and 01 agree, and so do yes and true: rows are compared as they are read.",
        "2017-06",
        """
        id  ccg  received    type  written  source  drop_in  specialty  num  because
        r1  A    2017-06-15  sort  wr       from    drop     100        yes  -
        r1  a    2017-06-15  sort  wr       from    drop     100        no   repeated
        r1  A    2017-06-15  thin  WR       from    drop     100        no   repeated
        r2  A    2017-06-15  sort  wr       from    drop     100        no   identifier_disagrees
        r2  A    2017-06-16  sort  wr       from    drop     100        no   identifier_disagrees
        """,
        """
        org  numerator
        A    1
        """,
        {**words, "thin": words["sort"][1], "WR": {"yes": "TRUE", "no": "0"}[words["wr"]]},
    )
    spec(
        code,
        "A row may stand for many requests; a quarter and a year add their months",
        "NONC is left out of England; X24 and UNKNOWN are in it.",
        "2017-18-Q1",
        """
        ccg      received    type  written  source  drop_in  specialty  count  num  because
        A        2017-04-01  sort  wr       from    drop     100        40     yes  -
        A        2017-06-30  sort  wr       from    drop     901        2      yes  -
        A        2017-06-30  sort  wr       from    drop     501        9      no   elsewhere
        A        2017-07-01  sort  wr       from    drop     100        5      no   later
        NONC     2017-06-15  sort  wr       from    drop     100        7      yes  -
        X24      2017-06-15  sort  wr       from    drop     100        1      yes  -
        UNKNOWN  2017-06-15  sort  wr       from    drop     100        -      yes  -
        """,
        """
        org      level    period      numerator
        A        ccg      2017-18-Q1  42
        NONC     ccg      2017-18-Q1  7
        X24      ccg      2017-18-Q1  1
        UNKNOWN  ccg      2017-18-Q1  1
        A        ccg      2017-18     47
        NONC     ccg      2017-18     7
        X24      ccg      2017-18     1
        UNKNOWN  ccg      2017-18     1
        A        ccg      2017-04     40
        NONC     ccg      2017-04     0
        X24      ccg      2017-04     0
        UNKNOWN  ccg      2017-04     0
        ENGLAND  england  2017-18-Q1  44
        """,
        {**words, "elsewhere": "general_and_acute", "later": "received_in_the_period"},
    )

spec(
    "E.M.7a",
    "A written request of type 01 counts, whatever its source",
    "Rules c and d are of the other line: source and drop-in clinic are not even asked.",
    "2017-06",
    """
    id  ccg  received    type  written  source  drop_in  specialty  num  because
    r1  A    2017-06-15  01    yes      03      no       100        yes  -
    r2  A    2017-06-15  1     true     92      no       100        yes  -
    r3  A    2017-06-15  01    1        01      no       100        yes  -
    r4  A    2017-06-15  01    yes      11      yes      100        yes  -
    r5  A    2017-06-15  01    yes      -       -        100        yes  -
    r6  A    2017-06-15  01    no       03      no       100        no   request_is_written
    r7  A    2017-06-15  01    -        03      no       100        no   written_indicator_missing
    r8  A    2017-06-15  02    yes      05      no       100        no   request_is_from_a_gp
    r9  A    2017-06-15  04    yes      06      no       100        no   request_is_from_a_gp
    r10 A    2017-06-15  99    -        -       -        100        no   request_is_from_a_gp
    """,
    """
    org  numerator
    A    5
    """,
)
spec(
    "E.M.7b",
    "a: a GP's written request is out, a GP's verbal one is in",
    "The list of exclusions decides, not the line's title (A40).",
    "2017-06",
    """
    id  ccg  received    type  written  source  drop_in  specialty  num  because
    r1  A    2017-06-15  01    yes      03      no       100        no   not_written_by_a_gp
    r2  A    2017-06-15  1     1        03      no       100        no   not_written_by_a_gp
    r3  A    2017-06-15  01    no       03      no       100        yes  -
    r4  A    2017-06-15  02    yes      05      no       100        yes  -
    r5  A    2017-06-15  02    no       05      no       100        yes  -
    r6  A    2017-06-15  02    -        05      no       100        yes  -
    r7  A    2017-06-15  01    -        03      no       100        no   written_indicator_missing
    """,
    """
    org  numerator
    A    4
    """,
)
spec(
    "E.M.7b",
    "b: the patient's own request is out",
    "Type 04 or 4, whatever the source; every other type is in, unknown ones too.",
    "2017-06",
    """
    id  ccg  received    type  written  source  drop_in  specialty  num  because
    r1  A    2017-06-15  04    no       06      no       100        no   not_by_the_patient
    r2  A    2017-06-15  4     yes      97      no       100        no   not_by_the_patient
    r3  A    2017-06-15  04    -        -       -        100        no   not_by_the_patient
    r4  A    2017-06-15  40    no       06      no       100        yes  -
    r5  A    2017-06-15  05    no       06      no       100        yes  -
    r6  A    2017-06-15  99    no       06      no       100        yes  -
    r7  A    2017-06-15  zz    no       06      no       100        yes  -
    """,
    """
    org  numerator
    A    4
    """,
)
OUT, IN = ["01", "02", "10", "11", "1", "2"], ["03", "04", "05", "06", "12", "17", "92", "97", "99"]
rows = "\n".join(
    f"r{number} A 2017-06-15 03 no {source} no 100 "
    + ("no not_by_the_consultant" if source in OUT else "yes -")
    for number, source in enumerate([*OUT, *IN])
)
spec(
    "E.M.7b",
    "c: requests that the responsible consultant began are out",
    "Sources 01, 02, 10 and 11, with or without the zero; all others are in, 97 and unknown ones "
    "too (A42).",
    "2017-06",
    f"id ccg received type written source drop_in specialty num because\n{rows}",
    """
    org  numerator
    A    9
    """,
)
spec(
    "E.M.7b",
    "d: requests that began in a drop-in clinic are out",
    "A blank is not guessed: the record is left out and reported, unless another rule decides.",
    "2017-06",
    """
    id  ccg  received    type  written  source  drop_in  specialty  num  because
    r1  A    2017-06-15  03    no       05      no       100        yes  -
    r2  A    2017-06-15  03    no       05      yes      100        no   not_from_a_drop_in_clinic
    r3  A    2017-06-15  03    no       05      1        100        no   not_from_a_drop_in_clinic
    r4  A    2017-06-15  03    no       05      -        100        no   drop_in_clinic_missing
    r5  A    2017-06-15  03    no       11      -        100        no   not_by_the_consultant
    r6  A    2017-06-15  01    no       03      yes      100        no   not_from_a_drop_in_clinic
    r7  A    2017-06-15  03    no       -       no       100        no   source_missing
    r8  A    2017-06-15  01    no       -       no       100        no   source_missing
    r9  A    2017-06-15  01    yes      -       -        100        no   not_written_by_a_gp
    """,
    """
    org  numerator
    A    1
    """,
)
MIXED = """
    id   ccg  received    type  written  source  drop_in  specialty  {}
    r1   A    2017-06-15  01    yes      03      no       100        {}
    r2   A    2017-06-15  01    yes      11      yes      100        {}
    r3   A    2017-06-15  01    yes      -       -        100        {}
    r4   A    2017-06-15  01    no       03      no       100        {}
    r5   A    2017-06-15  01    no       10      no       100        {}
    r6   A    2017-06-15  01    no       03      yes      100        {}
    r7   A    2017-06-15  01    -        03      no       100        {}
    r8   A    2017-06-15  04    yes      06      no       100        {}
    r9   A    2017-06-15  02    no       05      no       100        {}
    r10  A    2017-06-15  02    yes      02      no       100        {}
    r11  A    2017-06-15  02    yes      05      yes      100        {}
    r12  A    2017-06-15  02    yes      -       no       100        {}
    r13  A    2017-06-15  02    yes      05      -        100        {}
    r14  A    2017-06-15  -     yes      03      no       100        {}
    r15  A    2017-06-15  01    yes      03      no       501        {}
    r16  A    2017-06-15  02    no       05      no       501        {}
    r17  A    2017-07-01  02    no       05      no       100        {}
"""
BY_ALL = """
    yes -, yes -, yes -, yes -, no by_consultant, no drop_in, no written_indicator_missing,
    no not_by_the_patient, yes -, no by_consultant, no drop_in, no source_missing,
    no drop_in_clinic_missing, no request_type_missing, no general_and_acute,
    no general_and_acute, no received_in_the_period
"""
BY_GPS = """
    yes -, yes -, yes -, no request_is_written, no request_is_written, no request_is_written,
    no written_indicator_missing, no request_is_from_a_gp, no request_is_from_a_gp,
    no request_is_from_a_gp, no request_is_from_a_gp, no request_is_from_a_gp,
    no request_is_from_a_gp, no request_type_missing, no general_and_acute,
    no general_and_acute, no received_in_the_period
"""
BY_OTHERS = """
    no not_written_by_a_gp, no not_written_by_a_gp, no not_written_by_a_gp, yes -,
    no not_by_the_consultant, no not_from_a_drop_in_clinic, no written_indicator_missing,
    no not_by_the_patient, yes -, no not_by_the_consultant, no not_from_a_drop_in_clinic,
    no source_missing, no drop_in_clinic_missing, no request_type_missing, no general_and_acute,
    no general_and_acute, no received_in_the_period
"""
for code, fates, counted in (("E.M.7", BY_ALL, 5), ("E.M.7a", BY_GPS, 3), ("E.M.7b", BY_OTHERS, 2)):
    spec(
        code,
        "Written requests of GPs and other requests add up to all",
        "The same seventeen requests in each line: 3 of E.M.7a and 2 of E.M.7b are 5 of E.M.7, and "
        "none is in both.",
        "2017-06",
        MIXED.format("num  because", *(fate.strip() for fate in fates.split(","))),
        f"""
        org  numerator
        A    {counted}
        """,
        {
            "by_consultant": "written_by_a_gp_or_not_by_the_consultant",
            "drop_in": "written_by_a_gp_or_not_from_a_drop_in_clinic",
        },
    )
