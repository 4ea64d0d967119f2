"""A second engine: everything in memory, and everything evident. Locations are ``memory://NAME``.

It answers by the brute-force oracle of the definitions (`execution.oracle`), one record at a time, and always from what
was committed last. So it is what other engines are compared with, and shows what an engine needs to have.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from execution.memory import Doc
from execution.oracle import Oracle, distance

from searchlib.analysis import fold, split_words, surfaces
from searchlib.analysis.natural import natural_key
from searchlib.cursors import no_cursor
from searchlib.engine import (
    DOCUMENT,
    RELEVANCE,
    Answer,
    Committed,
    DocumentState,
    Facet,
    FacetCount,
    NearWord,
    Ranked,
    Remembered,
    Request,
    SortKey,
    Stats,
)
from searchlib.errors import IndexMissing
from searchlib.explaining import Explanation
from searchlib.highlight.texts import RecordFields, attributes_of
from searchlib.locations import ENGINES
from searchlib.paragraphs.identifying import language_of, records_of
from searchlib.query.nodes import And, Best, Constant, Near, Node, Optional, Or, Phrase, Require, Word, children
from searchlib.query.values import metadata_field
from searchlib.query.wholevalues import attribute_keys, attribute_values
from searchlib.query.wording import described
from searchlib.ranking import BM25F, idf
from searchlib.records import Document, Record, document_digest

SHELVES: dict[str, Shelf] = {}
"""What was committed last at each location."""


@dataclass(frozen=True)
class Handle:
    """A record, by the id of its paragraph."""

    id: str


@dataclass(frozen=True)
class Shelf:
    """A generation: the records of each document and what is known of it, by path; what is remembered of seeds."""

    documents: Mapping[str, tuple[DocumentState, tuple[Record, ...]]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seeds: Mapping[str, str] = field(default_factory=dict)
    generation: int = 0
    published: int = 0

    @cached_property
    def paths(self) -> list[str]:
        return sorted((path for path, (_, records) in self.documents.items() if records), key=natural_key)

    @cached_property
    def rows(self) -> list[Record]:
        """All records, in the order of the index."""
        return [record for path in self.paths for record in self.documents[path][1]]

    @cached_property
    def places(self) -> dict[str, int]:
        return {record.id: place for place, record in enumerate(self.rows)}

    @cached_property
    def oracle(self) -> Oracle:
        return Oracle(list(map(as_doc, self.rows)), BM25F())

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in texts, in titles, and in headings where their section begins."""
        texts: list[str] = []
        for path in self.paths:
            records = self.documents[path][1]
            texts.append(records[0].document.title)
            before: tuple[str, ...] = ()
            for record in records:
                headings = record.paragraph.headings
                texts.append(record.paragraph.text)
                if headings != before:
                    common = next((n for n, (a, b) in enumerate(zip(before, headings, strict=False)) if a != b), None)
                    texts += headings[min(len(before), len(headings)) if common is None else common :]
                    before = headings
        return Counter(word for text in texts for part in split_words(text) for word in surfaces(part))


def as_doc(record: Record) -> Doc:
    """A record as the oracle reads it."""
    fields, attributes = RecordFields(record), attributes_of(record)
    return Doc(
        {name: [token.key for token in tokens] for name, tokens in fields.items()},
        {name: value for name, value in attributes.items() if isinstance(value, str)},
        {name: value for name, value in attributes.items() if isinstance(value, int)},
        positions={name: [token.position for token in tokens] for name, tokens in fields.items()},
    )


class MemoryWords:
    def __init__(self, counts: Counter[str]) -> None:
        self.counted = counts

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        begin = fold(prefix)
        found = [(word, count) for word, count in self.counted.items() if begin and fold(word).startswith(begin)]
        return sorted(found, key=lambda one: (-one[1], fold(one[0]), one[0]))[:limit]

    def counts(self, words: Sequence[str]) -> list[int]:
        return [sum(count for other, count in self.counted.items() if fold(other) == fold(word)) for word in words]

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        return [self._near(fold(word), most) for word, most in words]

    def _near(self, wanted: str, most: int) -> list[NearWord]:
        alike: dict[str, list[tuple[int, str]]] = {}
        for word, count in self.counted.items():
            if not any(map(str.isdigit, word)) and distance(wanted, fold(word)) <= most:
                alike.setdefault(fold(word), []).append((-count, word))
        return [
            NearWord(min(found)[1], -sum(count for count, _ in found), distance(wanted, folded))
            for folded, found in sorted(alike.items())
        ]


class MemoryReader:
    def __init__(self, location: str) -> None:
        self.location = location

    @property
    def shelf(self) -> Shelf:
        return SHELVES[self.location]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(metadata_field(key) for record in self.shelf.rows for key in record.document.metadata)

    @property
    def languages(self) -> Sequence[str]:
        return sorted({record.document.language for record in self.shelf.rows})

    @property
    def size(self) -> int:
        return len(self.shelf.rows)

    @property
    def words(self) -> MemoryWords:
        return MemoryWords(self.shelf.words)

    def search(self, request: Request) -> Answer:
        rows, scores = self.shelf.rows, self._matching(request.query, request.filter)
        order = sorted(scores)
        for key in reversed(request.sort or (SortKey(RELEVANCE, True),)):
            order = self._sorted(order, key, scores)
        kept, often = [], Counter[str]()
        for place in order:
            path = rows[place].document.path
            often[path] += 1
            if request.per_document is None or often[path] <= request.per_document:
                kept.append(place)
        begin = request.offset if request.after is None else self._resumed(request.after, kept)
        page = kept[begin : None if request.limit is None else begin + request.limit]
        depth = request.offset if request.after is None else json.loads(request.after)["depth"]
        shown = [rows[place].id for place in kept[: begin + len(page)]]
        at_end = not page or request.limit is None or len(page) < request.limit
        cursor = None if at_end else json.dumps({"depth": depth + len(page), "shown": shown}).encode()
        matching = [rows[place] for place in order]
        return Answer(
            tuple(Ranked(Handle(rows[place].id), scores[place], rows[place]) for place in page),
            depth,
            len(matching),
            len({record.document.path for record in matching}),
            {name: facet(name, matching, most) for name, most in request.facets.items()},
            (),
            lambda: cursor,
        )

    def _matching(self, query: Node, filter: Node | None) -> dict[int, float]:
        found = self.shelf.oracle.answers(query)
        within = found if filter is None else self.shelf.oracle.answers(filter)
        return {place: score for place, score in found.items() if place in within}

    def _sorted(self, places: list[int], key: SortKey, scores: Mapping[int, float]) -> list[int]:
        """Places in the order of a key, those that are equal as they were; what has no value comes last."""
        rows, sign = self.shelf.rows, -1 if key.descending else 1
        if key.name == RELEVANCE:
            down = -sign if not key.descending else sign
            return sorted(places, key=lambda place: down * round(scores[place], 9))
        if key.name == DOCUMENT:
            return sorted(places, key=lambda place: sign * self.shelf.paths.index(rows[place].document.path))
        if key.name in ("number", "line"):
            return sorted(places, key=lambda place: sign * getattr(rows[place].paragraph, key.name))
        keys = {place: attribute_keys(key.name, attribute_values(rows[place], key.name)) for place in places}
        ordinals = {one: number for number, one in enumerate(sorted(set().union(*keys.values())))}
        last = len(ordinals)
        return sorted(places, key=lambda place: min((sign * ordinals[one] for one in keys[place]), default=last))

    def _resumed(self, after: bytes, kept: list[int]) -> int:
        """Where a page goes on: after the nearest of the hits before it that is left."""
        try:
            shown = json.loads(after)["shown"]
        except (ValueError, KeyError):
            raise no_cursor() from None
        left = {self.shelf.rows[place].id: number for number, place in enumerate(kept)}
        return next((left[id] + 1 for id in reversed(shown) if id in left), 0)

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[Ranked]:
        for place, score in sorted(self._matching(query, filter).items()):
            record = self.shelf.rows[place]
            yield Ranked(Handle(record.id), score, record)

    def records(self, handles: Sequence[Handle]) -> list[Record]:
        return [self.shelf.rows[self.shelf.places[handle.id]] for handle in handles]

    def contexts(self, handles: Sequence[Handle], before: int, after: int) -> list[list[Record]]:
        found = []
        for record in self.records(handles):
            rows, at = self.shelf.documents[record.document.path][1], record.paragraph.number - 1
            found.append(list(rows[max(at - before, 0) : at + after + 1]))
        return found

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[Handle]]:
        return [[Handle(id) for id in self.shelf.places if id.startswith(one)][:limit] for one in prefixes]

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        return [self.shelf.oracle.df_of_word(word) for word in words]

    def explain(self, query: Node, handles: Sequence[Handle]) -> list[Explanation | None]:
        return [self._explained(query, self.shelf.places[handle.id]) for handle in handles]

    def _explained(self, node: Node, place: int) -> Explanation | None:
        oracle = self.shelf.oracle
        score = oracle.score(node, oracle.live[place])
        if score is None:
            return None
        below = node.words if isinstance(node, Phrase) else children(node)
        parts = tuple(part for part in (self._explained(one, place) for one in below) if part is not None)
        made: Any = "constant"
        match node:
            case Word(boost=boost):
                df = oracle.df_of_word(node)
                return Explanation(score, "word", described(node), (), boost, idf(self.size, df), df, self.size)
            case Phrase():
                made = "phrase"
            case Best():
                made = "max"
            case And() | Or() | Optional() | Near():
                made = "sum"
            case Require():
                made, parts = "sum", parts[:1]
            case Constant():
                parts = ()
        return Explanation(score, made, described(node), parts, tiebreak=getattr(node, "tiebreak", 0.0))

    def documents(self) -> Iterator[DocumentState]:
        return iter([self.shelf.documents[path][0] for path in self.shelf.paths])

    def stats(self) -> Stats:
        first = [self.shelf.documents[path][1][0].document for path in self.shelf.paths]
        languages, types = (Counter(getattr(info, name) for info in first) for name in ("language", "type"))
        return Stats(len(first), self.size, languages=languages, types=types, settings=self.shelf.settings)

    def close(self) -> None:
        pass


def facet(name: str, matching: Sequence[Record], most: int | None) -> Facet:
    """The values of a field among records that are in the order of the result."""
    rows = sorted(matching, key=lambda record: (natural_key(record.document.path), record.paragraph.number))
    counts, written, missing = Counter[Any](), {}, 0
    for record in rows:
        values = (record.document.path,) if name == DOCUMENT else attribute_values(record, name)
        keyed = [(natural_key(str(v)) if name == DOCUMENT else min(attribute_keys(name, [v])), v) for v in values]
        own = {repr(key): key for key, _ in keyed}
        for key, value in keyed:
            written.setdefault(repr(key), (key, value))
        counts.update(own.keys())
        missing += not own
    best = sorted(counts, key=lambda one: (-counts[one], written[one][0]))[:most]
    return Facet(
        name, tuple(FacetCount(written[one][1], counts[one]) for one in best), len(counts) - len(best), missing
    )


class MemoryWriter:
    def __init__(self, location: str, settings: Any, sources: Any) -> None:
        self.location, self.damage = location, ""
        self.shelf = SHELVES.get(location, Shelf())
        self.documents_by_path = dict(self.shelf.documents)
        self.settings = self.shelf.settings if settings is None else settings
        self.sources = self.shelf.sources if sources is None else sources
        self.touched: set[str] = set()

    @property
    def before(self) -> Remembered:
        return remembered_of(self.shelf)

    def documents(self) -> Iterator[DocumentState]:
        return (state for state, records in self.shelf.documents.values() if records)

    def start_over(self) -> None:
        self.shelf, self.documents_by_path = Shelf(generation=0), {}

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = "en") -> None:
        language = language_of(document, str(self.settings.get("language", "auto")), default_language)
        self._touch(document.path)
        state = DocumentState(document.path, digest or document_digest(document), seed)
        self.documents_by_path[document.path] = state, tuple(records_of(document, language))

    def remove(self, path: str) -> None:
        self._touch(path)
        self.documents_by_path.pop(path, None)

    def _touch(self, path: str) -> None:
        if path in self.documents_by_path:
            self.touched.add(self.documents_by_path[path][0].seed)

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        left = {name: digest for name, digest in self.shelf.seeds.items() if name not in self.touched}
        empty = {path for path, (_, records) in self.documents_by_path.items() if not records}
        kept = {path: known for path, known in self.documents_by_path.items() if path not in empty}
        shelf = Shelf(kept, self.settings, self.sources, left if seeds is None else dict(seeds))
        SHELVES[self.location] = replace(shelf, generation=self.shelf.generation + 1, published=time.time_ns())
        return Committed(len(SHELVES[self.location].rows), frozenset(empty))

    def cancel(self) -> None:
        pass


def remembered_of(shelf: Shelf) -> Remembered:
    return Remembered(shelf.settings, shelf.sources, shelf.generation, seeds_of=lambda: dict(shelf.seeds))


def open_reader(location: Any, compiled: bool | None = None) -> MemoryReader:
    if location not in SHELVES:
        raise IndexMissing(f"there is nothing at {location}", location)
    return MemoryReader(location)


def open_writer(location: Any, *, settings: Any = None, sources: Any = None, **_: Any) -> MemoryWriter:
    return MemoryWriter(location, settings, sources)


def remembered(location: Any) -> Remembered:
    return remembered_of(open_reader(location).shelf)


def published_at(location: Any) -> int:
    return SHELVES[location].published if location in SHELVES else 0


def a_location(folder: Path, name: str) -> str:
    """A location of its own for a test, for which this engine is chosen."""
    ENGINES["memory"] = __name__
    return f"memory://{folder.name}/{name}"
