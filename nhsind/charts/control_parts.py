"""What a control chart is drawn and told from: its scale, aims, verdicts and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isnan

from nhsind.charts.icons import SIZE, Icon
from nhsind.charts.lettering import fit
from nhsind.charts.style import WIDTH
from nhsind.statistics.control_chart import ControlChart

# Where the words of a verdict begin, beside its icon.
BESIDE_ICON = SIZE + 8


@dataclass(frozen=True)
class Scale:
    """How the numbers of a chart are drawn and told.

    `factor`: what values are multiplied by to be drawn; `words`: a mean, limit or aim in words,
    `bare` without the unit, which the axis says.
    """

    unit: str
    words: Callable[[float], str]
    bare: Callable[[float], str]
    factor: float = 1.0
    is_percentage: bool = False
    whole: bool = False


@dataclass(frozen=True)
class ChartAim:
    """What the values are held against: a target, plan or trajectory, a number per point.

    `values` are as they are drawn, `told` the same in words (empty where there is none); `words`
    stand at the right end of the line.
    """

    name: str
    values: Sequence[float | None]
    told: Sequence[str]
    words: str


@dataclass(frozen=True)
class VerdictLine:
    """A sentence under the plot, and the icon beside it."""

    words: str
    icon: Icon | None = None

    @property
    def shown(self) -> str:
        """The words as there is room for them."""
        return fit(self.words, WIDTH - BESIDE_ICON, bold=self.icon is not None)


def below(verdicts: Sequence[VerdictLine]) -> tuple[tuple[str, str], ...]:
    """Icons and words, as a page has them below the drawing."""
    return tuple((each.icon.svg if each.icon else "", each.words) for each in verdicts)


@dataclass(frozen=True)
class Control:
    """A control chart with what is drawn and told of it besides.

    `short`, `names`: of each point for the axis and for sentences; `told`: its value in words.
    `aims`: the target first.
    `notes`: words that stand over a point.
    """

    chart: ControlChart
    short: Sequence[str]
    names: Sequence[str]
    told: Sequence[str]
    scale: Scale
    aims: Sequence[ChartAim] = ()
    notes: Mapping[int, str] = field(default_factory=dict)

    def drawn(self, values: Iterable[float]) -> list[float | None]:
        """Values or limits as they are drawn: none where there is none, or no value could be."""
        times = self.scale.factor
        known = self.chart.given[~(self.chart.given != self.chart.given)]
        lowest = 0.0 if known.size and known.min() >= 0 else -inf
        highest = 100.0 if self.scale.is_percentage else inf
        return [
            None if isnan(value) or not lowest <= times * value <= highest else times * float(value)
            for value in values
        ]
