"""Analysed text for the matcher: which tokens match which leaves of a query, and where those stand.

Highlighting is mostly tokenising, and most tokens of a paragraph match nothing. So words are looked up without their
places, in what is known of words (`WordKeys`) and of the query (`Table`), and places are found only
where something matched. Texts in which a word is several tokens, as in scripts without spaces, go token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import Any, overload

from searchlib.analysis import Token, keys_of, split_key, split_words, tokens
from searchlib.analysis.wordmarks import may_have_marks
from searchlib.analysis.words import find_words
from searchlib.concurrency.lazily import cached_property
from searchlib.highlight.leaves import CACHED_WORDS, Leaves, numbered
from searchlib.model.fields import EXACT, NUMBERS, PROSE, RESERVED, TABLE
from searchlib.model.records import Record, Scalar
from searchlib.query.values import field_values, meta_keys

_FEW = 16  # words that are looked for in a text before it is cut into words
_span = re.Match.span
_ATTRIBUTES = (*EXACT, *NUMBERS)
_attributes = attrgetter(*(TABLE[name].path for name in _ATTRIBUTES))


class WordKeys(dict[str, "str | None"]):
    """For each word the key of its token, or its folded key; None where it is not one token."""

    def __init__(self, folded: bool) -> None:
        super().__init__()
        self._folded = folded

    def __missing__(self, word: str) -> str | None:
        if len(self) >= CACHED_WORDS:
            self.clear()
        keys = keys_of(word)
        key = keys[0] if len(keys) == 1 else None
        found = self[word] = split_key(key)[0] if key is not None and self._folded else key
        return found


@lru_cache(2)
def known_words(folded: bool) -> WordKeys:
    """The words that were met so far, for all queries."""
    return WordKeys(folded)


class Text(Sequence[Token]):
    """The tokens of ``text``, as ``searchlib.analysis.tokens`` gives them."""

    def __init__(self, text: str, language: str = "", flowing: bool = True) -> None:
        self._text = text
        self._flowing = flowing
        self._language = language

    def find(self, leaves: Leaves) -> dict[int, list[int]]:
        """For the number of each leaf that matches, the indices of its tokens, ascending."""
        if not self._text:  # as headings often are
            return {}
        table = leaves.table(self._language)
        if may_have_marks(self._text):
            return numbered([table.of_key(token.key) for token in self.tokens])
        if table.plain and len(table) <= _FEW and self._text.isascii():
            lower = self._text.lower()
            if not any([key in lower for key in table]):  # noqa: C419 - as most titles: no generator
                return {}
        known = known_words(table.plain)
        words = split_words(self._text)
        keys = list(map(known.__getitem__, words))
        if None in keys:
            return numbered([table.of_key(token.key) for token in self.tokens])
        return numbered(list(map(table.get if table.plain else table.__getitem__, keys)))  # type: ignore[arg-type]

    def ranges(self, last: int) -> list[tuple[int, int]]:
        """Where the tokens stand, up to the one with the index ``last`` at least."""
        if "tokens" in self.__dict__ or may_have_marks(self._text):
            return [(token.start, token.end) for token in self.tokens]
        return list(map(_span, islice(find_words(self._text), last + 1)))

    @cached_property
    def tokens(self) -> list[Token]:
        """All tokens."""
        return tokens(self._text, self._flowing)

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...
    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        return self.tokens[index]

    def __len__(self) -> int:
        return len(self.tokens)


class RecordFields(Mapping[str, Sequence[Token]]):
    """The analysed fields of a record: prose and metadata, each analysed when first looked at."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._made: dict[str, Sequence[Token]] = {}

    @cached_property
    def _metadata(self) -> dict[str, tuple[Scalar, ...]]:
        """The values of each field, as the index holds them."""
        return field_values(self._record.document.metadata, self._record.paragraph.locators)

    def __getitem__(self, name: str) -> Sequence[Token]:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(name)
        return made

    def get(self, name: str, default: Any = ()) -> Any:
        """As that of any mapping, without its detour."""
        made = self._made.get(name)
        if made is not None:
            return made
        return self[name] if name in self else default  # noqa: SIM401 - this is that

    def _make(self, name: str) -> Sequence[Token]:
        if name in PROSE:
            return Text(TABLE[name].text(self._record), self._record.document.language, flowing=name == "text")
        if name in RESERVED:
            raise KeyError(name)
        keys = meta_keys(self._metadata[name])
        return [Token(key, 0, 0, position) for key, position in zip(*keys, strict=True)]

    def __contains__(self, name: object) -> bool:
        return name in PROSE or (name not in RESERVED and name in self._metadata)

    def __iter__(self) -> Iterator[str]:
        return iter((*PROSE, *self._metadata))

    def __len__(self) -> int:
        return len(PROSE) + len(self._metadata)


def attributes_of(record: Record) -> dict[str, str | int]:
    """What a record has besides tokens: exact terms, and the numbers that an index holds in columns."""
    return dict(zip(_ATTRIBUTES, _attributes(record), strict=True))
