"""What a search returns: results, their hits, and the citation of each.

A `Hit` is a ranked paragraph with the *spans* that made it match. Its citation (`searchlib.citing`) is what lets
anyone find and check the paragraph again. `Results` reads records only when more than the id of a hit is looked at, and
counts all matches only when `total` is asked for.

What reads later has the files of its generation open until then. A pickle (or a copy) has none: everything that there
is to ask is asked when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, cast, overload

from searchlib.citing import Citation, cite
from searchlib.engine.answers import AT_ONCE
from searchlib.frozen import frozen
from searchlib.guards.arguments import flag, text
from searchlib.model.jsonable import JsonObject, as_json
from searchlib.model.shortening import shortened
from searchlib.search.kept import KnownAnswer, KnownHit

if TYPE_CHECKING:
    from searchlib.engine.answers import Facet
    from searchlib.engine.explaining import Explanation
    from searchlib.highlight import Highlights, Snippet
    from searchlib.model.records import DocumentInfo, Paragraph, Record
    from searchlib.query import QueryWarning

Format = Literal["plain", "ansi", "html", "markdown"]
Spans = tuple[tuple[int, int], ...]

SNIPPET_LENGTH = 240  # code points


class HitPage(Protocol):
    """What hits are read from, each by its rank; what was read is kept."""

    def record(self, rank: int) -> Record:
        """The record."""

    def highlights(self, rank: int) -> Highlights:
        """What of it matched."""

    def explain(self, rank: int) -> Explanation | None:
        """Where its score came from."""

    def neighbours(self, rank: int) -> Sequence[Record]:
        """The record, with those around it in its document."""

    def copies(self, rank: int) -> tuple[Record, ...]:
        """The others that say the same, for which it stands."""

    def index(self, rank: int) -> str:
        """Where its index is, of several; "" where there is one."""


@frozen
class Hit:
    """A ranked paragraph. ``rank`` counts from 1, ``score`` is by BM25F, and ``id`` is that of the paragraph."""

    rank: int
    score: float
    id: str
    _page: HitPage = field(repr=False, compare=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hit):
            return NotImplemented
        same = (self.rank, self.score, self.id) == (other.rank, other.score, other.id)
        return same and self.record == other.record and self.highlights == other.highlights

    def __hash__(self) -> int:
        return hash((self.rank, self.score, self.id))

    def __reduce__(self) -> tuple[Any, ...]:
        page, rank = self._page, self.rank
        known = KnownHit(
            self.record, self.highlights, page.explain(rank), tuple(page.neighbours(rank)), self.copies, self.index
        )
        return Hit, (rank, self.score, self.id, known)

    @property
    def record(self) -> Record:
        """The paragraph as the index has it; read when first asked for, with those of the other hits of the page."""
        return self._page.record(self.rank)

    @property
    def highlights(self) -> Highlights:
        """What of the record matched; found when first asked for."""
        return self._page.highlights(self.rank)

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

    @property
    def spans(self) -> Spans:
        """The code-point ranges of ``text`` that matched: sorted, and apart from one another."""
        return self.highlights.text

    @property
    def title_spans(self) -> Spans:
        """The ranges of the document's title that matched."""
        return self.highlights.title

    @property
    def heading_spans(self) -> tuple[Spans, ...]:
        """For each heading above the paragraph, the ranges of it that matched."""
        return self.highlights.headings

    def snippet(self, format: Format = "plain", length: int = SNIPPET_LENGTH, count: int = 1) -> str:
        """The part of the text that holds most of the query, with the matches marked.

        ``length`` is how many code points a part may have, 20 or more; ``count`` how many separate parts may be
        shown. A text no longer than ``length`` is shown whole. Raises SettingsError for a length, count or format
        that cannot be.
        """
        text("format", format)
        return _showing()[1](self.fragments(length, count), self.text, format, self.paragraph.kind)

    def fragments(self, length: int = SNIPPET_LENGTH, count: int = 1) -> Snippet:
        """The ranges of ``text`` that a snippet shows, each with its spans."""
        record = self.record
        return _showing()[0](record.paragraph.text, self.spans, length, count, record.document.language)

    @property
    def index(self) -> str:
        """Where the index is that it is of, among several that are searched as one; "" where there is one."""
        return self._page.index(self.rank)

    @property
    def copies(self) -> tuple[Record, ...]:
        """The others that say the same and match too, for which this stands in a search with ``distinct``."""
        return self._page.copies(self.rank)

    @property
    def citation(self) -> Citation:
        """Where the paragraph stands, with the spans that matched."""
        return cite(self.record, self._page.neighbours(self.rank), spans=self.spans)

    def explain(self) -> Explanation:
        """Where the score came from; ``str()`` of it is for people."""
        found = self._page.explain(self.rank)
        assert found is not None  # it matched
        return found

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from searchlib.search.displaying import hit_as_html

        return hit_as_html(self)

    def as_dict(self, length: int = SNIPPET_LENGTH, snippets: int = 1, *, explain: bool = False) -> JsonObject:
        """All of it, ready for JSON, with up to so many ``snippets`` of up to ``length`` code points each.

        Spans are pairs of start and end; those of the text and of its snippets are code points of ``text``.
        """
        from searchlib.render import as_dicts

        places = [{"id": one.id, "path": one.document.path, "line": one.paragraph.line} for one in self.copies]
        explanation = {"explanation": self.explain().as_dict()} if flag("explain", explain) else {}
        return {
            "rank": self.rank,
            "score": self.score,
            **self.record.as_dict(),
            "spans": as_json(self.spans),
            "title_spans": as_json(self.title_spans),
            "heading_spans": as_json(self.heading_spans),
            "snippet": self.snippet("plain", length, snippets),
            "snippets": as_dicts(self.fragments(length, snippets), self.text),
            "citation": str(cite(self.record)),
            **({"index": self.index} if self.index else {}),
            **({"copies": places} if places else {}),
            **explanation,
        }


@cache
def _showing() -> tuple[Callable[..., Snippet], Callable[..., str]]:
    """What cuts snippets, and what marks them: imported when the first is wanted."""
    from searchlib.highlight import snippet
    from searchlib.render import render

    return snippet, render


class _Search(Protocol):
    """What results are read from: a search, whose answer may still be asked for. See the properties of `Results`."""

    @property
    def text(self) -> str: ...
    @property
    def offset(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def documents(self) -> int: ...
    @property
    def facets(self) -> Mapping[str, Facet]: ...
    @property
    def cursor(self) -> str | None: ...
    @property
    def suggestion(self) -> str | None: ...
    def __len__(self) -> int: ...

    def some(self, start: int, stop: int) -> Sequence[Hit]:
        """The hits from one number, counted from 0, to another."""


class Stream(Iterator[Hit]):
    """Every hit of a query, one after another, and the ``warnings`` about the query."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("a stream of hits reads an open index and cannot be pickled or copied: give list(stream)")

    def __init__(self, hits: Iterator[Hit], warnings: tuple[QueryWarning, ...]) -> None:
        self._hits = hits
        self.warnings = warnings

    def __next__(self) -> Hit:
        return next(self._hits)


class Results(Sequence[Hit]):
    """The hits of one search, best first; a sequence that reads each hit when it is first looked at.

    ``took`` is how many seconds ranking them took; ``warnings`` are the mistakes in the query.
    """

    def __init__(self, found: _Search, took: float = 0.0, warnings: tuple[QueryWarning, ...] = ()) -> None:
        self.took = took
        self.warnings = warnings
        self._found = found
        self._hits: list[Hit | None] = [None] * len(found)

    def __reduce__(self) -> tuple[Any, ...]:
        facets = dict(self.facets)
        kept = KnownAnswer(
            self.query, self.offset, self.total, self.documents, facets, self.cursor, self.suggestion, tuple(self)
        )
        return Results, (kept, self.took, self.warnings)

    @property
    def query(self) -> str:
        """The query: the text that was given, or that of a query tree."""
        return self._found.text

    @property
    def offset(self) -> int:
        """How many hits come before the first of these."""
        return self._found.offset

    @property
    def total(self) -> int:
        """How many paragraphs match, exactly; counted when first asked for."""
        return self._found.total

    @property
    def documents(self) -> int:
        """How many documents the paragraphs that match are of, exactly; counted when first asked for."""
        return self._found.documents

    @property
    def facets(self) -> Mapping[str, Facet]:
        """The facets that were asked for, by name; counted when first asked for, over all that matches."""
        return self._found.facets

    @property
    def cursor(self) -> str | None:
        """What to give as ``after`` for the hits that follow these; None if there were fewer than were asked for."""
        return self._found.cursor

    @property
    def suggestion(self) -> str | None:
        """What the query may have been meant to be; None if nothing better is known."""
        return self._found.suggestion

    def __len__(self) -> int:
        return len(self._hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> list[Hit]: ...
    def __getitem__(self, index: int | slice) -> Hit | list[Hit]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not isinstance(index, int):
            raise TypeError(f"hits are counted from 0: give a whole number or a slice, not {index!r}")
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(f"there are {len(self)} hits")
        return self._hits[index] or self._around(index)[index % AT_ONCE]

    def __iter__(self) -> Iterator[Hit]:
        for start in range(0, len(self), AT_ONCE):
            yield from self._around(start)

    def _around(self, index: int) -> list[Hit]:
        """The hits that are made together with this one."""
        start = index - index % AT_ONCE
        if self._hits[index] is None:
            self._hits[start : start + AT_ONCE] = self._found.some(start, start + AT_ONCE)
        return cast("list[Hit]", self._hits[start : start + AT_ONCE])

    def as_dict(self, length: int = SNIPPET_LENGTH, snippets: int = 1, *, explain: bool = False) -> JsonObject:
        """All of it, ready for JSON; hits as `Hit.as_dict` gives them."""
        return {
            "query": self.query,
            "offset": self.offset,
            "total": self.total,
            "documents": self.documents,
            "took": round(self.took, 6),
            "warnings": [warning.as_dict() for warning in self.warnings],
            "suggestion": self.suggestion,
            "cursor": self.cursor,
            "facets": {name: facet.as_dict() for name, facet in self.facets.items()},
            "hits": [hit.as_dict(length, snippets, explain=explain) for hit in self],
        }

    def to_dicts(self, length: int = SNIPPET_LENGTH) -> list[dict[str, Any]]:
        """The hits as the rows of a table, for ``pandas.DataFrame`` or ``csv.DictWriter``; all have the same columns.

        These are rank, score, id, path, title, type, language, number, start, end, line, headings, kind, text, snippet
        (of up to ``length`` code points), citation, of several indexes index, locators (page, slide, …) and each key of
        the documents' metadata: several values are a list, none is None, and a key that has the name of another column
        stands as ``metadata.KEY``.
        """
        from searchlib.search.displaying import rows

        return rows(self, length)

    def _repr_html_(self) -> str:
        """What a notebook shows: the first hits, and what was counted."""
        from searchlib.search.displaying import results_as_html

        return results_as_html(self)

    def __repr__(self) -> str:
        return f"<Results {shortened(self.query)}: {len(self)} hit{'' if len(self) == 1 else 's'}>"
