"""bm25s, on NumPy. It has no boolean queries or phrases, keeps no positions, and cannot be added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from benchmarks.corpus import Corpus
from benchmarks.engines.base import TOP, WORDS, Asked, Changed, stemmer
from benchmarks.queries import Query


class BM25S:
    """Implements `Engine`."""

    name = "bm25s"
    kinds = frozenset({"word", "or", "question"})
    shown: frozenset[str] = frozenset()
    asks = ("ids", "total")
    setup = (
        "method lucene, Snowball English stemmer, no stop words; saved with id, title and text; opened mapped, the "
        "texts not read; its total is the number of scores that are not zero"
    )

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._stem = stemmer()
        self._index: Any = None
        self._count = 0

    def version(self) -> str:
        """Of the package."""
        return version("bm25s")

    def build(self, index: Path) -> None:
        """All at once, as it must be."""
        kept = [{"id": record.id, "title": record.title, "text": record.text} for record in self._corpus.records()]
        tokens = bm25s.tokenize(
            [str(record["text"]) for record in kept],
            stopwords=None,
            token_pattern=WORDS,
            stemmer=lambda words: [self._stem(word) for word in words],
            show_progress=False,
        )
        made = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        made.index(tokens, show_progress=False)
        made.save(str(index), corpus=kept)

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """There is none."""
        raise NotImplementedError

    def open(self, index: Path) -> None:
        """Mapped, without the texts."""
        self._index = bm25s.BM25.load(str(index), mmap=True, load_corpus=False)
        self._count = int(self._index.scores["num_docs"])

    def close(self) -> None:
        """Let go of the arrays."""
        self._index = None

    def text(self, query: Query) -> str:
        """Words."""
        return " ".join(query.words)

    def _tokens(self, asked: Asked) -> list[str]:
        tokens = bm25s.tokenize(
            asked.text, stopwords=None, token_pattern=WORDS, stemmer=None, return_ids=False, show_progress=False
        )
        return [self._stem(token) for token in tokens[0]]

    def ids(self, asked: Asked) -> list[int]:
        """Those with a score: it fills up with others."""
        found = self._index.retrieve([self._tokens(asked)], k=min(TOP, self._count), show_progress=False)
        pairs = zip(found.documents[0], found.scores[0], strict=True)
        return [int(number) for number, score in pairs if score > 0]

    def snippets(self, asked: Asked) -> list[str]:
        """There are none."""
        raise NotImplementedError

    def total(self, asked: Asked) -> int:
        """How many scores there are."""
        return int(np.count_nonzero(self._index.get_scores(self._tokens(asked))))

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """There is none."""
        raise NotImplementedError

    def numbers(self, asked: Asked) -> list[int]:
        """The ids are the numbers."""
        return self.ids(asked)

    def command(self, index: Path, asked: Asked) -> list[str] | None:
        """Nobody would."""
        return None
