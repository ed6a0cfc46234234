"""What a report is given: only the parameters that its notebook declares."""

from __future__ import annotations

import json
from pathlib import Path

from nhsind.report.preparing import parameters_of

GIVEN = ['organisation = "ZX001"\n', "data: str | None = None\n", "# period = 1\n", "print(a == 1)"]


def test_parameters_are_the_names_that_their_cell_gives_values_to(tmp_path: Path) -> None:
    other = {"cell_type": "code", "metadata": {}, "source": ["released = None"]}
    cells = [other, {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": GIVEN}]
    notebook = tmp_path / "notebook.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), "utf-8")
    assert parameters_of(notebook) == {"organisation", "data"}
    notebook.write_text(json.dumps({"cells": [other]}), "utf-8")
    assert parameters_of(notebook) == set()
