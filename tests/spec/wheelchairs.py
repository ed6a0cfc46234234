"""What the children's wheelchair line counts, shown episode by episode.

Read each table as: given these episodes, in this period, this is what becomes of each and these
are the figures. `-` is missing; `delivered` stands for equipment_delivered.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "episodes",
    {
        "id": "episode_id",
        "ccg": "ccg_code",
        "born": "date_of_birth",
        "referred": "referral_date",
        "prescribed": "prescription_date",
        "closed": "closed_date",
    },
)
SPECS = spec.specs
WORDS = {"delivered": "equipment_delivered", "NO_EQUIPMENT": "equipment_or_modification"}

spec(
    "E.O.1",
    "126 days is within 18 weeks, 127 days is not",
    "From referral to closing, the day of referral being day 0 (A53); the collection's bands leave "
    "127 to 132 days open, and they are late.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome    den  num  because
    e1  A    2010-01-01  2017-10-01  2018-02-03  delivered  yes  yes  -
    e2  A    2010-01-01  2017-10-01  2018-02-04  delivered  yes  yes  -
    e3  A    2010-01-01  2017-10-01  2018-02-05  delivered  yes  no   within_18_weeks
    e4  A    2010-01-01  2017-10-01  2018-02-10  delivered  yes  no   within_18_weeks
    e5  A    2010-01-01  2017-10-01  2018-02-11  delivered  yes  no   within_18_weeks
    e6  A    2010-01-01  2018-02-04  2018-02-04  delivered  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          6            1/2    no
    """,
    WORDS,
)
spec(
    "E.O.1",
    "Equipment and modifications count, an episode closed without either does not",
    "A modification counts in the numerator too (A53).",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome         den  num  because
    e1  A    2010-01-01  2018-01-01  2018-02-01  delivered       yes  yes  -
    e2  A    2010-01-01  2018-01-01  2018-02-01  modification    yes  yes  -
    e3  A    2010-01-01  2017-01-01  2018-02-01  modification    yes  no   within_18_weeks
    e4  A    2010-01-01  2018-01-01  2018-02-01  not_prescribed  no   no   NO_EQUIPMENT
    e5  A    2010-01-01  2018-01-01  2018-02-01  Modification    yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          4            3/4    no
    """,
    WORDS,
)
spec(
    "E.O.1",
    "A child is not yet 18 on the day of closing",
    "Not on the day of referral; who is born on 29 February is 18 on 1 March of a common year.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome    den  num  because
    e1  A    2000-02-11  2018-01-01  2018-02-10  delivered  yes  yes  -
    e2  A    2000-02-10  2018-01-01  2018-02-10  delivered  no   no   child_when_closed
    e3  A    2000-02-09  2018-01-01  2018-02-10  delivered  no   no   child_when_closed
    e4  A    2000-02-29  2018-01-01  2018-02-28  delivered  yes  yes  -
    e5  A    2000-02-29  2018-01-01  2018-03-01  delivered  no   no   child_when_closed
    e6  A    1950-06-01  2018-01-01  2018-02-10  delivered  no   no   child_when_closed
    e7  A    2018-02-10  2018-01-01  2018-02-10  delivered  yes  yes  -
    e8  A    2018-02-11  2018-01-01  2018-02-10  delivered  no   no   closed_before_birth
    e9  A    2000-12-31  2018-01-01  2018-03-31  delivered  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    4          4            1      yes
    """,
    WORDS,
)
spec(
    "E.O.1",
    "The clock starts with the referral, not with the prescription",
    "A prescription on any day, also one of another quarter or none, changes nothing.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    prescribed  closed      outcome    den  num  because
    e1  A    2010-01-01  2017-06-01  2018-01-15  2018-02-01  delivered  yes  no   within_18_weeks
    e2  A    2010-01-01  2018-01-01  2017-06-01  2018-02-01  delivered  yes  yes  -
    e3  A    2010-01-01  2018-01-01  2019-01-01  2018-02-01  delivered  yes  yes  -
    e4  A    2010-01-01  2018-01-01  -           2018-02-01  delivered  yes  yes  -
    """,
    """
    org  numerator  denominator  value  meets
    A    3          4            3/4    no
    """,
    WORDS,
)
spec(
    "E.O.1",
    "The day of closing places the episode",
    "First and last day of the quarter are in it; episodes begun earlier count when they close.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome    den  num  because
    e1  A    2010-01-01  2017-12-01  2017-12-31  delivered  no   no   closed_in_the_period
    e2  A    2010-01-01  2017-12-01  2018-01-01  delivered  yes  yes  -
    e3  A    2010-01-01  2018-03-01  2018-03-31  delivered  yes  yes  -
    e4  A    2010-01-01  2018-03-01  2018-04-01  delivered  no   no   closed_in_the_period
    e5  A    2010-01-01  2018-03-01  -           -          no   no   closed_in_the_period
    e6  A    2010-01-01  2014-03-01  2018-03-31  delivered  yes  no   within_18_weeks
    """,
    """
    org  period      numerator  denominator  value  meets  status
    A    2017-18-Q3  1          1            1      -      ok
    A    2017-18-Q4  2          3            2/3    no     ok
    A    2018-19-Q1  1          1            1      yes    ok
    A    2018-19-Q2  0          0            -      -      no_cases
    A    2017-18     3          4            3/4    -      ok
    """,
    WORDS,
)
spec(
    "E.O.1",
    "At least 92% from Q4 2017/18, and 100% from Q4 2018/19",
    "Exactly 92% meets the first, nothing but all the second; no verdict before (A68).",
    "2017-18-Q4",
    """
    ccg    born        referred    closed      outcome    count  den  num  because
    EXACT  2010-01-01  2018-01-01  2018-01-01  delivered  23     yes  yes  -
    EXACT  2010-01-01  2017-01-01  2018-01-01  delivered  2      yes  no   within_18_weeks
    BELOW  2010-01-01  2018-03-31  2018-03-31  delivered  919    yes  yes  -
    BELOW  2010-01-01  2017-01-01  2018-03-31  delivered  81     yes  no   within_18_weeks
    EXACT  2010-01-01  2017-12-31  2017-12-31  delivered  23     no   no   closed_in_the_period
    EXACT  2010-01-01  2018-12-31  2018-12-31  delivered  23     no   no   closed_in_the_period
    EXACT  2010-01-01  2018-01-01  2018-12-31  delivered  2      no   no   closed_in_the_period
    EXACT  2010-01-01  2019-01-01  2019-01-01  delivered  999    no   no   closed_in_the_period
    EXACT  2010-01-01  2018-01-01  2019-01-01  delivered  1      no   no   closed_in_the_period
    BELOW  2010-01-01  2021-01-01  2021-01-01  delivered  9      no   no   closed_in_the_period
    """,
    """
    org    period      numerator  denominator  value   meets  status
    EXACT  2017-18-Q3  23         23           1       -      ok
    EXACT  2017-18-Q4  23         25           0.92    yes    ok
    EXACT  2018-19-Q3  23         25           0.92    yes    ok
    EXACT  2018-19-Q4  999        1000         0.999   no     ok
    EXACT  2020-21-Q4  0          0            -       -      no_cases
    BELOW  2017-18-Q3  0          0            -       -      no_cases
    BELOW  2017-18-Q4  919        1000         0.919   no     ok
    BELOW  2018-19-Q3  0          0            -       -      no_cases
    BELOW  2018-19-Q4  0          0            -       -      no_cases
    BELOW  2020-21-Q4  9          9            1       yes    ok
    """,
    WORDS,
)
spec(
    "E.O.1",
    "A record that cannot be true, or lacks a field that the line needs, is left out",
    "Referral, birth, commissioner and identifier are needed, and the outcome once it is closed.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome    den  num  because
    e1  A    2010-01-01  2018-02-02  2018-02-01  delivered  no   no   closed_before_referral
    e2  A    2010-01-01  2018-02-01  2018-02-01  delivered  yes  yes  -
    e3  A    2010-01-01  -           2018-02-01  delivered  no   no   referral_date_missing
    e4  A    -           2018-01-01  2018-02-01  delivered  no   no   date_of_birth_missing
    e5  A    2010-01-01  2018-01-01  2018-02-01  -          no   no   outcome_missing
    e6  A    2010-01-01  2018-01-01  -           delivered  no   no   closed_in_the_period
    e7  -    2010-01-01  2018-01-01  2018-02-01  delivered  no   no   organisation_missing
    -   A    2010-01-01  2018-01-01  2018-02-01  delivered  no   no   identifier_missing
    e9  A    2018-02-02  2018-02-02  2018-02-01  delivered  no   no   closed_before_referral
    """,
    """
    org  numerator  denominator  value  meets
    A    1          1            1      yes
    """,
    WORDS,
)
spec(
    "E.O.1",
    "An identifier counts once where its rows agree, and not at all where they disagree",
    "Rows disagree if they differ in any column that the family reads.",
    "2017-18-Q4",
    """
    id  ccg  born        referred    closed      outcome       den  num  because
    e1  A    2010-01-01  2018-01-01  2018-02-01  delivered     yes  yes  -
    e1  A    2010-01-01  2018-01-01  2018-02-01  delivered     no   no   repeated
    e2  A    2010-01-01  2018-01-01  2018-02-01  delivered     no   no   identifier_disagrees
    e2  A    2010-01-01  2018-01-01  2018-02-01  modification  no   no   identifier_disagrees
    e3  B    2010-01-01  2018-01-01  2018-02-01  delivered     no   no   identifier_disagrees
    e3  A    2010-01-01  2018-01-01  2018-02-01  delivered     no   no   identifier_disagrees
    """,
    """
    org  numerator  denominator  value  meets  status
    A    1          1            1      yes    ok
    B    0          0            -      -      no_cases
    """,
    WORDS,
)
spec(
    "E.O.1",
    "England is the sum of its commissioners, without those outside England",
    "Numerators and denominators are added, then divided.",
    "2017-18-Q4",
    """
    id  ccg   born        referred    closed      outcome    den  num  because
    e1  A     2010-01-01  2018-01-01  2018-02-01  delivered  yes  yes  -
    e2  A     2010-01-01  2017-01-01  2018-02-01  delivered  yes  no   within_18_weeks
    e3  B     2010-01-01  2018-01-01  2018-02-01  delivered  yes  yes  -
    e4  NONC  2010-01-01  2017-01-01  2018-02-01  delivered  yes  no   within_18_weeks
    e5  C     2010-01-01  2017-01-01  2018-06-01  delivered  no   no   closed_in_the_period
    """,
    """
    org      level    numerator  denominator  value  meets  status
    A        ccg      1          2            1/2    no     ok
    B        ccg      1          1            1      yes    ok
    C        ccg      0          0            -      -      no_cases
    NONC     ccg      0          1            0      no     ok
    ENGLAND  england  2          3            2/3    no     ok
    """,
    WORDS,
)
spec(
    "E.O.1_waiting",
    "Children whose episode is open on the last day, 127 days or more after the referral",
    "Day 126 is no long wait. What ends on the last day waits no more; how it will end matters "
    "nothing, nor does the prescription.",
    "2017-18-Q4",
    """
    id  ccg   born        referred    prescribed  closed      outcome         num  because
    e1  A     2010-01-01  2017-11-24  -           -           -               yes  -
    e2  A     2010-01-01  2017-11-25  -           -           -               no   over_18_weeks
    e3  A     2010-01-01  2017-01-01  2018-01-01  2018-04-01  not_prescribed  yes  -
    e4  A     2010-01-01  2017-01-01  -           2018-03-31  delivered       no   CLOSED
    e5  A     2010-01-01  2018-04-01  -           -           -               no   LATER
    e6  A     2000-04-01  2017-01-01  -           -           -               yes  -
    e7  A     2000-03-31  2017-01-01  -           -           -               no   ADULT
    e8  A     2000-02-29  2017-01-01  -           2019-01-01  delivered       no   ADULT
    e9  A     -           2017-01-01  -           -           -               no   NO_BIRTH
    f1  A     2010-01-01  -           -           -           -               no   NO_REFERRAL
    f2  NONC  2010-01-01  2017-01-01  -           -           -               yes  -
    """,
    """
    org      level    period      numerator  status
    A        ccg      2017-18-Q3  5          ok
    A        ccg      2017-18-Q4  3          ok
    A        ccg      2017-18     3          ok
    NONC     ccg      2017-18-Q3  1          ok
    NONC     ccg      2017-18-Q4  1          ok
    NONC     ccg      2017-18     1          ok
    ENGLAND  england  2017-18-Q3  5          ok
    ENGLAND  england  2017-18-Q4  3          ok
    ENGLAND  england  2017-18     3          ok
    """,
    WORDS
    | {
        "CLOSED": "open_at_the_last_day",
        "LATER": "referred_by_the_last_day",
        "ADULT": "child_on_the_last_day",
        "NO_BIRTH": "date_of_birth_missing",
        "NO_REFERRAL": "referral_date_missing",
    },
)
