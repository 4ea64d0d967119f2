"""What any release has written, every later one reads: see README.md."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import searchlib
from searchlib.engines.whoosh.manifest import FORMAT

from .make import answers

HERE = Path(__file__).parent
FOLDERS = sorted((path for path in HERE.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))


def test_the_current_format_is_kept_too() -> None:
    assert FOLDERS[-1].name == str(FORMAT)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_index_of_every_format_opens_and_answers_as_it_did(folder: Path) -> None:
    with searchlib.open(folder / "index") as index:
        assert index.verify() == []
        assert index.stats().segments > 1, "it has been updated"
        assert index.stats().deleted > 0
        assert answers(index) == json.loads((folder / "answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_index_of_every_format_can_be_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    index = searchlib.build(tmp_path / "copy" / "seeds", tmp_path / "copy" / "index", compact=True)
    assert index.search("harbour").total > 0
    assert index.digest == searchlib.build(tmp_path / "copy" / "seeds", tmp_path / "clean").digest


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_whoosh_opens_an_index_of_every_format(folder: Path, tmp_path: Path) -> None:
    from whoosh.index import open_dir
    from whoosh.query import Term

    shutil.copytree(folder / "index", tmp_path / "index")
    with open_dir(str(tmp_path / "index"), readonly=True).searcher() as searcher:
        assert len(searcher.search(Term("text", "harbour"), limit=None)) > 0
