"""The words of the documents, as `searchlib.engine.readers.Words` has them.

Each record says which words stand in it first, and how often: folded, as it is written, and the number, in one term. So
counts are always of what there is, whatever was added and removed. Words that are near another are found among entries
of their own, which are only added to.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence

from searchlib.analysis import fold, stems
from searchlib.engine.readers import NearWord
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.engines.opensearch.entryfields import BOTH, WITHIN, escaped, mark_of
from searchlib.engines.opensearch.paging import batches
from searchlib.query.edits import within

_MOST = 10_000  # words that begin alike, or are near another
_BUCKETS = 60_000  # which a cluster counts at once, at the most
_AT_ONCE = 100
_KEPT = 1 << 16


class ClusterWords:
    """The words of one generation."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster = cluster
        self._index = index

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The commonest words that begin with ``prefix``."""
        begin = fold(prefix)
        if not begin:
            return []
        found = [(word, often) for words in self._counted([escaped(begin) + ".*"]).values() for word, often in words]
        return sorted(found, key=lambda one: (-one[1], fold(one[0]), one[0]))[:limit]

    def counts(self, words: Sequence[str]) -> list[int]:
        """How often each of these occurs."""
        known = self._of([fold(word) for word in words])
        return [sum(often for _, often in known.get(fold(word), ())) for word in words]

    def commonest(self, most: int) -> list[tuple[str, int]]:
        """Those that the most paragraphs have so often, which are nearly all that texts are made of."""
        return [
            (folded, sum(often for _, often in words))
            for folded, words in self._counted([], min(most, _BUCKETS)).items()
        ]

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        """For each of these, the words at most so many edits from it."""
        wanted = [(fold(word), edits) for word, edits in words]
        bodies = [_near(word, edits) for word, edits in wanted]
        found = [{folded for folded, *_ in _stored(one)} for one in self._cluster.searches(self._index, bodies)]
        known = self._of(sorted(set().union(*found)))
        return [self._known_of(word, edits, folded, known) for (word, edits), folded in zip(wanted, found, strict=True)]

    def _known_of(
        self, word: str, edits: int, found: set[str], known: dict[str, list[tuple[str, int]]]
    ) -> list[NearWord]:
        near = []
        for folded in sorted(found & known.keys()):
            away = next((n for n in range(edits + 1) if within(word, folded, n)), None)
            if away is not None and not any(map(str.isdigit, folded)):
                ways = known[folded]
                best = min(ways, key=lambda way: (-way[1], way[0]))
                near.append(NearWord(best[0], sum(often for _, often in ways), away))
        return near

    def _of(self, folded: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for at in range(0, len(folded), _AT_ONCE):
            part = sorted(filter(None, set(folded[at : at + _AT_ONCE])))
            found |= self._counted([escaped(word) + WITHIN + ".*" for word in part]) if part else {}
        return found

    def _counted(self, patterns: Sequence[str], most: int = _MOST) -> dict[str, list[tuple[str, int]]]:
        """By their folded form, the words whose terms fit any of these (any, where there are none), and how often."""
        terms: Json = {"field": "words", "size": most}
        if patterns:
            terms["include"] = "|".join(f"({one})" for one in patterns)
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"term": {"entry": entryfields.RECORD}},
            "aggs": {"words": {"terms": terms}},
        }
        counts: dict[tuple[str, str], int] = {}
        for one in self._cluster.search(self._index, body)["aggregations"]["words"]["buckets"]:
            folded, word, often = one["key"].split(WITHIN)
            counts[folded, word] = counts.get((folded, word), 0) + int(often) * one["doc_count"]
        found: dict[str, list[tuple[str, int]]] = {}
        for (folded, word), often in counts.items():
            found.setdefault(folded, []).append((word, often))
        return found


class ClusterLexicon:
    """The words by which those of queries are resolved; safe to share between threads.

    What is asked of a word first brings what is asked next: the words that share a stem with it in any language.
    """

    segmented: Sequence[str] = ()

    def __init__(self, cluster: Cluster, index: str, languages: Sequence[str]) -> None:
        self._cluster = cluster
        self._index = index
        self.languages = languages
        self._readings: dict[str, tuple[str, ...]] = {}
        self._stemmed: dict[str, tuple[str, ...]] = {}
        self._standing: dict[str, dict[str, tuple[str, ...]]] = {}  # by folded and exact form: languages

    def marks(self, folded: str) -> tuple[str, ...]:
        """What stands before a folded form in the terms that there are of it: nothing, `ACCENTED`; both if in doubt."""
        known = self._standing.get(folded)
        if known is None:
            return BOTH
        there = {mark_of(folded, exact) for exact in known}
        return tuple(mark for mark in BOTH if mark in there)

    def languages_of(self, folded: str) -> Collection[str] | None:
        """The languages of the documents in which a folded form stands; None if in doubt."""
        known = self._standing.get(folded)
        return None if known is None else sorted(set().union(*known.values()))

    def has(self, folded: str, exact: str) -> bool:
        """Whether a folded form is written so anywhere; True if in doubt."""
        known = self._standing.get(folded)
        return known is None or exact in known

    def know(self, folded: Iterable[str]) -> None:
        """Ask which terms there are of these folded forms, so that a query is of no others."""
        missing = [one for one in dict.fromkeys(folded) if one not in self._standing]
        if len(self._standing) > _KEPT:
            return  # and nothing is forgotten, as what was counted is known by its terms
        for part in batches(missing, _AT_ONCE):
            found = list(_stored(self._cluster.search(self._index, _words({"terms": {"folded": list(part)}}, _MOST))))
            if len(found) == _MOST:
                continue
            standing: dict[str, dict[str, tuple[str, ...]]] = {one: {} for one in part}
            for one, exact, language in found:
                standing[one][exact] = (*standing[one].get(exact, ()), language)
            self._standing |= standing

    def readings(self, folded: str) -> tuple[str, ...]:
        """The exact forms of the words whose folded form this is."""
        known = self._readings.get(folded)
        if known is None:
            stems_of = {language + WITHIN + one for language in self.languages for one in stems(folded, language)}
            known = self._read(folded, sorted(stems_of - self._stemmed.keys()))
        return known

    def stemmed(self, language: str, stem: str) -> tuple[str, ...]:
        """The exact forms of the words of documents in a language that have a stem."""
        key = language + WITHIN + stem
        known = self._stemmed.get(key)
        if known is None:
            self._read("", [key])
            known = self._stemmed[key]
        return known

    def _read(self, folded: str, stems: Sequence[str]) -> tuple[str, ...]:
        if len(self._stemmed) > _KEPT:
            self._stemmed.clear()
            self._readings.clear()
        asked: list[Json] = [{"term": {"stems": one}} for one in stems]
        asked += [{"term": {"folded": folded}}] if folded else []
        bodies = [_words(one, _MOST) for one in asked]
        found = [
            tuple(sorted({exact for _, exact, _ in _stored(one)}))
            for one in self._cluster.searches(self._index, bodies)
        ]
        self._stemmed.update(zip(stems, found, strict=False))
        if folded:
            self._readings[folded] = found[-1]
        return found[-1]


def _stored(found: Json) -> Iterator[tuple[str, str, str]]:
    """Folded form, exact form and language of words."""
    for hit in found["hits"]["hits"]:
        folded, exact, language = json.loads(hit["_source"]["stored"])
        yield folded, exact, language


def _words(query: Json, size: int) -> Json:
    within = {"bool": {"filter": [query]}}
    return {"size": size, "query": within, "_source": ["stored"], "track_total_hits": False}


def _near(word: str, edits: int) -> Json:
    fuzzy = {"value": word, "fuzziness": edits, "max_expansions": entryfields.MOST_CLAUSES, "rewrite": "constant_score"}
    query = {"fuzzy": {"folded": fuzzy}} if word and edits else {"term": {"folded": word}}
    return _words(query, _MOST)
