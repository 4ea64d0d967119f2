"""A folder of hostile seeds, built from end to end: each is indexed or named in the report, and no other is lost."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib.documents import LoadOptions

from . import folders, hostile, samples

DEPTH = 100_000
TEXT = "The harbour of {} is closed.\n"
SOUND = ("a", "m", "z")  # before, among and after what is hostile


@examples(600)
@given(st.sampled_from(hostile.SUFFIXES), st.binary(max_size=200))
def test_noise_of_any_suffix_is_refused_or_makes_documents_that_keep_their_promises(suffix: str, data: bytes) -> None:
    hostile.check(suffix, data)


@examples(700)
@given(st.sampled_from(hostile.SUFFIXES), st.integers(0, 2**32))
def test_pieces_of_formats_are_refused_or_make_documents_that_keep_their_promises(suffix: str, seed: int) -> None:
    hostile.check(suffix, hostile.draw(random.Random(seed)))


@examples(400)
@given(st.integers(0, 2**32))
def test_damaged_files_of_parts_are_refused_or_make_documents_that_keep_their_promises(seed: int) -> None:
    hostile.check(*samples.damaged(random.Random(seed)))


@examples(150)
@given(
    st.sampled_from(hostile.SUFFIXES), st.text(max_size=60), st.sampled_from(["", "utf-8", "utf-16", "latin-1", "idna"])
)
def test_text_in_any_encoding_keeps_the_promises_too(suffix: str, text: str, encoding: str) -> None:
    data = (
        text.encode(encoding if encoding != "idna" else "utf-8", "replace")
        if encoding
        else text.encode("utf-8", "replace")
    )
    hostile.check(suffix, data, LoadOptions(encoding=encoding))


def fill(seeds: Path) -> None:
    """Put all sorts of hostile seeds into a folder, among three sound ones."""
    seeds.mkdir()
    for name in SOUND:
        (seeds / f"{name}.txt").write_text(TEXT.format(name))
    (seeds / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (seeds / "latin.txt").write_bytes("Caf\xe9 harbour, d\xe9j\xe0 vu, na\xefve.\n".encode("latin-1"))
    (seeds / "utf16.txt").write_bytes("Harbour in two bytes.\n".encode("utf-16"))
    (seeds / "broken.csv").write_bytes(b'id,text\n1,"never closed\n2,harbour\n\xff\xfe,\x80\n')
    (seeds / "bad.jsonl").write_bytes(b'{"text": "one harbour"}\n{"text": \n[1]\n{"text": "\\ud800 harbour"}\n')
    (seeds / "deep.html").write_bytes(b"<div>" * DEPTH + b"deep harbour")
    (seeds / "deep.md").write_bytes(b"> " * DEPTH + b"deep harbour")
    (seeds / "deep.json").write_bytes(b"[" * DEPTH)
    hostile.bomb(seeds / "bomb.txt.gz", 80 << 20)
    (seeds / "cut.txt.gz").write_bytes((seeds / "bomb.txt.gz").read_bytes()[:500])
    (seeds / "unreadable.txt").mkdir()
    (seeds / "unreadable.txt" / "inside.txt").write_text(TEXT.format("inside"))
    os.mkfifo(seeds / "fifo.txt")
    (seeds / "loop.txt").symlink_to("loop.txt")
    (seeds / "dangling.txt").symlink_to("nowhere")
    (seeds / "out.txt").symlink_to("/etc/passwd")
    (seeds / "zero.txt").symlink_to("/dev/zero")
    (seeds / "around").symlink_to(seeds)
    Path(os.fsdecode(os.fsencode(seeds) + b"/n\xff\xfem.txt")).write_text(TEXT.format("name"))
    here = Path.cwd()
    os.chdir(seeds)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("socket.txt")
    finally:
        os.chdir(here)


INDEXED = {
    *(f"seeds/{name}.txt" for name in SOUND),
    *("seeds/latin.txt", "seeds/utf16.txt", "seeds/deep.html", "seeds/deep.md", "seeds/unreadable.txt/inside.txt"),
    *("seeds/bad.jsonl#1", "seeds/bad.jsonl#4", "seeds/broken.csv#1", r"seeds/n\xff\xfem.txt"),
}
REPORTED = {
    *("seeds/binary.txt", "seeds/bad.jsonl:2", "seeds/bad.jsonl:3", "seeds/deep.json", "seeds/bomb.txt.gz"),
    *("seeds/cut.txt.gz", "seeds/fifo.txt", "seeds/loop.txt", "seeds/dangling.txt", "seeds/out.txt", "seeds/zero.txt"),
    *("seeds/around", "seeds/socket.txt"),
}


def test_every_hostile_seed_is_indexed_or_reported_and_no_other_is_lost_within_a_memory_budget(tmp_path: Path) -> None:
    fill(tmp_path / "seeds")
    code = (
        "import json, resource, sys, searchlib\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1500 << 20, 1500 << 20))\n"
        "index = searchlib.build(sys.argv[1], sys.argv[2], processes=1, memory=128 << 20)\n"
        "paths = sorted(document.path for document in index._opened.documents())\n"
        "hits = sorted({hit.document.path for hit in index.search('harbour', limit=100)})\n"
        "json.dump([paths, hits, index.changes.skipped, len(index.verify())], sys.stdout)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "seeds"), str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    paths, hits, skipped, problems = json.loads(done.stdout)
    assert set(paths) == INDEXED
    assert {name for name, _ in skipped} == REPORTED
    assert all(reason for _, reason in skipped)
    assert {f"seeds/{name}.txt" for name in SOUND} <= set(hits)
    assert {"seeds/deep.html", "seeds/deep.md", "seeds/latin.txt", "seeds/utf16.txt"} <= set(hits)
    assert problems == 0


@pytest.mark.parametrize("what", ["folder", "gone", "fifo", "truncated", "grown"])
def test_a_file_that_changes_while_its_folder_is_indexed_costs_no_other(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib.documents import SeedFile

    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for name in SOUND:
        (seeds / f"{name}.txt").write_text(TEXT.format(name))
    path = seeds / "m.txt"
    before = SeedFile.open

    def change(seed: SeedFile) -> object:
        if seed.path == path:
            if what in ("truncated", "grown"):
                path.write_text("" if what == "truncated" else TEXT.format("m") * 10)
            else:
                path.unlink(missing_ok=True)
                if what == "folder":
                    path.mkdir()
                elif what == "fifo":
                    os.mkfifo(path)
        return before(seed)

    monkeypatch.setattr(SeedFile, "open", change)
    index = searchlib.build(seeds, tmp_path / "index", processes=1)
    found = {hit.document.path for hit in index.search("harbour")}
    assert {"seeds/a.txt", "seeds/z.txt"} <= found
    assert index.changes is not None
    assert what in ("truncated", "grown") or [name for name, _ in index.changes.skipped] == ["seeds/m.txt"]
    assert ("seeds/m.txt" in found) == (what == "grown")


@pytest.mark.parametrize("seed", [2, 3, 5, 6])
def test_a_folder_of_hostile_names_links_and_patterns_is_indexed_and_nothing_outside(tmp_path: Path, seed: int) -> None:
    """``nox -s fuzz -- --only folders`` goes on for a time."""
    folders.check(tmp_path, random.Random(seed))
