"""Warnings of a search: what a query stands for in an index, and where that stands in the query."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.errors import QueryError

MESSAGE = """\
"w*" stands for very many words, so this takes its time.
    other w* -xyz
          ^
Write more of its letters."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder: Path = tmp_path_factory.mktemp("warnings")
    (folder / "seeds").mkdir()
    words = [f"w{number:05}" for number in range(10_020)]  # more than are few
    text = "\n\n".join(" ".join(words[start : start + 167]) for start in range(0, len(words), 167))
    with searchlib.build([], folder / "index", processes=1) as built:
        with built.writer() as w:
            w.add(searchlib.Document("a", text))
        yield built


def test_a_prefix_of_very_many_words_is_searched_whole_with_a_warning(
    index: searchlib.Index,
) -> None:
    assert index.search("other w0* -xyz").warnings == ()
    results = index.search("other w* -xyz")
    assert results.total == 60
    (warning,) = results.warnings
    assert str(warning) == MESSAGE
    assert (warning.start, warning.end) == (6, 8)
    assert index.search("[w TO x]").warnings[0].message.startswith('"[w TO x]" stands')
    assert index.search("document:a*").warnings == index.search("w1*").warnings == ()


def test_in_strict_mode_it_is_an_error(index: searchlib.Index) -> None:
    assert index.search("w0*", strict=True).total == 60
    with pytest.raises(QueryError) as raised:
        index.search("other w*", strict=True)
    assert (raised.value.message, raised.value.position) == ('"w*" stands for very many words.', 6)
