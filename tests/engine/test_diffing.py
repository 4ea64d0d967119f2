"""What changed between two indexes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib import Document
from searchlib.citing.sources import SourceLibrary
from searchlib.model.records import document_digest
from searchlib.update.diffing import DocumentChange, IndexDiff, Version, diff_versions


def version(documents: list[Document]) -> Version:
    return Version({one.path: document_digest(one) for one in documents}, SourceLibrary(documents))


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def diff(old: dict[str, str], new: dict[str, str]) -> IndexDiff:
    sides = [[Document(path, said, title=path) for path, said in one.items()] for one in (old, new)]
    return diff_versions(*map(version, sides))


def told(document: DocumentChange) -> list[tuple[str, str | None, str | None]]:
    return [
        (one.status, one.before and one.before.paragraph.text, one.after and one.after.paragraph.text)
        for one in document.paragraphs
    ]


A, B, C, D = (
    "The ferry leaves the harbour at six in the morning.",
    "Nobody knows why the lighthouse was painted green.",
    "Children under twelve travel without a ticket.",
    "Dogs are welcome on the upper deck in summer.",
)


def test_nothing_changed() -> None:
    found = diff({"a": A}, {"a": A})
    assert not found
    assert (found.unchanged, found.counts, found.paragraphs) == (1, {}, {})


def test_documents_came_and_went() -> None:
    found = diff({"a": A, "b": text(B, C)}, {"a": A, "d": D})
    assert [(one.status, one.path, one.size) for one in found.documents] == [("gone", "b", 2), ("added", "d", 1)]
    assert found.paragraphs == {"gone": 2, "added": 1}
    assert found.unchanged == 1


def test_an_edited_paragraph_has_the_words_that_went_and_came() -> None:
    found = diff({"a": text(A, B)}, {"a": text(A.replace("six", "seven"), B)})
    ((one,),) = (document.paragraphs for document in found.documents)
    assert one.status == "edited"
    assert [change for change in one.diff if change.op != "="] == [("-", "six"), ("+", "seven")]


def test_what_is_hardly_alike_was_not_edited() -> None:
    (document,) = diff({"a": text(A, B)}, {"a": text(A, D)}).documents
    assert told(document) == [("gone", B, None), ("added", None, D)]


def test_a_number_that_shifts_is_no_change() -> None:
    (document,) = diff({"a": text(A, B, C)}, {"a": text(D, A, B, C)}).documents
    assert told(document) == [("added", None, D)]


def test_a_paragraph_moved_within_its_document() -> None:
    (document,) = diff({"a": text(A, B, C)}, {"a": text(C, A, B)}).documents
    assert told(document) == [("moved", C, C)]


def test_a_paragraph_moved_to_another_document() -> None:
    first, second = diff({"a": text(A, B), "b": text(C, D)}, {"a": A, "b": text(C, B, D)}).documents
    assert told(first) == [("moved", B, None)]
    assert told(second) == [("moved", B, B)]
    assert diff({"a": text(A, B), "b": C}, {"a": A, "b": text(C, B)}).paragraphs == {"moved": 1}


def test_a_paragraph_moved_to_a_document_that_came() -> None:
    edited, came = diff(
        {"a": text(A, B, C, D)}, {"a": text(A, B, C), "n": text(D, "Another one altogether.")}
    ).documents
    assert told(edited) == [("moved", D, None)]
    assert (came.status, told(came)) == ("added", [("moved", D, D)])
    assert diff({"a": text(A, B, C, D)}, {"a": text(A, B, C), "n": text(D, "Else.")}).paragraphs == {
        "moved": 1,
        "added": 1,
    }


def test_a_document_moved_though_it_was_edited() -> None:
    (document,) = diff({"old": text(A, B, C)}, {"new": text(A, B, D)}).documents
    assert (document.status, document.was, document.path) == ("moved", "old", "new")
    assert told(document) == [("gone", C, None), ("added", None, D)]
    assert document.changed == {"title": ("old", "new")}


def test_the_most_alike_of_several_is_the_one_that_moved() -> None:
    found = diff({"x": text(A, B, C), "y": text(A, B, D)}, {"new": text(A, B, D)})
    assert [(one.status, one.was) for one in found.documents] == [("moved", "y"), ("gone", "x")]


def test_what_a_document_is_besides_its_paragraphs_is_told() -> None:
    old = Document("a", A, title="Old", metadata={"year": 1, "by": "x"})
    new = Document("a", A, title="New", metadata={"year": 2})
    (document,) = diff_versions(version([old]), version([new])).documents
    assert document.changed == {"title": ("Old", "New"), "metadata.year": (1, 2), "metadata.by": ("x", None)}
    assert document.as_dict()["changed"]["title"] == ["Old", "New"]


PARAGRAPHS = st.lists(st.sampled_from([A, B, C, D, "One.", "Two.", "One two."]), min_size=1, max_size=6)
SIDES = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), PARAGRAPHS.map(lambda said: text(*said)), max_size=4)


@given(SIDES, SIDES)
def test_what_is_told_makes_of_the_old_paragraphs_the_new_ones(old: dict[str, str], new: dict[str, str]) -> None:
    """Of every document: what it had, without what went and with what came, is what it has."""
    found = diff(old, new)
    changed = {document.was for document in found.documents} | {document.path for document in found.documents}
    assert all(old[path] == new[path] for path in old.keys() & new.keys() if path not in changed)
    for document in found.documents:
        was = Counter(old.get(document.was, "").split("\n\n")) if document.status != "added" else Counter()
        now = Counter(new.get(document.path, "").split("\n\n")) if document.status != "gone" else Counter()
        went = Counter(
            one.before.paragraph.text
            for one in document.paragraphs
            if one.before is not None and one.before.document.path == document.was
        )
        came = Counter(one.after.paragraph.text for one in document.paragraphs if one.after is not None)
        if document.status in ("edited", "moved"):
            assert was - went + came == now, document
            assert went <= was


@given(SIDES)
def test_nothing_changed_between_a_side_and_itself(side: dict[str, str]) -> None:
    assert not diff(side, side)


def test_what_says_the_same_thousands_of_times_is_compared_in_time() -> None:
    lines = ["again"] * 3000
    found = diff({"a": text(*lines)}, {"a": text(*lines[:1500], "other", *lines[:1400])})
    assert found.paragraphs.get("added", 0) + found.paragraphs.get("edited", 0) >= 1


def test_two_indexes_are_compared_by_path_or_open(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text(text("Title", A, B), encoding="utf-8")
    searchlib.build(seeds, tmp_path / "old").close()
    (seeds / "a.txt").write_text(text("Title", A, B.replace("green", "red")), encoding="utf-8")
    with searchlib.build(seeds, tmp_path / "new") as new:
        found = searchlib.diff(tmp_path / "old", new)
        assert [change.op for change in found.documents[0].paragraphs[0].diff] == ["=", "-", "+", "="]
        assert not searchlib.diff(new, tmp_path / "new")
        assert found.as_dict()["counts"] == {"edited": 1, "unchanged": 0}
    with pytest.raises(searchlib.IndexMissing):
        searchlib.diff(tmp_path / "old", tmp_path / "nowhere")
