"""Where citations are looked up: an index, (`sources`) seeds, or (`current`) an index and what its seeds say now.

A *library* gives records. Which of them a citation means is for `checking` to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from searchlib.analysis import split_words
from searchlib.citing.citation import NEIGHBOURS
from searchlib.citing.normal import normal
from searchlib.guards.limits import Limits

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.model.records import Record
    from searchlib.query.nodes import Node

SAME_ID = 16  # records with an id prefix that are told apart
CANDIDATES = 100  # records that say the same
_PHRASE_WORDS = 12
_NO_LIMITS = Limits(
    query_length=1 << 62, query_clauses=1 << 62
)  # the queries here are few words of a quote, however long
_WORDS = 32
_CACHED_DOCUMENTS = 8


class Library(Protocol):
    """Records by what a citation says of them. All answers are in a stable order."""

    def with_id(self, prefix: str) -> Sequence[Record]:
        """The records whose id begins with ``prefix``, up to `SAME_ID`."""

    def document(self, path: str) -> Sequence[Record]:
        """The records of a document, in order; none if there is no such document."""

    def saying(self, quote: str) -> Sequence[Record]:
        """Records whose text holds ``quote``, which is in normal form, up to `CANDIDATES`."""

    def like(self, quote: str, limit: int) -> Sequence[Record]:
        """The records that share most words with ``quote``, the best first."""

    def around(self, record: Record) -> Sequence[Record]:
        """A record with its neighbours in the document."""

    def unseen(self, path: str) -> bool:
        """Whether nobody can say what the document at ``path`` is now."""

    @property
    def whole(self) -> bool:
        """Whether all that there is can be seen: then what is not found is gone."""


class IndexLibrary:
    """A `Library` of what an index holds, whatever became of its seeds."""

    whole = True

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._documents: dict[str, tuple[Record, ...]] = {}  # those asked for last

    def with_id(self, prefix: str) -> Sequence[Record]:
        """The records whose id begins with ``prefix``."""
        return self._reader.records(self._reader.find([prefix], SAME_ID)[0])

    def document(self, path: str) -> Sequence[Record]:
        """The records of a document, in order; none if there is no such document."""
        records = self._documents.pop(path, None)
        if records is None:
            records = self._read(path)
            while len(self._documents) >= _CACHED_DOCUMENTS:
                self._documents.pop(next(iter(self._documents)), None)
        self._documents[path] = records
        return records

    def _read(self, path: str) -> tuple[Record, ...]:
        from searchlib.query.nodes import Value

        return tuple(sorted(self._found(Value(path, "document"), None), key=lambda record: record.paragraph.number))

    def saying(self, quote: str) -> Sequence[Record]:
        """Records whose text holds ``quote``: found by its words as a phrase, then compared."""
        words = split_words(quote)
        found: list[Record] = []
        # The first word and the last may be parts of words, and then the phrase is that without them.
        for phrase in (words[:_PHRASE_WORDS], words[1:-1][:_PHRASE_WORDS]):
            if phrase and not found:
                records = self._search(f'"{" ".join(phrase)}"', CANDIDATES)
                found = [record for record in records if quote in normal(record.paragraph.text)]
        return found

    def like(self, quote: str, limit: int) -> Sequence[Record]:
        """The records that share most words with ``quote``: the best hits for its longest ones."""
        words = sorted({word.lower() for word in split_words(quote)}, key=lambda word: (-len(word), word))
        return self._search(" ".join(words[:_WORDS]), limit) if words else []

    def around(self, record: Record) -> Sequence[Record]:
        """A record with its neighbours in the document."""
        return self._reader.contexts(self._reader.find([record.id], 1)[0], NEIGHBOURS, NEIGHBOURS)[0]

    def unseen(self, path: str) -> bool:
        """No."""
        return False

    def _search(self, text: str, limit: int) -> list[Record]:
        from searchlib.query import parse

        query = parse(text.lower(), self._reader.fields, self._reader.lexicon, {"text": 1.0}, limits=_NO_LIMITS).query
        return self._found(query, limit)

    def _found(self, query: Node, limit: int | None) -> list[Record]:
        from searchlib.engine.requests import Request

        hits = self._reader.search(Request(query, limit=limit, records=True)).hits
        return [hit.record for hit in hits if hit.record is not None]
