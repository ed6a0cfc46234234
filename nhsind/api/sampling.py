"""A sample to try everything on; apart from the reports, whose tools take seconds to import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nhsind.synthetic.data_set as synthetic
from nhsind.arguments import checked


@checked
def sample(
    folder: str | Path,
    seed: int | None = None,
    *,
    ccgs: int | None = None,
    months: int | None = None,
    scale: float = 1.0,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write the synthetic data set to a new folder: every family, every table.

    Parameters
    ----------
    folder
        Must be new or empty.
    seed
        Another seed gives other records; the same gives the same bytes.
    ccgs
        How many commissioners.
    months
        How many months, up to the sample's last.
    scale
        How many times the default number of records.
    progress
        Called with what is being written.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UsageError
        Numbers that make no data set, or a folder that holds something.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     records = sample(Path(folder) / "records", ccgs=4, months=3, scale=0.1)
    ...     sorted(path.name for path in records.iterdir())[:4]
    ['ae', 'ambulance', 'cancer', 'cart']
    """
    return synthetic.write_sample(
        Path(folder),
        seed if seed is not None else synthetic.DEFAULT_SEED,
        ccgs=ccgs if ccgs is not None else synthetic.DEFAULT_CCGS,
        months=months if months is not None else synthetic.DEFAULT_MONTHS,
        scale=scale,
        progress=progress,
    )
