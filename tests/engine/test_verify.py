"""What ``verify`` finds: damage by its digest, and contradictions in what has the right ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.engines.whoosh.integrity import inconsistencies
from searchlib.engines.whoosh.manifest import MANIFEST, Manifest, read_manifest

from .corpus import write_corpus


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    write_corpus(folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index")
    return folder


@pytest.fixture
def path(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built / "index", tmp_path / "index")
    return tmp_path / "index"


def forge(path: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Change what the manifest says, with the right digest."""
    (path / MANIFEST).write_bytes(change(read_manifest(path)).encode())


def with_segment(**values: Any) -> Callable[[Manifest], Manifest]:
    return lambda manifest: replace(manifest, segments=(replace(manifest.segments[0], **values),))


def documents(manifest: Manifest) -> int:
    return sum(manifest.languages.values())


def messages(path: Path) -> str:
    return "\n".join(f"{problem.file}: {problem.message}" for problem in searchlib.open(path).verify())


def test_a_sound_index_has_no_problems_quick_or_not(path: Path) -> None:
    index = searchlib.open(path)
    assert index.verify() == index.verify(quick=True) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_segment(tokens=1), "tokens, the manifest says 1"),
        (lambda found: with_segment(documents=found.segments[0].records)(found), "documents, the manifest says"),
        (lambda found: replace(found, languages={"xx": documents(found)}), "languages are not those of the documents"),
        (lambda found: replace(found, types={"text": documents(found)}), "types are not those of the documents"),
    ],
)
def test_a_manifest_that_contradicts_the_files_is_found_out(
    path: Path, change: Callable[[Manifest], Manifest], said: str
) -> None:
    forge(path, change)
    assert said in messages(path)
    assert searchlib.open(path).verify(quick=True) == [], "its digests are right"


def test_a_document_that_is_there_twice_is_found_out(path: Path, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "seeds", tmp_path / "seeds")
    (tmp_path / "seeds" / "notes.txt").write_text("Other notes.\n\nOf another day.\n", encoding="utf-8")
    searchlib.build(tmp_path / "seeds", tmp_path / "other")
    (other,) = read_manifest(tmp_path / "other").segments
    for name in other.files:
        shutil.copy(tmp_path / "other" / name, path / name)
    forge(path, lambda manifest: replace(manifest, segments=(*manifest.segments, other)))
    assert "seeds/notes.txt: is in the index more than once" in messages(path)


def test_files_that_are_links_are_not_followed(path: Path, tmp_path: Path) -> None:
    victim = next(path.glob("*.sto"))
    victim.rename(tmp_path / "elsewhere")
    index = None
    victim.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(searchlib.IndexCorrupt, match=victim.name):
        index = searchlib.open(path)
    assert index is None


def test_a_file_changed_under_an_open_index_is_found_by_verify(path: Path) -> None:
    index = searchlib.open(path)
    victim = next(path.glob("*.seeds"))
    victim.write_bytes(victim.read_bytes().replace(b"0", b"1"))
    assert [problem.file for problem in index.verify(quick=True)] == [victim.name]


def test_every_bit_of_the_manifest_counts(path: Path) -> None:
    data = (path / MANIFEST).read_bytes()
    for place in range(0, len(data), 7):
        (path / MANIFEST).write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises((searchlib.IndexCorrupt, searchlib.IndexIncompatible)):
            searchlib.open(path)


def test_words_are_counted_again_though_few_fit_into_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from searchlib.engines.whoosh.building import wordcounts

    aside = []
    put_aside = wordcounts.Totals._put_aside
    monkeypatch.setattr(wordcounts.Totals, "_put_aside", lambda totals: aside.append(put_aside(totals)))
    few = Portions(words=20, spellings=20)
    assert list(inconsistencies(path, read_manifest(path), few)) == []
    assert len(aside) > 1


def test_verify_opens_each_segment_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from searchlib.engines.whoosh import integrity

    opened = []
    once = integrity.open_segment
    monkeypatch.setattr(integrity, "open_segment", lambda *where: opened.append(where) or once(*where))
    assert searchlib.open(path).verify() == []
    assert len(opened) == len(read_manifest(path).segments)
