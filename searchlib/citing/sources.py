"""A library of seeds: citations are checked without an index.

The documents are loaded and split as an index would, with the same ids. Their texts are kept in memory, and the
paragraphs of those that were looked at last. Lists of words are made when first an id is not found.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from searchlib.analysis import keys_of, split_words
from searchlib.citing.citation import NEIGHBOURS
from searchlib.citing.library import CANDIDATES, SAME_ID
from searchlib.citing.normal import normal
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.records import Document, Record
from searchlib.paragraphs.identifying import records_of

if TYPE_CHECKING:
    from searchlib.documents import LoadOptions, Report

_CACHED_DOCUMENTS = 1024
_CACHED_QUOTES = 64  # what is looked for over and over: a quote may be cited many times
_COMMON = 4096  # records; a word in more of them says little about which one is meant


class SourceLibrary:
    """A `Library` of documents. Of those with one path the last one counts, as in an index.

    ``unreadable`` are names of files and folders that there are, and that could not be read.
    """

    whole = True  # what was named is all that there is

    def __init__(self, documents: Iterable[Document], unreadable: Iterable[str] = ()) -> None:
        self._documents = {document.path: document for document in documents}
        self._ids: list[tuple[str, str, int]] | None = None  # id, path, place among the records
        self._words: dict[str, array[int]] | None = None
        self._places: list[tuple[str, int]] = []
        self._unreadable = frozenset(unreadable)
        self.document = lru_cache(_CACHED_DOCUMENTS)(self._document)
        self.saying = lru_cache(_CACHED_QUOTES)(self._saying)

    def _document(self, path: str) -> tuple[Record, ...]:
        """The records of a document, in order; none if there is no such document."""
        return tuple(records_of(self._documents[path])) if path in self._documents else ()

    def with_id(self, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        if self._ids is None:
            self._ids = sorted(
                (record.id, path, place) for path in self._documents for place, record in enumerate(self.document(path))
            )
        first = bisect_left(self._ids, (prefix, "", 0))
        near = self._ids[first : first + SAME_ID]
        return [self.document(path)[place] for id, path, place in near if id.startswith(prefix)]

    def _saying(self, quote: str) -> tuple[Record, ...]:
        """Records whose text holds ``quote``, which is in normal form: those with its rarest word are compared."""
        keys = list(_keys(quote))
        # The first and the last may be parts of words.
        inner = keys[1:-1] if len(keys) > 2 else []
        lists = self._word_lists()
        places = min((lists.get(key, ()) for key in inner), key=len, default=range(len(self._places)))
        if len(places) > _COMMON:
            places = range(len(self._places))
        found = (self._at(place) for place in places)
        return tuple(islice((one for one in found if quote in normal(one.paragraph.text)), CANDIDATES))

    def like(self, quote: str, limit: int) -> list[Record]:
        """The records that share most words with ``quote``, rare ones counting more."""
        words = self._word_lists()
        shared: Counter[int] = Counter()
        for key in dict.fromkeys(_keys(quote)):
            places = words.get(key, ())
            if len(places) <= _COMMON:
                weight = 1 + 1000 // (1 + len(places))
                for place in places:
                    shared[place] += weight
        best = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [self._at(place) for place, _ in best]

    def around(self, record: Record) -> Sequence[Record]:
        """A record with its neighbours in the document."""
        place = record.paragraph.number - 1
        return self.document(record.document.path)[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]

    def unseen(self, path: str) -> bool:
        """Whether the document, or what it is in, could not be read."""
        return is_within(path.partition("#")[0], self._unreadable)

    def _at(self, place: int) -> Record:
        path, number = self._places[place]
        return self.document(path)[number]

    def _word_lists(self) -> dict[str, array[int]]:
        if self._words is None:
            self._words = {}
            for path in self._documents:
                for place, record in enumerate(self.document(path)):
                    number = len(self._places)
                    self._places.append((path, place))
                    for key in set(_keys(record.paragraph.text)):
                        places = self._words.get(key)
                        if places is None:
                            places = self._words[key] = array("L")
                        if len(places) <= _COMMON:
                            places.append(number)
        return self._words


def _keys(text: str) -> Iterator[str]:
    for word in split_words(text):
        if word.isascii():
            yield word.lower()
        else:
            yield from keys_of(word)


def is_within(path: str, names: Set[str]) -> bool:
    """Whether ``path``, or a folder that it is in, is one of ``names``."""
    while path and names:
        if path in names:
            return True
        path = path.rpartition("/")[0]
    return False


def load_sources(
    paths: Iterable[str | os.PathLike[str]],
    options: LoadOptions | None = None,
    report: Report | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    limits: Limits = LIMITS,
) -> SourceLibrary:
    """The library of the seeds at ``paths``, files and folders. What cannot be read goes to ``report``.

    Raises SettingsError for a path that does not exist.
    """
    from searchlib.concurrency.sandbox import keeping
    from searchlib.documents import Report, load, walk

    report = report if report is not None else Report()
    seeds = walk(paths, include=include, exclude=exclude, report=report)
    with keeping():
        documents = [document for seed in seeds for document in load(seed, options, report, limits=limits)]
    return SourceLibrary(documents, (skipped.name for skipped in report.skipped))
