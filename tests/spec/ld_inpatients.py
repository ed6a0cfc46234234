"""What the lines on inpatients with a learning disability or autism count, stay by stay."""

from __future__ import annotations

from spec import Book

spec = Book(
    "inpatients",
    {
        "id": "person_id",
        "ccg": "origin_ccg_code",
        "bed": "bed_commissioner",
        "ward": "ward_security",
        "in": "admission_date",
        "out": "discharge_date",
        "people": "population",
    },
)
SPECS = spec.specs

spec(
    "E.K.1a",
    "An admission on the last day counts, one on the day after does not",
    "The census is taken at the close of the period's last day.",
    "2017-18-Q4",
    """
    id  ccg  bed  in          num  because
    p1  A    ccg  2018-03-30  yes  -
    p2  A    ccg  2018-03-31  yes  -
    p3  A    ccg  2018-04-01  no   admitted_by_the_last_day
    p4  B    ccg  2009-06-01  yes  -
    """,
    """
    org  numerator
    A    2
    B    1
    """,
)
spec(
    "E.K.1a",
    "A discharge on the last day ends the stay, one on the day after does not",
    "Somebody discharged on the last day is not an inpatient at its end (A39).",
    "2017-18-Q4",
    """
    id  ccg  bed  in          out         num  because
    p1  A    ccg  2017-05-01  2018-03-30  no   not_discharged_by_the_last_day
    p2  A    ccg  2017-05-01  2018-03-31  no   not_discharged_by_the_last_day
    p3  A    ccg  2017-05-01  2018-04-01  yes  -
    p4  A    ccg  2018-03-31  2018-03-31  no   not_discharged_by_the_last_day
    p5  A    ccg  2017-05-01  -           yes  -
    """,
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.K.1a",
    "The commissioner of the bed decides, not the security of the ward",
    "A secure ward commissioned by a CCG counts here; an open one of NHS England does not (A39).",
    "2017-18-Q4",
    """
    id  ccg  bed   ward    in          num  because
    p1  A    ccg   medium  2017-05-01  yes  -
    p2  A    nhse  none    2017-05-01  no   bed_commissioned_by_a_ccg
    p3  A    CCG   none    2017-05-01  yes  -
    p4  A    -     low     2017-05-01  no   bed_commissioner_missing
    """,
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.K.1a",
    "A year is the census of its last day",
    "A snapshot line asked for a year is taken at the year's last day.",
    "2017-18",
    """
    id  ccg  bed  in          out         num  because
    p1  A    ccg  2017-05-01  2018-03-30  no   not_discharged_by_the_last_day
    p2  A    ccg  2017-05-01  -           yes  -
    """,
    """
    org  period      numerator
    A    2017-18     1
    A    2017-18-Q3  2
    A    2017-18-Q1  2
    """,
)
spec(
    "E.K.1a",
    "A person who came back is one inpatient",
    "Stays of one person are told apart by their first day; of two that overlap the later counts, "
    "if it can be used.",
    "2017-18-Q4",
    """
    id  ccg  bed  in          out         num  because
    p1  A    ccg  2016-05-01  2016-08-01  no   not_discharged_by_the_last_day
    p1  A    ccg  2017-05-01  -           yes  -
    p2  A    ccg  2016-05-01  -           no   latest_stay_of_the_person
    p2  B    ccg  2017-05-01  -           yes  -
    p3  A    ccg  2017-05-01  -           yes  -
    p3  A    ccg  2018-04-01  -           no   admitted_by_the_last_day
    p4  A    ccg  2017-05-01  -           yes  -
    p4  A    -    2017-06-01  -           no   bed_commissioner_missing
    p5  A    ccg  2017-05-01  -           yes  -
    p5  -    ccg  2017-06-01  -           no   organisation_missing
    """,
    """
    org  numerator
    A    4
    B    1
    """,
)
spec(
    "E.K.1a",
    "Rows of one person and one admission that agree count once; that disagree, not at all",
    "They cannot both be true, and nothing says which is.",
    "2017-18-Q4",
    """
    id  ccg  bed   in          num  because
    p1  A    ccg   2017-05-01  yes  -
    p1  A    ccg   2017-05-01  no   repeated
    p2  A    ccg   2017-05-01  no   identifier_disagrees
    p2  A    nhse  2017-05-01  no   identifier_disagrees
    -   A    ccg   2017-05-01  no   identifier_missing
    """,
    """
    org  numerator
    A    1
    """,
)
spec(
    "E.K.1a",
    "Dates that are missing or cannot be true put the person out",
    "A person without an origin is nobody's; without a row of its own an organisation has 0.",
    "2017-18-Q4",
    """
    id  ccg   bed  in          out         num  because
    p1  A     ccg  -           -           no   admission_date_missing
    p2  A     ccg  2017-05-02  2017-05-01  no   discharged_before_admitted
    p3  -     ccg  2017-05-01  -           no   organisation_missing
    p4  NONC  ccg  2017-05-01  -           yes  -
    """,
    """
    org      level    numerator
    A        ccg      0
    NONC     ccg      1
    ENGLAND  england  0
    """,
)
spec(
    "E.K.1b",
    "NHS England's beds: children's and secure wards alike",
    "The commissioner decides (A39).",
    "2017-18-Q4",
    """
    id  ccg  bed   ward  in          out         count  num  because
    p1  A    nhse  high  2017-05-01  -           1      yes  -
    p2  A    nhse  none  2017-05-01  -           3      yes  -
    p3  A    ccg   low   2017-05-01  -           1      no   bed_commissioned_by_nhs_england
    p4  A    nhse  low   2017-05-01  2018-03-31  1      no   not_discharged_by_the_last_day
    """,
    """
    org  numerator
    A    4
    """,
)


def rated(code: str, bed: str, number: int, people: int, per_million: str) -> None:
    """A partnership of one commissioner with `number` inpatients among `people`."""
    rows = "\n".join(f"p{n}  A  {bed}  2017-05-01" for n in range(1, number + 1))
    spec(
        code,
        f"{number} inpatients among {people:,} people are {per_million} per million",
        "Judged for partnerships only, from the fourth quarter of 2018/19, at the upper end.",
        "2018-19-Q4",
        {
            "inpatients": f"id  ccg  bed  in\n{rows}",
            "population": "ccg_code  period  people\n"
            + "\n".join(f"A  2018-19-{quarter}  {people}" for quarter in ("Q3", "Q4")),
        },
        f"""
        org  period      numerator  denominator  value
        A    2018-19-Q4  {number}   {people}     {per_million}
        A    2018-19-Q3  {number}   {people}     {per_million}
        """,
        units="id  org  den  num  because  quantity\n"
        + "\n".join(f"p{n}  A  no  yes  -  1" for n in range(1, number + 1))
        + f"\nA  A  yes  no  -  {people}",
    )


rated("E.K.1a_rate", "ccg", 3, 200_000, "15")
rated("E.K.1b_rate", "nhse", 5, 200_000, "25")
spec(
    "E.K.1a_rate",
    "Without a population there is a count and no rate",
    "The population is that of the same quarter; a missing figure is not 0.",
    "2018-19-Q4",
    {
        "inpatients": """
        id  ccg  bed  in
        p1  A    ccg  2017-05-01
        p2  B    ccg  2017-05-01
        p3  D    ccg  2017-05-01
        """,
        "population": """
        ccg_code  period      people
        A         2018-19-Q4  200000
        B         2018-19-Q3  100000
        C         2018-19-Q4  50000
        D         2018-19-Q4  -
        """,
    },
    """
    org  numerator  denominator  value  status
    A    1          200000       5      ok
    B    1          -            -      no_denominator
    C    0          50000        0      ok
    D    1          -            -      no_denominator
    """,
    units="""
    id  org  den  num  because             quantity
    p1  A    no   yes  -                   1
    p2  B    no   yes  -                   1
    p3  D    no   yes  -                   1
    A   A    yes  no   -                   200000
    C   C    yes  no   -                   50000
    D   D    no   no   population_missing  -
    """,
)
spec(
    "E.K.1a_rate",
    "A population that stands twice is one; two that disagree are none",
    "Of two figures of one commissioner and quarter neither can be preferred.",
    "2018-19-Q4",
    {
        "inpatients": """
        id  ccg   bed  in
        p1  SAME  ccg  2017-05-01
        p2  TWO   ccg  2017-05-01
        """,
        "population": """
        ccg_code  period      people
        SAME      2018-19-Q4  200000
        same      2018-19-Q4  200000
        TWO       2018-19-Q4  200000
        TWO       2018-19-Q4  300000
        """,
    },
    """
    org   numerator  denominator  value  status
    SAME  1          200000       5      ok
    TWO   1          -            -      no_denominator
    """,
    units="""
    id    org   den  num  because               quantity
    p1    SAME  no   yes  -                     1
    p2    TWO   no   yes  -                     1
    SAME  SAME  yes  no   -                     200000
    TWO   TWO   no   no   identifier_disagrees  200000
    TWO   TWO   no   no   identifier_disagrees  300000
    """,
)
