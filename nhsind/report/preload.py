"""Imported by the fork server alone: what processes of reports are forked with."""

from nhsind.report.worker import prepare

prepare()
