"""A citation: which words, of which paragraph, of which document, and where.

* The *quote* is a range of the paragraph's text: all of it, or the part that matters.
* The *context* is what stands before and after it in the document, some 32 code points each, white space made single
  blanks. It tells apart places that say the same, as the W3C's Web Annotation Data Model has it.

All ranges are code points; `docs/citations.md` has the forms that a citation is written in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from searchlib.citing.references import Span, reference
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.model.locators import Locator, where
from searchlib.model.records import below_title

if TYPE_CHECKING:
    from searchlib.model.records import Record

CONTEXT = 32  # code points of prefix and suffix
NEIGHBOURS = 2  # paragraphs on each side that these may reach into


@frozen
class Citation:
    """A ``quote``, and where it stands: ``path``, ``title`` and ``url`` of the document, ``headings`` and
    ``paragraph``.

    ``prefix`` and ``suffix`` are what stands before and after it, some 32 code points each. ``start`` and ``end`` are
    its range in the document's text, ``offset`` is where it begins in the paragraph's, which has ``length`` code
    points, and whose number, ``line`` (of the seed, 0 if that has none), ``locators`` and ``id`` these are. ``spans``
    are the ranges of the document's text that matched a query. ``digest`` is the hash of the document
    (`document_digest`).
    """

    id: str
    path: str
    title: str
    headings: tuple[str, ...]
    paragraph: int
    line: int
    start: int
    end: int
    quote: str
    prefix: str = ""
    suffix: str = ""
    spans: tuple[Span, ...] = ()
    offset: int = 0
    length: int = 0
    digest: str = ""
    url: str = ""
    locators: tuple[Locator, ...] = ()

    def __str__(self) -> str:
        """For people: ``Title, "Heading > Subheading", ¶ 3 (path, page 4)``, or ``line 12``."""
        parts = [self.title] if self.title else []
        if self.section:
            parts.append("“" + " › ".join(self.section) + "”")
        parts.append(f"¶ {self.paragraph}")
        return ", ".join(parts) + f" ({', '.join(filter(None, (self.path, self.where)))})"

    @property
    def where(self) -> str:
        """Where the paragraph stands in the file: ``page 12 “xii”``, ``line 3``; "" where that cannot be said."""
        return where(self.locators, self.line)

    @property
    def fragment(self) -> tuple[str, str]:
        """What leads there in an address, and the specification that it conforms to: of the innermost locator that has
        one.
        """
        return next((one.address for one in reversed(self.locators) if one.address[0]), ("", ""))

    @property
    def section(self) -> tuple[str, ...]:
        """The headings below the title, which is the first heading itself in many documents."""
        return below_title(self.headings, self.title)

    @property
    def whole(self) -> bool:
        """Whether the quote is all of the paragraph."""
        return self.offset == 0 and len(self.quote) == self.length

    @property
    def part(self) -> Span:
        """The range of the quote in the paragraph's text."""
        return self.offset, self.offset + len(self.quote)

    @property
    def reference(self) -> str:
        """What names the quote in any file: ``searchlib:ID``, with ``#char=start,end`` if it is a part."""
        return reference(self.id, None if self.whole else self.part)

    @property
    def link(self) -> str:
        """The web address of the document, leading to the quote (WICG text fragments); "" without an address."""
        from searchlib.citing.links import text_fragment

        return text_fragment(self)

    def text(self, width: int = 0) -> str:
        """For any text: the quote, its lines begun with ``>``, and where it stands."""
        from searchlib.citing.forms import as_text

        return as_text(self, width)

    def markdown(self) -> str:
        """For Markdown: the definition of a footnote, ``[^ID]: …``."""
        from searchlib.citing.forms import as_markdown

        return as_markdown(self)

    def annotation(self) -> JsonObject:
        """For JSON: a SpecificResource of the W3C's Web Annotation Data Model."""
        from searchlib.citing.annotations import as_annotation

        return as_annotation(self)

    def as_dict(self) -> JsonObject:
        """All of it, flat, ready for JSON."""
        return {**as_object(self, "url"), "reference": self.reference, **({"url": self.url} if self.url else {})}


def cite(
    record: Record,
    neighbours: Sequence[Record] = (),
    *,
    part: Span | None = None,
    spans: Sequence[Span] = (),
) -> Citation:
    """The citation of a record, or of the ``part`` of its paragraph's text.

    ``neighbours`` are records of the document around it, in order, with or without itself: the context reaches into
    them. ``spans`` are ranges of the paragraph's text that matched.
    """
    document, paragraph = record.document, record.paragraph
    text = paragraph.text
    first, last = part if part is not None else (0, len(text))
    url = document.metadata.get("url", "")
    prefix = suffix = ""
    if neighbours or part is not None:
        from searchlib.citing.context import context

        prefix, suffix = context(record, neighbours, first, last, CONTEXT)
    return Citation(
        id=record.id,
        path=document.path,
        title=document.title,
        headings=paragraph.headings,
        paragraph=paragraph.number,
        line=paragraph.line,
        start=paragraph.start + first,
        end=paragraph.start + last,
        quote=text[first:last],
        url=url if isinstance(url, str) else "",
        locators=paragraph.locators,
        digest=document.digest,
        prefix=prefix,
        suffix=suffix,
        spans=tuple((paragraph.start + start, paragraph.start + end) for start, end in spans),
        offset=first,
        length=len(text),
    )
