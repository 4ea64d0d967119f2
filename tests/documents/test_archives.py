"""Archives are folders; what is hostile in one is named and costs itself alone."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import zstandard
from packing import packed
from reading import documents

import searchlib
from searchlib import SeedError
from searchlib.documents import Seed
from searchlib.documents.holders.archives import load_tar, load_zip
from searchlib.documents.registry import find, suffix_of
from searchlib.guards.limits import LIMITS

FILES = {"docs/a.txt": "Tide text.", "b.md": "# Head\n\nText."}


def tar(files: dict[str, str | bytes], **special: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            content = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, kind in special.items():
            info = tarfile.TarInfo(name + ".txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return out.getvalue()


PACKERS: dict[str, Any] = {
    "a.zip": packed,
    "a.tar": tar,
    "a.tar.gz": lambda files: gzip.compress(tar(files)),
    "a.tgz": lambda files: gzip.compress(tar(files)),
    "a.tar.bz2": lambda files: bz2.compress(tar(files)),
    "a.tbz2": lambda files: bz2.compress(tar(files)),
    "a.tar.xz": lambda files: lzma.compress(tar(files)[:512]) + lzma.compress(tar(files)[512:]),
    "a.tar.zst": lambda files: zstandard.compress(tar(files)),
}


@pytest.mark.parametrize("name", PACKERS)
def test_files_of_an_archive_are_documents(name: str) -> None:
    told: list[str] = []
    found = documents(name, PACKERS[name](FILES), told)
    assert [(one.path, one.title, one.text) for one in found] == [
        (f"{name}#docs/a.txt", "a", "Tide text."),
        (f"{name}#b.md", "Head", "Head\n\nText."),
    ]
    assert told == []


@pytest.mark.parametrize("name", PACKERS)
def test_half_an_archive_is_told(name: str) -> None:
    data = PACKERS[name]({"a.txt": "Tide.\n" * 2000, "b.txt": "x" * 5000})
    told: list[str] = []
    try:
        documents(name, data[: len(data) * 2 // 3], told)
    except SeedError as error:
        told.append(str(error))
    assert any("damaged" in one for one in told)


@pytest.mark.parametrize("make", [packed, tar])
def test_names_that_lead_out_are_left_out_and_told(make: Any) -> None:
    files = {"../a.txt": "x", "/b.txt": "x", "c/../../d.txt": "x", "..\\e.txt": "x", "./f.txt": "Fine.", ".g.txt": "x"}
    told: list[str] = []
    name = "a.zip" if make is packed else "a.tar"
    found = documents(name, make({**files, "node_modules/h.txt": "x", "i.png": "x", "j.docx": "no"}), told)
    assert [one.path for one in found] == [f"{name}#f.txt"]
    assert sum("leads out of the archive" in one for one in told) == 4
    assert any(one.startswith("j.docx: no DOCX, or a damaged one") for one in told)
    assert told[-1] == "no loader for files in it: .png (1)"


def test_links_and_devices_are_left_out_and_told() -> None:
    told: list[str] = []
    data = tar(
        {"a.txt": "Fine."}, link=tarfile.SYMTYPE, hard=tarfile.LNKTYPE, fifo=tarfile.FIFOTYPE, dev=tarfile.CHRTYPE
    )
    assert [one.path for one in documents("a.tar", data, told)] == ["a.tar#a.txt"]
    assert len(told) == 4
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert documents("a.zip", out.getvalue(), told) == []
    assert told[-1] == "link.txt: a link or a device, not a file"


def test_a_bomb_is_refused() -> None:
    for name, data in (
        ("a.zip", packed({"a.txt": "a" * 900_000})),
        ("a.tar.xz", lzma.compress(tar({"a.txt": "a" * 900_000}))),
    ):
        with pytest.raises(SeedError, match="unpacks to more than 200 times its size; raise it by unpacked_ratio"):
            list(find(suffix_of(name), name)(Seed(name, data, limits=LIMITS.with_(unpacked_small=1 << 16))))


def test_archives_in_archives_share_what_they_may_unpack() -> None:
    files: dict[str, str | bytes] = {f"{number}.txt": "x" * 1000 for number in range(5)}
    inner = packed(files)
    outer = packed({f"{number}.zip": inner for number in range(5)}, zipfile.ZIP_STORED)
    for limits, told in (
        (LIMITS.with_(members=12), "more than 12 files"),
        (LIMITS.with_(file_bytes=9000), "more than 9,000 bytes"),
    ):
        with pytest.raises(SeedError, match=told):
            list(load_zip(Seed("a.zip", outer, limits=limits)))
    nested = inner
    for _ in range(6):
        nested = packed({"in.zip": nested})
    notes: list[str] = []
    assert documents("a.zip", nested, notes) == []
    assert "more than 4 deep: unpack it" in notes[0]


def test_a_file_with_holes_and_one_that_is_larger_than_allowed_are_told() -> None:
    told: list[str] = []
    seed = Seed("a.tar", tar({"a.txt": "x" * 4000, "b.txt": "Fine."}), skips=lambda line, reason: told.append(reason),
                limits=LIMITS.with_(file_bytes=3000))  # fmt: skip
    assert [one.path for one in load_tar(seed)] == ["a.tar#b.txt"]
    assert told[0].startswith("a.txt: has 4,000 bytes, more than 3,000")


def test_files_of_one_name_have_names_of_their_own() -> None:
    data = tar({"a.txt": "One."})[:1024] + tar({"a.txt": "Two."})
    assert [(one.path, one.text) for one in documents("a.tar", data)] == [
        ("a.tar#a.txt", "One."),
        ("a.tar#a~2.txt", "Two."),
    ]


def test_an_update_sees_what_changed_in_an_archive(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.zip").write_bytes(packed(FILES))
    with searchlib.build(seeds, tmp_path / "index") as index:
        (hit,) = index.search("tide")
        assert hit.document.path == "seeds/a.zip#docs/a.txt"
    (seeds / "a.zip").write_bytes(packed({**FILES, "docs/a.txt": "Ebb text."}))
    with searchlib.build(seeds, tmp_path / "index") as index:
        assert index.search("tide").total == 0
        assert index.search("ebb").total == 1
        assert index.stats().documents == 2


def test_files_in_archives_and_messages_are_excluded_as_those_of_folders_are(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"] = "Tide"
    made.set_content("A letter of the tide.")
    made.add_attachment(b"The tide, attached.", maintype="text", subtype="plain", filename="notes.txt")
    inner = packed({"drafts/deep.txt": "A deep tide."})
    files = {"a.txt": "A tide.", "drafts/b.txt": "A draft of the tide.", "x/drafts/c.txt": "One more.", "in.zip": inner}
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.zip").write_bytes(packed({**files, "mail.eml": made.as_bytes()}))

    def names(*exclude: str) -> list[str]:
        searchlib.build(tmp_path / "s", tmp_path / "index", exclude=exclude).close()
        with searchlib.open(tmp_path / "index") as index:
            return sorted(document.path.removeprefix("s/a.zip#") for document in index.documents())

    whole = ["a.txt", "drafts/b.txt", "in.zip#drafts/deep.txt", "mail.eml", "mail.eml#notes.txt", "x/drafts/c.txt"]
    assert names() == whole
    assert names("drafts/") == ["a.txt", "mail.eml", "mail.eml#notes.txt"]
    assert names("a.zip/drafts/") == [name for name in whole if name != "drafts/b.txt"]
    assert names("s/a.zip#drafts/b.txt", "notes.txt") == [
        name for name in whole if name not in ("drafts/b.txt", "mail.eml#notes.txt")
    ]
    assert names("drafts/", "!x/drafts/") == ["a.txt", "mail.eml", "mail.eml#notes.txt"]
    assert names() == whole
