"""Names of the NHS Data Dictionary, by which columns of many tables are called in extracts.

Names that one family alone has stand in its `tables.toml` (`called`).
"""

SOURCE = (
    "NHS Data Dictionary, Commissioning Data Sets V6-2, types 010, 020 and 130: "
    "https://archive.datadictionary.nhs.uk/DD%20Release%20September%202020/data_sets/cds_v6-2/"
    "cds_v6-2_type_010_-_accident_and_emergency_cds.html; IDENTIFIER stands for CODE in later "
    "releases"
)
NAMES = {
    "ccg_code": (
        "ORGANISATION CODE (CODE OF COMMISSIONER)",
        "ORGANISATION IDENTIFIER (CODE OF COMMISSIONER)",
        "RESPONSIBLE CCG",
    ),
    "provider_code": (
        "ORGANISATION CODE (CODE OF PROVIDER)",
        "ORGANISATION IDENTIFIER (CODE OF PROVIDER)",
    ),
    "treatment_function_code": (
        "ACTIVITY TREATMENT FUNCTION CODE",
        "TREATMENT FUNCTION CODE",
    ),
    "main_specialty_code": (
        "CARE PROFESSIONAL MAIN SPECIALTY CODE",
        "MAIN SPECIALTY CODE",
    ),
}
