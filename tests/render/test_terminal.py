"""Text on a terminal: columns, lines, styles."""

from __future__ import annotations

import re

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis.graphemes import is_boundary
from searchlib.highlight import Fragment, Snippet, whole
from searchlib.render.terminal import MATCH, columns, line_ranges, snippet_lines, styled, wrap


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("東京", 4),
        ("ｱ", 1),
        ("Ａ", 2),
        ("😀", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("❤\ufe0f", 2),
        ("🇩🇪", 2),
        ("각", 2),
        ("\u1112\u1161\u11ab", 2),
        ("हि", 1),
        ("น้ำ", 2),
        ("a\u200bb", 2),
        ("סֵ", 1),
    ],
)
def test_columns_are_the_cells_that_a_reader_sees_taken(text: str, cells: int) -> None:
    assert columns(text) == cells


def test_lines_break_at_spaces_and_within_words_that_are_too_long() -> None:
    assert wrap("one two three four", 10) == ["one two", "three four"]
    assert wrap("abcdefghijklmnop", 10) == ["abcdefghij", "klmnop"]
    assert wrap("a  b", 0) == ["a  b"]
    assert wrap("one\ntwo", 80) == ["one", "two"]
    assert wrap("", 80) == [""]


def test_wide_characters_take_two_columns_and_lines_break_between_them() -> None:
    assert wrap("東京大学に行く", 10) == ["東京大学に", "行く"]
    assert wrap("abc 東京大学に行く", 10) == ["abc 東京大", "学に行く"]


def test_the_indent_counts_and_stands_before_every_line() -> None:
    assert wrap("one two three four", 13, "   ") == ["   one two", "   three four"]


def test_a_style_goes_on_in_the_next_line() -> None:
    lines = wrap("one two three four", 10, styles=[(4, 13, "1")])
    assert lines == ["one \x1b[1mtwo\x1b[0m", "\x1b[1mthree\x1b[0m four"]


def test_escapes_in_the_text_are_shown() -> None:
    assert wrap("\x1b[31mred\x1b[0m", 80) == ["␛[31mred␛[0m"]


def test_a_control_character_takes_the_column_of_its_picture() -> None:
    assert columns("a\x1bb") == columns("é\x1bb") == 3
    assert wrap("word\x1blonglonglonglong", 19) == ["word␛longlonglonglo", "ng"]


def test_a_snippet_flows_and_has_its_matches_styled() -> None:
    text = "before  this\nis it, and after"
    found = Snippet((Fragment(8, 18, ((16, 18),)),), len(text))
    assert snippet_lines(found, text, 80, "  ") == [f"  …this is \x1b[{MATCH}mit\x1b[0m…"]
    assert snippet_lines(found, text, 80, color=False) == ["…this is it…"]
    assert snippet_lines(whole(text), text, 80, flowing=False) == ["before  this", "is it, and after"]


pieces = st.sampled_from(
    [
        "a",
        "word",
        "東京",
        "e\u0301",
        "👩\u200d👧",
        "🇩🇪",
        " ",
        "  ",
        "\n",
        "\t",
        "\x1b",
        "longlonglonglong",
        "น้ำ",
        "한국어",
    ]
)
texts = st.lists(pieces, max_size=40).map("".join) | st.text(max_size=60)


@examples(120)
@given(texts, st.integers(10, 40))
def test_no_line_is_wider_than_asked_and_nothing_but_white_space_is_lost(text: str, width: int) -> None:
    """columns(line) <= width, unless it is one character; "".join(lines) == text, white space apart."""
    ranges = line_ranges(text, width)
    assert "".join("".join(text[a:b] for a, b in ranges).split()) == "".join(text.split())
    for start, end in ranges:
        assert columns(text[start:end].replace("\t", " ")) <= width or end - start < 20
        assert is_boundary(text, start) or text[start - 1].isspace()


@examples(60)
@given(texts, st.integers(10, 40), st.data())
def test_styles_change_nothing_but_styles(text: str, width: int, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    styles = [(a, b, "1") for a, b in zip(edges[::2], edges[1::2], strict=False)]
    lines = wrap(text, width, styles=styles)
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in lines] == wrap(text, width)
    assert re.sub(r"\x1b\[\d*m", "", styled("abc", [(0, 1, "1"), (1, 3, "2")])) == "abc"
