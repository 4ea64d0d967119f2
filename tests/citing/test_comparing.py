"""How alike texts are, and the difference between them: right, and quick for any text."""

from __future__ import annotations

import time

import pytest

from searchlib.citing.likeness import closest, difference, likeness
from searchlib.citing.normal import normal

from .texts import record_of

REPEATED = {
    "dots": "." * 2000,
    "leaders": ". " * 1000,
    "diagram": "+-" * 1000,
    "bits": "0 1 " * 500,
    "han": "一" * 2000,
    "two of han": "一二" * 1000,
    "one word": "word " * 400,
    "letters": "a b c " * 320,
}


@pytest.mark.parametrize("text", REPEATED.values(), ids=REPEATED)
def test_repetition_takes_no_time(text: str) -> None:
    before, after = normal(f"Begin {text} end"), normal(f"Begun {text[3:]} x {text[:40]} end")
    began = time.process_time()
    diff = difference(before, after)
    record = record_of(after)
    for part in (True, False):
        assert closest(before, [record], part) is not None
    assert time.process_time() - began < 0.5
    for side, whole in (("+", before), ("-", after)):
        assert whole.startswith("".join(change.text for change in diff if change.op != side)), (
            "of the first 2,000 tokens"
        )


@pytest.mark.parametrize("text", REPEATED.values(), ids=REPEATED)
def test_an_edit_within_repetition_is_found(text: str) -> None:
    text = normal(text)[:1500].strip()
    assert [tuple(change) for change in difference(f"{text} one {text}", f"{text} two {text}") if change.op != "="][
        :1
    ] == ([("-", "one")])
    assert likeness(f"{text} one {text}", f"{text} two {text}", part=False).ratio >= 0.4


@pytest.mark.parametrize("text", REPEATED.values(), ids=REPEATED)
def test_what_stands_between_two_edits_within_repetition_is_the_same(text: str) -> None:
    text = normal(text)[:600].strip()
    before, after = (f"{text} {one} harbours {text} {two} {text}" for one, two in (("A", "B"), ("C", "D")))
    diff = difference(before, after)
    for side, whole in (("+", before), ("-", after)):
        assert whole.startswith("".join(change.text for change in diff if change.op != side))
    assert any(change.op == "=" and "harbours" in change.text for change in diff)


def test_a_line_of_a_table_of_contents_is_like_it_was_with_other_dots() -> None:
    before, after = "Introduction " + ". " * 30 + "3", "Introduction " + ". " * 28 + "12"
    assert likeness(before, after, part=False).ratio > 0.6


def test_what_stands_between_two_edits_is_the_same() -> None:
    before, after = "one two three four five six seven", "one two 3 four five 6 seven"
    assert [tuple(change) for change in difference(before, after)] == [
        ("=", "one two "), ("-", "three"), ("+", "3"), ("=", " four five "), ("-", "six"), ("+", "6"), ("=", " seven"),
    ]  # fmt: skip


def test_short_punctuation_is_compared_by_the_character() -> None:
    assert [tuple(change) for change in difference("call(one)", "call(two);")] == [
        ("=", "call("),
        ("-", "one"),
        ("+", "two"),
        ("=", ")"),
        ("+", ";"),
    ]


def test_the_first_of_those_that_are_most_alike_is_the_closest() -> None:
    texts = ["nothing of it", "one two three six", "one two three ten", "one two", *["four"] * 9]
    found = closest("one two three four", [record_of(text) for text in texts], part=False)
    assert found is not None and found[0].paragraph.text == "one two three six"


@pytest.mark.parametrize("part", [True, False])
def test_a_long_text_is_the_closest_to_a_part_of_it_alone(part: bool) -> None:
    """A text that says the quote among much else, after more than are looked at of those that say half of it."""
    long = "one two three four five " + "and much else " * 40
    texts = ["one two three", *["nothing of it"] * 9, *["one two five"] * 8, long.strip()]
    found = closest("one two three four five", [record_of(text) for text in texts], part)
    assert found is not None
    assert found[0].paragraph.text == (long.strip() if part else "one two three")


def test_longer_texts_with_more_of_its_words_do_not_keep_the_closest_from_being_looked_at() -> None:
    long = "one two three four five " + "and much else " * 40
    texts = [*[long.strip()] * 8, "one two three four"]
    found = closest("one two three four five", [record_of(text) for text in texts], part=False)
    assert found is not None and found[0].paragraph.text == "one two three four"
