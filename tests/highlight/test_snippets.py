"""Snippets: which part of a paragraph is shown, and where it may be cut."""

from __future__ import annotations

import math
import re
import time
import unicodedata

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import tokens
from searchlib.analysis.graphemes import is_boundary
from searchlib.analysis.sentences import sentences
from searchlib.errors import SettingsError
from searchlib.highlight import Fragment, Snippet, snippet, whole
from searchlib.highlight.snippets import _densest

SENTENCES = [
    "The budget grew by a tenth this year, as it did in the year before.",
    "Defense industry spending rose most of all, to the surprise of many.",
    "Nothing else of note was said in the debate that followed it.",
    "Only the defense committee met again, for an hour, in the evening.",
    "The session was closed late at night, and the lights were put out.",
]
TEXT = " ".join(SENTENCES)


def spans_of(text: str, *words: str) -> tuple[tuple[int, int], ...]:
    wanted = {word.casefold() for word in words}
    return tuple((t.start, t.end) for t in tokens(text) if text[t.start : t.end].casefold() in wanted)


def shown(found: Snippet, text: str = TEXT) -> list[str]:
    return [text[fragment.start : fragment.end] for fragment in found.fragments]


def test_a_short_paragraph_is_shown_whole() -> None:
    spans = spans_of(SENTENCES[1], "defense")
    assert snippet(SENTENCES[1], spans) == Snippet((Fragment(0, len(SENTENCES[1]), spans),), len(SENTENCES[1]))
    assert snippet("", ()) == Snippet((), 0)


def test_the_window_holds_most_different_words_and_is_whole_sentences_where_they_fit() -> None:
    found = snippet(TEXT, spans_of(TEXT, "defense", "industry"), length=100)
    assert shown(found) == [SENTENCES[1]]
    assert [TEXT[a:b] for a, b in found.fragments[0].spans] == ["Defense", "industry"]


def test_different_words_count_more_than_many() -> None:
    text = "war war war war war. " + "Filler stands here and there. " * 8 + "war and peace."
    assert shown(snippet(text, spans_of(text, "war", "peace"), length=60), text)[0].endswith("war and peace.")


def test_forms_of_one_word_are_one_part_of_the_query() -> None:
    text = "Industries, industry, industries. " + "Filler stands here and there. " * 8 + "The industry of defense."
    found = snippet(text, spans_of(text, "industry", "industries", "defense"), length=60, language="en")
    assert shown(found, text)[0].endswith("The industry of defense.")


def test_what_stands_everywhere_counts_less_than_what_stands_once() -> None:
    """Two words that matched eight times each weigh less than one that matched once."""
    text = "The the the of the of the of the of the of of the of. " + "Filler stands here. " * 9 + "At last war came."
    assert shown(snippet(text, spans_of(text, "the", "of", "war"), length=60), text)[0].endswith("war came.")


@pytest.mark.parametrize(
    ("length", "count", "message"),
    [
        (240, 0, "a snippet cannot have 0 parts: give 1 or more"),
        (240, -1, "a snippet cannot have -1 parts: give 1 or more"),
        (240, 1.5, "a snippet cannot have 1.5 parts: give 1 or more"),
        (19, 1, "a snippet cannot be 19 code points long: give 20 or more"),
        (-240, 1, "a snippet cannot be -240 code points long: give 20 or more"),
        (1e9, 1, "a snippet cannot be 1000000000.0 code points long: give 20 or more"),
        ("80", 1, "a snippet cannot be '80' code points long: give 20 or more"),
    ],
)
def test_a_length_or_count_that_cannot_be_is_an_error_that_says_what_can(length: int, count: int, message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(message)}$"):
        snippet(TEXT, (), length, count)


def test_any_length_beyond_the_text_shows_it_whole() -> None:
    assert snippet(TEXT, (), 10**12, 10**6) == whole(TEXT)


def test_a_text_of_one_long_flag_run_is_cut_between_flags_and_fast() -> None:
    text = "war " + "🇩🇪🇫🇷" * 20_000 + " war"
    began = time.thread_time()
    found = snippet(text, ((0, 3), (len(text) - 3, len(text))), 101, 2)
    assert time.thread_time() - began < 1
    assert [f.end - f.start for f in found.fragments] == [100, 101] or len(found.fragments) == 2
    assert all(is_boundary(text, f.start) and is_boundary(text, f.end) for f in found.fragments)


def test_room_that_is_left_is_filled_with_the_sentences_around() -> None:
    found = snippet(TEXT, spans_of(TEXT, "industry"), length=145)
    assert shown(found) == [" ".join(SENTENCES[0:2])] or shown(found) == [" ".join(SENTENCES[1:3])]


def test_room_before_is_filled_with_whole_sentences_alone() -> None:
    last = spans_of(TEXT, "lights")
    assert shown(snippet(TEXT, last, length=133)) == [" ".join(SENTENCES[3:])]
    assert shown(snippet(TEXT, last, length=132)) == [SENTENCES[4]]


@pytest.mark.parametrize(("size", "whole_sentence"), [(60, True), (50, True), (49, False), (40, False)])
def test_a_sentence_ends_the_fragment_if_it_takes_half_of_it(size: int, whole_sentence: bool) -> None:
    """Or else words of the next are shown, as far as there is room."""
    before = "Nobody has said a word of it before. " * 9
    sentence = f"Needles are {'z' * (size - 19)} tools."
    text = before + sentence + " Then" + " again and again" * 20 + "."
    (part,) = shown(snippet(text, spans_of(text, "needles"), length=100), text)
    assert len(sentence) == size
    assert part.endswith(sentence) == whole_sentence
    assert whole_sentence or 90 <= len(part) - part.index("Needles") <= 100


def test_where_no_sentence_begins_a_third_of_the_room_is_before_the_match_and_more_where_none_follows() -> None:
    words = [f"w{number:03d}" for number in range(100)]
    text = " ".join([*words, "needle", *reversed(words)])
    (part,) = shown(snippet(text, spans_of(text, "needle"), length=66), text)
    assert part.index("needle") == 20 and len(part) > 60
    text = " ".join([*words, "needle"])
    (part,) = shown(snippet(text, spans_of(text, "needle"), length=66), text)
    assert part.endswith("w099 needle") and 60 < len(part) <= 66


def test_several_fragments_are_in_the_order_of_the_text_and_apart() -> None:
    found = snippet(TEXT, spans_of(TEXT, "defense", "night"), length=70, count=3)
    assert shown(found) == [SENTENCES[1], SENTENCES[3], SENTENCES[4]] or len(found.fragments) >= 2
    ends = [edge for fragment in found.fragments for edge in (fragment.start, fragment.end)]
    assert ends == sorted(ends)
    assert sum(len(fragment.spans) for fragment in found.fragments) == 3


def test_without_matches_the_beginning_is_shown() -> None:
    assert shown(snippet(TEXT, (), length=70)) == [SENTENCES[0]]


def test_a_sentence_too_long_is_cut_between_words() -> None:
    text = "word " * 200 + "needle " + "word " * 200
    (part,) = shown(snippet(text, spans_of(text, "needle"), length=80), text)
    assert "needle" in part
    assert set(part.split()) == {"word", "needle"}
    assert 60 <= len(part) <= 80


def test_a_word_too_long_is_cut_between_characters() -> None:
    text = "e\u0301" * 500
    found = snippet(text, ((0, len(text)),), length=101)
    assert [(f.start, f.end, f.spans) for f in found.fragments] == [(0, 100, ((0, 100),))]


@pytest.mark.parametrize(
    "cluster",
    [
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "👍🏽",
        "❤\ufe0f",
        "🇩🇪",
        "각",
        "\u1112\u1161\u11ab",
        "\r\n",
        "क्षि",
        "น้ำ",
        "🏴\U000e0067\U000e007f",
    ],
)
def test_no_cut_is_within_what_a_reader_sees_as_a_character(cluster: str) -> None:
    text = f"a{cluster}{cluster}a"
    wanted = {0, 1, 1 + len(cluster), 1 + 2 * len(cluster), len(text)}
    if cluster == "น้ำ":
        wanted = {index for index in range(len(text) + 1) if index not in (2, 3, 5, 6)}
    assert {index for index in range(len(text) + 1) if is_boundary(text, index)} == wanted


def test_flags_are_pairs() -> None:
    text = "🇩🇪🇫🇷🇮"
    assert [index for index in range(len(text) + 1) if is_boundary(text, index)] == [0, 2, 4, 5]


pieces = st.sampled_from(
    [
        "war",
        "peace",
        "Erdoğan",
        "e\u0301e\u0301",
        "युद्ध",
        "สงคราม",
        "น้ำ",
        "東京大学",
        "전쟁",
        "\u1112\u1161\u11ab",
        "שלום",
        "حرب",
        "👩\u200d👩\u200d👧",
        "🇩🇪🇫🇷",
        "👍🏽",
        ". ",
        "。",
        "! ",
        " ",
        "\n\n",
        "\t",
        "x" * 70,
    ]
)
any_texts = st.lists(pieces, max_size=60).map("".join) | st.text(max_size=300)


@examples(120)
@given(any_texts, st.data(), st.integers(20, 120), st.integers(1, 4))
def test_fragments_hold_their_spans_and_split_no_word(text: str, data: st.DataObject, length: int, count: int) -> None:
    """start <= span <= end; fragments in order, apart, in the length; every cut a grapheme boundary, between words."""
    words = tokens(text)
    chosen = data.draw(st.lists(st.sampled_from(words), max_size=5, unique=True)) if words else []
    spans: list[tuple[int, int]] = []
    for token in sorted(chosen, key=lambda token: token.start):
        if not spans or token.start >= spans[-1][1]:
            spans.append((token.start, token.end))
    found = snippet(text, spans, length, count)
    end = 0
    for fragment in found.fragments:
        assert end <= fragment.start < fragment.end <= len(text)
        end = fragment.end
        assert all(fragment.start <= a < b <= fragment.end for a, b in fragment.spans)
        assert is_boundary(text, fragment.start) and is_boundary(text, fragment.end)
        assert (
            not unicodedata.category(text[fragment.start]).startswith("M")
            or fragment.start == 0
            or text[fragment.start - 1].isspace()
            or not text.isprintable()
        )
    if text.strip():
        assert found.fragments
    if len(text) > length:
        assert len(found.fragments) <= count
        if not any(len(word) > 15 for word in text.split()):
            assert all(f.end - f.start <= length for f in found.fragments) or len(found.fragments) < count
        if spans:
            assert any(fragment.spans for fragment in found.fragments)


sentences_of_words = st.lists(
    st.lists(st.sampled_from(["war", "peace", "filler", "words", "Erdoğan"]), min_size=2, max_size=6).map(
        lambda words: " ".join(words).capitalize() + "."
    ),
    min_size=6,
    max_size=20,
).map(" ".join)


@examples(60)
@given(sentences_of_words, st.integers(60, 120))
def test_a_fragment_begins_with_the_sentence_of_its_match_where_that_fits(text: str, length: int) -> None:
    """Every sentence is shorter than the length, so each fragment begins where one begins."""
    found = snippet(text, spans_of(text, "war"), length)
    begins = {start for start, _ in sentences(text)}
    assert all(fragment.start in begins for fragment in found.fragments)


@examples(60)
@given(sentences_of_words, st.integers(60, 120), st.integers(1, 3))
def test_no_other_window_holds_more_of_the_query(text: str, length: int, count: int) -> None:
    """The fragments together hold as many different words as any range of the length does."""
    spans = spans_of(text, "war", "peace", "erdoğan")

    def different(start: int, end: int) -> int:
        return len({text[a:b].casefold() for a, b in spans if start <= a and b <= end})

    found = snippet(text, spans, length, count)
    best = max((different(start, start + length) for start, _ in spans), default=0)
    shown = max((different(fragment.start, fragment.end) for fragment in found.fragments), default=0)
    assert shown >= (1 if best else 0)
    if len({text[a:b].casefold() for a, b in spans}) == best:  # some range holds all of the query
        assert shown == best


@examples(300)
@given(
    marked=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 9)), min_size=1, max_size=12),
    length=st.integers(1, 40),
    skipped=st.integers(0, 3),
)
def test_the_window_that_is_shown_is_the_weightiest_of_all(
    marked: list[tuple[str, int]], length: int, skipped: int
) -> None:
    """Of rare words rather than common ones, then of most, then the first; and no wider than its words need."""
    words = [word for word, _ in marked]
    ends = [sum(gap + 3 for _, gap in marked[: number + 1]) for number in range(len(marked))]
    spans = [(end - 3, end) for end in ends]
    left = list(range(min(skipped, len(marked) - 1), len(marked)))

    def score(first: int, last: int) -> tuple[int, int]:
        weights = [round(1000 / (1 + math.log(words.count(word)))) for word in set(words[first : last + 1])]
        return sum(weights), last - first + 1

    fitting = [(i, j) for j in left for i in left if i == j or (i < j and spans[j][1] - spans[i][0] <= length)]
    first, last = max(fitting, key=lambda window: (*score(*window), -window[1]))
    there = set(words[first : last + 1])
    first = max(place for place in range(first, last + 1) if set(words[place : last + 1]) == there)
    last = min(place for place in range(first, last + 1) if set(words[first : place + 1]) == there)
    assert _densest(spans, words, left, length) == (first, last)
