"""Clinical cut-offs of the measures that IAPT services score: at or above it, a person is a case.

PHQ-9 and GAD-7: a trial's registration that states IAPT's definition of recovery as "PHQ-9 > 9 or
GAD-7 > 7" (https://inclinicaltrials.com/major-depressive-disorder/NCT05134103/details); certain.
The measures for one anxiety disorder: as the IAPT Manual gives them, from general knowledge and
not read at the source; medium confidence.
"""

from __future__ import annotations

DEFAULT_ANXIETY_MEASURE = "gad7"
# By code of the column `anxiety_measure`; as text, because 2.3 has no exact binary fraction.
ANXIETY = {
    "gad7": "8",  # Generalised Anxiety Disorder scale
    "oci": "40",  # Obsessive-Compulsive Inventory
    "spin": "19",  # Social Phobia Inventory
    "ies_r": "33",  # Impact of Events Scale, revised
    "pdss": "8",  # Panic Disorder Severity Scale
    "mi": "2.3",  # Mobility Inventory (agoraphobia)
    "hai": "18",  # Health Anxiety Inventory, short
    "pswq": "45",  # Penn State Worry Questionnaire
}
