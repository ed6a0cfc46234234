"""What the lines on children and young people's mental health count, shown person by person.

Read each as: given these people with these contacts (or these referrals for an eating disorder),
in this period, this is what becomes of each and these are the figures. `-` is missing.
"""

from __future__ import annotations

from spec import Book

spec = Book(
    "people",
    {
        "person": "person_id",
        "ccg": "ccg_code",
        "born": "date_of_birth",
        "ref": "referral_id",
        "on": "contact_date",
        "cid": "contact_id",
        "how": "contact_type",
        "year": "financial_year",
        "need": "diagnosable_cyp",
        "baseline": "baseline_2a",
        "age": "age_at_referral",
        "received": "referral_received_date",
        "treated": "treatment_start_date",
    },
)
SPECS = spec.specs

# E.H.9 2A: individuals ----------------------------------------------------------------------------

spec(
    "E.H.9_2A",
    "Two contacts on one referral count, in the period of the second",
    "A contact in Q4 of one year and one in Q1 of the next is counted once, in Q1 of the next.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            p1      A    2005-01-01  yes  -
            p2      A    2005-01-01  no   treated_in_the_year
            p3      A    2005-01-01  no   treated_in_the_year
            p4      A    2005-01-01  yes  -
            p5      A    2005-01-01  no   counted_in_the_period
            p6      A    2005-01-01  yes  -
            p7      A    2005-01-01  no   treated_in_the_year
            p8      B    2005-01-01  no   treated_in_the_year
        """,
        "contacts": """
            person  ref  on          how     medium  attended
            p1      r1   2017-04-10  direct  01      yes
            p1      r1   2017-05-20  direct  01      yes
            p1      r1   2017-09-20  direct  01      yes
            p2      r1   2017-04-10  direct  01      yes
            p3      r1   2017-04-10  direct  01      yes
            p3      r2   2017-05-20  direct  01      yes
            p4      r1   2017-03-31  direct  01      yes
            p4      r1   2017-04-01  direct  01      yes
            p5      r1   2017-04-10  direct  01      yes
            p5      r1   2017-07-01  direct  01      yes
            p6      r1   2017-06-01  direct  01      yes
            p6      r1   2017-06-30  direct  01      yes
            p7      r1   2017-03-30  direct  01      yes
            p7      r1   2017-03-31  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2016-17-Q4  1
    A    2017-18-Q1  3
    A    2017-18-Q2  1
    A    2017-18-Q3  0
    A    2017-18     4
    B    2016-17-Q4  0
    B    2017-18-Q1  0
    B    2017-18-Q2  0
    B    2017-18-Q3  0
    B    2017-18     0
    """,
)
spec(
    "E.H.9_2A",
    "A direct contact counts if attended and not written, an indirect one always",
    "Text message (06) and email (05) do not count (A33); digital therapy is medium 98 and counts.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            both    A    2005-01-01  yes  -
            mail    A    2005-01-01  no   treated_in_the_year
            text    A    2005-01-01  no   treated_in_the_year
            missed  A    2005-01-01  no   treated_in_the_year
            phone   A    2005-01-01  yes  -
            behalf  A    2005-01-01  yes  -
            written A    2005-01-01  yes  -
        """,
        "contacts": """
            person   ref  on          how       medium  attended
            both     r1   2017-04-10  direct    3       true
            both     r1   2017-04-20  indirect  -       -
            mail     r1   2017-04-10  direct    05      yes
            mail     r1   2017-04-20  direct    5       yes
            text     r1   2017-04-10  direct    06      yes
            text     r1   2017-04-20  direct    01      yes
            missed   r1   2017-04-10  direct    01      no
            missed   r1   2017-04-20  direct    01      yes
            phone    r1   2017-04-10  direct    02      1
            phone    r1   2017-04-20  direct    98      yes
            behalf   r1   2017-04-10  indirect  -       no
            behalf   r1   2017-04-20  INDIRECT  -       -
            written  r1   2017-04-10  indirect  05      no
            written  r1   2017-04-20  indirect  06      yes
        """,
    },
    """
    org  numerator
    A    4
    """,
)
spec(
    "E.H.9_2A",
    "A contact that lacks a field is left out, a person who lacks one too",
    "A contact needs person, referral, date and type, a direct one also attendance and medium.",
    "2017-18-Q1",
    {
        "people": """
            person   ccg  born        num  because
            whole    A    2005-01-01  yes  -
            no_ref   A    2005-01-01  no   treated_in_the_year
            no_date  A    2005-01-01  no   treated_in_the_year
            no_type  A    2005-01-01  no   treated_in_the_year
            no_came  A    2005-01-01  no   treated_in_the_year
            no_how   A    2005-01-01  no   treated_in_the_year
            unborn   A    -           no   date_of_birth_missing
            nowhere  -    2005-01-01  no   organisation_missing
            -        A    2005-01-01  no   identifier_missing
        """,
        "contacts": """
            person   ref  on          how     medium  attended
            whole    r1   2017-04-10  direct  01      yes
            whole    r1   2017-04-20  direct  01      yes
            no_ref   -    2017-04-10  direct  01      yes
            no_ref   -    2017-04-20  direct  01      yes
            no_date  r1   2017-04-10  direct  01      yes
            no_date  r1   -           direct  01      yes
            no_type  r1   2017-04-10  direct  01      yes
            no_type  r1   2017-04-20  -       01      yes
            no_came  r1   2017-04-10  direct  01      yes
            no_came  r1   2017-04-20  direct  01      -
            no_how   r1   2017-04-10  direct  01      yes
            no_how   r1   2017-04-20  direct  -       yes
            unborn   r1   2017-04-10  direct  01      yes
            unborn   r1   2017-04-20  direct  01      yes
            nowhere  r1   2017-04-10  direct  01      yes
            nowhere  r1   2017-04-20  direct  01      yes
            -        r1   2017-04-10  direct  01      yes
            -        r1   2017-04-20  direct  01      yes
            unknown  r1   2017-04-10  direct  01      yes
            unknown  r1   2017-04-20  direct  01      yes
        """,
    },
    """
    org  numerator
    A    1
    """,
)
spec(
    "E.H.9_2A",
    "In a year a referral counts at its second contact ever, or at the second of the year",
    "Route (a): the second contact ever is in the year. Route (b): two contacts are in it. One "
    "contact in the year, after two before it, is neither (A32).",
    "2017-18-Q1",
    {
        "people": """
            person   ccg  born        num  because
            route_b  A    2005-01-01  yes  -
            one      A    2005-01-01  no   treated_in_the_year
            route_a  A    2005-01-01  yes  -
            later    A    2005-01-01  no   counted_in_the_period
            first    A    2005-01-01  yes  -
        """,
        "contacts": """
            person   ref  on          how     medium  attended
            route_b  r1   2015-05-01  direct  01      yes
            route_b  r1   2015-06-01  direct  01      yes
            route_b  r1   2017-05-01  direct  01      yes
            route_b  r1   2017-06-01  direct  01      yes
            one      r1   2015-05-01  direct  01      yes
            one      r1   2015-06-01  direct  01      yes
            one      r1   2017-05-01  direct  01      yes
            route_a  r1   2015-05-01  direct  01      yes
            route_a  r1   2017-05-01  direct  01      yes
            later    r1   2016-03-01  direct  01      yes
            later    r1   2017-02-01  direct  01      yes
            later    r1   2017-05-01  direct  01      yes
            later    r1   2017-08-01  direct  01      yes
            first    r1   2015-04-10  direct  01      yes
            first    r1   2015-04-11  direct  01      yes
            first    r1   2017-08-01  direct  01      yes
            first    r1   2017-09-01  direct  01      yes
            first    r2   2017-05-01  direct  01      yes
            first    r2   2017-05-05  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2015-16-Q1  3
    A    2015-16     3
    A    2016-17-Q4  1
    A    2016-17     1
    A    2017-18-Q1  3
    A    2017-18-Q2  1
    A    2017-18     4
    """,
)
spec(
    "E.H.9_2A",
    "A person counts once in a financial year, and can count in several",
    "Treated in Q1 and again in Q4 of a year is in Q1; treated in another year, in that too.",
    "2017-18-Q4",
    {
        "people": """
            person  ccg  born        num  because
            again   A    2005-01-01  no   counted_in_the_period
            years   A    2005-01-01  yes  -
            edges   A    2005-01-01  yes  -
        """,
        "contacts": """
            person  ref  on          how     medium  attended
            again   r1   2017-04-10  direct  01      yes
            again   r1   2017-04-20  direct  01      yes
            again   r2   2018-02-10  direct  01      yes
            again   r2   2018-02-20  direct  01      yes
            years   r1   2016-04-10  direct  01      yes
            years   r1   2016-04-20  direct  01      yes
            years   r2   2018-02-10  direct  01      yes
            years   r2   2018-02-20  direct  01      yes
            edges   r1   2018-03-30  direct  01      yes
            edges   r1   2018-03-31  direct  01      yes
            edges   r1   2018-04-01  direct  01      yes
            edges   r1   2018-04-02  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2016-17-Q1  1
    A    2016-17     1
    A    2017-18-Q1  1
    A    2017-18-Q4  2
    A    2017-18     3
    A    2018-19-Q1  1
    A    2018-19     1
    """,
)
spec(
    "E.H.9_2A",
    "The first contact is before the 18th birthday, the second may be after it",
    "Up to 17 years and 364 days; who is born on 29 February is 18 on 1 March of a common year. A "
    "contact before birth cannot be true, and is no first contact.",
    "2017-18",
    {
        "people": """
            person   ccg  born        num  because
            before   A    1999-06-15  yes  -
            on_it    A    1999-06-15  no   began_before_18
            leap     A    2000-02-29  yes  -
            leap_on  A    2000-02-29  no   began_before_18
            at_birth A    2017-06-14  yes  -
            not_yet  A    2017-06-15  no   treated_in_the_year
            since    A    2017-06-15  yes  -
        """,
        "contacts": """
            person    ref  on          how     medium  attended
            before    r1   2017-06-14  direct  01      yes
            before    r1   2017-06-20  direct  01      yes
            on_it     r1   2017-06-15  direct  01      yes
            on_it     r1   2017-06-20  direct  01      yes
            leap      r1   2018-02-28  direct  01      yes
            leap      r1   2018-03-05  direct  01      yes
            leap_on   r1   2018-03-01  direct  01      yes
            leap_on   r1   2018-03-05  direct  01      yes
            at_birth  r1   2017-06-14  direct  01      yes
            at_birth  r1   2017-06-20  direct  01      yes
            not_yet   r1   2017-06-14  direct  01      yes
            not_yet   r1   2017-06-20  direct  01      yes
            since     r1   2017-06-14  direct  01      yes
            since     r1   2017-06-15  direct  01      yes
            since     r1   2017-06-20  direct  01      yes
        """,
    },
    """
    org  numerator
    A    4
    """,
)
spec(
    "E.H.9_2A",
    "Age is that at the first of the two contacts that bring the person in",
    "By route (a) the first contact ever, by route (b) the first of the year (A34).",
    "2017-18",
    {
        "people": """
            person   ccg  born        num  because
            route_a  A    1999-03-01  yes  -
            route_b  A    1999-03-01  no   began_before_18
            other    A    1999-06-15  yes  -
        """,
        "contacts": """
            person   ref  on          how     medium  attended
            route_a  r1   2017-02-28  direct  01      yes
            route_a  r1   2017-05-01  direct  01      yes
            route_b  r1   2017-01-10  direct  01      yes
            route_b  r1   2017-01-20  direct  01      yes
            route_b  r1   2017-05-01  direct  01      yes
            route_b  r1   2017-06-01  direct  01      yes
            other    r1   2017-06-20  direct  01      yes
            other    r1   2017-06-21  direct  01      yes
            other    r2   2017-04-01  direct  01      yes
            other    r2   2017-08-01  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2016-17-Q4  1
    A    2017-18-Q1  1
    A    2017-18-Q2  1
    A    2017-18     2
    """,
)
spec(
    "E.H.9_2A",
    "Two contacts on one day are two contacts; a repeated contact is one",
    "Without identifiers each row is a contact; rows of one identifier count once if they agree, "
    "and not at all if they do not; `count` says for how many a row stands.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            twice   A    2005-01-01  yes  -
            same    A    2005-01-01  no   treated_in_the_year
            differ  A    2005-01-01  no   treated_in_the_year
            row     A    2005-01-01  yes  -
            none    A    2005-01-01  no   treated_in_the_year
        """,
        "contacts": """
            cid  person  ref  on          how     medium  attended  count
            c1   twice   r1   2017-04-10  direct  01      yes       -
            c2   twice   r1   2017-04-10  direct  01      yes       -
            c3   same    r1   2017-04-10  direct  01      yes       -
            c3   same    r1   2017-04-10  direct  01      yes       -
            c4   differ  r1   2017-04-10  direct  01      yes       -
            c5   differ  r1   2017-04-20  direct  01      yes       -
            c5   differ  r1   2017-04-20  direct  02      yes       -
            c6   row     r1   2017-04-10  direct  01      yes       2
            c7   none    r1   2017-04-10  direct  01      yes       0
            c8   none    r1   2017-04-20  direct  01      yes       1
        """,
    },
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.H.9_2A",
    "Without contact identifiers, two equal rows are two contacts",
    "A table without the column has nothing to compare.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            p1      A    2005-01-01  yes  -
            p1      A    2005-01-01  no   repeated
            p2      A    2005-01-01  no   identifier_disagrees
            p2      B    2005-01-01  no   identifier_disagrees
        """,
        "contacts": """
            person  ref  on          how     medium  attended
            p1      r1   2017-04-10  direct  01      yes
            p1      r1   2017-04-10  direct  01      yes
            p2      r1   2017-04-10  direct  01      yes
            p2      r1   2017-04-10  direct  01      yes
        """,
    },
    """
    org  numerator
    A    1
    B    0
    """,
)

TWO_CONTACTS = """
    person  ref  on          how       medium  attended
    a       r1   2017-04-10  indirect  -       -
    a       r1   2017-04-20  indirect  -       -
    b       r1   2017-04-10  indirect  -       -
    b       r1   2017-04-20  indirect  -       -
    c       r1   2017-04-10  indirect  -       -
    c       r1   2017-04-20  indirect  -       -
    d       r1   2017-04-10  indirect  -       -
    d       r1   2017-04-20  indirect  -       -
"""
spec(
    "E.H.9_2A",
    "The required number is 107% of 2016/17 or 30% of those in need, whichever is greater",
    "It is compared unrounded: 58.85 people are met by 59 and not by 58.",
    "2017-18",
    {
        "people": """
            person  ccg     born        count  num  because
            a       GROW    2005-01-01  107    yes  -
            b       SHORT   2005-01-01  119    yes  -
            c       REACH   2005-01-01  120    yes  -
            d       BELOW   2005-01-01  58     yes  -
        """,
        "contacts": TWO_CONTACTS,
        "estimates": """
            ccg    year     need  baseline
            GROW   2017-18  300   100
            SHORT  2017/18  400   100
            REACH  2017-18  400   100
            BELOW  2017-18  10.5  55
        """,
    },
    """
    org    period      numerator  meets  standard
    GROW   2017-18     107        yes    107
    SHORT  2017-18     119        no     120
    REACH  2017-18     120        yes    120
    BELOW  2017-18     58         no     58.85
    GROW   2017-18-Q1  107        -      -
    SHORT  2017-18-Q1  119        -      -
    REACH  2017-18-Q1  120        -      -
    BELOW  2017-18-Q1  58         -      -
    """,
)
spec(
    "E.H.9_2A",
    "In 2018/19 it is 107% of 2016/17 still, or 32% of those in need",
    "Growth is not compounded (A30). Years before and after have no required number.",
    "2018-19",
    {
        "people": """
            person  ccg    born        count  num  because
            a       GROW   2005-01-01  107    yes  -
            b       SHORT  2005-01-01  127    yes  -
            c       REACH  2005-01-01  128    yes  -
        """,
        "contacts": """
            person  ref  on          how       medium  attended
            a       r1   2018-04-10  indirect  -       -
            a       r1   2018-04-20  indirect  -       -
            b       r1   2018-04-10  indirect  -       -
            b       r1   2018-04-20  indirect  -       -
            c       r1   2018-04-10  indirect  -       -
            c       r1   2018-04-20  indirect  -       -
        """,
        "estimates": """
            ccg    year     need  baseline
            GROW   2018-19  334   100
            SHORT  2018-19  400   100
            REACH  2018-19  400   100
            GROW   2019-20  1     1
            GROW   2016-17  1     1
        """,
    },
    """
    org    period      numerator  meets  standard
    GROW   2018-19     107        yes    107
    SHORT  2018-19     127        no     128
    REACH  2018-19     128        yes    128
    GROW   2016-17     0          -      -
    SHORT  2016-17     0          -      -
    REACH  2016-17     0          -      -
    GROW   2019-20     0          -      -
    SHORT  2019-20     0          -      -
    REACH  2019-20     0          -      -
    """,
)
spec(
    "E.H.9_2A",
    "Without the baseline or the estimate there is no required number",
    "A missing figure is never guessed, and rows that disagree are all left out; the individuals "
    "are counted all the same. A verdict on England needs what it adds up.",
    "2017-18",
    {
        "people": """
            person  ccg   born        count  num  because
            a       BASE  2005-01-01  9      yes  -
            b       NEED  2005-01-01  9      yes  -
            c       TWO   2005-01-01  9      yes  -
            d       SAME  2005-01-01  9      yes  -
        """,
        "contacts": TWO_CONTACTS,
        "estimates": """
            ccg   year     need  baseline
            BASE  2017-18  10    -
            NEED  2017-18  -     5
            TWO   2017-18  10    5
            TWO   2017-18  10    6
            SAME  2017-18  30    5
            SAME  2017-18  30    5
            SAME  2018-19  90    90
            SAME  -        90    90
        """,
    },
    """
    org   numerator  meets  standard
    BASE  9          -      -
    NEED  9          -      -
    TWO   9          -      -
    SAME  9          yes    9
    """,
)
spec(
    "E.H.9_2A",
    "Individuals are counted without a table of estimates too",
    "There is then no required number, and no verdict.",
    "2017-18",
    {
        "people": """
            person  ccg  born        num  because
            a       A    2005-01-01  yes  -
            b       A    2005-01-01  yes  -
        """,
        "contacts": TWO_CONTACTS,
    },
    """
    org      level    numerator  meets  standard
    A        ccg      2          -      -
    ENGLAND  england  2          -      -
    """,
)
spec(
    "E.H.9_2A",
    "England's required number is made of its commissioners' sums",
    "107% of 300 is more than 30% of 1,000: the greater of the sums, not the sum of the greater.",
    "2017-18",
    {
        "people": """
            person  ccg   born        count  num  because
            a       A     2005-01-01  200    yes  -
            b       B     2005-01-01  121    yes  -
            c       NONC  2005-01-01  900    yes  -
        """,
        "contacts": TWO_CONTACTS,
        "estimates": """
            ccg   year     need  baseline
            A     2017-18  900   100
            B     2017-18  100   200
            NONC  2017-18  900   900
        """,
    },
    """
    org      level    numerator  meets  standard
    A        ccg      200        no     270
    B        ccg      121        no     214
    NONC     ccg      900        no     963
    ENGLAND  england  321        yes    321
    """,
)

# E.H.9 1A: new individuals ------------------------------------------------------------------------

spec(
    "E.H.9_1A",
    "The first two contacts of a referral are 42 days apart or less",
    "Day 42 is within six weeks, day 43 is not (A31); a quick third contact changes nothing.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            day_42  A    2005-01-01  yes  -
            day_43  A    2005-01-01  no   within_six_weeks
            third   A    2005-01-01  no   within_six_weeks
            one_day A    2005-01-01  yes  -
            once    A    2005-01-01  no   treated_in_the_planning_period
            two     A    2005-01-01  no   treated_in_the_planning_period
        """,
        "contacts": """
            person   ref  on          how       medium  attended
            day_42   r1   2017-04-01  direct    01      yes
            day_42   r1   2017-05-13  direct    01      yes
            day_43   r1   2017-04-01  direct    01      yes
            day_43   r1   2017-05-14  direct    01      yes
            third    r1   2017-03-01  direct    01      yes
            third    r1   2017-05-14  direct    01      yes
            third    r1   2017-05-15  direct    01      yes
            one_day  r1   2017-04-01  direct    01      yes
            one_day  r1   2017-04-01  indirect  -       -
            once     r1   2017-04-01  direct    01      yes
            two      r1   2017-04-01  direct    01      yes
            two      r2   2017-04-02  direct    01      yes
        """,
    },
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.H.9_1A",
    "Only the referral's very first two contacts make a person new, never two of a later year",
    "A referral begun earlier runs on; a new referral counts, also of a person treated before.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            runs_on A    2005-01-01  no   treated_in_the_planning_period
            new_ref A    2005-01-01  yes  -
            late    A    2005-01-01  yes  -
        """,
        "contacts": """
            person   ref  on          how     medium  attended
            runs_on  r1   2016-05-01  direct  01      yes
            runs_on  r1   2016-05-10  direct  01      yes
            runs_on  r1   2017-05-01  direct  01      yes
            runs_on  r1   2017-05-10  direct  01      yes
            new_ref  r1   2016-05-01  direct  01      yes
            new_ref  r1   2016-05-10  direct  01      yes
            new_ref  r2   2017-05-01  direct  01      yes
            new_ref  r2   2017-05-10  direct  01      yes
            late     r1   2017-01-01  direct  01      yes
            late     r1   2017-04-10  direct  01      yes
            late     r2   2017-05-01  direct  01      yes
            late     r2   2017-06-12  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2017-18-Q1  2
    A    2017-18     2
    A    2016-17     0
    """,
)
spec(
    "E.H.9_1A",
    "A person is new once in April 2017 to March 2019",
    "At the earliest second contact of the two years; before and after them nobody is counted.",
    "2018-19-Q4",
    {
        "people": """
            person  ccg  born        num  because
            twice   A    2005-01-01  no   counted_in_the_period
            start   A    2005-01-01  no   counted_in_the_period
            end     A    2005-01-01  yes  -
            early   A    2005-01-01  no   treated_in_the_planning_period
            after   A    2005-01-01  no   treated_in_the_planning_period
        """,
        "contacts": """
            person  ref  on          how     medium  attended
            twice   r1   2017-04-10  direct  01      yes
            twice   r1   2017-04-20  direct  01      yes
            twice   r2   2019-02-10  direct  01      yes
            twice   r2   2019-02-20  direct  01      yes
            start   r1   2017-03-31  direct  01      yes
            start   r1   2017-04-01  direct  01      yes
            end     r1   2019-03-30  direct  01      yes
            end     r1   2019-03-31  direct  01      yes
            early   r1   2017-03-30  direct  01      yes
            early   r1   2017-03-31  direct  01      yes
            after   r1   2019-03-31  direct  01      yes
            after   r1   2019-04-01  direct  01      yes
        """,
    },
    """
    org  period      numerator
    A    2016-17-Q4  0
    A    2017-18-Q1  2
    A    2017-18     2
    A    2018-19-Q4  1
    A    2018-19     1
    A    2019-20-Q1  0
    """,
)
spec(
    "E.H.9_1A",
    "The first contact is before the 18th birthday",
    "The second may be after it; of two referrals the one that qualifies places the person.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            before  A    1999-05-10  yes  -
            on_it   A    1999-05-10  no   began_before_18
            leap    A    1996-02-29  no   began_before_18
            other   A    1999-05-10  yes  -
            neither A    1999-05-10  no   began_before_18
            no_dob  A    -           no   date_of_birth_missing
            nowhere -    2005-01-01  no   organisation_missing
        """,
        "contacts": """
            person   ref  on          how     medium  attended
            before   r1   2017-05-09  direct  01      yes
            before   r1   2017-05-10  direct  01      yes
            on_it    r1   2017-05-10  direct  01      yes
            on_it    r1   2017-05-11  direct  01      yes
            leap     r1   2017-05-10  direct  01      yes
            leap     r1   2017-05-11  direct  01      yes
            other    r1   2017-05-12  direct  01      yes
            other    r1   2017-05-13  direct  01      yes
            other    r2   2017-05-09  direct  01      yes
            other    r2   2017-06-20  direct  01      yes
            neither  r1   2017-04-01  direct  01      yes
            neither  r1   2017-05-20  direct  01      yes
            neither  r2   2017-05-15  direct  01      yes
            neither  r2   2017-05-16  direct  01      yes
            no_dob   r1   2017-05-09  direct  01      yes
            no_dob   r1   2017-05-10  direct  01      yes
            nowhere  r1   2017-05-09  direct  01      yes
            nowhere  r1   2017-05-10  direct  01      yes
        """,
    },
    """
    org  numerator
    A    2
    """,
)
spec(
    "E.H.9_1A",
    "Contacts that are no treatment do not count here either",
    "A written or missed contact is neither first nor second, nor is one that lacks a field.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg  born        num  because
            text    A    2005-01-01  yes  -
            missed  A    2005-01-01  no   within_six_weeks
            lacks   A    2005-01-01  no   treated_in_the_planning_period
        """,
        "contacts": """
            person  ref  on          how     medium  attended
            text    r1   2017-03-01  direct  06      yes
            text    r1   2017-04-20  direct  01      yes
            text    r1   2017-05-20  direct  01      yes
            missed  r1   2017-04-01  direct  01      yes
            missed  r1   2017-04-20  direct  01      no
            missed  r1   2017-06-20  direct  01      yes
            lacks   r1   2017-04-01  direct  01      yes
            lacks   -    2017-04-20  direct  01      yes
            lacks   r1   -           direct  01      yes
            lacks   r1   2017-04-20  -       01      yes
            lacks   r1   2017-04-20  direct  -       yes
            lacks   r1   2017-04-20  direct  01      -
            -       r1   2017-04-20  direct  01      yes
        """,
    },
    """
    org  numerator
    A    1
    """,
)

# E.H.9 2B and the access rate ---------------------------------------------------------------------

spec(
    "E.H.9_2B",
    "The estimate of the financial year stands for each of its quarters, whole",
    "It is a published figure and may have parts; agreeing rows are one, disagreeing ones none.",
    "2017-18-Q1",
    {
        "estimates": """
            ccg    year       need     baseline
            A      2017-18    1200.25  100
            A      2018/19    1300     100
            SAME   2017-2018  700      -
            SAME   2017-18    700      -
            TWO    2017-18    700      -
            TWO    2017-18    800      -
            NONE   2017-18    -        100
            OTHER  2016-17    500      100
            -      2017-18    500      100
            LOST   -          500      100
        """,
    },
    """
    org    period      numerator  status
    A      2017-18-Q1  1200.25    ok
    A      2017-18-Q4  1200.25    ok
    A      2017-18     1200.25    ok
    A      2018-19-Q1  1300       ok
    SAME   2017-18-Q1  700        ok
    SAME   2017-18-Q4  700        ok
    SAME   2017-18     700        ok
    SAME   2018-19-Q1  -          not_available
    TWO    2017-18-Q1  -          not_available
    TWO    2017-18-Q4  -          not_available
    TWO    2017-18     -          not_available
    TWO    2018-19-Q1  -          not_available
    NONE   2017-18-Q1  -          not_available
    NONE   2017-18-Q4  -          not_available
    NONE   2017-18     -          not_available
    NONE   2018-19-Q1  -          not_available
    OTHER  2017-18-Q1  -          not_available
    OTHER  2017-18-Q4  -          not_available
    OTHER  2017-18     -          not_available
    OTHER  2018-19-Q1  -          not_available
    LOST   2017-18-Q1  -          not_available
    LOST   2017-18-Q4  -          not_available
    LOST   2017-18     -          not_available
    LOST   2018-19-Q1  -          not_available
    """,
    units="""
    id    org   num  because               quantity
    A     A     yes  -                     1200.25
    SAME  SAME  yes  -                     700
    TWO   TWO   no   identifier_disagrees  700
    TWO   TWO   no   identifier_disagrees  800
    NONE  NONE  no   estimate_missing      -
    -     -     no   organisation_missing  500
    """,
)
spec(
    "E.H.9",
    "A quarter is divided by the year's estimate, so that four quarters add up to the year",
    "The verdict is that of E.H.9_2A: the ratio has none.",
    "2017-18-Q1",
    {
        "people": """
            person  ccg    born        count  den  num  because
            a       A      2005-01-01  30     no   yes  -
            b       A      2005-01-01  10     no   no   counted_in_the_period
            c       MORE   2005-01-01  12     no   yes  -
            d       NOBODY 2005-01-01  1      no   no   treated_in_the_year
            e       ZERO   2005-01-01  1      no   yes  -
            f       BLANK  2005-01-01  1      no   yes  -
            g       ADULT  1990-01-01  1      no   no   began_before_18
            h       A      -           1      no   no   date_of_birth_missing
        """,
        "contacts": """
            person  ref  on          how       medium  attended
            a       r1   2017-04-10  indirect  -       -
            a       r1   2017-04-20  indirect  -       -
            b       r1   2017-04-10  indirect  -       -
            b       r1   2017-08-20  indirect  -       -
            c       r1   2017-04-10  indirect  -       -
            c       r1   2017-04-20  indirect  -       -
            e       r1   2017-04-10  indirect  -       -
            e       r1   2017-04-20  indirect  -       -
            f       r1   2017-04-10  indirect  -       -
            f       r1   2017-04-20  indirect  -       -
            g       r1   2017-04-10  indirect  -       -
            g       r1   2017-04-20  indirect  -       -
            h       r1   2017-04-10  indirect  -       -
            h       r1   2017-04-20  indirect  -       -
            h       -    2017-04-20  indirect  -       -
            h       r1   -           indirect  -       -
            h       r1   2017-04-20  -         -       -
            h       r1   2017-04-20  direct    01      -
            h       r1   2017-04-20  direct    -       yes
            -       r1   2017-04-20  indirect  -       -
        """,
        "estimates": """
            ccg     year     need
            A       2017-18  200
            MORE    2017-18  10
            NOBODY  2017-18  50
            ZERO    2017-18  0
            ADULT   2017-18  -
        """,
    },
    """
    org      level    period      numerator  denominator  value  status
    A        ccg      2017-18-Q1  30         200          0.15   ok
    A        ccg      2017-18     40         200          0.2    ok
    MORE     ccg      2017-18-Q1  12         10           1.2    ok
    MORE     ccg      2017-18     12         10           1.2    ok
    NOBODY   ccg      2017-18-Q1  0          50           0      ok
    NOBODY   ccg      2017-18     0          50           0      ok
    ZERO     ccg      2017-18-Q1  1          0            -      no_cases
    ZERO     ccg      2017-18     1          0            -      no_cases
    BLANK    ccg      2017-18-Q1  1          -            -      no_denominator
    BLANK    ccg      2017-18     1          -            -      no_denominator
    ADULT    ccg      2017-18-Q1  0          -            -      no_denominator
    ADULT    ccg      2017-18     0          -            -      no_denominator
    ENGLAND  england  2017-18-Q1  43         260          43/260 partial
    """,
    units="""
    id      org     den  num  because           quantity
    A       A       yes  no   -                 200
    MORE    MORE    yes  no   -                 10
    NOBODY  NOBODY  yes  no   -                 50
    ZERO    ZERO    yes  no   -                 0
    ADULT   ADULT   no   no   estimate_missing  -
    """,
)

# Eating disorders ---------------------------------------------------------------------------------

for code, words, last, next_day in (
    ("E.H.10", {"MINE": "routine", "OTHER": "urgent", "OF_IT": "routine", "LATE": "within_4_weeks"},
     "2017-05-29", "2017-05-30"),
    ("E.H.11", {"MINE": "urgent", "OTHER": "routine", "OF_IT": "urgent", "LATE": "within_1_week"},
     "2017-05-08", "2017-05-09"),
):  # fmt: skip
    words |= {
        "LAST": last,
        "NEXT": next_day,
        "OUTSIDE": "treatment_started_in_the_period",
        "OUTSIDE_BOTH": "treatment_started_in_the_two_quarters",
    }
    spec(
        code,
        "The last day of the limit is in it, the day after is not",
        "Routine: 28 days from referral to treatment. Urgent: 7. Day of referral is day 0 (A35).",
        "2017-18-Q1",
        {
            "eating_disorders": """
            ref  ccg  priority  age  received    treated     den  num  because
            r1   A    MINE      15   2017-05-01  2017-05-01  yes  yes  -
            r2   A    MINE      15   2017-05-01  LAST        yes  yes  -
            r3   A    MINE      15   2017-05-01  NEXT        yes  no   LATE
            r4   A    MINE      15   2016-05-01  2017-05-01  yes  no   LATE
            r5   A    MINE      15   2017-05-02  2017-05-01  no   no   treated_before_referral
            """,
        },
        """
        org  numerator  denominator  value
        A    2          4            1/2
        """,
        words,
    )
    spec(
        code,
        "Each line counts its own priority; emergencies are with the urgent ones",
        "An emergency is never routine (A36).",
        "2017-18-Q1",
        {
            "eating_disorders": f"""
            ref  ccg  priority   age  received    treated     den  num  because
            r1   A    MINE       15   2017-05-01  2017-05-01  yes  yes  -
            r2   A    OTHER      15   2017-05-01  2017-05-01  no   no   OF_IT
            r3   A    EMERGENCY  15   2017-05-01  2017-05-01  {
                "yes  yes  -" if code == "E.H.11" else "no   no   OF_IT"
            }
            r4   A    -          15   2017-05-01  2017-05-01  no   no   priority_missing
            """,
        },
        f"""
        org  numerator  denominator  value
        A    {"2          2" if code == "E.H.11" else "1          1"}            1
        """,
        words,
    )
    spec(
        code,
        "An age of 18 is in, 19 is out",
        "Up to the age of 19 means a completed age at referral under 19 (A35).",
        "2017-18-Q1",
        {
            "eating_disorders": """
            ref  ccg  priority  age  received    treated     den  num  because
            r1   A    MINE      18   2017-05-01  2017-05-01  yes  yes  -
            r2   A    MINE      19   2017-05-01  2017-05-01  no   no   under_19
            r3   A    MINE      0    2017-05-01  2017-05-01  yes  yes  -
            r4   A    MINE      -    2017-05-01  2017-05-01  no   no   age_missing
            """,
        },
        """
        org  numerator  denominator  value
        A    2          2            1
        """,
        words,
    )
    spec(
        code,
        "The start of treatment places the referral",
        "First and last day of the quarter are in it; a year adds up its quarters; no verdict.",
        "2017-18-Q1",
        {
            "eating_disorders": """
            ref  ccg  priority  age  received    treated     den  num  because
            r1   A    MINE      15   2017-03-31  2017-03-31  no   no   OUTSIDE
            r2   A    MINE      15   2017-03-31  2017-04-01  yes  yes  -
            r3   A    MINE      15   2017-06-30  2017-06-30  yes  yes  -
            r4   A    MINE      15   2017-06-30  2017-07-01  no   no   OUTSIDE
            r5   A    MINE      15   2017-06-30  -           no   no   OUTSIDE
            r6   A    MINE      15   2016-06-30  2018-03-31  no   no   OUTSIDE
            r7   A    MINE      15   2018-04-01  2018-04-01  no   no   OUTSIDE
            """,
        },
        """
        org  period      numerator  denominator  value  status
        A    2016-17-Q4  1          1            1      ok
        A    2017-18-Q1  2          2            1      ok
        A    2017-18-Q2  1          1            1      ok
        A    2017-18-Q3  0          0            -      no_cases
        A    2017-18     3          4            3/4    ok
        """,
        words,
    )
    spec(
        code,
        "A record without a field that the line needs is left out",
        "Referral date, priority, age, commissioner and identifier are needed.",
        "2017-18-Q1",
        {
            "eating_disorders": """
            ref  ccg  priority  age  received    treated     den  num  because
            r1   A    MINE      15   -           2017-05-01  no   no   referral_date_missing
            r2   A    -         15   2017-05-01  -           no   no   priority_missing
            r3   A    MINE      -    2017-05-01  -           no   no   age_missing
            r4   -    MINE      15   2017-05-01  2017-05-01  no   no   organisation_missing
            -    A    MINE      15   2017-05-01  2017-05-01  no   no   identifier_missing
            r6   A    MINE      15   2017-05-01  2017-05-01  no   no   identifier_disagrees
            r6   A    MINE      16   2017-05-01  2017-05-01  no   no   identifier_disagrees
            r7   A    MINE      15   2017-05-01  2017-05-01  yes  yes  -
            r7   A    MINE      15   2017-05-01  2017-05-01  no   no   repeated
            """,
        },
        """
        org  numerator  denominator  value
        A    1          1            1
        """,
        words,
    )
    spec(
        f"{code}_rolling",
        "Two quarters are pooled: the period's own and the one before",
        "Their counts are added and then divided; the value is named by the later quarter.",
        "2017-18-Q1",
        {
            "eating_disorders": """
            ref  ccg  priority  age  received    treated     den  num  because
            r1   A    MINE      15   2016-12-31  2016-12-31  no   no   OUTSIDE_BOTH
            r2   A    MINE      15   2016-12-31  2017-01-01  yes  yes  -
            r3   A    MINE      15   2016-01-01  2017-03-31  yes  no   LATE
            r4   A    MINE      15   2017-05-01  NEXT        yes  no   LATE
            r5   A    MINE      15   2017-06-30  2017-06-30  yes  yes  -
            r6   A    MINE      15   2017-06-30  2017-07-01  no   no   OUTSIDE_BOTH
            r7   A    OTHER     15   2017-05-01  2017-05-01  no   no   OF_IT
            r8   A    MINE      19   2017-05-01  2017-05-01  no   no   under_19
            r9   A    MINE      15   2017-05-02  2017-05-01  no   no   treated_before_referral
            r10  A    MINE      15   2017-05-02  -           no   no   OUTSIDE_BOTH
            r11  A    MINE      15   -           2017-05-01  no   no   referral_date_missing
            r12  A    -         15   2017-05-01  2017-05-01  no   no   priority_missing
            r13  A    MINE      -    2017-05-01  2017-05-01  no   no   age_missing
            """,
        },
        """
        org  period      numerator  denominator  value  status
        A    2016-17-Q3  1          1            1      ok
        A    2016-17-Q4  2          3            2/3    ok
        A    2017-18-Q1  2          4            1/2    ok
        A    2017-18-Q2  2          3            2/3    ok
        A    2017-18-Q3  1          1            1      ok
        A    2017-18-Q4  0          0            -      no_cases
        """,
        words,
    )  # fmt: skip
    spec(
        f"{code}_rolling",
        "At least 95%, from the six months that end in June 2020",
        "Exactly 95% meets it; before 2020/21 there is no verdict (A68).",
        "2020-21-Q1",
        {
            "eating_disorders": """
            ccg    priority  age  received    treated     count  den  num  because
            EXACT  MINE      15   2020-02-01  2020-02-01  10     yes  yes  -
            EXACT  MINE      15   2020-05-01  2020-05-01  9      yes  yes  -
            EXACT  MINE      15   2019-05-01  2020-05-01  1      yes  no   LATE
            BELOW  MINE      15   2020-02-01  2020-02-01  1898   yes  yes  -
            BELOW  MINE      15   2019-02-01  2020-02-01  102    yes  no   LATE
            """,
        },
        """
        org    period      numerator  denominator  value  meets  status
        EXACT  2020-21-Q1  19         20           0.95   yes    ok
        BELOW  2020-21-Q1  1898       2000         0.949  no     ok
        EXACT  2019-20-Q4  10         10           1      -      ok
        BELOW  2019-20-Q4  1898       2000         0.949  -      ok
        EXACT  2020-21-Q2  9          10           0.9    no     ok
        BELOW  2020-21-Q2  0          0            -      -      no_cases
        """,
        words,
    )
