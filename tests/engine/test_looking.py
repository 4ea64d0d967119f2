"""Hits cost what is looked at of them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document
from searchlib.engines.whoosh.format.stored import StoredStream
from searchlib.highlight import Highlighter

from .around import made

PARAGRAPHS = 12


@pytest.fixture
def index(tmp_path: Path) -> searchlib.Index:
    index = made(tmp_path, [])
    with index.writer() as w:
        for name in ("a.txt", "b.txt"):
            text = "\n\n".join(f"The harbour is closed, {name} says in paragraph {n}." for n in range(PARAGRAPHS))
            w.add(Document(name, text, title=f"Title of {name}", metadata={"name": name, "tags": ("x", "y")}))
    return index


def test_ids_and_texts_are_had_without_highlights(index: searchlib.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[Any] = []
    highlights = Highlighter.highlights
    monkeypatch.setattr(Highlighter, "highlights", lambda self, one: (marked.append(one.id), highlights(self, one))[1])
    results = index.search("harbour")
    assert [hit.text.count("harbour") for hit in results] == [1] * 10
    assert len({hit.id for hit in results}) == 10
    assert not marked
    assert results[3].spans == results[3].spans == ((4, 11),)
    assert marked == [results[3].id]
    assert results[3] == index.search("harbour")[3] == pickle.loads(pickle.dumps(results[3]))
    assert results[3] != index.search("closed")[3]


def test_ids_and_scores_are_had_without_records(index: searchlib.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(hit.id, hit.score) for hit in index.search("harbour") if hit.record.id == hit.id]
    with monkeypatch.context() as nothing_read:
        nothing_read.setattr(StoredStream, "_block", None)
        results = index.search("harbour  ")
        assert [(hit.id, hit.score) for hit in results] == known
        assert len(known) == 10
    assert [hit.record.id for hit in results] == [id for id, _ in known]


def test_every_hit_has_its_own_document_and_metadata(index: searchlib.Index) -> None:
    for _ in range(2):
        for hit in index.search("harbour", limit=2 * PARAGRAPHS):
            name = hit.document.path
            assert name in hit.text
            assert hit.document.title == f"Title of {name}"
            assert hit.document.metadata == {"name": name, "tags": ("x", "y")}
            hit.document.metadata.clear()  # type: ignore[attr-defined]


def test_what_a_document_has_is_read_once(index: searchlib.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    rows_at = StoredStream.rows_at

    def noted(self: Any, fields: Any, items: Any) -> Any:
        read.extend([*fields] * len(items))
        return rows_at(self, fields, items)

    monkeypatch.setattr(StoredStream, "rows_at", noted)
    for query in ("harbour", "closed"):
        assert len({hit.text for hit in index.search(query, limit=2 * PARAGRAPHS)}) == 2 * PARAGRAPHS
    assert read.count("text") == 4 * PARAGRAPHS
    assert read.count("title") == read.count("metadata") == 2
