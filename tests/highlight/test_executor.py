"""The matcher that scored is the matcher that highlights: what a real index returns faces what is highlighted.

Documents are of many scripts, with titles, headings and metadata, in two segments. The invariants are the docstrings.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from execution.oracle import accepts, fits

from searchlib.analysis import Form, split_key, tokens
from searchlib.analysis.words import is_unspaced
from searchlib.engine.requests import Request
from searchlib.engines.whoosh import open_reader, open_writer
from searchlib.highlight import Highlighter, Highlights
from searchlib.model.records import Block, Document, DocumentInfo, Paragraph, Record
from searchlib.query.nodes import (
    And,
    Everything,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Range,
    Require,
    Value,
    Word,
    children,
    leaves,
    words,
)

from .corpora import WORDS, Queries, documents, paragraphs_of_seeds

DOCUMENTS = 40
TREES = 60
RUNE = "\u16a0"  # of no word of the documents


class Corpus(NamedTuple):
    """An index, all its records, and the words of each document."""

    reader: Any
    records: dict[int, Record]
    words: list[list[str]]


def indexed(folder: Path, parts: list[list[Document]]) -> Any:
    for part in parts:
        writer = open_writer(folder)
        for document in part:
            writer.add(document)
        writer.commit()
    return open_reader(folder)


def found(reader: Any, tree: Any, filter: Any = None) -> set[Any]:
    return {ranked.handle for ranked in reader.search(Request(tree, filter, limit=None)).hits}


@pytest.fixture(scope="module", params=range(3))
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    made = list(documents(random.Random(request.param), DOCUMENTS))
    half = DOCUMENTS // 2
    some = [document for document, _ in made]
    reader = indexed(tmp_path_factory.mktemp("corpus") / "index", [some[:half], some[half:]])
    records = {handle: reader.records([handle])[0] for handle in found(reader, Everything())}
    return Corpus(reader, records, [words for _, words in made])


def trees(seed: int, corpus: Corpus, *, positive: bool = False) -> Iterator[Any]:
    rng = random.Random(seed)
    for _ in range(TREES):
        yield Queries(rng, rng.choice(corpus.words), positive).tree(rng.randint(0, 3))


def test_what_the_index_returns_is_what_is_highlighted(corpus: Corpus) -> None:
    """highlights(record).matched == (record in search(query)), for every class of node; else there are no spans."""
    answers = 0
    for tree in trees(1, corpus):
        highlighter = Highlighter(tree)
        highlights = {handle: highlighter.highlights(record) for handle, record in corpus.records.items()}
        assert {handle for handle, one in highlights.items() if one.matched} == found(corpus.reader, tree), repr(tree)
        answers += sum(one.matched for one in highlights.values())
        assert not any(any_spans(one) for one in highlights.values() if not one.matched)
    assert answers > TREES


def any_spans(one: Highlights) -> bool:
    return bool(one.text or one.title or any(one.headings))


def highlighted(record: Record, one: Highlights) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Each text of a record with its spans."""
    yield record.paragraph.text, one.text
    yield record.document.title, one.title
    yield from zip(record.paragraph.headings, one.headings, strict=True)


def test_the_text_of_every_span_analysed_is_what_the_query_asks_for(corpus: Corpus) -> None:
    """Spans are sorted and apart; each is covered by tokens that some leaf of the query asks for."""
    checked = 0
    for tree in trees(2, corpus):
        highlighter = Highlighter(tree)
        for handle in found(corpus.reader, tree):
            record = corpus.records[handle]
            language = record.document.language
            for text, spans in highlighted(record, highlighter.highlights(record)):
                edges = [edge for span in spans for edge in span]
                assert edges == sorted(set(edges))
                assert not edges or (edges[0] >= 0 and edges[-1] <= len(text))
                for start, end in spans:
                    wanted = [t for t in tokens(text[start:end]) if asked(tree, t.key, language)]
                    covered = {place for token in wanted for place in range(token.start, token.end)}
                    assert covered == set(range(end - start)), (repr(tree), text, text[start:end])
                    checked += 1
    assert checked > TREES


def asked(node: Node, key: str, language: str) -> bool:
    """Whether some leaf asks for a token with this key, by the definitions; nothing of the highlighter is used."""
    folded, _ = split_key(key)
    for leaf in [*words(node), *leaves(node)]:
        if isinstance(leaf, Word):
            found = any(fits(form, key) for form in leaf.forms_in(language))
        elif isinstance(leaf, Pattern):
            found = not (isinstance(leaf, Range) and isinstance(leaf.low or leaf.high, int)) and accepts(leaf, folded)
        else:
            found = isinstance(leaf, Value) and key == leaf.key
        if found:
            return True
    return False


def test_without_its_spans_a_hit_is_no_hit_of_a_real_index(corpus: Corpus, tmp_path: Path) -> None:
    """Each span of a hit replaced by as many spaces, and all indexed anew: the query does not find it.

    Where the query has phrases, by runes, so that the words around do not become neighbours.
    """
    cases: list[Any] = []
    blanked = []
    for tree in trees(3, corpus, positive=True):
        is_near = stands(tree)
        highlighter = Highlighter(tree)
        for handle in sorted(found(corpus.reader, tree))[:6]:
            record, some = corpus.records[handle], patterns(tree)
            one = highlighter.highlights(record)
            if is_near and any(Highlighter(leaf).highlights(_runes(record)).matched for leaf in some):
                continue  # the runes themselves fit a pattern
            if (some or units(tree)) and any(cuts_a_run(text, spans) for text, spans in highlighted(record, one)):
                continue  # what is left of a bigram is a token of its own, which may fit a pattern
            blanked.append(without(record, one, RUNE if is_near else " ", len(cases)))
            cases.append(tree)
    reader = indexed(tmp_path / "blanked", [blanked])
    assert len(cases) > TREES
    for number, tree in enumerate(cases):
        left = found(reader, tree, Value(str(number), "case"))
        assert not left, (repr(tree), reader.records(list(left)))


def cuts_a_run(text: str, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether a span begins or ends within text of a script without spaces."""
    return any(is_unspaced(text[start - 1 : start + 1] if start else "") or is_unspaced(text[end - 1 : end + 1])
               for start, end in spans
               if text[start - 1 : start].isalpha() or text[end : end + 1].isalpha())  # fmt: skip


def stands(node: Node) -> bool:
    """Whether it matters in a query where words stand."""
    return isinstance(node, (Phrase, Near)) or any(map(stands, children(node)))


def patterns(node: Node) -> list[Pattern]:
    return [leaf for leaf in leaves(node) if isinstance(leaf, Pattern)]


def units(node: Node) -> list[Value]:
    return [leaf for leaf in leaves(node) if isinstance(leaf, Value)]


def without(record: Record, one: Highlights, filler: str, case: int) -> Document:
    """A document of the one paragraph, its spans blanked."""
    made = []
    for text, spans in highlighted(record, one):
        for start, end in spans:
            text = text[:start] + filler * (end - start) + text[end:]  # noqa: PLW2901 - as many code points
        made.append(text)
    text, title, *headings = made
    block = Block(0, len(text), "text", tuple(headings))
    return Document(f"{case}.txt", text, title, "text", record.document.language, {"case": str(case)}, (block,))


def _runes(record: Record) -> Record:
    text = " ".join(RUNE * size for size in range(1, 20))
    return replace(record, paragraph=replace(record.paragraph, text=text, headings=(text,)),
                   document=replace(record.document, title=text))  # fmt: skip


def test_nothing_is_highlighted_of_a_branch_that_does_not_match(corpus: Corpus) -> None:
    """highlights(a OR (b AND absent) OR NOT c) == highlights(a), where a matches."""
    absent = Value("nosuchword", "text")
    several = list(trees(4, corpus))
    for wanted, other in zip(several, reversed(several), strict=True):
        excluded = And((Everything(), Not(other)))
        tree = Or((wanted, And((other, absent)), excluded, Require(other, absent), Near(absent, absent, "text")))
        plain, mixed = Highlighter(wanted), Highlighter(tree)
        for handle in sorted(found(corpus.reader, wanted))[:5]:
            record = corpus.records[handle]
            assert mixed.highlights(record) == plain.highlights(record), repr(tree)


def one_record(text: str, title: str = "", headings: tuple[str, ...] = ()) -> Record:
    document = DocumentInfo("a.md", title, "text", "en", {"date": "2020-05-17"})
    return Record("0" * 16, document, Paragraph(1, 0, len(text), text, headings=headings))


def test_titles_and_headings_have_spans_of_their_own() -> None:
    record = one_record("No word of it.", "The peace of wars", ("Peace", "Trade", "War, peace"))
    node = Word("peace", (Form("peace", "peace"),), (("text", 1.0), ("title", 1.0), ("headings", 1.0)))
    assert Highlighter(node).highlights(record) == Highlights(True, (), ((4, 9),), (((0, 5),), (), ((5, 10),)))


def test_real_paragraphs_are_found_by_their_words_and_lost_without_them(tmp_path: Path) -> None:
    """For words, phrases and patterns of each paragraph of the seeds, through a real index."""
    texts = paragraphs_of_seeds()
    rng = random.Random(5)
    reader = indexed(tmp_path / "seeds", [[Document("seed.txt", "\n\n".join(texts), language="en")]])
    records = {handle: reader.records([handle])[0] for handle in found(reader, Everything())}
    cases, blanked = [], []
    for record in records.values():
        some = [record.paragraph.text[t.start : t.end] for t in tokens(record.paragraph.text)]
        for _ in range(40):
            tree = Queries(rng, rng.sample(some, min(3, len(some))), positive=True).tree(rng.randint(0, 2))
            highlighter = Highlighter(tree)
            matched = {handle for handle, one in records.items() if highlighter.highlights(one).matched}
            assert matched == found(reader, tree)
            if not patterns(tree):
                for handle in matched:
                    cases.append(tree)
                    blanked.append(without(records[handle], highlighter.highlights(records[handle]), RUNE, len(cases)))
    again = indexed(tmp_path / "blanked", [blanked])
    assert len(cases) > 50
    assert not [tree for n, tree in enumerate(cases, 1) if found(again, tree, Value(str(n), "case"))]


def test_the_documents_have_eleven_scripts_and_more() -> None:
    letters = "".join("".join(words) for words in WORDS.values())
    scripts = {unicodedata.name(letter).split()[0] for letter in letters if letter.isalpha()}
    assert {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "KATAKANA", "HIRAGANA", "HANGUL",
            "THAI", "ARMENIAN"} <= scripts  # fmt: skip
