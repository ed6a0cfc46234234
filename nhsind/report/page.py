"""A page from an executed notebook: own template, approved outputs only, nothing active.

Code, streams and errors never reach a page. What does is HTML of nhsind's own displays (which
escape every text) and plain text; the finished page is refused if it holds a script, an event
handler, a link to elsewhere, or a trace of confidential figures.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import mistune
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from nhsind.errors import NhsindError

APPROVED = ("text/html", "text/plain")
REFUSED = {
    "a script": r"<\s*script",
    "an event handler": r"<[^>]*\son\w+\s*=",
    "an embedded page or object": r"<\s*(iframe|object|embed|form|base|link)\b",
    "a script address": r"javascript:",
    "an address outside the page": r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//",
    "a memory address": r" at 0x[0-9a-f]{6,}",
    "confidential figures": r"&lt;confidential \d|<confidential \d",
}


class PageError(NhsindError):
    """A page holds something that must not be published."""


def render_page(notebook: Any, heading: dict[str, Any]) -> str:
    """The page of an executed notebook.

    `heading`: organisation, code, period, family, publication (dict), explore (bool). Raises
    PageError for an output of a kind that is not approved, and for anything active in the page.
    """
    title, sections = "", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = cell.source
            if not title and (match := re.match(r"#\s+(.+)\n?", text)):
                title, text = match[1].strip(), text[match.end() :]
            sections.append(str(_markdown(text)))
        elif cell.cell_type == "code":
            sections += [_output(output) for output in cell.get("outputs", [])]
    page: str = _template("page.html.j2").render(
        title=title, body=Markup("\n".join(sections)), style=Markup(_style()), **heading
    )
    refuse_active(page)
    return page


def render_index(**content: Any) -> str:
    """The index page; `content` is what index.html.j2 names."""
    page: str = _template("index.html.j2").render(style=Markup(_style()), **content)
    refuse_active(page)
    return page


def refuse_active(page: str) -> None:
    """Raise PageError, naming each kind, if the page holds anything active or confidential."""
    found = [name for name, pattern in REFUSED.items() if re.search(pattern, page, re.IGNORECASE)]
    if found:
        raise PageError(f"the page holds {', '.join(found)}, which is never published")


def _output(output: Any) -> str:
    if output.output_type in ("stream", "error"):
        raise PageError(f"a cell wrote to {output.get('name', 'its error output')}")
    data = output.data
    strange = [kind for kind in data if kind not in APPROVED]
    if strange:
        raise PageError(f"a cell shows {', '.join(strange)}, which no page may hold")
    if "text/html" in data:
        return str(data["text/html"])
    return f"<p>{escape(str(data['text/plain']))}</p>"


def _markdown(text: str) -> str:
    return str(mistune.create_markdown(escape=True)(text))


@cache
def _template(name: str) -> Any:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string((files("nhsind.report") / name).read_text("utf-8"))


@cache
def _style() -> str:
    return (files("nhsind.report") / "style.css").read_text("utf-8")
