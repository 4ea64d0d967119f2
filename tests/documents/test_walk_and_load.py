"""Which files are found, under which names, and what is said of those that cannot be read."""

from __future__ import annotations

import gzip
import os
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchlib.documents import LoadOptions, Report, Seed, SeedFile, digest, load, walk
from searchlib.documents import registry as table
from searchlib.errors import SeedError, SettingsError
from searchlib.guards.limits import Limits
from searchlib.model.records import Document

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}")
    return folder


def names(folder: Path, report: Report | None = None, **options: object) -> list[str]:
    return [seed_file.name for seed_file in walk([folder], report=report, **options)]  # type: ignore[arg-type]


def test_a_folder_is_walked_in_the_order_of_its_names_under_its_own_name(tmp_path: Path) -> None:
    folder = put(tmp_path / "seeds", "b.txt", "a/z.md", "a/y.txt", "B.txt", "c.txt.gz")
    assert names(folder) == ["seeds/B.txt", "seeds/a/y.txt", "seeds/a/z.md", "seeds/b.txt", "seeds/c.txt.gz"]


def test_names_do_not_depend_on_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(put(tmp_path / "seeds", "a.txt"))
    assert [f.name for f in walk(["."])] == [f.name for f in walk([tmp_path / "seeds"])] == ["seeds/a.txt"]
    assert [f.name for f in walk(["a.txt"])] == ["a.txt"]


def test_hidden_generated_and_ignored_files_are_left_out_unless_named(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "s", "a.txt", ".git/x.txt", "node_modules/x.txt", ".x.txt", "out/x.txt", "out/keep.txt", "d/x.log"
    )
    (folder / ".gitignore").write_text("out/*\n!out/keep.txt\n*.log\n")
    assert names(folder) == ["s/a.txt", "s/out/keep.txt"]
    assert [f.name for f in walk([folder / ".x.txt"])] == [".x.txt"]
    assert "s/d/x.log" in names(folder, gitignore=False)


def test_globs_include_and_exclude(tmp_path: Path) -> None:
    folder = put(tmp_path / "s", "a.txt", "b.md", "d/c.txt", "d/e.md")
    assert names(folder, include=("*.md",)) == ["s/b.md", "s/d/e.md"]
    assert names(folder, exclude=("d/",)) == ["s/a.txt", "s/b.md"]


def test_two_roots_that_give_one_name_are_refused_and_one_given_twice_is_not(tmp_path: Path) -> None:
    first, second = put(tmp_path / "1" / "s", "a.txt"), put(tmp_path / "2" / "s", "a.txt")
    with pytest.raises(SettingsError, match=r"both have a s/a\.txt: give them names"):
        list(walk([first, second]))
    assert len(list(walk([first, first]))) == 1
    with pytest.raises(SettingsError, match="cannot read"):
        list(walk([tmp_path / "nothing"]))


def test_fifos_and_links_that_lead_out_or_nowhere_are_skipped_with_the_reason(tmp_path: Path) -> None:
    folder = put(tmp_path / "s", "a.txt", "d/b.txt")
    put(tmp_path, "out.txt")
    os.mkfifo(folder / "f.txt")
    (folder / "in.txt").symlink_to("a.txt")
    (folder / "out.txt").symlink_to("../out.txt")
    (folder / "broken.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "d" / "up").symlink_to("..")
    report = Report()
    assert names(folder, report) == ["s/a.txt", "s/d/b.txt", "s/in.txt"]
    assert {skipped.name: skipped.reason for skipped in report.skipped} == {
        "s/f.txt": "a FIFO, not a file",
        "s/out.txt": "a link out of the folder",
        "s/broken.txt": "a broken link",
        "s/loop.txt": "a link in a loop",
        "s/d/up": "a link to a folder",
    }


def test_a_name_that_is_not_utf_8_is_escaped_and_noted(tmp_path: Path) -> None:
    folder = put(tmp_path / "s")
    folder.mkdir(exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("text")
    report = Report()
    assert names(folder, report) == ["s/caf\\xe9.txt"]
    assert [note.name for note in report.notes] == ["s/caf\\xe9.txt"]


def test_loading_counts_and_gives_the_digest_of_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"text", mtime=0))
    (seed_file,) = walk([tmp_path / "a.txt.gz"])
    data = (tmp_path / "a.txt.gz").read_bytes()
    for content in (None, seed_file.read()):
        report = Report()
        assert [d.text for d in load(pickle.loads(pickle.dumps(seed_file)), report=report, content=content)] == ["text"]
        assert report.digests == {"a.txt.gz": digest(data)}
        assert (report.files, report.documents, report.bytes) == (1, 1, len(data))


def test_what_cannot_be_read_is_reported_or_raised_if_strict(tmp_path: Path) -> None:
    (tmp_path / "bomb.txt.gz").write_bytes(gzip.compress(b"\0" * 3_000_000))
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(b"text" * 1000)[:-9])
    gone = SeedFile(tmp_path / "gone.txt", "gone.txt")
    files = [*walk([tmp_path / "bomb.txt.gz", tmp_path / "cut.txt.gz"]), gone]
    report = Report()
    assert [d for f in files for d in load(f, None, report, limits=Limits(file_bytes=1_000_000))] == []
    reasons = [skipped.reason for skipped in report.skipped]
    assert reasons[0].startswith("unpacks to more than 1,000,000 bytes")
    assert reasons[1].startswith("damaged gzip data")
    assert reasons[2] == "no such file or directory"
    with pytest.raises(SeedError, match="no such file"):
        list(load(gone, LoadOptions(strict=True)))


def test_a_loader_that_raises_anything_costs_its_file_and_not_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_bad(seed: Seed) -> Iterator[Document]:
        yield Document(seed.name, "text")
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(table, "_TABLE", dict(table._TABLE))
    table.register(".bad", load_bad)
    report = Report()
    found = [d.path for f in walk([put(tmp_path / "s", "a.bad", "b.txt")]) for d in load(f, report=report)]
    assert found == ["s/a.bad", "s/b.txt"]
    assert [(s.name, s.reason) for s in report.skipped] == [("s/a.bad", "ZeroDivisionError: division by zero")]
    with pytest.raises(SeedError, match=r"s/a\.bad: ZeroDivisionError: division by zero"):
        list(load(next(walk([tmp_path / "s"])), LoadOptions(strict=True)))


def test_the_loader_of_the_documentation_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_TABLE", dict(table._TABLE))
    code = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)[0]
    exec(compile(code, "formats.md", "exec"), {})
    (tmp_path / "song.lyrics").write_text("La la")
    (document,) = load(next(walk([tmp_path / "song.lyrics"])))
    assert (document.title, document.type) == ("song", "lyrics")
