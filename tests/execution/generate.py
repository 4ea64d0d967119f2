"""Corpora and query trees at random, from a seed: every class of node, nested in every way that the nodes allow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from searchlib.analysis import Form
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
    Pattern,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Weights,
    Wildcard,
    Word,
    boosted,
)

from .memory import Doc

T = TypeVar("T")
Makers = list[tuple[float, Callable[[], Node]]]

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


def leaf(rng: random.Random) -> Node:
    """Any leaf, in any fields, of any boost."""
    makers: Makers = [
        (6, lambda: a_word(rng, weights(rng))),
        (4, lambda: Value(rng.choice(WORDS), rng.choice(FIELDS))),
        (4, lambda: a_phrase(rng, weights(rng))),
        (1, lambda: Value(rng.choice(KINDS), "kind")),
        (1, lambda: Value("absent", rng.choice(FIELDS))),
        (5, lambda: a_pattern(rng, tuple(name for name, _ in weights(rng)))),
        (0.5, lambda: Wildcard("?t*m", ("kind", "text"))),
        (1, lambda: a_number_range(rng)),
        (1, lambda: Everything(rng.choice(["", "text", "title", "language"]))),
        (0.3, lambda: NOTHING),
    ]
    boost = rng.choice([1.0, 1.0, 1.0, 2.5, 0.3, 0.0, -1.0]) if rng.random() < 0.4 else 1.0
    return boosted(_one(rng, makers), boost)


def weights(rng: random.Random) -> Weights:
    """Fields with what they weigh."""
    return tuple((name, rng.choice([1.0, 2.0, 1.5])) for name in rng.sample(FIELDS, rng.randint(1, 3)))


def a_word(rng: random.Random, fields: Weights) -> Word:
    forms = []
    for _ in range(rng.choice([1, 1, 1, 2, 6])):
        folded, _, exact = rng.choice(WORDS).partition("\x1f")
        languages = rng.choice([None, None, None, frozenset({"en"}), frozenset({"", "de"}), frozenset({"tr", "en"})])
        prefix = rng.random() < 0.1
        folded, exact = (folded[:1], folded[:1]) if prefix else (folded, exact or folded)
        forms.append(Form(folded, exact, languages, rng.choice([1.0, 1.0, 0.5]), prefix, other=rng.random() < 0.3))
    return Word("word", tuple(forms), fields)


def a_phrase(rng: random.Random, fields: Weights) -> Phrase:
    words = tuple(a_word(rng, fields) for _ in range(rng.randint(2, 3)))
    return Phrase(words, rng.randint(1, 4), rng.choice([1.0, 1.0, 2.0]))


def a_pattern(rng: random.Random, fields: tuple[str, ...]) -> Pattern:
    text = rng.choice(FOLDED)
    low, high = sorted(rng.choices(FOLDED, k=2))
    makers: list[Callable[[], Pattern]] = [
        lambda: Prefix(text[: rng.randint(0, 3)], fields),
        lambda: Wildcard(wildcard(rng, text), fields),
        lambda: Fuzzy(typo(rng, text), fields, rng.randint(0, 2), rng.randint(0, 2)),
        lambda: Range(*_opened(rng, low, high), fields, rng.random() < 0.3, rng.random() < 0.3),
    ]
    return rng.choice(makers)()


def a_number_range(rng: random.Random) -> Range:
    low, high = sorted(rng.randint(-2, 22) for _ in range(2))
    return Range(*_opened(rng, low, high), ("number",), rng.random() < 0.3, rng.random() < 0.3)


def _opened(rng: random.Random, low: T, high: T) -> tuple[T | None, T | None]:
    """The bounds of a range; one of them may be an open end."""
    return rng.choice([(low, high), (low, high), (low, high), (None, high), (low, None)])


def wildcard(rng: random.Random, text: str) -> str:
    return "".join(rng.choice([letter, letter, "?", "*", "\\" + letter]) for letter in text[:4]) + rng.choice(["", "*"])


def typo(rng: random.Random, text: str) -> str:
    letters = list(text)
    place = rng.randrange(len(letters))
    if rng.random() < 0.5 and place:
        letters[place - 1], letters[place] = letters[place], letters[place - 1]
    else:
        letters[place : place + rng.randint(0, 1)] = rng.choice(["", "x"])
    return "".join(letters)


def _one(rng: random.Random, makers: Makers) -> Node:
    weights, made = zip(*makers, strict=True)
    make: Callable[[], Node] = rng.choices(made, weights)[0]
    return make()


def near(rng: random.Random, depth: int, field: str = "") -> Near:
    """Two nodes that stand near each other."""
    field = field or rng.choice(FIELDS)
    sides = placed(rng, depth, field), placed(rng, depth, field)
    return Near(*sides, field, rng.choice([1, 2, 3, 4, 10]), rng.random() < 0.4)


def placed(rng: random.Random, depth: int, field: str) -> Node:
    """What has places in a field."""
    if depth and rng.random() < 0.4:
        return near(rng, depth - 1, field)
    fields = ((field, rng.choice([1.0, 2.0])),)
    makers: Makers = [
        (6, lambda: a_word(rng, fields)),
        (3, lambda: a_phrase(rng, fields)),
        (3, lambda: a_pattern(rng, (field,))),
        (2, lambda: Value(rng.choice(WORDS), field)),
    ]
    if depth:
        makers += [
            (2, lambda: Or(tuple(placed(rng, depth - 1, field) for _ in range(rng.randint(1, 3))))),
            (1, lambda: Best((placed(rng, depth - 1, field), placed(rng, depth - 1, field)), rng.choice([0.0, 0.3]))),
            (1, lambda: Constant(placed(rng, depth - 1, field), rng.choice([1.0, 0.25]))),
        ]
    made = _one(rng, makers)
    return boosted(made, rng.choice([1.0, 1.0, 1.0, 2.0]))


def tree(rng: random.Random, depth: int) -> Node:
    """Any tree. A `Not` stands beside what it excludes from, as everywhere."""
    if depth == 0 or rng.random() < 0.25:
        return leaf(rng)

    def child() -> Node:
        return tree(rng, depth - 1)

    def children() -> tuple[Node, ...]:
        return tuple(child() for _ in range(rng.choice([1, 2, 2, 3, 4])))

    makers: Makers = [
        (4, lambda: And(children())),
        (5, lambda: Or(children())),
        (2, lambda: Best(children(), rng.choice([0.0, 0.3]))),
        (2, lambda: And((*children(), Not(child())))),
        (1, lambda: And((Not(child()), Everything(), Not(child())))),
        (1, lambda: Optional(child(), child())),
        (1, lambda: Require(child(), child())),
        (1, lambda: Constant(child(), rng.choice([1.0, 0.25]))),
        (2, lambda: near(rng, depth - 1)),
    ]
    made = _one(rng, makers)
    return boosted(made, rng.choice([1.0, 1.0, 2.0, 0.5]))
