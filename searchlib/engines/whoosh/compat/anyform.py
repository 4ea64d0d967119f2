"""A word in all its forms, for Whoosh's own searcher.

The dictionary holds words as they are written, and Whoosh's classes know nothing of stems that are found out when a
query runs. So this one looks, in whatever reader it is run on, for the words that share a stem: one by one among those
that begin alike, which takes milliseconds where searchlib's own search, with its tables, takes none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import query
from whoosh.matching import NullMatcher

from searchlib.analysis import SEPARATOR, split_key, stems
from searchlib.analysis.folding import folded_form, plain_form

_LETTERS = 2  # with which a stem begins as its words do
_BEGINNING_TOO = frozenset(("ar", "ga", "id"))  # languages whose words change there


class AnyForm(query.MultiTerm):  # type: ignore[misc]
    """The words of a field that share a stem with ``text`` (an exact form), in ``language``; accents do not matter."""

    def __init__(self, fieldname: str, text: str, language: str, boost: float = 1.0) -> None:
        self.fieldname = fieldname
        self.text = text
        self.language = language
        self.boost = boost

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyForm) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((self.fieldname, self.text, self.language, self.boost))

    def __repr__(self) -> str:
        return f"AnyForm({self.fieldname!r}, {self.text!r}, {self.language!r}, boost={self.boost!r})"

    def field(self) -> str:
        """The field."""
        return self.fieldname

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """What is found by any of the words; Whoosh's own forgets the boost of a single one."""
        terms = [query.Term(self.fieldname, key, self.boost) for key in self._btexts(searcher.reader())]
        return query.Or(terms).matcher(searcher, context) if terms else NullMatcher()

    def _btexts(self, ixreader: Any) -> list[bytes]:
        return sorted(set(self._keys(ixreader)))

    def _keys(self, ixreader: Any) -> Iterator[bytes]:
        folded = folded_form(self.text)
        variants = ixreader.expand_prefix(self.fieldname, folded + SEPARATOR)
        readings = {plain_form(one) for one in (self.text, folded, *(split_key(_text(key))[1] for key in variants))}
        wanted = {stem for reading in readings for stem in stems(reading, self.language)}
        letters = 0 if self.language in _BEGINNING_TOO else _LETTERS
        for beginning in {one[:letters] for one in (*wanted, folded)}:
            for key in ixreader.expand_prefix(self.fieldname, beginning):
                base, exact = split_key(_text(key))
                if base == folded or not wanted.isdisjoint(stems(exact, self.language)):
                    yield key


def _text(key: bytes | str) -> str:
    return key if isinstance(key, str) else key.decode("utf-8", "surrogatepass")
