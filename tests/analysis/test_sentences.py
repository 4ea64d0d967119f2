"""Where sentences end."""

from __future__ import annotations

import pytest

from searchlib.paragraphs import sentences

CASES = [
    ["He went.", "She stayed!", "Did they?"],
    ["Mr. Smith met Dr. Jones, i.e. the other one, at 3.30 p.m. on Jan. 5.", "It cost $3.50."],
    ["“Really?” he asked.", "“Yes.”", "(So it was.)", "Good."],
    ["See Fig. 3 and No. 7.", "Is it?", "No.", "Yes."],
    ["The U.S. Army left the U.S.", "The end... and so on.", "Wait…", "What?!"],
    ["J. R. R. Tolkien wrote it.", "Version 2.0.1 of example.com is out."],
    ["Am 3. Oktober war es z.B. kalt.", "Sie kam um 10 Uhr."],
    ["Он жил на ул. Ленина.", "Она жила там же."],
    ["¿Qué es?", "¡Nada!", "«Bien.»"],
    ["First", "Second."],
]


@pytest.mark.parametrize("parts", CASES, ids=lambda parts: parts[0][:20])
def test_sentences_end_where_a_reader_ends_them(parts: list[str]) -> None:
    text = ("\n\n" if parts[0] == "First" else " ").join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts


@pytest.mark.parametrize(
    "parts", [["他来了。", "“真的吗？”", "他问。"], ["今日は。", "「はい！」", "元気？"], ["वह आया।", "वह गया।"]]
)
def test_full_stops_that_need_no_space_after_them_end_sentences_without(parts: list[str]) -> None:
    text = "".join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts


def test_a_line_break_inside_a_sentence_does_not_end_it() -> None:
    assert len(sentences("A wrapped\nline. And another\none.")) == 2


def test_nothing_has_no_sentences() -> None:
    assert sentences("") == sentences(" \n ") == []
