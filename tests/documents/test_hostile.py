"""Seeds that nobody would write on purpose: each is read or refused with a reason, in bounded memory and time."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchlib.documents import Content, LoadOptions, Report, Seed, SeedFile, load, registry, walk
from searchlib.documents.sandboxing import is_sandboxed
from searchlib.errors import SeedError
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.records import Document
from searchlib.paragraphs import split


def loaded(suffix: str, data: bytes, limits: Limits = LIMITS, **options: object) -> list[Document]:
    seed = Seed("seed" + suffix, data, None, LoadOptions(**options), limits=limits)  # type: ignore[arg-type]
    return list(registry.find(registry.suffix_of(seed.name), seed.name)(seed))


# -- characters


@pytest.mark.parametrize("label", ["idna", "hex", "rot13", "undefined", "no-such", "utf-7", "punycode"])
def test_a_page_that_names_an_encoding_that_is_none_is_read_as_any_text(label: str) -> None:
    page = f"<meta charset={label}><p>The harbour is".encode() + b"\xe9 closed."
    (document,) = loaded(".html", page)
    assert "harbour" in document.text


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".csv", ".json", ".jsonl"])
@pytest.mark.parametrize("encoding", ["idna", "undefined", "no-such", "hex", "a\0b", ""])
def test_an_encoding_that_cannot_be_is_a_seed_error(suffix: str, encoding: str) -> None:
    data = b'{"text": "caf\xe9"}' if suffix.startswith(".json") else b"text\ncaf\xe9\n"
    try:
        documents = loaded(suffix, data, encoding=encoding)
    except SeedError:
        assert encoding
    else:
        assert len(documents) == 1


@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_surrogates_and_nuls_of_json_escapes_never_come_out(suffix: str) -> None:
    row = b'{"id": "\\ud800", "title": "\\udfff", "text": "a\\u0000b \\ud83d c", "\\ud800k": "\\udc00", '
    row += b'"language": "\\ud800"}'
    (document,) = loaded(suffix, row)
    for text in (document.path, document.title, document.text, document.language, *document.metadata):
        text.encode("utf-8")
    assert document.text == "a\ufffdb \ufffd c"


# -- depth

DEPTH = 100_000


@pytest.mark.parametrize("unit", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<svg>", "<a>", "<p><span>"])
def test_html_of_any_depth_keeps_its_words(unit: str) -> None:
    page = unit * (DEPTH // unit.count("<")) + "harbour</p> winter"
    began = time.process_time()
    (document,) = loaded(".html", page.encode())
    assert time.process_time() - began < 20
    assert unit == "<svg>" or "harbour" in document.text


@pytest.mark.parametrize(
    "unit", ["> ", "- ", "1. ", "[", "![", "**a ", "`", "<div>", "[a](", "\\", "~~", "|", "#", "&"]
)
def test_markdown_of_any_depth_keeps_its_words(unit: str) -> None:
    began = time.process_time()
    (document,) = loaded(".md", (unit * DEPTH + "harbour\n\nwinter\n").encode())
    assert time.process_time() - began < 20
    assert "harbour" in document.text and "winter" in document.text


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"text":[', '[{"text":'])
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json_of_any_depth_is_refused_and_the_next_line_is_read(opening: str, suffix: str) -> None:
    report = Report()
    data = opening.encode() * DEPTH + b'\n{"text": "harbour"}\n'
    content = Content("", data)
    documents = list(load(SeedFile(None, "seed" + suffix), None, report, content))
    assert report.skipped_count == 1
    assert [document.text for document in documents] == (["harbour"] if suffix == ".jsonl" else [])


@pytest.mark.parametrize("matter", ["a: " + "[" * 30_000, "a:\n" + "".join(" " * n + "- a:\n" for n in range(250))])
def test_front_matter_of_any_depth_is_text(matter: str) -> None:
    (document,) = loaded(".md", f"---\n{matter}\n---\nharbour\n".encode())
    assert "harbour" in document.text


# -- size


def packed(size: int) -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    blocks = [pack.compress(b"harbour " * (1 << 17)) for _ in range(size >> 20)]
    return b"".join([*blocks, pack.flush()])


@pytest.mark.parametrize("suffix", [".txt.gz", ".csv.gz", ".md.gz", ".html.gz", ".json.gz", ".jsonl.gz"])
def test_a_bomb_is_refused_by_its_ratio_before_it_is_large(suffix: str) -> None:
    began = time.process_time()
    with pytest.raises(SeedError, match="unpacked_ratio"):
        loaded(suffix, packed(80 << 20))
    assert time.process_time() - began < 10


def test_what_a_bomb_is_can_be_set() -> None:
    data = packed(1 << 20)
    with pytest.raises(SeedError, match="file_bytes"):
        loaded(".txt.gz", data, Limits(file_bytes=1 << 19))
    (document,) = loaded(".txt.gz", data, Limits(file_bytes=1 << 20))
    assert len(document.text) == 1 << 20


@pytest.mark.parametrize("cut", [3, 10, 200, -9, -1])
def test_damaged_gzip_data_is_refused(cut: int) -> None:
    with pytest.raises(SeedError, match="gzip"):
        loaded(".txt.gz", gzip.compress(os.urandom(4000).hex().encode())[:cut])


def test_rows_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w") as file:
        file.write("id,text\n")
        for number in range(50_000):
            file.write(f"{number},{'the harbour is closed in winter ' * 32}\n")
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from searchlib.documents import SeedFile, load\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in load(SeedFile(Path(sys.argv[1]), 'rows.csv')))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, timeout=120)
    count, grown = map(int, done.stdout.split())  # KiB
    assert count == 50_000
    assert grown < 40 << 10 < path.stat().st_size >> 10


# -- files that change while they are read


def documents_while(path: Path, change: object, report: Report) -> Iterator[Document]:
    """Load in two steps, as indexing does, and change the file after the first document."""
    seed_file = SeedFile(path, path.name, path.stat().st_size)
    content = Content(seed_file.read().digest, None)  # as if it were too large to be kept
    for number, document in enumerate(load(seed_file, None, report, content)):
        yield document
        if number == 0:
            change()  # type: ignore[operator]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_file_that_is_cut_while_it_is_read_is_reported(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / ("rows" + suffix)
    row = '{"text": "%s"}\n' if suffix == ".jsonl" else "%s\n"
    path.write_text("text\n" * (suffix == ".csv") + "".join(row % f"harbour {n} " + "\n" for n in range(100_000)))
    report = Report()
    found = list(documents_while(path, lambda: os.truncate(path, path.stat().st_size * 2 // 3), report))
    assert 0 < len(found) < 100_000
    assert [s.reason for s in report.skipped if "changed while" in s.reason or "JSON" in s.reason]


@pytest.mark.parametrize("what", ["folder", "gone", "fifo", "loop"])
def test_what_takes_a_files_place_between_walk_and_read_is_reported(tmp_path: Path, what: str) -> None:
    (tmp_path / "a.txt").write_text("harbour")
    (tmp_path / "b.txt").write_text("winter")
    report = Report()
    documents = []
    for seed_file in walk([tmp_path], report=report):
        if seed_file.name.endswith("a.txt"):
            path = tmp_path / "a.txt"
            path.unlink()
            if what == "folder":
                path.mkdir()
            elif what == "fifo":
                os.mkfifo(path)
            elif what == "loop":
                path.symlink_to("a.txt")
        documents += load(seed_file, None, report)
    assert [document.text for document in documents if document.text] == ["winter"]
    assert [skipped.name for skipped in report.skipped] == [f"{tmp_path.name}/a.txt"]


@pytest.mark.parametrize("suffix", [s for s in registry.suffixes() if s])
def test_an_empty_seed_is_nothing_or_a_document_without_paragraphs(suffix: str) -> None:
    for data in (b"", b"\n", b"\xef\xbb\xbf", b" \r\n \t"):
        try:
            documents = loaded(suffix, data)
        except SeedError:
            loader = registry.find(suffix, "")
            assert (
                suffix == ".json" or is_sandboxed(loader) or loader.__module__.endswith((".archives", ".mail", ".msg"))
            )
        else:
            assert not [paragraph for document in documents for paragraph in split(document)]
