"""Letters: the best hits of a question, ranked anew by the runs of letters that their texts share with it.

Stems tell apart what is one word for a reader (*Verteidiger*, *Verteidigungsspieler*; *Kyiv*, *Kyivs*), and compounds
hide words. Runs of four letters find them, but find much else: so they are a weak second voice, for what words found
already: `again` ranks the best hits by ``score + letters * similarity``.

* A *gram* is four successive characters of a word, with the spaces around it, without case and accents.
* The similarity is BM25 over grams. How rare a gram is, the words of the index tell: those of the commonest that
  hold it.

Source: P. McNamee and J. Mayfield, Character N-Gram Tokenization for European Language Text Retrieval, Information
Retrieval 7, 2004.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from searchlib.analysis.words import is_unspaced
from searchlib.model.arrays import NDArray
from searchlib.query.nodes import Node, Optional, Or, words

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.model.records import Record

_LENGTH: Final = 4
_BUCKETS: Final = 1 << 16
_COMMON: Final = 1 << 14  # words
_K1, _B = 1.2, 0.75
_MOST: Final = 2  # times that a gram of the question counts
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0652]+")
_LETTERS: Final = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}  # that Unicode does not decompose
_BETWEEN: Final = re.compile(r"[\W_]+")
_FACTORS: Final = (1, 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # odd: they mix the bits of a character

_Grams = NDArray[np.uint32]
_RARITIES: WeakKeyDictionary[Reader, NDArray[np.float64]] = WeakKeyDictionary()


def asked(query: Node) -> dict[str, float]:
    """The words of a question, as they were typed, and what each counts; none of scripts without spaces."""
    if isinstance(query, Optional):
        query = query.optional
    if not isinstance(query, Or):
        return {}
    found: dict[str, float] = {}
    for word in words(query):
        if word.at is not None and not is_unspaced(word.text):
            found[word.text] = max(found.get(word.text, 0.0), word.boost)
    return found


def similarities(typed: Mapping[str, float], records: Sequence[Record], reader: Reader) -> list[float]:
    """How much each of some records has in common with the words of a question."""
    all_wanted, owners = _grams(list(typed))
    wanted, numbers = np.unique(all_wanted, return_inverse=True)
    times = np.bincount(numbers, np.array(list(typed.values()))[owners], len(wanted))
    if not len(wanted) or not records:
        return [0.0] * len(records)
    texts = [f"{record.document.title} {record.paragraph.text}" for record in records]
    grams, owners = _grams(texts)
    here = np.zeros(_BUCKETS, bool)
    here[wanted % _BUCKETS] = True
    may_be = np.flatnonzero(here[grams % _BUCKETS])
    places = np.minimum(wanted.searchsorted(grams[may_be]), len(wanted) - 1)
    equal = wanted[places] == grams[may_be]
    cells = owners[may_be[equal]] * len(wanted) + places[equal]
    tf = np.bincount(cells, minlength=len(texts) * len(wanted)).reshape(len(texts), len(wanted)).astype(np.float64)
    lengths = np.bincount(owners, minlength=len(texts)).astype(np.float64)
    norm = _K1 * (1 - _B + _B * lengths / max(1.0, float(lengths.mean())))
    weights = np.minimum(times, _MOST) * _rarities(reader)[wanted % _BUCKETS]
    found: list[float] = ((_K1 + 1) * tf / (tf + norm[:, None]) @ weights).tolist()
    return found


def _rarities(reader: Reader) -> NDArray[np.float64]:
    """The idf of grams, by their bucket; made once for a generation of an index."""
    known = _RARITIES.get(reader)
    if known is None:
        common = reader.words.commonest(_COMMON)  # which are nearly all that texts are made of
        counts = np.array([count for _, count in common], np.float64)
        grams, owners = _grams([word for word, _ in common])
        size = float(max(reader.size, 1))
        df = np.minimum(np.bincount(grams % _BUCKETS, counts[owners], _BUCKETS), size)
        known = _RARITIES[reader] = np.log(1.0 + (size - df + 0.5) / (df + 0.5))
    return known


def _grams(texts: Sequence[str]) -> tuple[_Grams, NDArray[np.int64]]:
    """The grams of texts, each as a hash, and the number of the text that each is of."""
    folded = map(_folded, texts)
    cleaned = [f" {one if one.isalnum() else _BETWEEN.sub(' ', one).strip()} " for one in folded]
    codes = np.frombuffer("".join(cleaned).encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(codes) - _LENGTH + 1
    if size < 1:
        return np.empty(0, np.uint32), np.empty(0, np.int64)
    grams = np.zeros(size, np.uint32)
    spaces = codes == ord(" ")
    inner = np.zeros(size, bool)  # a space in the middle: of two words
    for place, factor in enumerate(_FACTORS):
        part = codes[place : place + size]
        grams += part * np.uint32(factor & 0xFFFFFFFF)
        if 0 < place < _LENGTH - 1:
            inner |= spaces[place : place + size]
    grams ^= grams >> np.uint32(15)
    owners = np.repeat(np.arange(len(cleaned)), [len(one) for one in cleaned])[:size]
    kept = ~inner
    return grams[kept], owners[kept]


def _folded(text: str) -> str:
    """A text without case and accents: nearly as `searchlib.analysis.fold` has it, and a hundred times as fast."""
    if text.isascii():
        return text.lower()
    folded = _ACCENTS.sub("", unicodedata.normalize("NFD", text.casefold()))
    for letter, other in _LETTERS.items():
        folded = folded.replace(letter, other)
    return folded
