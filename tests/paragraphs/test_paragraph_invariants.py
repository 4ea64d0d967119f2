"""What holds of the paragraphs of any text whatever."""

from __future__ import annotations

import re

from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.model.records import Block, Document, Kind, Paragraph
from searchlib.paragraphs import places, sentences, split, title_line

WORDS = st.sampled_from(
    [
        "word",
        "Ends.",
        "ends:",
        "Dr.",
        "3.5",
        "e.g.",
        "don’t",
        "“Quoted!”",
        "Straße",
        "İstanbul",
        "défense",
        "новости",
        "Москва.",
        "χρόνος",
        "他来了。",
        "日本語テキスト",
        "한국어",
        "हिन्दी",
        "वाक्य।",
        "ภาษาไทย",
        "مرحبا",
        "שלום",
        "👩\u200d💻",
        "🇩🇪",
        "…",
        "---",
        "-",
        "*",
        "1.",
        "(a)",
        "[3]",
        "x",
        "A" * 300,
        "é",
        "\ufeff",
        "\u200d",
    ]
)
SPACES = st.sampled_from(
    [
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n\n\n",
        "\n   ",
        "\n\n    ",
        "\t",
        "\xa0",
        "\u3000",
        "\x0c",
        "\n\x0c\n",
        "\r\n",
        "\u2028",
        "\x85",
        "\x1c",
        " \n \n",
        " ",
        " ",
        " ",
        "\n",
    ]
)
TEXTS = st.lists(st.tuples(WORDS, SPACES), max_size=120).map(lambda parts: "".join(map("".join, parts)))
REAL_WORD = re.compile(r"[^\W_]+")


@given(TEXTS, st.integers(1, 9))
@examples(150)
def test_a_paragraph_is_a_slice_of_the_text_in_order_trimmed_and_on_its_line(text: str, line: int) -> None:
    """document.text[p.start:p.end] == p.text"""
    document = Document("a", text, title_line(text), line=line)
    done = 0
    for number, p in enumerate(split(document), 1):
        assert p.number == number
        assert text[p.start : p.end] == p.text == p.text.strip() != ""
        assert p.start >= done
        assert p.line == line + text.count("\n", 0, p.start)
        assert len(p.text) <= 2000
        done = p.end


@given(TEXTS)
@examples(150)
def test_every_word_is_in_a_paragraph_or_the_title(text: str) -> None:
    """words(document) == words(title) + words(paragraphs), or title and paragraphs overlap"""
    document = Document("a", text, title_line(text))
    there = [word for p in split(document) for word in REAL_WORD.findall(p.text)]
    wanted = REAL_WORD.findall(text)
    assert there == wanted or REAL_WORD.findall(document.title) + there == wanted


@st.composite
def with_blocks(draw: st.DrawFn) -> Document:
    """A document whose headings are as loaders make them: each in the path of what is under it."""
    parts: list[str] = []
    blocks: list[Block] = []
    path: tuple[str, ...] = ()
    size = 0
    for part in draw(st.lists(TEXTS.filter(lambda text: bool(text.strip())), max_size=6)):
        kind: Kind = draw(st.sampled_from(["text", "heading", "item", "table", "code", "quote"]))
        if kind == "heading":
            path = path[: draw(st.integers(0, 3))]
        blocks.append(Block(size, size + len(part), kind, path, draw(st.integers(1, 50))))
        if kind == "heading":
            path = (*path, " ".join(part.split()))
        parts.append(part)
        size += len(part) + 2
    return Document("a", "\n\n".join(parts), blocks=tuple(blocks))


@given(with_blocks())
@examples(60)
def test_no_word_of_a_document_with_blocks_is_lost_to_headings(document: Document) -> None:
    """Every word is in a paragraph or in a heading path."""
    found = split(document)
    assert all(document.text[p.start : p.end] == p.text == p.text.strip() for p in found)
    there = {word for p in found for part in (p.text, *p.headings) for word in REAL_WORD.findall(part)}
    assert set(REAL_WORD.findall(document.text)) <= there


def paragraphs_at_places(document: Document) -> list[Paragraph]:
    found = places(document)
    columns = zip(found.starts, found.ends, found.lines, found.headings, found.kinds, strict=True)
    return [
        Paragraph(number, start, end, document.text[start:end], line, headings, kind)
        for number, (start, end, line, headings, kind) in enumerate(columns, 1)
    ]


@given(st.one_of(with_blocks(), TEXTS.map(lambda text: Document("a", text, title_line(text), line=3))))
@examples(100)
def test_places_and_split_agree(document: Document) -> None:
    assert paragraphs_at_places(document) == split(document)
    assert len(places(document)) == len(split(document))


@given(TEXTS)
@examples(200)
def test_sentences_are_in_order_and_hold_everything_but_white_space(text: str) -> None:
    done = 0
    for start, end in sentences(text):
        assert start >= done and not text[done:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        done = end
    assert not text[done:].strip()
