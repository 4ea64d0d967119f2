"""Word and WordPhrase: queries like any other, which a stock Whoosh searcher answers as searchlib does."""

from __future__ import annotations

import copy
import functools
import operator
import pickle

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st
from whoosh import fields as whoosh_fields
from whoosh import query
from whoosh.filedb.filestore import RamStorage

from searchlib.analysis import Form, forms, tokens
from searchlib.engines.whoosh.fields import Prose
from searchlib.highlight import match
from searchlib.query import Word, WordPhrase
from searchlib.query.nodes import Near

WORDS = ["war", "wär", "peace", "PEACE", "peas", "run", "running", "東京", "京都", "東"]
FIELDS = (("text", 1.0), ("title", 2.0))


def word(text: str, *languages: str, fields: tuple[tuple[str, float], ...] = FIELDS) -> Word:
    (form,) = forms(text, languages)
    return Word(fields, form, text)


def limited(folded: str, *languages: str) -> Form:
    return Form(folded, folded, frozenset(languages))


def test_nodes_are_equal_and_hash_alike_when_they_ask_the_same() -> None:
    assert word("War") == word("war")
    assert hash(word("War")) == hash(word("war"))
    assert word("war") != word("war", fields=(("text", 1.0),))
    assert word("war") != word("wär")  # ranks the other first
    assert word("war") != word("war").with_boost(2.0)
    assert WordPhrase([word("a"), word("b")]) == WordPhrase([word("A"), word("B")])
    assert WordPhrase([word("a"), word("b")]) != WordPhrase([word("a"), word("b")], slop=2)
    assert word("war") != WordPhrase([word("war")])
    assert word("war") != query.Term("text", "war")


def test_a_copy_is_equal_and_keeps_its_place() -> None:
    for node in (word("war"), WordPhrase([word("a"), word("b")], 2, 3.0)):
        node.startchar, node.endchar = 3, 6
        for copied in (copy.copy(node), copy.deepcopy(node), node.copy(), pickle.loads(pickle.dumps(node))):
            assert copied == node
            assert (copied.startchar, copied.endchar) == (3, 6)
        assert node.with_boost(2.0).boost == 2.0


def test_nodes_read_like_queries() -> None:
    assert str(word("War")) == "text|title:War"
    assert str(word("War", fields=(("text", 1.0),)).with_boost(2.0)) == "text:War^2"
    assert str(WordPhrase([word("a"), word("b")], 3, 0.5)) == 'text|title:"a b"~3^0.5'
    assert repr(word("a", fields=(("text", 1.0),))).startswith("Word((('text', 1.0),), (Form(folded='a'")


def test_nodes_go_into_whooshs_own_nodes_and_operators() -> None:
    a, b = word("a"), word("b")
    assert a & b == query.And([a, b])
    assert a | b == query.Or([a, b])
    assert a - b == query.And([a, query.Not(b)])
    assert query.Or([a, query.Or([a, b])]).normalize() == query.Or([a, b])


def test_normalizing_leaves_nothing_to_look_for_to_the_null_query() -> None:
    assert Word(FIELDS, []).normalize() is query.NullQuery
    assert WordPhrase([]).normalize() is query.NullQuery
    assert WordPhrase([word("a")], boost=2.0).normalize() == word("a").with_boost(2.0)
    assert word("a").normalize() == word("a")


def test_terms_are_the_keys_of_the_forms() -> None:
    assert list(word("wär").terms()) == [("text", "war\x1fwär"), ("title", "war\x1fwär")]
    assert list(WordPhrase([word("a")]).terms()) == []
    assert set(WordPhrase([word("a")]).iter_all_terms()) == {("text", "a"), ("title", "a")}
    assert word("a").field() is None
    assert word("a", fields=(("text", 1.0),)).field() == "text"
    assert word("a").requires() == {word("a")}
    assert [token.text for token in query.Or([word("a"), word("b")]).all_tokens()] == ["a", "a", "b", "b"]


Record = tuple[str, str, str]  # text, title, language


def searcher_of(records: list[Record]):
    schema = whoosh_fields.Schema(text=Prose(), title=Prose(), language=whoosh_fields.ID())
    index = RamStorage().create_index(schema)
    with index.writer() as writer:
        for text, title, language in records:
            writer.add_document(text=text, title=title, language=language)
    return index.searcher()


def matches(node: query.Query, record: Record) -> bool:
    text, title, language = record
    return match(node, {"text": tokens(text), "title": tokens(title)}, language, {"language": language}).matched


def test_a_form_limited_to_languages_matches_their_records_only() -> None:
    records = [("run", "", "en"), ("run", "", "de"), ("running", "", "de"), ("run", "", "")]
    node = Word(FIELDS, [limited("run", "en"), limited("running", "de", "")], "running")
    with searcher_of(records) as searcher:
        assert {hit.docnum for hit in searcher.search(node, limit=None)} == {0, 2}
        assert node.estimate_size(searcher.reader()) >= 2
    assert [matches(node, record) for record in records] == [True, False, True, False]


def test_a_boost_multiplies_the_score_of_a_stock_search() -> None:
    records = [("a b", "", "en"), ("a c", "", "en"), ("d", "", "en"), ("e", "", "en")]
    with searcher_of(records) as searcher:
        for node in (word("b"), WordPhrase([word("a"), word("b")])):
            plain = searcher.search(node)[0].score
            assert searcher.search(node.with_boost(3.0))[0].score == pytest.approx(3 * plain)


some_words = st.sampled_from(WORDS)
texts = st.lists(some_words, max_size=6).map(" ".join)
records = st.lists(st.tuples(texts, texts, st.sampled_from(["en", "de", ""])), min_size=1, max_size=6)
a_form = st.builds(
    lambda text, languages: [
        Form(form.folded, form.exact, languages, 1.0, form.prefix) for token in forms(text, [""]) for form in token
    ],
    some_words,
    st.sampled_from([None, frozenset(["en"]), frozenset(["de", ""])]),
)
some_fields = st.sampled_from([FIELDS, FIELDS[:1]])
a_word = st.builds(
    lambda fields, ones: Word(fields, functools.reduce(operator.iadd, ones, [])),
    some_fields,
    st.lists(a_form, min_size=1, max_size=2),
)
a_phrase = st.builds(
    lambda fields, ones, slop: WordPhrase([Word(fields, one.forms) for one in ones], slop),
    some_fields,
    st.lists(a_word, min_size=2, max_size=3),
    st.integers(1, 3),
)
one_field = st.builds(
    lambda ones: Word(FIELDS[:1], functools.reduce(operator.iadd, ones, [])), st.lists(a_form, min_size=1, max_size=2)
)
a_query = st.recursive(
    st.one_of(a_word, a_phrase),
    lambda child: st.one_of(
        st.builds(query.Or, st.lists(child, min_size=2, max_size=3)),
        st.builds(query.And, st.lists(child, min_size=2, max_size=3)),
        st.builds(lambda a, b: query.And([a, query.Not(b)]), child, child),
        st.builds(query.ConstantScoreQuery, child),
        st.builds(query.AndMaybe, child, child),
        st.builds(lambda a, b, slop: Near([a, b], slop=slop, ordered=False), one_field, one_field, st.integers(1, 3)),
    ),
    max_leaves=4,
)


@examples(50)
@given(records, a_query)
def test_a_stock_searcher_finds_the_records_that_the_matcher_finds(found: list[Record], node: query.Query) -> None:
    with searcher_of(found) as searcher:
        hits = {hit.docnum for hit in searcher.search(node, limit=None)}
    assert hits == {number for number, record in enumerate(found) if matches(node, record)}
