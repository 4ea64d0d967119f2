"""Checking an index: its files against the manifest, and what they say against each other.

`damaged_files` compares every file with its digest, which costs about as much as reading them; `damage` is what a
writer asks before it builds upon an index. `inconsistencies`
reads all that they hold and recomputes what is stored twice: what an index with the right digests can have wrong
is only what a fault of searchlib, or somebody with a purpose, has written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from searchlib.analysis.stemming import algorithm
from searchlib.engine.figures import Problem
from searchlib.engines.whoosh.building.mergesources import SegmentSource
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.spokenwords import SpokenWords, language_number
from searchlib.engines.whoosh.building.wordcounts import Miscounted, TextWords, Totals, count_records
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.format.access import map_file, problem_of
from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.format.thin import SHARED, beginning
from searchlib.engines.whoosh.format.vocabulary import Vocabulary, increasing, sets_of
from searchlib.engines.whoosh.manifest import FileEntry, Manifest, SegmentEntry, describe_file
from searchlib.engines.whoosh.seeds import read_seeds
from searchlib.engines.whoosh.segments import open_segment, open_words
from searchlib.engines.whoosh.storedrecords import RECORDS, read_ids
from searchlib.errors import IndexCorrupt, IndexIncompatible
from searchlib.files.opening import NotAFile
from searchlib.model.arrays import NDArray
from searchlib.model.fields import PROSE, SEGMENTED
from searchlib.model.records import IdHash

_AT_ONCE = 4_096  # terms
_OTHER = "is not what was written: its checksum differs"


def damaged_files(folder: Path, manifest: Manifest) -> list[Problem]:
    """The files that are not what the manifest says, and those that cannot be read."""
    problems = []
    for name, entry in sorted(manifest.all_files.items()):
        try:
            what = _difference(folder / name, entry)
        except OSError as error:
            what = f"cannot be read: {error.strerror or error}"
        if what:
            problems.append(Problem(name, what))
    return problems


def damage(folder: Path, manifest: Manifest) -> str:
    """The first file that is not what the manifest says, and why; "" if all are.

    Files of segments are compared by the checksums of their pages, and the digest of the directory that holds these,
    instead of the digest of all their bytes: for damage that nobody has made on purpose that is as good, in a quarter
    of the time. Raises IndexUnreadable for what cannot be read, which is no damage.
    """
    for name, entry in sorted(manifest.all_files.items()):
        path = folder / name
        try:
            what = _damaged_page(path, entry) if entry.directory else _difference(path, entry)
        except OSError as error:
            raise problem_of(path, error) from error
        if what:
            return f"{name} {what}"
    return ""


def _difference(path: Path, entry: FileEntry) -> str:
    try:
        found = describe_file(path)
    except FileNotFoundError:
        return "is missing"
    except NotAFile as error:
        return f"is {error.strerror}"
    if found.size != entry.size:
        return _of_size(found.size, entry)
    return "" if found.digest == entry.digest else _OTHER


def _damaged_page(path: Path, entry: FileEntry) -> str:
    try:
        mapped = map_file(path)
    except IndexCorrupt as error:
        return str(error).removeprefix(f"{path} ").partition(";")[0]
    try:
        if len(mapped) != entry.size:
            return _of_size(len(mapped), entry)
        container = Container(mapped, str(path))
        container.expect(entry.directory)
        container.verify()
    except (IndexCorrupt, IndexIncompatible):
        return _OTHER
    return ""


def _of_size(size: int, entry: FileEntry) -> str:
    return f"has {size} bytes, {entry.size} were written"


def inconsistencies(folder: Path, manifest: Manifest, portions: Portions = PORTIONS) -> Iterator[Problem]:
    """What the files of an index say that cannot all be true."""
    languages: Counter[str] = Counter()
    types: Counter[str] = Counter()
    paths: Counter[str] = Counter()
    segments: list[SegmentColumns] = []
    segmented = manifest.segmented
    for entry in manifest.segments:
        try:
            segment = open_segment(folder, entry)
            segment.verify()
            segments.append(segment)
            table = DocumentTable(segment)
            table.count(table.alive, languages, types)
            paths.update(state.path for state in table.states())
            for message in _of_segment(segment, table, entry):
                yield Problem(entry.name, message)
            if segmented or not SEGMENTED.keys().isdisjoint(segment.fields):
                from searchlib.engines.whoosh.segmentedwords import wrong_words

                for message in wrong_words(segment, segmented):
                    yield Problem(entry.name, message)
        except (IndexCorrupt, IndexIncompatible) as error:
            yield Problem(Path(error.path).name, str(error))
            return
    for path, number in paths.items():
        if number > 1:
            yield Problem(path, "is in the index more than once")
    for name, said, found in (("languages", manifest.languages, languages), ("types", manifest.types, types)):
        if dict(said) != dict(found):
            yield Problem("searchlib.json", f"its {name} are not those of the documents")
    yield from _vocabulary(folder, manifest, segments, portions)
    try:
        read_seeds(folder, manifest)
    except (IndexCorrupt, IndexIncompatible) as error:
        yield Problem(Path(error.path).name, str(error))


def _vocabulary(
    folder: Path, manifest: Manifest, segments: Sequence[SegmentColumns], portions: Portions
) -> Iterator[Problem]:
    """The vocabulary against the words of all texts, counted again."""
    name = manifest.vocabulary
    try:
        known = open_words(folder, manifest).vocabulary
        known.verify()
        wrong = _of_words(known)
        if wrong:
            yield Problem(name, wrong)
        elif not _counts_those(known, segments, portions):
            yield Problem(name, "its counts are not those of the texts")
    except (IndexCorrupt, IndexIncompatible) as error:
        yield Problem(Path(error.path).name, str(error))
    except UnicodeDecodeError:
        yield Problem(name, "a word is no text")


def _of_words(known: Vocabulary) -> str:
    """What a vocabulary says that cannot be true, whatever the texts; "" if nothing is."""
    previous, tokens, at, sets = b"", 0, 0, known.sets
    for keys, numbers in known.chunks():
        if keys[0] <= previous or not increasing(keys):
            return "its words are not in order"
        if not np.array_equal(sets_of(keys), sets[at : at + len(keys)]):
            return "the sets of its words are not those of their letters"
        previous, tokens, at = keys[-1], tokens + sum(numbers), at + len(keys)
    return "" if tokens == known.tokens else "the sum of its counts is not what it says"


def _counts_those(known: Vocabulary, segments: Sequence[SegmentColumns], portions: Portions) -> bool:
    """Whether the counts of a vocabulary are those of the texts."""
    with closing(Totals(portions=portions)) as totals:
        texts = TextWords(totals.add, portions)
        for segment in segments:
            table = DocumentTable(segment)
            records = np.flatnonzero(table.alive)
            begins = np.isin(records, table.firsts, assume_unique=True)
            count_records(records, begins, SegmentSource(segment).stored_at, texts)
        texts.finish()
        said = ((keys, [-number for number in numbers]) for keys, numbers in known.chunks())
        try:
            return not any(keys for keys, _ in totals.chunks(said))
        except Miscounted:  # it says more of some
            return False


def _of_segment(segment: SegmentColumns, table: DocumentTable, entry: SegmentEntry) -> Iterator[str]:
    numbers = segment.column("number").astype(np.int64)
    if not np.array_equal(numbers, np.arange(1, len(numbers) + 1) - np.repeat(table.firsts, table.spans)):
        yield "the paragraphs of a document are not numbered in order"
    if len(table.firsts) != entry.documents:
        yield f"has {len(table.firsts)} documents, the manifest says {entry.documents}"
    if segment.length_sum("text") != entry.tokens:
        yield f"has {segment.length_sum('text')} tokens, the manifest says {entry.tokens}"
    yield from _ids(segment)
    for field in segment.fields:
        if field not in segment.thin:
            yield from _field(segment, field)
    if segment.thin:
        yield from _thin_fields(segment)
    yield from _stems(segment)


def _ids(segment: SegmentColumns) -> Iterator[str]:
    """Ids come from path, text and occurrence."""
    paths = segment.stored_values("document")
    texts = segment.stream(RECORDS).rows(("text", "_occurrence"))
    known, hashed = "", IdHash("")
    ids = read_ids(segment, np.arange(segment.doc_count))
    for number, (path, (text, occurrence), id) in enumerate(zip(paths, texts, ids, strict=True)):
        if not isinstance(path, str) or not isinstance(text, str) or not isinstance(occurrence, int):
            yield f"record {number} is not what was written"
            return
        if path != known:
            known, hashed = path, IdHash(path)
        if int.from_bytes(hashed.digest(" ".join(text.split()), occurrence), "big") != id:
            yield f"the id of record {number} is not that of its text"
            return


def _stems(segment: SegmentColumns) -> Iterator[str]:
    """Tables of stems come from the words of the documents, unless something else made the stems."""
    number_of: dict[str, int] = {}
    spoken = np.zeros(segment.doc_count, np.uint32)
    for key, entry in segment.terms("language"):
        spoken[segment.docs(entry)] = language_number(key.decode("utf-8", "replace"), number_of)
    words = SpokenWords(number_of, spoken)
    for field in PROSE:
        terms = segment.terms(field)
        while part := list(islice(terms, _AT_ONCE)):
            entries = [entry for _, entry in part]
            df = np.array([entry.df for entry in entries], np.uint32)
            try:
                words.add([key for key, _ in part], df, segment.docs_of(entries))
            except UnicodeDecodeError:
                yield f"the field {field} has a term that is no text"
                return
    tables = {language: keys for language, _, keys in words.tables()}
    for language in segment.stem_languages:
        table = segment.stems(language)
        if table is None or table.made != algorithm(language):
            continue
        if list(table.pairs()) != tables.get(language):
            yield f"the stems of {language!r} are not those of its words"


def _field(segment: SegmentColumns, field: str) -> Iterator[str]:
    lengths = np.zeros(segment.doc_count, np.int64)
    placed = segment.has_positions(field)
    previous = b""
    for number, (key, term) in enumerate(segment.terms(field)):
        if number and key <= previous:
            yield f"the terms of {field!r} are not in order"
            return
        previous = key
        docs, freqs = segment.docs(term), segment.freqs(term)
        if len(docs) != term.df or len(freqs) != term.df or not _increases(docs) or not freqs.all():
            yield f"the postings of a term of {field!r} are not in order"
            return
        lengths[docs] += freqs
        if placed and len(segment.positions(term)[0]) != int(freqs.sum()):
            yield f"the positions of a term of {field!r} are not as many as it stands in the text"
            return
    if placed and not np.array_equal(lengths, segment.lengths(field)):
        yield f"the lengths of {field!r} are not the sums of its frequencies"


def _thin_fields(segment: SegmentColumns) -> Iterator[str]:
    """The dictionary that thin fields share: there are many, and little in each."""
    previous = b""
    found: dict[bytes, list[int]] = {}
    entries = iter(segment.terms(SHARED))
    while batch := list(islice(entries, _AT_ONCE)):
        for key, entry in batch:
            if key <= previous:
                yield "the terms of thin fields are not in order"
                return
            previous = key
            numbers = found.setdefault(key.partition(b"\0")[0], [0, 0, 0])
            for place, number in enumerate((1, entry.df, entry.cf)):
                numbers[place] += number
        segment.postings(SHARED, [entry for _, entry in batch])  # raises if they cannot be
    said = {beginning(name)[:-1]: list(numbers) for name, numbers in segment.thin.items()}
    if found != said:
        yield "what is said of thin fields is not what is in them"


def _increases(docs: NDArray[Any]) -> bool:
    return bool((docs[1:] > docs[:-1]).all())
