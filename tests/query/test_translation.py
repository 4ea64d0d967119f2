"""Whoosh's nodes as others write them: answered as they are meant, or with a warning that says how."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from whoosh import query as wq
from whoosh.query import spans

import searchlib
from searchlib.errors import QueryError

NAMES = {
    "arms": "---\nyear: 1995\nday: 1995-05-17\nauthor: Ana Núñez\n---\nThe industries sold weapons to universities.\n",
    "peace": "---\nyear: 2003\nday: 2003-01-02T10:30:00\nauthor: Bo\n---\nA weapon is no use, said the café owner.\n",
    "none": "Nothing of that kind here.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    folder = tmp_path_factory.mktemp("seeds")
    for name, text in NAMES.items():
        (folder / f"{name}.md").write_text(text)
    return searchlib.build(folder, folder.parent / "translated", language="en")


def found(index: searchlib.Index, tree: Any) -> set[str]:
    results = index.search(tree)
    assert not results.warnings
    names = {Path(hit.document.path).stem for hit in results}
    assert {Path(hit.document.path).stem for hit in index.search("*", filter=tree)} == names
    return names


BOTH = {"arms", "peace"}


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        (wq.Term("text", "weapons"), BOTH),
        (wq.Term("text", "Weapon"), BOTH),
        (wq.Term("text", "cafe"), {"peace"}),
        (wq.Term("text", "CAFÉ"), {"peace"}),
        (wq.Term("text", "industri"), {"arms"}),  # a key of the dictionary
        (wq.Term("text", b"industri"), {"arms"}),
        (wq.Term("text", b"weapons"), set()),  # bytes are a key always
        (wq.Term("author", "núñez"), {"arms"}),
        (wq.Term("year", "1995"), {"arms"}),
        (wq.Term("type", "Markdown"), {"arms", "peace", "none"}),
        (wq.Term("number", 1), {"arms", "peace", "none"}),
        (wq.Phrase("text", ["sold", "weapons"]), {"arms"}),
        (wq.Phrase("text", ["Industry", "sold"]), {"arms"}),
        (wq.Phrase("text", ["sold", "universities"], slop=3), {"arms"}),
        (wq.Phrase("text", ["weapons", "sold"]), set()),
        (wq.Phrase("author", ["Ana", "Nunez"]), {"arms"}),
        (wq.NumericRange("year", 1990, 2000), {"arms"}),
        (wq.NumericRange("year", 1995, 2003), BOTH),
        (wq.NumericRange("year", 1995, 2003, startexcl=True), {"peace"}),
        (wq.NumericRange("year", 1995, 2003, endexcl=True), {"arms"}),
        (wq.NumericRange("year", None, 2000), {"arms"}),
        (wq.NumericRange("year", 1995.5, None), {"peace"}),
        (wq.NumericRange("number", 1, 1), {"arms", "peace", "none"}),
        (wq.DateRange("day", datetime(1995, 5, 17), datetime(1995, 5, 17)), {"arms"}),
        (wq.DateRange("day", datetime(1995, 5, 18), datetime(2003, 1, 2)), {"peace"}),
        (wq.DateRange("day", datetime(2003, 1, 2, 10), datetime(2003, 1, 2, 11)), {"peace"}),
        (wq.DateRange("day", datetime(2003, 1, 2, 11), None), set()),
        (wq.DateRange("day", None, datetime(2000, 1, 1)), {"arms"}),
        (wq.TermRange("year", "1990", "2000"), {"arms"}),
        (wq.TermRange("number", "1", "1"), {"arms", "peace", "none"}),
        (wq.TermRange("text", "Weapo", "WEAPZ"), BOTH),
        (wq.Prefix("text", "Weap"), BOTH),
        (wq.Wildcard("text", "Caf?"), {"peace"}),
        (wq.FuzzyTerm("text", "weapens"), BOTH),
        (wq.Variations("text", "weapon"), BOTH),
        (wq.And([wq.Term("text", "weapons"), wq.NumericRange("year", 2000, 2010)]), {"peace"}),
        (wq.Term("text", "weapons") - wq.NumericRange("year", 2000, 2010), {"arms"}),
        (wq.AndMaybe(wq.Term("text", "weapons"), wq.Term("text", "universities")), BOTH),
        (wq.Require(wq.Term("text", "weapons"), wq.Term("text", "universities")), {"arms"}),
        (wq.ConstantScoreQuery(wq.Term("text", "Universities")), {"arms"}),
        (wq.DisjunctionMax([wq.Term("text", "Universities"), wq.Term("text", "owner")]), BOTH),
        (spans.SpanNear(wq.Term("text", "Industries"), wq.Term("text", "weapons"), slop=3), {"arms"}),
        (spans.SpanFirst(wq.Term("text", "industries"), limit=2), {"arms"}),
        (spans.SpanOr([wq.Term("text", "Universities"), wq.Term("text", "owner")]), BOTH),
    ],
    ids=lambda value: repr(value) if isinstance(value, wq.Query) else "",
)  # fmt: skip
def test_a_node_finds_what_its_author_meant(index: searchlib.Index, tree: Any, names: set[str]) -> None:
    assert found(index, tree) == names


def test_what_is_found_is_what_is_highlighted(index: searchlib.Index) -> None:
    (hit,) = index.search(wq.Phrase("text", ["sold", "weapons"]))
    assert [hit.text[start:end] for start, end in hit.spans] == ["sold", "weapons"]


def test_boosts_stay(index: searchlib.Index) -> None:
    plain, boosted = (index.search(wq.Term("text", "weapons", boost=boost))[0].score for boost in (1.0, 2.0))
    assert boosted == pytest.approx(2 * plain)


@pytest.mark.parametrize(
    ("tree", "message", "advice"),
    [
        (wq.Term("texts", "war"), 'There is no field "texts", so Term of it finds nothing.', "Did you mean text?"),
        (wq.NumericRange("text", 1, 2), "text holds neither numbers nor dates", "Name a field of the metadata."),
        (wq.DateRange("line", datetime(2000, 1, 1), None), "line holds numbers and no dates", "Give a NumericRange."),
        (wq.Phrase("type", ["a", "b"]), "type holds single values", "Ask for one by Term('type', ...)."),
        (wq.Term("number", "two"), "number holds whole numbers", "Write one, as in Term('number', 3)."),
        (wq.Not(wq.TermRange("line", "a", "b")), "line holds numbers and no text", "Give a NumericRange."),
    ],
    ids=lambda value: repr(value) if isinstance(value, wq.Query) else "",
)  # fmt: skip
def test_what_cannot_be_meant_is_a_warning_that_says_how(
    index: searchlib.Index, tree: Any, message: str, advice: str
) -> None:
    (warning,) = index.search(tree).warnings
    assert warning.message.startswith(message)
    assert warning.advice == advice
    with pytest.raises(QueryError) as caught:
        index.search(tree, strict=True)
    assert str(caught.value).endswith(advice)


def test_the_tree_that_was_given_is_left_as_it_is(index: searchlib.Index) -> None:
    tree = wq.And([wq.Term("text", "weapons"), wq.Not(wq.NumericRange("year", 1990, 2000))])
    before = repr(tree)
    assert found(index, tree) == {"peace"}
    assert repr(tree) == before
