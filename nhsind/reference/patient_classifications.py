"""Patient classification of an admitted patient."""

SOURCE = "NHS Data Dictionary, PATIENT CLASSIFICATION, as in public HES lookups"
ORDINARY, DAY_CASE, REGULAR_DAY, REGULAR_NIGHT = "1", "2", "3", "4"
CODES = {
    ORDINARY: "Ordinary admission",
    DAY_CASE: "Day case admission",
    REGULAR_DAY: "Regular day admission",
    REGULAR_NIGHT: "Regular night admission",
    "5": "Mother and baby using delivery facilities only",
    "8": "Not applicable: other maternity event",
    "9": "Not known",
}
