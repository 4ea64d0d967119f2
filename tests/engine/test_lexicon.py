"""The words of an index, by which those of queries are resolved: tables of stems, whatever came and went."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from exploring import seeds
from lexicons import TextLexicon

import searchlib
from searchlib import Document
from searchlib.analysis import stemming
from searchlib.engines.whoosh import open_reader, open_writer
from searchlib.engines.whoosh.building import spokenwords
from searchlib.engines.whoosh.format import stemtables

W3 = ("Microsoft Windows was opened.", "The window was opened.")
TEXTS = {
    "en": "The universities analysed résumés and resumed: a résumé, one needle of happiness, organisations in defence",
    "de": "Die Häuser und der Baum; Bäume am Haus, und im Hause",
    "tr": "şehirler şehir şehirde resume",
    "xx": "Résumé resumes needles haus",
}


def documents(rng: random.Random, size: int) -> Iterator[Document]:
    for number in range(size):
        language = rng.choice(list(TEXTS))
        words = [*TEXTS[language].split(), *TEXTS["en"].split()[:3]]
        text, title = (" ".join(rng.sample(words, rng.randint(1, 5))) for _ in range(2))
        yield Document(f"{number}.txt", text, title if rng.random() < 0.3 else "", language=language)


def indexed(folder: Path, some: list[Document], gone: list[str]) -> Any:
    """An index of several segments, some of whose documents are removed."""
    for first in range(0, len(some), 7):
        writer = open_writer(folder)
        for document in some[first : first + 7]:
            writer.add(document)
        writer.commit()
    writer = open_writer(folder)
    for path in gone:
        writer.remove(path)
    writer.commit()
    return open_reader(folder)


@pytest.mark.parametrize("seed", seeds(3))
def test_the_words_of_an_index_are_those_of_its_live_documents(seed: int, tmp_path: Path) -> None:
    """As by brute force over the texts, after removals, in any number of segments."""
    rng = random.Random(seed)
    some = list(documents(rng, 20))
    gone = [document.path for document in some if rng.random() < 0.4]
    reader = indexed(tmp_path / "index", some, gone)
    live = [
        (text, document.language)
        for document in some
        if document.path not in gone
        for text in (document.text, document.title)
    ]
    expected = TextLexicon(live)
    lexicon = reader.lexicon
    assert lexicon is reader.lexicon
    words = {word for text in TEXTS.values() for word in stemming_words(text)}
    for word in words:
        folded = stemming.without_accents(word)
        assert list(lexicon.readings(folded)) == expected.readings(folded)
        for language in ("en", "de", "tr"):
            for stem in stemming.stems(word, language):
                found = set(lexicon.stemmed(language, stem))
                wanted = set(expected.stemmed(language, stem))
                assert wanted <= found
                # Those whose stem is the word itself may be of any language.
                assert all(stemming.stems(stem, language)[0] == stem for _ in found - wanted)
    assert not reader.verify()


def stemming_words(text: str) -> set[str]:
    from searchlib.analysis import split_key, tokens

    return {split_key(token.key)[1] for token in tokens(text)}


def test_a_table_that_another_stemmer_made_is_made_again_and_no_document_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(spokenwords, "algorithm", lambda language: language and f"older {language}")
        patch.setattr(spokenwords, "pairs", lambda keys, _: iter([b"nosuch\x1f\x20"]))
        writer = open_writer(tmp_path / "index")
        writer.add(Document("a.txt", TEXTS["en"], language="en"))
        writer.commit()
    reader = open_reader(tmp_path / "index")
    assert reader.lexicon.stemmed("en", "analys") == ("analysed",)
    assert reader.lexicon.stemmed("en", "nosuch") == ()
    with searchlib.open(tmp_path / "index") as index:
        assert index.search("analysing").total == 1


def test_a_table_that_is_not_that_of_its_words_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(spokenwords, "pairs", lambda keys, _: iter([b"nosuch\x1f\x20"]))
        writer = open_writer(tmp_path / "index")
        writer.add(Document("a.txt", TEXTS["en"], language="en"))
        writer.commit()
    (problem,) = open_reader(tmp_path / "index").verify()
    assert problem.message == "the stems of 'en' are not those of its words"


@pytest.mark.parametrize(
    ("stem", "word"),
    [(b"univers", b"universities"), (b"industri", b"industry"), (b"", b"x"), (b"abc", b""), ("ün".encode(), b"und")],
)
def test_a_key_of_a_table_says_a_stem_and_a_word(stem: bytes, word: bytes) -> None:
    key = stemtables.encoded(stem, word)
    assert key is not None
    assert stemtables.decoded(key) == (stem, word)
    assert key.startswith(stem + b"\x1f")


def test_what_differs_too_much_has_no_key_and_a_key_cut_short_no_word_of_its_own() -> None:
    assert stemtables.encoded(b"x" * 300, b"y") is None
    assert stemtables.decoded(b"abc\x1f") == (b"abc", b"abc")
    assert stemtables.decoded(b"abc\x1f\xff") == (b"abc", b"")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("words") / "index"
    writer = open_writer(folder)
    for number, text in enumerate(W3):
        writer.add(Document(f"w3-{number}.txt", text, language="en"))
    writer.add(Document("w1.txt", "Please send your résumé to André, said Beyoncé.", language="en"))
    writer.add(Document("w2.txt", "organisation analyse defence universities happiness needle", language="en"))
    writer.add(Document("w8.txt", "كتابي الدوري", language="ar"))
    writer.commit()
    with searchlib.open(folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("Windows", ["w3-0.txt", "w3-1.txt"]),
        ("window", ["w3-1.txt", "w3-0.txt"]),
        ('"Windows"', ["w3-0.txt", "w3-1.txt"]),
        ("=Windows", ["w3-0.txt"]),
        ("=windows =was", ["w3-0.txt", "w3-1.txt"]),
        ("+=Windows +opening", ["w3-0.txt"]),
        ("opened -=windows", ["w3-1.txt"]),
        ('="windows was"', ["w3-0.txt"]),
        ('="windows be"', []),
        *((word, ["w1.txt"]) for word in ("resume", "Andre", "beyonce", "résumés", "=resume", "=résumé")),
        *(
            (pattern, ["w2.txt"])
            for pattern in [
                "organi?ation",
                "analy?e",
                "n?edle",
                "*sation",
                "*ities",
                "happines*",
                "organisatio*",
                "*defence*",
                "unversities~",
            ]
        ),
        ("university AND happy", ["w2.txt"]),
        ("universal", []),
        ("کتابی", ["w8.txt"]),
        ("الدورى", ["w8.txt"]),
    ],
)
def test_what_is_typed_is_what_is_found_first(query: str, paths: list[str], index: searchlib.Index) -> None:
    hits = list(index.search(query))
    assert [hit.document.path for hit in hits] == paths
    assert all(hit.spans for hit in hits)
    assert all(hit.score > other.score for hit, other in pairwise(hits) if "=w" not in query)


def test_what_is_asked_exactly_says_so_when_it_is_written_and_explained(index: searchlib.Index) -> None:
    (hit,) = index.search("=Windows")
    assert "“Windows” as it is written" in str(hit.explain())
    for text in ("=Windows", '="microsoft windows"', "title:=a", "=AND", "+=a b"):
        from searchlib.query import parse

        tree = parse(text).query
        assert parse(str(tree)).query == tree
        assert "=" in str(tree)


def test_an_equals_sign_elsewhere_is_no_operator(index: searchlib.Index) -> None:
    for text in ("a=b", "= windows", "=", "==", "x:=windows", "= = =", "microsoft=windows"):
        index.search(text)
    assert index.search("microsoft=windows").total == index.search('"microsoft windows"').total == 1
    assert index.search("=win*").total == index.search("win*").total == 2
    assert index.search("=(windows)").total == 2
