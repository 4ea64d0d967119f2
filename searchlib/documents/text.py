"""Plain text: bytes to characters, and characters to a document.

Encodings are tried in this order: the byte order mark (UTF-8, 16, 32), UTF-8, then what charset-normalizer makes of
the bytes; without that package, Windows-1252. A file with NUL bytes that is none of these is binary.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from searchlib.documents.seed import Seed
from searchlib.errors import SeedError
from searchlib.model.records import Document
from searchlib.paragraphs import title_line

# UTF-32 before UTF-16: the little-endian mark of one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 18
_CENTRAL_EUROPEAN = frozenset({"cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_16", "cp775", "cp852"})
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def load_text(seed: Seed) -> Iterator[Document]:
    """The file as one document whose paragraphs are to be found (``blocks`` None)."""
    text = clean(decode(seed.read(), seed.name, seed.options.encoding))
    yield Document(seed.name, text, title_line(text) or seed.stem, "text", seed.options.language)


def decode(data: bytes, name: str = "", encoding: str = "") -> str:
    """``data`` as text, by ``encoding`` if given. Raises SeedError if it is binary or not in that encoding."""
    mark = mark_of(data)
    if mark is not None:
        size, encoding = len(mark[0]), mark[1]
        return data[size:].decode(encoding, "replace")
    if encoding:
        try:
            return data.decode(encoding)
        except (ValueError, LookupError) as error:
            raise SeedError(f"not {encoding} ({error}); set another encoding, or none to detect it", name) from None
    if b"\0" in data:
        raise SeedError("binary file", name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(legacy_encoding(data), "replace")


def mark_of(data: bytes) -> tuple[bytes, str] | None:
    """The byte order mark that ``data`` begins with, and the encoding that it stands for."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return None


def legacy_encoding(data: bytes) -> str:
    """The most likely encoding of ``data`` that is not UTF-8, from its first 256 KiB."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "cp1252"
    # Without ASCII words, which say nothing, there is more to go by: start where the first other byte is.
    first = next((place for place in range(0, len(data), 4096) if not data[place : place + 4096].isascii()), 0)
    matches = from_bytes(data[max(0, first - 4096) : first + _SAMPLE])
    best = matches.best()
    if best is None or best.encoding == "utf_8":
        return "cp1252"
    if best.encoding in _CENTRAL_EUROPEAN:
        # A short text in French or German often looks as good in these; Windows-1252 is by far the commoner.
        for match in matches:
            if match.encoding == "cp1252" and match.chaos <= best.chaos + 0.1 and match.coherence >= best.coherence:
                return "cp1252"
    return best.encoding


def clean(text: str) -> str:
    r"""``text`` with line breaks as ``\n``, and U+FFFD for what no index can hold: NULs and lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and "\0" not in text:
        return text
    if text.startswith("\ufeff"):
        text = text[1:]
    return _UNFIT.sub("\ufffd", text)
