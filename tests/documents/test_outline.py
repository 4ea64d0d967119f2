"""The outline of a document: where what stands below each heading begins."""

from __future__ import annotations

from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.search.outline import outline


def sections(*paths: tuple[str, ...], title: str = "") -> list[tuple[str, int, int, int]]:
    document = DocumentInfo("a.md", title, "markdown", "en", {})
    records = [
        Record(f"id{number}", document, Paragraph(number, 0, 1, "x", headings=headings))
        for number, headings in enumerate(paths, 1)
    ]
    found = outline(records)
    assert all(one.id == f"id{one.paragraph}" for one in found)
    return [(one.heading, one.level, one.paragraph, one.paragraphs) for one in found]


def test_each_heading_has_its_first_paragraph_and_how_many_there_are() -> None:
    assert sections((), ("A",), ("A",), ("B",)) == [("", 0, 1, 1), ("A", 1, 2, 2), ("B", 1, 4, 1)]


def test_headings_without_text_between_them_begin_together() -> None:
    assert sections(("A", "B", "C"), ("A", "D")) == [("A", 1, 1, 0), ("B", 2, 1, 0), ("C", 3, 1, 1), ("D", 2, 2, 1)]


def test_the_title_is_no_section() -> None:
    assert sections(("T",), ("T", "A"), title="T") == [("", 0, 1, 1), ("A", 1, 2, 1)]


def test_what_goes_on_after_a_lower_heading_is_a_section_again() -> None:
    assert sections(("A",), ("A", "B"), ("A",), ()) == [("A", 1, 1, 1), ("B", 2, 2, 1), ("A", 1, 3, 1), ("", 0, 4, 1)]


def test_nothing_has_no_outline() -> None:
    assert sections() == []
