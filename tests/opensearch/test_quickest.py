"""The best hits by bounds are those that all scores give: an index of thousands, of which pages are small."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from exploring import seeds

import searchlib
from searchlib import Document
from searchlib.engines.opensearch.cluster import Cluster

from .conftest import removed

WORDS = [
    f"{first}{second}" for first in ("harbour", "ship", "winter", "port", "ice") for second in ("", "s", "ed", "x")
]
WORDS += ["Erdoğan", "erdogan", "résumé", "resume", "東京", "the", "of", "and"]
DOCUMENTS, PARAGRAPHS = 60, 40
RANKINGS: tuple[Any, ...] = (
    None,
    {"b": 0},
    {"k1": 0},
    {"k1": 3, "b": 0.2, "title": 0.1},
    {"delta": 1},
    {"short": 40},
    {"accent": 0, "form": 0},
)


def texts(chance: random.Random, size: int) -> str:
    weights = [1 / (1 + number) for number in range(len(WORDS))]
    return " ".join(chance.choices(WORDS, weights, k=size))


@pytest.fixture(scope="module", params=seeds(1))
def both(request: pytest.FixtureRequest, node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same paragraphs in a folder and in a cluster, there in two shards."""
    chance = random.Random(request.param)
    folder = tmp_path_factory.mktemp("quickest")
    (folder / "seeds").mkdir()
    with searchlib.build(folder / "seeds", folder / "index", processes=1) as index, index.writer() as w:
        for number in range(DOCUMENTS):
            parts = [texts(chance, chance.choice((2, 5, 20, 120))) for _ in range(PARAGRAPHS)]
            language = chance.choice(("en", "en", "de", "ja"))
            title = texts(chance, 4) if number % 2 else ""
            w.add(
                Document(f"d{number}", "\n\n".join(parts), title, language=language, metadata={"by": texts(chance, 2)})
            )
    location = f"{node}/q{chance.getrandbits(40):x}"
    try:
        with (
            searchlib.open(folder / "index") as one,
            searchlib.copy(folder / "index", location, tuning={"shards": 2}) as other,
        ):
            yield chance, one, other
    finally:
        removed(location)


@pytest.fixture(autouse=True, params=[1, 2000])
def many(request: pytest.FixtureRequest, both: Any) -> None:
    """By bounds always, or for common words only."""
    _, _, other = both
    other._opened.many = request.param


def queries(chance: random.Random) -> str:
    some = chance.sample(WORDS, 3)
    return chance.choice(
        (
            some[0],
            " ".join(some),
            f"{some[0]} AND {some[1]}",
            f'"{some[0]} {some[1]}"',
            f"({some[0]} OR {some[1]}^3) -{some[2]}",
            f"+{some[0]} {some[1]}^0 by:{some[2]}",
            f"={some[0]} {some[1]}*",
            f"{some[0]} NEAR {some[1]}",
            f"title:{some[0]} {some[1]}~",
        )
    )


def alike(found: searchlib.Results, wanted: searchlib.Results) -> None:
    """The same hits; in the same order where their scores differ by more than the cluster's precision."""
    scores = [hit.score for hit in wanted]
    assert [hit.score for hit in found] == pytest.approx(scores, rel=2e-6, abs=1e-12)
    if all(abs(first - second) > 4e-6 * first for first, second in pairwise(scores)):
        assert [hit.id for hit in found][:-1] == [hit.id for hit in wanted][:-1], "the last may tie with what follows"
    assert (found.total, found.offset) == (wanted.total, wanted.offset)


def test_pages_are_those_of_all_scores(both: Any) -> None:
    chance, one, other = both
    for _ in range(15):
        query, limit, offset = queries(chance), chance.choice((1, 3, 10)), chance.choice((0, 0, 7))
        asked = {"ranking": chance.choice(RANKINGS), "filter": chance.choice((None, {"lang": "en"}))}
        wanted, found = (index.search(query, limit, offset=offset, **asked) for index in (one, other))
        alike(found, wanted)
        if found.cursor is not None:
            wanted, found = (
                index.search(query, limit, after=page.cursor, **asked)
                for index, page in ((one, wanted), (other, found))
            )
            alike(found, wanted)


def test_a_page_is_one_request_or_two_once_its_words_are_known(both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, index = both
    call, asked = Cluster.call, list[str]()

    def counted(self: Any, method: str, path: str, *rest: Any, **more: Any) -> Any:
        asked.append(path)
        return call(self, method, path, *rest, **more)

    monkeypatch.setattr(Cluster, "call", counted)
    for query in ("harbour", "harbour ship winter"):
        len(index.search(query, 3))
        asked.clear()
        len(index.search(query + " ", 3))
        assert 1 <= len(asked) <= 2, query
    asked.clear()
    len(index.search("winter* ", 3))
    assert len(asked) == 1
