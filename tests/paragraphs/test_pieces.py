"""Long stretches are cut where somebody who reads them would cut them, and no piece is a scrap."""

from __future__ import annotations

import pytest

from searchlib.model.records import Kind
from searchlib.paragraphs.pieces import LIMIT, pieces

SENTENCE = "The harbour is closed in winter, and ships wait outside until spring comes. "
FAMILY = "👨\u200d👩\u200d👧\u200d👦"  # one character to whoever reads it


def cut(text: str, kind: Kind = "text") -> list[str]:
    found = [text[start:end] for start, end in pieces(text, 0, len(text), kind)]
    assert all(0 < len(piece) <= LIMIT and piece == piece.strip() for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split()), "nothing is lost"
    return found


def test_what_fits_is_one_piece_and_one_more_is_two() -> None:
    assert cut("x" * LIMIT) == ["x" * LIMIT]
    assert len(cut("x" * (LIMIT + 1))) == 2


@pytest.mark.parametrize("length", [LIMIT + 10, LIMIT * 5 // 4, LIMIT * 3 // 2 - 80])
def test_the_last_two_pieces_are_of_a_size(length: int) -> None:
    """Wherever in the document they stand."""
    text = (SENTENCE * 60)[:length].strip()
    first, last = cut(text)
    assert abs(len(first) - len(last)) < LIMIT // 3
    before = "A title.\n\n" * 700
    shifted = [end - start for start, end in pieces(before + text, len(before), len(before) + len(text))]
    assert shifted == [len(first), len(last)]


def test_pieces_before_the_last_two_are_full() -> None:
    first, *others = cut((SENTENCE * 70).strip())
    assert len(first) > LIMIT - len(SENTENCE) and len(others) == 2


def test_a_piece_ends_with_a_sentence() -> None:
    assert all(piece.endswith("spring comes.") for piece in cut((SENTENCE * 70).strip()))


@pytest.mark.parametrize("kind", ["code", "table"])
def test_code_and_tables_are_cut_between_lines_whatever_sentences_are_in_them(kind: Kind) -> None:
    lines = [f"cell {number} | It is so. It is | more of it" for number in range(150)]
    assert [line for piece in cut("\n".join(lines), kind) for line in piece.split("\n")] == lines


def test_without_an_end_of_a_sentence_a_line_ends_a_piece_and_else_white_space_does() -> None:
    lines = [f"line {number} of things that never end" for number in range(120)]
    assert [line for piece in cut("\n".join(lines)) for line in piece.split("\n")] == lines
    words = [f"word{number}" for number in range(600)]
    found = cut(" ".join(words))
    assert [word for piece in found for word in piece.split()] == words
    assert len(found[0]) >= LIMIT - len("word123"), "the last that there is"


def test_white_space_that_a_mark_stands_on_is_no_place_to_cut() -> None:
    text = "a" * 700 + " " + "b" * 1000 + " \u0308" + "c" * 1500
    first, *_ = cut(text)
    assert first == "a" * 700


def test_without_any_white_space_no_character_is_cut() -> None:
    found = cut(FAMILY * 500)
    assert len(found) == 2 + (len(FAMILY) * 500 - LIMIT * 3 // 2) // LIMIT
    assert all(piece.strip(FAMILY[0]) and len(piece) % len(FAMILY) == 0 for piece in found)


def test_a_character_longer_than_a_piece_stays_whole() -> None:
    marks = "e" + "\u0301" * (LIMIT + 500)
    found = [marks[start:end] for start, end in pieces(marks + "x" * 20, 0, len(marks) + 20)]
    assert found[0] == marks
