"""Prevalence of dementia by age group and sex, in per cent.

Source: second cohort of the Cognitive Function and Ageing Study (CFAS II), as printed in the
Joint Technical Definitions 2017/18-2018/19, version 1.3, page 8. The printed table says which
column is of females and which of males; certain.
"""

from __future__ import annotations

AGE_GROUPS = ("65-69", "70-74", "75-79", "80-84", "85-89", "90+")
# As text, because 1.8 has no exact binary fraction.
FEMALES = dict(zip(AGE_GROUPS, ("1.8", "2.5", "6.2", "9.5", "18.1", "35.0"), strict=True))
MALES = dict(zip(AGE_GROUPS, ("1.2", "3.0", "5.2", "10.6", "12.8", "17.1"), strict=True))
# By the codes of the column `sex`.
PER_CENT = {"f": FEMALES, "m": MALES}
