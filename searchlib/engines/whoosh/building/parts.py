"""Parts of documents: what is inverted at once, so that memory does not grow with the largest document.

A document of ordinary size is one part, and is split where it is inverted. What is larger is split before: each part
is a document with a stretch of the text, and what its records have to know of those before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import accumulate

from searchlib.frozen import frozen
from searchlib.model.records import Document, Record
from searchlib.paragraphs import places
from searchlib.paragraphs.split import Places

A_DOCUMENT = 64
"""Code points: what a record takes besides its text, and a document besides its records."""


@frozen
class DocumentPart:
    """Some successive paragraphs: their places in the text, and the language that they are in.

    ``number`` paragraphs and ``offset`` code points of the document come before; ``occurrences`` says of each paragraph
    how many before it in the document are the same, if that is known already; ``above`` is the heading path of the
    paragraph before, None if there is none. ``starts`` says where each stands in the document, where that is not
    ``offset`` after its place.
    """

    places: Places
    language: str
    number: int = 0
    offset: int = 0
    occurrences: Sequence[int] | None = None
    above: str | None = None
    starts: Sequence[int] | None = None


def whole(document: Document, language: str) -> DocumentPart:
    """All of a document."""
    return DocumentPart(places(document), language)


def weight(document: Document) -> int:
    """About how many code points a document makes, with what each of its records repeats of what is known of it."""
    about = len(document.title) + sum(map(_length, document.metadata.values()))
    records = 1 + max(len(document.text) // 256, len(document.blocks or ()))
    return len(document.text) + A_DOCUMENT + records * about


def _length(value: object) -> int:
    if isinstance(value, tuple):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str) else 16


def parts_of(document: Document, language: str, most: int) -> Iterator[tuple[Document, DocumentPart, int]]:
    """The parts of a large document, of about ``most`` code points each: its text there, the part, its weight."""
    found = places(document)
    about = A_DOCUMENT + len(document.title) + sum(map(_length, document.metadata.values()))
    seen: dict[bytes, int] = {}
    first, size = 0, len(found)
    while first < size:
        begin, stop, taken = found.starts[first], first, 0
        while stop < size and (stop == first or taken < most):
            taken += found.ends[stop] - found.starts[stop] + about
            stop += 1
        text = document.text[begin : found.ends[stop - 1]]
        own = Places(
            [start - begin for start in found.starts[first:stop]],
            [end - begin for end in found.ends[first:stop]],
            found.lines[first:stop],
            found.headings[first:stop],
            found.kinds[first:stop],
            found.locators[first:stop],
        )
        occurrences = [_count(seen, text[start:end]) for start, end in zip(own.starts, own.ends, strict=True)]
        above = "\n".join(found.headings[first - 1]) if first else None
        part = DocumentPart(own, language, first, begin, occurrences, above)
        yield replace(document, text=text, blocks=None), part, taken
        first = stop


def parts_of_records(records: Sequence[Record], most: int) -> Iterator[tuple[Document, DocumentPart, int]]:
    """The same of a document of which only the records are known: what stands between its paragraphs is not there."""
    info = records[0].document
    about = A_DOCUMENT + len(info.title) + sum(map(_length, info.metadata.values()))
    seen: dict[bytes, int] = {}
    first = 0
    while first < len(records):
        stop, taken = first, 0
        while stop < len(records) and (stop == first or taken < most):
            taken += len(records[stop].paragraph.text) + about
            stop += 1
        some = [record.paragraph for record in records[first:stop]]
        texts = [one.text for one in some]
        ends = list(accumulate(len(text) + 1 for text in texts))
        own = Places(
            [0, *ends[:-1]],
            [end - 1 for end in ends],
            [one.line for one in some],
            [one.headings for one in some],
            [one.kind for one in some],
            [one.locators for one in some],
        )
        occurrences = [_count(seen, text) for text in texts]
        above = "\n".join(records[first - 1].paragraph.headings) if first else None
        starts = [one.start for one in some]
        part = DocumentPart(own, info.language, first, 0, occurrences, above, starts)
        text = "\n".join(texts)
        yield Document(info.path, text, info.title, info.type, info.language, info.metadata), part, taken
        first = stop


def _count(seen: dict[bytes, int], text: str) -> int:
    """How often a text was seen before, white space aside."""
    digest = blake2b(" ".join(text.split()).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    seen[digest] = before = seen.get(digest, -1) + 1
    return before
