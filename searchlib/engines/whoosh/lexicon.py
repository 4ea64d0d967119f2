"""The words of one generation of an index, for who resolves the words of a query.

Everything is as a clean build would have it: what only deleted records hold is not there. Tables of stems that another
version of a stemmer made are made again, in memory, of the dictionary: no index is built anew for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchlib.analysis.folding import AFTER_SEPARATOR, join_key, split_key
from searchlib.analysis.stemming import algorithm
from searchlib.engines.whoosh.building.spokenwords import is_own_stem, pairs
from searchlib.engines.whoosh.execution import Snapshot
from searchlib.engines.whoosh.execution.caching import Cache
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.engines.whoosh.format.stemtables import decoded
from searchlib.guards.deadline import check
from searchlib.model.fields import PROSE

_KEPT = 16_384  # answers


class IndexLexicon:
    """Implements ``searchlib.analysis.Lexicon`` on a snapshot; safe to share between threads."""

    def __init__(self, snapshot: Snapshot, languages: Sequence[str], segmented: Sequence[str] = ()) -> None:
        self._snapshot = snapshot
        self.languages = languages
        self.segmented = segmented
        self._readings: Cache[tuple[str, ...]] = Cache(_KEPT)
        self._stemmed: Cache[tuple[str, ...]] = Cache(_KEPT)
        self._made: Cache[dict[bytes, list[bytes]]] = Cache(64)

    def readings(self, folded: str) -> tuple[str, ...]:
        """The exact forms that live records hold."""
        return self._readings.get(folded, lambda: self._read(folded))

    def _read(self, folded: str) -> tuple[str, ...]:
        check()
        start, stop = _bytes(folded), _bytes(folded + AFTER_SEPARATOR)
        found = {key for field in PROSE for key in self._snapshot.keys(field, start, stop)}
        if self._snapshot.has_deletions:
            found = {key for key in found if any(self._snapshot.df(field, key) for field in PROSE)}
        return tuple(split_key(_text(key))[1] for key in sorted(found))

    def stemmed(self, language: str, stem: str) -> tuple[str, ...]:
        """The exact forms with a stem in live records of a language; of the stem itself in any."""
        return self._stemmed.get((language, stem), lambda: self._look_up(language, stem))

    def _look_up(self, language: str, stem: str) -> tuple[str, ...]:
        check()
        found = {word for view in self._snapshot.views for word in self._in(view, language, _bytes(stem))}
        words = set(map(_text, found))
        if self._snapshot.has_deletions:
            words = {word for word in words if self._is_spoken(_bytes(join_key(word)), language)}
        if is_own_stem(stem, language):
            words.update(self.readings(stem))
        return tuple(sorted(words))

    def _in(self, view: View, language: str, stem: bytes) -> Iterable[bytes]:
        table = view.segment.stems(language)
        if table is not None and table.made == algorithm(language):
            return table.words(stem)
        if not algorithm(language):
            return ()
        return self._made.get((view.number, language), lambda: _table(view, language)).get(stem, ())

    def _is_spoken(self, key: bytes, language: str) -> bool:
        """Whether a live record of a language holds a key."""
        of = frozenset((language,))
        for view in self._snapshot.views:
            for field in PROSE:
                postings = view.postings(field, key)
                if postings is not None and view.speaks(of)[view.live(postings.docs())].any():
                    return True
        return False


def _table(view: View, language: str) -> dict[bytes, list[bytes]]:
    """The words of each stem: as a table has them, but for words of documents in other languages among them."""
    found: dict[bytes, list[bytes]] = {}
    if algorithm(language) and view.speaks(frozenset((language,))).any():
        keys = {key for field in PROSE for some in view.segment.keys(field) for key in some}
        for pair in pairs(keys, language):
            stem, word = decoded(pair)
            found.setdefault(stem, []).append(word)
    return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")
