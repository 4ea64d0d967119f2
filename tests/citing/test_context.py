"""The context of a quote is what stands around it in the document, white space made blanks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.citing import cite
from searchlib.documents import Seed
from searchlib.documents.markup.markdown import load_markdown
from searchlib.model.records import Document
from searchlib.paragraphs import split
from searchlib.paragraphs.identifying import records_of

GUIDE = """\
# Guide

Read this first.

## Setting up

One two three, four five six seven eight.

## Taking down

### At night

Last.
"""
WORDS = st.lists(
    st.sampled_from(["one", "two.", "東京", "é", "e\u0301", "👩‍👧", "-", "\n", "\n\n", "\n\n\n"]), max_size=40
)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_it_reaches_over_headings_into_the_neighbours() -> None:
    (document,) = load_markdown(Seed("guide.md", GUIDE.encode()))
    records = list(records_of(document))
    found = {record.paragraph.text: cite(record, records) for record in records}
    assert found["Read this first."].prefix == "Guide "
    assert found["Read this first."].suffix == " Setting up One two three, four "
    assert found["Last."].prefix == "x seven eight. Taking down At night "[-32:]
    assert found["Last."].suffix == ""


@given(WORDS.map(" ".join), st.data())
def test_it_stands_in_the_document(text: str, data: st.DataObject) -> None:
    """Right before and right after the quote, as far as it goes."""
    document = Document("a.txt", text)
    records = list(records_of(document))
    for place, record in enumerate(records):
        length = len(record.paragraph.text)
        start = data.draw(st.integers(0, length - 1))
        end = data.draw(st.integers(start + 1, length))
        citation = cite(record, records[max(0, place - 2) : place + 3], part=(start, end))
        assert flat(text[: citation.start]).endswith(citation.prefix)
        assert flat(text[citation.end :]).startswith(citation.suffix)
        assert text[citation.start : citation.end] == citation.quote
        assert len(citation.prefix) <= 32 and len(citation.suffix) <= 32


def test_it_ends_at_what_the_index_does_not_know() -> None:
    """Two sections of the same name: the second heading is in no path, so the context does not skip it."""
    text = "# A\n\n## Notes\n\nOne.\n\n## Notes\n\nTwo.\n"
    (document,) = load_markdown(Seed("a.md", text.encode()))
    records = list(records_of(document))
    assert [record.paragraph.text for record in records] == ["One.", "Two."]
    assert cite(records[1], records).prefix == ""
    assert cite(records[0], records).prefix == "A Notes "


@pytest.mark.parametrize("letters", ["e\u0301" * 60, "👩‍👩‍👧" * 20])
def test_it_does_not_split_what_a_reader_sees_as_one(letters: str) -> None:
    (record,) = records_of(Document("a.txt", letters + "X" + letters))
    at = record.paragraph.text.index("X")
    citation = cite(record, part=(at, at + 1))
    unit = 2 if letters[0] == "e" else 5
    assert citation.prefix and len(citation.prefix) % unit == 0
    assert citation.suffix and len(citation.suffix) % unit == 0


def test_sources_have_the_paragraphs_that_an_index_has() -> None:
    document = Document("a.txt", "One.\n\nTwo.\n\nOne.\n")
    records = list(records_of(document))
    assert [record.paragraph for record in records] == split(document)
    assert len({record.id for record in records}) == 3
