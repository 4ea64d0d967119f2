"""Metadata of any kind that Python knows, from a writer and from a loader; documents of a title alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import searchlib
from searchlib import Document, SettingsError
from searchlib.documents import Report, Seed, SeedFile, load, register
from searchlib.model.metadata import held, is_plain

KEPT: list[tuple[Any, Any]] = [
    (date(2020, 1, 2), "2020-01-02"),
    (datetime(2020, 1, 2, 3, 4, tzinfo=UTC), "2020-01-02T03:04:00+00:00"),
    (time(3, 4), "03:04:00"),
    (["x", date(2020, 1, 2), None], ("x", "2020-01-02")),
    ({"b", "a"}, ("a", "b")),
    (Decimal("1.5"), 1.5),
    (Decimal("12.00"), 12),
    (Decimal("0.1000000000000000000001"), "0.1000000000000000000001"),
    (np.int64(7), 7),
    (np.float64(1.5), 1.5),
    (2**100, 2**100),
    (True, True),
]
NOTHING: list[Any] = [None, "", [], float("nan"), Decimal("NaN"), [None]]
REFUSED: list[Any] = [b"x", object(), 1 + 2j, 2**2000, ["a", b"x"]]


@pytest.mark.parametrize(("given", "kept"), KEPT)
def test_what_the_language_knows_is_held(given: Any, kept: Any) -> None:
    found, refused = held({"key": given})
    assert (found, refused) == ({"key": kept}, [])
    assert type(found["key"]) is type(kept)
    assert is_plain(found)


def test_mappings_have_keys_of_their_own() -> None:
    assert held({"author": {"name": "Ann", "born": {"year": 1912}}})[0] == {
        "author.name": "Ann",
        "author.born.year": 1912,
    }


@pytest.mark.parametrize("given", NOTHING)
def test_nothing_is_left_out(given: Any) -> None:
    assert held({"key": given, "other": 1}) == ({"other": 1}, [])


@pytest.mark.parametrize("given", REFUSED)
def test_the_rest_is_refused_by_name(given: Any) -> None:
    assert held({"key": given})[1] == ["key"]
    assert not is_plain({"key": given})


def test_a_writer_keeps_what_can_be_kept_and_names_what_cannot(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        with index.writer() as writer:
            given = {"day": date(2020, 1, 2), "tags": ["x", "y"], "none": None, "price": Decimal("1.5")}
            writer.add(Document("a", "text", metadata=given))  # type: ignore[arg-type]
            with pytest.raises(SettingsError, match="metadata 'bytes' of b is b'x': give text, a number"):
                writer.add(Document("b", "text", metadata={"bytes": b"x"}))  # type: ignore[dict-item]
        assert index.search("*").total == 1
        (hit,) = index.search("*", filter=["day:2020-01", "tags:y", {"price": 1.5}])
        assert dict(hit.document.metadata) == {"day": "2020-01-02", "tags": ("x", "y"), "price": 1.5}


def test_a_document_of_a_title_alone_is_found_by_it(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        with index.writer() as writer:
            writer.add(Document("e2", "", title="Only title"))
            writer.add(Document("e3", " \n", title="Another"))
        assert [hit.document.path for hit in index.search("title")] == ["e2"]
        assert [hit.text for hit in index.search("another")] == ["Another"]


def test_a_loader_may_give_what_it_likes_and_what_cannot_be_kept_is_noted(tmp_path: Path) -> None:
    def load_held(seed: Seed) -> Iterator[Document]:
        for number in range(3):
            given: dict[str, Any] = {"day": date(2020, 1, 2), "raw": b"x", "n": number}
            yield Document(f"{seed.name}#{number}", "text", metadata=given)

    register(".held", load_held)
    (tmp_path / "a.held").write_text("x")
    report = Report()
    documents = list(load(SeedFile(tmp_path / "a.held", "a.held"), report=report))
    assert [dict(document.metadata) for document in documents] == [{"day": "2020-01-02", "n": n} for n in range(3)]
    assert [(note.name, note.reason) for note in report.notes] == [
        ("a.held:1", "metadata 'raw' is nothing that metadata can hold; left out")
    ]


def test_keys_that_read_as_one_are_two_fields(tmp_path: Path) -> None:
    """Lone surrogates in succession are one character where they are read as JSON: an escape of YAML makes such."""
    (tmp_path / "seeds").mkdir()
    page = '---\n"k\\udb40\\udc41": a\n---\nThe harbour.\n'
    (tmp_path / "seeds" / "page.md").write_text(page)
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        with index.writer() as writer:
            writer.add(Document("memo", "Buy rope.", metadata={"k\U000e0041": "a", "k\udb40\udc41": "b", "m\ud800": 1}))
        assert index.fields == ("k\ufffd\ufffd", "k\U000e0041", "m\ufffd")
        assert index.search("rope", filter={"m\ufffd": 1}).total == 1
        assert index.search("harbour", filter={"k\ufffd\ufffd": "a"}).total == 1
        assert index.verify() == []
