"""Engines answer alike, whatever was committed and asked: the engine in memory is the oracle.

An index takes longer to make than to ask, so each is asked much. A subclass of `Likeness` says for an engine where its
index is (``location``), by which ``chance``, and how near scores are to those of the oracle.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from engine.around import PATHS, VALUES, WORDS, Commit, apply
from exploring import seeds

import searchlib
from searchlib.engine.locations import ENGINES

from . import memory

ENGINES["memory"] = memory.__name__

QUERIES = (
    "*", "*", "harbour", "ship winter", '"ship winter"', "erdogan", "Erdoğan", "ship -port", "+winter +port", "sh*",
    "w?nter", "harbor~", "ship NEAR winter", "by:ann", "year:7", "year:[-5 TO 8]", "title:port", "number:2", "-port",
    "(ship)^2 port", "C++", "C", "=C++", "AT&T", "T", '"AT&T port"', "=winter", '"ship winter port"', "ter",
    '"win ter"', "winter NEAR/2 port", '="C++ ship"', '"ship C"~2', "-C++ port", "+winter ship",
)  # fmt: skip
MARKED = ("C++", "C", "C#", "AT&T", "win-\nter", "win-\nters", "win ter", "win-ter", "a t")
FILTERS = (None, None, None, {"type": "text"}, "ship", {"year": (0, 10)}, {"by": [None, "Ann"]}, {"number": (2, None)})
KEYS = ("by", "year", "title", "type", "kind", "language", "number", "line", "document", "relevance")
FACETS = ("by", "year", "type", "language", "kind", "document", "title")


def commits(chance: random.Random) -> list[Commit]:
    """Some commits: most documents have values, several values, or a title; some have none, or go again."""
    return [{path: a_document(chance) for path in chance.sample(PATHS, 4)} for _ in range(chance.randint(1, 3))]


def a_document(chance: random.Random) -> Any:
    def value() -> Any:
        values = tuple(chance.choice(VALUES) for _ in range(chance.choice((1, 1, 2, 3))))
        return values if len(values) > 1 else values[0]

    if chance.random() < 0.1:
        return None
    words = (*WORDS, *MARKED)
    texts = [" ".join(chance.choices(words, k=chance.randint(1, 5))) for _ in range(chance.randint(0, 5))]
    metadata = {key: value() for key in ("by", "year", "By") if chance.random() < 0.5}
    return texts, metadata, chance.choice(("", "Notes", "notes", "A port"))


class Likeness:
    tolerance = 1e-9
    searches = 24
    queries: tuple[str, ...] = QUERIES

    @pytest.fixture
    def both(self, chance: random.Random, tmp_path: Path, location: Any) -> tuple[searchlib.Index, searchlib.Index]:
        """The index that some commits made by each engine."""
        changes = commits(chance)
        (tmp_path / "seeds").mkdir()
        one, other = (searchlib.build(tmp_path / "seeds", at, processes=1) for at in (location, f"memory://{tmp_path}"))
        for index in (one, other):
            for change in changes:
                apply(index, change)
        return one, other

    def alike(self, one: searchlib.Results, other: searchlib.Results) -> None:
        """The same hits, scores, counts, facets and warnings."""
        expected = pytest.approx([hit.score for hit in other], rel=self.tolerance, abs=1e-12)
        assert [hit.score for hit in one] == expected
        hits, others = ([(hit.rank, hit.record, hit.spans) for hit in found] for found in (one, other))
        assert hits == others
        assert [hit.copies for hit in one] == [hit.copies for hit in other]
        assert (one.total, one.documents, one.offset) == (other.total, other.documents, other.offset)
        assert repr(one.facets) == repr(other.facets)  # 7 and 7.0 are written apart
        assert [str(warning) for warning in one.warnings] == [str(warning) for warning in other.warnings]
        assert (one.cursor is None) == (other.cursor is None)

    def test_searches(self, chance: random.Random, both: tuple[searchlib.Index, searchlib.Index]) -> None:
        indexes = both
        known = {"type", "number", *(name.lower() for name in indexes[0].fields)}
        filters = [
            one for one in FILTERS if not isinstance(one, dict) or known.issuperset(one)
        ]  # by no field is an error
        for number in range(self.searches):
            query, filter = chance.choice(self.queries), chance.choice(filters)
            sort = [chance.choice(("", "-")) + chance.choice(KEYS) for _ in range(chance.randint(0, 2))]
            asked: dict[str, Any] = {"sort": sort, "per_document": chance.choice((None, None, 1, 2)), "filter": filter}
            asked["distinct"] = bool(number % 2)
            facets = dict.fromkeys(FACETS, chance.choice((1, 3, None)))
            self.alike(*(index.search(query, 100, facets=facets, **asked) for index in indexes))
            self.alike(*(index.search(query, 2, offset=1, **asked) for index in indexes))
            pages = [index.search(query, 3, **asked) for index in indexes]
            while pages[0].cursor is not None:
                cursors = [page.cursor for page in pages]
                pages = [index.search(query, 3, after=at, **asked) for index, at in zip(indexes, cursors, strict=True)]
                self.alike(*pages)
            streams = [[(hit.rank, hit.record) for hit in index.all(query, filter=filter)] for index in indexes]
            assert streams[0] == streams[1]

    def test_words_and_what_is_similar(self, both: tuple[searchlib.Index, searchlib.Index]) -> None:
        one, other = both
        for text in ("h", "wint", "erdog", "sh", "p", "z"):
            assert one.complete(text) == other.complete(text)
        for query in ("harbuor", "shipp wintr", "har bour", "ship wintre", "erdogn", "+shp +port"):
            assert one.search(query).suggestion == other.search(query).suggestion
        for hit in one.search("*", 5, sort="-document"):
            self.alike(one.similar(hit.id), other.similar(hit.id))
            assert one.context(hit.id, 1, 2) == other.context(hit.id, 1, 2)
            assert one.paragraph(hit.id[:9]) == other.paragraph(hit.id[:9])
        for name in ("documents", "paragraphs", "languages", "types"):
            assert getattr(one.stats(), name) == getattr(other.stats(), name)


class TestWhoosh(Likeness):
    @pytest.fixture(params=seeds(6))
    def chance(self, request: pytest.FixtureRequest) -> random.Random:
        return random.Random(request.param)

    @pytest.fixture
    def location(self, tmp_path: Path) -> Path:
        return tmp_path / "index"
