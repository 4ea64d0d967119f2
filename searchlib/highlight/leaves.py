"""The leaves of a query: what it asks of single tokens, and which of that any word of a text is.

Each leaf has a number. A `Table` has, for the keys of tokens, the numbers of the leaves that they match: so a key is
compared once for a query, however often it stands in its hits, and a word of a text costs a look into a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any, NamedTuple

from whoosh import query

from searchlib.analysis import Form, split_key
from searchlib.deadline import check
from searchlib.forking import lock_for
from searchlib.highlight.patterns import Predicate, predicate
from searchlib.query.nodes import Word, WordPhrase

CACHED_WORDS = 1 << 16

Numbers = tuple[int, ...]


class Leaf(NamedTuple):
    """What is asked of a token: one of some forms, one of some keys, or a folded key that a pattern accepts."""

    forms: tuple[Form, ...] = ()
    keys: frozenset[str] = frozenset()
    accepts: Predicate | None = None


class Leaves:
    """The leaves of one query; safe between threads.

    Those that Whoosh finds in its tree are numbered at once, others (of somebody else's classes) when asked for.
    """

    def __init__(self, node: Any = None) -> None:
        self._leaves: list[Leaf] = []
        self._numbers: dict[Any, tuple[int, Any]] = {}  # with the node, so that its id is not used again
        self._tables: dict[str, Table] = {}
        self._lock = lock_for(self)
        for leaf in node.leaves() if node is not None else ():
            if isinstance(leaf, Word):
                self.word(leaf)
            elif isinstance(leaf, WordPhrase):
                for word in leaf.words:
                    self.word(word)
            elif isinstance(leaf, query.MultiTerm):
                self.pattern(leaf)

    def word(self, node: Word) -> int:
        """The number of a word, in any of its forms."""
        known = self._numbers.get(id(node))
        return known[0] if known is not None else self._add(id(node), node, Leaf(forms=node.forms))

    def key(self, text: Any) -> int:
        """The number of an exact key."""
        wanted = as_key(text)
        known = self._numbers.get(wanted)
        return known[0] if known is not None else self._add(wanted, None, Leaf(keys=frozenset((wanted,))))

    def pattern(self, node: Any) -> int | None:
        """The number of a pattern; None for a class that is none."""
        known = self._numbers.get(id(node))
        if known is not None:
            return known[0]
        accepts = predicate(node)
        if accepts is None:
            return None
        if isinstance(node, query.Variations):  # Whoosh looks for its variations as they are
            from whoosh.lang.morph_en import variations

            return self._add(id(node), node, Leaf(keys=frozenset(variations(node.text))))
        return self._add(id(node), node, Leaf(accepts=accepts))

    def table(self, language: str) -> Table:
        """The table of words in texts of ``language``; it knows the leaves that have a number now."""
        table = self._tables.get(language)
        if table is None or table.known < len(self._leaves):
            table = self._tables[language] = Table(tuple(self._leaves), language)
        return table

    def _add(self, name: Any, node: Any, leaf: Leaf) -> int:
        with self._lock:
            if name not in self._numbers:
                self._leaves.append(leaf)
                self._numbers[name] = len(self._leaves) - 1, node
        return self._numbers[name][0]


class Table(dict[str, Numbers]):
    """For the keys of tokens of one language, the numbers of the leaves that match them, ascending.

    ``known`` is how many leaves there were. A ``plain`` table is asked for folded keys, with ``get``: what it does not
    have, nothing matches. Another is asked for whole keys, and learns each when it first meets it.
    """

    def __init__(self, leaves: Sequence[Leaf], language: str) -> None:
        super().__init__()
        self.known = len(leaves)
        self._folded: dict[str, Numbers] = {}
        self._keys: dict[str, Numbers] = {}
        self._patterns: list[tuple[int, Predicate]] = []
        for number, leaf in enumerate(leaves):
            for form in leaf.forms:
                if form.languages is None or language in form.languages:
                    self._ask(number, form)
            for key in leaf.keys:
                _append(self._keys, key, number)
            if leaf.accepts is not None:
                self._patterns.append((number, leaf.accepts))
        self.plain = not self._keys and not self._patterns
        if self.plain:
            self.update(self._folded)

    def _ask(self, number: int, form: Form) -> None:
        if form.prefix:
            self._patterns.append((number, _beginning(form.folded)))
        else:
            _append(self._folded, form.folded, number)

    def __missing__(self, key: str) -> Numbers:
        if self.plain:
            return ()
        if len(self) >= CACHED_WORDS:
            self.clear()
        check()
        folded = split_key(key)[0]
        found = self._folded.get(folded, ()) + self._keys.get(key, ())
        found += tuple(number for number, accepts in self._patterns if accepts(folded))
        found = self[key] = found if len(found) < 2 else tuple(sorted(set(found)))
        return found

    def of_key(self, key: str) -> Numbers:
        """The numbers of the leaves that match a token with this key."""
        return self[split_key(key)[0] if self.plain else key]


def as_key(value: Any) -> str:
    """A value of a term as text: what Whoosh takes as bytes is UTF-8."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return value.decode("utf-8", "surrogateescape")  # no key: what is no UTF-8 matches nothing
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


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
