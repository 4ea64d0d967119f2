"""What roots are called in the index, and how names that would be the same are told apart."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.documents import Report, Root, root_of, roots_of, walk
from searchlib.errors import SettingsError
from searchlib.update.comparing import compare, find_roots, is_stale
from tests.engine.users import without_privileges


@pytest.fixture
def notes(tmp_path: Path) -> tuple[Path, Path]:
    for place in ("a", "b"):
        (tmp_path / place / "notes").mkdir(parents=True)
        (tmp_path / place / "notes" / "one.txt").write_text(f"The harbour of {place}.")
    return tmp_path / "a" / "notes", tmp_path / "b" / "notes"


def test_two_folders_of_one_name_are_told_apart_by_names_given(notes: tuple[Path, Path], tmp_path: Path) -> None:
    given = {"work": notes[0], "home": notes[1]}
    with searchlib.build(given, tmp_path / "index") as index:
        assert [hit.document.path for hit in index.search("harbour", sort="document")] == [
            "home/one.txt",
            "work/one.txt",
        ]
    roots = roots_of(given)
    assert not compare(roots, tmp_path / "index") and not is_stale(roots, tmp_path / "index")
    assert set(find_roots(tmp_path / "index", roots)) == set(roots)
    with searchlib.build(given, tmp_path / "index") as index:
        assert not index.changes
    with pytest.raises(
        SettingsError, match=r"both have a notes/one\.txt: give them names of their own, as in one=PATH"
    ):
        searchlib.build(notes, tmp_path / "other")


def test_a_file_with_a_name_given_is_in_a_folder_of_that_name(notes: tuple[Path, Path]) -> None:
    assert [seed.name for seed in walk([Root(str(notes[0] / "one.txt"), "work")])] == ["work/one.txt"]


def test_a_file_whose_given_name_ends_as_its_own_is_called_so(notes: tuple[Path, Path]) -> None:
    one = str(notes[0] / "one.txt")
    assert [seed.name for seed in walk([Root(one, "all.TXT")])] == ["all.TXT"]
    assert [seed.name for seed in walk([Root(one, "all.md")])] == ["all.md/one.txt"]


def test_rows_of_another_file_are_known_again_by_the_name_that_is_given(tmp_path: Path) -> None:
    for name, count in (("documents.jsonl", 3), ("export-2.jsonl", 4)):
        rows = (json.dumps({"id": number, "text": f"The harbour, {number}."}) for number in range(count))
        (tmp_path / name).write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    searchlib.build(tmp_path / "documents.jsonl", tmp_path / "index").close()
    with searchlib.build({"documents.jsonl": tmp_path / "export-2.jsonl"}, tmp_path / "index") as index:
        assert index.changes is not None
        assert (index.changes.added, index.changes.unchanged, index.changes.removed) == (1, 3, 0)
        assert [document.path for document in index.documents()] == [f"documents.jsonl#{number}" for number in range(4)]
        assert not is_stale(roots_of({"documents.jsonl": tmp_path / "export-2.jsonl"}), tmp_path / "index")


def test_a_path_that_exists_is_no_name_and_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ann")
    assert root_of("work=notes") == Root("notes", "work")
    assert root_of("work=~/notes") == Root("/home/ann/notes", "work")
    for text in ("a/b=notes", "=notes", "work=", "notes", "..=notes", "-"):
        assert root_of(text) == text
    (tmp_path / "work=notes").mkdir()
    assert root_of("work=notes") == "work=notes"


@pytest.mark.parametrize("prefix", ["", "a/b", "..", "a\nb", "\x1b[31m", " a", "\udcff"])
def test_a_name_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(SettingsError, match="cannot stand for a path"):
        roots_of({prefix: "notes"})


@pytest.mark.parametrize(
    "files",
    [
        (b"\xff.txt", rb"\xff.txt"),
        (rb"\xff.txt", b"\xff.txt"),
        (b"\xff/a.txt", rb"\xff/a.txt"),
        (b"\xff\\xfe.txt", b"\\xff\xfe.txt"),
    ],
)
def test_of_names_that_are_escaped_alike_one_is_taken_and_the_other_named(tmp_path: Path, files: tuple[bytes]) -> None:
    for file in files:
        path = tmp_path / "s" / os.fsdecode(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"text of " + file)
    report = Report()
    (seed,) = walk([tmp_path / "s"], report=report)
    ((name, reason),) = [(one.name, one.reason) for one in report.skipped]
    assert seed.name == name and name.encode() and "rename one of them" in reason
    assert seed.read().data == b"text of " + min(files)  # whichever came first


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_seeds_in_a_folder_that_may_not_be_entered_are_an_error_that_says_so(closed: Path) -> None:
    seeds, index = closed / "seeds", closed.parent / "index"
    with without_privileges():
        for ask in (
            lambda: searchlib.build(seeds, closed.parent / "new"),
            lambda: searchlib.build({"work": seeds}, closed.parent / "new"),
            lambda: searchlib.open(index).verify(seeds),
        ):
            with pytest.raises(SettingsError, match=r"cannot read .*seeds: permission denied"):
                ask()
        with pytest.raises(SettingsError, match="cannot find seeds"):
            find_roots(index, [seeds])
        (hit,) = searchlib.open(index).search("harbour")
        assert searchlib.open(index).is_stale(hit, seeds) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_query_answers_where_its_seeds_may_not_be_looked_at(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from searchlib.cli.main import program

    monkeypatch.setenv("SEARCHLIB_SEEDS", str(closed / "seeds"))
    monkeypatch.chdir(closed.parent)
    with without_privileges():
        done = CliRunner().invoke(program, ["query", "harbour", "--index", "index"])
    assert (done.exit_code, "1 paragraph" in done.stderr) == (0, True), done.output


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder with seeds that nobody may enter, and beside it their index; not in pytest's, which is closed itself."""
    above = Path(tempfile.mkdtemp(dir="/tmp" if os.name == "posix" else None))
    (above / "closed" / "seeds").mkdir(parents=True)
    (above / "closed" / "seeds" / "one.txt").write_text("The harbour.\n", "utf-8")
    with searchlib.build(above / "closed" / "seeds", above / "index", processes=1) as index:
        (hit,) = index.search("harbour")  # imports what others than root may not import
        assert hit.snippet() and not index.is_stale(hit, above / "closed" / "seeds")
        index.verify(above / "closed" / "seeds")
    above.chmod(0o777)
    (above / "closed").chmod(0)
    yield above / "closed"
    (above / "closed").chmod(0o755)
    shutil.rmtree(above)
