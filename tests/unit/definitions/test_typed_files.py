"""Values are judged by types as often as one likes: msgspec keeps what it makes of them."""

from __future__ import annotations

import subprocess
import sys

JUDGED = """
import gc
from nhsind.definitions.typed_files import slips_of
from nhsind.report.plan_file import PlanFile

plan = {"family": "rtt", "periods": "2018-03", "organisations": "all"}
for turn in range(3000):
    assert not list(slips_of(plan, PlanFile))
    assert [slip.path for slip in slips_of({**plan, "organisations": "../x"}, PlanFile)]
    if turn % 100 == 0:
        gc.collect()
"""


def test_a_plan_is_judged_thousands_of_times() -> None:
    """In a process of its own, which a type that is freed once too often would crash."""
    done = subprocess.run([sys.executable, "-c", JUDGED], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
