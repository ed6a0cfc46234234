"""The laws of imports, each seen broken: a small package of the same rooms that breaks it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "nhsind"

# A module says one thing and fits on a few screens. These are lists: of a family's clauses in the
# order of its lines, to be read beside the definition as one text.
MOST_LINES = 340
LISTS = {f"nhsind/families/{family}/rules.py" for family in ("cancer", "cart", "cyp", "iapt")}


def laws(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root)},
    )


def skeleton(root: Path) -> Path:
    """The rooms and modules of the package without a line of code, under its own laws."""
    (root / "pyproject.toml").write_text((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    for path in PACKAGE.rglob("*.py"):
        empty = root / path.relative_to(REPOSITORY)
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.write_text("")
    return root


def test_a_package_that_imports_nothing_keeps_the_laws(tmp_path: Path) -> None:
    assert laws(skeleton(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    "module, text, law",
    [
        ("tables/kinds.py", "import nhsind.api.deriving", "Imports run down only"),
        ("periods.py", "def f():\n    import nhsind.geography", "Imports run down only"),
        ("families/rtt/rules.py", "import nhsind.families.ae.rules", "No family knows another"),
        ("families/rtt/rules.py", "import nhsind.sources.inputs", "A family reads"),
        ("derivation/sums.py", "import nhsind.families.rtt.rules", "A family is found"),
        ("report/run.py", "def f():\n    import nhsind.families.ae", "A family is found"),
    ],
)
def test_each_law_is_seen_broken(tmp_path: Path, module: str, text: str, law: str) -> None:
    (skeleton(tmp_path) / "nhsind" / module).write_text(text + "\n")
    done = laws(tmp_path)
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert done.returncode == 1
    assert any(line.startswith(law) for line in broken)


def test_a_circle_within_a_room_is_seen(tmp_path: Path) -> None:
    room = skeleton(tmp_path) / "nhsind" / "report"
    (room / "plan.py").write_text("import nhsind.report.store\n")
    (room / "store.py").write_text("def f():\n    import nhsind.report.plan\n")
    assert "No circles, between rooms or within one BROKEN" in laws(tmp_path).stdout


def imports_by_a_written_name(source: str) -> list[str]:
    """The modules of ours that `import_module` or `__import__` is given as text."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    given = [
        node.args[0]
        for node in calls
        if node.args and ast.unparse(node.func).endswith(("import_module", "__import__"))
    ]
    texts = [ast.unparse(each).lstrip("f")[1:] for each in given]
    return [text for text in texts if text.startswith("nhsind")]


def test_no_module_of_ours_is_imported_by_a_written_name() -> None:
    """`import_module("nhsind.x")` would be an import that the laws do not see; an extra is not."""
    assert imports_by_a_written_name("import_module('nhsind.x'); import_module('docx')")
    assert imports_by_a_written_name("importlib.import_module(f'nhsind.{name}')")
    sources = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    assert not [name for source in sources for name in imports_by_a_written_name(source)]


def long_modules(root: Path) -> set[str]:
    """The modules below a folder that are longer than they may be."""
    paths = (root / "nhsind").rglob("*.py")
    return {
        path.relative_to(root).as_posix()
        for path in paths
        if len(path.read_text("utf-8").splitlines()) > MOST_LINES
    }


def test_no_module_is_long(tmp_path: Path) -> None:
    assert long_modules(REPOSITORY) == LISTS
    (skeleton(tmp_path) / "nhsind/cli.py").write_text("\n" * (MOST_LINES + 1))
    assert long_modules(tmp_path) == {"nhsind/cli.py"}


def names_of_classes(root: Path) -> list[str]:
    """The class names of all modules below a folder."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (root / "nhsind").rglob("*.py")]
    return [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]


def test_no_class_name_is_used_for_two_things(tmp_path: Path) -> None:
    names = names_of_classes(REPOSITORY)
    assert {name for name in names if names.count(name) > 1} == set()
    package = skeleton(tmp_path) / "nhsind"
    for module in ("cli.py", "errors.py"):
        (package / module).write_text("class Twice: ...\n")
    assert names_of_classes(tmp_path) == ["Twice", "Twice"]


def given_by_place(tree: ast.AST) -> list[str]:
    """The functions that take five arguments or more by their place."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [
        node.name
        for node in functions
        if len([each for each in node.args.args if each.arg not in {"self", "cls"}]) >= 5
        and not any(ast.unparse(each).startswith("units(") for each in node.decorator_list)
    ]


def test_five_arguments_are_given_by_name() -> None:
    # Commands are called by click, and unit tables made, with what they take by its name.
    paths = [path for path in PACKAGE.rglob("*.py") if path.parent.name != "commands"]
    found = [name for path in paths for name in given_by_place(ast.parse(path.read_text("utf-8")))]
    assert found == []
    assert given_by_place(ast.parse("def f(a, b, c, d, e): ...")) == ["f"]
