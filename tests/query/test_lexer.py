"""Cutting a text: what is quick for plain words finds what the expression for everything finds."""

from __future__ import annotations

from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.query.lexer import EVERY_OPERATOR, found_pieces, pieces, printable, readable

PARTS = st.sampled_from(
    [
        *sorted(EVERY_OPERATOR),
        "to",
        "TO",
        "not",
        "and",
        "a",
        "http",
        "x2",
        "x²",
        "1990",
        "und",
        "и",
        "和平",
        "नीति",
        "é",
        "İ",
    ]
)
SIGNS = st.sampled_from([*" \t\n\u00a0\u3000\u2028", "  ", *"_-+:/\"()[]{}*?~^\\.'", "\u200d", "\u0301"])
TEXTS = st.one_of(
    st.lists(st.one_of(PARTS, st.sampled_from("  \t\n"), st.characters())).map(" ".join),
    st.lists(st.one_of(PARTS, SIGNS, st.characters())).map("".join),
    st.lists(PARTS).map(" ".join),
)


@given(TEXTS)
@examples(300)
def test_plain_words_are_cut_as_everything_is(text: str) -> None:
    source = readable(printable(text), lambda name: True)
    cut, found = list(pieces(source)), list(found_pieces(source))
    assert [piece[:4] for piece in cut] == [piece[:4] for piece in found]
    for one, other in zip(cut, found, strict=True):
        assert one.kind == "word" or one.match.groupdict() == other.match.groupdict()


def test_blanks_of_any_kind_stand_between_plain_words() -> None:
    assert [piece[:4] for piece in pieces(" ab\u3000b ")] == [("word", 1, 3, "ab"), ("word", 4, 5, "b")]
