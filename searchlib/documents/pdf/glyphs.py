"""What stands on a page of a PDF, read by PDFium: strips of text, each with its place.

* A *strip* is what stands on one line without a wide gap: words with one baseline, in the order in which the file draws
  them. Coordinates are points (1/72 inch) from the lower left corner of the page as it is shown.
* Its *glyphs* are ranges of PDFium's numbers of characters, one for each of its words.

PDFium puts a line break where it sees one, and U+0002 for a hyphen at the end of a line.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from functools import cached_property
from itertools import islice
from typing import Any, Final

import pypdfium2.raw as pdfium

HYPHENS: Final = "\x02\u2010\u00ad-"
_WORD: Final = re.compile(r"[^\s\x02]+\x02?")
_BREAK: Final = re.compile(r"[\r\n]")
_GAP: Final = 1.8  # times the size of the letters
_BOLD_FROM: Final = 600
_BOLD: Final = (b"bold", b"cmbx", b"black", b"heavy", b"-medi", b"sfbx")
_FIXED: Final = (b"mono", b"courier", b"cmtt", b"typewriter", b"consol", b"cmsltt", b"sftt", b"-code")
_RAISED: Final = re.compile(
    r"(?<=[^\W\d_])[\d*†‡]{1,3}(?!\w)|(?<=[.,;:!?)\]”’\"'])[\d*†‡]{1,3}(?!\w)|(?<=\d)\d{1,3}(?!\w)"
)
_MARK: Final = re.compile(r"\d{1,3}|[*†‡]{1,3}")
_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LIGATURES: Final = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufdff\ufe70-\ufefc]")
_WRITTEN: Final = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP})
_MOST_LOOKED_AT: Final = 80  # words, of which it is told how a page is turned
_MOST_NOTES: Final = 1000  # annotations of a page that are looked at
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Strip:
    """A strip: its box, size of letters, text, and where its words are among the characters of the page."""

    __slots__ = ("bold", "bottom", "fixed", "glyphs", "left", "right", "size", "text", "top")

    def __init__(self, box: tuple[float, float, float, float], size: float, bold: bool, fixed: bool) -> None:
        self.left, self.bottom, self.right, self.top = box
        self.size = size
        self.bold = bold
        self.fixed = fixed  # whether its letters are all of one width, as of code
        self.text = ""
        self.glyphs: list[tuple[int, int]] = []

    @property
    def middle(self) -> float:
        """Its height above the lower edge of the page."""
        return (self.bottom + self.top) / 2


def load_page(document: Any, number: int) -> Any:
    """A page of a document, from 0, with what was filled into a form or written upon it; None if it cannot be read."""
    page = pdfium.FPDF_LoadPage(document, number)
    if page and any(
        _subtype(page, place) in _WRITTEN for place in range(min(_MOST_NOTES, pdfium.FPDFPage_GetAnnotCount(page)))
    ):
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        pdfium.FPDF_ClosePage(page)
        page = pdfium.FPDF_LoadPage(document, number)
    return page or None


def _subtype(page: Any, place: int) -> int:
    note = pdfium.FPDFPage_GetAnnot(page, place)
    if not note:
        return 0
    subtype = int(pdfium.FPDFAnnot_GetSubtype(note))
    pdfium.FPDFPage_CloseAnnot(note)
    return subtype


class PageText:
    """The characters of an open page."""

    def __init__(self, page: Any) -> None:
        self._handle = pdfium.FPDFText_LoadPage(page)
        self._page = page
        self.count = max(0, pdfium.FPDFText_CountChars(self._handle)) if self._handle else 0
        self._box = pdfium.FS_RECTF()
        self._at = ctypes.byref(self._box)
        self._turned = pdfium.FPDFPage_GetRotation(page)
        self.width: float = pdfium.FPDF_GetPageWidthF(page)
        self.height: float = pdfium.FPDF_GetPageHeightF(page)

    def close(self) -> None:
        """Let go of it."""
        if self._handle:
            pdfium.FPDFText_ClosePage(self._handle)

    def text(self) -> str:
        """The text, a code point for each character of the page."""
        buffer = ctypes.create_string_buffer(2 * (self.count + 1))
        written = pdfium.FPDFText_GetText(
            self._handle, 0, self.count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        )
        text = buffer.raw[: 2 * max(0, written - 1)].decode("utf-16-le", "surrogatepass")
        if len(text) == self.count:
            return text.replace("\ufffe", "\x02")  # which the other way of asking has for such a hyphen
        # What has no code point is left out there, and what is beyond the first 65,536 is two.
        codes = (pdfium.FPDFText_GetUnicode(self._handle, number) for number in range(self.count))
        return "".join(chr(code) if 0 < code < 0x110000 else "\x00" for code in codes)

    def box(self, number: int) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of a character, as high as its font."""
        if not pdfium.FPDFText_GetLooseCharBox(self._handle, number, self._at):
            return 0.0, 0.0, 0.0, 0.0
        box = self._box
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        if self._turned == 0:
            return left, bottom, right, top
        width, height = self.width, self.height
        if self._turned == 1:
            return bottom, height - right, top, height - left
        if self._turned == 2:
            return width - right, height - top, width - left, height - bottom
        return width - top, left, width - bottom, right

    @cached_property
    def _runs(self) -> int:
        """Which way most words run: 0 from side to side, -1 down, 1 up, as on pages with a table that is turned."""
        ways: Counter[int] = Counter()
        for match in islice(_WORD.finditer(self.text()), _MOST_LOOKED_AT):
            begin, end = self.box(match.start()), self.box(match.end() - 1)
            across, up = begin[0] + begin[2] - end[0] - end[2], end[1] + end[3] - begin[1] - begin[3]
            if match.end() - match.start() > 2:
                ways[(up > 0) - (up < 0) if abs(up) > abs(across) else 0] += 1
        way, count = max(ways.items(), key=lambda item: item[1], default=(0, 0))
        return way if 2 * count > ways.total() else 0

    def place(self, number: int) -> tuple[float, float, float, float]:
        """The box of a character on the page as it is turned to be read."""
        left, bottom, right, top = self.box(number)
        if self._runs < 0:
            return self.height - top, left, self.height - bottom, right
        if self._runs > 0:
            return bottom, self.width - right, top, self.width - left
        return left, bottom, right, top

    @property
    def tall(self) -> float:
        """How high the page is as it is turned to be read."""
        return self.width if self._runs else self.height

    def size(self, number: int) -> float:
        """The size of a character's letters, in points."""
        size: float = pdfium.FPDFText_GetFontSize(self._handle, number)
        matrix = pdfium.FS_MATRIX()
        if pdfium.FPDFText_GetMatrix(self._handle, number, ctypes.byref(matrix)):
            size *= math.hypot(matrix.c, matrix.d)
        return round(size, 1)

    def look(self, number: int) -> tuple[bool, bool]:
        """Whether a character is of a bold font, and of one with letters of one width, as the font or its name says."""
        name = ctypes.create_string_buffer(96)
        flags = ctypes.c_int()
        length = pdfium.FPDFText_GetFontInfo(self._handle, number, name, 96, ctypes.byref(flags))
        called = name.value.lower() if 0 < length <= 96 else b""
        bold = pdfium.FPDFText_GetFontWeight(self._handle, number) >= _BOLD_FROM or any(one in called for one in _BOLD)
        return bold, bool(flags.value & 1) or any(one in called for one in _FIXED)


def strips_of(page: PageText) -> list[Strip]:
    """The strips of a page, in the order in which the file draws them."""
    if not page.count:
        return []
    text = page.text()
    found: list[Strip] = []
    words: list[str] = []
    strip: Strip | None = None
    done = 0
    for match in _WORD.finditer(text):
        first, last = match.span()
        begin, finish = page.place(first), page.place(last - 1)
        left, right = min(begin[0], finish[0]), max(begin[2], finish[2])
        bottom, top = min(begin[1], finish[1]), max(begin[3], finish[3])
        if strip is not None and _BREAK.search(text, done, first) is None and _goes_on(strip, left, bottom, right, top):
            if len(words) == 1 and _MARK.fullmatch(words[0]) is not None:
                size = page.size(first)
                if strip.size < 0.85 * size:  # the number of a note, before it
                    words[0] = words[0].translate(_SUPERSCRIPTS)
                    strip.size = size
                    strip.bold, strip.fixed = page.look(first)
            strip.left, strip.right = min(strip.left, left), max(strip.right, right)
        else:
            if strip is not None:
                _finish(page, strip, words)
            size = page.size(first) or top - bottom or 1.0
            strip = Strip((left, bottom, right, top), size, *page.look(first))
            found.append(strip)
            words = []
        word = match[0]
        if len(word) > 1 and _RAISED.search(word) is not None:
            word = _with_superscripts(page, word, first)
        words.append(word if word.isascii() and word.isprintable() else readable(word))
        strip.glyphs.append((first, last))
        if word[-1] == "\x02":
            _finish(page, strip, words)  # the line ends here
            strip = None
        done = last
    if strip is not None:
        _finish(page, strip, words)
    return [one for one in found if one.text]


def _finish(page: PageText, strip: Strip, words: list[str]) -> None:
    """A strip with all its words. It is bold, or code, if it is so from the first to the last."""
    strip.text = " ".join(words)
    if (strip.bold or strip.fixed) and len(words) > 1:
        bold, fixed = page.look(strip.glyphs[-1][0])
        strip.bold, strip.fixed = strip.bold and bold, strip.fixed and fixed


def _goes_on(strip: Strip, left: float, bottom: float, right: float, top: float) -> bool:
    """Whether a word stands on the line of a strip, and no wide gap away from it."""
    height = min(strip.top - strip.bottom, top - bottom)
    shared = min(strip.top, top) - max(strip.bottom, bottom)
    if height > 0 and shared < 0.4 * height:
        return False
    reach = _GAP * strip.size
    return left - strip.right < reach and strip.left - right < reach


def _with_superscripts(page: PageText, word: str, first: int) -> str:
    """A word whose digits behind letters, a point or other digits are the mark of a note, or a power, where raised."""

    def raised(match: re.Match[str]) -> str:
        before, mark = first + match.start() - 1, first + match.start()
        is_raised = page.size(mark) < 0.85 * page.size(before) and page.place(mark)[1] > page.place(before)[1] + 1
        return match[0].translate(_SUPERSCRIPTS) if is_raised else match[0]

    return _RAISED.sub(raised, word)


def readable(word: str) -> str:
    """A word with its ligatures and shapes of Arabic letters as letters, and without what is no character."""
    word = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), word)
    hyphen = "\x02" if word.endswith("\x02") else ""
    return _UNFIT.sub("", word.removesuffix("\x02")) + hyphen
