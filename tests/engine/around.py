"""Documents with metadata of every kind, and indexes made of them in several commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exploring import examples
from hypothesis import Phase
from hypothesis import strategies as st

import searchlib
from searchlib import Document, Hit

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

EXAMPLES = examples(15, phases=(Phase.explicit, Phase.generate))  # shrinking what makes an index would take minutes


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
