"""The leaves of a query: what it asks of single tokens, and which of that any word of a text is.

Each leaf has a number. A `Table` has, for the keys of tokens, the numbers of the leaves that they match: so a key is
compared once for a query, however often it stands in its hits, and a word of a text costs a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TypeAlias

from searchlib.analysis import join_key, split_key
from searchlib.guards.deadline import check
from searchlib.model.fields import field_named
from searchlib.query.nodes import Fuzzy, Node, Pattern, Phrase, Prefix, Range, Value, Wildcard, Word, leaves
from searchlib.query.patterns import Predicate, predicate

CACHED_WORDS = 1 << 16

Asked: TypeAlias = Word | Value | Pattern
"""What can be asked of one token."""
Numbers: TypeAlias = tuple[int, ...]


class Leaves:
    """What one query asks of tokens, numbered; safe between threads.

    What it asks of attributes has no number: they are no tokens.
    """

    def __init__(self, node: Node) -> None:
        self._node = node  # kept, so that no other node gets the id of one of its leaves
        self._numbers: dict[int, int] = {}  # by id: to hash a word of many forms takes longer than to look it up
        self._tables: dict[str, Table] = {}
        self.asked: dict[Asked, int] = {}
        for leaf in leaves(node):
            match leaf:
                case Word():
                    self._add(leaf)
                case Phrase():
                    for word in leaf.words:
                        self._add(word)
                case Value():
                    self._add_of(leaf, (leaf.field,))
                case Prefix() | Wildcard() | Fuzzy() | Range():
                    self._add_of(leaf, leaf.fields)

    def number(self, leaf: Asked) -> int | None:
        """The number of a leaf."""
        return self._numbers.get(id(leaf))

    def table(self, language: str) -> Table:
        """The table of words in texts of ``language``."""
        table = self._tables.get(language)
        if table is None:
            table = self._tables[language] = Table(self.asked, language)
        return table

    def _add_of(self, leaf: Asked, fields: Sequence[str]) -> None:
        if any(field_named(name).kind in ("prose", "metadata") for name in fields):
            self._add(leaf)

    def _add(self, leaf: Asked) -> None:
        self._numbers[id(leaf)] = self.asked.setdefault(leaf, len(self.asked))


class Table(dict[str, Numbers]):
    """For the keys of tokens of one language, the numbers of the leaves that match them, ascending.

    A ``plain`` table is asked for folded keys, with ``get``: what it does not have, nothing matches. Another is asked
    for whole keys, and learns each when it first meets it. What a leaf matches in one spelling only, which are words
    with marks, a plain table does not have: `of_key` is asked for these.
    """

    def __init__(self, asked: dict[Asked, int], language: str) -> None:
        super().__init__()
        self._folded: dict[str, Numbers] = {}
        self._keys: dict[str, Numbers] = {}
        self._alone: dict[str, Numbers] = {}
        self._patterns: list[tuple[int, Predicate]] = []
        for leaf, number in asked.items():
            match leaf:
                case Word():
                    for folded in leaf.written_as(language):
                        _append(self._folded, folded, number)
                    for form in leaf.forms_in(language):
                        if form.prefix:
                            self._patterns.append((number, _beginning(form.folded)))
                        if form.alone:
                            _append(self._alone, join_key(form.exact), number)
                case Value(key):
                    _append(self._keys, key, number)
                case Prefix() | Wildcard() | Fuzzy() | Range():
                    self._patterns.append((number, predicate(leaf)))
        self.plain = not self._keys and not self._patterns
        self.longest = max(map(len, self._folded), default=0)
        if self.plain:
            self.update(self._folded)

    def __missing__(self, key: str) -> Numbers:
        if self.plain:
            return ()
        if len(self) >= CACHED_WORDS:
            self.clear()
        check()
        folded = split_key(key)[0]
        found = self._folded.get(folded, ()) + self._keys.get(key, ()) + self._alone.get(key, ())
        found += tuple(number for number, accepts in self._patterns if accepts(folded))
        found = self[key] = found if len(found) < 2 else tuple(sorted(set(found)))
        return found

    def of_key(self, key: str) -> Numbers:
        """The numbers of the leaves that match a token with this key."""
        if not self.plain:
            return self[key]
        found = self.get(split_key(key)[0], ())
        alone = self._alone.get(key)
        return tuple(sorted({*found, *alone})) if alone else found


def _append(numbers: dict[str, Numbers], name: str, number: int) -> None:
    before = numbers.get(name, ())
    numbers[name] = before if number in before else (*before, number)


def _beginning(folded: str) -> Callable[[str], bool]:
    return lambda key: key.startswith(folded)


def numbered(found: Sequence[Numbers | None]) -> dict[int, list[int]]:
    """For each number of a leaf the indices of the tokens that match it, from the numbers of each token."""
    indices: dict[int, list[int]] = {}
    for index in compress(range(len(found)), found):
        for number in found[index] or ():
            indices.setdefault(number, []).append(index)
    return indices
