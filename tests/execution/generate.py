"""Corpora and query trees at random, from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from whoosh import query as wq

from searchlib.analysis import Form
from searchlib.query.nodes import Word, WordPhrase

from .memory import Doc

WORDS = [
    *("a", "the", "render", "rendering", "renders", "shade", "shader", "erdogan", "erdogan\x1ferdoğan"),
    *("erdogan\x1fèrdogan", "resume", "resume\x1frésumé", "war", "ware", "raw", "peace", "東京", "東大", "京都", "大"),
]
FOLDED = sorted({word.partition("\x1f")[0] for word in WORDS})
FIELDS = ("text", "title", "headings")
LANGUAGES = ("", "en", "de", "tr")
KINDS = ("item", "table", "text")


def corpus(rng: random.Random, size: int) -> list[Doc]:
    """Records with Zipfian words; some empty, some deleted."""
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    words = WORDS[:]
    rng.shuffle(words)
    deleted = rng.choice([0, 0, 0.1, 0.5])
    docs = []
    for _ in range(size):
        prose = {"text": rng.choices(words, weights, k=rng.choice([0, 1, 3, 8, 20]))}
        if rng.random() < 0.4:
            prose["title"] = rng.choices(words, weights, k=rng.randint(0, 4))
        if rng.random() < 0.3:
            prose["headings"] = rng.choices(words, weights, k=rng.randint(1, 3))
        exact = {"kind": rng.choice(KINDS)}
        language = rng.choice(LANGUAGES)
        if language:
            exact["language"] = language
        docs.append(Doc(prose, exact, {"number": rng.randint(0, 20)}, rng.random() < deleted))
    return docs


def leaf(rng: random.Random) -> Any:
    boost = rng.choice([1.0, 1.0, 1.0, 2.5, 0.3, 0.0, -1.0]) if rng.random() < 0.4 else 1.0
    field = rng.choice(FIELDS)
    word = rng.choice(WORDS)
    text = rng.choice(FOLDED)
    bounds = sorted(rng.choices(FOLDED, k=2))
    numbers = sorted(rng.randint(-2, 22) for _ in range(2))
    opened = [rng.choice([None, bound]) if rng.random() < 0.3 else bound for bound in bounds]
    opened_numbers = [rng.choice([None, bound]) if rng.random() < 0.3 else bound for bound in numbers]
    exclusive = rng.random() < 0.3, rng.random() < 0.3
    constant = rng.random() < 0.7
    makers = [
        (6, lambda: a_word(rng, boost)),
        (4, lambda: wq.Term(field, word, boost=boost)),
        (3, lambda: a_phrase(rng, boost)),
        (2, lambda: wq.Phrase(field, rng.choices(WORDS[:6], k=rng.randint(1, 3)), slop=rng.randint(1, 3), boost=boost)),
        (1, lambda: wq.Term("kind", rng.choice(KINDS), boost=boost)),
        (1, lambda: wq.Term(field, "absent", boost=boost)),
        (1, lambda: wq.Prefix(field, text[: rng.randint(0, 3)], boost=boost, constantscore=constant or None)),
        (1, lambda: wq.Wildcard(field, pattern(rng, text), boost=boost, constantscore=constant)),
        (1, lambda: wq.Regex(field, rng.choice(["r.*", "ren|war", "r?e", "[abc]", "ware?$"]), boost=boost)),
        (
            1,
            lambda: wq.FuzzyTerm(
                field,
                typo(rng, text),
                boost=boost,
                maxdist=rng.randint(1, 2),
                prefixlength=rng.randint(0, 1),
                constantscore=constant,
            ),
        ),
        (1, lambda: wq.Variations(field, rng.choice(["render", "shade", "war"]), boost=boost)),
        (1, lambda: wq.TermRange(field, *opened, *exclusive, boost=boost)),
        (1, lambda: wq.NumericRange("number", *opened_numbers, *exclusive, boost=boost)),
        (1, lambda: wq.Every(rng.choice([None, "text", "title", "language"]), boost=boost)),
        (0.3, lambda: wq.NullQuery),
    ]
    return rng.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()


def a_word(rng: random.Random, boost: float = 1.0, fields: Any = None) -> Word:
    fields = fields or [(name, rng.choice([1.0, 2.0, 1.5])) for name in rng.sample(FIELDS, rng.randint(1, 3))]
    forms = []
    for _ in range(rng.choice([1, 1, 1, 2])):
        folded, _, exact = rng.choice(WORDS).partition("\x1f")
        languages = rng.choice([None, None, None, frozenset({"en"}), frozenset({"", "de"}), frozenset({"tr", "en"})])
        prefix = rng.random() < 0.1
        forms.append(
            Form(
                folded[:1] if prefix else folded,
                (folded[:1] if prefix else exact or folded),
                languages,
                rng.choice([1.0, 1.0, 0.5]),
                prefix,
            )
        )
    return Word(fields, forms, "word", boost)


def a_phrase(rng: random.Random, boost: float) -> WordPhrase:
    fields = [(name, rng.choice([1.0, 2.0])) for name in rng.sample(FIELDS, rng.randint(1, 3))]
    return WordPhrase([a_word(rng, 1.0, fields) for _ in range(rng.randint(1, 3))], slop=rng.randint(1, 4), boost=boost)


def pattern(rng: random.Random, text: str) -> str:
    return "".join(rng.choice([letter, letter, "?", "*"]) for letter in text[:4]) + rng.choice(["", "*"])


def typo(rng: random.Random, text: str) -> str:
    letters = list(text)
    place = rng.randrange(len(letters))
    if rng.random() < 0.5 and place:
        letters[place - 1], letters[place] = letters[place], letters[place - 1]
    else:
        letters[place : place + rng.randint(0, 1)] = rng.choice(["", "x"])
    return "".join(letters)


def tree(rng: random.Random, depth: int) -> Any:
    if depth == 0 or rng.random() < 0.25:
        return leaf(rng)

    def child() -> Any:
        return tree(rng, depth - 1)

    def children() -> Sequence[Any]:
        return [child() for _ in range(rng.choice([1, 2, 2, 3, 4]))]

    boost = rng.choice([1.0, 1.0, 2.0, 0.5])
    makers = [
        (4, lambda: wq.And(children(), boost=boost)),
        (5, lambda: wq.Or(children(), boost=boost)),
        (2, lambda: wq.DisjunctionMax(children(), boost=boost, tiebreak=rng.choice([0.0, 0.3]))),
        (1, lambda: wq.And([child(), wq.Not(child())])),
        (1, lambda: wq.Not(child())),
        (1, lambda: wq.AndNot(child(), child())),
        (1, lambda: wq.AndMaybe(child(), child())),
        (1, lambda: wq.Require(child(), child())),
        (0.5, lambda: wq.Otherwise(child(), child())),
        (1, lambda: wq.ConstantScoreQuery(child(), rng.choice([1.0, 0.25]))),
    ]
    return rng.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()
