"""Documents with metadata of every kind, indexes made of them in several commits, and what is so by hand.

The *identity* of a value is what tells it from others: a number, a date, or text without case and accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from exploring import examples
from hypothesis import Phase
from hypothesis import strategies as st

import searchlib
from searchlib import Document, Hit
from searchlib.analysis import fold
from searchlib.analysis.natural import natural_key

WORDS = ("harbour", "ship", "winter", "port", "Erdoğan")
VALUES = (7, "7", 7.5, "07", -3, "Ann", "ANN", "Ånn", "Bo", True, "true", "2020-05-17", "2020-05", "１２", 12, " 12 ")
PATHS = ("a1", "a2", "a10", "b1", "b2")

texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), max_size=4)
value = st.sampled_from(VALUES) | st.lists(st.sampled_from(VALUES), min_size=1, max_size=3).map(tuple)
metadata = st.dictionaries(st.sampled_from(("by", "year", "By")), value, max_size=3)
document = st.tuples(texts, metadata, st.sampled_from(("", "Notes", "notes", "A port")))
commit = st.dictionaries(st.sampled_from(PATHS), st.none() | document, min_size=1, max_size=4)
commits = st.lists(commit, min_size=1, max_size=3)

Commit = Mapping[str, Any]

EXAMPLES = examples(25, phases=(Phase.explicit, Phase.generate))  # shrinking what makes an index would take minutes


def apply(index: searchlib.Index, changes: Commit) -> None:
    """Make one commit: documents by path, None for those to be removed."""
    with index.writer(processes=1) as w:
        for path, given in changes.items():
            if given is None:
                w.remove(path)
            else:
                paragraphs, known, title = given
                kind = "markdown" if path.startswith("b") else "text"
                w.add(Document(path, "\n\n".join(paragraphs), title, kind, "en" if title else "de", known))


def made(folder: Path, changes: Sequence[Commit]) -> searchlib.Index:
    """An index that these commits made."""
    (folder / "seeds").mkdir()
    index = searchlib.build(folder / "seeds", folder / "index", processes=1)
    for one in changes:
        apply(index, one)
    return index


def every(index: searchlib.Index, query: str = "*", **options: Any) -> list[Hit]:
    """All hits of a search, best first."""
    return list(index.search(query, 10_000, **options))


def place(hit: Hit) -> tuple[Any, int]:
    """Where a hit stands in the index."""
    return ordered(hit.document.path), hit.paragraph.number


def ordered(path: str) -> tuple[Any, ...]:
    """What to sort paths by."""
    parts, whole = natural_key(path)
    return (*parts, whole)


def field_values(hit: Hit, field: str) -> list[Any]:
    """The values of a field, as they are written."""
    document = hit.document
    if field == "kind":
        return [hit.paragraph.kind]
    if field in ("type", "language", "title"):
        found = getattr(document, field)
        return [found] if found else []
    if field == "document":
        return [document.path]
    values: list[Any] = []
    for key, given in document.metadata.items():
        if key.lower() == field:
            values += given if isinstance(given, tuple) else [given]
    return values


def identity(given: Any) -> tuple[int, Any]:
    """What tells a value from others, in the order of sorting: numbers, dates, text."""
    if isinstance(given, bool):
        return 2, str(given).lower()
    if isinstance(given, (int, float)):
        return 0, float(given)
    if re.fullmatch(r"\s*[+-]?[0-9]+(\.[0-9]+)?\s*", given):
        return 0, float(given)
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", given):
        return 1, given
    return 2, fold(given)


def identities(hit: Hit, field: str) -> set[tuple[int, Any]]:
    """The identities of the values of a field."""
    return {identity_in(field, given) for given in field_values(hit, field)}


def identity_in(field: str, given: Any) -> tuple[int, Any]:
    """The identity of a value of a field."""
    if field == "document":
        return 2, ordered(given)
    return (2, fold(given)) if field in ("title", "kind", "type", "language") else identity(given)


def written_first(hits: Iterable[Hit], field: str, wanted: tuple[int, Any]) -> Any:
    """How a value is written where it stands first in the index."""
    for hit in sorted(hits, key=place):
        for given in field_values(hit, field):
            if identity_in(field, given) == wanted:
                return given
    raise AssertionError(wanted)
