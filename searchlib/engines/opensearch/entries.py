"""Entries: what a record, a document, a seed and a word are in an index of OpenSearch.

All that is searched follows from the record, which is stored: an index can be made of the records of another one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from searchlib.analysis import fold, split_key, split_words, stems, surfaces
from searchlib.analysis.folding import has_mark, joint_of
from searchlib.engine.writers import DocumentState
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.entryfields import ACCENTED, BETWEEN, NO_TERM, WITHIN
from searchlib.errors import IndexCorrupt
from searchlib.highlight.texts import RecordFields, attributes_of
from searchlib.model import locators
from searchlib.model.fields import CASELESS, PROSE
from searchlib.model.jsonable import as_json
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.paragraphs.saying import said
from searchlib.query.valuekeys import NUMBER, TEXT
from searchlib.query.wholevalues import attribute_values

Json = dict[str, Any]


def entries_of(records: Sequence[Record], state: DocumentState) -> Iterator[tuple[str, Json]]:
    """The id and the entry of each record of a document, and of the document itself."""
    above: tuple[str, ...] = ()
    for number, record in enumerate(records):
        headings = record.paragraph.headings
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(above, headings, strict=False)))
        texts = [record.paragraph.text, *headings[common:], *([] if number else [record.document.title])]
        above = headings
        yield record.id, record_entry(record, texts)
    if records:
        yield "d " + _short(state.path), document_entry(records[0].document, state)


def record_entry(record: Record, texts: Iterable[str]) -> Json:
    """The entry of a record, which is the first to have these ``texts``."""
    found: Json = {
        "entry": entryfields.RECORD,
        "id": record.id,
        "order": entryfields.order_of(record.document.path),
        "said": _short(said(record.paragraph.text)),
        "words": [WITHIN.join((fold(word), word, str(often))) for word, often in counted(texts).items()],
        "stored": stored(record),
    }
    fields = RecordFields(record)
    written: list[str] = []
    for name, tokens in fields.items():
        placed = [(token.position, token.key) for token in tokens]
        if not placed:
            continue
        found[entryfields.length(name)] = len(placed)
        found[entryfields.terms(name)] = BETWEEN.join(_in_place(placed))
        marked = [(position, key) for position, key in placed if has_mark(split_key(key)[1])]
        if marked:
            found[entryfields.marked(name)] = BETWEEN.join(_spaced(marked))
        written += [name + WITHIN + one for _, key in placed if ACCENTED in key for one in entryfields.written_as(key)]
    found["exact"] = BETWEEN.join(written)
    found["fields"] = [name for name in fields if name not in PROSE]
    for name, value in attributes_of(record).items():
        found[entryfields.column(name) if isinstance(value, int) else entryfields.exact(name)] = value
    for name in (*CASELESS, "title", *found["fields"]):
        keys = entryfields.value_keys(name, attribute_values(record, name))
        if keys:
            found[entryfields.values(name)] = keys
    return found


class Lengths:
    """How long the fields of records are on average, of those that were seen."""

    def __init__(self) -> None:
        self._sums: Counter[str] = Counter()
        self._records = 0
        self.averages: dict[str, float] = {}

    def see(self, entry: Json) -> None:
        """Count what is sent before the index is laid out."""
        if entry["entry"] == entryfields.RECORD:
            self._records += 1
            self._sums.update({name: entry.get(entryfields.length(name), 0) for name in PROSE})
            self.averages = {name: size / self._records for name, size in self._sums.items() if size}


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


def words_of(record: Record) -> Iterator[tuple[str, str]]:
    """The keys of the words of a record, each with its language."""
    fields, language = RecordFields(record), record.document.language
    return ((key, language) for key in dict.fromkeys(token.key for name in PROSE for token in fields[name]))


def word_entry(key: str, language: str) -> tuple[str, Json]:
    """The entry of a word of documents in a language."""
    folded, exact = split_key(key)
    found = [language + WITHIN + stem for stem in stems(exact, language)] if language or joint_of(exact) else []
    known = json.dumps([folded, exact, language])
    entry = {"entry": entryfields.WORD, "folded": folded, "stems": found, "stored": known}
    return "w " + _short(language + WITHIN + exact), entry


def counted(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in texts."""
    return Counter(word for text in texts for part in split_words(text) for word in surfaces(part))


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
        folded, exact = split_key(key)
        term = entryfields.mark_of(folded, exact) + folded
        if key[:1] in (NUMBER, TEXT):
            whole.append(term)
            continue
        found += [NO_TERM] * (position - len(found))
        found.append(term)
    return [*found, *([NO_TERM] if whole else []), *whole]


# What is stored


def stored(record: Record) -> str:
    """A record as it is stored: as text, in which every number stays as it is."""
    paragraph = as_json(record.paragraph) | {"locators": locators.written(record.paragraph.locators)}
    return json.dumps({"id": record.id, "document": as_json(record.document), "paragraph": paragraph})


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
