"""Documents and queries for the tests of highlights: words of many scripts, every class of query, from a seed.

Queries are made of a few words that their documents hold, so that most of them find something.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from whoosh import query
from whoosh.query import spans

from searchlib.analysis import fold, forms, keys_of
from searchlib.query import Word, WordPhrase
from searchlib.query.nodes import Constant, Near
from searchlib.records import Block, Document

SCRIPTS = {
    "en": "war wars peace industry industries industrial naïve naive running state-of-the-art can't Erdoğan Erdogan",
    "fr": "école écoles Noël noel château chateaux œuvre garçon",
    "tr": "İstanbul ısparta Şişli çalışma çalışmalar",
    "de": "straße Strassen Größe groß Häfen Hafen",
    "ru": "война войны мир Ёлка ёлка мировой",
    "el": "πόλεμος ειρήνη Ειρήνη λόγος ΟΔΥΣΣΕΥΣ Ὀδυσσεύς",
    "ar": "حرب الحرب سلام كتاب كُتُب",
    "he": "מלחמה שלום סֵפֶר ספר",
    "hi": "युद्ध शांति हिन्दी की किताब",
    "zh": "東京大学 京都 大 中国 北京大学",
    "ja": "カタカナ ｶﾀｶﾅ がくせい か\u3099 港の船",
    "ko": "전쟁 평화 한국어 \u1112\u1161\u11ab",
    "th": "สงคราม ประเทศไทย น้ำ",
    "hy": "պատերազմ խաղաղություն",
    "": "👩\u200d👩\u200d👧 e\u0301te\u0301 ﬁne ①② 𝔴𝔞𝔯 GPS機能 co\u00adop 1995 x",
}
WORDS = {language: words.split() for language, words in SCRIPTS.items()}
SEPARATORS = (" ", " ", " ", ", ", "-", ". ", " 😀 ", "\n", "'", "", "。", "\u200b")
LANGUAGES = sorted(WORDS)
ALPHABET = "wpinaeсвπحמयद東京カ전สպx"


def prose(rng: random.Random, words: Sequence[str], most: int) -> str:
    """Words with whatever may stand between them."""
    return "".join(rng.choice(words) + rng.choice(SEPARATORS) for _ in range(rng.randint(1, most))).strip()


def vocabulary(rng: random.Random) -> tuple[str, list[str]]:
    """A language and a few words, most of them of it."""
    language = rng.choice(LANGUAGES)
    others = WORDS[rng.choice(LANGUAGES)]
    return language, [*rng.sample(WORDS[language], min(4, len(WORDS[language]))), *rng.sample(others, 2)]


def documents(rng: random.Random, size: int) -> Iterator[tuple[Document, list[str]]]:
    """Documents of a paragraph or a few, and the words that they are made of."""
    for number in range(size):
        language, words = vocabulary(rng)
        paragraphs = [prose(rng, words, 12) for _ in range(rng.randint(1, 3))]
        headings = tuple(" ".join(prose(rng, words, 3).split()) for _ in range(rng.randint(0, 2)))
        text, blocks = "", []
        for one in paragraphs:
            blocks.append(Block(len(text), len(text) + len(one), "text", tuple(filter(None, headings))))
            text += one + "\n\n"
        metadata: dict[str, Any] = {
            "year": rng.randint(1990, 2000),
            "date": f"20{rng.randint(10, 20)}-0{rng.randint(1, 9)}-17",
            "author": (rng.choice(words), "Jane Smith") if rng.random() < 0.5 else rng.choice(words),
            "draft": rng.random() < 0.5,
        }
        if rng.random() < 0.3:
            del metadata["author"]
        title = " ".join(prose(rng, words, 3).split()) if rng.random() < 0.7 else ""
        yield Document(f"d{number}.txt", text, title, "text", language, metadata, tuple(blocks)), words


class Mine(query.Query):  # type: ignore[misc]
    """A user's own class, which only Whoosh's contract is known of: a disjunction under another name."""

    def __init__(self, children: Sequence[Any]) -> None:
        self.of = query.Or(list(children))
        self.boost = 1.0

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[Any]:
        return iter(self.of.subqueries)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return self.of.matcher(searcher, context)

    def estimate_size(self, ixreader: Any) -> int:
        return int(ixreader.doc_count())


class Queries:
    """Query trees over ``words``; where ``positive``, without exclusion, filters and what matches without a token."""

    def __init__(self, rng: random.Random, words: Sequence[str], positive: bool = False, spans: bool = True) -> None:
        self.rng = rng
        self.words = list(words)
        self.positive = positive
        self.spans = spans

    def tree(self, depth: int = 2) -> Any:
        """Any tree."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.2:
            return self.leaf()

        def child() -> Any:
            return self.tree(depth - 1)

        def children() -> list[Any]:
            return [child() for _ in range(rng.randint(1, 3))]

        makers: list[tuple[float, Any]] = [
            (3, lambda: query.And(children(), boost=rng.choice([1.0, 2.0]))),
            (4, lambda: query.Or(children())),
            (1, lambda: query.DisjunctionMax(children(), tiebreak=rng.choice([0.0, 0.3]))),
            (1, lambda: Constant(child(), 2.0)),
            (1, lambda: query.ConstantScoreQuery(child(), 0.5)),
            (1, lambda: query.AndMaybe(child(), child())),
            (0.5, lambda: Mine([self.span_leaf() for _ in range(2)])),
        ]
        if self.spans:
            makers.append((3, lambda: self.span_tree(depth - 1)))
        if not self.positive:
            makers += [
                (1, lambda: query.Require(child(), child())),
                (1, lambda: query.And([child(), query.Not(child())])),
                (1, lambda: query.Not(child())),
                (1, lambda: query.AndNot(child(), child())),
                (0.5, lambda: query.And([child(), query.Every()])),
            ]
        return rng.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()

    def field(self) -> str:
        return self.rng.choice(["text", "text", "text", "title", "headings"])

    def fields(self) -> list[tuple[str, float]]:
        return [(name, 1.0) for name in self.rng.sample(["text", "title", "headings"], self.rng.randint(1, 3))]

    def leaf(self) -> Any:
        rng = self.rng
        makers = [self.word, self.phrase, self.span_leaf, self.span_leaf, self.pattern, self.pattern]
        return rng.choice(makers if self.positive else [*makers, self.attribute])()

    def word(self) -> Any:
        """A word of the language, or a phrase where analysis makes several tokens of it."""
        fields = self.fields()
        found = [Word(fields, token, "w") for token in forms(self.rng.choice(self.words), LANGUAGES)]
        return WordPhrase(found).normalize() if len(found) != 1 else found[0]

    def phrase(self) -> Any:
        fields = self.fields()
        tokens = forms(" ".join(self.rng.choices(self.words, k=self.rng.randint(2, 3))), LANGUAGES)
        return WordPhrase([Word(fields, token, "w") for token in tokens], self.rng.randint(1, 4)).normalize()

    def key(self) -> str:
        keys = keys_of(self.rng.choice(self.words), self.rng.choice(LANGUAGES))
        return self.rng.choice(keys) if keys else "x"

    def span_leaf(self) -> Any:
        """Something with places, in one field."""
        rng, name = self.rng, self.field()
        return rng.choice(
            [
                lambda: query.Term(name, self.key()),
                lambda: query.Phrase(name, [self.key() for _ in range(rng.randint(1, 3))], slop=rng.randint(1, 3)),
                lambda: Word([(name, 1.0)], forms(rng.choice(self.words), LANGUAGES)[0]) if self.single() else
                query.Term(name, self.key()),
            ]
        )()  # fmt: skip

    def single(self) -> bool:
        return all(forms(word, LANGUAGES) for word in self.words)

    def span_tree(self, depth: int) -> Any:
        """A span query, in one field throughout: Whoosh compares the positions of different fields too."""
        rng, name = self.rng, self.field()

        def term() -> Any:
            return query.Term(name, self.key())

        def child() -> Any:
            return self.near(name, [term(), term()]) if depth > 0 and rng.random() < 0.3 else term()

        makers: list[Any] = [
            lambda: self.near(name, [child() for _ in range(rng.randint(2, 3))]),
            lambda: spans.SpanNear(child(), child(), slop=rng.randint(1, 3), ordered=rng.random() < 0.5),
            lambda: spans.SpanFirst(child(), limit=rng.randint(0, 3)),
            lambda: spans.SpanOr([child(), child()]),
            lambda: spans.SpanContains(self.near(name, [term(), term()]), term()),
            lambda: spans.SpanBefore(term(), term()),
            lambda: spans.SpanCondition(child(), term()),
            lambda: query.Sequence([term(), term()], slop=rng.randint(1, 2)),
            lambda: query.Ordered([term(), term()]),
        ]
        if not self.positive:
            makers.append(lambda: spans.SpanNot(child(), term()))
        return rng.choice(makers)()

    def near(self, name: str, children: list[Any]) -> Any:
        return Near(children, slop=self.rng.randint(1, 4), ordered=self.rng.random() < 0.5, mindist=1)

    def pattern(self) -> Any:
        rng, name = self.rng, self.field()
        text = fold(rng.choice(self.words))
        constant = rng.random() < 0.5
        bounds = sorted((fold(rng.choice(self.words)), text))
        return rng.choice(
            [
                lambda: query.Prefix(name, text[: rng.randint(1, 3)], constantscore=constant),
                lambda: query.Wildcard(name, f"{text[:1]}?{text[2:3]}*", constantscore=constant),
                lambda: query.Wildcard(name, f"*{text[-1:]}", constantscore=constant),
                lambda: query.Regex(name, f"{text[:1]}.|[{rng.choice(ALPHABET)}]"),
                lambda: query.FuzzyTerm(name, text, maxdist=rng.randint(1, 2), prefixlength=rng.randint(0, 1)),
                lambda: query.TermRange(name, *bounds, rng.random() < 0.3, rng.random() < 0.3),
                lambda: query.Variations(name, text),
            ]
        )()

    def attribute(self) -> Any:
        rng = self.rng
        years = sorted(rng.randint(1988, 2002) for _ in range(2))
        return rng.choice(
            [
                lambda: query.Term("language", rng.choice(LANGUAGES)),
                lambda: query.Term("kind", "text"),
                lambda: query.Term("document", f"d{rng.randint(0, 9)}.txt"),
                lambda: query.Prefix("document", f"d{rng.randint(1, 9)}"),
                lambda: query.Wildcard("document", "d?.*"),
                lambda: query.NumericRange("number", *sorted(rng.randint(0, 4) for _ in range(2))),
                lambda: query.NumericRange("line", None, rng.randint(1, 5), False, True),
                lambda: query.Term("author", "smith"),
                lambda: query.Phrase("author", ["jane", "smith"]),
                lambda: query.Prefix("author", fold(rng.choice(self.words))[:2]),
                lambda: query.Every(rng.choice([None, "text", "title", "headings", "author", "language"])),
                lambda: query.Prefix(rng.choice(["text", "title", "author"]), ""),
                lambda: query.Wildcard("title", "*"),
                lambda: self.language(f"year:[{years[0]} TO {years[1]}]"),
                lambda: self.language(f"year:>{years[0]}"),
                lambda: self.language(f"date:>=20{rng.randint(10, 20)}-0{rng.randint(1, 9)}"),
                lambda: self.language("date:2015"),
                lambda: self.language("draft:true"),
                lambda: query.NullQuery,
            ]
        )()

    def language(self, source: str) -> Any:
        from searchlib.engines.whoosh.schema import record_schema
        from searchlib.query import parse

        return parse(source, record_schema(["year", "date", "author", "draft"]), LANGUAGES).query


def paragraphs_of_seeds() -> list[str]:
    """The paragraphs of the repository's own seeds."""
    seeds = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
    return [part.strip() for seed in seeds for part in seed.read_text(encoding="utf-8").split("\n") if part.strip()]
