"""The writer of an index of OpenSearch: what it adds is sent as it comes, to an index that nobody sees.

* The index of the next generation is made when something is added or removed: a *clone* of the one before, which shares
  its files, or an empty one. Child processes make what is sent (``linemaking``), and some requests of it are on their
  way at a time (``bulks``).
* ``commit`` makes it searchable, closes it for writing, and has the alias lead to it instead of to the one before, in
  one step, which fails if that is not the one any more. Then what is older than the one before is removed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from searchlib.engine.writers import Committed, DocumentState, Remembered, WriterOptions
from searchlib.engines.opensearch import entries, entryfields
from searchlib.engines.opensearch.bulks import Bulks
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.engines.opensearch.fitting import fitted
from searchlib.engines.opensearch.generations import Generation, every, following, newest_or_none, remembered
from searchlib.engines.opensearch.linemaking import LineMaker
from searchlib.engines.opensearch.paging import batches
from searchlib.errors import IndexIncompatible, IndexProblem, IndexReadOnly, SettingsError
from searchlib.guards.arguments import refused, whole
from searchlib.model.records import Document, Record, document_digest
from searchlib.paragraphs.identifying import language_of, records_of

LARGE: Final = 20_000
"""Records from which on it pays that bounds are close."""
_PATHS = 1000  # that are removed in one request
_LEFT_BEHIND = 24 * 3600 * 1000  # milliseconds after which what no alias leads to was left by a writer that was ended
_SHARDS: Final = "number_of_shards"
_REPLICAS: Final = "number_of_replicas"
_LEAST: Final = {"shards": 1, "replicas": 0}


class OpenSearchWriter:
    """Makes the next generation of an index."""

    damage = ""

    def __init__(self, cluster: Cluster, options: WriterOptions, large: int = LARGE) -> None:
        self._cluster = cluster
        self._large = large
        self._before = newest_or_none(cluster)
        self._settings = self._remembered("settings", options.settings)
        self._sources = self._remembered("sources", options.sources)
        self._layout = _layout(options.tuning)
        self._index: str | None = None
        self._lengths = entries.Lengths()  # of what is sent first
        self._changed = False
        self._over = bool(options.distrusted)
        self._known: dict[str, DocumentState] = {}  # of the generation before
        if self._before is not None:
            self._known = {one.path: one for one in self._documents(self._before.index)}
        self._now: dict[str, DocumentState] = dict(self._known)
        self._added: set[str] = set()
        self._empty: set[str] = set()
        self._touched: set[str] = set()  # seeds
        self._sent: set[str] = set()  # paths with entries in the new index that this writer sent
        self._words: set[tuple[str, str]] = set()
        self._gone: set[str] = set()  # paths whose entries there are to be removed before more is sent
        self._made = LineMaker(options.processes if options.processes is not None else os.cpu_count() or 1)
        self._bulks = Bulks(cluster, self._begin)
        if self._over:
            self._forget()

    def _remembered(self, name: str, given: Any) -> Any:
        return given if given is not None else getattr(self._before, name) if self._before else {}

    @property
    def before(self) -> Remembered:
        """What the generation that this one builds upon remembers."""
        if self._before is None or self._over:
            return Remembered()
        return remembered(self._cluster, self._before)

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the generation that this one builds upon."""
        return iter([] if self._over else list(self._known.values()))

    def _documents(self, index: str) -> Iterator[DocumentState]:
        for hit in every(self._cluster, index, entryfields.DOCUMENT):
            yield DocumentState(*json.loads(hit["_source"]["stored"]))

    def start_over(self) -> None:
        """Build upon nothing but the documents that no seed has."""
        self._over = True
        self._forget()

    def _forget(self) -> None:
        self._now = {path: state for path, state in self._known.items() if not state.seed}

    def has_added(self, path: str) -> bool:
        """Whether a document of this path was added by this writer."""
        return path in self._added

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = "") -> None:
        """Add a document, in place of any of the same path."""
        language = language_of(document, str(self._settings.get("language", "auto")), default_language)
        state = DocumentState(document.path, digest or document_digest(document), seed)
        self.add_records(list(records_of(document, language)), state)

    def add_records(self, records: Sequence[Record], state: DocumentState) -> None:
        """Add a document by its records, in place of any of the same path."""
        self.remove(state.path)
        self._added.add(state.path)
        if not records:
            self._empty.add(state.path)
            return
        self._now[state.path] = state
        self._send_all(records, state)
        self._sent.add(state.path)

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""
        state = self._now.pop(path, None)
        if state is not None:
            self._touched.add(state.seed)
            self._changed = True
            if path in self._sent or (path in self._known and not self._over):
                self._gone.add(path)
        self._added.discard(path)
        self._empty.discard(path)

    # Filling

    def _begin(self) -> str:
        """The index of the next generation."""
        if self._index is not None:
            return self._index
        number = self._before.number + 1 if self._before else 1
        index = following(self._cluster, number)
        if self._before is not None and not self._over:
            replicas = {f"index.{_REPLICAS}": self._replicas(self._before.index)}
            body: Json = {"settings": {"index.blocks.write": None, **replicas}}
            made = self._cluster.call(
                "PUT", f"/{self._before.index}/_clone/{index}", body, {"wait_for_active_shards": "1"}
            )
        else:
            self._refuse_another()
            settings = entryfields.settings(self._lengths.averages) | self._layout
            body = {"settings": {"index": settings}, "mappings": entryfields.mapping({})}
            made = self._cluster.call("PUT", f"/{index}", body)
        self._index = index
        if not made["shards_acknowledged"]:
            raise IndexReadOnly(
                f"{self._cluster.location} gives the shards of a new index no place: see that its nodes are there, and "
                "that their disks have room",
                self._cluster.location,
            )
        return index

    def _refuse_another(self) -> None:
        """Raise if there is an index, and no alias, of the name that the alias is to have."""
        if self._before is not None and self._before.index == self._cluster.name:
            where = self._cluster.location
            raise IndexIncompatible(f"{where} is an index itself, and no alias: give another name", where)

    def _replicas(self, before: str) -> int:
        """How many replicas a clone is to have. Raises SettingsError if it would not have the shards that are asked."""
        found = self._cluster.call("GET", f"/{before}/_settings")[before]["settings"]["index"]
        shards = int(found[_SHARDS])
        if self._layout.get(_SHARDS, shards) != shards:
            where = f"{self._cluster.location} has {shards} shards"
            raise SettingsError(f"{where}: build it anew (--rebuild, rebuild=True) for another number")
        return self._layout.get(_REPLICAS, int(found[_REPLICAS]))

    def _send_all(self, records: Sequence[Record], state: DocumentState) -> None:
        self._changed = True
        if state.path in self._gone:
            self._remove_gone()
        self._take(self._made.lines(records, state))

    def _take(self, made: Iterable[entries.EntryLines]) -> None:
        """Send what is of documents, and their words where no other has them."""
        for one in made:
            if self._index is None:
                self._lengths.see(one)
            for line in one.lines:
                self._bulks.add(line)
            for word in one.words:
                if word not in self._words:
                    self._words.add(word)
                    self._send(*entries.word_entry(*word))

    def _send(self, id: str, entry: Json) -> None:
        self._bulks.add(entries.line_of(id, entry))

    def _delete(self, ids: Iterable[str]) -> None:
        for id in ids:
            self._bulks.add(json.dumps({"delete": {"_id": id}}) + "\n")

    def _settle(self) -> None:
        """Wait until all that came is in the index."""
        self._take(self._made.rest())
        self._bulks.settle()

    def _remove_gone(self) -> None:
        if not self._gone:
            return
        self._settle()
        index = self._begin()
        self._cluster.call("POST", f"/{index}/_refresh")
        for paths in batches(sorted(self._gone), _PATHS):
            within = {"terms": {entryfields.exact("document"): list(paths)}}
            for entry in (entryfields.RECORD, entryfields.DOCUMENT):
                self._delete(hit["_id"] for hit in every(self._cluster, index, entry, within))
        self._bulks.settle()
        self._gone.clear()

    def _take_over(self) -> int:
        """Bring the documents that no seed has into an index that begins empty; how many these are."""
        if not self._over or self._before is None:
            return 0
        kept = [path for path in self._now if path not in self._added]
        for path in kept:
            filter = {"term": {entryfields.exact("document"): path}}
            hits = every(self._cluster, self._before.index, entryfields.RECORD, filter)
            records = [entries.record_of(hit["_source"]["stored"], self._cluster.location) for hit in hits]
            self._send_all(records, self._now[path])
        return len(kept)

    # Publishing

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        """Publish all of it at once. What fails leaves nothing behind."""
        try:
            return self._committed(seeds, compact)
        except BaseException:
            self.cancel()
            raise

    def _committed(self, seeds: Mapping[str, str] | None, compact: bool) -> Committed:
        kept = self._take_over()
        old = {} if self._before is None else remembered(self._cluster, self._before).seeds
        left = {name: digest for name, digest in old.items() if name not in self._touched}
        wanted = left if seeds is None else dict(seeds)
        if self._is_as_before(old, wanted) and self._before is not None:
            return Committed(self._records(self._before.index), frozenset(self._empty))
        self._take(self._made.rest())
        index = self._begin()
        self._remove_gone()
        self._remember_seeds({} if self._over else old, wanted)
        self._settle()
        self._cluster.call("POST", f"/{index}/_refresh")
        if compact:
            self._cluster.call("POST", f"/{index}/_forcemerge", None, {"max_num_segments": "1"})
        number = self._before.number + 1 if self._before else 1
        lengths = self._lengths.averages if self._before is None or self._over else self._before.lengths
        if self._records(index) >= self._large:
            lengths = fitted(self._cluster, index, lengths)
        self._wait_for_replicas(index)
        generation = Generation(index, number, time.time_ns(), self._settings, self._sources, lengths)
        self._cluster.call("PUT", f"/{index}/_mapping", {"_meta": {"searchlib": generation.as_meta()}})
        self._cluster.call("PUT", f"/{index}/_settings", {"index.blocks.write": True})
        paragraphs = self._records(index)
        self._publish(index)
        self._index = None
        self._close()
        self._clean(index)
        return Committed(paragraphs, frozenset(self._empty), kept)

    def _wait_for_replicas(self, index: str) -> None:
        """Wait until replicas that have a place are as their shards, so that what is published survives a node."""
        with suppress(IndexProblem):  # who may not ask, or waits in vain (30 s), publishes what is whole without them
            waiting = {"wait_for_no_initializing_shards": "true"}
            self._cluster.call("GET", f"/_cluster/health/{index}", None, waiting, tries=1)

    def _is_as_before(self, old: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
        if self._changed or self._over or self._before is None or old != wanted:
            return False
        generation = Generation("", 0, 0, self._settings, self._sources)
        before = Generation("", 0, 0, self._before.settings, self._before.sources)
        return generation.as_meta() == before.as_meta()

    def _remember_seeds(self, old: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        self._delete(entries.seed_entry(name, "")[0] for name in old if name not in wanted)
        for name, digest in wanted.items():
            if old.get(name) != digest:
                self._send(*entries.seed_entry(name, digest))

    def _records(self, index: str) -> int:
        found = self._cluster.call("POST", f"/{index}/_count", {"query": {"term": {"entry": entryfields.RECORD}}})
        return int(found["count"])

    def _publish(self, index: str) -> None:
        alias = self._cluster.name
        actions: list[Json] = []
        if self._before is not None:
            actions.append({"remove": {"index": self._before.index, "alias": alias, "must_exist": True}})
        elif newest_or_none(self._cluster) is not None:
            raise self._cluster.explained(409, "")
        actions.append({"add": {"index": index, "alias": alias}})
        try:
            self._cluster.call("POST", "/_aliases", {"actions": actions})
        except Exception as error:
            now = newest_or_none(self._cluster)
            if now is not None and now.index == index:
                return  # it was done, and the answer lost
            if now is None or self._before is None or now.index == self._before.index:
                raise
            raise self._cluster.explained(409, "") from error

    def _clean(self, index: str) -> None:
        """Remove the generations that are older than the one before, and what writers that were ended left behind."""
        keep = {index, self._before.index if self._before else ""}
        pattern = f"{self._cluster.name}--*"
        found = self._cluster.call("GET", f"/{pattern}/_settings/index.creation_date")
        now = time.time() * 1000
        for name, one in found.items():
            published = self._number_of(name) < self._number_of(index)
            old = now - int(one["settings"]["index"]["creation_date"]) > _LEFT_BEHIND
            if name not in keep and (old or (published and self._is_published(name))):
                self._cluster.call("DELETE", f"/{name}")

    def _is_published(self, name: str) -> bool:
        meta = self._cluster.call("GET", f"/{name}/_mapping")[name]["mappings"].get("_meta", {}).get("searchlib", {})
        # A clone has the number of the one before until it is published.
        return bool(meta.get("number") == self._number_of(name))

    def _number_of(self, name: str) -> int:
        number = name.removeprefix(self._cluster.name + "--").partition("-")[0]
        return int(number) if number.isdecimal() else 0

    def _close(self) -> None:
        self._made.close()
        self._bulks.close()

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind; what cannot be removed now, a later writer removes."""
        self._close()
        index, self._index = self._index, None
        if index is not None:
            with suppress(IndexProblem):
                self._cluster.call("DELETE", f"/{index}", None, {"ignore_unavailable": "true"})


def _layout(tuning: object) -> dict[str, int]:
    """What is said of how an index is laid out, by the names of the cluster. Raises SettingsError."""
    known = {} if tuning is None else tuning
    if not isinstance(known, Mapping) or not known.keys() <= _LEAST.keys():
        raise refused("tuning", tuning, 'a dict such as {"shards": 8, "replicas": 1}')
    return {f"number_of_{name}": whole(name, number, _LEAST[name]) for name, number in known.items()}
