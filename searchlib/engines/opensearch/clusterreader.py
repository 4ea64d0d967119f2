"""One generation of an index of OpenSearch, which answers requests. A page is one request to the cluster.

Only words that no search asked for before cost another one, which counts them (``statistics``), and facets one for
values that were not shown before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from searchlib.concurrency.lazily import cached_property
from searchlib.engine.answers import Answer, Ranked
from searchlib.engine.explaining import Explanation
from searchlib.engine.figures import Problem, Stats
from searchlib.engine.requests import Request
from searchlib.engine.writers import DocumentState
from searchlib.engines.opensearch import entryfields, faceting, namedscores, paging, quickest
from searchlib.engines.opensearch.bounding import Bounding
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.engines.opensearch.clusterwords import ClusterLexicon, ClusterWords
from searchlib.engines.opensearch.compiling import Matching, askable
from searchlib.engines.opensearch.entries import record_of
from searchlib.engines.opensearch.generations import Generation, every, newest
from searchlib.engines.opensearch.scoring import Scoring
from searchlib.engines.opensearch.statistics import Statistics
from searchlib.errors import IndexCorrupt, IndexProblem, ParagraphNotFound
from searchlib.guards.deadline import check
from searchlib.model.fields import CASELESS
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.model.records import Record, paragraph_id
from searchlib.query.nodes import Node, Or, Word
from searchlib.query.nodes import words as words_of

_AT_ONCE = 500


class EntryHandle(NamedTuple):
    """A record, by its id."""

    id: str


class OpenSearchReader:
    """A reader, safe to share between threads."""

    def __init__(self, cluster: Cluster, generation: Generation) -> None:
        self._open: Cluster | None = cluster
        self._generation = generation
        self._statistics = Statistics(cluster, generation.index)
        self._written = faceting.WrittenValues(cluster, generation.index)
        self.words = ClusterWords(cluster, generation.index)
        self.many = quickest.MANY
        """Of how many postings on the best hits are found by bounds."""

    @property
    def _cluster(self) -> Cluster:
        if self._open is None:
            raise IndexProblem("the index was closed; open it again with searchlib.open")
        return self._open

    @property
    def fields(self) -> frozenset[str]:
        """The metadata fields of the documents."""
        return self._statistics.fields

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the documents."""
        return self._statistics.languages

    @property
    def size(self) -> int:
        """How many records there are."""
        return self._statistics.size

    @property
    def digest(self) -> str:
        """The digest of the generation."""
        return self._generation.digest

    def newest_digest(self) -> str:
        """That of the newest generation."""
        return newest(self._cluster).digest

    def _scoring(self, query: Node, ranking: BM25F = DEFAULT_RANKING, names: dict[int, str] | None = None) -> Scoring:
        """What scores a query, whose words it has asked for."""
        scoring = Scoring(self._statistics, self._matching(), ranking, names)
        scoring.know(query)
        return scoring

    def _matching(self) -> Matching:
        return Matching(self.lexicon, self._statistics)

    @cached_property
    def lexicon(self) -> ClusterLexicon:
        """The words of the documents, by which those of queries are resolved."""
        return ClusterLexicon(self._cluster, self._generation.index, self._statistics.languages)

    # Searching

    def search(self, request: Request) -> Answer:
        """What a request finds."""
        check()
        scoring = self._scoring(request.query, request.ranking)
        exact, within = scoring.node(request.query), self._within(request.filter)
        body: Json = {"query": _scored(exact, within), "_source": ["stored"], **_counting(request)}
        page = paging.SortedPage(request)
        if quickest.is_worth_while(request, page, scoring.postings(request.query), self.many):
            lengths = self._generation.lengths
            bound = Bounding(self._statistics, scoring.matching, request.ranking, lengths).node(request.query)
            best = quickest.BoundedQuestion(exact, bound, within, self._cluster.location)
            asked = body if request.total or "aggs" in body else {}
            read = best.read(
                page, request, asked, lambda bodies: self._cluster.searches(self._generation.index, bodies)
            )
            found, rows = read.counted, list(read.rows)
        else:
            found, rows = page.read(lambda part: self._cluster.search(self._generation.index, body | part))
        check()
        counted: Mapping[str, Json] = found.get("aggregations", {})
        total = found["hits"]["total"]["value"] if request.total else None
        facets = {
            name: self._written.facet(name, size, counted, lambda part: self._counted(body, part))
            for name, size in request.facets.items()
        }
        documents = int(counted["documents"]["value"]) if request.documents else None
        return Answer(tuple(map(self._ranked, rows)), page.offset, total, documents, facets, (), page.resume(rows))

    def _counted(self, body: Json, aggregations: Json) -> Json:
        asked = {"query": body["query"], "size": 0, "track_total_hits": False, "aggs": aggregations}
        return dict(self._cluster.search(self._generation.index, asked)["aggregations"])

    def _within(self, filter: Node | None) -> list[Json]:
        within: list[Json] = [{"term": {"entry": entryfields.RECORD}}]
        if filter is not None:
            matching = self._matching()
            matching.know(words_of(filter))
            within.append(matching.node(filter))
        return within

    def _ranked(self, hit: Json) -> Ranked:
        record = self._record(hit)
        return Ranked(EntryHandle(record.id), float(hit["_score"] or 0.0), record)

    def _record(self, hit: Json) -> Record:
        return record_of(hit["_source"]["stored"], self._cluster.location)

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[Ranked]:
        """All that matches, with its records, by document and paragraph."""
        scoring = self._scoring(query)
        body: Json = {"query": _scored(scoring.node(query), self._within(filter)), "_source": ["stored"]}
        body |= {"size": _AT_ONCE, "sort": paging.IN_ORDER, "track_scores": True, "track_total_hits": False}
        while True:
            hits = self._cluster.search(self._generation.index, body)["hits"]["hits"]
            yield from map(self._ranked, hits)
            if len(hits) < _AT_ONCE:
                return
            body["search_after"] = hits[-1]["sort"]

    # Records

    def records(self, handles: Sequence[EntryHandle]) -> list[Record]:
        """The records themselves."""
        if not handles:
            return []
        ids = [handle.id for handle in handles]
        found = self._cluster.call("POST", f"/{self._generation.index}/_mget", {"ids": ids})["docs"]
        for id, one in zip(ids, found, strict=True):
            if not one.get("found"):
                raise ParagraphNotFound(f"there is no paragraph {id}", id)
        return [self._record(one) for one in found]

    def contexts(self, handles: Sequence[EntryHandle], before: int, after: int) -> list[list[Record]]:
        """Each record with up to so many neighbours of the same document on each side, in order."""
        asked = []
        for record in self.records(handles):
            number = record.paragraph.number
            span, size = {"gte": number - before, "lte": number + after}, min(before + after + 1, entryfields.WINDOW)
            within = [{"term": {entryfields.exact("document"): record.document.path}}, {"range": {"c_number": span}}]
            asked.append(_plain([{"term": {"entry": entryfields.RECORD}}, *within], size))
        return [
            [self._record(hit) for hit in one["hits"]["hits"]]
            for one in self._cluster.searches(self._generation.index, asked)
        ]

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[EntryHandle]]:
        """For each prefix up to ``limit`` records whose id begins with it."""
        asked = [_plain([{"prefix": {"id": prefix}}], limit) for prefix in prefixes]
        found = self._cluster.searches(self._generation.index, asked)
        return [[EntryHandle(hit["_id"]) for hit in one["hits"]["hits"]] for one in found]

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        """In how many records each of these words stands."""
        scoring = self._scoring(Or(tuple(words)))
        return [scoring.df(word) for word in words]

    def explain(
        self, query: Node, handles: Sequence[EntryHandle], ranking: BM25F = DEFAULT_RANKING
    ) -> list[Explanation | None]:
        """Where the scores of records came from; None where the query does not match."""
        names: dict[int, str] = {}
        scoring = self._scoring(query, ranking, names)
        within = [{"ids": {"values": [handle.id for handle in handles]}}]
        body = {"query": _scored(scoring.node(query), within), "size": len(handles), "_source": False}
        hits = {hit["_id"]: hit for hit in self._cluster.search(self._generation.index, body)["hits"]["hits"]}
        return [
            namedscores.explained(query, hits[handle.id]["matched_queries"], names, scoring)
            if handle.id in hits
            else None
            for handle in handles
        ]

    # The whole

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the index."""
        for hit in every(self._cluster, self._generation.index, entryfields.DOCUMENT):
            yield DocumentState(*json.loads(hit["_source"]["stored"]))

    def stats(self) -> Stats:
        """Figures of the index."""
        asked = {
            "size": 0,
            "track_total_hits": True,
            "query": {"term": {"entry": entryfields.DOCUMENT}},
            "aggs": {name: {"terms": {"field": entryfields.exact(name), "size": 10_000}} for name in CASELESS},
        }
        found = self._cluster.search(self._generation.index, asked)
        counts = {
            name: {one["key"]: one["doc_count"] for one in found["aggregations"][name]["buckets"]} for name in CASELESS
        }
        index = self._generation.index
        of_files = {"include_segment_file_sizes": "true"}  # that of the store is looked at every ten seconds only
        answer = self._cluster.call("GET", f"/{index}/_stats/segments,docs", None, of_files)
        figures = answer["indices"][index]["primaries"]
        return Stats(
            found["hits"]["total"]["value"],
            self.size,
            segments=figures["segments"]["count"],
            deleted=figures["docs"]["deleted"],
            bytes=sum(files["size_in_bytes"] for files in figures["segments"]["file_sizes"].values()),
            generation=self._generation.number,
            languages=counts["language"],
            types=counts["type"],
            format=entryfields.FORMAT,
            settings=self._generation.settings,
            digest=self.digest,
        )

    def verify(self, quick: bool = False) -> list[Problem]:
        """Whether all shards are there and, unless ``quick``, each record is what its text and document make of it."""
        index = self._generation.index
        health = self._cluster.call("GET", f"/_cluster/health/{index}", None, {"level": "indices"})
        found = []
        if health["status"] == "red":
            found.append(Problem(index, f"{health['unassigned_shards']} of its shards are not there"))
        if not quick:
            found += self._problems_of_records()
        return found

    def _problems_of_records(self) -> Iterator[Problem]:
        counts, path, occurrences = Counter[str](), "", Counter[str]()
        for hit in every(self._cluster, self._generation.index, entryfields.RECORD):
            try:
                record = self._record(hit)
            except IndexCorrupt as error:
                yield Problem(hit["_id"], str(error))
                continue
            if record.document.path != path:
                path, occurrences = record.document.path, Counter()
            said = " ".join(record.paragraph.text.split())
            if record.id != paragraph_id(path, record.paragraph.text, occurrences[said]) or record.id != hit["_id"]:
                yield Problem(hit["_id"], f"a paragraph of {path} has another id than its text gives")
            occurrences[said] += 1
            counts[path] += 1
        for path in sorted(counts.keys() ^ {state.path for state in self.documents()}):
            yield Problem(path, "its paragraphs are there and it is not" if path in counts else "it has no paragraphs")

    def close(self) -> None:
        """Release what is held; further calls are errors."""
        cluster, self._open = self._open, None
        if cluster is not None:
            cluster.client.close()


def _scored(query: Json, within: Sequence[Json]) -> Json:
    return askable({"bool": {"must": [query], "filter": [*within]}})


def _counting(request: Request) -> Json:
    """What asks for counts, and for no hits."""
    aggregations = faceting.asked(request.facets)
    if request.documents:
        aggregations["documents"] = faceting.DOCUMENTS
    return {"track_total_hits": request.total, "size": 0} | ({"aggs": aggregations} if aggregations else {})


def _plain(filters: Sequence[Any], size: int) -> Json:
    return {
        "size": size,
        "query": {"bool": {"filter": list(filters)}},
        "sort": paging.IN_ORDER,
        "track_total_hits": False,
        "_source": ["stored"],
    }
