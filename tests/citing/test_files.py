"""Files are mended in place: what moved is rewritten, and no other byte."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.citing import Citation, cite
from searchlib.citing.library import Library
from searchlib.citing.mending import check_file, check_text, decode, mend_file, mended, read
from searchlib.citing.sources import SourceLibrary
from searchlib.errors import SeedError
from searchlib.model.records import Document

from .texts import TEXTS

BEFORE = "Zero.\n\nThe first — “of two”.\n\nThe second paragraph of the document, which is longer.\n"
AFTER = "New.\n\nNewer.\n\n" + BEFORE


def library(text: str, path: str = "folder/a é.txt") -> SourceLibrary:
    return SourceLibrary([Document(path, text)])


def cited(number: int = 2, part: tuple[int, int] | None = None) -> Citation:
    records = library(BEFORE).document("folder/a é.txt")
    return cite(records[number - 1], records, part=part)


def updated(data: bytes, path: Path, new: Library) -> bytes:
    path.write_bytes(data)
    file = read(path)
    mend_file(path, file, check_text(file.text, new, path.name))
    return path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encoding_marks_and_line_breaks_stay(tmp_path: Path, encoding: str, end: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    text = f"Où ça — “déjà vu” à l’été où.\n\n{cited().text()}\n\nFin  \n".replace(
        "\n", end if end != "\r\n\n" else "\r\n"
    )
    data = mark + text.replace("\u203a", ">").encode(encoding)
    after = updated(data, tmp_path / "a.txt", library(AFTER))
    assert after == mark + text.replace("¶ 2", "¶ 4").replace("line 3", "line 7").encode(encoding)


def test_bytes_that_are_no_text_stay(tmp_path: Path) -> None:
    data = (
        b"\xff\xfe\xfa broken \xf0\x28\n".replace(b"\xff\xfe", b"\xc3\x28") + cited().text().encode() + b"\n\xe2\x82\n"
    )
    after = updated(data, tmp_path / "a.txt", library(AFTER))
    assert after == data.replace("¶ 2".encode(), "¶ 4".encode()).replace(b"line 3", b"line 7")


@given(TEXTS, TEXTS, st.sampled_from(["text", "markdown"]))
def test_nothing_but_the_citation_changes(before: str, after: str, form: str) -> None:
    written = cited().text() if form == "text" else cited().markdown()
    text = f"{before}\n\n{written}\n\n{after}"
    new, count = mended(text, check_text(text, library(AFTER)))
    assert count == 1
    expected = written.replace("¶ 2", "¶ 4").replace("line 3", "line 7")
    assert new == f"{before}\n\n{expected}\n\n{after}"


@pytest.mark.parametrize("is_ascii", [True, False])
@pytest.mark.parametrize("indent", [None, 1, "\t"])
def test_json_keeps_its_layout_and_escapes(is_ascii: bool, indent: int | str | None) -> None:
    """And is what it would be if it had been written anew."""
    value: dict[str, Any] = {
        "é": [cited().annotation(), {"other": 1.50, "n": "\U0001f600"}],
        "x": cited(part=(4, 9)).as_dict(),
    }
    text = json.dumps(value, ensure_ascii=is_ascii, indent=indent)
    moved = SourceLibrary([Document("other/b ü.txt", AFTER)])
    new, count = mended(text, check_text(text, moved, "a.json"))
    assert count == 2
    records = moved.document("other/b ü.txt")
    now = cite(records[3], records[1:])
    annotation = {
        **cited().annotation(),
        **{name: now.annotation()[name] for name in ("id", "source", "selector", "citation")},
    }
    part = cite(records[3], records[1:], part=(4, 9)).as_dict()
    expected = {"é": [annotation, value["é"][1]], "x": part}
    # A title is nobody's to mend.
    annotation["citation"]["title"] = part["title"] = ""
    assert new == json.dumps(expected, ensure_ascii=is_ascii, indent=indent)


def test_spans_move_along() -> None:
    records = library(BEFORE).document("folder/a é.txt")
    citation = cite(records[1], records, spans=[(4, 9), (12, 14)])
    text = json.dumps(citation.annotation())
    new, _ = mended(text, check_text(text, library(AFTER), "a.json"))
    shift = AFTER.index("The first") - BEFORE.index("The first")
    spans = citation.annotation()["citation"]["spans"]
    assert json.loads(new)["citation"]["spans"] == [[start + shift, end + shift] for start, end in spans]


def test_labels_of_a_note_are_renamed_with_it() -> None:
    """The id of a paragraph is another one in a document of another name."""
    text = f"So.[^{cited().id}] And so.[^{cited().id}]\n\n{cited().markdown()}\n"
    new, _ = mended(text, check_text(text, SourceLibrary([Document("b_c.txt", BEFORE)])))
    assert new.count(cited().id) == 0 and new.count("[^") == 3
    assert "(b\\_c.txt, line 3)" in new


def test_as_much_of_an_id_stays_as_was_written() -> None:
    text = cited().text().replace(cited().id, cited().id[:7])
    new, _ = mended(text, check_text(text, library(AFTER)))
    assert f"searchlib:{cited().id[:7]}" in new and cited().id not in new


def test_what_was_edited_is_left() -> None:
    text = cited(3).text()
    edited = library(AFTER.replace("which is longer", "which is not so long"))
    (checked,) = check_text(text, edited)
    assert checked.status == "edited"
    assert mended(text, [checked]) == (text, 0)


def test_annotations_of_other_programs_are_left() -> None:
    selectors = [
        {"type": "TextQuoteSelector", "exact": cited().quote},
        {"type": "TextPositionSelector", "start": 1, "end": 2},
    ]
    text = json.dumps({"selector": selectors, "source": "folder/a%20%C3%A9.txt"})
    (checked,) = check_text(text, library(AFTER), "a.json")
    assert checked.status == "moved"
    assert mended(text, [checked]) == (text, 0)


def test_a_file_is_replaced_whole_with_its_mode_and_through_links(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(cited().text(), encoding="utf-8")
    file.chmod(0o640)
    before = file.stat().st_ino
    link = tmp_path / "link.txt"
    link.symlink_to(file)
    checks = check_file(link, library(AFTER))
    assert mend_file(link, read(link), checks) == 1
    assert link.is_symlink() and file.stat().st_mode & 0o777 == 0o640
    assert file.stat().st_ino != before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.txt", "notes.txt"]


def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    """Though its folder may: to take its place would do."""
    file = tmp_path / "notes.txt"
    file.write_text(cited().text(), encoding="utf-8")
    file.chmod(0o444)
    with pytest.raises(SeedError, match=r"notes\.txt is read-only and was not mended: make it writable"):
        mend_file(file, read(file), check_file(file, library(AFTER)))
    assert file.read_text(encoding="utf-8") == cited().text()


def test_a_file_that_was_changed_meanwhile_is_left(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(cited().text(), encoding="utf-8")
    before, checks = read(file), check_file(file, library(AFTER))
    file.write_text("Mine.\n" + cited().text(), encoding="utf-8")
    with pytest.raises(SeedError, match=r"notes\.txt was changed meanwhile and not mended: run"):
        mend_file(file, before, checks)
    assert file.read_text(encoding="utf-8") == "Mine.\n" + cited().text()
    assert list(tmp_path.iterdir()) == [file]


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    file = tmp_path / ("\U0001f600" * 62 + ".txt")
    assert updated(cited().text().encode(), file, library(AFTER)) != cited().text().encode()


def test_a_source_that_somebody_wrote_is_left() -> None:
    moved = SourceLibrary([Document("b.txt", BEFORE, metadata={"url": "https://example.org/new page"})])
    old = cite(library(BEFORE).document("folder/a é.txt")[1])
    at = replace(old, url="https://example.org/old#x")
    for citation, source, expected in (
        (old, "folder/a%20%C3%A9.txt", "b.txt"),
        (at, "https://example.org/old#x", "https://example.org/new%20page"),
        (old, "https://example.org/mine", "https://example.org/mine"),
        (at, "https://example.org/mine", "https://example.org/mine"),
        (at, "urn:isbn:0451450523", "urn:isbn:0451450523"),
    ):
        text = json.dumps({**citation.annotation(), "source": source})
        new, count = mended(text, check_text(text, moved, "a.json"))
        assert (count, json.loads(new)["source"]) == (1, expected)


def test_a_file_without_anything_to_mend_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(cited().text(), encoding="utf-8")
    os.utime(file, (1, 1))
    assert mend_file(file, read(file), check_file(file, library(BEFORE))) == 0
    assert file.stat().st_mtime == 1


def test_a_path_that_the_encoding_has_no_letters_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    data = ("Où ça, déjà à l’été où — " * 20 + "\r\n" + cited().text()).replace("\n", "\r\n").encode("cp1252")
    file.write_bytes(data)
    moved = SourceLibrary([Document("東京.txt", BEFORE)])
    with pytest.raises(SeedError, match="cannot be written in its encoding"):
        mend_file(file, read(file), check_file(file, moved))
    assert file.read_bytes() == data


@given(st.binary(max_size=60))
def test_every_file_gives_its_bytes_again(data: bytes) -> None:
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        with pytest.raises(SeedError, match="binary file"):
            decode(data)
        return
    file = decode(data)
    assert file.mark + file.encode(file.text) == data
