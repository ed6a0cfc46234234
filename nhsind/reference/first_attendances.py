"""First attendance: whether an outpatient attendance is a first one or a follow-up."""

SOURCE = (
    "https://archive.datadictionary.nhs.uk/DD%20Release%20December%202012/data_dictionary/"
    "attributes/f/first_attendance_de.asp"
)
NEW, FOLLOW_UP, ADMINISTRATIVE = ("1", "3"), ("2", "4"), "5"
CODES = {
    "1": "First attendance, face to face",
    "2": "Follow-up attendance, face to face",
    "3": "First telephone or telemedicine consultation",
    "4": "Follow-up telephone or telemedicine consultation",
    ADMINISTRATIVE: "Referral to treatment clock stop, an administrative event",
}
