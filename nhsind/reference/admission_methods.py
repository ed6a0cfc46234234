"""How a patient was admitted, by the first digit: 1 elective, 2 emergency, 3 maternity, 8 other."""

SOURCE = (
    "https://datadictionary.nhs.uk/data_dictionary/attributes/a/add/admission_method_de.asp"
    " and https://archive.datadictionary.nhs.uk/DD%20Release%20July%202022/attributes/"
    "method_of_admission.html; 98 and 99 from general knowledge"
)
ELECTIVE, EMERGENCY, MATERNITY, OTHER = "1", "2", "3", "8"
CODES = {
    "11": "Elective: waiting list",
    "12": "Elective: booked",
    "13": "Elective: planned",
    "21": "Emergency: A&E or dental casualty department of this provider",
    "22": "Emergency: general practitioner",
    "23": "Emergency: bed bureau",
    "24": "Emergency: consultant clinic",
    "25": "Emergency: mental health crisis resolution team",
    "2A": "Emergency: A&E of another provider, where the patient had not been admitted",
    "2B": "Emergency: transfer of an admitted patient from another provider",
    "2C": "Emergency: baby born at home as intended",
    "2D": "Emergency: other means",
    "28": "Emergency: other means, replaced by 2A to 2D and still in use",
    "31": "Maternity: ante-partum",
    "32": "Maternity: post-partum",
    "81": "Other: transfer from another provider, not in an emergency",
    "82": "Other: birth of a baby in this provider",
    "83": "Other: baby born outside this provider, not at home as intended",
    "98": "Not applicable",
    "99": "Not known",
}
