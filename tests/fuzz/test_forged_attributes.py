"""What facets, sorting and cursors go by is checked where it is read, in files that have all checksums right."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import searchlib
from searchlib import Document, SettingsError
from searchlib.engine import cursors
from searchlib.engines.whoosh.attributes import Attributes
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.format import bulk
from searchlib.engines.whoosh.format.files import SegmentFiles
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.resuming import CursorPlace, encode
from searchlib.errors import IndexCorrupt

from .damages import forge_file, restamp
from .indexes import build_segments


def segment(folder: Path, field: str, values: list[list[bytes]]) -> SegmentColumns:
    """A segment whose records, a document each, have these values of a field."""
    keys = sorted({key for own in values for key in own})
    lists = [[record for record, own in enumerate(values) if key in own] for key in keys]
    docs = np.array([record for records in lists for record in records], np.uint32)
    with SegmentFiles(folder, "MAIN_1", sync=False) as files:
        terms = files.field(field, False)
        terms.add(
            keys,
            np.array(list(map(len, lists)), np.int64),
            docs,
            np.ones_like(docs),
            None,
            np.array(list(map(len, values))),
        )
        terms.finish()
        files.documents(np.ones(len(values), np.int64))
        files.column("number", np.ones(len(values), np.uint8))
        files.close(len(values))
    return SegmentColumns(folder, "MAIN_1")


def test_values_are_the_same_however_few_postings_are_decoded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [[b"\x03v%02d" % (number % size) for size in (2, 7, 30)] for number in range(90)]
    segment(tmp_path, "by", values)
    decoded: list[int] = []
    several = SegmentColumns.postings

    def counted(self: SegmentColumns, field: str, entries: list[bulk.TermEntry]) -> bulk.Several:
        decoded.append(sum(entry.cf for entry in entries))
        return several(self, field, entries)

    monkeypatch.setattr(SegmentColumns, "postings", counted)
    for most in (1 << 20, 100, 60):
        known = SegmentColumns(tmp_path, "MAIN_1", at_once=most)
        decoded.clear()
        attribute = Attributes([DocumentTable(known)]).attribute("by")
        pairs = zip(attribute.owners[0].tolist(), attribute.ordinals[0].tolist(), strict=True)
        assert sorted({(owner, attribute.keys[ordinal]) for owner, ordinal in pairs}) == sorted(
            {(owner, key) for owner, keys in enumerate(values) for key in keys}
        )
        assert max(decoded, default=0) <= most


def test_more_values_than_the_file_has_room_for_are_found(tmp_path: Path) -> None:
    everything = [b"\x03v%03d" % number for number in range(900)]  # in all documents: no bit for any
    known = segment(tmp_path, "by", [everything] * 60)
    with pytest.raises(IndexCorrupt, match="more values of 'by' than they can"):
        Attributes([DocumentTable(known)]).attribute("by")


@pytest.mark.parametrize("kinds", [3, 16, 17, 40])
def test_kinds_are_counted_alike_few_or_many(tmp_path: Path, kinds: int) -> None:
    known = segment(tmp_path, "kind", [[b"k%02d" % (number**2 % kinds)] for number in range(200)])
    attributes = Attributes([DocumentTable(known)])
    marks = np.arange(200) % 3 == 0
    attribute = attributes.attribute("kind")
    counts = attributes.counts(attribute, 0, marks)[0].tolist()
    wanted = [number**2 % kinds for number in range(0, 200, 3)]
    assert counts == [wanted.count(int(key[1:])) for key in attribute.keys]


def test_a_record_of_two_kinds_is_found(tmp_path: Path) -> None:
    with pytest.raises(IndexCorrupt, match="two kinds"):
        Attributes([DocumentTable(segment(tmp_path, "kind", [[b"a", b"b"], [b"a"]]))]).attribute("kind")


# -- whole indexes


@pytest.mark.parametrize("name", ["type", "kind", "by"])
@pytest.mark.parametrize("ask", ["facets", "sort", "cursor"])
def test_a_value_that_is_no_text_is_found(tmp_path: Path, name: str, ask: str) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "rows.jsonl").write_text('{"text": "A ship.", "by": "Ann"}\n{"text": "A port."}\n', "utf-8")
    searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1)
    (path,) = (tmp_path / "index").glob("*.trm")
    value = {"type": b"jsonl", "kind": b"text", "by": b"ann"}[name]
    section = "terms:_thin" if name == "by" else f"terms:{name}"
    forge_file(path, put(section, lambda data: data.replace(value, b"\x8c" + value[1:])), lambda meta: meta)
    restamp(tmp_path / "index")
    index = searchlib.open(tmp_path / "index")
    with pytest.raises(IndexCorrupt, match="is no text"):
        if ask == "facets":
            index.search("*", facets=[name]).facets[name]
        else:
            assert index.search("*", 1, sort=name).cursor if ask == "cursor" else index.search("*", 1, sort=name)[0]


def put(section: str, change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes | None]:
    return lambda name, data: change(data) if name == section else data


def test_records_before_the_first_document_are_found(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("A\n\nA ship.\n\nA port.\n", "utf-8")
    searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1)
    (path,) = (tmp_path / "index").glob("*.sto")
    forge_file(path, put("firsts", lambda data: b"\x01" + data[1:]), lambda meta: meta)
    restamp(tmp_path / "index")
    with pytest.raises(IndexCorrupt, match="do not cover its records"):
        searchlib.open(tmp_path / "index").search("*", facets=["title"]).facets["title"]


def test_a_document_that_is_deleted_in_part_is_found(tmp_path: Path) -> None:
    build_segments(tmp_path, tmp_path / "index")
    (path,) = (tmp_path / "index").glob("*.del")

    def change(data: bytes) -> bytes:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        ends = np.flatnonzero(bits[:-1] > bits[1:])
        bits[ends[0]], bits[ends[0] + 1] = 0, 1  # the last record of one lives, the first of another does not
        return np.packbits(bits, bitorder="little").tobytes()

    forge_file(path, put("deleted", change), lambda meta: meta)
    restamp(tmp_path / "index")
    with pytest.raises(IndexCorrupt, match="deleted in part"):
        searchlib.open(tmp_path / "index").search("*", facets={"title": None}).facets["title"]


@pytest.mark.parametrize("key", ["abc", "", None, "nan", "inf", "9" * 400])
def test_a_cursor_with_numbers_that_are_none_is_no_cursor(tmp_path: Path, key: str | None) -> None:
    (tmp_path / "seeds").mkdir()
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1)
    with index.writer() as w:
        w.add(Document("a", "A ship.\n\nA ship.\n\nA ship."))
    sound = index.search("ship", 1, sort="number").cursor
    assert sound is not None
    question = base64.urlsafe_b64decode(sound + "=" * (-len(sound) % 4))[1:5]
    data = base64.urlsafe_b64decode(
        (cursor := cursors.seal(encode(CursorPlace(1, 0.0, (key,), "a", 1, ())), "")) + "==="[: -len(cursor) % 4]
    )
    data = data[:1] + question + data[5:-4]
    forged = base64.urlsafe_b64encode(data + zlib.crc32(data).to_bytes(4, "little")).decode().rstrip("=")
    with pytest.raises(SettingsError, match="this is no cursor"):
        index.search("ship", 1, sort="number", after=forged)
