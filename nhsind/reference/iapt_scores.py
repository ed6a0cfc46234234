"""The highest score of each measure of depression and anxiety that IAPT services record.

Each is the number of questions times the highest answer: PHQ-9 and GAD-7 9 and 7 times 3
(Kroenke, Spitzer and Williams 2001; Spitzer and others 2006), OCI 42 times 4 (Foa and others
1998), SPIN 17 times 4 (Connor and others 2000), IES-R 22 times 4 (Weiss and Marmar 1997), PDSS 7
times 4 (Shear and others 1997), HAI the short version's 18 times 3 (Salkovskis and others 2002),
PSWQ 16 times 5 (Meyer and others 1990); of the Mobility Inventory (Chambless and others 1985) the
mean of answers from 1 to 5 is recorded, to which its cut-off of 2.3 belongs. From general
knowledge and not read at the source, but for PHQ-9 and GAD-7 certain. PSWQ and the Mobility
Inventory have a lowest score as well (16 and 1), which is not judged: a score below it is below
the cut-off all the same.
"""

from __future__ import annotations

PHQ9 = 27
# By the values of the column `anxiety_measure`.
ANXIETY = {
    "gad7": 21,
    "oci": 168,
    "spin": 68,
    "ies_r": 88,
    "pdss": 28,
    "mi": 5,
    "hai": 54,
    "pswq": 80,
}
