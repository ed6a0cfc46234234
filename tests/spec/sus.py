"""What the six SUS activity lines count, shown record by record.

Read each table as: given these records, in this period, this is what becomes of each and these
are the figures. `-` is missing; a table without a column has nothing in it.
"""

# ruff: noqa: E501 (a table is read by its columns)

from __future__ import annotations

from spec import Book

NAMES = {
    "ccg": "ccg_code",
    "prov": "provider_code",
    "purchaser": "responsible_purchaser_type",
    "admitted": "admission_date",
    "discharged": "discharge_date",
    "method": "admission_method",
    "class": "patient_classification",
    "intended": "intended_management",
    "date": "appointment_date",
    "first": "first_attendance",
    "status": "attendance_status",
    "specialty": "main_specialty_code",
    "arrived": "arrival_date",
    "category": "attendance_category",
}
FUNCTION = "discharge_treatment_function_code"
spells = Book("spells", NAMES | {"id": "spell_id", "tfc": FUNCTION})
outpatients = Book("outpatients", NAMES | {"id": "attendance_id", "tfc": "treatment_function_code"})
attendances = Book("ae_attendances", NAMES | {"id": "attendance_id"})

# E.M.10 ------------------------------------------------------------------------------------------

spells(
    "E.M.10",
    "Intended management and length of stay tell a day case from an ordinary elective spell",
    "Classes 1 and 2, each with intended management 1, 2, another and none; both kinds count, a "
    "day case that stays is ordinary, and class 2 with another intention and a night is unknown "
    "(A45).",
    "2017-06",
    """
    id   ccg  admitted    discharged  method  class  intended  tfc  num  because
    a11  A    2017-06-10  2017-06-10  11      1      1         100  yes  -
    a12  A    2017-06-10  2017-06-11  11      1      1         100  yes  -
    a13  A    2017-06-10  2017-06-10  11      1      2         100  yes  -
    a14  A    2017-06-10  2017-06-11  11      1      2         100  yes  -
    a15  A    2017-06-10  2017-06-10  11      1      -         100  yes  -
    a16  A    2017-06-10  2017-06-11  11      1      -         100  yes  -
    a17  A    2017-06-10  2017-06-11  11      1      3         100  yes  -
    a21  A    2017-06-10  2017-06-10  12      2      1         100  yes  -
    a22  A    2017-06-10  2017-06-11  12      2      01        100  yes  -
    a23  A    2017-06-10  2017-06-10  12      2      2         100  yes  -
    a24  A    2017-06-10  2017-06-11  12      2      2         100  yes  -
    a25  A    2017-06-10  2017-06-10  12      2      -         100  yes  -
    a26  A    2017-06-10  2017-06-11  12      2      -         100  no   management_type_unknown
    a27  A    2017-06-10  2017-06-10  12      2      4         100  yes  -
    a28  A    2017-06-10  2017-06-11  12      2      9         100  no   management_type_unknown
    a29  A    2017-06-10  2017-06-10  13      02     04        100  yes  -
    """,
    """
    org  numerator
    A    14
    """,
)
spells(
    "E.M.10",
    "Regular attenders are not elective unless they stay longer than they should",
    "Regular day attenders (class 3) who stay a night, and regular night attenders (class 4) who "
    "stay two, are ordinary elective; intended management plays no part in these classes.",
    "2017-06",
    """
    id   ccg  admitted    discharged  method  class  intended  tfc  num  because
    a31  A    2017-06-10  2017-06-10  11      3      1         100  no   elective
    a32  A    2017-06-10  2017-06-10  11      3      2         100  no   elective
    a33  A    2017-06-10  2017-06-10  11      3      -         100  no   elective
    a34  A    2017-06-10  2017-06-11  11      3      1         100  yes  -
    a35  A    2017-06-10  2017-06-11  11      3      2         100  yes  -
    a36  A    2017-06-10  2017-06-11  11      3      -         100  yes  -
    a41  A    2017-06-10  2017-06-10  13      4      1         100  no   elective
    a42  A    2017-06-10  2017-06-11  13      4      1         100  no   elective
    a43  A    2017-06-10  2017-06-12  13      4      1         100  yes  -
    a44  A    2017-06-10  2017-06-10  13      4      2         100  no   elective
    a45  A    2017-06-10  2017-06-11  13      4      2         100  no   elective
    a46  A    2017-06-10  2017-06-12  13      4      2         100  yes  -
    a47  A    2017-06-10  2017-06-11  13      4      -         100  no   elective
    a48  A    2017-06-10  2017-06-12  13      4      5         100  yes  -
    """,
    """
    org  numerator
    A    6
    """,
)
spells(
    "E.M.10",
    "Other classifications of an elective spell count by what was intended",
    "Classes 5, 8, 9 and codes outside the list are neither 3 nor 4; without an intention of 1 or "
    "2 their type is unknown. A missing classification is reported.",
    "2017-06",
    """
    id   ccg  admitted    discharged  method  class  intended  tfc  num  because
    a51  A    2017-06-10  2017-06-10  11      9      1         100  yes  -
    a52  A    2017-06-10  2017-06-10  11      8      2         100  yes  -
    a53  A    2017-06-10  2017-06-11  11      5      2         100  yes  -
    a54  A    2017-06-10  2017-06-10  11      9      -         100  no   management_type_unknown
    a55  A    2017-06-10  2017-06-10  11      X      3         100  no   management_type_unknown
    a56  A    2017-06-10  2017-06-10  11      -      1         100  no   management_type_unknown
    a57  A    2017-06-10  2017-06-10  21      -      1         100  no   elective
    """,
    """
    org  numerator
    A    3
    """,
)
spells(
    "E.M.10",
    "Without the column intended management the other fields decide",
    "Class 1 is ordinary elective, class 2 a day case if the patient left on the day, else unknown.",
    "2017-06",
    """
    id   ccg  admitted    discharged  method  class  tfc  num  because
    a11  A    2017-06-10  2017-06-10  11      1      100  yes  -
    a12  A    2017-06-10  2017-06-11  11      1      100  yes  -
    a21  A    2017-06-10  2017-06-10  11      2      100  yes  -
    a22  A    2017-06-10  2017-06-11  11      2      100  no   management_type_unknown
    a31  A    2017-06-10  2017-06-10  11      3      100  no   elective
    a32  A    2017-06-10  2017-06-11  11      3      100  yes  -
    a41  A    2017-06-10  2017-06-11  11      4      100  no   elective
    a42  A    2017-06-10  2017-06-12  11      4      100  yes  -
    """,
    """
    org  numerator
    A    5
    """,
)
spells(
    "E.M.10",
    "Only admission methods that begin with 1 are elective",
    "Emergency, maternity and other admissions are not, whatever the other fields say; methods "
    "outside the list have no known type.",
    "2017-06",
    """
    id  ccg  admitted    discharged  method  class  intended  tfc  num  because
    a1  A    2017-06-10  2017-06-11  11      1      1         100  yes  -
    a2  A    2017-06-10  2017-06-11  12      1      1         100  yes  -
    a3  A    2017-06-10  2017-06-11  13      1      1         100  yes  -
    a4  A    2017-06-10  2017-06-11  21      1      1         100  no   elective
    a5  A    2017-06-10  2017-06-11  2a      1      1         100  no   elective
    a6  A    2017-06-10  2017-06-11  31      1      1         100  no   elective
    a7  A    2017-06-10  2017-06-11  81      1      1         100  no   elective
    a8  A    2017-06-10  2017-06-11  99      1      1         100  no   management_type_unknown
    a9  A    2017-06-10  2017-06-11  -       1      1         100  no   management_type_unknown
    """,
    """
    org  numerator
    A    3
    """,
)
FUNCTIONS = """
    id   ccg  admitted    discharged  method  class  tfc  num  because
    t01  A    2017-06-10  2017-06-10  which   1      100  yes  -
    t02  A    2017-06-10  2017-06-10  which   1      191  yes  -
    t03  A    2017-06-10  2017-06-10  which   1      223  no   specific_acute
    t04  A    2017-06-10  2017-06-10  which   1      360  yes  -
    t05  A    2017-06-10  2017-06-10  which   1      422  yes  -
    t06  A    2017-06-10  2017-06-10  which   1      424  no   specific_acute
    t07  A    2017-06-10  2017-06-10  which   1      430  yes  -
    t08  A    2017-06-10  2017-06-10  which   1      501  no   specific_acute
    t09  A    2017-06-10  2017-06-10  which   1      502  yes  -
    t10  A    2017-06-10  2017-06-10  which   1      503  yes  -
    t11  A    2017-06-10  2017-06-10  which   1      504  no   specific_acute
    t12  A    2017-06-10  2017-06-10  which   1      560  no   specific_acute
    t13  A    2017-06-10  2017-06-10  which   1      650  no   specific_acute
    t14  A    2017-06-10  2017-06-10  which   1      662  no   specific_acute
    t15  A    2017-06-10  2017-06-10  which   1      700  no   specific_acute
    t16  A    2017-06-10  2017-06-10  which   1      715  no   specific_acute
    t17  A    2017-06-10  2017-06-10  which   1      727  no   specific_acute
    t18  A    2017-06-10  2017-06-10  which   1      800  yes  -
    t19  A    2017-06-10  2017-06-10  which   1      812  yes  -
    t20  A    2017-06-10  2017-06-10  which   1      834  yes  -
    t21  A    2017-06-10  2017-06-10  which   1      840  no   specific_acute
    t22  A    2017-06-10  2017-06-10  which   1      920  no   specific_acute
    t23  A    2017-06-10  2017-06-10  which   1      199  no   specific_acute
    t24  A    2017-06-10  2017-06-10  which   1      499  no   specific_acute
    t25  A    2017-06-10  2017-06-10  which   1      990  no   specific_acute
    t26  A    2017-06-10  2017-06-10  which   1      109  no   specific_acute
    t27  A    2017-06-10  2017-06-10  which   1      -    no   discharge_function_missing
"""
for code, which in (("E.M.10", "11"), ("E.M.11", "81")):
    spells(
        code,
        "Only treatment functions listed as specific acute count",
        "The edges of the categories maternity (501, 560), mental health (700 to 727), well babies "
        "(424), other and unknown; codes introduced after 2019 are not listed.",
        "2017-06",
        FUNCTIONS,
        """
        org  numerator
        A    10
        """,
        {"which": which},
    )
for code, which in (("E.M.10", "12"), ("E.M.11", "21")):
    spells(
        code,
        "The day of discharge places the spell",
        "Its first and last day are in the month; a spell that still runs is in none.",
        "2017-06",
        """
        id  ccg  admitted    discharged  method  class  tfc  num  because
        a1  A    2017-05-01  2017-05-31  which   1      100  no   discharged_in_the_period
        a2  A    2017-05-01  2017-06-01  which   1      100  yes  -
        a3  A    2017-06-30  2017-06-30  which   1      100  yes  -
        a4  A    2017-06-30  2017-07-01  which   1      100  no   discharged_in_the_period
        a5  A    2017-06-10  -           which   1      100  no   discharged_in_the_period
        a6  A    2017-06-10  -           which   -      -    no   discharged_in_the_period
        a7  A    2010-01-01  2017-06-15  which   1      100  yes  -
        """,
        """
        org  period      numerator
        A    2017-05     1
        A    2017-06     3
        A    2017-18-Q1  4
        A    2017-18     5
        """,
        {"which": which},
    )
    spells(
        code,
        "A spell that cannot be true, or lacks a field that the line needs, is left out",
        "Discharge before admission; no admission date, so no length of stay; no method, no "
        "function at discharge, no commissioner, no identifier.",
        "2017-06",
        """
        id  ccg  admitted    discharged  method  class  tfc  num  because
        a1  A    2017-06-02  2017-06-01  which   1      100  no   discharge_before_admission
        a2  A    2017-06-01  2017-06-01  which   1      100  yes  -
        a3  A    -           2017-06-01  which   1      100  no   admission_date_missing
        a4  A    2017-06-01  2017-06-01  -       1      100  no   management_type_unknown
        a5  A    2017-06-01  2017-06-01  which   1      -    no   discharge_function_missing
        a6  -    2017-06-01  2017-06-01  which   1      100  no   organisation_missing
        -   A    2017-06-01  2017-06-01  which   1      100  no   identifier_missing
        """,
        """
        org  numerator
        A    1
        """,
        {"which": which},
    )
    spells(
        code,
        "Only spells purchased by a CCG count, where the purchaser is given",
        "Another purchaser, or none named, is left out.",
        "2017-06",
        """
        id  ccg  purchaser  admitted    discharged  method  class  tfc  num  because
        a1  A    CCG        2017-06-01  2017-06-01  which   1      100  yes  -
        a2  A    ccg        2017-06-01  2017-06-01  which   1      100  yes  -
        a3  A    NHSE       2017-06-01  2017-06-01  which   1      100  no   purchased_by_a_ccg
        a4  A    -          2017-06-01  2017-06-01  which   1      100  no   purchased_by_a_ccg
        """,
        """
        org  numerator
        A    2
        """,
        {"which": which},
    )
    spells(
        code,
        "An identifier counts once where its rows agree, and not at all where they disagree",
        "A row may stand for many spells; every organisation of the data has a row.",
        "2017-06",
        """
        id  ccg   admitted    discharged  method  class  tfc  count  num  because
        a1  A     2017-06-01  2017-06-01  which   1      100  7      yes  -
        a1  A     2017-06-01  2017-06-01  which   1      100  7      no   repeated
        a2  A     2017-06-01  2017-06-01  which   1      100  1      no   identifier_disagrees
        a2  A     2017-06-01  2017-06-01  which   1      101  1      no   identifier_disagrees
        -   NONC  2017-06-01  2017-06-01  which   1      100  3      yes  -
        -   NONC  2017-06-01  2017-06-01  which   1      100  3      yes  -
        b1  B     2017-07-01  2017-07-01  which   1      100  1      no   discharged_in_the_period
        """,
        """
        org      level    numerator
        A        ccg      7
        B        ccg      0
        NONC     ccg      6
        ENGLAND  england  7
        """,
        {"which": which},
    )

# E.M.11 ------------------------------------------------------------------------------------------

spells(
    "E.M.11",
    "Emergency admissions begin with 2, other non-elective ones with 3 or 8",
    "Whatever the classification, the intention or the length of stay (A46).",
    "2017-06",
    """
    id  ccg  admitted    discharged  method  class  intended  tfc  num  because
    a1  A    2017-06-10  2017-06-10  21      1      1         100  yes  -
    a2  A    2017-06-10  2017-06-11  28      2      2         100  yes  -
    a3  A    2017-06-10  2017-06-11  2A      3      -         100  yes  -
    a4  A    2017-06-10  2017-06-11  2d      -      9         100  yes  -
    a5  A    2017-06-10  2017-06-11  31      4      1         100  yes  -
    a6  A    2017-06-10  2017-06-10  32      1      -         100  yes  -
    a7  A    2017-06-10  2017-06-11  81      1      -         100  yes  -
    a8  A    2017-06-10  2017-06-11  82      1      -         420  yes  -
    a9  A    2017-06-10  2017-06-11  83      1      -         424  no   specific_acute
    b1  A    2017-06-10  2017-06-11  11      1      1         100  no   non_elective
    b2  A    2017-06-10  2017-06-10  12      3      -         100  no   non_elective
    b3  A    2017-06-10  2017-06-11  98      1      1         100  no   management_type_unknown
    b4  A    2017-06-10  2017-06-11  X       1      1         100  no   management_type_unknown
    """,
    """
    org  numerator
    A    8
    """,
)

# E.J.3 -------------------------------------------------------------------------------------------

spells(
    "E.J.3",
    "The whole stay of a spell counts in the month of its discharge",
    "Also its days before the month; a spell that ends on the day of admission adds 0, and one "
    "that still runs adds nothing (A37). 2016 was a leap year.",
    "2017-06",
    """
    id  ccg  admitted    discharged  method  class  intended  tfc  count
    a1  A    2017-06-10  2017-06-10  11      2      2         100  1
    a2  A    2017-06-30  2017-06-30  21      1      -         100  1
    a3  A    2017-05-31  2017-06-01  11      1      1         100  1
    a4  A    2017-05-01  2017-06-30  21      1      -         300  1
    a5  A    2016-02-28  2017-06-30  81      1      -         300  1
    a6  A    2017-06-30  2017-07-01  21      1      -         300  1
    a7  A    2017-05-30  2017-05-31  21      1      -         300  1
    a8  A    2017-06-10  -           21      1      -         300  1
    b1  B    2017-06-10  2017-06-13  21      1      -         300  4
    b2  B    1999-12-31  2017-06-13  21      1      -         300  1
    """,
    """
    org  period      numerator
    A    2017-05     1
    A    2017-06     549
    A    2017-18-Q1  550
    B    2017-05     0
    B    2017-06     6386
    B    2017-18-Q1  6386
    """,
    units="""
    id  org  num  because                   quantity  count
    a1  A    yes  -                         0         1
    a2  A    yes  -                         0         1
    a3  A    yes  -                         1         1
    a4  A    yes  -                         60        1
    a5  A    yes  -                         488       1
    a6  A    no   discharged_in_the_period  1         1
    a7  A    no   discharged_in_the_period  1         1
    a8  A    no   discharged_in_the_period  0         1
    b1  B    yes  -                         12        4
    b2  B    yes  -                         6374      1
    """,
)
spells(
    "E.J.3",
    "Bed days of elective, emergency and other non-elective spells in specific acute functions",
    "Regular attenders and spells of unknown type add none; impossible and incomplete spells are "
    "left out.",
    "2017-06",
    """
    id  ccg  purchaser  admitted    discharged  method  class  intended  tfc
    a1  A    CCG        2017-06-10  2017-06-12  11      1      1         100
    a2  A    CCG        2017-06-10  2017-06-12  21      1      -         100
    a3  A    CCG        2017-06-10  2017-06-12  31      1      -         100
    a4  A    CCG        2017-06-10  2017-06-11  11      4      -         100
    a5  A    CCG        2017-06-10  2017-06-12  11      4      -         100
    a6  A    CCG        2017-06-10  2017-06-12  11      2      -         100
    a7  A    CCG        2017-06-10  2017-06-12  11      1      1         501
    a8  A    NHSE       2017-06-10  2017-06-12  11      1      1         100
    b1  A    CCG        2017-06-12  2017-06-10  21      1      -         100
    b2  A    CCG        -           2017-06-10  21      1      -         100
    b3  A    CCG        2017-06-10  2017-06-12  -       1      -         100
    b4  A    CCG        2017-06-10  2017-06-12  11      -      -         100
    b5  A    CCG        2017-06-10  2017-06-12  11      1      -         -
    """,
    """
    org  numerator
    A    8
    """,
    units="""
    id  org  num  because                         quantity
    a1  A    yes  -                               2
    a2  A    yes  -                               2
    a3  A    yes  -                               2
    a4  A    no   elective_or_non_elective        1
    a5  A    yes  -                               2
    a6  A    no   management_type_unknown           2
    a7  A    no   specific_acute                  2
    a8  A    no   purchased_by_a_ccg              2
    b1  A    no   discharge_before_admission      0
    b2  A    no   admission_date_missing          0
    b3  A    no   management_type_unknown        2
    b4  A    no   management_type_unknown  2
    b5  A    no   discharge_function_missing      2
    """,
)

# E.M.8 and E.M.9 ---------------------------------------------------------------------------------

FIRST = {"this": "1", "phone": "3", "other": "2", "other_phone": "4", "kind": "first_appointment"}
FOLLOW = {
    "this": "2",
    "phone": "4",
    "other": "1",
    "other_phone": "3",
    "kind": "follow_up_appointment",
}
for code, words in (("E.M.8", FIRST), ("E.M.9", FOLLOW)):
    outpatients(
        code,
        "First attendances and follow-ups, face to face and by telephone",
        "1 and 3 are first, 2 and 4 follow-up (A43); 5 is an administrative event, whatever its "
        "status; 1 and 01 are one.",
        "2017-06",
        """
        id  ccg  date        first        status  specialty  tfc  num  because
        a1  A    2017-06-10  this         5       100        100  yes  -
        a2  A    2017-06-10  phone        5       100        100  yes  -
        a3  A    2017-06-10  other        5       100        100  no   kind
        a4  A    2017-06-10  other_phone  5       100        100  no   kind
        a5  A    2017-06-10  5            5       100        100  no   attended
        a6  A    2017-06-10  05           6       100        100  no   attended
        a7  A    2017-06-10  9            5       100        100  no   kind
        a8  A    2017-06-10  -            5       100        100  no   first_attendance_missing
        """,
        """
        org  numerator
        A    2
        """,
        words,
    )
    outpatients(
        code,
        "Only patients who attended and were seen count",
        "Status 5 and 6; not 7, which came too late to be seen, nor cancelled or missed ones.",
        "2017-06",
        """
        id  ccg  date        first  status  specialty  tfc  num  because
        a1  A    2017-06-10  this   5       100        100  yes  -
        a2  A    2017-06-10  this   06      100        100  yes  -
        a3  A    2017-06-10  this   7       100        100  no   attended
        a4  A    2017-06-10  this   2       100        100  no   attended
        a5  A    2017-06-10  this   3       100        100  no   attended
        a6  A    2017-06-10  this   4       100        100  no   attended
        a7  A    2017-06-10  this   0       100        100  no   attended
        a8  A    2017-06-10  this   X       100        100  no   attended
        a9  A    2017-06-10  this   -       100        100  no   attendance_status_missing
        """,
        """
        org  numerator
        A    2
        """,
        words,
    )
    outpatients(
        code,
        "Midwifery, nursing and allied professions are not consultant-led",
        "560, 950 and 960; every other main specialty is, also 900 to 904, an unknown one and none "
        "(A56).",
        "2017-06",
        """
        id  ccg  date        first  status  specialty  tfc  num  because
        a1  A    2017-06-10  this   5       100        100  yes  -
        a2  A    2017-06-10  this   5       560        100  no   led_by_a_consultant
        a3  A    2017-06-10  this   5       950        100  no   led_by_a_consultant
        a4  A    2017-06-10  this   5       960        100  no   led_by_a_consultant
        a5  A    2017-06-10  this   5       900        100  yes  -
        a6  A    2017-06-10  this   5       904        100  yes  -
        a7  A    2017-06-10  this   5       501        100  yes  -
        a8  A    2017-06-10  this   5       XXX        100  yes  -
        a9  A    2017-06-10  this   5       -          100  yes  -
        """,
        """
        org  numerator
        A    6
        """,
        words,
    )
    outpatients(
        code,
        "Only treatment functions listed as specific acute count",
        "Maternity, mental health, well babies, therapies and unlisted codes do not (A57).",
        "2017-06",
        """
        id  ccg  date        first  status  specialty  tfc  num  because
        a1  A    2017-06-10  this   5       100        100  yes  -
        a2  A    2017-06-10  this   5       100        812  yes  -
        a3  A    2017-06-10  this   5       100        424  no   specific_acute
        a4  A    2017-06-10  this   5       100        501  no   specific_acute
        a5  A    2017-06-10  this   5       100        560  no   specific_acute
        a6  A    2017-06-10  this   5       100        650  no   specific_acute
        a7  A    2017-06-10  this   5       100        700  no   specific_acute
        a8  A    2017-06-10  this   5       100        727  no   specific_acute
        a9  A    2017-06-10  this   5       100        ABC  no   specific_acute
        b1  A    2017-06-10  this   5       100        -    no   treatment_function_missing
        """,
        """
        org  numerator
        A    2
        """,
        words,
    )
    outpatients(
        code,
        "The day of the appointment places the attendance, and only CCGs' ones count",
        "The first and last day are in the month; another purchaser, or none named, is left out.",
        "2017-06",
        """
        id  ccg  purchaser  date        first  status  specialty  tfc  count  num  because
        a1  A    CCG        2017-05-31  this   5       100        100  1      no   appointment_in_the_period
        a2  A    CCG        2017-06-01  this   5       100        100  1      yes  -
        a3  A    CCG        2017-06-30  this   5       100        100  20     yes  -
        a4  A    CCG        2017-07-01  this   5       100        100  1      no   appointment_in_the_period
        a5  A    CCG        -           this   5       100        100  1      no   appointment_date_missing
        a6  A    NHSE       2017-06-10  this   5       100        100  1      no   purchased_by_a_ccg
        a7  A    -          2017-06-10  this   5       100        100  1      no   purchased_by_a_ccg
        a8  -    CCG        2017-06-10  this   5       100        100  1      no   organisation_missing
        a9  B    CCG        2017-06-10  this   5       100        100  1      no   identifier_disagrees
        a9  B    CCG        2017-06-10  this   6       100        100  1      no   identifier_disagrees
        """,
        """
        org      level    period      numerator
        A        ccg      2017-06     21
        A        ccg      2017-18-Q1  22
        B        ccg      2017-06     0
        B        ccg      2017-18-Q1  0
        ENGLAND  england  2017-06     21
        """,
        words,
    )

# E.M.12 ------------------------------------------------------------------------------------------

attendances(
    "E.M.12",
    "All A&E attendances but planned follow-ups count",
    "Category 2 (or 02) only is left out; 9, no category and codes outside the list count (A47).",
    "2017-06",
    """
    id  ccg  arrived     category  num  because
    a1  A    2017-06-10  1         yes  -
    a2  A    2017-06-10  2         no   not_a_planned_follow_up
    a3  A    2017-06-10  02        no   not_a_planned_follow_up
    a4  A    2017-06-10  3         yes  -
    a5  A    2017-06-10  9         yes  -
    a6  A    2017-06-10  -         yes  -
    a7  A    2017-06-10  X         yes  -
    """,
    """
    org  numerator
    A    5
    """,
)
attendances(
    "E.M.12",
    "The day of arrival places the attendance",
    "The first and last day are in the month; a record without it, or without a commissioner, is "
    "left out, and so are other purchasers' ones.",
    "2017-06",
    """
    id  ccg   prov  purchaser  arrived     category  count  num  because
    a1  A     P     CCG        2017-05-31  1         1      no   arrived_in_the_period
    a2  A     P     CCG        2017-06-01  1         1      yes  -
    a3  A     Q     CCG        2017-06-30  1         30     yes  -
    a4  A     P     CCG        2017-07-01  1         1      no   arrived_in_the_period
    a5  A     P     CCG        -           1         1      no   arrival_date_missing
    a6  -     P     CCG        2017-06-10  1         1      no   organisation_missing
    a7  A     P     NHSE       2017-06-10  1         1      no   purchased_by_a_ccg
    a8  A     P     -          2017-06-10  1         1      no   purchased_by_a_ccg
    a9  NONC  P     CCG        2017-06-10  1         1      yes  -
    """,
    """
    org      level     numerator
    A        ccg       31
    NONC     ccg       1
    ENGLAND  england   31
    P        provider  3
    Q        provider  30
    """,
)

SPECS = [*spells.specs, *outpatients.specs, *attendances.specs]
