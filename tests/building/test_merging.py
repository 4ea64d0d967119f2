"""A merge gives the segment that its records would make if they came at once, in their order."""

import gc
import warnings
from pathlib import Path

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.natural import natural_key
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.inversion import invert
from searchlib.engines.whoosh.building.mergesources import RunSource, SegmentSource, Source, SpilledRun
from searchlib.engines.whoosh.building.merging import merge, place
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.generation import KEPT
from searchlib.errors import IndexCorrupt
from searchlib.model.records import Document

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
    merge(parts, place(parts, kept, order), folder, "MAIN_a", KEPT, portions)
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


@pytest.mark.parametrize("part", ["stored", "slices"])
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
            merge(parts, place(parts, [None], None), tmp_path, "MAIN_a", KEPT)
        gc.collect()
    assert not said, "of files that were not closed"
