"""The schemas for editors take every family's files, and refuse what the loader refuses."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from nhsind.definitions.catalogue import family_codes

ROOT = Path(__file__).resolve().parents[3]
KINDS = ("indicators", "tables")


def schema(kind: str) -> Any:
    return json.loads((ROOT / "docs" / "schemas" / f"{kind}.json").read_text("utf-8"))


def content(family: str, kind: str) -> dict[str, Any]:
    path = ROOT / "nhsind" / "families" / family / f"{kind}.toml"
    return tomllib.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("family", family_codes())
def test_every_family_is_as_the_schema_has_it(family: str, kind: str) -> None:
    jsonschema.validate(content(family, kind), schema(kind))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("operator", "=>"),
        ("kind", "standrad"),
        ("per", "week"),
        ("value", "0,92"),
        ("operater", ">="),
    ],
)
def test_a_slip_of_a_standard_is_refused(key: str, value: str) -> None:
    spoilt = copy.deepcopy(content("rtt", "indicators"))
    spoilt["indicators"]["E.B.3"]["standards"][0][key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, schema("indicators"))


@pytest.mark.parametrize(
    ("key", "value"), [("period_rule", "snapshott"), ("limits", {"a": "126 days"})]
)
def test_a_slip_of_a_line_is_refused(key: str, value: object) -> None:
    spoilt = copy.deepcopy(content("rtt", "indicators"))
    spoilt["indicators"]["E.B.3"][key] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, schema("indicators"))


PLAN = yaml.safe_load((ROOT / "parameters" / "sample.yaml").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "parameters").glob("*.yaml")))
def test_every_plan_is_as_the_schema_has_it(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema("plan"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("famly", "rtt"),
        ("level", "county"),
        ("mode", "draft"),
        ("history", -1),
        ("history", "many"),
        ("tolerance", 2),
        ("organisations", ["../x"]),
        ("publication", {"titel": "A title"}),
    ],
)
def test_a_slip_of_a_plan_is_refused(key: str, value: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(PLAN | {key: value}, schema("plan"))


def test_every_example_of_a_plan_is_one() -> None:
    for name, key in schema("plan")["$defs"]["PlanFile"]["properties"].items():
        for example in key.get("examples", []):
            jsonschema.validate(PLAN | {name: example}, schema("plan"))
