"""What a reader would call a paragraph, in the layouts that plain text comes in."""

from __future__ import annotations

import time

import pytest

from searchlib.model.locators import Locator
from searchlib.model.records import Block, Document, Paragraph
from searchlib.paragraphs import split, title_line


def paragraphs(text: str, title: str = "", **more: object) -> list[Paragraph]:
    return split(Document("a.txt", text, title, **more))  # type: ignore[arg-type]


def texts(text: str, title: str = "") -> list[str]:
    return [paragraph.text for paragraph in paragraphs(text, title)]


LONG = "This sentence is here to be long enough that nobody would take it for a line that was wrapped by hand at all."


def test_blank_lines_separate_paragraphs_and_the_white_space_around_them_is_not_theirs() -> None:
    assert texts("  one\ntwo  \n\n \t\n   three\n\n") == ["one\ntwo", "three"]


def test_paragraphs_are_numbered_from_one_and_know_their_line_and_range() -> None:
    found = paragraphs("one\n\n\ntwo\nmore\n\nthree", line=10)
    assert [(p.number, p.line, p.start, p.end) for p in found] == [(1, 10, 0, 3), (2, 13, 6, 14), (3, 16, 16, 21)]


def test_a_file_of_one_paragraph_a_line_is_split_at_lines_and_its_first_line_is_the_title() -> None:
    text = f"Talks in Istanbul\n{LONG}\n{LONG} Indeed.\n{LONG}"
    title = title_line(text)
    assert title == "Talks in Istanbul"
    assert texts(text, title) == [LONG, LONG + " Indeed.", LONG]
    assert [p.line for p in paragraphs(text, title)] == [2, 3, 4]


def test_a_title_that_is_all_there_is_stays_a_paragraph() -> None:
    assert texts("Only this\n", "Only this") == ["Only this"]


def test_hard_wrapped_text_without_blank_lines_ends_a_paragraph_at_a_closed_line_with_room_to_spare() -> None:
    text = (
        "The first paragraph was wrapped by an editor at some column, and it goes\n"
        "on over the next line, and over another one as well, until it comes to\n"
        "its end.\n"
        "The second paragraph begins here and is wrapped in the same way as the\n"
        "first one was. It has a sentence in the middle, and goes on until its\n"
        "last line.\n"
    )
    assert [len(part.split("\n")) for part in texts(text)] == [3, 3]


def test_hard_wrapped_text_between_blank_lines_stays_whole_even_where_lines_end_in_periods() -> None:
    text = "Some lines of text that were wrapped.\nAnother line of it follows here.\nAnd the last.\n\nNext."
    assert len(texts(text)) == 2


def test_long_lines_in_a_file_that_has_blank_lines_too_are_paragraphs_each() -> None:
    assert texts(f"Heading\n\n{LONG * 2}\n{LONG * 3}\n\nEnd of it.") == ["Heading", LONG * 2, LONG * 3, "End of it."]


def test_indented_first_lines_begin_paragraphs() -> None:
    text = (
        "   It was a bright cold day, and the clocks were striking thirteen in\n"
        "the town. He slipped quickly through the doors.\n"
        "   The hallway smelt of cabbage and old mats. At one end of it there\n"
        "was a poster, too large for indoor display.\n"
    )
    assert [part.split()[0] for part in texts(text)] == ["It", "The"]


@pytest.mark.parametrize("mark", ["-", "*", "•", "1.", "2)", "(a)", "[7]"])
def test_list_items_are_paragraphs_of_their_own(mark: str) -> None:
    found = paragraphs(f"Things to do:\n{mark} the first\n  goes on\n{mark} the second\n\nAfter.")
    assert [p.kind for p in found] == ["text", "item", "item", "text"]
    assert found[1].text == f"{mark} the first\n  goes on"


def test_two_items_are_a_list_and_one_is_after_a_colon_or_at_the_beginning() -> None:
    """A single mark in a chunk of prose may have been wrapped to the edge of a line."""

    def kinds(text: str) -> list[tuple[str, str]]:
        return [(p.text, p.kind) for p in paragraphs(text + "\n\nMore.")][:-1]

    assert kinds("Take this\n- bread\n- wine") == [("Take this", "text"), ("- bread", "item"), ("- wine", "item")]
    assert kinds("- bread\n- wine") == [("- bread", "item"), ("- wine", "item")]
    assert kinds("Take this\n- bread") == [("Take this\n- bread", "text")]
    assert kinds("Take this: \n- bread") == [("Take this:", "text"), ("- bread", "item")]
    assert kinds("- bread\nand butter") == [("- bread\nand butter", "item")]


@pytest.mark.parametrize(("length", "parts"), [(199, 1), (200, 2)])
@pytest.mark.parametrize("before", ["", "A title\n\n", "Before it.\n\n"])
def test_a_line_of_two_hundred_characters_makes_a_file_one_of_long_lines(length: int, parts: int, before: str) -> None:
    """Then every line is a paragraph; otherwise they may have been wrapped."""
    line = "x" * (length - 1) + "."
    for text in (f"{line}\n{line}\n\nNext.", f"Next.\n\n{line}\n{line}"):
        found = [one for one in texts(before + text, before.strip()) if "xx" in one and "Next" not in one]
        assert len(found) == parts


def test_wrapped_lines_stay_together_however_far_into_a_file_and_whatever_they_begin_with() -> None:
    chunk = "Some lines of text that were wrapped.\nAnother line of it follows here.\nAnd the last."
    text = "\n\n".join([chunk, f"“{chunk}”", f"({chunk})", *[chunk] * 30])
    assert len(text) > 2500
    assert texts(text) == text.split("\n\n")


@pytest.mark.parametrize("dots", ["....", ". . . "])
def test_leaders_make_a_table_of_contents_of_their_own_chunk_alone(dots: str) -> None:
    contents = f"1. One {dots}3\n2. Two {dots}4"
    assert texts(f"- a\n- b\n\n{contents}\n\n- c\n- d") == ["- a", "- b", contents, "- c", "- d"]
    assert texts(f"{dots}\n1. One\n2. Two\n\nMore.")[-2:] == [f"{dots}\n1. One\n2. Two", "More."]


def test_a_number_at_the_edge_of_wrapped_prose_begins_no_item() -> None:
    assert (
        len(texts("The committee met in the year 1987 and decided on part\n2. of the agreement, which was late.")) == 1
    )


def test_a_table_of_contents_stays_whole() -> None:
    assert len(texts("1.  Introduction . . . . . . 3\n2.  Terms . . . . . . . . . . 5\n\nText.")) == 2


def test_log_lines_are_paragraphs_each() -> None:
    text = "10:01 started\n10:02 a connection from somewhere came in and was refused\n10:07 stopped\n10:09 bye\n"
    assert len(texts(text)) == 4


def test_rules_of_punctuation_are_not_paragraphs() -> None:
    assert texts("one\n\n* * *\n\n-----\n\n🎉\n\ntwo") == ["one", "🎉", "two"]


def test_a_paragraph_that_goes_on_over_a_page_break_is_one_paragraph() -> None:
    text = "It begins on one\n\nSmith      [Page 1]\n\f\nRFC 1      Title\n\npage and ends on the next.\n\nAnother."
    found = texts(text)
    assert len(found) == 2
    assert found[0].startswith("It begins") and found[0].endswith("the next.")


def test_footer_and_header_between_whole_paragraphs_are_one_paragraph() -> None:
    text = "It is over.\n\nSmith      [Page 1]\n\fRFC 1      Title\n\nAnother begins."
    assert texts(text) == ["It is over.", "Smith      [Page 1]\n\fRFC 1      Title", "Another begins."]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A Title\n\nText.", "A Title"),
        ("A Title\n=======\n\nText.", "A Title"),
        ("=======\nA Title\n=======\n\nText.", "A Title"),
        ("\n\n  What is it?\n\nText.", "What is it?"),
        ("Fellow Citizens:\n\nText.", ""),
        ("A sentence ends so.\n\nText.", ""),
        ("Wrapped text begins here\nand goes on.\n\nText.", ""),
        ("- an item\n\nText.", ""),
        ("1984\n\nText.", ""),
        ("Nothing follows\n\n", ""),
        ("word " * 60 + "\n\nText.", ""),
        ("", ""),
    ],
)
def test_a_title_is_a_short_first_line_that_stands_as_one(text: str, title: str) -> None:
    assert title_line(text) == title


def test_a_heading_is_in_the_path_of_what_follows_and_a_paragraph_only_if_nothing_does() -> None:
    text = "One\n\nunder one\n\nTwo\n\nThree"
    blocks = (
        Block(0, 3, "heading", (), 1),
        Block(5, 14, "text", ("One",), 3),
        Block(16, 19, "heading", ("One",), 5),
        Block(21, 26, "heading", (), 7),
    )
    found = paragraphs(text, blocks=blocks)
    assert [(p.text, p.kind, p.headings, p.line) for p in found] == [
        ("under one", "text", ("One",), 3),
        ("Two", "heading", ("One",), 5),
        ("Three", "heading", (), 7),
    ]


def test_text_that_a_loader_left_between_blocks_is_a_paragraph_all_the_same() -> None:
    assert [p.text for p in paragraphs("one two three", blocks=(Block(4, 7),))] == ["one", "two", "three"]


def test_text_before_the_first_block_is_text_without_headings_on_its_line() -> None:
    document = Document("a.md", "one\n\ntwo\n\nthree", blocks=(Block(10, 15, "code", ("One",), 9),), line=5)
    found = [(p.text, p.kind, p.headings, p.line) for p in split(document)]
    assert found == [("one\n\ntwo", "text", (), 5), ("three", "code", ("One",), 9)]


def test_text_after_a_block_has_its_headings_line_and_place() -> None:
    page = (Locator("page", 3),)
    found = paragraphs("one two\n\nthree", blocks=(Block(0, 3, "text", ("One",), 4, page),), line=2)
    assert [(p.text, p.headings, p.line, p.locators) for p in found] == [
        ("one", ("One",), 4, page),
        ("two\n\nthree", ("One",), 4, page),
    ]
    found = paragraphs("One\ntwo", blocks=(Block(0, 3, "heading", (), 4, page),))
    assert [(p.text, p.headings, p.locators) for p in found] == [("One", (), page), ("two", ("One",), page)]


def test_a_block_that_begins_with_empty_lines_is_on_the_line_of_its_first_word() -> None:
    (found,) = paragraphs("\n\n\n  one\ntwo\n", blocks=(Block(0, 13, "text", (), 5),))
    assert (found.text, found.line) == ("one\ntwo", 8)


def test_the_title_of_a_row_is_no_paragraph_of_it() -> None:
    text = "Ann Poe\nOf the harbour."
    blocks = (Block(0, 7), Block(8, len(text)))
    assert [p.text for p in paragraphs(text, "Ann Poe", type="csv", blocks=blocks)] == ["Of the harbour."]
    assert [p.text for p in paragraphs(text, "Ann Poe", type="html", blocks=blocks)] == text.split("\n")


@pytest.mark.parametrize(("title", "is_one"), [
    (" ".join(["word"] * 25), True), (" ".join(["word"] * 26), False), ("w" * 160, True), ("w" * 161, False),
])  # fmt: skip
def test_a_title_has_25_words_and_160_characters_at_most(title: str, is_one: bool) -> None:
    assert title_line(title + "\n\nText.") == (title if is_one else "")


@pytest.mark.parametrize(
    ("footer", "header"), [(LONG * 2, "A header"), ("A footer", LONG * 2), ("Two\nlines", "A header")]
)
def test_what_is_long_or_of_several_lines_is_neither_footer_nor_header(footer: str, header: str) -> None:
    assert texts(f"One.\n\n{footer}\n\f{header}\n\nTwo.") == ["One.", footer, header, "Two."]


@pytest.mark.parametrize(("type", "lines"), [("csv", {7}), ("jsonl", {7}), ("text", {7, 8, 9})])
def test_a_long_block_of_a_row_is_on_the_line_of_the_row(type: str, lines: set[int]) -> None:
    text = "\n".join(["A sentence of a long cell. " * 60] * 3).rstrip()
    document = Document("a", text, type=type, blocks=(Block(0, len(text), "text", (), 7),), line=7)
    assert {p.line for p in split(document)} == lines


def test_a_row_of_json_lines_is_on_one_line_of_its_seed() -> None:
    assert [p.line for p in paragraphs("one\n\ntwo", type="jsonl", line=7)] == [7, 7]


def test_long_paragraphs_are_cut_where_sentences_end() -> None:
    text = (LONG + " ") * 60
    found = paragraphs(text)
    assert len(found) > 3
    assert all(p.text.endswith("at all.") and len(p.text) <= 2000 for p in found)
    assert " ".join(p.text for p in found) == text.strip()


def test_long_code_is_cut_where_lines_end_and_pieces_know_their_lines() -> None:
    text = "\n".join(f"    line({number})  # nothing. Nothing" for number in range(200))
    found = paragraphs(text, blocks=(Block(0, len(text), "code", (), 5),))
    assert len(found) > 2
    for p in found:
        assert text.split("\n")[p.line - 5].strip() == p.text.split("\n")[0]


def test_text_without_any_place_to_cut_is_cut_between_grapheme_clusters() -> None:
    for cluster in ("x", "é", "👩‍💻", "🇩🇪", "각", "นี้"):
        text = cluster * 3000
        assert {len(p.text) % len(cluster) for p in paragraphs(text)} == {0}, cluster


@pytest.mark.parametrize(
    "unit", ["x", "word ", "\n", "\n ", "a\n", ". ", ".'", "- a\n", "a\f", "e\u0301", "\u200d", "["]
)
def test_a_megabyte_of_anything_takes_time_in_proportion(unit: str) -> None:
    begun = time.process_time()
    paragraphs(unit * (500_000 // len(unit)))
    assert time.process_time() - begun < 5
