"""Source of referral for out-patients: the national codes of the NHS Data Dictionary.

Source: https://archive.datadictionary.nhs.uk/DD%20Release%20November%202013/data_dictionary/
attributes/s/smo/source_of_referral_for_out-patients_de.asp@shownav=1.html; certain.
"""

from __future__ import annotations

# Begun by the consultant who is responsible for the outpatient episode.
BY_THE_CONSULTANT = {
    "01": "following an emergency admission",
    "02": "following a domiciliary consultation",
    "10": "following an accident and emergency attendance",
    "11": "other, begun by the consultant responsible",
}
BY_OTHERS = {
    "03": "general medical practitioner",
    "92": "general dental practitioner",
    "12": "general practitioner or dentist with a special interest",
    "04": "accident and emergency department",
    "05": "consultant outside an accident and emergency department",
    "06": "self-referral",
    "07": "prosthetist",
    "13": "specialist nurse (secondary care)",
    "14": "allied health professional",
    "15": "optometrist",
    "16": "orthoptist",
    "17": "national screening programme",
    "93": "community dental service",
    "97": "other, not begun by the consultant responsible",
}
CODES = BY_THE_CONSULTANT | BY_OTHERS
