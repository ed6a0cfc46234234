"""A page from an executed notebook: own template, approved outputs only, nothing active.

Code, streams and errors never reach a page. What does is HTML of nhsind's own displays (which
escape every text) and plain text; the finished page is refused if it holds a script, an event
handler, a link to elsewhere, or a trace of confidential figures.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from nhsind.errors import NhsindError
from nhsind.narrative.interpretation import HOW_TO_READ
from nhsind.report.sections import sections, title_of
from nhsind.report.take_away import with_links

REPORT_TEMPLATE, STYLE = "page.html.j2", "style.css"
# The templates that a report's extends and imports.
MADE_OF = ("layout.html.j2", "parts.html.j2")
APPROVED = ("text/html", "text/plain")
# All that nhsind's own displays, its templates and matplotlib's drawings are made of.
TAGS = frozenset(
    "html head meta title style body header main footer a h1 h2 h3 h4 h5 h6 p div span br hr "
    "strong em code pre blockquote ul ol li dl dt dd table caption thead tbody tr th td figure "
    "figcaption details summary nav svg g defs path use clippath rect text tspan".split()
)
# What the filter of the index is made of; no other page has a script or anything to fill in.
FILTER_TAGS = TAGS | {"label", "input", "select", "optgroup", "option", "button"}
TEXT_ONLY = ("title", "style")
ADDRESSES = ("href", "xlink:href")
# A place in the page, or a file beside it.
LOCAL_ADDRESS = re.compile(r"#[\w.:-]+|(\.\./)*[\w-][\w./-]*(#[\w.-]+)?")
# What scrolls by itself, as `nhsind.tables.small_table` writes it.
REGION = re.compile(
    r"(<div class='wide(?: latest)?' role='region' tabindex='0' aria-label=\")([^\"]*)\""
)
LOCAL_REFERENCE = re.compile(r"url\(#[\w.-]+\)")
SAFE_ATTRIBUTE = re.compile(r"(aria-)?[a-z][a-z0-9-]*(:[a-z]+)?")
REFUSED_ATTRIBUTES = re.compile(
    r"on.*|src.*|poster|action|formaction|data.*|background|ping|cite|manifest|archive|codebase"
)
# What a page says of its publication, in this order (Code of Practice for Statistics).
PUBLICATION_WORDS = {
    "title": "Publication",
    "release_datetime": "Published",
    "embargo": "Embargo",
    "correction": "Correction",
    "contact": "Contact",
    "methodology": "Methodology",
    "revisions": "Revisions",
    "next_release": "Next release",
}
REFUSED_TEXT = {
    "a script": re.compile(r"<\s*script", re.IGNORECASE),
    "a memory address": re.compile(r" at 0x[0-9a-f]{6,}", re.IGNORECASE),
    "confidential figures": re.compile(r"(&lt;|<)confidential \d", re.IGNORECASE),
}
FETCHES = re.compile(r"url\s*\(|@import|expression|\\|//", re.IGNORECASE)


class PageError(NhsindError):
    """A page holds something that must not be published."""


def render_page(notebook: Any, heading: dict[str, Any]) -> str:
    """The page of an executed notebook.

    `heading`: organisation, code, period, links (by kind, paths and words), publication (pairs),
    banners, revised (how many figures), charts (where the report lies, and the kinds of files that
    its charts are published as), explore (bool), home. Raises PageError for an output of a
    kind that is not approved, and for anything active in the page.
    """
    drawn: str = _template(REPORT_TEMPLATE).render(
        title=title_of(notebook.cells),
        sections=sections(notebook.cells, _output),
        style=Markup(_source(STYLE)),
        how_to_read=HOW_TO_READ,
        **heading,
    )
    page = with_links(_with_unique_labels(drawn), *heading["charts"])
    refuse_active(page)
    return page


def load_templates() -> None:
    """Compile what a report's page is made of, ahead of the processes that are forked to use it."""
    for name in (REPORT_TEMPLATE, *MADE_OF):
        _template(name)
    _source(STYLE)


def render_site_page(
    template: str, explore: bool, banners: Sequence[str] = (), **content: Any
) -> str:
    """A page around the reports; `explore` marks it unpublishable, `banners` stand at its head.

    Raises PageError as above.
    """
    page: str = _template(template).render(
        style=Markup(_source(STYLE)), explore=explore, banners=banners, **content
    )
    refuse_active(page)
    return page


def render_index(explore: bool = False, banners: Sequence[str] = (), **content: Any) -> str:
    """The index page; `content` is what index.html.j2 names, the rest as for `render_site_page`.

    It alone has a script: its filter, named by hash in the page's policy.
    """
    script = _source("filter.js")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    page: str = _template("index.html.j2").render(
        style=Markup(_source(STYLE)),
        script=Markup(script),
        script_hash=Markup(digest),
        explore=explore,
        banners=banners,
        **content,
    )
    refuse_active(page, script)
    return page


def publication_block(publication: dict[str, str]) -> list[tuple[str, str]]:
    """What a publication says of itself, in the order and under the names of its pages."""
    return [
        (words, publication[key]) for key, words in PUBLICATION_WORDS.items() if key in publication
    ]


def refuse_active(page: str, script: str = "") -> None:
    """Raise PageError, naming each kind, if the page holds anything active or confidential.

    Read as a browser reads it; only known elements, harmless attributes and local addresses pass.
    `script`: the one script, nhsind's own, that the page holds once and nothing else beside it.
    """
    audit = _Audit(FILTER_TAGS if script else TAGS)
    if script:
        page = page.replace(f"<script>{script}</script>", "", 1)
    audit.feed(page)
    audit.close()
    found = [name for name, text in REFUSED_TEXT.items() if text.search(page)]
    found += audit.found
    if found:
        kinds = ", ".join(dict.fromkeys(found))
        raise PageError(f"the page holds {kinds}, which is never published")


class _Audit(HTMLParser):
    """Collects what a page holds that it must not."""

    def __init__(self, tags: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.tags = tags
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element with its attributes, entities resolved."""
        if self.inside in TEXT_ONLY:
            # Browsers do not agree on where such an element ends.
            self.found.append(f"markup in a {self.inside}")
        self.inside = tag
        if tag not in self.tags:
            self.found.append(f"the element {tag}")
        for name, value in attrs:
            if refused := _refused_attribute(name, value or ""):
                self.found.append(refused)

    def handle_data(self, data: str) -> None:
        """Text; a style sheet may fetch nothing."""
        if self.inside == "style":
            if _fetches(data):
                self.found.append("an address outside the page")
            if "<" in data:
                self.found.append("markup in a style")

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self.inside = ""

    def handle_comment(self, data: str) -> None:
        """Comments are not for readers, and could hold anything."""
        self.found.append("a comment")

    def unknown_decl(self, data: str) -> None:
        """A marked section."""
        self.found.append("a marked section")

    def handle_pi(self, data: str) -> None:
        """A processing instruction."""
        self.found.append("a processing instruction")


@lru_cache(maxsize=8192)
def _refused_attribute(name: str, value: str) -> str:
    """What an attribute is refused as, or nothing; pages have few different ones."""
    if name.startswith("on"):
        return "an event handler"
    if REFUSED_ATTRIBUTES.fullmatch(name):
        return "an address outside the page"
    if not SAFE_ATTRIBUTE.fullmatch(name):
        return f"the attribute {name}"
    if name in ADDRESSES:
        is_local = LOCAL_ADDRESS.fullmatch(value) and "//" not in value
        return "" if is_local else "an address outside the page"
    if name == "http-equiv" and value != "Content-Security-Policy":
        return "an instruction to the browser"
    if name in ("aria-label", "content", "xmlns", "xmlns:xlink"):
        return ""
    return "an address outside the page" if _fetches(value) else ""


def _fetches(style: str) -> bool:
    return FETCHES.search(LOCAL_REFERENCE.sub("", style)) is not None


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


def _with_unique_labels(page: str) -> str:
    """Regions of the same label get different names, among which a reader can choose."""
    seen: Counter[str] = Counter()

    def numbered(found: re.Match[str]) -> str:
        seen[found[2]] += 1
        again = seen[found[2]]
        return f'{found[1]}{found[2]}{f" ({again})" if again > 1 else ""}"'

    return REGION.sub(numbered, page)


def _template(name: str) -> Any:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    """One for all pages: it keeps the templates that it has compiled."""
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        loader=FunctionLoader(_source),
    )


@cache
def _source(name: str) -> str:
    return (files("nhsind.report") / name).read_text("utf-8")
