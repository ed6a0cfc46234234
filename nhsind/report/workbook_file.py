"""The workbook's file: its language named, its titles tagged as headings, no time of day in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

LANGUAGE = "en-GB"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# The sizes of titles in gptables' theme: names and numbers of the styles that Excel has for them.
HEADINGS = {"16": ("Heading 1", "16"), "14": ("Heading 2", "17")}
# What a zip file has for a time where there is none.
NO_TIME = (1980, 1, 1, 0, 0, 0)


def finished(content: bytes) -> bytes:
    """The workbook with its language named, its titles tagged and no time of day in it."""

    def part_of(member: str, part: bytes) -> bytes:
        if member == "docProps/core.xml":
            end = b"</cp:coreProperties>"
            return part.replace(end, f"<dc:language>{LANGUAGE}</dc:language>".encode() + end)
        return _with_headings(part) if member == "xl/styles.xml" else part

    return without_times(content, part_of)


def without_times(
    content: bytes, part_of: Callable[[str, bytes], bytes] = lambda _, part: part
) -> bytes:
    """An Office file with no time of day in it; `part_of`: what each member becomes."""
    finished = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for member in made.namelist():
            part = part_of(member, made.read(member))
            kept.writestr(
                zipfile.ZipInfo(member, NO_TIME), part, compress_type=zipfile.ZIP_DEFLATED
            )
    return finished.getvalue()


def _with_headings(styles: bytes) -> bytes:
    """Titles in Excel's own heading styles, which screen readers name; XlsxWriter has only formats.

    gptables' theme has titles in bold letters of their own sizes.
    """
    ElementTree.register_namespace("", SPREADSHEET)
    root = ElementTree.fromstring(styles)
    fonts, formats, bases, names = (
        root.find(f"{{{SPREADSHEET}}}{name}")
        for name in ("fonts", "cellXfs", "cellStyleXfs", "cellStyles")
    )
    assert fonts is not None and formats is not None and bases is not None and names is not None
    for size, (name, number) in HEADINGS.items():
        titles = [each for each in formats if _is_bold(fonts[int(each.attrib["fontId"])], size)]
        for each in titles:
            each.set("xfId", str(len(bases)))
        style = {"name": name, "xfId": str(len(bases)), "builtinId": number}
        ElementTree.SubElement(names, f"{{{SPREADSHEET}}}cellStyle", style)
        base = {key: titles[0].attrib[key] for key in ("numFmtId", "fontId", "fillId", "borderId")}
        ElementTree.SubElement(bases, f"{{{SPREADSHEET}}}xf", base)
    for group in (bases, names):
        group.set("count", str(len(group)))
    declared: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return declared


def _is_bold(font: ElementTree.Element, size: str) -> bool:
    found = font.find(f"{{{SPREADSHEET}}}sz")
    bold = font.find(f"{{{SPREADSHEET}}}b")
    return found is not None and found.attrib["val"] == size and bold is not None
