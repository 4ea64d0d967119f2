"""What a query may ask: over a limit it is refused before it costs anything, with what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from whoosh import query as wq

import searchlib
from searchlib.errors import QueryError
from searchlib.guards.limits import LIMITS, Limits
from searchlib.query import parse
from searchlib.query.cost import DEEPEST, PATTERN, WHOLE, check_clauses
from searchlib.query.nodes import Fuzzy, Node, Not, Or, Prefix, Value, Wildcard
from searchlib.query.synonyms import parse_synonyms

NAMES = ("year",)
FEW = Limits(query_clauses=10)


def refused(text: str, limits: Limits = LIMITS, synonyms: str = "") -> str:
    with pytest.raises(QueryError) as caught:
        parse(text, NAMES, limits=limits, synonyms=parse_synonyms(synonyms) if synonyms else None)
    return str(caught.value)


def test_a_query_that_is_too_long_is_refused_with_the_limit_and_how_to_raise_it() -> None:
    assert refused(":" * 1_000_000) == (
        "The query has 1,000,000 characters, and the limit query_length is 20,000.\n"
        "Ask for less, or raise it by query_length of searchlib.Limits, query-length in [tool.searchlib.limits], or "
        "SEARCHLIB_LIMITS_QUERY_LENGTH."
    )
    assert parse(":" * 20, NAMES, limits=Limits(query_length=20)).warnings


def test_a_query_with_too_many_clauses_is_refused_with_the_limit_and_how_to_raise_it() -> None:
    assert refused(" ".join(f"w{number}" for number in range(1025))) == (
        "The query asks for too much: the limit query_clauses is 1,024, where a word counts 1, a pattern or a fuzzy "
        "word 8 in each field, and 64 if it does not begin with a letter.\n"
        "Ask for less, or raise it by query_clauses of searchlib.Limits, query-clauses in [tool.searchlib.limits], or "
        "SEARCHLIB_LIMITS_QUERY_CLAUSES."
    )


WORDS = " ".join(f"w{number}" for number in range(11))


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        WORDS.replace(" ", " OR "),
        WORDS.replace(" ", " AND "),
        f'"{WORDS}"',
        "(" * 11 + ") ".join(WORDS.split()),
        WORDS.replace(" ", "-"),
        "title:" + WORDS.replace(" ", " title:"),
        "one~ two~",
        "tit*",
        "title:a* title:b* title:c*",
        "title:*tion",
        "title:[a TO b]",
        "year:[1 TO 2] year:[1 TO 3] year:[1 TO 4]",
        "東京都は日本の首都である東京",
    ],
)
def test_every_kind_of_clause_counts(text: str) -> None:
    assert "the limit query_clauses is 10," in refused(text, FEW)


def test_as_many_as_the_limit_are_searched() -> None:
    assert parse(" ".join(WORDS.split()[:10]), NAMES, limits=FEW).warnings == ()


def test_synonyms_count_before_they_are_made() -> None:
    many = ", ".join(f"s{number}" for number in range(1000))
    assert "query_clauses" in refused("word s1", Limits(query_clauses=100), f"word => {many}")
    assert "query_clauses" in refused('"word word word"', LIMITS, f"word => {many}")
    assert "query_clauses" in refused("hot dog", Limits(query_clauses=100), f"hot dog => {many}")


def test_a_strict_query_is_refused_as_well() -> None:
    with pytest.raises(QueryError, match="query_length"):
        parse("a" * 21, NAMES, limits=Limits(query_length=20), strict=True)


def test_a_tree_has_the_same_limits() -> None:
    for tree in (
        Or(tuple(Value(f"w{number}", "text") for number in range(11))),
        Not(Or(tuple(Value(f"w{number}", "text") for number in range(11)))),
        Wildcard("?a", ("text",)),
        Or((Fuzzy("a", ("text",)), Prefix("a", ("text",)), Prefix("b", ("text",)))),
    ):
        with pytest.raises(QueryError, match="query_clauses"):
            check_clauses(tree, FEW)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    deep: Node = Value("a", "text")
    for _ in range(DEEPEST):
        deep = Not(deep)
    with pytest.raises(QueryError, match="flatter"):
        check_clauses(deep, LIMITS)


def test_a_pattern_that_begins_with_a_letter_counts_less() -> None:
    limits = Limits(query_clauses=PATTERN)
    check_clauses(Wildcard("a*b*c", ("text",)), limits)
    check_clauses(Wildcard("*", ("text",)), limits)
    check_clauses(Wildcard("?bc", ("title",)), Limits(query_clauses=WHOLE))
    with pytest.raises(QueryError):
        check_clauses(Wildcard("?bc", ("title",)), Limits(query_clauses=WHOLE - 1))


def test_an_index_is_opened_with_limits_for_queries_filters_and_trees(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("war and peace\n")
    searchlib.build(tmp_path / "a.txt", tmp_path / "ix").close()
    with searchlib.open(tmp_path / "ix", limits=Limits(query_clauses=2, query_length=30)) as index:
        assert index.search("war peace", filter="war peace").total == 1
        for ask in (
            lambda: index.search("war and peace"),
            lambda: index.search("war", filter="war and peace"),
            lambda: index.search("war", filter=[{"type": "text"}, "war and peace"]),
            lambda: index.search("war", filter={"type": ["text", "html", "markdown"]}),
            lambda: index.search("war", filter=[{"type": "text"}, {"kind": "text"}, "war"]),
            lambda: index.search("war", filter=wq.Or([wq.Term("text", text) for text in "abc"])),
            lambda: index.search(wq.Or([wq.Term("text", text) for text in "abc"])),
            lambda: index.search_many(["war", "war and peace"]),
            lambda: index.all("war and peace"),
            lambda: index.search("w" * 31),
            lambda: index.citation(index.search("war")[0].id, query="war and peace"),
        ):
            with pytest.raises(QueryError, match=r"query_(clauses|length)"):
                ask()
