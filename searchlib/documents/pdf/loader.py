"""PDF, by PDFium: the text as a reader finds it, page by page.

`glyphs` reads what stands where, `pagelayout` puts it in order, `passages` makes paragraphs of it. What is filled
into forms is read; links, comments, scripts and attachments are not looked at. A page that is a picture has no text; a
file of such pages needs to be read by a machine first (OCR), and is told as such.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from searchlib.documents.builder import Builder
from searchlib.documents.properties import NO_TITLE
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document, Metadata, Scalar

if TYPE_CHECKING:
    import pypdfium2

    from searchlib.documents.pdf.glyphs import Strip

_DATE: Final = re.compile(r"D:(\d{4})(?:(\d\d)(?:(\d\d))?)?")
_FEW: Final = 3  # letters of a page that has none to speak of
_LOOKED_AT: Final = 100  # objects of a page
_LISTED: Final = 5  # ranges of pages in a message
_TITLE_LENGTH: Final = 200


@sandboxed
def load_pdf(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks, each on its page.

    Raises SeedError for what is encrypted or damaged.
    """
    data = seed.read()
    if not data:
        return
    document = opened(data, seed.name, seed.options.passwords)
    try:
        yield from _documents(document, seed, len(data))
    finally:
        document.close()


def opened(data: bytes, name: str, passwords: Sequence[str] = ()) -> pypdfium2.PdfDocument:
    """A PDF, opened with one of the ``passwords`` if it needs one. Raises SeedError."""
    import pypdfium2
    from pypdfium2 import PdfiumError

    for password in (None, *passwords):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except PdfiumError as error:
            if getattr(error, "err_code", None) != pypdfium2.raw.FPDF_ERR_PASSWORD:
                file = shlex.quote(name)
                said = f"no PDF, or a damaged one ({error}): save it anew, or repair it with: qpdf {file} repaired.pdf"
                raise SeedError(said, name) from None
    if passwords:
        raise SeedError("encrypted, and none of the passwords opens it: add its own to the --password-file", name)
    raise SeedError("encrypted: give the file of its password with --password-file", name)


def _documents(document: pypdfium2.PdfDocument, seed: Seed, size: int) -> Iterator[Document]:
    from searchlib.documents.pdf.pagelayout import columns_of, without_furniture
    from searchlib.documents.pdf.passages import KnownWords, body_size, passages_of

    count = len(document)
    read = min(count, seed.limits.pages)
    if read < count:
        seed.notes(0, f"has {count:,} pages, of which the first {read:,} are read; {how_to_raise('pages')}")
    labels = [document.get_page_label(number) for number in range(read)]
    pages, heights, pictures = _read(document, read, lambda number: seed.passes(size * number // count))
    _tell_pictures(seed, pictures, read, any(pages))
    if pictures and not any(pages):
        return
    pages = without_furniture(pages, heights, labels)
    columns = [column for number, strips in enumerate(pages) for column in columns_of(number, strips)]
    pages.clear()
    rows = list(chain.from_iterable(columns))
    words = KnownWords(rows)
    builder = Builder()
    largest, title = 0.0, ""
    for passage in passages_of(columns, body_size(rows)):
        first, last = passage.pages
        text = words.text_of(passage)
        end = last + 1 if last > first else None
        builder.add(text, passage.kind, 0, passage.level, (Locator("page", first + 1, labels[first], end),))
        if passage.kind == "heading" and first == 0 and passage.size > largest and len(text) <= _TITLE_LENGTH:
            largest, title = passage.size, text
    about = {key: " ".join(clean(value).split()) for key, value in document.get_metadata_dict().items()}
    named = about.get("Title", "")
    title = (named if named and not NO_TITLE.search(named) else "") or title or builder.first_heading or seed.stem
    yield Document(
        seed.name,
        builder.text,
        " ".join(title.split()),
        "pdf",
        seed.options.language,
        _metadata(about, count),
        builder.blocks,
        line=0,
    )


def _read(
    document: pypdfium2.PdfDocument, count: int, passes: Callable[[int], None]
) -> tuple[list[list[Strip]], list[float], list[int]]:
    """The strips of each page, its height, and which pages have next to no text but a picture, or cannot be read."""
    import pypdfium2.raw as pdfium

    from searchlib.documents.pdf.glyphs import PageText, load_page, strips_of

    pages: list[list[Strip]] = []
    heights: list[float] = []
    pictures = []
    for number in range(count):
        passes(number)
        page = load_page(document, number)
        if not page:
            pages.append([])
            heights.append(0.0)
            pictures.append(number)
            continue
        text = PageText(page)
        try:
            strips = strips_of(text)
        finally:
            text.close()
        if sum(len(strip.text) for strip in strips) <= _FEW and _has_picture(page):
            pictures.append(number)
        pages.append(strips)
        heights.append(text.tall)
        pdfium.FPDF_ClosePage(page)
    return pages, heights, pictures


def _has_picture(page: Any) -> bool:
    """Whether there is a picture among what is drawn first on a page."""
    import pypdfium2.raw as pdfium

    objects = (
        pdfium.FPDFPage_GetObject(page, number) for number in range(min(_LOOKED_AT, pdfium.FPDFPage_CountObjects(page)))
    )
    return any(
        pdfium.FPDFPageObj_GetType(one) in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM) for one in objects
    )


def _tell_pictures(seed: Seed, pictures: list[int], count: int, has_text: bool) -> None:
    """Say which pages are pictures."""
    file = shlex.quote(seed.name)
    command = f"ocrmypdf --skip-text {file} {file}"
    if not has_text:
        if pictures:
            seed.textless(f"has no text, only pictures of {len(pictures):,} pages: needs OCR, as by: {command}")
        return
    if len(pictures) >= max(2, count // 20):  # not for the cover of a book
        shown = _ranges(pictures)
        pages = ", ".join(shown[:_LISTED]) + (", …" if len(shown) > _LISTED else "")
        missing = f"{len(pictures):,} of {count:,} pages have no text (page {pages})"
        seed.notes(0, f"{missing}: where they are scans, it needs OCR, as by: {command}")


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Numbers counted from 0 as ranges counted from 1."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        else:
            found.append([number + 1, number + 1])
    return [str(first) if first == last else f"{first}-{last}" for first, last in found]


def _metadata(about: dict[str, str], pages: int) -> Metadata:
    found: dict[str, Scalar | tuple[Scalar, ...]] = {"pages": pages}
    for key, name in (("Author", "author"), ("Subject", "subject"), ("Keywords", "keywords")):
        value = about.get(key, "")
        if value:
            parts = (
                tuple(part.strip() for part in re.split("[,;]", value) if part.strip()) if name == "keywords" else ()
            )
            found[name] = parts if len(parts) > 1 else value
    date = _DATE.match(about.get("CreationDate", ""))
    if date is not None:
        found["date"] = "-".join(part for part in date.groups() if part)
    return found
