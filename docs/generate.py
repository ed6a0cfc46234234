"""Writes the generated pages of docs/: definitions, readings, specifications and schemas.

`python docs/generate.py` writes them; `--check` only says whether they are current. What each
reading changes in the sample takes minutes to derive, so it is kept in `readings.csv`:
`python docs/generate.py --readings` makes it anew, of all families or of those named.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

import nhsind as ind
from nhsind.definitions.cards import Card
from nhsind.definitions.catalogue import family_codes, load_family
from nhsind.definitions.examples import ExamplesFile
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Reading
from nhsind.definitions.indicators_file import IndicatorsFile
from nhsind.definitions.standards import Standard
from nhsind.definitions.tables_file import TablesFile
from nhsind.definitions.typed_files import fields_of
from nhsind.narrative import templates
from nhsind.report.plan_file import (
    ChartKind,
    FixedBaseline,
    Ghost,
    PlanFile,
    Publication,
    Recalculation,
)
from nhsind.sources.mapping_file import MappingContent

DOCS = Path(__file__).resolve().parent
SPECIFICATIONS = DOCS.parent / "tests" / "spec"
READINGS = DOCS / "readings.csv"
GENERATED = re.compile(r"(<!-- generated: readings -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[str, str]:
    """Every generated page by its name."""
    made = {"definitions.md": definitions(), "deviations.md": deviations()}
    for code in family_codes():
        made[f"specifications/{code}.md"] = specifications(load_family(code))
    made["schemas/indicators.json"] = schema("indicators.toml of a family", IndicatorsFile)
    made["schemas/tables.json"] = schema("tables.toml of a family", TablesFile)
    made["schemas/examples.json"] = schema("examples.toml of a family", ExamplesFile)
    made["schemas/plan.json"] = schema("a run plan", PlanFile)
    made["schemas/mapping.json"] = schema("mapping.toml of one's own data", MappingContent)
    made["plan-files.md"] = plan_files()
    made["sentences.md"] = sentences()
    return made


def schema(title: str, kind: Any) -> str:
    """The JSON Schema of a file, for editors: the types that the loader reads it with."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps(about | msgspec.json.schema(kind), ensure_ascii=False, indent=1) + "\n"


def plan_files() -> str:
    """Every key of a run plan, from the types that plans are read with."""
    parts = [
        "# Plan files",
        "A plan says what `nhsind run` publishes. It is a YAML file, read as text (`NO` and `1e3` "
        "are codes, not values), without tags and aliases, of at most 64 KiB; it is checked whole "
        "before anything runs, and every slip is named with its line. Editors that know JSON "
        "Schema check it while it is written: [schemas/plan.json](schemas/plan.json), for example "
        "by a first line `# yaml-language-server: $schema=...`. This page is generated from "
        "`nhsind/report/plan_file.py` by `make docs`.",
        _table(("Key", "What it says", "Examples"), _keys(PlanFile)),
        "## The block `publication`",
        Publication.__doc__ or "",
        _table(("Key", "What it says", "Examples"), _keys(Publication)),
        "## Control charts: `recalculate`, `baseline`, `ghost` and `control_chart`",
        "Each is a block, or a list of blocks, and each asks for its reason, which stands under "
        "every chart and in the sentences. A recalculation or ghost outside the periods of a chart "
        "changes nothing in it.",
        _table(
            ("Key", "What it says", "Examples"),
            [
                (f"`{name}`: {key}", *rest)
                for name, kind in (
                    ("recalculate", Recalculation),
                    ("baseline", FixedBaseline),
                    ("ghost", Ghost),
                    ("control_chart", ChartKind),
                )
                for key, *rest in _keys(kind)
            ],
        ),
        "A whole plan stands in [parameters/sample.yaml](../parameters/sample.yaml).",
    ]
    return _page(parts)


def sentences() -> str:
    """Every sentence, when it is said, and an example made of the words that its facts may have."""
    parts = [
        "# Sentences",
        "Every sentence that a page, a notebook or `ind.interpret` may say of a line, in the order "
        "in which they are told: at most five of a line (its value; standard and plan; the change; "
        "the comparison; the control chart, or the trend of years). They stand in "
        "[nhsind/narrative/sentences.toml](../nhsind/narrative/sentences.toml), where their words "
        "can be edited without programming; of a part the first text is said of which all "
        "conditions hold. This page is generated from that file by `make docs`.",
    ]
    for part in templates.parts().values():
        words = {name: fact.words for name, fact in part.facts.items()}
        rows = [
            (_conditions(part, said), said.text.format_map(words | said.example))
            for said in part.say
        ]
        parts += [f"## {part.title}", part.about, _table(("Said where", "For example"), rows)]
    return _page(parts)


def _conditions(part: templates.Part, said: templates.Said) -> str:
    words = []
    for each in said.conditions:
        fact = part.facts[each.removeprefix(templates.NOT)]
        is_told = bool(fact.words)
        if each.startswith(templates.NOT):
            words.append(f"not: {fact.meaning}")
        else:
            words.append(f"there is: {fact.meaning}" if is_told else fact.meaning)
    return "; ".join(words) or "else"


def _keys(kind: type[msgspec.Struct]) -> list[tuple[str, ...]]:
    rows = []
    for name, (field, hint) in fields_of(kind).items():
        (about,) = (each for each in hint.__metadata__ if each.extra_json_schema)
        examples = "; ".join(f"`{name}: {_as_yaml(each)}`" for each in about.examples or ())
        needed = " **Needed.**" if field.required else ""
        rows.append((f"`{name}`", about.extra_json_schema["description"] + needed, examples))
    return rows


def _as_yaml(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def definitions() -> str:
    """Every line of every family, as a commissioner reads it."""
    families = [load_family(code) for code in family_codes()]
    parts = [
        "# Definitions",
        "Generated from `nhsind/families/*/indicators.toml` and the clauses of `rules.py` by "
        "`make docs`; edit those, not this page.",
        _table(
            ("Line", "Title", "Kind", "Frequency", "Standard"),
            [
                (line.code, line.title, line.kind, line.frequency, _words(line.standards) or "none")
                for family in families
                for line in family.indicators.values()
            ],
        ),
    ]
    for family in families:
        parts += _family(family)
    return _page(parts)


def deviations() -> str:
    """The page of readings: the tables of the families between its hand-written parts."""
    parts = []
    effects = _effects()
    for code in family_codes():
        family = load_family(code)
        if family.readings:
            headings = ("Reading", "Question", "nhsind", "What it changes", "Otherwise")
            rows = [
                (
                    _name(item),
                    item.question,
                    item.reading,
                    " ".join([item.changes, *effects.get((code, item.code), [])]),
                    _otherwise(item),
                )
                for item in family.readings
            ]
            parts += [f"### {family.title}", _table(headings, rows)]
    text = (DOCS / "deviations.md").read_text("utf-8")
    return GENERATED.sub(lambda found: f"{found[1]}\n{_page(parts)}\n{found[2]}", text)


def _otherwise(item: Reading) -> str:
    """How to choose otherwise: each choice as a command takes it, and what else can be done."""
    choices = [
        f"`--reading {item.code}={choice.name}`: {choice.reading}"
        for choice in item.choices.values()
    ]
    return " ".join([*choices, item.otherwise]).strip()


def _effects() -> dict[tuple[str, str], list[str]]:
    """By family and reading, what each choice changes in the sample, in words."""
    effects: dict[tuple[str, str], list[str]] = {}
    with READINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    choices: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in rows:
        choices.setdefault((row["family"], row["reading"], row["choice"]), []).append(row)
    for (family, reading, choice), of_choice in choices.items():
        words = [_effect(row) for row in of_choice]
        told = [text for text in words if text] or ["nothing"]
        text = f"In the sample, {choice}: {'; '.join(told)}."
        effects.setdefault((family, reading), []).append(text)
    return effects


def _effect(row: dict[str, str]) -> str:
    """`E.H.9_2A 2017-18: 427,628 to 428,840, 1,212 units change, 1 verdict turns`."""
    units, verdicts = int(row["units"]), int(row["verdicts"])
    if not units and not verdicts and not float(row["difference"]):
        return ""
    now, then = (_value(row, name) for name in ("value", "value_then"))
    said = [f"{now} to {then}" if now != then else f"{now} in both"]
    if units:
        said.append(f"{units:,} {'unit changes' if units == 1 else 'units change'}")
    if verdicts:
        said.append(f"{verdicts:,} {'verdict turns' if verdicts == 1 else 'verdicts turn'}")
    return f"{row['indicator']} {row['period']}: {', '.join(said)}"


def _value(row: dict[str, str], name: str) -> str:
    value = float(row[name])
    if row["unit"] in ("proportion", "ratio"):
        return f"{100 * value:.2f}%"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def readings_on_the_sample(codes: list[str]) -> None:
    """Derive what each choice of these families changes in the sample, and keep it."""
    columns = (
        "family reading choice indicator period value value_then difference unit units verdicts"
    )
    places = {code: place for place, code in enumerate(family_codes())}
    for code in codes:
        print(code, file=sys.stderr)
        found = ind.compare_readings(code).drop(columns="says").to_dict("records")
        rows = [
            {"family": code} | {str(key): str(cell) for key, cell in row.items()} for row in found
        ]
        if READINGS.is_file():
            with READINGS.open(encoding="utf-8", newline="") as file:
                rows += [row for row in csv.DictReader(file) if row["family"] != code]
        rows.sort(key=lambda row: places[row["family"]])
        with READINGS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns.split(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def specifications(family: Family) -> str:
    """The family's specification: small tables of records in and answers out."""
    sys.path.insert(0, str(SPECIFICATIONS))
    from spec import specs_of  # type: ignore[import-not-found]

    parts = [
        f"# {family.title}: the specification by example",
        "Generated from `tests/spec` by `make docs`; each example is also a test. Given these "
        "records in this period, this is what becomes of each, and these are the figures. An "
        "empty cell is a missing value.",
    ]
    for line in family.indicators:
        parts.append(f"## {line}")
        for item in specs_of(family.code):
            if item.indicator == line:
                parts += [f"### {item.title}", f"{item.sentence} Period: {item.period}."]
                for name, rows in item.records.items():
                    parts += [f"Records of `{name}`:", _rows(rows)]
                if item.units:
                    parts += ["What becomes of each unit:", _rows(item.units)]
                parts += ["Figures:", _rows(item.answers)]
    return _page(parts)


def _family(family: Family) -> list[str]:
    parts = [f"## {family.title}", " ".join(family.about.split())]
    for line in family.indicators.values():
        content = Card(line, family).content
        parts.append(f"### {line.code} {line.title}")
        parts.append(f"> {content['sentence']}\n>\n> {content['source']}")
        rows = [
            ("Numerator", content["numerator"]),
            ("Denominator", content["denominator"] or "none: the line is a count"),
            ("Period", line.period_rule_in_words),
            ("Frequency, level", f"{line.frequency}, {family.level.upper()}"),
            ("Standard", _words(row for row in line.standards if row.kind == "standard") or "none"),
            ("Direction", line.polarity),
            ("Data source", line.data_source),
            ("Input tables", ", ".join(f"`{name}`" for name in content["input_tables"])),
            ("Why it matters", content["rationale"]),
        ]
        if aims := _words(row for row in line.standards if row.kind != "standard"):
            rows.insert(5, ("Aims without a verdict", aims))
        parts.append(_table(("", ""), rows))
        rules = [(row["part"], f"`{row['name']}`", row["says"]) for row in content["rules"]]
        parts.append(_table(("Part", "Rule", "What it says"), rules))
        if line.readings:
            readings = [(_name(item), item.question, item.reading) for item in line.readings]
            parts.append(_table(("Reading", "Question", "Answer"), readings))
    if family.disclosure:
        reason = " ".join(family.disclosure.reason.split())
        parts.append(
            f"**Disclosure.** Rule: {family.disclosure.rule}. {reason} Source: "
            f"{family.disclosure.source}. Checked on {family.disclosure.checked_on}."
        )
    return parts


def _words(standards: Iterable[Standard]) -> str:
    return "; ".join(row.words for row in standards)


def _name(reading: Reading) -> str:
    return reading.code.replace("_", " ")


def _rows(rows: list[dict[str, Any]]) -> str:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    cells = [tuple(str(row.get(name) or "") for name in headings) for row in rows]
    return _table(tuple(headings), cells)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += [
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join(lines)


def _page(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the pages, or with `--check` name those that are not current."""
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if not path.is_file() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, "utf-8")
    for name in stale:
        print(f"{name}: {'is not current' if '--check' in sys.argv else 'written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    if "--readings" in sys.argv:
        readings_on_the_sample(sys.argv[2:] or family_codes())
    sys.exit(main())
