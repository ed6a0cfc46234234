"""Intended management of an admission: whether a night in hospital was planned."""

SOURCE = "https://datadictionary.nhs.uk/data_elements/intended_management_code.html"
A_NIGHT, NO_NIGHT = "1", "2"
CODES = {
    A_NIGHT: "To stay for at least one night",
    NO_NIGHT: "Not to stay overnight",
    "3": "Planned sequence of admissions, each with at least one night",
    "4": "Planned sequence of admissions, none overnight",
    "5": "To stay overnight, regularly",
    "8": "Not applicable",
    "9": "Not known",
}
