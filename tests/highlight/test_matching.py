"""The matcher that highlights: what each node of a query finds in a text."""

from __future__ import annotations

import random
import time

import pytest
from execution import generate
from execution.memory import Doc
from execution.oracle import Oracle, places_of
from lexicons import lexicon_of

from searchlib.analysis import Form, Token, forms
from searchlib.highlight import Highlighter, match
from searchlib.highlight.leaves import Leaves
from searchlib.highlight.places import MOST_PAIRS
from searchlib.model.ranking import BM25F
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.query import parse
from searchlib.query.edits import within
from searchlib.query.nodes import (
    NOTHING,
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Near,
    Node,
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
)

from .corpora import spans

TEXT = "War and peace, and the war of wars; Erdoğan left."


def marked(node: Node | str, text: str = TEXT, language: str = "en") -> str:
    """``text`` with what matched in brackets, or "no match"."""
    if isinstance(node, str):
        node = parse(node, ["text"], lexicon_of(text, languages=["en", "de"]), {"text": 1.0}).query
    found = spans(node, text, language)
    if not found:
        return "no match"
    for start, end in reversed(found):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def asked(text: str) -> Word:
    (form,) = forms(text, lexicon_of(TEXT))
    return Word(text, form, (("text", 1.0),))


WAR, PEACE, MOON, AND, OF = map(asked, ["war", "peace", "moon", "and", "of"])

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

TREES: list[tuple[Node, str]] = [
    (Value("erdogan\x1ferdoğan", "text"), "[Erdoğan]"),
    (Value("erdogan", "text"), ""),
    (Best((PEACE, MOON)), "[peace]"),
    (Constant(PEACE), "[peace]"),
    (And((PEACE, Not(MOON))), "[peace]"),
    (And((PEACE, Not(WAR))), ""),
    (And(()), ""),
    (Optional(PEACE, MOON), "[peace]"),
    (Optional(MOON, PEACE), ""),
    (Require(PEACE, MOON), ""),
    (Require(PEACE, WAR), "[peace]"),
    (NOTHING, ""),
    (Wildcard(r"l\?ft", ("text",)), ""),
    (Wildcard("l?ft", ("title", "text")), "[left]"),
    (Range("o", "p", ("text",)), "[of]"),
    (Range("of", None, ("text",), open_low=True), "[War] [peace] [the] [war] [wars]"),
    (Near(PEACE, AND, "text", 1), "[and] [peace] [and]"),
    (Near(PEACE, AND, "text", 1, ordered=True), "[peace] [and]"),
    (Near(OF, WAR, "text", 1), "[war] [of] [wars]"),
    (Near(OF, WAR, "text", 1, ordered=True), "[of] [wars]"),
    (Near(WAR, WAR, "text", 2), "[war] [wars]"),
    (Near(Near(WAR, OF, "text", 1, ordered=True), WAR, "text", 1, ordered=True), "[war] [of] [wars]"),
    (Near(Near(WAR, PEACE, "text", 2), AND, "text", 1), "[War] [peace] [and]"),  # not the one within
    (Near(Or((MOON, PEACE)), Constant(Prefix("lef", ("text",))), "text", 8), "[peace] [left]"),
    (Near(PEACE, WAR, "title"), ""),
    (Near(PEACE, Everything(), "text"), ""),
]


@pytest.mark.parametrize(("text", "expected"), BY_LANGUAGE.items())
def test_the_language_highlights_exactly_what_matched(text: str, expected: str) -> None:
    assert marked(text) == expected


@pytest.mark.parametrize(("node", "expected"), TREES)
def test_trees_highlight_what_matched(node: Node, expected: str) -> None:
    assert " ".join(f"[{TEXT[start:end]}]" for start, end in spans(node, TEXT, "en")) == expected


def test_a_form_counts_in_its_languages_only() -> None:
    node = Word("war", (Form("war", "war", frozenset(["de"])),), (("text", 1.0),))
    assert marked(node, "war", "en") == "no match"
    assert marked(node, "war", "de") == "[war]"


def test_one_character_of_chinese_is_highlighted_alone() -> None:
    assert marked("京", "東京と京都") == "東[京]と[京]都"
    assert marked("京 OR 京都", "東京と京都") == "東[京]と[京都]"
    assert marked("東京都", "東京都と京都") == "[東京都]と[京都]"


def test_a_phrase_in_two_fields_is_no_phrase() -> None:
    node = parse('"war peace"', ["text", "title"]).query
    assert spans(node, "war", "en", "peace") == ()
    assert spans(node, "war peace", "en", "war") == ((0, 3), (4, 9))


def test_a_match_in_the_title_alone_has_no_spans_in_the_text() -> None:
    node = parse("peace", ["text", "title"]).query
    assert match(node, {}, "en").matched is False
    assert spans(node, "war", "en", "peace") == ()


@pytest.mark.parametrize(
    "node",
    [
        asked("war"),
        Value("war\x1fwar", "text"),
        Prefix("wa", ("text",)),
        Phrase((asked("war"), asked("of"))),
        Near(Value("war\x1fwar", "title"), Value("of\x1fof", "title"), "text", 1),
    ],
    ids=lambda node: type(node).__name__,
)
def test_what_is_asked_of_the_text_is_near_nothing_in_the_title(node: Node) -> None:
    """Though its words stand there, and other parts of the query ask for them there."""
    peace = Value("peace\x1fpeace", "title")
    tokens = [Token(f"{word}\x1f{word}", 5 * place, 5 * place + 4, place) for place, word in enumerate(TITLE)]
    assert not match(Near(node, peace, "title", 9), {"title": tokens}, "en")
    assert not match(Near(peace, node, "title", 9), {"title": tokens}, "en")
    assert match(Near(peace, Value("war\x1fwar", "title"), "title", 9), {"title": tokens}, "en")


TITLE = ["war", "of", "peace"]


def test_a_slop_phrase_with_thousands_of_chains_takes_no_time() -> None:
    assert len(spans(Phrase((asked("a"),) * 12, slop=5), "a " * 60)) == 60


ATTRIBUTES: list[tuple[Node, dict[str, str | int], bool]] = [
    (Value("en", "language"), {"language": "en"}, True),
    (Value("en", "language"), {"language": "de"}, False),
    (Value("3", "number"), {"number": 3}, False),
    (Prefix("a/", ("document",)), {"document": "a/b"}, True),
    (Wildcard("*.md", ("document",)), {"document": "a/b.md"}, True),
    (Range(3, 5, ("number",)), {"number": 5}, True),
    (Range(3, 5, ("number",), open_high=True), {"number": 5}, False),
    (Range(3, None, ("number",), open_low=True), {"number": 3}, False),
    (Range(3, 5, ("number",)), {}, False),
    (Range(3, 5, ("author",)), {"author": "4"}, False),
    (Range("a", "c", ("author",)), {"author": "b"}, True),
    (Range("a", "c", ("author",), open_low=True), {"author": "a"}, False),
    (Fuzzy("smiht", ("author",)), {"author": "smith"}, True),
    (Fuzzy("smiht", ("author",), prefix=5), {"author": "smith"}, False),
    (Everything("author"), {"author": ""}, False),
    (Everything("author"), {"author": "x"}, True),
    (Everything(), {}, True),
    (And((Everything(), Not(Value("en", "language")))), {"language": "de"}, True),
    (And(()), {}, False),
]


@pytest.mark.parametrize(("node", "attributes", "expected"), ATTRIBUTES)
def test_attributes_match_by_value(node: Node, attributes: dict[str, str | int], expected: bool) -> None:
    assert match(node, {}, "en", attributes).matched is expected


@pytest.mark.parametrize("seed", range(20))
def test_what_matches_is_what_the_definitions_say(seed: int) -> None:
    """match(node, record).matched == (node has a score for the record), of any tree."""
    rng = random.Random(seed)
    oracle = Oracle(generate.corpus(rng, 60), BM25F())
    for _ in range(15):
        node = generate.tree(rng, rng.randint(0, 3))
        leaves = Leaves(node)
        found = [
            number
            for number, doc in enumerate(oracle.live)
            if match(node, _tokens(doc), doc.language, {**doc.exact, **doc.numbers}, leaves).matched
        ]
        assert found == sorted(oracle.answers(node)), node


def _tokens(doc: Doc) -> dict[str, list[Token]]:
    return {
        name: [Token(key, place, place + 1, place) for place, key in enumerate(keys)]
        for name, keys in doc.prose.items()
    }


@pytest.mark.parametrize("most", [MOST_PAIRS, 8])
def test_near_a_phrase_matches_alike_when_not_all_of_its_places_are_made(most: int) -> None:
    """Each first and each last position is kept, and one of them is what a word is near to."""
    rng = random.Random(5)
    for _ in range(200):
        doc = Doc({"text": rng.choices("aabc", k=rng.randint(3, 20))})
        sides = [Phrase(tuple(map(asked, rng.choices("ab", k=rng.randint(2, 3)))), rng.randint(1, 6)), asked("c")]
        near = Near(*rng.sample(sides, 2), "text", rng.randint(1, 3), rng.random() < 0.5)
        assert match(near, _tokens(doc), most_pairs=most).matched == bool(places_of(near, doc, "text"))


def test_metadata_is_matched_by_words_numbers_and_dates() -> None:
    metadata = {"author": ("Jane Smith", "Bo Lee"), "year": 1995, "date": "2020-05-17"}
    document = DocumentInfo("a.md", "Title", "markdown", "en", metadata)
    record = Record("0" * 16, document, Paragraph(1, 0, 3, "war"))
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
        node = parse(f"war AND {text}", metadata).query
        assert Highlighter(node).spans(record) == (((0, 3),) if expected else ()), text


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


A, B = asked("a"), asked("b")
ENDLESS = "a " * 999 + "b"


def test_nearness_in_endless_repetition_takes_no_time() -> None:
    """Pairs of pairs of a word that stands a thousand times; what is marked are pairs of neighbours."""
    began = time.process_time()
    node: Node = A
    for other in (A, A, B):
        node = Near(node, other, "text", 2000)
    found = marked(node, ENDLESS)
    assert time.process_time() - began < 3
    assert found.endswith("[a] [b]")


def test_a_loose_phrase_of_one_word_repeated_takes_no_time_beside_near() -> None:
    """Every pair of a thousand first and last words would be a place."""
    began = time.process_time()
    assert marked(Near(Phrase((A, A, A), 1000), B, "text", 3), ENDLESS).endswith("[a] [b]")
    assert time.process_time() - began < 3
