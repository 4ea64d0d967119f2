"""The matcher that highlights: what each node of a query finds in a text."""

from __future__ import annotations

import time

import pytest
from whoosh import query
from whoosh.query import spans as span_queries

from searchlib.analysis import Form
from searchlib.highlight import match, record_spans, spans
from searchlib.query import Word, WordPhrase, parse
from searchlib.query.edits import within
from searchlib.records import DocumentInfo, Paragraph, Record

TEXT = "War and peace, and the war of wars; Erdoğan left."


def marked(node: query.Query | str, text: str = TEXT, language: str = "en", **attributes: object) -> str:
    """``text`` with what matched in brackets, or "no match"."""
    if isinstance(node, str):
        node = parse(node, ["text"], ["en", "de"], {"text": 1.0}).query
    found = spans(node, text, language, attributes=attributes)
    if not found:
        return "no match"
    for start, end in reversed(found):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def matched(node: query.Query, **attributes: object) -> bool:
    return match(node, {}, "en", attributes).matched


def term(text: str) -> query.Term:
    return query.Term("text", text)


WAR, PEACE, MOON = term("war"), term("peac"), term("moon")

BY_LANGUAGE = {
    "war": "[War] and peace, and the [war] of [wars]; Erdoğan left.",
    "erdogan": "War and peace, and the war of wars; [Erdoğan] left.",
    '"war and peace"': "[War] [and] [peace], and the war of wars; Erdoğan left.",
    '"war of wars"': "War and peace, and the [war] [of] [wars]; Erdoğan left.",
    '"war peace"': "no match",
    '"war peace"~2': "[War] and [peace], and the war of wars; Erdoğan left.",
    '"peace war"~3': "War and [peace], and the [war] of wars; Erdoğan left.",
    '"and war"~2': "War and peace, [and] the [war] of wars; Erdoğan left.",
    '"war war"~2': "War and peace, and the [war] of [wars]; Erdoğan left.",
    "peace AND moon": "no match",
    "peace OR moon": "War and [peace], and the war of wars; Erdoğan left.",
    "peace NOT moon": "War and [peace], and the war of wars; Erdoğan left.",
    "peace NOT war": "no match",
    "peace OR NOT moon": "War and [peace], and the war of wars; Erdoğan left.",
    "peace OR (left AND moon)": "War and [peace], and the war of wars; Erdoğan left.",
    "+peace left moon": "War and [peace], and the war of wars; Erdoğan [left].",
    "peace REQUIRE left": "War and [peace], and the war of wars; Erdoğan left.",
    "peac*": "War and [peace], and the war of wars; Erdoğan left.",
    "l?ft": "War and peace, and the war of wars; Erdoğan [left].",
    "erdoqan~": "War and peace, and the war of wars; [Erdoğan] left.",
    "[leaf TO lemon]": "War and peace, and the war of wars; Erdoğan [left].",
    "peace NEAR/3 war": "[War] and [peace], and the [war] of wars; Erdoğan left.",
    "*": "no match",  # matches, and finds nothing
}

PROGRAMMATIC = [
    (term("erdogan\x1ferdoğan"), "[Erdoğan]"),
    (term("erdogan"), None),
    (query.Term("text", b"left"), "[left]"),
    (query.Phrase("text", ["war", "and", "peac"]), "[War] [and] [peace]"),
    (query.Phrase("text", ["war", "peac"], slop=2), "[War] [peace]"),
    (query.Variations("text", "lefting"), "[left]"),
    (query.Regex("text", "l.f"), "[left]"),
    (query.Regex("text", "("), None),
    (query.DisjunctionMax([PEACE, MOON]), "[peace]"),
    (query.ConstantScoreQuery(PEACE), "[peace]"),
    (query.AndNot(PEACE, MOON), "[peace]"),
    (query.AndNot(PEACE, WAR), None),
    (query.AndMaybe(PEACE, MOON), "[peace]"),
    (query.Require(PEACE, MOON), None),
    (query.Otherwise(MOON, PEACE), "[peace]"),
    (query.NullQuery, None),
    (query.Sequence([PEACE, term("and")]), "[peace] [and]"),
    (query.Sequence([term("and"), PEACE], ordered=False), "[and] [peace] [and]"),
    (query.Ordered([PEACE, term("left")]), "[peace] [left]"),
    (query.Ordered([term("left"), PEACE]), None),
    (span_queries.SpanNear(term("of"), WAR), "[of] [wars]"),
    (span_queries.SpanNear(term("of"), WAR, ordered=False), "[war] [of] [wars]"),
    (span_queries.SpanNear2([WAR, term("of"), WAR]), "[war] [of] [wars]"),
    (span_queries.SpanFirst(WAR, limit=0), "[War]"),
    (span_queries.SpanFirst(PEACE, limit=1), None),
    (span_queries.SpanOr([PEACE, MOON]), "[peace]"),
    (span_queries.SpanNot(WAR, span_queries.SpanNear(WAR, term("of"))), "[War] [wars]"),
    (span_queries.SpanContains(span_queries.SpanNear(WAR, PEACE, slop=2), term("and")), "[War] [and] [peace]"),
    (span_queries.SpanBefore(PEACE, term("left")), "[peace] [left]"),
    (span_queries.SpanBefore(WAR, WAR), None),
    (span_queries.SpanCondition(PEACE, WAR), "[peace]"),
    (span_queries.SpanCondition(PEACE, MOON), None),
]


@pytest.mark.parametrize(("text", "expected"), BY_LANGUAGE.items())
def test_the_language_highlights_exactly_what_matched(text: str, expected: str) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize(("node", "expected"), PROGRAMMATIC)
def test_whooshs_own_nodes_highlight_what_matched(node: query.Query, expected: str | None) -> None:
    found = " ".join(f"[{TEXT[start:end]}]" for start, end in spans(node, TEXT, "en"))
    assert found == (expected or "")


def test_a_form_counts_in_its_languages_only() -> None:
    node = Word([("text", 1.0)], [Form("war", "war", frozenset(["de"]))])
    assert marked(node, "war", "en") == "no match"
    assert marked(node, "war", "de") == "[war]"


def test_one_character_of_chinese_is_highlighted_alone() -> None:
    assert marked("京", "東京と京都") == "東[京]と[京]都"
    assert marked("京 OR 京都", "東京と京都") == "東[京]と[京都]"
    assert marked("東京都", "東京都と京都") == "[東京都]と[京都]"


def test_a_phrase_in_two_fields_is_no_phrase() -> None:
    node = parse('"war peace"', ["text", "title"], ["en"]).query
    assert spans(node, "war", "en", {"title": "peace"}) == ()
    assert spans(node, "war peace", "en", {"title": "war"}) == ((0, 3), (4, 9))


def test_a_match_in_the_title_alone_has_no_spans_in_the_text() -> None:
    node = parse("peace", ["text", "title"], ["en"]).query
    assert match(node, {}, "en").matched is False
    assert spans(node, "war", "en", {"title": "peace"}) == ()


def test_a_slop_phrase_with_thousands_of_chains_takes_no_time() -> None:
    phrase = WordPhrase([Word([("text", 1.0)], [Form("a", "a")])] * 12, slop=5)
    assert len(spans(phrase, "a " * 60)) == 60


ATTRIBUTES = [
    (query.Term("language", "en"), {"language": "en"}, True),
    (query.Term("language", "en"), {"language": "de"}, False),
    (query.Term("number", 3), {"number": 3}, True),
    (query.Term("draft", "true"), {"draft": True}, True),
    (query.Term("tag", "b"), {"tag": ("a", "b")}, True),
    (query.Prefix("document", "a/"), {"document": "a/b"}, True),
    (query.Wildcard("document", "*.md"), {"document": "a/b.md"}, True),
    (query.NumericRange("number", 3, 5), {"number": 5}, True),
    (query.NumericRange("number", 3, 5, endexcl=True), {"number": 5}, False),
    (query.NumericRange("number", 3, None, startexcl=True), {"number": 3}, False),
    (query.NumericRange("number", 3, 5), {}, False),
    (query.TermRange("author", "a", "c"), {"author": "b"}, True),
    (query.TermRange("author", "a", "c", startexcl=True), {"author": "a"}, False),
    (query.FuzzyTerm("author", "smiht", prefixlength=0), {"author": "smith"}, True),
    (query.Every("author"), {"author": ""}, False),
    (query.Every("author"), {"author": "x"}, True),
    (query.Every(), {}, True),
    (query.Not(query.Term("language", "en")), {"language": "de"}, True),
    (query.And([]), {}, False),
    (query.Or([]), {}, False),
]


@pytest.mark.parametrize(("node", "attributes", "expected"), ATTRIBUTES)
def test_attributes_match_by_value(node: query.Query, attributes: dict[str, object], expected: bool) -> None:
    assert matched(node, **attributes) is expected


def test_a_class_of_somebody_elses_counts_as_any_of_its_terms() -> None:
    class Mine(query.Query):  # type: ignore[misc]
        def is_leaf(self) -> bool:
            return False

        def children(self):
            return iter([PEACE, query.Prefix("text", "lef"), MOON])

    assert marked(Mine()) == "War and [peace], and the war of wars; Erdoğan [left]."


def test_metadata_is_matched_by_words_numbers_and_dates() -> None:
    from searchlib.engines.whoosh.schema import record_schema

    metadata = {"author": ("Jane Smith", "Bo Lee"), "year": 1995, "date": "2020-05-17"}
    document = DocumentInfo("a.md", "Title", "markdown", "en", metadata)
    record = Record("0" * 16, document, Paragraph(1, 0, 3, "war"))
    schema = record_schema(metadata)
    for text, expected in {
        "author:smith": True,
        'author:"jane smith"': True,
        'author:"smith bo"': False,
        "year:1995": True,
        "year:[1990 TO 2000]": True,
        "year:>1995": False,
        "date:2020": True,
        "date:>2020-05": False,
        "date:[2020-05 TO 2020-06]": True,
        "author:j*": True,
        "paragraph:1": True,
        "path:a.md": True,
        "type:MARKDOWN": True,
        "kind:table": False,
        "author:smiht~": True,
    }.items():
        node = parse(f"war AND {text}", schema, ["en"]).query
        assert record_spans(node, record) == (((0, 3),) if expected else ()), text


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [
        ("war", "war", 0),
        ("war", "wra", 1),
        ("war", "ware", 1),
        ("war", "wr", 1),
        ("war", "wor", 1),
        ("war", "awr", 1),
        ("ca", "abc", 3),
        ("industri", "indutsri", 1),
        ("", "ab", 2),
        ("kitten", "sitting", 3),
    ],
)
def test_edits_are_counted_by_optimal_string_alignment(first: str, second: str, edits: int) -> None:
    assert [within(first, second, limit) for limit in range(4)] == [limit >= edits for limit in range(4)]


def test_nearness_in_endless_repetition_takes_no_time() -> None:
    """Pairs of pairs of a word that stands a thousand times; what is marked are pairs of neighbours."""
    began = time.process_time()
    found = marked("a NEAR/2000 a NEAR/2000 a NEAR/2000 b", "a " * 999 + "b")
    assert time.process_time() - began < 3
    assert found.endswith("[a] [b]")
