"""A merge gives the segment that its records would make if they came at once, in their order."""

import gc
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.natural import natural_key
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.inversion import invert
from searchlib.engines.whoosh.building.mergesources import SegmentSource, Source
from searchlib.engines.whoosh.building.merging import merge, place
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runsources import RunSource, SpilledRun
from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.storedrecords import COLUMNS
from searchlib.errors import IndexCorrupt
from searchlib.model.fields import TABLE
from searchlib.model.records import Document
from searchlib.query.values import field_values, meta_keys

PARAGRAPHS = [
    "the harbour is closed",
    "ships wait for spring",
    "the ships of the harbour",
    "東京都 ไทย",
    "x",
    "Erdoğan, erdogan",
]
texts = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4).map("\n\n".join)


def document(number: int, text: str) -> Incoming:
    return Incoming(Document(f"d{number}", text, f"Title {number % 3}", metadata={"year": number}), f"s{number}", "x")


def files(folder: Path) -> dict[str, bytes]:
    return {path.suffix: path.read_bytes() for path in folder.glob("MAIN_a.*")}


def built(
    folder: Path, parts: list[Source], kept: list, order: np.ndarray | None = None, portions: Portions = PORTIONS
) -> dict[str, bytes]:
    folder.mkdir()
    merge(parts, place(parts, kept, order), folder, "MAIN_a", COLUMNS, portions)
    return files(folder)


@given(st.lists(texts, min_size=1, max_size=6), st.data())
@examples(20)
def test_how_documents_are_cut_into_sources_does_not_show(
    tmp_path_factory: pytest.TempPathFactory, corpus: list[str], data: st.DataObject
) -> None:
    """Runs in memory, runs on disk and segments; with deletions; in any order: the same bytes."""
    folder = tmp_path_factory.mktemp("merge")
    incoming = [document(number, text) for number, text in enumerate(corpus)]
    alive = data.draw(st.lists(st.booleans(), min_size=len(corpus), max_size=len(corpus)))
    survivors = [one for one, lives in zip(incoming, alive, strict=True) if lives]
    run = RunSource(invert(survivors, "en"))
    expected = built(folder / "once", [run], [None])

    shuffled = data.draw(st.permutations(range(len(incoming))))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(incoming) - 1, 1)))))
    parts: list[Source] = []
    kept = []
    records = []  # (number of the document, number of the record) as they stand in the parts
    for number, (start, stop) in enumerate(zip([0, *cuts], [*cuts, len(incoming)], strict=True)):
        chosen = [shuffled[place] for place in range(start, min(stop, len(incoming)))]
        inverted = invert([incoming[which] for which in chosen], "en")
        kind = data.draw(st.sampled_from(["memory", "disk", "segment"]))
        if kind == "disk":
            parts.append(SpilledRun(folder / f"run{number}", inverted))
        elif kind == "segment":
            one = RunSource(inverted)
            built(folder / f"segment{number}", [one], [None])
            parts.append(SegmentSource(SegmentColumns(folder / f"segment{number}", "MAIN_a")))
        else:
            parts.append(RunSource(inverted))
        mask = [alive[which] for which, one in zip(chosen, inverted.documents, strict=True) for _ in range(one.records)]
        kept.append(np.array(mask, bool))
        sizes = [one.records for one in inverted.documents]
        records += [(which, record) for which, size in zip(chosen, sizes, strict=True) for record in range(size)]
    order = np.array(sorted(range(len(records)), key=records.__getitem__), np.uint32)
    assert built(folder / "parts", parts, kept, order) == expected


def test_slices_of_any_size_make_the_same_segment(tmp_path: Path) -> None:
    runs = [invert([document(n, "\n\n".join(PARAGRAPHS)) for n in range(first, first + 3)], "en") for first in (0, 3)]
    expected = built(tmp_path / "whole", [RunSource(run) for run in runs], [None, None])
    for keys, postings in ((1, 1 << 16), (4096, 1), (3, 5)):
        few = Portions(keys=keys, postings=postings, values=keys, encoded=postings)
        name = f"{keys}-{postings}"
        spilled = [SpilledRun(tmp_path / f"{name}-{n}", run, few) for n, run in enumerate(runs)]
        assert built(tmp_path / name, list(spilled), [None, None], portions=few) == expected
        in_memory: list[Source] = [RunSource(run, few) for run in runs]
        assert built(tmp_path / f"{name}-memory", in_memory, [None, None], portions=few) == expected


@pytest.mark.parametrize(
    ("paths", "ordered"),
    [
        (["rfc10", "rfc9"], ["rfc9", "rfc10"]),
        (["b", "a/2", "a/10", "a"], ["a", "a/2", "a/10", "b"]),
        (["x²", "x2", "x02"], ["x02", "x2", "x²"]),
        (["1", "a"], ["1", "a"]),
    ],
)
def test_documents_stand_in_the_order_that_people_count_in(paths: list[str], ordered: list[str]) -> None:
    assert sorted(paths, key=natural_key) == ordered


@pytest.mark.parametrize("part", ["rows", "slices"])
def test_a_merge_that_fails_leaves_no_file_open(tmp_path: Path, part: str) -> None:
    """Or Windows could not remove them."""

    class Damaged(RunSource):
        pass

    def fail(*_: object) -> None:
        raise IndexCorrupt("is damaged")

    setattr(Damaged, part, fail)
    parts: list[Source] = [Damaged(invert([document(1, "the harbour")], "en"))]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with pytest.raises(IndexCorrupt):
            merge(parts, place(parts, [None], None), tmp_path, "MAIN_a", COLUMNS)
        gc.collect()
    assert not said, "of files that were not closed"


def dated(number: int) -> Incoming:
    return Incoming(Document(f"d{number:04}", "The harbour.", metadata={"year": number}))


def test_whether_a_field_is_thin_follows_from_what_is_kept(tmp_path: Path) -> None:
    """As in a clean build: from thin fields a thick one, and the other way round."""
    many, few, rest = (invert(map(dated, numbers), "en") for numbers in (range(520), range(260), range(260, 520)))
    thick = built(tmp_path / "many", [RunSource(many)], [None])
    thin = built(tmp_path / "few", [RunSource(few)], [None])
    built(tmp_path / "rest", [RunSource(rest)], [None])
    segments = {name: SegmentColumns(tmp_path / name, "MAIN_a") for name in ("many", "few", "rest")}
    assert [list(segment.thin) for segment in segments.values()] == [[], ["year"], ["year"]]
    halves: list[Source] = [SegmentSource(segments["few"]), SegmentSource(segments["rest"])]
    assert built(tmp_path / "together", halves, [None, None]) == thick
    spilled: list[Source] = [SegmentSource(segments["few"]), SpilledRun(tmp_path / "run", rest)]
    assert built(tmp_path / "mixed", spilled, [None, None]) == thick
    kept = np.arange(520) < 260
    assert built(tmp_path / "less", [SegmentSource(segments["many"])], [kept]) == thin
    assert (
        built(tmp_path / "none", [SegmentSource(segments["many"]), halves[1]], [~kept, np.zeros(260, bool)])[".trm"]
        == built(tmp_path / "half", [RunSource(rest)], [None])[".trm"]
    )


keys = st.sampled_from(["a", "a.b", "A", "b", "b!", "é", "counts.k1"])
values = st.one_of(st.integers(-3, 3), st.sampled_from(["red", "Red sky", "", "2020-01-02"]), st.booleans())
rows = st.lists(st.dictionaries(keys, st.one_of(values, st.tuples(values, values)), max_size=4), min_size=1, max_size=8)


@given(rows)
@examples(60)
def test_a_thin_field_is_read_as_any_other(tmp_path_factory: pytest.TempPathFactory, metadata: list) -> None:
    folder = tmp_path_factory.mktemp("thin")
    built(
        folder / "a",
        [RunSource(invert([Incoming(Document(f"d{n}", "x", metadata=own)) for n, own in enumerate(metadata)]))],
        [None],
    )
    segment = SegmentColumns(folder / "a", "MAIN_a")
    expected: dict[str, dict[bytes, list[tuple[int, list[int]]]]] = {}
    lengths: dict[str, list[int]] = {}
    for record, own in enumerate(metadata):
        for name, its_values in field_values(own).items():
            found = defaultdict(list)
            for key, position in zip(*meta_keys(its_values), strict=True):
                found[key.encode()].append(position)
            for key, positions in found.items():
                expected.setdefault(name, {}).setdefault(key, []).append((record, positions))
            lengths.setdefault(name, [0] * len(metadata))[record] = sum(map(len, found.values()))
    assert set(segment.thin) == set(segment.fields) - set(TABLE) == set(expected)
    for name, terms in expected.items():
        entries = dict(segment.terms(name))
        assert list(entries) == sorted(terms)
        assert [key for keys in segment.keys(name) for key in keys] == sorted(terms)
        assert segment.term_count(name) == len(terms)
        assert segment.term(name, b"zz") is None
        assert segment.lengths(name).tolist() == lengths[name]
        assert segment.length_sum(name) == sum(lengths[name])
        for key, postings in terms.items():
            entry = segment.term(name, key)
            assert entry is not None and (entry.field, entry.df, entry.cf) == (
                name, len(postings), sum(len(positions) for _, positions in postings),
            )  # fmt: skip
            assert segment.docs(entry).tolist() == [record for record, _ in postings]
            found_positions, offsets = segment.positions(entry)
            assert [part.tolist() for part in np.split(found_positions, offsets[1:-1])] == [p for _, p in postings]


def test_fields_of_few_values_cost_what_is_in_them(tmp_path: Path) -> None:
    """And not a dictionary and a column each: 3,000 fields took 1.6 MB, and two milliseconds for each."""
    documents = [Document(f"d{n}", "x", metadata={f"counts.k{n}_{m}": m for m in range(15)}) for n in range(200)]
    files_of = built(tmp_path / "a", [RunSource(invert(map(Incoming, documents)))], [None])
    assert len(SegmentColumns(tmp_path / "a", "MAIN_a").thin) == 3_000
    assert sum(len(files_of[suffix]) for suffix in (".trm", ".pst", ".col")) < 300_000
    assert len(Container(files_of[".trm"], "").names()) < 30
