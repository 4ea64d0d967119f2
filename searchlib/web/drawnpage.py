"""The page of a PDF that a paragraph stands on, drawn and marked: of seeds that are as they were indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from searchlib import Index, SeedError
from searchlib.files.roots import StrPath
from searchlib.model.records import Record
from searchlib.update.severalseeds import remembered_seeds
from searchlib.web.addresses import encoded

if TYPE_CHECKING:
    from searchlib.documents import Seed
    from searchlib.documents.pdf.marks import Rectangle

MOST_PAGES: Final = 3
"""Pages that are drawn of a paragraph that goes on over more."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page with its size in points, the address of its picture, and what is marked on it."""

    number: int
    label: str
    width: float
    height: float
    picture: str
    marks: tuple[Rectangle, ...]


def drawn_pages(
    index: Index, sources: Sequence[StrPath] | None, record: Record, spans: Sequence[tuple[int, int]], base: str
) -> tuple[list[DrawnPage], str]:
    """The pages that a paragraph of a PDF stands on, and why they cannot be drawn, if so.

    None where no seed may be read. What is marked are the ``spans``, or all of the paragraph where there are none.
    """
    numbers = list(_pages(record))
    if sources is None or record.document.type != "pdf" or not numbers:
        return [], ""
    from searchlib.documents.pdf.marks import rectangles

    text = record.paragraph.text
    found = []
    try:
        seed = seed_of(index, sources, record.document.path)
        for number, label in numbers:
            marks = rectangles(seed, number, text, spans or [(0, len(text))])
            picture = f"{base}/page?{encoded([('path', record.document.path), ('number', str(number))])}"
            found.append(DrawnPage(number, label, marks.width, marks.height, picture, marks.rectangles))
    except SeedError as error:
        return [], str(error)
    return found, ""


def picture(index: Index, sources: Sequence[StrPath], path: str, number: int) -> bytes:
    """A page of a PDF as a PNG. Raises SeedError."""
    from searchlib.documents.pdf.drawing import drawn

    if not path.lower().endswith((".pdf", ".pdf.gz")):
        raise SeedError("only pages of PDF files are drawn", path)
    return drawn(seed_of(index, sources, path), number)


def seed_of(index: Index, sources: Sequence[StrPath], path: str) -> Seed:
    """The seed of a document, as it was indexed. Raises SeedError."""
    return remembered_seeds(index.path, sources, index.limits).seed(path)


def _pages(record: Record) -> Iterator[tuple[int, str]]:
    for one in record.paragraph.locators:
        if one.kind == "page":
            last = int(one.end if one.end is not None else one.number)
            for number in range(int(one.number), min(last, int(one.number) + MOST_PAGES - 1) + 1):
                yield number, one.label if number == one.number and one.label else str(number)
