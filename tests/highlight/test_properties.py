"""What holds of every highlight, in every script: the invariants are the docstrings."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

from exploring import examples
from hypothesis import given
from hypothesis import strategies as st
from lexicons import lexicon_of

from searchlib.analysis import tokens
from searchlib.highlight import match
from searchlib.highlight.leaves import Leaves
from searchlib.highlight.texts import Text
from searchlib.query import parse
from searchlib.query.nodes import Node, Or, Prefix, leaves

from .corpora import spans

SCRIPTS = {
    "Latin": "war wars Erdoğan naïve naive running industry straße",
    "Cyrillic": "война войны мир Ёлка ёлка",
    "Greek": "πόλεμος ειρήνη Ειρήνη λόγος",
    "Arabic": "حرب الحرب سلام كتاب",
    "Hebrew": "מלחמה שלום סֵפֶר ספר",
    "Devanagari": "युद्ध शांति हिन्दी की",
    "Thai": "สงคราม ประเทศไทย น้ำ",
    "Han": "東京大学 京都 大 中国",
    "Kana": "カタカナ がくせい か\u3099",
    "Hangul": "전쟁 평화 한국어 \u1112\u1161\u11ab",
    "Armenian": "պատերազմ խաղաղություն",
    "Georgian": "ომი მშვიდობა",
}
VOCABULARY = [word for words in SCRIPTS.values() for word in words.split()]
LANGUAGES = ["en", "ru", "de", ""]
separators = st.sampled_from([" ", ", ", "-", ". ", " 😀 ", "\n", "'", ""])
languages = st.sampled_from(LANGUAGES)


def texts_of(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spaced = st.lists(st.one_of(words, st.text(max_size=4), separators), max_size=14).map(" ".join)
    return spaced | st.lists(st.tuples(words, separators).map("".join), max_size=14).map("".join)


def queries_of(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Queries without exclusion."""
    some = st.lists(words, min_size=2, max_size=3).map(" ".join)
    atoms = st.one_of(
        words,
        some.map('"{}"'.format),
        st.tuples(some, st.integers(2, 4)).map(lambda phrase: f'"{phrase[0]}"~{phrase[1]}'),
        words.map(lambda word: f"{word[:2]}*"),
        words.map(lambda word: f"{word}~"),
        words.map(lambda word: f"{word[:1]}?{word[2:]}*"),
    )
    return st.recursive(
        atoms,
        lambda child: st.one_of(
            st.tuples(child, child).map(" ".join),
            st.tuples(child, st.sampled_from(["AND", "OR", "ANDMAYBE"]), child).map(" ".join),
            child.map("({})".format),
        ),
        max_leaves=4,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text and two queries that have words in common."""
    words = st.sampled_from(draw(st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=4, unique=True)))
    return draw(texts_of(words)), draw(queries_of(words)), draw(queries_of(words))


WORDS = lexicon_of(*VOCABULARY, languages=LANGUAGES)


def parsed(source: str) -> Node:
    return parse(source, ["text"], WORDS, {"text": 1.0}).query


def blanked(text: str, found: tuple[tuple[int, int], ...]) -> str:
    # A word of its own in place of each, so that no two others become neighbours.
    for start, end in reversed(found):
        text = f"{text[:start]}qq{text[end:]}"
    return text


@examples(30)
@given(cases(), languages)
def test_spans_are_ranges_of_whole_tokens_in_order(case: tuple[str, str, str], language: str) -> None:
    """0 <= start < end <= len(text), each after the one before; a match of a positive query has some."""
    text, source, _ = case
    node = parsed(source)
    found = spans(node, text, language)
    assert bool(found) == match(node, {"text": tokens(text)}, language).matched
    edges = [edge for span in found for edge in span]
    assert edges == sorted(set(edges))
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))


@examples(30)
@given(cases(), languages)
def test_the_text_of_every_span_is_what_was_asked_for(case: tuple[str, str, str], language: str) -> None:
    """any_leaf(query) matches text[start:end], from its first token to its last."""
    text, source, _ = case
    node = parsed(source)
    separate = parse(source.replace('"', " ").replace("AND", "OR").replace("MAYBE", ""), ["text"], WORDS, {"text": 1.0})
    # The words of a phrase one by one: a loose phrase is highlighted word by word.
    single = Or(tuple(leaves(separate.query)))
    for start, end in spans(node, text, language):
        assert spans(single, text[start:end], language) == ((0, end - start),)


@examples(40)
@given(cases(), languages)
def test_a_hit_without_its_spans_is_no_hit(case: tuple[str, str, str], language: str) -> None:
    """spans(query, text with every span blanked) == ()."""
    text, source, _ = case
    node = parsed(source)
    assert spans(node, blanked(text, spans(node, text, language)), language) == ()


@examples(30)
@given(
    st.lists(st.sampled_from(["a", "b", "c", "x"]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=2, max_size=4),
    st.integers(1, 3),
)
def test_a_phrase_is_highlighted_where_it_stands_and_nowhere_else(
    some: list[str], phrase: list[str], slop: int
) -> None:
    """The tokens highlighted are those of all chains, spelled out."""
    expected: set[int] = set()
    for chain in product(*([i for i, one in enumerate(some) if one == word] for word in phrase)):
        if all(1 <= later - earlier <= slop for earlier, later in pairwise(chain)):
            expected.update(chain)
    found = spans(parsed(f'"{" ".join(phrase)}"~{slop}'), " ".join(some))
    assert [start // 2 for start, _ in found] == sorted(expected)


@examples(30)
@given(cases(), languages)
def test_nothing_is_highlighted_for_what_is_excluded(case: tuple[str, str, str], language: str) -> None:
    """spans(a NOT b) is spans(a), or nothing."""
    text, wanted, excluded = case
    both = spans(parsed(f"({wanted}) NOT ({excluded})"), text, language)
    has_excluded = match(parsed(excluded), {"text": tokens(text)}, language).matched
    assert both == (() if has_excluded else spans(parsed(wanted), text, language))


@examples(40)
@given(texts_of(st.sampled_from(VOCABULARY)) | st.text(), languages)
def test_a_text_of_the_matcher_has_the_tokens_of_the_analyser(text: str, language: str) -> None:
    """list(Text(text, language)) == tokens(text)."""
    made = Text(text, language)
    expected = tokens(text)
    assert list(made) == expected
    everything = Leaves(Prefix("", ("text",)))
    assert made.find(everything).get(0, []) == list(range(len(expected)))
    assert made.ranges(len(expected) - 1) == [(token.start, token.end) for token in expected]


def test_real_paragraphs_hold_to_the_same() -> None:
    """Every word of the seed finds its paragraph; blanking the spans makes the hit vanish."""
    seed = next((Path(__file__).parents[2] / "seeds").glob("*.txt")).read_text(encoding="utf-8")
    for paragraph in filter(None, seed.split("\n")):
        for token in tokens(paragraph):
            word = paragraph[token.start : token.end]
            for source in (word, f"{word[:3]}*", f"{word}~"):
                node = parsed(source)
                found = spans(node, paragraph, "en")
                assert any(start <= token.start and token.end <= end for start, end in found)
                assert spans(node, blanked(paragraph, found), "en") == ()
