"""A cluster refuses queries of more than 1,024 clauses: many words take few of them, in however many languages."""

from __future__ import annotations

import random
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document, QueryError
from searchlib.analysis import Form
from searchlib.query.nodes import Word

pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')

from searchlib.engines.opensearch.cluster import Cluster
from searchlib.engines.opensearch.compiling import askable, clauses
from searchlib.engines.opensearch.formgroups import FormGroups

ENDINGS = {
    "en": ("s", "ed"), "de": ("en", "er"), "fr": ("es", "er"), "es": ("os", "as"), "it": ("i", "are"),
    "pt": ("os", "ar"), "nl": ("en", "s"), "sv": ("ar", "arna"), "da": ("erne", "er"), "fi": ("ssa", "lla"),
}  # fmt: skip
WORDS = [
    first + middle + last
    for first in ("hark", "bold", "trund", "melv", "karst")
    for middle in ("ol", "em", "und", "ist")
    for last in ("an", "ek", "orn", "ut", "im")
]


class Standing:
    """A lexicon that is told where forms stand."""

    languages = ("de", "en", "fr")

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def languages_of(self, folded: str) -> Collection[str] | None:
        return self._known[folded].split() if folded in self._known else None


def groups(known: dict[str, str], *forms: Form, field: str = "text") -> list[tuple[str, str]]:
    found = FormGroups(Standing(known)).of_word(Word("a", forms, (("text", 1.0),)), field)  # type: ignore[arg-type]
    return [
        (" ".join(limit["terms"]["e_language"]) if limit else "", " ".join(sorted(folded))) for limit, folded in found
    ]


def in_(languages: str, text: str, weight: float = 1.0) -> Form:
    return Form(text, text, frozenset(languages.split()), weight)


def test_nothing_is_said_of_languages_where_a_form_stands_in_no_others() -> None:
    forms = Form("hand", "hand"), in_("de", "haende"), in_("en", "hands"), in_("de en", "handy")
    known = {"hand": "de en fr", "haende": "de", "hands": "en", "handy": "de en"}
    assert groups(known, *forms) == [("", "haende hand hands handy")]
    assert groups(known | {"hands": "en fr"}, *forms) == [("", "haende hand handy"), ("en", "hands")]
    assert groups(known | {"hands": "fr", "handy": ""}, *forms) == [("", "haende hand")]


def test_a_form_that_counts_otherwise_in_another_language_is_told_apart() -> None:
    forms = in_("de", "boten", 0.5), in_("en", "boten", 0.25)
    assert groups({"boten": "de en"}, *forms) == [("de", "boten"), ("en", "boten")]
    assert groups({"boten": "en"}, *forms) == [("", "boten")]


def test_what_is_not_known_to_stand_nowhere_is_asked_for() -> None:
    forms = Form("hand", "hand"), in_("de", "haende")
    assert groups({}, *forms) == [("", "hand"), ("de", "haende")]
    assert groups({"hand": "", "haende": ""}, *forms, field="by") == [("", "hand"), ("de", "haende")]


def test_clauses_are_counted_where_a_cluster_does() -> None:
    leaf: Any = {"term": {"entry": "record"}}
    scripted = {"script_score": {"query": {"bool": {"should": [leaf, {"constant_score": {"filter": leaf}}]}}}}
    either: Any = {"any_of": {"intervals": [{"match": {}}, {"regexp": {}}]}}
    row = {"intervals": {"t_text": {"all_of": {"intervals": [{"match": {}}, either]}}}}
    query = {"bool": {"must": [scripted, {"dis_max": {"queries": [leaf, row]}}], "must_not": [leaf], "filter": [leaf]}}
    assert clauses(query) == 2 + 1 + 3 + 1 + 1
    assert askable(query) is query
    with pytest.raises(QueryError, match=r"a cluster takes 1,024 clauses, and it has 1,025: a word has one for each"):
        askable({"bool": {"should": [leaf] * 1025}})


@pytest.fixture
def both(location: str, tmp_path: Path) -> Any:
    """An index of ten languages, in each of which each word has forms of its own, in a folder and in a cluster."""
    chance = random.Random(3)
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as one:
        with one.writer() as w:
            for language, (first, second) in ENDINGS.items():
                for number in range(8):
                    rows = [chance.sample(WORDS, 12) for _ in range(3)]
                    some = [" ".join(word + chance.choice(("", first, second)) for word in row) for row in rows]
                    w.add(Document(f"{language}{number}", "\n\n".join(some), chance.choice(WORDS), language=language))
        with searchlib.copy(tmp_path / "index", location) as other:
            yield one, other


def test_a_question_of_a_hundred_words_in_ten_languages_is_answered_as_in_a_folder(both: Any) -> None:
    for query in (" ".join(WORDS), " OR ".join(WORDS), f'"{WORDS[0]} {WORDS[1]}" {" ".join(WORDS[2:])}'):
        wanted, found = (index.search(query, 50) for index in both)
        assert [hit.id for hit in found] == [hit.id for hit in wanted]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], rel=2e-6)
        assert found.total == wanted.total > 100
        assert found[0].explain().score == pytest.approx(found[0].score, rel=1e-6)


def test_what_a_cluster_would_refuse_is_said_before_it_is_sent(both: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, index = both
    query = f'"{" ".join(WORDS[:3])}"~22'
    call, sent = Cluster.call, list[str]()

    def watched(self: Any, method: str, path: str, body: Any = None, *rest: Any, **more: Any) -> Any:
        sent.append(str(body))
        return call(self, method, path, body, *rest, **more)

    monkeypatch.setattr(Cluster, "call", watched)
    with pytest.raises(QueryError, match=r"a cluster takes 1,024 clauses, and it has [\d,]+: a word has one .*"):
        len(index.search(query))
    assert not [body for body in sent if "match_phrase" in body]
