"""The query tree: what a query asks, in nodes that every engine, the highlighter and explanations read alike.

* A *leaf* asks something of single tokens or values: `Word`, `Phrase`, `Prefix`, `Wildcard`, `Fuzzy`, `Range`,
  `Value`, `Everything`, in a ``field`` or in any of its ``fields``. A leaf has a ``boost``, by which its score is
  multiplied; groups have none: `boosted` multiplies down to the leaves.
* A *group* joins nodes: `And`, `Or`, `Best`, `Not`, `Optional`, `Require`, `Constant`, `Near`.
* ``at`` is where a node stands in the text it was parsed from: code points, start and end; None where it was made
  otherwise. ``typed`` is the text there, without field and boost: the leaf itself has it folded, stemmed or marked.
  Two nodes that ask the same are equal, wherever they stand and however they were typed.

Nodes are values: frozen, hashable, compared by what they ask. Patterns, fuzzy words, ranges and everything count the
same for whatever they match: their score is their boost. Words, phrases and values are scored by BM25F. ``str()`` of a
node writes it in the query language (`searchlib.query.unparsing`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias, cast

from searchlib.analysis import Form
from searchlib.frozen import frozen
from searchlib.model.fields import SEGMENTED

At: TypeAlias = tuple[int, int] | None
Weights: TypeAlias = tuple[tuple[str, float], ...]
"""Fields that are searched, each with what it weighs."""


class _Written:
    __slots__ = ()

    def __str__(self) -> str:
        from searchlib.query.unparsing import write

        return write(cast(Node, self))


@frozen
class Word(_Written):
    """One word, in any of its forms, in any of its ``fields``, each with what it weighs.

    A record matches when, in some field, the key of a token matches a form (see `searchlib.analysis.Form`) that counts
    in the record's language. ``text`` is the word as it was typed, and the first form is that one; ``exactly`` if no
    other form of it was to be found. ``synonym_of`` is what was typed instead of it, if it is a synonym.
    """

    text: str = dataclasses.field(compare=False)
    forms: tuple[Form, ...]
    fields: Weights
    boost: float = 1.0
    exactly: bool = dataclasses.field(default=False, compare=False)
    synonym_of: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)

    @property
    def segmented(self) -> bool:
        """Whether it is a word that a segmenter found (`searchlib.query.segmented`)."""
        return bool(self.fields) and self.fields[0][0] in SEGMENTED

    def forms_in(self, language: str) -> tuple[Form, ...]:
        """The forms that count in a record of ``language``."""
        return tuple(form for form in self.forms if form.languages is None or language in form.languages)

    def written_as(self, language: str) -> frozenset[str]:
        """The folded forms of words that match in a record of ``language``, in any spelling."""
        return frozenset(form.folded for form in self.forms_in(language) if not form.prefix and not form.alone)


@frozen
class Phrase(_Written):
    """The ``words`` one after another in one field.

    A record matches when, in one field, tokens that match them stand in their order, each at most ``slop``
    positions after the one before: 1 means next to each other. All words have the same fields; there are two at least.
    ``synonym_of`` is what was typed instead of it, if it is a synonym.
    """

    words: tuple[Word, ...]
    slop: int = 1
    boost: float = 1.0
    synonym_of: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)

    @property
    def fields(self) -> Weights:
        """The fields of the words."""
        return self.words[0].fields

    @property
    def text(self) -> str:
        """The words as they were typed."""
        return " ".join(word.text for word in self.words).replace(" &", "&")  # R&D is two words


@frozen
class Prefix(_Written):
    """Whatever begins with ``text``: terms of prose by their folded part, whole terms of attributes."""

    text: str
    fields: tuple[str, ...]
    boost: float = 1.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Wildcard(_Written):
    r"""What ``pattern`` matches whole: ``*`` any number of characters, ``?`` one, ``\`` takes their meaning.

    Compared as a `Prefix` is.
    """

    pattern: str
    fields: tuple[str, ...]
    boost: float = 1.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Fuzzy(_Written):
    """What is at most ``distance`` edits (optimal string alignment) from ``text``, and equal in ``prefix`` characters.

    Compared as a `Prefix` is.
    """

    text: str
    fields: tuple[str, ...]
    distance: int = 1
    prefix: int = 0
    boost: float = 1.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Range(_Written):
    """Terms (text) or column values (integers) from ``low`` to ``high``; None is an open end.

    ``open_low`` and ``open_high`` exclude the ends.

    Terms of prose are compared by their folded part. Those of values are in the order of the values, see
    `searchlib.query.values`.
    """

    low: str | int | None
    high: str | int | None
    fields: tuple[str, ...]
    open_low: bool = False
    open_high: bool = False
    boost: float = 1.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Value(_Written):
    """One term of a field, whole: a value of an attribute, or a ``key`` of prose as it stands in the dictionary."""

    key: str
    field: str
    boost: float = 1.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Everything(_Written):
    """Every record; with a ``field``, every record that has anything in it."""

    field: str = ""
    boost: float = 1.0
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class And(_Written):
    """What matches all of the ``nodes``; scores add up. `Not` among them excludes."""

    nodes: tuple[Node, ...]
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Or(_Written):
    """What matches any of the ``nodes``; scores of those that match add up. Without nodes it matches nothing."""

    nodes: tuple[Node, ...]
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Best(_Written):
    """What matches any of the ``nodes``; the best score counts, of the others ``tiebreak`` times theirs.

    ``typed`` is a word that may be written in several ways, of which the first is the one that was typed.
    """

    nodes: tuple[Node, ...]
    tiebreak: float = 0.0
    typed: str = dataclasses.field(default="", compare=False)
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Not(_Written):
    """What does not match ``node``; its score is 0."""

    node: Node
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Optional(_Written):
    """What matches ``node``; where ``optional`` matches too, its score is added."""

    node: Node
    optional: Node
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Require(_Written):
    """What matches ``node`` and ``required``; only the former counts for the score and is highlighted."""

    node: Node
    required: Node
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Constant(_Written):
    """What matches ``node``, all with one ``score``."""

    node: Node
    score: float = 1.0
    at: At = dataclasses.field(default=None, compare=False)


@frozen
class Near(_Written):
    """Two nodes, ``first`` and ``second``, with places in one field, at most ``slop`` positions apart; in their order
    if ``ordered``.

    Scores add up. Each side is a leaf of prose that has places (word, phrase, pattern, fuzzy word, range of words), an
    `Or`, `Best` or `Constant` of such, or a `Near`, all of the field ``field``.
    """

    first: Node
    second: Node
    field: str
    slop: int = 10
    ordered: bool = False
    at: At = dataclasses.field(default=None, compare=False)


Leaf: TypeAlias = Word | Phrase | Prefix | Wildcard | Fuzzy | Range | Value | Everything
Pattern: TypeAlias = Prefix | Wildcard | Fuzzy | Range
Group: TypeAlias = And | Or | Best | Not | Optional | Require | Constant | Near
Node: TypeAlias = Leaf | Group

NOTHING = Or(())
"""Matches nothing."""


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below ``node``; a `Phrase` is a leaf."""
    match node:
        case And(nodes) | Or(nodes) | Best(nodes):
            return nodes
        case Not(inner) | Constant(inner):
            return (inner,)
        case Optional(first, second) | Require(first, second) | Near(first, second):
            return first, second
        case _:
            return ()


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves of a tree, from the left, those under a `Not` too."""
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Leaf):
            yield one
        else:
            waiting.extend(reversed(children(one)))


def words(node: Node) -> Iterator[Word]:
    """The words of a tree, those of phrases too."""
    for leaf in leaves(node):
        match leaf:
            case Word():
                yield leaf
            case Phrase():
                yield from leaf.words


def boosted(node: Node, factor: float) -> Node:  # noqa: PLR0911 - one for each shape of node
    """``node`` with all that it scores times ``factor``."""
    if factor == 1.0:
        return node
    match node:
        case And(nodes) | Or(nodes) | Best(nodes):
            return replace(node, nodes=tuple(boosted(one, factor) for one in nodes))
        case Not():
            return node
        case Optional(first, second):
            return replace(node, node=boosted(first, factor), optional=boosted(second, factor))
        case Require(first):
            return replace(node, node=boosted(first, factor))
        case Constant():
            return replace(node, score=node.score * factor)
        case Near(first, second):
            return replace(node, first=boosted(first, factor), second=boosted(second, factor))
        case _:
            return replace(node, boost=node.boost * factor)


def without_segmented(node: Node) -> Node:  # noqa: PLR0911 - one for each shape of node
    """What a query asks for without words of segmenters: it finds the same."""
    if not any(isinstance(leaf, Word) and leaf.segmented for leaf in leaves(node)):
        return node
    match node:
        case And(nodes) | Or(nodes) | Best(nodes):
            kept = [without_segmented(one) for one in nodes if not (isinstance(one, Word) and one.segmented)]
            return kept[0] if len(kept) == 1 else replace(node, nodes=tuple(kept))
        case Not(inner) | Constant(inner):
            return replace(node, node=without_segmented(inner))
        case Optional(inner, optional):
            return replace(node, node=without_segmented(inner), optional=without_segmented(optional))
        case Require(inner, required):
            return replace(node, node=without_segmented(inner), required=without_segmented(required))
        case Near(first, second):
            return replace(node, first=without_segmented(first), second=without_segmented(second))
    return node


def phrase(words: Sequence[Word], slop: int = 1, at: At = None) -> Node | None:
    """The words in a row: a `Phrase`, its only word, or None where there is none."""
    if len(words) < 2:
        return words[0] if words else None
    return Phrase(tuple(words), slop, at=at)
