"""Several indexes in folders, searched as one.

An index is segments, and a snapshot has statistics over all of its segments: so those of several indexes in one
snapshot rank as one index of all their documents would, to the last bit. What is here is what is said of an index as a
whole: its words, figures, digest, and in which of them a record is.

A document of the same path may be in several of them, and each counts. Where even the text is the same, so that
paragraphs have one id, that names the one of the index that was given first.

The functions are those of ``searchlib.engine.writers.Engine``; a location is a `JointLocation`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from searchlib.concurrency.lazily import cached_property
from searchlib.engine.figures import Problem, Stats
from searchlib.engines.whoosh.manifest import Manifest, digest_of, read_digest
from searchlib.engines.whoosh.reader import problems_of, size_of, stats_of
from searchlib.engines.whoosh.segments import WordFile, open_generation
from searchlib.engines.whoosh.segmentsreader import SegmentsReader, WhooshHandle
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib.engine.answers import Answer, Facet, Handle
    from searchlib.engine.locations import JointLocation, Single
    from searchlib.engine.readers import Words
    from searchlib.engine.requests import Request
    from searchlib.engine.writers import Remembered, WriterOptions
    from searchlib.engines.whoosh.format.segment import SegmentColumns
    from searchlib.engines.whoosh.resuming import CursorPlace


def open_reader(location: JointLocation, compiled: bool | None = None) -> SeveralReader:
    """Open the newest generation of each index. For ``compiled`` see ``execution.Snapshot``."""
    return SeveralReader([Path(one) for one in location], compiled)


def open_writer(location: JointLocation, options: WriterOptions | None = None) -> NoReturn:
    """Raise SettingsError: what is written goes into one of them."""
    raise SettingsError(f"{location} are searched as one and cannot be written to: open the one that is meant alone")


def remembered(location: JointLocation) -> Remembered:
    """Raise SettingsError: each remembers seeds of its own."""
    raise SettingsError(f"{location} are searched as one, and each has seeds of its own: give one of them alone")


def published_at(location: JointLocation) -> int:
    """When one of them was last published, in nanoseconds since 1970; 0 if none ever was."""
    from searchlib.engines.whoosh import published_at as published

    return max(published(one) for one in location)


class _Opened(NamedTuple):
    """A generation of one of the indexes."""

    folder: Path
    manifest: Manifest
    segments: list[SegmentColumns]
    words: WordFile


class SeveralReader(SegmentsReader):
    """Implements ``searchlib.engine.readers.Reader``; digested, verifiable, and of several."""

    def __init__(self, folders: Sequence[Path], compiled: bool | None = None) -> None:
        self._indexes = [_Opened(folder, *open_generation(folder)) for folder in folders]
        self._index_of = [number for number, one in enumerate(self._indexes) for _ in one.segments]
        manifests = [one.manifest for one in self._indexes]
        super().__init__(
            [segment for one in self._indexes for segment in one.segments],
            [one.words for one in self._indexes],
            {name for manifest in manifests for name in manifest.metadata_fields},
            sorted({language for manifest in manifests for language in manifest.languages}),
            sum(map(size_of, manifests)),
            compiled,
        )

    # What tells the indexes apart

    def location_of(self, handle: Handle) -> Single:
        """Where the index is that a record is in."""
        assert isinstance(handle, WhooshHandle)
        return self._indexes[self._index_of[handle.segment]].folder

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[Handle]]:
        """For each prefix up to ``limit`` records whose id begins with it, of different ids."""
        return [self._first_of_each(prefix, limit) for prefix in prefixes]

    def _first_of_each(self, prefix: str, limit: int) -> list[Handle]:
        found: dict[str, Handle] = {}
        for place in self._find(prefix):
            (handle,) = self.handles([place])
            found.setdefault(handle.id, handle)
            if len(found) >= limit:
                break
        return list(found.values())

    def _named(self, place: CursorPlace, nearest: Sequence[WhooshHandle]) -> CursorPlace:
        return replace(place, indexes=tuple(self._index_of[handle.segment] for handle in nearest))

    def _anchors(self, place: CursorPlace) -> Iterator[tuple[int, int]]:
        if not place.indexes:
            yield from super()._anchors(place)
        for id, index in zip(place.ids, place.indexes, strict=False):
            yield from (found for found in self._find(id) if self._index_of[found[0]] == index)

    def _search(self, request: Request) -> Answer:
        if "document" not in request.facets:
            return super()._search(request)
        answer = super()._search(replace(request, facets={**request.facets, "document": None}))
        facet = _by_path(answer.facets["document"]).first(request.facets["document"])
        return replace(answer, facets={**answer.facets, "document": facet})

    # What is said of all of them

    @cached_property
    def words(self) -> Words:
        """The words of the documents."""
        from searchlib.engines.whoosh.severalwords import SeveralWords

        return SeveralWords([one.words.near for one in self._indexes])

    @property
    def segmented(self) -> Set[str]:
        """The languages in which a segmenter found the words of documents of any of them."""
        return frozenset().union(*(one.manifest.segmented for one in self._indexes))

    def stats(self) -> Stats:
        """Figures of all of them; what is not the same in each is not known."""
        each = [stats_of(one.manifest, one.segments) for one in self._indexes]
        sums = ("documents", "paragraphs", "tokens", "segments", "deleted", "bytes")
        settings = each[0].settings if all(one.settings == each[0].settings for one in each) else {}
        return Stats(
            **{name: sum(getattr(one, name) for one in each) for name in sums},
            languages=_added_up([one.languages for one in each]),
            types=_added_up([one.types for one in each]),
            format=min(one.format for one in each),
            settings=settings,
            digest=self.digest,
        )

    @property
    def digest(self) -> str:
        """A digest of the digests of all."""
        return _digest([one.manifest.digest for one in self._indexes])

    def newest_digest(self) -> str:
        """The same of what the indexes in the folders say that they have."""
        return _digest([read_digest(one.folder) for one in self._indexes])

    def verify(self, quick: bool = False) -> list[Problem]:
        """Check each of them."""
        return [
            Problem(str(one.folder / problem.file), problem.message)
            for one in self._indexes
            for problem in problems_of(one.folder, one.manifest, quick)
        ]


def _by_path(facet: Facet) -> Facet:
    """The counts of documents of one path as one; of all of them, the commonest first."""
    from searchlib.analysis.natural import natural_key
    from searchlib.engine.answers import FacetCount

    counts: Counter[str] = Counter()
    for value, count in facet:
        counts[value] += count
    best = sorted(counts.items(), key=lambda one: (-one[1], natural_key(one[0])))
    return replace(facet, values=tuple(FacetCount(path, count) for path, count in best))


def _added_up(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def _digest(digests: Sequence[str]) -> str:
    return digest_of(" ".join(digests).encode())
