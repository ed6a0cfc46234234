"""Which practices offer extended access, shown answer by answer."""

from __future__ import annotations

from spec import Book

spec = Book(
    "practices",
    {
        "id": "practice_code",
        "practice": "practice_code",
        "ccg": "ccg_code",
        "opens": "open_date",
        "closes": "close_date",
        "day": "survey_date",
    },
)
SPECS = spec.specs

# Every weekday, written without blanks so that a cell stays one word.
ALL = "mon,tue,wed,thu,fri"


def weekend(title: str, sentence: str, answers: str, fates: str, figures: str) -> None:
    """Practices that offer every weekday evening and differ in their weekends."""
    rows = [line.split() for line in answers.strip().splitlines()]
    survey = "\n".join(f"{' '.join(row)} yes {ALL}" for row in rows)
    spec(
        "E.D.14",
        title,
        sentence,
        "2018-03",
        {
            "practices": fates,
            "survey": f"practice day q1 q6 q2 q7 q4 q4a\n{survey}",
        },
        figures,
    )


weekend(
    "Saturdays and Sundays, at the practice or through its group",
    "Part 1 needs Q1 or Q6, part 2 needs Q2 or Q7; both is as good as one.",
    """
    G1  2018-03-15  yes  no   yes  no
    G2  2018-03-15  no   yes  no   yes
    G3  2018-03-15  yes  yes  yes  yes
    G4  2018-03-15  no   no   yes  yes
    G5  2018-03-15  yes  yes  no   no
    G6  2018-03-15  -    -    yes  yes
    G7  2018-03-15  yes  -    -    -
    G8  2018-03-15  -    yes  -    yes
    """,
    """
    id  ccg  den  num  because
    G1  A    yes  yes  -
    G2  A    yes  yes  -
    G3  A    yes  yes  -
    G4  A    yes  no   open_on_saturdays
    G5  A    yes  no   open_on_sundays
    G6  A    yes  no   open_on_saturdays
    G7  A    yes  no   open_on_sundays
    G8  A    yes  yes  -
    """,
    """
    org  numerator  denominator  value
    A    4          8            1/2
    """,
)


def weekdays(
    title: str, sentence: str, columns: str, answers: str, fates: str, figures: str
) -> None:
    """Practices that are open on both days of the weekend and differ in their weekdays."""
    rows = [line.split() for line in answers.strip().splitlines()]
    survey = "\n".join(f"{row[0]} 2018-03-15 yes yes {' '.join(row[1:])}" for row in rows)
    spec(
        "E.D.14",
        title,
        sentence,
        "2018-03",
        {"practices": fates, "survey": f"practice day q1 q2 {columns}\n{survey}"},
        figures,
    )


weekdays(
    "Every weekday counts on its own",
    "Parts 3 to 7 are Monday to Friday; one day missing is enough to fail.",
    "q4 q4a",
    """
    G1  yes  mon,tue,wed,thu,fri
    G2  yes  tue,wed,thu,fri
    G3  yes  mon,wed,thu,fri
    G4  yes  mon,tue,thu,fri
    G5  yes  mon,tue,wed,fri
    G6  yes  mon,tue,wed,thu
    G7  yes  Monday,Tuesday,WED,Thurs,friday
    G8  yes  -
    """,
    """
    id  ccg  den  num  because
    G1  A    yes  yes  -
    G2  A    yes  no   extended_on_mondays
    G3  A    yes  no   extended_on_tuesdays
    G4  A    yes  no   extended_on_wednesdays
    G5  A    yes  no   extended_on_thursdays
    G6  A    yes  no   extended_on_fridays
    G7  A    yes  yes  -
    G8  A    yes  no   extended_on_mondays
    """,
    """
    org  numerator  denominator  value
    A    2          8            1/4
    """,
)
weekdays(
    "A ticked day counts only where its own question is answered yes",
    "Both are asked for (A22): with no or no answer to the question its days are nothing.",
    "q3 q3a q4 q4a q8 q8a q9 q9a",
    f"""
    G1  yes  {ALL}  no   -       no   -       no   -
    G2  no   -      no   -       yes  {ALL}   no   -
    G3  no   -      no   -       no   -       yes  {ALL}
    G4  no   {ALL}  no   {ALL}   no   {ALL}   no   {ALL}
    G5  -    {ALL}  -    {ALL}   -    {ALL}   -    {ALL}
    G6  yes  mon    yes  tue,wed yes  thu     yes  fri
    G7  yes  mon    no   tue,wed yes  thu     yes  fri
    """.replace("tue,wed yes", "tue,wed  yes"),
    """
    id  ccg  den  num  because
    G1  A    yes  yes  -
    G2  A    yes  yes  -
    G3  A    yes  yes  -
    G4  A    yes  no   extended_on_mondays
    G5  A    yes  no   extended_on_mondays
    G6  A    yes  yes  -
    G7  A    yes  no   extended_on_tuesdays
    """,
    """
    org  numerator  denominator  value
    A    4          7            4/7
    """,
)

SURVEYED = """
    practice  day         q1   q2   q4   q4a
    G1        2018-03-01  yes  yes  yes  mon,tue,wed,thu,fri
    G2        2018-03-31  yes  yes  yes  mon,tue,wed,thu,fri
    G3        2018-02-28  yes  yes  yes  mon,tue,wed,thu,fri
    G4        2018-04-01  yes  yes  yes  mon,tue,wed,thu,fri
    G6        -           yes  yes  yes  mon,tue,wed,thu,fri
"""
spec(
    "E.D.14",
    "A practice that did not answer in the survey's month stays in the denominator",
    "The denominator is of open practices, whether they answered or not (A21).",
    "2018-03",
    {
        "practices": """
        id  ccg  den  num  because
        G1  A    yes  yes  -
        G2  A    yes  yes  -
        G3  A    yes  no   answered
        G4  A    yes  no   answered
        G5  A    yes  no   answered
        G6  A    yes  no   answered
        G7  B    yes  no   answered
        """,
        "survey": SURVEYED,
    },
    """
    org  numerator  denominator  value  status
    A    2          6            1/3    ok
    B    -          1            -      not_available
    """,
)
spec(
    "E.D.14",
    "A survey that is named is of the month of its last day",
    "All its answers are, also those of the month before; without a name an answer is of its day.",
    "2018-04",
    {
        "practices": """
        id  ccg  den  num  because
        G1  A    yes  yes  -
        G2  A    yes  yes  -
        G3  A    yes  no   answered
        G4  A    yes  no   answered
        G5  A    yes  no   open_on_saturdays
        """,
        "survey": """
        practice  day         survey  q1   q2   q4   q4a
        G1        2018-03-26  spring  yes  yes  yes  mon,tue,wed,thu,fri
        G2        2018-04-03  spring  yes  yes  yes  mon,tue,wed,thu,fri
        G3        2018-03-26  -       yes  yes  yes  mon,tue,wed,thu,fri
        G4        2018-03-26  winter  yes  yes  yes  mon,tue,wed,thu,fri
        G5        2018-03-27  spring  yes  yes  yes  mon,tue,wed,thu,fri
        G5        2018-03-28  spring  no   yes  yes  mon,tue,wed,thu,fri
        """,
    },
    """
    org  numerator  denominator  value
    A    2          5            0.4
    """,
)
spec(
    "E.D.14",
    "Open on the last day of the month: first and last day of a practice",
    "The list of practices is taken at the end of the survey's month (A21).",
    "2018-03",
    {
        "practices": """
        id  ccg  opens       closes      den  num  because
        G1  A    2018-03-31  -           yes  yes  -
        G2  A    2018-04-01  -           no   no   opened_by_the_last_day
        G3  A    1990-01-01  2018-03-30  no   no   not_closed_before_the_last_day
        G4  A    1990-01-01  2018-03-31  yes  no   answered
        G5  A    -           2018-04-01  yes  no   answered
        G6  A    2018-03-02  2018-03-01  no   no   closed_before_opened
        G7  B    1990-01-01  2017-01-31  no   no   not_closed_before_the_last_day
        """,
        "survey": SURVEYED,
    },
    """
    org  numerator  denominator  value  status
    A    1          3            1/3    ok
    B    -          0            -      not_available
    """,
)
spec(
    "E.D.14",
    "Of several answers in the month the last counts; of one day that disagree, none",
    "Corrections replace what was said first.",
    "2018-03",
    {
        "practices": """
        id  ccg  den  num  because
        G1  A    yes  no   open_on_sundays
        G2  A    yes  yes  -
        G3  A    yes  no   answered
        G4  A    yes  yes  -
        G4  A    no   no   repeated
        G5  -    no   no   organisation_missing
        """,
        "survey": """
        practice  day         q1   q2   q4   q4a
        G1        2018-03-10  yes  yes  yes  mon,tue,wed,thu,fri
        G1        2018-03-20  yes  no   yes  mon,tue,wed,thu,fri
        G2        2018-03-20  yes  yes  yes  mon,tue,wed,thu,fri
        G2        2018-03-10  yes  no   yes  mon,tue,wed,thu,fri
        G3        2018-03-10  yes  yes  yes  mon,tue,wed,thu,fri
        G3        2018-03-10  yes  no   yes  mon,tue,wed,thu,fri
        G4        2018-03-10  yes  yes  yes  mon,tue,wed,thu,fri
        G4        2018-03-10  yes  yes  yes  mon,tue,wed,thu,fri
        """,
    },
    """
    org  numerator  denominator  value
    A    2          4            1/2
    """,
)

for month, second, value, meets in (
    ("2019-12", "yes", "1", "-"),
    ("2020-01", "yes", "1", "yes"),
    ("2020-02", "no", "1/2", "no"),
):
    spec(
        "E.D.14",
        f"All practices by 2020: {month}",
        "The standard of 100% holds from January 2020.",
        month,
        {
            "practices": f"""
            id  ccg  den  num       because
            G1  A    yes  yes       -
            G2  A    yes  {second}  {"-" if second == "yes" else "open_on_saturdays"}
            """,
            "survey": f"""
            practice  day         q1        q2   q4   q4a
            G1        {month}-15  yes       yes  yes  {ALL}
            G2        {month}-15  {second}  yes  yes  {ALL}
            """,
        },
        f"""
        org  numerator                   denominator  value    meets
        A    {1 + (second == "yes")}     2            {value}  {meets}
        """,
    )
