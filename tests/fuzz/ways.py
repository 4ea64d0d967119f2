"""Asks an index the same in every way there is to answer: ``python tests/fuzz/ways.py INDEX --seconds 300``.

The best records are those that come first when all that match are scored and sorted; and operations on arrays may be
compiled, where numba is installed: ids and the bits of scores have to be the same. The generated corpora of
tests/execution are small; this is for the thresholds of long lists. Queries are made of words of the index's own
paragraphs. The exit code is 1 if any two ways differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import searchlib
from searchlib.analysis import tokens
from searchlib.engines.whoosh.execution import search
from searchlib.query.nodes import And, Best, Near, Node, Not, Optional, Or, Phrase, Prefix, Word

PARAGRAPHS = 2_000  # that words are taken from
FIELDS = (("text", 1.0),)


def main() -> int:
    """Compare until the time is over; 1 if there was a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    # An index of their own: what one way keeps must not help another.
    ways: dict[str, Any] = {name: searchlib.open(given.index, compiled=False)._opened for name in ("all", "best")}
    if find_spec("numba"):
        ways["compiled"] = searchlib.open(given.index, compiled=True)._opened
    texts = sampled(ways["all"], chance)
    asked = failed = 0
    end = time.monotonic() + given.seconds
    while time.monotonic() < end:
        query, limit = a_query(texts, chance), chance.choice((1, 10, 10, 10, 30, 256))
        within = a_word(texts, chance) if chance.random() < 0.15 else None
        found = {name: answer(name, reader, query, limit, within) for name, reader in ways.items()}
        asked += 1
        if any(other != found["all"] for other in found.values()):
            failed += 1
            print(f"{query!r}, limit {limit}, filter {within!r}:")
            for name, hits in found.items():
                print(f"  {name}: {hits[:5]}")
    print(f"{asked} queries in {len(ways)} ways, {failed} answered differently")
    return 1 if failed or not asked else 0


def sampled(reader: Any, chance: random.Random) -> list[list[Word]]:
    """The words of some paragraphs, each as a query has it."""
    found = []
    for segment, view in enumerate(reader._snapshot.views):
        for record in chance.sample(range(view.doc_count), min(PARAGRAPHS, view.doc_count)):
            stored = reader.records(reader.handles([(segment, record)]))[0]
            keys = [token.key for token in tokens(stored.paragraph.text)]
            if keys:
                found.append([word(key) for key in keys])
    return found


def word(key: str) -> Word:
    """The node of a key."""
    from searchlib.analysis import Form, split_key

    folded, exact = split_key(key)
    return Word(exact, (Form(folded, exact),), FIELDS)


def a_word(texts: list[list[Word]], chance: random.Random) -> Word:
    """A word, the more likely the more there are of it."""
    return chance.choice(chance.choice(texts))


def a_query(texts: list[list[Word]], chance: random.Random) -> Node:
    """Words of one paragraph, or of several."""
    text = chance.choice(texts)
    count = chance.randint(2, 5)
    words = tuple(chance.choice(text) if chance.random() < 0.7 else a_word(texts, chance) for _ in range(count))
    start = chance.randrange(len(text))
    row = tuple(text[start : start + chance.randint(2, 4)])
    phrase = Phrase(row, slop=chance.choice((1, 1, 3))) if len(row) > 1 else row[0]
    makers: list[Callable[[], Node]] = [
        lambda: words[0],
        lambda: And(words),
        lambda: Or(words),
        lambda: And((*words[:-1], Not(words[-1]))),
        lambda: And((Or(words[:-1]), words[-1])),
        lambda: Or((And(words[:-1]), words[-1])),
        lambda: Best(words, chance.choice((0.0, 0.3))),
        lambda: Optional(words[0], Or(words[1:])),
        lambda: phrase,
        lambda: Or((phrase, words[0])),
        lambda: Near(words[0], words[1], "text", chance.choice((2, 10))),
        lambda: Or((words[0], Prefix(words[1].text[:3], ("text",)))),
    ]
    return chance.choice(makers)()


def answer(way: str, reader: Any, query: Node, limit: int, within: Node | None) -> list[tuple[int, int, float]]:
    """Segments, records and scores."""
    found = search(reader._snapshot, query, None if way == "all" else limit, ranking=reader._ranking, filter=within)
    hits = zip(found.segments.tolist(), found.docs.tolist(), found.scores.tolist(), strict=True)
    return list(hits)[:limit]


if __name__ == "__main__":
    sys.exit(main())
