"""A document of any size is inverted in parts, and nobody can tell from the index."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

import searchlib
from searchlib import Document
from searchlib.engine.writers import WriterOptions
from searchlib.engines.whoosh import open_writer
from searchlib.engines.whoosh.building.parts import parts_of, weight
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.model.records import Block, Metadata
from searchlib.paragraphs import places


def in_sections(size: int, path: str = "long") -> Document:
    """A document with blocks under headings that go on over many of them; every other paragraph is there before."""
    texts, blocks, at = [], [], 0
    for number in range(size):
        text = f"The harbour of paragraph {number // 2}, Erdoğan."
        above = ("Ships", f"Winter {number // 7}")
        blocks.append(Block(at, at + len(text), "text", above, number + 1))
        texts.append(text)
        at += len(text) + 2
    metadata: Metadata = {"year": 1912, "keeper": ("Ann Lee", "Jo")}
    return Document(path, "\n\n".join(texts), "A long one", "md", metadata=metadata, blocks=tuple(blocks))


def contents(folder: Path, documents: list[Document], portions: Portions) -> dict[str, bytes]:
    writer = open_writer(folder, WriterOptions(processes=1, tuning=portions))
    for document in documents:
        writer.add(document)
    writer.commit()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("batch", [1, 300, 5_000])
@pytest.mark.parametrize(
    "documents",
    [
        [in_sections(40)],
        [Document("plain", "".join(f"Line {n} of the harbour.\n\n" for n in range(60)))],
        [Document("a", "Before."), in_sections(30, "b"), Document("c", "After."), in_sections(9, "a")],
        [in_sections(30, "b"), Document("c", "Between."), in_sections(20, "b"), Document("b", "The last.")],
    ],
    ids=["with blocks", "plain", "added again", "replaced twice"],
)
def test_parts_do_not_show(tmp_path: Path, documents: list[Document], batch: int) -> None:
    whole = contents(tmp_path / "whole", documents, Portions())
    assert contents(tmp_path / "parts", documents, Portions(batch=batch)) == whole


def test_parts_are_the_paragraphs_of_the_whole() -> None:
    document = in_sections(50)
    found = places(document)
    texts = [document.text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    together: list[str] = []
    occurrences: list[int] = []
    for own, part, size in parts_of(document, "en", 500):
        starts, ends = part.places.starts, part.places.ends
        assert part.number == len(together)
        assert (part.above is None) == (not together)
        assert size < 500 + weight(Document("", "x" * 200, document.title, metadata=document.metadata))
        together += [own.text[start:end] for start, end in zip(starts, ends, strict=True)]
        occurrences += part.occurrences or []
    assert together == texts
    assert occurrences == [number % 2 for number in range(50)]


def test_what_every_paragraph_repeats_counts_where_parts_are_cut() -> None:
    """Metadata of a thousand words below a thousand paragraphs make a million postings."""
    heavy = Document("d", "One.\n\n" * 100, metadata={"about": "word " * 1_000})
    assert weight(heavy) > 100 * 5_000 / 64
    assert len(list(parts_of(heavy, "en", 20_000))) == 25


def test_memory_does_not_grow_with_the_largest_document(tmp_path: Path) -> None:
    def peak(paragraphs: int) -> int:
        text = "\n\n".join(f"Paragraph {number} is about the harbour, and words go on." for number in range(paragraphs))
        writer = open_writer(tmp_path / str(paragraphs), WriterOptions(processes=1, memory=2 << 20))
        tracemalloc.start()
        writer.add(Document("long", text))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        writer.commit()
        with searchlib.open(tmp_path / str(paragraphs)) as index:
            assert index.stats().paragraphs == paragraphs
        return found

    small, large = peak(1_000), peak(7_000)
    # Where paragraphs stand is known of the whole document: 400 bytes of each, with what tells the same ones. To invert
    # them all at once takes five times that.
    assert large - small < 6_000 * 450 + (2 << 20)
