"""From the SVG that matplotlib writes to the element that a page holds.

A page holds many charts, and nothing in one may touch another: matplotlib's style sheet for every
element of the page goes, and the identifiers of marks become the chart's own. What a browser
would repeat for itself goes too, which leaves a third of the bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from hashlib import blake2s
from html import escape
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from nhsind.charts.lettering import LINE_HEIGHT, TEXT_SIZE, width_of, wrap
from nhsind.charts.style import TEXT, WIDTH

FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
# Each is None, or matplotlib would write it, some with a date.
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
PIECE = re.compile(r"<(/?)([\w:]+)([^>]*?)(/?)>([^<]*)")
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
LONG = re.compile(r"-?\d+\.\d{3,}")
# What the whole drawing has, and what says nothing.
SAID = {
    ("font-size", f"{TEXT_SIZE:g}px"),
    ("fill", TEXT.lower()),
    ("stroke-linejoin", "round"),
    ("stroke-dashoffset", "0"),
    ("text-anchor", "start"),
}
TICK = re.compile(r"([xy])tick_\d+")
# All that is drawn is inside the axes, or outside on purpose.
CLIPPED = re.compile(r"<defs>\s*<clipPath.*?</defs>", re.DOTALL)
# Of Arial at the size of all texts, in pixels.
CAPITALS, HANGING = 0.72 * TEXT_SIZE, 0.21 * TEXT_SIZE
# What a drawing has of which only the first pixels are shown.
CROP = re.compile(
    r' style="height: auto; aspect-ratio: [\d.]+ / [\d.]+" preserveAspectRatio="xMidYMin slice" '
)
# Stands in identifiers for the chart they are in, until `finish`.
OWN = "@"


class Renderer(RendererSVG):
    """matplotlib's writer of SVG, which takes the room of a text from `lettering`.

    It would lay out each text in a font that no page shows, which takes a third of its time, and
    warn of the letters that the font lacks.
    """

    def get_text_width_height_descent(
        self, s: str, prop: Any, ismath: Any
    ) -> tuple[float, float, float]:
        """The room of a text in a line, of capitals and what hangs below it."""
        return width_of(s), CAPITALS + HANGING, HANGING


def body(figure: Figure) -> str:
    """All that matplotlib draws of the figure; a group has the name that an artist was given."""
    written = io.StringIO()
    wide, high = 72 * figure.get_size_inches()
    renderer = Renderer(wide, high, written, metadata=NO_METADATA)  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    renderer.finalize()  # type: ignore[no-untyped-call]
    # The first definitions are matplotlib's style sheet.
    _, _, drawn = written.getvalue().partition("</defs>")
    drawn = CLIPPED.sub("", drawn.rpartition("</svg>")[0])
    return _hoisted("".join(_pieces(drawn)))


def finish(drawn: str, height: float, alt: str) -> str:
    """The drawing as an SVG element, described."""
    size = f"{number(WIDTH)} {number(height)}"
    own = blake2s((drawn + alt).encode("utf-8"), digest_size=4).hexdigest()
    # Texts have no quotation marks, so only identifiers are met.
    drawn = drawn.replace(f'id="{OWN}', f'id="c{own}-').replace(f'href="#{OWN}', f'href="#c{own}-')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {size}" width="{number(WIDTH)}" height="{number(height)}" '
        f'font-family="{FONTS}" font-size="{number(TEXT_SIZE)}" fill="{TEXT}" '
        f'stroke-linejoin="round">{drawn}</svg>'
    )


def cropped(svg: str, height: float) -> str:
    """A finished drawing of which a page shows the first `height` pixels; `whole` undoes it."""
    return svg.replace(" ", _crop(number(height)), 1)


def whole(svg: str) -> str:
    """A drawing as it was finished."""
    return CROP.sub(" ", svg, count=1)


def noted(svg: str, words: str, described: tuple[str, str]) -> str:
    """A finished drawing with words below it; `described`: its description, and the new one.

    What is drawn stays where it is; the drawing grows by the lines that the words take.
    """
    if not svg:
        return svg
    lines = wrap(words, WIDTH, 3)
    was, now = (f'aria-label="{escape(text)}"' for text in described)
    head, _, drawn = svg.replace(was, now, 1).partition(">")
    high = float(head.partition(' height="')[2].partition('"')[0])
    higher = high + len(lines) * LINE_HEIGHT
    head = head.replace(f' {number(high)}" width=', f' {number(higher)}" width=', 1)
    head = head.replace(f' height="{number(high)}"', f' height="{number(higher)}"', 1)
    texts = "".join(
        f'<text y="{number(high + (nth + 0.75) * LINE_HEIGHT)}">{escape(line)}</text>'
        for nth, line in enumerate(lines)
    )
    edges = f"M 0 {number(high)} H {number(WIDTH)} V {number(higher)} H 0 z"
    ground = f'<path d="{edges}" fill="#fff"/>'
    return f"{head}>{drawn.removesuffix('</svg>')}{ground}{texts}</svg>"


def _crop(height: str) -> str:
    ratio = f"aspect-ratio: {number(WIDTH)} / {height}"
    return f' style="height: auto; {ratio}" preserveAspectRatio="xMidYMin slice" '


def number(value: float) -> str:
    """A coordinate to a hundredth of a pixel, as short as it can be."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _pieces(drawn: str) -> Iterator[str]:
    """The elements with short attributes; groups that say nothing are left out."""
    identifiers: dict[str, str] = {}
    groups: list[bool] = []
    for closing, tag, attributes, empty, text in PIECE.findall(drawn):
        if closing:
            if tag != "g" or groups.pop():
                yield f"</{tag}>"
            continue
        kept = dict(_attributes(tag, attributes, identifiers))
        if tag == "g":
            if empty:
                continue
            groups.append(bool(kept))
            if not kept:
                continue
        words = "".join(f' {name}="{value}"' for name, value in kept.items())
        yield f"<{tag}{words}{empty}>"
        if tag == "text":
            yield text.replace('"', "&quot;")


def _attributes(
    tag: str, attributes: str, identifiers: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name, value in ATTRIBUTE.findall(attributes):
        if tag == "g" and name == "id":
            # matplotlib numbers what has no name.
            tick = TICK.fullmatch(value)
            if tick:
                yield "class", f"{tick[1]}-tick"
            elif not re.search(r"_\d+$", value):
                yield "class", value
        elif name in ("id", "xlink:href"):
            own = identifiers.setdefault(value.removeprefix("#"), f"{OWN}{len(identifiers)}")
            yield ("id", own) if name == "id" else ("href", f"#{own}")
        elif name == "style":
            for part in value.split("; "):
                key, _, said = part.partition(": ")
                if said and (key, said) not in SAID and key != "font-family":
                    yield key, said
        elif name == "d":
            yield name, LONG.sub(_short, " ".join(value.split()))
        elif name in ("x", "y"):
            yield name, LONG.sub(_short, value)
        # A text has its place, and is never turned.


def _short(found: re.Match[str]) -> str:
    return number(float(found[0]))


def _hoisted(drawn: str) -> str:
    """Marks of one kind share a look, which their group says once."""

    def once(found: re.Match[str]) -> str:
        looks = set(re.findall(r' y="[^"]*"([^>]*)/>', found[1]))
        if len(looks) != 1 or found[1].count("<use") == 1:
            return found[0]
        look = looks.pop()
        return f"<g{look}>{found[1].replace(f'{look}/>', '/>')}</g>"

    return re.sub(r"((?:<use [^>]*>)+)", once, drawn)
