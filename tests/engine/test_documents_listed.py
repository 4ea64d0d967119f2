"""The documents of an index: all of them, one with its paragraphs, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("listed")
    seeds = folder / "seeds"
    seeds.mkdir()
    rows = "".join(
        f'{{"id": "{number}", "text": "Row {number}.", "group": "g{number % 3}"}}\n' for number in range(2100)
    )
    (seeds / "rows.jsonl").write_text(rows, encoding="utf-8")
    (seeds / "long.txt").write_text("\n\n".join(f"Part {number} says so." for number in range(1, 31)), encoding="utf-8")
    with searchlib.build(seeds, folder / "index", processes=1) as index:
        yield index


def test_every_document_is_listed_once_by_path(index: searchlib.Index) -> None:
    paths = [document.path for document in index.documents()]
    assert paths == ["seeds/long.txt", *(f"seeds/rows.jsonl#{number}" for number in range(2100))]
    assert [document.path for document in index.documents(filter={"group": "g1"})] == [
        f"seeds/rows.jsonl#{number}" for number in range(1, 2100, 3)
    ]


def test_a_list_is_of_one_generation(tmp_path: Path) -> None:
    index = searchlib.build([], tmp_path / "index", processes=1)
    with index.writer() as writer:
        for number in range(1500):
            writer.add(searchlib.Document(f"d{number}", f"Text {number}."))
    listed = index.documents()
    first = next(listed)
    with index.writer() as writer:
        writer.remove("d1400")
    assert len([first, *listed]) == 1500
    assert len(list(index.documents())) == 1499
    index.close()


def test_a_document_is_its_paragraphs_in_order(index: searchlib.Index) -> None:
    whole = index.document("seeds/long.txt")
    assert [record.paragraph.number for record in whole] == list(range(1, 31))
    assert index.document("seeds/long.txt", 12, 3) == whole[11:14]
    assert index.document("seeds/long.txt", 29) == whole[28:]
    assert index.document("seeds/long.txt", 31) == []
    assert index.document("seeds/long.txt", 1, 0) == []
    assert index.document("seeds/nosuch.txt") == []
    assert [record.paragraph.text for record in index.document("seeds/rows.jsonl#7")] == ["Row 7."]
    with pytest.raises(searchlib.SettingsError):
        index.document("seeds/long.txt", 0)


def test_fields_are_the_keys_of_the_metadata(index: searchlib.Index) -> None:
    assert index.fields == ("group",)
