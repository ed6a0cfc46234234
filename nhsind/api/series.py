"""Control charts of any series: what is special about it, and its picture."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

from nhsind.errors import UsageError
from nhsind.statistics import shewhart
from nhsind.statistics.control_chart import ControlChart

if TYPE_CHECKING:
    from nhsind.charts import Chart
    from nhsind.charts.icons import Icon

P = ParamSpec("P")


class SeriesControlChart(ControlChart):
    """A control chart that can be drawn; in a notebook it is its picture."""

    def chart(
        self,
        path: str | Path | None = None,
        *,
        title: str = "",
        unit: str = "",
        percent: bool = False,
        lines: Mapping[str, Any] | None = None,
        annotations: Mapping[Any, str] | None = None,
    ) -> Chart:
        """The picture: values, mean, limits, special causes, target, and icons with their words.

        Parameters
        ----------
        path
            A file to write as well, ending in .svg or .png.
        title
            What is charted, in words.
        unit
            What its numbers are, above the axis.
        percent
            The numbers are shares: 0.92 is drawn as 92%.
        lines
            Further lines by name, such as a plan or trajectory: a number, or one per point.
        annotations
            Words over points, by label or position.

        Returns
        -------
        Chart
            With `svg`, `png`, `alt` (its description), `caption` and `table`.

        Raises
        ------
        UsageError
            Another ending, a line that does not fit the points, an annotation at no point.

        Examples
        --------
        >>> made = spc([31, 30, 33, 29, 30, 34, 31, 30, 32, 29, 31, 33, 30, 32, 31, 45], target=35)
        >>> made.chart(title="Waits").caption.partition(".")[0]
        'Control chart of Waits, point 0 to point 15'
        """
        from nhsind.charts.series import series_chart

        ending = Path(path).suffix.lower() if path is not None else ""
        if path is not None and ending not in (".svg", ".png"):
            raise UsageError(f"{path} has an unknown ending. Allowed: .svg, .png")
        found = series_chart(
            self, title=title, unit=unit, percent=percent, lines=lines, annotations=annotations
        )
        if path is not None:
            if not found.svg:
                raise UsageError(f"there is nothing to draw. {found.alt}")
            content = getattr(found, "png", b"") if ending == ".png" else _svg_file(found.svg)
            try:
                Path(path).write_bytes(content)
            except OSError as error:
                raise UsageError(f"{path} cannot be written: {error.strerror}") from error
        return found

    @property
    def icon(self) -> Icon | None:
        """The icon of the latest point's variation; None without limits."""
        from nhsind.charts.icons import variation_icon

        return variation_icon(self.variation, self.direction) if self.variation else None

    @property
    def assurance_icon(self) -> Icon | None:
        """The icon of the target against the limits; None without either."""
        from nhsind.charts.icons import assurance_icon

        return assurance_icon(self.assurance) if self.assurance else None

    def _repr_html_(self) -> str:
        return self.chart()._repr_html_()


def _drawable(make: Callable[P, ControlChart]) -> Callable[P, SeriesControlChart]:
    """The function, whose charts can then be drawn."""

    @functools.wraps(make)
    def drawable(*args: P.args, **kwargs: P.kwargs) -> SeriesControlChart:
        made = make(*args, **kwargs)
        return SeriesControlChart(**{each.name: getattr(made, each.name) for each in fields(made)})

    return drawable


spc = _drawable(shewhart.spc)
p_chart = _drawable(shewhart.p_chart)


def _svg_file(svg: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n'.encode()
