"""Orders, counts and replacements by small examples that were worked out by hand."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document
from searchlib.engine.writers import WriterOptions
from searchlib.engines.whoosh import open_writer
from searchlib.engines.whoosh.building.inversion import invert
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.errors import SettingsError
from searchlib.update.writing import WriterContext


@pytest.fixture
def index(tmp_path: Path) -> searchlib.Index:
    return searchlib.build([], tmp_path / "index", processes=1)


def paths(results: searchlib.Results) -> list[str]:
    return [hit.document.path for hit in results]


@pytest.mark.parametrize("commits", [1, 4])
def test_documents_without_the_value_come_last_in_both_directions(index: searchlib.Index, commits: int) -> None:
    years = {"a": 1990, "b": None, "c": 2010, "d": None, "e": 2000, "f": 1990, "g": "unknown", "h": 2010}
    for part in range(commits):
        with index.writer() as w:
            for path in list(years)[part::commits]:
                w.add(Document(path, "A harbour.", metadata={} if years[path] is None else {"year": years[path]}))
    assert paths(index.search("harbour", sort="year")) == ["a", "f", "e", "c", "h", "g", "b", "d"]
    assert paths(index.search("harbour", sort="-year")) == ["g", "c", "h", "e", "a", "f", "b", "d"]
    assert paths(index.search("harbour", sort="-year", limit=3, offset=5)) == ["f", "b", "d"]
    after = index.search("harbour", sort="-year", limit=7).cursor
    assert paths(index.search("harbour", sort="-year", after=after)) == ["d"]


@pytest.mark.parametrize("batch", [1, 60_000, 1 << 30])
@pytest.mark.parametrize("small", [1, 1 << 30])
def test_of_a_path_that_is_added_twice_in_one_commit_the_last_one_stays(
    index: searchlib.Index, batch: int, small: int
) -> None:
    """Whether both are in one batch or not, and whatever is between them."""
    options = WriterOptions(processes=1, tuning=Portions(batch=batch, alone=small))
    with WriterContext(open_writer(str(index.path), options), lambda: None) as w:
        w.add(Document("a", "The first harbour.\n\nAnother paragraph of it."))
        for number in range(40):
            w.add(Document(f"b{number:02}", f"Between harbour {number}."))
        w.add(Document("a", "The last harbour."))
        w.add(Document("b07", "Replaced harbour."))
    index = searchlib.open(index.path)
    assert index.stats().documents == 41
    assert index.stats().paragraphs == 41
    assert index.search("first").total == 0
    assert [hit.text for hit in index.search('document:"a"')] == ["The last harbour."]
    assert [hit.text for hit in index.search("replaced")] == ["Replaced harbour."]
    assert index.search("harbour").total == 41
    assert index.verify() == []


def test_what_a_writer_could_not_add_is_not_missing_from_what_is_committed(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error may be of documents before the one that is added, which are sent or put aside together."""
    fails = True

    def full(*given: Any) -> Any:
        if fails:
            raise OSError(errno.ENOSPC, "No space left on device")
        return invert(*given)

    monkeypatch.setattr("searchlib.engines.whoosh.building.pool.invert", full)
    options = WriterOptions(processes=1, tuning=Portions(batch=100, alone=1))
    writer = WriterContext(open_writer(str(index.path), options), lambda: None)
    with pytest.raises(SettingsError, match=r"cancelled, as b\d\d could not be added: get another"), writer:
        for number in range(40):
            try:
                writer.add(Document(f"b{number:02}", f"Harbour {number}."))
            except OSError:
                fails = False
    assert searchlib.open(index.path).stats().documents == 0
    with index.writer() as another:
        another.add(Document("b00", "Harbour."))
    assert index.search("harbour").total == 1


@pytest.mark.parametrize("commits", [1, 3])
def test_documents_with_equal_counts_are_counted_in_natural_order(index: searchlib.Index, commits: int) -> None:
    sizes = {"d10": 2, "d9": 2, "d2": 1, "d1": 1, "d3": 2, "d4": 3}
    for part in range(commits):
        with index.writer() as w:
            for path in list(sizes)[part::commits]:
                w.add(Document(path, "\n\n".join(f"Harbour {number}." for number in range(sizes[path]))))
    ranked = [("d4", 3), ("d3", 2), ("d9", 2), ("d10", 2), ("d1", 1), ("d2", 1)]
    for size in (None, *range(7)):
        facet = index.search("harbour", facets={"document": size}).facets["document"]
        assert [tuple(count) for count in facet] == ranked[:size]
        assert facet.others == 6 - len(ranked[:size])


def test_of_many_values_with_equal_counts_the_first_come_first(index: searchlib.Index) -> None:
    """Sorting that is not stable shows from some twenty values on."""
    with index.writer() as w:
        for number in range(90):
            text = "\n\n".join(f"Harbour {part}." for part in range(1 + number % 3))
            w.add(Document(f"d{number}", text, metadata={"by": f"p{number:02}"}))
    found = index.search("harbour", facets={"document": None, "by": None, "kind": 0}).facets
    ranked = [(number, size) for size in (3, 2, 1) for number in range(size - 1, 90, 3)]
    assert [tuple(count) for count in found["document"]] == [(f"d{number}", size) for number, size in ranked]
    assert [tuple(count) for count in found["by"]] == [(f"p{number:02}", size) for number, size in ranked]
    assert (found["kind"].others, list(found["kind"])) == (1, [])
