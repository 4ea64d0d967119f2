"""A segment written in bulk, against the plainest index of the same texts."""

import threading

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format.deletions import write_deletions
from searchlib.engines.whoosh.format.files import SegmentFiles
from searchlib.engines.whoosh.format.segment import SegmentColumns

from .corpora import columns_of, everything, invert, random_texts, write_segment

words = st.one_of(st.sampled_from([b"the", b"of", b"a"]), st.binary(min_size=1, max_size=3))
corpora = st.lists(st.lists(words, max_size=12), min_size=1, max_size=30)


@examples(50)
@given(corpora)
def test_all_that_was_written_is_read(tmp_path_factory, texts):
    folder = write_segment(tmp_path_factory.mktemp("segment"), texts)
    segment = SegmentColumns(folder, "MAIN_1")
    inverted = invert(texts)
    assert segment.doc_count == segment.live_count == len(texts)
    assert segment.lengths("text").tolist() == inverted.lengths
    assert segment.length_sum("text") == sum(inverted.lengths)
    assert [key for key, _ in segment.terms("text")] == sorted(inverted.postings)
    assert segment.term_count("text") == len(inverted.postings)
    for key, documents in inverted.postings.items():
        entry = segment.term("text", key)
        assert entry is not None
        assert (entry.df, entry.cf) == (len(documents), sum(map(len, documents.values())))
        assert segment.docs(entry).tolist() == list(documents)
        assert segment.freqs(entry).tolist() == [len(where) for where in documents.values()]
        assert segment.positions(entry)[0].tolist() == [place for where in documents.values() for place in where]
    assert segment.column("number").tolist() == [number - 3 for number in range(len(texts))]
    for number, text in enumerate(texts):
        assert segment.stored(number) == {
            "text": b" ".join(text).decode("latin-1"),
            "path": f"folder/{number // 10}",
        }


def test_adding_terms_in_ranges_writes_the_same_bytes(tmp_path):
    texts = random_texts(3, 500, words=200)
    inverted = invert(texts)
    keys, df, docs, freqs, positions, lengths = columns_of(inverted)
    ends = np.cumsum(df)
    place_ends = np.concatenate([[0], np.cumsum(freqs, dtype=np.int64)])
    whole = write_segment(tmp_path, texts)
    with SegmentFiles(tmp_path, "MAIN_2", sync=False) as files:
        field = files.field("text", True)
        for first in range(0, len(keys), 7):
            last = min(first + 7, len(keys))
            a, b = int(ends[first] - df[first]), int(ends[last - 1])
            some = positions[place_ends[a] : place_ends[b]]
            field.add(keys[first:last], df[first:last], docs[a:b], freqs[a:b], some, lengths)
        field.finish(lengths)
        files.close(len(texts))
    for extension in (".trm", ".pst"):
        assert (whole / ("MAIN_1" + extension)).read_bytes() == (tmp_path / ("MAIN_2" + extension)).read_bytes()


def test_chunks_inside_a_call_do_not_show(tmp_path):
    texts = random_texts(4, 600)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = write_segment(tmp_path / "a", texts)
    parts = write_segment(tmp_path / "b", texts, chunk=100)
    for path in whole.iterdir():
        assert path.read_bytes() == (parts / path.name).read_bytes()


def test_several_fields_with_and_without_positions(tmp_path):
    first, second = invert(random_texts(5, 50)), invert(random_texts(6, 50))
    with SegmentFiles(tmp_path, "MAIN_1", sync=False) as files:
        for name, inverted, positions in (("b", first, True), ("a", second, False)):
            field = files.field(name, positions)
            field.add(*columns_of(inverted, positions))
            field.finish(np.array(inverted.lengths))
        empty = files.field("empty", True)
        empty.finish(np.zeros(50, np.uint8))
    segment = SegmentColumns(tmp_path, "MAIN_1")
    assert segment.fields == ["b", "a", "empty"]
    assert segment.has_positions("b")
    assert not segment.has_positions("a")
    assert segment.term("empty", b"w1") is None
    assert list(segment.terms("empty")) == []
    assert segment.term("nowhere", b"w1") is None
    entry = segment.term("a", b"w1")
    assert segment.docs(entry).tolist() == list(second.postings[b"w1"])


def test_a_segment_of_no_documents(tmp_path):
    write_segment(tmp_path, [])
    segment = SegmentColumns(tmp_path, "MAIN_1")
    assert segment.doc_count == 0
    assert list(segment.stored_values("text")) == []


def test_deletions_stand_beside_the_segment(tmp_path):
    write_segment(tmp_path, random_texts(7, 20))
    deleted = np.zeros(20, bool)
    deleted[[3, 5]] = True
    write_deletions(tmp_path, "MAIN_1", 2, deleted, sync=False)
    assert SegmentColumns(tmp_path, "MAIN_1").deleted is None
    segment = SegmentColumns(tmp_path, "MAIN_1", deletions=2)
    assert segment.deleted is not None
    assert np.flatnonzero(segment.deleted).tolist() == [3, 5]
    assert (segment.doc_count, segment.live_count) == (20, 18)


def test_an_exception_leaves_no_files(tmp_path):
    with pytest.raises(RuntimeError, match="stop"), SegmentFiles(tmp_path, "MAIN_1") as files:
        files.field("text", True)
        raise RuntimeError("stop")
    assert list(tmp_path.iterdir()) == []


def test_a_segment_never_overwrites_another(tmp_path):
    write_segment(tmp_path, random_texts(8, 5))
    with pytest.raises(FileExistsError):
        SegmentFiles(tmp_path, "MAIN_1")


def test_many_threads_read_what_one_reads(tmp_path):
    write_segment(tmp_path, random_texts(9, 300))
    expected = everything(SegmentColumns(tmp_path, "MAIN_1"))
    shared = SegmentColumns(tmp_path, "MAIN_1")
    results: list = []
    threads = [threading.Thread(target=lambda: results.append(everything(shared) == expected)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 6


def test_a_field_must_be_finished_before_the_next(tmp_path):
    with SegmentFiles(tmp_path, "MAIN_1", sync=False) as files:
        field = files.field("a", False)
        with pytest.raises(RuntimeError, match="not finished"):
            files.field("b", False)
        field.finish()
        with pytest.raises(ValueError, match="exists"):
            files.field("a", False)
        with pytest.raises(ValueError, match="no positions"):
            files.field("b", False).add([b"x"], *[np.ones(1, np.uint32)] * 4, np.ones(2))
        files._inverted._open.finish()


def test_arrays_can_be_changed_without_changing_the_segment(tmp_path):
    write_segment(tmp_path, random_texts(10, 100))
    segment = SegmentColumns(tmp_path, "MAIN_1")
    entry = segment.term("text", b"w0")
    for read in (segment.docs, segment.freqs):
        first = read(entry)
        kept = first.tolist()
        first[:] = 0
        assert read(entry).tolist() == kept
