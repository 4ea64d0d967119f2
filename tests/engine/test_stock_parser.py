"""Whoosh's own parser and searcher find what is asked of our fields, in Whoosh's own classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lexicons import lexicon_of
from whoosh import fields as whoosh_fields
from whoosh import query
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import MultifieldParser, QueryParser

from searchlib.analysis import tokens
from searchlib.engines.whoosh.compat.anyform import AnyForm
from searchlib.engines.whoosh.compat.fieldtypes import Meta, Prose
from searchlib.engines.whoosh.compat.translation import translated
from searchlib.highlight import match
from searchlib.query.values import meta_keys

RECORDS: list[dict[str, Any]] = [
    {"text": "The weapons of Erdoğan", "author": "Jane Smith", "year": 1995, "date": "2020-05-17"},
    {"text": "A weapon of war, erdogan", "author": ("Bo Lee", "Jane"), "year": -5, "date": "2021-01"},
    {"text": "東京都の大学", "author": "smith", "year": 1.5, "date": "2019"},
    {"text": "State-of-the-art peace", "title": "Weapons"},
    {"text": "C++ was re-\nported to AT&T"},
    {"text": "C is reported"},
]
SCHEMA = whoosh_fields.Schema(
    text=Prose("en"), title=Prose("en"), author=Meta(), year=Meta(), date=Meta(), number=whoosh_fields.STORED()
)


@pytest.fixture(scope="module")
def searcher() -> Iterator[Any]:
    index = RamStorage().create_index(SCHEMA)
    with index.writer() as writer:
        for record in RECORDS:
            writer.add_document(**record)
    with index.searcher() as opened:
        yield opened


WORDS = lexicon_of(*(record["text"] for record in RECORDS))

ASKED = {
    "weapons": [0, 1],
    "WEAPON": [0, 1],
    "erdogan": [0, 1],
    "erdoğan": [0, 1],
    "peace OR war": [1, 3],
    "weapons NOT war": [0],
    '"the weapons of"': [0],
    '"weapons the"': [],
    "state-of-the-art": [3],
    "C++": [4, 5],
    "c": [4, 5],
    "ported": [4],
    "AT&T": [4],
    "東京都": [2],
    "京": [2],
    "moon": [],
    "author:smith": [0, 2],
    'author:"jane smith"': [0],
    "year:1995": [0],
    "year:1.5": [2],
    "year:-5": [1],
    "year:[1 TO 2000]": [0, 2],
    "year:{1.5 TO]": [0],
    "date:[2020 TO 2021]": [0, 1],
    "author:[a TO c]": [1],
}


@pytest.mark.parametrize("text", ASKED)
def test_a_stock_searcher_finds_what_is_typed(text: str, searcher: Any) -> None:
    parsed = QueryParser("text", SCHEMA).parse(text)
    assert sorted(hit.docnum for hit in searcher.search(parsed, limit=None)) == ASKED[text]


@pytest.mark.parametrize("text", ASKED)
def test_what_whooshs_parser_makes_is_translated_to_the_same(text: str) -> None:
    tree = translated(QueryParser("text", SCHEMA).parse(text), WORDS, lambda _: False)
    assert [number for number, record in enumerate(RECORDS) if match(tree, analysed(record), "en")] == ASKED[text]


def analysed(record: dict[str, Any]) -> dict[str, Any]:
    from searchlib.analysis import Token

    return {
        name: tokens(value)
        if name in ("text", "title")
        else [Token(key, 0, 0, place) for key, place in zip(*meta_keys(value), strict=True)]
        for name, value in record.items()
    }


def test_several_fields_and_boosts_are_whooshs_business(searcher: Any) -> None:
    parsed = MultifieldParser(["text", "title"], SCHEMA, fieldboosts={"title": 9.0}).parse("weapons")
    hits = searcher.search(parsed, limit=None)
    assert hits[0].docnum == 3
    assert len(hits) == 3


def test_what_the_parser_makes_is_of_whooshs_own_classes_but_for_words_in_all_their_forms() -> None:
    for text in ASKED:
        waiting = [QueryParser("text", SCHEMA).parse(text)]
        while waiting:
            one = waiting.pop()
            assert type(one).__module__.startswith("whoosh.") or isinstance(one, AnyForm), text
            waiting.extend(one.children())


def test_a_word_is_looked_for_in_every_form_and_accentuation(searcher: Any) -> None:
    found = SCHEMA["text"].parse_query("text", "Wär", boost=2.0)
    assert found == AnyForm("text", "wär", "en", boost=2.0)
    assert hash(found) == hash(AnyForm("text", "wär", "en", boost=2.0)) != hash(AnyForm("text", "wär", "de"))
    assert list(found.expanded_terms(searcher.reader())) == [("text", b"war")]
    of = AnyForm("text", "erdogan", "en").expanded_terms(searcher.reader())
    assert list(of) == [("text", b"erdogan"), ("text", "erdogan\x1ferdoğan".encode())]
    assert list(AnyForm("text", "weaponed", "en").expanded_terms(searcher.reader())) == [
        ("text", b"weapon"),
        ("text", b"weapons"),
    ]
    assert "boost=2.0" in repr(found)
    assert SCHEMA["text"].parse_query("text", "...") == query.NullQuery
