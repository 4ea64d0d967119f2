"""``copy``: an index at another place, said in a line, or refused in one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import searchlib

from .commands import Run, in_process


@pytest.fixture
def run(fresh: Path) -> Run:
    """Run a command in a project of the test's own, which has an index."""
    assert in_process("index", "--quiet").code == 0
    return in_process


def test_a_copy_has_the_digest_of_the_original_and_is_no_second_one(run: Run) -> None:
    digest = run("index", "--digest", "--quiet").out
    done = run("copy", "indexes/default", "indexes/other")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("indexes/other: 3 added, 0 changed, 0 removed, 0 unchanged; 3 documents, ")
    assert json.loads(run("stats", "--index", "indexes/other", "--json").out)["digest"] == digest.strip()
    assert run("index", "--check", "--index", "indexes/other").code == 0
    again = run("copy", "indexes/default", "indexes/other")
    assert (again.code, again.err) == (
        2,
        "Error: there is an index at indexes/other: give another location, or --replace (replace=True)\n",
    )
    found = json.loads(run("copy", "indexes/default", "indexes/other", "--replace", "--json").out)
    assert (found["index"], found["unchanged"], found["digest"]) == ("indexes/other", 3, digest.strip())


def test_a_folder_of_other_files_is_no_place_for_a_copy(run: Run) -> None:
    done = run("copy", "indexes/default", "seeds")
    assert (done.code, done.err) == (
        2,
        "Error: seeds has other files in it, and no index: give a folder for it that is empty or not there yet\n",
    )
    Path("seeds/empty").mkdir()
    assert run("copy", "indexes/default", "seeds/empty").code == 0


def test_what_is_for_clusters_is_refused_for_folders(run: Run) -> None:
    for words in (("copy", "indexes/default", "indexes/other"), ("index",)):
        done = run(*words, "--shards", "2")
        assert done.code == 2 and "--shards and --replicas are for an index in a cluster" in done.err


def test_parts_of_large_documents_are_copied_as_the_whole(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    lines = [f"# Part {n}\n\nParagraph {n % 7} of the harbour, {'é' * (n % 3)}.\n\nThe same.\n" for n in range(2000)]
    (tmp_path / "seeds" / "large.md").write_text("\n".join(lines), encoding="utf-8")
    one = searchlib.build(tmp_path / "seeds", tmp_path / "one", processes=1)
    for memory in (1 << 20, 1 << 24):
        copied = searchlib.copy(tmp_path / "one", tmp_path / f"copy{memory}", processes=1, memory=memory)
        assert copied.digest == one.digest
