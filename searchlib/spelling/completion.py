"""Completion: the commonest words that begin as the last word of a text does."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from searchlib.analysis.words import find_words, is_unspaced, pieces
from searchlib.frozen import frozen
from searchlib.guards.arguments import whole
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.spelling.casing import like

if TYPE_CHECKING:
    from searchlib.engine.readers import Words


@frozen
class Completion:
    """The ``text`` with its last word completed, the ``word`` as the index has it, and the ``count`` of its
    occurrences.
    """

    text: str
    word: str
    count: int

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return as_object(self)


def complete(words: Words, text: str, limit: int = 10) -> list[Completion]:
    """The completions of the last word of ``text``, the commonest first; none where the text does not end in a word.

    Case and accents do not matter. In scripts without spaces the last character is completed to two. Raises
    SettingsError for a limit that is no count.
    """
    whole("limit", limit)
    start = _beginning(text)
    if start is None or not limit:
        return []
    begun = text[start:]
    return [Completion(text[:start] + like(begun, word), word, count) for word, count in words.beginning(begun, limit)]


def _beginning(text: str) -> int | None:
    """Where the last word begins, if the text ends in one."""
    last = next(iter(deque(find_words(text), 1)), None)
    if last is None or last.end() < len(text):
        return None
    if not is_unspaced(last[0]):
        return last.start()
    *_, (start, _, _) = pieces(last[0])
    return last.start() + start
