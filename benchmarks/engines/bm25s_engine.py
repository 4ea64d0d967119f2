"""bm25s, on NumPy. It has no boolean queries or phrases, keeps no positions, and cannot be added to."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
import numpy as np

from benchmarks.corpus import Corpus
from benchmarks.engines.base import TOP, WORDS, stemmer
from benchmarks.queries import Query


class BM25S:
    """Implements `Engine`."""

    name = "bm25s"
    kinds = frozenset({"term", "or"})
    setup = "method lucene, Snowball English stemmer, no stop words; saved with id, title and text; opened mapped"

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._stem = stemmer()
        self._index: Any = None
        self._count = 0

    def version(self) -> str:
        """Of the package."""
        return version("bm25s")

    def _tokens(self, texts: list[str]) -> Any:
        return bm25s.tokenize(
            texts,
            stopwords=None,
            token_pattern=WORDS,
            stemmer=lambda words: [self._stem(word) for word in words],
            show_progress=False,
        )

    def build(self, index: Path) -> float:
        """All at once, as it must be."""
        began = time.perf_counter()
        records = self._corpus.records()
        kept = [{"id": record.id, "title": record.title, "text": record.text} for record in records]
        made = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        made.index(self._tokens([str(record["text"]) for record in kept]), show_progress=False)
        made.save(str(index), corpus=kept)
        return time.perf_counter() - began - records.seconds

    def open(self, index: Path) -> None:
        """Mapped, without the texts."""
        self._index = bm25s.BM25.load(str(index), mmap=True, load_corpus=False)
        self._count = int(self._index.scores["num_docs"])

    def close(self) -> None:
        """Let go of the arrays."""
        self._index = None

    def prepare(self, query: Query) -> list[str]:
        """Stems."""
        return [self._stem(word) for word in query.words]

    def text(self, query: Query) -> str | None:
        """Words."""
        return " ".join(query.words)

    def search_text(self, text: str) -> Any:
        """Tokenize and search."""
        tokens = bm25s.tokenize(
            text, stopwords=None, token_pattern=WORDS, stemmer=None, return_ids=False, show_progress=False
        )
        return self.search([self._stem(token) for token in tokens[0]])

    def search(self, prepared: list[str]) -> Any:
        """Numbers and scores."""
        found = self._index.retrieve([prepared], k=min(TOP, self._count), show_progress=False)
        return found.documents[0], found.scores[0]

    def total(self, prepared: list[str]) -> int:
        """How many scores there are."""
        return int(np.count_nonzero(self._index.get_scores(prepared)))

    def ids(self, found: Any) -> list[int]:
        """Those with a score: it fills up with others."""
        numbers, scores = found
        return [int(number) for number, score in zip(numbers, scores, strict=True) if score > 0]
