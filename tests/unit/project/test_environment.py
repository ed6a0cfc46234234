"""One list of packages: what is declared, what is locked, what conda gets, what is explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[3]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Extras that have a lock and an environment of their own.
APART = ("spark", "ibis")
DECLARED = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
EXTRAS = [
    Requirement(text)
    for extra, texts in PROJECT["project"]["optional-dependencies"].items()
    if extra not in APART
    for text in texts
]
OF_ENGINES = [
    Requirement(text)
    for extra in APART
    for text in PROJECT["project"]["optional-dependencies"][extra]
]
DEVELOPMENT = [Requirement(text) for text in PROJECT["dependency-groups"]["dev"]]
PYTHON = SpecifierSet(PROJECT["project"]["requires-python"])
PYTHONS = ["3.11", "3.12", "3.13"]
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+?)(?: ; (.+?))?(?: \\)?$")


class Pin:
    """One entry of the lock: a name, a version, where it holds, its hashes."""

    def __init__(self, entry: str) -> None:
        first, *rest = entry.splitlines()
        match = PINNED.match(first)
        assert match, f"not a pinned requirement: {first}"
        self.name, self.version = canonicalize_name(match[1]), Version(match[2])
        self.marker = Requirement(f"x ; {match[3]}").marker if match[3] else None
        self.hashes = [line.strip().rstrip(" \\") for line in rest]

    def holds(self, python: str) -> bool:
        there = {
            "python_version": python,
            "python_full_version": f"{python}.1",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
            "os_name": "posix",
        }
        return self.marker is None or self.marker.evaluate(there)


def lock(name: str = "requirements.lock") -> list[Pin]:
    text = (ROOT / name).read_text("utf-8")
    return [Pin(entry) for entry in re.split(r"\n(?=\S)", text.strip("\n"))]


PINS = lock()
# With the engines that have an environment of their own.
ENGINES = "requirements-engines.lock"
ENGINE_PINS = lock(ENGINES)


def pinned(name: str, python: str, pins: list[Pin] = PINS) -> list[Pin]:
    return [pin for pin in pins if pin.name == canonicalize_name(name) and pin.holds(python)]


def test_every_pin_has_hashes() -> None:
    for pin in [*PINS, *ENGINE_PINS]:
        assert pin.hashes, f"{pin.name} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", text) for text in pin.hashes)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", [*DECLARED, *EXTRAS, *DEVELOPMENT], ids=str)
def test_what_is_declared_is_locked(requirement: Requirement, python: str) -> None:
    found = pinned(requirement.name, python)
    assert len(found) == 1, f"{requirement.name} is pinned {len(found)} times for {python}"
    assert requirement.specifier.contains(found[0].version, prereleases=True)


@pytest.mark.parametrize("python", PYTHONS)
def test_engines_are_locked_apart(python: str) -> None:
    """Set-up stays light, and the engines run beside the very packages that it has."""
    for requirement in OF_ENGINES:
        assert not pinned(requirement.name, python)
        (found,) = pinned(requirement.name, python, ENGINE_PINS)
        assert requirement.specifier.contains(found.version)
    own = {pin.name: pin.version for pin in ENGINE_PINS if pin.holds(python)}
    assert all(own.get(pin.name) == pin.version for pin in PINS if pin.holds(python))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("pins", [PINS, ENGINE_PINS], ids=["own", "engines"])
def test_nothing_is_locked_twice(pins: list[Pin], python: str) -> None:
    names = [pin.name for pin in pins if pin.holds(python)]
    assert sorted(names) == sorted(set(names))


def test_the_pythons_that_are_tested_are_those_that_are_promised() -> None:
    assert all(PYTHON.contains(python) for python in PYTHONS)
    assert not PYTHON.contains("3.10") and not PYTHON.contains("3.14")


# What is for exploring: the container of scheduled runs does without.
FOR_PEOPLE = {"jupyterlab"}


@pytest.mark.parametrize(
    ("name", "without"),
    [("requirements-runtime.lock", set()), ("requirements-run.lock", FOR_PEOPLE)],
)
def test_a_shorter_list_pins_what_is_needed_as_the_whole_one_does(
    name: str, without: set[str]
) -> None:
    short = lock(name)
    whole = {(pin.name, pin.version): set(pin.hashes) for pin in PINS}
    assert all(whole.get((pin.name, pin.version)) == set(pin.hashes) for pin in short)
    names = {pin.name for pin in short}
    needed = {canonicalize_name(each.name) for each in DECLARED}
    assert needed - without <= names and not without & names
    of_development = {canonicalize_name(each.name) for each in DEVELOPMENT} - needed
    assert not of_development & names


def test_the_container_holds_what_a_run_needs() -> None:
    """Checked line by line: no line but these, each file that is copied is there."""
    text = (ROOT / "Containerfile").read_text("utf-8")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != "#"]
    kinds = [kind for kind, _ in lines]
    allowed = "FROM WORKDIR COPY RUN ENV VOLUME USER ENTRYPOINT CMD".split()
    assert set(kinds) <= set(allowed) and kinds.count("FROM") == 2
    base = f"docker.io/library/python:{min(PYTHONS)}-slim"
    assert all(rest.split(" AS ")[0] == base for kind, rest in lines if kind == "FROM")
    copied = [
        place
        for kind, rest in lines
        if kind == "COPY" and "--from" not in rest
        for place in rest.split()[:-1]
    ]
    assert all((ROOT / place).exists() for place in copied)
    ignored = (ROOT / ".containerignore").read_text("utf-8").split()
    assert ignored[0] == "*" and {f"!{place}" for place in copied} < set(ignored)
    runs = " ".join(rest for kind, rest in lines if kind == "RUN")
    assert "--require-hashes -r requirements-run.lock" in runs and "--no-deps ." in runs
    # The last stage takes the environment and no tool to build one, and does not run as root.
    last = lines[len(kinds) - kinds[::-1].index("FROM") :]
    assert ["COPY", "--from=build /opt/nhsind /opt/nhsind"] in last
    assert not any("pip " in rest for _, rest in last)
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert ["ENTRYPOINT", '["nhsind"]'] in last


def test_conda_takes_its_packages_from_the_same_list() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    texts = [item for item in content["dependencies"] if isinstance(item, str)]
    (from_pip,) = [item["pip"] for item in content["dependencies"] if isinstance(item, dict)]
    assert from_pip == ["-r requirements-runtime.lock"]
    assert [text.split("=")[0] for text in texts] == ["python", "pip"]
    python = texts[0].removeprefix("python=")
    assert python in PYTHONS and PYTHON.contains(python)
    assert content["name"] == PROJECT["project"]["name"]
    assert content["channels"] == ["conda-forge"]


def test_conda_gives_pip_no_folder_beside_hashes() -> None:
    """pip refuses the whole list: "cannot be installed when requiring hashes, because there is
    no single file to hash"."""
    content = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    (from_pip,) = [item["pip"] for item in content["dependencies"] if isinstance(item, dict)]
    assert any(pin.hashes for pin in PINS)
    assert not [text for text in from_pip if "-e " in text or text.startswith((".", "/", "file:"))]


@pytest.mark.parametrize(
    "name",
    [
        *("requirements.lock", "requirements-runtime.lock", "requirements-run.lock", ENGINES),
        *("pyproject.toml", "environment.yml", "Makefile"),
    ],
)
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?:|index-url|find-links|trusted-host", _without_refusals(text))


def _without_refusals(text: str) -> str:
    """`make lock` names the options that keep addresses out of the list."""
    return re.sub(r"--no-emit-(index-url|find-links)", "", text)


@pytest.mark.parametrize(
    "requirement", [*DECLARED, *EXTRAS, *OF_ENGINES], ids=lambda item: item.name
)
def test_every_dependency_has_its_reason(requirement: Requirement) -> None:
    page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("|")]
    named = {name.strip() for row in rows for name in row.replace("(extra)", "").split(",")}
    assert requirement.name in named


def test_no_reason_is_for_something_else() -> None:
    page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if re.match(r"\| (?!package)\w", line)]
    named = {name.strip() for row in rows for name in row.replace("(extra)", "").split(",")}
    declared = {item.name for item in (*DECLARED, *EXTRAS, *OF_ENGINES, *DEVELOPMENT)}
    assert named <= declared, named - declared


def test_the_version_is_said_once() -> None:
    text = (ROOT / "nhsind" / "version.py").read_text("utf-8")
    assert f'"{PROJECT["project"]["version"]}"' in text
