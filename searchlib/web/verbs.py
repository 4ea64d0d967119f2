"""The verbs of the Python API that read, as they are over HTTP: name, parameters, and what is done.

A verb has the name of the method of `searchlib.Index`, and gives what that returns, as its ``as_dict`` has it. What is
not here writes (``writer``), is about files of the server's (``check_file``), or is no question (``refresh``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from searchlib import Hit, Index
from searchlib.citing.forms import inline, place
from searchlib.model.jsonable import JsonObject
from searchlib.model.records import Record
from searchlib.search.hits import SNIPPET_LENGTH
from searchlib.web.parameters import Asked, Parameter, facet_sizes, filters
from searchlib.web.problemdetails import ProblemDetail, bad_parameter, no_address, no_document
from searchlib.web.serveoptions import ServeOptions

if TYPE_CHECKING:
    from searchlib.citing.library import Library

MOST_HITS: Final = 1000
MOST_SKIPPED: Final = 10_000
MOST_QUERIES: Final = 20
MOST_AROUND: Final = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A text, as it is to be sent, in place of JSON."""

    text: str
    media_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: ``gives`` names the schema of what it answers, ``[Name]`` being a list of these.

    One that is ``posted`` reads text from the body of the request, which is its argument ``text``. One that is
    ``streamed`` gives an iterator. What is ``alone`` is done by one at a time; what is ``kept`` has a tag, since the
    index alone decides.
    """

    name: str
    meaning: str
    run: Callable[[Index, Asked, ServeOptions], Any]
    gives: str
    parameters: tuple[Parameter, ...] = ()
    posted: bool = False
    streamed: bool = False
    alone: bool = False
    kept: bool = True

    @property
    def path(self) -> str:
        """Where it is, below the index."""
        return "/api/" + "/".join([self.name, *(f"{{{one.name}}}" for one in self.parameters if one.in_path)])


QUERY = Parameter("query", "The query, in the query language.", required=True)
ID = Parameter("id", "The id of a paragraph, or its first characters where no other begins so.", in_path=True)
LIMIT = Parameter("limit", "How many hits.", "whole", 10, most=MOST_HITS)
OFFSET = Parameter("offset", "How many hits to leave out before the first.", "whole", 0, most=MOST_SKIPPED)
FILTER = Parameter(
    "filter",
    "Only what matches this too: a query, or a JSON object of values by field, a list of them, or "
    '{"from": …, "to": …}. All that are given count.',
    many=True,
)
SORT = Parameter(
    "sort", "A field to sort by, with - before it for the greatest first; the first counts most.", many=True
)
PER_DOCUMENT = Parameter("per_document", "No more hits of a document than this.", "whole", least=1, most=MOST_HITS)
DISTINCT = Parameter("distinct", "Whether paragraphs that say the same are one hit, with its copies.", "flag", False)
NAMES = Parameter("names", "Whether names are found in other spellings and scripts too; as the server is set.", "flag")
AFTER = Parameter("after", "The cursor of results of the same search, to go on from.")
FACETS = Parameter("facets", "A field whose values are counted: FIELD, or FIELD:N for N values.", many=True)
STRICT = Parameter("strict", "Whether a mistake in the query is an error.", "flag", False)
TIMEOUT = Parameter("timeout", "Seconds that it may take; the server allows no more than its own limit.", "number")
LENGTH = Parameter("length", "Code points of each part of a snippet.", "whole", SNIPPET_LENGTH, least=20, most=10_000)
SNIPPETS = Parameter("snippets", "Parts of a snippet.", "whole", 1, least=1, most=100)
EXPLAIN = Parameter("explain", "Whether each hit says where its score came from.", "flag", False)
SHOWN = (LENGTH, SNIPPETS, EXPLAIN)


def _search(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return index.search(
        asked["query"],
        asked["limit"],
        offset=asked["offset"],
        filter=filters(asked["filter"]),
        sort=asked["sort"],
        per_document=asked["per_document"],
        distinct=asked["distinct"],
        after=asked["after"],
        facets=facet_sizes(asked["facets"]),
        strict=asked["strict"],
        names=asked["names"],
    ).as_dict(asked["length"], asked["snippets"], explain=asked["explain"])


def _search_many(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    if len(asked["query"]) > MOST_QUERIES:
        raise bad_parameter("query", f"query is given {len(asked['query'])} times: give up to {MOST_QUERIES}.")
    found = index.search_many(
        asked["query"],
        asked["limit"],
        filter=filters(asked["filter"]),
        sort=asked["sort"],
        per_document=asked["per_document"],
        distinct=asked["distinct"],
        facets=facet_sizes(asked["facets"]),
        strict=asked["strict"],
        names=asked["names"],
    )
    return [one.as_dict(asked["length"], asked["snippets"], explain=asked["explain"]) for one in found]


def _all(index: Index, asked: Asked, options: ServeOptions) -> Iterator[JsonObject]:
    found = index.all(asked["query"], filter=filters(asked["filter"]), strict=asked["strict"], names=asked["names"])

    def shown(hit: Hit) -> JsonObject:
        return hit.as_dict(asked["length"], asked["snippets"], explain=asked["explain"])

    return map(shown, found)


def _similar(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return index.similar(
        asked["id"],
        asked["limit"],
        within_document=asked["within_document"],
        offset=asked["offset"],
        filter=filters(asked["filter"]),
        per_document=asked["per_document"],
    ).as_dict(asked["length"], asked["snippets"], explain=asked["explain"])


def _complete(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    return [one.as_dict() for one in index.complete(asked["text"], asked["limit"])]


def _paragraph(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return index.paragraph(asked["id"]).as_dict()


def _context(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    return _records(index.context(asked["id"], asked["before"], asked["after"]))


def _document(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    found = index.document(asked["path"], asked["first"], asked["limit"])
    if not found:
        raise no_document(asked["path"], asked["first"])
    return _records(found)


def _outline(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    found = index.outline(asked["path"])
    if not found:
        raise no_document(asked["path"])
    return [one.as_dict() for one in found]


def _documents(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return documents_page(index, filters(asked["filter"]), asked["limit"], asked["after"])


def documents_page(index: Index, filter: list[Any] | None, limit: int, after: str | None) -> JsonObject:
    """Some of the documents by path, how many there are, and the cursor to go on from."""
    found = index.search("*", limit, filter=filter, sort="document", per_document=1, after=after)
    documents = [hit.document.as_dict() for hit in found]
    return {"total": found.documents, "cursor": found.cursor, "documents": documents}


FORMS = ("dict", "text", "markdown", "inline", "annotation", "link")


def _citation(index: Index, asked: Asked, options: ServeOptions) -> JsonObject | Written:
    citation = index.citation(asked["id"], asked["quote"], query=asked["query"])
    form = asked["form"]
    if form == "text":
        return Written(citation.text())
    if form == "markdown":
        return Written(citation.markdown(), "text/markdown; charset=utf-8")
    if form == "inline":
        return Written(inline(citation.reference, citation.quote, place(citation)))
    if form == "annotation":
        return citation.annotation()
    if form == "link":
        if not citation.link:
            raise no_address(citation.path)
        return Written(citation.link)
    return citation.as_dict()


def _check_citations(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    from searchlib.citing.mending import check_text

    return [one.as_dict() for one in check_text(asked["text"], library_of(index, options))]


def library_of(index: Index, options: ServeOptions) -> Library:
    """Where citations are looked up: in the index, and in the seeds as they are now where these may be read."""
    return index.library(as_indexed=True) if options.sources is None else index.library(options.sources)


def _is_stale(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    if options.sources is None:
        detail = "This server does not look at the seeds: it does with --sources."
        raise ProblemDetail(HTTPStatus.FORBIDDEN, "no-sources", detail)
    return {"stale": index.is_stale(index.paragraph(asked["id"]), options.sources)}


def _stats(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return index.stats().as_dict()


def _fields(index: Index, asked: Asked, options: ServeOptions) -> list[str]:
    return list(index.fields)


def _digest(index: Index, asked: Asked, options: ServeOptions) -> JsonObject:
    return {"digest": index.digest}


def _verify(index: Index, asked: Asked, options: ServeOptions) -> list[JsonObject]:
    return [one.as_dict() for one in index.verify(quick=asked["quick"])]


def _records(records: list[Record]) -> list[JsonObject]:
    return [record.as_dict() for record in records]


VERBS: Final = (
    Verb(
        "search",
        "The best paragraphs.",
        _search,
        "Results",
        (QUERY, LIMIT, OFFSET, FILTER, SORT, PER_DOCUMENT, DISTINCT, NAMES, AFTER, FACETS, STRICT, TIMEOUT, *SHOWN),
    ),
    Verb(
        "search_many",
        "The results of each of several queries, in order, all of one generation of the index.",
        _search_many,
        "[Results]",
        (
            replace(QUERY, meaning="A query, in the query language: give up to 20.", many=True),
            *(LIMIT, FILTER, SORT, PER_DOCUMENT, DISTINCT, NAMES, FACETS, STRICT, TIMEOUT, *SHOWN),
        ),
    ),
    Verb(
        "all",
        "Every hit, in the order of the index, a line of JSON each; a last line with a problem if it ends before.",
        _all,
        "Hit",
        (QUERY, FILTER, NAMES, STRICT, replace(TIMEOUT, meaning="Seconds that each hundred may take."), *SHOWN),
        streamed=True,
    ),
    Verb(
        "similar",
        "The paragraphs most like one.",
        _similar,
        "Results",
        (
            ID,
            LIMIT,
            Parameter("within_document", "Whether those of its own document count.", "flag", False),
            *(OFFSET, FILTER, PER_DOCUMENT, TIMEOUT, *SHOWN),
        ),
    ),
    Verb(
        "complete",
        "The commonest words that begin as the last word of a text does.",
        _complete,
        "[Completion]",
        (Parameter("text", "The text so far.", required=True), replace(LIMIT, meaning="How many words.", most=100)),
    ),
    Verb("paragraph", "A paragraph.", _paragraph, "Record", (ID,)),
    Verb(
        "context",
        "A paragraph with those before and after it.",
        _context,
        "[Record]",
        (
            ID,
            Parameter("before", "How many before it.", "whole", 1, most=MOST_AROUND),
            Parameter("after", "How many after it.", "whole", 1, most=MOST_AROUND),
        ),
    ),
    Verb(
        "document",
        "The paragraphs of a document, in order.",
        _document,
        "[Record]",
        (
            Parameter("path", "The path of the document.", required=True),
            Parameter("first", "The number of the first paragraph.", "whole", 1, least=1, most=1_000_000_000),
            Parameter("limit", "How many paragraphs.", "whole", 100, least=1, most=MOST_HITS),
        ),
    ),
    Verb(
        "outline",
        "The headings of a document, in order, each with the first paragraph below it.",
        _outline,
        "[Section]",
        (Parameter("path", "The path of the document.", required=True),),
    ),
    Verb(
        "documents",
        "The documents by path, or those with a paragraph that matches a filter.",
        _documents,
        "Documents",
        (FILTER, replace(LIMIT, meaning="How many documents."), AFTER, TIMEOUT),
    ),
    Verb(
        "citation",
        "The citation of a paragraph, or of a part of it.",
        _citation,
        "Citation",
        (
            replace(ID, meaning="The id of a paragraph, or a whole reference, as searchlib:ID#char=12,40."),
            Parameter("quote", "Only of these words of the paragraph.", default=""),
            replace(QUERY, meaning="Only of the part that matches this query.", required=False),
            Parameter(
                "form",
                "dict has all of it; the others are as docs/citations.md has them.",
                choices=FORMS,
                default="dict",
            ),
        ),
    ),
    Verb(
        "check_citations",
        "What became of each citation in a text, which is the body of the request: by the index, or by the seeds as "
        "they are now where the server reads these; then one at a time.",
        _check_citations,
        "[Check]",
        posted=True,
        kept=False,
    ),
    Verb(
        "is_stale",
        "Whether the document of a paragraph has changed since it was indexed; null where that cannot be seen.",
        _is_stale,
        "Stale",
        (ID,),
        kept=False,
    ),
    Verb("stats", "Figures of the index.", _stats, "Stats"),
    Verb("fields", "The keys of the documents' metadata.", _fields, "[Field]"),
    Verb("digest", "The digest of the index: equal digests, equal answers.", _digest, "Digest"),
    Verb(
        "verify",
        "What is wrong with the index; an empty list means that all is well. One at a time.",
        _verify,
        "[Problem]",
        (Parameter("quick", "Whether only to compare files with their digests.", "flag", True),),
        alone=True,
        kept=False,
    ),
)
