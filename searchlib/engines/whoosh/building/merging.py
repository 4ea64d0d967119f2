"""Merging: from sources to one segment, columns to columns.

The records of the sources are put one after another, those that were deleted left out, and, where that is not
the order of the documents, rearranged. Keys are merged in slices, so that memory does not grow with the index.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress, groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from searchlib.concurrency.child import Aside
from searchlib.engines.whoosh.building.mergesources import Columns, Slice, Source
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import UInts, aligned, ranges
from searchlib.engines.whoosh.building.runsources import SpilledRun
from searchlib.engines.whoosh.building.spokenwords import SpokenWords, language_number
from searchlib.engines.whoosh.format.files import SegmentFiles, ThinFieldFiles, stored_file
from searchlib.engines.whoosh.format.stored import STORED_STREAM
from searchlib.engines.whoosh.format.thin import field_of, thin_below
from searchlib.engines.whoosh.storedrecords import DOCUMENTS, RECORDS, STREAMS
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray
from searchlib.model.fields import EXACT, PROSE, SEGMENTED

GONE = np.uint32(0xFFFFFFFF)
ALWAYS = (*PROSE, *EXACT)  # fields that every segment has, be they empty


@frozen
class Placement:
    """Where the records of each source go: ``targets[s][i]`` is the new number of its record i, or GONE."""

    targets: list[UInts]
    size: int

    @property
    def in_order(self) -> bool:
        """Whether the sources' records, one source after another, keep their order."""
        kept = [target[target != GONE] for target in self.targets]
        joined = np.concatenate(kept) if kept else np.zeros(0, np.uint32)
        return bool((joined[1:] > joined[:-1]).all())


def place(sources: Sequence[Source], kept: Sequence[NDArray[np.bool_] | None], order: UInts | None) -> Placement:
    """Number the records that are kept, in the order of the sources or in ``order``.

    ``order`` lists the records (numbered through all sources before deletions) as they are to stand.
    """
    masks = [np.ones(source.size, bool) if mask is None else mask for source, mask in zip(sources, kept, strict=True)]
    alive = np.concatenate(masks) if masks else np.zeros(0, bool)
    targets = np.full(len(alive), GONE, np.uint32)
    standing = np.flatnonzero(alive) if order is None else order[alive[order]]
    targets[standing] = np.arange(len(standing), dtype=np.uint32)
    ends = np.cumsum([source.size for source in sources])
    parts = [targets[end - source.size : end] for source, end in zip(sources, ends, strict=True)]
    return Placement(parts, len(standing))


def merge(
    sources: Sequence[Source],
    placement: Placement,
    folder: Path,
    segment_id: str,
    columns: Sequence[str],
    portions: Portions = PORTIONS,
) -> None:
    """Write the segment ``segment_id`` into ``folder``.

    What is large enough to have been put aside on disk is merged in two processes: what is stored there, postings and
    ``columns`` here.
    """
    if sources and all(isinstance(source, SpilledRun) for source in sources):
        with Aside(_write_stored, sources, placement, folder, segment_id):
            _write_postings(sources, placement, folder, segment_id, columns, portions)
    else:
        _write_stored(sources, placement, folder, segment_id)
        _write_postings(sources, placement, folder, segment_id, columns, portions)


def _write_postings(
    sources: Sequence[Source],
    placement: Placement,
    folder: Path,
    segment_id: str,
    columns: Sequence[str],
    portions: Portions,
) -> None:
    with SegmentFiles(folder, segment_id, sync=False, stored=False, chunk=portions.encoded) as files:
        in_order = placement.in_order
        metadata = _metadata(sources, placement)
        thin = {name for name, count in metadata.items() if count < thin_below(placement.size)}
        spoken = SpokenWords(*_languages(sources, placement))
        segmented = {name for source in sources for name in source.segmented()}
        for name in sorted({*ALWAYS, *segmented, *metadata} - thin):
            _merge_field(name, sources, placement, files, in_order, spoken.add if name in PROSE else None)
        if thin:
            _merge_thin(thin, sources, placement, files, in_order)
        files.stems(spoken.tables())
        for name in columns:
            column = np.zeros(placement.size, np.uint32)
            for source, target in zip(sources, placement.targets, strict=True):
                alive = target != GONE
                column[target[alive]] = source.column(name)[alive]
            files.column(name, column)
        files.close(placement.size)


def _metadata(sources: Sequence[Source], placement: Placement) -> Counter[str]:
    """How many postings each field of metadata will have; none has none, as in a clean build."""
    counts: Counter[str] = Counter()
    for source, target in zip(sources, placement.targets, strict=True):
        kept = target != GONE
        counts.update(source.metadata(None if kept.all() else kept))
    return counts


def _write_stored(sources: Sequence[Source], placement: Placement, folder: Path, segment_id: str) -> None:
    file = stored_file(folder, segment_id)
    try:
        documents, sizes = _of_documents(sources, placement)
        file.documents(sizes)
        for stream, where in ((RECORDS, placement), (DOCUMENTS, documents)):
            writer = file.stream(STORED_STREAM + stream, STREAMS[stream], shared=stream == DOCUMENTS)
            for columns in _rows(stream, sources, where):
                writer.add(*columns)
        file.close(placement.size, sync=False)
    except BaseException:
        file.abort()
        raise


def _of_documents(sources: Sequence[Source], placement: Placement) -> tuple[Placement, NDArray[np.int64]]:
    """Where what each source has of its documents goes, as their records do, and how many records each then has.

    What a source has of a part that does not begin a document goes nowhere: its document has it already.
    """
    known = [source.documents() for source in sources]
    firsts = [target[np.cumsum(sizes) - sizes] for target, (sizes, _) in zip(placement.targets, known, strict=True)]
    first = np.concatenate([np.zeros(0, np.uint32), *firsts])
    size = np.concatenate([np.zeros(0, np.int64), *(sizes for sizes, _ in known)])
    begins = np.concatenate([np.zeros(0, bool), *(begin for _, begin in known)])
    order = np.argsort(first, kind="stable")[: int(np.count_nonzero(first != GONE))]
    starts = np.flatnonzero(begins[order])
    targets = np.full(len(first), GONE, np.uint32)
    targets[order[starts]] = np.arange(len(starts), dtype=np.uint32)
    ends = np.cumsum([len(part) for part in firsts])
    parts = [targets[end - len(part) : end] for part, end in zip(firsts, ends.tolist(), strict=True)]
    sizes = np.add.reduceat(size[order], starts) if len(starts) else size[:0]
    return Placement(parts, len(starts)), sizes


def _rows(stream: str, sources: Sequence[Source], placement: Placement) -> Iterator[Columns]:
    """What is stored of the items that are kept, in their new order, in chunks as of a source."""
    if not placement.in_order:
        yield _rearranged(stream, sources, placement)
        return
    for source, target in zip(sources, placement.targets, strict=True):
        alive = target != GONE
        if alive.all():
            yield from source.rows(stream)
            continue
        keeps = iter(alive.tolist())
        for columns in source.rows(stream):
            keep = list(islice(keeps, len(columns[0])))
            yield [list(compress(column, keep)) for column in columns]


def _rearranged(stream: str, sources: Sequence[Source], placement: Placement) -> Columns:
    found: list[list[Any]] = [[None] * placement.size for _ in STREAMS[stream]]
    for source, target in zip(sources, placement.targets, strict=True):
        places = iter(target.tolist())
        for columns in source.rows(stream):
            to = list(islice(places, len(columns[0])))
            for values, column in zip(found, columns, strict=True):
                for place_of, value in zip(to, column, strict=True):
                    if place_of != GONE:
                        values[place_of] = value
    return found


def _languages(sources: Sequence[Source], placement: Placement) -> tuple[dict[str, int], UInts]:
    """The languages of the records: a number for each, and that of each record's; 0 for those that nothing stems."""
    number_of: dict[str, int] = {}
    spoken = np.zeros(placement.size, np.uint32)
    for source, target in zip(sources, placement.targets, strict=True):
        for part in source.slices("language"):
            numbers = np.array(
                [language_number(key.decode("utf-8", "replace"), number_of) for key in part.keys], np.uint32
            )
            docs = target[part.docs]
            spoken[docs[docs != GONE]] = np.repeat(numbers, part.df)[docs != GONE]
    return number_of, spoken


def _merge_field(
    name: str,
    sources: Sequence[Source],
    placement: Placement,
    files: SegmentFiles,
    in_order: bool,
    look_at: Callable[[Sequence[bytes], UInts, UInts], None] | None,
) -> None:
    lengths = _lengths(name, sources, placement)
    writer = files.field(name, positions=lengths is not None)
    counted = lengths if lengths is not None else _lengths(SEGMENTED.get(name, name), sources, placement)
    if counted is None:
        counted = np.ones(placement.size, np.uint32)
    for joined in aligned([source.slices(name) for source in sources], attrgetter("keys"), _cut_after):
        merged = _join(joined, placement, in_order)
        if len(merged.keys):
            writer.add(merged.keys, merged.df, merged.docs, merged.freqs, merged.positions, counted)
            if look_at is not None:
                look_at(merged.keys, merged.df, merged.docs)
    writer.finish(lengths)


def _lengths(name: str, sources: Sequence[Source], placement: Placement) -> UInts | None:
    """Tokens of a field for each record; None if it has no lengths."""
    if name in EXACT or name in SEGMENTED:
        return None
    lengths = np.zeros(placement.size + 1, np.uint32)  # one more, for what is gone
    for source, target in zip(sources, placement.targets, strict=True):
        to = np.minimum(target, placement.size)
        if name in PROSE:
            found = source.lengths(name)
            if found is not None:
                lengths[to] = found
        else:
            for part in source.slices(name):
                np.add.at(lengths, to[part.docs], part.freqs)
    return lengths[:-1]


def _merge_thin(
    names: AbstractSet[str], sources: Sequence[Source], placement: Placement, files: SegmentFiles, in_order: bool
) -> None:
    """Merge fields of metadata into the dictionary of thin fields, as many whole ones at a time as there are."""
    streams, targets = [], []
    for source, target in zip(sources, placement.targets, strict=True):
        for stream in source.thin_slices(names):
            streams.append(stream)
            targets.append(target)
    streamed = Placement(targets, placement.size)
    writer = files.thin_fields()
    waiting: list[Slice] = []
    for joined in aligned(streams, attrgetter("keys"), _cut_after):
        merged = _join(joined, streamed, in_order)
        if not len(merged.keys):
            continue
        # The last field may go on in what comes next.
        last = merged.keys[-1]
        head, tail = _cut_before(merged, last[: last.index(0) + 1])
        if head is not None:
            _write_thin([*waiting, head], writer)
            waiting = []
        waiting.append(tail)
    if waiting:
        _write_thin(waiting, writer)
    writer.finish()


def _write_thin(parts: Sequence[Slice], writer: ThinFieldFiles) -> None:
    keys = [key for part in parts for key in part.keys]
    fields = [(name, len(list(own))) for name, own in groupby(map(field_of, keys))]
    df, docs, freqs = (np.concatenate([getattr(part, name) for part in parts]) for name in ("df", "docs", "freqs"))
    positions = np.concatenate([part.positions for part in parts if part.positions is not None])
    writer.add_fields(fields, keys, df, docs, freqs, positions)


def _cut_before(part: Slice, pivot: bytes) -> tuple[Slice | None, Slice]:
    cut = bisect_left(part.keys, pivot)
    if not cut:
        return None, part
    head, tail = _cut_after(part, part.keys[cut - 1])
    assert tail is not None
    return head, tail


def _cut_after(part: Slice, pivot: bytes) -> tuple[Slice | None, Slice | None]:
    cut = bisect_right(part.keys, pivot)
    if cut == 0:
        return None, part
    if cut == len(part.keys):
        return part, None
    postings = int(part.df[:cut].sum(dtype=np.int64))
    places = int(part.cf[:cut].sum())
    head_positions = part.positions[:places] if part.positions is not None else None
    tail_positions = part.positions[places:] if part.positions is not None else None
    head = Slice(
        part.keys[:cut], part.df[:cut], part.cf[:cut], part.docs[:postings], part.freqs[:postings], head_positions
    )
    tail = Slice(
        part.keys[cut:], part.df[cut:], part.cf[cut:], part.docs[postings:], part.freqs[postings:], tail_positions
    )
    return head, tail


def _join(step: Sequence[tuple[int, Slice]], placement: Placement, in_order: bool) -> Slice:
    """The postings of one step with their new numbers, key by key, in order of the records."""
    parts = [_renumber(part, placement.targets[number]) for number, part in step]
    if len(parts) == 1 and in_order:
        return parts[0]
    keys = sorted({key for part in parts for key in part.keys})
    number_of = {key: number for number, key in enumerate(keys)}
    places = [np.fromiter((number_of[key] for key in part.keys), np.int64, len(part.keys)) for part in parts]
    df, cf = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    for place_of, part in zip(places, parts, strict=True):
        df[place_of] += part.df
        cf[place_of] += part.cf
    docs = np.empty(int(df.sum()), np.uint32)
    freqs = np.empty(len(docs), np.uint32)
    with_positions = any(part.positions is not None for part in parts)
    positions = np.empty(int(cf.sum()) if with_positions else 0, np.uint32)
    next_posting, next_position = np.cumsum(df) - df, np.cumsum(cf) - cf
    for place_of, part in zip(places, parts, strict=True):
        to = ranges(next_posting[place_of], part.df.astype(np.int64), np.int64)
        docs[to], freqs[to] = part.docs, part.freqs
        next_posting[place_of] += part.df
        if part.positions is not None:
            positions[ranges(next_position[place_of], part.cf, np.int64)] = part.positions
            next_position[place_of] += part.cf
    if not in_order:
        docs, freqs, positions = _sort(df, docs, freqs, positions if with_positions else None)
    present = df > 0
    if not present.all():
        keys = [key for key, keep in zip(keys, present.tolist(), strict=True) if keep]
        df, cf = df[present], cf[present]
    return Slice(keys, df.astype(np.uint32), cf, docs, freqs, positions if with_positions else None)


def _renumber(part: Slice, target: UInts) -> Slice:
    """The postings that are kept, with their new numbers; keys may be left without any."""
    docs = target[part.docs]
    kept = docs != GONE
    if kept.all():
        return Slice(part.keys, part.df, part.cf, docs, part.freqs, part.positions)
    key_of = np.repeat(np.arange(len(part.keys)), part.df)[kept]
    freqs = part.freqs[kept]
    positions = part.positions[np.repeat(kept, part.freqs)] if part.positions is not None else None
    df = np.bincount(key_of, minlength=len(part.keys)).astype(np.uint32)
    cf = np.bincount(key_of, weights=freqs, minlength=len(part.keys)).astype(np.int64)
    present = df > 0
    keys = [key for key, keep in zip(part.keys, present.tolist(), strict=True) if keep]
    return Slice(keys, df[present], cf[present], docs[kept], freqs, positions)


def _sort(df: NDArray[np.int64], docs: UInts, freqs: UInts, positions: UInts | None) -> tuple[UInts, UInts, UInts]:
    """Bring the postings of each key into the order of the records."""
    key_of = np.repeat(np.arange(len(df), dtype=np.uint64), df)
    order = np.argsort(key_of << np.uint64(32) | docs)
    if positions is None:
        return docs[order], freqs[order], np.zeros(0, np.uint32)
    begins = np.cumsum(freqs, dtype=np.int64) - freqs
    places = ranges(begins[order], freqs[order].astype(np.int64), np.int64)
    return docs[order], freqs[order], positions[places]
