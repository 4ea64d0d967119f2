"""Documents go with their seeds, but most of an index does not go because a folder is empty, gone or unreadable."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

import searchlib
from searchlib.documents import SeedFile
from searchlib.errors import SeedError


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """10 files, 6 of them in a folder of their own."""
    seeds = tmp_path / "seeds"
    (seeds / "disk").mkdir(parents=True)
    for number in range(10):
        (seeds / ("disk" if number < 6 else "") / f"{number}.txt").write_text(f"The harbour of {number} is closed.")
    return seeds


@pytest.fixture
def path(tmp_path: Path, seeds: Path) -> Path:
    searchlib.build(seeds, tmp_path / "index").close()
    return tmp_path / "index"


def everything(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("how", ["empty root", "empty folder", "no folder"])
def test_what_most_documents_are_of_is_empty_or_gone(seeds: Path, path: Path, how: str) -> None:
    if how == "empty root":
        empty(seeds)
        (seeds / ".keep").touch()  # as below a mount point
        count, where = 10, "seeds/"
    else:
        shutil.rmtree(seeds / "disk")
        if how == "empty folder":
            (seeds / "disk").mkdir()
        count, where = 6, "seeds/disk/"
    before = everything(path)
    message = (
        rf"{count} of 10 documents would be removed.* of {where}; nothing was changed.*--allow-removal.*allow_removal"
    )
    with pytest.raises(SeedError, match=message):
        searchlib.build(seeds, path)
    assert everything(path) == before
    with searchlib.build(seeds, path, allow_removal=True) as index:
        assert index.changes is not None and index.changes.removed == count
        assert index.search("harbour", limit=100).total == 10 - count


def test_other_settings_do_not_hide_it(seeds: Path, path: Path) -> None:
    empty(seeds)
    before = everything(path)
    with pytest.raises(SeedError, match="10 of 10 documents"):
        searchlib.build(seeds, path, language="fr")
    assert everything(path) == before


def test_files_that_cannot_be_read_any_more_count(seeds: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, opened = everything(path), SeedFile.open

    def fails(seed: SeedFile) -> object:
        if "disk" in seed.name:
            raise SeedError(os.strerror(errno.EIO).lower(), seed.name)
        return opened(seed)

    monkeypatch.setattr(SeedFile, "open", fails)
    with pytest.raises(SeedError, match=r"6 of 10 documents would be removed.* of seeds/disk/0\.txt, .* and 3 more;"):
        searchlib.build(seeds, path)
    assert everything(path) == before


def test_the_only_document_is_more_than_half_and_one_of_two_is_not(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("The harbour.")
    roots = [tmp_path / "one", tmp_path / "two"]
    searchlib.build(roots[:1], tmp_path / "single").close()
    searchlib.build(roots, tmp_path / "both").close()
    empty(tmp_path / "one")
    with pytest.raises(SeedError, match="1 of 1 documents"):
        searchlib.build(roots[:1], tmp_path / "single")
    with searchlib.build(roots, tmp_path / "both") as index:
        assert index.changes is not None and index.changes.removed == 1


def test_what_is_meant_is_done_without_asking(seeds: Path, path: Path, tmp_path: Path) -> None:
    for number in range(5):  # one by one: the folder still has a seed
        (seeds / "disk" / f"{number}.txt").unlink()
    for number in range(6, 9):
        (seeds / f"{number}.txt").unlink()
    with searchlib.build(seeds, path) as index:
        assert index.changes is not None and index.changes.removed == 8
    (seeds / "9.txt").unlink()
    (seeds / "disk").rename(seeds / "renamed")
    with searchlib.build(seeds, path) as index:
        assert index.changes is not None and (index.changes.removed, index.changes.added) == (2, 1)
    with searchlib.build(seeds, path, exclude=["renamed/"]) as index:
        assert index.changes is not None and index.changes.removed == 1
    searchlib.build(seeds, path).close()
    (tmp_path / "others").mkdir()
    with searchlib.build(tmp_path / "others", path) as index:  # the seeds named last
        assert index.changes is not None and index.changes.removed == 1


def test_no_index_is_a_seed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.txt").write_text("The harbour.")
    (project / "searchlib.json").write_text('{"text": "A harbour of their own."}')  # of that name, but no index
    for _ in range(2):
        searchlib.build(project / "a.txt", project / "another").close()
    searchlib.build(project, project / "indexes" / "default").close()
    for _ in range(2):
        with searchlib.build(project, project / "indexes" / "default") as index:
            assert index.changes is not None and not index.changes and not index.changes.skipped
            assert index.changes.left_out == {"indexes": 2}
            assert index.search("harbour").total == 2
    with pytest.raises(searchlib.SettingsError, match="is an index: give the files and folders"):
        searchlib.build(project / "another", project / "third")
