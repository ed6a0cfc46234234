"""Twin runs: records that differ in hidden counts alone give the same bytes of all that leaves."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from nhsind.definitions.catalogue import load_family
from nhsind.release.ledger import VARIABLE
from tests.end_to_end.report_world import files_of, plan_text, status

# By family and table: columns, and rows whose `count` is a number or the pair of the two twins'.
# Where England is exact the twins move a unit; else they have one more in all, which rounds away.
Rows = list[tuple[object, ...]]
RECORDS: dict[str, tuple[str, dict[str, tuple[str, Rows]]]] = {
    "eip": (
        "2017-18-Q4",
        {
            "referrals": (
                "ccg_code pathway referral_received_date treatment_start_date count",
                [
                    ("00A", "fep", "2017-11-01", "2017-11-05", 41),
                    ("00B", "fep", "2017-11-01", "2017-11-05", 43),
                    ("00A", "fep", "2018-02-01", "2018-02-05", (2, 3)),
                    ("00A", "fep", "2018-02-01", "2018-03-20", (38, 37)),
                    ("00B", "fep", "2018-02-01", "2018-02-05", (3, 2)),
                    ("00B", "fep", "2018-02-01", "2018-03-20", (37, 38)),
                ],
            )
        },
    ),
    "cyp": (
        "2017-18-Q4",
        {
            "eating_disorders": (
                "ccg_code priority age_at_referral referral_received_date treatment_start_date "
                "count",
                [
                    ("00A", "routine", 15, "2018-01-20", "2018-02-05", (2, 3)),
                    ("00A", "routine", 15, "2017-11-01", "2018-03-20", (38, 37)),
                    ("00B", "routine", 15, "2018-01-20", "2018-02-05", (3, 2)),
                    ("00B", "routine", 15, "2017-11-01", "2018-03-20", (37, 38)),
                ],
            )
        },
    ),
    "sus": (
        "2018-03",
        {
            "ae_attendances": (
                "ccg_code arrival_date attendance_category count",
                [
                    *((code, "2018-02-05", "1", 300) for code in ("00A", "00B")),
                    ("00A", "2018-03-05", "1", (3, 4)),
                    ("00B", "2018-03-05", "1", 300),
                ],
            )
        },
    ),
    "phb": (
        "2017-18-Q4",
        {
            "budgets": (
                "ccg_code start_date end_date count",
                [("00A", "2018-02-05", "", (3, 4)), ("00B", "2018-02-05", "", 300)],
            ),
            "population": (
                "ccg_code period gp_registered_population",
                [("00A", "2017-18-Q4", 200000), ("00B", "2017-18-Q4", 300000)],
            ),
        },
    ),
    "ld_inpatients": (
        "2017-18-Q4",
        {
            "inpatients": (
                "person_id origin_ccg_code bed_commissioner admission_date discharge_date count",
                [
                    ("a", "00A", "ccg", "2017-02-05", "", (3, 4)),
                    ("b", "00B", "ccg", "2017-02-05", "", 300),
                ],
            ),
            "population": (
                "ccg_code period population",
                [("00A", "2017-18-Q4", 200000), ("00B", "2017-18-Q4", 300000)],
            ),
        },
    ),
    "cart": (
        "2017-18",
        {
            "patients": (
                "patient_id provider_code first_infusion_date infusion_date "
                "treatment_completed_date death_date last_follow_up_date discharge_date count",
                [
                    (name, code, *["2017-05-02"] * 3, "", "2018-03-30", "2017-05-20", count)
                    for name, code, count in (("a", "00A", (3, 4)), ("b", "00B", 300))
                ],
            )
        },
    ),
    "iapt": (
        "2017-18-Q4",
        {
            "referrals": (
                "referral_id ccg_code referral_received_date referral_end_date",
                [
                    (f"r{place}", code, "2018-01-05", "2018-03-20")
                    for place, code in enumerate(["00A", "00A", ("00A", "00B"), "00B", "00B"])
                ],
            ),
            "appointments": (
                "referral_id appointment_date appointment_type attended",
                [
                    (f"r{place}", day, "02", "yes")
                    for place in range(5)
                    for day in ("2018-01-20", "2018-02-20")
                ],
            ),
            "prevalence": (
                "ccg_code financial_year prevalence",
                [("00A", "2017-18", 20000), ("00B", "2017-18", 30000)],
            ),
        },
    ),
}


def written(code: str, place: Path, twin: int) -> Path:
    for name, (columns, rows) in RECORDS[code][1].items():
        own = [[each[twin] if isinstance(each, tuple) else each for each in row] for row in rows]
        (place / code).mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(own, columns=columns.split())
        table.to_csv(place / code / f"{name}.csv", index=False)
    return place


@pytest.mark.parametrize("planned", ["00A", "00B"])
@pytest.mark.parametrize("code", list(RECORDS))
def test_hidden_counts_change_no_byte_of_what_is_published(
    code: str, planned: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages, tables, workbooks, charts, Word files, manifest and index: and no hash of what is
    private in any. The plan may name who has the hidden count, or the other one alone."""
    published, private = [], []
    for twin in (0, 1):
        data = written(code, tmp_path / f"records{twin}", twin)
        monkeypatch.setenv(VARIABLE, str(tmp_path / f"ledger{twin}.jsonl"))
        plan = tmp_path / "plan.yaml"
        period = RECORDS[code][0]
        level = "ccg" if load_family(code).level == "tcp" else load_family(code).level
        all_files = {"charts": "[svg, png]", "word": "true", "history": "3"}
        text = plan_text(data, [planned], family=code, periods=period, level=level, **all_files)
        plan.write_text(text, "utf-8")
        out = tmp_path / f"out{twin}"
        assert status("run", plan, "--out", out, "--jobs 1") == 0
        published.append(files_of(out))
        private += [*data.rglob("*.csv"), tmp_path / f"ledger{twin}.jsonl"]
    (table,) = [name for name in published[0] if name.startswith(code) and name.endswith(".csv")]
    assert b"[c]" in published[0][table], "something is hidden"
    assert any(name.endswith(f"{planned}.html") and name.startswith(code) for name in published[0])
    kinds = {name.rpartition(".")[2] for name in published[0]}
    assert kinds >= {"html", "csv", "json", "xlsx", "parquet", "docx"}
    assert code not in ("eip", "sus") or kinds >= {"svg", "png"}, "a chart is drawn"
    assert published[0] == published[1]
    everything = b"".join(published[0].values())
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest().encode() for path in private]
    assert len(hashes) >= 4 and not any(each in everything for each in hashes)
