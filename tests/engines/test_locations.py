"""A location chooses the engine, and what an engine does not offer is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import searchlib
from searchlib import SettingsError
from searchlib.engine.locations import ENGINES, engine_at, located, scheme_of
from searchlib.engine.readers import Digested, OpensWhoosh, Verifiable

from . import memory

ENGINES["memory"] = memory.__name__


@pytest.mark.parametrize(
    ("location", "scheme"),
    [
        ("indexes/default", ""),
        (Path("a/b"), ""),
        ("C:\\data\\index", ""),
        ("c://index", ""),
        ("https://host:9200/news", "https"),
        ("MEMORY://x", "memory"),
    ],
)
def test_what_stands_before_two_slashes_is_the_scheme(location: str | Path, scheme: str) -> None:
    assert scheme_of(location) == scheme
    assert located(location) == (location if scheme else Path(location))


def test_the_engine_is_that_of_the_scheme(tmp_path: Path) -> None:
    assert engine_at(tmp_path).__name__ == "searchlib.engines.whoosh"
    assert engine_at("memory://x") is memory


def test_a_scheme_without_an_engine_is_said_with_the_extra_that_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    for ask in (searchlib.open, lambda at: searchlib.build([], at)):
        with pytest.raises(SettingsError, match=r'no engine for https:// .*pip install "searchlib\[opensearch\]"$'):
            ask("https://host:9200/news")
        with pytest.raises(SettingsError, match=r"no engine for gopher:// is installed: give the path of a folder$"):
            ask("gopher://host")


def test_what_an_engine_does_not_offer_is_said(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", f"memory://{tmp_path}") as index:
        for ask, what in (
            (lambda: index.digest, "no digest"),
            (index.verify, "no files to verify"),
            (lambda: index.whoosh, "no files for Whoosh"),
        ):
            with pytest.raises(SettingsError, match=f"has {what}"):
                ask()
        assert not index.refresh()
    with searchlib.open(searchlib.build(tmp_path / "seeds", tmp_path / "index").path) as index:
        reader = index._reader
        assert isinstance(reader, Digested) and isinstance(reader, Verifiable) and isinstance(reader, OpensWhoosh)
