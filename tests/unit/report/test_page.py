"""The page: approved outputs only, nothing active, and only from a notebook that ran as it must."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

import nbformat.v4 as nb
import pandas as pd
import pytest

from nhsind.release.confidential import Raw
from nhsind.report.index import index_page
from nhsind.report.manifest import Entry, Manifest
from nhsind.report.page import APPROVED, PageError, refuse_active, render_page
from nhsind.report.worker import RunError, check_run
from nhsind.tables.small_table import Table

HEADING: dict[str, Any] = {
    "organisation": "A & Sons <b>CCG</b>",
    "code": "00A",
    "period": "March 2018",
    "banners": [],
    "revised": 0,
    "links": {"Figures": [("rtt.csv", "as <CSV>")]},
    "home": "../../index.html",
    "charts": ("rtt/2018-03/00A.html", ()),
    "explore": False,
    "publication": [("Contact", "team@sample.invalid"), ("Methodology", "See <the> page")],
}
CHART = (
    '<figure><svg role="img" aria-label="Dot chart: on time = 5" viewBox="0 0 1 1">'
    '<g id="a"><use href="#a"/></g></svg></figure>'
)


def cell(source: str, *outputs: Any, count: int | None = 1) -> Any:
    return nb.new_code_cell(source, outputs=list(outputs), execution_count=count)


def shows(html: str) -> Any:
    return nb.new_output("execute_result", data={"text/html": html, "text/plain": "plain"})


def notebook(*cells: Any) -> Any:
    return nb.new_notebook(cells=list(cells))


def page(*cells: Any, **heading: Any) -> str:
    return render_page(notebook(*cells), HEADING | heading)


def good_page() -> str:
    return page(
        nb.new_markdown_cell("# Waiting times\n\nSome *words* and a [place](#place).\n\n## Part"),
        cell("secret_source = 1", shows("<table><caption>C</caption></table>")),
        cell("chart", shows(CHART)),
    )


# What is on a page -------------------------------------------------------------------------------


def test_a_good_page() -> None:
    text = good_page()
    refuse_active(text)
    assert '<html lang="en-GB">' in text
    assert "<title>Waiting times: A &amp; Sons &lt;b&gt;CCG&lt;/b&gt;, March 2018</title>" in text
    assert len(re.findall("<h1", text)) == 1
    assert "<em>words</em>" in text and "<table><caption>C</caption></table>" in text
    assert "<dt>Contact</dt>" in text and "<dd>See &lt;the&gt; page</dd>" in text
    assert "default-src 'none'" in text


def folded(source: str) -> Any:
    return nb.new_markdown_cell(source, metadata={"tags": ["folded"]})


def test_a_section_begins_with_what_is_shown_and_folds_follow() -> None:
    shown = page(
        nb.new_markdown_cell("# T\n\nWhat it is about.\n\n## In short"),
        cell("short", shows("<p>figures</p>")),
        folded("## A line\n\n### What it *is*\n\nWords."),
        nb.new_code_cell(
            "x", outputs=[shows("<p>card</p>")], execution_count=1, metadata={"tags": ["folded"]}
        ),
        folded("### Examples"),
        nb.new_code_cell(
            "x", outputs=[shows("<p>fates</p>")], execution_count=2, metadata={"tags": ["folded"]}
        ),
        nb.new_markdown_cell("### Result"),
        cell("result", shows("<p>the result</p>"), count=3),
        folded("## Quality\n\nLeft out."),
    )
    body = re.sub(r"\s*\n\s*", "", shown[shown.index("<main") : shown.index("</main>")])
    part = '<details class="part"><summary>{}</summary>{}</details>'
    about = '<h2 id="about-these-figures">About these figures</h2>'
    head, nav, rest = re.split(r"(<nav.*</nav>)", body)
    assert head.endswith('<h2 id="in-short">In short</h2><p>figures</p>')
    assert rest.startswith(
        '<h2 id="a-line">A line</h2><h3>Result</h3><p>the result</p>'
        + part.format("<h3>What it <em>is</em></h3>", "<p>Words.</p><p>card</p>")
        + part.format("<h3>Examples</h3>", "<p>fates</p>")
        + part.format(about, "<p>What it is about.</p>")
        + part.format('<h2 id="quality">Quality</h2>', "<p>Left out.</p>")
    )
    places = re.findall(r'href="#([^"]*)"', nav)
    assert places == ["in-short", "a-line", "about-these-figures", "quality", "publication"]
    assert all(f'id="{place}"' in shown for place in places)
    assert '<a href="rtt.csv">as &lt;CSV&gt;</a>' in nav


def test_what_follows_a_folded_heading_unfolded_is_shown() -> None:
    shown = page(
        folded("## One\n\nA"), cell("x", shows("<p>B</p>")), nb.new_markdown_cell("## Two")
    )
    assert shown.count("<details") == shown.count("</details>") == 1
    body = re.sub(r"\s*\n\s*", "", shown)
    assert '<h2 id="one">One</h2><p>B</p><details class="part"><summary><h3>In detail' in body


def test_code_is_not_on_a_page() -> None:
    assert "secret_source" not in good_page()


def test_an_exploratory_page_says_so() -> None:
    assert "Not for publication" in page(cell("x", shows("<p>1</p>")), explore=True)
    assert "Not for publication" not in good_page()


def test_html_is_shown_before_plain_text_and_plain_text_is_escaped() -> None:
    assert "plain" not in page(cell("x", shows("<p>rich</p>")))
    plain = nb.new_output("display_data", data={"text/plain": "1 < 2 & <script>"})
    assert "<p>1 &lt; 2 &amp; &lt;script&gt;</p>" in page(cell("x", plain))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>bold</b>", "a <i> b"]
)
def test_raw_html_in_markdown_is_escaped(text: str) -> None:
    shown = page(nb.new_markdown_cell(f"# T\n\n{text}\n\nand {text} inline"))
    body = shown[shown.index("<main") :]
    assert not re.search(r"<(script|img|b|i)\b", body)
    assert "&lt;" in body


@pytest.mark.parametrize(
    "address", ["https://x.invalid/", "//x.invalid/", "http://x.invalid/a.png"]
)
@pytest.mark.parametrize("mark", ["[words]({})", "![picture]({})", "<{}>"])
def test_markdown_cannot_lead_elsewhere(mark: str, address: str) -> None:
    if mark == "<{}>" and address.startswith("//"):
        return  # not a link in Markdown
    with pytest.raises(PageError, match="outside"):
        page(nb.new_markdown_cell(f"# T\n\n{mark.format(address)}"))


def test_markdown_cannot_run_an_address() -> None:
    for address in ("javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x"):
        try:
            shown = page(nb.new_markdown_cell(f"# T\n\n[words]({address})"))
        except PageError:
            continue
        assert not re.search(r'href="(javascript|vbscript|data):', shown, re.IGNORECASE)


# What is refused ---------------------------------------------------------------------------------

PLAIN_FAULTS = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<SCRIPT src=x></SCRIPT>",
    "a script after a blank": "< script>alert(1)</script>",
    "onload": '<img src="data:," onload="alert(1)">',
    "onerror over two lines": "<img src=x\nonerror\n=\nalert(1)>",
    "iframe": "<iframe srcdoc='x'></iframe>",
    "object": "<object data='x'></object>",
    "embed": "<embed src='x'>",
    "form": "<form action='x'></form>",
    "base": "<base href='x'>",
    "link": "<link rel='stylesheet' href='x.css'>",
    "javascript address": '<a href="javascript:alert(1)">x</a>',
    "external image": '<img src="https://x.invalid/a.png">',
    "external image without a scheme": "<img src=//x.invalid/a.png>",
    "external link": "<a href='http://x.invalid/'>x</a>",
    "external use": '<use xlink:href="https://x.invalid/#a"/>',
    "confidential figures": "<p>&lt;confidential 3x4&gt;</p>",
    "confidential figures unescaped": "<confidential 3x4>",
    "a memory address": "<p>&lt;object at 0x7f3a2b1c4d50&gt;</p>",
}
# The same again as a browser reads it and a pattern may not.
DISGUISED_FAULTS = {
    "handler after a slash": "<svg/onload=alert(1)>",
    "handler after a quote": '<img src="x"onerror=alert(1)>',
    "javascript in entities": '<a href="java&#115;cript:alert(1)">x</a>',
    "javascript with a tab": '<a href="java\tscript:alert(1)">x</a>',
    "javascript with an entity tab": '<a href="java&Tab;script:alert(1)">x</a>',
    "external address in entities": '<img src="https&colon;//x.invalid/a.png">',
    "external address with backslashes": '<img src="\\\\x.invalid\\a.png">',
    "external address after a blank": '<img src=" https://x.invalid/a.png">',
    "external source set": '<img srcset="https://x.invalid/a.png 2x">',
    "external poster": '<video poster="https://x.invalid/a.png"></video>',
    "external form target": '<button formaction="https://x.invalid/">x</button>',
    "external style address": '<p style="background:url(https://x.invalid/a.png)">x</p>',
    "external style sheet": "<style>@import 'https://x.invalid/a.css';</style>",
    "refresh": '<meta http-equiv="refresh" content="0;url=https://x.invalid/">',
    "a page as data": '<a href="data:text/html,<b>x</b>">x</a>',
    "markup in the style of a drawing": "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "markup in a title": '<title><a title="</title><img src=x onerror=alert(1)>"></a></title>',
    "animated address": '<svg><a><set attributeName="href" to="https://x.invalid/"/></a></svg>',
}


@pytest.mark.parametrize("fault", PLAIN_FAULTS.values(), ids=PLAIN_FAULTS)
def test_one_fault_in_a_good_page_is_refused(fault: str) -> None:
    text = good_page()
    with pytest.raises(PageError):
        refuse_active(text.replace("</main>", f"{fault}</main>"))


@pytest.mark.parametrize("fault", DISGUISED_FAULTS.values(), ids=DISGUISED_FAULTS)
def test_a_disguised_fault_is_refused(fault: str) -> None:
    text = good_page()
    with pytest.raises(PageError):
        refuse_active(text.replace("</main>", f"{fault}</main>"))


@pytest.mark.parametrize("fault", [*PLAIN_FAULTS.values(), *DISGUISED_FAULTS.values()])
def test_as_text_it_is_no_fault(fault: str) -> None:
    """Names are data: escaped, whatever they hold is shown as it stands."""
    if "confidential" in fault or " at 0x" in fault:
        return  # these are refused as text
    plain = nb.new_output("display_data", data={"text/plain": fault})
    assert "&lt;" in page(cell("x", plain), organisation=fault)


def test_every_fault_is_named() -> None:
    with pytest.raises(PageError, match=r"a script, .*an address outside the page"):
        refuse_active("<script></script><img src='https://x.invalid/'>")


def test_tables_of_the_same_caption_are_regions_of_different_names() -> None:
    table = Table("Waits", ("Month", "Value"), (("March", "1"),))
    again = Table("Waits", ("Month", "Value"), (("March", "2"),))
    other = Table("Others", ("Month", "Value"), (("March", "2"),))
    shown = page(*(cell("x", shows(each._repr_html_())) for each in (table, again, other)))
    labels = re.findall(r"role='region'[^>]*aria-label=\"([^\"]*)\"", shown)
    assert labels == ["Waits", "Waits (2)", "Others"]
    assert shown.count(">Waits</caption>") == 2


def index(path: str, name: str) -> str:
    entry = Entry(path, "rtt", "2018-03", "00A", name, "f", "0" * 64)
    return index_page(Manifest({path: entry}), {}, "T & <b>T</b>")


def test_the_index_is_escaped_and_checked_too() -> None:
    shown = index("rtt/00A.html", "<script>alert(1)</script>")
    assert (
        '<a href="organisations/00A.html">&lt;script&gt;' in shown and "T &amp; &lt;b&gt;" in shown
    )
    for path in ("javascript:alert(1)", "https://x.invalid/00A.html", "//x.invalid/00A.html"):
        with pytest.raises(PageError):
            index(path, "CCG")


def filter_script() -> str:
    return (files("nhsind.report") / "filter.js").read_text("utf-8")


def test_the_index_has_one_script_which_its_policy_names() -> None:
    shown, script = index("rtt/00A.html", "CCG"), filter_script()
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode()
    assert shown.count("<script") == 1 and f"<script>{script}</script>" in shown
    assert f"script-src 'sha256-{digest}'" in shown and "</script" not in script
    refuse_active(shown, script)
    with pytest.raises(PageError):
        refuse_active(shown)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</main>", "</main><script>{script}</script>"),
        ("{script}", "{script};alert(1)"),
        ("<script>", "<script src='x.js'>"),
        ("<script>", "<script type='module'>"),
        ('type="search"', 'type="search" oninput="alert(1)"'),
        ("</main>", "<form action='x'></form></main>"),
    ],
)
def test_any_other_script_of_the_index_is_refused(old: str, new: str) -> None:
    shown, script = index("rtt/00A.html", "CCG"), filter_script()
    old, new = (text.replace("{script}", script) for text in (old, new))
    assert shown.count(old) == 1
    with pytest.raises(PageError):
        refuse_active(shown.replace(old, new), script)


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_a_stream_is_refused(name: str) -> None:
    with pytest.raises(PageError, match=name):
        page(cell("x", nb.new_output("stream", name=name, text="hello")))


def test_an_error_is_refused() -> None:
    with pytest.raises(PageError):
        page(cell("x", nb.new_output("error", ename="E", evalue="73", traceback=["73"])))


@pytest.mark.parametrize(
    "kind",
    [
        *("image/png", "image/svg+xml", "application/javascript", "text/markdown", "text/latex"),
        *("application/json", "application/vnd.plotly.v1+json", "application/pdf"),
        "application/vnd.jupyter.widget-view+json",
    ],
)
def test_other_kinds_of_output_are_refused(kind: str) -> None:
    assert kind not in APPROVED
    output = nb.new_output("display_data", data={kind: "x", "text/html": "<p>1</p>"})
    with pytest.raises(PageError, match=re.escape(kind)):
        page(cell("x", output))


def test_confidential_figures_are_refused_however_they_are_shown() -> None:
    raw = Raw(pd.DataFrame({"n": [1, 2]}))
    for data in ({"text/plain": repr(raw)}, {"text/html": f"<p>{raw}</p>", "text/plain": ""}):
        with pytest.raises(PageError, match="confidential"):
            page(cell("x", nb.new_output("display_data", data=data)))


# How a notebook must have run --------------------------------------------------------------------

DONE = nb.new_output("execute_result", data={"text/plain": "1"})


def ran(*cells: Any) -> None:
    check_run(notebook(*cells))


def test_a_notebook_that_ran() -> None:
    ran(
        cell("a", count=1),
        nb.new_markdown_cell("words"),
        cell("", count=None),
        cell("b", DONE, count=2),
    )


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([cell("a", count=1), cell("b", DONE, count=None)], "cell 2 of 2 did not run"),
        ([cell("a", count=None), cell("b", DONE, count=1)], "cell 1 of 2 did not run"),
        ([cell("a", count=2), cell("b", DONE, count=1)], "cell 2 of 2 did not run"),
        ([cell("a", count=1), cell("b", DONE, count=1)], "cell 2 of 2 did not run"),
        (
            [
                cell("a", nb.new_output("error", ename="KeyError", evalue="73519", traceback=[])),
                cell("b", DONE, count=2),
            ],
            "cell 1 of 2 failed: KeyError",
        ),
        (
            [
                cell("a", nb.new_output("stream", name="stderr", text="73519")),
                cell("b", DONE, count=2),
            ],
            "cell 1 of 2 wrote to stderr",
        ),
        ([cell("a", DONE, count=1), cell("b", count=2)], "the last cell shows nothing"),
        ([nb.new_markdown_cell("words")], "no code cell"),
        ([cell("  \n", count=None)], "no code cell"),
        ([], "no code cell"),
    ],
)
def test_a_notebook_that_did_not_run_as_it_must(cells: list[Any], says: str) -> None:
    with pytest.raises(RunError, match=says) as refused:
        ran(*cells)
    assert "73519" not in str(refused.value)
