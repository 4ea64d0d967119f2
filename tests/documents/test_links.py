"""What the walk found is what is read, or nothing: no link is followed that somebody put there in between."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchlib
from searchlib.documents import Report, SeedFile, load, walk


def folder_with(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "s"
    folder.mkdir()
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_suffix(".txt").write_text(text)
    return folder


@pytest.mark.parametrize("place", ["m.txt", "d"])
@pytest.mark.parametrize("kept", [True, False])
def test_a_seed_or_its_folder_that_is_swapped_for_a_link_after_the_walk_is_not_read(
    tmp_path: Path, place: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = folder_with(tmp_path, a="harbour", m="harbour", d__n="harbour", z="harbour")
    outside = folder_with(tmp_path / "o" if (tmp_path / "o").mkdir() is None else tmp_path, m="secret", d__n="secret")
    before = SeedFile.read

    def read(seed: SeedFile, *arguments: object) -> object:
        target = seeds / place
        if not target.is_symlink():
            target.rename(tmp_path / "away")
            target.symlink_to(outside / place)
        return before(seed, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(SeedFile, "read", read)
    # With little memory a file is read once for its digest, and once more to be loaded.
    memory = None if kept else 1
    with searchlib.build(seeds, tmp_path / "index", processes=1, memory=memory) as index:
        swapped = "s/m.txt" if place == "m.txt" else "s/d/n.txt"
        assert index.search("secret").total == 0
        assert {hit.document.path for hit in index.search("harbour")} == {
            "s/a.txt",
            "s/m.txt",
            "s/d/n.txt",
            "s/z.txt",
        } - {swapped}
        assert index.changes is not None
        assert index.changes.skipped == [(swapped, "a link, not a file")]


def test_a_seed_that_is_swapped_between_its_digest_and_its_loading_is_not_read(tmp_path: Path) -> None:
    seeds = folder_with(tmp_path, m="harbour")
    (tmp_path / "secret.txt").write_text("secret")
    (seed_file,) = walk([seeds])
    content = seed_file.read(keep=0)
    (seeds / "m.txt").unlink()
    (seeds / "m.txt").symlink_to(tmp_path / "secret.txt")
    report = Report()
    assert list(load(seed_file, None, report, content)) == []
    assert [one.reason for one in report.skipped] == ["a link, not a file"]


def test_a_single_file_that_is_swapped_for_a_link_is_not_read(tmp_path: Path) -> None:
    seeds = folder_with(tmp_path, m="harbour")
    (tmp_path / "secret.txt").write_text("secret")
    (seed_file,) = walk([seeds / "m.txt"])
    (seeds / "m.txt").unlink()
    (seeds / "m.txt").symlink_to(tmp_path / "secret.txt")
    report = Report()
    assert list(load(seed_file, None, report)) == []
    assert [one.reason for one in report.skipped] == ["a link, not a file"]


def test_links_that_a_person_names_are_followed(tmp_path: Path) -> None:
    seeds = folder_with(tmp_path, m="harbour")
    (tmp_path / "folder").symlink_to("s")
    (tmp_path / "file.txt").symlink_to("s/m.txt")
    found = list(walk([tmp_path / "folder", tmp_path / "file.txt"]))
    assert [seed.name for seed in found] == ["s/m.txt", "file.txt"]
    assert [document.text for seed in found for document in load(seed)] == ["harbour", "harbour"]
    assert seeds.exists()


def test_a_link_brings_in_what_is_taken_itself_and_nothing_else(tmp_path: Path) -> None:
    seeds = folder_with(tmp_path, a="harbour", d__b="winter", drafts__c="draft", notes="ignored")
    (seeds / ".git").mkdir()
    (seeds / ".git" / "config").write_text("token")
    (seeds / "d" / ".gitignore").write_text("secret.txt\n")
    (seeds / "d" / "secret.txt").write_text("secret")
    (seeds / ".gitignore").write_text("notes.txt\n")
    for number, target in enumerate(("a.txt", ".git/config", "d/secret.txt", "drafts/c.txt", "notes.txt", "d/b.txt")):
        (seeds / f"link{number}.txt").symlink_to(target)
    report = Report()
    found = list(walk([seeds], exclude=["drafts/"], report=report))
    assert {seed.name: [document.text for document in load(seed)] for seed in found} == {
        "s/a.txt": ["harbour"],
        "s/d/b.txt": ["winter"],
        "s/link0.txt": ["harbour"],
        "s/link5.txt": ["winter"],
    }
    assert {one.name: one.reason for one in report.skipped} == {
        f"s/link{number}.txt": "a link to what is left out" for number in (1, 2, 3, 4)
    }


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc")
def test_files_of_no_size_are_empty_whatever_they_would_give(tmp_path: Path) -> None:
    (seed_file,) = walk(["/proc/self/status"])
    assert seed_file.read().data == b""
    with searchlib.build("/proc/self", tmp_path / "index", processes=1) as index:
        assert index.changes is not None


def test_a_file_that_grows_while_it_is_read_ends_where_it_ended_when_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("harbour")
    with SeedFile(path, "a.txt", 7).open() as stream:
        with path.open("a") as more:
            more.write(" and more")
        assert stream.read() == b"harbour"
        assert stream.read(10) == b""
    assert path.stat().st_size == 16
