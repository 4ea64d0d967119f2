"""What loading needs of its surroundings: other packages, standard input, the file system, memory."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace

import pytest

from searchlib import Document
from searchlib.documents import LoadOptions, Report, Seed, SeedFile, load, walk
from searchlib.documents import registry as table
from searchlib.errors import MissingExtra, SeedError, SettingsError
from searchlib.paragraphs import places


class Without(MetaPathFinder):
    """Makes packages impossible to import."""

    def __init__(self, *packages: str) -> None:
        self.packages = packages

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] in self.packages:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def put(path: Path, text: str = "text") -> SeedFile:
    path.write_text(text, "utf-8")
    return SeedFile(path, path.name, len(text))


# -- packages


def test_a_format_whose_package_is_missing_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_sheets(seed: Seed) -> list[Document]:
        raise MissingExtra("openpyxl", "office", seed.name)

    monkeypatch.setattr(table, "_TABLE", {**table._TABLE, ".xls": load_sheets})
    seed_file, report = put(tmp_path / "a.xls"), Report()
    assert list(load(seed_file, report=report)) == []
    assert [skipped.name for skipped in report.skipped] == ["a.xls"]
    assert 'needs openpyxl: pip install "searchlib[office]"' in report.skipped[0].reason
    with pytest.raises(SeedError, match="searchlib"):
        list(load(seed_file, LoadOptions(strict=True)))


class EntryPoint:
    """As importlib.metadata gives them."""

    value = "package:load"

    def __init__(self, name: str) -> None:
        self.name = name
        self.loaded = 0

    def load(self) -> object:
        self.loaded += 1
        from searchlib.documents.text import load_text

        return load_text


@pytest.mark.parametrize("name", ["verse", ".verse"])
def test_a_package_adds_a_loader_by_an_entry_point(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name)
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [point] if group == "searchlib.loaders" else []
    )
    monkeypatch.setattr(table, "_TABLE", dict(table._TABLE))
    for file in ("a.verse", "b.VERSE", "c.prose"):
        put(tmp_path / file)
    report = Report()
    found = [document.text for file in walk([tmp_path], report=report) for document in load(file, report=report)]
    assert (found, point.loaded) == (["text", "text"], 1)
    assert [(skipped.name, skipped.reason) for skipped in report.skipped] == [
        (f"{tmp_path.name}/c.prose", "no loader for .prose files; register one, or exclude them")
    ]


def test_a_suffix_is_registered_only_if_it_is_one() -> None:
    for suffix in ("txt", ".", "", ".gz", "./a"):
        with pytest.raises(SettingsError, match="is not a suffix"):
            table.register(suffix, lambda seed: [])


# -- standard input


def test_standard_input_is_read_once_and_as_the_options_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for suffix, text in (("", '{"text": "A"}'), (".jsonl", "A")):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"text": "A"}')))
        (seed_file,) = walk(["-"])
        assert seed_file.name == "stdin"
        report = Report()
        content = seed_file.read()
        (document,) = load(seed_file, LoadOptions(suffix=suffix), report, content)
        assert document.text == text
        assert report.digests == {"stdin": content.digest}


# -- what is no file


def test_sockets_and_devices_are_skipped_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket must be short
    report = Report()
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("s.txt")
        os.mkfifo("f.txt")
        assert list(walk(["s.txt", "f.txt", "/dev/null"], report=report)) == []
        with pytest.raises(SeedError, match="a socket, not a file"):
            list(walk(["s.txt"], strict=True))
    assert [(skipped.name, skipped.reason) for skipped in report.skipped] == [
        ("s.txt", "a socket, not a file"),
        ("f.txt", "a FIFO, not a file"),
        ("null", "a device, not a file"),
    ]


def test_a_fifo_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "f.txt")
    with pytest.raises(SeedError, match="a FIFO, not a file"):
        SeedFile(tmp_path / "f.txt", "f.txt").read()


# -- notes


def test_what_was_read_all_the_same_is_noted_and_never_raises(tmp_path: Path) -> None:
    seed_file = put(tmp_path / "c.csv", "id,text\nx,one\nx,two\ny,three,more\n")
    for strict in (False, True):
        report = Report()
        assert len(list(load(seed_file, LoadOptions(strict=strict), report))) == 3
        assert [note.name for note in report.notes] == ["c.csv:3", "c.csv:4"]
        assert (report.skipped, report.skipped_count) == ([], 0)


# -- memory


def test_a_line_of_100_megabytes_takes_a_few_times_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"some words and " * 66_667 + b". ")
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))\n"
        "from pathlib import Path\n"
        "from searchlib.documents import SeedFile, load\n"
        "from searchlib.paragraphs import places\n"
        "(document,) = load(SeedFile(Path(sys.argv[1]), 'a.txt'))\n"
        "print(len(document.text), len(places(document)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    size, count = map(int, done.stdout.split())
    assert size > 100_000_000 and count >= size // 2000


def test_a_document_without_words_has_no_places(tmp_path: Path) -> None:
    (document,) = load(put(tmp_path / "a.txt", "\n * * *\n"))
    assert len(places(document)) == 0
