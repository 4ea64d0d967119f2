"""A second engine: everything in memory, and everything evident. Locations are ``memory://NAME``.

It answers by the brute-force oracle of the definitions (`execution.oracle`), one record at a time, and always from what
was committed last. So it is what other engines are compared with, and shows what an engine needs to have.
"""

from __future__ import annotations

import json
import time
from collections import Counter, namedtuple
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Any

from execution.oracle import Oracle, as_doc, distance
from lexicons import TextLexicon

from searchlib.analysis import fold, split_words, surfaces
from searchlib.analysis.natural import natural_key
from searchlib.engine.answers import Answer, Facet, FacetCount, Ranked
from searchlib.engine.explaining import Explanation
from searchlib.engine.figures import Stats
from searchlib.engine.readers import NearWord
from searchlib.engine.requests import DOCUMENT, RELEVANCE, Request, SortKey
from searchlib.engine.writers import Committed, DocumentState, Remembered, WriterOptions, refuse_segmenters
from searchlib.errors import IndexMissing
from searchlib.model.fields import PROSE, TABLE
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.model.records import Document, Record, document_digest
from searchlib.paragraphs.identifying import language_of, records_of
from searchlib.paragraphs.saying import said
from searchlib.query.nodes import And, Best, Everything, Near, Node, Optional, Or, Phrase, Require, Word, children
from searchlib.query.values import metadata_field
from searchlib.query.wholevalues import attribute_keys, attribute_values
from searchlib.query.wording import described

MADE: Any = {Word: "word", Phrase: "phrase", Best: "max", **dict.fromkeys((And, Or, Optional, Near, Require), "sum")}
Handle = namedtuple("Handle", "id")
SHELVES: dict[str, Shelf] = {}  # what was committed last at each location


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
        return sorted(self.documents, key=natural_key)

    @cached_property
    def rows(self) -> list[Record]:
        """All records, in the order of the index."""
        return [record for path in self.paths for record in self.documents[path][1]]

    @cached_property
    def places(self) -> dict[str, int]:
        return {record.id: place for place, record in enumerate(self.rows)}

    def oracle(self, ranking: BM25F = DEFAULT_RANKING) -> Oracle:
        return Oracle(list(map(as_doc, self.rows)), ranking)

    @cached_property
    def lexicon(self) -> TextLexicon:
        texts = ((TABLE[name].text(record), record.document.language) for record in self.rows for name in PROSE)
        return TextLexicon(texts)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in texts, in titles, and in headings where their section begins."""
        texts: list[str] = []
        for path in self.paths:
            records, above = self.documents[path][1], ()
            texts.append(records[0].document.title)
            for record in records:
                headings = record.paragraph.headings
                common = takewhile(lambda pair: pair[0] == pair[1], zip(above, headings, strict=False))
                texts += [record.paragraph.text, *headings[len(list(common)) :]]
                above = headings
        return Counter(word for text in texts for part in split_words(text) for word in surfaces(part))


class MemoryWords:
    def __init__(self, counts: Counter[str]) -> None:
        self.counted = counts

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        begin = fold(prefix)
        found = [(word, count) for word, count in self.counted.items() if begin and fold(word).startswith(begin)]
        return sorted(found, key=lambda one: (-one[1], fold(one[0]), one[0]))[:limit]

    def counts(self, words: Sequence[str]) -> list[int]:
        return [sum(count for other, count in self.counted.items() if fold(other) == fold(word)) for word in words]

    def commonest(self, most: int) -> list[tuple[str, int]]:
        return [(fold(word), count) for word, count in sorted(self.counted.items())]

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        return [self._near(fold(word), most) for word, most in words]

    def _near(self, wanted: str, most: int) -> list[NearWord]:
        alike: dict[str, list[tuple[int, str]]] = {}
        for word, count in self.counted.items():
            if not any(map(str.isdigit, word)) and distance(wanted, fold(word)) <= most:
                alike.setdefault(fold(word), []).append((-count, word))
        each = ((distance(wanted, folded), alike[folded]) for folded in sorted(alike))
        return [NearWord(min(found)[1], -sum(n for n, _ in found), edits) for edits, found in each]


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
    def lexicon(self) -> TextLexicon:
        return self.shelf.lexicon

    @property
    def size(self) -> int:
        return len(self.shelf.rows)

    @property
    def words(self) -> MemoryWords:
        return MemoryWords(self.shelf.words)

    def search(self, request: Request) -> Answer:
        rows, scores = self.shelf.rows, self._matching(request.query, request.filter, request.ranking)
        columns = [self._codes(key, scores) for key in request.sort or (SortKey(RELEVANCE),)]
        order = sorted(scores, key=lambda place: ([column[place] for column in columns], place))
        path = {place: rows[place].document.path for place in order}
        text = {place: said(rows[place].paragraph.text) for place in order}
        first = {text[place]: place for place in reversed(order)}
        left = [place for place in order if not request.distinct or first[text[place]] == place]
        nth = {place: sum(path[one] == path[place] for one in left[:at]) for at, place in enumerate(left)}
        kept = [place for place in left if request.per_document is None or nth[place] < request.per_document]
        depth, begin = (request.offset,) * 2 if request.after is None else self._resumed(request.after, kept)
        page = kept[begin : None if request.limit is None else begin + request.limit]
        shown = [rows[place].id for place in kept[: begin + len(page)]]
        at_end = not page or request.limit is None or len(page) < request.limit
        cursor = None if at_end else json.dumps({"depth": depth + len(page), "shown": shown}).encode()
        hits = tuple(Ranked(Handle(rows[place].id), scores[place], rows[place]) for place in page)
        facets = {name: facet(name, rows, scores, most) for name, most in request.facets.items()}
        return Answer(hits, depth, len(scores), len(set(path.values())), facets, (), lambda: cursor)

    def _matching(self, query: Node, filter: Node | None, ranking: BM25F = DEFAULT_RANKING) -> dict[int, float]:
        oracle = self.shelf.oracle(ranking)
        found, within = (oracle.answers(one) for one in (query, filter or Everything()))
        return {place: score for place, score in found.items() if place in within}

    def _codes(self, key: SortKey, scores: Mapping[int, float]) -> dict[int, float]:
        """A number for each place, less for what comes first; what has no value comes last in either direction."""
        rows, sign = self.shelf.rows, -1 if key.descending else 1
        if key.name == RELEVANCE:
            return {place: -sign * round(score, 9) for place, score in scores.items()}
        if key.name == DOCUMENT:
            return {place: sign * self.shelf.paths.index(rows[place].document.path) for place in scores}
        if key.name in ("number", "line"):
            return {place: sign * getattr(rows[place].paragraph, key.name) for place in scores}
        keys = {place: attribute_keys(key.name, attribute_values(rows[place], key.name)) for place in scores}
        number = {one: sign * at for at, one in enumerate(sorted(set().union(*keys.values())))}
        return {place: min((number[one] for one in own), default=len(number)) for place, own in keys.items()}

    def _resumed(self, after: bytes, kept: list[int]) -> tuple[int, int]:
        """How many hits were before a page, and where it goes on: after the nearest of these that is left."""
        known = json.loads(after)
        left = {self.shelf.rows[place].id: number for number, place in enumerate(kept, 1)}
        return known["depth"], next((left[id] for id in reversed(known["shown"]) if id in left), 0)

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[Ranked]:
        for place, score in sorted(self._matching(query, filter).items()):
            yield Ranked(Handle(self.shelf.rows[place].id), score, self.shelf.rows[place])

    def records(self, handles: Sequence[Handle]) -> list[Record]:
        return [self.shelf.rows[self.shelf.places[handle.id]] for handle in handles]

    def contexts(self, handles: Sequence[Handle], before: int, after: int) -> list[list[Record]]:
        known = [(self.shelf.documents[r.document.path][1], r.paragraph.number - 1) for r in self.records(handles)]
        return [list(rows[max(at - before, 0) : at + after + 1]) for rows, at in known]

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[Handle]]:
        return [[Handle(id) for id in self.shelf.places if id.startswith(one)][:limit] for one in prefixes]

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        return [self.shelf.oracle().df_of_word(word) for word in words]

    def explain(
        self, query: Node, handles: Sequence[Handle], ranking: BM25F = DEFAULT_RANKING
    ) -> list[Explanation | None]:
        oracle = self.shelf.oracle(ranking)
        return [self._explained(query, self.shelf.places[handle.id], oracle) for handle in handles]

    def _explained(self, node: Node, place: int, oracle: Oracle) -> Explanation | None:
        made = MADE.get(type(node), "constant")
        score = oracle.score(node, oracle.live[place])
        if score is None:
            return None
        below = node.words if isinstance(node, Phrase) else children(node)[: 1 if isinstance(node, Require) else None]
        below = () if made == "constant" else below
        parts = tuple(part for part in (self._explained(one, place, oracle) for one in below) if part is not None)
        return Explanation(score, made, described(node), parts, tiebreak=getattr(node, "tiebreak", 0.0))

    def documents(self) -> Iterator[DocumentState]:
        return iter([self.shelf.documents[path][0] for path in self.shelf.paths])

    def stats(self) -> Stats:
        first = [self.shelf.documents[path][1][0].document for path in self.shelf.paths]
        languages, types = (Counter(getattr(info, name) for info in first) for name in ("language", "type"))
        return Stats(len(first), self.size, languages=languages, types=types, settings=self.shelf.settings)

    def close(self) -> None: ...


def facet(name: str, rows: Sequence[Record], matching: Collection[int], most: int | None) -> Facet:
    """The values of a field among the rows that match, each as it is written in the first row of all that has it."""
    counts, written, missing = Counter[Any](), {}, 0
    for place, record in enumerate(rows):
        values = (record.document.path,) if name == DOCUMENT else attribute_values(record, name)
        own = {key: value for value in reversed(values) for key in keys_of(name, [value])}
        keys = keys_of(name, values)  # a text that is a number is none beside that number
        written = {key: own[key] for key in keys} | written
        if place in matching:
            counts.update(keys)
            missing += not keys
    best = sorted(counts, key=lambda key: (-counts[key], key))[:most]
    values = tuple(FacetCount(written[key], counts[key]) for key in best)
    return Facet(name, values, len(counts) - len(best), missing)


def keys_of(name: str, values: Sequence[Any]) -> set[Any]:
    """What values of a field are told from others by, and sorted; of paths numbers count by their value."""
    paths = (natural_key(value) for value in values) if name == DOCUMENT else ()
    return {(*parts, path) for parts, path in paths} or attribute_keys(name, values)


class MemoryWriter:
    damage = ""

    def __init__(self, location: str, settings: Any, sources: Any) -> None:
        self.location, self.shelf = location, SHELVES.get(location, Shelf())
        self.touched, self.added, self.kept = set[str](), set[str](), set[str]()  # seeds; paths, and those taken over
        self.settings = self.shelf.settings if settings is None else settings
        self.sources = self.shelf.sources if sources is None else sources
        self.now = dict(self.shelf.documents)

    @property
    def before(self) -> Remembered:
        return remembered_of(self.shelf)

    def documents(self) -> Iterator[DocumentState]:
        return (state for state, _ in self.shelf.documents.values())

    def start_over(self) -> None:
        self.shelf, self.now = Shelf(), {path: known for path, known in self.now.items() if not known[0].seed}
        self.kept = set(self.now)

    def has_added(self, path: str) -> bool:
        return path in self.added

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = "") -> None:
        language = language_of(document, str(self.settings.get("language", "auto")), default_language)
        state = DocumentState(document.path, digest or document_digest(document), seed)
        self.add_records(list(records_of(document, language)), state)

    def add_records(self, records: Sequence[Record], state: DocumentState) -> None:
        self.remove(state.path)
        self.now[state.path] = state, tuple(records)
        self.added.add(state.path)

    def remove(self, path: str) -> None:
        if path in self.now:
            self.touched.add(self.now.pop(path)[0].seed)
        self.added.discard(path)

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        empty = frozenset(path for path, (_, records) in self.now.items() if not records)
        kept = {path: known for path, known in self.now.items() if path not in empty}
        left = {name: digest for name, digest in self.shelf.seeds.items() if name not in self.touched}
        seeds = left if seeds is None else dict(seeds)
        later = self.shelf.generation + 1, time.time_ns()
        SHELVES[self.location] = shelf = Shelf(kept, self.settings, self.sources, seeds, *later)
        return Committed(len(shelf.rows), empty, len(self.kept - self.added))

    def cancel(self) -> None: ...


def remembered_of(shelf: Shelf) -> Remembered:
    return Remembered(shelf.settings, shelf.sources, shelf.generation, seeds_of=lambda: dict(shelf.seeds))


def open_reader(location: Any, compiled: bool | None = None) -> MemoryReader:
    if location not in SHELVES:
        raise IndexMissing(f"there is nothing at {location}", location)
    return MemoryReader(location)


def open_writer(location: Any, options: WriterOptions | None = None) -> MemoryWriter:
    options = options or WriterOptions()
    refuse_segmenters(location, options)
    return MemoryWriter(location, options.settings, options.sources)


def remembered(location: Any) -> Remembered:
    return remembered_of(open_reader(location).shelf)


def published_at(location: Any) -> int:
    return SHELVES[location].published if location in SHELVES else 0
