"""From bytes to characters: which encoding a text is in.

In this order: the byte order mark (UTF-8, 16, 32); UTF-8; *damaged* UTF-8, nearly all of which can be read, where what
cannot becomes U+FFFD; Windows-1252, unless another encoding is *evident*. That takes some letters: in other scripts
most of the text is not ASCII; where it is Latin, a language has to be recognised (by charset-normalizer) that
Windows-1252 cannot write. A file with NUL bytes that is none of these is binary.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from searchlib.analysis import detect_language
from searchlib.errors import SeedError

# UTF-32 before UTF-16: the little-endian mark of one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 18
_USUAL = "cp1252"
_OF_LATIN = ("cp1250", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_16", "cp852", "cp850", "cp437", "mac_roman")
_BY_LANGUAGE = {"tr": "cp1254", "hu": "cp1250", "ro": "cp1250", "lt": "cp1257"}
"""Of languages that can be told even where they are read as Windows-1252."""
_BY_FAR = 0.2  # by what share of a language another encoding has to be better
_OF_OTHERS = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic", "cp1253", "iso8859_7", "cp1255", "cp1256"),
    *("shift_jis", "cp932", "euc_jp", "gb18030", "big5", "cp949", "euc_kr", "johab", "tis_620", "cp874"),
)
_FEW = 6  # bytes that are not ASCII, of which nothing is evident
_LETTERS = re.compile(rb"[A-Za-z]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_NOT_ASCII_TWICE = re.compile(rb"[\x80-\xff](?=[\x80-\xff])")
_TRUNCATED = re.compile(rb"(?:[\xe1-\xec\xee\xef][\x80-\xbf]|[\xf1-\xf3][\x80-\xbf]{1,2})\Z")
"""More of a character than its first byte, which may be a letter of another encoding."""


def decode(data: bytes, name: str = "", encoding: str = "", note: Callable[[str], None] = lambda remark: None) -> str:
    """``data`` as text, by ``encoding`` if given. ``note`` is told of bytes that could not be read.

    Raises SeedError if it is binary or not in that encoding.
    """
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
        found = encoding_of(data)
        if found == "utf-8":
            note(damaged(data))
        return data.decode(found, "replace")


def damaged(data: bytes) -> str:
    """The remark about bytes that are not UTF-8."""
    count = _unreadable(data)
    places = "bytes that are not UTF-8 are" if count == 1 else f"bytes in {count:,} places that are not UTF-8 are"
    return f"{places} U+FFFD; here first" if count > 1 else f"{places} U+FFFD"


def first_damage(data: bytes) -> int:
    """The line on which bytes are first that are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def mark_of(data: bytes) -> tuple[bytes, str] | None:
    """The byte order mark that ``data`` begins with, and the encoding that it stands for."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return None


def encoding_of(data: bytes) -> str:
    """The encoding of ``data``, which is not UTF-8 as it should be: "utf-8" if it is damaged."""
    return "utf-8" if is_damaged_utf8(data) else legacy_encoding(data)


def is_damaged_utf8(data: bytes) -> bool:
    """Whether ``data`` is UTF-8 but for some places: other encodings hardly have what is UTF-8 by accident."""
    text = data.decode("utf-8", "replace")
    wrong = _unreadable(data, text)
    right = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return right >= max(wrong, 1) or (wrong == 1 and _TRUNCATED.search(data) is not None)


def legacy_encoding(data: bytes) -> str:
    """The encoding of ``data`` that is not UTF-8, from its first 256 KiB: Windows-1252 unless another is evident."""
    # Without ASCII words, which say nothing, there is more to go by: start where the first other byte is.
    first = next((place for place in range(0, len(data), 4096) if not data[place : place + 4096].isascii()), 0)
    sample = data[max(0, first - 4096) : first + _SAMPLE]
    others = len(_NOT_ASCII.findall(sample))
    if others < _FEW:
        return _USUAL
    from charset_normalizer import from_bytes

    if 2 * others > len(_LETTERS.findall(sample)) and 2 * len(_NOT_ASCII_TWICE.findall(sample)) > others:
        best = from_bytes(sample, cp_isolation=list(_OF_OTHERS)).best()
        return best.encoding if best is not None and best.encoding in _OF_OTHERS else _USUAL
    told = _BY_LANGUAGE.get(detect_language(sample.decode(_USUAL, "replace")))
    if told is not None:
        return told
    matches = from_bytes(sample, cp_isolation=[_USUAL, *_OF_LATIN])
    best = matches.best()
    if best is None or best.encoding not in _OF_LATIN or not best.coherence:
        return _USUAL
    # A short text in French or German often looks as good in another; Windows-1252 is by far the commoner.
    usual = next((match.coherence for match in matches if match.encoding == _USUAL), -1.0)
    return best.encoding if best.coherence > usual + _BY_FAR else _USUAL


def _unreadable(data: bytes, text: str = "") -> int:
    """How many places of ``data`` are not UTF-8."""
    return (text or data.decode("utf-8", "replace")).count("\ufffd") - data.count(b"\xef\xbf\xbd")
