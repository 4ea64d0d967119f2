"""What a release has written, every later one reads or builds again: see README.md."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import searchlib
from searchlib.cli.main import program
from searchlib.engines.whoosh.manifest import FORMAT, read_manifest

from .make import answers

HERE = Path(__file__).parent
FOLDERS = sorted((path for path in HERE.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
READ = [folder for folder in FOLDERS if folder.name == str(FORMAT)]
OLD = [folder for folder in FOLDERS if folder not in READ]


def test_the_current_format_is_kept_too() -> None:
    assert FOLDERS[-1].name == str(FORMAT)


@pytest.mark.parametrize("folder", READ, ids=lambda folder: folder.name)
def test_an_index_of_a_format_that_is_read_opens_and_answers_as_it_did(folder: Path) -> None:
    with searchlib.open(folder / "index") as index:
        assert index.verify() == []
        assert index.stats().segments > 1, "it has been updated"
        assert index.stats().deleted > 0
        assert answers(index) == json.loads((folder / "answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", OLD, ids=lambda folder: folder.name)
def test_an_index_of_an_older_format_is_told_with_what_to_do(folder: Path) -> None:
    with pytest.raises(searchlib.IndexIncompatible) as caught:
        searchlib.open(folder / "index")
    assert str(caught.value) == (
        f"{folder / 'index'} has index format {folder.name}, this version of searchlib reads {FORMAT}; "
        "build it again with: searchlib index"
    )
    assert caught.value.path == str(folder / "index")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_index_of_every_format_can_be_brought_up_to_date(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    path = tmp_path / "copy" / "index"
    index = searchlib.build(tmp_path / "copy" / "seeds", path, compact=True)
    assert index.search("harbour").total > 0
    assert index.digest == searchlib.build(tmp_path / "copy" / "seeds", tmp_path / "clean").digest
    assert {file.name for file in path.iterdir()} == {*read_manifest(path).all_files, "searchlib.json", ".lock"}


@pytest.mark.parametrize("folder", OLD, ids=lambda folder: folder.name)
def test_the_command_line_builds_an_index_of_an_older_format_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(program, [*arguments, "--index", "index"])

    monkeypatch.chdir(tmp_path)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    before = run("query", "harbour")
    assert (before.exit_code, before.stdout) == (2, "")
    assert f"index has index format {folder.name}, this version of searchlib reads {FORMAT}" in before.stderr
    assert "build it again with: searchlib index" in before.stderr
    assert run("index", "seeds").exit_code == 0
    assert run("query", "harbour").exit_code == 0


@pytest.mark.parametrize("folder", READ, ids=lambda folder: folder.name)
def test_whoosh_opens_an_index_of_a_format_that_is_read(folder: Path, tmp_path: Path) -> None:
    from whoosh.index import open_dir
    from whoosh.query import Term

    shutil.copytree(folder / "index", tmp_path / "index")
    with open_dir(str(tmp_path / "index"), readonly=True).searcher() as searcher:
        assert len(searcher.search(Term("text", "harbour"), limit=None)) > 0
