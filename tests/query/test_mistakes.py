"""Mistakes in a query: told in words that point at the place and say what to do."""

from __future__ import annotations

import pytest

from searchlib.errors import QueryError
from searchlib.query import parse
from searchlib.query.mistakes import left_out

FIELDS = ["author", "year"]

MESSAGES = {
    "autor:smith": """\
There is no field "autor", so it is searched as a word.
    autor:smith
    ^
Did you mean author: ?""",
    "war xyzzy:smith": """\
There is no field "xyzzy", so it is searched as a word.
    war xyzzy:smith
        ^
The fields are text, title, headings, document, type, language, kind, number, line, author, year.""",
    'war "and peace': """\
This quotation mark is never closed.
    war "and peace
        ^
Close the phrase: "like this\"""",
    "(war": """\
This bracket is never closed.
    (war
    ^
Close it: )""",
    "war) peace": """\
This bracket was never opened.
    war) peace
       ^
Remove it, or open it: (""",
    "AND war": """\
AND has nothing on its left.
    AND war
    ^
To search for the word, write it in lower case: and""",
    "(war OR) peace": """\
OR has nothing on its right.
    (war OR) peace
         ^
To search for the word, write it in lower case: or""",
    "war NOT": """\
NOT has nothing to exclude.
    war NOT
        ^
To search for the word, write it in lower case: not""",
    "war title:": """\
title: has nothing to look for.
    war title:
        ^
Write what to look for right after it, as in title:word""",
    "war year:[]": """\
This is not a range.
    war year:[]
             ^
Write a range like this: year:[1990 TO 2000]""",
    "war year:[TO]": """\
This range has neither a beginning nor an end.
    war year:[TO]
             ^
Write at least one of them: [1990 TO] or [TO 2000]""",
    "year:[10 TO 9]": """\
This range ends before it begins, so it is empty: 10 comes after 9.
    year:[10 TO 9]
         ^
Turn it around: [9 TO 10]""",
    "number:three": """\
number: never holds "three", so this finds nothing.
    number:three
           ^
Write a number, as in number:3""",
    "indutsry~3": """\
A word may differ in 1 or 2 letters, not 3, so it may in 2.
    indutsry~3
    ^
Write indutsry~ or indutsry~2""",
    "roam~0.8 war": """\
A word may differ in 1 or 2 letters, not 0.8, so it may in 2.
    roam~0.8 war
    ^
Write roam~ or roam~2""",
    'the "arms race"~x': """\
"~x" does not say how far apart the words may stand, so it is left out.
    the "arms race"~x
                   ^
Write a number, as in "these words"~3""",
    "war^-2 peace": """\
"^-2" is no number that a word can count, so it is left out.
    war^-2 peace
       ^
Write one from 0 to 999999, as in word^2 or word^0.5""",
    "(war peace)^x": """\
"^x" is no number that a word can count, so it is left out.
    (war peace)^x
               ^
Write one from 0 to 999999, as in word^2 or word^0.5""",
    "war NEAR/0 peace": """\
No two words stand 0 words apart, so it is NEAR/1.
    war NEAR/0 peace
        ^
Write NEAR/1 for neighbours.""",
    'war "!!!"': """\
There is no word between these quotation marks.
    war "!!!"
        ^
Write at least one word there.""",
    "year:[2020-13 TO 2021]": """\
There is no date 2020-13, so it is compared as text.
    year:[2020-13 TO 2021]
         ^
Write numbers as 3 or 1.5, and dates as 2020-05-17, 2020-05 or 2020.""",
    "year:[1990 TO now]": """\
1990 is a number, and now is not, so it is compared as text.
    year:[1990 TO now]
         ^
Write numbers as 3 or 1.5, and dates as 2020-05-17, 2020-05 or 2020.""",
    "line:[3 TO x]": """\
line: never holds "3 TO x", so this finds nothing.
    line:[3 TO x]
         ^
Write a number, as in line:3""",
    "title:war NEAR text:peace": """\
NEAR stands between words or phrases of one field only, so it is searched as AND.
    title:war NEAR text:peace
              ^
Write a word or a phrase on both sides.""",
    "-war": """\
This query says only what to leave out, so it finds everything else.
    -war
     ^
Add a word to look for.""",
    "": """\
There is no word to look for.
Write at least one word, or * for everything.""",
    "!?": """\
There is no word to look for.
    !?
    ^
Write at least one word, or * for everything.""",
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.items())
def test_a_mistake_is_a_warning_and_where_strict_the_error_that_says_the_same(text: str, message: str) -> None:
    warnings = parse(text, FIELDS).warnings
    assert [str(warning) for warning in warnings] == [message]
    with pytest.raises(QueryError) as raised:
        parse(text, FIELDS, strict=True)
    # An error does not say what became of the mistake, since nothing did.
    first, *others = message.splitlines()
    error, *same = str(raised.value).splitlines()
    assert same == others
    assert first == error or first.startswith(error.removesuffix(".") + ", so ")
    assert raised.value.position == warnings[0].position


def test_an_error_does_not_say_that_anything_was_searched() -> None:
    for text in MESSAGES:
        with pytest.raises(QueryError) as raised:
            parse(text, FIELDS, strict=True)
        assert not any(word in raised.value.message for word in ("searched as", "left out,", "so it is left"))


def test_a_warning_says_where_the_mistake_begins_and_ends() -> None:
    (warning,) = parse("war autor:smith", FIELDS).warnings
    assert warning.as_dict() == {
        "message": 'There is no field "autor", so it is searched as a word.',
        "start": 4,
        "end": 10,
        "advice": "Did you mean author: ?",
    }
    for text in MESSAGES:
        for one in parse(text, FIELDS).warnings:
            assert 0 <= one.start <= one.end <= len(text)


def test_of_a_long_query_a_mistake_shows_the_part_that_it_is_in() -> None:
    text = "peace " * 100 + "war) " + "truce " * 100
    shown = str(parse(text, FIELDS).warnings[0]).splitlines()
    assert max(map(len, shown)) < 100
    assert shown[1][shown[2].index("^")] == ")"


def test_the_caret_stands_under_wide_characters_too() -> None:
    line, caret = str(parse("東京)", FIELDS).warnings[0]).splitlines()[1:3]
    assert (line, caret) == ("    東京)", "    \u3000\u3000^")


def test_warnings_are_in_the_order_of_their_places_and_strict_raises_the_first() -> None:
    text = 'foo:a (b AND) "c'
    positions = [warning.position for warning in parse(text, FIELDS).warnings]
    assert positions == sorted(positions) == [0, 9, 14]
    with pytest.raises(QueryError, match='no field "foo"'):
        parse(text, FIELDS, strict=True)


def test_a_thousand_mistakes_are_twenty_warnings() -> None:
    assert len(parse("a) " * 1000, FIELDS).warnings) == 20


def test_an_unknown_field_and_its_word_stay_together_under_an_operator() -> None:
    found = parse("war AND autor:smith", []).query
    assert str(found) == "war AND (autor OR smith)"


@pytest.mark.parametrize(
    "text", ["year:[2020-05 TO 2020]", "year:[9 TO 10]", "author:[a TO]", "year:<=2000", "war?", "10^6 c^"]
)
def test_what_is_no_mistake_is_no_warning(text: str) -> None:
    assert parse(text, FIELDS, strict=True).warnings == ()


PASTED = [
    ("git commit -m", True, ["-m"]),
    ("temperature -5", True, ["-5"]),
    ("temperature -5.5 -10", True, ["-5.5", "-10"]),
    ("war -peace", True, []),
    ("war -peace", False, ["-peace"]),
    ('war -"and peace"', False, []),
    ("war NOT m", True, []),
    ("state-of-the-art -", False, []),
]


@pytest.mark.parametrize(("text", "found", "hinted"), PASTED)
def test_what_is_left_out_and_may_not_be_meant_is_hinted_at(text: str, found: bool, hinted: list[str]) -> None:
    hints = left_out(text, parse(text, strict=True).query, found)
    assert [text[hint.start : hint.end] for hint in hints] == hinted


def test_the_hint_says_how_to_look_for_it() -> None:
    (hint,) = left_out("git commit -m", parse("git commit -m").query, True)
    assert (
        str(hint)
        == """\
"-m" leaves out what has "m".
    git commit -m
               ^
To look for it, put it in quotation marks: "-m\""""
    )
