"""What belongs to a word, though it is neither letter nor digit: signs of names, and what joins words."""

from __future__ import annotations

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import join_key, keys_of, query_tokens, split_key, surfaces, tokens, words_in
from searchlib.analysis.folding import exact_form, folded_form, has_mark, plain_form, said_form
from searchlib.analysis.wordmarks import mark_places, marks


def marked(text: str) -> dict[str, str]:
    """The words with marks: as they are in the index, and where."""
    return {
        exact: text[token.start : token.end] for token in tokens(text) if has_mark(exact := split_key(token.key)[1])
    }


SIGNS = {
    "We write C++ and C#, (F#) or .NET.": {"c++": "C++", "c#": "C#", "f#": "F#", ".net": ".NET"},
    "c++, g++ and c# in small letters": {"c++": "c++", "g++": "g++", "c#": "c#"},
    "Notepad++, Canal+, a grade of A+; Gopher+.": {
        "notepad++": "Notepad++", "canal+": "Canal+", "a+": "A+", "gopher+": "Gopher+",
    },
    "C++17 and C++-based, “C++”; C++/CLI, C++": {"c++": "C++"},
    "日本はC++で、Ｃ＃も.NETも。": {"c++": "C++", "c#": "Ｃ＃", ".net": ".NET"},
    "F♯ minor": {"f#": "F♯"},
    "AT&T, R&D; Q&A and A&E with PB&J": {
        "at&t": "AT&T", "r&d": "R&D", "q&a": "Q&A", "a&e": "A&E", "pb&j": "PB&J",
    },
    "at&t in small letters": {"at&t": "at&t"},
    "It was re-\n  ported.": {"re-ported": "re-\n  ported"},
    "end-to-\nend": {"to-end": "to-\nend"},
    "naïve-\nté": {"naïve-té": "naïve-\nté"},
    "Bu\u0308nd-\nnisse re\u0301-\nporte": {"bünd-nisse": "Bu\u0308nd-\nnisse", "ré-porte": "re\u0301-\nporte"},
    "R&D+ and AT&T+, .NET+": {"r&d": "R&D", "at&t": "AT&T", ".net": ".NET"},
    "C&C++ or T&C#": {"c++": "C++", "c#": "C#"},
    "x-\nc++": {"c++": "c++"},
}  # fmt: skip


@pytest.mark.parametrize("text", SIGNS)
def test_a_name_with_signs_and_a_word_over_two_lines_have_a_form_of_their_own(text: str) -> None:
    assert marked(text) == SIGNS[text]


@pytest.mark.parametrize(
    "text",
    [
        "i++; x++ count++", "a+b A+B C+D=E", "#tag issue#12 PO#3 page.html#top", "...net example.net a.NET", "5+ 18+",
        "Marks&Spencer IBM&HP", "?q=x&y=z a&lt;b", "Anglo-\nSaxon", "Vor-\nund Nachteile", "COVID-\n19", "x -\ny",
        "a--\nb", "日-\n本", "+-+-A+--+", "[A-Z]+", "C ++", ". NET", "re-\n\nported",
        "My_C++", "A×B+", "X\u0301+",
    ],
)  # fmt: skip
def test_what_looks_alike_has_no_mark(text: str) -> None:
    assert marked(text) == {}


def test_in_a_query_capitals_do_not_matter() -> None:
    typed = {text: split_key(query_tokens(text)[-1].key)[1] for text in ("notepad++", "q#", ".net", "canal+", "i++")}
    assert typed == {text: text for text in typed}
    (first, second) = query_tokens("AT&T")
    assert (first.end, second.start, second.end) == (2, 2, 4)


def test_the_parts_of_what_is_joined_stay_tokens_at_their_places() -> None:
    assert [token.key for token in tokens("AT&T re-\nported it")] == [
        "at", "t\x1fat&t", "re", "ported\x1fre-ported", "it",
    ]  # fmt: skip
    assert [token.position for token in tokens("re-\nported it")] == [0, 1, 2]
    assert [token.key for token in tokens("re-\nported", flowing=False)] == ["re", "ported"]


def test_a_marked_word_folds_to_the_word_without_it() -> None:
    forms = {one: (folded_form(one), plain_form(one), said_form(one)) for one in ("c++", ".net", "at&t", "re-été")}
    assert forms == {
        "c++": ("c", "c", "c"), ".net": ("net", "net", "net"), "at&t": ("t", "t", "att"),
        "re-été": ("ete", "été", "reété"),
    }  # fmt: skip
    assert [surfaces(word) for word in words_in("C++ AT&T re-\nÉté")] == [("c",), ("at",), ("t",), ("re",), ("été",)]
    assert [surfaces(word) for word in words_in("C＋＋ Ｃ＃ F♯")] == [("c",), ("c",), ("f",)]


pieces = st.lists(
    st.sampled_from(
        [
            "C",
            "x",
            "+",
            "++",
            "#",
            "&",
            "-\n",
            " ",
            ".",
            "net",
            "NET",
            "Ab",
            "7",
            "é",
            "は",
            "＋",
            "♯",
            "=",
            "_",
            "\u0301",
        ]
    ),
    max_size=9,
)


@examples(300)
@given(pieces.map("".join))
def test_words_are_those_of_tokens_and_marks_are_where_they_may_be(text: str) -> None:
    found = tokens(text)
    assert [key for word in words_in(text) for key in keys_of(word)] == [token.key for token in found]
    for token in found:
        folded, exact = split_key(token.key)
        assert (folded_form(exact), join_key(exact)) == (folded, token.key)
    places = mark_places(text)
    assert len({one.first for one in marks(text)}) == len(marks(text))
    for one in marks(text):
        assert any(one.start <= place < one.end for place in places)
        assert has_mark(exact_form(one.word))
