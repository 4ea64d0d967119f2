"""What a search returns: results, their hits, and the citation of each.

A `Hit` is a ranked paragraph with the *spans* that made it match. A `Citation` is what lets anyone find and
check the paragraph again. `Results` reads a record only when its hit is looked at, and counts all matches only
when `total` is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from searchlib.query import QueryWarning
    from searchlib.records import DocumentInfo, Paragraph, Record

Format = Literal["plain", "ansi", "html", "markdown"]
Spans = tuple[tuple[int, int], ...]

SNIPPET_LENGTH = 240  # code points


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a paragraph stands, and what it says there.

    ``start`` and ``end`` are code points in the document's text; ``line`` is the line of the seed.
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
    url: str = ""

    def __str__(self) -> str:
        """For people: ``Title, "Heading > Subheading", ¶ 3 (path, line 12)``."""
        parts = [self.title] if self.title else []
        if self.headings:
            parts.append("“" + " › ".join(self.headings) + "”")
        parts.append(f"¶ {self.paragraph}")
        return ", ".join(parts) + f" ({self.path}, line {self.line})"

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "id": self.id,
            "path": self.path,
            "title": self.title,
            "headings": list(self.headings),
            "paragraph": self.paragraph,
            "line": self.line,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            **({"url": self.url} if self.url else {}),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked paragraph. ``rank`` counts from 1; ``spans`` are code-point ranges of ``text`` that matched."""

    rank: int
    score: float
    record: Record
    spans: Spans
    _explain: Callable[[], Any] = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """The id of the paragraph."""
        return self.record.id

    @property
    def document(self) -> DocumentInfo:
        """Its document: path, title, type, language, metadata."""
        return self.record.document

    @property
    def paragraph(self) -> Paragraph:
        """The paragraph: number, start, end, line, heading path, text."""
        return self.record.paragraph

    @property
    def text(self) -> str:
        """The text of the paragraph, whole."""
        return self.record.paragraph.text

    def snippet(self, format: Format = "plain", length: int = SNIPPET_LENGTH, count: int = 1) -> str:
        """The part of the text that holds most of the query, with the matches marked.

        ``length`` is in code points; ``count`` is how many separate parts may be shown.
        """
        from searchlib.highlight import snippet
        from searchlib.render import render

        return render(snippet(self.text, self.spans, length=length, count=count), self.text, format)

    @property
    def citation(self) -> Citation:
        """Where the paragraph stands."""
        return cite(self.record)

    def explain(self) -> Any:
        """Where the score came from; ``str()`` of it is for people."""
        return self._explain()

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        document, paragraph = self.document, self.paragraph
        return {
            "rank": self.rank,
            "score": self.score,
            "id": self.id,
            "document": {
                "path": document.path,
                "title": document.title,
                "type": document.type,
                "language": document.language,
                "metadata": dict(document.metadata),
            },
            "paragraph": {
                "number": paragraph.number,
                "start": paragraph.start,
                "end": paragraph.end,
                "line": paragraph.line,
                "headings": list(paragraph.headings),
                "kind": paragraph.kind,
            },
            "text": self.text,
            "spans": [list(span) for span in self.spans],
            "citation": str(self.citation),
        }


def cite(record: Record) -> Citation:
    """The citation of a record."""
    document, paragraph = record.document, record.paragraph
    url = document.metadata.get("url", "")
    return Citation(
        record.id,
        document.path,
        document.title,
        paragraph.headings,
        paragraph.number,
        paragraph.line,
        paragraph.start,
        paragraph.end,
        paragraph.text,
        url if isinstance(url, str) else "",
    )


class Results(Sequence[Hit]):
    """The hits of one search, best first; a sequence that reads each hit when it is first looked at."""

    def __init__(  # noqa: PLR0913 - what a search found, part by part
        self,
        query: str,
        size: int,
        load: Callable[[int], Hit],
        count: Callable[[], int],
        *,
        took: float = 0.0,
        warnings: tuple[QueryWarning, ...] = (),
        suggestion: str | None = None,
        offset: int = 0,
        total: int | None = None,
    ) -> None:
        self.query = query
        self.took = took  # seconds, from the query to the ranked handles
        self.warnings = warnings
        self.suggestion = suggestion
        self.offset = offset
        self._load = load
        self._count = count
        self._hits: list[Hit | None] = [None] * size
        self._total = total

    @property
    def total(self) -> int:
        """How many paragraphs match, exactly; counted when first asked for."""
        if self._total is None:
            self._total = self._count()
        return self._total

    def __len__(self) -> int:
        return len(self._hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(f"there are {len(self)} hits")
        hit = self._hits[index]
        if hit is None:
            hit = self._hits[index] = self._load(index)
        return hit

    def __iter__(self) -> Iterator[Hit]:
        return (self[number] for number in range(len(self)))

    def __repr__(self) -> str:
        return f"<Results {self.query!r}: {len(self)} hits>"
