"""Entries: what a record, a document, a seed and a word are in an index of OpenSearch.

All that is searched follows from the record, which is stored: an index can be made of the records of another one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from searchlib.analysis import fold, split_key, split_words, stems, surfaces
from searchlib.analysis.folding import has_mark, joint_of
from searchlib.engine.writers import DocumentState
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.entryfields import ACCENTED, BETWEEN, NO_TERM, WITHIN
from searchlib.errors import IndexCorrupt
from searchlib.frozen import frozen
from searchlib.highlight.texts import RecordFields, attributes_of
from searchlib.model import locators
from searchlib.model.fields import CASELESS, PROSE
from searchlib.model.jsonable import as_json
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.paragraphs.saying import said
from searchlib.query.valuekeys import NUMBER, TEXT
from searchlib.query.wholevalues import attribute_values

Json = dict[str, Any]


@frozen
class EntryLines:
    """What a document is in a bulk: a line for each entry; the words that stand in it, and how long its fields are."""

    lines: Sequence[str]
    words: Collection[tuple[str, str]]
    """The key of each word with its language."""
    records: int
    lengths: Mapping[str, int]
    """Of the fields of prose of all its records together."""


def lines_of(records: Sequence[Record], state: DocumentState) -> EntryLines:
    """The entries of a document: of its records, and of itself."""
    document = _OfDocument(records[0].document)
    lines, above = [], tuple[str, ...]()
    for number, record in enumerate(records):
        headings = record.paragraph.headings
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(above, headings, strict=False)))
        texts = [record.paragraph.text, *headings[common:], *([] if number else [record.document.title])]
        above = headings
        lines.append(line_of(record.id, document.entry(record, texts)))
    lines.append(line_of("d " + _short(state.path), document_entry(records[0].document, state)))
    words = [(key, records[0].document.language) for key in document.keys]
    return EntryLines(lines, words, len(records), document.lengths)


def line_of(id: str, entry: Json) -> str:
    """What adds an entry in a bulk."""
    return json.dumps({"index": {"_id": id}}) + "\n" + json.dumps(entry) + "\n"


class _OfDocument:
    """Makes the entries of the records of a document."""

    def __init__(self, document: DocumentInfo) -> None:
        self._order = entryfields.order_of(document.path)
        self._stored = json.dumps(as_json(document))
        self.keys: dict[str, None] = {}
        """The keys of its words, in order."""
        self.lengths: Counter[str] = Counter()

    def entry(self, record: Record, texts: Iterable[str]) -> Json:
        """The entry of a record, which is the first to have these ``texts``."""
        found: Json = {
            "entry": entryfields.RECORD,
            "id": record.id,
            "order": self._order,
            "said": _short(said(record.paragraph.text)),
            "words": [one + str(often) for one, often in _counted(texts).items()],
            "stored": stored(record, self._stored),
        }
        fields = RecordFields(record)
        written: list[str] = []
        for name, tokens in fields.items():
            placed = [(token.position, token.key) for token in tokens]
            if not placed:
                continue
            found[entryfields.length(name)] = len(placed)
            found[entryfields.terms(name)] = BETWEEN.join(_in_place(placed))
            marked = [(position, key) for position, key in placed if _analysed(key).has_mark]
            if marked:
                found[entryfields.marked(name)] = BETWEEN.join(_spaced(marked))
            written += [name + WITHIN + one for _, key in placed for one in _analysed(key).written]
            if name in PROSE:
                self.keys |= dict.fromkeys(key for _, key in placed)
                self.lengths[name] += len(placed)
        found["fields"] = [name for name in fields if name not in PROSE]
        found["exact"] = BETWEEN.join(written)
        for name, value in attributes_of(record).items():
            found[entryfields.column(name) if isinstance(value, int) else entryfields.exact(name)] = value
        for name in (*CASELESS, "title", *found["fields"]):
            keys = entryfields.value_keys(name, attribute_values(record, name))
            if keys:
                found[entryfields.values(name)] = keys
        return found


class _Analysed(NamedTuple):
    """What a key is in an entry: its term, whether it has a mark, and how it is written."""

    term: str
    has_mark: bool
    written: tuple[str, ...]


@lru_cache(1 << 16)
def _analysed(key: str) -> _Analysed:
    folded, exact = split_key(key)
    written = entryfields.written_as(key) if ACCENTED in key else ()
    return _Analysed(entryfields.mark_of(folded, exact) + folded, has_mark(exact), tuple(written))


@lru_cache(1 << 16)
def _surfaces(word: str) -> tuple[str, ...]:
    """How a word of a text stands among the words of a record, but for how often."""
    return tuple(WITHIN.join((fold(one), one, "")) for one in surfaces(word))


class Lengths:
    """How long the fields of records are on average, of those that were seen."""

    def __init__(self) -> None:
        self._sums: Counter[str] = Counter()
        self._records = 0
        self.averages: dict[str, float] = {}

    def see(self, of: EntryLines) -> None:
        """Count what is sent before the index is laid out."""
        self._records += of.records
        self._sums.update(of.lengths)
        self.averages = {name: self._sums[name] / self._records for name in PROSE if self._sums[name]}


def document_entry(info: DocumentInfo, state: DocumentState) -> Json:
    """The entry of a document."""
    return {
        "entry": entryfields.DOCUMENT,
        "order": entryfields.order_of(state.path),
        "e_document": state.path,
        "e_type": info.type,
        "e_language": info.language,
        "stored": json.dumps([state.path, state.digest, state.seed]),
    }


def seed_entry(name: str, digest: str) -> tuple[str, Json]:
    """The entry of a seed."""
    return "s " + _short(name), {"entry": entryfields.SEED, "order": name, "stored": json.dumps([name, digest])}


def word_entry(key: str, language: str) -> tuple[str, Json]:
    """The entry of a word of documents in a language."""
    folded, exact = split_key(key)
    found = [language + WITHIN + stem for stem in stems(exact, language)] if language or joint_of(exact) else []
    known = json.dumps([folded, exact, language])
    entry = {"entry": entryfields.WORD, "folded": folded, "stems": found, "stored": known}
    return "w " + _short(language + WITHIN + exact), entry


def _counted(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in texts."""
    found: Counter[str] = Counter()
    for word, often in Counter(part for text in texts for part in split_words(text)).items():
        for one in _surfaces(word):
            found[one] += often
    return found


def _spaced(keys: Iterable[tuple[int, str]]) -> list[str]:
    """The keys at their positions."""
    found: list[str] = []
    for position, key in keys:
        found += [NO_TERM] * (position - len(found))
        found.append(key)
    return found


def _in_place(keys: Iterable[tuple[int, str]]) -> list[str]:
    """A term for each token, at its position; whole values, which stand where others do, come after all the words."""
    found: list[str] = []
    whole: list[str] = []
    for position, key in keys:
        term = _analysed(key).term
        if key[:1] in (NUMBER, TEXT):
            whole.append(term)
            continue
        found += [NO_TERM] * (position - len(found))
        found.append(term)
    return [*found, *([NO_TERM] if whole else []), *whole]


# What is stored


def stored(record: Record, document: str) -> str:
    """A record as it is stored, of a ``document`` in JSON: as text, in which every number stays as it is."""
    paragraph = as_json(record.paragraph) | {"locators": locators.written(record.paragraph.locators)}
    return f'{{"id": {json.dumps(record.id)}, "document": {document}, "paragraph": {json.dumps(paragraph)}}}'


def record_of(source: str, where: str) -> Record:
    """The record that is stored. Raises IndexCorrupt if it is none of searchlib's."""
    try:
        known = json.loads(source)
        document, paragraph = dict(known["document"]), dict(known["paragraph"])
        metadata = document.pop("metadata")
        paragraph["headings"] = tuple(paragraph["headings"])
        paragraph["locators"] = locators.read(paragraph["locators"])
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in metadata.items()}
        return Record(known["id"], DocumentInfo(**document, metadata=values), Paragraph(**paragraph))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexCorrupt(
            f"{where} holds a record that is not of searchlib ({type(error).__name__}): build it again",
            where,
        ) from None


def _short(name: str) -> str:
    """A name as a part of an id, which has 512 bytes at most."""
    from searchlib.hashing import blake2b

    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
