"""Trees of Whoosh's classes become the nodes that they mean, or say what to write instead."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from lexicons import lexicon_of
from whoosh import query as wq
from whoosh.query import compound, qcore
from whoosh.query import spans as span_queries

from searchlib.analysis import NoWords, forms, tokens
from searchlib.engines.whoosh.compat.translation import translated
from searchlib.errors import QueryError
from searchlib.highlight import match
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
from searchlib.query.valuekeys import NUMBER, TEXT, after, date_key, sortable
from searchlib.query.values import meta_keys

LANGUAGES = ["en", "de"]


def node(tree: Any, *, matches: bool = True) -> Node:
    """The translation for an index in which nodes match something or nothing."""
    return translated(tree, NoWords(LANGUAGES), lambda _: matches)


def word(text: str, field: str = "text", boost: float = 1.0) -> Word:
    (form,) = forms(text)
    return Word(text, form, ((field, 1.0),), boost)


def number(value: float) -> str:
    return NUMBER + sortable(value)


WAR, PEACE = wq.Term("text", "war"), wq.Term("text", "peace")
war, peace = word("war"), word("peace")
LAST = "\U0010ffff"

# For each class what it means, as an example.
MEANT: dict[str, tuple[Any, Node]] = {
    "And": (wq.And([WAR, PEACE]), And((war, peace))),
    "AndMaybe": (wq.AndMaybe(WAR, PEACE), Optional(war, peace)),
    "AndNot": (wq.AndNot(WAR, PEACE), And((war, Not(peace)))),
    "ConstantScoreQuery": (wq.ConstantScoreQuery(WAR, 3.0), Constant(war, 3.0)),
    "DateRange": (
        wq.DateRange("date", datetime(2019, 1, 1), datetime(2021, 5, 17, 12, 30)),
        Range(date_key("2019-01-01"), after(date_key("2021-05-17T12:30")), ("date",)),
    ),
    "DefaultOr": (compound.DefaultOr([WAR, PEACE]), Or((war, peace))),
    "DisjunctionMax": (wq.DisjunctionMax([WAR, PEACE], tiebreak=0.3), Best((war, peace), 0.3)),
    "Every": (wq.Every(), Everything()),
    "FuzzyTerm": (wq.FuzzyTerm("text", "waar", maxdist=2, prefixlength=1), Fuzzy("waar", ("text",), 2, 1)),
    "Not": (wq.Not(WAR), And((Everything(), Not(war)))),
    "NumericRange": (
        wq.NumericRange("number", 1, 2.5, startexcl=True),
        Range(2, 2, ("number",)),
    ),
    "Or": (wq.Or([WAR, PEACE, WAR]), Or((war, peace))),
    "Otherwise": (wq.Otherwise(WAR, PEACE), war),
    "Phrase": (wq.Phrase("text", ["war", "and", "peace"], slop=2), Phrase((war, word("and"), peace), 2)),
    "Prefix": (wq.Prefix("text", "Wa"), Prefix("wa", ("text",))),
    "PreloadedOr": (compound.PreloadedOr([WAR, PEACE]), Or((war, peace))),
    "Require": (wq.Require(WAR, PEACE), Require(war, peace)),
    "Sequence": (
        wq.Sequence([WAR, PEACE, WAR], slop=2),
        Near(Near(war, peace, "text", 2, True), war, "text", 2, True),
    ),
    "SpanNear": (wq.SpanNear(WAR, PEACE, slop=3, ordered=False), Near(war, peace, "text", 3)),
    "SpanNear2": (
        wq.SpanNear2([WAR, PEACE, WAR], slop=3),
        Near(Near(war, peace, "text", 3, True), war, "text", 3, True),
    ),
    "SpanOr": (wq.SpanOr([WAR, PEACE]), Or((war, peace))),
    "SplitOr": (compound.SplitOr([WAR, PEACE]), Or((war, peace))),
    "Term": (WAR, war),
    "TermRange": (wq.TermRange("text", "War", "wars", endexcl=True), Range("war", "wars", ("text",), False, True)),
    "Variations": (wq.Variations("text", "war"), war),
    "Wildcard": (wq.Wildcard("text", "W*r?"), Wildcard("w*r?", ("text",))),
    "_NullQuery": (wq.NullQuery, NOTHING),
}

# For each class that has no translation: what to write instead.
REFUSED: dict[str, tuple[Any, str]] = {
    "ColumnQuery": (wq.ColumnQuery("number", 1), "Write Term, NumericRange"),
    "NestedChildren": (wq.NestedChildren(WAR, PEACE), "per_document=1"),
    "NestedParent": (wq.NestedParent(WAR, PEACE), "per_document=1"),
    "Ordered": (wq.Ordered([WAR, PEACE]), "SpanNear2"),
    "Regex": (wq.Regex("text", "w.r"), "Write Prefix, or Wildcard"),
    "SpanBefore": (span_queries.SpanBefore(WAR, PEACE), "SpanNear"),
    "SpanCondition": (span_queries.SpanCondition(WAR, PEACE), "Require"),
    "SpanContains": (span_queries.SpanContains(WAR, PEACE), "SpanNear"),
    "SpanFirst": (span_queries.SpanFirst(WAR), "without its place"),
    "SpanNot": (span_queries.SpanNot(WAR, PEACE), "Not"),
    "WeightingQuery": (wq.WeightingQuery(WAR, None), "BM25F"),
}

# Bases of the others, which nobody makes one of.
BASES = {
    *("Query", "CompoundQuery", "BinaryQuery", "MultiTerm", "PatternQuery", "ExpandingTerm", "WrappingQuery"),
    *("SpanQuery", "SpanBiQuery", "WrappingSpan"),
}


def classes_of_whoosh() -> set[str]:
    every = {**vars(wq), **vars(span_queries), **vars(compound), "_NullQuery": type(wq.NullQuery)}
    return {name for name, one in every.items() if isinstance(one, type) and issubclass(one, wq.Query)}


def test_every_class_of_whooshs_has_its_case() -> None:
    assert classes_of_whoosh() - BASES == {*MEANT, *REFUSED}
    assert all(type(tree).__name__ == name for cases in (MEANT, REFUSED) for name, (tree, _) in cases.items())


@pytest.mark.parametrize("name", MEANT)
def test_a_class_means(name: str) -> None:
    tree, expected = MEANT[name]
    assert node(tree) == expected


@pytest.mark.parametrize("name", REFUSED)
def test_a_class_without_a_translation_says_what_to_write_instead(name: str) -> None:
    tree, advice = REFUSED[name]
    for one in (tree, wq.And([WAR, wq.Not(tree)]), wq.SpanNear(WAR, tree)):
        with pytest.raises(QueryError, match=f"^{name} .*which searchlib cannot run") as caught:
            node(one)
        assert advice in caught.value.advice


FORMS: list[tuple[Any, Node]] = [
    (wq.Term("text", "Weapons", boost=2.0), word("Weapons", boost=2.0)),
    (wq.Term("text", "weapon"), word("weapon")),
    (wq.Term("text", b"war"), war),
    (wq.Term("text", "erdogan\x1ferdoğan"), Value("erdogan\x1ferdoğan", "text")),
    (wq.Term("text", "state-of"), Phrase((word("state"), word("of")))),
    (wq.Term("text", "東京都"), Or((word("東京"), word("京都")))),
    (wq.Term("text", "..."), NOTHING),
    (wq.Term("language", "EN"), Value("en", "language")),
    (wq.Term("document", "A/b.md"), Value("A/b.md", "document")),
    (wq.Term("number", 3), Range(3, 3, ("number",))),
    (wq.Term("line", "3"), Range(3, 3, ("line",))),
    (wq.Term("author", "Smith"), word("Smith", "author")),
    (wq.Term("author", "Jane Smith"), Phrase((word("jane", "author"), word("smith", "author")))),
    (wq.Term("year", 1995), word("1995", "year")),
    (wq.Term("year", -5), Value(number(-5), "year")),
    (wq.Term("draft", True), word("true", "draft")),
    (wq.Term("author", TEXT + "jane smith"), Value(TEXT + "jane smith", "author")),
    (wq.Term("nowhere", "x"), word("x", "nowhere")),
    (wq.Phrase("author", ["Jane", "Smith"]), Phrase((word("jane", "author"), word("smith", "author")))),
    (wq.Phrase("text", ["war"]), war),
    (wq.Phrase("text", []), NOTHING),
    (wq.Phrase("kind", ["text"]), Value("text", "kind")),
    (wq.Prefix("text", ""), Everything("text")),
    (wq.Prefix("document", "A/[b"), Prefix("A/[b", ("document",))),
    (wq.Prefix("author", "Smi", boost=2.0), Prefix("smi", ("author",), 2.0)),
    (wq.Prefix("author", "Jane S"), Prefix(TEXT + "jane s", ("author",))),
    (wq.Prefix("text", "erdogan\x1f"), word("erdogan")),
    (wq.Wildcard("text", "*"), Everything("text")),
    (wq.Wildcard("document", "A/*.md"), Wildcard("A/*.md", ("document",))),
    (wq.Wildcard("text", "w\\*"), Wildcard("w\\\\*", ("text",))),
    (wq.FuzzyTerm("text", "Industry", boost=2.0), Fuzzy("industry", ("text",), 1, 1, 2.0)),
    (wq.FuzzyTerm("author", "Smiht"), Fuzzy("smiht", ("author",), 1, 1)),
    (wq.TermRange("text", None, None), Everything("text")),
    (wq.TermRange("number", "2", "3"), Range(2, 3, ("number",))),
    (wq.TermRange("document", "a", "b"), Range("a", "b", ("document",))),
    (wq.TermRange("author", "A", "c"), Range(TEXT + "a", TEXT + "c", ("author",))),
    (wq.TermRange("date", "2020-05", None), Range(date_key("2020-05"), NUMBER + LAST, ("date",))),
    (wq.NumericRange("number", None, 4, endexcl=True), Range(None, 3, ("number",))),
    (wq.NumericRange("number", None, None), Everything()),
    (wq.NumericRange("price", 1.5, 2.5, boost=2.0), Range(number(1.5), after(number(2.5)), ("price",), boost=2.0)),
    (wq.DateRange("date", None, None), Everything("date")),
    (wq.Every("*"), Everything()),
    (wq.Every("title", boost=2.0), Everything("title", 2.0)),
    (wq.Every("line"), Everything()),
    (wq.And([wq.Not(WAR), wq.Not(PEACE)]), And((Everything(), Not(war), Not(peace)))),
    (wq.And([]), NOTHING),
    (wq.And([WAR, WAR]), war),
    (wq.Or([]), NOTHING),
    (wq.Or([WAR, wq.Not(PEACE)]), Or((war, And((Everything(), Not(peace)))))),
    (wq.Or([WAR, wq.And([PEACE], boost=3.0)], boost=2.0), Or((word("war", boost=2.0), word("peace", boost=6.0)))),
    (wq.DisjunctionMax([WAR]), war),
    (wq.Not(wq.Not(WAR)), war),
    (wq.AndNot(WAR, wq.Not(PEACE)), And((war, peace))),
    (wq.AndMaybe(wq.Not(WAR), PEACE), Optional(And((Everything(), Not(war))), peace)),
    (wq.Sequence([WAR]), war),
    (wq.Sequence([WAR, PEACE], boost=2.0), Near(*(word(w, boost=2.0) for w in ("war", "peace")), "text", 1, True)),
    (wq.SpanNear(WAR, wq.Or([PEACE, wq.Phrase("text", ["a", "b"])])),
     Near(war, Or((peace, Phrase((word("a"), word("b"))))), "text", 1, True)),
    (wq.SpanNear(WAR, wq.Term("text", "...")), NOTHING),
    (wq.SpanNear(WAR, wq.Term("text", "war\x1fwár")), Near(war, Value("war\x1fwár", "text"), "text", 1, True)),
    (wq.SpanNear(wq.Term("author", "jane"), wq.Term("author", "smith")),
     Near(word("jane", "author"), word("smith", "author"), "author", 1, True)),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "expected"), FORMS, ids=lambda value: type(value).__name__)
def test_what_is_asked_of_fields_is_meant_as_the_language_means_it(tree: Any, expected: Node) -> None:
    assert node(tree) == expected


def test_a_number_that_is_a_year_may_be_part_of_a_date() -> None:
    found = node(wq.TermRange("date", "2019", "2020"))
    assert found == Range(number(2019), after(number(2020)), ("date",))
    assert number(2019) < date_key("2019-01-01") < date_key("2020-12-31T23:59:59.9") < after(number(2020))


def test_the_second_of_otherwise_counts_where_nothing_matches_the_first() -> None:
    assert node(wq.Otherwise(WAR, wq.Not(PEACE)), matches=False) == And((Everything(), Not(peace)))


@pytest.mark.parametrize(
    ("tree", "problem", "advice"),
    [
        (wq.Or([WAR, PEACE], scale=0.9), "Or has a scale", "Leave scale away"),
        (wq.Wildcard("text", "w[ae]r"), "Wildcard has a set of letters", "Write \\?"),
        (wq.Term("number", "three"), "Term asks number, which holds numbers, for 'three'", "whole number"),
        (wq.Prefix("number", "1"), "Prefix asks number", "NumericRange"),
        (wq.Wildcard("number", "1*"), "Wildcard asks number", "NumericRange"),
        (wq.FuzzyTerm("line", "1"), "FuzzyTerm asks line", "NumericRange"),
        (wq.TermRange("number", "a", "b"), "TermRange asks number", "whole number"),
        (wq.NumericRange("text", 1, 2), "NumericRange is in text, which holds text", "TermRange"),
        (wq.NumericRange("year", math.inf, 2), "NumericRange has inf for a bound", "None"),
        (wq.NumericRange("year", 10**400, None), "NumericRange has 1000", "None"),
        (wq.NumericRange("number", "a", None), "NumericRange has 'a' for a bound", "None"),
        (wq.DateRange("number", datetime(2020, 1, 1), None), "DateRange is in number", "dates"),
        (wq.SpanNear(WAR, PEACE, mindist=2), "SpanNear has a mindist", "Not"),
        (wq.SpanNear(WAR, wq.Term("title", "peace")), "SpanNear joins what has no places in one field", "one field"),
        (wq.SpanNear(WAR, wq.Every()), "SpanNear joins what has no places in one field", "both sides"),
        (wq.SpanNear(WAR, wq.And([WAR, PEACE])), "SpanNear joins what has no places in one field", "both sides"),
        (wq.SpanNear(WAR, wq.Term("language", "en")), "SpanNear joins what has no places in one field", "both sides"),
        (wq.Sequence([WAR, wq.Not(PEACE)]), "Sequence joins what has no places in one field", "both sides"),
        (qcore.error_query("no such field"), "Whoosh could not parse this query: no such field", ""),
        (wq.And([WAR, qcore.error_query("bad")]), "bad", ""),
        ("war", "str is not a query", "text in the query language"),
    ],
)
def test_what_a_query_asks_in_vain_is_said(tree: Any, problem: str, advice: str) -> None:
    with pytest.raises(QueryError, match=problem.replace("(", r"\(")) as caught:
        node(tree)
    assert advice.replace("\\", "") in caught.value.advice


class Shout(wq.Term):  # type: ignore[misc]
    """A term in another voice, which matches as a term does."""

    def __init__(self, fieldname: str, text: str, boost: float = 1.0) -> None:
        super().__init__(fieldname, text.lower(), boost)


class Odd(wq.Term):  # type: ignore[misc]
    """A term in name only."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        raise NotImplementedError


class OddAnd(wq.And):  # type: ignore[misc]
    """A conjunction in name only."""

    def _matcher(self, subs: Any, searcher: Any, context: Any) -> Any:
        raise NotImplementedError


class Own(wq.Query):  # type: ignore[misc]
    """A class of a user's."""


def test_a_class_of_a_users_is_what_it_derives_from_unless_it_matches_otherwise() -> None:
    assert node(Shout("text", "WAR")) == war
    for tree in (Odd("text", "war"), OddAnd([WAR]), Own()):
        name = type(tree).__name__
        with pytest.raises(QueryError, match=f"^{name} is a class of its own, which searchlib cannot run"):
            node(wq.Or([WAR, tree]))


def test_a_tree_too_deep_to_walk_is_said() -> None:
    tree: Any = WAR
    for _ in range(100_000):
        tree = wq.Not(tree)
    with pytest.raises(QueryError, match="nested too deeply"):
        node(tree)


def test_what_is_translated_matches_as_meant() -> None:
    fields = {
        "text": tokens("The weapons of Erdoğan, made by the defense industry."),
        "title": tokens("Only peace"),
    }
    for name, value in {"year": 1995, "date": "2020-05-17", "author": ("Jane Smith", "Bo Lee"), "draft": True}.items():
        from searchlib.analysis import Token

        fields[name] = [Token(key, 0, 0, place) for key, place in zip(*meta_keys(value), strict=True)]
    attributes: dict[str, str | int] = {"document": "a/b.md", "language": "en", "number": 3}
    cases = {
        wq.Term("text", "weapon"): True,
        wq.Term("text", "erdogan"): True,
        wq.Term("text", "erdogan\x1ferdoğan"): True,
        wq.Term("text", "erdogan\x1ferdógan"): False,
        wq.Term("title", "only"): True,
        wq.Phrase("text", ["defense", "industries"]): True,
        wq.Phrase("text", ["defens", "industri"]): False,
        wq.Phrase("text", ["erdogan", "weapons"]): False,
        wq.Prefix("text", "industri"): False,
        wq.Prefix("text", "industr"): True,
        wq.Wildcard("text", "ind*y"): True,
        wq.FuzzyTerm("text", "wepons"): True,
        wq.Variations("text", "weaponed"): True,
        wq.TermRange("text", "erd", "erf"): True,
        wq.NumericRange("year", 1990, 1995, endexcl=True): False,
        wq.NumericRange("year", 1990.5, None): True,
        wq.NumericRange("number", 3, 3): True,
        wq.DateRange("date", datetime(2020, 5, 17), datetime(2020, 5, 17)): True,
        wq.DateRange("date", datetime(2020, 5, 17), None, startexcl=True): False,
        wq.Term("draft", "true"): True,
        wq.Term("draft", False): False,
        wq.Term("author", "jane smith"): True,
        wq.Phrase("author", ["smith", "bo"]): False,
        wq.SpanNear(wq.Term("text", "made"), wq.Term("text", "industry"), slop=4): True,
        wq.SpanNear(wq.Term("text", "industry"), wq.Term("text", "made"), slop=4): False,
        wq.Not(wq.Term("language", "en")): False,
    }
    words = lexicon_of("The weapons of Erdoğan, made by the defense industry.", "Only peace")
    for tree, expected in cases.items():
        found = translated(tree, words, lambda asked: match(asked, fields, "en", attributes).matched)
        assert match(found, fields, "en", attributes).matched is expected, tree
