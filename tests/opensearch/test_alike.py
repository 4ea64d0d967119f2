"""OpenSearch answers as the engine in memory does, whatever was committed and asked.

Scores are added in single precision there, and are the same to `TOLERANCE`.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from engine.around import apply
from engines import memory
from engines.test_alike import FACETS, FILTERS, KEYS, QUERIES, commits
from exploring import seeds

import searchlib
from searchlib.engine.locations import ENGINES

ENGINES["memory"] = memory.__name__

TOLERANCE = 2e-6
SEARCHES = 20
MORE = (
    '"ship port winter"~3', '"winter harbour" OR erdogan', "=harbours", "har* -harbour", "by:[a TO c]",
    "harbor~2", "+(ship OR winter)^3 port", "by:an*", "year:7*", "title:p*", "number:[2 TO 3]", '"sh* port"',
)  # fmt: skip


@pytest.fixture(params=seeds(2))
def both(
    request: pytest.FixtureRequest, tmp_path: Path, location: str
) -> tuple[random.Random, searchlib.Index, searchlib.Index]:
    """Chance, and the index that some commits made by each engine."""
    chance = random.Random(request.param)
    changes = commits(chance)
    (tmp_path / "seeds").mkdir()
    made = [searchlib.build(tmp_path / "seeds", at, processes=1) for at in (f"memory://{tmp_path}", location)]
    for index in made:
        for one in changes:
            apply(index, one)
    return chance, *made


def alike(one: searchlib.Results, other: searchlib.Results) -> None:
    """The same hits, scores, counts, facets and warnings."""
    scores, others = ([hit.score for hit in found] for found in (one, other))
    assert others == pytest.approx(scores, rel=TOLERANCE, abs=1e-9)
    hits, found = ([(hit.record, hit.spans) for hit in some] for some in (one, other))
    assert hits == found
    assert (one.total, one.documents, one.offset) == (other.total, other.documents, other.offset)
    assert repr(one.facets) == repr(other.facets)
    assert [str(warning) for warning in one.warnings] == [str(warning) for warning in other.warnings]
    assert (one.cursor is None) == (other.cursor is None)


def test_searches(both: Any) -> None:
    chance, *indexes = both
    known = {"type", "number", *(name.lower() for name in indexes[0].fields)}
    filters = [one for one in FILTERS if not isinstance(one, dict) or known.issuperset(one)]
    for number in range(SEARCHES):
        query, filter = chance.choice(QUERIES + MORE), chance.choice(filters)
        sort = [chance.choice(("", "-")) + chance.choice(KEYS) for _ in range(chance.randint(0, 2))]
        asked: dict[str, Any] = {"sort": sort, "per_document": chance.choice((None, None, 1, 2)), "filter": filter}
        asked["distinct"] = bool(number % 2)
        facets = dict.fromkeys(FACETS, chance.choice((1, 3, None)))
        alike(*(index.search(query, 100, facets=facets, **asked) for index in indexes))
        alike(*(index.search(query, 2, offset=1, **asked) for index in indexes))
        pages = [index.search(query, 3, **asked) for index in indexes]
        while pages[0].cursor is not None:
            cursors = [page.cursor for page in pages]
            pages = [index.search(query, 3, after=at, **asked) for index, at in zip(indexes, cursors, strict=True)]
            alike(*pages)
        streams = [[(hit.rank, hit.record) for hit in index.all(query, filter=filter)] for index in indexes]
        assert streams[0] == streams[1]


def test_words_and_what_is_similar(both: Any) -> None:
    _, one, other = both
    for text in ("h", "wint", "erdog", "sh", "p", "z"):
        assert one.complete(text) == other.complete(text)
    for query in ("harbuor", "shipp wintr", "har bour", "ship wintre", "erdogn", "+shp +port"):
        assert one.search(query).suggestion == other.search(query).suggestion
    for hit in one.search("*", 5, sort="-document"):
        alike(one.similar(hit.id), other.similar(hit.id))
        assert one.context(hit.id, 1, 2) == other.context(hit.id, 1, 2)
        assert one.paragraph(hit.id[:9]) == other.paragraph(hit.id[:9])
    for name in ("documents", "paragraphs", "languages", "types"):
        assert getattr(one.stats(), name) == getattr(other.stats(), name)
