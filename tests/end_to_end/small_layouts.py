"""A small invented file in each published layout: two organisations or more, few numbers.

They are what a publisher issues, cut down to the headings that are read; tests change one thing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from published_copies import write_csv
from small_workbooks import write_xlsx

Cells = list[list[Any]]
DAY, MONTH_OF_THE_HEAD = "2017-06-30", "June 2017"


class Layout(NamedTuple):
    """A small file: its family and reader, its rows, and what they hold.

    `top`: where the header stands (from 0; -1: there is none). `codes` and `names`: the columns of
    organisations. `month`: the column of the month, or row and column of the cell that names it
    for all rows; None: the file has none. `figure`: the column of a number that is read, or
    of what else a row gives. `fixed`:
    the order of the columns tells what they are. `sheet`: a workbook's sheet; `beside`: its others.
    `named`: what the file's name must tell. `of_records`: its rows are records, checked as such.
    """

    family: str
    reader: str
    rows: Cells
    top: int
    codes: tuple[int, ...]
    names: tuple[int, ...]
    month: int | tuple[int, int] | None
    figure: int = -1
    fixed: bool = False
    sheet: str = ""
    beside: dict[str, Cells] | None = None
    named: str = "file"
    of_records: bool = False


def written(layout: Layout, rows: Cells, folder: Path) -> Path:
    """The file of a layout with such rows."""
    if layout.sheet:
        sheets = {layout.sheet: rows, **(layout.beside or {})}
        return write_xlsx(folder / f"{layout.named}.xlsx", sheets)
    return write_csv(folder / f"{layout.named}.csv", rows)


def ae_monthly() -> Layout:
    kinds = ("Type 1", "Type 2", "Other A&E Department")
    header = ["Period", "Org Code", "Parent Org", "Org name"]
    header += [f"A&E attendances {kind}" for kind in kinds]
    header += [f"A&E attendances Booked Appointments {kind[:6]}" for kind in kinds[:2]]
    header += ["A&E attendances Booked Appointments Other Department"]
    late = ("Type 1", "Type 2", "Other Department")
    header += [f"Attendances over 4hrs {kind}" for kind in late]
    header += [f"Attendances over 4hrs Booked Appointments {kind}" for kind in late]
    rows = [
        ["MSitAE-JUNE-2025", code, "NHS ENGLAND LONDON", name, *numbers.split()]
        for code, name, numbers in (
            ("RX1", "ONE", "100 10 40 5 0 1 20 1 2 1 0 0"),
            ("RX2", "TWO", "200 0 70 0 0 3 30 0 4 0 0 1"),
            ("RX3", "THREE", "0 0 90 0 0 0 0 0 3 0 0 0"),
        )
    ]
    total = "300 10 200 5 0 4 50 1 9 1 0 1".split()
    rows.append(["MSitAE-JUNE-2025", "TOTAL", "TOTAL", "TOTAL", *total])
    # The last row is of an organisation: it is the one that tests change.
    return Layout("ae", "ae-provider", [header, rows[3], *rows[:3]], 0, (1,), (2, 3), 0, figure=6)


def ae_long() -> Layout:
    header = "period,org_code,type,attendances,breaches,admissions".split(",")
    rows = [
        ["2017-03-01", code, kind, seen, late, "0"]
        for code, kind, seen, late in (
            ("RX1", "1", "100", "20"),
            ("RX1", "other", "40", "2"),
            ("RX2", "1", "200", "30"),
            ("RX3", "other", "90", "3"),
        )
    ]
    return Layout("ae", "ae-provider", [header, *rows], 0, (1,), (), 0, figure=3)


def _ae_headings() -> list[str]:
    kinds = [f"Type {kind} Departments" for kind in (1, 2, 3)]
    wholes = ("Total attendances", "Total Attendances < 4 hours", "Total Attendances > 4 hours")
    shares = [f"Percentage in 4 hours or less ({kind})" for kind in ("all", "type 1")]
    shares += [f"Percentage in 4 hours or less (type {kind})" for kind in (2, 3)]
    return [name for whole in wholes for name in (*kinds, whole)] + shares


def _ae_numbers(*attended: int) -> list[Any]:
    """One in five attendances of major departments takes longer."""
    late = (attended[0] // 5, 0, 0)
    inside = [seen - over for seen, over in zip(attended, late, strict=True)]
    groups = [[*values, sum(values)] for values in (attended, inside, late)]
    shares = [
        under / seen if seen else "-"
        for seen, under in zip((sum(attended), *attended), (sum(inside), *inside), strict=True)
    ]
    return [*(float(value) for group in groups for value in group), *shares]


def ae_workbook() -> Layout:
    head = [["", "Title:", "A&E Attendances & Emergency Admissions"], ["", "Period:", "March 2025"]]
    rows = [
        [*("", "-", "-", "England"), *_ae_numbers(300, 10, 110)],
        [],
        [*("", "RX1", "LONDON", "ONE"), *_ae_numbers(100, 10, 20)],
        [*("", "RX2", "LONDON", "TWO"), *_ae_numbers(200, 0, 30)],
        [*("", "RX3", "LONDON", "THREE"), *_ae_numbers(0, 0, 60)],
    ]
    rows = [*head, [], ["", "Code", "Region", "Name", *_ae_headings()], *rows]
    return Layout(
        *("ae", "ae-workbook", rows, 3, (1,), (3,), (1, 2)),
        figure=4,
        fixed=True,
        sheet="Provider Level Data",
    )


def ae_series() -> Layout:
    title = [["", "Title:", "A&E Attendances & Emergency Admissions"], []]
    names = _ae_headings()
    months = ["2017-05-01", "2017-06-01"]
    all_of = [_ae_numbers(300, 10, 110), _ae_numbers(310, 10, 120)]
    seen = [["", month, *row[:4]] for month, row in zip(months, all_of, strict=True)]
    waits = [["", month, *row[4:]] for month, row in zip(months, all_of, strict=True)]
    return Layout(
        *("ae", "ae-series", [*title, ["", "Period", *names[4:]], *waits], 2, (), (), 1),
        figure=5,
        fixed=True,
        sheet="Performance",
        beside={"Activity": [*title, ["", "Period", *names[:4]], *seen]},
    )


def ambulance() -> Layout:
    header = "Year,Month,Region,Org Code,Org Name,A0,A7,A17,A53,A54,A55,A56".split(",")
    rows = [
        ["2017", "8", "Eng", "Eng", "England", "9", "300", "30", "150", "60", "60", "270"],
        ["2017", "8", "Y60", "RX9", "ONE", "9", "100", "10", "50", "20", "20", "90"],
        ["2017", "8", "Y60", "RYA", "TWO", "9", "200", "20", "100", "40", "40", "180"],
    ]
    return Layout("ambulance", "ambsys", [header, *rows], 0, (3,), (4,), 1)


def cancer_workbook() -> Layout:
    header = ["", "CCG CODE (1)", "CLINICAL COMMISSIONING GROUP (CCG)", "CARE SETTING"]
    header += ["CANCER TYPE", "TOTAL", "WITHIN 62 DAYS", "AFTER 62 DAYS", "TREATED WITHIN 62 DAYS"]

    def of(days: int, numbers: tuple[tuple[str, str, float, float], ...]) -> Cells:
        title = [[f"{days}-DAY WAITS"], ["PERIOD: JUL 2017/18"], ["BASIS: COMMISSIONER BASED"]]
        care = [] if days == 14 else [["ALL CARE"]]
        names = [name.replace("62", str(days)) for name in header]
        names = names if days != 14 else [*names[:3], *names[4:8], "SEEN WITHIN 14 DAYS"]
        rows = [
            [
                "",
                code,
                name,
                *([] if days == 14 else ["ALL CARE"]),
                "ALL CANCERS",
                total,
                within,
                total - within,
                within / total,
            ]
            for code, name, total, within in numbers
        ]
        return [*title, [], *care, [], names, *rows]

    numbers = (
        ("", "ALL ENGLISH COMMISSIONERS", 60.0, 48.0),
        ("00L", "NHS ONE CCG", 10.0, 8.0),
        ("00N", "NHS TWO CCG", 20.0, 15.0),
        ("00P", "NHS THREE CCG", 30.0, 25.0),
    )
    own, *others = (
        *("62-DAY (ALL CANCER)", "TWO WEEK WAIT-ALL CANCER", "TWO WEEK WAIT-BREAST SYMPTOMS"),
        *("31-DAY FIRST TREAT (ALL CANCER)", "31-DAY SUB TREAT (SURGERY)"),
        *("31-DAY SUB TREAT (DRUGS)", "31-DAY SUB TREAT (RADIOTHERAPY)"),
        *("62-DAY (SCREENING)", "62-DAY (CONSULTANT UPGRADE)"),
    )
    days = {"TW": 14, "31": 31, "62": 62}
    return Layout(
        *("cancer", "cancer-workbook", of(62, numbers), 6, (1,), (2,), (1, 0)),
        figure=5,
        fixed=True,
        sheet=own,
        beside={name: of(days[name[:2]], numbers) for name in others},
    )


def cancer_commissioner() -> Layout:
    header = ["PERIOD", "STANDARD", "ICB SUB LOCATION", "SUB-CATEGORY"]
    counts = ["TOTAL", "WITHIN STANDARD", "BREACHES"]
    rows: Cells = [
        ["2024-04-01", "62-day Combined", code, "62-day (Screening)", 10.0, 8.0, 2.0]
        for code in ("00L", "00N")
    ]
    return Layout(
        *("cancer", "cancer-commissioner", [[*header, *counts], *rows], 0, (2,), (), 0),
        sheet="Extract",
    )


def cancer_provider() -> Layout:
    header = ["PERIOD", "YEAR", "MONTH", "STANDARD", "ORG CODE", "STAGE/ROUTE"]
    header += ["TREATMENT MODALITY", "CANCER TYPE", "TOTAL TREATED", "WITHIN STANDARD", "BREACHES"]
    rows: Cells = [
        [
            "2024-04-01",
            "2024/25",
            "APR",
            "62-day Combined",
            code,
            "Screening",
            modality,
            cancer,
            10.0,
            8.0,
            2.0,
        ]
        for code in ("RX1", "RX2")
        for modality, cancer in (("ALL MODALITIES", "Breast"), ("Surgery", "ALL CANCERS"))
    ]
    return Layout("cancer", "cancer-provider", [header, *rows], 0, (4,), (), 0, sheet="Extract")


def cancer_combined() -> Layout:
    header = ["Period", "Basis", "Org_Code", "Parent_Org", "Org_Name", "Standard_or_Item"]
    header += ["Cancer_Type", "Referral_Route_or_Stage", "Treatment_Modality"]
    header += ["Total", "Within", "After", "Performance"]
    rows = [
        ["01/06/2025", "Provider", code, "LONDON", name, *what.split(","), *numbers.split()]
        for code, name, numbers in (
            ("Total", "Total", "60.0 48.0 12.0 0.8"),
            ("RX1", "ONE", "10.0 8.0 2.0 0.8"),
            ("RX2", "TWO", "20.0 15.0 5.0 0.75"),
            ("RX3", "THREE", "30.0 25.0 5.0 0.83"),
        )
        for what in (
            "62D,Breast,Screening,ALL MODALITIES",
            "62D,ALL CANCERS,Screening,ALL MODALITIES",
        )
    ]
    return Layout("cancer", "cancer-combined", [header, *rows], 0, (2,), (4,), 0, figure=10)


def cancer_series() -> Layout:
    blocks = {"28": "28-day faster diagnosis", "31": "(31-days)", "62": "(62-days)"}
    first = {"Monthly": "Monthly", "Quarterly": "Quarterly", "Annual": "Year"}
    periods: dict[str, tuple[str, ...]] = {
        "Monthly": ("2021-04-01", "2021-05-01"),
        "Quarterly": ("21/22 Q1", "21/22 Q2"),
        "Annual": ("2021/22", "2022/23"),
    }

    def of(kind: str) -> Cells:
        top = ["Total", "Within Standard", "Breaches", "Performance (%)"]
        titles = [cell for title in blocks.values() for cell in (title, *[""] * 5)]
        heads = [cell for _ in blocks for cell in (first[kind], *top, "")]
        numbers = [100.0, 80.0, 20.0, 0.8]
        rows = [[c for _ in blocks for c in (when, *numbers, "")] for when in periods[kind]]
        return [["National series"], titles, [], heads, *rows]

    return Layout(
        *("cancer", "cancer-series", of("Monthly"), 3, (), (), 6),
        figure=7,
        fixed=True,
        sheet="Monthly Performance",
        beside={f"{kind} Performance": of(kind) for kind in ("Quarterly", "Annual")},
    )


def dementia_primary_care() -> Layout:
    head: Cells = [["Table 4: Recorded dementia, March 2024"], []]
    header = ["Type", "ODS Code", "ONS Code", "Name", "Recorded", "Estimated", "Diagnosis rate (%)"]
    rows: Cells = [
        [kind, code, "E0", name, seen, whole, 100 * seen / whole]
        for kind, code, name, seen, whole in (
            ("National", "", "England", 60.0, 100.0),
            ("Region", "Y56", "LONDON", 60.0, 100.0),
            ("ICB", "QMJ", "NORTH", 60.0, 100.0),
            ("SUB_ICB_LOC", "00L", "ONE", 10.0, 20.0),
            ("SUB_ICB_LOC", "00N", "TWO", 20.0, 30.0),
            ("SUB_ICB_LOC", "00P", "THREE", 25.0, 40.0),
            ("SUB_ICB_LOC", "00Q", "FOUR", 5.0, 10.0),
        )
    ]
    return Layout(
        *("dementia", "dementia-primary-care", [*head, header, *rows], 2, (1,), (3,), (0, 0)),
        figure=4,
        sheet="Table 4",
    )


def dementia_2017() -> Layout:
    header = ["", "NAME", "ORG_TYPE", "ACH_DATE", "VALUE_REGISTER", "VALUE_ESTIMATE"]
    rows = [
        ["0", "ADUR", "LTLA", "2017-01-31", "580.0", "987.2"],
        ["1", "ARUN", "LTLA", "2017-01-31", "20.0", "13.0"],
        ["2", "ENGLAND", "COUNTRY_GEOGRAPHICAL", "2017-01-31", "600.0", "1000.2"],
    ]
    return Layout("dementia", "dementia-2017", [header, *rows], 0, (1,), (), 3, figure=4)


def dementia_recorded() -> Layout:
    header = ["ORG_TYPE", "ORG_CODE", "NAME", "ACH_DATE", "MEASURE", "VALUE"]
    rows = [
        ["CCG", code, f"NAME {code}", "2017-12-31", "DEMENTIA_REGISTER_65_PLUS", "100"]
        for code in ("00C", "00D")
    ]
    return Layout("dementia", "dementia-recorded", [header, *rows], 0, (1,), (2,), 3)


def dementia_practices() -> Layout:
    header = "ACH_DATE,PRACTICE_CODE,NAME,COMMISSIONER_ORGANISATION_CODE,Measure,Value".split(",")
    rows = [
        ["31AUG2018", code, f"NAME {code}", "00K", "DEMENTIA_REGISTER_65_PLUS", "30"]
        for code in ("A81001", "A81002")
    ]
    return Layout("dementia", "dementia-practices", [header, *rows], 0, (1, 3), (), 0)


def practice_list() -> Layout:
    header = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS"
    rows = [
        ["GP", "01SEP2017", "CCG", code, sex, group, number]
        for code in ("00C", "00D")
        for sex, group, number in (
            ("ALL", "ALL", "300"),
            ("FEMALE", "65_69", "100"),
            ("MALE", "65_69", "200"),
        )
    ]
    return Layout("dementia", "practice-list", [header.split(","), *rows], 0, (3,), (), 1)


WEEKS = [f"{week:02d} <{week + 1:02d} weeks" for week in range(1, 13)]


def dm01_csv() -> Layout:
    header = ["Reporting Period", "Regional Team Code", "ICB Code", "Diagnostic ID"]
    header += ["Total Waiting List", "Number waiting 6+ Weeks", "Number waiting 13+ Weeks"]
    header += ["Percentage waiting 6+ Weeks", "0 <01 weeks", *WEEKS, "13+ weeks"]
    rows = [
        [DAY, "Y56", code, test, *_six_weeks(number)]
        for code, number in (("QMJ", 4), ("QMF", 6), ("QWO", 9))
        for test in ("1", "2")
    ]
    return Layout("diagnostics", "dm01", [header, *rows], 0, (2,), (), 0, figure=4)


def _six_weeks(number: int) -> list[str]:
    """So many in the first week, and two who waited six weeks and more."""
    bands = [number, *[0] * 5, 1, *[0] * 6, 1]
    return [str(number + 2), "2", "1", str(2 / (number + 2)), *map(str, bands)]


def dm01_workbook() -> Layout:
    head: Cells = [
        ["", "Title:", "Monthly Diagnostics"],
        ["", "Period:", MONTH_OF_THE_HEAD],
        [],
    ]
    header = ["", "Regional Team Code", "Provider Code", "Provider Name", "Diagnostic ID"]
    header += ["Diagnostic Test Name", "Total Waiting List", "Number waiting 6+ Weeks"]
    header += ["Number waiting 13+ Weeks", "Percentage waiting 6+ weeks"]
    header += ["0 <01 weeks", *WEEKS, "13+ weeks"]
    rows: Cells = [
        ["", "Y56", code, name, 1.0, "Magnetic Resonance Imaging", *map(float, _six_weeks(number))]
        for code, name, number in (("RX1", "ONE", 4), ("RX2", "TWO", 6), ("RX3", "THREE", 9))
    ]
    sums = [float(sum(row[at] for row in rows)) for at in range(6, len(header))]
    sums[3] = sums[1] / sums[0]
    total = ["", "", "", "Total", "", "", *sums]
    return Layout(
        *("diagnostics", "dm01", [*head, header, total, [], *rows], 3, (2,), (3,), (1, 2)),
        figure=6,
        sheet="Provider by Test",
    )


def dm01_extract() -> Layout:
    header = ["Period", "Provider Org Code", "Provider Org Name", "Commissioner Org Code"]
    header += ["Commissioner Org Name", "Diagnostic Tests Sort Order", "Diagnostic Tests"]
    header += ["Total WL", "00 < 01 Week"]
    header += [f"{week:02d} < {week + 1:02d} Weeks" for week in range(1, 13)] + ["13+ Weeks"]
    rows = [
        [
            "DM01-JUNE-2017",
            code,
            f"NAME {code}",
            ccg,
            f"NAME {ccg}",
            "1",
            "MRI",
            str(number),
            str(number),
            *(["0"] * 13),
        ]
        for code, ccg, number in (("RX1", "00C", 4), ("RX2", "00D", 6), ("RX3", "00K", 9))
    ]
    return Layout("diagnostics", "dm01-extract", [header, *rows], 0, (1, 3), (2, 4), 0, figure=7)


def eip() -> Layout:
    header = ["Date", "Provider_Org_code", "Provider_name", "Org_Code", "CCG_Name", "Description"]
    header += [f"Gt_{week}_{week + 1}_Weeks" for week in range(12)]
    header += ["Gt_12_Plus_Weeks", "Total_Pathways"]
    rows = [
        [
            "01/12/2016",
            code,
            f"NAME {code}",
            ccg,
            f"NAME {ccg}",
            "EIP pathways completed this month",
            str(number),
            *(["0"] * 12),
            str(number),
        ]
        for code, ccg, number in (("RX1", "00C", 4), ("RX2", "00D", 6), ("RX3", "00K", 9))
    ]
    return Layout("eip", "eip-series", [header, *rows], 0, (1, 3), (2, 4), 0)


def dashboard() -> Layout:
    return _dashboard("eip", "EIP: seen within two weeks")


def dashboard_of_iapt() -> Layout:
    return _dashboard("iapt", "IAPT: recovery rate")


def dashboard_of_dementia() -> Layout:
    return _dashboard("dementia", "Dementia: diagnosis rate")


def _dashboard(family: str, category: str) -> Layout:
    header = ["Region Code", "STP Code", "Org code", "Org name", "Org Type"]
    header += ["Q1 2016/17", "Q2 2016/17", "2017/18 planned", "category"]
    rows = [
        [*("", "", code, name, kind, *numbers.split()), category]
        for code, name, kind, numbers in (
            ("Eng", "England", "National", "0.5 6.1E-1 0.7"),
            ("00C", "ONE", "CCG", "0.4 * 0.6"),
            ("00D", "TWO", "CCG", "0.6 0.75 0.8"),
        )
    ]
    return Layout(family, "mental-health-dashboard", [header, *rows], 0, (2,), (3,), None, figure=5)


def practices() -> Layout:
    header = ["OrganisationCode", "Name", "StatusCode", "Provider", "PrescribingSetting"]
    rows = [[code, f"NAME {code}", "A", "00K", "4"] for code in ("A81001", "A81002")]
    return Layout("gp_access", "ods-practices", [header, *rows], 0, (0, 3), (), None, figure=3)


def epraccur() -> Layout:
    rows = []
    for code in ("A81001", "A81002"):
        row = [code, f"NAME {code}", *[""] * 25]
        row[10], row[12], row[14], row[25] = "19740401", "A", "00K", "4"
        rows.append(row)
    return Layout("gp_access", "ods-practices", rows, -1, (0, 14), (), None, figure=14, fixed=True)


def iapt_annual() -> Layout:
    header = ["OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB"]
    header += ["Count_FinishedCourseTreatment", "Count_NotAtCaseness", "Count_Recovery"]
    header += ["Count_FirstTreatment", "Percentage_Recovery"]
    kinds = [("Total", "NULL", "NULL")]
    kinds += [
        ("Waiting Time", wait, days)
        for wait in ("First treatment", "First to Second Treatment")
        for days in ("<6 weeks", "<18 weeks", "<=28 days", "29-56 days", "57-90 days", ">90 days")
    ]
    rows = [
        [*who, *kind, "100", "20", "40", "110", "50"]
        for who in (("England", "All", "All"), ("CCG", "00L", "ONE"), ("CCG", "00N", "TWO"))
        for kind in reversed(kinds)
    ]
    return Layout(
        *("iapt", "iapt-annual", [header, *rows], 0, (1,), (2,), None),
        figure=6,
        named="annual-2017-18",
    )


def iapt_tidied() -> Layout:
    header = "reporting_period,org_type,org_code,org_name,variable_type,variable_a,variable_b,"
    header += "measure_name,measure_statistic,value"
    finished, counts = "finished_course_treatment", []
    counts = [("Total", "NULL", "NULL", finished, "100")]
    counts += [("Total", "NULL", "NULL", name, "40") for name in ("not_at_caseness", "recovery")]
    counts += [
        ("Waiting Time", wait, days, finished, "25")
        for wait in ("First treatment", "First to Second Treatment")
        for days in ("<6 weeks", "<18 weeks", "<=28 days", "29-56 days", "57-90 days", ">90 days")
        if wait == "First treatment" or days[1:3] not in ("6 ", "18")
    ]
    rows = [
        ["2017-18", "CCG", code, f"NAME {code}", *count[:4], "count", count[4]]
        for code in ("00L", "00N")
        for count in reversed(counts)
    ]
    return Layout("iapt", "iapt-annual", [header.split(","), *rows], 0, (2,), (3,), 0)


def iapt_monthly() -> Layout:
    header = (
        "REPORTING_PERIOD_START,REPORTING_PERIOD_END,GROUP_TYPE,ORG_CODE1,ORG_NAME1,ORG_CODE2,"
        "ORG_NAME2,MEASURE_ID,MEASURE_NAME,MEASURE_VALUE_SUPPRESSED"
    ).split(",")
    measures = ("Count_Recovery", "Count_FinishedCourseTreatment", "Count_NotAtCaseness")
    rows = [
        [
            "01/05/2023",
            "31/05/2023",
            "SubICB",
            code,
            f"NAME {code}",
            "all",
            "all",
            "M1",
            name,
            value,
        ]
        for code in ("00L", "00N")
        for name, value in zip(measures, ("20", "50", "5"), strict=True)
    ]
    return Layout("iapt", "iapt-monthly", [header, *rows], 0, (3,), (4,), 0)


def iapt_workbook() -> Layout:
    header = ["CCG Code", "CCG Name", "Provider Code", "Provider Name", "Group Type"]
    header += ["Month / Year", "First Treatment", "Finished a Course of Treatment"]
    wait = "First Treatment within {} weeks Finished a Course of Treatment"
    header += [wait.format(6), wait.format(18), "Recovery rate"]
    every = ["all", "all CCGs", "all", "all Providers", "England", "2019-02-01"]
    rows: Cells = [[*every, 30.0, 20.0, 90.0, 99.0, 50.0]]
    rows += [
        [
            code,
            f"NAME {code}",
            "all",
            "all Providers",
            "CCG",
            "2019-02-01",
            number,
            number,
            90.0,
            99.0,
            50.0,
        ]
        for code, number in (("00L", 15.0), ("00N", 10.0), ("00P", 5.0))
    ]
    return Layout(
        *("iapt", "iapt-monthly", [["IAPT"], [], header, *rows], 2, (0,), (1,), 5),
        figure=6,
        sheet="Table 1",
    )


def list_size() -> Layout:
    header = "PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,CODE,SEX,AGE,NUMBER_OF_PATIENTS".split(",")
    rows = [
        ["GP_PRAC_PAT_LIST", "01JAN2021", "GP", ccg, code, "ALL", "ALL", number]
        for ccg, code, number in (("00L", "A84002", "5903"), ("00N", "A84003", "14738"))
    ]
    return Layout("phb", "list-size", [header, *rows], 0, (3, 4), (), 1, of_records=True)


def referrals() -> Layout:
    header = ["Year", "Period", "Region Code", "Region Name", "Org Code", "Org Name"]
    counts = ["GP Referrals Made (G&A)", "Other Referrals Made (G&A)"]
    title: Cells = [["Title:", "Monthly Hospital Activity"], ["Period:", "April 2017"]]
    rows = [
        *title,
        [*header, *counts],
        ["2017-18", "April", "", "", "", "England", 30.0, 12.0],
        ["2017-18", "April", "Y54", "NORTH", "00C", "NAME 00C", 10.0, 5.0],
        ["2017-18", "April", "Y54", "NORTH", "00D", "NAME 00D", 20.0, 7.0],
    ]
    region = [*title, [*header[:4], *counts], ["2017-18", "April", "Y54", "NORTH", 30.0, 12.0]]
    return Layout(
        *("referrals", "mar", rows, 2, (4,), (5,), 1),
        sheet="Commissioner",
        beside={"Region": region},
    )


def _bands(number: int, weeks: int) -> list[float]:
    """So many in the first week, and one in the last band."""
    return [float(number), *[0.0] * (weeks - 1), 1.0]


def rtt_2015() -> Layout:
    head: Cells = [
        ["", "Title:", "Referral to Treatment (RTT) Waiting Times"],
        ["", "Summary:", "Incomplete RTT pathways"],
        ["", "Period:", "April 2015"],
        [],
    ]
    header = ["Treatment Function Code", "Treatment Function"]
    header += [*(f">{week}-{week + 1}" for week in range(52)), "52 plus"]
    header += ["Total number of incomplete pathways", "Total within 18 weeks", "% within 18 weeks"]

    def functions(number: int) -> Cells:
        return [
            [code, name, *_bands(count, 52), count + 1.0, float(count), count / (count + 1)]
            for code, name, count in (
                ("IP999", "Total", number + 9 + 1),
                ("IP100", "General Surgery", number),
                ("IP101", "Urology", 9),
            )
        ]

    own = ["", "Region Code", "CCG Code", "CCG Name", *header]
    rows = [
        ["", "Y54", code, f"NHS {code} CCG", *row]
        for code, number in (("00C", 4), ("00D", 6), ("00K", 13))
        for row in functions(number)
    ]
    for row in rows:
        if row[4] == "IP999":
            # The two functions' open bands.
            row[6], row[58] = row[6] - 1, 2.0
            row[60], row[61] = row[6], row[6] / row[59]
    national: Cells = [["", *row] for row in functions(32)]
    regions = [["", "Y54", "NORTH OF ENGLAND", *row] for row in functions(32)]
    region = [*head, ["", "Region Code", "Region Name", *header], *regions]
    return Layout(
        *("rtt", "rtt-commissioner", [*head, own, *rows], 4, (2,), (3,), (2, 2)),
        figure=6,
        fixed=True,
        sheet="Commissioner",
        beside={"National": [*head, ["", *header], *national], "Region": region},
    )


def rtt_by_organisation() -> Layout:
    head: Cells = [
        ["", "Title:", "Referral to Treatment (RTT) Waiting Times"],
        ["", "Summary:", "Incomplete RTT pathways"],
        ["", "Period:", "April 2024"],
        [],
    ]
    header = ["", "Region Code", "Org Code", "Org Name", "Treatment Function Code"]
    header += ["Treatment Function", *(f">{week}-{week + 1}" for week in range(104)), "104 plus"]
    header += ["Total number of incomplete pathways", "Total within 18 weeks", "% within 18 weeks"]
    rows: Cells = [
        [
            "",
            "Y56",
            code,
            f"NHS {code}",
            "C_100",
            "General Surgery Service",
            *_bands(number, 104),
            number + 1.0,
            float(number),
            number / (number + 1),
        ]
        for code, number in (("00C", 4), ("00D", 6), ("00K", 13))
    ]
    return Layout(
        *("rtt", "rtt-organisations", [*head, header, *rows], 4, (2,), (3,), (2, 2)),
        figure=6,
        sheet="Sub-ICB",
    )


def rtt_extract() -> Layout:
    header = ["Period", "Provider Org Code", "Provider Org Name", "Commissioner Org Code"]
    header += ["Commissioner Org Name", "RTT Part Type", "Treatment Function Code"]
    header += [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(52)]
    header += ["Gt 52 Weeks SUM 1", "Total", "Patients with unknown clock start date", "Total All"]
    rows = [
        [
            "RTT-April-2018",
            code,
            f"NAME {code}",
            ccg,
            f"NAME {ccg}",
            "Part_2",
            "C_100",
            str(number),
            *(["0"] * 52),
            "",
            "",
            str(number),
        ]
        for code, ccg, number in (("RX1", "00C", 4), ("RX2", "00D", 6), ("RX3", "00K", 9))
    ]
    return Layout("rtt", "rtt-full", [header, *rows], 0, (1, 3), (2, 4), 0)


def rtt_overview() -> Layout:
    groups = ["", "Year", "Month", "Incomplete", "", "", "", "Admitted (unadjusted)"]
    groups += ["Non-Admitted", "New RTT periods"]
    header = ["", "", "", "No. within 18 weeks", "% within 18 weeks", "Total waiting (mil)", "-"]
    header += ["No. of pathways (all)", "No. of pathways (all)", "No. of new RTT periods"]
    rows: Cells = [
        ["", year, month, 90.0, 0.9, 100.0, "-", 20.0, 30.0, 40.0]
        for year, month in (("2017/18", "2017-04-01"), ("", "2017-05-01"))
    ]
    title: Cells = [["", "Consultant-led Referral to Treatment Waiting Times"], []]
    return Layout(
        *("rtt", "rtt-overview", [*title, groups, header, *rows], 3, (), (), 2),
        figure=3,
        fixed=True,
        sheet="Full Time Series",
    )


def hes_activity() -> Layout:
    names = [
        *("Ordinary Elective", "Daycase Elective", "Elective total", "Non-Elective"),
        *("First attendances seen - GP referrals", "First attendances seen - other referrals"),
        *("First attendances seen total", "Subsequent attendances seen"),
    ]
    header = [
        *("Activity Month", "Organisation breakdown", "Org Code", "Org Name"),
        *("Region Code", "Region Name"),
        *(f"Specific acute specialties: {name}" for name in names),
    ]
    counts = ["10", "20", "30", "40", "5", "10", "15", "50"]
    rows = [
        ["Apr 2020", "CCG", code, f"NAME {code}", "Y60", "MIDLANDS", *counts]
        for code in ("00C", "00D")
    ]
    return Layout("sus", "hes-mar", [header, *rows], 0, (2,), (3,), 0)


def artificial_hes() -> Layout:
    header = "FYEAR,ATTENDKEY,CCG_RESPONSIBILITY,PROCODE3,APPTDATE,FIRSTATT,ATTENDED,MAINSPEF"
    rows = [
        ["0304", key, ccg, "RX1", "2003-06-01", "1", "5", "100", "100"]
        for key, ccg in (("1", "00C"), ("2", "00D"))
    ]
    return Layout(
        *("sus", "artificial-hes", [[*header.split(","), "TRETSPEF"], *rows], 0, (2, 3), (), 4),
        of_records=True,
    )


LAYOUTS: dict[str, Callable[[], Layout]] = {
    made.__name__: made
    for made in (
        *(ae_monthly, ae_long, ae_workbook, ae_series, ambulance),
        *(cancer_workbook, cancer_commissioner, cancer_provider, cancer_combined, cancer_series),
        *(dementia_primary_care, dementia_2017, dementia_recorded, dementia_practices),
        *(practice_list, dm01_csv, dm01_workbook, dm01_extract, eip),
        *(dashboard, dashboard_of_iapt, dashboard_of_dementia),
        *(practices, epraccur),
        *(iapt_annual, iapt_tidied, iapt_monthly, iapt_workbook, list_size, referrals),
        *(rtt_2015, rtt_by_organisation, rtt_extract, rtt_overview, hes_activity),
        artificial_hes,
    )
}
