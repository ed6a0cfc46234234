"""Treatment functions as returns of waits from referral to treatment group them.

The eighteen or so that are named keep their code; all others together are X01 until March 2021,
and in five groups since.
"""

from nhsind.reference import treatment_functions

SOURCE = (
    "NHS England, Consultant-led Referral to Treatment Waiting Times: the full extracts and the "
    "commissioners' workbooks"
)
OTHERS = {
    "X01": "Other",
    "X02": "Other - Medical Services",
    "X03": "Other - Mental Health Services",
    "X04": "Other - Paediatric Services",
    "X05": "Other - Surgical Services",
    "X06": "Other - Other Services",
}
CODES = treatment_functions.CODES | OTHERS
