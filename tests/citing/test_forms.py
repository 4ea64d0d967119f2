"""Every form of a citation is found again in any surroundings, and says the same."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.citing import Citation, cite
from searchlib.citing.finding import find_in_text
from searchlib.citing.found import WrittenCitation
from searchlib.citing.jsonfinding import find_in_json
from searchlib.citing.mending import find
from searchlib.citing.normal import find_part, normal, same_line

from .texts import NAMES, TEXTS, record_of

AROUND = st.sampled_from(["", "\n", "Before.\n\n", "> other\n\n", "```\n", "“ unclosed\n", "searchlib:0000 \n", "\r\n"])


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Of whole paragraphs and of parts, with any text, path, title and headings."""
    record = record_of(
        draw(TEXTS), draw(NAMES), draw(st.one_of(st.just(""), NAMES)), tuple(draw(st.lists(NAMES, max_size=2)))
    )
    length = len(record.paragraph.text)
    part = None
    if draw(st.booleans()):
        start = draw(st.integers(0, length - 1))
        part = (start, draw(st.integers(start + 1, length)))
        if not normal(record.paragraph.text[slice(*part)]):
            part = None
    return cite(record, part=part)


def of(found: list[WrittenCitation], citation: Citation, form: str) -> WrittenCitation:
    """The one that is the citation; a text may hold others."""
    (only,) = [one for one in found if one.id == citation.id and one.form == form and one.quote is not None]
    return only


def assert_same(found: WrittenCitation, citation: Citation) -> None:
    assert found.quote is not None and normal(found.quote) == normal(citation.quote)
    assert (found.paragraph, found.line) == (citation.paragraph, citation.line)
    assert found.path is not None and same_line(found.path) == same_line(citation.path)
    assert found.part == (None if citation.whole else (citation.offset, citation.offset + len(citation.quote)))


@given(citations(), AROUND, AROUND, st.sampled_from([0, 20, 80]))
def test_the_text_form_is_found_again(citation: Citation, before: str, after: str, width: int) -> None:
    text = f"{before}\n{citation.text(width)}\n{after}"
    assert_same(of(find_in_text(text), citation, "text"), citation)


@given(citations(), st.sampled_from(["> ", "# ", "  ", " * ", "\t// ", ">> ", "- | "]), st.sampled_from(["\n", "\r\n"]))
def test_the_text_form_is_found_in_mail_comments_and_files_of_windows(citation: Citation, lead: str, end: str) -> None:
    lines = ["Somebody wrote:", *(lead + line for line in citation.text().split("\n")), "The end."]
    assert_same(of(find_in_text(end.join(lines)), citation, "text"), citation)


@given(citations(), AROUND, AROUND)
def test_the_markdown_form_is_found_again(citation: Citation, before: str, after: str) -> None:
    text = f"{before}\n{citation.markdown()}\n{after}"
    assert_same(of(find_in_text(text), citation, "markdown"), citation)
    assert "\n" not in citation.markdown()


@given(citations())
def test_a_note_that_was_wrapped_is_found_again(citation: Citation) -> None:
    words = citation.markdown().split(" ")
    wrapped = "\n".join(" ".join(words[place : place + 3]) for place in range(0, len(words), 3))
    if not re.search(r"\n[ \t]*(\n|\[\^)", wrapped):
        found = of(find_in_text(wrapped.replace("\n", "\n    ")), citation, "markdown")
        assert found.quote is not None and normal(found.quote) == normal(citation.quote)


@given(citations(), st.booleans(), st.sampled_from([None, 0, 2]))
def test_the_json_form_is_found_again_with_every_code_point(
    citation: Citation, is_ascii: bool, indent: int | None
) -> None:
    for value in (citation.annotation(), citation.as_dict(), [1, {"target": [{"x": citation.annotation()}]}]):
        (found,) = find_in_json(json.dumps(value, ensure_ascii=is_ascii, indent=indent))
        assert found.quote == citation.quote
        assert (found.path, found.paragraph, found.line) == (citation.path, citation.paragraph, citation.line)
        assert (found.start, found.end, found.digest) == (citation.start, citation.end, citation.digest)
        assert_same(found, citation)


@given(citations(), st.booleans())
def test_forms_are_found_in_strings_of_json(citation: Citation, is_ascii: bool) -> None:
    """In the cells of a notebook, say; what is to be mended stands where it is said to stand."""
    for form, written in (("text", citation.text()), ("markdown", citation.markdown())):
        text = json.dumps({"cells": [{"source": "é\U0001f600\n" + written}]}, ensure_ascii=is_ascii)
        found = of(find(text, "a.ipynb"), citation, form)
        assert_same(found, citation)
        for slot in found.slots:
            if slot.name in ("paragraph", "line"):
                assert text[slot.start : slot.end] == str(getattr(citation, slot.name))


@given(citations())
def test_a_slot_writes_what_stands_in_it(citation: Citation) -> None:
    for text in (citation.text(), citation.markdown()):
        for found in find_in_text(text):
            for slot in found.slots:
                if found.quote is not None and slot.name in ("paragraph", "line", "path") and found.id == citation.id:
                    assert slot.write(getattr(citation, slot.name)) == text[slot.start : slot.end]


@given(TEXTS, st.data())
def test_a_part_of_a_text_is_found_however_its_white_space_is_written(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = normal(text[start:end])
    parts = find_part(text, quote)
    assert bool(parts) == bool(quote)
    assert all(normal(text[first:last]) == quote for first, last in parts)


def test_a_text_form_reads_as_mail_does() -> None:
    citation = cite(record_of("Joint projects\nwere “explored”.", "seeds/meeting.txt", "Talks", ("The visit",)))
    assert citation.text() == (
        "> Joint projects\n"
        "> were “explored”.\n"
        "— Talks, “The visit”\n"
        f"  ¶ 1 (seeds/meeting.txt, line 1), searchlib:{citation.id}"
    )
    assert citation.text(16).splitlines()[:3] == ["> Joint projects", "> were", "> “explored”."]


def test_a_markdown_form_is_a_footnote() -> None:
    citation = cite(
        record_of("Joint *projects*\nwere “explored”.", "a_b.md", "Talks", url="https://x.org/a#top"), part=(6, 32)
    )
    label = f"[^{citation.id}-6-32]"
    assert citation.markdown() == (
        f"{label}: “\\*projects\\* were “explored&rdquo;” — "
        "[Talks](<https://x.org/a#top:~:text=Joint-,%2Aprojects%2A%20were%20%E2%80%9Cexplored%E2%80%9D>), "
        "¶ 1 (a\\_b.md, line 1)"
    )


def test_a_json_form_is_a_specific_resource() -> None:
    """https://www.w3.org/TR/annotation-model/#specific-resources"""
    citation = cite(record_of("One two three.", "a b.txt"), part=(4, 7), spans=[(4, 7)])
    assert citation.annotation() == {
        "@context": [
            "http://www.w3.org/ns/anno.jsonld",
            {"@version": 1.1, "citation": {"@id": "searchlib:citation", "@type": "@json"}},
        ],
        "id": f"searchlib:{citation.id}#char=4,7",
        "type": "SpecificResource",
        "source": "a%20b.txt",
        "selector": [
            {"type": "TextQuoteSelector", "exact": "two", "prefix": "One ", "suffix": " three."},
            {"type": "TextPositionSelector", "start": 4, "end": 7},
        ],
        "citation": {
            "id": citation.id,
            "path": "a b.txt",
            "title": "",
            "headings": [],
            "digest": citation.digest,
            "paragraph": 1,
            "line": 1,
            "offset": 4,
            "spans": [[4, 7]],
        },
    }


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("See searchlib:4f8m0c2k9x1pt7aw.", ["4f8m0c2k9x1pt7aw"]),
        ("(searchlib:4f8m, searchlib:70d6n)", ["4f8m", "70d6n"]),
        ("[here](searchlib:4f8m0c2k9x1pt7aw#char=1,2)", ["4f8m0c2k9x1pt7aw"]),
        ("```\nsearchlib:4f8m0c2k9x1pt7aw\n```", ["4f8m0c2k9x1pt7aw"]),
        ("searchlib:package searchlib:pages searchlib:ab1 xsearchlib:4f8m searchlib:4f8m0c2k9x1pt7awx", []),
        ("a[^4f8m0c2k9x1pt7aw] b[^1] c[^1999]", ["4f8m0c2k9x1pt7aw"]),
    ],
)
def test_references_are_found_and_nothing_that_only_looks_like_one(text: str, ids: list[str]) -> None:
    assert [found.id for found in find_in_text(text)] == ids


def test_a_footnote_and_its_labels_are_one_citation() -> None:
    citation = cite(record_of("One two three."))
    text = f"So it is.[^{citation.id}] Or is it?[^{citation.id}]\n\n{citation.markdown()}\n"
    (found,) = find_in_text(text)
    labels = [text[slot.start : slot.end] for slot in found.slots if slot.name == "label"]
    assert labels == [f"[^{citation.id}]"] * 3


@pytest.mark.parametrize(
    "annotation",
    [
        {"target": {"source": "http://x.org", "selector": {"type": "TextQuoteSelector", "exact": "two"}}},
        {
            "target": [
                {
                    "source": {"id": "x"},
                    "selector": [{"type": "RangeSelector"}, {"type": "TextQuoteSelector", "exact": "two"}],
                }
            ]
        },
        {"selector": {"type": "FragmentSelector", "refinedBy": {"type": "TextQuoteSelector", "exact": "two"}}},
        {"selector": {"type": "Choice", "items": [{"type": "TextQuoteSelector", "exact": "two", "prefix": "One "}]}},
    ],
)
def test_annotations_of_other_programs_are_found(annotation: Any) -> None:
    (found,) = find_in_json(json.dumps([annotation]))
    assert (found.form, found.quote, found.id) == ("json", "two", "")


def test_json_lines_are_read_line_by_line() -> None:
    citation = cite(record_of("One two three."))
    text = "".join(json.dumps(value) + "\n" for value in (citation.annotation(), {"a": 1}, citation.as_dict()))
    assert [found.at for found in find(text, "a.jsonl")] == [0, text.rindex('{"id": "')]
