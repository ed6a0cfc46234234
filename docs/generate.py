"""Writes the generated pages of docs/: definitions.md, from the families' TOML and clauses.

`python docs/generate.py` writes them; `--check` only says whether they are current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from nhsind.cards import Card
from nhsind.definition import Family, family_codes, load_family

DOCS = Path(__file__).resolve().parent


def definitions() -> str:
    """Every line of every family, as a commissioner reads it."""
    parts = [
        "# Definitions",
        "Generated from `nhsind/families/*/indicators.toml` and the clauses of `rules.py` by "
        "`make docs`; edit those, not this page.",
    ]
    for code in family_codes():
        parts += _family(load_family(code))
    return "\n\n".join(parts) + "\n"


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
            ("Standard", "; ".join(row.words for row in line.standards) or "none"),
            ("Direction", line.polarity),
            ("Data source", line.data_source),
            ("Why it matters", content["rationale"]),
        ]
        parts.append(_table(("", ""), rows))
        rules = [(row["part"], f"`{row['name']}`", row["says"]) for row in content["rules"]]
        parts.append(_table(("Part", "Rule", "What it says"), rules))
        if line.readings:
            readings = [(item.code, item.question, item.reading) for item in line.readings]
            parts.append(_table(("Reading", "Question", "Answer"), readings))
    if family.disclosure:
        reason = " ".join(family.disclosure.reason.split())
        parts.append(
            f"**Disclosure.** Rule: {family.disclosure.rule}. {reason} Source: "
            f"{family.disclosure.source}. Checked on {family.disclosure.checked_on}."
        )
    return parts


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


PAGES = {"definitions.md": definitions}


def main() -> int:
    """Write the pages, or with `--check` name those that are not current."""
    stale = []
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        if not path.is_file() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    for name in stale:
        print(f"{name}: {'is not current' if '--check' in sys.argv else 'written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
