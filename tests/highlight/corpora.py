"""Documents and queries for the tests of highlights: words of many scripts, every class of node, from a seed.

Queries are made of a few words that their documents hold, so that most of them find something.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lexicons import lexicon_of

from searchlib.analysis import fold, forms, keys_of
from searchlib.highlight import Highlighter
from searchlib.model.records import Block, Document, DocumentInfo, Paragraph, Record
from searchlib.query.nodes import (
    NOTHING,
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Prefix,
    Range,
    Require,
    Value,
    Weights,
    Wildcard,
    Word,
    boosted,
    phrase,
)

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


def spans(node: Node, text: str, language: str = "", title: str = "") -> tuple[tuple[int, int], ...]:
    """What of a text makes a record of it match."""
    paragraph = Paragraph(1, 0, len(text), text)
    return Highlighter(node).spans(Record("0" * 16, DocumentInfo("a.txt", title, "text", language, {}), paragraph))


class Queries:
    """Query trees over ``words``; where ``positive``, without exclusion, filters and what matches without a token."""

    def __init__(self, rng: random.Random, words: Sequence[str], positive: bool = False) -> None:
        self.rng = rng
        self.words = list(words)
        self.lexicon = lexicon_of(*self.words, languages=LANGUAGES)
        self.positive = positive

    def tree(self, depth: int = 2) -> Node:
        """Any tree."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.2:
            return self.leaf()

        def child() -> Node:
            return self.tree(depth - 1)

        def children() -> tuple[Node, ...]:
            return tuple(child() for _ in range(rng.randint(1, 3)))

        makers: list[tuple[float, Any]] = [
            (3, lambda: And(children())),
            (4, lambda: Or(children())),
            (1, lambda: Best(children(), rng.choice([0.0, 0.3]))),
            (1, lambda: Constant(child(), 2.0)),
            (1, lambda: Optional(child(), child())),
            (1, lambda: boosted(child(), 0.5)),
            (3, lambda: self.near(self.field(), depth - 1)),
        ]
        if not self.positive:
            makers += [
                (1, lambda: Require(child(), child())),
                (1, lambda: And((child(), Not(child())))),
                (1, lambda: And((Everything(), Not(child())))),
                (0.5, lambda: And((child(), Everything()))),
            ]
        return rng.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()

    def field(self) -> str:
        return self.rng.choice(["text", "text", "text", "title", "headings"])

    def fields(self) -> Weights:
        return tuple((name, 1.0) for name in self.rng.sample(["text", "title", "headings"], self.rng.randint(1, 3)))

    def leaf(self) -> Node:
        makers = [self.word, self.phrase, self.value, self.pattern, self.pattern]
        return self.rng.choice(makers if self.positive else [*makers, self.attribute])()

    def word(self) -> Node:
        """A word of the language, or a phrase where analysis makes several tokens of it."""
        return self.in_a_row(self.rng.choice(self.words), self.fields())

    def phrase(self) -> Node:
        words = " ".join(self.rng.choices(self.words, k=self.rng.randint(2, 3)))
        return self.in_a_row(words, self.fields(), self.rng.randint(1, 4))

    def in_a_row(self, text: str, fields: Weights, slop: int = 1) -> Node:
        return phrase([Word(text, token, fields) for token in forms(text, self.lexicon)], slop) or NOTHING

    def value(self) -> Node:
        """A key of the dictionary."""
        return Value(self.key(), self.field())

    def key(self) -> str:
        keys = keys_of(self.rng.choice(self.words))
        return self.rng.choice(keys) if keys else "x"

    def near(self, name: str, depth: int) -> Node:
        sides = self.placed(name, depth), self.placed(name, depth)
        return Near(*sides, name, self.rng.randint(1, 4), self.rng.random() < 0.5)

    def placed(self, name: str, depth: int) -> Node:
        """What has places in a field."""
        rng, fields = self.rng, ((name, 1.0),)
        if depth > 0 and rng.random() < 0.4:
            return rng.choice(
                [
                    lambda: self.near(name, depth - 1),
                    lambda: Or((self.placed(name, 0), self.placed(name, 0))),
                    lambda: Best((self.placed(name, 0), self.placed(name, 0))),
                    lambda: Constant(self.placed(name, 0), 2.0),
                ]
            )()
        return rng.choice(
            [
                lambda: Value(self.key(), name),
                lambda: self.in_a_row(rng.choice(self.words), fields),
                lambda: self.in_a_row(" ".join(rng.choices(self.words, k=2)), fields, rng.randint(1, 3)),
                lambda: Prefix(fold(rng.choice(self.words))[:2], (name,)),
            ]
        )()

    def pattern(self) -> Node:
        rng, names = self.rng, tuple(name for name, _ in self.fields())
        text = fold(rng.choice(self.words))
        low, high = sorted((fold(rng.choice(self.words)), text))
        return rng.choice(
            [
                lambda: Prefix(text[: rng.randint(1, 3)], names),
                lambda: Wildcard(f"{text[:1]}?{text[2:3]}*", names),
                lambda: Wildcard(f"*{text[-1:]}", names),
                lambda: Fuzzy(text, names, rng.randint(1, 2), rng.randint(0, 1)),
                lambda: Range(low, high, names, rng.random() < 0.3, rng.random() < 0.3),
            ]
        )()

    def attribute(self) -> Node:
        rng = self.rng
        years = sorted(rng.randint(1988, 2002) for _ in range(2))
        return rng.choice(
            [
                lambda: Value(rng.choice(LANGUAGES), "language"),
                lambda: Value("text", "kind"),
                lambda: Value(f"d{rng.randint(0, 9)}.txt", "document"),
                lambda: Prefix(f"d{rng.randint(1, 9)}", ("document",)),
                lambda: Wildcard("d?.*", ("document",)),
                lambda: Range(*sorted(rng.randint(0, 4) for _ in range(2)), ("number",)),
                lambda: Range(None, rng.randint(1, 5), ("line",), False, True),
                lambda: Value("smith", "author"),
                lambda: self.in_a_row("jane smith", (("author", 1.0),)),
                lambda: Prefix(fold(rng.choice(self.words))[:2], ("author",)),
                lambda: Everything(rng.choice(["", "text", "title", "headings", "author", "language"])),
                lambda: Prefix("", (rng.choice(["text", "title", "author"]),)),
                lambda: Wildcard("*", ("title",)),
                lambda: self.language(f"year:[{years[0]} TO {years[1]}]"),
                lambda: self.language(f"year:>{years[0]}"),
                lambda: self.language(f"date:>=20{rng.randint(10, 20)}-0{rng.randint(1, 9)}"),
                lambda: self.language("date:2015"),
                lambda: self.language("draft:true"),
                lambda: NOTHING,
            ]
        )()

    def language(self, source: str) -> Node:
        from searchlib.query import parse

        return parse(source, ["year", "date", "author", "draft"], self.lexicon).query


def paragraphs_of_seeds() -> list[str]:
    """The paragraphs of the repository's own seeds."""
    seeds = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
    return [part.strip() for seed in seeds for part in seed.read_text(encoding="utf-8").split("\n") if part.strip()]
