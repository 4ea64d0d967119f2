"""Searching an index: the best hits, those of many queries, all of them, what is like a paragraph, completions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from searchlib.api.opened import Opened
from searchlib.guards.arguments import StrPath, flag
from searchlib.guards.arguments import text as _text
from searchlib.guards.deadline import Deadline
from searchlib.options import Ranking, ranking_of, synonyms_of
from searchlib.search.hits import Results, Stream
from searchlib.search.interpreting import handle_of
from searchlib.search.searching import search, stream
from searchlib.search.wanted import Wanted

if TYPE_CHECKING:
    from searchlib.query.synonyms import Synonyms
    from searchlib.spelling import Completion


class Searchable(Opened):
    """What is found."""

    def search(  # noqa: PLR0913 - each is a setting of its own
        self,
        query: str | Any,
        limit: int = 10,
        *,
        offset: int = 0,
        filter: Any = None,
        sort: str | Sequence[str] = (),
        per_document: int | None = None,
        after: str | None = None,
        facets: str | Sequence[str] | Mapping[str, int | None] = (),
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
        ranking: Ranking | None = None,
        distinct: bool = False,
        names: bool | None = None,
    ) -> Results:
        """The best ``limit`` paragraphs after the first ``offset``.

        ``query`` is text in the query language (docs/query-language.md) or a ``whoosh.query.Query``; so is
        ``filter``, which limits the hits and leaves their scores alone, or it is a dict such as
        ``{"lang": "en", "year": (1990, 1999)}``, or a list of these (see `searchlib.search.filtering`). ``sort`` has
        names of fields, with ``-`` before those of which the greatest comes first, "relevance" or "document"; numbers
        come before text, what has no value last, and ties are by document and paragraph. ``per_document`` is how many
        hits a document may have; with ``distinct``, paragraphs that say the same are one hit, whose ``copies`` are the
        others. ``after`` is the ``cursor`` of results of the same search, which these go on from, also when the index
        has changed meanwhile. ``facets`` are names of fields whose commonest values are counted, or a mapping from
        names to how many of them (10 by default; None: all). ``synonyms`` is a file of them, in place of the one that
        the index was opened with. ``timeout`` is how many seconds the search may take, with all that its results do
        when they are looked at; then it raises QueryTimeout. By default it is that of the index's limits.
        ``ranking`` has parameters of the formula (docs/searching.md), as ``{"k1": 0.9, "title": 5}``; the others are
        those that the index was opened with. With ``names``, words that may be names find other spellings of them too,
        in any script, which a note in ``results.warnings`` lists (docs/searching.md; it takes the extra ``names``). A
        mistake in the text is a warning in ``results.warnings``, or a QueryError if ``strict``; what asks for more than
        the limits is a QueryError always. Raises SettingsError for an argument that cannot be.
        """
        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits = self.limits.with_(timeout=timeout)
        rank = ranking_of(ranking, self.ranking)
        asked = Wanted(
            *(limit, offset, filter, sort, per_document, after, facets, strict, wanted, limits, rank, distinct),
            names=self._names(names),
        )
        return search(self._reader, query, asked)

    def search_many(  # noqa: PLR0913 - as search
        self,
        queries: Iterable[str | Any],
        limit: int = 10,
        *,
        filter: Any = None,
        sort: str | Sequence[str] = (),
        per_document: int | None = None,
        facets: str | Sequence[str] | Mapping[str, int | None] = (),
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
        ranking: Ranking | None = None,
        processes: int = 1,
        distinct: bool = False,
        names: bool | None = None,
    ) -> list[Results]:
        """The results of each of several queries, in order, all of one generation of the index: see `search`.

        ``timeout`` is that of each query. With ``processes`` the queries are shared out among so many, this one
        included: the others are forked, answer and end. Their answers are the same, and can be looked at, pickled and
        copied as any. Worth while from a few hundred queries on. Raises SettingsError where processes cannot be forked.
        """
        from searchlib.search.many import search_many

        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits = self.limits.with_(timeout=timeout)
        rank = ranking_of(ranking, self.ranking)
        asked = Wanted(
            *(limit, 0, filter, sort, per_document, None, facets, strict, wanted, limits, rank, distinct),
            names=self._names(names),
        )
        return search_many(self._reader, queries, asked, processes)

    def all(
        self,
        query: str | Any,
        *,
        filter: Any = None,
        sort: str | Sequence[str] = (),
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
        names: bool | None = None,
    ) -> Stream:
        """Every hit, in the order of the index: by document, then paragraph, in memory that does not grow.

        An iterator, with ``warnings``, over this generation of the index, whatever is committed meanwhile. ``rank`` is
        the place in that order, or in that of ``sort``, which is looked for anew for every ten thousand hits. Arguments
        are as in `search`.
        """
        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits, by_name = self.limits.with_(timeout=timeout), self._names(names)
        if sort:
            from searchlib.search.streaming import sorted_stream

            asked = Wanted(
                filter=filter,
                sort=sort,
                strict=strict,
                synonyms=wanted,
                limits=limits,
                ranking=self.ranking,
                names=by_name,
            )
            return sorted_stream(self._reader, query, asked)
        return stream(self._reader, query, filter, flag("strict", strict), wanted, limits, by_name)

    def similar(
        self,
        id: str,
        limit: int = 10,
        *,
        within_document: bool = False,
        offset: int = 0,
        filter: Any = None,
        per_document: int | None = None,
        timeout: float | None = None,
    ) -> Results:
        """The paragraphs most like the one with this id: those that its most telling words find.

        Without the paragraph itself and, unless ``within_document``, without those of its document. Raises
        ParagraphNotFound; for the other arguments see `search`.
        """
        from searchlib.search.similarity import others_only, similar_query

        flag("within_document", within_document)
        reader = self._reader
        limits = self.limits.with_(timeout=timeout)
        deadline = Deadline(limits.timeout)
        (record,) = reader.records([handle_of(reader, id)])
        others = others_only(record, within_document)
        within = others if filter is None else [others, filter]
        asked = Wanted(limit, offset, within, (), per_document, limits=limits, ranking=self.ranking)
        with deadline.running():
            query = similar_query(reader, record)
        return search(reader, query, asked, deadline)

    def complete(self, text: str, limit: int = 10) -> list[Completion]:
        """The commonest words of the documents that begin as the last word of ``text`` does, without case and accents.

        The most frequent first, then in alphabetical order; each with the whole text as it would be. An index older
        than vocabularies has stems instead, until it is brought up to date.
        """
        from searchlib.spelling import complete

        return complete(self._reader.words, _text("text", text), limit)

    def _names(self, given: bool | None) -> bool:
        return self.names if given is None else flag("names", given)
