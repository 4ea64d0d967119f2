"""How a text that ends in the middle of a word may go on."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchlib
from searchlib import SettingsError

TEXT = """# The harbour of Erdoğan

## Winter

The harbour is closed: the defense industry, the industrial base, an industry. Erdogan wrote to ERDOĞAN.

東京大学は東京にある。

naïve naive naïve
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    folder: Path = tmp_path_factory.mktemp("completions")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "a.md").write_text(TEXT, encoding="utf-8")
    return searchlib.build(folder / "seeds", folder / "index", processes=1)


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("indu", ["industry", "industrial"]),
        ("Indu", ["Industry", "Industrial"]),
        ("INDU", ["INDUSTRY", "INDUSTRIAL"]),
        ("defense indu", ["defense industry", "defense industrial"]),
        ("title:(The Harb", ["title:(The Harbour"]),
        ('"defense ind', ['"defense industry', '"defense industrial']),
        ("state-of-the-ind", ["state-of-the-industry", "state-of-the-industrial"]),
        ("erdog", ["erdoğan", "erdogan"]),
        ("erdoğ", ["erdoğan", "erdogan"]),
        ("nai", ["naïve", "naive"]),
        ("wint", ["winter"]),
        ("industry", ["industry"]),
        ("東", ["東京"]),
        ("に東", ["に東京"]),
        ("東京大", ["東京大学"]),
        ("zzz", []),
        ("", []),
        ("indu ", []),
        ("indu*", []),
        ("?", []),
        ("a" * 300, []),
    ],
)
def test_the_last_word_is_completed_whatever_stands_before_it(
    index: searchlib.Index, text: str, completed: list[str]
) -> None:
    assert [one.text for one in index.complete(text)] == completed


def test_each_has_its_count_titles_and_headings_counted_once(index: searchlib.Index) -> None:
    assert [(one.word, one.count) for one in index.complete("h", 1)] == [("harbour", 3)]
    assert [(one.word, one.count) for one in index.complete("w")] == [("winter", 1), ("wrote", 1)]
    assert [(one.word, one.count) for one in index.complete("erd")] == [("erdoğan", 3), ("erdogan", 1)]


def test_a_capital_that_would_make_an_operator_is_not_made(index: searchlib.Index) -> None:
    assert [one.text for one in index.complete("AN")] == ["an"] or "AN" in [one.text for one in index.complete("AN")]
    from searchlib.spelling.casing import like

    assert like("AN", "and") == "and"
    assert like("An", "and") == "And"
    assert like("STRA", "strasse") == "STRASSE"
    assert like("İst", "istanbul") == "Istanbul"


@pytest.mark.parametrize("limit", [-1, 1.5, None, "3", True])
def test_a_limit_that_is_no_count_is_refused(index: searchlib.Index, limit: object) -> None:
    with pytest.raises(SettingsError, match="limit is"):
        index.complete("h", limit)  # type: ignore[arg-type]
    assert index.complete("h", 0) == []
