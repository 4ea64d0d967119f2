"""What is spotted of words and phrases is what cutting a text into tokens finds, and leads to the same spans."""

from __future__ import annotations

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st
from lexicons import lexicon_of

from searchlib.highlight import Highlighter, Highlights
from searchlib.highlight.spans import by_line
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.query import Node, parse

WORDS = (
    "war",
    "wars",
    "peace",
    "Erdoğan",
    "Erdogan",
    "straße",
    "it's",
    "x1",
    "été",
    "हिन्दी",
    "日本",
    "٣٤",
    "²",
    "C",
    "wa",
    "r",
)
ENDS = (" ", "++ ", "# ", "&", ", ", ". ", "-", "-\n", "\n", "'", "’", "", "²", "\u00ad", "\u00ad\n", "\u200d")


def record(text: str, title: str = "", headings: tuple[str, ...] = ()) -> Record:
    return Record("id", DocumentInfo("a.txt", title, "text", "en", {}), Paragraph(1, 0, len(text), text, 1, headings))


def spotted(typed: str, one: Record) -> Highlights | None:
    """What is spotted; None for queries and texts that are left to tokens."""
    spotter = Highlighter(tree_of(typed, one))._spotter
    return spotter.highlights(one) if spotter is not None else None


def found(typed: str, one: Record) -> Highlights:
    """What tokens give."""
    highlighter = Highlighter(tree_of(typed, one))
    highlighter._spotter = None
    return highlighter.highlights(one)


def tree_of(typed: str, one: Record) -> Node:
    return parse(typed, [], lexicon_of(one.paragraph.text, one.document.title, *one.paragraph.headings)).query


texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(ENDS)).map("".join), max_size=8).map("".join)
words = st.sampled_from(WORDS)
queries = st.recursive(
    words | st.lists(words, min_size=2, max_size=3).map(" ".join).map('"{}"'.format) | words.map("title:{}".format),
    lambda child: st.one_of(
        st.tuples(child, st.sampled_from([" ", " AND ", " OR ", " NOT ", " ANDMAYBE ", " REQUIRE "]), child).map(
            lambda parts: f"({''.join(parts)})"
        ),
        child.map("({})^2".format),
    ),
    max_leaves=4,
)


@examples(150)
@given(queries, texts, texts, st.lists(texts.map(str.strip), max_size=2).map(tuple))
def test_what_is_spotted_is_what_tokens_give(typed: str, text: str, title: str, headings: tuple[str, ...]) -> None:
    one = record(text, title, headings)
    quick = spotted(typed, one)
    assert quick is None or quick == found(typed, one)


@pytest.mark.parametrize(
    ("typed", "text", "spans"),
    [
        ("war OR peace", "Neither of them.", None),
        ("war OR peace", "At peace.", ((3, 8),)),
        ("war ANDMAYBE peace", "At peace.", None),
        ("war ANDMAYBE peace", "War and peace.", ((0, 3), (8, 13))),
        ("war REQUIRE peace", "The war.", None),
        ("war NOT peace", "War and peace.", None),
        ("war NOT peace", "The war.", ((4, 7),)),
        ('"war peace"', "War, peace, war.", ((0, 3), (5, 10))),
        ("war", "Warfare, prewar, war2", None),
        ('"war peace"', "War²peace: the mark of a note is a word.", None),
    ],
)
def test_each_operator_of_words_is_spotted(typed: str, text: str, spans: tuple[tuple[int, int], ...] | None) -> None:
    one = record(text)
    quick = spotted(typed, one)
    assert quick is not None
    assert (quick.text if quick.matched else None) == spans
    assert quick == found(typed, one)


def test_more_forms_than_are_looked_for_one_by_one_are_spotted_all_the_same() -> None:
    typed = " ".join(f"w{number}" for number in range(40))
    one = record("First w3, then w39, and w3 again; w40 is none.")
    quick = spotted(typed, one)
    assert quick == found(typed, one) and quick is not None
    assert quick.text == ((6, 8), (15, 18), (24, 26))


def test_spans_of_headings_are_those_of_each_line() -> None:
    lines = ("War", "", "Peace and war")
    assert by_line((), lines) == ((), (), ())
    assert by_line(((0, 3), (15, 18)), lines) == (((0, 3),), (), ((10, 13),))
    one = record("Of the war.", "The war", lines)
    for highlights in (spotted("war", one), found("war", one)):
        assert highlights is not None
        assert (highlights.title, highlights.headings) == (((4, 7),), (((0, 3),), (), ((10, 13),)))
