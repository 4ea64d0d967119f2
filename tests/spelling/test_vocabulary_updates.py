"""The vocabulary after an update is that of a build from nothing, to the byte, whatever was in the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import searchlib
from searchlib import Document
from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.vocabulary import KIND, Vocabulary, VocabularyWriter
from searchlib.engines.whoosh.manifest import MANIFEST, describe_file, read_manifest


def vocabulary(index: Path) -> Path:
    (path,) = index.glob("*.voc")
    assert path.name == read_manifest(index).vocabulary
    return path


def words(index: Path) -> dict[str, int]:
    path = vocabulary(index)
    read = Vocabulary(Container(path.read_bytes(), str(path), KIND))
    return {read.text(key)[1]: count for part in read.chunks() for key, count in zip(*part, strict=True)}


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for number in range(12):
        text = f"# A harbour\n\nWinter, w{number}.\n\n## Ice\n\nErdoğan {'wrote ' * number}.\n"
        (folder / f"n{number}.md").write_text(f"---\ntitle: Ship {number}\n---\n{text}", encoding="utf-8")
    return folder


def test_it_is_the_same_file_without_compaction(seeds: Path, tmp_path: Path) -> None:
    searchlib.build(seeds, tmp_path / "index", processes=1)
    (seeds / "n3.md").unlink()
    (seeds / "n5.md").write_text("Other words of winter.\n", encoding="utf-8")
    (seeds / "new.md").write_text("# Harbours\n\nNew words.\n", encoding="utf-8")
    index = searchlib.build(seeds, tmp_path / "index", processes=1)
    assert index.stats().segments == 2
    searchlib.build(seeds, tmp_path / "clean", processes=1)
    made, clean = vocabulary(tmp_path / "index"), vocabulary(tmp_path / "clean")
    assert (made.name, made.read_bytes()) == (clean.name, clean.read_bytes())
    assert "w3" not in words(tmp_path / "index")
    assert index.verify() == []


def test_a_document_that_is_added_twice_and_one_that_is_taken_back_count_as_they_end(tmp_path: Path) -> None:
    index = searchlib.build([], tmp_path / "index", processes=1)
    with index.writer(processes=1) as writer:
        writer.add(Document("a", "one two two"))
        writer.add(Document("b", "gone gone"))
        writer._writer._flush()  # type: ignore[attr-defined]
        writer.add(Document("a", "two three", title="Title"))
        writer.remove("b")
    assert words(tmp_path / "index") == {"two": 1, "three": 1, "title": 1}
    with index.writer(processes=1) as writer:
        writer.remove("a")
    assert words(tmp_path / "index") == {}
    assert index.verify() == []


def forge(index: Path, counts: dict[bytes, int]) -> None:
    """Put other words in the place of those of an index, with all checksums right."""
    from searchlib.engines.whoosh.format.container import ContainerWriter

    path = vocabulary(index)
    writer = VocabularyWriter(ContainerWriter(path.open("wb"), KIND))
    writer.add(sorted(counts), [counts[key] for key in sorted(counts)])
    writer.close(sync=False)
    manifest = read_manifest(index)
    files = {name: describe_file(index / name) for name in manifest.files}
    (index / MANIFEST).write_bytes(replace(manifest, files=files).encode())


def test_counts_that_were_forged_are_counted_again_where_they_turn_out_wrong(seeds: Path, tmp_path: Path) -> None:
    index = searchlib.build(seeds, tmp_path / "index", processes=1)
    forge(tmp_path / "index", {b"winter": 1})
    assert [problem.file for problem in searchlib.open(tmp_path / "index").verify()] == [
        vocabulary(tmp_path / "index").name
    ]
    for name in ("n1.md", "n2.md"):
        (seeds / name).unlink()
    index = searchlib.build(seeds, tmp_path / "index", processes=1)
    assert index.verify() == []
    searchlib.build(seeds, tmp_path / "clean", processes=1)
    assert words(tmp_path / "index") == words(tmp_path / "clean")


@pytest.mark.parametrize("change", ["a count", "a word more", "a word less"])
def test_verify_counts_the_words_again(seeds: Path, tmp_path: Path, change: str) -> None:
    index = tmp_path / "index"
    searchlib.build(seeds, index, processes=1)
    path = vocabulary(index)
    read = Vocabulary(Container(path.read_bytes(), str(path), KIND))
    counts = {key: count for part in read.chunks() for key, count in zip(*part, strict=True)}
    if change == "a count":
        counts[b"winter"] += 1
    elif change == "a word more":
        counts[b"zebra"] = 1
    else:
        del counts[b"winter"]
    forge(index, counts)
    (problem,) = searchlib.open(index).verify()
    assert problem.file == path.name


def test_an_open_index_goes_on_completing_from_its_generation(seeds: Path, tmp_path: Path) -> None:
    index = searchlib.build(seeds, tmp_path / "index", processes=1)
    (seeds / "n1.md").write_text("Windmills, windmills.\n", encoding="utf-8")
    searchlib.build(seeds, tmp_path / "index", processes=1)
    assert [one.word for one in index.complete("wi")] == ["winter"]
    assert index.refresh()
    assert [one.word for one in index.complete("wi")] == ["winter", "windmills"]


def test_a_missing_vocabulary_is_named_and_an_update_brings_it_back(seeds: Path, tmp_path: Path) -> None:
    from searchlib.errors import IndexCorrupt

    searchlib.build(seeds, tmp_path / "index", processes=1)
    path = vocabulary(tmp_path / "index")
    path.unlink()
    with pytest.raises(IndexCorrupt) as caught:
        searchlib.open(tmp_path / "index")
    assert caught.value.path == str(path)
    assert searchlib.build(seeds, tmp_path / "index", processes=1).complete("wint")
    assert (tmp_path / "index" / MANIFEST).exists()
