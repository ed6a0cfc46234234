"""In which encoding the text of a file is, and the same text in UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from nhsind.errors import InputError, Problem

MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BLOCK = 8 * 1024 * 1024


def is_utf8(path: Path) -> bool:
    """Whether a file is text of UTF-8 throughout, of whatever size it is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(data: bytes, path: Path, cut: bool = False) -> bytes:
    """Text of UTF-8, UTF-16 or Windows-1252 as UTF-8. `cut`: only its beginning is given.

    Raises InputError for what is none of them.
    """
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if encoding is None and b"\0" in data[:10_000]:
        halves = data[:2000:2].count(0), data[1:2000:2].count(0)
        if max(halves) < min(len(data), 2000) / 4:
            raise InputError(Problem(str(path), "is not text"))
        encoding = "utf-16-be" if halves[0] > halves[1] else "utf-16-le"
    errors = "ignore" if cut else "strict"
    try:
        return data.decode(encoding or "utf-8", errors if encoding else "strict").encode()
    except UnicodeDecodeError as error:
        if encoding is not None:
            text = f"is cut off or damaged: it is no whole {encoding.upper()} text"
            raise InputError(Problem(str(path), text)) from error
        if cut and error.start > len(data) - 4:
            return data[: error.start]
    try:
        return data.decode("cp1252", errors).encode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        text = "holds a sign that is neither of UTF-8 nor of Windows-1252; save it as UTF-8"
        raise InputError(Problem(path.name, text, line)) from error
