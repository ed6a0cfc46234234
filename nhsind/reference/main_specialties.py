"""Main specialties that are not led by a consultant; every other one, and none, is."""

SOURCE = (
    "Joint Technical Definitions for Performance and Activity 2017/18-2018/19, appendix A, page 77"
)
NOT_CONSULTANT_LED = {
    "560": "Midwife episode",
    "950": "Nursing episode",
    "960": "Allied health professional episode",
}
