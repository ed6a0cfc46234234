"""What a door was given to read: the user's own data, or nothing, which is the embedded sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nhsind.periods import Period
from nhsind.sources.inputs import Data
from nhsind.synthetic.data_set import sample_folder
from nhsind.synthetic.world import LAST_MONTH

SAMPLE_IN_WORDS = "The synthetic sample of nhsind: invented organisations and records"


@dataclass(frozen=True)
class Given:
    """Data to read; `described_as` is what pages say of the sample, None of the user's own data.

    `last_month`: that of the sample; the user's own data are asked for theirs.
    """

    data: Data
    described_as: str | None = None
    last_month: Period | None = None

    @property
    def is_sample(self) -> bool:
        """Whether these are the invented data, of which everything may be shown."""
        return self.described_as is not None


SAMPLE = "sample"


def _is_sample(data: Data) -> bool:
    """Whether the embedded sample is named; a folder of that name goes before it."""
    one = data[0] if isinstance(data, list | tuple) and len(data) == 1 else data
    return isinstance(one, str | Path) and str(one) == SAMPLE and not Path(SAMPLE).exists()


def given(data: Data | None) -> Given:
    """The data, or the embedded sample (made on first use) where none are given, or it is named."""
    if data is not None and not _is_sample(data):
        return Given(data)
    return Given(sample_folder(), SAMPLE_IN_WORDS, LAST_MONTH)
