"""The definition of an indicator as a person reads it: text, HTML card, JSON."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from nhsind.definitions.catalogue import family_of, find
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.standards import Standard

LEFT = "text-align: left; vertical-align: top; white-space: normal"
POLARITY_WORDS = {
    "higher": "Higher is better.",
    "lower": "Lower is better.",
    "lower growth": "Lower growth is better.",
    "neutral": "Neither high nor low is better.",
    "activity": "Activity: compared with the plan, neither high nor low is better.",
    "monitor": "Monitored locally, without a standard.",
}


@dataclass(frozen=True)
class Card:
    """A definition: prints as text, shows as a card in JupyterLab, `content` is plain data."""

    indicator: Indicator
    family: Family

    @property
    def content(self) -> dict[str, Any]:
        """The whole definition as plain data, as `define --format json` prints it."""
        line, family = self.indicator, self.family
        return {
            "code": line.code,
            "family": line.family,
            "title": line.title,
            **({"variant": line.variant_words} if line.differs else {}),
            "sentence": " ".join(line.sentence.split()),
            "source": f"{family.document}, {line.place_in_document}",
            "kind": line.kind,
            "unit": line.unit,
            "numerator": line.numerator_in_words,
            "denominator": line.denominator_in_words,
            "rules": self._rules(),
            "period_rule": f"{line.period_rule}: {line.period_rule_in_words}",
            "frequency": line.frequency,
            "level": family.level,
            "polarity": line.polarity,
            "standards": [
                {
                    "operator": row.operator,
                    "value": row.value,
                    "per": row.per,
                    "from": str(row.first) if row.first else None,
                    "to": str(row.last) if row.last else None,
                    "level": row.level,
                    "kind": row.kind,
                    "note": row.note,
                }
                for row in line.standards
            ],
            "readings": [
                {
                    "code": item.code,
                    "question": item.question,
                    "reading": item.reading,
                    "changes": item.changes,
                    "otherwise": item.otherwise,
                }
                for item in line.readings
            ],
            "disclosure": None
            if family.disclosure is None
            else {
                "rule": family.disclosure.rule,
                "reason": " ".join(family.disclosure.reason.split()),
                "source": family.disclosure.source,
                "checked_on": family.disclosure.checked_on,
            },
            "data_source": line.data_source,
            "rationale": " ".join(line.rationale.split()),
            "input_tables": {
                name: [
                    column.name
                    for column in family.tables[name].columns.values()
                    if not column.optional or column.name in line.needs_columns.get(name, ())
                ]
                for name in family.tables_of(line)
            },
            "version": line.version,
            "reviewed": line.reviewed,
        }

    def _rules(self) -> list[dict[str, str]]:
        line, family = self.indicator, self.family
        parts = [("left out", line.faults), ("numerator", line.numerator.clauses)]
        if line.denominator:
            parts.insert(1, ("denominator", line.denominator.clauses))
        return [
            {"part": part, "name": name, "says": family.words(name, line.limits)}
            for part, names in parts
            for name in names
        ]

    def _sections(self) -> list[tuple[str, list[str]]]:
        content, line = self.content, self.indicator
        sections = [
            *([("A variant of " + line.variant_of, list(line.differs))] if line.differs else []),
            ("The source says", [content["sentence"]]),
            ("Numerator", [line.numerator_in_words]),
        ]
        if line.denominator_in_words:
            sections.append(("Denominator", [line.denominator_in_words]))
        rules = [f"{row['part']}: {row['name']}. {row['says']}" for row in content["rules"]]
        tested = [_with_note(row) for row in line.standards if row.kind == "standard"]
        aims = [_with_note(row) for row in line.standards if row.kind != "standard"]
        readings = [f"{item.code}. {item.question} {item.reading}" for item in line.readings]
        tables = [
            f"{line.family}/{name}: {', '.join(columns)}"
            for name, columns in content["input_tables"].items()
        ]
        sections += [
            ("Rules, in order", rules),
            ("Period", [line.period_rule_in_words, f"Frequency: {line.frequency}."]),
            ("Standard", tested or ["None."]),
            *([("Aims without a verdict", aims)] if aims else []),
            ("Direction", [POLARITY_WORDS[line.polarity]]),
            ("Why it matters", [content["rationale"]]),
            ("Readings of ambiguous text", readings or ["None needed."]),
            ("Data source", [line.data_source]),
            ("Input tables", tables),
        ]
        if self.family.disclosure:
            sections.append(("Disclosure", [content["disclosure"]["reason"]]))
        sections.append(
            ("Source", [content["source"], f"Version {line.version}, reviewed {line.reviewed}."])
        )
        return sections

    def __str__(self) -> str:
        lines = [f"{self.indicator.code}  {self.indicator.title}", ""]
        for heading, texts in self._sections():
            lines.append(heading)
            lines += [f"  {text}" for text in texts]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # Alignment stands on the cells: JupyterLab would set tables to the right.
        rows = "".join(
            f"<tr><th scope='row' style='{LEFT}'>{escape(heading)}</th>"
            f"<td style='{LEFT}'>{'<br>'.join(escape(text) for text in texts)}</td></tr>"
            for heading, texts in self._sections()
        )
        title = f"{escape(self.indicator.code)} {escape(self.indicator.title)}"
        return (
            f"<div class='nhsind-card'><table><caption style='{LEFT}'>{title}</caption>"
            f"<tbody>{rows}</tbody></table></div>"
        )

    @property
    def html(self) -> str:
        """The card as an HTML fragment."""
        return self._repr_html_()


def define(code: str | Indicator) -> Card:
    """The definition of a line or a variant: a card in JupyterLab, text when printed.

    Raises UsageError for an unknown code, naming the nearest.
    """
    indicator = find(code)
    return Card(indicator, family_of(indicator))


def _with_note(row: Standard) -> str:
    return row.words + (f". {row.note}" if row.note else "")
