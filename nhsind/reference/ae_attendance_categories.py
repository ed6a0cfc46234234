"""A&E attendance category: whether an attendance is a first one or a follow-up."""

SOURCE = (
    "NHS Data Dictionary, A&E ATTENDANCE CATEGORY; 1, 3 and 9 as used in "
    "https://www.parallelparliament.co.uk/question/105322/accident-and-emergency-departments-discharges"
)
NOT_PLANNED = ("1", "3")
CODES = {
    "1": "First attendance",
    "2": "Follow-up attendance, planned",
    "3": "Follow-up attendance, unplanned",
    "9": "Not known",
}
