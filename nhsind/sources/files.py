"""From a file as a publisher issued it to its bytes: plain or packed, known by its own content.

The name's ending is not believed: an .xlsx called .xls is read as what it is. A kind that is not
read is refused in one sentence that says what to do.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import Path

from nhsind.errors import InputError, Problem

# A file packed more tightly than this is not one that a publisher made.
LARGEST_UNPACKED = 1024 * 1024 * 1024
LARGEST_RATIO = 200
# What tells that a text is HTML or XML stands in its first bytes.
HEAD = 512
DAMAGED = "cannot be read"
TEXT, OLD_WORKBOOK, WORKBOOK = "text", "old workbook", "workbook"
WORKBOOKS = (OLD_WORKBOOK, WORKBOOK)
ZIP, GZIP, OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Members of a zip file that the packing machine added.
BESIDE = ("__MACOSX/", ".")
TABLES = (".csv", ".xls", ".xlsx", ".xlsm")
PACKED = (".zip", ".gz")
SAVE = "open it in Excel and save it as .xlsx or .csv"
ADVICE = {
    "packed": "is packed twice; unpack it, and give the table in it",
    "ods": f"is an OpenDocument spreadsheet (.ods), which is not read; {SAVE}",
    "xlsb": f"is a binary workbook (.xlsb), which is not read; {SAVE}",
    "encrypted": "is protected by a password; open it in Excel and save it without one",
    "pdf": "is a PDF, which is no table; look for the publisher's .xlsx or .csv",
    "markup": f"is a web page or XML by its content, not a table; {SAVE}",
    "txt": "is a plain text file (.txt); save it as comma-separated values (.csv)",
}


def content(path: Path) -> bytes:
    """The bytes of the table in a file: itself, or the one that is packed in a gzip or zip file.

    Raises InputError for a damaged file, one that unpacks to more than is safe, a zip file that
    does not hold one table, and a kind of file that is not read.
    """
    try:
        data = _unpacked(path.read_bytes(), path)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(Problem(str(path), f"{DAMAGED} ({str(error)[:120]})")) from error
    if len(data) > LARGEST_UNPACKED:
        raise InputError(Problem(str(path), "unpacks to more than is safe to read"))
    kind = kind_of(data)
    if data.startswith(GZIP) or (data.startswith(ZIP) and not _is_document_at(data)):
        kind = "packed"
    if kind == TEXT and path.suffix.lower() == ".txt":
        kind = "txt"
    if kind in ADVICE:
        raise InputError(Problem(str(path), ADVICE[kind]))
    return data


def kind_of(data: bytes) -> str:
    """What bytes are, by themselves: text, a workbook old or new, or a kind that is not read."""
    if data.startswith(ZIP):
        return _kind_of_zip(data)
    if data.startswith(OLE):
        return "encrypted" if ENCRYPTED in data else OLD_WORKBOOK
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(b"%pdf"):
        return "pdf"
    return "markup" if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")) else TEXT


def refuse_zip_bomb(archive: zipfile.ZipFile, place: str) -> None:
    """InputError if a zip file unpacks to more than a publisher's file would."""
    unpacked = sum(item.file_size for item in archive.infolist())
    packed = sum(item.compress_size for item in archive.infolist()) or 1
    if unpacked > LARGEST_UNPACKED or unpacked / packed > LARGEST_RATIO:
        raise InputError(
            Problem(place, f"unpacks to {unpacked:,} bytes, more than is safe to read")
        )


def _unpacked(data: bytes, path: Path) -> bytes:
    if data.startswith(GZIP):
        with gzip.open(io.BytesIO(data)) as file:
            return file.read(LARGEST_UNPACKED + 1)
    if not data.startswith(ZIP):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        refuse_zip_bomb(archive, str(path))
        if _is_document(archive):
            return data
        tables = [
            item
            for item in archive.infolist()
            if item.filename.lower().endswith((*TABLES, *PACKED))
            and not item.filename.startswith(BESIDE)
            and not Path(item.filename).name.startswith(".")
        ]
        if len(tables) != 1:
            names = ", ".join(item.filename for item in tables[:10]) or "none"
            text = f"is a zip file of {len(tables)} tables ({names}), not of one; unpack it"
            raise InputError(Problem(str(path), text))
        if tables[0].flag_bits & 1:
            raise InputError(Problem(str(path), ADVICE["encrypted"]))
        return archive.read(tables[0])


def _is_document(archive: zipfile.ZipFile) -> bool:
    names = archive.namelist()
    return any(name.startswith("xl/") or name == "mimetype" for name in names)


def _is_document_at(data: bytes) -> bool:
    """Whether the bytes of a zip file are a document; one that cannot be opened is told later."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _is_document(archive)
    except (zipfile.BadZipFile, EOFError, ValueError):
        return True


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, EOFError, ValueError):
        return WORKBOOK  # opening it says what is wrong
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "ods" if "mimetype" in names and "content.xml" in names else WORKBOOK
