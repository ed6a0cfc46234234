"""The sheets of text of a workbook: the cover, and the notes on the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from gptables import Cover, GPTable

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family
from nhsind.definitions.indicators import Indicator
from nhsind.definitions.statuses import WITHHELD, Mark, mark_notes
from nhsind.narrative import wording
from nhsind.release.policies import rule_words
from nhsind.release.results import Results, provenance
from nhsind.report.page import publication_block
from nhsind.report.workbook_cells import Cells, made_table, plain, plain_texts

ONE_TABLE = "This worksheet contains one table."


@dataclass(frozen=True)
class Note:
    """A note, and the lines it is about: none is all."""

    text: str
    about: tuple[str, ...] = ()

    @property
    def is_general(self) -> bool:
        """Whether the note is about every line."""
        return not self.about


def cover(
    title: str,
    family: Family,
    publication: Mapping[str, str],
    *,
    holds: Iterable[str],
    about: Iterable[str],
    beside: str = "",
) -> Cover:
    """The first sheet: what the figures are, where they come from, whom to ask.

    `holds`: what is in the workbook; `about`: what else must be known of the figures; `beside`:
    what the table beside it has more than the workbook.
    """
    block = dict(publication_block(dict(publication)))
    contact = block.pop("Contact", "none given")
    return Cover(
        plain(title),
        intro=plain_texts([*holds, *(f"{name}: {words}" for name, words in block.items())]),
        about=plain_texts(
            [
                family.about,
                f"The definitions are those of: {family.document}.",
                *about,
                f"The same figures{beside}, with every digit that was released and one row for "
                "each, are in the CSV file beside this one; data-dictionary.csv explains its "
                "columns.",
            ]
        ),
        contact=plain_texts([contact]),
    )


def cover_of(found: Results, explore: bool) -> Cover:
    """The cover of the figures of a family and period."""
    warning = ["NOT FOR PUBLICATION: these figures are exploratory and have not been released."]
    policy = found.figures.policy
    return cover(
        f"{found.family.title}, {found.period.words}",
        found.family,
        found.publication,
        holds=[
            *(warning if explore else []),
            "All organisations and England, one worksheet for each indicator.",
        ],
        about=[
            f"Where the figures come from: {found.source}.",
            _disclosure_words(policy),
            f"In place of a number may stand {wording.listed(_marks(policy))}; the worksheet "
            "Notes says what each means.",
        ],
    )


def _marks(policy: Disclosure) -> list[str]:
    """What may stand in place of a number under a policy."""
    return [*Mark, *([WITHHELD] if policy.rule == "suppress" else [])]


def _disclosure_words(policy: Disclosure) -> str:
    """What is done so that nobody can be recognised in the figures, and on whose word."""
    reason = " ".join(policy.reason.split())
    source = f" Source: {policy.source}." if policy.source else ""
    if policy.rule != "suppress":
        return f"Disclosure control: counts are neither suppressed nor rounded. {reason}{source}"
    return f"Disclosure control: {rule_words(policy)} {reason}{source}"


def notes_of(found: Results, lines: list[Indicator]) -> list[Note]:
    """What a reader must know of the figures, general things first."""
    texts = [*mark_notes(_marks(found.figures.policy))]
    texts += [
        "Numbers are shown rounded half up to one decimal place, counts as they were released. "
        "Whether a standard or plan is met is decided before rounding: 94.96% is shown as 95.0% "
        "and does not meet a standard of 95%.",
        "95% intervals are Wilson's for a proportion, Student's for a mean and Poisson's for the "
        "numerator of a count, rate or ratio. Organisations whose intervals overlap may differ by "
        "chance alone.",
        _disclosure_words(found.figures.policy),
        *(
            f"{name}: {words}."
            for name, words in provenance(found).items()
            if name in ("Data", "Definitions", "Derived by")
        ),
    ]
    notes = [Note(text) for text in texts]
    for reading in found.family.readings:
        about = tuple(line.code for line in lines if reading in line.readings)
        if about:
            words = (
                f"Reading {reading.code.replace('_', ' ')}: {reading.question} {reading.reading}"
            )
            changes = f" What the choice changes: {reading.changes}" if reading.changes else ""
            notes.append(Note((words + changes).replace("`", ""), about))
    return notes


def notes_table(notes: list[Note]) -> GPTable:
    """The notes, numbered, with the lines that each is about."""
    cells: Cells = {
        "Note": [f"note {number}" for number in range(1, len(notes) + 1)],
        "Applies to": [", ".join(note.about) or "all indicators" for note in notes],
        "Note text": [note.text for note in notes],
    }
    return made_table("notes", "Notes on the figures", instructions=ONE_TABLE, cells=cells)


def notes_words(notes: list[Note], code: str) -> str:
    """`Notes 1 to 9, 12 and 14`: the general ones and those of a line."""
    numbers = [n for n, note in enumerate(notes, 1) if note.is_general or code in note.about]
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), lambda item: item[1] - item[0])
    ]
    words = [f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return f"Notes {wording.listed(words)}"
