"""The query language: what each piece of syntax becomes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import forms
from searchlib.errors import QueryError
from searchlib.guards.limits import Limits
from searchlib.query import DEFAULT_FIELDS, Node, Parsed, parse, write
from searchlib.query.lexer import readable
from searchlib.query.nodes import (
    NOTHING,
    And,
    Best,
    Everything,
    Fuzzy,
    Near,
    Not,
    Optional,
    Or,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
    boosted,
    children,
    leaves,
    words,
)
from searchlib.query.valuekeys import NUMBER, after, date_key, sortable

METADATA = ["author", "year"]
FIELDS = tuple(DEFAULT_FIELDS.items())
UNLIMITED = Limits(query_length=1 << 30, query_clauses=1 << 30)
LAST = "\U0010ffff"


def parsed(text: str) -> Parsed:
    return parse(text, METADATA)


def asked(text: str) -> Node:
    found = parsed(text)
    assert found.warnings == ()
    return found.query


def word(text: str, *fields: str) -> Word:
    (form,) = forms(text)
    return Word(text, form, tuple((name, 1.0) for name in fields) or FIELDS)


def name(first: str, second: str) -> Best:
    """A name of two words that are joined."""
    (_, joined) = forms(first + second)
    alone = tuple(replace(form, alone=True) for form in joined)
    row = Phrase((word(first), Word(second, joined, FIELDS)), boost=0.5)
    return Best((Word(first + second, alone, FIELDS), row), typed=first + second)


def value(text: str, field: str) -> Word:
    (form,) = forms(text)
    return Word(text, form, ((field, 1.0),))


def phrase(*texts: str, slop: int = 1, boost: float = 1.0) -> Phrase:
    return Phrase(tuple(word(text) for text in texts), slop, boost)


def loose(*texts: str) -> Or:
    return any_of(*map(word, texts), phrase(*texts, boost=0.3))


def word_in(text: str, field: str, weight: float) -> Word:
    return replace(word(text), fields=((field, weight),))


def number(value: float) -> str:
    """The term of a number."""
    return NUMBER + sortable(value)


def any_of(*nodes: Node) -> Or:
    return Or(nodes)


def all_of(*nodes: Node) -> And:
    return And(nodes)


WORDS = {
    "defense industry": any_of(word("defense"), word("industry")),
    "industry industry": boosted(word("industry"), 2.0),
    '"defense industry"': phrase("defense", "industry"),
    "“defense industry”": phrase("defense", "industry"),
    '"defense industry"~5': phrase("defense", "industry", slop=5),
    '"defense industry"^2': phrase("defense", "industry", boost=2.0),
    '"defense"': word("defense"),
    "state-of-the-art": loose("state", "of", "the", "art"),
    "COVID-19": loose("COVID", "19"),
    "COVID-19 AND war": all_of(phrase("COVID", "19"), word("war")),
    "can't": any_of(word("can"), phrase("can", "t", boost=0.3)),
    "U.S.": phrase("U", "S"),
    "http://example.org/a": phrase("http", "example", "org", "a"),
    "12:30": phrase("12", "30"),
    "what is this?": any_of(word("what"), word("is"), word("this")),
    "what?": word("what"),
    "(war)": word("war"),
    "'war'": word("war"),
    "[war]": word("war"),
    "war - peace": any_of(word("war"), word("peace")),
    "Note: war": any_of(word("Note"), word("war")),
    "AT&T C++": any_of(name("AT", "&T"), word("C++")),
    "and or not": any_of(word("and"), word("or"), word("not")),
    "東京大": any_of(word("東京"), word("京大")),
    "東": word("東"),
    '"東京大"': phrase("東京", "京大"),
    "iPhone手机": any_of(word("iPhone"), word("手机")),
}

ESCAPES = {
    r"a\:b": phrase("a", "b"),
    r"\"a b\"": any_of(word("a"), word("b")),
    r"title\:a": phrase("title", "a"),
    r"a\*": word("a"),
    r"\(a\) AND b": all_of(word("a"), word("b")),
    r"a \-b": any_of(word("a"), word("b")),
    r"document:a\*b": Value("a*b", "document"),
    r"document:a\*b*": Prefix("a*b", ("document",)),
    r"document:a[b]*": Prefix("a[b]", ("document",)),
    r"author:Jane\ Smith": Phrase((value("Jane", "author"), value("Smith", "author"))),
    r"C:\Users": phrase("C", "Users"),
    "（a b） AND c": all_of(any_of(word("a"), word("b")), word("c")),
    "a ＡＮＤ b": all_of(word("a"), word("b")),
    "＋a　－b": all_of(word("a"), Not(word("b"))),
    "title：a": word("a", "title"),
    "注意：a": any_of(word("注意"), word("a")),
    "a？b": phrase("a", "b"),
    "＂a b＂": phrase("a", "b"),
    "「a b」": phrase("a", "b"),
    "«a b»": phrase("a", "b"),
    "http://x.org/a?b=c*d": phrase("http", "x", "org", "a", "b", "c", "d"),
    "document:http://x.org/*": Prefix("http://x.org/", ("document",)),
    '"a b"~99999': phrase("a", "b", slop=99999),
    '"a b"~3, c': any_of(phrase("a", "b", slop=3), word("c")),
}

OPERATORS = {
    "a AND b": all_of(word("a"), word("b")),
    "a OR b": any_of(word("a"), word("b")),
    "a b AND c": any_of(word("a"), all_of(word("b"), word("c"))),
    "(a b) AND c": all_of(any_of(word("a"), word("b")), word("c")),
    "a NOT b": all_of(word("a"), Not(word("b"))),
    "a -b": all_of(word("a"), Not(word("b"))),
    "a AND NOT b": all_of(word("a"), Not(word("b"))),
    "a NOT NOT b": any_of(word("a"), word("b")),
    "a ANDNOT b": all_of(word("a"), Not(word("b"))),
    "a OR NOT b": any_of(word("a"), all_of(Everything(), Not(word("b")))),
    "a AND (NOT b)": all_of(word("a"), Not(word("b"))),
    "+a b": Optional(word("a"), word("b")),
    "+a +b": all_of(word("a"), word("b")),
    "+a b -c": all_of(Optional(word("a"), word("b")), Not(word("c"))),
    "a ANDMAYBE b": Optional(word("a"), word("b")),
    "a REQUIRE b": Require(word("a"), word("b")),
    "a^2 b": any_of(boosted(word("a"), 2.0), word("b")),
    "(a b)^2 AND c": all_of(boosted(any_of(word("a"), word("b")), 2.0), word("c")),
    "*": Everything(),
    "*:*": Everything(),
    "* -a": all_of(Everything(), Not(word("a"))),
    "a AND !!!": word("a"),
}

IN_FIELDS = {
    "title:a": word("a", "title"),
    "heading:a": word("a", "headings"),
    "title: a": word("a", "title"),
    "TITLE:a": word("a", "title"),
    "title:(a text:b)": any_of(word("a", "title"), word("b", "text")),
    "-title:a b": all_of(word("b"), Not(word("a", "title"))),
    "lang:EN": Value("en", "language"),
    "path:reports/a.md": Value("reports/a.md", "document"),
    "document:reports/*": Prefix("reports/", ("document",)),
    "author:Jane": value("Jane", "author"),
    "author:*": Everything("author"),
    "title:*": Everything("title"),
    "paragraph:3": Range(3, 3, ("number",)),
    "line:>=3": Range(3, None, ("line",)),
    "line:<3": Range(None, 3, ("line",), False, True),
    "line:[3 TO 5}": Range(3, 5, ("line",), False, True),
    "year:[a TO b]^2": Range("\x03a", "\x03b", ("year",), boost=2.0),
    "title:{a TO b]": Range("a", "b", ("title",), True),
    "title:w?r": Wildcard("w?r", ("title",)),
    "title:Wär~2/1": Fuzzy("war", ("title",), 2, 1),
    "title:indus*": Prefix("indus", ("title",)),
}

VALUES = {
    "author:*smith": Wildcard("*smith", ("author",)),
    "author:jane-*": Prefix("\x03jane-", ("author",)),
    r"author:jane\*s*": Prefix("\x03jane*s", ("author",)),
    "year:2020-*": Prefix("\x032020-", ("year",)),
    "author:smiht~": Fuzzy("smiht", ("author",)),
    "year:1995": value("1995", "year"),
    "year:-5": Value(number(-5), "year"),
    "year:1.5": Best((Phrase((value("1", "year"), value("5", "year"))), Value(number(1.5), "year"))),
    "year:>=1.5": Range(number(1.5), "\x01" + LAST, ("year",)),
    "year:{1990 TO 1995.5]": Range(after(number(1990)), after(number(1995.5)), ("year",), True),
    "year:[1990 TO 2000}": Range(number(1990), number(2000), ("year",), False, True),
    "year:<=2020-05": Range("\x01", after(date_key("2020-05")), ("year",)),
    "year:>2020-05": Range(after(date_key("2020-05")), "\x01" + LAST, ("year",), True),
    "year:2020-05": Best(
        (
            Phrase((value("2020", "year"), value("05", "year"))),
            Range(date_key("2020-05"), after(date_key("2020-05")), ("year",)),
        )
    ),
    "year:[007 TO 010]": Best(
        (
            Range(number(7), after(number(10)), ("year",)),
            Range("\x03007", "\x03010", ("year",)),
        )
    ),
    "author:{Änne TO}": Range("\x03anne", "\x03" + LAST, ("author",), True),
    "number:*": Everything(),
    "start:>9": Range(9, None, ("start",), True),
}

NEARNESS = {
    "title:a NEAR b": Near(word("a", "title"), word_in("b", "title", 3.0), "title"),
    "title:a NEAR/3 title:b NEAR title:c": Near(
        Near(word("a", "title"), word("b", "title"), "title", 3), word("c", "title"), "title"
    ),
    "title:a* NEAR/1 title:b?c^2": Near(Prefix("a", ("title",)), Wildcard("b?c", ("title",), 2.0), "title", 1),
    "a NEAR/2 b": any_of(
        *(Near(word_in("a", name, weight), word_in("b", name, weight), name, 2) for name, weight in FIELDS)
    ),
    "author:jane NEAR author:smith": Near(value("jane", "author"), value("smith", "author"), "author"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*WORDS.items(), *ESCAPES.items(), *OPERATORS.items(), *IN_FIELDS.items(), *VALUES.items(), *NEARNESS.items()],
)
def test_syntax_becomes_nodes(text: str, expected: Node) -> None:
    assert asked(text) == expected


def test_a_query_reads_like_what_was_typed() -> None:
    found = parsed("a* NEAR/3 b -(c~ OR title:[d TO e]^2)").query
    assert str(found) == "(a* NEAR/3 b) AND NOT (c~ OR title:[d TO e]^2)"


def test_every_node_knows_its_place_in_the_text() -> None:
    found = parsed('war "and peace" -truce').query
    assert [leaf.at for leaf in leaves(found)] == [(0, 3), (4, 15), (17, 22)]
    assert [one.at for one in words(found)] == [(0, 3), (5, 8), (9, 14), (17, 22)]
    assert found.at == (0, 22)


PLACES = {
    "war foo-ind* x": [(0, 3), (4, 7), (8, 12), (13, 14)],
    "war state-of~2 x": [(0, 3), (4, 9), (10, 12), (15, 16)],
    'title:"a b"~3 year:[1990 TO 2000]^2': [(6, 13), (19, 33)],
    "author:(jane x) year:>= 1990.5": [(8, 12), (13, 14), (21, 30)],
    "東京大 NEAR war": [(0, 2), (1, 3), (9, 12)] * 3,
    "foo:bar war": [(0, 3), (4, 7), (8, 11)],
}


@pytest.mark.parametrize(("text", "places"), PLACES.items())
def test_parts_of_words_and_values_know_theirs_too(text: str, places: list[tuple[int, int]]) -> None:
    assert [leaf.at for leaf in leaves(parsed(text).query)] == places


def test_an_exact_attribute_is_asked_as_it_was_typed() -> None:
    assert asked("path:reports/A.md") == Value("reports/A.md", "document")
    assert asked("lang:EN") == Value("en", "language")


def test_a_key_of_the_metadata_is_no_name_of_the_records_own() -> None:
    assert parse("end:3", ["end"]).query == value("3", "end")
    assert [warning.message for warning in parse("end:3").warnings] == [
        'There is no field "end", so it is searched as a word.'
    ]
    assert parse("metadata:x", ["metadata"]).warnings


def test_words_are_searched_in_the_default_fields() -> None:
    found = parse("a b*", [], default_fields={"text": 1.0}).query
    assert found == any_of(word("a", "text"), Prefix("b", ("text",)))


def test_a_field_before_empty_brackets_has_nothing_to_look_for() -> None:
    found = parsed("title:() war")
    assert found.query == word("war")
    assert [warning.message for warning in found.warnings] == ["title: has nothing to look for."]


@pytest.mark.parametrize("level", ["a REQUIRE b ANDMAYBE c ANDNOT d OR e AND NOT (", "+a b OR c AND -(", "a NEAR b -("])
def test_the_deepest_tree_that_can_be_typed_is_still_written_compared_and_hashed(level: str) -> None:
    made = parsed(level * 40 + "z")
    assert made.query == parsed(level * 40 + "z").query
    assert hash(made.query) == hash(parsed(level * 40 + "z").query)
    assert "a^2" in write(boosted(made.query, 2.0))


def test_operators_that_nest_are_limited_and_so_are_brackets() -> None:
    found = parsed("a ANDNOT " * 100 + "b")
    assert found.warnings[0].message == (
        "A query has at most 64 operators like ANDNOT, so they are ignored from here on."
    )
    found = parsed("(" * 40 + "a" + ")" * 40)
    assert found.query == word("a")
    assert [warning.message for warning in found.warnings] == [
        "Brackets are more than 32 deep here, so the deeper ones are ignored."
    ]


HOSTILE = [
    "NOT OR x",
    "AND",
    "OR OR",
    "NOT",
    "+",
    "-",
    "--",
    "+-a",
    "((",
    "))",
    ")(",
    "()",
    '"',
    '""',
    '"""',
    "^2",
    "a^",
    "a^^2",
    "~",
    "a~~",
    "a~999999999999",
    "*?*",
    "?",
    "[",
    "]",
    "[a",
    "[TO]",
    "[ TO ]",
    "{a TO",
    "year:",
    "year:>",
    "year:>=",
    ":",
    "::",
    "a:b:c",
    "title:title:",
    "title:AND",
    "NEAR",
    "a NEAR",
    "a NEAR/99999 b",
    "NOT NEAR a",
    "a AND (",
    "a AND )",
    "(a OR ) b",
    "\x00",
    "\ud800",
    "a\x00b",
    "\u202e",
    "🇩🇪 👩‍👩‍👧",
    "😀 :) :-( ;)",
    "a\nb\tc",
    "'",
    "can''t",
    "\\",
    "a\\*",
    "<b>",
    "&amp;",
    "%s {0}",
    "title:(",
    "title:()",
    "-title:",
    "(NOT)",
    "(+)",
    "a ANDNOT",
    "ANDMAYBE b",
    "REQUIRE",
    "*" * 300,
    "?" * 300,
    "^" * 300,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_never_raises_unless_strict_and_then_a_query_error(text: str) -> None:
    found = parsed(text)
    for warning in found.warnings:
        assert str(warning)
        assert 0 <= warning.position <= len(text)
    if found.warnings:
        with pytest.raises(QueryError):
            parse(text, METADATA, strict=True)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "東京",
        "naïve",
        "don't",
        " ",
        "  ",
        "(",
        ")",
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "*",
        "?",
        "~",
        "~2",
        "^",
        "^2",
        "+",
        "-",
        ":",
        "AND",
        "OR",
        "NOT",
        "NEAR/2",
        "ANDNOT",
        "ANDMAYBE",
        "REQUIRE",
        "TO",
        "title:",
        "year:",
        "foo:",
        ">=",
        "<",
        "\x00",
        "\ud800",
        "1990",
    ]
)


def nodes_of(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from nodes_of(child)


ANY_TEXT = st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))


@examples(150)
@given(ANY_TEXT)
def test_any_text_parses_and_places_are_those_of_its_words(text: str) -> None:
    found = parsed(text)
    assert len(found.source) == len(text)
    assert found.query == parsed(text).query
    assert all(0 <= warning.start <= warning.end <= len(text) for warning in found.warnings)
    assert found.query != NOTHING or found.warnings
    for node in nodes_of(found.query):
        assert node.at is None or 0 <= node.at[0] < node.at[1] <= len(text)
    for one in words(found.query):
        assert one.at is not None
        assert one.text == readable(found.source, lambda name: False)[slice(*one.at)]


@examples(150)
@given(ANY_TEXT)
def test_where_strict_the_first_mistake_is_raised_and_nothing_else(text: str) -> None:
    warnings = parsed(text).warnings
    try:
        parse(text, METADATA, strict=True)
    except QueryError as error:
        assert warnings and (error.position, error.advice) == (warnings[0].start, warnings[0].advice)
    else:
        assert not warnings


@examples(150)
@given(ANY_TEXT)
def test_a_tree_that_is_written_and_read_again_asks_the_same(text: str) -> None:
    found = parsed(text).query
    assert parsed(write(found)).query == found, write(found)


LONG = [
    "a",
    "(",
    ")",
    '"',
    "a-",
    "a:",
    "NOT ",
    "a AND ",
    "a OR b AND ",
    "a ANDNOT ",
    "a NEAR ",
    "[a TO ",
    "{a to",
    "^2 ",
    "a~ ",
    "*a",
    "(a ",
    "((a) ",
    "+a -b ",
    "東",
    "text:(",
    "x:y ",
    "e\u0301",
    "\x00",
    "word ",
    "\\",
    "\\:",
    "a^- ",
    '"a"~x ',
    "http://x?",
    "：",
    "（a",
]


JUNK = [
    "jane.doe@example.com",
    "https://example.com/?q=a+b&c=%20#x",
    "C++ C# .NET F#",
    "AT&T R&D <b>bold</b>",
    "rock'n'roll O'Brien l'été",
    "3.14 1,000,000 50% $20 #1",
    "12:30 2020-05-17T12:00",
    "foo--bar __init__ --help -x",
    "[link](http://x.org) *emphasis* **strong** `code`",
    "{'a': [1, 2], \"b\": null}",
    "SELECT * FROM t WHERE a = 'b' AND c <> 1; -- x",
    "😀🇩🇪👩‍👩‍👧 :-) ¯\\_(ツ)_/¯",
    "\x00\x01\ufffe\u202e",
    "“smart’ „quotes‟ «mixed」",
    "a\\b\\\\c\\",
    "^~*?:\\/()[]{}\"'+-&|!<>=",
    "TO [TO] [a TO b TO c] {TO}",
    "~~~ ^^^ *** ??? ::: ((( )))",
]


@pytest.mark.parametrize("text", JUNK)
def test_junk_that_people_paste_is_searched_for_its_words(text: str) -> None:
    found = parsed(text)
    assert found.query is not NOTHING or found.warnings
    assert parse(text, METADATA).query == found.query
    assert str(found.query)


@pytest.mark.parametrize(
    "text",
    [(piece * 40_000)[:40_000] for piece in ("(", "a ", '"', "\x00", "x:", "a^ ", "?.", "[a TO ", "a ANDNOT ", "\\")],
)
def test_the_time_that_forty_kilobytes_of_junk_take_is_linear(text: str) -> None:
    parsed(text[:10])
    began = time.process_time()
    found = parse(text, METADATA, limits=UNLIMITED)
    assert time.process_time() - began < 0.5 + 40e-6 * len(text)
    assert len(found.warnings) <= 20


@pytest.mark.parametrize("piece", LONG)
def test_ten_thousand_characters_take_less_than_a_second(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.process_time()
    found = parse(text, METADATA, limits=UNLIMITED)
    assert time.process_time() - began < 1.0
    assert str(found.query)
    assert hash(found.query) is not None
