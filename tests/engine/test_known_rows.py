"""Rows of a JSON Lines file that have not changed are told by their lines, and answer as if all were read anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib.documents.tables import rows
from searchlib.update import indexing

from .folders import contents


def build(seeds: Path, index: Path, **options: Any) -> searchlib.Index:
    """Few of the rows are read though they are known."""
    how: Any = {"processes": 1, "sampled": 2, **options}
    return searchlib.build(seeds, index, **how)


LINES = (
    *(json.dumps({"id": id, "text": text}).encode() for id in ("a", "b", "a#2", "") for text in ("One.", "Two.")),
    json.dumps({"id": "c", "text": "Straße çok.", "by": "Ann"}, ensure_ascii=False).encode(),
    '{"id": "d", "text": "Café"}'.encode("latin-1"),
    b'{"id": "a", "text": "Other"}\r{"id": "a", "text": "Old Mac"}',
    b'{"id": "w", "text": "Windows"}\r',
    b'{"id": "e", "text": "..."}',  # a document without paragraphs
    b'{"id": "a", "text": ""}',
    b"not JSON",
    b"",
)


@examples(12)
@given(st.lists(st.lists(st.sampled_from(LINES), max_size=9), min_size=2, max_size=4))
def test_an_update_makes_the_index_that_a_clean_build_makes(
    tmp_path_factory: pytest.TempPathFactory, versions: list[list[bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    path = folder / "rows.jsonl"
    for number, lines in enumerate(versions):
        path.write_bytes(b"\n".join(lines) + b"\n")
        updated = build(path, folder / "index", compact=True)
        clean = build(path, folder / f"clean{number}")
        assert updated.digest == clean.digest
        assert contents(folder / "index") == contents(folder / f"clean{number}")
        assert updated.changes is not None and clean.changes is not None
        assert updated.changes.skipped == clean.changes.skipped, "what is skipped is told every time"


CELLS = (
    *(b"a,One.,Ann", b"b,Two.,", b'"a#2",Three.,Bo', b",No name.,", b'm,"On two\nlines, and more.",Ann', b'm,"Half\n'),
    *(
        "u,Straße.,Çelik".encode(),
        "l,Café,".encode("latin-1"),
        b"e,...,",
        b"t,,Ann",
        b"x,Four.,Ann,more",
        b"x;Y;Z",
        b"",
    ),
)
HEADERS = st.sampled_from([b"id,text,by", b"id,by,text", b"name,text,id"])
TABLES = st.tuples(HEADERS, st.lists(st.sampled_from(CELLS), max_size=7))


@examples(12)
@given(st.lists(TABLES, min_size=2, max_size=4))
def test_an_update_of_a_table_makes_the_index_that_a_clean_build_makes(
    tmp_path_factory: pytest.TempPathFactory, versions: list[tuple[bytes, list[bytes]]]
) -> None:
    folder = tmp_path_factory.mktemp("table")
    path = folder / "rows.csv"
    for number, (header, lines) in enumerate(versions):
        path.write_bytes(b"\n".join([header, *lines]) + b"\n")
        updated = build(path, folder / "index", compact=True)
        clean = build(path, folder / f"clean{number}")
        assert updated.digest == clean.digest
        assert updated.changes is not None and clean.changes is not None
        assert updated.changes.skipped == clean.changes.skipped, "what is skipped is told every time"
        told = [noted for noted in clean.changes.notes if noted[1] != indexing.EMPTY]
        assert [noted for noted in updated.changes.notes if noted[1] != indexing.EMPTY] == told


def count_rows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of rows that are made documents of, from now on."""
    made: list[str] = []
    before = rows.Rows.document

    def document(self, row, *arguments, **keywords):  # type: ignore[no-untyped-def]
        made.append(row["id"])
        return before(self, row, *arguments, **keywords)

    monkeypatch.setattr(rows.Rows, "document", document)
    return made


def write(path: Path, texts: dict[str, str]) -> None:
    path.write_text("".join(json.dumps({"id": id, "text": text}) + "\n" for id, text in texts.items()))


def write_table(path: Path, texts: dict[str, str]) -> None:
    path.write_text("id,text\n" + "".join(f'{id},"{text}\nOn another line."\n' for id, text in texts.items()))


@pytest.mark.parametrize(("name", "write"), [("rows.jsonl", write), ("rows.csv", write_table)])
def test_rows_that_are_as_they_were_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path, dict[str, str]], None]
) -> None:
    texts = {f"r{number}": f"The harbour {number}." for number in range(20)}
    write(tmp_path / name, texts)
    build(tmp_path / name, tmp_path / "index")
    made = count_rows(monkeypatch)
    texts["r11"] = "Another harbour."
    write(tmp_path / name, texts)
    index = build(tmp_path / name, tmp_path / "index")
    assert made == ["r0", "r1", "r11"], "those that tell the language, and the one that changed"
    assert index.changes is not None
    assert (index.changes.changed, index.changes.unchanged, index.changes.removed) == (1, 19, 0)


def test_a_row_whose_name_depends_on_those_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = '{"id": "%s", "text": "The harbour."}\n'
    for third in ("other", "same", "other", "same#2", "a", "same", "same#2"):
        path.write_text(row % "x" + row % "y" + row % third + row % "z" + row % "same")
        index = build(path, tmp_path / "index")
        found = {hit.document.path for hit in index.search("harbour")}
        assert found == {
            f"rows.jsonl#{name}" for name in ("x", "y", third, "z", "same#2" if third == "same" else "same")
        }
