"""Make what the browser looks at: sites that a run published, and an index of a whole month.

usage: python prepare.py FOLDER

`sample`: every family, for one commissioner and one trust. `hostile`: one family, whose
organisations have names that would do harm if any page took them for more than text. `large`: the
index alone, as 3,500 reports would make it.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = {
    "ZX001": "<script>alert(1)</script>",
    "ZX002": "\"><img src=x onerror=alert(1)> ' & <b>",
    "ZX003": '=HYPERLINK("http://x.invalid/","x")',
    "ZX004": "</title></style></script><svg onload=alert(1)>",
    "ZX005": "{{ 7*7 }} {% raw %} javascript:alert(1)",
    "ZX006": "NHS Ünïcode مفوضية 🏥 " + "and a very long name indeed " * 6,
}
ORGANISATIONS = 207


def plan(folder: Path, **changed: str) -> Path:
    """The plan of `make report`, with other values for some of its keys."""
    lines = (REPOSITORY / "parameters" / "sample.yaml").read_text("utf-8").splitlines()
    found = [
        next((f"{key}: {value}" for key, value in changed.items() if line.startswith(key)), line)
        for line in lines
    ]
    path = folder / f"plan-{changed['organisations'][1:6]}.yaml"
    path.write_text("\n".join(found), "utf-8")
    return path


def hostile_records(folder: Path) -> Path:
    """A small sample whose commissioners have hostile names."""
    from nhsind.synthetic.data_set import write_sample

    write_sample(folder, ccgs=len(NAMES), months=3)
    path = folder / "geography.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        row["ccg_name"] = NAMES.get(row["ccg_code"], row["ccg_name"])
        row["stp_name"] = row["region_name"] = "<i>Area</i> & 'others'"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def large_index() -> str:
    """The index of every family for all commissioners and a month."""
    from nhsind.definitions.catalogue import family_codes, load_family
    from nhsind.report.glance import Glance, GlanceFigure, GlanceLine, NamedOrganisation
    from nhsind.report.index import index_page
    from nhsind.report.manifest import Entry, Manifest

    places = {
        f"{number:03d}Q": NamedOrganisation(
            f"NHS Borough {number} CCG", f"Area {number % 42} STP", f"Region {number % 7}"
        )
        for number in range(ORGANISATIONS)
    }
    manifest, known = Manifest(), {}
    for code in family_codes():
        family, folder = load_family(code), f"{code}/2018-03"
        figures = {
            place: GlanceFigure(
                "93%", "", "at least 92%", ("met", "not met")[place < "100"], "", "", "", (), "", 92
            )
            for place in places
        }
        lines = [
            GlanceLine(line.code, line.title, "March 2018", "93%", figures)
            for line in family.indicators.values()
        ]
        known[folder] = Glance(code, family.title, "2018-03", "", {}, places, tuple(lines))
        for org, place in places.items():
            path = f"{folder}/{org}.html"
            manifest.entries[path] = Entry(path, code, "2018-03", org, place.name, "", "0" * 64)
    return index_page(manifest, known, "A whole month")


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    from nhsind import run

    sample = plan(folder, organisations="[ZX001, ZP001]")
    records = hostile_records(folder / "records")
    hostile = plan(folder, family="rtt", organisations="[ZX002, ZX001, ZX003, ZX004, ZX006]")
    for made in (
        run(sample, out=folder / "sample"),
        run(hostile, data=[records], out=folder / "hostile"),
    ):
        if made.exit_status:
            sys.exit(made.words)
    (folder / "large").mkdir()
    (folder / "large" / "index.html").write_text(large_index(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
