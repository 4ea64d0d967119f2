"""Nested values of JSON as a person reads them, and the rows of files that hold them in one way or another."""

from __future__ import annotations

import json

import pytest

from searchlib.documents import Seed, registry
from searchlib.model.records import Document


def load(name: str, source: str) -> tuple[list[Document], list[tuple[int, str]]]:
    skipped: list[tuple[int, str]] = []
    seed = Seed(name, source.encode(), skips=lambda line, reason: skipped.append((line, reason)))
    return list(registry.find(registry.suffix_of(name), name)(seed)), skipped


CHAT = {"messages": [{"role": "user", "content": 'Gates.\nThen "wait"\tquietly.'}, {"role": "tool", "ok": True}]}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_nested_text_has_no_marks_and_no_escapes(name: str) -> None:
    ((document,), _) = load(name, json.dumps(CHAT))
    assert document.text == 'messages: role: user content: Gates. Then "wait" quietly. role: tool ok: true'
    assert document.metadata == {
        "messages": ('role: user\ncontent: Gates.\nThen "wait"\tquietly.', "role: tool\nok: true")
    }


def test_a_column_of_text_may_be_nested() -> None:
    ((document,), _) = load("a.jsonl", json.dumps({"id": 1, "text": ["One.", {"note": "Two\nlines."}, None, 3]}))
    assert document.text == "One.\nnote: Two\nlines.\n3"


@pytest.mark.parametrize(
    "rows", ['{"id":1,"text":"one"}\n{"id":2,"text":"two"}\n', '\n{"id":1,"text":"one"}\r\n\n{"id":2,"text":"two"}']
)
def test_json_lines_are_rows_whatever_the_file_is_called(rows: str) -> None:
    documents, skipped = load("a.json", rows)
    assert [(document.path, document.text) for document in documents] == [("a.json#1", "one"), ("a.json#2", "two")]
    assert not skipped


def test_a_line_that_is_no_json_costs_itself_alone() -> None:
    documents, skipped = load("a.json", '{"id":1,"text":"one"}\nnonsense\n{"id":2,"text":"two"}\n')
    assert [document.text for document in documents] == ["one", "two"]
    assert [line for line, _ in skipped] == [2]


def test_one_object_over_several_lines_is_one_document() -> None:
    ((document,), _) = load("a.json", '{"text": "single",\n "tags": ["a"]}\n')
    assert document.text == "single"


@pytest.mark.parametrize("key", ["data", "results", "items", "@graph"])
def test_the_rows_of_an_object_are_documents_with_their_lines(key: str) -> None:
    source = f'{{"total": 2,\n "{key}": [\n  {{"id": 1, "text": "one"}},\n  {{"id": 2,\n "text": "two"}}\n]}}'
    documents, _ = load("a.json", source)
    assert [(document.path, document.text, document.line) for document in documents] == [
        ("a.json#1", "one", 3),
        ("a.json#2", "two", 4),
    ]


@pytest.mark.parametrize(
    "row", [{"text": "a", "items": [{"n": 1}]}, {"data": []}, {"data": [1, 2]}, {"data": [{}], "rows": [{}]}, CHAT]
)
def test_an_object_that_has_text_of_its_own_or_several_lists_is_one_document(row: dict[str, object]) -> None:
    documents, _ = load("a.json", json.dumps(row))
    assert [document.path for document in documents] in (["a.json#1"], [])
