"""Queries at random from the grammar of docs/query-language.md, and what that page says they mean.

A query is a tree of the classes below. ``text`` writes it; ``found`` says which words of a record make it match, or
None where it does not: from the page, word by word, and without any of searchlib's own code.
"""

from __future__ import annotations

import fnmatch
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

WORDS = ["alfa", "alto", "bravo", "delta", "golf", "gold", "kilo"]  # which no stemmer changes
AUTHORS = ["bravo delta", "delta golf", "kilo"]
FIELDS = ("text", "title")
Token = tuple[str, int]  # a field and the number of a word in it
Found = frozenset[Token] | None
Place = tuple[str, int, int, frozenset[Token]]
NONE: frozenset[Token] = frozenset()


@dataclass(frozen=True)
class Row:
    """A record: its words and values."""

    text: tuple[str, ...]
    title: tuple[str, ...]
    author: str
    year: int
    date: str
    number: int

    def words(self, field: str) -> Sequence[str]:
        return self.author.split() if field == "author" else getattr(self, field)


class Node:
    is_group = False

    def text(self) -> str:
        raise NotImplementedError

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        raise NotImplementedError

    def places(self, row: Row, field: str) -> list[Place]:
        """Where it stands, for NEAR."""
        raise NotImplementedError

    def clause(self) -> str:
        """Its text where it stands beside others."""
        return f"({self.text()})" if self.is_group else self.text()


@dataclass(frozen=True)
class Leaf(Node):
    """A word, or what stands for words: ``accepts`` says which."""

    typed: str
    boost: str = ""

    def text(self) -> str:
        return self.typed + self.boost

    def accepts(self, word: str) -> bool:
        typed = self.typed
        if "~" in typed:
            start, _, end = typed.partition("~")
            edits, _, same = end.partition("/")
            return distance(start, word) <= int(edits or 1) and word[: int(same or 0)] == start[: int(same or 0)]
        if typed.startswith("["):
            low, high = typed[1:-1].split(" TO ")
            return (not low or low <= word) and (not high or word < high or (word == high and typed[-1] == "]"))
        return fnmatch.fnmatchcase(word, typed.lower())

    def places(self, row: Row, field: str) -> list[Place]:
        return [
            (field, place, place, frozenset([(field, place)]))
            for place, word in enumerate(row.words(field))
            if self.accepts(word)
        ]

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return union(self.places(row, field) for field in fields)


@dataclass(frozen=True)
class Phrase(Node):
    words: tuple[str, ...]
    slop: int = 0
    boost: str = ""

    def text(self) -> str:
        return f'"{" ".join(self.words)}"' + (f"~{self.slop}" if self.slop else "") + self.boost

    def places(self, row: Row, field: str) -> list[Place]:
        words = row.words(field)
        steps = [[place for place, word in enumerate(words) if word == wanted] for wanted in self.words]
        chains = [chain for chain in product(*steps) if all(0 < b - a <= max(self.slop, 1) for a, b in pairwise(chain))]
        return [(field, chain[0], chain[-1], frozenset((field, place) for place in chain)) for chain in chains]

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return union(self.places(row, field) for field in fields)


@dataclass(frozen=True)
class Near(Node):
    is_group = True
    first: Node
    second: Node
    slop: int

    def text(self) -> str:
        return f"{self.first.clause()} NEAR{f'/{self.slop}' if self.slop != 10 else ''} {self.second.clause()}"

    def places(self, row: Row, field: str) -> list[Place]:
        return [
            (field, min(a[1], b[1]), max(a[2], b[2]), a[3] | b[3])
            for a in self.first.places(row, field)
            for b in self.second.places(row, field)
            if 1 <= max(b[1] - a[2], a[1] - b[2]) <= self.slop
        ]

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return union(self.places(row, field) for field in fields)


@dataclass(frozen=True)
class Or(Node):
    is_group = True
    parts: tuple[Node, ...]

    def text(self) -> str:
        return " OR ".join(part.clause() for part in self.parts)

    def places(self, row: Row, field: str) -> list[Place]:
        return [place for part in self.parts for place in part.places(row, field)]

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        found = [one for part in self.parts if (one := part.found(row, fields)) is not None]
        return NONE.union(*found) if found else None


@dataclass(frozen=True)
class And(Node):
    is_group = True
    parts: tuple[Node, ...]

    def text(self) -> str:
        return " AND ".join(part.clause() for part in self.parts)

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        found = [part.found(row, fields) for part in self.parts]
        return None if None in found else NONE.union(*(one for one in found if one is not None))


@dataclass(frozen=True)
class Not(Node):
    part: Node
    sign: str = "NOT "

    def text(self) -> str:
        return self.sign + self.part.clause()

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return NONE if self.part.found(row, fields) is None else None


@dataclass(frozen=True)
class Two(Node):
    """ANDNOT, ANDMAYBE, REQUIRE."""

    is_group = True
    first: Node
    operator: str
    second: Node

    def text(self) -> str:
        return f"{self.first.clause()} {self.operator} {self.second.clause()}"

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        first, second = self.first.found(row, fields), self.second.found(row, fields)
        if first is None:
            return None
        if self.operator == "ANDMAYBE":
            return first | (second or NONE)
        return first if (second is None) == (self.operator == "ANDNOT") else None


@dataclass(frozen=True)
class Side(Node):
    """Clauses side by side, each with its sign: "", "+" or "-"."""

    is_group = True
    parts: tuple[tuple[str, Node], ...]

    def text(self) -> str:
        return " ".join(sign + part.clause() for sign, part in self.parts)

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        by_sign: dict[str, list[Found]] = {"": [], "+": [], "-": []}
        for sign, part in self.parts:
            left_out = [part] if sign == "-" else excluded(part)
            if left_out:
                by_sign["-"] += [one.found(row, fields) for one in left_out]
            else:
                by_sign[sign].append(part.found(row, fields))
        if any(one is not None for one in by_sign["-"]) or None in by_sign["+"]:
            return None
        optional = [one for one in by_sign[""] if one is not None]
        if not by_sign["+"] and by_sign[""] and not optional:
            return None
        return NONE.union(*(one for one in by_sign["+"] if one is not None), *optional)


@dataclass(frozen=True)
class In(Node):
    """A field before a word, phrase or group."""

    field: str
    part: Node

    def text(self) -> str:
        return f"{self.field}:{self.part.clause()}"

    def places(self, row: Row, field: str) -> list[Place]:
        return self.part.places(row, field) if field == self.field else []

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return self.part.found(row, (self.field,))


@dataclass(frozen=True)
class Value(Node):
    """A condition on a value: ``holds`` is it in Python, of ``row``."""

    typed: str
    holds: str

    def text(self) -> str:
        return self.typed

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return NONE if eval(self.holds, {"row": row}) else None


@dataclass(frozen=True)
class Boosted(Node):
    """A group that counts more: it finds the same."""

    part: Node
    boost: str

    def text(self) -> str:
        return f"({self.part.text()})^{self.boost}"

    def places(self, row: Row, field: str) -> list[Place]:
        return self.part.places(row, field)

    def found(self, row: Row, fields: Sequence[str] = FIELDS) -> Found:
        return self.part.found(row, fields)


def excluded(node: Node) -> list[Node]:
    """What a node says to leave out, if that is all it says: brackets and boosts around it change nothing."""
    if isinstance(node, Not):
        return [node.part]
    if isinstance(node, Boosted):
        return excluded(node.part)
    if isinstance(node, Side):
        found = [[part] if sign == "-" else excluded(part) for sign, part in node.parts]
        return [one for some in found for one in some] if all(found) else []
    return []


def union(places: Iterator[list[Place]]) -> Found:
    found = [one for some in places for one in some]
    return NONE.union(*(one[3] for one in found)) if found else None


def distance(one: str, other: str) -> int:
    """Edits between two words: a letter more, less or another, or two neighbours swapped."""
    table: dict[tuple[int, int], int] = {}
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            table[i, j] = max(i, j)
            if i and j:
                best = min(table[i - 1, j], table[i, j - 1], table[i - 1, j - 1] - (one[i - 1] == other[j - 1])) + 1
                if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                    best = min(best, table[i - 2, j - 2] + 1)
                table[i, j] = best
    return table[len(one), len(other)]


def a_row(rng: random.Random, number: int) -> Row:
    return Row(
        tuple(rng.choices(WORDS, range(1, 8), k=rng.randint(1, 7))),
        tuple(rng.choices(WORDS, k=rng.randint(1, 2))),
        rng.choice(AUTHORS),
        rng.choice([-5, 1994, 1995, 2003]),
        rng.choice(["2019-12-31", "2020-05-17", "2021-01-01"]),
        number,
    )


def a_leaf(rng: random.Random, near: bool = False) -> Node:
    """A word or what stands for words."""
    word = rng.choice(WORDS)
    boost = rng.choice(["", "", "", "^2", "^0.5"])
    makers = [
        lambda: Leaf(rng.choice([word, word.upper(), word.title()]), boost),
        lambda: Leaf(word[: rng.randint(1, 3)] + "*", boost),
        lambda: Leaf(word[0] + "?" + word[2:], boost),
        lambda: Leaf("*" + word[2:], boost),
        lambda: Leaf(word[:2] + "x" + word[2:] + "~", boost),
        lambda: Leaf(word[:-1] + "~2/" + str(rng.randint(1, 2)), boost),
        lambda: Leaf(f"[{word[:2]} TO {rng.choice('gkz')}" + rng.choice("]}")),
    ]
    return rng.choices(makers, [8, 2, 1, 1, 1, 1, 1])[0]()


def a_phrase(rng: random.Random) -> Node:
    words = tuple(rng.choices(WORDS, k=rng.choice([2, 2, 3])))
    return Phrase(words, rng.choice([0, 0, 1, 2, 3]), rng.choice(["", "", "^3"]))


def a_value(rng: random.Random) -> Node:
    """A condition on metadata, or on the record itself."""
    year, other = sorted(rng.sample([-5, 1990, 1994, 1995, 2000], 2))
    author = rng.choice(AUTHORS)
    return Value(
        *rng.choice(
            [
                (f"year:{year}", f"row.year == {year}"),
                (f"year:>{year}", f"row.year > {year}"),
                (f"year: >= {year}", f"row.year >= {year}"),
                (f"year:<{year}", f"row.year < {year}"),
                (f"year:<={year}^2", f"row.year <= {year}"),
                (f"year:[{year} TO {other}]", f"{year} <= row.year <= {other}"),
                (f"year:{{{year} TO {other}]", f"{year} < row.year <= {other}"),
                (f"year:[{year} TO]", f"row.year >= {year}"),
                ("date:2020-05", "row.date.startswith('2020-05')"),
                ("date:2020-05-17", "row.date == '2020-05-17'"),
                ("date:[2020 TO 2021]", "'2020' <= row.date"),
                ("date:[2019 TO 2020]", "row.date < '2021'"),
                ("date:>2020-05", "row.date > '2020-06'"),
                ("date:>=2020-05", "row.date >= '2020-05'"),
                ("date:<2021", "row.date < '2021'"),
                (f"author:{author.split()[0]}", f"'{author.split()[0]}' in row.author.split()"),
                (f'author:"{author}"', f"row.author == '{author}'"),
                (f"author:{author.split()[0][:2]}*", f"any(w.startswith('{author[:2]}') for w in row.author.split())"),
                (f"author:({author})", f"set({author.split()}) & set(row.author.split())"),
                (f"author:{author.replace(' ', chr(92) + ' ')}", f"row.author == '{author}'"),
                ("lang:en", "True"),
                ("lang:de", "False"),
                ("kind:text", "True"),
                ("paragraph:1", "True"),
                ("paragraph:[2 TO]", "False"),
                ("document:rows*", "True"),
                ("path:rows.jsonl#r3", "row.number == 3"),
                ("author:*", "True"),
                ("*", "True"),
            ]
        )
    )


def an_operand(rng: random.Random, depth: int) -> Node:
    """What can stand beside NEAR."""
    if depth and rng.random() < 0.3:
        return Near(an_operand(rng, depth - 1), an_operand(rng, depth - 1), rng.choice([1, 2, 3, 10]))
    makers = [
        lambda: a_leaf(rng),
        lambda: a_phrase(rng),
        lambda: Or((a_leaf(rng), a_phrase(rng))),
        lambda: Boosted(Or((a_leaf(rng), a_leaf(rng))), "2"),
    ]
    return rng.choices(makers, [5, 2, 1, 1])[0]()


def a_query(rng: random.Random, depth: int) -> Node:
    if not depth or rng.random() < 0.2:
        makers = [lambda: a_leaf(rng), lambda: a_phrase(rng), lambda: a_value(rng)]
        return rng.choices(makers, [5, 3, 3])[0]()

    def part() -> Node:
        return a_query(rng, depth - 1)

    def wanted() -> Node:
        # To leave out what is left out is to want it, which is nothing that one would write.
        made = part()
        while excluded(made):
            made = part()
        return made

    def beside() -> tuple[str, Node]:
        return rng.choice(["", "", "", "+", "-"]), wanted()

    some = rng.choice([2, 2, 3])
    makers = [
        lambda: And(tuple(part() for _ in range(some))),
        lambda: Or(tuple(part() for _ in range(some))),
        lambda: Side(tuple(beside() for _ in range(some))),
        lambda: Not(wanted(), rng.choice(["NOT ", "-"])),
        lambda: Two(part(), rng.choice(["ANDNOT", "ANDMAYBE", "REQUIRE"]), wanted()),
        lambda: Near(an_operand(rng, 1), an_operand(rng, 1), rng.choice([1, 2, 3, 10])),
        lambda: In(rng.choice(FIELDS), in_field(rng)),
        lambda: Boosted(wanted(), rng.choice(["2", "0.5", "3.25"])),
    ]
    return rng.choices(makers, [4, 4, 5, 2, 3, 3, 3, 1])[0]()


def in_field(rng: random.Random) -> Node:
    """What can stand behind a field's name."""
    makers = [
        lambda: a_leaf(rng),
        lambda: a_phrase(rng),
        lambda: Side((("", a_leaf(rng)), ("", a_leaf(rng)))),
        lambda: Side((("+", a_leaf(rng)), ("-", a_phrase(rng)))),
        lambda: Near(an_operand(rng, 1), an_operand(rng, 0), 2),
        lambda: And((a_leaf(rng), Not(a_leaf(rng)))),
    ]
    return rng.choice(makers)()


def flat(rng: random.Random) -> tuple[str, Any]:
    """Words with operators between them and no brackets, and the tree that the page's order of binding makes."""
    tokens: list[Any] = []
    operators = ["AND", "OR", "ANDNOT", "ANDMAYBE", "REQUIRE", "NEAR/2", ""]
    for number in range(rng.randint(2, 6)):
        if number:
            tokens.append(rng.choice(operators))
        # What is left out has no place for NEAR, and is not left out again.
        negative = rng.random() < 0.2 and (not tokens or tokens[-1] in ("AND", "OR", ""))
        tokens.append(Not(Leaf(rng.choice(WORDS))) if negative else Leaf(rng.choice(WORDS)))
    for place in range(1, len(tokens), 2):
        if tokens[place] == "NEAR/2" and isinstance(tokens[place - 1], Not):
            tokens[place] = "AND"
    text = " ".join(token if isinstance(token, str) else token.text() for token in tokens if token != "")
    for operator in operators[5:6] + operators[:5]:
        tokens = joined(tokens, operator)
    parts = tuple(("", token) for token in tokens[::2])
    return text, parts[0][1] if len(parts) == 1 else Side(parts)


def joined(tokens: list[Any], operator: str) -> list[Any]:
    """The tokens with what stands on both sides of an operator made one, from the left."""
    made = tokens[:1]
    for place in range(1, len(tokens), 2):
        if tokens[place] != operator:
            made += tokens[place : place + 2]
        elif operator in ("AND", "OR"):
            kind = And if operator == "AND" else Or
            made[-1] = kind((made[-1], tokens[place + 1]))
        elif operator == "NEAR/2":
            made[-1] = Near(made[-1], tokens[place + 1], 2)
        else:
            made[-1] = Two(made[-1], operator, tokens[place + 1])
    return made
