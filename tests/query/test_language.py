"""The query language: what each piece of syntax becomes."""

from __future__ import annotations

import time

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query

from searchlib.analysis import forms
from searchlib.engines.whoosh.schema import record_schema
from searchlib.errors import QueryError
from searchlib.limits import Limits
from searchlib.query import DEFAULT_FIELDS, Parsed, Word, WordPhrase, parse
from searchlib.query.nodes import Constant, Fuzzy, Near

NAMES = ["text", "title", "headings", "document", "language", "type", "kind", "number", "line", "author", "year"]
FIELDS = tuple(DEFAULT_FIELDS.items())
UNLIMITED = Limits(query_length=1 << 30, query_clauses=1 << 30)


def parsed(text: str, *languages: str) -> Parsed:
    return parse(text, NAMES, languages or ("en",))


def asked(text: str) -> query.Query:
    found = parsed(text)
    assert found.warnings == ()
    return found.query


def word(text: str, *fields: str) -> Word:
    (form,) = forms(text, ["en"])
    return Word([(name, 1.0) for name in fields] or FIELDS, form, text)


def phrase(*texts: str, slop: int = 1, boost: float = 1.0) -> WordPhrase:
    return WordPhrase([word(text) for text in texts], slop, boost)


WORDS = {
    "defense industry": query.Or([word("defense"), word("industry")]),
    "industry industry": word("industry"),
    '"defense industry"': phrase("defense", "industry"),
    "“defense industry”": phrase("defense", "industry"),
    '"defense industry"~5': phrase("defense", "industry", slop=5),
    '"defense industry"^2': phrase("defense", "industry", boost=2.0),
    '"defense"': word("defense"),
    "state-of-the-art": phrase("state", "of", "the", "art"),
    "COVID-19": phrase("COVID", "19"),
    "can't": phrase("can", "t"),
    "http://example.org/a": phrase("http", "example", "org", "a"),
    "12:30": phrase("12", "30"),
    "what is this?": query.Or([word("what"), word("is"), word("this")]),
    "what?": word("what"),
    "(war)": word("war"),
    "'war'": word("war"),
    "[war]": word("war"),
    "war - peace": query.Or([word("war"), word("peace")]),
    "Note: war": query.Or([word("Note"), word("war")]),
    "AT&T C++": query.Or([phrase("AT", "T"), word("C")]),
    "and or not": query.Or([word("and"), word("or"), word("not")]),
    "東京大": query.Or([word("東京"), word("京大")]),
    "東": word("東"),
    '"東京大"': phrase("東京", "京大"),
    "iPhone手机": query.Or([word("iPhone"), word("手机")]),
}

ESCAPES = {
    r"a\:b": phrase("a", "b"),
    r"\"a b\"": query.Or([word("a"), word("b")]),
    r"title\:a": phrase("title", "a"),
    r"a\*": word("a"),
    r"\(a\) AND b": query.And([word("a"), word("b")]),
    r"a \-b": query.Or([word("a"), word("b")]),
    r"document:a\*b": query.Term("document", "a*b"),
    r"document:a\*b*": query.Wildcard("document", "a[*]b*"),
    r"document:a[b]*": query.Wildcard("document", "a[[]b]*"),
    r"author:Jane\ Smith": query.Term("author", "jane smith"),
    r"C:\Users": phrase("C", "Users"),
    "（a b） AND c": query.And([query.Or([word("a"), word("b")]), word("c")]),
    "a ＡＮＤ b": query.And([word("a"), word("b")]),
    "＋a　－b": query.And([word("a"), query.Not(word("b"))]),
    "title：a": word("a", "title"),
    "注意：a": query.Or([word("注意"), word("a")]),
    "a？b": phrase("a", "b"),
    "＂a b＂": phrase("a", "b"),
    "「a b」": phrase("a", "b"),
    "«a b»": phrase("a", "b"),
    "http://x.org/a?b=c*d": phrase("http", "x", "org", "a", "b", "c", "d"),
    "document:http://x.org/*": query.Prefix("document", "http://x.org/"),
    '"a b"~99999': phrase("a", "b", slop=99999),
    '"a b"~3, c': query.Or([phrase("a", "b", slop=3), word("c")]),
}

OPERATORS = {
    "a AND b": query.And([word("a"), word("b")]),
    "a OR b": query.Or([word("a"), word("b")]),
    "a b AND c": query.Or([word("a"), query.And([word("b"), word("c")])]),
    "(a b) AND c": query.And([query.Or([word("a"), word("b")]), word("c")]),
    "a NOT b": query.And([word("a"), query.Not(word("b"))]),
    "a -b": query.And([word("a"), query.Not(word("b"))]),
    "a AND NOT b": query.And([word("a"), query.Not(word("b"))]),
    "a NOT NOT b": query.Or([word("a"), word("b")]),
    "a ANDNOT b": query.And([word("a"), query.Not(word("b"))]),
    "a OR NOT b": query.Or([word("a"), query.And([query.Every(), query.Not(word("b"))])]),
    "a AND (NOT b)": query.And([word("a"), query.Not(word("b"))]),
    "+a b": query.AndMaybe(word("a"), word("b")),
    "+a +b": query.And([word("a"), word("b")]),
    "+a b -c": query.And([query.AndMaybe(word("a"), word("b")), query.Not(word("c"))]),
    "a ANDMAYBE b": query.AndMaybe(word("a"), word("b")),
    "a REQUIRE b": query.Require(word("a"), word("b")),
    "a^2 b": query.Or([word("a").with_boost(2.0), word("b")]),
    "(a b)^2 AND c": query.And([query.Or([word("a"), word("b")], boost=2.0), word("c")]),
    "*": query.Every(),
    "*:*": query.Every(),
    "* -a": query.And([query.Every(), query.Not(word("a"))]),
    "a AND !!!": word("a"),
}

IN_FIELDS = {
    "title:a": word("a", "title"),
    "heading:a": word("a", "headings"),
    "title: a": word("a", "title"),
    "TITLE:a": word("a", "title"),
    "title:(a text:b)": query.Or([word("a", "title"), word("b", "text")]),
    "-title:a b": query.And([word("b"), query.Not(word("a", "title"))]),
    "lang:EN": query.Term("language", "en"),
    "path:reports/a.md": query.Term("document", "reports/a.md"),
    "document:reports/*": query.Prefix("document", "reports/"),
    "author:Jane": query.Term("author", "jane"),
    "author:*": query.Every("author"),
    "title:*": query.Every("title"),
    "paragraph:3": query.NumericRange("number", 3, 3),
    "line:>=3": Constant(query.NumericRange("line", 3, None)),
    "line:<3": Constant(query.NumericRange("line", None, 3, False, True)),
    "line:[3 TO 5}": Constant(query.NumericRange("line", 3, 5, False, True)),
    "year:[a TO b]^2": Constant(query.TermRange("year", "a", "b"), 2.0),
    "title:{a TO b]": Constant(query.TermRange("title", "a", "b", True, False)),
    "title:w?r": Constant(query.Wildcard("title", "w?r")),
    "title:Wär~2/1": Constant(Fuzzy("title", "war", maxdist=2, prefixlength=1)),
    "title:indus*": Constant(query.Or([query.Prefix("title", "indus"), word("indus", "title")])),
}


@pytest.mark.parametrize(
    ("text", "expected"), [*WORDS.items(), *ESCAPES.items(), *OPERATORS.items(), *IN_FIELDS.items()]
)
def test_syntax_becomes_nodes(text: str, expected: query.Query) -> None:
    assert asked(text) == expected


def test_a_query_reads_like_what_was_typed() -> None:
    found = parse("a* NEAR/3 b -(c~ OR title:[d TO e]^2)", NAMES, ["en"], {"text": 1.0}).query
    assert str(found) == "(((text:a* OR text:a) NEAR/3 text:b) AND NOT (text:c~ OR title:[d TO e]^2))"


def test_every_node_knows_its_place_in_the_text() -> None:
    found = parsed('war "and peace" -truce').query
    places = [(leaf.startchar, leaf.endchar) for leaf in found.leaves() if isinstance(leaf, Word)]
    assert places == [(0, 3), (17, 22)]
    (quoted,) = [leaf for leaf in found.leaves() if isinstance(leaf, WordPhrase)]
    assert [(one.startchar, one.endchar) for one in quoted.words] == [(5, 8), (9, 14)]


def test_a_word_has_a_form_for_each_way_in_which_the_languages_stem_it() -> None:
    found = parsed("running", "en", "de").query.forms
    assert {(form.folded, form.languages) for form in found} == {
        ("run", frozenset({"en"})),
        ("running", frozenset({"de"})),
    }
    assert [form.languages for form in parsed("war", "en", "de").query.forms] == [None]


def test_an_exact_attribute_is_asked_as_it_was_typed() -> None:
    schema = record_schema(["author"])
    assert parse("path:reports/A.md", schema, ["en"]).query == query.Term("document", "reports/A.md")
    assert parse("lang:EN", schema, ["en"]).query == query.Term("language", "en")


def test_near_joins_words_of_one_field_in_any_order() -> None:
    found = parse("a NEAR/3 b", ["text"], ["en"], {"text": 1.0}).query
    assert found == Near([word("a", "text"), word("b", "text")], slop=3, ordered=False, mindist=1)


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
            parse(text, NAMES, ["en"], strict=True)


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


@examples(150)
@given(st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join)))
def test_any_text_parses_and_the_query_can_be_used(text: str) -> None:
    found = parsed(text)
    assert len(found.source) == len(text)
    assert hash(found.query) is not None
    assert str(found.query) and repr(found.query)
    assert found.query == parsed(text).query
    assert all(0 <= warning.position <= len(text) for warning in found.warnings)
    assert (found.query is not query.NullQuery) or found.warnings


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
    assert found.query is not query.NullQuery or found.warnings
    assert parse(text, NAMES, ["en"]).query == found.query
    assert str(found.query)


@pytest.mark.parametrize("text", ["(" * 10_000, "a " * 50_000, '"' * 10_000, "\x00" * 100_000, "x:" * 10_000])
def test_the_time_that_a_hundred_kilobytes_of_junk_take_is_linear(text: str) -> None:
    parsed(text[:10])
    began = time.process_time()
    found = parse(text, NAMES, ("en",), limits=UNLIMITED)
    assert time.process_time() - began < 0.5 + 40e-6 * len(text)
    assert len(found.warnings) <= 20


@pytest.mark.parametrize("piece", LONG)
def test_ten_thousand_characters_take_less_than_a_second(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.process_time()
    found = parse(text, NAMES, ("en",), limits=UNLIMITED)
    assert time.process_time() - began < 1.0
    assert str(found.query)
    assert hash(found.query) is not None
