"""The file of sentences: what it says, which of its texts, and that no slip in it goes unseen."""

from __future__ import annotations

import ast

import pytest

from nhsind.narrative import templates
from nhsind.narrative.templates import Fact, Part, Said, fields_of, parts, say, slips
from tests.conftest import REPOSITORY


def test_the_first_text_whose_conditions_hold_is_said() -> None:
    goal = {"goal": "the plan of 90.0%"}
    assert say("standard", **goal, met=True, by="2 days") == "the plan of 90.0% was met by 2 days"
    assert say("standard", **goal, met=True, by="") == "the plan of 90.0% was met exactly"
    assert say("plan", **goal, way="12 more than") == "that is 12 more than the plan of 90.0%"
    assert say("beside") == ""


def test_a_fact_that_is_absent_has_no_words() -> None:
    assert say("comparison", rank="number 1") == "It is number 1."
    assert say("chart", of="", periods="24 months", latest="month").endswith("is within chance")


def test_a_fact_that_no_part_describes_is_a_slip() -> None:
    part = Part(
        "a", "b", {"met": Fact("it is met")}, (Said("{met} {gone}", ("no met", "no lost")),)
    )
    assert [(slip.path[-1], slip.value) for slip in slips({"x": part})] == [
        ("if", "lost"),
        ("text", "gone"),
    ]
    assert not list(slips(parts()))


@pytest.mark.parametrize("name", list(parts()))
def test_every_text_can_be_said_and_every_fact_is_used(name: str) -> None:
    """No text stands behind one that is said wherever it would be, and no fact is idle."""
    part = parts()[name]
    used = set()
    for place, said in enumerate(part.say):
        held = {each for each in said.conditions if not each.startswith("no ")}
        lacking = {each.removeprefix("no ") for each in said.conditions if each.startswith("no ")}
        used |= held | lacking | set(fields_of(said.text))
        for before in part.say[:place]:
            asked = {each for each in before.conditions if not each.startswith("no ")}
            assert len(asked) < len(before.conditions) or not asked <= held, (name, said.text)
    assert used == set(part.facts)


def test_every_part_is_said_somewhere() -> None:
    said = set()
    for path in (REPOSITORY / "nhsind" / "narrative").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in ("say", "said") and node.args:
                    said |= {each.value for each in node.args if isinstance(each, ast.Constant)}
    assert set(parts()) <= said
    assert templates.FILE.is_file()
