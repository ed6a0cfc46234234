"""Released figures by hand or from a few records, for tests of tables, charts, sentences."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from nhsind.charts import chart
from nhsind.definitions.catalogue import load_family
from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.standards import Standard
from nhsind.periods import parse_period
from nhsind.release.computing import compute
from nhsind.release.confidential import Raw, Released
from nhsind.release.gate import release
from nhsind.release.results import Results
from nhsind.sources.inputs import open_input
from nhsind.tables.small_table import Table

RTT = load_family("rtt")
EXACT = Disclosure("none", "a test", "a test", "2026-11-22")
HIDES = replace(EXACT, rule="suppress", threshold=5)
ROUNDS = replace(EXACT, rule="suppress", threshold=7, base=5)
HIDES_ZEROS = replace(ROUNDS, hide_zeros=True)
MARCH = "2018-03"
WITHIN, ADMITTED, NON_ADMITTED, NEW = RTT.indicators
HOSTILE = [
    "<script>alert(1)</script>",
    "\"Quoted\" & 'quoted'",
    "=1+1",
    "<img src=x onerror=alert(1)>",
    "--> ]]> &amp; </table>",
    'Trust id="a" href="#b" url(#c)',
]
Figure = tuple[str, str, str, int, int | None]


def figures(
    *rows: Figure,
    policy: Disclosure = EXACT,
    names: dict[str, str] | None = None,
    standard: Standard | None = None,
    organisation: str = "A",
) -> Results:
    """Results from (line, organisation, period, numerator, denominator), released."""
    family = RTT
    if standard is not None:
        line = replace(RTT.indicators[WITHIN], standards=(standard,))
        family = replace(RTT, indicators=RTT.indicators | {WITHIN: line})
    frame = pd.DataFrame(
        rows, columns=["indicator", "org_code", "period", "numerator", "denominator"]
    ).assign(family="rtt", plan=float("nan"), comparator=None)
    frame["kind"] = frame["indicator"].map({code: RTT.indicators[code].kind for code in RTT_LINES})
    frame["org_level"] = ["england" if code == "ENGLAND" else "ccg" for code in frame["org_code"]]
    frame["org_name"] = [(names or {}).get(code, f"CCG {code}") for code in frame["org_code"]]
    for name in ("numerator", "denominator"):
        frame[name] = frame[name].astype("Int64")
    nothing = Released(
        pd.DataFrame(columns=["indicator", "org_code", "period", "units", "fault", "about"]), policy
    )
    return Results(
        family=family,
        organisation=organisation,
        period=parse_period(MARCH),
        level="ccg",
        figures=release(Raw(frame), family, policy=policy),
        steps=nothing,
        quality=nothing,
        groups={},
        source="Records: a test",
        publication={},
    )


RTT_LINES = list(RTT.indicators)


def waiting(**counts: tuple[int, int]) -> Results:
    """E.B.3 of March 2018 by organisation."""
    return figures(*[(WITHIN, code, MARCH, *pair) for code, pair in counts.items()])


# Records: (commissioner, start, stop, how, how many). 126 days before 31 March is 25 November.
RECORDS: list[tuple[Any, ...]] = [
    *[("00A", "2018-01-10", None, None, 1790), ("00A", "2017-10-10", None, None, 160)],
    *[("00A", "2018-03-05", None, None, 50), ("00A", "2018-02-01", "2018-03-09", "admitted", 20)],
    *[("00A", "2018-03-02", "2018-03-09", "non_admitted", 30)],
    *[("00A", "2018-03-09", "2018-03-02", "admitted", 3), ("00A", None, None, None, 2)],
    *[("00B", "2018-01-10", None, None, 13), ("00B", "2017-06-01", None, None, 3)],
    *[("00B", "2017-12-20", "2018-01-05", "admitted", 4), ("00C", "2018-03-01", None, None, 700)],
    ("00C", "2017-06-01", None, None, 80),
]
PLACES = [
    ("00A", "A & Sons <b>CCG</b>", "S1", "The STP"),
    ("00B", "CCG Bee", "S1", "The STP"),
    ("00C", "CCG Cee", "S2", "Another STP"),
]


@cache
def derived(policy: Disclosure = EXACT, records: tuple[Any, ...] = tuple(RECORDS)) -> Results:
    """Results of records, under a policy, as a run derives them; with a month before if exact."""
    columns = ["ccg_code", "clock_start_date", "clock_stop_date", "stop_type", "count"]
    places = pd.DataFrame(PLACES, columns=["ccg_code", "ccg_name", "stp_code", "stp_name"])
    data = {"pathways": pd.DataFrame(list(records), columns=columns), "geography": places}
    opened = open_input(replace(RTT, disclosure=policy), data)
    found = compute(opened, parse_period(MARCH), level="ccg", history=int(policy == EXACT))
    return found.for_organisation("00A")


def parsed(html: str) -> ET.Element:
    """HTML of ours, which is also XML: it parses only if every text is escaped."""
    return ET.fromstring(f"<page>{html}</page>")


def words(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


def cells(found: Table) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in found.rows}


# 00A: 3 of 100 within; 00B: 97 of 100; 00C: none of 50; the others leave the totals room.
SMALL = tuple(
    (code, start, None, None, count)
    for code, within, beyond in [
        ("00A", 3, 97),
        ("00B", 97, 3),
        ("00C", 0, 50),
        ("X24", 4, 60),
        ("UNKNOWN", 61, 5),
    ]
    for start, count in (("2018-01-10", within), ("2017-06-01", beyond))
    if count
)


NAMES = {"A": "Own CCG", "B": "CCG Bee", "C": "CCG Cee", "D": "CCG Dee", "ENGLAND": "England"}
MONTHS = ["2018-01", "2018-02", MARCH]


def three_months(policy: Disclosure = EXACT, names: dict[str, str] | None = None) -> Results:
    rows: list[Figure] = []
    for step, month in enumerate(MONTHS):
        # 13/16 is 81.25%, which is shown half up as 81.3%.
        pairs = {"A": (13, 16), "B": (300 + step, 320), "C": (250, 300 + step), "D": (4, 60 + step)}
        pairs["E"] = (3, 50)
        total = (sum(n for n, _ in pairs.values()), sum(d for _, d in pairs.values()))
        for code, pair in (pairs | {"ENGLAND": total}).items():
            rows.append((WITHIN, code, month, *pair))
            rows += [
                (line, code, month, (900 + 37 * step * place) * (1, 5)[code == "ENGLAND"], None)
                for place, line in enumerate((ADMITTED, NON_ADMITTED, NEW))
            ]
    return figures(*rows, policy=policy, names=names or NAMES)


def page_of_charts(found: Results) -> list[Any]:
    return [
        chart("ranked", found, WITHIN),
        chart("trend", found, WITHIN),
        chart("trend", found, ADMITTED, NON_ADMITTED, NEW),
    ]
