"""What an engine must be able to do to be measured.

* A *prepared* query is the object that the engine searches with: analysed words in its own query nodes. It is made
  outside of the timed part.
* The *text* of a query is the same in the engine's query language; parsing it is within the time of the second
  measurement.
* What is *found* are the engine's own handles and scores of the top ten. Stored text is not read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from benchmarks.queries import Query

TOP = 10
SNIPPET = 240  # characters: searchlib's default
MEMORY = 512 << 20  # bytes, for engines that have a budget for building: searchlib's default
WORDS = r"[^\W_]+"  # what the analysis of peers that take an expression splits with: letters and digits


class Engine(Protocol):
    """An engine over one corpus, which it is made with; ``open`` comes before everything from ``prepare`` on."""

    name: str
    kinds: frozenset[str]
    """The kinds of queries that it has."""
    setup: str
    """How it was set up, for the report."""

    def version(self) -> str:
        """Of the engine's package."""

    def build(self, index: Path) -> float:
        """Index the corpus in a new folder; seconds, less those of reading ready-made paragraphs."""

    def open(self, index: Path) -> None:
        """Get ready to search."""

    def close(self) -> None:
        """Let go of the index."""

    def prepare(self, query: Query) -> Any:
        """The query object."""

    def text(self, query: Query) -> str | None:
        """The query in the engine's language, None where that has no way to say it."""

    def search_text(self, text: str) -> Any:
        """The top ten of a text: parse and search."""

    def search(self, prepared: Any) -> Any:
        """The top ten."""

    def total(self, prepared: Any) -> int:
        """How many paragraphs match."""

    def ids(self, found: Any) -> list[int]:
        """The numbers of the paragraphs found."""


@runtime_checkable
class Shows(Protocol):
    """An engine that marks in what was found why it was."""

    def snippets(self, prepared: Any, found: Any) -> list[str]:
        """A part of each paragraph of what `Engine.search` found, read from the index, marked, in HTML."""


@runtime_checkable
class Helps(Protocol):
    """An engine that counts, corrects and completes."""

    def facets(self, prepared: Any) -> Any:
        """How many of the paragraphs that match are in each group."""

    def everything(self) -> Any:
        """The prepared query that every paragraph matches."""

    def suggestion(self, text: str) -> str | None:
        """What may have been meant by a text."""

    def complete(self, prefix: str) -> Any:
        """Ten words that begin so."""


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
