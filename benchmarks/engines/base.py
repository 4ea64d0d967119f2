"""What an engine must be able to do to be measured: what its users call, text in.

* *Asked* is what somebody types in the engine's language, and the kind of query that it is: some engines have another
  call, not another language, for prefixes and fuzzy words.
* An *ask* is one of ``ASKS``: ten ids; ten snippets in HTML; how many there are in all; how many in each group. Each
  goes the whole way, parsing included.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from benchmarks.corpus import Paragraph
from benchmarks.queries import Query

TOP = 10
SNIPPET = 240  # characters: searchlib's default
MEMORY = 512 << 20  # bytes, for engines that have a budget for building: searchlib's default
WORDS = r"[^\W_]+"  # what the analysis of peers that take an expression splits with: letters and digits
ASKS = ("ids", "snippets", "total", "facet")


class Asked(NamedTuple):
    """A text in the engine's language, and its kind."""

    kind: str
    text: str


class Changed(NamedTuple):
    """A document that has changed: its number, its row for searchlib, its paragraphs with the ids of before."""

    document: int
    row: dict[str, str]
    before: range
    after: Sequence[Paragraph]


class Engine(Protocol):
    """An engine over one corpus, which it is made with; ``open`` comes before all that is asked."""

    name: str
    kinds: frozenset[str]
    """The kinds of queries that it has."""
    shown: frozenset[str]
    """Those of which it makes snippets that have marks."""
    asks: tuple[str, ...]
    setup: str
    """How it was set up, for the report."""

    def version(self) -> str:
        """Of the engine's package."""

    def build(self, index: Path) -> None:
        """Index the corpus in a new folder."""

    def update(self, index: Path, changed: Sequence[Changed]) -> None:
        """Replace documents in the index. Raises NotImplementedError where it must be built anew."""

    def open(self, index: Path) -> None:
        """Get ready to search."""

    def close(self) -> None:
        """Let go of the index."""

    def text(self, query: Query) -> str:
        """The query as it is typed."""

    def ids(self, asked: Asked) -> Sequence[object]:
        """What a user gets to know the ten paragraphs by."""

    def snippets(self, asked: Asked) -> list[str]:
        """Of the ten, marked, in HTML."""

    def total(self, asked: Asked) -> int:
        """How many paragraphs match."""

    def facet(self, asked: Asked) -> Mapping[str, int]:
        """How many of those that match are in each group."""

    def numbers(self, asked: Asked) -> list[int]:
        """The numbers in the corpus of the ten paragraphs, to compare them."""

    def command(self, index: Path, asked: Asked) -> list[str] | None:
        """A command of its own that prints ten ids, None where nobody would do so."""


def stemmer() -> Callable[[str], str]:
    """Snowball's English stemmer (Porter 2)."""
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
    return stem


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in files_in(folder))


def files_in(folder: Path) -> Iterator[Path]:
    """All files in a folder and those below it."""
    for place, _, names in os.walk(folder):
        for name in names:
            yield Path(place) / name
