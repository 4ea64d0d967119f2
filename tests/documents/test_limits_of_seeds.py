"""Seeds that are small and cost much: each limit is met before the cost is, and says by name how to raise it."""

from __future__ import annotations

import io
import json
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import pytest

import searchlib
from searchlib import Limits
from searchlib.documents import Report, load, walk
from searchlib.documents.seed import SeedFile
from searchlib.model.records import Document


def loaded(path: Path, text: str, limits: Limits | None = None) -> tuple[list[Document], Report]:
    path.write_text(text)
    report = Report()
    (seed_file,) = walk([path], report=report)
    return list(load(seed_file, None, report, limits=limits or Limits())), report


@pytest.mark.parametrize("key", [".".join("a" * 32_000), "[" + ".".join("a" * 32_000) + "]", '"a" . ' * 9_000 + "a"])
def test_keys_of_any_depth_in_toml_cost_next_to_nothing(tmp_path: Path, key: str) -> None:
    tracemalloc.start()
    text = f"+++\n{key}{'' if key[0] == '[' else ' = 1'}\n+++\nThe harbour.\n"
    (document,), report = loaded(tmp_path / "a.md", text)
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()
    assert "The harbour." in document.text and not document.metadata
    assert [one.reason for one in report.notes] == ["front matter: keys of more than 64 parts"]


def test_keys_of_a_few_parts_and_long_values_are_toml_as_any(tmp_path: Path) -> None:
    text = f"+++\na.b.\"c d\" = 1\n[x.y]\nz = '{'A word. ' * 900}'\nn = {'[' * 20}{']' * 20}\n+++\nThe harbour.\n"
    (document,), report = loaded(tmp_path / "a.md", text)
    assert document.metadata["a.b.c d"] == 1 and str(document.metadata["x.y.z"]).startswith("A word. A word.")
    assert not report.notes
    assert loaded(tmp_path / "b.md", text, Limits(depth=2))[1].notes


@pytest.mark.parametrize(
    "matter",
    ["a: " + "[" * 70 + "x" + "]" * 70, "a:\n" + "".join(" " * n + "- \n" for n in range(1, 80)) + " " * 80 + "x"],
)
def test_yaml_nested_deeper_than_the_limit_is_text(tmp_path: Path, matter: str) -> None:
    (document,), report = loaded(tmp_path / "a.md", f"---\n{matter}\n---\nThe harbour.\n")
    assert not document.metadata and "harbour" in document.text
    assert report.notes[0].reason == "front matter: nested more than 64 deep"
    assert loaded(tmp_path / "a.md", f"---\n{matter}\n---\nThe harbour.\n", Limits(depth=100))[0][0].metadata


def test_many_brackets_that_are_not_nested_are_front_matter(tmp_path: Path) -> None:
    (document,), _ = loaded(tmp_path / "a.md", "---\na: [" + "[x], " * 300 + "]\n---\nThe harbour.\n")
    assert len(document.metadata["a"]) == 300  # type: ignore[arg-type]


def nested(depth: int) -> str:
    return '{"text": "The harbour.", "deep": ' + '{"a": ' * (depth - 1) + "1" + "}" * depth


@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_json_nested_deeper_than_the_limit_is_skipped(tmp_path: Path, suffix: str) -> None:
    assert len(loaded(tmp_path / f"a{suffix}", nested(64))[0]) == 1
    documents, report = loaded(tmp_path / f"a{suffix}", nested(65))
    assert not documents
    assert report.skipped[0].reason.startswith("nested more than 64 deep; raise it by depth of searchlib.Limits")
    assert len(loaded(tmp_path / f"a{suffix}", nested(65), Limits(depth=65))[0]) == 1


def test_of_many_fields_of_metadata_the_first_are_kept_and_that_is_noted_once(tmp_path: Path) -> None:
    row = json.dumps({"text": "The harbour.", **{f"key{number}": number for number in range(4000)}})
    documents, report = loaded(tmp_path / "a.jsonl", (row + "\n") * 3)
    for document in documents:
        assert list(document.metadata) == [f"key{number}" for number in range(256)]
    (note,) = report.notes
    assert (note.name, note.reason[:60]) == (
        "a.jsonl:1",
        "4,000 fields of metadata: the first 256 are kept, here and b",
    )
    assert "metadata_fields" in note.reason
    (document, *_), report = loaded(tmp_path / "a.jsonl", row, Limits(metadata_fields=5000))
    assert len(document.metadata) == 4000 and not report.notes


def test_a_table_of_too_many_columns_is_skipped_and_a_row_of_too_many_cells(tmp_path: Path) -> None:
    wide = ",".join(map(str, range(100_000)))
    documents, report = loaded(tmp_path / "a.csv", f"{wide}\n{wide}\n")
    assert not documents
    assert report.skipped[0].reason.startswith("100,000 columns, more than 4,096; raise it by columns")
    documents, report = loaded(tmp_path / "b.csv", f"id,text\n1,{wide}\n2,harbour\n")
    assert [document.path for document in documents] == ["b.csv#2"]
    assert [one.name for one in report.skipped] == ["b.csv:2"]
    columns = ",".join(f"c{number}" for number in range(4096))
    assert len(loaded(tmp_path / "c.csv", f"{columns}\n{columns}\n")[0]) == 1


def sparse(path: Path, size: int, begin: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(begin)
        file.truncate(size)
    if getattr(path.stat(), "st_blocks", size) * 512 > size // 2:
        pytest.skip("this file system has no sparse files")
    return path


@pytest.mark.parametrize("name", ["big.txt", "big.csv", "big.json", "big.jsonl", "big.txt.gz"])
def test_a_sparse_file_is_left_out_before_it_is_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.txt").write_text("The harbour.")
    sparse(tmp_path / "s" / name, 12 << 30, b"id,text\n1,harbour\n")
    monkeypatch.setattr(
        "searchlib.documents.seedstreams.UpTo.read", only_small(searchlib.documents.seedstreams.UpTo.read)
    )
    with searchlib.build(tmp_path / "s", tmp_path / "index", processes=1) as index:
        assert index.changes is not None
        ((skipped, reason),) = index.changes.skipped
        assert index.search("harbour").total == 1
    assert skipped == f"s/{name}"
    assert reason.startswith("has 12,884,901,888 bytes, more than 1,073,741,824; raise it by file_bytes")
    with searchlib.build(tmp_path / "s", tmp_path / "index", processes=1) as index:
        assert not index.changes
    (tmp_path / "s" / "a.txt").touch()
    from searchlib.update.comparing import compare, is_stale

    assert not is_stale([tmp_path / "s"], tmp_path / "index") and not compare([tmp_path / "s"], tmp_path / "index")


def only_small(before: object) -> object:
    def read(stream: object, size: int = -1) -> bytes:
        assert stream.left < 1 << 20, "a large file is read"  # type: ignore[attr-defined]
        return before(stream, size)  # type: ignore[operator,no-any-return]

    return read


def test_a_large_file_of_rows_is_read_row_by_row_whatever_its_size(tmp_path: Path) -> None:
    text = "id,text\n" + "".join(f"{number},The harbour of {number}.\n" for number in range(500))
    documents, report = loaded(tmp_path / "a.csv", text, Limits(file_bytes=1000))
    assert len(documents) == 500 and not report.skipped
    documents, report = loaded(tmp_path / "a.txt", text, Limits(file_bytes=1000))
    assert not documents and report.skipped[0].reason.startswith(f"has {len(text):,} bytes, more than 1,000")


def test_standard_input_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * 5_000_000)))
    with pytest.raises(searchlib.SeedError, match="more than 1,000 bytes; raise it by file_bytes"):
        SeedFile(None, "stdin").read(limits=Limits(file_bytes=1000))


def test_limits_are_an_argument_of_build(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The harbour is closed.")
    with searchlib.build(tmp_path / "a.txt", tmp_path / "index", limits=Limits(file_bytes=10)) as index:
        assert index.changes is not None and len(index.changes.skipped) == 1
    with searchlib.build(tmp_path / "a.txt", tmp_path / "index", allow_removal=True) as index:  # raised: read after all
        assert index.search("harbour").total == 1


def test_of_many_values_in_a_long_document_the_first_are_kept_and_a_short_one_has_all(tmp_path: Path) -> None:
    names = [f"a{number}.html" for number in range(3000)]
    (tmp_path / "short.json").write_text(json.dumps({"text": "Tide.", "links": names}), "utf-8")
    (tmp_path / "long.json").write_text(json.dumps({"text": "A long tide. " * 200_000, "links": names}), "utf-8")
    report = Report()
    kept = {seed.name: next(load(seed, report=report)).metadata["links"] for seed in walk([tmp_path], report=report)}
    assert kept[f"{tmp_path.name}/short.json"] == tuple(names)
    assert kept[f"{tmp_path.name}/long.json"] == tuple(names[:403])
    (note,) = report.notes
    assert note.reason.startswith("3,000 values in a field of metadata of a document of some 2,601 paragraphs")
