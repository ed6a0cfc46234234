"""First attendance: whether an outpatient attendance is a first one or a follow-up."""

SOURCE = (
    "https://archive.datadictionary.nhs.uk/DD%20Release%20December%202012/data_dictionary/"
    "attributes/f/first_attendance_de.asp"
)
FIRST_FACE_TO_FACE, FOLLOW_UP_FACE_TO_FACE, ADMINISTRATIVE = "1", "2", "5"
CODES = {
    FIRST_FACE_TO_FACE: "First attendance, face to face",
    FOLLOW_UP_FACE_TO_FACE: "Follow-up attendance, face to face",
    "3": "First telephone or telemedicine consultation",
    "4": "Follow-up telephone or telemedicine consultation",
    ADMINISTRATIVE: "Referral to treatment clock stop, an administrative event",
}
