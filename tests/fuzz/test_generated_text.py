"""Documents in any script: every paragraph is found by each of its words, and a hit is what the document says there."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib import Document
from searchlib.analysis import tokens

WORDS = (
    *(
        "harbour",
        "Harbours",
        "state-of-the-art",
        "can't",
        "x²",
        "ﬁne",
        "STRASSE",
        "straße",
        "İstanbul",
        "ırmak",
        "Iğdır",
    ),
    *(
        "e\u0301te\u0301",
        "été",
        "naïve",
        "Ångström",
        "o\u0323\u0302",
        "Ελλάδα",
        "άνθρωπος",
        "привет",
        "йод",
        "и\u0306од",
    ),
    *("東京大学", "京", "日本語のテキスト", "カタカナ", "ｶﾀｶﾅ", "한국어", "각", "ภาษาไทย", "ฤดูหนาว", "မြန်မာ", "ខ្មែរ"),
    *(
        "שָׁלוֹם",
        "مَرْحَبًا",
        "\u202bعربي\u202c",
        "क्\u200dष",
        "हिन्दी",
        "தமிழ்",
        "بہ\u200cار",
        "👩\u200d👩\u200d👧",
        "👍🏽",
        "🇹🇷",
        "a\u200db",
    ),
    *(
        "1995",
        "3.14",
        "²³",
        "Ⅷ",
        "𝔘𝔫𝔦",
        "𠮷野家",
        "ab\u00adcd",
        "\ufeff",
        "__init__",
        "C++",
        "foo_bar",
        "word\u0301\u0301\u0301\u0301",
    ),
)
BETWEEN = (
    " ",
    " ",
    " ",
    ", ",
    ". ",
    "\n",
    "\t",
    "\u00a0",
    "\u3000",
    "、",
    "。",
    " — ",
    "\u200b",
    '"',
    " (",
    ") ",
    "*",
    "~",
    ":",
)

paragraphs = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), min_size=1, max_size=8).map(
    lambda pairs: "".join(word + after for word, after in pairs)
)
wild = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=25)
texts = st.lists(paragraphs | wild, min_size=1, max_size=4).map("\n\n".join)
corpora = st.lists(texts, min_size=1, max_size=3)


def quoted(word: str) -> str:
    """A query for a word that may look like an operator."""
    return '"' + word.replace('"', " ") + '"'


@examples(30)
@given(corpora, st.sampled_from(["en", "tr", "ja", "de", "xx"]))
def test_every_paragraph_is_found_by_each_of_its_words(corpus: list[str], language: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seeds").mkdir()
        index = searchlib.build(Path(folder) / "seeds", Path(folder) / "index", processes=1)
        documents = {f"d{number}": text.replace("\r", "\n") for number, text in enumerate(corpus)}
        with index.writer() as writer:
            for path, text in documents.items():
                writer.add(Document(path, text, language=language))
        everything = list(index.search("*", limit=10_000))
        assert index.verify() == []
        words = {}
        for hit in everything:
            path, place = hit.document.path, hit.paragraph
            assert documents[path][place.start : place.end] == hit.text
            assert index.paragraph(hit.id) == hit.record
            for token in tokens(hit.text):
                words.setdefault(hit.text[token.start : token.end], set()).add(hit.id)
        assert len({hit.id for hit in everything}) == len(everything)
        for word, ids in list(words.items())[:40]:
            results = list(index.search(quoted(word), limit=10_000))
            assert ids <= {hit.id for hit in results}, (word, [hit.text for hit in everything])
            for hit in results:
                check_spans(hit, word)


def check_spans(hit: searchlib.Hit, word: str) -> None:
    """Spans are in order, inside the text, of whole characters, and each alone would be found by the query."""
    assert hit.spans, (word, hit.text)
    end = 0
    for start, stop in hit.spans:
        assert end <= start < stop <= len(hit.text)
        end = stop
    said = json.loads(json.dumps(hit.as_dict(), ensure_ascii=True))
    assert said["text"] == hit.text
    assert said["spans"] == [list(span) for span in hit.spans]
    for form in ("plain", "html", "ansi", "markdown"):
        hit.snippet(form)
    marked = {key for start, stop in hit.spans for key in folded(hit.text[start:stop], hit.document.language)}
    wanted = folded(word, hit.document.language)
    assert any(key in marked or any(one.startswith(key) for one in marked) for key in wanted), (
        word,
        hit.text,
        hit.spans,
    )


def folded(text: str, language: str) -> list[str]:
    from searchlib.analysis import split_key

    return [split_key(token.key)[0] for token in tokens(text)]
