"""Where words stand on a page of a PDF: rectangles, to mark them where the page is drawn.

A paragraph is found on its page by its letters, in the order in which `pagelayout` reads the page: white space, hyphens
and shapes of letters do not count. So it needs no more than the page, whatever came before it in the file, and what
stands in an index already.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from searchlib.documents.pdf.loader import opened
from searchlib.documents.sandboxing import ask
from searchlib.documents.seed import Seed
from searchlib.frozen import frozen

_LEAST: Final = 12  # letters by which the beginning or the end of a paragraph is known


@frozen
class Rectangle:
    """A range of a paragraph's text on a page, in points from the upper left corner of the page as it is shown.

    ``span`` is the number of the span that it is a part of, counted from 0.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float
    span: int


@frozen
class PageMarks:
    """The rectangles on a page, whose size in points this is."""

    width: float
    height: float
    rectangles: tuple[Rectangle, ...]


def rectangles(seed: Seed, page: int, text: str, spans: Sequence[tuple[int, int]]) -> PageMarks:
    """Where ``spans``, ranges of a paragraph's ``text`` in code points, stand on a page of a PDF, counted from 1.

    Of a paragraph that goes on over pages, ask for each of them. Nothing is found where the text is not on the page.

    Raises:
        SeedError: the file cannot be read, or has no such page.
    """
    arguments = {
        "name": seed.name,
        "page": page,
        "text": text,
        "spans": [list(span) for span in spans],
        "passwords": list(seed.options.passwords),
    }
    (answer,) = ask(f"{__name__}:_found", seed.read(), arguments, seed.limits, seed.name)
    width, height, found = json.loads(answer)
    made = (Rectangle(page, float(one[0]), float(one[1]), float(one[2]), float(one[3]), int(one[4])) for one in found)
    return PageMarks(float(width), float(height), tuple(made))


# In the sandbox


def _found(
    data: bytes, name: str, page: int, text: str, spans: list[list[int]], passwords: list[str]
) -> Iterator[tuple[float, float, list[tuple[float, float, float, float, int]]]]:
    import pypdfium2.raw as pdfium

    from searchlib.documents.pdf.glyphs import PageText, load_page, strips_of
    from searchlib.documents.pdf.pagelayout import columns_of
    from searchlib.errors import SeedError

    document = opened(data, name, passwords)
    handle = load_page(document, page - 1) if 0 < page <= len(document) else None
    if not handle:
        raise SeedError(f"has no page {page}: it has {len(document):,}", name)
    characters = PageText(handle)
    try:
        rows = [row for column in columns_of(page - 1, strips_of(characters)) for row in column]
        source = characters.text()
        order = [at for row in rows for strip in row.strips for span in strip.glyphs for at in range(*span)]
        on_page = [(letter, at) for at in order for letter in _letters(source[at])]
        in_text = [(letter, at) for at, character in enumerate(text) for letter in _letters(character)]
        places = _aligned("".join(one for one, _ in in_text), "".join(one for one, _ in on_page))
        glyphs = {in_text[mine][1]: on_page[theirs][1] for mine, theirs in places}
        yield characters.width, characters.height, list(_boxes(characters, glyphs, spans))
    finally:
        characters.close()
        pdfium.FPDF_ClosePage(handle)
        document.close()


def _letters(character: str) -> str:
    """What of a character is compared: its letters, signs and digits, without shape and case."""
    if character.isascii():
        return character.casefold() if character.isprintable() and character not in " -" else ""
    return "".join(
        one
        for one in unicodedata.normalize("NFKC", character).casefold()
        if not one.isspace() and unicodedata.category(one) not in ("Pd", "Cf", "Cc", "Cn", "Co")
    )


def _aligned(text: str, page: str) -> Iterable[tuple[int, int]]:
    """Which letters of a paragraph are which of a page: all, or its beginning or end if another page has the rest."""
    at = page.find(text)
    if at >= 0:
        return [(number, at + number) for number in range(len(text))]
    first = _longest(text, page, lambda length: text[:length])
    last = _longest(text, page, lambda length: text[len(text) - length :])
    if max(first, last) < min(_LEAST, len(text)):
        return []
    if first >= last:
        at = page.rfind(text[:first])
        return [(number, at + number) for number in range(first)]
    at = page.find(text[len(text) - last :])
    return [(len(text) - last + number, at + number) for number in range(last)]


def _longest(text: str, page: str, part: Any) -> int:
    """The length of the longest part that is on the page: of one that is, shorter ones are too."""
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if part(middle) in page:
            least = middle
        else:
            most = middle - 1
    return least


def _boxes(
    characters: Any, glyphs: dict[int, int], spans: list[list[int]]
) -> Iterator[tuple[float, float, float, float, int]]:
    """A rectangle for each line of each span."""
    for number, (start, end) in enumerate(spans):
        box: list[float] | None = None
        for at in range(start, end):
            if at not in glyphs:
                continue
            left, bottom, right, top = characters.box(glyphs[at])
            if right <= left or top <= bottom:
                continue
            if box is not None and min(box[3], top) - max(box[1], bottom) > 0.4 * (top - bottom) and right >= box[0]:
                box = [min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top)]
                continue
            if box is not None:
                yield _from_above(box, characters.height, number)
            box = [left, bottom, right, top]
        if box is not None:
            yield _from_above(box, characters.height, number)


def _from_above(box: list[float], height: float, number: int) -> tuple[float, float, float, float, int]:
    left, bottom, right, top = box
    return round(left, 2), round(height - top, 2), round(right, 2), round(height - bottom, 2), number
