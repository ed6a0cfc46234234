"""Attended or did not attend: what became of an outpatient appointment."""

SOURCE = (
    "https://archive.datadictionary.nhs.uk/DD%20Release%20June%202026/data_elements/"
    "attended_or_did_not_attend_code.html"
)
CODES = {
    "0": "Not applicable: the appointment is in the future",
    "2": "Cancelled by, or on behalf of, the patient",
    "3": "Did not attend, without warning",
    "4": "Cancelled or postponed by the provider",
    "5": "Attended on time, or late but before the professional was ready",
    "6": "Arrived late and was seen",
    "7": "Arrived late and could not be seen",
}
