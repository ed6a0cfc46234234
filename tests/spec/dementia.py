"""What the dementia diagnosis rate counts, shown row by row of the register and the population.

Read each as: given this register and this population (or estimate), in this period, this is what
becomes of each row and this is the rate. `-` is missing. A population carries the month of the
register that it is set against: that of `2018-03` is registered on 1 April 2018.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "register",
    {
        "ccg": "ccg_code",
        "band": "age_band",
        "patients": "registered_patients",
        "people": "estimated_prevalence",
    },
)
SPECS = spec.specs

TEN_IN_A = """
    ccg  month    people
    A    2018-03  10
    """
TEN = """
    id  org  den  num  because  quantity
    A   A    yes  no   -        10
    """

spec(
    "E.A.S.1",
    "People of 65 count, of 64 do not",
    "Age is in completed years.",
    "2018-03",
    {
        "register": """
            ccg  month    age  count  den  num  because
            A    2018-03  0    1      no   no   aged_65_or_over
            A    2018-03  64   2      no   no   aged_65_or_over
            A    2018-03  65   3      no   yes  -
            A    2018-03  66   1      no   yes  -
            A    2018-03  104  1      no   yes  -
            """,
        "estimates": TEN_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    5          10           0.5    no
    """,
    units=TEN,
)
spec(
    "E.A.S.1",
    "Age groups count like ages, and 65+ for all of them",
    "Groups of files that cut 90+ in two are added up; spellings with a stroke or a word are one.",
    "2018-03",
    {
        "register": """
            ccg | month   | band        | count | den | num | because
            A   | 2018-03 | 0-64        | 100   | no  | no  | aged_65_or_over
            A   | 2018-03 | 65+         | 7     | no  | yes | -
            B   | 2018-03 | 60-64       | 100   | no  | no  | aged_65_or_over
            B   | 2018-03 | 65-69       | 1     | no  | yes | -
            B   | 2018-03 | 70_74       | 1     | no  | yes | -
            B   | 2018-03 | 75 to 79    | 1     | no  | yes | -
            B   | 2018-03 | 80-84       | 1     | no  | yes | -
            B   | 2018-03 | 85-89       | 1     | no  | yes | -
            B   | 2018-03 | 90 and over | 1     | no  | yes | -
            C   | 2018-03 | 90-94       | 2     | no  | yes | -
            C   | 2018-03 | 95+         | 3     | no  | yes | -
            C   | 2018-03 | under 65    | 100   | no  | no  | aged_65_or_over
            """,
        "estimates": """
            ccg  month    people
            A    2018-03  10
            B    2018-03  10
            C    2018-03  10
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    7          10           0.7    yes
    B    6          10           0.6    no
    C    5          10           0.5    no
    """,
    units="""
    id  org  den  num  because  quantity
    A   A    yes  no   -        10
    B   B    yes  no   -        10
    C   C    yes  no   -        10
    """,
)
spec(
    "E.A.S.1",
    "A row without count is one person",
    "So a list of persons by age goes the same way as a table of counts.",
    "2018-03",
    {
        "register": """
            ccg  month    age  den  num  because
            A    2018-03  64   no   no   aged_65_or_over
            A    2018-03  80   no   yes  -
            A    2018-03  80   no   yes  -
            """,
        "estimates": TEN_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    2          10           0.2    no
    """,
    units=TEN,
)
spec(
    "E.A.S.1",
    "Each row has an age or an age group; where both stand they must agree on 65",
    "A row with neither is left out and reported, and so is one that contradicts itself.",
    "2018-03",
    {
        "register": """
            ccg  month    age  band   count  den  num  because
            A    2018-03  -    -      1      no   no   age_missing
            A    2018-03  70   -      2      no   yes  -
            A    2018-03  -    70-74  1      no   yes  -
            A    2018-03  64   65-69  1      no   no   age_and_band_agree
            A    2018-03  65   0-64   1      no   no   age_and_band_agree
            A    2018-03  65   65+    1      no   yes  -
            A    2018-03  64   60-64  1      no   no   aged_65_or_over
            A    -        70   -      1      no   no   register_month_missing
            -    2018-03  70   -      1      no   no   organisation_missing
            """,
        "estimates": TEN_IN_A,
    },
    """
    org  numerator  denominator  value  meets
    A    4          10           0.4    no
    """,
    units=TEN,
)
spec(
    "E.A.S.1",
    "The register is of the month's end; a quarter and a year are taken at their last month",
    "A snapshot is not added up over months. Months and the year are judged, and only in 2017/18; "
    "a quarter is not.",
    "2018-03",
    {
        "register": """
            ccg  month    band  count  den  num  because
            A    2017-03  65+   8      no   no   of_the_last_month
            A    2017-04  65+   8      no   no   of_the_last_month
            A    2018-02  65+   8      no   no   of_the_last_month
            A    2018-03  65+   9      no   yes  -
            A    2018-04  65+   8      no   no   of_the_last_month
            """,
        "estimates": """
            ccg  month    people
            A    2017-03  16
            A    2017-04  16
            """,
        "population": """
            ccg  month    band   sex  patients
            A    2018-02  65-69  F    1000
            A    2018-03  65-69  F    500
            A    2018-04  65-69  F    2000
            """,
    },
    """
    org  period      numerator  denominator  value  meets  standard
    A    2017-03     8          16           0.5    -      -
    A    2017-04     8          16           0.5    no     2/3
    A    2018-02     8          18           4/9    no     2/3
    A    2018-03     9          9            1      yes    2/3
    A    2018-04     8          36           2/9    -      -
    A    2017-18-Q4  9          9            1      -      -
    A    2017-18     9          9            1      yes    2/3
    """,
    units="""
    id  org  den  num  because            quantity
    A   A    no   no   of_the_last_month  16
    A   A    no   no   of_the_last_month  16
    A   A    no   no   of_the_last_month  18
    A   A    yes  no   -                  9
    A   A    no   no   of_the_last_month  36
    """,
)
spec(
    "E.A.S.1",
    "The estimate adds up twelve groups, each with its own rate",
    "A thousand patients of each group: 10 times the rates in per cent, in each commissioner one "
    "group, and all of them in ALL. Patients under 65 add nothing.",
    "2018-03",
    {
        "register": """
            ccg  month    band  count  den  num  because
            ALL  2018-03  65+   821    no   yes  -
            """,
        "population": """
            ccg  month    band   sex     patients
            F65  2018-03  65-69  F       1000
            F70  2018-03  70-74  F       1000
            F75  2018-03  75-79  F       1000
            F80  2018-03  80-84  F       1000
            F85  2018-03  85-89  F       1000
            F90  2018-03  90+    F       1000
            M65  2018-03  65-69  M       1000
            M70  2018-03  70-74  M       1000
            M75  2018-03  75-79  M       1000
            M80  2018-03  80-84  M       1000
            M85  2018-03  85-89  M       1000
            M90  2018-03  90+    M       1000
            ALL  2018-03  65-69  F       1000
            ALL  2018-03  70_74  female  1000
            ALL  2018-03  75-79  f       1000
            ALL  2018-03  80-84  F       1000
            ALL  2018-03  85-89  F       1000
            ALL  2018-03  90_94  F       400
            ALL  2018-03  95+    F       600
            ALL  2018-03  65-69  Male    1000
            ALL  2018-03  70-74  m       1000
            ALL  2018-03  75-79  M       1000
            ALL  2018-03  80-84  M       1000
            ALL  2018-03  85-89  M       1000
            ALL  2018-03  90+    M       1000
            ALL  2018-03  60-64  M       1000
            ALL  2018-03  0-64   F       1000
            """,
    },
    """
    org  numerator  denominator  value    meets  status
    F65  -          18           -        -      not_available
    F70  -          25           -        -      not_available
    F75  -          62           -        -      not_available
    F80  -          95           -        -      not_available
    F85  -          181          -        -      not_available
    F90  -          350          -        -      not_available
    M65  -          12           -        -      not_available
    M70  -          30           -        -      not_available
    M75  -          52           -        -      not_available
    M80  -          106          -        -      not_available
    M85  -          128          -        -      not_available
    M90  -          171          -        -      not_available
    ALL  821        1230         821/1230 yes    ok
    """,
    units="""
    id   org  den  num  because  quantity
    F65  F65  yes  no   -        18
    F70  F70  yes  no   -        25
    F75  F75  yes  no   -        62
    F80  F80  yes  no   -        95
    F85  F85  yes  no   -        181
    F90  F90  yes  no   -        350
    M65  M65  yes  no   -        12
    M70  M70  yes  no   -        30
    M75  M75  yes  no   -        52
    M80  M80  yes  no   -        106
    M85  M85  yes  no   -        128
    M90  M90  yes  no   -        171
    ALL  ALL  yes  no   -        1230
    """,
)
spec(
    "E.A.S.1",
    "The estimate is not rounded, and the rate can pass 100%",
    "One woman of 65-69 is 0.018 of a person with dementia.",
    "2018-03",
    {
        "register": """
            ccg  month    band  count  den  num  because
            A    2018-03  65+   1      no   yes  -
            B    2018-03  65+   1      no   yes  -
            """,
        "population": """
            ccg  month    band   sex  patients
            A    2018-03  65-69  F    1
            B    2018-03  65-69  F    13
            B    2018-03  80-84  M    7
            B    2018-03  85-89  F    3
            """,
    },
    """
    org  numerator  denominator  value     meets
    A    1          0.018        1000/18   yes
    B    1          1.519        1000/1519 no
    """,
    units="""
    id  org  den  num  because  quantity
    A   A    yes  no   -        0.018
    B   B    yes  no   -        1.519
    """,
)
spec(
    "E.A.S.1",
    "A row of the population that lacks a field adds nothing",
    "Month, age group and number are needed, the sex from 65 on. Rows of one group add up.",
    "2018-03",
    {
        "register": """
            ccg  month    band  count  den  num  because
            A    2018-03  65+   9      no   yes  -
            """,
        "population": """
            ccg  month    band   sex  patients
            A    2018-03  65-69  F    400
            A    2018-03  65-69  F    600
            A    -        65-69  F    1000
            A    2018-03  -      F    1000
            A    2018-03  65-69  -    1000
            A    2018-03  65-69  F    -
            A    2018-03  0-64   -    1000
            -    2018-03  65-69  F    1000
            """,
    },
    """
    org  numerator  denominator  value  meets
    A    9          18           0.5    no
    """,
    units="""
    id  org  den  num  because  quantity
    A   A    yes  no   -        18
    """,
)
spec(
    "E.A.S.1",
    "An estimate stands in where the population holds nothing usable of the month",
    "Else the population decides. Two estimates that agree are one; two that disagree, and one "
    "that is missing, are no denominator.",
    "2018-03",
    {
        "register": """
            ccg       month    band  count  den  num  because
            BOTH      2018-03  65+   9      no   yes  -
            ONLY      2018-03  65+   9      no   yes  -
            YOUNG     2018-03  65+   9      no   yes  -
            NOSEX     2018-03  65+   9      no   yes  -
            TWICE     2018-03  65+   9      no   yes  -
            DISAGREE  2018-03  65+   9      no   yes  -
            BLANK     2018-03  65+   9      no   yes  -
            NOMONTH   2018-03  65+   9      no   yes  -
            NEITHER   2018-03  65+   9      no   yes  -
            NOUGHT    2018-03  65+   9      no   yes  -
            """,
        "population": """
            ccg    month    band   sex  patients
            BOTH   2018-03  65-69  F    1000
            YOUNG  2018-03  0-64   F    1000
            YOUNG  2018-03  65-69  F    -
            NOSEX  2018-03  65-69  -    1000
            ONLY   2018-03  60-64  F    1000
            """,
        "estimates": """
            ccg       month    people
            BOTH      2018-03  20
            ONLY      2018-03  20.5
            YOUNG     2018-03  36
            NOSEX     2018-03  36
            TWICE     2018-03  18
            TWICE     2018-03  18
            DISAGREE  2018-03  18
            DISAGREE  2018-03  19
            BLANK     2018-03  -
            NOMONTH   -        18
            NOUGHT    2018-03  0
            """,
    },
    """
    org       numerator  denominator  value  meets  status
    BOTH      9          18           0.5    no     ok
    ONLY      9          20.5         18/41  no     ok
    YOUNG     9          36           0.25   no     ok
    NOSEX     9          36           0.25   no     ok
    TWICE     9          18           0.5    no     ok
    DISAGREE  9          -            -      -      no_denominator
    BLANK     9          -            -      -      no_denominator
    NOMONTH   9          -            -      -      no_denominator
    NEITHER   9          -            -      -      no_denominator
    NOUGHT    9          0            -      -      no_cases
    """,
    units="""
    id        org       den  num  because                 quantity
    BOTH      BOTH      yes  no   -                       18
    ONLY      ONLY      yes  no   -                       20.5
    YOUNG     YOUNG     yes  no   -                       36
    NOSEX     NOSEX     yes  no   -                       36
    TWICE     TWICE     yes  no   -                       18
    DISAGREE  DISAGREE  no   no   identifier_disagrees    18
    DISAGREE  DISAGREE  no   no   identifier_disagrees    19
    BLANK     BLANK     no   no   estimate_missing        -
    NOMONTH   NOMONTH   no   no   estimate_month_missing  18
    NOUGHT    NOUGHT    yes  no   -                       0
    """,
)
spec(
    "E.A.S.1",
    "Exactly two thirds meets the standard",
    "It is printed as 66.7%, but two thirds are tested, unrounded: 66.67% meets it, 66.66% does "
    "not (A04).",
    "2018-03",
    {
        "register": """
            ccg    month    band  count  den  num  because
            EXACT  2018-03  65+   12     no   yes  -
            BELOW  2018-03  65+   6666   no   yes  -
            ABOVE  2018-03  65+   6667   no   yes  -
            PARTS  2018-03  65+   7      no   yes  -
            MORE   2018-03  65+   7      no   yes  -
            """,
        "estimates": """
            ccg    month    people
            EXACT  2018-03  18
            BELOW  2018-03  10000
            ABOVE  2018-03  10000
            PARTS  2018-03  10.5
            MORE   2018-03  10.500000001
            """,
    },
    """
    org    numerator  denominator   value                   meets
    EXACT  12         18            2/3                     yes
    BELOW  6666       10000         0.6666                  no
    ABOVE  6667       10000         0.6667                  yes
    PARTS  7          10.5          2/3                     yes
    MORE   7          10.500000001  7000000000/10500000001  no
    """,
    units="""
    id     org    den  num  because  quantity
    EXACT  EXACT  yes  no   -        18
    BELOW  BELOW  yes  no   -        10000
    ABOVE  ABOVE  yes  no   -        10000
    PARTS  PARTS  yes  no   -        10.5
    MORE   MORE   yes  no   -        10.500000001
    """,
)
spec(
    "E.A.S.1",
    "England adds registers and estimates, then divides",
    "Without commissioners outside England (NONC).",
    "2018-03",
    {
        "register": """
            ccg   month    band  count  den  num  because
            A     2018-03  65+   10     no   yes  -
            B     2018-03  65+   20     no   yes  -
            NONC  2018-03  65+   5      no   yes  -
            """,
        "population": """
            ccg   month    band   sex  patients
            A     2018-03  65-69  F    1000
            B     2018-03  70-74  F    1100
            NONC  2018-03  70-74  F    1000
            """,
    },
    """
    org      level    numerator  denominator  value   meets
    A        ccg      10         18           5/9     no
    B        ccg      20         27.5         8/11    yes
    NONC     ccg      5          25           0.2     no
    ENGLAND  england  30         45.5         60/91   no
    """,
    units="""
    id    org   den  num  because  quantity
    A     A     yes  no   -        18
    B     B     yes  no   -        27.5
    NONC  NONC  yes  no   -        25
    """,
)
