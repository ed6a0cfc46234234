"""Imported by the fork server alone: what processes of reports are forked with."""

import gc

from nhsind.report.worker import prepare

prepare()
# What is here stays: no report's process need look through it, or copy its pages by looking.
gc.collect()
gc.freeze()
