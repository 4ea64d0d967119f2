"""Warnings of a search: what a query stands for in an index, and where that stands in the query."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.engines.whoosh.execution import expansion
from searchlib.errors import QueryError

MESSAGE = """\
"w*" stands for very many words, so this takes its time.
    other w* -x
          ^
Write more of its letters."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder: Path = tmp_path_factory.mktemp("warnings")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "a.txt").write_text("\n\n".join(f"w{number} x{number}" for number in range(31)))
    with searchlib.build(folder / "seeds", folder / "index", language="en", processes=1) as built:
        yield built


def test_a_prefix_of_very_many_words_is_searched_whole_with_a_warning(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index.search("other w* -x").warnings == ()
    monkeypatch.setattr(expansion, "MANY", 29)
    results = index.search("other w* -x")
    assert results.total == 30
    (warning,) = results.warnings
    assert str(warning) == MESSAGE
    assert (warning.start, warning.end) == (6, 8)
    assert index.search("[w TO x]").warnings[0].message.startswith('"[w TO x]" stands')
    assert index.search("document:a*").warnings == index.search("w1*").warnings == ()


def test_in_strict_mode_it_is_an_error(index: searchlib.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index.search("w*", strict=True).total == 30
    monkeypatch.setattr(expansion, "MANY", 29)
    with pytest.raises(QueryError) as raised:
        index.search("other w*", strict=True)
    assert (raised.value.message, raised.value.position) == ('"w*" stands for very many words.', 6)
