"""What tools are asked with, and what they answer: frozen dataclasses, from which schemas and checks follow.

Arguments have the names and meanings that they have in Python; their descriptions are what a model knows of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field

from searchlib.agents.excerpts import LEAST, Excerpt
from searchlib.web.verbs import MOST_AROUND, MOST_SKIPPED

BUDGET: Final = 6000
MOST_BUDGET: Final = 200_000
MOST_HITS: Final = 100

QUERY_LANGUAGE: Final = """\
Words: paragraphs with any of them, those with more of them first; words are found in all their forms, without case \
and accents. "a phrase" in order; "a phrase"~3 with gaps; a NEAR/5 b. AND, OR, NOT in capitals, ( ), +must -without. \
prefix*, w?ldcard, misspelt~ (one edit). Fields: title:, heading:, document: (path), lang:, type:, kind: (text, \
heading, item, table, code, quote) and each key of the documents' metadata, as author:"jane smith". Ranges: \
year:[1990 TO 1999], year:>=1995, date:2020-05. A backslash takes the meaning from a character: C\\:. * finds \
everything."""

Query: TypeAlias = Annotated[str, Field(description=QUERY_LANGUAGE)]
Id: TypeAlias = Annotated[
    str, Field(description="The id of a paragraph, or its reference: 70d6ndac4095q2qa, searchlib:70d6ndac4095q2qa.")
]
Path: TypeAlias = Annotated[str, Field(description="The path of a document, as excerpts and documents have it.")]
Limit: TypeAlias = Annotated[int, Field(ge=1, le=MOST_HITS, description="How many at most.")]
Offset: TypeAlias = Annotated[
    int, Field(ge=0, le=MOST_SKIPPED, description="How many hits to leave out; next_offset of an answer goes on.")
]
Filter: TypeAlias = Annotated[
    list[str | dict[str, Any]],
    Field(
        max_length=20,
        description="Only what matches all of these too, without an effect on the order: each a query, as "
        '"author:smith", or values by field, as {"lang": "en", "year": {"from": 1990, "to": 1999}}.',
    ),
]
PerDocument: TypeAlias = Annotated[
    int | None, Field(ge=1, le=MOST_HITS, description="No more hits of one document than this.")
]
Budget: TypeAlias = Annotated[
    int,
    Field(
        ge=LEAST,
        le=MOST_BUDGET,
        description="How many characters of documents the answer may have; more show more of each.",
    ),
]


class _Closed:
    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Searching(_Closed):
    """The arguments of ``search``."""

    query: Query
    limit: Limit = 10
    offset: Offset = 0
    filter: Filter = field(default_factory=list)
    sort: Annotated[
        list[str],
        Field(max_length=5, description="Fields to sort by in place of the rank, with - before it the greatest first."),
    ] = field(default_factory=list)
    per_document: PerDocument = None
    facets: Annotated[
        list[str], Field(max_length=10, description="Fields whose commonest values among all hits are counted.")
    ] = field(default_factory=list)
    names: Annotated[
        bool | None,
        Field(description="Whether names are found in other spellings and scripts too; a note says which were."),
    ] = None
    strict: Annotated[bool, Field(description="Whether a mistake in the query is an error, and no warning.")] = False
    budget: Budget = BUDGET


@dataclass(frozen=True)
class Likening(_Closed):
    """The arguments of ``similar``."""

    id: Id
    limit: Limit = 10
    offset: Offset = 0
    within_document: Annotated[bool, Field(description="Whether those of its own document count.")] = False
    filter: Filter = field(default_factory=list)
    per_document: PerDocument = None
    budget: Budget = BUDGET


@dataclass(frozen=True)
class Around(_Closed):
    """The arguments of ``context``."""

    id: Id
    before: Annotated[int, Field(ge=0, le=MOST_AROUND, description="How many paragraphs before it.")] = 1
    after: Annotated[int, Field(ge=0, le=MOST_AROUND, description="How many paragraphs after it.")] = 1
    budget: Budget = BUDGET


@dataclass(frozen=True)
class Reading(_Closed):
    """The arguments of ``document``."""

    path: Path
    first: Annotated[int, Field(ge=1, le=1_000_000_000, description="The number of the first paragraph.")] = 1
    limit: Limit = MOST_HITS
    budget: Budget = BUDGET


@dataclass(frozen=True)
class Outlining(_Closed):
    """The arguments of ``outline``."""

    path: Path
    offset: Annotated[int, Field(ge=0, description="How many sections to leave out; next_offset goes on.")] = 0
    limit: Limit = MOST_HITS


@dataclass(frozen=True)
class Listing(_Closed):
    """The arguments of ``documents``."""

    filter: Filter = field(default_factory=list)
    limit: Limit = 20
    after: Annotated[str | None, Field(description="The cursor of an answer, to go on from.")] = None


@dataclass(frozen=True)
class Citing(_Closed):
    """The arguments of ``citation``."""

    id: Id
    quote: Annotated[str, Field(description="Only of these words of the paragraph, exactly as they stand there.")] = ""
    query: Annotated[str | None, Field(description="Only of the part that matches this query.")] = None
    form: Annotated[
        Literal["inline", "text", "markdown", "annotation", "link"],
        Field(
            description="inline: [searchlib:ID] “…” — where; text: as in mail; markdown: a footnote; annotation: a Web "
            "Annotation (JSON); link: the address of the document, at these words."
        ),
    ] = "inline"


@dataclass(frozen=True)
class Checking(_Closed):
    """The arguments of ``check_citations``."""

    text: Annotated[
        str,
        Field(
            description="A text with citations in any form, as [searchlib:ID] “…”: its references are looked up, and "
            "the words quoted compared with what stands there."
        ),
    ]


@dataclass(frozen=True)
class Found:
    """What ``search`` and ``similar`` answer: as many excerpts as the budget has room for."""

    total: int
    documents: int
    offset: int
    next_offset: Annotated[int | None, Field(description="The offset that goes on; null: these were all.")]
    excerpts: list[Excerpt]
    warnings: list[dict[str, Any]]
    suggestion: Annotated[str | None, Field(description="What the query may have been meant to be.")]
    facets: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Excerpts:
    """What ``context`` and ``document`` answer; ``next`` is the number of the paragraph that follows, null: none."""

    path: str
    title: str
    excerpts: list[Excerpt]
    next: int | None


@dataclass(frozen=True)
class Outlined:
    """What ``outline`` answers."""

    path: str
    sections: list[dict[str, Any]]
    total: int
    next_offset: int | None


@dataclass(frozen=True)
class ListedDocuments:
    """What ``documents`` answers."""

    total: int
    cursor: str | None
    documents: list[dict[str, Any]]


@dataclass(frozen=True)
class Cited:
    """What ``citation`` answers: as it is written in the form asked for, and all of it."""

    written: str
    reference: str
    citation: dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """What ``check_citations`` answers; ``sources`` is whether the documents were looked at as they are now."""

    checks: list[dict[str, Any]]
    sources: bool
